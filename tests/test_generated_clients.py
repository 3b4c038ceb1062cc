"""Clients that are generated from the OpenAPI document compile, and get typed records and
citations from a real server.

The generators come from the registries of npm and Python, each installed from a lock file in
`tests/tools`.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.api.openapi import openapi_under
from app.main import describe_app
from tests.conftest import ROOT
from tests.npm import TOOLS, install, installed, run
from tests.server import serving

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

FIGURE = "palestinians-killed-since-2023-10-07-at-2024-02-14"


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_text(json.dumps(openapi_under(describe_app(), "")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def url(seed_url: str) -> Iterator[str]:
    with serving(seed_url) as server:
        yield server


@pytest.fixture(scope="module")
def expected(url: str) -> dict[str, object]:
    """What each of the programs prints."""
    citation = httpx.get(f"{url}/v1/figures/{FIGURE}/citation?style=csl-json").json()
    return {
        "value": 28473,
        "qualifier": "over",
        "as_of": "2024-02-14",
        "source": "iran-fm-qatar-amir-2024-02-14",
        "in_series": 1,
        "cited": citation[0]["title"],
    }


def python_environment(lock: str) -> Path:
    """The `bin` folder of an environment with the packages of a lock."""
    folder = installed(lock)
    if not (folder / "complete").exists():
        run(sys.executable, "-m", "venv", "--clear", folder, cwd=ROOT)
        pip = (folder / "bin" / "pip", "install", "--quiet", "--require-hashes")
        install(folder, *pip, "-r", TOOLS / lock)
    return folder / "bin"


def mistyped(program: Path, right: str, wrong: str) -> Path:
    """A copy of a program that misspells a name."""
    text = program.read_text(encoding="utf-8")
    assert right in text
    copy = program.with_stem("mistyped")
    copy.write_text(text.replace(right, wrong), encoding="utf-8")
    return copy


# -------------------------------------------------------------------------------------- TypeScript

TSC = (
    "--strict --noUncheckedIndexedAccess --target es2022 --module nodenext"
    " --types node --typeRoots ../node_modules/@types"
).split()


@pytest.fixture(scope="module")
def typescript_client(node: Path, document: Path) -> Path:
    folder = node / "generated"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(TOOLS / "get_figure.ts", folder)
    generator = node / "node_modules/.bin/openapi-typescript"
    run(generator, document, "-o", folder / "api.d.ts", cwd=node)
    return folder


def test_a_typescript_client_gets_typed_records_and_citations(
    node: Path, typescript_client: Path, url: str, expected: object
) -> None:
    run(node / "node_modules/.bin/tsc", *TSC, "get_figure.ts", cwd=typescript_client)
    printed = run("node", "get_figure.js", url, FIGURE, cwd=typescript_client)
    assert json.loads(printed) == expected


def test_a_typescript_client_that_mistypes_a_field_does_not_compile(
    node: Path, typescript_client: Path
) -> None:
    program = mistyped(typescript_client / "get_figure.ts", "qualifier, as_of", "qualifer, as_of")
    tsc = node / "node_modules/.bin/tsc"
    assert "qualifer" in run(tsc, *TSC, program.name, cwd=typescript_client, fails=True)


# ------------------------------------------------------------------------------------------ Python

# client/client.py, which is the same in every generated client, is not checked: it does not follow
# the types of its HTTP library.
MYPY = "-m mypy --strict --follow-imports=silent --no-incremental".split()


@pytest.fixture(scope="module")
def python() -> Path:
    return python_environment("client.txt") / "python"


@pytest.fixture(scope="module")
def python_client(python: Path, document: Path) -> Path:
    folder = document.parent
    # The generator knows no media types of pictures.
    (folder / "generator.yaml").write_text(
        "content_type_overrides: {image/png: application/octet-stream}\n"
    )
    options = "--output-path client --meta none --overwrite --fail-on-warning"
    run(
        *(python.with_name("openapi-python-client"), "generate", "--path", document),
        *options.split(),
        *("--config", "generator.yaml"),
        cwd=folder,
        environment={"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"},
    )
    shutil.copy(TOOLS / "get_figure.py", folder)
    return folder


def test_a_python_client_has_every_operation(python_client: Path) -> None:
    functions = {path.stem for path in (python_client / "client" / "api").rglob("*.py")}
    paths = openapi_under(describe_app(), "")["paths"].values()
    assert functions - {"__init__"} == {path["get"]["operationId"] for path in paths}


def test_a_python_client_gets_typed_records_and_citations(
    python_client: Path, python: Path, url: str, expected: object
) -> None:
    checked = ("get_figure.py", "client/api", "client/models")
    run(python, *MYPY, *checked, cwd=python_client)
    assert json.loads(run(python, "get_figure.py", url, FIGURE, cwd=python_client)) == expected


def test_a_python_client_that_mistypes_a_field_does_not_type_check(
    python_client: Path, python: Path
) -> None:
    program = mistyped(python_client / "get_figure.py", "record.qualifier", "record.qualifer")
    assert "qualifer" in run(python, *MYPY, program, cwd=python_client, fails=True)


# ---------------------------------------------------------------------------------------------- Go


GO_PROPERTIES = (
    *("packageName=onrecord", "withGoMod=false", "enumClassPrefix=true"),
    # Without it, unions need a package beyond the standard library.
    "useOneOfDiscriminatorLookup=true",
)


@pytest.fixture(scope="module")
def go() -> Path:
    return python_environment("go_client.txt") / "go"


@pytest.fixture(scope="module")
def go_client(go: Path, document: Path) -> Path:
    folder = document.parent / "go"
    folder.mkdir()
    (folder / "go.mod").write_text("module client\n\ngo 1.23\n")
    shutil.copy(TOOLS / "get_figure.go", folder)
    run(
        *(go.with_name("openapi-generator-cli"), "generate"),
        *("--generator-name", "go", "--input-spec", document, "--output", folder / "onrecord"),
        *(
            "--additional-properties",
            ",".join(GO_PROPERTIES),
        ),
        *("--global-property", "apis,models,supportingFiles,apiTests=false,modelTests=false"),
        cwd=folder,
    )
    return folder


@pytest.mark.long
def test_a_go_client_gets_typed_records_and_citations(
    go_client: Path, go: Path, url: str, expected: object
) -> None:
    # What is generated imports the standard library alone.
    environment = {
        "GOCACHE": str(ROOT / "var" / "tools" / "go-cache"),
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }
    run(go, "build", "-o", "get_figure", ".", cwd=go_client, environment=environment)
    assert json.loads(run("./get_figure", url, FIGURE, cwd=go_client)) == expected
