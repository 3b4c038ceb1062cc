"""Exports to clients that stall or leave: a bounded number, and everything given back at once."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from app.database.engine import create_write_engine, parse_url, sqlite_path
from tests.client import Api
from tests.server import serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow

EXPORT = "/v1/figures.ndjson?id=!no-such-id"


@pytest.fixture(scope="module")
def url(large_api: Api) -> str:
    return large_api.snapshot.settings.database_url


@contextmanager
def stalled_export(server: str) -> Iterator[socket.socket]:
    """A client that requests exports, reads the first bytes and no more.

    It pipelines as many as fill the buffers between client and server.
    """
    parts = urlsplit(server)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((parts.hostname, parts.port))
        client.sendall(8 * f"GET {EXPORT} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        client.recv(12)
        yield client


@contextmanager
def all_exports_stalled(server: str, limit: int) -> Iterator[None]:
    """As many clients as may export, all stalled.

    Begun again where a request of ours came between two of theirs: they are then refused the rest.
    """
    for _ in range(30):
        with ExitStack() as clients:
            for _ in range(limit):
                clients.enter_context(stalled_export(server))
            if any(status(server, EXPORT) == 503 for _ in range(3)):
                yield
                return
    raise AssertionError("no export was refused")


def status(server: str, path: str) -> int:
    return httpx.get(f"{server}{path}", timeout=10).status_code


def can_export(server: str) -> bool:
    return status(server, EXPORT) == 200


def idle_transactions(url: str) -> int:
    engine = create_write_engine(parse_url(url))
    sql = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    with engine.connect() as connection:
        count: int = connection.exec_driver_sql(sql).scalar_one()
    engine.dispose()
    return count


def test_exports_beyond_the_limit_get_503_and_other_requests_are_served(url: str) -> None:
    with serving(url, ONRECORD_MAX_EXPORTS="2") as server:
        with all_exports_stalled(server, 2):
            assert httpx.get(f"{server}{EXPORT}").headers["retry-after"] == "5"
            for path in ("/healthz", "/readyz", "/v1/figures?limit=3&value_min=7"):
                assert status(server, path) == 200
        assert eventually(lambda: can_export(server), seconds=10)


def test_an_export_ends_when_its_client_stalls(url: str) -> None:
    limits = {"ONRECORD_MAX_EXPORTS": "1", "ONRECORD_WRITE_TIMEOUT": "0.5"}
    with serving(url, **limits) as server, stalled_export(server):
        assert eventually(lambda: can_export(server), seconds=10)


def test_a_client_that_leaves_gives_its_connection_back_at_once(url: str) -> None:
    with serving(url, ONRECORD_MAX_EXPORTS="1") as server:
        for _ in range(3):
            with all_exports_stalled(server, 1):
                pass
            assert eventually(lambda: can_export(server), seconds=10)
        if sqlite_path(parse_url(url)) is None:
            assert idle_transactions(url) == 0
