"""Proxy headers, trusted only from the proxies that `ONRECORD_FORWARDED_ALLOW_IPS` names.

uvicorn reads `X-Forwarded-For` and `-Proto`; this module adds `-Host` and `-Prefix`. They matter if
no public URL is set: links begin with the prefix, and formats with absolute URLs name the host.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware as UvicornProxyHeadersMiddleware

from app.api.context import header

_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")


class ProxyHeadersMiddleware:
    """`trusted_hosts` are addresses or networks; `*` stands for all."""

    def __init__(self, app: ASGIApp, *, trusted_hosts: Sequence[str]) -> None:
        self._app = UvicornProxyHeadersMiddleware(
            app,  # type: ignore[arg-type]
            list(trusted_hosts),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if scope["type"] == "http" and client and client[0] in self._app.trusted_hosts:
            _set_host(scope)
            _set_prefix(scope)
        await self._app(scope, receive, send)  # type: ignore[arg-type]


def _set_host(scope: Scope) -> None:
    if host := _last(scope, b"x-forwarded-host"):
        other_headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope["headers"] = [(b"host", host.encode("latin-1")), *other_headers]


def _set_prefix(scope: Scope) -> None:
    """Put the prefix that the proxy has removed back: ASGI's paths include the root path."""
    prefix = _last(scope, b"x-forwarded-prefix").rstrip("/")
    if _PREFIX.fullmatch(prefix):
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
        scope["path"] = f"{prefix}{scope['path']}"
        scope["raw_path"] = prefix.encode("ascii") + raw_path
        scope["root_path"] = f"{prefix}{scope.get('root_path', '')}"


def _last(scope: Scope, name: bytes) -> str:
    """Return the value that the trusted proxy added: clients can send the ones before it.

    An empty string if there is none.
    """
    return (header(scope, name) or "").rpartition(",")[2].strip()
