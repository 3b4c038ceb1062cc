"""What a server loads before it is asked anything."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.database.execute import Database
from tests.conftest import MADE_UP, build_from

NOT_AT_START = (
    "app.curation",
    "app.models.history",
    "sqlalchemy.dialects.postgresql",
    "alembic",
    "yaml",
    "psycopg",
    "PIL",
    "app.presentation.preview",
    "mcp",
    "mcp_types",
    "app.mcp.http",
)


def test_a_server_starts_without_what_only_builds_and_documents_need() -> None:
    code = "import sys, app.main; app.main.described(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "app.query.records" in loaded
    assert not set(NOT_AT_START) & set(loaded)


def test_a_file_is_read_ahead_where_memory_has_room_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'made-up.db'}"
    build_from(MADE_UP, url)
    read: list[Path] = []
    monkeypatch.setattr("app.database.execute._read", read.append)
    for memory, wanted in ((2**40, [tmp_path / "made-up.db"]), (1, [])):
        read.clear()
        monkeypatch.setattr("app.database.execute._memory", lambda memory=memory: memory)
        database = Database(url)
        database.read_ahead()
        for thread in threading.enumerate():
            if thread.name == "read ahead":
                thread.join()
        database.close()
        assert read == wanted
