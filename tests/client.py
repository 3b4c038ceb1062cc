"""The application in process, as a client sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
from starlette.types import ASGIApp

from app.api.snapshots import Snapshot, Snapshots
from app.main import create_app
from app.settings import Settings


class Api:
    """`statements` holds the SQL of the last request. No answer is kept, unless `cache_bytes` is set."""

    def __init__(self, app: ASGIApp, live: Snapshots) -> None:
        self.app = app
        self.live = live
        self.statements: list[str] = []
        live.now.database.on_statement = self.statements.append

    @property
    def served(self) -> Snapshot:
        return self.live.now

    @classmethod
    @contextmanager
    def over(cls, database_url: str, **settings: Any) -> Iterator["Api"]:
        app = create_app(Settings(database_url=database_url, **{"cache_bytes": 0, **settings}))
        live: Snapshots = app.state.live
        try:
            yield cls(app, live)
        finally:
            live.close()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        self.statements.clear()

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **options)

        return anyio.run(send)

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
