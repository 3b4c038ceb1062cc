"""What a query may say, and what it is answered with."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.problems import Problem
from app.query.filters import is_slow
from app.query.pagination import Paginator
from app.query.params import parse_list
from app.resources import RESOURCES, Filter, Include, Resource
from tests.client import Api
from tests.oracle import World, known_values

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
        assert answer["query"]["filters"] == {declared.name: [value]}
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
        ("statement", "event"),
        ("statement", "date_basis"),
        ("figure", "relayed_by"),
    }


def test_several_values_mean_any_of_them(api: Api) -> None:
    for query in (
        "qualifier=over,at_most",
        "qualifier=over&qualifier=at_most",
        "qualifier=at_most,over,over",
    ):
        answer = api.json(f"/v1/figures?{query}")
        assert {record["qualifier"] for record in answer["data"]} == {"over", "at_most"}
        assert answer["total"] == 3


def test_several_filters_must_all_match(api: Api) -> None:
    answer = api.json("/v1/figures?qualifier=over,at_most&source=flood-count-2031-05-06")
    assert [record["id"] for record in answer["data"]] == ["people-displaced-recount-2031-05-04"]


def test_filters_on_one_link_apply_to_the_same_link(api: Api) -> None:
    both = "/v1/events?participant=zoe-angstroem&participant_role="
    assert api.json(f"{both}asking")["total"] == 1
    assert api.json(f"{both}asked")["total"] == 0


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


def test_a_comma_in_a_value_is_escaped(api: Api) -> None:
    assert api.json("/v1/sources?publisher=Vale%20Herald")["total"] == 1
    answer = api.json("/v1/sources?publisher=Vale%5C,Herald")
    assert answer["query"]["filters"] == {"publisher": ["Vale,Herald"]}
    assert api.json(answer["links"]["self"])["query"] == answer["query"]


def test_a_backslash_at_the_end_of_a_value_is_a_backslash(api: Api) -> None:
    answer = api.json("/v1/sources?publisher=foo%5C&publisher=bar")
    assert answer["query"]["filters"] == {"publisher": ["foo\\", "bar"]}
    assert api.json(answer["links"]["self"])["query"] == answer["query"]


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


MISTAKES = {
    "qualifer=over": ("qualifer", "is not a parameter of figures", "qualifier"),
    "limit=0": ("limit", "from 1 to 500", None),
    "limit=501": ("limit", "from 1 to 500", None),
    "limit=5&limit=7": ("limit", "more than once", None),
    "limit=five": ("limit", "from 1 to 500", None),
    "limit=٥": ("limit", "from 1 to 500", None),
    "limit=": ("limit", "is empty", None),
    "limit": ("limit", "has no value", None),
    "qualifier=ovr": ("qualifier", "is not accepted: one of none_stated, over", "over"),
    "qualifier=": ("qualifier", "is empty", None),
    "qualifier=over,,under": ("qualifier", "has an empty value", None),
    "source=Not An Id": ("source", "is not an id", None),
    "value=many": ("value", "is not a number", None),
    "value=NaN": ("value", "is not a number", None),
    "value=1e999": ("value", "is not a number", None),
    "value=9223372036854775808": ("value", "15 significant digits", None),
    "value_min=1" + "0" * 400: ("value_min", "larger than any value", None),
    "value_min=7&value_max=5": ("value_min", "lies beyond value_max=5", None),
    "value_mn=7": ("value_mn", "is not a parameter", "value_min"),
    "value=5&value_not=5.0": ("value_not", "is excluded by value_not and asked for by value", None),
    "value_missing=true&value_min=5": ("value_missing", "cannot stand beside value_min=5", None),
    "value=5&value_min=10": ("value_min", "lies beyond value=5", None),
    "value=5,6&value_max=4": ("value_max", "lies beyond value=5,6", None),
    "date_missing=true&date_basis=stated": (
        "date_basis",
        "cannot stand beside date_missing=true",
        None,
    ),
    "as_of=2023-02-29": ("as_of", "not a date of the calendar", None),
    "as_of=0000": ("as_of", "not a date of the calendar", None),
    "as_of=20240101": ("as_of", "write 2023, 2023-09 or 2023-09-05", None),
    "as_of=2024&as_of_from=2023": ("as_of_from", "cannot stand beside as_of=2024", None),
    "date=2024&date_to=2025": ("date_to", "cannot stand beside date=2024", None),
    "date_from=2025&date_to=2024": ("date_from", "lies beyond date_to=2024", None),
    "date_missing=true&date=2024": ("date_missing", "cannot stand beside date=2024", None),
    "event=x&event_missing=true": ("event_missing", "cannot stand beside event=x", None),
    "unit=person&unit_not=person": (
        "unit_not",
        "is excluded by unit_not and asked for by unit",
        None,
    ),
    "event_missing=yes": ("event_missing", "true or false", None),
    "latest=1": ("latest", "true or false", None),
    "sort=valu": ("sort", "one of id, title, as_of, value", "value"),
    "sort=-valu": ("sort", "one of id, title, as_of, value", "-value"),
    "sort=value,-value": ("sort", "names value twice", None),
    "sort=value,value": ("sort", "names value twice", None),
    "sort=id,id,id,id,id,id,id,id,id": ("sort", "names id twice", None),
    "sort=id,value": ("sort", "stands behind id", None),
    "sort=": ("sort", "is empty", None),
    "fields=valu": ("fields", "is not accepted: one of url, id", "value"),
    "facets=value": ("facets", "is not accepted", None),
    "total=all": ("total", "one of up_to_1000, exact, none", None),
    "q=": ("q", "is empty", None),
    "q=a&q=b": ("q", "more than once", None),
    "q=" + "a+" * 33: ("q", "33 words and phrases; at most 32", None),
    "q=" + "a" * 501: ("q", "longer than 500", None),
    "unit=%ff": ("unit", "is not UTF-8", None),
    "unit=%ed%a0%80": ("unit", "is not UTF-8", None),
    "unit=%zz": ("unit", "two hexadecimal digits", None),
    "unit=a%00b": ("unit", "NUL", None),
    "include=sorce": ("include", "is not accepted: one of", "source"),
    "cursor=x&cursor=y": ("cursor", "more than once", None),
    "=x": ("", "is not a parameter", None),
    "Qualifier=over": ("Qualifier", "is not a parameter", "qualifier"),
    "&".join(f"unit=u{i}" for i in range(201)): ("", "201 parameters", None),
    "cursor=%zz": ("cursor", "two hexadecimal digits", None),
    "unit=" + ",".join(f"u{i}" for i in range(201)): ("unit", "201 values", None),
}


@pytest.mark.parametrize("query", MISTAKES, ids=lambda query: query[:20])
def test_a_mistake_is_named_with_what_is_accepted(api: Api, query: str) -> None:
    parameter, says, nearest = MISTAKES[query]
    response = api.get(f"/v1/figures?{query}")
    assert response.status_code == 422
    fault = response.json()["errors"][0]
    assert fault["parameter"] == parameter
    assert says in fault["detail"]
    assert fault["nearest"] == nearest
    assert api.statements == []


ELSEWHERE = {
    "/v1/sources?characters_min=2147483648": ("characters_min", "from 0 to 2147483647", None),
    "/v1/sources?date_missing=true&published=2024": (
        "date_missing",
        "cannot stand beside published=2024",
        None,
    ),
    "/v1/sources?date_from=2025&published_to=2024": (
        "date_from",
        "lies beyond published_to=2024",
        None,
    ),
    "/v1/events?plover=retreat": ("plover", "is not accepted", "RETREAT"),
    "/v1/actors?country=ir": ("country", "two capital letters", None),
    "/v1/search?resource=figure": ("q", "is missing; write q=…", None),
    "/v1/search?q=%25zz%zz": ("q", "two hexadecimal digits", None),
    "/v1/search?q=x&sort=value": ("sort", "is not a parameter", None),
    "/v1/timeline?sort=date,published": (
        "sort",
        "has 2 keys; events, statements and figures take 1",
        None,
    ),
    "/v1/timeline?speaker=zoe-angstroem&type=meeting": ("type", "is asked of events alone", None),
    "/v1/sources/flood-in-lower-vale-2031-05-04/evidence?start_min=100&end_max=50": (
        "start_min",
        "leaves no room",
        None,
    ),
    "/v1?facets=colour": ("facets", "is not accepted: one of", None),
}


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_mistake_is_named_on_every_list(api: Api, address: str) -> None:
    parameter, says, nearest = ELSEWHERE[address]
    response = api.get(address)
    assert response.status_code == 422
    fault = response.json()["errors"][0]
    assert (fault["parameter"], fault["nearest"]) == (parameter, nearest)
    assert says in fault["detail"]
    assert api.statements == []


def test_an_unreadable_parameter_is_not_reported_as_missing(api: Api) -> None:
    for query in ("q=%zz", "q=%ff", "q=truce%00x", "q"):
        errors = api.get(f"/v1/search?{query}").json()["errors"]
        assert ["is missing" in error["detail"] for error in errors] == [False]


def test_a_resource_type_without_the_filter_is_named(api: Api) -> None:
    errors = api.get("/v1/timeline?resource=event&qualifier=over&date=2031").json()["errors"]
    assert [error["parameter"] for error in errors] == ["qualifier", "resource"]


SENTENCES = {
    "/v1/figures?place=gaza-strip&sort=-as_of": "figures in gaza-strip, newest as-of first",
    "/v1/figures?latest=false": "figures, by id",
    "/v1/figures?latest=true": "figures of these the newest of each series, by id",
    "/v1/figures?unit=%20": "figures with unit “ ”, by id",
    "/v1/figures?date_missing=true": "figures where date is missing, by id",
    "/v1/series?exclude_not=a": "series whose exclude is not a, by id",
    "/v1/actors?related_from=a": "actors with a tie from a, by id",
    "/v1/events?participant=a&participant_not=b": (
        "events with a taking part, whose participant is not b, by id"
    ),
    "/v1/events?participant_role=party&participant_not=b": (
        "events with participant role party, there with participant other than b, by id"
    ),
    "/v1/timeline?value_min=5": "figures with value at least 5, oldest date first",
    "/v1/search?q=river": "search results with the words river, best first",
}


@pytest.mark.parametrize("address", SENTENCES)
def test_a_query_has_a_sentence(api: Api, address: str) -> None:
    assert api.json(address)["query"]["sentence"] == SENTENCES[address]


def test_all_mistakes_are_named_at_once(api: Api) -> None:
    errors = api.get("/v1/figures?limit=0&qualifier=ovr&colour=red").json()["errors"]
    assert {error["parameter"] for error in errors} == {"limit", "qualifier", "colour"}


@pytest.mark.slow
@given(
    raw=st.binary(max_size=60)
    | st.from_regex(rb"(limit|unit|qualifier|include|cursor|id|%..)=[^&]{0,9}(&.{0,9})?")
)
@settings(max_examples=500)
def test_the_parser_accepts_a_query_or_names_its_mistakes(raw: bytes) -> None:
    for resource in RESOURCES.values():
        try:
            query = parse_list(resource, raw)
        except Problem as problem:
            assert problem.kind.status == 422
            assert problem.errors
        else:
            assert parse_list(resource, query.canonical(cursor=query.cursor).encode()) == query


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
    cursor = next_cursor(api, "/v1/figures?unit=person&value_max=5000&limit=1")
    response = api.get(f"/v1/figures?unit=person%26value_max%3D5000&cursor={cursor}")
    assert response.json()["type"] == "/problems/invalid-cursor"


@pytest.mark.parametrize("after", [(), ({},), (None,), (5,), ("a", "b"), (True,), (2**63,)])
def test_a_signed_cursor_of_another_form_is_refused(api: Api, after: Any) -> None:
    query = parse_list(RESOURCES["figure"], b"")
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
    page = large_api.json("/v1/figures?id_not=no-such-id&limit=1")
    assert (page["total"], page["total_exact"]) == (1000, False)
    page = large_api.json("/v1/figures?id_not=no-such-id&limit=1&total=exact")
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
    parsed = parse_list(RESOURCES["figure"], query.encode())
    assert is_slow(parsed.filters, [key.sort.name for key in parsed.sort]) == expected
