"""A client that has everything already revalidates all of it in a few bytes."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from requests.utils import parse_header_links

from tests.server import serving

pytestmark = pytest.mark.any_database


def size(response: httpx.Response) -> int:
    """The bytes of a response on the wire: status line, headers and body."""
    lines = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
    status = f"HTTP/1.1 {response.status_code} {response.reason_phrase}\r\n\r\n"
    return len(status) + lines + response.num_bytes_downloaded


def leads_to(response: httpx.Response) -> set[str]:
    """Every address of ours that an answer names, in its body and in its links."""
    found = {link["url"] for link in parse_header_links(response.headers.get("link", ""))}
    # What explains the API names addresses as examples.
    explains = response.url.path.startswith(
        ("/docs", "/problems", "/openapi.json", "/v1/schema", "/v1/context")
    )
    if (
        re.match(r"application/(json|[a-z]+\+json)", response.headers["content-type"])
        and not explains
    ):
        found |= set(addresses(response.json()))
    # Of a citation one style is enough: it is hardly longer than a head.
    return {
        urljoin(str(response.url), address)
        for address in found
        if "/citation?style=" not in address
    }


def addresses(value: Any) -> Iterator[str]:
    if (
        isinstance(value, str)
        and re.match(r"/[a-z.]|http://127", value)
        and not re.search(r"[{}… ]", value)
    ):
        yield value
    elif isinstance(value, list | dict):
        for item in value if isinstance(value, list) else value.values():
            yield from addresses(item)


def crawl(client: httpx.Client, start: str) -> dict[str, httpx.Response]:
    """All that can be reached."""
    answers: dict[str, httpx.Response] = {}
    ahead = [start]
    while ahead:
        address = ahead.pop()
        if address not in answers and address.startswith(str(client.base_url)):
            answers[address] = client.get(address)
            ahead += sorted(leads_to(answers[address]))
    return answers


@pytest.mark.slow
@pytest.mark.parametrize("coding", [pytest.param("identity", marks=pytest.mark.long), "zstd"])
def test_a_second_crawl_of_everything_takes_a_twentieth_of_the_bytes(
    seed_url: str, coding: str
) -> None:
    headers = {"Accept-Encoding": coding}
    with (
        serving(seed_url) as url,
        httpx.Client(base_url=url, headers=headers, timeout=60) as client,
    ):
        first = crawl(client, f"{url}/v1")
        assert len(first) > 500
        assert [f"{r.url} {r.text}" for r in first.values() if r.status_code != 200] == []
        second = {
            address: client.get(address, headers={"If-None-Match": answer.headers.get("etag", "")})
            for address, answer in first.items()
        }
    changed = {
        urlsplit(address).path
        for address, response in second.items()
        if response.status_code != 304
    }
    assert changed <= {"/healthz", "/readyz", "/metrics"}
    before, after = (sum(map(size, crawled.values())) for crawled in (first, second))
    # 304s are headers alone; these weigh more beside bodies that were compressed.
    assert after <= before * (0.05 if coding == "identity" else 0.2), (len(first), before, after)
