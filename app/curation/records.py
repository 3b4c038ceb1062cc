"""Checked seeds → public records: offsets from receipts, bounds from dates and qualifiers, what a
figure inherits from its series, and the caveats that follow from what the text leaves unsaid.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from app.curation import schema as s
from app.curation.dates import bounds
from app.curation.quotes import Lock, selector
from app.curation.seeds import Article, Seeds, as_quote
from app.curation.wording import loaded_terms
from app.resources.actor import ActorRecord, ActorRelationRecord, Name, Role
from app.resources.event import EventRecord, EventRelationRecord, Participant
from app.resources.fields import (
    Attribution,
    Correction,
    Date,
    Evidence,
    PlaceReference,
    Record,
    Reference,
)
from app.resources.figure import Breakdown, FigureBreakdownRecord, FigureRecord, Population
from app.resources.place import PlaceRecord
from app.resources.series import Disagreement, Point, SeriesRecord
from app.resources.source import Counts, SourceRecord
from app.resources.statement import LoadedTerm, QuotedWords, StatementRecord, Topic
from app.vocabulary import QUALIFIER_BOUNDS, ResourceType

R = TypeVar("R", bound=Record)

UNCREDITED = "The text names no origin for this number."
AS_OF_IS_PUBLICATION = (
    "As-of is the day of publication; the text does not say when the count was made."
)
READ_BY_US = "The number is written in words; its reading in figures is ours."


@dataclass(frozen=True)
class WithdrawalNotice:
    """Why a record is not served any more, and under which id it goes on, if it does."""

    reason: str | None = None
    renamed_to: str | None = None


@dataclass
class Records:
    """Every record of a dataset, by noun, each list sorted by id; and what is known of those that
    are gone, by noun and id.
    """

    by_noun: dict[ResourceType, list[Record]] = field(default_factory=dict)
    departures: Mapping[tuple[str, str], WithdrawalNotice] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[ResourceType, Record]]:
        for noun, records in self.by_noun.items():
            for record in records:
                yield noun, record

    def __len__(self) -> int:
        return sum(map(len, self.by_noun.values()))


def make_records(seeds: Seeds) -> Records:
    """All records of seeds that have passed `check` and `verify`."""
    scribes = [ArticleRecordBuilder(article, seeds) for article in seeds.articles]
    events = [event for scribe in scribes for event in scribe.events()]
    statements = [statement for scribe in scribes for statement in scribe.statements()]
    notices = _notices(seeds)
    # A series shows the corrections of its figures.
    figures = _with_notices(
        "figure", (figure for scribe in scribes for figure in scribe.figures()), notices
    )
    actors = _actors(seeds, scribes)
    places = _places(seeds, scribes)
    series = _series(seeds, figures)
    sources = _sources(seeds, actors, places, events, statements, figures)
    by_noun: dict[ResourceType, list[Any]] = {
        "source": sources,
        "actor": actors,
        "place": places,
        "series": series,
        "event": events,
        "statement": statements,
        "figure": figures,
    }
    return Records(
        {
            noun: sorted(
                records if noun == "figure" else _with_notices(noun, records, notices),
                key=lambda record: record.id,
            )
            for noun, records in by_noun.items()
        },
        {
            (entry.seed.noun, entry.seed.id): WithdrawalNotice(
                entry.seed.reason, entry.seed.renamed_to
            )
            for entry in seeds.corrections
            if entry.seed.change != "corrected"
        },
    )


Notices = Mapping[tuple[ResourceType, str], tuple[Correction, ...]]


def _notices(seeds: Seeds) -> Notices:
    """The corrections of each record, oldest first."""
    found: dict[tuple[ResourceType, str], list[Correction]] = defaultdict(list)
    for entry in seeds.corrections:
        if entry.seed.change == "corrected":
            found[entry.seed.noun, entry.seed.id].append(
                Correction(date=entry.seed.date, reason=entry.seed.reason)
            )
    return {
        name: tuple(sorted(said, key=lambda correction: correction.date))
        for name, said in found.items()
    }


def _with_notices(noun: ResourceType, records: Iterable[R], notices: Notices) -> list[R]:
    if not any(of == noun for of, _ in notices):
        return list(records)
    return [
        record.model_copy(update={"corrections": notices[noun, record.id]})
        if (noun, record.id) in notices
        else record
        for record in records
    ]


@lru_cache(maxsize=65_536)
def _date_from(edtf: str, basis: Any, basis_end: Any, note: str | None) -> Date:
    earliest, latest = bounds(edtf)
    return Date(
        edtf=edtf, earliest=earliest, latest=latest, basis=basis, basis_end=basis_end, note=note
    )


def _date(seed: s.DateSeed | None) -> Date | None:
    return None if seed is None else _date_from(seed.edtf, seed.basis, seed.basis_end, seed.note)


def _reference(seed: s.ReferenceSeed) -> Reference:
    return Reference(id=seed.id, as_written=seed.as_written, basis=seed.basis, note=seed.note)


def _place(seed: s.PlaceReferenceSeed) -> PlaceReference:
    return PlaceReference(
        id=seed.id, as_written=seed.as_written, basis=seed.basis, note=seed.note, role=seed.role
    )


def _attribution(seed: s.AttributionSeed) -> Attribution:
    return Attribution(
        basis=seed.basis,
        speaker=None if seed.speaker is None else _reference(seed.speaker),
        relayed_by=tuple(map(_reference, seed.relayed_by)),
    )


def _in_reading_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each span once: what it proves is put together, and a span that proves the whole record
    proves all of it.
    """
    merged: dict[tuple[str, int, int], Evidence] = {}
    for item in evidence:
        key = (item.source, item.start, item.end)
        known = merged.get(key)
        if known is not None and known.proves != item.proves:
            whole = not known.proves or not item.proves
            proves = () if whole else tuple(dict.fromkeys((*known.proves, *item.proves)))
            merged[key] = item.model_copy(update={"proves": proves})
        elif known is None:
            merged[key] = item
    return tuple(merged[key] for key in sorted(merged))


class ArticleRecordBuilder:
    """Writes the records of one article."""

    def __init__(self, article: Article, seeds: Seeds) -> None:
        assert article.lock is not None  # noqa: S101 - `verify` has passed
        self.article = article
        self.seed = article.seed
        self.source = article.seed.source.id
        self._series = seeds.series_by_id
        self._lock: Lock = article.lock
        self._lock_entries = {entry.selector: entry for entry in article.lock.entries}

    def evidence(self, quotes: Iterable[s.QuoteSeed], *proves: str) -> tuple[Evidence, ...]:
        return _in_reading_order(self._one(quote, proves) for quote in quotes)

    def everything(self, *proofs: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return _in_reading_order(item for group in proofs for item in group)

    def _one(self, quote: s.QuoteSeed, proves: tuple[str, ...]) -> Evidence:
        lock_entry = self._lock_entries[selector(as_quote(quote))]
        return Evidence(
            source=self.source,
            type="text",
            proves=quote.proves or proves,
            exact=quote.quote,
            prefix=lock_entry.prefix,
            suffix=lock_entry.suffix,
            start=lock_entry.start,
            end=lock_entry.end,
            offset_unit="unicode_code_point",
            content_sha256=self._lock.text_sha256,
            quote_verified=True,
        )

    def names(self, seeds: Iterable[s.NameSeed]) -> tuple[Name, ...]:
        return tuple(
            Name(
                as_written=seed.as_written or seed.quote,
                evidence=self.evidence([seed], "names_as_written"),
            )
            for seed in seeds
        )

    def events(self) -> Iterator[EventRecord]:
        for seed in self.seed.events:
            relations = tuple(
                EventRelationRecord(
                    type=relation.type,
                    noun=relation.noun,
                    to=relation.to,
                    evidence=self.evidence(relation.evidence, "relations"),
                )
                for relation in seed.relations
            )
            yield EventRecord(
                id=seed.id,
                title=seed.title,
                caveats=seed.caveats,
                evidence=self.everything(
                    self.evidence(seed.evidence), *(relation.evidence for relation in relations)
                ),
                source=self.source,
                type=seed.type,
                plover=seed.plover,
                date=_date(seed.date),
                places=tuple(map(_place, seed.places)),
                participants=tuple(
                    Participant(
                        id=p.id, as_written=p.as_written, basis=p.basis, note=p.note, role=p.role
                    )
                    for p in seed.participants
                ),
                status=seed.status,
                relations=relations,
            )

    def statements(self) -> Iterator[StatementRecord]:
        for seed in self.seed.statements:
            evidence = self.evidence(seed.evidence)
            yield StatementRecord(
                id=seed.id,
                title=seed.title,
                caveats=seed.caveats,
                evidence=evidence,
                source=self.source,
                summary=seed.summary,
                attribution=_attribution(seed.attribution),
                voice=seed.voice,
                quote_type=seed.quote_type,
                quoted_words=tuple(
                    QuotedWords(exact=words, start=start, end=start + len(words))
                    for words, start in _within(seed.quoted_words, evidence)
                ),
                act=seed.act,
                addressees=tuple(map(_reference, seed.addressees)),
                about=tuple(
                    Topic(noun=t.noun, id=t.id, as_written=t.as_written, basis=t.basis, note=t.note)
                    for t in seed.about
                ),
                made_on=_date(seed.made_on),
                event=None if seed.event is None else _reference(seed.event),
                loaded_terms=tuple(
                    LoadedTerm(term=term, start=start, end=end)
                    for term, start, end in sorted(_loaded(evidence), key=lambda found: found[1:])
                ),
            )

    def figures(self) -> Iterator[FigureRecord]:
        for seed in self.seed.figures:
            yield self._figure(seed, self._series[seed.series])

    def _figure(self, seed: s.FigureSeed, series: s.SeriesSeed) -> FigureRecord:
        as_of = _date(seed.as_of) or self._published()
        attribution = _attribution(seed.attribution)
        caveats = list(seed.caveats)
        if attribution.basis == "none":
            caveats.append(UNCREDITED)
        if as_of.basis == "publication_date":
            caveats.append(AS_OF_IS_PUBLICATION)
        if (
            not any(character.isdecimal() for character in seed.as_written)
            and not self._is_english()
        ):
            caveats.append(READ_BY_US)
        bound = QUALIFIER_BOUNDS[seed.qualifier]
        return FigureRecord(
            id=seed.id,
            title=seed.title or series.title,
            caveats=tuple(caveats),
            evidence=self.evidence(seed.evidence),
            source=self.source,
            series=series.id,
            measure=series.measure,
            measure_kind=series.measure_kind,
            value=seed.value,
            as_written=seed.as_written,
            qualifier=seed.qualifier,
            lower=seed.value if bound in ("gt", "ge") else seed.lower,
            upper=seed.value if bound in ("lt", "le") else seed.upper,
            bound=bound,
            unit=series.unit,
            population=_population(seed.population, series),
            breakdown=tuple(
                FigureBreakdownRecord(
                    dimension=item.dimension,
                    category=item.category,
                    as_written=next(
                        (
                            own.as_written
                            for own in seed.breakdown
                            if (own.dimension, own.category) == (item.dimension, item.category)
                        ),
                        None,
                    ),
                )
                for item in series.breakdown
            ),
            denominator=seed.denominator,
            places=_figure_places(seed, series),
            period=_date(seed.period),
            as_of=as_of,
            attribution=attribution,
            event=seed.event,
        )

    def _published(self) -> Date:
        published = self.seed.source.published_on
        assert published is not None  # noqa: S101 - the checks have passed
        return _date_from(published.edtf, "publication_date", None, None)

    def _is_english(self) -> bool:
        language = self.seed.source.language
        return language is None or language.split("-")[0].lower() == "en"


def _population(seed: s.PopulationSeed | None, series: s.SeriesSeed) -> Population | None:
    if series.population is None:
        return None
    if seed is None:
        note = "The population is that of the series; this figure's words name none."
        return Population(
            id=series.population,
            as_written=None,
            basis="inferred",
            note=note,
            excludes=series.excludes,
        )
    return Population(
        id=series.population,
        as_written=seed.as_written,
        basis=seed.basis,
        note=seed.note,
        excludes=series.excludes,
    )


def _figure_places(seed: s.FigureSeed, series: s.SeriesSeed) -> tuple[PlaceReference, ...]:
    own = {place.id for place in seed.places}
    inherited = (
        PlaceReference(
            id=place,
            as_written=None,
            basis="inferred",
            note="The place is that of the series; this figure's words name none.",
            role="in",
        )
        for place in series.places
        if place not in own
    )
    return (*map(_place, seed.places), *inherited)


def _within(words: Sequence[str], evidence: Sequence[Evidence]) -> Iterator[tuple[str, int]]:
    """Where words stand in the first piece of evidence that has them."""
    for item in words:
        yield item, next(e.start + e.exact.index(item) for e in evidence if item in e.exact)


def _loaded(evidence: Sequence[Evidence]) -> set[tuple[str, int, int]]:
    """Every loaded term in the evidence, each place once, though spans may overlap."""
    return {
        (term, item.start + start, item.start + end)
        for item in evidence
        for term, start, end in loaded_terms().find(item.exact)
    }


# ----------------------------------------------------------------- records of more than one article


def _actors(seeds: Seeds, scribes: Sequence[ArticleRecordBuilder]) -> list[ActorRecord]:
    mentions: dict[str, list[tuple[ArticleRecordBuilder, s.ActorMentionSeed]]] = defaultdict(list)
    for scribe in scribes:
        for mention in scribe.seed.actors:
            mentions[mention.id].append((scribe, mention))
    actors = []
    for entry in seeds.actors:
        seed = entry.seed
        written = mentions[seed.id]
        actors.append(
            ActorRecord(
                id=seed.id,
                title=seed.title,
                caveats=seed.caveats,
                evidence=_in_reading_order(_all_evidence(written)),
                kind=seed.kind,
                names_as_written=_names(written),
                country=seed.country,
                roles=tuple(
                    Role(
                        title=role.title,
                        of=role.of,
                        date=_date(role.date),
                        evidence=scribe.evidence(role.evidence, "roles"),
                    )
                    for scribe, m in written
                    for role in m.roles
                ),
                relations=tuple(
                    ActorRelationRecord(
                        type=relation.type,
                        to=relation.to,
                        date=_date(relation.date),
                        basis=relation.basis,
                        note=relation.note,
                        evidence=scribe.evidence(relation.evidence, "relations"),
                    )
                    for scribe, m in written
                    for relation in m.relations
                ),
            )
        )
    return actors


def _places(seeds: Seeds, scribes: Sequence[ArticleRecordBuilder]) -> list[PlaceRecord]:
    mentions: dict[str, list[tuple[ArticleRecordBuilder, s.PlaceMentionSeed]]] = defaultdict(list)
    for scribe in scribes:
        for mention in scribe.seed.places:
            mentions[mention.id].append((scribe, mention))
    return [
        PlaceRecord(
            id=entry.seed.id,
            title=entry.seed.title,
            caveats=entry.seed.caveats,
            evidence=_in_reading_order(_all_evidence(mentions[entry.seed.id])),
            kind=entry.seed.kind,
            names_as_written=_names(mentions[entry.seed.id]),
            country=entry.seed.country,
            part_of=entry.seed.part_of,
        )
        for entry in seeds.places
    ]


def _names(
    mentions: Iterable[tuple[ArticleRecordBuilder, s.ActorMentionSeed | s.PlaceMentionSeed]],
) -> tuple[Name, ...]:
    """Each wording once, with the first place where it stands; the record's own evidence has all
    places.
    """
    names: dict[str, Name] = {}
    for scribe, mention in mentions:
        for name in scribe.names(mention.names):
            names.setdefault(name.as_written, name)
    return tuple(names.values())


def _all_evidence(
    mentions: Iterable[tuple[ArticleRecordBuilder, s.ActorMentionSeed | s.PlaceMentionSeed]],
) -> Iterator[Evidence]:
    for scribe, mention in mentions:
        yield from scribe.evidence(mention.names, "names_as_written")
        yield from scribe.evidence(mention.evidence)
        for name in ("roles", "relations"):
            for part in getattr(mention, name, ()):
                yield from scribe.evidence(part.evidence, name)


def _series(seeds: Seeds, figures: Sequence[FigureRecord]) -> list[SeriesRecord]:
    members: dict[str, list[FigureRecord]] = defaultdict(list)
    for figure in figures:
        members[figure.series].append(figure)
    result = []
    for entry in seeds.series:
        seed = entry.seed
        points = sorted((_point(figure) for figure in members[seed.id]), key=_as_of_order)
        result.append(
            SeriesRecord(
                id=seed.id,
                title=seed.title,
                caveats=seed.caveats,
                evidence=_in_reading_order(
                    item.model_copy(update={"proves": ()})
                    for figure in members[seed.id]
                    for item in figure.evidence
                ),
                measure=seed.measure,
                measure_kind=seed.measure_kind,
                unit=seed.unit,
                population=seed.population,
                excludes=seed.excludes,
                places=seed.places,
                breakdown=tuple(
                    Breakdown(dimension=b.dimension, category=b.category) for b in seed.breakdown
                ),
                start=_date(seed.start),
                definition=seed.definition,
                method=seed.method,
                points=tuple(points),
                disagreements=tuple(
                    _disagreements(points, is_running_total=seed.measure_kind == "cumulative")
                ),
            )
        )
    return result


def _point(figure: FigureRecord) -> Point:
    return Point(
        figure=figure.id,
        source=figure.source,
        value=figure.value,
        as_written=figure.as_written,
        qualifier=figure.qualifier,
        lower=figure.lower,
        upper=figure.upper,
        bound=figure.bound,
        period=figure.period,
        as_of=figure.as_of,
        attribution=figure.attribution.basis,
        corrected_on=figure.corrections[-1].date if figure.corrections else None,
    )


def _as_of_order(point: Point) -> tuple[str, str, str]:
    return point.as_of.latest or "", point.as_of.earliest or "", point.figure


def _disagreements(points: Sequence[Point], *, is_running_total: bool) -> Iterator[Disagreement]:
    """Pairs whose as-of dates overlap and whose numbers cannot both hold. “About” and “dozens”
    exclude nothing. A running total ends at its as-of date; other numbers are compared only where
    they cover the same period.
    """
    by_start = sorted(points, key=lambda point: (point.as_of.earliest or "", point.figure))
    for index, first in enumerate(by_start):
        for second in by_start[index + 1 :]:
            if (second.as_of.earliest or "") > (first.as_of.latest or ""):
                break
            same_period = is_running_total or first.period == second.period
            if same_period and not _can_both_hold(first, second):
                bounded = sum(point.bound != "none" for point in (first, second))
                kind = ("value_and_value", "value_and_bound", "bound_and_bound")[bounded]
                yield Disagreement(kind=kind, figures=(first.figure, second.figure))  # type: ignore[arg-type]


def _can_both_hold(first: Point, second: Point) -> bool:
    """Whether some number is allowed by both: lower bounds must lie under upper ones, and under
    strict ones strictly.
    """
    # Of two equal ends the stricter one counts: True sorts behind False.
    lowest, low_is_open = max(_least(first), _least(second))
    highest, high_is_closed = min(_most(first), _most(second))
    return lowest < highest or (lowest == highest and not low_is_open and high_is_closed)


def _least(point: Point) -> tuple[float, bool]:
    """The lower end of what a point allows, and whether it is left out itself."""
    if point.qualifier == "none_stated" and point.value is not None:
        return point.value, False
    return (float("-inf"), False) if point.lower is None else (point.lower, point.bound == "gt")


def _most(point: Point) -> tuple[float, bool]:
    """The upper end of what a point allows, and whether it is itself allowed."""
    if point.qualifier == "none_stated" and point.value is not None:
        return point.value, True
    return (float("inf"), True) if point.upper is None else (point.upper, point.bound != "lt")


def _sources(
    seeds: Seeds,
    actors: Sequence[ActorRecord],
    places: Sequence[PlaceRecord],
    events: Sequence[EventRecord],
    statements: Sequence[StatementRecord],
    figures: Sequence[FigureRecord],
) -> list[SourceRecord]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    groups: tuple[tuple[str, Sequence[Record]], ...] = (
        ("actors", actors),
        ("places", places),
        ("events", events),
        ("statements", statements),
        ("figures", figures),
    )
    for name, records in groups:
        for record in records:
            for source in {item.source for item in record.evidence}:
                counts[source][name] += 1
            for item in record.evidence:
                evidence[item.source].append(item.model_copy(update={"proves": ()}))
    for source, _ in {(figure.source, figure.series) for figure in figures}:
        counts[source]["series"] += 1
    return [
        _source(article, counts[article.seed.source.id], evidence[article.seed.source.id])
        for article in seeds.articles
    ]


def _source(article: Article, counts: dict[str, int], evidence: Sequence[Evidence]) -> SourceRecord:
    seed, lock = article.seed.source, article.lock
    assert lock is not None  # noqa: S101 - `verify` has passed
    return SourceRecord(
        id=seed.id,
        title=seed.title,
        caveats=seed.caveats,
        evidence=_in_reading_order(evidence),
        kind=seed.kind,
        headline=seed.headline,
        publisher=seed.publisher,
        authors=seed.authors,
        original_url=seed.original_url,
        language=seed.language,
        published_on=_date(seed.published_on),
        content_sha256=seed.content_sha256,
        characters=lock.characters,
        text_access=seed.text_access,
        licence=seed.licence,
        counts=Counts(
            **{
                name: counts.get(name, 0)
                for name in ("actors", "places", "events", "statements", "figures", "series")
            }
        ),
    )
