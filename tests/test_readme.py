"""What the README shows is what the server answers."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.client import Api
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
REQUESTS = re.findall(r"```sh\ncurl '?(http://127\.0\.0\.1:8000[^'\n]+)'?\n```\n```json\n(.*?)```", README, re.DOTALL)
ELIDED = "…"


def shows(shown: Any, answered: Any) -> bool:
    """Whether an answer is what is shown; `…` stands for anything left out."""
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


def test_there_are_five_requests() -> None:
    assert len(REQUESTS) == 5


@pytest.mark.parametrize(("url", "answer"), REQUESTS, ids=[url[21:60] for url, _ in REQUESTS])
def test_a_request_of_the_readme_has_the_answer_of_the_readme(seed_api: Api, url: str, answer: str) -> None:
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
