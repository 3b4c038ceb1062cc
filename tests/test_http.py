"""The HTTP contract, looped over the declarations."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.curation.build import build
from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.problems import KINDS, ProblemKind
from app.resources import RESOURCES, Resource
from tests.client import Api
from tests.conftest import MADE_UP

pytestmark = pytest.mark.any_database

LISTS = [resource.path for resource in RESOURCES.values()]
FIXED = [
    "/",
    "/v1",
    "/v1/schema/figure",
    "/v1/context.jsonld",
    "/problems",
    "/.well-known/api-catalog",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/docs/guide",
    "/docs/assets/init.js",
    "/docs/assets/swagger-ui.css",
]
FIXED += [f"/problems/{slug}" for slug in KINDS]


def every_address(api: Api) -> list[str]:
    items = [f"{path}/{api.json(path)['data'][0]['id']}" for path in LISTS]
    return [*LISTS, *items, *FIXED]


@pytest.fixture(params=RESOURCES.values(), ids=lambda resource: resource.plural)
def resource(request: pytest.FixtureRequest) -> Resource:
    declared: Resource = request.param
    return declared


def test_a_list_has_the_declared_shape(api: Api, resource: Resource) -> None:
    answer = api.json(resource.path)
    assert list(answer) == ["data", "total", "total_exact", "query", "dataset", "links"]
    assert answer["total"] == len(answer["data"]) > 0
    assert answer["total_exact"] is True
    assert answer["query"] == {
        "filters": {},
        "sort": ["id"],
        "limit": 20,
        "sentence": f"{resource.plural}, by id",
    }
    assert answer["links"] == {
        "self": resource.path,
        "first": resource.path,
        "prev": None,
        "next": None,
    }


def test_every_record_conforms_to_its_model(api: Api, resource: Resource) -> None:
    for record in api.json(resource.path)["data"]:
        url = record.pop("url")
        assert url == f"{resource.path}/{record['id']}"
        assert list(record) == list(resource.record.model_fields)
        assert json.loads(resource.record.model_validate(record).model_dump_json()) == record


def test_an_item_is_the_record_of_its_list(api: Api, resource: Resource) -> None:
    for record in api.json(resource.path)["data"]:
        item = api.json(record["url"])
        assert item["data"] == record
        links = {
            "self": record["url"],
            "collection": resource.path,
            "citation": f"{record['url']}/citation",
        }
        if record.get("text_access") == "full":
            links["text"] = f"{record['url']}/text"
        assert item["links"] == links


def test_records_come_in_id_order(api: Api, resource: Resource) -> None:
    ids = [record["id"] for record in api.json(resource.path)["data"]]
    assert ids == sorted(ids)


def test_head_is_get_without_the_body(api: Api) -> None:
    for path in every_address(api):
        get, head = api.get(path), api.request("HEAD", path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers.get("content-length") == get.headers.get("content-length"), path
        assert head.headers["content-type"] == get.headers["content-type"], path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_no_method_writes(api: Api, method: str) -> None:
    for path in every_address(api):
        response = api.request(method, path)
        assert response.status_code == 405, path
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"
        assert_is_problem(response, "method-not-allowed")


def test_options_lists_the_allowed_methods(api: Api) -> None:
    for path in every_address(api):
        response = api.request("OPTIONS", path)
        assert (response.status_code, response.content) == (204, b""), path
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"


def test_every_response_allows_any_origin(api: Api) -> None:
    for path in [*every_address(api), "/nothing", "/v1/figures?no=1"]:
        assert api.get(path).headers["access-control-allow-origin"] == "*", path


REPRODUCIBLE = [
    kind
    for kind in KINDS.values()
    # What agents are told, tests/test_mcp.py asks.
    if "…" not in kind.example.request and kind.status < 500 and "/mcp" not in kind.example.request
]


@pytest.mark.parametrize(
    "kind", [kind for kind in REPRODUCIBLE if kind.status != 400], ids=lambda kind: kind.slug
)
def test_the_example_of_a_problem_is_what_is_answered(api: Api, kind: ProblemKind) -> None:
    example = api.json(f"/problems/{kind.slug}")["example"]
    method, target = example["request"].split(" ", 1)
    response = api.request(method, target, headers=example["headers"])
    assert response.json() == example["response"]


def test_every_problem_type_has_an_explanation_and_an_example(api: Api) -> None:
    for slug in KINDS:
        explained = api.json(f"/problems/{slug}")
        assert len(explained["explanation"]) > 60
        assert explained["example"]["response"]["type"] == f"/problems/{slug}"
    assert len(REPRODUCIBLE) >= 5


def assert_is_problem(response: Any, slug: str) -> None:
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    problem = response.json()
    assert problem["type"] == f"/problems/{slug}"
    assert problem["status"] == response.status_code == KINDS[slug].status
    assert problem["title"] == KINDS[slug].title
    assert problem["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/assets/none.css",
        "/v1/",
        "/v1/figure",
        "/v1/figures/",
        "/v1/figures/x/y",
        "/v2/figures",
        "/problems/none",
    ]
    + [
        "/docs/assets/none.js",
        "/docs/assets/../routes.py",
        "/v1/figures/%00",
        "/v1/figures/%ff",
        "/v1/figures/Ä",
    ]
    + [f"{path}/no-such-id" for path in LISTS]
    + [f"{path}/Not_An_Id" for path in LISTS],
)
def test_an_unknown_path_is_a_problem(api: Api, path: str) -> None:
    assert_is_problem(api.get(path), "not-found")


def test_a_missing_record_suggests_similar_ids(api: Api) -> None:
    detail = api.get("/v1/figures/people-displaced-2031-05-05").json()["detail"]
    assert "people-displaced-2031-05-04" in detail


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/figures", "/v1/figures"),
        ("/v1/figure", "/v1/figures"),
        ("/v1/Figures", "/v1/figures"),
        ("/v1/figures/", "/v1/figures"),
        ("/v1/", "/v1"),
        ("/figure/some-id", "/v1/figures/some-id"),
        ("/v1/figures/some-id/", "/v1/figures/some-id"),
        ("/v1/figure/some-id/citations", "/v1/figures/some-id/citation"),
        ("/embed/figure/some-id", "/embed/figures/some-id"),
        ("/v1/timelines", "/v1/timeline"),
        ("/docs/", "/docs"),
        ("/openapi", "/openapi.json"),
        ("/figure.csv", "/v1/figures.csv"),
        ("/v1/figure/some-id.jsonld", "/v1/figures/some-id.jsonld"),
    ],
)
def test_an_unknown_path_names_the_one_that_is_near(api: Api, path: str, near: str) -> None:
    problem = api.get(path)
    assert problem.status_code == 404
    assert problem.json()["detail"] == f"Did you mean {near}? There is nothing at {path}."


def test_the_page_about_an_unknown_path_links_to_the_one_that_is_near(api: Api) -> None:
    page = api.get("/figure", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert 'href="/v1/figures"' in page.text


@pytest.mark.parametrize("path", ["/v1/figures", "/v1/figures/some-id", "/v1/timeline"])
def test_an_unknown_suffix_names_those_that_there_are(api: Api, path: str) -> None:
    problem = api.get(f"{path}.xml").json()
    assert problem["detail"].startswith(f"Choose one of {path}.json, {path}.csv, ")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/v2/figures", "/v1/figures/x/y", "/v1/figures/Not_An_Id/", "/assets/none/"],
)
def test_no_path_is_proposed_where_none_is_near(api: Api, path: str) -> None:
    assert api.get(path).json()["detail"] == (f"See /v1 for all paths. There is nothing at {path}.")


def test_links_begin_with_the_public_url(made_up_url: str) -> None:
    with Api.over(made_up_url, public_url="https://facts.example.org/") as public:
        page = public.json("/v1/actors?limit=1")
        assert page["data"][0]["url"] == "https://facts.example.org/v1/actors/civil-guard"
        assert page["links"]["next"].startswith(
            "https://facts.example.org/v1/actors?limit=1&cursor="
        )
        assert public.get("/x").json()["type"] == "https://facts.example.org/problems/not-found"
        assert public.json("/openapi.json")["servers"][0]["url"] == "https://facts.example.org"


def test_it_works_under_a_prefix_without_its_lifespan(made_up_url: str) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    with Api.over(made_up_url) as inner:
        mounted = inner.mounted_in(Starlette(routes=[Mount("/facts", app=inner.app)]))
        assert_it_works_under_a_prefix(mounted)


def test_a_prefix_with_special_characters_is_escaped(made_up_url: str) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    with Api.over(made_up_url) as inner:
        mounted = inner.mounted_in(Starlette(routes=[Mount("/t/{name}", app=inner.app)]))
        page = mounted.json("/t/a%22b/v1/actors?limit=1")
        assert page["data"][0]["url"] == "/t/a%22b/v1/actors/civil-guard"
        assert mounted.json(page["links"]["next"])["data"]


def assert_it_works_under_a_prefix(mounted: Api) -> None:
    page = mounted.json("/facts/v1/actors?limit=1&include=source")
    assert page["data"][0]["url"] == "/facts/v1/actors/civil-guard"
    assert mounted.json(page["links"]["next"])["links"]["prev"].startswith("/facts/v1/actors?")
    near = mounted.get("/facts/v1/actor").json()
    assert near["type"] == "/facts/problems/not-found"
    assert near["detail"].startswith("Did you mean /facts/v1/actors?")
    assert mounted.get("/facts/docs").status_code == 200
    assert mounted.json("/facts/openapi.json")["servers"][0]["url"] == "/facts"


def test_the_index_links_to_everything(api: Api) -> None:
    index = api.json("/v1")
    for resource in RESOURCES.values():
        entry = index["resources"][resource.plural]
        assert entry["count"] == api.json(entry["href"])["total"]
        assert api.get(entry["schema"]).status_code == 200
    for link in index["links"].values():
        link = link.replace("{?q}", "?q=flood").replace(
            "{?url}", "?url=/v1/figures/people-displaced-2031-05-04"
        )
        assert api.get(link).status_code == 200


def test_a_record_conforms_to_its_json_schema(api: Api, resource: Resource) -> None:
    from jsonschema import Draft202012Validator

    response = api.get(f"/v1/schema/{resource.type}")
    assert response.headers["content-type"] == "application/schema+json"
    schema = response.json()
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"http://test/v1/schema/{resource.type}"
    for record in api.json(resource.path)["data"]:
        Draft202012Validator(schema).validate(record)
        with pytest.raises(Exception, match="required property"):
            Draft202012Validator(schema).validate({"id": record["id"]})


def test_the_api_catalog_links_to_everything(api: Api) -> None:
    response = api.request("HEAD", "/.well-known/api-catalog")
    assert 'rel="api-catalog"' in response.headers["link"]
    response = api.get("/.well-known/api-catalog")
    assert response.headers["content-type"].startswith("application/linkset+json")
    catalog = response.json()["linkset"][0]
    for link in [link for links in catalog.values() if isinstance(links, list) for link in links]:
        needed = "?q=flood" if link["href"].endswith("/search") else ""
        assert api.get(link["href"].removeprefix("http://test") + needed).status_code == 200


def test_every_problem_type_is_listed(api: Api) -> None:
    assert [kind["slug"] for kind in api.json("/problems")["data"]] == list(KINDS)


def test_the_index_links_to_itself_with_its_query(api: Api) -> None:
    assert api.json("/v1?facets=type,kind")["links"]["self"] == "/v1?facets=kind,type"


# Conditional requests (RFC 9110, 13): 304 takes the place of 200, never that of an error.

ANY_COPY = {"If-None-Match": "*"}
NEWER_COPY = {"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"}


@pytest.fixture(scope="module")
def dated_url(new_database: Callable[[], str]) -> str:
    """The same data, with the time when they were recorded."""
    url, recorded_at = new_database(), datetime(2031, 5, 6, 12, 30, tzinfo=UTC)
    build(SeedTree(MADE_UP), lambda: Texts([MADE_UP / "texts"]), url, recorded_at=recorded_at)
    return url


@pytest.fixture(scope="module", params=[0, 1_000_000], ids=["no cache", "cache"])
def dated_api(dated_url: str, request: pytest.FixtureRequest) -> Iterator[Api]:
    with Api.over(dated_url, cache_bytes=request.param) as client:
        yield client


@pytest.mark.parametrize("condition", [ANY_COPY, NEWER_COPY], ids=["any tag", "a date to come"])
@pytest.mark.parametrize("path", ["/v1/figures", "/v1/figures/people-displaced-2031-05-04"])
@pytest.mark.parametrize("media_type", ["application/json", "text/csv"])
def test_a_condition_on_any_copy_is_met_by_what_exists(
    dated_api: Api, path: str, media_type: str, condition: dict[str, str]
) -> None:
    accept = {"Accept": media_type}
    for _ in range(2):
        assert dated_api.get(path, headers={**accept, **condition}).status_code == 304
        assert dated_api.get(path, headers=accept).status_code == 200


@pytest.mark.parametrize("condition", [ANY_COPY, NEWER_COPY], ids=["any tag", "a date to come"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/figures/none", 404),
        ("/v1/figures/none/citation", 404),
        ("/v1/figures/none/revisions", 404),
        ("/v1/figures/none/revisions/1", 404),
        ("/v1/figures/people-displaced-2031-05-04/revisions/99", 404),
        ("/v1/sources/none/evidence", 404),
        ("/embed/figures/none", 404),
        ("/preview/figures/none.png", 404),
        ("/oembed?url=/v1/figures/none", 404),
        ("/v1/figures?cursor=none", 422),
        ("/v1/figures?qualifier=ovr", 422),
        ("/v1/schema/none", 404),
    ],
)
def test_an_error_stays_an_error_whatever_the_condition(
    dated_api: Api, path: str, status: int, condition: dict[str, str]
) -> None:
    assert dated_api.get(path, headers=condition).status_code == status


# Headers.


def test_several_lines_of_a_header_are_one_list(api: Api) -> None:
    """RFC 9110, 5.3."""
    path = "/v1/figures"

    def get(*headers: tuple[str, str]) -> Any:
        return api.get(path, headers=headers)

    types = ("Accept", "text/html;q=0.1"), ("Accept", "text/csv")
    assert get(*types).headers["content-type"].startswith("text/csv")
    codings = ("Accept-Encoding", "gzip;q=0"), ("Accept-Encoding", "br")
    coded = get(*codings)
    assert coded.headers["content-encoding"] == "br"
    tags = ("If-None-Match", '"another"'), ("If-None-Match", coded.headers["etag"])
    assert get(*codings, *tags).status_code == 304
    ranges = ("Range", "bytes=0-1"), ("Range", "bytes=4-5")
    assert get(("Accept", "text/csv"), *ranges).status_code == 200


@pytest.mark.parametrize("size", [3, 12, 60])
def test_links_stay_below_2_kb(many_api: Api, size: int) -> None:
    """Bodies have those that do not fit."""
    ids = ",".join(figure["id"] for figure in many_api.json(f"/v1/figures?limit={size}")["data"])
    response = many_api.get(f"/v1/figures?id={ids}&limit=1")
    links = response.headers["link"]
    assert len(links) <= 2_000
    assert 'rel="describedby"' in links
    assert ('rel="next"' in links) == (len(ids) < 1_500)
    assert response.json()["links"]["next"]


def test_the_links_of_a_walk_come_before_other_formats(api: Api) -> None:
    version = api.snapshot.dataset.version
    first = api.json(f"/v1/figures?limit=1&known_at={version}")
    relations = re.findall(r'rel="([^"]+)"', api.get(first["links"]["next"]).headers["link"])
    assert relations[:4] == ["next", "prev", "original latest-version", "describedby"]
    assert set(relations[4:]) == {"alternate"}
