"""The command `onrecord`. Imports that take long stand inside the commands: `--help` loads none of them."""

import copy
import gc
import io
import json
import os
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, Self

import pydantic
import typer

from app.errors import OperatorError
from app.settings import DEFAULT_DATABASE_URL, ROOT, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.curation.files import Finding, SeedError, SeedTree
    from app.curation.quotes import Texts
    from app.curation.seeds import Seeds
    from app.settings import Settings

FOUND_PROBLEMS = 1
CANNOT_GO_ON = 2

cli = typer.Typer(
    name="onrecord",
    help="News reports as records that software can cite: check and lock seeds, build the database, serve it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

SeedOption = Annotated[Path, typer.Option("--seed", help="Folder of the seed files.")]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", help=f"Database URL (ONRECORD_DATABASE_URL). Default: {DEFAULT_DATABASE_URL}"
    ),
]
TextsOption = Annotated[
    str | None,
    typer.Option(
        "--texts",
        help="Folders with raw texts, separated as in PATH, besides seed/texts (ONRECORD_TEXTS).",
    ),
]

DEFAULT_SEED = ROOT / "seed"


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"


@cli.command(epilog="Example: onrecord check seed/articles/2024-02-14-iran-fm-meets-qatar-amir")
def check(
    articles: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of the articles to look at. Default: all, and the shared files."
        ),
    ] = None,
    seed: SeedOption = DEFAULT_SEED,
    texts: TextsOption = None,
    output: Annotated[
        Format, typer.Option("--format", help="How mistakes are printed.")
    ] = Format.TEXT,
) -> None:
    """Look for mistakes in the seed files; every one is named with file, line and column.

    Exit code 0: none; 1: some.
    """
    from app.curation import checks

    read = _read(seed, texts, articles)
    _end_on(read, read.findings + checks.run(read.seeds), output)
    if output is Format.TEXT:
        print(f"{_counted(read.seeds)}: no mistakes")
    else:
        print("[]")


@cli.command(epilog="Example: ONRECORD_TEXTS=~/texts onrecord lock")
def lock(seed: SeedOption = DEFAULT_SEED, texts: TextsOption = None) -> None:
    """Find each quote in its text and write the lock entries (evidence.lock) that prove where it stands."""
    from app.curation import checks
    from app.curation.files import SeedError
    from app.curation.lock_entries import write_locks

    read = _read(seed, texts)
    # A broken lock file is what this command mends.
    findings = [finding for finding in read.findings if finding.rule != "lock"]
    _end_on(read, findings + list(checks.quotes_stand_in_the_text(read.seeds)))
    try:
        locked = write_locks(read.seeds)
    except SeedError as error:
        _end_on(read, error.findings)
        raise AssertionError from error
    for item in locked:
        print(
            f"{_shown(item.file)}: {item.entries} lock entries, {'written' if item.changed else 'unchanged'}"
        )


@cli.command(epilog="Example: onrecord verify --coverage")
def verify(
    seed: SeedOption = DEFAULT_SEED,
    texts: TextsOption = None,
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage",
            help="Print the share of each text that is published, and the sentences that no quote touches.",
        ),
    ] = False,
    need_texts: Annotated[
        bool, typer.Option("--need-texts", help="Fail where the text of an article is not at hand.")
    ] = False,
) -> None:
    """Compare quotes with lock entries, and with the texts that are at hand. Changes nothing.

    Exit code 0: all fit; 1: some do not.
    """
    from app.curation import checks, lock_entries

    read = _read(seed, texts)
    seeds = read.seeds
    findings = lock_entries.verify(seeds, read.texts, need_texts=need_texts)
    _end_on(read, read.findings + list(checks.quotes_stand_in_the_text(seeds)) + findings)
    with_text = sum(article.text is not None for article in seeds.articles)
    quotes = sum(len(article.quotes) for article in seeds.articles)
    print(
        f"{quotes} quotes in {len(seeds.articles)} articles verified, {with_text} of them against the text itself"
    )
    if coverage:
        for item in lock_entries.coverage(seeds):
            print(
                f"{item.source}: {item.share:.1%} of the text is published, the limit is {item.limit:.0%}"
            )
            if item.sentences is None:
                print("  the text is not at hand, so its sentences cannot be shown")
            for start, sentence in item.sentences or ():
                print(f"  no quote at {start}: {sentence}")


@cli.command(epilog="Example: onrecord build --database sqlite:///var/onrecord.db")
def build(
    seed: SeedOption = DEFAULT_SEED,
    texts: TextsOption = None,
    database: DatabaseOption = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Build also where the database was built from just these files."
        ),
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            help="When the data were recorded, as 2026-05-04 or 2026-05-04T12:00:00Z. Default: when the seeds were last"
            " committed to git; unknown where they are not, or have changed since.",
        ),
    ] = None,
) -> None:
    """Check, verify and build the database, which replaces the old one in one step or not at all.

    All that the old one served is kept. Where nothing has changed, nothing is written.
    """
    from app.curation.build import build as build_database
    from app.curation.files import SeedError
    from app.curation.quotes import Texts
    from app.curation.recorded_at import commit_time, parse_instant

    settings = load_settings(database_url=database, texts=texts)
    recorded_at = commit_time(seed) if at is None else parse_instant(at)
    started = time.monotonic()
    with _Progress() as progress:
        try:
            built = build_database(
                _tree(seed),
                lambda: Texts.from_setting(settings.texts, seed),
                settings.database_url,
                force=force,
                recorded_at=recorded_at,
                time_is_said=at is not None,
                progress=progress,
            )
        except SeedError as error:
            _end_on_findings(error, seed, progress)
    if built.changed:
        counts = ", ".join(f"{count} {noun}" for noun, count in built.counts.items())
        print(f"dataset {built.version} built in {time.monotonic() - started:.1f} s: {counts}")
    else:
        print(f"dataset {built.version} is up to date")


@cli.command(epilog="Example: onrecord rebuild snapshots/ --database sqlite:///var/onrecord.db")
def rebuild(
    snapshots: Annotated[
        Path,
        typer.Argument(
            help="A folder with a copy of the seeds for each state of the data, in the order of their names. A name that"
            " begins with 2026-05-04 or 2026-05-04T120000Z says when it was recorded."
        ),
    ],
    texts: TextsOption = None,
    database: DatabaseOption = None,
) -> None:
    """Make the database with its whole history anew, which replaces the old one in one step or not at all."""
    from app.curation.build import SeedSnapshot
    from app.curation.build import rebuild as rebuild_database
    from app.curation.files import SeedError
    from app.curation.quotes import Texts
    from app.curation.recorded_at import snapshot_time

    settings = load_settings(database_url=database, texts=texts)
    folders = (
        sorted(path for path in snapshots.glob("*") if path.is_dir()) if snapshots.is_dir() else []
    )
    if not folders:
        raise OperatorError(
            f"{snapshots} has no folder: name one that holds a copy of the seeds for each state of the data"
        )
    states = [SeedSnapshot(_tree(folder), snapshot_time(folder)) for folder in folders]
    with _Progress() as progress:
        try:
            loaded = rebuild_database(
                states,
                lambda tree: Texts.from_setting(settings.texts, tree.root),
                settings.database_url,
                progress=progress,
            )
        except SeedError as error:
            _end_on_findings(error, snapshots, progress)
    print(f"dataset {loaded.version} built from {len(folders)} snapshots")


@cli.command(epilog="Example: onrecord diff --format json")
def diff(
    seed: SeedOption = DEFAULT_SEED,
    texts: TextsOption = None,
    database: DatabaseOption = None,
    output: Annotated[
        Format, typer.Option("--format", help="How differences are printed.")
    ] = Format.TEXT,
) -> None:
    """Say what a build would change in the database: records added, changed (field by field) and withdrawn. Changes nothing.

    Exit code 0: nothing; 1: something, or mistakes in the seeds; 2: it cannot be told.
    """
    from app.curation.build import Silent, checked_records
    from app.curation.diff import differences
    from app.curation.files import SeedError, placed
    from app.curation.quotes import Texts
    from app.database.engine import parse_url

    settings = load_settings(database_url=database, texts=texts)
    try:
        records = checked_records(_tree(seed), Texts.from_setting(settings.texts, seed), Silent())
    except SeedError as error:
        _print_findings(placed(error.findings), seed, output)
        raise typer.Exit(FOUND_PROBLEMS) from None
    found = differences(records, parse_url(settings.database_url))
    if output is Format.JSON:
        print(json.dumps([item.document() for item in found], ensure_ascii=False, indent=1))
    else:
        for item in found:
            print("\n".join(item.lines()))
        if not found:
            print("a build would change nothing")
    raise typer.Exit(FOUND_PROBLEMS if found else 0)


@cli.command(epilog="Example: onrecord openapi > openapi.json")
def openapi() -> None:
    """Print the OpenAPI document that is served, for generators of clients. Needs no database."""
    from app.api.openapi import openapi_under
    from app.main import described

    print(json.dumps(openapi_under(described(), ""), indent=1, ensure_ascii=False))


@cli.command(epilog="Example: onrecord serve --host 0.0.0.0 --port 8080 --workers 2")
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (ONRECORD_HOST). Default: 127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port (ONRECORD_PORT); 0 picks a free one. Default: 8000"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that answer (ONRECORD_WORKERS). Default: 1"),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Serve the database over HTTP. No statement can write to it."""
    # As the first process of a container we are sent SIGTERM from the start, and without a handler it would be lost.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Next to nothing that a start makes is garbage, and it stays: to look through it takes a tenth of the start, and time later.
    gc.disable()
    # Nor does a server validate much: what checks the models of OpenAPI, tables and records is made when it is first asked to.
    pydantic.BaseModel.model_config["defer_build"] = True
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    settings = load_settings(host=host, port=port, workers=workers, database_url=database)
    # Worker processes read their settings from the environment.
    os.environ["ONRECORD_DATABASE_URL"] = settings.database_url
    from app.cli.protocol import Protocol
    from app.main import create_app

    app = create_app(settings)
    listening = _listen(settings.host, settings.port)
    config = uvicorn.Config(
        app if settings.workers == 1 else "app.main:from_environment",
        factory=settings.workers > 1,
        workers=settings.workers,
        http=Protocol,
        # Ours count and name requests, and believe the proxies that the operator names.
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_config=_log_config(settings),
    )
    address, bound = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    print(
        f"On Record serves http://{shown}:{bound}/v1, its documentation http://{shown}:{bound}/docs",
        file=sys.stderr,
    )
    gc.freeze()
    gc.enable()
    if settings.workers == 1:
        uvicorn.Server(config).run(sockets=[listening])
    else:
        app.state.snapshots.close()
        with tempfile.TemporaryDirectory(prefix="onrecord-metrics-") as folder:
            os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)
            Multiprocess(config, sockets=[listening]).run()


@cli.command(epilog="Example: ONRECORD_PUBLIC_URL=https://facts.example.org onrecord mcp")
def mcp(database: DatabaseOption = None) -> None:
    """Answer an agent over standard input and output (Model Context Protocol). Needs the extra “mcp”.

    Citations lead to ONRECORD_PUBLIC_URL; without it, to where “onrecord serve” would serve on this machine.
    """
    import anyio

    from app.main import create_app

    settings = load_settings(database_url=database)
    try:
        from app.mcp.stdio import answer
    except ModuleNotFoundError as error:
        raise OperatorError(
            f"“onrecord mcp” needs the package “{error.name}”: install the extra “mcp”"
        ) from None
    app = create_app(settings)
    try:
        anyio.run(answer, app, settings)
    finally:
        app.state.snapshots.close()


def _log_config(settings: "Settings") -> dict[str, Any]:
    """The server's own, and ours beside it; each worker applies it."""
    from uvicorn.config import LOGGING_CONFIG

    level = "INFO" if settings.access_log else "WARNING"
    config = copy.deepcopy(LOGGING_CONFIG)
    config["formatters"]["lines"] = {"()": "app.middleware.access_log.Lines"}
    config["handlers"]["lines"] = {
        **config["handlers"]["access"],
        "class": "app.middleware.access_log.LineStream",
        "formatter": "lines",
    }
    config["loggers"]["onrecord"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    config["loggers"]["onrecord.access"] = {
        "handlers": ["lines"],
        "level": level,
        "propagate": False,
    }
    if settings.log_format == "json":
        config["formatters"] = {
            name: {"()": "app.middleware.access_log.JsonLines"} for name in config["formatters"]
        }
    return config


def main() -> NoReturn:
    """The console script: what the operator can put right is one line on stderr, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="backslashreplace"
            )  # the source's words go to terminals of every encoding
    try:
        cli()
    except OperatorError as error:
        print(f"onrecord: {error}", file=sys.stderr)
        sys.exit(CANNOT_GO_ON)
    except BrokenPipeError:
        # The reader, e.g. `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(0)


def _listen(host: str, port: int) -> socket.socket:
    """Bind here and not in the server, which would answer a port in use with a log full of lines. From now on clients can
    connect; they are answered when the server is up.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "is not a host name"
        raise OperatorError(
            f"cannot listen on {host} port {port} ({reason}): choose another with --port or --host"
        ) from None
    listening.set_inheritable(True)
    return listening


def _tree(seed: Path) -> "SeedTree":
    from app.curation.files import SeedTree

    return SeedTree(seed)


@dataclass(frozen=True)
class _Seeds:
    """Seeds as they were read, with what is wrong with them so far."""

    seeds: "Seeds"
    findings: "list[Finding]"
    texts: "Texts"


def _read(seed: Path, texts: str | None, articles: list[Path] | None = None) -> _Seeds:
    from app.curation.files import SeedTree
    from app.curation.quotes import Texts
    from app.curation.seeds import read_seeds

    if not seed.is_dir():
        raise OperatorError(f"{seed} is not a folder: name the folder of the seeds with --seed")
    only = None
    if articles:
        # An article is known by the seeds' own path to it, however it is named here.
        known = {path.resolve(): path for path in SeedTree(seed).articles}
        named = [(path if path.name == "facts.yaml" else path / "facts.yaml") for path in articles]
        for path in named:
            if path.resolve() not in known:
                raise OperatorError(
                    f"{path.parent} is not the folder of an article under {seed}/articles"
                )
        only = frozenset(known[path.resolve()] for path in named)
    at_hand = Texts.from_setting(load_settings(texts=texts).texts, seed)
    seeds, findings = read_seeds(SeedTree(seed, only), at_hand)
    return _Seeds(seeds, findings, at_hand)


def _end_on(read: _Seeds, findings: "Iterable[Finding]", output: Format = Format.TEXT) -> None:
    """Print all findings that are asked for, each with its place, and end; go on where there are none."""
    from app.curation.files import placed

    tree = read.seeds.tree
    found = placed(finding for finding in findings if tree.is_asked_about(finding.file))
    if found:
        _print_findings(found, tree.root, output)
        raise typer.Exit(FOUND_PROBLEMS)


def _end_on_findings(error: "SeedError", seed: Path, progress: "_Progress") -> NoReturn:
    from app.curation.files import placed

    progress.close()
    _print_findings(placed(error.findings), seed, Format.TEXT)
    raise typer.Exit(FOUND_PROBLEMS) from None


def _print_findings(found: "list[Finding]", seed: Path, output: Format) -> None:
    from app.curation.files import as_json, one_line

    root = Path.cwd() if Path.cwd() in seed.resolve().parents else seed
    if output is Format.JSON:
        print(as_json(found, root))
        return
    for finding in found:
        print(one_line(finding, root))
    files = len({finding.file for finding in found})
    print(
        f"{len(found)} mistake{'s' * (len(found) > 1)} in {files} file{'s' * (files > 1)}",
        file=sys.stderr,
    )


def _counted(seeds: "Seeds") -> str:
    names = ("events", "statements", "figures")
    counts = [f"{sum(1 for _ in seeds.all_of(name))} {name}" for name in names]
    shared = [
        f"{len(seeds.actors)} actors",
        f"{len(seeds.places)} places",
        f"{len(seeds.series)} series",
    ]
    return f"{len(seeds.articles)} articles ({', '.join([*shared, *counts])})"


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


class _Progress:
    """A bar on a terminal when a build takes longer than a second, and the time of each stage when it has ended; elsewhere
    one line for each stage as it ends.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._started = self._stage_started = time.monotonic()
        self._name: str | None = None
        self._done = 0
        self._total: int | None = None
        self._bar: _Bar | None = None
        self._lines: list[str] = []
        self._told: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stage(self, name: str, total: int | None = None) -> None:
        self._end_stage()
        self._name, self._total, self._done, self._stage_started = name, total, 0, time.monotonic()
        self._show()

    def step(self) -> None:
        self._done += 1
        if self._done % 500 == 0:
            self._show()

    def tell(self, message: str) -> None:
        self._told.append(message)

    def close(self) -> None:
        self._end_stage()
        if self._bar is not None:
            self._bar.close()
            self._bar = None
            for line in self._lines:
                print(line, file=sys.stderr)
        # Whatever else was shown, and however fast it went.
        while self._told:
            print(f"onrecord: {self._told.pop(0)}", file=sys.stderr)

    def _show(self) -> None:
        if self._terminal and time.monotonic() - self._started > 1 and self._name is not None:
            self._bar = self._bar or _Bar()
            self._bar.show(self._name, self._done, self._total)

    def _end_stage(self) -> None:
        if self._name is not None:
            records = f", {self._total} records" if self._total is not None else ""
            line = f"{self._name}: {time.monotonic() - self._stage_started:.2f} s{records}"
            if self._terminal:
                self._lines.append(line)
            else:
                print(line, file=sys.stderr)
        self._name = None


class _Bar:
    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description:>12}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("")
        self._progress.start()

    def show(self, name: str, done: int, total: int | None) -> None:
        self._progress.update(self._task, description=name, completed=done, total=total)

    def close(self) -> None:
        self._progress.stop()
