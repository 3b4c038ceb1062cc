"""Imports run one way, and the server carries nothing of the workshop."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "app"

# Each may import itself and what stands before it; curation may import all that does not know HTTP.
LAYERS = [
    "vocabulary",
    "errors",
    "problems",
    "settings",
    "urls",
    "database",
    "models",
    "resources",
    "query",
    "presentation",
    "formats",
    "pages",
    "schemas",
    "api",
    "middleware",
    "mcp",
    "main",
    "cli",
]
MODULES = sorted(path for path in APP.rglob("*.py"))


def layer_of(module: str) -> str:
    return module.split(".")[1] if module.startswith("app.") else ""


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_imports_run_one_way(path: Path) -> None:
    own = path.relative_to(APP).with_suffix("").parts[0]
    if own == "__init__":
        return
    for name in imported_by(path):
        layer = layer_of(name)
        if name.split(".")[0] in ("fastapi", "starlette", "uvicorn"):
            assert own in ("api", "middleware", "mcp", "main", "cli"), (
                f"{own} knows the web framework"
            )
        if not layer or layer == own or layer.startswith("__"):
            continue
        if layer == "curation":
            assert own == "cli", f"{own} imports curation"
        elif own == "curation":
            assert layer not in ("api", "middleware", "mcp", "main", "cli"), (
                f"curation imports {layer}"
            )
        else:
            assert LAYERS.index(layer) <= LAYERS.index(own), f"{own} imports {layer}"


def test_the_server_loads_nothing_that_only_builds_need() -> None:
    code = (
        "import sys, app.main; print([m for m in sys.modules if m.startswith('app.curation')"
        " or m.split('.')[0] in ('alembic', 'ruamel', 'rich', 'edtf', 'yaml_rs', 'rapidfuzz', 'typer')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
