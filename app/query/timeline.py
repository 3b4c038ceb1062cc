"""Events, statements and figures in one chronological list: one statement, one more for the counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, literal, select, union_all

from app.database.execute import Reader
from app.models import Revision
from app.problems import INVALID_QUERY, Problem, QueryError
from app.query import select as statements
from app.query.datasets import NO_PAST, DatasetHistory, RecordedTimes, Withdrawals
from app.query.filters import AppliedFilter, bound_values, shape_of
from app.query.pagination import Paginator, foreign_cursor
from app.query.params import JSON_ALONE, ListQuery, OfferedFormats, SortKey, parse_list
from app.query.records import Dataset, StoredRecord, is_slow
from app.query.related import RelatedRecords
from app.query.search import ResourceCount, nouns_asked
from app.query.select import COUNTED_UP_TO
from app.resources.declarations import table_of
from app.resources.lists import TIMELINE, TIMELINE_RESOURCES
from app.vocabulary import ResourceType

DATED_BY: dict[ResourceType, str] = {"event": "date", "statement": "made_on", "figure": "period"}
"""The field of each noun that the list follows."""


@dataclass(frozen=True)
class Timeline:
    records: Sequence[tuple[ResourceType, StoredRecord]]
    counts: Sequence[ResourceCount]
    next: str | None
    previous: str | None
    tombstones: Withdrawals | None = None
    times: RecordedTimes | None = None
    beside: RelatedRecords | None = None


@dataclass(frozen=True)
class TimelineQuery:
    """A checked request for the timeline: `of_each` is what is asked of each noun that can answer, in its own parameters;
    `whole` is the query as it is echoed.
    """

    whole: ListQuery
    of_each: Mapping[ResourceType, tuple[AppliedFilter, ...]]


async def read_timeline(
    database: Reader, dataset: Dataset, asked: TimelineQuery, *, first_page: str
) -> Timeline:
    query, of_each = asked.whole, asked.of_each
    walk = Paginator.from_token(
        query.cursor,
        question=query.question,
        version=dataset.version,
        first_page=first_page,
        keys=(int, str, str),
    )
    if walk.continues and walk.after[1] not in TIMELINE_RESOURCES:
        raise foreign_cursor(query.cursor or "")
    values = {
        name: value
        for chosen in of_each.values()
        for name, value in bound_values(chosen, "", sqlite=database.is_sqlite).items()
    }
    shape = tuple((noun, shape_of(chosen)) for noun, chosen in of_each.items())
    after_noun = walk.after[1] if walk.continues else None
    statement = database.compiled(
        ("timeline", shape, query.raw_sort, after_noun, walk.backward),
        lambda: _page(of_each, query.sort[0], after_noun=after_noun, backward=walk.backward),
    )
    position = {"after_0": walk.after[0], "after_1": walk.after[2]} if walk.continues else {}
    is_long = is_slow(query.chosen)
    rows = await database.fetch_all(
        statement, {**values, **position, "limit": query.limit + 1}, is_slow=is_long
    )
    stretch = walk.stretch(rows, query.limit, lambda row: (row[3], row[0], row[1]))
    return Timeline(
        records=[(noun, (record_id, body)) for noun, record_id, body, _ in stretch.rows],
        counts=await _counts(database, dataset, query, of_each, values),
        next=stretch.next,
        previous=stretch.previous,
    )


def parse_timeline(
    raw_query: bytes, forms: OfferedFormats = JSON_ALONE, axis: DatasetHistory = NO_PAST
) -> TimelineQuery:
    """Raises Problem `invalid-query`, also where no noun has all that is asked."""
    query = parse_list(TIMELINE, raw_query, forms, axis)
    filters = [item for item in query.chosen if item.parameter.name != "noun"]
    nouns = nouns_asked(query, tuple(TIMELINE_RESOURCES))
    of_each: dict[ResourceType, tuple[AppliedFilter, ...]] = {}
    for noun in nouns:
        own = [(TIMELINE_RESOURCES[noun].parameter(item.parameter.name), item) for item in filters]
        if all(parameter is not None for parameter, _ in own):
            of_each[noun] = tuple(
                AppliedFilter(p, item.raw, item.values) for p, item in own if p is not None
            )
    if not of_each:
        raise _no_noun_has_all(filters, nouns)
    # What is left of the nouns says best what was asked.
    first = next(iter(of_each.values()))
    said = {item.parameter.name: item for item in first}
    chosen = tuple(said.get(item.parameter.name, item) for item in query.chosen)
    listing = replace(TIMELINE, plural=_and([TIMELINE_RESOURCES[noun].plural for noun in of_each]))
    return TimelineQuery(replace(query, listing=listing, chosen=chosen), of_each)


def _no_noun_has_all(filters: Sequence[AppliedFilter], nouns: Sequence[ResourceType]) -> Problem:
    errors = []
    for item in filters:
        name = item.parameter.name
        having = [
            resource.plural
            for resource in TIMELINE_RESOURCES.values()
            if resource.parameter(name) is not None
        ]
        if len(having) < len(TIMELINE_RESOURCES):
            detail = f"is asked of {_and(having)} alone; no noun has all that is asked"
            errors.append(QueryError(parameter=name, value=item.raw[0], detail=detail))
    if len(nouns) < len(TIMELINE_RESOURCES):
        detail = "leaves only nouns that are not asked all of this"
        errors.append(QueryError(parameter="noun", value=",".join(nouns), detail=detail))
    return Problem(
        INVALID_QUERY, "No noun of the timeline has all of these parameters.", tuple(errors)
    )


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _page(
    asked: Mapping[ResourceType, Sequence[AppliedFilter]],
    sort: SortKey,
    *,
    after_noun: ResourceType | None,
    backward: bool,
) -> Select[tuple[str, str, str, int]]:
    """`:limit` rows of noun, id, body and sort key. Each noun gives as many by its own index; they are put in order of
    key, noun and id, all in one direction.
    """
    descending = sort.descending != backward
    parts = []
    for noun, chosen in asked.items():
        resource = TIMELINE_RESOURCES[noun]
        table = table_of(resource.table)
        own = next(item for item in resource.sorts if item.name == sort.sort.name)
        keys = statements.sort_columns(table, [SortKey(own, sort.descending)])
        key = keys[0][0]
        part = select(
            literal(noun).label("noun"), table.c.id, table.c.revision_key, key.label("sort_key")
        ).where(*statements.matching(resource, chosen))
        if after_noun is not None:
            turned = [(column, descending) for column, _ in keys]
            part = part.where(
                statements.behind(turned, tie=_order_of(noun, after_noun, descending=descending))
            )
        order = [column.desc() if descending else column.asc() for column, _ in keys]
        limited = part.order_by(*order).limit(statements.limit()).subquery()
        parts.append(select(limited))
    merged = union_all(*parts).subquery()
    revision = table_of(Revision)
    in_order = (merged.c.sort_key, merged.c.noun, merged.c.id)
    return (
        select(merged.c.noun, merged.c.id, revision.c.body, merged.c.sort_key)
        .join(revision, revision.c.key == merged.c.revision_key)
        .order_by(*(column.desc() if descending else column.asc() for column in in_order))
        .limit(statements.limit())
    )


def _order_of(noun: ResourceType, after_noun: ResourceType, *, descending: bool) -> int:
    """Where rows of `noun` with the same sort key stand: -1 before the row that the page goes on from, 1 behind it."""
    if noun == after_noun:
        return 0
    return -1 if (noun < after_noun) != descending else 1


async def _counts(
    database: Reader,
    dataset: Dataset,
    query: ListQuery,
    asked: Mapping[ResourceType, Sequence[AppliedFilter]],
    values: Mapping[str, object],
) -> list[ResourceCount]:
    if query.total == "none":
        return []
    if not any(asked.values()):
        return [ResourceCount(noun, dataset.counts[noun], exact=True) for noun in asked]
    exact = query.total == "exact"
    statement = database.compiled(
        (
            "timeline counts",
            tuple((noun, shape_of(chosen)) for noun, chosen in asked.items()),
            exact,
        ),
        lambda: _counting(asked, exact=exact),
    )
    rows = await database.fetch_all(statement, values, is_slow=exact or is_slow(query.chosen))
    found: dict[ResourceType, int] = dict(rows)
    return [
        ResourceCount(
            noun,
            found[noun] if exact else min(found[noun], COUNTED_UP_TO),
            exact or found[noun] <= COUNTED_UP_TO,
        )
        for noun in asked
    ]


def _counting(
    asked: Mapping[ResourceType, Sequence[AppliedFilter]], *, exact: bool
) -> Select[tuple[str, int]]:
    counts = [
        select(
            literal(noun),
            statements.count(TIMELINE_RESOURCES[noun], chosen, exact=exact).scalar_subquery(),
        )
        for noun, chosen in asked.items()
    ]
    return union_all(*counts)  # type: ignore[return-value]
