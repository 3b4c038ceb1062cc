"""Random records for the load stage: every resource type, every kind of date, and nulls.

The same seed gives the same records. There is no source text that supports them.
"""

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

from typing_extensions import TypeAliasType

from app import vocabulary as v
from app.curation.dates import bounds
from app.curation.records import Records, points_of
from app.resources.actor import ActorRecord, ActorRelationRecord, Role
from app.resources.event import EventRecord, EventRelationRecord, Participant
from app.resources.fields import (
    Attribution,
    Date,
    Evidence,
    Identifier,
    PlaceReference,
    QuoteEvidence,
    RangeEvidence,
    Reference,
)
from app.resources.figure import Breakdown, FigureRecord
from app.resources.place import PlaceRecord
from app.resources.series import SeriesRecord
from app.resources.source import SourceRecord
from app.resources.statement import LoadedTerm, QuotedRange, QuotedWords, StatementRecord, Topic
from tests.vocabulary import VOCABULARY

WORDS = (
    "river flood bridge Ångström café naïve non-NATO 28,473 water council said relief Straße 日本語"
    " مياه Вода 🌊 levée"
).split()
DATES = [
    *(
        "2024-02-14",
        "2012/",
        "2024-02",
        "2023",
        "2023-09",
        "2023-11-24/2023-12-01",
        "2012/..",
        "/2010",
    ),
    *(
        "[2023-11-24..2023-12-01]",
        "[..2012]",
        "[2020..]",
        "2023-10~",
        "2024?",
        "0001-01-01",
        "9999-12-31",
        "2024-02-29",
    ),
]


class Maker:
    """Draws records that refer to each other."""

    def __init__(self, size: int, seed: int = 7) -> None:
        self.random = random.Random(seed)
        few = max(12, size // 20)
        self.ids: dict[v.ResourceType, list[str]] = {
            "source": [f"source-{i}" for i in range(few)],
            "actor": [f"actor-{i}" for i in range(few)],
            "place": [f"place-{i}" for i in range(few)],
            "series": [f"series-{i}" for i in range(few)],
            "event": [f"event-{i}" for i in range(max(4, size // 4))],
            "statement": [f"statement-{i}" for i in range(size)],
            "figure": [f"figure-{i}" for i in range(size)],
        }

    def records(self) -> Records:
        figures = self.revised([self.figure(i) for i in self.ids["figure"]])
        by_type: dict[v.ResourceType, list[Any]] = {
            "source": [self.source(i) for i in self.ids["source"]],
            "actor": [self.actor(i) for i in self.ids["actor"]],
            "place": [self.place(index) for index in range(len(self.ids["place"]))],
            "series": [
                self.series(i, [f for f in figures if f.series == i]) for i in self.ids["series"]
            ],
            "event": [self.event(i) for i in self.ids["event"]],
            "statement": [self.statement(i) for i in self.ids["statement"]],
            "figure": figures,
        }
        return Records(
            {
                resource_type: sorted(items, key=lambda record: record.id)
                for resource_type, items in by_type.items()
            },
            vocabulary=VOCABULARY,
        )

    # ------------------------------------------------------------------------------------------
    # parts

    def one(self, values: Any) -> Any:
        return self.random.choice(v.codes(values) if isinstance(values, TypeAliasType) else values)

    def code(self, scheme: v.Scheme) -> str:
        return str(self.one(list(VOCABULARY.codes(scheme))))

    def maybe(self, value: Any, chance: float = 0.6) -> Any:
        return value if self.random.random() < chance else None

    def some(self, make: Any, most: int = 3) -> tuple[Any, ...]:
        return tuple(make() for _ in range(self.random.randrange(most + 1)))

    def an(self, resource_type: v.ResourceType) -> str:
        return str(self.one(self.ids[resource_type]))

    def date(self) -> Date:
        edtf = (
            self.one(DATES)
            if self.random.random() < 0.7
            else f"2023-{self.random.randrange(1, 13):02d}"
        )
        earliest, latest = bounds(edtf)
        basis = self.one(v.DateBasis)
        return Date(
            edtf=edtf, earliest=earliest, latest=latest, basis=basis, basis_end=None, note=None
        )

    def as_of(self) -> Date:
        day = f"2024-0{self.random.randrange(1, 4)}" + self.random.choice(["", "-14", "-20"])
        earliest, latest = bounds(day)
        return Date(
            edtf=day,
            earliest=earliest,
            latest=latest,
            basis=self.one(v.DateBasis),
            basis_end=None,
            note=None,
        )

    def text(self, words: int = 4) -> str:
        return " ".join(self.random.choices(WORDS, k=words))

    def evidence(self, source: str | None = None) -> tuple[Evidence, ...]:
        """A quote or a range, of which no two with different words overlap."""
        source = source or self.an("source")
        start = 600 * self.random.randrange(10)
        words = " ".join(random.Random(start).choices(WORDS, k=4))
        if start % 1800 == 0:
            return (
                RangeEvidence(
                    source=source,
                    type="range",
                    proves=("relations",),
                    first_words=words,
                    last_words=words,
                    start=start,
                    end=start + 200 + 2 * len(words),
                ),
            )
        return (
            QuoteEvidence(
                source=source,
                type="quote",
                proves=("type",),
                exact=words,
                prefix="",
                suffix="",
                start=start,
                end=start + len(words),
            ),
        )

    def quoted_words(self) -> QuotedWords | QuotedRange:
        if self.random.random() < 0.3:
            return QuotedRange(
                type="range", first_words="very, very", last_words="good indeed", start=3, end=180
            )
        return QuotedWords(type="quote", exact="very, very good", start=3, end=18)

    def reference(self) -> Reference:
        known = self.maybe(self.an("actor"), 0.8)
        in_words = None if known else "rescuers"
        return Reference(id=known, as_written=in_words, basis="stated", note=None)

    def place_reference(self) -> PlaceReference:
        return PlaceReference(
            id=self.maybe(self.an("place"), 0.8),
            as_written=None,
            basis="stated",
            note=None,
            role=self.code("place_role"),
        )

    def series_place(self) -> PlaceReference:
        return PlaceReference(
            id=self.an("place"), as_written=None, basis="stated", note=None, role="in"
        )

    def attribution(self, origins: Sequence[v.Origin]) -> Attribution:
        origin = self.one(origins)
        if origin in ("publisher", "none_named"):
            return Attribution(origin=origin, speakers=(), relayed_by=(), note=None)
        speakers = self.some(self.reference, 2)
        relays = self.some(self.reference, 2)
        if origin == "ambiguous" or not relays:
            speakers = speakers or (self.reference(),)
        return Attribution(origin=origin, speakers=speakers, relayed_by=relays, note=None)

    # ------------------------------------------------------------------------------------------
    # Resource types

    def source(self, record_id: str) -> SourceRecord:
        return SourceRecord(
            id=record_id,
            title=self.text(2),
            kind=self.code("source_kind"),
            headline=self.maybe(self.text()),
            publisher=self.maybe(self.one(["Vale Herald", "Herald, Vale", "Ω"])),
            authors=self.some(lambda: self.one(["A. Example", "B. Example"]), 1),
            original_url=None,
            language=self.maybe("en"),
            published_on=self.maybe(self.date(), 0.5),
            content_sha256="0" * 64,
            quotes_verified=True,
            characters=self.random.randrange(1, 9000),
            text_access=self.one(["withheld", "quotes_only"]),
            licence=None,
            counts=dict.fromkeys(v.codes(v.CountedResourceType), 0),
            caveats=(),
            evidence=(),
        )

    def actor(self, record_id: str) -> ActorRecord:
        def role() -> Role:
            of = self.maybe(self.an("actor"))
            return Role(
                title=self.one(["mayor", "foreign minister"]),
                of=of,
                as_written=None,
                date=None,
                basis="stated",
                note=None,
            )

        def relation() -> ActorRelationRecord:
            others = [other for other in self.ids["actor"] if other != record_id]
            return ActorRelationRecord(
                type=self.one(v.ActorRelationType),
                resource="actor",
                to=self.one(others),
                date=None,
                as_written=None,
                basis="stated",
                note=None,
            )

        return ActorRecord(
            id=record_id,
            title=self.text(2),
            kind=self.code("actor_kind"),
            names_as_written=self.some(lambda: self.text(1), 1),
            country=self.maybe(self.one(["QA", "IR"])),
            roles=self.some(role, 2),
            relations=self.some(relation, 2),
            same_as=self.identifiers(record_id),
            caveats=(),
            evidence=(*self.evidence(), *self.evidence()),
        )

    def identifiers(self, record_id: str) -> tuple[Identifier, ...]:
        """None, one or two; no other record has them."""
        number = int(record_id.rpartition("-")[2]) + 1
        wikidata = Identifier(scheme="wikidata", id=f"Q{number}")
        return (wikidata, Identifier(scheme="geonames", id=f"{number}"))[: number % 3]

    def place(self, index: int) -> PlaceRecord:
        return PlaceRecord(
            id=self.ids["place"][index],
            title=self.text(2),
            kind=self.code("place_kind"),
            names_as_written=self.some(lambda: self.text(1), 1),
            country=self.maybe("QA"),
            part_of=self.maybe(self.one(self.ids["place"][:index])) if index else None,
            same_as=self.identifiers(self.ids["place"][index]),
            caveats=(),
            evidence=self.evidence(),
        )

    def event(self, record_id: str) -> EventRecord:
        def participant() -> Participant:
            role = self.maybe(self.one(["party", "mediator"]))
            return Participant(**self.reference().model_dump(), role=role)

        def relation() -> EventRelationRecord:
            of_events: tuple[Literal["event", "statement"], ...] = ("event", "statement")
            resource_type = self.random.choice(of_events)
            others = [other for other in self.ids[resource_type] if other != record_id]
            return EventRelationRecord(
                type=self.one(v.EventRelationType),
                resource=resource_type,
                to=self.one(others),
                date=None,
                as_written=None,
                basis="stated",
                note=None,
            )

        source, event_type = self.an("source"), self.code("event_type")
        return EventRecord(
            id=record_id,
            title=self.text(3),
            source=source,
            type=event_type,
            mappings=VOCABULARY.mappings("event_type", event_type),
            date=self.maybe(self.date(), 0.8),
            places=self.some(self.place_reference),
            participants=self.some(participant),
            status=self.one(v.EventStatus),
            relations=self.some(relation, 2),
            caveats=(),
            evidence=self.evidence(source),
        )

    def statement(self, record_id: str) -> StatementRecord:
        def topic() -> Topic:
            resource_type = self.one(v.TopicResourceType)
            return Topic(
                resource=resource_type,
                id=self.maybe(self.an(resource_type), 0.9),
                as_written=None,
                basis="stated",
                note=None,
            )

        source = self.an("source")
        attribution = self.attribution([*v.VOICES])
        voice = v.VOICES[attribution.origin]
        return StatementRecord(
            id=record_id,
            title=self.text(3),
            source=source,
            summary=self.text(6),
            attribution=attribution,
            voice=voice,
            quote_type=None if voice == "article" else self.one(v.QuoteType),
            quoted_words=self.some(self.quoted_words, 1),
            act=self.code("act"),
            addressees=self.some(self.reference, 2),
            about=self.some(topic),
            made_on=self.maybe(self.date()),
            event=self.maybe(
                Reference(
                    id=self.maybe(self.an("event"), 0.8), as_written=None, basis="stated", note=None
                )
            ),
            loaded_terms=self.some(
                lambda: LoadedTerm(
                    term=self.one(["onslaught", "brutal"]), exact="on", start=1, end=3
                ),
                2,
            ),
            caveats=(),
            evidence=self.evidence(source),
        )

    def figure(self, record_id: str) -> FigureRecord:
        series = self.random.randrange(len(self.ids["series"]))
        kind, measure, unit, population = self.kind_of_series(series)
        qualifier = self.one(v.Qualifier)
        bound = v.QUALIFIER_BOUNDS[qualifier]
        has_value = qualifier not in ("between", "unquantified")
        value = self.one([0.0, 5.0, 6.5, 110.0, 28473.0, 6e9, -3.0]) if has_value else None
        source = self.an("source")
        breakdown = (
            Breakdown(
                dimension=self.one(["side", "sex"]),
                category=self.one(["men", "women"]),
                as_written=None,
            ),
        )
        return FigureRecord(
            id=record_id,
            title=self.text(3),
            source=source,
            series=self.ids["series"][series],
            measure=measure,
            measure_kind=kind,
            value=value,
            as_written=self.text(2),
            qualifier=qualifier,
            lower=value if bound in ("gt", "ge") else 1.0 if bound == "both" else None,
            upper=value if bound in ("lt", "le") else 9.0 if bound == "both" else None,
            bound=bound,
            unit=unit,
            population=self.population(population),
            excludes=(),
            breakdown=self.maybe(breakdown) or (),
            denominator=None,
            places=self.some(self.place_reference),
            period=self.maybe(self.date()),
            as_of=self.as_of(),
            observation_status=self.maybe(self.one(v.ObservationStatus), 0.2),
            attribution=self.attribution(v.codes(v.Origin)),
            event=self.maybe(
                Reference(
                    id=self.maybe(self.an("event"), 0.9), as_written=None, basis="stated", note=None
                )
            ),
            supersedes=None,
            superseded_by=None,
            caveats=(),
            evidence=self.evidence(source),
        )

    def revised(self, figures: list[FigureRecord]) -> list[FigureRecord]:
        """Some figures supersede another one of their series, which they follow here."""
        result = {figure.id: figure for figure in figures}
        for earlier, later in pairwise(sorted(figures, key=lambda item: item.series)):
            if earlier.series == later.series and self.random.random() < 0.1:
                result[earlier.id] = result[earlier.id].model_copy(
                    update={"superseded_by": later.id}
                )
                result[later.id] = result[later.id].model_copy(update={"supersedes": earlier.id})
        return list(result.values())

    def population(self, actor: str | None) -> Reference | None:
        if actor is None:
            return None
        return Reference(id=actor, as_written=None, basis="stated", note=None)

    def kind_of_series(self, index: int) -> tuple[Any, str, str, str | None]:
        kind = ("cumulative", "share", "amount", "point", "period")[index % 5]
        population = self.ids["actor"][index % len(self.ids["actor"])] if index % 3 else None
        measure = ("people_killed", "aid_provided")[index % 2]
        return (
            kind,
            "share_of_people_killed" if kind == "share" else measure,
            ("person", "USD")[index % 2],
            population,
        )

    def series(self, record_id: str, figures: Sequence[FigureRecord]) -> SeriesRecord:
        kind, measure, unit, population = self.kind_of_series(self.ids["series"].index(record_id))
        others = [other for other in self.ids["series"] if other != record_id]
        return SeriesRecord(
            id=record_id,
            title=self.text(3),
            measure=measure,
            measure_kind=kind,
            unit=unit,
            population=self.population(population),
            excludes=self.some(lambda: self.one(others), 1),
            places=self.some(self.series_place, 2),
            breakdown=self.some(
                lambda: Breakdown(
                    dimension="side", category=self.one(["men", "women"]), as_written=None
                ),
                1,
            ),
            counted_from=self.maybe(self.date()),
            definition=self.text(5),
            method=self.one(v.Method),
            points=points_of(figures),
            disagreements=(),
            caveats=(),
            evidence=(),
        )
