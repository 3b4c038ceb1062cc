"""Other tools understand the OpenAPI document: a second linter accepts it, and generated clients
type-check and get the right figure from a real server.

The tools come from npm and from an environment of their own, both installed from lock files
(`tests/tools/`).
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.api.openapi import openapi_under
from app.main import describe_app
from tests.conftest import ROOT
from tests.npm import TOOLS, install, installed, run
from tests.server import serving

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

FIGURE = "palestinians-killed-since-2023-10-07-at-2024-02-14"
EXPECTED = {
    "value": 28473,
    "qualifier": "over",
    "as_of": "2024-02-14",
    "source": "iran-fm-qatar-amir-2024-02-14",
    "over": 1,
}


@pytest.fixture(scope="session")
def generator() -> Path:
    """The `bin` folder of the generator's environment."""
    folder = installed("client.txt")
    if not (folder / "complete").exists():
        run(sys.executable, "-m", "venv", "--clear", folder, cwd=ROOT)
        install(
            folder,
            folder / "bin" / "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            TOOLS / "client.txt",
        )
    return folder / "bin"


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_text(json.dumps(openapi_under(describe_app(), "")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def url(seed_url: str) -> Iterator[str]:
    with serving(seed_url) as server:
        yield server


def test_a_second_linter_finds_nothing_wrong(node: Path, document: Path) -> None:
    run(node / "node_modules/.bin/redocly", "lint", "--extends=spec", document, cwd=node)
    broken: Any = json.loads(document.read_text(encoding="utf-8"))
    del broken["paths"]["/v1"]["get"]["responses"]["200"]["description"]
    (document.parent / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    run(
        node / "node_modules/.bin/redocly",
        "lint",
        "--extends=spec",
        document.parent / "broken.json",
        cwd=node,
        fails=True,
    )


@pytest.fixture(scope="module")
def typescript(node: Path, document: Path) -> Path:
    folder = node / "generated"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(TOOLS / "ask.ts", folder)
    run(
        node / "node_modules/.bin/openapi-typescript", document, "-o", folder / "api.d.ts", cwd=node
    )
    return folder


def compiled(folder: Path, *, fails: bool = False) -> str:
    program = folder.parent / "node_modules/.bin/tsc"
    target = (
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--types",
        "node",
        "--typeRoots",
        "../node_modules/@types",
    )
    return run(
        program,
        "--strict",
        *target,
        "--noUncheckedIndexedAccess",
        "ask.ts",
        cwd=folder,
        fails=fails,
    )


def test_a_typescript_client_type_checks_and_gets_the_figure(typescript: Path, url: str) -> None:
    compiled(typescript)
    assert json.loads(run("node", "ask.js", url, FIGURE, cwd=typescript)) == EXPECTED


def test_a_typescript_client_that_mistypes_a_field_does_not_compile(typescript: Path) -> None:
    program = typescript / "ask.ts"
    right = program.read_text(encoding="utf-8")
    program.write_text(right.replace("qualifier, as_of", "qualifer, as_of"), encoding="utf-8")
    assert "qualifer" in compiled(typescript, fails=True)
    program.write_text(right, encoding="utf-8")


@pytest.fixture(scope="module")
def python_client(generator: Path, document: Path) -> Path:
    folder = document.parent
    path = f"{generator}{os.pathsep}{os.environ['PATH']}"
    # The generator knows no media types of pictures.
    (folder / "generator.yaml").write_text(
        "content_type_overrides: {image/png: application/octet-stream}\n"
    )
    options = ["--output-path", "client", "--meta", "none", "--overwrite", "--fail-on-warning"]
    options += ["--config", "generator.yaml"]
    run(
        generator / "openapi-python-client",
        "generate",
        "--path",
        document,
        *options,
        cwd=folder,
        PATH=path,
    )
    shutil.copy(TOOLS / "ask_client.py", folder)
    return folder


def test_a_python_client_has_every_operation(python_client: Path) -> None:
    functions = {path.stem for path in (python_client / "client" / "api").rglob("*.py")}
    paths = openapi_under(describe_app(), "")["paths"].values()
    assert functions - {"__init__"} == {path["get"]["operationId"] for path in paths}


def test_a_python_client_type_checks_and_gets_the_figure(
    python_client: Path, generator: Path, url: str
) -> None:
    # client/client.py, which is the same in every generated client, is not checked: it does not
    # follow the types of its HTTP library.
    check = ("-m", "mypy", "--strict", "--follow-imports=silent", "--no-incremental")
    run(
        generator / "python",
        *check,
        "ask_client.py",
        "client/api",
        "client/models",
        cwd=python_client,
    )
    output = run(generator / "python", "ask_client.py", url, FIGURE, cwd=python_client)
    assert json.loads(output) == EXPECTED
    right = (python_client / "ask_client.py").read_text(encoding="utf-8")
    mistyped = python_client / "mistyped.py"
    mistyped.write_text(right.replace("record.qualifier", "record.qualifer"), encoding="utf-8")
    assert "qualifer" in run(generator / "python", *check, mistyped, cwd=python_client, fails=True)
