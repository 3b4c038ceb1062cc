"""Requests to the application from within: the guide and agents are clients like any other."""

from typing import TYPE_CHECKING, Any, cast

from starlette.types import ASGIApp, Scope

from app.api.context import header

if TYPE_CHECKING:
    import httpx2


def client_of(app: ASGIApp, scope: Scope) -> "httpx2.AsyncClient":
    """A client of `app` under the prefix and the host of a request; paths come with the prefix."""
    # A tenth of a second to load, for what few servers are asked.
    import httpx2

    root_path = scope.get("root_path", "")
    transport = httpx2.ASGITransport(
        app=cast("Any", app), root_path=root_path, client=scope.get("client") or ("127.0.0.1", 0)
    )
    host = header(scope, b"host") or "localhost"
    return httpx2.AsyncClient(transport=transport, base_url=f"{scope['scheme']}://{host}")
