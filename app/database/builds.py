"""Which builds a database holds, and which of them is current.

Each build creates a PostgreSQL schema `onrecord_N`, N counting up; the newest is current. The one
before stays until the next build, so that its readers finish on one state of the data.
"""

import os
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from threading import Thread

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from app.database.engine import create_write_engine, sqlite_path

POSTGRES_SCHEMA = "onrecord"
_SCHEMAS = (
    "SELECT nspname FROM pg_namespace WHERE nspname ~ '^onrecord_[0-9]+$'"
    " ORDER BY length(nspname) DESC, nspname DESC"
)
_MAX_SHARE_OF_MEMORY = 0.5
"""Reading ahead a file larger than this share would evict what other processes cache."""


def list_schemas(engine: Engine) -> list[str]:
    """The schemas of all builds that a PostgreSQL database holds, newest first."""
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(_SCHEMAS).scalars())


def newest_schema(engine: Engine) -> str | None:
    return next(iter(list_schemas(engine)), None)


def current_schema(url: URL) -> str:
    """The newest PostgreSQL schema; where there is none, a name that no schema has."""
    engine = create_write_engine(url)
    try:
        return newest_schema(engine) or f"{POSTGRES_SCHEMA}_none"
    finally:
        engine.dispose()


def current_build(url: URL) -> Hashable:
    """A value that differs between builds: of a SQLite file its inode, time and size, of
    PostgreSQL the schema. `None`: there is no file.
    """
    path = sqlite_path(url)
    if path is None:
        return current_schema(url)
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def read_ahead(path: Path, *, memory: int | None = None) -> Thread | None:
    """Read a file in the background, so that the system caches it; `None` where it is too large.

    Short reads run on the event loop, where one that waits for the disk would delay every request.
    `memory` is the machine's, in bytes, unless it is stated.
    """
    if memory is None:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if path.stat().st_size >= _MAX_SHARE_OF_MEMORY * memory:
        return None
    thread = Thread(target=_read, args=(path,), name="read ahead", daemon=True)
    thread.start()
    return thread


def _read(path: Path) -> None:
    block = bytearray(1 << 20)
    with suppress(OSError), path.open("rb", buffering=0) as file:
        while file.readinto(block):
            pass
