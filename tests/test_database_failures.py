"""What clients get when the database fails, is too slow or is down."""

from contextlib import ExitStack

import anyio
import httpx
import pytest

from app.database.execute import CompiledStatement
from tests.client import Api
from tests.conftest import MADE_UP, build_from, missing
from tests.postgres import PostgresServer, postgres_binaries
from tests.test_http import assert_is_problem

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_fault_discloses_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(api.snapshot.database, "fetch_all", fail)
    response = api.get("/v1/figures")
    assert_is_problem(response, "internal-error")
    assert "secret" not in response.text
    assert response.headers["access-control-allow-origin"] == "*"


def test_no_statement_can_write(api: Api) -> None:
    for sql in ("DELETE FROM figure", "CREATE TABLE x (y int)", "UPDATE dataset SET version = 'x'"):
        with pytest.raises(Exception, match=r"readonly|read-only"):
            api.snapshot.database.fetch_all_sync(CompiledStatement(sql, {}))


def test_a_slow_query_is_stopped(made_up_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Api.over(made_up_url, query_timeout=0.2) as slow:
        endless = CompiledStatement(ENDLESS, {})
        monkeypatch.setattr(slow.snapshot.database, "compiled", lambda *_: endless)
        response = slow.get("/v1/figures")
        assert_is_problem(response, "query-timeout")
        assert response.headers["retry-after"] == "5"


@pytest.mark.slow
def test_waiting_for_slow_queries_has_an_end(
    made_up_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No request waits longer than a query may take; a request without a query does not wait."""
    statuses: list[int] = []

    async def request(client: httpx.AsyncClient) -> None:
        response = await client.get("/v1/figures?sort=-as_of,value&total=none")
        statuses.append(response.status_code)
        assert response.headers["retry-after"] == "5"

    async def request_all(client: httpx.AsyncClient) -> None:
        async with client, anyio.create_task_group() as group:
            for _ in range(12):
                group.start_soon(request, client)
            await anyio.lowlevel.checkpoint()  # the twelve begin
            assert (await client.get("/healthz")).status_code == 200
            assert statuses == []

    with Api.over(made_up_url, query_timeout=2) as slow:
        endless = CompiledStatement(ENDLESS, {})
        monkeypatch.setattr(slow.snapshot.database, "compiled", lambda *_: endless)
        transport = httpx.ASGITransport(slow.app)
        anyio.run(request_all, httpx.AsyncClient(transport=transport, base_url="http://test"))
    assert statuses == [503] * 12


@pytest.mark.postgresql
def test_a_server_that_is_down_is_a_problem(tmp_path_factory: pytest.TempPathFactory) -> None:
    if postgres_binaries() is None:
        missing("no PostgreSQL server programs are installed")
    with ExitStack() as stack:
        with PostgresServer.running(tmp_path_factory.mktemp("down")) as server:
            url = server.create_database("down")
            build_from(MADE_UP, url)
            api = stack.enter_context(Api.over(url))
            assert api.get("/readyz").status_code == 200
        for path in ("/readyz", "/v1/figures", "/v1/actors/civil-guard"):
            assert_is_problem(api.get(path), "not-ready")
        assert api.json("/healthz") == {"status": "ok"}


def test_readiness_follows_the_database(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api.json("/readyz")["status"] == "ready"

    def fail(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(api.snapshot.database, "fetch_all", fail)
    assert_is_problem(api.get("/readyz"), "not-ready")
    assert api.json("/healthz") == {"status": "ok"}
