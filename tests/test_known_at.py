"""What was served can be asked for again: every list and every record, as it was at any moment."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.resources import RESOURCES
from tests.client import Api
from tests.edits import Edited, recorded_at

BUILDS = 6
EDITS = 12


def questions() -> Iterator[str]:
    """The cross product of lists and what may be asked of them, as far as it differs in SQL."""
    for resource in RESOURCES.values():
        facets = ",".join(facet.name for facet in resource.facets)
        include = "".join(f"&include={item.name}" for item in resource.includes)
        yield f"{resource.path}?limit=500&facets={facets}{include}"
        yield from (f"{resource.path}?limit=7&sort=-{sort.name}" for sort in resource.sorts)
        yield f"{resource.path}?q=river&limit=500&total=exact"
        yield f"{resource.path}?format=csv"
        yield f"{resource.path}?format=ndjson"
    for resource in (RESOURCES[noun] for noun in ("event", "statement", "figure")):
        yield f"{resource.path}?published_from=2023-10&facets=source&limit=500"
        yield (
            f"{resource.path}?participant_not=actor-1"
            if resource.noun == "event"
            else f"{resource.path}?source=source-1"
        )
    yield from (f"/v1/figures?place={place}&limit=500&facets=place" for place in ("place-0", "place-1", "place-2"))
    yield "/v1/figures?latest=true&limit=500"
    yield "/v1/figures?as_of=2024-02&sort=-value,title&limit=500"
    yield "/v1/places?part_of_missing=true&limit=500"
    yield from (
        "/v1/search?q=river&limit=500",
        "/v1/search?q=cafe&noun=figure,place",
        "/v1/search?q=flood*&total=exact",
    )
    yield from ("/v1/timeline?limit=500", "/v1/timeline?noun=figure&q=bridge&sort=-published")
    yield from (f"/v1/sources/source-{number}/evidence?limit=500" for number in range(4))


def told(api: Api, path: str) -> Any:
    """All of an answer but what it says of itself."""
    response = api.get(path)
    assert response.status_code == 200, response.text
    if response.headers["content-type"] != "application/json":
        return response.text
    return {name: value for name, value in response.json().items() if name not in ("links", "query")}


def archived(url: str) -> dict[str, Any]:
    with Api.over(url) as api:
        answers = {path: told(api, path) for path in questions()}
        for resource in RESOURCES.values():
            include = "".join(f"&include={item.name}" for item in resource.includes)
            for record in api.json(f"{resource.path}?limit=500")["data"]:
                answers[f"{record['url']}?{include[1:]}"] = told(api, f"{record['url']}?{include[1:]}")
    return answers


@pytest.fixture(scope="module")
def edited(new_database: Callable[[], str]) -> tuple[Edited, list[dict[str, Any]]]:
    """A database after random edits, and what it answered after each build."""
    grown = Edited(new_database())
    answers = []
    for _ in range(BUILDS):
        grown.build()
        answers.append(archived(grown.url))
        grown.edit(EDITS)
    return grown, answers


def test_every_answer_can_be_had_again_as_it_was(edited: tuple[Edited, list[dict[str, Any]]]) -> None:
    grown, answers = edited
    assert len(set(grown.versions)) == BUILDS
    with Api.over(grown.url) as api:
        for number, (version, then) in enumerate(zip(grown.versions, answers, strict=True), start=1):
            for index, (path, answer) in enumerate(then.items()):
                moment = version if index % 2 else recorded_at(number).strftime("%Y-%m-%dT%H:%M:%SZ")
                assert told(api, f"{path}{'&' if '?' in path else '?'}known_at={moment}") == answer, (path, moment)
