"""Facets: how many records have each value of a filter.

A facet counts records: one that has a value twice counts once, one with two values counts for both.
Records without a value are counted under None. So each count is the total of the same list with
that value as a filter, unless the list already filters the same link (the role of a participant) or
has `latest=true`.

Of a filtered list at most MAX_MATCHES are counted, so that facets cost no more in a large dataset;
where there are more, each count is a lower bound.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    ScalarSelect,
    Select,
    String,
    Subquery,
    Table,
    cast,
    func,
    literal,
    null,
    select,
    union,
    union_all,
)

from app.database.execute import Reader
from app.database.results import Row
from app.query.filters import AppliedFilter, lacks_value, owner_of, shape_of
from app.query.queries import TotalMode
from app.query.results import Facets
from app.query.select import matching
from app.resources.declarations import Filter, Resource, column_of, table_of

MAX_MATCHES = 10_000
"""Matches that are counted unless `total=exact` is asked for."""
MAX_VALUES = 100
"""Values of one facet that are listed: those with the most records."""

_ALL_MATCHES = ""
"""In place of a facet's name: the row counts the matches themselves."""


async def count_facets(
    database: Reader,
    resource: Resource,
    filters: Sequence[AppliedFilter],
    facets: Sequence[Filter],
    values: Mapping[str, object],
    *,
    mode: TotalMode,
) -> tuple[Facets, bool]:
    """The facets of the matches, in one statement, and whether they count all of them."""
    limit = None if mode == "exact" else MAX_MATCHES + 1
    statement = database.compiled(
        ("facets", resource.type, shape_of(filters), tuple(item.name for item in facets), limit),
        lambda: select_facets(resource, filters, facets, limit=limit),
    )
    rows = await database.fetch_all(statement, values, is_slow=True)
    matches: int = next(row.total for row in rows if row.facet == _ALL_MATCHES)
    return read_facets(facets, rows), limit is None or matches < limit


def select_facets(
    resource: Resource,
    filters: Sequence[AppliedFilter],
    facets: Sequence[Filter],
    *,
    limit: int | None = None,
) -> CompoundSelect[Any]:
    """Rows of facet, value and total, of the first `limit` matches (None: of all)."""
    table = table_of(resource.table)
    columns = dict.fromkeys(
        column_of(attribute).name
        for item in facets
        if _is_own(item, table)
        for attribute in item.columns
    )
    matches = (
        select(table.c.id, *(table.c[name] for name in columns if name != "id"))
        .where(*matching(resource, filters))
        .limit(limit)
        .cte("matches")
    )
    selections = [_one_row(_ALL_MATCHES, _count(matches))]
    for item in facets:
        is_own = _is_own(item, table)
        pairs = _own_values(item, matches) if is_own else _linked_values(item, table, matches)
        total = func.count().label("total")
        top = (
            select(literal(item.name).label("facet"), pairs.c.value, total)
            .group_by(pairs.c.value)
            # Null is a value of a record's own column, and is always listed.
            .order_by(pairs.c.value.is_(None).desc(), total.desc(), pairs.c.value)
            .limit(MAX_VALUES + 2)
        )
        selections.append(select(top.subquery()))
        if not is_own:
            of_match = owner_of(item, table) == matches.c.id
            without = _count(matches, lacks_value(item.table, of_match, item))
            selections.append(_one_row(item.name, without))
    return union_all(*selections)


def read_facets(facets: Sequence[Filter], rows: Sequence[Row]) -> Facets:
    """Facets from the rows of `select_facets`."""
    result: Facets = {}
    for item in facets:
        totals = {row.value: row.total for row in rows if row.facet == item.name}
        without_value = (None, totals.pop(None, 0))
        values = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
        result[item.name] = {
            "values": [*values[:MAX_VALUES], without_value],
            "complete": len(values) <= MAX_VALUES,
        }
    return result


def _one_row(name: str, total: ScalarSelect[int]) -> Select[Any]:
    columns: tuple[Any, ...] = (
        literal(name).label("facet"),
        cast(null(), String).label("value"),
        total.label("total"),
    )
    return select(*columns)


def _count(matches: FromClause, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(matches).where(*conditions).scalar_subquery()


def _is_own(item: Filter, table: FromClause) -> bool:
    return item.table is table and item.owner is None


def _own_values(item: Filter, matches: FromClause) -> Subquery:
    """Each record with its value."""
    column = matches.c[column_of(item.columns[0]).name]
    return select(matches.c.id.label("owner"), column.label("value")).subquery()


def _linked_values(item: Filter, table: Table, matches: FromClause) -> Subquery:
    """Each record with each of its values, once; a place counts for all that it is part of."""
    owner = owner_of(item, table)
    selections = []
    for attribute in item.columns:
        column = column_of(attribute)
        value = column
        selection = select(owner.label("owner"))
        if item.parts_table is not None:
            parts = table_of(item.parts_table)
            value = parts.c.whole_id
            selection = selection.join(parts, parts.c.place_id == column)
        # A union of one selection would leave duplicates in.
        selection = selection.add_columns(value.label("value")).distinct()
        selections.append(selection.where(column.is_not(None), owner.in_(select(matches.c.id))))
    return union(*selections).subquery()
