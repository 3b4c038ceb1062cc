"""The schema of seed files.

Seeds have the shape of the public records, without what is computed: offsets, bounds and evidence
by number. A short form is expanded: `2023-09` to a stated date, an id to a stated reference, words
to a quote.
"""

import math
import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    model_validator,
)

from app import vocabulary as v
from app.curation.dates import bounds
from app.curation.lookalikes import code_point, printed


class Seed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _expand(key: str) -> Any:
    def expand(value: object) -> object:
        if isinstance(value, date):
            value = value.isoformat()
        if isinstance(value, int) and not isinstance(value, bool) and key == "edtf":
            value = f"{value:04d}"
        return {key: value} if isinstance(value, str) else value

    return BeforeValidator(expand)


def _date_as_text(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:04d}" if isinstance(value, int) and not isinstance(value, bool) else value


def _number_as_text(value: object) -> object:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value


def _is_readable(value: str) -> str:
    if not value.strip():
        raise ValueError("Delete the blank key: what the text does not tell is left out")
    return _has_no_control_character(value)


def _has_no_control_character(value: str) -> str:
    for character in value:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t":
            raise ValueError(
                f"Delete the control character {code_point(character)}, or quote the words before"
                " or after it: no record can contain it"
            )
    return value


def _number(value: object) -> int | float:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        raise ValueError(
            "Write a smaller number, in a larger unit: this one cannot be stored exactly"
        )
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("Write a number without quotation marks and without grouping, e.g. 28473")
    return value


Slug = Annotated[
    str, StringConstraints(pattern=f"^{v.SLUG_PATTERN}$", max_length=v.MAX_SLUG_LENGTH)
]
Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_is_readable)]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Word = Annotated[str, StringConstraints(pattern="^[a-z]+(_[a-z]+)*$", max_length=40)]
Code = Annotated[str, StringConstraints(pattern=v.CODE_PATTERN, max_length=40)]
Number = Annotated[int | float, PlainValidator(_number)]


Context = Annotated[str, AfterValidator(_has_no_control_character)]


class DateSeed(Seed):
    edtf: Annotated[str, BeforeValidator(_date_as_text)]
    basis: v.DateBasis = "stated"
    basis_end: v.DateBasis | None = None
    note: Text | None = None

    @property
    def earliest(self) -> str | None:
        """First possible day; None: unbounded. Raises DateError."""
        return bounds(self.edtf)[0]

    @property
    def latest(self) -> str | None:
        """Last possible day; None: unbounded. Raises DateError."""
        return bounds(self.edtf)[1]


Proves = Annotated[tuple[str, ...], Field(min_length=1)]


class QuoteSeed(Seed):
    """Words that prove a record. Without `proves` they prove what no other words of it do."""

    quote: Text
    prefix: Context = ""
    suffix: Context = ""
    proves: Proves = ()


class RangeSeed(Seed):
    """A passage by its first and last words."""

    first: Text
    last: Text


class EvidenceRangeSeed(RangeSeed):
    """A passage that proves a record and is longer than a quote may be."""

    proves: Proves = ()


EvidenceSeed = QuoteSeed | EvidenceRangeSeed


class ReferenceSeed(Seed):
    id: Slug | None = None
    as_written: Text | None = None
    basis: v.ReferenceBasis = "stated"
    note: Text | None = None

    @model_validator(mode="after")
    def names_something(self) -> "ReferenceSeed":
        if self.id is None and self.as_written is None:
            raise ValueError(
                "Give an id, or as_written where the text does not tell who or what is meant"
            )
        return self


class IdentifierSeed(Seed):
    """An identifier that others give the same thing, such as `{scheme: wikidata, id: Q794}`."""

    scheme: v.IdentifierScheme
    id: Annotated[str, BeforeValidator(_number_as_text)]

    @model_validator(mode="after")
    def has_the_form_of_its_scheme(self) -> "IdentifierSeed":
        if not re.fullmatch(v.IDENTIFIER_PATTERNS[self.scheme], self.id):
            raise ValueError(
                f"Write the id as {self.scheme} has it, e.g. {v.IDENTIFIER_EXAMPLES[self.scheme]}:"
                f" {printed(self.id)} is none"
            )
        return self


DateField = Annotated[DateSeed, _expand("edtf")]
FORMS: dict[str, type[BaseModel] | None] = {}
"""The forms of a value that has several, by their tags in the locations of validation errors."""


def _form(model: type[BaseModel] | None, name: str) -> Tag:
    tag = f"({name})"
    FORMS[tag] = model
    return Tag(tag)


def _form_of_evidence(value: object) -> str:
    is_range = isinstance(value, EvidenceRangeSeed) or (
        isinstance(value, dict) and not value.keys().isdisjoint(RangeSeed.model_fields)
    )
    return "(range)" if is_range else "(quote)"


def _form_of_quoted_words(value: object) -> str:
    return "(range of words)" if isinstance(value, dict | RangeSeed) else "(words)"


EvidenceField = Annotated[
    Annotated[QuoteSeed, _expand("quote"), _form(QuoteSeed, "quote")]
    | Annotated[EvidenceRangeSeed, _form(EvidenceRangeSeed, "range")],
    Discriminator(_form_of_evidence),
]
QuotedWordsField = Annotated[
    Annotated[Text, _form(None, "words")]
    | Annotated[RangeSeed, _form(RangeSeed, "range of words")],
    Discriminator(_form_of_quoted_words),
]
ReferenceField = Annotated[ReferenceSeed, _expand("id")]


Caveats = tuple[Text, ...]
AnyEvidence = tuple[EvidenceField, ...]
SomeEvidence = Annotated[tuple[EvidenceField, ...], Field(min_length=1)]


class NameSeed(QuoteSeed):
    as_written: Text | None = None


class RoleSeed(Seed):
    title: Text
    of: Slug | None = None
    as_written: Text | None = None
    date: DateField | None = None
    basis: v.ReferenceBasis = "stated"
    note: Text | None = None
    evidence: SomeEvidence


class RelationSeed(Seed):
    """How a record is related to another. Its quotes become evidence of the record."""

    to: Slug
    date: DateField | None = None
    as_written: Text | None = None
    basis: v.ReferenceBasis = "stated"
    note: Text | None = None
    evidence: SomeEvidence


class ActorRelationSeed(RelationSeed):
    type: v.ActorRelationType
    resource: Literal["actor"] = "actor"


class ActorSeed(Seed):
    """An actor's identity, shared by all articles (`actors.yaml`)."""

    id: Slug
    title: Text
    kind: v.ActorKind
    same_as: tuple[IdentifierSeed, ...] = ()
    country: Country | None = None
    caveats: Caveats = ()


class PlaceSeed(Seed):
    """A place's identity, shared by all articles (`places.yaml`)."""

    id: Slug
    title: Text
    kind: v.PlaceKind
    same_as: tuple[IdentifierSeed, ...] = ()
    country: Country | None = None
    part_of: Slug | None = None
    caveats: Caveats = ()


class ActorMentionSeed(Seed):
    """What one article states about an actor."""

    id: Slug
    names: tuple[Annotated[NameSeed, _expand("quote")], ...] = ()
    roles: tuple[RoleSeed, ...] = ()
    relations: tuple[ActorRelationSeed, ...] = ()
    evidence: AnyEvidence = ()


class PlaceMentionSeed(Seed):
    """What one article states about a place."""

    id: Slug
    names: tuple[Annotated[NameSeed, _expand("quote")], ...] = ()
    evidence: AnyEvidence = ()


class SourceSeed(Seed):
    id: Slug
    title: Text
    kind: v.SourceKind
    headline: Text | None = None
    publisher: Text | None = None
    authors: tuple[Text, ...] = ()
    original_url: Annotated[str, StringConstraints(pattern="^https?://[^\\s]+$")] | None = None
    language: (
        Annotated[str, StringConstraints(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None
    ) = None
    published_on: DateField | None = None
    content_sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    text_access: v.TextAccess
    licence: Text | None = None
    attribution: Literal["publisher"] | None = None
    """The attribution of the statements and figures that give none."""
    caveats: Caveats = ()


class PlaceReferenceSeed(ReferenceSeed):
    role: v.PlaceRole = "in"


class ParticipantSeed(ReferenceSeed):
    role: v.ParticipantRole | None = None


class EventRelationSeed(RelationSeed):
    type: v.EventRelationType
    resource: Literal["event", "statement"] = "event"


class EventSeed(Seed):
    id: Slug
    title: Text
    type: v.EventType
    date: DateField | None = None
    places: tuple[Annotated[PlaceReferenceSeed, _expand("id")], ...] = ()
    participants: tuple[Annotated[ParticipantSeed, _expand("id")], ...] = ()
    status: v.EventStatus = "reported"
    relations: tuple[EventRelationSeed, ...] = ()
    caveats: Caveats = ()
    evidence: SomeEvidence


class AttributionSeed(Seed):
    origin: v.Origin = "stated"
    speakers: tuple[ReferenceField, ...] = ()
    relayed_by: tuple[ReferenceField, ...] = ()
    note: Text | None = None
    """What a cue in the sentence governs, where it is not this."""

    @property
    def credited(self) -> tuple[ReferenceSeed, ...]:
        return (*self.speakers, *self.relayed_by)


AttributionField = Annotated[AttributionSeed, _expand("origin")]


class TopicSeed(ReferenceSeed):
    resource: v.TopicResourceType


class StatementSeed(Seed):
    id: Slug
    title: Text
    summary: Text
    attribution: AttributionField | None = None
    quote_type: v.QuoteType | None = None
    quoted_words: tuple[QuotedWordsField, ...] = ()
    act: v.Act
    addressees: tuple[ReferenceField, ...] = ()
    about: tuple[TopicSeed, ...] = ()
    made_on: DateField | None = None
    event: ReferenceField | None = None
    caveats: Caveats = ()
    evidence: SomeEvidence


class BreakdownSeed(Seed):
    dimension: Word
    category: v.BreakdownCategory


class FigureBreakdownSeed(BreakdownSeed):
    as_written: Text | None = None


class PopulationSeed(Seed):
    """The words for the people counted; the series names the actor."""

    as_written: Text | None = None
    basis: v.ReferenceBasis = "stated"
    note: Text | None = None


class FigureSeed(Seed):
    id: Slug
    title: Text | None = None
    series: Slug
    value: Number | None = None
    as_written: Text
    qualifier: v.Qualifier = "none_stated"
    lower: Number | None = None
    upper: Number | None = None
    reading: Text | None = None
    """How the curator reads a number that cannot be read here, or not in one way alone."""
    population: PopulationSeed | None = None
    breakdown: tuple[FigureBreakdownSeed, ...] = ()
    denominator: Slug | None = None
    places: tuple[Annotated[PlaceReferenceSeed, _expand("id")], ...] = ()
    period: DateField | None = None
    as_of: DateField | None = None
    observation_status: v.ObservationStatus | None = None
    attribution: AttributionField | None = None
    event: ReferenceField | None = None
    supersedes: Slug | None = None
    caveats: Caveats = ()
    evidence: SomeEvidence


class SeriesSeed(Seed):
    """A series, declared once for all articles (`measures.yaml`)."""

    id: Slug
    title: Text
    measure: v.Measure
    measure_kind: v.MeasureKind
    unit: v.Unit
    population: Slug | None = None
    excludes: tuple[Slug, ...] = ()
    places: tuple[Slug, ...] = ()
    breakdown: tuple[BreakdownSeed, ...] = ()
    counted_from: DateField | None = None
    definition: Text
    method: v.Method = "reported"
    caveats: Caveats = ()


def may_lie_ahead(seed: BaseModel) -> bool:
    """Whether a record is planned, agreed or forecast, so that its dates may follow publication."""
    return (
        getattr(seed, "status", None) in ("planned", "agreed")
        or getattr(seed, "observation_status", None) == "forecast"
    )


def _is_a_day(value: str) -> str:
    try:
        if len(value) != len("2026-05-04"):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError(f"Write a day as 2026-05-04: {printed(value)} is none") from None


class CorrectionSeed(Seed):
    """Why a record was corrected, withdrawn or renamed.

    It is in the article's `facts.yaml`, or in `corrections.yaml` if there is no such article.
    """

    resource: v.ResourceType
    id: Slug
    change: v.CorrectionKind = "corrected"
    renamed_to: Slug | None = None
    corrected_on: Annotated[str, BeforeValidator(_date_as_text), AfterValidator(_is_a_day)]
    reason: Text


class MappingSeed(Seed):
    scheme: v.MappedScheme
    code: Text
    match: v.MappingMatch
    note: Text | None = None


class CodeSeed(Seed):
    """A code of a scheme (`vocabulary.yaml`)."""

    code: Code
    label: Text
    definition: Text
    broader: Code | None = None
    mappings: tuple[MappingSeed, ...] = ()
    deprecated: bool = False
    replaced_by: Code | None = None


class ArticleSeed(Seed):
    """One `facts.yaml`: a source and everything that it states."""

    source: SourceSeed
    actors: tuple[ActorMentionSeed, ...] = ()
    places: tuple[PlaceMentionSeed, ...] = ()
    events: tuple[EventSeed, ...] = ()
    statements: tuple[StatementSeed, ...] = ()
    figures: tuple[FigureSeed, ...] = ()
    corrections: tuple[CorrectionSeed, ...] = ()

    def attribution_of(self, seed: StatementSeed | FigureSeed) -> AttributionSeed | None:
        """The attribution of a record, or the one that the source has for all that give none."""
        if seed.attribution is None and self.source.attribution is not None:
            return AttributionSeed(origin=self.source.attribution)
        return seed.attribution
