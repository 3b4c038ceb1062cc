"""The database: how it is opened, and where and how a query runs.

Only this file knows that SQLite answers on the event loop and PostgreSQL from a thread. Hot reads run SQL that was
compiled once, on the driver's own cursor: building and compiling a statement costs ten times what running it does.
"""

import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from anyio import CancelScope, CapacityLimiter, fail_after, to_thread
from anyio.lowlevel import RunVar
from sqlalchemy import Engine, Executable
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from app.database.builds import current_build, list_schemas
from app.database.engine import create_read_engine, parse_url, sqlite_path
from app.errors import OperatorError
from app.problems import NOT_READY, TOO_SLOW, Problem

_SQLITE_STEPS_BETWEEN_CLOCK_READINGS = 10_000
_PREPARED_SHAPES = 2_000
_MOST_OF_MEMORY = 0.5
"""A larger file than this share of it would push out what others keep there."""
_SQLITE_READERS = 4
"""Connections for queries that may be long: as many run at once, the others wait for their turn, none longer than a query
may take, and no more of them than MOST_WAITING.
"""
_MOST_WAITING = 100
_LARGE_CACHE, _SMALL_CACHE = 65_536, 16_384
"""Of SQLite's pages, in KiB: for the connection that answers most requests, and for each of the others."""
_READING: RunVar[CapacityLimiter] = RunVar("onrecord.reading")


@dataclass(frozen=True)
class CompiledStatement:
    """SQL ready for the driver, with named parameters in the driver's own style."""

    sql: str
    fixed: Mapping[str, Any]


def compile_statement(
    engine: Engine, statement: Executable, over: "Over | None" = None
) -> CompiledStatement:
    """Compile once what will run many times. Literal values in the statement become `fixed` parameters."""
    compiled = statement.compile(dialect=engine.dialect, compile_kwargs={"past": over is not None})  # type: ignore[attr-defined]
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return CompiledStatement(over(str(compiled)) if over else str(compiled), fixed)


Row = tuple[Any, ...]


Over = Callable[[str], str]
"""Puts something over the tables that a statement names."""


class Reader(Protocol):
    """What a query runs on: the database as it is, or as it was."""

    is_sqlite: bool
    is_past: bool

    def prepared(self, shape: Hashable, build: Callable[[], Executable]) -> CompiledStatement: ...

    async def rows(
        self,
        statement: CompiledStatement,
        parameters: Mapping[str, Any] | None = None,
        *,
        is_slow: bool = False,
    ) -> Sequence[Row]: ...

    async def batches(
        self, statement: CompiledStatement, parameters: Mapping[str, Any], size: int
    ) -> AsyncIterator[Sequence[Row]]: ...


class BuildReplaced(Exception):
    """The build that was opened is no longer there to be read; a newer one is. Whoever asks must begin again with that."""


class Database:
    """A database opened for reading.

    `rows` is the one way to it. `on_statement`, where set, is told each SQL text before it runs: tests count statements
    by it.
    """

    is_past = False

    def __init__(self, url: str, *, query_seconds: float = 2.0) -> None:
        self.url = parse_url(url)
        self.query_seconds = query_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.build = current_build(self.url)
        self.engine = create_read_engine(
            self.url, query_seconds=query_seconds, schema=str(self.build)
        )
        self.on_statement: Callable[[str], None] | None = None
        self._local: _SqliteReader | None = None
        self._readers: list[_SqliteReader] = []
        self._prepared: dict[Hashable, CompiledStatement] = {}

    async def current_build(self) -> Hashable:
        """What `build` would be if the database were opened now."""
        if self.is_sqlite:
            return current_build(self.url)
        return await to_thread.run_sync(lambda: next(iter(list_schemas(self.engine)), None))

    def read_ahead(self) -> None:
        """Have the system keep the file in memory, where it has room for it: a short read runs on the event loop, and one that
        waits for a disk would hold up everybody. Nobody waits for this.
        """
        path = sqlite_path(self.url)
        if path is not None and path.stat().st_size < _MOST_OF_MEMORY * _memory():
            Thread(target=_read, args=(path,), name="read ahead", daemon=True).start()

    def prepared(
        self, shape: Hashable, build: Callable[[], Executable], *, over: Over | None = None
    ) -> CompiledStatement:
        """The compiled statement of a query shape; `build` runs only the first time that the shape is seen."""
        statement = self._prepared.get(shape)
        if statement is None:
            if len(self._prepared) >= _PREPARED_SHAPES:
                self._prepared.clear()  # shapes beyond the bound are made by hand-written or hostile queries
            statement = self._prepared[shape] = compile_statement(self.engine, build(), over)
        return statement

    async def rows(
        self,
        statement: CompiledStatement,
        parameters: Mapping[str, Any] | None = None,
        *,
        is_slow: bool = False,
    ) -> Sequence[Row]:
        """All rows of a statement.

        A short SQLite read (bounded by a limit or by a key) takes less time than a hand-over to a thread, so it runs
        here and now; what may be long, and whatever goes over a network, runs in a thread, and others are served meanwhile.
        """
        if not self.is_sqlite:
            return await to_thread.run_sync(self.rows_now, statement, parameters)
        if not is_slow:
            return self.rows_now(statement, parameters)
        turn = _turn()
        if turn.statistics().tasks_waiting >= _MOST_WAITING:
            raise query_timeout(self.query_seconds)
        try:
            with fail_after(self.query_seconds):
                await turn.acquire()
        except TimeoutError:
            raise query_timeout(self.query_seconds) from None
        try:
            return await to_thread.run_sync(self._rows_of_a_reader, statement, parameters)
        finally:
            turn.release()

    def rows_now(
        self, statement: CompiledStatement, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """The same, in the calling thread. Raises Problem `query-timeout` when the time limit is reached."""
        values = self._values(statement, parameters)
        if not self.is_sqlite:
            return self._pooled_rows(statement.sql, values)
        if self._local is None:
            self._local = self._reader(_LARGE_CACHE)
        return self._local.rows(statement.sql, values)

    def _rows_of_a_reader(
        self, statement: CompiledStatement, parameters: Mapping[str, Any] | None
    ) -> Sequence[Row]:
        values = self._values(statement, parameters)
        try:
            reader = self._readers.pop()
        except IndexError:
            reader = self._reader(_SMALL_CACHE)
        try:
            return reader.rows(statement.sql, values)
        finally:
            self._readers.append(reader)

    async def batches(
        self, statement: CompiledStatement, parameters: Mapping[str, Any], size: int
    ) -> AsyncIterator[Sequence[Row]]:
        """All rows of one statement, some at a time, on a connection of its own: memory stays flat, and what is read is one
        state of the data from the first row to the last. The time limit holds for each batch, not for the whole. The first
        batch has been read when this returns, so that what fails fails before an answer begins.
        """
        values = self._values(statement, parameters)
        stream = await to_thread.run_sync(self._open_stream, statement.sql, values)
        try:
            first = await to_thread.run_sync(stream.next, size)
        except BaseException:
            with CancelScope(shield=True):
                await to_thread.run_sync(stream.close)
            raise
        return _batches(stream, first, size)

    def _open_stream(
        self, sql: str, values: Mapping[str, Any]
    ) -> "_SqliteStream | _PostgresStream":
        if self.is_sqlite:
            return _SqliteStream(self._reader(_SMALL_CACHE), sql, values)
        return _PostgresStream(self, sql, values)

    def _reader(self, cache: int) -> "_SqliteReader":
        """One more connection to the same build. A file of the same name may be another build by now: it is looked at before
        and after. Raises Replaced.
        """
        if current_build(self.url) == self.build:
            reader = _SqliteReader(self.engine, self.query_seconds, cache)
            if current_build(self.url) == self.build:
                return reader
            reader.close()
        raise BuildReplaced

    def connection(self) -> PoolProxiedConnection:
        """A pooled connection to a server. Raises Problem `not-ready` where there is none."""
        from psycopg import OperationalError

        try:
            return self.engine.raw_connection()
        except (OperationalError, DBAPIError) as error:
            raise Problem(
                NOT_READY, "The database does not answer.", headers={"Retry-After": "5"}
            ) from error

    def _values(
        self, statement: CompiledStatement, parameters: Mapping[str, Any] | None
    ) -> Mapping[str, Any]:
        if self.on_statement is not None:
            self.on_statement(statement.sql)
        return {**statement.fixed, **parameters} if parameters else statement.fixed

    def _pooled_rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[Row]:
        from psycopg import OperationalError
        from psycopg.errors import QueryCanceled, UndefinedTable

        connection = self.connection()
        try:
            cursor = connection.cursor()
            cursor.execute(sql, values)
            return cursor.fetchall()
        except QueryCanceled:
            raise query_timeout(self.query_seconds) from None
        except UndefinedTable:
            raise BuildReplaced from None
        except OperationalError as error:
            raise Problem(
                NOT_READY, "The database does not answer.", headers={"Retry-After": "5"}
            ) from error
        finally:
            connection.close()

    def require_schema(self, revision: str) -> None:
        """Raises OperatorError where the database was built for another version of the program."""
        rows = self.rows_now(CompiledStatement("SELECT version_num FROM alembic_version", {}))
        found = rows[0][0] if rows else "none"
        if found != revision:
            where = sqlite_path(self.url) or self.url.render_as_string()
            raise OperatorError(
                f"the database {where} has schema {found}, this version of On Record needs {revision}:"
                " run “onrecord build” to make it anew"
            )

    def close(self) -> None:
        if self._local is not None:
            self._local.close()
            self._local = None
        while self._readers:
            self._readers.pop().close()
        self.engine.dispose()


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _read(path: Path) -> None:
    block = bytearray(1 << 20)
    with suppress(OSError), path.open("rb", buffering=0) as file:
        while file.readinto(block):
            pass


class _SqliteReader:
    """One connection with its own clock: a statement that runs past its time is stopped."""

    def __init__(self, engine: Engine, query_seconds: float, cache: int) -> None:
        self._connection: PoolProxiedConnection = engine.raw_connection()
        self._connection.cursor().execute(f"PRAGMA cache_size=-{cache}")
        self._query_seconds = query_seconds
        self._deadline = 0.0
        driver: Any = self._connection.driver_connection
        driver.set_progress_handler(
            lambda: time.monotonic() > self._deadline, _SQLITE_STEPS_BETWEEN_CLOCK_READINGS
        )

    def start_clock(self) -> None:
        self._deadline = time.monotonic() + self._query_seconds

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[Row]:
        self.start_clock()
        try:
            rows: Sequence[Row] = self._connection.cursor().execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise query_timeout(self._query_seconds) from None
            raise
        return rows

    def open(self, sql: str, values: Mapping[str, Any]) -> Any:
        return self._connection.cursor().execute(sql, values)

    def some(self, cursor: Any, size: int) -> Sequence[Row]:
        self.start_clock()
        try:
            rows: Sequence[Row] = cursor.fetchmany(size)
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise query_timeout(self._query_seconds) from None
            raise
        return rows

    def close(self) -> None:
        self._connection.close()


class _SqliteStream:
    def __init__(self, reader: _SqliteReader, sql: str, values: Mapping[str, Any]) -> None:
        self._reader = reader
        self._reader.start_clock()
        self._cursor = reader.open(sql, values)

    def next(self, size: int) -> Sequence[Row]:
        return self._reader.some(self._cursor, size)

    def close(self) -> None:
        self._cursor.close()
        self._reader.close()


class _PostgresStream:
    """A cursor of the server's, in a transaction: the driver alone would fetch everything first."""

    def __init__(self, database: "Database", sql: str, values: Mapping[str, Any]) -> None:
        from psycopg.errors import UndefinedTable

        self._query_seconds = database.query_seconds
        self._connection = database.connection()
        self._cursor = self._connection.cursor()
        try:
            self._cursor.execute("BEGIN")
            self._cursor.execute(f"DECLARE everything NO SCROLL CURSOR FOR {sql}", values)
        except Exception as error:
            self.close()
            if isinstance(error, UndefinedTable):
                raise BuildReplaced from None
            raise

    def next(self, size: int) -> Sequence[Row]:
        from psycopg.errors import QueryCanceled

        try:
            self._cursor.execute(f"FETCH {int(size)} FROM everything")
        except QueryCanceled:
            raise query_timeout(self._query_seconds) from None
        return self._cursor.fetchall()

    def close(self) -> None:
        self._cursor.execute("ROLLBACK")
        self._connection.close()


async def _batches(
    stream: _SqliteStream | _PostgresStream, first: Sequence[Row], size: int
) -> AsyncIterator[Sequence[Row]]:
    batch = first
    try:
        while batch:
            yield batch
            batch = await to_thread.run_sync(stream.next, size)
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(stream.close)


def _turn() -> CapacityLimiter:
    """One limiter for each event loop, as it cannot be shared between two."""
    try:
        return _READING.get()
    except LookupError:
        _READING.set(CapacityLimiter(_SQLITE_READERS))
        return _READING.get()


def query_timeout(query_seconds: float) -> Problem:
    return Problem(
        TOO_SLOW,
        f"The query was stopped after {query_seconds:g} seconds; narrow it with a filter or a smaller limit.",
        headers={"Retry-After": "5"},
    )


def open_failure(error: Exception, url: URL) -> OperatorError:
    """Why a database cannot be read, in one line that says what to do."""
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if url.get_backend_name() != "sqlite":
        return OperatorError(
            f"{url.render_as_string()} cannot be read ({reason}): is the server up? If it is, run “onrecord build” first"
        )
    where = sqlite_path(url)
    return OperatorError(
        f"the database {where} cannot be read ({reason}): run “onrecord build” to make it anew"
    )
