"""The parts of records. Each public field is described once, in this file or its resource type's.

OpenAPI and pages take the description from the field.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from typing_extensions import TypeAliasType

from app import vocabulary as v

DATASET_VERSION_PATTERN = "[0-9a-f]{16}(-[0-9]{1,9})?"
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
DAY_PATTERN = f"^{_DAY}$"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
MOMENT_PATTERN = f"^({DATASET_VERSION_PATTERN}|{_DAY}(T{_TIME}:[0-5][0-9](Z|[+-]{_TIME}))?)$"
"""The pattern of a dataset version, a day or an instant, as JSON Schema has it."""


def field(description: str, *examples: Any, **options: Any) -> Any:
    """Declare a public field. Every example is a value that occurs in the seed data."""
    return Field(description=description, examples=list(examples), **options)


class Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_serialization_defaults_required=True
    )


IsoDate = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"})
]


def _integral_as_int(value: float | None) -> int | float | None:
    """Return an integral value as `int`, so that it has no decimal point in JSON."""
    return int(value) if value is not None and value == int(value) else value


Number = Annotated[
    float,
    PlainSerializer(_integral_as_int, return_type=int | float),
    WithJsonSchema({"type": "number", "format": "double"}),
]


class Date(Part):
    """A date as far as it is known (EDTF, ISO 8601-2, levels 0–1 and one-of ranges), with its
    strict bounds.
    """

    edtf: str = field(
        "The date in EDTF: `a/b` is throughout, `a/..` goes on, `a/` and `/b` have an unknown end,"
        " `[a..b]` is some day within.",
        "2023-10-07/2024-02-14",
    )
    earliest: IsoDate | None = field(
        "First possible day, inclusive; null: unbounded.", "2023-10-07"
    )
    latest: IsoDate | None = field(
        "Last possible day, inclusive: of what has happened none after publication; null:"
        " unbounded.",
        "2024-02-14",
    )
    basis: v.DateBasis = field(
        "`stated` in the text, `inferred` by us (the note says how), or the `publication_date` for"
        " want of another.",
        "stated",
    )
    basis_end: v.DateBasis | None = field(
        "The basis of the end, where it differs from that of the beginning.", "inferred"
    )
    note: str | None = field(
        "How it was inferred, or what a reader must know; null: nothing.",
        "The text says “Tuesday”; the last Tuesday before publication.",
    )


Proves = Annotated[
    tuple[str, ...],
    Field(
        description="Fields that these words prove: of the record, or of any record that rests on"
        " the source.",
        examples=[["measure", "value", "as_written", "qualifier", "population"]],
        min_length=1,
    ),
]
Start = Annotated[
    int,
    Field(
        description="Offset of the first character, 0-based, in Unicode code points.",
        examples=[3233],
        ge=0,
    ),
]
End = Annotated[int, Field(description="Offset behind the last character.", examples=[3273], gt=0)]


class QuoteEvidence(Part):
    """The exact words in a source that prove a record: the W3C Web Annotation selectors
    TextQuoteSelector and TextPositionSelector in flat form.
    """

    source: str = field("Id of the source.", "iran-fm-qatar-amir-2024-02-14")
    type: Literal["quote"] = field("Words that are quoted whole.", "quote")
    proves: Proves
    exact: str = field(
        "The source's words, byte for byte.", "At least 67,984 others have been injured"
    )
    prefix: str = field("As many characters before them as make the quote unique, at most 24.", "")
    suffix: str = field("As many characters after them as make the quote unique, at most 24.", "")
    start: Start
    end: End

    @property
    def published(self) -> tuple[tuple[str, int], ...]:
        """The words of the source that are published, with their offsets."""
        return ((self.exact, self.start),)


class RangeEvidence(Part):
    """A passage of a source that proves a record and is longer than a quote: of its words only the
    first and the last ones are published, its offsets have all of it.
    """

    source: str = field("Id of the source.", "iran-fm-qatar-amir-2024-02-14")
    type: Literal["range"] = field("A passage of which only the ends are quoted.", "range")
    proves: Proves
    first_words: str = field("Its first words, byte for byte.", "Tehran and Doha cooperation")
    last_words: str = field("Its last words, byte for byte.", "Al Thani on Tuesday")
    start: Start
    end: End

    @property
    def published(self) -> tuple[tuple[str, int], ...]:
        """The words of the source that are published, with their offsets."""
        return (
            (self.first_words, self.start),
            (self.last_words, self.end - len(self.last_words)),
        )


Evidence = TypeAliasType(
    "Evidence", Annotated[QuoteEvidence | RangeEvidence, Field(discriminator="type")]
)


def published_words(evidence: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """The words of the source in a piece of evidence, with their offsets: a quote, or the first and
    the last words of a range.
    """
    if evidence["type"] == "quote":
        return ((evidence["exact"], evidence["start"]),)
    last = evidence["last_words"]
    return ((evidence["first_words"], evidence["start"]), (last, evidence["end"] - len(last)))


class Reference(Part):
    """A reference that is worded in the text or inferred."""

    id: str | None = field(
        "Id of the record that is meant; null: the text does not say.", "palestinians"
    )
    as_written: str | None = field(
        "The words of the source, null where it has none.", "Palestinians"
    )
    basis: v.ReferenceBasis = field(
        "Whether the text states it or we infer it; the note says how.", "stated"
    )
    note: str | None = field(
        "How it was inferred, or what a reader must know.",
        "The clause itself names no place; the sentence begins with efforts in Gaza.",
    )


class PlaceReference(Reference):
    id: str | None = field("Id of the place; null: the text does not say which.", "gaza-strip")
    as_written: str | None = field("The words of the source, null where it has none.", "Gaza")
    role: v.PlaceRole = field("How the place is related to the record.", "in")


class Identifier(Part):
    """An identifier that others give the same thing. We assign it, not the text."""

    scheme: v.IdentifierScheme = field("Who gives it.", "wikidata")
    id: str = field("The identifier in its scheme.", "Q794")

    @property
    def name(self) -> str:
        """Scheme and identifier, as the filter has them."""
        return f"{self.scheme}:{self.id}"


def identifier_url(identifier: Mapping[str, Any]) -> str | None:
    """Return the URL of an item of `same_as`, None if its scheme has none."""
    start = v.IDENTIFIER_URLS.get(identifier["scheme"])
    return None if start is None else f"{start}{identifier['id']}"


class Relation(Part):
    """How a record is related to another."""

    type: str = field("How they are related.", "part_of")
    resource: v.RelatedResourceType = field("The resource type of `to`.", "event")
    to: str = field("Id of the other record.", "united-states")
    date: Date | None = field("When it held; null: the text does not say.", None)
    as_written: str | None = field(
        "The source's words for the relation, null where it has none.", None
    )
    basis: v.ReferenceBasis = field("Whether the text states it or we infer it.", "stated")
    note: str | None = field("How it was inferred, or what a reader must know.", None)


class Attribution(Part):
    """Whom the words or the number come from."""

    origin: v.Origin = field(
        "`stated`: the source credits the speakers, or those who relay it; `publisher`: it says it"
        " as its own view or count; `none_named`: it names nobody; `ambiguous`: one cannot tell"
        " whether the words are the speakers' or its own.",
        "none_named",
    )
    speakers: tuple[Reference, ...] = field(
        "Who said it; where the origin is `ambiguous`, who may have said it.", []
    )
    relayed_by: tuple[Reference, ...] = field(
        "Through whom it came, nearest to the source first.", []
    )
    note: str | None = field(
        "What a reader must know about the origin, such as what a “said” in the sentence governs;"
        " null: nothing.",
        None,
    )


class Correction(Part):
    """A notice that a record was wrong and has been set right. What it said before is in its
    revisions.
    """

    corrected_on: IsoDate = field("Day on which the notice was made.", "2026-05-04")
    reason: str = field(
        "What was wrong, in our own neutral words.", "The qualifier had been left out."
    )


SameAs = Annotated[
    tuple[Identifier, ...],
    Field(
        description="Identifiers of the same thing elsewhere, by which records can be joined with"
        " other data: our classification, not the text's.",
        examples=[[{"scheme": "wikidata", "id": "Q794"}]],
    ),
]
Corrections = Annotated[
    tuple[Correction, ...],
    Field(
        description="What was wrong and has been set right, oldest first; empty: nothing.",
        examples=[[]],
    ),
]
Caveats = Annotated[
    tuple[str, ...],
    Field(
        description="What a reader must see beside the record.",
        examples=[["The text dates the agreement, not the release."]],
    ),
]
EvidenceList = Annotated[
    tuple[Evidence, ...],
    Field(description="The words that prove the record, in reading order."),
]


class Record(Part):
    """The fields of every record.

    Each resource type declares `caveats`, `corrections` and `evidence` itself, so that they are the
    last fields of its JSON. Type checkers read them here.
    """

    id: str = field(
        "Stable id: a slug, never changed and never used again.",
        "palestinians-killed-since-2023-10-07-at-2024-02-14",
        pattern=f"^{v.SLUG_PATTERN}$",
        max_length=v.MAX_SLUG_LENGTH,
    )
    title: str = field(
        "What the record is, in our own neutral words.", "Palestinians killed since 7 October 2023"
    )

    if TYPE_CHECKING:
        caveats: Caveats
        corrections: Corrections
        evidence: EvidenceList
