"""`make bench`: build, serve, load, compare; write the tables, the figures for history, and a chart."""

import argparse
import hashlib
import json
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app import __version__
from app.curation.build import Silent, build_records
from app.database.engine import parse_url
from bench import peers
from bench.dataset import Made
from bench.drive import (
    ALL_CORES,
    SERVER_CORE,
    Measured,
    Server,
    free_port,
    load,
    serving,
    wait_until_idle,
)
from bench.exports import DATASETTES, OURS, exports
from bench.load_stage import load_stage
from bench.report import chart, write_into, written
from bench.work import Work, seen, works

HERE = peers.ROOT / "var" / "bench"
HOT = ("On Record, hot", "On Record, as shipped")
"""Servers that are asked the same again."""
SIZES = [10_000, 100_000]
CHARTED = 100_000
"""The size that the chart shows, or the nearest."""
DISTINCT = 20_000
"""As many different paths are asked for where parameters are random."""


Start = Callable[[Path], AbstractContextManager[Server]]
"""Serves what lies in a folder."""


class Stages(Silent):
    """Keeps how long each stage of a build took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._now: tuple[str, float] | None = None

    def stage(self, name: str, total: int | None = None) -> None:
        if self._now is not None:
            self.seconds[self._now[0]] = time.monotonic() - self._now[1]
        self._now = name, time.monotonic()


def ours(database: Path, *, cache: bool, log: bool = False, workers: int = 1) -> Start:
    """`onrecord serve` as users start it; without `cache` each answer is made anew. Several workers have all cores."""

    @contextmanager
    def start(_: Path) -> Iterator[Server]:
        port = free_port()
        there = {
            "ONRECORD_DATABASE_URL": f"sqlite:///{database}",
            "ONRECORD_ACCESS_LOG": str(log).lower(),
        }
        if not cache:
            there["ONRECORD_CACHE_BYTES"] = "0"
        command = [str(Path(sys.executable).parent / "onrecord"), "serve", "--port", str(port)]
        command += ["--workers", str(workers)]
        cores = SERVER_CORE if workers == 1 else ALL_CORES
        with serving(
            "On Record",
            command,
            first="/v1/figures/figure-1",
            port=port,
            environment=there,
            cores=cores,
        ) as server:
            yield server

    return start


def prepared(size: int) -> tuple[Path, Path, dict[str, Any]]:
    """The database of this size and the folder of the plain tables; made once."""
    folder = HERE / str(size)
    database = folder / "onrecord.db"
    told = folder / "built.json"
    schema = hashlib.sha256(
        b"".join(
            path.read_bytes()
            for path in sorted((peers.ROOT / "migrations" / "versions").glob("*.py"))
        )
    ).hexdigest()
    if not told.exists() or json.loads(told.read_text()).get("schema") != schema:
        folder.mkdir(parents=True, exist_ok=True)
        stages, made = Stages(), Made(size)
        loaded = build_records(made, parse_url(f"sqlite:///{database}"), f"bench {size}", stages)
        peers.flatten(database, folder / "plain")
        about = {
            "version": loaded.version,
            "records": len(made),
            "stages": stages.seconds,
            "schema": schema,
        }
        told.write_text(json.dumps({**about, "load": load_stage(database)}))
    return database, folder / "plain", json.loads(told.read_text())


def servers(database: Path, wanted: set[str]) -> dict[str, Start]:
    """What is started, by the name under which works know it."""
    every: dict[str, Start] = {
        "On Record": ours(database, cache=False),
        "On Record, hot": ours(database, cache=True),
        "On Record, as shipped": ours(database, cache=True, log=True),
        "Datasette": peers.datasette,
        "roapi": peers.roapi,
        "soul": peers.soul,
        "tutorial": peers.tutorial,
        "uvicorn": peers.bare,
        "nginx": peers.nginx,
    }
    return {name: start for name, start in every.items() if not wanted or name in wanted}


def ready_bytes(start: Start, every: list[Work], plain: Path) -> None:
    """What the floors answer: our own answers, byte for byte."""
    folder = plain / "bytes"
    folder.mkdir(exist_ok=True)
    with start(plain) as server:
        for work in every:
            if "uvicorn" in work.ask:
                path = work.paths("On Record", 1, hot=True)[0]
                (folder / work.name).write_bytes(server.get(path)[2])


def measured(size: int, wanted: set[str], seconds: float, rounds: int) -> dict[str, Any]:
    """Each server is started and asked in each round, and of each question the round in which it cost least counts: a machine that
    others use is slow for minutes, and it would tell of them who was asked then.
    """
    database, plain, built = prepared(size)
    every = list(works(size, built["version"]))
    ready_bytes(ours(database, cache=False), every, plain)
    answers: dict[str, dict[str, Any]] = {work.name: {} for work in every}
    about: dict[str, dict[str, float]] = {}
    for name, start in [*servers(database, wanted).items()] * rounds:
        hot = name in HOT
        with start(plain) as server:
            about[name] = {"start": server.started, "idle": server.memory()}
            for work in every:
                for words in _words(work, name):
                    try:
                        seen(server, work, words)
                    except RuntimeError as error:
                        print(f"  left out: {error}", file=sys.stderr)
                        continue
                    paths = work.paths(words, min(DISTINCT, size), hot=hot)
                    found = load(server, paths, seconds=seconds, connections=work.connections)
                    key = name if hot else words
                    _keep_least(answers[work.name], key, found)
                    _tell(size, work, key, found)
            if name.startswith("On Record"):
                _keep_least(answers.setdefault("same", {}), name, _same(server, seconds))
            about[name]["after"] = server.memory()
    more: dict[str, Any] = {}
    if not wanted:
        more["starts"] = {name: starts(start, plain) for name, start in started(database).items()}
        with ours(database, cache=False)(plain) as server:
            more["exports"] = {"On Record": exports(server, OURS, seconds)}
        with peers.datasette(plain) as server:
            more["exports"]["Datasette"] = exports(server, DATASETTES, seconds)
        more["workers"] = {
            str(number): two_workers(
                ours(database, cache=False, workers=number), plain, size, seconds
            )
            for number in (1, 2)
        }
    return {"size": size, "built": built, "servers": about, "work": answers, **more}


def started(database: Path) -> dict[str, Start]:
    """Those whose starts are compared."""
    return {
        "On Record": ours(database, cache=True),
        f"Datasette {peers.DATASETTE}": peers.datasette,
        f"Datasette {peers.NEXT_DATASETTE}": peers.next_datasette,
    }


def starts(start: Start, plain: Path) -> dict[str, float]:
    """Seconds to the first answer, the best of three, and memory in MiB after it."""
    found = []
    for _ in range(3):
        wait_until_idle()
        with start(plain) as server:
            found.append((server.started, server.memory()))
    return {
        "start": min(seconds for seconds, _ in found),
        "idle": min(memory for _, memory in found),
    }


def two_workers(start: Start, plain: Path, size: int, seconds: float) -> dict[str, Any]:
    """Records by id over many connections; the load has to share the cores with the server."""
    paths = [f"/v1/figures/figure-{index}" for index in range(min(DISTINCT, size))]
    with start(plain) as server:
        return asdict(load(server, paths, seconds=seconds, connections=64, cores=ALL_CORES))


def _keep_least(answers: dict[str, Any], key: str, found: Measured) -> None:
    if key not in answers or found.cpu < answers[key]["cpu"]:
        answers[key] = asdict(found)


def _words(work: Work, name: str) -> list[str]:
    if name in HOT:
        return ["On Record"]
    return [words for words in work.ask if words == name or words.startswith(f"{name},")]


def _same(server: Server, seconds: float) -> Measured:
    """What the client has already: 304."""
    etag = server.get("/v1/figures/figure-1")[1]["etag"]
    return load(server, ["/v1/figures/figure-1"], seconds=seconds, headers={"If-None-Match": etag})


def _tell(size: int, work: Work, name: str, found: Measured) -> None:
    print(
        f"{size:>9,} {work.title:<34} {name:<36} {found.cpu:>10.0f} µs {found.per_second:>9.0f}/s p99 {found.p99 / 1000:.1f} ms",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--size", type=int, action="append", help="figures; several times for several sizes"
    )
    parser.add_argument(
        "--only", action="append", default=[], help="a server by name; several times for several"
    )
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="how long each question is asked"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often; the cheapest counts")
    parser.add_argument("--write", action="store_true", help="write what was measured into docs/")
    parser.add_argument(
        "--from",
        dest="kept",
        type=Path,
        action="append",
        help="report what was measured before: JSON files",
    )
    asked = parser.parse_args()
    told = (
        before(asked.kept)
        if asked.kept
        else measure(asked.size or SIZES, set(asked.only), asked.seconds, asked.rounds)
    )
    print(written(told))
    if asked.write:
        docs = peers.ROOT / "docs"
        write_into(docs / "performance.md", told)
        shown = min(told["results"], key=lambda result: abs(result["size"] - CHARTED))
        (docs / "performance.svg").write_text(chart(shown), encoding="utf-8")


def measure(sizes: list[int], only: set[str], seconds: float, rounds: int) -> dict[str, Any]:
    """Written after each size: what a long run has measured is not lost with it."""
    versions = {
        "On Record": __version__,
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }
    versions |= {"Datasette": peers.DATASETTE, "roapi": peers.ROAPI, "soul": peers.SOUL}
    versions |= {name: version(name) for name in ("uvicorn", "fastapi", "sqlmodel")}
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    now = datetime.now(UTC)
    told: dict[str, Any] = {
        "date": now.date().isoformat(),
        "commit": commit,
        "versions": versions,
        "results": [],
    }
    HERE.mkdir(parents=True, exist_ok=True)
    for size in sizes:
        told["results"].append(measured(size, only, seconds, rounds))
        (HERE / f"{now:%Y-%m-%dT%H%M%SZ}.json").write_text(json.dumps(told, indent=1))
    return told


def before(files: list[Path]) -> dict[str, Any]:
    """What these files have, as if it had been one run: of the first, with the sizes of all."""
    told: dict[str, Any] = json.loads(files[0].read_text())
    for file in files[1:]:
        told["results"] += json.loads(file.read_text())["results"]
    told["results"].sort(key=lambda result: result["size"])
    return told


if __name__ == "__main__":
    main()
