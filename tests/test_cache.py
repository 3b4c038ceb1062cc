"""Ready answers are kept: the same bytes for the same question, never anybody else's."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.formats.registry import FORMATS
from app.middleware.response_cache import ResponseCacheMiddleware
from tests.client import Api
from tests.test_new_data import build_number

pytestmark = pytest.mark.any_database

ADDRESSES = [
    "/v1/figures",
    "/v1/figures?qualifier=over&include=source&facets=unit",
    "/v1/figures?limit=1&format=csv",
    "/v1/figures/people-displaced-2031-05-04",
    "/v1/timeline?limit=3",
    "/v1/search?q=flood",
    "/v1/sources/flood-in-lower-vale-2031-05-04/evidence",
]


@pytest.fixture
def kept(made_up_url: str) -> Iterator[Api]:
    with Api.over(made_up_url, cache_bytes=2**20) as client:
        yield client


def cache_of(api: Api) -> ResponseCacheMiddleware:
    layer: Any = api.app
    layer = layer.front
    while not isinstance(layer, ResponseCacheMiddleware):
        layer = getattr(layer, "app", None) or layer._app
    return layer


def everything(response: Any) -> tuple[Any, ...]:
    return response.status_code, headers_of(response), response.content


def headers_of(response: Any) -> dict[str, str]:
    """But for the name of the request."""
    return {name: value for name, value in response.headers.items() if name != "x-request-id"}


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("coding", ["identity", "zstd", "gzip"])
def test_the_second_answer_is_the_first_and_costs_no_query(
    kept: Api, path: str, coding: str
) -> None:
    wanted = {"Accept-Encoding": coding}
    first = kept.get(path, headers=wanted)
    assert kept.statements
    again = kept.get(path, headers=wanted)
    assert kept.statements == []
    assert everything(again) == everything(first)
    head = kept.request("HEAD", path, headers=wanted)
    assert (head.status_code, head.content) == (200, b"")
    assert headers_of(head) == headers_of(first)
    confirmed = kept.get(path, headers={**wanted, "If-None-Match": first.headers["etag"]})
    assert (confirmed.status_code, confirmed.content) == (304, b"")
    assert confirmed.headers["etag"] == first.headers["etag"]
    assert kept.statements == []


def test_who_has_it_already_needs_nobody_who_has_not(kept: Api, api: Api) -> None:
    """A confirmation is kept by itself; who then asks for the answer gets all of it."""
    path = ADDRESSES[0]
    tag = api.get(path).headers["etag"]
    first = kept.get(path, headers={"If-None-Match": tag})
    assert [entry.body for entry in cache_of(kept)._entries.values()] == [None]
    again = kept.get(path, headers={"If-None-Match": tag})
    assert everything(again) == everything(first)
    assert first.status_code == 304
    assert kept.get(path, headers={"If-None-Match": '"another"'}).content == api.get(path).content
    assert kept.get(path).content == api.get(path).content
    assert kept.statements == []


def test_errors_are_never_kept(kept: Api) -> None:
    for path in ("/v1/figures/none-such", "/v1/figures?colour=red", "/nothing"):
        assert kept.get(path).status_code >= 400
        assert kept.get(path).status_code >= 400
    assert len(cache_of(kept)._entries) == 0


def test_nobody_gets_what_another_asked_for(kept: Api) -> None:
    """Formats, codings, parameters, hosts and prefixes that come one after the other."""
    questions: list[tuple[str, dict[str, str]]] = [
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
    fresh = [kept.get(path, headers=headers) for path, headers in questions]
    again = [kept.get(path, headers=headers) for path, headers in questions]
    for one, other in zip(fresh, again, strict=True):
        assert one.headers["content-type"] == other.headers["content-type"]
        assert one.text == other.text
    with Api.over(str(kept.snapshot.settings.database_url)) as uncached:
        for (path, headers), answer in zip(questions, again, strict=True):
            assert uncached.get(path, headers=headers).text == answer.text


def test_what_names_the_host_is_kept_for_that_host_alone(kept: Api) -> None:
    """Whoever sends many hosts fills nothing: there is one entry, of the host that asked last."""
    for path in (
        "/v1/figures?format=jsonld",
        "/v1/figures/people-displaced-2031-05-04?format=html",
    ):
        for host in ("one.example", "other.example", "one.example", "two.example:8080"):
            asked = [kept.get(path, headers={"Host": host}) for _ in range(2)]
            assert kept.statements == [], "the second is from the cache"
            for answer in asked:
                assert f"http://{host}/v1/" in answer.text
                others = {"one.example", "other.example", "two.example:8080"} - {host}
                assert not any(f"//{other}/" in answer.text for other in others)
    assert len(cache_of(kept)._entries) <= 2


def test_a_new_build_empties_it(new_database: Callable[[], str]) -> None:
    url = new_database()
    build_number(url, 1)
    with Api.over(url, cache_bytes=2**20) as api:
        assert api.json("/v1/figures")["data"] == api.json("/v1/figures")["data"]
        build_number(url, 2)
        time.sleep(0.6)
        assert api.json("/v1/figures")["data"][0]["title"] == "Build 2"


def test_it_is_bounded_in_bytes_and_forgets_what_was_asked_longest_ago(made_up_url: str) -> None:
    with Api.over(made_up_url, cache_bytes=60_000) as api:
        # Many small answers, of which only some fit.
        for number in range(200):
            api.json(f"/v1/actors?fields=id&q=w{number}")
            api.json("/v1/actors?fields=id")
        cache = cache_of(api)
        assert 0 < cache._bytes <= 60_000
        assert cache._bytes == sum(entry.size for entry in cache._entries.values())
        assert len(cache._entries) < 100
        api.json("/v1/actors?fields=id")
        assert api.statements == []


def test_an_answer_too_large_for_it_is_not_kept(made_up_url: str) -> None:
    with Api.over(made_up_url, cache_bytes=16_000) as api:
        api.get("/v1/figures", headers={"Accept-Encoding": "identity"})
        api.get("/v1/figures", headers={"Accept-Encoding": "identity"})
        assert api.statements
