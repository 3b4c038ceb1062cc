"""Public records, made from seeds that have passed `check` and `verify`.

A record has the values of its seed and what follows from them: offsets from the lock entries,
bounds from dates and qualifiers, the series' values in its figures, and caveats where the text
leaves something open.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from app.curation import schema as s
from app.curation.comparisons import disagreements, falling_totals
from app.curation.dates import some_day_of
from app.curation.proves import default_proves, proves_of
from app.curation.quotes import Lock, QuoteLockEntry
from app.curation.seeds import Article, Entry, Seeds, as_span
from app.curation.wording import loaded_terms
from app.resources.actor import ActorRecord, ActorRelationRecord, Role
from app.resources.event import EventRecord, EventRelationRecord
from app.resources.fields import (
    Attribution,
    Correction,
    Date,
    Evidence,
    PlaceReference,
    QuoteEvidence,
    RangeEvidence,
    Record,
    Reference,
)
from app.resources.figure import Breakdown, FigureRecord
from app.resources.place import PlaceRecord
from app.resources.references import RecordKey
from app.resources.series import Point, SeriesRecord
from app.resources.source import SourceRecord
from app.resources.statement import LoadedTerm, QuotedRange, QuotedWords, StatementRecord
from app.resources.vocabulary import CodeMapping, Vocabulary, VocabularyCode
from app.vocabulary import (
    QUALIFIER_BOUNDS,
    VOICES,
    CountedResourceType,
    ReferenceBasis,
    ResourceType,
)

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R", bound=Record)

NO_ORIGIN = "The text names no origin for this number."
AS_OF_IS_PUBLICATION = (
    "As-of is the day of publication; the text does not say when the count was made."
)
AS_OF_IS_INFERRED_PUBLICATION = (
    "As-of is the day of publication, which is inferred itself; the text does not say when the"
    " count was made."
)


@dataclass(frozen=True)
class WithdrawalNotice:
    """The reason why a record is not served any more, and its new id if it was renamed."""

    reason: str | None = None
    renamed_to: str | None = None


@dataclass
class Records:
    """All records of a dataset by resource type, each list sorted by id.

    `withdrawal_notices` are those of earlier records, by resource type and id. `vocabulary` has the
    codes of all records; `texts` those that are published whole, by the id of their source.
    """

    by_type: dict[ResourceType, list[Record]] = field(default_factory=dict)
    withdrawal_notices: Mapping[tuple[str, str], WithdrawalNotice] = field(default_factory=dict)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    texts: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[ResourceType, Record]]:
        for resource_type, records in self.by_type.items():
            for record in records:
                yield resource_type, record

    def __len__(self) -> int:
        return sum(map(len, self.by_type.values()))


def make_records(seeds: Seeds) -> Records:
    """Make the records of seeds that have passed `check` and `verify`."""
    vocabulary = make_vocabulary(seeds)
    builders = [ArticleRecordBuilder(article, seeds, vocabulary) for article in seeds.articles]
    events = [event for builder in builders for event in builder.events()]
    statements = [statement for builder in builders for statement in builder.statements()]
    corrections = _corrections(seeds)
    # A series shows the corrections of its figures.
    figures = _with_corrections(
        "figure", (figure for builder in builders for figure in builder.figures()), corrections
    )
    falls = falling_totals(figures)
    figures = [
        figure.model_copy(update={"caveats": (*figure.caveats, falls[figure.id])})
        if figure.id in falls
        else figure
        for figure in figures
    ]
    actors = _actors(seeds, builders)
    places = _places(seeds, builders)
    by_type: dict[ResourceType, list[Any]] = {
        "source": _sources(builders, (actors, places, events, statements, figures)),
        "actor": actors,
        "place": places,
        "series": _series(seeds, figures, set(falls.values())),
        "event": events,
        "statement": statements,
        "figure": figures,
    }
    return Records(
        {
            resource_type: sorted(
                records
                if resource_type == "figure"
                else _with_corrections(resource_type, records, corrections),
                key=lambda record: record.id,
            )
            for resource_type, records in by_type.items()
        },
        {
            (entry.seed.resource, entry.seed.id): WithdrawalNotice(
                entry.seed.reason, entry.seed.renamed_to
            )
            for entry in seeds.corrections
            if entry.seed.change != "corrected"
        },
        vocabulary,
        {
            article.seed.source.id: article.text
            for article in seeds.articles
            if article.seed.source.text_access == "full" and article.text is not None
        },
    )


def make_vocabulary(seeds: Seeds) -> Vocabulary:
    return Vocabulary(
        _copy(VocabularyCode, entry.seed, scheme=scheme)
        for scheme, entries in seeds.vocabulary.items()
        for entry in entries
    )


Corrections = Mapping[RecordKey, tuple[Correction, ...]]


def _corrections(seeds: Seeds) -> Corrections:
    """Return the corrections of each record, oldest first."""
    corrections: dict[RecordKey, list[Correction]] = defaultdict(list)
    for entry in seeds.corrections:
        if entry.seed.change == "corrected":
            corrections[entry.seed.resource, entry.seed.id].append(_copy(Correction, entry.seed))
    return {
        key: tuple(sorted(items, key=lambda correction: correction.corrected_on))
        for key, items in corrections.items()
    }


def _with_corrections(
    resource_type: ResourceType, records: Iterable[R], corrections: Corrections
) -> list[R]:
    return [
        record.model_copy(update={"corrections": corrections[resource_type, record.id]})
        if (resource_type, record.id) in corrections
        else record
        for record in records
    ]


def _copy(model: type[M], seed: BaseModel, **computed: Any) -> M:
    """Make a part of a record: computed fields, and the seed's fields of the same names."""
    copied = {
        name: getattr(seed, name)
        for name in model.model_fields.keys() & type(seed).model_fields.keys()
    }
    return model.model_validate(copied | computed, from_attributes=True)


def _in_reading_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Merge the evidence of each span and sort it by position.

    The merged `proves` has the fields of all.
    """
    merged: dict[tuple[str, int, int], Evidence] = {}
    for item in evidence:
        key = (item.source, item.start, item.end)
        earlier = merged.get(key)
        if earlier is None:
            merged[key] = item
        elif earlier.proves != item.proves:
            proves = tuple(dict.fromkeys((*earlier.proves, *item.proves)))
            merged[key] = item.model_copy(update={"proves": proves})
    return tuple(merged[key] for key in sorted(merged))


class ArticleRecordBuilder:
    """Makes the records of one article.

    Raises ValueError if the article has no lock, which `verify` reports.
    """

    def __init__(self, article: Article, seeds: Seeds, vocabulary: Vocabulary) -> None:
        if article.lock is None:
            raise ValueError(f"{article.file} has no lock entries")
        self.article = article
        self.seed = article.seed
        self.lock: Lock = article.lock
        self._vocabulary = vocabulary
        self._source = article.seed.source.id
        self._series = seeds.series_by_id
        self._events = seeds.events_by_id
        self._lock_entries = {entry.selector: entry for entry in article.lock.entries}

    def evidence(self, seeds: Iterable[s.EvidenceSeed], *default: str) -> tuple[Evidence, ...]:
        """Return the evidence of some words; those that name no field prove the default."""
        return _in_reading_order(self._evidence(seed, proves_of(seed, default)) for seed in seeds)

    def evidence_of_parts(
        self, parts: Iterable[s.RoleSeed | s.RelationSeed], proves: str
    ) -> Iterator[Evidence]:
        """Yield the evidence of roles or relations, which the record has among its own."""
        for part in parts:
            yield from self.evidence(part.evidence, proves)

    def _evidence(self, seed: s.EvidenceSeed, proves: tuple[str, ...]) -> Evidence:
        entry = self._lock_entries[as_span(seed).selector]
        place: dict[str, Any] = {
            "source": self._source,
            "proves": proves,
            "start": entry.start,
            "end": entry.end,
        }
        if isinstance(seed, s.RangeSeed):
            return RangeEvidence(
                type="range", first_words=seed.first, last_words=seed.last, **place
            )
        context: dict[str, Any] = {"prefix": "", "suffix": ""}
        if isinstance(entry, QuoteLockEntry):
            context = {"prefix": entry.prefix, "suffix": entry.suffix}
        return QuoteEvidence(type="quote", exact=seed.quote, **context, **place)

    def _quoted_words(
        self, seed: s.StatementSeed, evidence: Sequence[Evidence]
    ) -> Iterator[QuotedWords | QuotedRange]:
        """Yield the quoted words with their offsets: of words those in the first piece of evidence
        that has them.
        """
        published = [part for item in evidence for part in item.published]
        for words in seed.quoted_words:
            if isinstance(words, s.RangeSeed):
                entry = self._lock_entries[as_span(words).selector]
                yield QuotedRange(
                    type="range",
                    first_words=words.first,
                    last_words=words.last,
                    start=entry.start,
                    end=entry.end,
                )
            else:
                start = next(at + text.index(words) for text, at in published if words in text)
                yield QuotedWords(type="quote", exact=words, start=start, end=start + len(words))

    def date(self, seed: s.DateSeed | None, *, may_lie_ahead: bool = False) -> Date | None:
        """Return a date with its bounds. What has happened did so before the last possible day of
        publication: a source cannot vouch for later days.
        """
        if seed is None:
            return None
        published = self.seed.source.published_on
        latest = seed.latest
        if published is not None and published.latest is not None and not may_lie_ahead:
            latest = min(latest or published.latest, published.latest)
        return _copy(Date, seed, earliest=seed.earliest, latest=latest)

    def events(self) -> Iterator[EventRecord]:
        for entry in self.article.entries("events"):
            seed = entry.seed
            may_lie_ahead = s.may_lie_ahead(seed)
            evidence = (
                *self.evidence(seed.evidence, *default_proves("event", entry)),
                *self.evidence_of_parts(seed.relations, "relations"),
            )
            yield _copy(
                EventRecord,
                seed,
                source=self._source,
                date=self.date(seed.date, may_lie_ahead=may_lie_ahead),
                mappings=[
                    _copy(CodeMapping, mapping)
                    for mapping in self._vocabulary.mappings("event_type", seed.type)
                ],
                relations=tuple(
                    _copy(
                        EventRelationRecord,
                        relation,
                        date=self.date(relation.date, may_lie_ahead=may_lie_ahead),
                    )
                    for relation in seed.relations
                ),
                evidence=_in_reading_order(evidence),
            )

    def statements(self) -> Iterator[StatementRecord]:
        for entry in self.article.entries("statements"):
            seed = entry.seed
            evidence = self.evidence(seed.evidence, *default_proves("statement", entry))
            attribution = self._attribution(seed)
            yield _copy(
                StatementRecord,
                seed,
                source=self._source,
                made_on=self.date(seed.made_on or self._date_of_event(seed)),
                attribution=attribution,
                voice=VOICES[attribution.origin],
                evidence=evidence,
                quoted_words=tuple(self._quoted_words(seed, evidence)),
                loaded_terms=_loaded_terms(evidence),
            )

    def _date_of_event(self, seed: s.StatementSeed) -> s.DateSeed | None:
        """Return the date of the event at which a statement was made, as an inferred one."""
        event_id = None if seed.event is None else seed.event.id
        event = self._events.get(event_id or "")
        if event is None or event.date is None or s.may_lie_ahead(event):
            return None
        edtf = some_day_of(event.date.edtf)
        which = "that of the event" if edtf == event.date.edtf else "some day of the event"
        note = f"Made at the event “{event.title}”; the date is {which}."
        return s.DateSeed(edtf=edtf, basis="inferred", note=note)

    def figures(self) -> Iterator[FigureRecord]:
        successors = {seed.supersedes: seed.id for seed in self.seed.figures}
        for entry in self.article.entries("figures"):
            series = self._series[entry.seed.series]
            yield self._figure(entry, series, successors.get(entry.seed.id))

    def _figure(
        self, entry: Entry[s.FigureSeed], series: s.SeriesSeed, superseded_by: str | None
    ) -> FigureRecord:
        seed = entry.seed
        as_of = seed.as_of or self._publication_date()
        attribution = self._attribution(seed)
        caveats = list(seed.caveats)
        if attribution.origin == "none_named" and seed.qualifier != "unquantified":
            caveats.append(NO_ORIGIN)
        if as_of.basis == "publication_date":
            published = self.seed.source.published_on
            is_inferred = published is not None and published.basis == "inferred"
            caveats.append(AS_OF_IS_INFERRED_PUBLICATION if is_inferred else AS_OF_IS_PUBLICATION)
        if seed.reading is not None:
            caveats.append(read_by_curator(seed))
        bound = QUALIFIER_BOUNDS[seed.qualifier]
        wording = {(item.dimension, item.category): item.as_written for item in seed.breakdown}
        return _copy(
            FigureRecord,
            seed,
            title=seed.title or series.title,
            caveats=caveats,
            evidence=self.evidence(seed.evidence, *default_proves("figure", entry)),
            source=self._source,
            attribution=attribution,
            measure=series.measure,
            measure_kind=series.measure_kind,
            lower=seed.value if bound in ("gt", "ge") else seed.lower,
            upper=seed.value if bound in ("lt", "le") else seed.upper,
            bound=bound,
            unit=series.unit,
            population=_population(seed.population, series),
            excludes=series.excludes,
            superseded_by=superseded_by,
            breakdown=tuple(
                _copy(
                    Breakdown,
                    item,
                    as_written=wording.get((item.dimension, item.category)),
                )
                for item in series.breakdown
            ),
            places=(*seed.places, *_inherited_places(seed, series)),
            period=self.date(seed.period, may_lie_ahead=s.may_lie_ahead(seed)),
            as_of=self.date(as_of, may_lie_ahead=s.may_lie_ahead(seed)),
        )

    def _attribution(self, seed: s.StatementSeed | s.FigureSeed) -> Attribution:
        attribution = self.seed.attribution_of(seed)
        if attribution is None:
            raise ValueError(f"{self.article.file} has {seed.id} without an attribution")
        return _copy(Attribution, attribution)

    def _publication_date(self) -> s.DateSeed:
        published = self.seed.source.published_on
        if published is None:
            raise ValueError(f"{self.article.file} has a figure without an as-of date")
        return s.DateSeed(edtf=published.edtf, basis="publication_date")


def read_by_curator(seed: s.FigureSeed) -> str:
    """Return the caveat of a figure whose number the curator read."""
    numbers = [number for number in (seed.value, seed.lower, seed.upper) if number is not None]
    value = " to ".join(f"{number:,}" for number in numbers) or "no number"
    return f"Read as {value} by the curator: the text says “{seed.as_written}”. {seed.reading}"


def _population(seed: s.PopulationSeed | None, series: s.SeriesSeed) -> Reference | None:
    if series.population is None:
        return None
    wording = seed or s.PopulationSeed(
        basis="inferred",
        note="The population is that of the series; this figure's words name none.",
    )
    return _copy(Reference, wording, id=series.population)


def _inherited_places(seed: s.FigureSeed, series: s.SeriesSeed) -> Iterator[PlaceReference]:
    """Yield the places of the series that the figure's words do not name."""
    named = {place.id for place in seed.places}
    for place in series.places:
        if place not in named:
            yield PlaceReference(
                id=place,
                as_written=None,
                basis="inferred",
                note="The place is that of the series; this figure's words name none.",
                role="in",
            )


def _loaded_terms(evidence: Sequence[Evidence]) -> tuple[LoadedTerm, ...]:
    """Return every loaded term in the published words of the evidence, each occurrence once, though
    spans may overlap.
    """
    terms = {
        (at + start, at + end, term, words[start:end])
        for item in evidence
        for words, at in item.published
        for term, start, end in loaded_terms().find(words)
    }
    return tuple(
        LoadedTerm(term=term, exact=exact, start=start, end=end)
        for start, end, term, exact in sorted(terms)
    )


# --------------------------------------------------------------- records of more than one article

Mention = tuple[ArticleRecordBuilder, Entry[Any]]
"""An actor or a place in one article."""


def _actors(seeds: Seeds, builders: Sequence[ArticleRecordBuilder]) -> list[ActorRecord]:
    mentions: dict[str, list[tuple[ArticleRecordBuilder, Entry[s.ActorMentionSeed]]]] = defaultdict(
        list
    )
    for builder in builders:
        for mention in builder.article.entries("actors"):
            mentions[mention.seed.id].append((builder, mention))
    return [
        _copy(
            ActorRecord,
            entry.seed,
            evidence=_in_reading_order(_all_evidence(mentions[entry.seed.id])),
            names_as_written=_names(mentions[entry.seed.id]),
            roles=tuple(
                _copy(Role, role, date=builder.date(role.date))
                for builder, mention in mentions[entry.seed.id]
                for role in mention.seed.roles
            ),
            relations=tuple(
                _copy(ActorRelationRecord, relation, date=builder.date(relation.date))
                for builder, mention in mentions[entry.seed.id]
                for relation in mention.seed.relations
            ),
        )
        for entry in seeds.actors
    ]


def _places(seeds: Seeds, builders: Sequence[ArticleRecordBuilder]) -> list[PlaceRecord]:
    mentions: dict[str, list[tuple[ArticleRecordBuilder, Entry[s.PlaceMentionSeed]]]] = defaultdict(
        list
    )
    for builder in builders:
        for mention in builder.article.entries("places"):
            mentions[mention.seed.id].append((builder, mention))
    return [
        _copy(
            PlaceRecord,
            entry.seed,
            evidence=_in_reading_order(_all_evidence(mentions[entry.seed.id])),
            names_as_written=_names(mentions[entry.seed.id]),
        )
        for entry in seeds.places
    ]


def _names(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return each wording once, in the order of the articles."""
    return tuple(
        dict.fromkeys(
            name.as_written or name.quote for _, mention in mentions for name in mention.seed.names
        )
    )


def _all_evidence(mentions: Iterable[Mention]) -> Iterator[Evidence]:
    for builder, mention in mentions:
        resource_type: ResourceType = (
            "actor" if isinstance(mention.seed, s.ActorMentionSeed) else "place"
        )
        yield from builder.evidence(mention.seed.names, "names_as_written")
        yield from builder.evidence(mention.seed.evidence, *default_proves(resource_type, mention))
        if isinstance(mention.seed, s.ActorMentionSeed):
            yield from builder.evidence_of_parts(mention.seed.roles, "roles")
            yield from builder.evidence_of_parts(mention.seed.relations, "relations")


def _series(
    seeds: Seeds, figures: Sequence[FigureRecord], computed: Collection[str]
) -> list[SeriesRecord]:
    """Make the series. `computed` are the caveats of figures that come from other figures: these
    stand last.
    """
    figures_of: dict[str, list[FigureRecord]] = defaultdict(list)
    for figure in figures:
        figures_of[figure.series].append(figure)
    return [_one_series(entry.seed, figures_of[entry.seed.id], computed) for entry in seeds.series]


def _one_series(
    seed: s.SeriesSeed, figures: Sequence[FigureRecord], computed: Collection[str]
) -> SeriesRecord:
    points = points_of(figures)
    is_running_total = seed.measure_kind == "cumulative"
    evidence = (item for figure in figures for item in figure.evidence)
    caveats = dict.fromkeys((*seed.caveats, *(c for point in points for c in point.caveats)))
    return _copy(
        SeriesRecord,
        seed,
        population=seed.population and _series_population(seed.population, figures),
        places=tuple(_series_place(place, figures) for place in seed.places),
        breakdown=tuple(_series_breakdown(item) for item in seed.breakdown),
        counted_from=seed.counted_from and _counted_from(seed.counted_from, figures),
        points=points,
        disagreements=tuple(disagreements(figures, is_running_total=is_running_total)),
        caveats=sorted(caveats, key=lambda caveat: caveat in computed),
        evidence=_in_reading_order(evidence),
    )


def _series_population(population: str, figures: Iterable[FigureRecord]) -> Reference:
    references = (figure.population for figure in figures if figure.population is not None)
    return Reference(id=population, as_written=None, basis=_common_basis(references), note=None)


def _series_place(place: str, figures: Iterable[FigureRecord]) -> PlaceReference:
    """Return a place of a series, in the role that it has in all figures, else `in`."""
    references = [item for figure in figures for item in figure.places if item.id == place]
    roles = {reference.role for reference in references}
    return PlaceReference(
        id=place,
        as_written=None,
        basis=_common_basis(references),
        note=None,
        role=roles.pop() if len(roles) == 1 else "in",
    )


def _series_breakdown(item: s.BreakdownSeed) -> Breakdown:
    """Return a category of a series, which has no passage of its own that words it."""
    return Breakdown(dimension=item.dimension, category=item.category, as_written=None)


def _counted_from(start: s.DateSeed, figures: Iterable[FigureRecord]) -> Date:
    periods = (figure.period for figure in figures if figure.period is not None)
    basis = start.basis if _common_basis(periods) == "stated" else "inferred"
    return Date.model_validate(start.model_copy(update={"basis": basis}), from_attributes=True)


def _common_basis(parts: Iterable[Reference | Date]) -> ReferenceBasis:
    """Return `inferred` as soon as one part is."""
    return "inferred" if any(part.basis == "inferred" for part in parts) else "stated"


def points_of(figures: Iterable[FigureRecord]) -> tuple[Point, ...]:
    """Return the points of a series, in the order of their as-of dates."""
    points = (
        _copy(
            Point,
            figure,
            figure=figure.id,
            corrected_on=figure.corrections[-1].corrected_on if figure.corrections else None,
        )
        for figure in figures
    )
    return tuple(
        sorted(points, key=lambda p: (p.as_of.latest or "", p.as_of.earliest or "", p.figure))
    )


def _sources(
    builders: Sequence[ArticleRecordBuilder], groups: Sequence[Sequence[Record]]
) -> list[SourceRecord]:
    """Make the sources, with the number and the evidence of the records of each."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    series: set[tuple[str, str]] = set()
    for name, records in zip(COUNTED, groups, strict=True):
        for record in records:
            for source in {item.source for item in record.evidence}:
                counts[source][name] += 1
            for item in record.evidence:
                evidence[item.source].append(item)
            if isinstance(record, FigureRecord):
                series.add((record.source, record.series))
    counts_of_series = Counter(source for source, _ in series)
    return [
        _copy(
            SourceRecord,
            builder.seed.source,
            evidence=_in_reading_order(evidence[builder.seed.source.id]),
            quotes_verified=True,
            characters=builder.lock.characters,
            counts={
                **{name: counts[builder.seed.source.id][name] for name in COUNTED},
                "series": counts_of_series[builder.seed.source.id],
            },
        )
        for builder in builders
    ]


COUNTED: tuple[CountedResourceType, ...] = ("actor", "place", "event", "statement", "figure")
"""The groups of records that `_sources` counts, in the order of its argument."""
