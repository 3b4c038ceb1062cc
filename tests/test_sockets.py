"""What clients do wrong, byte for byte on a socket of the real server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from app.cli.protocol import LimitedHttpProtocol
from tests.server import serving
from tests.test_observed import counted

Address = tuple[str, int]


def address_of(url: str) -> Address:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 80)


pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def url(made_up_url: str) -> Iterator[str]:
    with serving(made_up_url) as url:
        httpx.get(f"{url}/healthz", timeout=60)
        yield url


@pytest.fixture
def address(url: str) -> Address:
    return address_of(url)


def received_from(connection: socket.socket) -> bytes:
    """All bytes until the server closes the connection."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def talk(address: Address, *sent: bytes) -> bytes:
    with socket.create_connection(address, timeout=20) as connection:
        for part in sent:
            connection.sendall(part)
        return received_from(connection)


def last_response(received: bytes) -> tuple[int, bytes, bytes]:
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.lower(), body


def get(target: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        [b"GET " + target + b" HTTP/1.1", b"Host: x", *headers, b"Connection: close", b"", b""]
    )


ATOM = b"Accept: application/atom+xml"
BROKEN = {
    "no request at all": b"GARBAGE\r\n\r\n",
    "raw bytes": get("/v1/figures?unit=ü".encode()),
    "a header without a name": get(b"/v1", b": x"),
    "a control character in a header": get(b"/v1", b"X-A: a\x00b"),
    "two lengths": get(b"/v1", b"Content-Length: 1", b"Content-Length: 2"),
}


@pytest.mark.parametrize("request_", BROKEN.values(), ids=BROKEN)
def test_a_request_that_breaks_http_is_400(address: Address, request_: bytes) -> None:
    status, head, _ = last_response(talk(address, request_))
    assert status == 400
    assert b"connection: close" in head


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/v1/figures?unit=" + b"a" * 20_000, 414),
        (b"/v1/figures?" + b"&".join([b"a=1"] * 7_000), 414),
        (b"/v1/figures?unit=%ff", 422),
        (b"/v1/figures/%ff", 404),
        (b"/v1/figures/%00", 404),
        (b"//v1/figures", 404),
        (b"/v1/../v1/figures", 404),
        (b"http://x/v1/figures", 200),
    ],
)
def test_unusual_targets_get_a_response(address: Address, target: bytes, expected: int) -> None:
    status, head, _ = last_response(talk(address, get(target)))
    assert status == expected
    if expected >= 400:
        assert b"content-type: application/problem+json" in head


def test_a_target_may_name_the_host(address: Address) -> None:
    """RFC 9112, 3.2.2: every server takes it, though only proxies are sent it."""
    _, _, body = last_response(talk(address, get(b"http://x/v1/figures?limit=1")))
    assert b'"self":"/v1/figures?limit=1"' in body
    _, _, feed = last_response(talk(address, get(b"http://x/v1/figures", ATOM)))
    assert b'"http://x/v1/figures' in feed


def test_pipelined_requests_are_answered_in_order(address: Address) -> None:
    first = b"GET /v1/actors?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n"
    received = talk(address, first + get(b"/v1/places?limit=1"))
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b'"/v1/actors/') < received.index(b'"/v1/places/')


def test_a_request_may_arrive_in_pieces(address: Address) -> None:
    request = get(b"/v1")
    pieces = (request[i : i + 5] for i in range(0, len(request), 5))
    assert last_response(talk(address, *pieces))[0] == 200


# Limits of a request's head.

HEAD_LIMIT = 32 * 1024


def head_of(size: int) -> bytes:
    return get(b"/healthz", b"X-Padding: " + b"a" * (size - len(get(b"/healthz", b"X-Padding: "))))


def test_a_head_of_32_kb_is_accepted_and_not_a_byte_more(address: Address) -> None:
    assert last_response(talk(address, head_of(HEAD_LIMIT)))[0] == 200
    status, head, body = last_response(talk(address, head_of(HEAD_LIMIT + 1)))
    assert (status, body) == (431, b"Request Header Fields Too Large\n")
    assert b"content-type: text/plain" in head


def test_the_limit_holds_for_each_request_of_a_connection(address: Address) -> None:
    small = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    assert talk(address, small * 2_000, get(b"/healthz")).count(b"HTTP/1.1 200 OK") == 2_001
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(small)
        connection.recv(65536)
        connection.sendall(head_of(HEAD_LIMIT + 1))
        assert last_response(received_from(connection))[0] == 431


def test_a_body_does_not_count(address: Address) -> None:
    body = b"a" * 1_000_000
    post = b"POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    received = talk(address, post + body, get(b"/healthz"))
    assert received.startswith(b"HTTP/1.1 405")
    assert b"HTTP/1.1 200 OK" in received


@pytest.mark.parametrize(
    "part", [b"a" * 65_536, b"X-A: b\r\n" * 8_192], ids=["one header", "many headers"]
)
@pytest.mark.slow
def test_an_endless_head_does_not_slow_down_others(url: str, part: bytes) -> None:
    def send_100_megabytes() -> None:
        with (
            suppress(OSError),
            socket.create_connection(address_of(url), timeout=20) as connection,
        ):
            connection.sendall(b"GET /v1 HTTP/1.1\r\nHost: x\r\nX-Endless: ")
            for _ in range(100_000_000 // len(part)):
                connection.sendall(part)

    sender = threading.Thread(target=send_100_megabytes)
    slowest = 0.0
    with httpx.Client(base_url=url, timeout=20) as other:
        sender.start()
        while sender.is_alive():
            started = time.monotonic()
            assert other.get("/healthz").status_code == 200
            slowest = max(slowest, time.monotonic() - started)
    assert slowest < 5  # reading it all in one go takes 14 to 17 s


@pytest.mark.slow
def test_what_the_protocol_refuses_is_counted(made_up_url: str) -> None:
    with serving(made_up_url) as url:
        httpx.get(f"{url}/healthz", timeout=60)
        talk(address_of(url), b"GARBAGE\r\n\r\n")
        talk(address_of(url), head_of(HEAD_LIMIT + 1))
        text = httpx.get(f"{url}/metrics").text
    for status in ("400", "431"):
        assert counted(text, "http_requests_total", method="other", status=status) == 1


@pytest.mark.slow
def test_requests_beyond_the_limit_of_connections_are_503(made_up_url: str) -> None:
    with serving(made_up_url, ONRECORD_MAX_CONNECTIONS="2") as url:
        address = address_of(url)
        assert httpx.get(f"{url}/healthz", timeout=60).status_code == 200
        with socket.create_connection(address), socket.create_connection(address):
            assert last_response(talk(address, get(b"/healthz")))[0] == 503
        assert last_response(talk(address, get(b"/healthz")))[0] == 200


class Impatient(LimitedHttpProtocol):
    arrival_timeout = 0.3


async def no_content(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.fixture
def impatient() -> Iterator[Address]:
    """The address of a server that waits 0.3 seconds for a request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(no_content, http=Impatient, lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join()


SLOW = {
    "idle": (b"", b""),
    "slow head": (b"GET / HTTP/1.1\r\nHost: x", b"HTTP/1.1 408"),
    "slow second head": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGE", b"HTTP/1.1 204"),
    "slow body": (b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na", b"HTTP/1.1 204"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "expected"), SLOW.values(), ids=SLOW)
def test_a_request_that_does_not_arrive_in_time_ends_its_connection(
    impatient: Address, sent: bytes, expected: bytes
) -> None:
    received = talk(impatient, sent)
    assert received[: len(expected)] == expected
