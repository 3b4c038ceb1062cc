"""The grammar of queries, the same on every list. What lists return for them is in
tests/test_query.py and, against an oracle, in tests/test_contract.py.
"""

import csv
import io
import re
from typing import Any

import pytest
from starlette.routing import Route

from app.main import describe_app
from app.problems import Problem
from app.resources import RESOURCES
from app.resources.declarations import Filter, Listing
from app.resources.lists import TIMELINE
from tests.client import Api
from tests.queries import LISTS, parameters_of, parse

FIGURE = "people-displaced-2031-05-04"
ids = pytest.mark.parametrize("listing", LISTS, ids=lambda listing: listing.path)


def found(api: Api, path: str) -> list[str]:
    return [record["id"] for record in api.json(path)["data"]]


# ------------------------------------------------------------------------------------------- values

SPELLINGS = (
    "qualifier=at_most,over",
    "qualifier=over,at_most",
    "qualifier=over%2Cat_most",
    "qualifier=over&qualifier=at_most",
    "qualifier=at_most,over,over&qualifier=over",
    "sort=id&limit=20&latest=false&total=up_to_1000&qualifier=over,at_most",
    "utm_source=a&qualifier=over,at_most&fbclid=b",
)


def test_one_query_has_one_result_one_url_and_one_etag_however_it_is_written(api: Api) -> None:
    responses = [api.get(f"/v1/figures?{query}") for query in SPELLINGS]
    assert {record["qualifier"] for record in responses[0].json()["data"]} == {"over", "at_most"}
    assert len({response.headers["etag"] for response in responses}) == 1
    assert len({response.content for response in responses}) == 1
    page = responses[0].json()
    assert page["links"]["self"] == "/v1/figures?qualifier=at_most,over"
    assert page["query"]["filters"] == {"qualifier": ["at_most", "over"]}


def test_the_canonical_query_is_in_the_order_of_the_declaration(api: Api) -> None:
    query = "limit=2&sort=-value&unit=person&latest=true&q=flood&as_of=2032&source=!b,a,!a-a"
    assert api.json(f"/v1/figures?{query}")["links"]["self"] == (
        "/v1/figures?q=flood&source=a,!a-a,!b&unit=person&as_of=2032&latest=true&sort=-value&limit=2"
    )


def test_an_exclusion_alone_is_the_complement_nulls_included(api: Api) -> None:
    every = set(found(api, "/v1/figures"))
    of_event = set(found(api, "/v1/figures?event=flood-2031-05"))
    assert set(found(api, "/v1/figures?event=!flood-2031-05")) == every - of_event
    assert set(found(api, "/v1/figures?missing=event")) <= every - of_event
    assert of_event


def two_participants(api: Api) -> tuple[str, str]:
    """Two actors of one event, in which one of them is no mediator."""
    for event in api.json("/v1/events?limit=500")["data"]:
        roles = {item["id"]: item["role"] for item in event["participants"] if item["id"]}
        if len(roles) == 2 and set(roles.values()) != {"mediator"}:
            first, second = roles
            return first, second
    raise AssertionError("no event has two participants")


def test_plain_values_and_exclusions_go_together(many_api: Api) -> None:
    first, second = two_participants(many_api)
    both = set(found(many_api, f"/v1/events?participant={first},!{second}&limit=500"))
    having = set(found(many_api, f"/v1/events?participant={first}&limit=500"))
    excluded = set(found(many_api, f"/v1/events?participant={second}&limit=500"))
    assert both == having - excluded
    assert having & excluded


def test_match_all_asks_for_all_values_of_a_filter(many_api: Api) -> None:
    pair = two_participants(many_api)
    query = f"/v1/events?limit=500&participant={','.join(pair)}"
    each = [set(found(many_api, f"/v1/events?limit=500&participant={actor}")) for actor in pair]
    assert set(found(many_api, query)) == each[0] | each[1]
    assert set(found(many_api, f"{query}&match_all=participant")) == each[0] & each[1]
    as_mediators = set(found(many_api, f"{query}&match_all=participant&participant_role=mediator"))
    assert as_mediators < each[0] & each[1]


def test_filters_of_one_link_speak_of_one_link(api: Api) -> None:
    zoe = "/v1/events?participant=zoe-angstroem"
    assert api.json(f"{zoe}&participant_role=requester")["total"] == 1
    assert api.json(f"{zoe}&participant_role=addressee")["total"] == 0
    assert api.json(f"{zoe}&participant_role=!requester")["total"] == 0
    assert api.json(f"{zoe}&participant_role=!addressee")["total"] == 1


def test_missing_and_present_name_filters_that_all_hold(many_api: Api) -> None:
    everything = many_api.json("/v1/statements?limit=500")["data"]
    assert found(many_api, "/v1/statements?missing=event,date&limit=500") == [
        record["id"]
        for record in everything
        if record["made_on"] is None and (record["event"] or {}).get("id") is None
    ]
    assert found(many_api, "/v1/statements?present=date,event&limit=500") == [
        record["id"]
        for record in everything
        if record["made_on"] is not None and (record["event"] or {}).get("id") is not None
    ]


def test_a_credit_in_words_is_present(many_api: Api) -> None:
    everything = many_api.json("/v1/figures?limit=500")["data"]
    attributions = {record["id"]: record["attribution"] for record in everything}
    speakers = {id_: credit["speakers"] for id_, credit in attributions.items()}
    speakers = {id_: credited for id_, credited in speakers.items() if credited}
    assert any(len(credited) > 1 for credited in speakers.values())
    assert any(all(item["id"] is None for item in credited) for credited in speakers.values())
    assert set(found(many_api, "/v1/figures?present=speaker&limit=500")) == set(speakers)
    relayed = {id_ for id_, credit in attributions.items() if credit["relayed_by"]}
    assert set(found(many_api, "/v1/figures?present=relayed_by&limit=500")) == relayed
    assert (
        set(found(many_api, "/v1/figures?missing=relayed_by&limit=500"))
        == set(attributions) - relayed
    )


@pytest.mark.parametrize("plural", ["statements", "figures"])
def test_each_of_several_speakers_finds_the_record(many_api: Api, plural: str) -> None:
    everything = many_api.json(f"/v1/{plural}?limit=500")["data"]
    speakers = {
        record["id"]: {speaker["id"] for speaker in record["attribution"]["speakers"]} - {None}
        for record in everything
    }
    assert any(len(ids) > 1 for ids in speakers.values())
    for actor in sorted(set().union(*speakers.values()))[:10]:
        with_actor = [record_id for record_id, ids in speakers.items() if actor in ids]
        assert found(many_api, f"/v1/{plural}?speaker={actor}&limit=500") == with_actor


def test_stated_is_nothing_of_which_one_cannot_tell_who_said_it(many_api: Api) -> None:
    stated = many_api.json("/v1/statements?origin=stated&limit=500")["data"]
    assert {record["voice"] for record in stated} == {"attributed"}
    ambiguous = many_api.json("/v1/statements?origin=ambiguous&limit=500")["data"]
    assert {record["voice"] for record in ambiguous} == {"ambiguous"}


def test_a_comma_in_a_single_value_belongs_to_it(many_api: Api) -> None:
    response = many_api.json("/v1/statements?quoted_word=very,%20very%20good")
    assert response["total"] > 0
    assert response["query"]["filters"] == {"quoted_word": ["very, very good"]}
    assert many_api.json(response["links"]["self"])["query"] == response["query"]


def test_a_number_may_have_an_exponent(many_api: Api) -> None:
    assert found(many_api, "/v1/figures?value_min=6e9") == found(
        many_api, "/v1/figures?value_min=6000000000"
    )


@pytest.mark.parametrize("name", ["date", "published", "as_of"])
def test_the_edtf_of_a_record_finds_it(many_api: Api, name: str) -> None:
    for resource in RESOURCES.values():
        if name not in resource.parameters_by_name:
            continue
        by_edtf: dict[str, set[str]] = {}
        for record in many_api.json(f"{resource.path}?limit=500")["data"]:
            date = date_of(many_api, record, name)
            if date is not None:
                by_edtf.setdefault(date["edtf"], set()).add(record["id"])
        for edtf, expected in by_edtf.items():
            assert expected <= set(found(many_api, f"{resource.path}?{name}={edtf}&limit=500"))
        assert by_edtf or resource.type in ("actor", "place", "series")


def date_of(api: Api, record: Any, name: str) -> Any:
    if name == "published":
        source = record.get("source")
        record = api.json(f"/v1/sources/{source}")["data"] if source else record
        return record.get("published_on")
    fields = ("period", "made_on", "published_on", "date") if name == "date" else (name,)
    return next((record[field] for field in fields if field in record), None)


# -------------------------------------------------------------------------------- names, repetition


@ids
def test_a_single_value_stands_once(listing: Listing) -> None:
    model = parameters_of(listing)
    for name in model.model_fields.keys() - model.repeatable:
        with pytest.raises(Problem) as refused:
            model.from_query_string(f"{name}=a&{name}=a".encode())
        details = [error.detail for error in refused.value.errors if error.parameter == name]
        assert details == [f"Give “{name}” once: it stands 2 times."]


@ids
def test_an_empty_value_is_refused(listing: Listing) -> None:
    model = parameters_of(listing)
    for name in model.model_fields:
        with pytest.raises(Problem) as refused:
            model.from_query_string(f"{name}=".encode())
        assert refused.value.errors[0].detail == f"Give “{name}” a value: it is empty."


def test_an_empty_value_of_a_page_leads_to_the_page_without_it(api: Api) -> None:
    response = api.get("/v1/figures?unit=&qualifier=over&q=", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["location"]) == (
        303,
        "/v1/figures?qualifier=over",
    )


@ids
def test_no_list_has_more_than_forty_parameters(listing: Listing) -> None:
    assert len(parameters_of(listing).model_fields) <= 40


def test_the_timeline_has_the_parameters_that_its_resource_types_share() -> None:
    names = (
        "resource source place participant about measure date q known_at updated_after sort limit"
        " cursor total"
    )
    assert set(parameters_of(TIMELINE).model_fields) == set(names.split())


def paths() -> list[str]:
    """A URL of every route."""
    values = {
        "id": FIGURE,
        "number": "1",
        "format": "json",
        "slug": "not-found",
        "scheme": "unit",
        "resource": "figure",
        "name": "page.css",
    }
    routes = [route.path for route in describe_app().routes if isinstance(route, Route)]
    filled = [re.sub(r"\{(\w+)[^}]*\}", lambda match: values[match[1]], path) for path in routes]
    return sorted(set(filled))


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("path", paths())
def test_tracking_is_ignored_on_every_route(api: Api, path: str, accept: str) -> None:
    query = {"/v1/search": "q=flood", "/oembed": f"url=http://test/v1/figures/{FIGURE}"}.get(
        re.sub(r"\.\w+$", "", path), ""
    )
    tracking = "utm_campaign=a&fbclid=b&gclid=c&ref_src=d"
    headers = {"Accept": accept}
    plain = api.get(f"{path}?{query}", headers=headers)
    tracked = api.get(f"{path}?{tracking}&{query}", headers=headers)
    assert tracked.status_code == plain.status_code
    assert tracked.headers.get("etag") == plain.headers.get("etag")
    assert tracked.headers.get("link") == plain.headers.get("link")
    assert "utm_campaign" not in tracked.text


# ---------------------------------------------------------------------------------- suggested names

OTHER_NAMES = """
page page_number offset start skip after before next page_token per_page page_size pageSize size
count rows top max_results order_by orderBy order sort_by ordering since updated_since
modified_since from to until start_date end_date date_after date_before year month day datetime when
plover status
search query text term keywords ids select columns expand embed facet group_by noun type
resource_type kind version dataset at snapshot location country person who author actor value bound
include_history asOf asof as-of value_gt value_gte value__lt value_lte valueMin date_from date_to
date_gte date_lt published_since as_of_to source_not unit_ne event_missing date_missing
value_missing event_isnull place_all unit_all place[] sources figures
""".split()


@ids
def test_a_suggested_name_exists_and_its_example_is_accepted(listing: Listing) -> None:
    model = parameters_of(listing)
    for name in OTHER_NAMES:
        if name in model.model_fields:
            continue
        with pytest.raises(Problem) as refused:
            model.from_query_string(f"{name}=2024".encode())
        error = next(error for error in refused.value.errors if error.parameter == name)
        if error.nearest is None:
            assert error.detail.startswith(f"Leave “{name}” out."), name
            continue
        assert error.nearest in model.model_fields
        assert error.detail.startswith(f"Did you mean “{error.nearest}”?")
        for query in re.findall(r"Write `([a-z_]+=[^`]+)`", error.detail):
            for written in query.split("&"):
                assert written.split("=")[0] in model.model_fields
            if re.search("(missing|present|match_all)=", query):
                parse_with_required(listing, query)


def parse_with_required(listing: Listing, query: str) -> None:
    needed = "".join(f"&{name}=flood" for name in listing.required)
    parse(listing, f"{query}{needed}".encode())


SUGGESTED = {
    "page=2": "cursor",
    "offset=20": "cursor",
    "per_page=50": "limit",
    "pageSize=50": "limit",
    "order_by=value": "sort",
    "since=2024": "updated_after",
    "datetime=2024": "date",
    "asOf=2024": "as_of",
    "include_history=true": "include",
    "value=5": "value_min",
    "value_gt=5": "value_min",
    "value__lte=5": "value_max",
    "value[gte]=5": "value_min",
    "filter[unit]=USD": "unit",
    "min_value=5": "value_min",
    "date_from=2024": "date",
    "as_of_to=2024": "as_of",
    "source_not=a": "source",
    "event_missing=true": "missing",
    "place_all=a,b": "match_all",
    "qualifer=over": "qualifier",
    "Qualifier=over": "qualifier",
    "value_mn=5": "value_min",
}
ADVICE = {
    "source_not=a": "Write `source=!a`",
    "date_from=2024": "Write `date=2024/..`",
    "date_to=2024": "Write `date=../2024`",
    "value_gt=5": "Write `value_min=5`",
    "event_missing=true": "Write `missing=event`, or `present=event`",
    "include_history=true": "Write `include=history`",
    "format=csv": "End the path in the format, such as .csv",
}
NOTHING_NEAR = ("colour=red", "value_missing=true", "unit_all=a", "date_basis=stated", "x=1")


@pytest.mark.parametrize("query", SUGGESTED)
def test_a_name_of_other_apis_leads_to_ours(api: Api, query: str) -> None:
    error = api.get(f"/v1/figures?{query}").json()["errors"][0]
    assert error["nearest"] == SUGGESTED[query]
    assert error["detail"].startswith(f"Did you mean “{SUGGESTED[query]}”?")


@pytest.mark.parametrize("query", ADVICE)
def test_a_name_of_other_apis_is_answered_with_what_to_write(api: Api, query: str) -> None:
    assert ADVICE[query] in api.get(f"/v1/figures?{query}").json()["detail"]


@pytest.mark.parametrize("query", NOTHING_NEAR)
def test_no_name_is_suggested_that_means_something_else(api: Api, query: str) -> None:
    error = api.get(f"/v1/figures?{query}").json()["errors"][0]
    assert error["nearest"] is None
    assert error["detail"].startswith("Leave “")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/statements?act=denies",
        "/v1/events?type=war",
        "/v1/figures?qualifier=exactly",
        "/v1/figures?unit_id=7&measure_kind=sum",
        "/v1/actors?kind=country",
    ],
)
def test_no_value_is_suggested_that_means_something_else(api: Api, path: str) -> None:
    errors = api.get(path).json()["errors"]
    assert [error["nearest"] for error in errors if error["received"] != "7"] == [None]


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/v1/figures?origin=none", "none_named"),
        ("/v1/events?mapping=CONSULT", "plover:CONSULT"),
        ("/v1/events?plover=CONSULT", "mapping"),
        ("/v1/figures?status=provisional", "observation_status"),
    ],
)
def test_a_part_of_a_code_and_a_former_name_lead_to_what_is_meant(
    api: Api, path: str, nearest: str
) -> None:
    (error,) = api.get(path).json()["errors"]
    assert error["nearest"] == nearest
    assert error["detail"].startswith(f"Did you mean “{nearest}”?")


@ids
def test_a_name_that_is_misspelled_leads_to_the_right_one(listing: Listing) -> None:
    model = parameters_of(listing)
    for name in model.model_fields:
        wrong = f"{name[0]}{name[2:]}"
        if len(name) < 5:
            continue
        with pytest.raises(Problem) as refused:
            model.from_query_string(f"{wrong}=a".encode())
        error = next(error for error in refused.value.errors if error.parameter == wrong)
        assert error.nearest == name


# -------------------------------------------------------------------------------------------- files


def test_a_cursor_goes_on_in_a_file(api: Api) -> None:
    page = api.json("/v1/figures?limit=2")
    cursor = page["links"]["next"].split("cursor=")[1]
    rows = list(csv.DictReader(io.StringIO(api.get(f"/v1/figures.csv?cursor={cursor}").text)))
    expected = found(api, f"/v1/figures?cursor={cursor}")
    assert [row["id"] for row in rows] == expected
    assert expected == found(api, "/v1/figures")[2:]


@ids
def test_each_filter_takes_repetitions_and_exclusions_or_one_text(listing: Listing) -> None:
    repeatable = parameters_of(listing).repeatable
    for parameter in listing.parameters:
        item = parameter.criterion
        if isinstance(item, Filter):
            assert (parameter.name in repeatable) == item.value_type.many
