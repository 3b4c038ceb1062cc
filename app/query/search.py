"""Full-text search over all nouns. Two statements: what matches, and the records of the page; where very much matches, one
more that looks at each noun by itself, and, where an exact total is wanted, one more that counts.

The rank is ours, so that both databases give the same: records whose name has all the words come before those that have
them elsewhere, then short before long (a word says more of a short text), then as they were loaded. What is ranked is
bounded: of each noun the first CANDIDATES matches in the order of their ids. Lists with `q=` give every match, unranked.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)

from app.database.execute import Reader
from app.query import select as statements
from app.query.datasets import RecordedTimes
from app.query.pagination import Paginator
from app.query.params import ListQuery
from app.query.records import Dataset, StoredRecord
from app.query.related import RelatedRecords
from app.query.tokenizer import RecordText, Words, matching_documents, noun_at, texts_of
from app.resources import RESOURCES
from app.vocabulary import ResourceType

CANDIDATES = 800

Rank = tuple[int, int, int]
"""Smaller is better: 0 where the name has the words, else 1; the length in tokens; the key."""


@dataclass(frozen=True)
class Highlight:
    """A text of a record with the places where the words stand: code points, 0-based, end-exclusive."""

    of: RecordText
    spans: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Hit:
    noun: ResourceType
    record: StoredRecord
    highlights: Sequence[Highlight]


@dataclass(frozen=True)
class ResourceCount:
    """Not `exact`: there are more, and nobody counted them."""

    noun: ResourceType
    count: int
    exact: bool


@dataclass(frozen=True)
class Hits:
    hits: Sequence[Hit]
    counts: Sequence[ResourceCount]
    next: str | None
    previous: str | None
    times: RecordedTimes | None = None
    beside: RelatedRecords | None = None

    @property
    def records(self) -> Sequence[tuple[ResourceType, StoredRecord]]:
        return [(hit.noun, hit.record) for hit in self.hits]


async def search(database: Reader, dataset: Dataset, query: ListQuery, *, first_page: str) -> Hits:
    asked = {item.parameter.name: item.values for item in query.chosen}
    words: Words = asked["q"][0]
    nouns = nouns_asked(query, tuple(RESOURCES))
    walk = Paginator.from_token(
        query.cursor,
        question=query.question,
        version=dataset.version,
        first_page=first_page,
        keys=(int, int, int),
    )
    ranked, counts = await _candidates(database, words, nouns)
    if query.total == "exact" and not all(count.exact for count in counts):
        counts = await _exact_counts(database, words, nouns)
    seen = bisect_right(ranked, walk.after, key=lambda found: found[0]) if walk.continues else 0
    first, behind = (
        (max(0, seen - 1 - query.limit), seen - 1) if walk.backward else (seen, seen + query.limit)
    )
    page = ranked[first:behind]
    return Hits(
        hits=await _hits(database, words, page),
        counts=[] if query.total == "none" else counts,
        next=walk.token(page[-1][0]) if page and behind < len(ranked) else None,
        previous=walk.token(page[0][0], backward=True) if page and first else None,
    )


def nouns_asked(query: ListQuery, every: Sequence[ResourceType]) -> tuple[ResourceType, ...]:
    for item in query.chosen:
        if item.parameter.name == "noun":
            return tuple(noun for noun in every if noun in item.values)
    return tuple(every)


Found = tuple[Rank, ResourceType]


async def _candidates(
    database: Reader, words: Words, nouns: Sequence[ResourceType]
) -> tuple[list[Found], list[ResourceCount]]:
    """What matches, best first, and how many of each noun."""
    named: list[Match] = []
    anywhere: list[Match] = []
    if len(nouns) == len(RESOURCES):
        named, anywhere = await _matches(database, words, [None])
    if len(nouns) < len(RESOURCES) or len(anywhere) > CANDIDATES:
        named, anywhere = await _matches(database, words, nouns)
    by_noun: dict[ResourceType, list[tuple[int, int]]] = {noun: [] for noun in nouns}
    for key, noun, length in anywhere:
        by_noun[noun].append((key, length))
    ranked = {
        key: ((1, length, key), noun)
        for noun, found in by_noun.items()
        for key, length in found[:CANDIDATES]
    }
    ranked |= {key: ((0, length, key), noun) for key, noun, length in named}
    listed = Counter(noun for _, noun in ranked.values())
    # Whatever is listed is counted, and where candidates were left out there are more than are listed.
    counts = [
        ResourceCount(noun, listed[noun], exact=len(found) <= CANDIDATES)
        for noun, found in by_noun.items()
    ]
    return sorted(ranked.values()), counts


async def _exact_counts(
    database: Reader, words: Words, nouns: Sequence[ResourceType]
) -> list[ResourceCount]:
    statement = database.compiled(
        ("search counts", tuple(nouns)), lambda: _counting(nouns, database)
    )
    found: dict[ResourceType, int] = dict(
        await database.fetch_all(statement, _asked(database, words), is_slow=True)
    )
    return [ResourceCount(noun, found[noun], exact=True) for noun in nouns]


def _asked(database: Reader, words: Words) -> dict[str, str]:
    if database.is_sqlite:
        return {"name": words.in_sqlite(by_name=True), "any": words.in_sqlite()}
    return {"name": words.in_postgresql(weight="A"), "any": words.in_postgresql()}


def _counting(nouns: Sequence[ResourceType], database: Reader) -> CompoundSelect[Any]:
    counts = []
    for noun in nouns:
        matches, _ = _found(database, "any", noun)
        count = select(func.count()).select_from(matches.subquery()).scalar_subquery()
        counts.append(
            select(literal_column(f"'{noun}'").label("noun"), count.label("number_of_records"))
        )
    return union_all(*counts)


def _found(
    database: Reader, which: str, noun: ResourceType | None
) -> tuple[Select[Any], ColumnElement[Any]]:
    return matching_documents(which, noun, is_sqlite=database.is_sqlite, is_past=database.is_past)


Match = tuple[int, ResourceType, int]
"""Key, noun and length of a document."""


async def _matches(
    database: Reader, words: Words, nouns: Sequence[ResourceType | None]
) -> tuple[list[Match], list[Match]]:
    """Of each noun (null: of all together), the first matches by name and the first matches anywhere, in the order of their
    ids, one more than CANDIDATES.
    """
    statement = database.compiled(("search", tuple(nouns)), lambda: _matching(nouns, database))
    rows = await database.fetch_all(
        statement, {**_asked(database, words), "most": CANDIDATES + 1}, is_slow=True
    )
    is_placed = database.is_sqlite and not database.is_past
    found = [
        (tier, (key, noun_at(noun) if is_placed else noun, length))
        for tier, key, noun, length in rows
    ]
    return [match for tier, match in found if tier == 0], [
        match for tier, match in found if tier == 1
    ]


def _matching(nouns: Sequence[ResourceType | None], database: Reader) -> CompoundSelect[Any]:
    """A join with the index stops as soon as it has enough; `IN` would gather every match first."""
    selections = []
    for index, of in enumerate(nouns):
        for tier, which in enumerate(("name", "any")):
            matches, order = _found(database, which, of)
            first = (
                matches.add_columns(literal_column(str(tier)).label("tier"))
                .order_by(order)
                .limit(bindparam("most"))
                .subquery(f"{which}_{index}")
            )
            selections.append(select(first.c.tier, first.c.key, first.c.noun, first.c.length))
    return union_all(*selections)


async def _hits(database: Reader, words: Words, page: Sequence[Found]) -> list[Hit]:
    if not page:
        return []
    statement = database.compiled(
        ("bodies", len(page)), lambda: statements.bodies_by_key(len(page))
    )
    rows = await database.fetch_all(
        statement, {f"key_{index}": rank[2] for index, (rank, _) in enumerate(page)}
    )
    stored = {key: (record_id, body) for key, record_id, body in rows}
    return [
        Hit(noun, stored[rank[2]], highlights(words, noun, stored[rank[2]][1]))
        for rank, noun in page
    ]


def highlights(words: Words, noun: ResourceType, body: str) -> list[Highlight]:
    """Where in a record the words stand. Every text that has one of them, in the order of the record."""
    record: Mapping[str, Any] = orjson.loads(body)
    found = ((item, words.spans(item.text)) for item in texts_of(noun, record))
    return [Highlight(item, spans) for item, spans in found if spans]
