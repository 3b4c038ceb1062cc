"""Answers that are kept are written while the request is being read: on a socket, nobody can tell but by the time it takes."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.middleware.response_cache import AtOnce
from tests.client import Api
from tests.server import serving
from tests.test_cache import ADDRESSES
from tests.test_new_data import build_number
from tests.test_observed import counted

pytestmark = pytest.mark.any_database

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def url(made_up_url: str) -> Iterator[str]:
    with serving(made_up_url) as url:
        yield url


@pytest.fixture
def connection(url: str) -> Iterator[socket.socket]:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        yield connection


def request(
    target: str, *headers: str, method: str = "GET", body: str = "", version: str = "1.1"
) -> bytes:
    return "\r\n".join(
        [f"{method} {target} HTTP/{version}", "Host: x", *headers, "", body]
    ).encode()


def received(connection: socket.socket, answers: int = 1, *, has_body: bool = True) -> list[Answer]:
    """So many answers, one behind the other, and nothing besides."""
    stream = connection.makefile("rb")
    found = []
    for _ in range(answers):
        status = int(stream.readline().split()[1])
        headers = {}
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(": ")
            assert name not in headers, name
            headers[name] = value
        length = int(headers.get("content-length", 0)) if has_body and status != 304 else 0
        found.append((status, headers, stream.read(length)))
    return found


def asked(connection: socket.socket, *sent: bytes) -> list[Answer]:
    connection.sendall(b"".join(sent))
    return received(connection, len(sent))


def same(answer: Answer) -> Answer:
    """Without what is the request's own."""
    status, headers, body = answer
    return (
        status,
        {name: value for name, value in headers.items() if name not in ("date", "x-request-id")},
        body,
    )


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("coding", ["identity", "br", "gzip"])
def test_the_second_answer_is_the_first(connection: socket.socket, path: str, coding: str) -> None:
    wanted = f"Accept-Encoding: {coding}"
    first, again = (asked(connection, request(path, wanted))[0] for _ in range(2))
    assert first[0] == 200
    assert same(again) == same(first)
    assert first[1]["x-request-id"] != again[1]["x-request-id"]
    tag = first[1]["etag"]
    for tags in (tag, f'"other", {tag}', f"W/{tag.removeprefix('W/')}"):
        status, headers, body = asked(connection, request(path, wanted, f"If-None-Match: {tags}"))[
            0
        ]
        assert (status, body) == (304, b"")
        assert headers.keys() >= {
            "etag",
            "cache-control",
            "vary",
            "date",
            "x-request-id",
            "access-control-allow-origin",
        }
    assert same(asked(connection, request(path, wanted, 'If-None-Match: "other"'))[0]) == same(
        first
    )


def test_answers_come_in_the_order_of_the_requests(connection: socket.socket) -> None:
    kept = "/v1/figures?limit=1"
    tag = asked(connection, request(kept))[0][1]["etag"]
    answers = asked(
        connection,
        request(kept),
        request("/v1/actors?limit=1&q=nobody-has-asked"),
        request(kept, f"If-None-Match: {tag}"),
        request("/v1/places?limit=2"),
        request(kept),
    )
    assert [status for status, _, _ in answers] == [200, 200, 304, 200, 200]
    assert answers[0][2] == answers[4][2]
    assert b"/v1/actors?" in answers[1][2]
    assert b"/v1/places?" in answers[3][2]


def test_what_follows_the_head_is_not_taken_for_the_next_request(connection: socket.socket) -> None:
    path = "/v1/figures?limit=1"
    first = asked(connection, request(path))[0]
    answers = asked(
        connection, request(path, "Content-Length: 9", body="GET / no\n"), request(path)
    )
    assert [same(answer) for answer in answers] == [same(first), same(first)]


def test_head_has_no_body(connection: socket.socket) -> None:
    path = "/v1/figures?limit=1"
    first = asked(connection, request(path))[0]
    connection.sendall(request(path, method="HEAD"))
    status, headers, body = received(connection, has_body=False)[0]
    assert (status, body) == (200, b"")
    assert headers["content-length"] == first[1]["content-length"]


@pytest.mark.parametrize(
    "last", [request("/v1/figures", "Connection: close"), request("/v1/figures", version="1.0")]
)
def test_who_wants_the_connection_closed_has_it_closed(
    connection: socket.socket, last: bytes
) -> None:
    asked(connection, request("/v1/figures"))
    connection.sendall(last)
    whole = b""
    while part := connection.recv(65536):
        whole += part
    assert whole.count(b"HTTP/1.1 200 OK") == 1
    assert b"connection: close" in whole


def test_what_names_the_host_is_for_that_host(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        for host in ("one.example", "one.example", "other.example", "one.example"):
            assert (
                f"http://{host}/v1/"
                in client.get("/v1/figures?format=jsonld", headers={"Host": host}).text
            )


def test_each_is_counted(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        for _ in range(4):
            assert client.get("/v1/places?limit=3").status_code == 200
        text = client.get("/metrics").text
    assert counted(text, "onrecord_requests_total", route="/v1/places", status="200") >= 4
    assert counted(text, "onrecord_kept_answers_total", route="/v1/places") >= 3


def at_once_of(api: Api) -> AtOnce | None:
    app: Any = api.app
    return getattr(app.state, "at_once", None)


def test_what_is_not_kept_or_not_of_now_is_asked_of_the_application(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    build_number(url, 1)

    def is_answered(*headers: tuple[bytes, bytes], target: bytes = b"/v1/figures") -> bool:
        at_once = at_once_of(api)
        assert at_once is not None
        # What httpx sends without being told.
        return (
            at_once.answer(None, "http", target, [(b"accept-encoding", b"identity"), *headers], [])
            is not None
        )

    with Api.over(url, cache_bytes=2**20) as api:
        whole = [(b"host", b"test"), (b"accept", b"*/*")]
        assert not is_answered(*whole)
        api.get("/v1/figures", headers={"Accept-Encoding": "identity", "Accept": "*/*"})
        assert is_answered(*whole)
        assert not is_answered(*whole, target=b"/v1/figures?")
        assert not is_answered(*whole, (b"transfer-encoding", b"chunked"))
        assert not is_answered(*whole, (b"if-modified-since", b"Wed, 25 Nov 2026 18:50:54 GMT"))
        build_number(url, 2)
        time.sleep(0.6)
        assert not is_answered(*whole), "whether there is something newer has to be looked at"


def test_proxies_that_are_believed_speak_for_others(made_up_url: str) -> None:
    with Api.over(made_up_url, forwarded_from="127.0.0.1") as api:
        assert at_once_of(api) is None
