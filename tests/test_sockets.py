"""What clients do wrong, byte for byte on a socket of the real server."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.server import serving

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def address(made_up_url: str) -> Iterator[tuple[str, int]]:
    with serving(made_up_url) as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 80)


def talk(address: tuple[str, int], *sent: bytes) -> bytes:
    """All that the server says until it closes."""
    with socket.create_connection(address, timeout=10) as connection:
        for part in sent:
            connection.sendall(part)
        received = b""
        while part := connection.recv(65536):
            received += part
        return received


def last_answer(received: bytes) -> tuple[int, bytes, bytes]:
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.lower(), body


def get(target: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        [b"GET " + target + b" HTTP/1.1", b"Host: x", *headers, b"Connection: close", b"", b""]
    )


BROKEN = {
    "no request at all": b"GARBAGE\r\n\r\n",
    "a line of 100 kB": get(b"/v1/figures?unit=" + b"a" * 100_000),
    "raw bytes": get("/v1/figures?unit=ü".encode()),
    "a header without a name": get(b"/v1", b": x"),
    "a control character in a header": get(b"/v1", b"X-A: a\x00b"),
    "two lengths": get(b"/v1", b"Content-Length: 1", b"Content-Length: 2"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_request_that_breaks_http_is_a_problem(address: tuple[str, int], what: str) -> None:
    status, head, body = last_answer(talk(address, BROKEN[what]))
    assert status == 400
    assert b"content-type: application/problem+json" in head
    assert b"access-control-allow-origin: *" in head
    assert json.loads(body)["type"] == "/problems/bad-request"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/v1/figures?unit=" + b"a" * 20_000, 414),
        (b"/v1/figures?" + b"&".join([b"a=1"] * 10_000), 414),
        (b"/v1/figures?unit=%ff", 422),
        (b"/v1/figures/%ff", 404),
        (b"/v1/figures/%00", 404),
        (b"//v1/figures", 404),
        (b"/v1/../v1/figures", 404),
        (b"http://x/v1/figures", 200),
    ],
)
def test_odd_targets_are_answered(address: tuple[str, int], target: bytes, expected: int) -> None:
    status, head, _ = last_answer(talk(address, get(target)))
    assert status == expected
    if expected >= 400:
        assert b"content-type: application/problem+json" in head


def test_requests_in_one_breath_are_answered_in_order(address: tuple[str, int]) -> None:
    first = b"GET /v1/actors?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n"
    received = talk(address, first + get(b"/v1/places?limit=1"))
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b'"/v1/actors/') < received.index(b'"/v1/places/')


def test_a_request_that_comes_slowly_is_answered(address: tuple[str, int]) -> None:
    whole = get(b"/v1")
    status, _, _ = last_answer(talk(address, *(whole[i : i + 5] for i in range(0, len(whole), 5))))
    assert status == 200


def test_a_large_header_does_no_harm(address: tuple[str, int]) -> None:
    status, _, _ = last_answer(talk(address, get(b"/v1/figures", b"X-Large: " + b"a" * 60_000)))
    assert status in (200, 431)
