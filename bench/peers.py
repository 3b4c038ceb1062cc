"""Servers that a user would pick instead, and the floor, each in its own environment.

`flatten` writes the rows as plain tables, the form that each of them reads.
"""

import csv
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.vocabulary import ResourceType
from bench.dataset import GeneratedRecords
from bench.servers import Server, free_port, run_server

ROOT = Path(__file__).resolve().parent.parent
DATASETTE, NEXT_DATASETTE, ROAPI, SOUL = "0.65.5", "1.0a41", "0.12.7", "0.8.2"

COLUMNS = {
    "sources": "id title kind headline publisher published_on".split(),
    "events": "id title source type status date quote".split(),
    "statements": "id title source summary act voice speaker made_on event quote".split(),
    "figures": (
        "id title source series event measure measure_kind unit value qualifier as_written"
        " lower upper bound population place as_of attribution speaker quote"
    ).split(),
}
_RESOURCE_TYPES: dict[str, ResourceType] = {
    "sources": "source",
    "events": "event",
    "statements": "statement",
    "figures": "figure",
}
_REAL = ("value", "lower", "upper")
_REFERENCES = {"source": "sources", "event": "events"}
_INDEXES = ("source", "series", "event", "unit", "qualifier", "value", "as_of")


def flatten(records: GeneratedRecords, folder: Path) -> None:
    """Write the records to SQLite with full text and indexes, and to CSV, ordered by id."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "bench.db"
    target.unlink(missing_ok=True)
    database = sqlite3.connect(target)
    for table in COLUMNS:
        _write_table(database, table, records, folder / f"{table}.csv")
    for column in _INDEXES:
        database.execute(f"CREATE INDEX figures_{column} ON figures ({column})")
    joined = ", ".join(
        f"{alias}.{column} AS {table.removesuffix('s')}_{column}"
        for alias, table in (("s", "sources"), ("e", "events"))
        for column in COLUMNS[table]
    )
    database.execute(
        f"CREATE VIEW figures_joined AS SELECT f.*, {joined} FROM figures AS f"
        " JOIN sources AS s ON s.id = f.source JOIN events AS e ON e.id = f.event"
    )
    database.execute("ANALYZE")
    database.commit()
    database.close()


def _write_table(
    database: sqlite3.Connection, table: str, records: GeneratedRecords, csv_path: Path
) -> None:
    columns = COLUMNS[table]
    declarations = ", ".join(_declaration(column) for column in columns)
    database.execute(f"CREATE TABLE {table} ({declarations})")
    insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"
    resource_type = _RESOURCE_TYPES[table]
    with csv_path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for index in sorted(range(records.counts[resource_type]), key=str):
            record = records.record(resource_type, index).model_dump(mode="json")
            row = [_cell(record, column) for column in columns]
            database.execute(insert, row)
            writer.writerow(row)
    indexed = "title, quote" if "quote" in columns else "title, headline"
    database.execute(f"CREATE VIRTUAL TABLE {table}_fts USING fts5({indexed}, content='{table}')")
    database.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild')")


def _declaration(column: str) -> str:
    if column == "id":
        return "id TEXT PRIMARY KEY"
    reference = f" REFERENCES {_REFERENCES[column]}(id)" if column in _REFERENCES else ""
    return f"{column} {'REAL' if column in _REAL else 'TEXT'}{reference}"


def _cell(record: Mapping[str, Any], column: str) -> Any:
    if column == "quote":
        return record["evidence"][0]["exact"]
    if column == "speaker":
        return next((speaker["id"] for speaker in record["attribution"]["speakers"]), None)
    if column == "attribution":
        return record["attribution"]["origin"]
    if column == "place":
        return record["places"][0]["id"] if record["places"] else None
    value = record[column]
    return (value.get("edtf") or value.get("id")) if isinstance(value, dict) else value


@dataclass(frozen=True)
class Peers:
    """`plain` is the folder that `flatten` wrote, `tools` the folder of the environments."""

    plain: Path
    tools: Path

    def datasette(self, version: str = DATASETTE) -> AbstractContextManager[Server]:
        packages = (f"datasette=={version}", "setuptools<81")
        program = self._python_program(f"datasette-{version}", "datasette", *packages)
        settings = {
            "suggest_facets": "off",
            "default_page_size": "20",
            "sql_time_limit_ms": "20000",
            "max_returned_rows": "2000000",
            "max_csv_mb": "0",
        }
        options = [part for item in settings.items() for part in ("--setting", *item)]
        port = free_port()
        command = [str(program), "serve", "-i", str(self.plain / "bench.db"), "-p", str(port)]
        first_path = "/bench/figures/figure-1.json"
        return run_server("Datasette", [*command, *options], port=port, first_path=first_path)

    def next_datasette(self) -> AbstractContextManager[Server]:
        return self.datasette(NEXT_DATASETTE)

    def roapi(self) -> AbstractContextManager[Server]:
        program = self._python_program(f"roapi-{ROAPI}", "roapi", f"roapi=={ROAPI}")
        port = free_port()
        command = [str(program), "--disable-read-only", "--addr-http", f"127.0.0.1:{port}"]
        for protocol in ("postgres", "flight-sql"):
            command += [f"--addr-{protocol}", f"127.0.0.1:{free_port()}"]
        for table in COLUMNS:
            command += ["--table", f"{table}={self.plain / table}.csv"]
        first_path = "/api/tables/figures?limit=1"
        return run_server("roapi", command, port=port, first_path=first_path)

    def soul(self) -> AbstractContextManager[Server]:
        program = self._node_program(f"soul-{SOUL}", "soul", f"soul-cli@{SOUL}")
        port = free_port()
        command = [str(program), "-d", str(self.plain / "bench.db"), "-p", str(port)]
        return run_server(
            "soul",
            [*command, "--rate-limit-enabled=false"],
            port=port,
            first_path="/api/tables/figures/rows/figure-1",
            cwd=self.plain,
        )

    def tutorial(self) -> AbstractContextManager[Server]:
        """FastAPI and SQLModel as their tutorials combine them, in our environment."""
        environment = {"BENCH_DATABASE": str(self.plain / "bench.db")}
        return _uvicorn("tutorial", "bench.tutorial:app", "/figures/figure-1", environment)

    def bare_uvicorn(self) -> AbstractContextManager[Server]:
        environment = {"BENCH_BODY": str(self.plain / "record.json")}
        return _uvicorn("bare uvicorn", "bench.bare:app", "/", environment)

    def _python_program(self, name: str, program: str, *packages: str) -> Path:
        folder = self.tools / name
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            pip = [str(folder / "bin" / "pip"), "install", "--quiet"]
            subprocess.run([*pip, *packages], check=True)
            (folder / "complete").touch()
        return folder / "bin" / program

    def _node_program(self, name: str, program: str, package: str) -> Path:
        folder = self.tools / name
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            npm = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
            subprocess.run([*npm, package], cwd=folder, check=True)
            (folder / "complete").touch()
        return folder / "node_modules" / ".bin" / program


def _uvicorn(
    name: str, application: str, first_path: str, environment: Mapping[str, str]
) -> AbstractContextManager[Server]:
    """Serve an application with the loop and the parser that `onrecord serve` uses."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port)]
    return run_server(
        name,
        [*command, "--no-access-log", "--loop", "uvloop", "--http", "httptools"],
        port=port,
        first_path=first_path,
        environment=environment,
        cwd=ROOT,
    )
