"""Every route × method × format × coding keeps the HTTP contract. The routes are those of the
served OpenAPI document: one that is added is held to all of this without a line here.
"""

from typing import Any

import pytest

from app.api.openapi import openapi_under
from app.formats.media_types import FORMATS
from app.main import describe_app
from tests.client import Api
from tests.test_openapi import example_path, required_query

pytestmark = pytest.mark.any_database

PATHS: dict[str, Any] = openapi_under(describe_app(), "")["paths"]
CODINGS = ["identity", "gzip", "br", "zstd"]
# Present where there is something to say.
OPTIONAL = {"Last-Modified", "Memento-Datetime"}


def address_of(api: Api, path: str) -> str:
    found = example_path(api, path)
    assert found is not None
    needed = "&".join(f"{name}={value}" for name, value in required_query(api, path).items())
    return f"{found}?{needed}" if needed else found


def media_types(path: str) -> list[str]:
    return list(PATHS[path]["get"]["responses"]["200"]["content"])


EVERY = [
    pytest.param(path, media, id=f"{path} {media}") for path in PATHS for media in media_types(path)
]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(("path", "media_type"), EVERY)
def test_get_and_head_keep_the_contract(api: Api, path: str, media_type: str, coding: str) -> None:
    address = address_of(api, path)
    asked = {"Accept": media_type, "Accept-Encoding": coding}
    get, head = (api.request(method, address, headers=asked) for method in ("GET", "HEAD"))
    assert get.status_code == head.status_code == 200, get.text
    assert get.headers["content-type"].partition(";")[0] == media_type.partition(";")[0]
    assert get.headers.get("content-encoding", "identity") in (coding, "identity")
    assert get.headers["access-control-allow-origin"] == "*"
    assert get.headers["x-content-type-options"] == "nosniff"
    promised = set(PATHS[path]["get"]["responses"]["200"]["headers"]) - OPTIONAL
    assert promised <= {name.title() if name != "etag" else "ETag" for name in get.headers}
    assert head.content == b""
    own = {"x-request-id", "content-length", "transfer-encoding"}
    if path != "/metrics":
        assert {k: v for k, v in get.headers.items() if k not in own} == {
            k: v for k, v in head.headers.items() if k not in own
        }


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(("path", "media_type"), EVERY)
def test_revalidation_costs_no_query(api: Api, path: str, media_type: str, coding: str) -> None:
    if "304" not in PATHS[path]["get"]["responses"]:
        assert api.get(path).headers["cache-control"] == "no-store"
        return
    address = address_of(api, path)
    asked = {"Accept": media_type, "Accept-Encoding": coding}
    first = api.get(address, headers=asked)
    again = api.get(address, headers={**asked, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, api.statements) == (304, b"", [])
    for name in ("etag", "vary", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert "content-type" not in again.headers


@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_405(api: Api, path: str) -> None:
    address = address_of(api, path)
    options = api.request("OPTIONS", address)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = api.request(method, address, content=b"x")
        assert_problem(response, 405)
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"


# Consumers of oEmbed add parameters of their own: tests/test_oembed.py holds those to be named in
# the answer.
@pytest.mark.parametrize("path", [path for path in PATHS if path != "/oembed"])
def test_no_parameter_is_ignored(api: Api, path: str) -> None:
    address = address_of(api, path)
    for unknown in ("colour=red", "utm_source=x", "=", "%FF=1", "a%00=1", "limt=1"):
        response = api.get(f"{address}{'&' if '?' in address else '?'}{unknown}")
        assert_problem(response, 422)
        assert response.json()["errors"]


@pytest.mark.parametrize(
    "path", [path for path in PATHS if "406" in PATHS[path]["get"]["responses"]]
)
def test_formats_that_are_not_offered_are_406(api: Api, path: str) -> None:
    address = address_of(api, path)
    response = api.get(address, headers={"Accept": "image/png"})
    assert_problem(response, 406)
    offered = [row.name for row in FORMATS.values() if row.media_type in media_types(path)]
    assert ", ".join(offered) in response.json()["detail"]
    first = next(
        media for media in ("application/json", *media_types(path)) if media in media_types(path)
    )
    assert (
        api.get(address, headers={"Accept": "image/png, */*;q=0.1"}).headers["content-type"]
        == first
    )


def assert_problem(response: Any, status: int) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.json()["status"] == status
