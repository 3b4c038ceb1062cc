"""Counting matches: up to a bound, exactly, or not at all."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from app.database.execute import Reader
from app.query.params import TotalMode
from app.query.results import ResourceCount
from app.vocabulary import ResourceType

MAX_COUNTED = 1_000
"""Totals are counted so far unless `total=exact` is asked for."""


def limited(matches: Select[Any], mode: TotalMode) -> Select[Any]:
    return matches if mode == "exact" else matches.limit(MAX_COUNTED + 1)


async def count_matches(
    database: Reader,
    shape: Hashable,
    matches: Mapping[ResourceType, Callable[[], Select[Any]]],
    values: Mapping[str, Any],
    mode: TotalMode,
    *,
    is_slow: bool,
) -> Sequence[ResourceCount]:
    """How many rows each selection has, in one statement. `shape` tells the selections apart."""

    def build() -> Any:
        counts = [
            select(
                literal(resource_type, literal_execute=False).label("resource_type"),
                select(func.count())
                .select_from(limited(rows(), mode).subquery())
                .scalar_subquery()
                .label("total"),
            )
            for resource_type, rows in matches.items()
        ]
        return counts[0] if len(counts) == 1 else union_all(*counts)

    statement = database.compiled(("count", shape, tuple(matches), mode), build)
    rows = await database.fetch_all(statement, values, is_slow=is_slow or mode == "exact")
    counted = {row.resource_type: row.total for row in rows}
    return [
        ResourceCount(
            resource_type,
            counted[resource_type] if mode == "exact" else min(counted[resource_type], MAX_COUNTED),
            exact=mode == "exact" or counted[resource_type] <= MAX_COUNTED,
        )
        for resource_type in matches
    ]


def total_of(counts: Sequence[ResourceCount]) -> tuple[int | None, bool]:
    """The sum and whether it is exact; None where nothing was counted."""
    if not counts:
        return None, False
    return sum(item.count for item in counts), all(item.exact for item in counts)
