"""What a user would pick instead, and the floors: each in an environment of its own under var/bench, over the same rows.

`flatten` writes the rows as plain tables, in the form that each of them reads.
"""

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from bench.drive import Server, free_port, serving

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "var" / "bench" / "tools"
DATASETTE, NEXT_DATASETTE, ROAPI, SOUL = "0.65.5", "1.0a41", "0.12.7", "0.8.2"

COLUMNS = {
    "sources": ("id", "title", "kind", "headline", "publisher", "published_on"),
    "events": ("id", "title", "source", "type", "status", "date", "quote"),
    "statements": (
        "id",
        "title",
        "source",
        "summary",
        "act",
        "voice",
        "speaker",
        "made_on",
        "event",
        "quote",
    ),
    "figures": (
        *(
            "id",
            "title",
            "source",
            "series",
            "event",
            "measure",
            "measure_kind",
            "unit",
            "value",
            "qualifier",
            "as_written",
        ),
        *(
            "lower",
            "upper",
            "bound",
            "population",
            "place",
            "as_of",
            "attribution",
            "speaker",
            "quote",
        ),
    ),
}
_REAL = ("value", "lower", "upper")
_REFERS = {"source": "sources", "event": "events"}


# ---------------------------------------------------------------------------------------------------------------- rows


def flatten(database: Path, folder: Path) -> None:
    """The records of a database as tables: SQLite with full text and indexes, and one CSV for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "bench.db"
    target.unlink(missing_ok=True)
    with (
        sqlite3.connect(f"file:{database}?mode=ro", uri=True) as ours,
        sqlite3.connect(target) as plain,
    ):
        for table, columns in COLUMNS.items():
            noun = table.removesuffix("s")
            declared = ", ".join(_declared(column) for column in columns)
            plain.execute(f"CREATE TABLE {table} ({declared})")
            marks = ", ".join("?" * len(columns))
            bodies = ours.execute(
                f"SELECT r.body FROM {noun} AS n JOIN revision AS r ON r.key = n.revision_key ORDER BY n.id"
            )
            with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out)
                writer.writerow(columns)
                for row in _rows(bodies, columns):
                    plain.execute(f"INSERT INTO {table} VALUES ({marks})", row)
                    writer.writerow(row)
            words = "title, quote" if "quote" in columns else "title, headline"
            plain.execute(
                f"CREATE VIRTUAL TABLE {table}_fts USING fts5({words}, content='{table}')"
            )
            plain.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild')")
        for column in ("source", "series", "event", "unit", "qualifier", "value", "as_of"):
            plain.execute(f"CREATE INDEX figures_{column} ON figures ({column})")
        # A join that can be paged and narrowed as a list can.
        joined = ", ".join(
            f"{alias}.{column} AS {table.removesuffix('s')}_{column}"
            for alias, table in (("s", "sources"), ("e", "events"))
            for column in COLUMNS[table]
        )
        plain.execute(
            f"CREATE VIEW figures_joined AS SELECT f.*, {joined} FROM figures AS f"
            " JOIN sources AS s ON s.id = f.source JOIN events AS e ON e.id = f.event"
        )
        plain.execute("ANALYZE")
    ours.close()
    plain.close()


def _declared(column: str) -> str:
    if column == "id":
        return "id TEXT PRIMARY KEY"
    refers = f" REFERENCES {_REFERS[column]}(id)" if column in _REFERS else ""
    return f"{column} {'REAL' if column in _REAL else 'TEXT'}{refers}"


def _rows(bodies: Iterator[tuple[str]], columns: tuple[str, ...]) -> Iterator[list[Any]]:
    for (body,) in bodies:
        record = json.loads(body)
        yield [_flat(record, column) for column in columns]


def _flat(record: dict[str, Any], column: str) -> Any:
    if column == "quote":
        return record["evidence"][0]["exact"]
    if column == "speaker":
        return (record["attribution"]["speaker"] or {}).get("id")
    if column == "attribution":
        return record["attribution"]["basis"]
    if column == "place":
        return record["places"][0]["id"] if record["places"] else None
    value = record[column]
    return (value.get("edtf") or value.get("id")) if isinstance(value, dict) else value


# ------------------------------------------------------------------------------------------------------------- programs


def _environment(name: str, *packages: str) -> Path:
    """The folder of the programs of a virtual environment with these packages."""
    folder = TOOLS / name
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run(
            [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *packages],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        (folder / "complete").touch()
    return folder / "bin"


def _node(name: str, package: str) -> Path:
    folder = TOOLS / name
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", package],
            cwd=folder,
            check=True,
        )
        (folder / "complete").touch()
    return folder / "node_modules" / ".bin"


def next_datasette(folder: Path) -> AbstractContextManager[Server]:
    """The release to come, for its start and its memory."""
    return datasette(folder, version=NEXT_DATASETTE)


def datasette(folder: Path, *, version: str = DATASETTE) -> AbstractContextManager[Server]:
    program = (
        _environment(f"datasette-{version}", f"datasette=={version}", "setuptools<81") / "datasette"
    )
    port = free_port()
    settings = {
        "suggest_facets": "off",
        "allow_facet": "on",
        "default_page_size": "20",
        "sql_time_limit_ms": "20000",
    }
    options = [part for name, value in settings.items() for part in ("--setting", name, value)]
    options += ["--setting", "max_returned_rows", "2000000", "--setting", "max_csv_mb", "0"]
    command = [str(program), "serve", "-i", str(folder / "bench.db"), "-p", str(port), *options]
    return serving(f"Datasette {version}", command, first="/bench/figures/figure-1.json", port=port)


def roapi(folder: Path) -> AbstractContextManager[Server]:
    program = _environment(f"roapi-{ROAPI}", f"roapi=={ROAPI}") / "roapi"
    port, sql_port, flight_port = free_port(), free_port(), free_port()
    tables = [part for table in COLUMNS for part in ("--table", f"{table}={folder / table}.csv")]
    addresses = ["--addr-http", f"127.0.0.1:{port}", "--addr-postgres", f"127.0.0.1:{sql_port}"]
    command = [
        str(program),
        *addresses,
        "--addr-flight-sql",
        f"127.0.0.1:{flight_port}",
        "--disable-read-only",
        *tables,
    ]
    return serving(f"roapi {ROAPI}", command, first="/api/tables/figures?limit=1", port=port)


def soul(folder: Path) -> AbstractContextManager[Server]:
    program = _node(f"soul-{SOUL}", f"soul-cli@{SOUL}") / "soul"
    port = free_port()
    command = [
        str(program),
        "-d",
        str(folder / "bench.db"),
        "-p",
        str(port),
        "--rate-limit-enabled=false",
    ]
    return serving(
        f"soul {SOUL}", command, first="/api/tables/figures/rows/figure-1", port=port, cwd=folder
    )


def tutorial(folder: Path) -> AbstractContextManager[Server]:
    """FastAPI and SQLModel as their tutorial has them, in our own environment."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "bench.tutorial:app",
        "--port",
        str(port),
        "--no-access-log",
    ]
    there = {"BENCH_DATABASE": str(folder / "bench.db")}
    return serving(
        "FastAPI + SQLModel, tutorial form",
        command,
        first="/figures/figure-1",
        port=port,
        environment=there,
        cwd=ROOT,
    )


def bare(folder: Path) -> AbstractContextManager[Server]:
    """Uvicorn with ready-made bytes: what any Python server costs."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "bench.bare:app",
        "--port",
        str(port),
        "--no-access-log",
    ]
    there = {"BENCH_BYTES": str(folder / "bytes")}
    return serving(
        "uvicorn, ready-made bytes",
        command,
        first="/record",
        port=port,
        environment=there,
        cwd=ROOT,
    )


def nginx(folder: Path) -> AbstractContextManager[Server]:
    """Files that lie there."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    port = free_port()
    state = folder / "nginx"
    (state / "logs").mkdir(parents=True, exist_ok=True)
    (state / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {state}/pid; error_log {state}/logs/error.log;\n"
        "events { worker_connections 512; }\n"
        f"http {{ access_log off; default_type application/json; keepalive_requests 1000000; client_body_temp_path {state}/a;"
        f" proxy_temp_path {state}/b; fastcgi_temp_path {state}/c; uwsgi_temp_path {state}/d; scgi_temp_path {state}/e;\n"
        f" server {{ listen 127.0.0.1:{port}; root {folder}/bytes; }} }}\n"
    )
    command = [program, "-p", str(state), "-c", str(state / "nginx.conf")]
    return serving("nginx, static files", command, first="/record", port=port)
