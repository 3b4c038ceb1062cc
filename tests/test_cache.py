"""The response cache: the same bytes for the same request, and never those of another.

A response comes from the cache when its request runs no statement.
"""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from app.formats.media_types import FORMATS
from tests.client import Api
from tests.test_new_data import build_number, wait_for

pytestmark = pytest.mark.any_database

ADDRESSES = [
    "/v1/figures",
    "/v1/figures?qualifier=over&include=source&facets=unit",
    "/v1/figures.csv?limit=1",
    "/v1/figures/people-displaced-2031-05-04",
    "/v1/timeline?limit=3",
    "/v1/search?q=flood",
    "/v1/sources/flood-in-lower-vale-2031-05-04/evidence",
]
SMALL = "/v1/actors?fields=id"


@pytest.fixture
def cached(made_up_url: str) -> Iterator[Api]:
    with Api.over(made_up_url, cache_bytes=2**20) as client:
        yield client


def content(response: httpx.Response) -> tuple[Any, ...]:
    return response.status_code, headers_of(response), response.content


def headers_of(response: httpx.Response) -> dict[str, str]:
    """Without the id of the request."""
    return {name: value for name, value in response.headers.items() if name != "x-request-id"}


def is_cached(api: Api, path: str, **headers: str) -> bool:
    assert api.get(path, headers=headers).is_success
    return api.statements == []


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("coding", ["identity", "zstd", "gzip"])
def test_the_second_response_is_the_first_and_costs_no_query(
    cached: Api, path: str, coding: str
) -> None:
    headers = {"Accept-Encoding": coding}
    first = cached.get(path, headers=headers)
    assert cached.statements
    again = cached.get(path, headers=headers)
    assert cached.statements == []
    assert content(again) == content(first)
    head = cached.request("HEAD", path, headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert headers_of(head) == headers_of(first)
    confirmed = cached.get(path, headers={**headers, "If-None-Match": first.headers["etag"]})
    assert (confirmed.status_code, confirmed.content) == (304, b"")
    assert confirmed.headers["etag"] == first.headers["etag"]
    assert cached.statements == []


def test_a_304_is_not_given_to_clients_without_the_response(cached: Api, api: Api) -> None:
    path = ADDRESSES[0]
    fresh = api.get(path)
    headers = {"If-None-Match": fresh.headers["etag"]}
    first, again = (cached.get(path, headers=headers) for _ in range(2))
    assert first.status_code == 304
    assert content(again) == content(first)
    assert cached.get(path, headers={"If-None-Match": '"another"'}).content == fresh.content
    assert cached.get(path).content == fresh.content
    assert cached.statements == []


def test_errors_are_not_cached(cached: Api) -> None:
    for _ in range(2):
        assert cached.get("/v1/figures/none-such").status_code == 404
        assert cached.statements


def test_formats_codings_and_parameters_are_not_mixed_up(cached: Api, api: Api) -> None:
    requests = [
        (path, {"Accept": accept, "Accept-Encoding": coding})
        for path in (
            "/v1/figures",
            "/v1/figures?limit=1",
            "/v1/figures?fields=id",
            "/v1/figures/people-displaced-2031-05-04",
        )
        for accept in ("*/*", *(row.media_type for row in FORMATS.values()))
        for coding in ("identity", "zstd", "br", "gzip")
    ]
    first = [cached.get(path, headers=headers) for path, headers in requests]
    for (path, headers), response in zip(requests, first, strict=True):
        again, fresh = (client.get(path, headers=headers) for client in (cached, api))
        assert again.text == response.text == fresh.text
        assert again.headers["content-type"] == response.headers["content-type"]


@pytest.mark.parametrize(
    "path",
    ["/v1/figures.jsonld", "/v1/figures/people-displaced-2031-05-04.html"],
)
def test_a_response_that_names_the_host_is_cached_for_that_host(cached: Api, path: str) -> None:
    hosts = ["one.example", "other.example", "two.example:8080"]
    for host in (*hosts, hosts[0]):
        for _ in range(2):
            text = cached.get(path, headers={"Host": host}).text
            assert f"http://{host}/v1/" in text
            assert not any(f"//{other}/" in text for other in hosts if other != host)
        assert cached.statements == []


def test_many_hosts_do_not_fill_it(made_up_url: str) -> None:
    with Api.over(made_up_url, cache_bytes=2**17) as api:
        assert not is_cached(api, SMALL)
        for number in range(100):
            api.get("/v1/figures.jsonld?limit=1", headers={"Host": f"h{number}.example"})
        assert is_cached(api, SMALL)


@pytest.mark.slow
def test_a_new_build_empties_it(new_database: Callable[[], str]) -> None:
    url = new_database()
    build_number(url, 1)
    with Api.over(url, cache_bytes=2**20) as api:
        assert not is_cached(api, "/v1/figures")
        assert is_cached(api, "/v1/figures")
        wait_for(api, build_number(url, 2))
        assert api.json("/v1/figures")["data"][0]["title"] == "Build 2"


def test_it_is_bounded_and_drops_what_was_used_least_recently(made_up_url: str) -> None:
    with Api.over(made_up_url, cache_bytes=60_000) as api:
        for number in range(200):
            api.json(f"{SMALL}&q=w{number}")
            api.json(SMALL)
        assert is_cached(api, SMALL)
        assert is_cached(api, f"{SMALL}&q=w199")
        assert not is_cached(api, f"{SMALL}&q=w0")


def test_a_response_too_large_for_it_is_not_cached(made_up_url: str) -> None:
    with Api.over(made_up_url, cache_bytes=16_000) as api:
        for _ in range(2):
            assert not is_cached(api, "/v1/figures", **{"Accept-Encoding": "identity"})
