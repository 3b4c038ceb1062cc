"""A generated dataset of any size: as many statements as figures, a tenth of events, a twentieth
of sources; quotes of 80 to 300 characters over a vocabulary with Zipf frequencies.

The same size gives the same records. They are generated while they are loaded.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import accumulate

from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.curation.records import Records, make_vocabulary, points_of
from app.curation.seeds import read_seeds
from app.resources.actor import ActorRecord
from app.resources.event import EventRecord, Participant
from app.resources.fields import Attribution, Date, PlaceReference, QuoteEvidence, Record, Reference
from app.resources.figure import FigureRecord
from app.resources.place import PlaceRecord
from app.resources.series import SeriesRecord
from app.resources.source import SourceRecord
from app.resources.statement import StatementRecord, Topic
from app.settings import ROOT
from app.vocabulary import (
    QUALIFIER_BOUNDS,
    CountedResourceType,
    Origin,
    Qualifier,
    ResourceType,
    codes,
)

SEED = 20240214
FIGURES_OF_A_SERIES = 50
PUBLISHERS = [f"Herald of Vale {number}" for number in range(60)]
MEASURES = [
    ("people_killed", "person"),
    ("people_displaced", "person"),
    ("aid_provided", "USD"),
    ("houses_destroyed", "house"),
]
QUALIFIERS: list[Qualifier] = ["none_stated", "over", "at_least", "nearly", "about"]
TYPES = ("meeting", "attack", "release", "visit", "agreement", "request")
ACTS = ("says", "urges", "accuses", "announces", "thanks")


def vocabulary(size: int = 20_000) -> list[str]:
    """Generated words, the most frequent first."""
    generator = random.Random(SEED)
    syllables = [
        consonant + vowel
        for consonant in "bdfghklmnprstvz"
        for vowel in ("a", "e", "i", "o", "u", "ai", "or")
    ]
    words = dict.fromkeys(
        "".join(generator.choices(syllables, k=generator.choice((1, 2, 2, 3, 3, 4))))
        for _ in range(size * 3)
    )
    return sorted(words, key=len)[:size]


WORDS = vocabulary()
_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))


class GeneratedRecords(Records):
    """Records of `size` figures, generated one by one."""

    def __init__(self, size: int) -> None:
        seeds, _ = read_seeds(SeedTree(ROOT / "seed", frozenset()), Texts([]))
        super().__init__(vocabulary=make_vocabulary(seeds))
        self.size = size
        self.counts: dict[ResourceType, int] = {
            "source": max(1, size // 20),
            "actor": max(10, size // 200),
            "place": max(10, size // 500),
            "series": max(1, size // FIGURES_OF_A_SERIES),
            "event": max(1, size // 10),
            "statement": size,
            "figure": size,
        }

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __iter__(self) -> Iterator[tuple[ResourceType, Record]]:
        for resource_type, count in self.counts.items():
            for index in range(count):
                yield resource_type, self.record(resource_type, index)

    def record(self, resource_type: ResourceType, index: int) -> Record:
        generators: dict[ResourceType, Callable[[int], Record]] = {
            "source": self.source,
            "actor": self.actor,
            "place": self.place,
            "series": self.series,
            "event": self.event,
            "statement": self.statement,
            "figure": self.figure,
        }
        return generators[resource_type](index)

    def _id(self, resource_type: ResourceType, generator: random.Random) -> str:
        return f"{resource_type}-{generator.randrange(self.counts[resource_type])}"

    def _source_of(self, index: int) -> str:
        return f"source-{index % self.counts['source']}"

    def _words(self, generator: random.Random, characters: int) -> str:
        words = generator.choices(WORDS, cum_weights=_WEIGHTS, k=characters // 4)
        return " ".join(words)[:characters].rstrip()

    def _evidence(
        self, generator: random.Random, source: str, *supports: str
    ) -> tuple[QuoteEvidence, ...]:
        exact = self._words(generator, generator.randrange(80, 300))
        start = generator.randrange(1_000_000)
        return (
            QuoteEvidence(
                source=source,
                type="quote",
                proves=supports,
                exact=exact,
                prefix="",
                suffix="",
                start=start,
                end=start + len(exact),
            ),
        )

    def _day(self, generator: random.Random) -> Date:
        day = (date(2015, 1, 1) + timedelta(days=generator.randrange(4000))).isoformat()
        return Date(edtf=day, earliest=day, latest=day, basis="stated", basis_end=None, note=None)

    def _actor(self, generator: random.Random) -> Reference:
        return Reference(
            id=self._id("actor", generator), as_written=None, basis="stated", note=None
        )

    def _place(self, generator: random.Random) -> PlaceReference:
        return PlaceReference(
            id=self._id("place", generator), as_written=None, basis="stated", note=None, role="in"
        )

    def _attribution(self, generator: random.Random, none: Origin) -> Attribution:
        if generator.random() < 0.3:
            return Attribution(origin=none, speakers=(), relayed_by=(), note=None)
        return Attribution(
            origin="stated", speakers=(self._actor(generator),), relayed_by=(), note=None
        )

    def source(self, index: int) -> SourceRecord:
        generator = random.Random(f"source {index}")
        return SourceRecord(
            id=f"source-{index}",
            title=f"Report {self._words(generator, 40)}",
            kind="news_article",
            headline=self._words(generator, 60),
            publisher=generator.choice(PUBLISHERS),
            authors=("A. Writer",),
            original_url=None,
            language="en",
            published_on=self._day(generator),
            content_sha256="0" * 64,
            quotes_verified=True,
            characters=generator.randrange(1000, 9000),
            text_access="quotes_only",
            licence=None,
            counts=dict.fromkeys(codes(CountedResourceType), 0),
            caveats=(),
            evidence=(),
        )

    def actor(self, index: int) -> ActorRecord:
        generator = random.Random(f"actor {index}")
        evidence = self._evidence(generator, self._id("source", generator), "names_as_written")
        return ActorRecord(
            id=f"actor-{index}",
            title=self._words(generator, 24),
            kind=generator.choice(("person", "state", "organisation", "office")),
            names_as_written=(evidence[0].exact[:20].strip(),),
            country=generator.choice(("QA", "IR", "EG", None)),
            roles=(),
            relations=(),
            same_as=(),
            caveats=(),
            evidence=evidence,
        )

    def place(self, index: int) -> PlaceRecord:
        generator = random.Random(f"place {index}")
        evidence = self._evidence(generator, self._id("source", generator), "names_as_written")
        return PlaceRecord(
            id=f"place-{index}",
            title=self._words(generator, 20),
            kind="city",
            names_as_written=(),
            country=None,
            part_of=f"place-{index // 10}" if index >= 10 else None,
            same_as=(),
            caveats=(),
            evidence=evidence,
        )

    def event(self, index: int) -> EventRecord:
        generator = random.Random(f"event {index}")
        source, event_type = self._source_of(index), generator.choice(TYPES)
        return EventRecord(
            id=f"event-{index}",
            title=self._words(generator, 40),
            source=source,
            type=event_type,
            mappings=self.vocabulary.mappings("event_type", event_type),
            date=self._day(generator),
            places=(self._place(generator),),
            participants=tuple(
                Participant(
                    **self._actor(generator).model_dump(),
                    role=generator.choice(("host", "party", None)),
                )
                for _ in range(2)
            ),
            status="reported",
            relations=(),
            caveats=(),
            evidence=self._evidence(generator, source, "type"),
        )

    def statement(self, index: int) -> StatementRecord:
        generator = random.Random(f"statement {index}")
        source = self._source_of(index)
        attribution = self._attribution(generator, "publisher")
        return StatementRecord(
            id=f"statement-{index}",
            title=self._words(generator, 40),
            source=source,
            summary=self._words(generator, 120),
            attribution=attribution,
            voice="attributed" if attribution.speakers else "article",
            quote_type="paraphrase" if attribution.speakers else None,
            quoted_words=(),
            act=generator.choice(ACTS),
            addressees=(),
            about=(Topic(resource="actor", **self._actor(generator).model_dump()),),
            made_on=self._day(generator),
            event=Reference(
                id=self._id("event", generator), as_written=None, basis="stated", note=None
            ),
            loaded_terms=(),
            caveats=(),
            evidence=self._evidence(generator, source, "summary"),
        )

    def _population(self, series: int) -> Reference:
        actor = f"actor-{series % self.counts['actor']}"
        return Reference(id=actor, as_written=None, basis="stated", note=None)

    def figure(self, index: int) -> FigureRecord:
        generator = random.Random(f"figure {index}")
        series = index // FIGURES_OF_A_SERIES % self.counts["series"]
        measure, unit = MEASURES[series % len(MEASURES)]
        qualifier = generator.choice(QUALIFIERS)
        bound = QUALIFIER_BOUNDS[qualifier]
        value = float(generator.randrange(1, 1_000_000))
        # Of twenty figures the first is revised by the second, in the same source.
        source = self._source_of(index // 2)
        is_superseded = index % 20 == 0 and index + 1 < self.size
        return FigureRecord(
            id=f"figure-{index}",
            title=self._words(generator, 40),
            source=source,
            series=f"series-{series}",
            measure=measure,
            measure_kind="cumulative",
            value=value,
            as_written=f"{value:,.0f}",
            qualifier=qualifier,
            lower=value if bound in ("gt", "ge") else None,
            upper=value if bound in ("lt", "le") else None,
            bound=bound,
            unit=unit,
            population=self._population(series),
            excludes=(),
            breakdown=(),
            denominator=None,
            places=(self._place(generator),),
            period=None,
            as_of=self._day(generator),
            observation_status=None,
            attribution=self._attribution(generator, "none_named"),
            event=Reference(
                id=self._id("event", generator), as_written=None, basis="stated", note=None
            ),
            supersedes=f"figure-{index - 1}" if index % 20 == 1 else None,
            superseded_by=f"figure-{index + 1}" if is_superseded else None,
            caveats=(),
            evidence=self._evidence(generator, source, "value"),
        )

    def series(self, index: int) -> SeriesRecord:
        generator = random.Random(f"series {index}")
        measure, unit = MEASURES[index % len(MEASURES)]
        indexes = range(
            index * FIGURES_OF_A_SERIES, min((index + 1) * FIGURES_OF_A_SERIES, self.size)
        )
        return SeriesRecord(
            id=f"series-{index}",
            title=self._words(generator, 40),
            measure=measure,
            measure_kind="cumulative",
            unit=unit,
            population=self._population(index),
            excludes=(),
            places=(),
            breakdown=(),
            counted_from=None,
            definition=self._words(generator, 100),
            method="reported",
            points=points_of(self.figure(number) for number in indexes),
            disagreements=(),
            caveats=(),
            evidence=(),
        )
