"""What lists return: filters, fields, includes, mistakes, sentences, cursors, totals.

The grammar of queries is in tests/test_grammar.py.
"""

from typing import Any
from urllib.parse import quote

import pytest

from app.query.filters import is_slow
from app.query.pagination import Paginator
from app.resources import RESOURCES, Filter, Include, Resource
from tests.client import Api
from tests.oracle import World, known_values
from tests.queries import parse

FILTERS = [
    pytest.param(resource, item, id=f"{resource.plural}-{item.name}")
    for resource in RESOURCES.values()
    for item in resource.filters
]
INCLUDES = [
    pytest.param(resource, item, id=f"{resource.plural}-{item.name}")
    for resource in RESOURCES.values()
    for item in resource.includes
]


@pytest.fixture(scope="session")
def world(api: Api) -> World:
    return World(
        {resource_type: api.all(resource.path) for resource_type, resource in RESOURCES.items()}
    )


@pytest.mark.parametrize(("resource", "declared"), FILTERS)
def test_a_filter_returns_exactly_the_records_with_the_value(
    api: Api, world: World, resource: Resource, declared: Filter
) -> None:
    for value in known_values(world, resource.type, declared.name):
        expected = world.answer(resource.type, {declared.name: [value]}, ["id"])
        answer = api.json(f"{resource.path}?{declared.name}={quote(value)}")
        assert answer["data"] == expected, value
        assert (answer["total"], answer["total_exact"]) == (len(expected), True)
        assert len(api.statements) == 1, "who sees the whole list need not count it"
        if len(expected) > 1:
            assert api.json(f"{resource.path}?{declared.name}={quote(value)}&limit=1")[
                "total"
            ] == len(expected)
            assert len(api.statements) == 2


def test_every_filter_matches_some_made_up_record(world: World) -> None:
    """Otherwise the test above would say nothing of it."""
    unused = {
        (resource.type, item.name)
        for resource in RESOURCES.values()
        for item in resource.filters
        if not known_values(world, resource.type, item.name)
    }
    assert unused == {
        ("actor", "country"),
        ("actor", "role_of"),
        ("place", "country"),
        ("actor", "same_as"),
        ("place", "same_as"),
        ("statement", "event"),
        ("figure", "relayed_by"),
        ("figure", "observation_status"),
        ("figure", "supersedes"),
        ("figure", "superseded_by"),
    }


def test_several_filters_must_all_match(api: Api) -> None:
    answer = api.json("/v1/figures?qualifier=over,at_most&source=flood-count-2031-05-06")
    assert [record["id"] for record in answer["data"]] == ["people-displaced-recount-2031-05-04"]


def test_filters_on_one_link_apply_to_the_same_link(api: Api) -> None:
    both = "/v1/events?participant=zoe-angstroem&participant_role="
    assert api.json(f"{both}requester")["total"] == 1
    assert api.json(f"{both}addressee")["total"] == 0


def test_a_place_includes_its_parts(api: Api) -> None:
    in_the_part = {record["id"] for record in api.all("/v1/figures?place=nomark")}
    in_the_whole = {record["id"] for record in api.all("/v1/figures?place=lower-vale")}
    assert in_the_part == {"houses-destroyed-2031-05-04"}
    assert in_the_part < in_the_whole


@pytest.mark.parametrize("field", ["value", "as_written", "lower", "upper", "bound"])
def test_a_number_is_never_returned_without_its_context(api: Api, field: str) -> None:
    brought = {
        "qualifier",
        "as_written",
        "unit",
        "as_of",
        "attribution",
        "source",
        "superseded_by",
        "caveats",
        "corrections",
        "evidence",
    }
    answer = api.json(f"/v1/figures?fields={field}")
    assert all(set(record) == {field} | brought for record in answer["data"])
    assert set(answer["query"]["fields"]) == {field} | brought
    item = api.json(f"/v1/figures/{api.json('/v1/figures')['data'][0]['id']}?fields={field}")
    assert set(item["data"]) == {field} | brought


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.plural)
def test_fields_select_fields_and_change_nothing_else(api: Api, resource: Resource) -> None:
    whole = api.json(resource.path)["data"]
    for field in resource.fields:
        cut = api.json(f"{resource.path}?fields={field}")["data"]
        assert [
            {name: record[name] for name in shown} for record, shown in zip(whole, cut, strict=True)
        ] == cut
        assert all(field in record for record in cut)


@pytest.mark.parametrize(("resource", "include"), INCLUDES)
def test_an_include_adds_the_referenced_records_and_changes_nothing_else(
    api: Api, resource: Resource, include: Include
) -> None:
    plain, rich = api.json(resource.path), api.json(f"{resource.path}?include={include.name}")
    assert rich["data"] == plain["data"]
    target = RESOURCES[include.type]
    assert list(rich["included"]) == [target.plural]
    for record_id, record in rich["included"][target.plural].items():
        assert api.json(f"{target.path}/{record_id}")["data"] == record
        assert record_id in str(plain["data"])


def test_a_record_includes_only_what_it_references(api: Api) -> None:
    item = api.json(
        "/v1/figures/children-share-of-displaced-2031-05-04?include=denominator,source,population"
    )
    assert {
        resource_type: list(records) for resource_type, records in item["included"].items()
    } == {
        "sources": ["flood-in-lower-vale-2031-05-04"],
        "actors": ["residents-of-lower-vale"],
        "figures": ["people-displaced-2031-05-04"],
    }
    assert len(api.statements) == 1


def test_a_list_is_one_statement_and_a_record_too(api: Api) -> None:
    api.json("/v1/figures?limit=2")
    assert len(api.statements) == 1
    api.json("/v1/figures/people-displaced-2031-05-04")
    assert len(api.statements) == 1


# ----------------------------------------------------------------------------------------------
# mistakes: the parameter, the beginning of the advice, the nearest accepted name or value


MISTAKES: dict[str, tuple[str, str, str | None]] = {
    "limit=0": ("limit", "Write a whole number from 1 to 500", None),
    "limit=501": ("limit", "Write a whole number from 1 to 500", None),
    "limit=five": ("limit", "Write a whole number from 1 to 500", None),
    "limit=٥": ("limit", "Write a whole number from 1 to 500", None),
    "limit=5&limit=7": ("limit", "Give “limit” once: it stands 2 times", None),
    "limit=": ("limit", "Give “limit” a value: it is empty", None),
    "limit": ("limit", "Give “limit” a value: it is empty", None),
    "qualifier=ovr": ("qualifier", "Did you mean “over”?", "over"),
    "qualifier=!ovr": ("qualifier", "Did you mean “over”?", "over"),
    "qualifier=fine": ("qualifier", "Leave it out or choose another one", None),
    "qualifier=over,,under": ("qualifier", "Leave out empty values", None),
    "source=Not An Id": ("source", "Did you mean “not-an-id”?", "not-an-id"),
    "source=ü": ("source", "Write an id, lower-case words joined by hyphens", None),
    "unit=€": ("unit", "Choose another one: “€” is not one of those at", None),
    "measure=people displaced": (
        "measure",
        "Did you mean “people_displaced”?",
        "people_displaced",
    ),
    "value_min=many": ("value_min", "Write a number in digits, such as 28473 or 6.5", None),
    "value_min=NaN": ("value_min", "Write a number in digits", None),
    "value_min=1e999": ("value_min", "Write a smaller number", None),
    "value_min=9223372036854775808": ("value_min", "Round it to 15 significant digits", None),
    "value_min=28,473": ("value_min", "Write 28473, without separators", "28473"),
    "value_max=28 473.5": ("value_max", "Write 28473.5, without separators", "28473.5"),
    "as_of=2023-02-29": ("as_of", "Write a date of the calendar", None),
    "as_of=2023-00": ("as_of", "Write 2023 for all of it", "2023"),
    "as_of=2023-05-00": ("as_of", "Write 2023-05 for all of it", "2023-05"),
    "as_of=0000": ("as_of", "Write a date of the calendar", None),
    "as_of=20240101": ("as_of", "Write 2024-01-01: “20240101” has another form", "2024-01-01"),
    "date=2024-1-5": ("date", "Write 2024-01-05", "2024-01-05"),
    "date=2024-01-05T10:00:00Z/..": ("date", "Write 2024-01-05/..", "2024-01-05/.."),
    "date=05.01.2024": ("date", "Write 2023, 2023-11, 2023-11-24, 2023-11/2024-02", None),
    "date=../..": ("date", "Write 2023, 2023-11, 2023-11-24", None),
    "date=2025/2024": ("date", "Swap the two dates", None),
    "latest=1": ("latest", "Leave it out or choose another one: “1” is not accepted", None),
    "sort=valu": ("sort", "Did you mean “value”?", "value"),
    "sort=-valu": ("sort", "Did you mean “-value”?", "-value"),
    "sort=value:desc": ("sort", "Did you mean “-value”?", "-value"),
    "sort=value asc": ("sort", "Did you mean “value”?", "value"),
    "sort=value,-value": ("sort", "Name “value” once", None),
    "sort=id,value": ("sort", "Put id last, or leave it out", None),
    "sort=id&sort=value": ("sort", "Give “sort” once", None),
    "fields=valu": ("fields", "Did you mean “value”?", "value"),
    "fields=id&fields=value": ("fields", "Give “fields” once", None),
    "facets=value": ("facets", "Leave it out or choose another one", None),
    "include=sorce": ("include", "Did you mean “source”?", "source"),
    "missing=value": ("missing", "Leave it out or choose another one", None),
    "match_all=unit": ("match_all", "Leave it out or choose another one", None),
    "total=all": ("total", "Leave it out or choose another one", None),
    "q=a&q=b": ("q", "Give “q” once", None),
    "q=" + "a+" * 33: ("q", "Search for fewer words: it has 33 words and phrases", None),
    "q=" + "a" * 501: ("q", "Shorten it to 500 characters", None),
    'q="river flood': ("q", "Close the quotation mark, or remove it", None),
    "unit=%ff": ("unit", "Encode ", None),
    "unit=%ed%a0%80": ("unit", "Encode ", None),
    "unit=%zz": ("unit", "Write %25 for a % itself", None),
    "cursor=%zz": ("cursor", "Write %25 for a % itself", None),
    "unit=a%00b": ("unit", "Remove the NUL character", None),
    "=x": ("", "Leave “” out", None),
    "colour=red": ("colour", "Leave “colour” out. “colour” is no parameter of the list", None),
    "&".join(f"unit=u{i}" for i in range(201)): ("", "Join values by commas", None),
    "unit=" + ",".join(f"u{i}" for i in range(201)): ("unit", "Give at most 200 values", None),
}
CONTRADICTIONS = {
    "value_min=7&value_max=5": ("value_min", "Swap value_min=7 and value_max=5"),
    "missing=date&date=2024": ("missing", "Leave out date=2024 or missing=date"),
    "missing=event&event=x": ("missing", "Leave out event=x or missing=event"),
    "missing=event&present=event": ("missing", "Leave “event” out of missing or of present"),
    "unit=person,!person": ("unit", "Leave out person or !person"),
    "match_all=place": ("match_all", "Give the values that must all match, as place=a,b"),
}


@pytest.mark.parametrize("query", MISTAKES, ids=lambda query: query[:20])
def test_a_mistake_begins_with_how_to_fix_it(api: Api, query: str) -> None:
    parameter, advice, nearest = MISTAKES[query]
    response = api.get(f"/v1/figures?{query}")
    assert response.status_code == 422
    error = response.json()["errors"][0]
    assert error["parameter"] == parameter
    assert error["detail"].startswith(advice)
    assert error["nearest"] == nearest
    assert response.json()["detail"].startswith(advice)
    assert api.statements == []


@pytest.mark.parametrize("query", CONTRADICTIONS)
def test_values_that_no_record_has_together_are_a_mistake(api: Api, query: str) -> None:
    parameter, advice = CONTRADICTIONS[query]
    response = api.get(f"/v1/figures?{query}")
    assert response.status_code == 422
    error = response.json()["errors"][0]
    assert error["parameter"] == parameter
    assert error["detail"].startswith(advice)


OF_OTHER_LISTS: dict[str, tuple[str, str, str | None]] = {
    "/v1/sources?characters_min=2147483648": (
        "characters_min",
        "Write a whole number from 0 to 2147483647",
        None,
    ),
    "/v1/events?mapping=plover:request": (
        "mapping",
        "Did you mean “plover:REQUEST”? “plover:request” is not one of those at",
        "plover:REQUEST",
    ),
    "/v1/events?type=reqest": ("type", "Did you mean “request”?", "request"),
    "/v1/actors?country=ir": ("country", "Did you mean “IR”?", "IR"),
    "/v1/search?resource=figure": ("q", "Write q=…", None),
    "/v1/search?q=%25zz%zz": ("q", "Write %25 for a % itself", None),
    "/v1/search?q=x&colour=red": ("colour", "Leave “colour” out", None),
    "/v1/timeline?sort=date,published": ("sort", "Sort by at most 1", None),
    "/v1/timeline?speaker=zoe-angstroem": ("speaker", "Leave “speaker” out", None),
    "/v1?facets=colour": ("facets", "Leave it out or choose another one", None),
}


@pytest.mark.parametrize("path", OF_OTHER_LISTS)
def test_every_list_names_its_mistakes(api: Api, path: str) -> None:
    parameter, advice, nearest = OF_OTHER_LISTS[path]
    response = api.get(path)
    assert response.status_code == 422
    error = response.json()["errors"][0]
    assert (error["parameter"], error["nearest"]) == (parameter, nearest)
    assert error["detail"].startswith(advice)
    assert api.statements == []


def test_an_unreadable_parameter_is_not_reported_as_missing(api: Api) -> None:
    for query in ("q=%zz", "q=%ff", "q=truce%00x", "q", "q=a&q=b", "query=a"):
        errors = api.get(f"/v1/search?{query}").json()["errors"]
        assert ["cannot do without" in error["detail"] for error in errors] == [False], query


def test_all_mistakes_are_in_one_problem(api: Api) -> None:
    """Those of single values, and the contradictions among the right ones."""
    query = "limit=0&qualifier=ovr&colour=red&value_min=7&value_max=5&unit=person,!person"
    errors = api.get(f"/v1/figures?{query}").json()["errors"]
    assert [error["parameter"] for error in errors] == [
        *("qualifier", "limit", "colour"),
        *("unit", "value_min"),
    ]


SENTENCES = {
    "/v1/figures?place=gaza-strip&sort=-as_of": "figures in gaza-strip, newest as-of first",
    "/v1/figures?latest=false": "figures, by id",
    "/v1/figures?latest=true": "figures of these the newest of each series, by id",
    "/v1/figures?as_of=2024": "figures as of 2024 or earlier, by id",
    "/v1/figures?as_of=2024/..": "figures as of 2024 or later, by id",
    "/v1/figures?date=2023-11/2024-02": "figures covering 2023-11 to 2024-02, by id",
    "/v1/figures?missing=date": "figures without date, by id",
    "/v1/figures?present=event": "figures with any event, by id",
    "/v1/series?exclude=!a": "series whose exclude is not a, by id",
    "/v1/actors?related_from=a": "actors with a relation from a, by id",
    "/v1/events?participant=a,!b": ("events with a taking part, whose participant is not b, by id"),
    "/v1/events?participant_role=requester&participant=!b": (
        "events with participant role requester, there with participant other than b, by id"
    ),
    "/v1/events?participant=a,b&match_all=participant": (
        "events with a taking part, with b taking part, by id"
    ),
    "/v1/statements?quoted_word=%20": "statements with quoted word “ ”, by id",
    "/v1/timeline?measure=people_displaced": (
        "figures with measure people_displaced, oldest date first"
    ),
    "/v1/search?q=river": "search results with the words river, best first",
}


@pytest.mark.parametrize("path", SENTENCES)
def test_a_query_has_a_sentence(api: Api, path: str) -> None:
    assert api.json(path)["query"]["sentence"] == SENTENCES[path]


# ----------------------------------------------------------------------------------------------
# cursors


@pytest.mark.parametrize("limit", [1, 2, 5])
@pytest.mark.parametrize(
    "path", ["/v1/figures", "/v1/actors?kind=organisation,media,person", "/v1/statements"]
)
def test_pages_have_every_record_once_in_both_directions(api: Api, path: str, limit: int) -> None:
    everything = [record["id"] for record in api.json(path)["data"]]
    glue = "&" if "?" in path else "?"
    pages = [api.json(f"{path}{glue}limit={limit}")]
    while pages[-1]["links"]["next"]:
        pages.append(api.json(pages[-1]["links"]["next"]))
        assert len(api.statements) == (2 if "?" in path else 1)
    assert [record["id"] for page in pages for record in page["data"]] == everything
    assert pages[0]["links"]["prev"] is None
    for page, before in zip(pages[:0:-1], pages[-2::-1], strict=True):
        assert api.json(page["links"]["prev"])["data"] == before["data"]


def next_cursor(api: Api, path: str = "/v1/figures?limit=1") -> str:
    return str(api.json(path)["links"]["next"].split("cursor=")[1])


def test_a_cursor_may_be_used_with_another_limit_and_include(api: Api) -> None:
    answer = api.json(f"/v1/figures?limit=3&include=source&cursor={next_cursor(api)}")
    assert [record["id"] for record in answer["data"]] == [r["id"] for r in api.all("/v1/figures")][
        1:4
    ]


@pytest.mark.parametrize(
    "mangle",
    [lambda c: c[:-1], lambda c: "A" + c[1:], lambda c: c + "A", lambda c: "xyz", lambda c: "ä"],
)
def test_a_mangled_cursor_is_refused(api: Api, mangle: Any) -> None:
    response = api.get(f"/v1/figures?cursor={quote(mangle(next_cursor(api)))}")
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-cursor")


@pytest.mark.parametrize(
    "elsewhere", ["/v1/actors", "/v1/figures?unit=person", "/v1/figures?qualifier=over"]
)
def test_a_cursor_of_another_list_is_refused(api: Api, elsewhere: str) -> None:
    glue = "&" if "?" in elsewhere else "?"
    response = api.get(f"{elsewhere}{glue}cursor={next_cursor(api)}")
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-cursor")


def test_a_value_that_looks_like_two_parameters_is_another_list(api: Api) -> None:
    cursor = next_cursor(api, "/v1/figures?q=vale&value_max=5000&limit=1")
    response = api.get(f"/v1/figures?q=vale%26value_max%3D5000&cursor={cursor}")
    assert response.json()["type"] == "/problems/invalid-cursor"


@pytest.mark.parametrize("after", [(), ({},), (None,), (5,), ("a", "b"), (True,), (2**63,)])
def test_a_signed_cursor_of_another_form_is_refused(api: Api, after: Any) -> None:
    query = parse(RESOURCES["figure"], b"")
    paginator = Paginator.of(query, api.snapshot.dataset, (str,))
    token = paginator.token(after)
    response = api.get(f"/v1/figures?cursor={token}")
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-cursor")


def test_a_cursor_of_an_older_dataset_leads_back_to_the_first_page(api: Api, seed_api: Api) -> None:
    response = api.get(f"/v1/figures?limit=2&cursor={next_cursor(seed_api)}")
    problem = response.json()
    assert (response.status_code, problem["type"]) == (410, "/problems/cursor-expired")
    assert api.json(problem["first"])["query"]["limit"] == 2


def test_a_total_is_counted_up_to_a_thousand(large_api: Api) -> None:
    page = large_api.json("/v1/figures?id=!no-such-id&limit=1")
    assert (page["total"], page["total_exact"]) == (1000, False)
    page = large_api.json("/v1/figures?id=!no-such-id&limit=1&total=exact")
    assert (page["total"], page["total_exact"]) == (1500, True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", False),
        ("sort=-as_of", False),
        ("qualifier=over", False),
        ("value_min=5", False),
        ("qualifier=over&value_min=5&sort=-value", False),
        ("qualifier=over&sort=-as_of", True),
        ("sort=-as_of,title", True),
        ("q=flood", True),
        ("place=gaza-strip", True),
    ],
)
def test_a_query_that_one_index_cannot_answer_leaves_the_event_loop(
    query: str, expected: bool
) -> None:
    parsed = parse(RESOURCES["figure"], query.encode())
    assert is_slow(parsed.filters, [key.sort.name for key in parsed.sort]) == expected
