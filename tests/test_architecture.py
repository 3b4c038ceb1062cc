"""The imports of the application run one way."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "app"
LAYERS = (
    "vocabulary errors problems settings urls database models resources query presentation"
    " formats pages schemas api middleware mcp main cli"
).split()
"""A package imports those before it, never those after it."""
WITH_HTTP = {"api", "middleware", "mcp", "main", "cli"}
"""The packages that may import the web framework."""
FRAMEWORK = {"fastapi", "starlette", "uvicorn"}
ONLY_FOR_BUILDS = {"alembic", "ruamel", "rich", "edtf", "yaml_rs", "rapidfuzz", "typer"}


def package_of(path: Path) -> str:
    return path.relative_to(APP).with_suffix("").parts[0]


def imports_of(path: Path) -> set[str]:
    """The full names of all that a module imports, at its top or within functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def may_import(importer: str, imported: str) -> bool:
    if imported == importer or imported not in {*LAYERS, "curation"}:
        return True
    if imported == "curation":
        return importer == "cli"
    if importer == "curation":
        return imported not in WITH_HTTP | {"pages", "schemas"}
    return LAYERS.index(imported) < LAYERS.index(importer)


MODULES = [
    pytest.param(path, id=str(path.relative_to(APP)))
    for path in sorted(APP.rglob("*.py"))
    if path != APP / "__init__.py"
]


@pytest.mark.parametrize("path", MODULES)
def test_imports_run_one_way(path: Path) -> None:
    importer = package_of(path)
    for name in imports_of(path):
        if name.startswith("app."):
            assert may_import(importer, name.split(".")[1]), f"{importer} imports {name}"


def test_no_modules_import_each_other() -> None:
    paths = {
        ".".join(path.relative_to(APP.parent).with_suffix("").parts): path
        for path in APP.rglob("*.py")
    }
    imports = {
        module: {
            imported
            for name in imports_of(path)
            for imported in (name, name.rpartition(".")[0])
            if imported in paths
        }
        for module, path in paths.items()
    }
    TopologicalSorter(imports).prepare()


@pytest.mark.parametrize("path", MODULES)
def test_only_the_outer_packages_import_the_framework(path: Path) -> None:
    if package_of(path) not in WITH_HTTP:
        assert not {name.split(".")[0] for name in imports_of(path)} & FRAMEWORK


@pytest.mark.parametrize("path", MODULES)
def test_no_module_imports_a_private_name(path: Path) -> None:
    parts = {part for name in imports_of(path) for part in name.split(".")}
    assert not {part for part in parts if part.startswith("_") and not part.endswith("__")}


def test_every_package_has_its_layer() -> None:
    packages = {package_of(path) for path in APP.rglob("*.py")}
    assert packages == {*LAYERS, "curation", "__init__"}


@pytest.mark.slow
def test_the_server_loads_nothing_that_only_builds_need() -> None:
    code = "import sys, app.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = done.stdout.split()
    assert not [name for name in modules if name.startswith("app.curation")]
    assert not {name.split(".")[0] for name in modules} & ONLY_FOR_BUILDS
