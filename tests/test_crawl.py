"""Who has everything already and asks for all of it again is told so in a few bytes."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
import pytest
from requests.utils import parse_header_links

from tests.server import serving

pytestmark = pytest.mark.any_database


class Wire(httpcore.SyncBackend):
    """Counts what comes back from the server, byte for byte, heads and all."""

    def __init__(self) -> None:
        self.bytes = 0

    def connect_tcp(self, *where: Any, **how: Any) -> httpcore.NetworkStream:
        stream = super().connect_tcp(*where, **how)
        read = stream.read

        def counted(*args: Any, **kwargs: Any) -> bytes:
            part = read(*args, **kwargs)
            self.bytes += len(part)
            return part

        stream.read = counted  # type: ignore[method-assign]
        return stream


def over(wire: Wire, url: str, coding: str) -> httpx.Client:
    transport = httpx.HTTPTransport()
    transport._pool = httpcore.ConnectionPool(network_backend=wire)
    return httpx.Client(transport=transport, base_url=url, headers={"Accept-Encoding": coding})


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


@pytest.mark.parametrize("coding", ["identity", "zstd"])
def test_a_second_crawl_of_everything_takes_a_twentieth_of_the_bytes(
    seed_url: str, coding: str
) -> None:
    wire = Wire()
    with serving(seed_url) as url, over(wire, url, coding) as client:
        first = crawl(client, f"{url}/v1")
        whole, wire.bytes = wire.bytes, 0
        assert len(first) > 500
        assert [f"{r.url} {r.text}" for r in first.values() if r.status_code != 200] == []
        second = {
            address: client.get(address, headers={"If-None-Match": answer.headers.get("etag", "")})
            for address, answer in first.items()
        }
    anew = {
        urlsplit(address).path
        for address, response in second.items()
        if response.status_code != 304
    }
    assert anew <= {"/healthz", "/readyz", "/metrics"}
    # Heads of 304 are all that is left. Where the first crawl was compressed, they weigh more beside it.
    assert wire.bytes <= whole * (0.05 if coding == "identity" else 0.2), (
        len(first),
        whole,
        wire.bytes,
    )
