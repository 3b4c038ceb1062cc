"""What TimelineJS draws has the form that it documents, and no slide goes without what a record may not go without."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.curation.dates import bounds
from app.formats.timelinejs import _bounds, _slide
from app.presentation.sentences import date_in_words
from app.resources import RESOURCES
from app.urls import BaseUrl
from tests.client import Api
from tests.test_citing import NASTY, nasty

pytestmark = pytest.mark.any_database

PATH = "/v1/timeline?format=timelinejs&limit=500"

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
    """Each slide with its record."""
    records = {
        f"{item['noun']}-{item['record']['id']}": item["record"]
        for item in api.all("/v1/timeline?limit=500")
    }
    for slide in drawn(api):
        yield slide, records[slide["unique_id"]]


def drawn(api: Api) -> list[Any]:
    document = api.json(PATH)
    Draft202012Validator(DOCUMENTED).validate(document)
    return list(document["events"])


@pytest.fixture(params=["api", "seed_api", "many_api"])
def any_api(request: pytest.FixtureRequest, backend: str) -> Api:
    found: Api = request.getfixturevalue(request.param)
    return found


def test_every_slide_has_what_a_record_may_not_go_without(any_api: Api) -> None:
    ids = []
    for slide, record in slides(any_api):
        ids.append(slide["unique_id"])
        said = unescape(slide["text"]["text"])
        if "as_written" in record:
            assert f"“{record['as_written']}”, as of {date_in_words(record['as_of'])}" in said
            assert f"Qualifier: {record['qualifier'].replace('_', ' ')}." in said
        if "attribution" in record:
            assert any(
                words in said for words in ("According to ", "credits nobody", "names no speaker")
            )
        for caveat in record["caveats"]:
            assert caveat in said
        assert f"Source: {record['source']}." in said
        assert record["evidence"][0]["exact"] in said
        assert f"/{record['id']}/citation" in said
    assert ids
    assert len(set(ids)) == len(ids)


def test_what_has_no_date_is_counted_where_it_cannot_be_shown(many_api: Api) -> None:
    """Together the slides and the count are the whole page."""
    page = many_api.json("/v1/timeline?limit=500")["data"]
    undated = [item for item in page if _bounds(item["record"][item["dated_by"]]) is None]
    document = many_api.json(PATH)
    assert len(document["events"]) == len(page) - len(undated)
    assert f"{len(undated)} records of this page have no date" in document["title"]["text"]["text"]


def test_a_page_says_that_there_is_more(api: Api) -> None:
    title = api.json("/v1/timeline?format=timelinejs&limit=2")["title"]["text"]["text"]
    assert "There is more" in title
    assert "cursor=" in title
    assert "There is more" not in api.json(PATH)["title"]["text"]["text"]


@pytest.mark.parametrize(
    ("edtf", "start", "end", "words"),
    [
        ("2024-02-14", (2024, 2, 14), None, "2024-02-14"),
        ("2024-02", (2024, 2), None, "2024-02"),
        ("2023", (2023,), None, "2023"),
        ("2023-10~", (2023, 10), None, "about 2023-10"),
        ("2023-10-07/2024-02-14", (2023, 10, 7), (2024, 2, 14), "2023-10-07 to 2024-02-14"),
        ("2012/..", (2012, 1, 1), None, "since 2012"),
        ("../2010", (2010, 12, 31), None, "until 2010"),
        (
            "[2023-11-24..2023-12-01]",
            (2023, 11, 24),
            (2023, 12, 1),
            "some day from 2023-11-24 to 2023-12-01",
        ),
        ("[..2012]", (2012, 12, 31), None, "not after 2012"),
        ("[2020..]", (2020, 1, 1), None, "not before 2020"),
    ],
)
def test_dates_stand_where_they_may_and_say_what_they_are(
    edtf: str, start: tuple[int, ...], end: tuple[int, ...] | None, words: str
) -> None:
    earliest, latest = bounds(edtf)
    date = {
        "edtf": edtf,
        "earliest": earliest,
        "latest": latest,
        "basis": "inferred",
        "basis_end": None,
    }
    found = _bounds(date)
    assert found is not None
    assert (tuple(found[0].values()), found[1] and tuple(found[1].values())) == (start, end)
    assert date_in_words(date) == f"{words} (inferred)"


def test_no_words_become_markup() -> None:
    record = {
        **nasty().record,
        "id": "f",
        "period": {
            "edtf": "2023",
            "earliest": "2023-01-01",
            "latest": "2023-12-31",
            "basis": "stated",
            "basis_end": None,
        },
    }
    made = _slide("figure", record, BaseUrl("", "https://o.example"))
    assert made is not None
    assert "<script" not in made["text"]["text"] + made["text"]["headline"]
    assert NASTY in unescape(made["text"]["text"])
    assert made["autolink"] is False


def test_it_is_offered_by_the_timeline_alone(api: Api) -> None:
    for resource in RESOURCES.values():
        assert api.get(f"{resource.path}?format=timelinejs").status_code == 422
    assert api.get("/v1/timeline?format=timelinej").json()["errors"][0]["nearest"] == "timelinejs"
    assert api.get("/v1/timeline?format=timelinejs&total=exact").status_code == 422


def test_addresses_are_whole(api: Api) -> None:
    document = api.get(PATH, headers={"Host": "one.example"}).json()
    assert 'href="http://one.example/v1/' in document["events"][0]["text"]["text"]
