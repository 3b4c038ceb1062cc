"""What both drivers return and raise."""

from collections import namedtuple
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from app.problems import NOT_READY, TOO_SLOW, Problem

Row = Any
"""A named tuple: one field for each column of the statement, by the column's name or label."""

Values = Mapping[str, Any]
"""The bound values of a statement, by parameter name."""


class BuildReplaced(Exception):
    """The opened build no longer exists, because newer builds have replaced it.

    The request must start again with the current snapshot.
    """


class Driver(Protocol):
    """Runs SQL on the connections of one opened build."""

    async def fetch_all(self, sql: str, values: Values, *, is_slow: bool) -> Sequence[Row]: ...

    def fetch_all_sync(self, sql: str, values: Values) -> Sequence[Row]: ...

    def cursor(self) -> "Cursor": ...

    async def current_build(self) -> Hashable: ...

    def require_grants(self) -> None: ...

    def close(self) -> None: ...


class Cursor(Protocol):
    """One statement on a separate connection, which `close` returns. Closing twice is allowed."""

    async def open(self, sql: str, values: Values) -> None: ...

    async def fetch(self, size: int) -> Sequence[Row]: ...

    async def close(self) -> None: ...


@lru_cache(maxsize=512)
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns, rename=True)  # noqa: PYI024 - columns vary


def named_rows(description: Iterable[Sequence[Any]] | None, rows: Sequence[Any]) -> Sequence[Row]:
    """The rows as named tuples. `description` is that of the DB-API cursor which fetched them."""
    if not rows or description is None:
        return []
    make = _row_type(tuple([column[0] for column in description]))._make
    return [make(row) for row in rows]


def query_timeout(seconds: float) -> Problem:
    return Problem(
        TOO_SLOW,
        f"Narrow the query with a filter or a smaller limit: it was stopped after {seconds:g}"
        " seconds.",
        headers={"Retry-After": "5"},
    )


def database_unavailable() -> Problem:
    return Problem(
        NOT_READY, "Try again later: the database does not answer.", headers={"Retry-After": "5"}
    )


def too_many_exports(limit: int) -> Problem:
    return Problem(
        NOT_READY,
        f"Try again later: the server is already writing {limit} exports, its limit.",
        headers={"Retry-After": "5"},
    )
