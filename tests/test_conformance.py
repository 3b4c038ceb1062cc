"""Every route × method × format × coding keeps the HTTP contract. The routes are those of the
served OpenAPI document: one that is added is held to all of this without a line here.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from app.api.openapi import openapi_under
from app.formats.media_types import FORMATS
from app.main import describe_app
from tests.client import Api
from tests.test_openapi import example_path, operations, required_query, resolved

pytestmark = pytest.mark.any_database

DOCUMENT = openapi_under(describe_app(), "")
OPERATIONS: dict[str, Any] = dict(operations(DOCUMENT))
CODINGS = ["identity", "gzip", "br", "zstd"]
OPTIONAL = {"Last-Modified", "Memento-Datetime", "Content-Disposition", "Accept-Ranges"}
"""Headers where there is something to say: pages have no name, coded files no ranges."""


def url_of(api: Api, path: str) -> str:
    url = example_path(api, path)
    assert url is not None
    query = "&".join(f"{name}={value}" for name, value in required_query(api, path).items())
    return f"{url}?{query}" if query else url


def representations() -> Iterator[tuple[str, str, str]]:
    """Every path, with the format in place of `{format}`, its template and media type."""
    for path, operation in OPERATIONS.items():
        if not path.endswith("{format}"):
            for media_type in operation["responses"]["200"]["content"]:
                yield path, path, media_type
            continue
        parameter = next(item for item in operation["parameters"] if item["name"] == "format")
        for name in resolved(DOCUMENT, parameter["schema"])["enum"]:
            yield path.replace("{format}", name), path, FORMATS[name].media_type


EVERY = [pytest.param(*each, id=f"{each[0]} {each[2]}") for each in representations()]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(("path", "template", "media_type"), EVERY)
def test_get_and_head_keep_the_contract(
    api: Api, path: str, template: str, media_type: str, coding: str
) -> None:
    url = url_of(api, path)
    headers = {"Accept": media_type, "Accept-Encoding": coding}
    get, head = (api.request(method, url, headers=headers) for method in ("GET", "HEAD"))
    assert get.status_code == head.status_code == 200, get.text
    assert get.headers["content-type"].partition(";")[0] == media_type.partition(";")[0]
    assert get.headers.get("content-encoding", "identity") in (coding, "identity")
    assert get.headers["access-control-allow-origin"] == "*"
    assert get.headers["x-content-type-options"] == "nosniff"
    documented = set(OPERATIONS[template]["responses"]["200"].get("headers", ())) - OPTIONAL
    assert documented <= {name.title() if name != "etag" else "ETag" for name in get.headers}
    assert head.content == b""
    own = {"x-request-id", "content-length", "transfer-encoding"}
    if path != "/metrics":
        assert {k: v for k, v in get.headers.items() if k not in own} == {
            k: v for k, v in head.headers.items() if k not in own
        }


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(("path", "template", "media_type"), EVERY)
def test_revalidation_costs_no_query(
    api: Api, path: str, template: str, media_type: str, coding: str
) -> None:
    if "304" not in OPERATIONS[template]["responses"]:
        assert api.get(path).headers["cache-control"] == "no-store"
        return
    url = url_of(api, path)
    headers = {"Accept": media_type, "Accept-Encoding": coding}
    first = api.get(url, headers=headers)
    again = api.get(url, headers={**headers, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, api.statements) == (304, b"", [])
    for name in ("etag", "vary", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert "content-type" not in again.headers


@pytest.mark.parametrize("path", OPERATIONS)
def test_other_methods_are_405(api: Api, path: str) -> None:
    url = url_of(api, path)
    options = api.request("OPTIONS", url)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = api.request(method, url, content=b"x")
        assert_problem(response, 405)
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"


# Consumers of oEmbed add parameters of their own: tests/test_oembed.py holds those to be named in
# the answer.
@pytest.mark.parametrize("path", [path for path in OPERATIONS if path != "/oembed"])
def test_no_parameter_is_ignored(api: Api, path: str) -> None:
    url = url_of(api, path)
    for unknown in ("colour=red", "=", "%FF=1", "a%00=1", "limt=1"):
        response = api.get(f"{url}{'&' if '?' in url else '?'}{unknown}")
        assert_problem(response, 422)
        assert response.json()["errors"]


@pytest.mark.parametrize(
    "path", [path for path in OPERATIONS if "406" in OPERATIONS[path]["responses"]]
)
def test_formats_that_are_not_offered_are_406(api: Api, path: str) -> None:
    url, documented = url_of(api, path), OPERATIONS[path]["responses"]["200"]["content"]
    refused = api.get(url, headers={"Accept": "image/png"})
    assert_problem(refused, 406)
    response = api.get(url, headers={"Accept": "image/png, */*;q=0.1"})
    assert response.headers["content-type"] in documented


def assert_problem(response: Any, status: int) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.json()["status"] == status
