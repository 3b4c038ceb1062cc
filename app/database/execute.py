"""Executing statements on an opened build.

Statements are compiled once for each query shape and run on the driver's own cursor: building and
compiling one costs ten times what running it does.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from anyio import CancelScope
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.sql.selectable import SelectBase

from app.database.builds import current_build
from app.database.engine import parse_url, sqlite_path
from app.database.results import BuildReplaced, Cursor, Driver, Row, Values, too_many_exports
from app.database.sqlite import SqliteDriver
from app.errors import OperatorError

_COMPILED_SHAPES = 2_000


@dataclass(frozen=True)
class CompiledStatement:
    """SQL in the driver's own parameter style, and the values that the statement itself binds."""

    sql: str
    parameters: Values


def compile_statement(engine: Engine, statement: SelectBase) -> CompiledStatement:
    compiled = statement.compile(dialect=engine.dialect)
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return CompiledStatement(str(compiled), fixed)


class RowStream(AsyncIterator[Sequence[Row]]):
    """The rows of one statement in batches, read on a separate connection.

    All rows are of one state of the data. The caller closes the stream with `aclose`, also
    after an error. Reading it to the end gives its connection back; it counts as an open export
    until it is closed.
    """

    def __init__(self, cursor: Cursor, batch_size: int, on_close: Callable[[], None]) -> None:
        self._cursor = cursor
        self._batch_size = batch_size
        self._on_close = on_close
        self._first: Sequence[Row] | None = None
        self._is_closed = False

    async def open(self, sql: str, values: Values) -> None:
        """Execute the statement and fetch the first batch, so that errors come before a response
        begins.
        """
        try:
            await self._cursor.open(sql, values)
            self._first = await self._cursor.fetch(self._batch_size)
        except BaseException:
            await self.aclose()
            raise

    async def __anext__(self) -> Sequence[Row]:
        if self._is_closed:
            raise StopAsyncIteration
        batch, self._first = self._first, None
        if batch is None:
            batch = await self._cursor.fetch(self._batch_size)
        if not batch:
            await self._cursor.close()
            raise StopAsyncIteration
        return batch

    async def aclose(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._first = None
        try:
            with CancelScope(shield=True):
                await self._cursor.close()
        finally:
            self._on_close()


class Reader(Protocol):
    """What a query runs on: the database as it is (`Database`) or as it was (`AsOf`)."""

    is_sqlite: bool
    is_past: bool

    def compiled(
        self, shape: Hashable, statement: Callable[[], SelectBase]
    ) -> CompiledStatement: ...

    async def fetch_all(
        self,
        statement: CompiledStatement,
        parameters: Values | None = None,
        *,
        is_slow: bool = False,
    ) -> Sequence[Row]: ...

    async def stream(
        self, statement: CompiledStatement, parameters: Values, batch_size: int
    ) -> RowStream: ...

    def open_export(self) -> Callable[[], None]: ...


class Database:
    """One build, opened for reading.

    `on_statement`, where set, is called with the SQL text and the bound values of each statement
    before it runs: for tests, EXPLAIN and query logs. At most `max_exports` exports are open at
    once. `query_timeout` is in seconds.
    """

    is_past = False

    def __init__(self, url: str, *, query_timeout: float = 2.0, max_exports: int = 8) -> None:
        self.url = parse_url(url)
        self.max_exports = max_exports
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.build = current_build(self.url)
        self.on_statement: Callable[[str, Values], None] | None = None
        self._driver, self.engine = _create_driver(self.url, query_timeout, self.build)
        self._open_exports = 0
        self._compiled: OrderedDict[Hashable, CompiledStatement] = OrderedDict()

    async def current_build(self) -> Hashable:
        """What `build` would be if the database were opened now."""
        return await self._driver.current_build()

    def compiled(self, shape: Hashable, statement: Callable[[], SelectBase]) -> CompiledStatement:
        """The compiled statement of a query shape; `statement` is called for a new shape only."""
        compiled = self._compiled.get(shape)
        if compiled is None:
            compiled = self._compiled[shape] = compile_statement(self.engine, statement())
            if len(self._compiled) > _COMPILED_SHAPES:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(shape)
        return compiled

    async def fetch_all(
        self,
        statement: CompiledStatement,
        parameters: Values | None = None,
        *,
        is_slow: bool = False,
    ) -> Sequence[Row]:
        """All rows of a statement.

        `is_slow` says that no index bounds it, so that it must not run on the event loop. Raises
        Problem `query-timeout` at the time limit, `not-ready` where the database does not answer,
        and BuildReplaced.
        """
        values = self._bind(statement, parameters)
        return await self._driver.fetch_all(statement.sql, values, is_slow=is_slow)

    def fetch_all_sync(
        self, statement: CompiledStatement, parameters: Values | None = None
    ) -> Sequence[Row]:
        """The same in the calling thread."""
        return self._driver.fetch_all_sync(statement.sql, self._bind(statement, parameters))

    async def stream(
        self, statement: CompiledStatement, parameters: Values, batch_size: int
    ) -> RowStream:
        """All rows of a statement in batches; the time limit holds for each batch.

        Raises what `fetch_all` raises, and Problem `not-ready` beyond `max_exports`.
        """
        values = self._bind(statement, parameters)
        stream = RowStream(self._driver.cursor(), batch_size, self.open_export())
        await stream.open(statement.sql, values)
        return stream

    def open_export(self) -> Callable[[], None]:
        """Count one more export; the function that is returned, called once, ends it.

        Raises Problem `not-ready` beyond `max_exports`.
        """
        if self._open_exports >= self.max_exports:
            raise too_many_exports(self.max_exports)
        self._open_exports += 1
        return self._end_export

    def _end_export(self) -> None:
        self._open_exports -= 1

    def _bind(self, statement: CompiledStatement, parameters: Values | None) -> Values:
        values = {**statement.parameters, **parameters} if parameters else statement.parameters
        if self.on_statement is not None:
            self.on_statement(statement.sql, values)
        return values

    def require_readable(self, revision: str) -> None:
        """Raises OperatorError where the role may not read the build, or another version of the
        program, with another schema revision, made it.
        """
        self._driver.require_grants()
        rows = self.fetch_all_sync(CompiledStatement("SELECT version_num FROM alembic_version", {}))
        version = rows[0].version_num if rows else "none"
        if version != revision:
            name = sqlite_path(self.url) or self.url.render_as_string()
            raise OperatorError(
                f"the database {name} has schema {version}, this version of On Record needs"
                f" {revision}: run “onrecord build” to make it anew"
            )

    def close(self) -> None:
        self._driver.close()


def _create_driver(url: URL, query_timeout: float, build: Hashable) -> tuple[Driver, Engine]:
    if url.get_backend_name() == "sqlite":
        sqlite = SqliteDriver(url, query_timeout, build)
        return sqlite, sqlite.engine
    # An optional dependency: only a PostgreSQL database needs psycopg.
    from app.database.postgresql import PostgresDriver

    postgres = PostgresDriver(url, query_timeout, str(build))
    return postgres, postgres.engine


def open_failure(error: Exception, url: URL) -> OperatorError:
    """Why a database cannot be read, in one line that says what to do."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    reason = lines[0] if lines else type(error).__name__
    if isinstance(error, BuildReplaced):
        return OperatorError(f"{url.render_as_string()} holds no build: run “onrecord build” first")
    if url.get_backend_name() != "sqlite":
        return OperatorError(
            f"{url.render_as_string()} cannot be read ({reason}): is the server up?"
            " If it is, run “onrecord build” first"
        )
    return OperatorError(
        f"the database {sqlite_path(url)} cannot be read ({reason}):"
        " run “onrecord build” to make it anew"
    )
