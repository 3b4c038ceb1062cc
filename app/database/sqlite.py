"""Running statements on a SQLite file."""

import sqlite3
import time
from collections.abc import Hashable, Sequence
from typing import Any

from anyio import CapacityLimiter, fail_after, to_thread
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from app.database.builds import current_build
from app.database.engine import create_read_engine
from app.database.results import (
    BuildReplaced,
    Row,
    Values,
    database_unavailable,
    named_rows,
    query_timeout,
)

_STEPS_BETWEEN_CLOCK_READINGS = 10_000
_SLOW_READERS = 4
"""Connections for slow queries; further ones wait, at most _MAX_WAITING and at most as long as a
query may take.
"""
_MAX_WAITING = 100
_LARGE_CACHE, _SMALL_CACHE = 65_536, 16_384
"""SQLite's page cache in KiB: of the connection for short reads, and of each other one."""
_UNREADABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)


class SqliteDriver:
    """Reads one build.

    A short read (bounded by a limit or by a key) takes less time than handing it to a thread, so
    it runs on the event loop. Slow ones run in threads, each on a separate connection.
    """

    def __init__(self, url: URL, query_timeout: float, build: object) -> None:
        self._url = url
        self._build = build
        self._query_timeout = query_timeout
        self.engine = create_read_engine(url, query_timeout=query_timeout)
        self._short: SqliteConnection | None = None
        self._idle: list[SqliteConnection] = []
        self._slow = CapacityLimiter(_SLOW_READERS)
        self._is_closed = False

    async def fetch_all(self, sql: str, values: Values, *, is_slow: bool) -> Sequence[Row]:
        if not is_slow:
            return self.fetch_all_sync(sql, values)
        if self._slow.statistics().tasks_waiting >= _MAX_WAITING:
            raise query_timeout(self._query_timeout)
        try:
            with fail_after(self._query_timeout):
                await self._slow.acquire()
        except TimeoutError:
            raise query_timeout(self._query_timeout) from None
        try:
            return await to_thread.run_sync(self._fetch_slow, sql, values)
        finally:
            self._slow.release()

    def fetch_all_sync(self, sql: str, values: Values) -> Sequence[Row]:
        if self._short is None:
            self._short = self.connect(_LARGE_CACHE)
        return self._short.fetch_all(sql, values)

    def _fetch_slow(self, sql: str, values: Values) -> Sequence[Row]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self.connect(_SMALL_CACHE)
        try:
            return connection.fetch_all(sql, values)
        finally:
            if self._is_closed:
                connection.close()
            else:
                self._idle.append(connection)

    def cursor(self) -> "SqliteCursor":
        return SqliteCursor(self)

    async def current_build(self) -> Hashable:
        return current_build(self._url)

    def require_grants(self) -> None:
        """Reading a file needs none."""

    def connect(self, cache: int = _SMALL_CACHE) -> "SqliteConnection":
        """Open one more connection to the same build.

        The file of that name may be another build by now, so it is compared before and after.
        Raises BuildReplaced.
        """
        if current_build(self._url) == self._build:
            connection = SqliteConnection(self.engine, self._query_timeout, cache)
            if current_build(self._url) == self._build:
                return connection
            connection.close()
        raise BuildReplaced

    def close(self) -> None:
        self._is_closed = True
        if self._short is not None:
            self._short.close()
            self._short = None
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()


class SqliteConnection:
    """One connection whose progress handler stops a statement at its time limit."""

    def __init__(self, engine: Engine, query_timeout: float, cache: int) -> None:
        self._connection = engine.raw_connection()
        self._query_timeout = query_timeout
        self._deadline = 0.0
        self._connection.cursor().execute(f"PRAGMA cache_size=-{cache}")
        driver: Any = self._connection.driver_connection
        driver.set_progress_handler(self._is_late, _STEPS_BETWEEN_CLOCK_READINGS)

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    def execute(self, sql: str, values: Values) -> Any:
        """The driver's cursor, open at the first row."""
        self._deadline = time.monotonic() + self._query_timeout
        try:
            return self._connection.cursor().execute(sql, values)
        except sqlite3.DatabaseError as error:
            raise self._problem(error) from error

    def fetch_all(self, sql: str, values: Values) -> Sequence[Row]:
        cursor = self.execute(sql, values)
        try:
            return named_rows(cursor.description, cursor.fetchall())
        except sqlite3.DatabaseError as error:
            raise self._problem(error) from error

    def fetch_some(self, cursor: Any, size: int) -> Sequence[Row]:
        self._deadline = time.monotonic() + self._query_timeout
        try:
            return named_rows(cursor.description, cursor.fetchmany(size))
        except sqlite3.DatabaseError as error:
            raise self._problem(error) from error

    def _problem(self, error: sqlite3.DatabaseError) -> Exception:
        code = error.sqlite_errorcode & 0xFF  # the primary result code of an extended one
        if code == sqlite3.SQLITE_INTERRUPT:
            return query_timeout(self._query_timeout)
        return database_unavailable() if code in _UNREADABLE else error

    def close(self) -> None:
        self._connection.close()


class SqliteCursor:
    """One statement on a separate connection."""

    def __init__(self, driver: SqliteDriver) -> None:
        self._driver = driver
        self._connection: SqliteConnection | None = None
        self._cursor: Any = None

    async def open(self, sql: str, values: Values) -> None:
        await to_thread.run_sync(self._open, sql, values)

    def _open(self, sql: str, values: Values) -> None:
        self._connection = self._driver.connect()
        self._cursor = self._connection.execute(sql, values)

    async def fetch(self, size: int) -> Sequence[Row]:
        if self._connection is None:
            return []
        return await to_thread.run_sync(self._connection.fetch_some, self._cursor, size)

    async def close(self) -> None:
        connection, cursor = self._connection, self._cursor
        self._connection = self._cursor = None
        if cursor is not None:
            cursor.close()
        if connection is not None:
            connection.close()
