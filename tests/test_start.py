"""What a server loads before it is asked anything."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.database.builds import read_ahead

NOT_AT_START = (
    "app.curation",
    "alembic",
    "yaml",
    "psycopg",
    "PIL",
    "app.presentation.preview",
    "mcp",
    "mcp_types",
    "app.mcp.http",
)


@pytest.mark.slow
def test_a_server_starts_without_what_only_builds_and_documents_need() -> None:
    code = "import sys, app.main; app.main.describe_app(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "app.query.records" in loaded
    assert not set(NOT_AT_START) & set(loaded)


def test_a_file_is_read_ahead_where_memory_has_room_for_it(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_bytes(bytes(1000))
    thread = read_ahead(file, memory=2001)
    assert thread is not None
    thread.join()
    assert read_ahead(file, memory=2000) is None
