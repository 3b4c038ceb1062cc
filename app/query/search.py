"""Full-text search over all resource types.

Two statements: the matches, and the records of the page. Where very many records match, another
one reads the matches of each resource type; `total=exact` adds one that counts.

The rank is computed here, so that both databases return the same order: records whose name has all
the words first, then short texts before long ones, then the order of loading. For each resource
type the first MAX_CANDIDATES matches by id are ranked. Lists with `q=` return every match,
unranked.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    literal_column,
    select,
    union_all,
)

from app.database.execute import Reader
from app.query import fulltext
from app.query.counting import count_by_type, total_of
from app.query.pagination import Paginator
from app.query.queries import ListQuery
from app.query.results import (
    Dataset,
    Highlight,
    Page,
    ResourceCount,
    SearchHit,
    StoredRecord,
)
from app.query.select import bodies_by_key
from app.query.tokenizer import Words, matching_documents, resource_type_at, texts_of
from app.resources import RESOURCES
from app.vocabulary import ResourceType

MAX_CANDIDATES = 800

_BY_NAME, _ANYWHERE = 0, 1
"""The tiers of matches: all words in the name, or anywhere."""
_BOUND_NAMES = {_BY_NAME: "name", _ANYWHERE: "any"}


class _Match(NamedTuple):
    """A match with its rank: smaller comes first."""

    tier: int
    length: int
    key: int
    resource_type: ResourceType

    @property
    def rank(self) -> tuple[int, int, int]:
        return self.tier, self.length, self.key


async def search(database: Reader, dataset: Dataset, query: ListQuery) -> Page[SearchHit]:
    words: Words = next(item.values[0] for item in query.filters if item.name == "q")
    resource_types = query.resource_types(tuple(RESOURCES))
    paginator = Paginator.of(query, dataset, (int, int, int))
    ranked, counts = await _candidates(database, words, resource_types)
    if query.total == "exact" and not all(count.exact for count in counts):
        counts = await _exact_counts(database, words, resource_types)
    if query.total == "none":
        counts = []
    position = bisect_right(ranked, paginator.after, key=lambda match: match.rank)
    if not paginator.continues:
        start, end = 0, query.limit
    elif paginator.backward:
        start, end = max(0, position - 1 - query.limit), position - 1
    else:
        start, end = position, position + query.limit
    page = ranked[start:end]
    total, total_exact = total_of(counts)
    return Page(
        items=await _read_hits(database, words, page),
        total=total,
        total_exact=total_exact,
        next=paginator.token(page[-1].rank) if page and end < len(ranked) else None,
        previous=paginator.token(page[0].rank, backward=True) if page and start else None,
        counts=counts,
    )


async def _candidates(
    database: Reader, words: Words, resource_types: Sequence[ResourceType]
) -> tuple[list[_Match], Sequence[ResourceCount]]:
    """The matches that are ranked, best first, and how many there are of each resource type."""
    matches: list[_Match] = []
    is_all = len(resource_types) == len(RESOURCES)
    if is_all:
        matches = await _read_matches(database, words, [None])
    if not is_all or sum(match.tier == _ANYWHERE for match in matches) > MAX_CANDIDATES:
        matches = await _read_matches(database, words, resource_types)
    by_type: dict[ResourceType, list[_Match]] = {
        resource_type: [] for resource_type in resource_types
    }
    for match in matches:
        if match.tier == _ANYWHERE:
            by_type[match.resource_type].append(match)
    ranked = {
        match.key: match for candidates in by_type.values() for match in candidates[:MAX_CANDIDATES]
    } | {match.key: match for match in matches if match.tier == _BY_NAME}
    listed = Counter(match.resource_type for match in ranked.values())
    # Where candidates were left out, there are more than are listed.
    counts = [
        ResourceCount(resource_type, listed[resource_type], exact=len(candidates) <= MAX_CANDIDATES)
        for resource_type, candidates in by_type.items()
    ]
    return sorted(ranked.values(), key=lambda match: match.rank), counts


async def _exact_counts(
    database: Reader, words: Words, resource_types: Sequence[ResourceType]
) -> Sequence[ResourceCount]:
    selections = {
        resource_type: partial(_select_all_documents, database, resource_type)
        for resource_type in resource_types
    }
    values = _bound_values(database, words)
    return await count_by_type(database, "search", selections, values, "exact", is_slow=True)


def _select_all_documents(database: Reader, resource_type: ResourceType) -> Select[Any]:
    rows, _ = _select_documents(database, _ANYWHERE, resource_type)
    return rows


def _bound_values(database: Reader, words: Words) -> dict[str, str]:
    if database.is_sqlite:
        return {"name": words.in_sqlite(by_name=True), "any": words.in_sqlite()}
    return {"name": words.in_postgresql(weight="A"), "any": words.in_postgresql()}


async def _read_matches(
    database: Reader, words: Words, resource_types: Sequence[ResourceType | None]
) -> list[_Match]:
    """The first matches of both tiers for each resource type (None: for all types together), by
    id, at most MAX_CANDIDATES and one more.
    """
    statement = database.compiled(
        ("search", tuple(resource_types)), lambda: _select_matches(database, resource_types)
    )
    values = {**_bound_values(database, words), "limit": MAX_CANDIDATES + 1}
    rows = await database.fetch_all(statement, values, is_slow=True)
    has_places = fulltext.has_ordered_index(database)
    return [
        _Match(
            row.tier,
            row.length,
            row.key,
            resource_type_at(row.resource_type) if has_places else row.resource_type,
        )
        for row in rows
    ]


def _select_matches(
    database: Reader, resource_types: Sequence[ResourceType | None]
) -> CompoundSelect[Any]:
    """The first matches. A join with the index stops early; `IN` would read all matches first."""
    selections = []
    for resource_type in resource_types:
        for tier in (_BY_NAME, _ANYWHERE):
            rows, order = _select_documents(database, tier, resource_type)
            first = (
                rows.add_columns(literal_column(str(tier)).label("tier"))
                .order_by(order)
                .limit(bindparam("limit"))
            )
            selections.append(select(first.subquery()))
    return union_all(*selections)


def _select_documents(
    database: Reader, tier: int, resource_type: ResourceType | None
) -> tuple[Select[Any], ColumnElement[Any]]:
    return matching_documents(
        _BOUND_NAMES[tier], resource_type, is_sqlite=database.is_sqlite, is_past=database.is_past
    )


async def _read_hits(database: Reader, words: Words, page: Sequence[_Match]) -> Sequence[SearchHit]:
    if not page:
        return []
    statement = database.compiled(("bodies", len(page)), lambda: bodies_by_key(len(page)))
    keys = {f"key_{index}": match.key for index, match in enumerate(page)}
    records = {
        row.key: StoredRecord(row.record_id, row.body)
        for row in await database.fetch_all(statement, keys)
    }
    return [
        SearchHit(
            match.resource_type,
            records[match.key],
            highlights(words, match.resource_type, records[match.key].body),
        )
        for match in page
    ]


def highlights(words: Words, resource_type: ResourceType, body: str) -> list[Highlight]:
    """The texts of a record in which the words occur, in the order of the record."""
    record: Mapping[str, Any] = orjson.loads(body)
    texts = ((item, words.spans(item.text)) for item in texts_of(resource_type, record))
    return [Highlight(item, spans) for item, spans in texts if spans]
