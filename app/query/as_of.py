"""The database as it was at one of its datasets.

Statements run unchanged, over common table expressions with the names of the tables: each selects
the current rows that were recorded by then, and the rows of the past table that had not ended by
then. They read two tables, so they run in a thread.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CTE, Integer, Select, bindparam, column, select, table
from sqlalchemy.sql.selectable import SelectBase, TableClause
from sqlalchemy.sql.visitors import ExternallyTraversible, iterate, replacement_traverse

from app.database.execute import CompiledStatement, Database, RowStream
from app.database.results import Row, Values
from app.models import PRESENT, Withdrawal
from app.query.tokenizer import TextMatch
from app.resources.declarations import table_of

_WITHDRAWAL = table_of(Withdrawal)
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    _WITHDRAWAL.name: tuple(_WITHDRAWAL.columns.keys()),
    **{
        table.name: tuple(each.name for each in table.columns if each.name != "recorded_from")
        for table in PRESENT
    },
}


class AsOf:
    """A `Reader` of the dataset with this ordinal."""

    is_past = True

    def __init__(self, database: Database, ordinal: int) -> None:
        self._database = database
        self._values = {"known_at": ordinal}
        self.is_sqlite = database.is_sqlite

    def compiled(self, shape: Hashable, statement: Callable[[], SelectBase]) -> CompiledStatement:
        return self._database.compiled(
            ("as of", shape), lambda: as_of(statement(), is_sqlite=self.is_sqlite)
        )

    async def fetch_all(
        self,
        statement: CompiledStatement,
        parameters: Values | None = None,
        *,
        is_slow: bool = False,  # noqa: ARG002 - every read of two tables may be
    ) -> Sequence[Row]:
        return await self._database.fetch_all(
            statement, {**(parameters or {}), **self._values}, is_slow=True
        )

    async def stream(
        self, statement: CompiledStatement, parameters: Values, batch_size: int
    ) -> RowStream:
        return await self._database.stream(statement, {**parameters, **self._values}, batch_size)

    def open_export(self) -> Callable[[], None]:
        return self._database.open_export()


def as_of(statement: SelectBase, *, is_sqlite: bool) -> SelectBase:
    """The statement over the tables as of the dataset `:known_at`."""
    names = {
        element.name
        for element in iterate(statement)
        if isinstance(element, TableClause) and element.name in _COLUMNS
    }
    if any(isinstance(element, TextMatch) for element in iterate(statement)):
        names.add("search_document")
        statement = cast(
            "SelectBase", replacement_traverse(statement, {}, _including_ended_documents)
        )
    return statement.add_cte(*(_table_as_of(name, is_sqlite=is_sqlite) for name in sorted(names)))


def _including_ended_documents(element: ExternallyTraversible, **_: object) -> TextMatch | None:
    if isinstance(element, TextMatch):
        return TextMatch(element.revision_key, element.parameter, as_of=True)
    return None


def _table_as_of(name: str, *, is_sqlite: bool) -> CTE:
    names = _COLUMNS[name]
    if name == "search_document" and not is_sqlite:
        names = (*names, "vector")
    # SQLite takes an unqualified name for the expression itself; PostgreSQL for the table.
    schema = "main" if is_sqlite else None
    known_at = bindparam("known_at", type_=Integer)

    def rows(table_name: str) -> tuple[TableClause, Select[Any]]:
        recorded = [column("recorded_from", Integer), column("recorded_to", Integer)]
        source = table(
            table_name,
            *(column(each) for each in names if each != "recorded_from"),
            *recorded,
            schema=schema,
        )
        selected = select(*(source.c[each] for each in names))
        return source, selected.where(source.c.recorded_from <= known_at)

    _, present = rows(name)
    if name == _WITHDRAWAL.name:
        return present.cte(name).prefix_with("NOT MATERIALIZED")
    past_table, past_rows = rows(f"past_{name}")
    ended = past_rows.where(past_table.c.recorded_to > known_at)
    return present.union_all(ended).cte(name).prefix_with("NOT MATERIALIZED")
