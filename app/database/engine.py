"""Database URLs, and the engines that read or write one."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from app.errors import OperatorError


def parse_url(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise OperatorError(
            f"“{url}” is not a database URL;"
            " write sqlite:///path or postgresql+psycopg://user@host/name"
        ) from None


def sqlite_path(url: URL) -> Path | None:
    """The database file; `None` where the database is not a file."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise OperatorError("On Record needs a database file: write sqlite:///path/to/file.db")
    return Path(url.database)


def create_write_engine(url: URL, *, schema: str = "public") -> Engine:
    """An engine for builds and migrations. It enforces foreign keys, also on SQLite."""
    path = sqlite_path(url)
    if path is None:
        return _create(
            url, poolclass=NullPool, connect_args={"options": f"-c search_path={schema}"}
        )
    engine = _create(url, poolclass=NullPool, paramstyle="named")

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # The file is new and not read until it is renamed into place: a crash loses nothing that
        # was served, and the build syncs the finished file itself.
        for pragma in (
            "foreign_keys=ON",
            "journal_mode=OFF",
            "synchronous=OFF",
            "cache_size=-262144",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def create_read_engine(
    url: URL, *, query_timeout: float, schema: str = "", pool_size: int = 1
) -> Engine:
    """An engine on which no statement can write. `schema` and `pool_size` are PostgreSQL's."""
    path = sqlite_path(url)
    if path is None:
        return _create(
            url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=query_timeout,
            pool_pre_ping=True,
            pool_recycle=1800,
            pool_reset_on_return=None,
            connect_args=_read_arguments(query_timeout, schema),
        )
    if not path.is_file():
        raise OperatorError(f"there is no database at {path}: run “onrecord build” first")
    readonly = URL.create(
        "sqlite", database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"}
    )
    engine = _create(
        readonly, paramstyle="named", poolclass=NullPool, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # For a reader, exclusive locking keeps the shared lock instead of taking it, and checking
        # whether the file has changed, for each statement: six system calls. The file does not
        # change; a build puts another in its place.
        for pragma in ("query_only=ON", "foreign_keys=ON", "locking_mode=EXCLUSIVE"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def create_export_engine(url: URL, *, query_timeout: float, schema: str) -> Engine:
    """A PostgreSQL engine whose connections are opened for one export each and then closed."""
    return _create(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args=_read_arguments(query_timeout, schema),
    )


def _read_arguments(query_timeout: float, schema: str) -> dict[str, Any]:
    """What psycopg hands to libpq: the server's time limit, and when a dead network is noticed."""
    milliseconds = int(query_timeout * 1000)
    return {
        "options": f"-c search_path={schema} -c default_transaction_read_only=on"
        f" -c statement_timeout={milliseconds}",
        "connect_timeout": 2,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": milliseconds + 5_000,
    }


def _create(url: URL, **options: Any) -> Engine:
    try:
        return create_engine(url, **options)
    except ModuleNotFoundError as error:
        raise OperatorError(
            f"the driver for {url.get_backend_name()} is not installed ({error.name}):"
            " pip install 'onrecord[postgres]'"
        ) from None
    except (NoSuchModuleError, ArgumentError) as error:
        raise OperatorError(f"{url.render_as_string()}: {error}") from None
