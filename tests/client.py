"""An httpx client of an application in process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp

from app.main import create_app
from app.query.snapshots import Snapshot, Snapshots
from app.settings import Settings


class Api:
    """`statements` holds the SQL of the last request.

    The response cache is off unless `cache_bytes` is set.
    """

    def __init__(self, app: ASGIApp, snapshots: Snapshots, runner: asyncio.Runner) -> None:
        self.app = app
        self.snapshots = snapshots
        self.statements: list[str] = []
        self._runner = runner
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        snapshots.open().database.on_statement = lambda sql, _: self.statements.append(sql)

    @classmethod
    @contextmanager
    def over(cls, database_url: str, **settings: Any) -> Iterator["Api"]:
        # On a busy machine a query may wait longer for a processor than servers let it run.
        defaults = {"cache_bytes": 0, "query_timeout": 60}
        app = create_app(Settings(database_url=database_url, **{**defaults, **settings}))
        with cls.of(app, app.state.snapshots) as api:
            yield api

    @classmethod
    @contextmanager
    def of(cls, app: ASGIApp, snapshots: Snapshots) -> Iterator["Api"]:
        """A client of `app`: the application of these snapshots, or one that mounts it."""
        with asyncio.Runner() as runner:
            try:
                yield cls(app, snapshots, runner)
            finally:
                snapshots.close()

    def mounted_in(self, outer: ASGIApp) -> "Api":
        return Api(outer, self.snapshots, self._runner)

    @property
    def snapshot(self) -> Snapshot:
        return self.snapshots.current

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        self.statements.clear()
        return self._runner.run(self._client.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def json(self, path: str) -> Any:
        response = self.get(path)
        assert response.status_code == 200, response.text
        return response.json()

    def all(self, path: str) -> list[Any]:
        """Every record of a list, page by page."""
        records: list[Any] = []
        following: str | None = path
        while following is not None:
            page = self.json(following)
            records += page["data"]
            following = page["links"]["next"]
        return records
