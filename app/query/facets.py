"""How many records there are of each value: facets.

A facet counts records: one that has a value twice counts once, one with two values counts for both. What has no value is
counted under null, always. So each count is the total of the same list with that value asked for besides; unless the list was
asked about the same link already (a participant's role), or for the newest, which are then other ones.

Of a filtered list as many matches are looked at as COUNTED_UP_TO says, so that facets cost no more in a large dataset than in
one of that size; where there are more, each count is a lower bound.
"""

from collections.abc import Sequence
from typing import Any, TypedDict, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    String,
    Subquery,
    Table,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy import cast as sql_cast

from app.query.filters import AppliedFilter, owner_of
from app.query.select import matching
from app.resources.declarations import Filter, Resource, column_of, table_of

COUNTED_UP_TO = 10_000
"""As many matches are looked at, unless all are wanted."""
MOST_VALUES = 100
"""As many values of one facet are given, those with the most records."""


class Facet(TypedDict):
    """`values` are pairs of a value (null: none) and its count, most first, null last; `complete` is false where there
    are more values than are given.
    """

    values: list[tuple[str | None, int]]
    complete: bool


Facets = dict[str, Facet]


_MATCHES = ""
"""Where a row has the name of its facet: this one says how many matches were looked at."""


def count(
    resource: Resource,
    chosen: Sequence[AppliedFilter],
    wanted: Sequence[Filter],
    *,
    most: int | None = None,
) -> Select[Any]:
    """Rows of facet, value and count, all in one statement; of the first `most` matches, or of all."""
    table = table_of(resource.table)
    own = dict.fromkeys(
        column_of(a).name for item in wanted if _is_own(item, table) for a in item.columns
    )
    matches = (
        select(table.c.id, *(table.c[name] for name in own if name != "id"))
        .where(*matching(resource, chosen))
        .limit(most)
        .cte("matches")
    )
    counts = [_one_row(_MATCHES, _number_of(matches))]
    for item in wanted:
        is_own = _is_own(item, table)
        pairs = _own_values(item, matches) if is_own else _linked_values(item, table, matches)
        number = func.count()
        top = (
            select(literal(item.name).label("facet"), pairs.c.value, number.label("count"))
            .group_by(pairs.c.value)
            # Nothing is a value of a record's own column, and is never cut off.
            .order_by(pairs.c.value.is_(None).desc(), number.desc(), pairs.c.value)
            .limit(MOST_VALUES + 2)
        )
        counts.append(select(top.subquery()))
        if not is_own:
            without = _number_of(matches, ~_has_any(item, table, matches))
            counts.append(_one_row(item.name, without))
    return union_all(*counts)  # type: ignore[return-value]


def gathered(wanted: Sequence[Filter], rows: Sequence[tuple[Any, ...]]) -> Facets:
    result: Facets = {}
    for item in wanted:
        mine = {value: number for facet, value, number in rows if facet == item.name}
        missing = (None, mine.pop(None, 0))
        values = sorted(mine.items(), key=lambda pair: (-pair[1], pair[0]))
        result[item.name] = {
            "values": [*values[:MOST_VALUES], missing],
            "complete": len(values) <= MOST_VALUES,
        }
    return result


def looked_at(rows: Sequence[tuple[Any, ...]]) -> int:
    """How many matches the rows of `count` come from."""
    number: int = next(number for facet, _, number in rows if facet == _MATCHES)
    return number


def _one_row(name: str, number: ScalarSelect[int]) -> Select[Any]:
    return cast("Select[Any]", select(literal(name), sql_cast(null(), String), number))


def _number_of(matches: FromClause, *said: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(matches).where(*said).scalar_subquery()


def _has_any(item: Filter, table: Table, matches: FromClause) -> ColumnElement[bool]:
    has_value = or_(*(column_of(attribute).is_not(None) for attribute in item.columns))
    return (
        select(literal_column("1")).where(owner_of(item, table) == matches.c.id, has_value).exists()
    )


def _is_own(item: Filter, table: FromClause) -> bool:
    return item.table is table and item.owner is None


def _own_values(item: Filter, matches: FromClause) -> Subquery:
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
        # A union of one selection would leave doubles in.
        selection = selection.add_columns(value.label("value")).distinct()
        selections.append(selection.where(column.is_not(None), owner.in_(select(matches.c.id))))
    return union(*selections).subquery()
