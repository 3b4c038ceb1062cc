"""What a server loads before it is asked anything."""

import subprocess
import sys

NOT_AT_START = (
    "app.web.openapi",
    "app.curation",
    "app.past_tables",
    "sqlalchemy.dialects.postgresql",
    "alembic",
    "yaml",
    "psycopg",
    "PIL",
    "app.render.preview",
    "mcp",
    "mcp_types",
    "app.web.mcp",
)


def test_a_server_starts_without_what_only_builds_and_documents_need() -> None:
    code = "import sys, app.main; app.main.described(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "app.query.read" in loaded
    assert not set(NOT_AT_START) & set(loaded)
