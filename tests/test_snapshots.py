"""One refresh for each new build; a missing or frozen database stops nothing else."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.curation.build import Silent, build_records
from app.database.engine import parse_url, sqlite_path
from app.main import create_app
from app.problems import Problem
from app.query.snapshots import Snapshot, Snapshots, open_snapshot
from app.settings import load_settings
from tests.conftest import MADE_UP, build_from, missing
from tests.many import Maker
from tests.postgres import PostgresServer, postgres_binaries
from tests.server import serving
from tests.waiting import eventually


class Opener:
    """Opens snapshots and counts them; while `may_open` is not set it waits."""

    def __init__(self, url: str) -> None:
        self._settings = load_settings(database_url=url)
        self.opened = 0
        self.may_open = threading.Event()
        self.may_open.set()

    def __call__(self) -> Snapshot:
        self.may_open.wait(timeout=30)
        self.opened += 1
        return open_snapshot(self._settings)


def build(url: str, size: int) -> str:
    return build_records(Maker(size).records(), parse_url(url), f"size {size}", Silent()).version


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    url = new_database()
    build(url, 30)
    return url


def test_the_database_is_opened_at_first_use(url: str) -> None:
    opener = Opener(url)
    snapshots = Snapshots(opener)
    with pytest.raises(Problem):
        _ = snapshots.current
    asyncio.run(snapshots.refresh_if_stale())
    assert snapshots.current is snapshots.open()
    assert opener.opened == 1
    snapshots.close()


def test_an_application_without_lifespan_opens_the_database_at_the_first_request(url: str) -> None:
    app = create_app(load_settings(database_url=url))

    async def first_response() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/v1/figures?limit=1")

    assert asyncio.run(first_response()).status_code == 200
    app.state.snapshots.close()
    assert asyncio.run(first_response()).status_code == 200  # and again after it was closed
    app.state.snapshots.close()


def test_requests_that_wait_for_a_database_that_is_not_there_try_once(tmp_path: Path) -> None:
    opener = Opener(f"sqlite:///{tmp_path / 'nothing.db'}")
    snapshots = Snapshots(opener)

    async def many() -> None:
        await asyncio.gather(*(snapshots.refresh_if_stale() for _ in range(20)))

    asyncio.run(many())
    assert opener.opened == 1
    with pytest.raises(Problem):
        _ = snapshots.current


@pytest.mark.slow
def test_many_requests_open_a_new_build_once(url: str) -> None:
    opener = Opener(url)
    snapshots = Snapshots(opener)
    snapshots.open()
    build(url, 31)

    async def refresh_together() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(50):
                group.create_task(snapshots.refresh())

    asyncio.run(refresh_together())
    assert opener.opened == 2
    snapshots.close()


def test_requests_go_on_with_the_snapshot_while_another_one_refreshes(url: str) -> None:
    opener = Opener(url)
    snapshots = Snapshots(opener, check_seconds=0)
    first = snapshots.open()
    version = build(url, 31)

    async def refresh_slowly() -> None:
        opener.may_open.clear()
        refresh = asyncio.create_task(snapshots.refresh_if_stale())
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await snapshots.refresh_if_stale()
        assert snapshots.current is first
        opener.may_open.set()
        await refresh

    asyncio.run(refresh_slowly())
    assert snapshots.current.dataset.version == version
    snapshots.close()


@pytest.mark.slow
def test_a_replaced_snapshot_is_closed_without_a_further_build(url: str) -> None:
    path = sqlite_path(parse_url(url))
    if path is None:
        return
    snapshots = Snapshots(Opener(url), close_seconds=0.5)
    snapshots.open()
    build(url, 31)

    def deleted_files() -> list[str]:
        links = [str(link.readlink()) for link in Path("/proc/self/fd").glob("*") if link.exists()]
        return [link for link in links if link.startswith(str(path)) and "deleted" in link]

    async def refresh_and_wait() -> None:
        await snapshots.refresh()
        assert deleted_files()
        while deleted_files():
            await asyncio.sleep(0.02)

    asyncio.run(asyncio.wait_for(refresh_and_wait(), timeout=30))
    snapshots.close()


def test_a_build_that_cannot_be_opened_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    build(url, 30)
    snapshots = Snapshots(Opener(url))
    first = snapshots.open()
    (tmp_path / "broken").write_bytes(b"not a database")
    (tmp_path / "broken").replace(tmp_path / "x.db")

    async def refresh_often() -> None:
        for _ in range(5):
            await snapshots.refresh()

    with caplog.at_level("WARNING", logger="onrecord"):
        asyncio.run(refresh_often())
    assert len(caplog.records) == 1
    assert "the newest build cannot be opened" in caplog.text
    assert snapshots.current is first
    snapshots.close()


@pytest.mark.long
@pytest.mark.postgresql
def test_a_frozen_server_is_a_503_in_time_and_served_when_it_is_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if postgres_binaries() is None:
        missing("no PostgreSQL server programs are installed")
    with PostgresServer.running(tmp_path_factory.mktemp("frozen")) as postgres:
        url = postgres.create_database("frozen")
        build_from(MADE_UP, url)
        with serving(url, ONRECORD_QUERY_TIMEOUT="0.5", ONRECORD_CACHE_BYTES="0") as server:
            assert httpx.get(f"{server}/v1/figures").status_code == 200
            with postgres.frozen():
                for number in range(15):
                    started = time.monotonic()
                    response = httpx.get(f"{server}/v1/figures?limit={number + 1}", timeout=20)
                    assert response.status_code == 503
                    assert time.monotonic() - started < 10
            assert eventually(lambda: httpx.get(f"{server}/v1/figures").status_code == 200)
