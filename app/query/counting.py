"""Counting matches: up to a bound, exactly, or not at all."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import Label, Select, func, literal, select, union_all

from app.database.execute import Reader
from app.query.queries import TotalMode
from app.query.results import ResourceCount
from app.vocabulary import ResourceType

MAX_COUNTED = 1_000
"""Totals count up to this number unless the query has `total=exact`."""


def limited(matches: Select[Any], mode: TotalMode) -> Select[Any]:
    return matches if mode == "exact" else matches.limit(MAX_COUNTED + 1)


async def count_one(
    database: Reader,
    shape: Hashable,
    matches: Callable[[], Select[Any]],
    values: Mapping[str, Any],
    mode: TotalMode,
    *,
    is_slow: bool,
) -> tuple[int | None, bool]:
    """The number of rows of a selection and whether it is exact; None for mode `none`.

    `shape` identifies the SQL of the selection.
    """
    if mode == "none":
        return None, False
    statement = database.compiled(
        ("count one", shape, mode), lambda: select(_row_count(matches(), mode))
    )
    rows = await database.fetch_all(statement, values, is_slow=is_slow or mode == "exact")
    return _bounded(rows[0].total, mode)


async def count_by_type(
    database: Reader,
    shape: Hashable,
    matches: Mapping[ResourceType, Callable[[], Select[Any]]],
    values: Mapping[str, Any],
    mode: TotalMode,
    *,
    is_slow: bool,
) -> Sequence[ResourceCount]:
    """The number of rows of each selection, in one statement.

    `shape` identifies the SQL of the selections.
    """

    def build() -> Any:
        counts = [
            select(
                literal(resource_type, literal_execute=False).label("resource_type"),
                _row_count(rows(), mode),
            )
            for resource_type, rows in matches.items()
        ]
        return counts[0] if len(counts) == 1 else union_all(*counts)

    statement = database.compiled(("count", shape, tuple(matches), mode), build)
    rows = await database.fetch_all(statement, values, is_slow=is_slow or mode == "exact")
    counted = {row.resource_type: row.total for row in rows}
    return [
        ResourceCount(resource_type, *_bounded(counted[resource_type], mode))
        for resource_type in matches
    ]


def _row_count(matches: Select[Any], mode: TotalMode) -> Label[int]:
    rows = limited(matches, mode).subquery()
    return select(func.count()).select_from(rows).scalar_subquery().label("total")


def _bounded(counted: int, mode: TotalMode) -> tuple[int, bool]:
    """A total and whether it is exact; it is not where more than MAX_COUNTED were counted."""
    if mode == "exact" or counted <= MAX_COUNTED:
        return counted, True
    return MAX_COUNTED, False


def total_of(counts: Sequence[ResourceCount]) -> tuple[int | None, bool]:
    """The sum and whether it is exact; None where nothing was counted."""
    if not counts:
        return None, False
    return sum(item.count for item in counts), all(item.exact for item in counts)
