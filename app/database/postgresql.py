"""Running statements on a PostgreSQL server. Imported only where the database is one."""

from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any, TypeVar, TypeVarTuple

import psycopg
from anyio import CapacityLimiter, fail_after, to_thread
from psycopg import errors
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import PoolProxiedConnection

from app.database.builds import newest_schema
from app.database.engine import create_export_engine, create_read_engine
from app.database.results import (
    BuildReplaced,
    Row,
    Values,
    database_unavailable,
    named_rows,
    query_timeout,
)
from app.errors import OperatorError

_CONNECTIONS = 10
_GRANTS = """
    SELECT current_user AS role,
        COALESCE(bool_and(has_schema_privilege(n.oid, 'USAGE')
            AND has_table_privilege(c.oid, 'SELECT')), true) AS may_read
    FROM pg_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'r'
    WHERE n.nspname = %(schema)s
"""
_NETWORK_SECONDS = 1.0
"""How much longer than the server's own time limit a client waits for its answer."""

_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")


class PostgresDriver:
    """Reads one schema. Every statement runs in a thread, and no request waits longer than the
    query time limit and _NETWORK_SECONDS, whatever the server and the network do.
    """

    def __init__(self, url: URL, query_timeout: float, schema: str) -> None:
        self._query_timeout = query_timeout
        self._schema = schema
        self.engine = create_read_engine(
            url, query_timeout=query_timeout, schema=schema, pool_size=_CONNECTIONS
        )
        self.export_engine = create_export_engine(url, query_timeout=query_timeout, schema=schema)
        self._limiter = CapacityLimiter(_CONNECTIONS)

    async def fetch_all(self, sql: str, values: Values, *, is_slow: bool) -> Sequence[Row]:  # noqa: ARG002
        return await self.run(self.fetch_all_sync, sql, values, limiter=self._limiter)

    async def run(
        self,
        function: Callable[[*_Arguments], _Result],
        *arguments: *_Arguments,
        limiter: CapacityLimiter | None = None,
    ) -> _Result:
        """Call a blocking function in a thread that is abandoned at the deadline."""
        try:
            with fail_after(self._query_timeout + _NETWORK_SECONDS):
                return await to_thread.run_sync(
                    function, *arguments, abandon_on_cancel=True, limiter=limiter
                )
        except TimeoutError:
            raise database_unavailable() from None

    def fetch_all_sync(self, sql: str, values: Values) -> Sequence[Row]:
        connection = connect(self.engine)
        try:
            cursor = connection.cursor()
            cursor.execute(sql, values)
            return named_rows(cursor.description, cursor.fetchall())
        except psycopg.Error as error:
            if isinstance(error, psycopg.OperationalError):
                connection.invalidate()
            raise self.problem(error) from error
        finally:
            connection.close()

    def problem(self, error: psycopg.Error) -> Exception:
        if isinstance(error, errors.QueryCanceled):
            return query_timeout(self._query_timeout)
        if isinstance(error, errors.UndefinedTable):
            return BuildReplaced()
        return database_unavailable() if isinstance(error, psycopg.OperationalError) else error

    async def current_build(self) -> Hashable:
        return await self.run(newest_schema, self.engine)

    def require_grants(self) -> None:
        """Raises OperatorError where the role may not read the schema."""
        row = self.fetch_all_sync(_GRANTS, {"schema": self._schema})[0]
        if not row.may_read:
            raise OperatorError(
                f"the role “{row.role}” may not read the schema {self._schema}: GRANT USAGE ON"
                f" SCHEMA {self._schema} TO {row.role}; GRANT SELECT ON ALL TABLES IN SCHEMA"
                f" {self._schema} TO {row.role}; or name the role in ONRECORD_READER_ROLE when"
                " building"
            )

    def cursor(self) -> "PostgresCursor":
        return PostgresCursor(self)

    def close(self) -> None:
        self.engine.dispose()
        self.export_engine.dispose()


def connect(engine: Engine) -> PoolProxiedConnection:
    """A connection from the engine's pool. Raises Problem `not-ready` where there is none."""
    try:
        return engine.raw_connection()
    except (psycopg.OperationalError, DBAPIError, PoolTimeoutError) as error:
        raise database_unavailable() from error


class PostgresCursor:
    """A server-side cursor in a transaction; the driver alone would fetch all rows at once.

    A thread that was abandoned at the deadline closes the connection itself when it ends.
    """

    def __init__(self, driver: PostgresDriver) -> None:
        self._driver = driver
        self._connection: PoolProxiedConnection | None = None
        self._cursor: Any = None
        self._lock = Lock()
        self._is_closed = False

    async def open(self, sql: str, values: Values) -> None:
        await self._driver.run(self._run, self._open, sql, values)

    async def fetch(self, size: int) -> Sequence[Row]:
        return await self._driver.run(self._run, self._fetch, size)

    async def close(self) -> None:
        self._is_closed = True
        if self._lock.acquire(blocking=False):
            try:
                self._disconnect()
            finally:
                self._lock.release()

    def _run(
        self,
        function: Callable[[*_Arguments], _Result],
        *arguments: *_Arguments,
    ) -> _Result:
        with self._lock:
            try:
                return function(*arguments)
            except psycopg.Error as error:
                raise self._driver.problem(error) from error
            finally:
                if self._is_closed:
                    self._disconnect()

    def _open(self, sql: str, values: Values) -> None:
        self._connection = connect(self._driver.export_engine)
        self._cursor = self._connection.cursor()
        self._cursor.execute("BEGIN")
        self._cursor.execute(f"DECLARE export NO SCROLL CURSOR FOR {sql}", values)

    def _fetch(self, size: int) -> Sequence[Row]:
        if self._cursor is None:
            return []
        self._cursor.execute(f"FETCH {int(size)} FROM export")
        return named_rows(self._cursor.description, self._cursor.fetchall())

    def _disconnect(self) -> None:
        """Close the connection; that ends its transaction without waiting for the server."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        self._connection = self._cursor = None
