"""The examples of README.md and docs/questions.md are real responses."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

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
        "docs/questions.md": 35,
    }


@pytest.mark.parametrize(
    ("url", "answer"),
    [pytest.param(*pair, id=pair[0][21:80]) for shown in SHOWN.values() for pair in shown],
)
def test_examples_show_real_responses(seed_api: Api, url: str, answer: str) -> None:
    parts = urlsplit(url)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    assert shows(json.loads(answer), seed_api.get(address).json())


def test_the_comparison_can_fail() -> None:
    assert not shows({"a": 1}, {"a": 1, "b": 2})
    assert not shows({"a": 1, ELIDED: ELIDED}, {"a": 2})
    assert not shows([ELIDED, {"a": 1}], [{"a": 2}])


def test_every_setting_is_in_the_readme() -> None:
    from app.settings import Settings

    for name in Settings.model_fields:
        assert f"ONRECORD_{name.upper()}" in README
