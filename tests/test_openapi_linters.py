"""Two linters find nothing in the served OpenAPI document, by their default rules."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.client import Api
from tests.npm import run

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def document(seed_api: Api) -> Any:
    return seed_api.json("/openapi.json")


def redocly(node: Path, folder: Path) -> list[str]:
    program = node / "node_modules/.bin/redocly"
    options = ["--extends=recommended", "--format=json", "--max-problems=1000"]
    # It takes `{id}` for anything up to a slash; by its pattern, an id has no dot.
    options.append("--skip-rule=no-ambiguous-paths")
    output = run(program, "lint", "openapi.json", *options, cwd=folder, fails=None)
    return [
        f"{each['ruleId']}: {each['location'][0]['pointer']}: {each['message']}"
        for each in json.loads(output)["problems"]
    ]


def spectral(node: Path, folder: Path) -> list[str]:
    (folder / "rules.yaml").write_text("extends: ['spectral:oas']\n")
    program = node / "node_modules/.bin/spectral"
    options = ("--ruleset=rules.yaml", "--format=json", "--quiet")
    output = run(program, "lint", "openapi.json", *options, cwd=folder, fails=None)
    return [
        f"{each['code']}: {'/'.join(map(str, each['path']))}: {each['message']}"
        for each in json.loads(output)
    ]


def findings(lint: Any, node: Path, folder: Path, document: Any) -> list[str]:
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    found: list[str] = lint(node, folder)
    return found


@pytest.mark.parametrize("lint", [redocly, spectral])
def test_a_linter_finds_nothing(lint: Any, node: Path, tmp_path: Path, document: Any) -> None:
    assert findings(lint, node, tmp_path, document) == []


@pytest.mark.parametrize("lint", [redocly, spectral])
def test_a_linter_finds_a_mistake(lint: Any, node: Path, tmp_path: Path, document: Any) -> None:
    del document["info"]["license"]
    del document["paths"]["/v1"]["get"]["responses"]
    assert findings(lint, node, tmp_path, document)
