"""Which builds a database holds, and which of them is current.

A build makes a PostgreSQL schema `onrecord_N` of its own, N counting up; the newest is served. The
one before stays until the next build, so that readers of it read one state of the data to the end.
"""

from collections.abc import Hashable

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from app.database.engine import create_write_engine, sqlite_path

POSTGRES_SCHEMA = "onrecord"
_NEWEST_SCHEMA = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^onrecord_[0-9]+$' ORDER BY length(nspname) DESC, nspname DESC"


def list_schemas(engine: Engine) -> list[str]:
    """The schemas of all builds that a PostgreSQL database holds, newest first."""
    with engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql(_NEWEST_SCHEMA)]


def current_schema(url: URL) -> str:
    """The PostgreSQL schema that is served; where there is none, a name that no schema has."""
    engine = create_write_engine(url)
    try:
        return next(iter(list_schemas(engine)), f"{POSTGRES_SCHEMA}_none")
    finally:
        engine.dispose()


def current_build(url: URL) -> Hashable:
    """What tells the newest build of a database from others: of SQLite the file, of PostgreSQL the schema."""
    path = sqlite_path(url)
    if path is None:
        return current_schema(url)
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
