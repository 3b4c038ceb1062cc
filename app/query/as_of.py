"""The database as it was at one of its datasets: the same statements, over what was there then.

Each table of the present that a statement names is covered by an expression of the same name: the rows that stand since then,
and those that have ended later. What a statement means therefore cannot differ between the present and the past; what it costs
can: it goes through both tables, and runs beside the event loop.
"""

import re
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Executable

from app.database.execute import CompiledStatement, Database, Row
from app.models import PRESENT, Withdrawal
from app.resources.declarations import table_of

_NAME = re.compile(r"\b[a-z_]+\b")
_COLUMNS: Mapping[str, Sequence[str]] = {
    table.name: [column.name for column in table.columns if column.name != "recorded_from"]
    for table in PRESENT
}


class AsOf:
    """A `Reader` of the dataset with this ordinal."""

    is_past = True

    def __init__(self, database: Database, ordinal: int) -> None:
        self._database = database
        self._moment = {"known_at": ordinal}
        self._over = partial(covered, sqlite=database.is_sqlite)
        self.is_sqlite = database.is_sqlite

    def prepared(self, shape: Hashable, build: Callable[[], Executable]) -> CompiledStatement:
        return self._database.prepared(("past", shape), build, over=self._over)

    async def rows(
        self,
        statement: CompiledStatement,
        parameters: Mapping[str, Any] | None = None,
        *,
        is_slow: bool = False,  # noqa: ARG002 - of two tables at once, anything may be
    ) -> Sequence[Row]:
        return await self._database.rows(
            statement, {**(parameters or {}), **self._moment}, is_slow=True
        )

    async def batches(
        self, statement: CompiledStatement, parameters: Mapping[str, Any], size: int
    ) -> AsyncIterator[Sequence[Row]]:
        return await self._database.batches(statement, {**parameters, **self._moment}, size)


def covered(sql: str, *, sqlite: bool) -> str:
    """The statement with an expression in front for each table that it names."""
    names = sorted(set(_NAME.findall(sql)) & _COVERED)
    if not names:
        return sql
    covers = ", ".join(
        f"{name} AS NOT MATERIALIZED ({_cover(name, sqlite=sqlite)})" for name in names
    )
    return f"WITH {covers}, {sql[5:]}" if sql.startswith("WITH ") else f"WITH {covers} {sql}"


def _cover(name: str, *, sqlite: bool) -> str:
    # An expression may not name itself in SQLite, where `main` is the file; in PostgreSQL the name is the table's there.
    place, moment = ("main.", ":known_at") if sqlite else ("", "%(known_at)s::integer")
    if name == _WITHDRAWAL.name:
        columns = ", ".join(column.name for column in _WITHDRAWAL.columns)
        return f"SELECT {columns} FROM {place}{name} WHERE recorded_from <= {moment}"  # noqa: S608 - our own names
    columns = ", ".join(
        [*_COLUMNS[name], *(["vector"] if name == "search_document" and not sqlite else [])]
    )
    return (
        f"SELECT {columns} FROM {place}{name} WHERE recorded_from <= {moment}"  # noqa: S608 - the same
        f" UNION ALL SELECT {columns} FROM {place}past_{name} WHERE recorded_from <= {moment} AND recorded_to > {moment}"
    )


_WITHDRAWAL = table_of(Withdrawal)
_COVERED = {*_COLUMNS, _WITHDRAWAL.name}
