"""What was served can be asked for again: every list and every record, as it was at any moment."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.resources import RESOURCES, Resource
from tests.client import Api
from tests.edits import Edited, recorded_at

pytestmark = pytest.mark.slow

BUILDS = 6
EDITS = 12


def includes_of(resource: Resource) -> str:
    names = ",".join(item.name for item in resource.includes)
    return f"include={names}" if names else ""


def questions() -> Iterator[str]:
    """The cross product of lists and what may be asked of them, as far as it differs in SQL."""
    for resource in RESOURCES.values():
        facets = ",".join(facet.name for facet in resource.facets)
        yield f"{resource.path}?limit=500&facets={facets}&{includes_of(resource)}"
        yield from (f"{resource.path}?limit=7&sort=-{sort.name}" for sort in resource.sorts)
        yield f"{resource.path}?q=river&limit=500&total=exact"
        yield f"{resource.path}.csv"
        yield f"{resource.path}.ndjson"
    for resource in (
        RESOURCES[resource_type] for resource_type in ("event", "statement", "figure")
    ):
        yield f"{resource.path}?published=2023-10/..&facets=source&limit=500"
        yield (
            f"{resource.path}?participant=!actor-1"
            if resource.type == "event"
            else f"{resource.path}?source=source-1"
        )
    yield from (
        f"/v1/figures?place={place}&limit=500&facets=place"
        for place in ("place-0", "place-1", "place-2")
    )
    yield "/v1/figures?latest=true&limit=500"
    yield "/v1/figures?as_of=2024-02&sort=-value,title&limit=500"
    yield "/v1/places?missing=part_of&limit=500"
    yield from (
        "/v1/search?q=river&limit=500",
        "/v1/search?q=cafe&resource=figure,place",
        "/v1/search?q=flood*&total=exact",
    )
    yield from ("/v1/timeline?limit=500", "/v1/timeline?resource=figure&q=bridge&sort=-published")
    yield from (f"/v1/sources/source-{number}/evidence?limit=500" for number in range(4))


def told(api: Api, path: str) -> Any:
    """All of an answer but what it says of itself."""
    response = api.get(path)
    assert response.status_code == 200, response.text
    if response.headers["content-type"] != "application/json":
        return response.text
    return {
        name: value for name, value in response.json().items() if name not in ("links", "query")
    }


def archived(url: str) -> dict[str, Any]:
    with Api.over(url) as api:
        answers = {path: told(api, path) for path in questions()}
        for resource in RESOURCES.values():
            for record in api.json(f"{resource.path}?limit=500")["data"]:
                path = f"{record['url']}?{includes_of(resource)}"
                answers[path] = told(api, path)
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


def test_every_answer_can_be_had_again_as_it_was(
    edited: tuple[Edited, list[dict[str, Any]]],
) -> None:
    grown, answers = edited
    assert len(set(grown.versions)) == BUILDS
    with Api.over(grown.url) as api:
        for number, (version, then) in enumerate(
            zip(grown.versions, answers, strict=True), start=1
        ):
            for index, (path, answer) in enumerate(then.items()):
                moment = (
                    version if index % 2 else recorded_at(number).strftime("%Y-%m-%dT%H:%M:%SZ")
                )
                assert (
                    told(api, f"{path}{'&' if '?' in path else '?'}known_at={moment}") == answer
                ), (path, moment)


@pytest.fixture(scope="module")
def grown(edited: tuple[Edited, list[dict[str, Any]]]) -> Iterator[tuple[Edited, Api]]:
    with Api.over(edited[0].url) as api:
        yield edited[0], api


def test_the_newest_dataset_is_asked_as_the_present_is(grown: tuple[Edited, Api]) -> None:
    built, api = grown
    api.json("/v1/figures?limit=3&qualifier=over")
    present = list(api.statements)
    api.json(f"/v1/figures?limit=3&qualifier=over&known_at={built.versions[-1]}")
    assert api.statements == present


def test_an_answer_of_the_past_says_of_when_it_is(grown: tuple[Edited, Api]) -> None:
    built, api = grown
    response = api.get("/v1/figures?known_at=2021-05-02&unit=person")
    assert response.headers["memento-datetime"] == "Sun, 02 May 2021 12:00:00 GMT"
    assert (
        response.headers["dataset-version"]
        == built.versions[1]
        == response.json()["dataset"]["version"]
    )
    assert '</v1/figures?unit=person>; rel="original latest-version"' in response.headers["link"]
    assert response.json()["query"]["known_at"] == "2021-05-02"
    assert response.json()["query"]["sentence"].endswith(", as recorded by 2021-05-02")
    again = api.get(
        "/v1/figures?known_at=2021-05-02&unit=person",
        headers={"If-None-Match": response.headers["etag"]},
    )
    assert (again.status_code, api.statements) == (304, [])


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        ("2021-05-01", 0),  # the end of the day
        ("2021-05-02T12:00:00Z", 1),  # the very second
        ("2021-05-02T11:59:59Z", 0),
        ("2021-05-02T14:00:00%2B02:00", 1),
        ("2022-01-01", BUILDS - 1),
    ],
)
def test_a_moment_stands_for_what_was_served_then(
    grown: tuple[Edited, Api], moment: str, version: int
) -> None:
    built, api = grown
    assert (
        api.json(f"/v1/places?known_at={moment}")["dataset"]["version"] == built.versions[version]
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2021-04-30", "Choose 2021-05-01T12:00:00Z or later"),
        ("2021-05-01T11:59:59Z", "Choose 2021-05-01T12:00:00Z or later"),
        ("9999-01-01", "Leave it out for the present"),
        ("2021-02-30", "Write a moment of the calendar"),
        ("2021", "Write a day (2026-05-04), an instant"),
        ("yesterday", "Write a day (2026-05-04), an instant"),
        ("0123456789abcdef", "Choose a version that was served"),
        ("", "Give “known_at” a value"),
        ("2021-05-01&known_at=2021-05-02", "Give “known_at” once"),
    ],
)
def test_a_moment_of_which_nothing_is_known_is_refused(
    grown: tuple[Edited, Api], moment: str, words: str
) -> None:
    _, api = grown
    for path in (
        "/v1/figures",
        "/v1/figures/figure-1",
        "/v1/search?q=river",
        "/v1/timeline",
        "/v1/changes",
    ):
        response = api.get(f"{path}{'&' if '?' in path else '?'}known_at={moment}")
        fault = response.json()["errors"][0]
        assert (response.status_code, fault["parameter"]) == (422, "known_at"), path
        assert fault["detail"].startswith(words)


def test_pages_of_the_past_go_on_after_the_data_have_changed(
    edited: tuple[Edited, list[dict[str, Any]]],
) -> None:
    grown, _ = edited
    with Api.over(grown.url) as api:
        path = f"/v1/figures?limit=500&known_at={grown.versions[0]}"
        whole = [record["id"] for record in api.json(path)["data"]]
        assert [record["id"] for record in api.all(path.replace("500", "7"))] == whole


def test_a_record_that_was_not_there_yet_is_not_found_and_one_that_is_gone_was_there(
    grown: tuple[Edited, Api],
) -> None:
    built, api = grown
    gone = next(
        change
        for change in api.all("/v1/changes?change=withdrawn&resource=figure&limit=500")
        if change["revision_number"]
    )
    address = f"/v1/figures/{gone['id']}"
    assert api.get(address).status_code == 410
    index = built.versions.index(gone["recorded_in"]["version"])
    assert api.json(f"{address}?known_at={built.versions[index - 1]}")["data"]["id"] == gone["id"]
    added = next(
        change
        for change in api.all("/v1/changes?change=added&resource=figure")
        if "made" in change["id"]
    )
    assert api.get(f"/v1/figures/{added['id']}?known_at={built.versions[0]}").status_code == 404


def test_records_bring_the_forms_that_they_had(grown: tuple[Edited, Api]) -> None:
    _, api = grown
    for resource in RESOURCES.values():
        page = api.json(f"{resource.path}?limit=500&include=history")
        assert page["query"]["include"] == ["history"]
        for record in page["data"]:
            past = page["history"][record["id"]]
            assert past == api.json(f"{record['url']}?include=history")["history"][record["id"]]
            listed = api.json(f"{record['url']}/revisions?limit=500")["data"]
            assert [item["revision"] for item in past] == listed
            assert {**past[0]["record"], "url": record["url"]} == record
    many = max(page["history"].values(), key=len)
    assert [item["record"] for item in many] == [
        api.json(item["revision"]["url"])["data"] for item in many
    ]


def test_history_ends_where_it_is_asked_for(grown: tuple[Edited, Api]) -> None:
    built, api = grown
    for version in built.versions[:3]:
        page = api.json(f"/v1/places?limit=500&include=history&known_at={version}")
        for record in page["data"]:
            newest = page["history"][record["id"]][0]
            assert (newest["revision"]["recorded_to"], newest["record"]["title"]) == (
                None,
                record["title"],
            )


@pytest.mark.parametrize("form", ["csv", "ndjson", "jsonld", "atom"])
def test_a_format_without_place_for_history_says_so(grown: tuple[Edited, Api], form: str) -> None:
    response = grown[1].get(f"/v1/figures.{form}?include=history")
    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (
        422,
        "include",
    )
