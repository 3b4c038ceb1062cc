"""What a proxy in front of us says of a request, believed only where the operator said of whom (ONRECORD_FORWARDED_FROM).

uvicorn reads `X-Forwarded-For` and `-Proto`; `X-Forwarded-Host` and `-Prefix`, which it leaves alone, are read here. They
matter where no public URL is set: links begin with the prefix, and formats with whole addresses name the host.
"""

import re
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware as UvicornProxyHeadersMiddleware

_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")


class ProxyHeadersMiddleware:
    def __init__(self, app: ASGIApp, believed: str) -> None:
        self._app = UvicornProxyHeadersMiddleware(app, trusted_hosts=believed)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = scope.get("client")
            if client is not None and client[0] in self._app.trusted_hosts:
                scope = _told(scope)
        await self._app(scope, receive, send)  # type: ignore[arg-type]


def _told(scope: Scope) -> Scope:
    host, prefix = (
        _first(scope, b"x-forwarded-host"),
        _first(scope, b"x-forwarded-prefix").rstrip("/"),
    )
    if host:
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope = {**scope, "headers": [(b"host", host.encode("latin-1")), *others]}
    if _PREFIX.fullmatch(prefix):
        # The proxy took it away, and the path of a mounted application has it (ASGI).
        path = f"{prefix}{scope['path']}"
        raw_path = quote(prefix).encode("ascii") + (
            scope.get("raw_path") or quote(scope["path"]).encode("ascii")
        )
        scope = {
            **scope,
            "root_path": f"{prefix}{scope.get('root_path', '')}",
            "path": path,
            "raw_path": raw_path,
        }
    return scope


def _first(scope: Scope, name: bytes) -> str:
    """What the proxy nearest to the client said."""
    value = next((value for key, value in scope["headers"] if key == name), b"")
    return str(value.decode("latin-1").partition(",")[0].strip())
