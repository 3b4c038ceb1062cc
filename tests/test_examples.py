"""The examples of README.md and docs/questions.md are real responses."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.query.parameters import list_parameters
from app.resources import RESOURCES
from app.resources.declarations import Listing
from app.resources.lists import (
    CHANGES,
    DATASETS,
    REVISIONS,
    SEARCH,
    SOURCE_EVIDENCE,
    TIMELINE,
)
from app.settings import Settings
from tests.client import Api
from tests.conftest import ROOT

pytestmark = pytest.mark.any_database

REQUEST = re.compile(
    r"```sh\ncurl '?(http://127\.0\.0\.1:8000[^'\n]+)'?\n```\n```json\n(.*?)```", re.DOTALL
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = {
    name: REQUEST.findall((ROOT / name).read_text(encoding="utf-8"))
    for name in ("README.md", "docs/questions.md")
}
ELIDED = "…"
QUERIES = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
MATCHES = re.findall(r"^\|[^|]+\| `(/v1/.+)` \| (\d+)(?:: (.+))? \|$", QUERIES, re.MULTILINE)
MISTAKES = re.findall(r"^\| `(/v1/.+)` \| ([A-Z].+) \|$", QUERIES, re.MULTILINE)


def shows(shown: Any, answered: Any) -> bool:
    """Whether a response equals an example; `…` in the example stands for anything."""
    if shown == ELIDED:
        return True
    if isinstance(shown, dict) and isinstance(answered, dict):
        named = set(shown) - {ELIDED}
        return (ELIDED in shown or named == set(answered)) and all(
            name in answered and shows(shown[name], answered[name]) for name in named
        )
    if isinstance(shown, list) and isinstance(answered, list):
        if shown and shown[0] == ELIDED:
            return any(shows(item, answer) for item in shown[1:] for answer in answered)
        return len(shown) == len(answered) and all(map(shows, shown, answered))
    return bool(shown == answered)


def test_every_example_is_tested() -> None:
    assert {name: len(shown) for name, shown in SHOWN.items()} == {
        "README.md": 5,
        "docs/questions.md": 1,
    }
    assert (len(MATCHES), len(MISTAKES)) == (30, 17)


@pytest.mark.parametrize(
    ("url", "answer"),
    [pytest.param(*pair, id=pair[0][21:80]) for shown in SHOWN.values() for pair in shown],
)
def test_examples_show_real_responses(seed_api: Api, url: str, answer: str) -> None:
    parts = urlsplit(url)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    assert shows(json.loads(answer), seed_api.get(address).json())


@pytest.mark.parametrize(
    "path", re.findall(r"^\| `(/v1/\w+\?[^`]*[^`=])` \|", README, re.MULTILINE)
)
def test_requests_of_the_readme_have_answers(seed_api: Api, path: str) -> None:
    assert seed_api.json(path)["data"] != []


@pytest.mark.parametrize(("path", "total", "matches"), MATCHES)
def test_questions_have_these_answers(seed_api: Api, path: str, total: str, matches: str) -> None:
    page = seed_api.json(path)
    assert page["total"] == int(total)
    text = json.dumps(page, ensure_ascii=False)
    assert [match for match in re.findall("`(.+?)`", matches) if match not in text] == []


@pytest.mark.parametrize(("path", "advice"), MISTAKES)
def test_mistakes_get_this_advice(seed_api: Api, path: str, advice: str) -> None:
    response = seed_api.get(path)
    assert response.status_code in (404, 422)
    assert response.json()["detail"].startswith(advice)


def test_the_parameters_of_every_list_are_documented() -> None:
    """A list has those of its row, and those that all lists or all lists of records have."""
    rows = {
        path: set(re.findall("`(.+?)`", row))
        for row in re.findall(r"^\| (`/v1/.+) \|$", QUERIES, re.MULTILINE)
        for path in re.findall(r"`(/v1/[^`?]+)`", row.partition(" | ")[0])
    }
    shared = {"limit", "cursor", "total"}
    of_records = set(
        "q id published missing present known_at updated_after sort fields include facets".split()
    )
    listings: dict[Listing, set[str]] = dict.fromkeys(RESOURCES.values(), of_records | shared)
    listings |= dict.fromkeys(
        (TIMELINE, SEARCH, CHANGES, SOURCE_EVIDENCE, DATASETS, REVISIONS), shared
    )
    for listing, common in listings.items():
        documented = {name for name in rows[listing.path] if not name.startswith("/v1/")} | common
        assert documented == {*list_parameters(listing).model_fields}, listing.path


def test_the_comparison_can_fail() -> None:
    assert not shows({"a": 1}, {"a": 1, "b": 2})
    assert not shows({"a": 1, ELIDED: ELIDED}, {"a": 2})
    assert not shows([ELIDED, {"a": 1}], [{"a": 2}])


def test_every_setting_is_in_the_readme() -> None:
    for name in Settings.model_fields:
        assert f"ONRECORD_{name.upper()}" in README
