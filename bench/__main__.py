"""`make bench`: build a generated dataset, measure every server, and write docs/performance.*.

All servers run at once and idle in turn; each line is measured at one after the other. That is
repeated in rounds with new processes, and the round with the least CPU time counts: a machine
that others use is slow for minutes.
"""

import argparse
import hashlib
import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.curation.build import Silent, build_records
from app.database.engine import parse_url
from bench.dataset import GeneratedRecords
from bench.lines import BASELINE, EXPORTS, LINES, Dataset, Line
from bench.peers import DATASETTE, NEXT_DATASETTE, ROAPI, ROOT, SOUL, Peers, flatten
from bench.report import chart, report, write_report
from bench.servers import (
    CLIENT_CORE,
    Server,
    StartServer,
    download,
    free_port,
    run_server,
    send_requests,
)

ON_RECORD, BEFORE = "On Record", "before"
SIZES = [100_000]
WARM_UP_REQUESTS = 20
MIN_PAGE_SIZE, MAX_CURSORS = 5, 10_000


def on_record(checkout: Path, database: Path) -> StartServer:
    """`onrecord serve` of a checkout: one worker, response cache on, access log off."""

    def start() -> AbstractContextManager[Server]:
        port = free_port()
        code = "from app.cli import main; main()"
        return run_server(
            ON_RECORD,
            [sys.executable, "-c", code, "serve", "--port", str(port)],
            port=port,
            first_path="/v1/figures/figure-1",
            environment={
                "ONRECORD_DATABASE_URL": f"sqlite:///{database}",
                "ONRECORD_ACCESS_LOG": "false",
            },
            cwd=checkout,
        )

    return start


def build_dataset(size: int, folder: Path) -> Path:
    """Build the database and the plain tables where the schema or the records have changed."""
    database, stamp = folder / "onrecord.db", folder / "inputs.sha256"
    records = GeneratedRecords(size)
    inputs = [path.read_text() for path in sorted((ROOT / "migrations/versions").glob("*.py"))]
    inputs += [records.record(name, 0).model_dump_json() for name in records.counts]
    digest = hashlib.sha256("".join(inputs).encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("onrecord.db*"):
            path.unlink()
        build_records(records, parse_url(f"sqlite:///{database}"), f"bench {size}", Silent())
        flatten(records, folder / "plain")
        stamp.write_text(digest)
    return database


def walk(start: StartServer, size: int) -> Dataset:
    """Collect the cursors of all pages in a process of its own, so that no cache holds them."""
    page_size = max(MIN_PAGE_SIZE, size // MAX_CURSORS)
    cursors = []
    with start() as server:
        path = f"/v1/figures?fields=id&limit={page_size}"
        while path:
            links = json.loads(server.get(path)[2])["links"]
            path = links["next"] or ""
            if path:
                cursors.append(path.partition("cursor=")[2].partition("&")[0])
    return Dataset(size, page_size, cursors)


@dataclass(frozen=True)
class Setup:
    """What a run starts; `datasets` have the cursors of each version of On Record."""

    starts: Mapping[str, StartServer]
    datasets: Mapping[str, Dataset]
    start_next_datasette: StartServer


def prepare(size: int, data: Path, before: Path | None, *, with_peers: bool) -> Setup:
    """Build the dataset, and collect the cursors of each version of On Record."""
    folder = data / str(size)
    starts = {ON_RECORD: on_record(ROOT, build_dataset(size, folder))}
    if before is not None:
        database = before / "var" / "bench" / str(size) / "onrecord.db"
        if not database.exists():
            raise SystemExit(f"{database} does not exist: build it with the code of {before}")
        starts[BEFORE] = on_record(before, database)
    datasets = {name: walk(start, size) for name, start in starts.items()}
    with starts[ON_RECORD]() as server:
        (folder / "plain" / "record.json").write_bytes(server.get("/v1/figures/figure-1")[2])
    peers = Peers(folder / "plain", data / "tools")
    starts[BASELINE] = peers.bare_uvicorn
    if with_peers:
        starts["Datasette"] = peers.datasette
        starts["roapi"] = peers.roapi
        starts["soul"] = peers.soul
        starts["tutorial"] = peers.tutorial
    return Setup(starts, datasets, peers.next_datasette)


def measure(setup: Setup, size: int, seconds: int, rounds: int) -> dict[str, Any]:
    """Measure all lines, exports and starts."""
    lines: dict[str, dict[str, Any]] = {line.key: {} for line in LINES}
    exports: dict[str, dict[str, Any]] = {name: {} for name in EXPORTS}
    start_seconds: dict[str, float] = {}
    for _ in range(rounds):
        with ExitStack() as stack:
            servers = {name: stack.enter_context(start()) for name, start in setup.starts.items()}
            for line in LINES:
                for name, server in servers.items():
                    dataset = setup.datasets.get(name, setup.datasets[ON_RECORD])
                    _measure_line(lines[line.key], line, name, server, dataset, seconds)
            for export, paths in EXPORTS.items():
                for name, server in servers.items():
                    if path := paths.get(_spelling(name)):
                        _measure_export(exports[export], name, server, path)
        _measure_starts(start_seconds, setup)
    return {"size": size, "lines": lines, "exports": exports, "starts": start_seconds}


def _measure_starts(best: dict[str, float], setup: Setup) -> None:
    starts = {name: setup.starts[name] for name in setup.datasets}
    for name, start in (starts | {"Datasette": setup.start_next_datasette}).items():
        with start() as server:
            best[name] = min(server.start_seconds, best.get(name, server.start_seconds))


def _spelling(name: str) -> str:
    """The name under which the templates list a server."""
    return ON_RECORD if name == BEFORE else name


def _measure_line(
    best: dict[str, Any], line: Line, name: str, server: Server, dataset: Dataset, seconds: int
) -> None:
    spelling = _spelling(name)
    if spelling not in (BASELINE, *line.templates):
        return
    paths = line.paths(spelling, dataset)
    is_repeated = len(paths) == 1
    warm_up = paths if is_repeated else paths[:WARM_UP_REQUESTS]
    for path in warm_up:
        _, headers, _ = server.get(path, line.accept)
    try:
        measurement = send_requests(
            server,
            paths if is_repeated else paths[WARM_UP_REQUESTS:],
            seconds=seconds,
            repeat=is_repeated,
            accept=line.accept,
            etag=headers["etag"] if line.sends_etag else None,
        )
    except TimeoutError as error:
        print(error, flush=True)
        return
    print(f"{line.title:<50} {name:<12} {measurement.cpu:>10,.0f} µs", flush=True)
    if name not in best or measurement.cpu < best[name]["cpu"]:
        best[name] = asdict(measurement)


def _measure_export(best: dict[str, Any], name: str, server: Server, path: str) -> None:
    """Keep the fastest export, and the largest growth of memory."""
    export = download(server, path)
    print(f"{path:<50} {name:<12} {export.size / export.seconds / 1e6:>10,.0f} MB/s", flush=True)
    previous = best.get(name, asdict(export))
    best[name] = {
        "size": export.size,
        "seconds": min(export.seconds, previous["seconds"]),
        "growth": max(export.growth, previous["growth"]),
    }


def environment() -> dict[str, Any]:
    """The versions and the commit that are measured."""
    versions = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    versions |= {name: version(name) for name in ("uvicorn", "fastapi", "sqlmodel")}
    versions |= {"Datasette": f"{DATASETTE} (start: {NEXT_DATASETTE})"}
    versions |= {"roapi": ROAPI, "soul": SOUL}
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return {"date": datetime.now(UTC).date().isoformat(), "commit": commit, "versions": versions}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="Measure CPU time per request.")
    parser.add_argument("--size", type=int, action="append", help="figures; repeatable")
    parser.add_argument("--without-peers", action="store_true", help="leave the peers out")
    parser.add_argument("--before", type=Path, help="another checkout to measure in the same run")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "bench", help="databases")
    parser.add_argument("--seconds", type=int, default=2, help="time for each line")
    parser.add_argument("--rounds", type=int, default=3, help="the cheapest of them counts")
    parser.add_argument(
        "--from", dest="results", type=Path, action="append", help="report earlier results"
    )
    parser.add_argument("--write", action="store_true", help="write docs/performance.*")
    options = parser.parse_args()
    # Servers are started on a core of their own.
    os.sched_setaffinity(0, {CLIENT_CORE})
    if options.results:
        runs = [json.loads(path.read_text()) for path in options.results]
        run = runs[0] | {"results": [result for run in runs for result in run["results"]]}
    else:
        run = environment() | {"results": []}
        output = options.data / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
        for size in options.size or SIZES:
            setup = prepare(
                size, options.data, options.before, with_peers=not options.without_peers
            )
            result = measure(setup, size, options.seconds, options.rounds)
            run["results"].append(result)
            output.write_text(json.dumps(run, indent=1))
    print(report(run))
    if options.write:
        write_report(ROOT / "docs" / "performance.md", run)
        (ROOT / "docs" / "performance.svg").write_text(chart(run), encoding="utf-8")


if __name__ == "__main__":
    main()
