"""`onrecord build`, `rebuild` and `diff`: commands that read the seeds and a database.

Functions import `app.curation` when they run: it takes long to load, and `onrecord serve` needs
none of it.
"""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from app.cli.findings import plural, print_findings
from app.cli.options import (
    DEFAULT_SEED,
    FOUND_MISTAKES,
    DatabaseOption,
    OutputFormat,
    SeedOption,
    TextsOption,
)
from app.cli.progress import ProgressReport
from app.errors import OperatorError
from app.settings import load_settings

if TYPE_CHECKING:
    from app.curation.files import SeedError


def build(
    seed: SeedOption = DEFAULT_SEED,
    texts: TextsOption = None,
    database: DatabaseOption = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Build even if the seeds have not changed."),
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            help="When the data were recorded: 2026-05-04 or 2026-05-04T12:00:00Z. Default: when"
            " the seeds were last committed to git; unknown if they were not, or have changed"
            " since.",
        ),
    ] = None,
    forget_history: Annotated[
        bool,
        typer.Option(
            "--forget-history",
            help="Set the previous database aside under another name and start a new history.",
        ),
    ] = False,
) -> None:
    """Check, verify and build the database, which replaces the old one in one step or not at all.

    The history of the old one is kept. If nothing has changed, nothing is written. An old one that
    cannot be read, or is of another version, stops the build and stays untouched.
    """
    from app.curation.build import BuildOptions
    from app.curation.build import build as build_database
    from app.curation.files import SeedError, SeedTree
    from app.curation.quotes import Texts
    from app.curation.recorded_at import commit_time, parse_instant

    settings = load_settings(database_url=database, texts=texts)
    recorded_at = commit_time(seed) if at is None else parse_instant(at)
    started = time.monotonic()
    with ProgressReport() as progress:
        try:
            built = build_database(
                SeedTree(seed),
                lambda: Texts.from_setting(settings.texts, seed),
                settings.database_url,
                force=force,
                recorded_at=recorded_at,
                is_time_stated=at is not None,
                options=BuildOptions(forget_history, settings.reader_role),
                progress=progress,
            )
        except SeedError as error:
            _exit_on(error, seed, progress)
    if built.changed:
        counts = ", ".join(plural(count, name) for name, count in built.counts.items())
        print(f"dataset {built.version} built in {time.monotonic() - started:.1f} s: {counts}")
    else:
        print(f"dataset {built.version} is up to date")


def rebuild(
    snapshots: Annotated[
        Path,
        typer.Argument(
            help="A folder with a copy of the seeds for each state of the data, in the order of"
            " their names. A name that begins with 2026-05-04 or 2026-05-04T120000Z says when"
            " the state was recorded."
        ),
    ],
    texts: TextsOption = None,
    database: DatabaseOption = None,
) -> None:
    """Build the database with its whole history from copies of the seeds.

    It replaces the old one in one step or not at all.
    """
    from app.curation.build import BuildOptions, SeedSnapshot
    from app.curation.build import rebuild as rebuild_database
    from app.curation.files import SeedError, SeedTree
    from app.curation.quotes import Texts
    from app.curation.recorded_at import snapshot_time

    settings = load_settings(database_url=database, texts=texts)
    folders = (
        sorted(path for path in snapshots.glob("*") if path.is_dir()) if snapshots.is_dir() else []
    )
    if not folders:
        raise OperatorError(
            f"{snapshots} has no folder: name one that holds a copy of the seeds"
            " for each state of the data"
        )
    states = [SeedSnapshot(SeedTree(folder), snapshot_time(folder)) for folder in folders]
    with ProgressReport() as progress:
        try:
            loaded = rebuild_database(
                states,
                lambda tree: Texts.from_setting(settings.texts, tree.root),
                settings.database_url,
                options=BuildOptions(reader_role=settings.reader_role),
                progress=progress,
            )
        except SeedError as error:
            _exit_on(error, snapshots, progress)
    print(f"dataset {loaded.version} built from {plural(len(folders), 'snapshot')}")


def diff(
    seed: SeedOption = DEFAULT_SEED,
    texts: TextsOption = None,
    database: DatabaseOption = None,
    output: Annotated[
        OutputFormat, typer.Option("--format", help="How differences are printed.")
    ] = OutputFormat.TEXT,
) -> None:
    """Print what a build would change: records added, changed (by field) and withdrawn.

    Changes nothing. Exit code 0: no changes; 1: changes, or mistakes in the seeds; 2: cannot
    compare.
    """
    from app.curation.build import Silent, checked_records
    from app.curation.diff import differences
    from app.curation.files import SeedError, SeedTree
    from app.curation.quotes import Texts
    from app.curation.yaml_reader import with_positions
    from app.database.engine import parse_url

    settings = load_settings(database_url=database, texts=texts)
    try:
        records = checked_records(
            SeedTree(seed), Texts.from_setting(settings.texts, seed), Silent()
        )
    except SeedError as error:
        print_findings(with_positions(error.findings), seed, output)
        raise typer.Exit(FOUND_MISTAKES) from None
    changes = differences(records, parse_url(settings.database_url))
    if output is OutputFormat.JSON:
        print(json.dumps([item.document() for item in changes], ensure_ascii=False, indent=1))
    else:
        for item in changes:
            print("\n".join(item.lines()))
        if not changes:
            print("a build would change nothing")
    raise typer.Exit(FOUND_MISTAKES if changes else 0)


def _exit_on(error: "SeedError", seed: Path, progress: ProgressReport) -> NoReturn:
    from app.curation.yaml_reader import with_positions

    progress.close()
    print_findings(with_positions(error.findings), seed, OutputFormat.TEXT)
    raise typer.Exit(FOUND_MISTAKES) from None
