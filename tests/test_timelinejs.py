"""The TimelineJS format is as documented. tests/test_presentation.py has what a slide says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.presentation.text import date_text
from app.resources import RESOURCES
from tests.client import Api

pytestmark = pytest.mark.any_database

PATH = "/v1/timeline.timelinejs?limit=500"
POINT = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}[~?%]?")

_DATE = {
    "type": "object",
    "properties": {
        "year": {"type": "integer"},
        "month": {"type": "integer", "minimum": 1, "maximum": 12},
        "day": {"type": "integer", "minimum": 1, "maximum": 31},
    },
    "required": ["year"],
    "dependentRequired": {"day": ["month"]},
    "additionalProperties": False,
}
_TEXT = {
    "type": "object",
    "properties": {"headline": {"type": "string"}, "text": {"type": "string"}},
    "required": ["headline", "text"],
    "additionalProperties": False,
}
_SLIDE = {
    "type": "object",
    "properties": {
        "start_date": _DATE,
        "end_date": _DATE,
        "text": _TEXT,
        "group": {"type": "string"},
        "display_date": {"type": "string", "minLength": 1},
        "autolink": {"type": "boolean"},
        "unique_id": {"type": "string", "minLength": 1},
    },
    "required": ["start_date", "text"],
    "additionalProperties": False,
}
DOCUMENTED = {
    "type": "object",
    "properties": {
        "scale": {"enum": ["human", "cosmological"]},
        "title": {**_SLIDE, "required": ["text"]},
        "events": {"type": "array", "items": _SLIDE},
    },
    "required": ["events"],
    "additionalProperties": False,
}
"""The form as https://timeline.knightlab.com/docs/json-format.html has it, as far as we use it."""


def slides(api: Api) -> Iterator[tuple[Any, Any]]:
    """Each slide with its entry of the timeline."""
    entries = {
        f"{item['resource']}-{item['record']['id']}": item
        for item in api.all("/v1/timeline?limit=500")
    }
    for slide in timeline_slides(api):
        yield slide, entries[slide["unique_id"]]


def timeline_slides(api: Api) -> list[Any]:
    document = api.json(PATH)
    Draft202012Validator(DOCUMENTED).validate(document)
    return list(document["events"])


@pytest.fixture(params=["api", "seed_api", "many_api"])
def any_api(request: pytest.FixtureRequest, backend: str) -> Api:
    client: Api = request.getfixturevalue(request.param)
    return client


def test_every_slide_is_a_record(any_api: Api) -> None:
    ids = []
    for slide, item in slides(any_api):
        ids.append(slide["unique_id"])
        assert f"/{item['record']['id']}/citation" in slide["text"]["text"]
    assert ids
    assert len(set(ids)) == len(ids)


def test_undated_records_are_counted_in_the_title(many_api: Api) -> None:
    page = many_api.json("/v1/timeline?limit=500")["data"]
    dates = [item["record"][item["dated_by"]] for item in page]
    undated = [date for date in dates if not date or date["earliest"] is date["latest"] is None]
    document = many_api.json(PATH)
    assert len(document["events"]) == len(page) - len(undated)
    assert (
        f"{len(undated)} of the records on this page have no date"
        in document["title"]["text"]["text"]
    )


def test_the_title_links_to_the_next_page(api: Api) -> None:
    title = api.json("/v1/timeline.timelinejs?limit=2")["title"]["text"]["text"]
    assert "There is more" in title
    assert "cursor=" in title
    assert "There is more" not in api.json(PATH)["title"]["text"]["text"]


def test_a_slide_is_at_its_date_and_has_it_in_words(any_api: Api) -> None:
    for slide, item in slides(any_api):
        date = item["record"][item["dated_by"]]
        first, last = date["earliest"], date["latest"]
        if POINT.fullmatch(date["edtf"]):
            start, end = parts(date["edtf"].rstrip("~?%")), None
        else:
            start = parts(first or last)
            has_end = first and last and first != last and not date["edtf"].endswith("/")
            end = parts(last) if has_end else None
        assert (slide["start_date"], slide.get("end_date")) == (start, end), date["edtf"]
        assert slide["display_date"] == date_text(date)


def parts(day: str) -> dict[str, int]:
    return dict(zip(("year", "month", "day"), map(int, day.split("-")), strict=False))


def test_text_never_becomes_markup(hostile_api: Api) -> None:
    texts = [text for slide in timeline_slides(hostile_api) for text in slide["text"].values()]
    tags = {tag for text in texts for tag in re.findall(r"<([^\s>/]+)", text)}
    assert tags <= {"p", "ul", "li", "blockquote", "a", "bdi", "q", "mark", "span"}
    assert any("&lt;script" in text for text in texts)


def test_only_the_timeline_has_the_format(api: Api) -> None:
    for resource in RESOURCES.values():
        assert api.get(f"{resource.path}.timelinejs").status_code == 404
    assert api.get("/v1/timeline.timelinejs?total=exact").status_code == 422


def test_urls_are_absolute(api: Api) -> None:
    document = api.get(PATH, headers={"Host": "one.example"}).json()
    assert 'href="http://one.example/v1/' in document["events"][0]["text"]["text"]
