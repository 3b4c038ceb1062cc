"""Seeds → a new database that replaces the old one in one step.

SQLite: the build writes a file beside the database. When it is complete and synced, it is renamed
over the old one, which the operating system does wholly or not at all. PostgreSQL: the build fills
a schema beside the current one and renames it in one transaction. After a crash there is the old
database or the new one.

No clock time enters: the same seeds give the same dataset version and, on SQLite, the same bytes.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Protocol

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, insert, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app import __version__
from app.curation import checks, lock_entries
from app.curation.files import SeedError, SeedTree
from app.curation.history import HistoryUnreadable, ServedHistory, copy_past, end_rows, read_history
from app.curation.load import LoadResult, load
from app.curation.quotes import Texts
from app.curation.records import Records, make_records
from app.curation.seeds import read_seeds
from app.database.builds import POSTGRES_SCHEMA, current_schema, list_schemas
from app.database.engine import create_write_engine, parse_url, sqlite_path
from app.errors import OperatorError
from app.formats.prebuilt import PREBUILT_FORMATS, build_parts
from app.models import SCHEMA_REVISION, PrebuiltPart
from app.query.facets import read_facets, select_facets
from app.query.results import Facets, StoredRecord
from app.query.select import everything
from app.query.tokenizer import first_places
from app.resources import RESOURCES, Resource
from app.resources.declarations import table_of
from app.settings import ROOT

BUILDING_SCHEMA = f"{POSTGRES_SCHEMA}_building"


class Progress(Protocol):
    """Receives the progress of a build."""

    def stage(self, name: str, total: int | None = None) -> None:
        """A stage begins. It has `total` steps; `None`: the number is not known."""

    def step(self) -> None:
        """A step is done."""

    def report(self, message: str) -> None:
        """A warning for the operator."""


class Silent:
    def stage(self, name: str, total: int | None = None) -> None: ...

    def step(self) -> None: ...

    def report(self, message: str) -> None: ...


@dataclass(frozen=True)
class BuildInput:
    """What a database is filled with: records, the hash of what they were made from, and the time
    of their recording. A time that was not stated is dropped where it cannot be right.
    """

    records: Records
    built_from: str
    recorded_at: datetime | None
    is_time_stated: bool = True


@dataclass(frozen=True)
class BuildOptions:
    """`forget_history` sets the previous database aside instead of taking over its history.
    `reader_role` is a PostgreSQL role that may read the new schema, besides those that may read the
    previous one.
    """

    forget_history: bool = False
    reader_role: str | None = None


@dataclass(frozen=True)
class BuildResult:
    """`changed` is false where the database already was what these seeds give."""

    version: str
    counts: dict[str, int]
    changed: bool


def build(
    tree: SeedTree,
    texts: Callable[[], Texts],
    database_url: str,
    *,
    force: bool = False,
    recorded_at: datetime | None = None,
    is_time_stated: bool = True,
    options: BuildOptions = BuildOptions(),
    progress: Progress | None = None,
) -> BuildResult:
    """Check, verify and build.

    Raises SeedError with all findings, and leaves the database as it is then. It also leaves it,
    unless `force`, where it was built from just these files. `recorded_at`, in UTC, is published as
    the time of this dataset; `None`: it is not known. A time before that of the previous dataset is
    refused where `is_time_stated`; else the time is not recorded.
    """
    progress = progress or Silent()
    url = parse_url(database_url)
    if not tree.root.is_dir():
        raise OperatorError(
            f"{tree.root} is not a folder: name the folder of the seeds with --seed"
        )
    try:
        built_from = _fingerprint(tree)
    except OSError as error:
        raise OperatorError(
            f"the seed file {error.filename} cannot be read: {error.strerror}"
        ) from None
    if (
        not force
        and not options.forget_history
        and (present := _present(url)) is not None
        and present[0] == built_from
    ):
        return BuildResult(present[1], present[2], changed=False)
    records = checked_records(tree, texts(), progress)
    loaded = build_records(
        records,
        url,
        built_from,
        progress,
        recorded_at=recorded_at,
        is_time_stated=is_time_stated,
        options=options,
    )
    return BuildResult(loaded.version, loaded.counts, changed=True)


def build_records(
    records: Records,
    url: URL,
    built_from: str,
    progress: Progress,
    *,
    recorded_at: datetime | None = None,
    is_time_stated: bool = True,
    options: BuildOptions = BuildOptions(),
) -> LoadResult:
    """Replace the database by one of these records. Raises OperatorError."""
    build_input = BuildInput(records, built_from, recorded_at, is_time_stated)
    path = sqlite_path(url)
    if path is None:
        return _build_postgres(url, build_input, progress, options)
    return _build_sqlite(path, build_input, progress, options)


@dataclass(frozen=True)
class SeedSnapshot:
    """The seeds at a point in time, and when they were recorded; None: unknown."""

    tree: SeedTree
    recorded_at: datetime | None


def rebuild(
    snapshots: Sequence[SeedSnapshot],
    texts: Callable[[SeedTree], Texts],
    database_url: str,
    *,
    options: BuildOptions = BuildOptions(),
    progress: Progress | None = None,
) -> LoadResult:
    """Make the whole history anew, one snapshot after another, and replace the database by it.

    The history of that database is not read. Raises SeedError with the findings of the first
    snapshot that has any, and then leaves the database as it was.
    """
    if not snapshots:
        raise OperatorError("there is no snapshot to build from")
    progress = progress or Silent()
    url = parse_url(database_url)
    path = sqlite_path(url)
    build_inputs = (
        _read_snapshot(snapshot, texts(snapshot.tree), progress) for snapshot in snapshots
    )
    return (
        _rebuild_postgres(url, build_inputs, progress, options)
        if path is None
        else _rebuild_sqlite(path, build_inputs, progress)
    )


def _read_snapshot(snapshot: SeedSnapshot, texts: Texts, progress: Progress) -> BuildInput:
    progress.report(f"from {snapshot.tree.root.name}")
    records = checked_records(snapshot.tree, texts, progress)
    return BuildInput(records, _fingerprint(snapshot.tree), snapshot.recorded_at)


def checked_records(tree: SeedTree, texts: Texts, progress: Progress) -> Records:
    """The records of a seed tree without a single finding."""
    progress.stage("read")
    seeds, findings = read_seeds(tree, texts)
    if not seeds.articles and not findings:
        raise OperatorError(
            f"{tree.root} has no article: name the folder that holds articles/ with --seed"
        )
    progress.stage("check")
    findings += checks.run(seeds)
    progress.stage("verify")
    findings += lock_entries.verify(seeds, texts)
    if findings:
        raise SeedError(findings)
    progress.stage("make records")
    return make_records(seeds)


def _fingerprint(tree: SeedTree) -> str:
    """The hash of all that a database is made from: the seeds, and the program's own files."""
    digest = hashlib.sha256(f"{tree.sha256()} {__version__} {SCHEMA_REVISION}".encode())
    for folder in ("curation", "resources", "query", "formats"):
        for path in sorted((ROOT / "app" / folder).glob("*.*")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _present(url: URL) -> tuple[str, str, dict[str, int]] | None:
    """The `built_from`, version and counts of the current database; `None`: none can be read."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return None
    engine = None
    try:
        engine = (
            create_write_engine(url)
            if path is not None
            else create_write_engine(url, schema=current_schema(url))
        )
        with engine.connect() as connection:
            row = connection.execute(
                text(
                    "SELECT built_from, version, counts FROM dataset ORDER BY ordinal DESC LIMIT 1"
                )
            ).one_or_none()
            return None if row is None else (row[0], row[1], json.loads(row[2]))
    except (SQLAlchemyError, sqlite3.Error):
        return None
    finally:
        if engine is not None:
            engine.dispose()


def fill(
    connection: Connection,
    build_input: BuildInput,
    progress: Progress,
    *,
    before: str | None = None,
) -> LoadResult:
    """Migrate an empty database, load it, index it. `before` is the schema whose history it
    continues; `None`: it starts one. Raises HistoryUnreadable.
    """
    progress.stage("migrate")
    migrate(connection)
    history = ServedHistory() if before is None else read_history(connection, before)
    if before is not None and history.ordinal:
        copy_past(connection, before)
    recorded_at = _recorded_at(history, build_input, progress)
    progress.stage("load", len(build_input.records))
    loaded = load(
        connection,
        build_input.records,
        build_input.records.vocabulary,
        built_from=build_input.built_from,
        recorded_at=recorded_at,
        served_history=history,
        withdrawal_notices=build_input.records.withdrawal_notices,
        texts=build_input.records.texts,
        on_record=progress.step,
    )
    if loaded.unexplained:
        progress.report(
            f"{loaded.unexplained} record{'s are' if loaded.unexplained > 1 else ' is'} withdrawn"
            " without a reason: give it under corrections: (change: withdrawn, or renamed)"
        )
    if before is not None and history.ordinal:
        progress.stage("compare")
        end_rows(connection, before, loaded.ordinal, is_new=loaded.changed)
    progress.stage("make ready")
    _make_ready(connection)
    progress.stage("index")
    if connection.dialect.name == "sqlite":
        _index(connection)
    progress.stage("count")
    counted = {
        resource_type: _facets_of_all(connection, resource)
        for resource_type, resource in RESOURCES.items()
    }
    connection.execute(
        text("UPDATE dataset SET facets = :facets WHERE version = :version"),
        {"facets": json.dumps(counted), "version": loaded.version},
    )
    return loaded


def _recorded_at(
    history: ServedHistory, build_input: BuildInput, progress: Progress
) -> datetime | None:
    """The time of the new dataset: not before that of the last one. Raises OperatorError."""
    if (
        build_input.recorded_at is None
        or history.recorded_at is None
        or build_input.recorded_at >= history.recorded_at
    ):
        return build_input.recorded_at
    order = (
        f"{build_input.recorded_at.isoformat()} lies before {history.recorded_at.isoformat()},"
        " when the newest dataset was recorded"
    )
    if build_input.is_time_stated:
        raise OperatorError(f"{order}: say with --at when this one is")
    progress.report(f"{order}; this one is recorded without a time")
    return None


def _make_ready(connection: Connection) -> None:
    """Whole lists, in the formats that have records alone."""
    for resource in RESOURCES.values():
        statement = everything(resource, (), ()).execution_options(yield_per=500)
        for format_name in PREBUILT_FORMATS:
            rows = connection.execute(statement)
            records = (StoredRecord(row.id, row.body) for row in rows)
            values = {"resource_type": resource.type, "format": format_name}
            for number, part in enumerate(build_parts(records, resource, format_name)):
                connection.execute(
                    insert(table_of(PrebuiltPart)), {**values, "number": number, **part._asdict()}
                )


def _index(connection: Connection) -> None:
    """The present in the order of lists, the past by its keys: see query/search.py."""
    connection.exec_driver_sql(
        "INSERT INTO search_index_place (place, key, length)"  # noqa: S608 - our own names
        f" SELECT {first_places()}"
        " + row_number() OVER (PARTITION BY resource_type ORDER BY record_id),"
        " key, length FROM search_document"
    )
    connection.exec_driver_sql(
        "INSERT INTO search_index (rowid, name, text) SELECT p.place, d.name_tokens, d.text_tokens"
        " FROM search_index_place AS p JOIN search_document AS d ON d.key = p.key ORDER BY p.place"
    )
    connection.exec_driver_sql(
        "INSERT INTO past_search_index (rowid, name, text)"
        " SELECT key, name_tokens, text_tokens FROM past_search_document GROUP BY key"
    )
    for index in ("search_index", "past_search_index"):
        optimize = f"INSERT INTO {index}({index}) VALUES ('optimize')"  # noqa: S608 - the same
        connection.exec_driver_sql(optimize)


def _facets_of_all(connection: Connection, resource: Resource) -> Facets:
    """The facets over all records of a resource type, which lists without filters return."""
    rows = connection.execute(select_facets(resource, (), resource.facets)).all()
    return read_facets(resource.facets, rows)


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the schema of a connection to a revision, up or down."""
    config = _alembic_config(connection)
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def check_migrations(connection: Connection) -> None:
    """Raises alembic's CommandError where the newest revision differs from the models."""
    command.check(_alembic_config(connection))


def _alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


# SQLite -------------------------------------------------------------------------------------------


def building_path(path: Path) -> Path:
    """Where the new file grows: in the same folder, so that renaming it does not copy."""
    return path.with_name(f"{path.name}.building")


def _build_sqlite(
    path: Path, build_input: BuildInput, progress: Progress, options: BuildOptions
) -> LoadResult:
    path = path.resolve()  # a link is followed, not replaced
    previous = path if path.exists() and path.stat().st_size else None
    with _replacing(path, progress) as new:
        if previous is None or not options.forget_history:
            return _fill_file(new, previous, build_input, progress)
        loaded = _fill_file(new, None, build_input, progress)
        aside = _unused_name(path)
        os.link(path, aside)  # the old file stays in its place until the new one replaces it
        progress.report(f"the history starts anew; the previous database is {aside}")
        return loaded


def _unused_name(path: Path) -> Path:
    """A name beside the database for the one that is set aside."""
    names = (path.with_name(f"{path.name}.forgotten-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _rebuild_sqlite(
    path: Path, build_inputs: Iterable[BuildInput], progress: Progress
) -> LoadResult:
    path = path.resolve()
    previous = path.with_name(f"{path.name}.so-far")
    with _replacing(path, progress) as new:
        previous.unlink(missing_ok=True)
        try:
            for build_input in build_inputs:
                if new.exists():
                    new.replace(previous)
                loaded = _fill_file(
                    new, previous if previous.exists() else None, build_input, progress
                )
        finally:
            previous.unlink(missing_ok=True)
        return loaded


@contextmanager
def _replacing(path: Path, progress: Progress) -> Iterator[Path]:
    """Where the new file grows; it takes the place of the old one when it is done."""
    new = building_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _only_builder(path.parent):
            new.unlink(missing_ok=True)  # what a build that was killed left behind
            try:
                yield new
                progress.stage("replace")
                _sync(new)
                new.replace(path)
                _sync(path.parent)
            finally:
                with suppress(OSError):
                    new.unlink(missing_ok=True)
    except (OSError, SQLAlchemyError) as error:
        reason = (
            getattr(error, "strerror", None)
            or str(getattr(error, "orig", None) or error).splitlines()[0]
        )
        raise OperatorError(f"the database {path} cannot be written: {reason}") from None


def _fill_file(
    new: Path, previous: Path | None, build_input: BuildInput, progress: Progress
) -> LoadResult:
    """Fill a new file. It continues the history of the previous one."""
    engine = create_write_engine(URL.create("sqlite", database=str(new)))
    try:
        with engine.connect() as connection:
            # Attached outside the transaction, as SQLite wants it.
            before = None if previous is None else _attach(connection, previous)
            with connection.begin():
                loaded = fill(connection, build_input, progress, before=before)
        progress.stage("analyse")
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
            _must_be_whole(connection)
    except HistoryUnreadable as error:
        raise _history_lost(f"the previous database {previous}", str(error)) from None
    except SQLAlchemyError as error:
        # The new file is read from memory and just written: what is malformed is the old one.
        if previous is not None and _is_malformed(error):
            raise _history_lost(
                f"the previous database {previous}",
                f"it is damaged ({error.__cause__}; “sqlite3 {previous} .recover” may save it)",
            ) from None
        raise
    finally:
        engine.dispose()
    return loaded


def _is_malformed(error: SQLAlchemyError) -> bool:
    cause = error.__cause__
    return isinstance(cause, sqlite3.DatabaseError) and cause.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


def _history_lost(previous: str, reason: str) -> OperatorError:
    """No build throws away a history by itself."""
    return OperatorError(
        f"the history of {previous} cannot be read: {reason}. Nothing was changed. Put back a copy"
        " of it, make it anew with “onrecord rebuild”, or start a new history with “onrecord build"
        " --forget-history”, which sets the old one aside"
    )


def _attach(connection: Connection, path: Path) -> str:
    """The schema name of the previous database, attached for reading beside the new one."""
    connection.exec_driver_sql("ATTACH DATABASE ? AS before", (str(path),))
    connection.exec_driver_sql("SELECT count(*) FROM before.sqlite_master").all()
    connection.rollback()
    return "before"


def _must_be_whole(connection: Connection) -> None:
    """Nothing is renamed into place that SQLite itself finds fault with."""
    dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
    verdict = connection.execute(text("PRAGMA quick_check")).scalar_one()
    if dangling or verdict != "ok":
        raise OperatorError(
            f"the new database is malformed ({dangling[:1] or verdict});"
            " the old one was left as it is"
        )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _only_builder(folder: Path) -> Iterator[None]:
    """Lock the folder, so that one build runs at a time; a lock ends with its process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError(
                f"another build is at work in {folder}: wait until it has ended"
            ) from None
        yield
    finally:
        os.close(descriptor)


# PostgreSQL ---------------------------------------------------------------------------------------


def _build_postgres(
    url: URL, build_input: BuildInput, progress: Progress, options: BuildOptions
) -> LoadResult:
    with _write_engine(url) as engine:
        older = list_schemas(engine)
        previous = None if options.forget_history else next(iter(older), None)
        try:
            loaded = _fill_schema(engine, build_input, progress, previous_schema=previous)
        except HistoryUnreadable as error:
            raise _history_lost(f"the previous schema {previous}", str(error)) from None
        _publish(engine, BUILDING_SCHEMA, older, progress, options)
        return loaded


def _rebuild_postgres(
    url: URL, build_inputs: Iterable[BuildInput], progress: Progress, options: BuildOptions
) -> LoadResult:
    previous_schema: str | None = None
    with _write_engine(url) as engine:
        for build_input in build_inputs:
            loaded = _fill_schema(engine, build_input, progress, previous_schema=previous_schema)
            previous_schema = f"{BUILDING_SCHEMA}_so_far"
            with engine.begin() as connection:
                connection.execute(text(f"DROP SCHEMA IF EXISTS {previous_schema} CASCADE"))
                connection.execute(
                    text(f"ALTER SCHEMA {BUILDING_SCHEMA} RENAME TO {previous_schema}")
                )
        if previous_schema is not None:
            _publish(engine, previous_schema, list_schemas(engine), progress, options)
        return loaded


@contextmanager
def _write_engine(url: URL) -> Iterator[Engine]:
    engine = create_write_engine(url, schema=BUILDING_SCHEMA)
    try:
        with _advisory_lock(engine):
            yield engine
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise OperatorError(f"{url.render_as_string()} cannot be written: {reason}") from None
    finally:
        engine.dispose()


def _fill_schema(
    engine: Engine, build_input: BuildInput, progress: Progress, *, previous_schema: str | None
) -> LoadResult:
    """Fill a new schema; `previous_schema` holds the history that it continues, if any."""
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {BUILDING_SCHEMA} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {BUILDING_SCHEMA}"))
        loaded = fill(connection, build_input, progress, before=previous_schema)
    progress.stage("analyse")
    with engine.begin() as connection:
        for table in inspect(connection).get_table_names(schema=BUILDING_SCHEMA):
            connection.execute(text(f'ANALYZE {BUILDING_SCHEMA}."{table}"'))
    return loaded


def _publish(
    engine: Engine,
    schema: str,
    older: Sequence[str],
    progress: Progress,
    options: BuildOptions,
) -> None:
    """Make a schema the newest. The previous one stays for its readers until the next build."""
    progress.stage("replace")
    number = int(older[0].rpartition("_")[2]) + 1 if older else 1
    with engine.begin() as connection:
        readers = set() if options.reader_role is None else {options.reader_role}
        if older:
            readers |= _readers_of(connection, older[0])
        for reader in sorted(readers):
            role = connection.dialect.identifier_preparer.quote(reader)
            connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {role}"))
            connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}"))
        connection.execute(text(f"ALTER SCHEMA {schema} RENAME TO {POSTGRES_SCHEMA}_{number}"))
        if older and options.forget_history:
            aside = f"{POSTGRES_SCHEMA}_forgotten_{number - 1}"
            connection.execute(text(f"ALTER SCHEMA {older[0]} RENAME TO {aside}"))
            progress.report(f"the history starts anew; the previous schema is {aside}")
    for schema_before in older[1:]:
        _drop(engine, schema_before)


def _readers_of(connection: Connection, schema: str) -> set[str]:
    """The roles, besides its owner, that may read a schema."""
    granted = text(
        "SELECT DISTINCT r.rolname FROM pg_namespace AS n, aclexplode(n.nspacl) AS acl"
        " JOIN pg_roles AS r ON r.oid = acl.grantee"
        " WHERE n.nspname = :schema AND acl.privilege_type = 'USAGE' AND r.oid <> n.nspowner"
    )
    return set(connection.execute(granted, {"schema": schema}).scalars())


def _drop(engine: Engine, schema: str) -> None:
    """Where a slow reader still holds it, the next build tries again."""
    with suppress(OperationalError), engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    """One build at a time: PostgreSQL gives the lock back when the connection ends."""
    with engine.connect() as connection:
        acquired = connection.execute(
            text("SELECT pg_try_advisory_lock(hashtext('onrecord build'))")
        ).scalar_one()
        if not acquired:
            raise OperatorError(
                "another build is at work in this database: wait until it has ended"
            )
        yield
