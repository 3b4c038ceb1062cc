"""The timeline: events, statements and figures in chronological order.

One statement, and one more for counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

from sqlalchemy import Select, bindparam, literal, select, union_all

from app.database.execute import Reader
from app.models import Revision
from app.problems import INVALID_QUERY, Problem
from app.query.counting import count_by_type, total_of
from app.query.filters import (
    AppliedFilter,
    applied_filters,
    bound_values,
    is_slow,
    shape_of,
)
from app.query.pagination import (
    Paginator,
    after_cursor,
    after_key,
    foreign_cursor,
    from_key,
    limit,
    order_by,
    reversed_if,
)
from app.query.queries import JSON, ListQuery, NegotiatedFormat, list_query
from app.query.query_string import mistake
from app.query.results import Dataset, Page, ResourceCount, StoredRecord, TimelineEntry
from app.query.select import matches, matching, sort_columns
from app.query.sorting import SortKey
from app.resources.declarations import Listing, table_of
from app.resources.lists import TIMELINE_RESOURCES
from app.vocabulary import ResourceType

DATED_BY: dict[ResourceType, str] = {"event": "date", "statement": "made_on", "figure": "period"}
"""The field of each resource type that dates its records."""

Filters = Mapping[ResourceType, tuple[AppliedFilter, ...]]
"""The filters by resource type; types that lack one of the parameters are absent."""


@dataclass(frozen=True)
class TimelineQuery(ListQuery):
    """The validated query of the timeline, with its filters for each listed resource type."""

    filters_by_type: Filters = field(default_factory=dict)


async def read_timeline(
    database: Reader, dataset: Dataset, query: TimelineQuery
) -> Page[TimelineEntry]:
    filters = query.filters_by_type
    paginator = Paginator.of(query, dataset, (int, str, str))
    after_type = paginator.after[1] if paginator.continues else None
    if after_type is not None and after_type not in TIMELINE_RESOURCES:
        raise foreign_cursor(query.cursor or "")
    values = {
        name: value
        for of_type in filters.values()
        for name, value in bound_values(of_type, None, is_sqlite=database.is_sqlite).items()
    }
    shape = tuple((resource_type, shape_of(of_type)) for resource_type, of_type in filters.items())
    statement = database.compiled(
        ("timeline", shape, query.raw_sort, after_type, paginator.backward),
        lambda: _select_page(filters, query.sort[0], after_type, backward=paginator.backward),
    )
    slow = query.format.is_export or is_slow(query.filters, ["date"])
    position = {}
    if paginator.continues:
        sort_key, _, record_id = paginator.after
        position = {"after_0": sort_key, "after_1": record_id}
    rows = await database.fetch_all(
        statement, {**values, **position, "limit": paginator.limit + 1}, is_slow=slow
    )
    page = paginator.page(rows, lambda row: (row.sort_key, row.resource_type, row.id))
    counts = await _counts(database, dataset, query, shape, values, slow=slow)
    total, total_exact = total_of(counts)
    return Page(
        items=[
            TimelineEntry(row.resource_type, StoredRecord(row.id, row.body)) for row in page.rows
        ],
        total=total,
        total_exact=total_exact,
        next=page.next,
        previous=page.previous,
        counts=counts,
    )


def timeline_query(
    listing: Listing,
    values: Mapping[str, Any],
    *,
    path: str = "",
    filters: tuple[AppliedFilter, ...] | None = None,
    format_: NegotiatedFormat = JSON,
) -> TimelineQuery:
    """Raises Problem `invalid-query` where no resource type has all the parameters."""
    query = list_query(listing, values, path=path, filters=filters, format_=format_)
    resource_types = query.resource_types(tuple(TIMELINE_RESOURCES))
    names = [item.name for item in query.filters if item.name != "resource"]
    by_type = {
        resource_type: applied_filters(resource.parameters_by_name, values)
        for resource_type, resource in TIMELINE_RESOURCES.items()
        if resource_type in resource_types and resource.parameters_by_name.keys() >= {*names}
    }
    if not by_type:
        raise _no_type_has_all(query.filters)
    # The parameters of a resource type that is listed describe the query best.
    described = {item.name: item for item in next(iter(by_type.values()))}
    attributes = {item.name: getattr(query, item.name) for item in fields(ListQuery)}
    plurals = [TIMELINE_RESOURCES[resource_type].plural for resource_type in by_type]
    attributes["listing"] = replace(listing, plural=_and(plurals))
    attributes["filters"] = tuple(described.get(item.name, item) for item in query.filters)
    return TimelineQuery(**attributes, filters_by_type=by_type)


def _no_type_has_all(filters: Sequence[AppliedFilter]) -> Problem:
    errors = []
    for item in filters:
        having = [
            resource.plural
            for resource in TIMELINE_RESOURCES.values()
            if resource.parameter(item.name) is not None
        ]
        if len(having) < len(TIMELINE_RESOURCES):
            only = f"{_and(having)} alone have it" if having else "it leaves no type that has all"
            detail = f"Leave out “{item.name}”, or the others: {only}."
            errors.append(mistake(item.name, ",".join(item.raw), detail))
    detail = "Ask with fewer filters: no resource type of the timeline has all of these."
    return Problem(INVALID_QUERY, detail, tuple(errors))


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _select_page(
    filters: Filters, sort: SortKey, after_type: ResourceType | None, *, backward: bool
) -> Select[Any]:
    """A page of resource_type, id, body and sort_key, in the order of sort_key, type and id.

    Each resource type gives a page by its own index; those are merged.
    """
    descending = sort.descending != backward
    selections = []
    for resource_type, of_type in filters.items():
        resource = TIMELINE_RESOURCES[resource_type]
        table = table_of(resource.table)
        own_sort = next(item for item in resource.sorts if item.name == sort.sort.name)
        columns = reversed_if(sort_columns(table, [SortKey(own_sort, sort.descending)]), backward)
        rows = select(
            literal(resource_type).label("resource_type"),
            table.c.id,
            table.c.revision_key,
            columns[0][0].label("sort_key"),
        ).where(*matching(resource, of_type))
        if after_type == resource_type:
            rows = rows.where(after_cursor(columns))
        elif after_type is not None:
            # Of rows with the same key, those of another resource type are all before or after.
            is_before = (resource_type < after_type) != descending
            compare = after_key if is_before else from_key
            rows = rows.where(compare(columns[0], bindparam("after_0")))
        selections.append(select(rows.order_by(*order_by(columns)).limit(limit()).subquery()))
    merged = union_all(*selections).subquery()
    revision = table_of(Revision)
    keys = [
        (column, descending) for column in (merged.c.sort_key, merged.c.resource_type, merged.c.id)
    ]
    return (
        select(merged.c.resource_type, merged.c.id, revision.c.body, merged.c.sort_key)
        .join(revision, revision.c.key == merged.c.revision_key)
        .order_by(*order_by(keys))
        .limit(limit())
    )


async def _counts(
    database: Reader,
    dataset: Dataset,
    query: TimelineQuery,
    shape: object,
    values: Mapping[str, object],
    *,
    slow: bool,
) -> Sequence[ResourceCount]:
    filters, mode = query.filters_by_type, query.total
    if mode == "none":
        return []
    if not any(filters.values()):
        return [
            ResourceCount(resource_type, dataset.counts[resource_type], exact=True)
            for resource_type in filters
        ]
    selections = {
        resource_type: partial(matches, TIMELINE_RESOURCES[resource_type], of_type)
        for resource_type, of_type in filters.items()
    }
    return await count_by_type(
        database, ("timeline", shape), selections, values, mode, is_slow=slow
    )
