"""The Model Context Protocol at `/mcp` (streamable HTTP), loaded only with ONRECORD_MCP.

It is stateless: without sessions, open streams or background tasks, it works with several workers,
and in an application that mounts this one and does not run its lifespan.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.api.context import header, is_head
from app.api.problems import problem_response
from app.mcp.tools import fetcher, server
from app.problems import (
    BAD_REQUEST,
    CONTENT_TOO_LARGE,
    FORBIDDEN,
    METHOD_NOT_ALLOWED,
    MISDIRECTED,
    Problem,
    ProblemKind,
)
from app.settings import Settings

PATH = "/mcp"
_ALLOWED = "POST, OPTIONS"
_MAX_BODY = 64 * 1024
"""Bytes."""
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_ANY = "*"

_KINDS: Mapping[int, tuple[ProblemKind, str]] = {
    421: (
        MISDIRECTED,
        (
            "Use a host name that the operator has named (ONRECORD_MCP_HOSTS): MCP is not answered"
            " under this one."
        ),
    ),
    403: (
        FORBIDDEN,
        (
            "Use a page whose origin the operator has named (ONRECORD_MCP_ORIGINS): MCP is not"
            " answered to this one."
        ),
    ),
    413: (CONTENT_TOO_LARGE, f"Ask for less at once: a message may have {_MAX_BODY} bytes."),
}


class Endpoint:
    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.public_url or "")
        public_hosts = [public.netloc] if public.netloc else []
        self._hosts = [
            *public_hosts,
            *(form for host in _LOOPBACK_HOSTS for form in (host, f"{host}:*")),
            *settings.mcp_hosts,
        ]
        origins = [f"{public.scheme}://{public.netloc}"] if public.netloc else []
        local = [f"http://{host}{port}" for host in _LOOPBACK_HOSTS for port in ("", ":*")]
        self._origins = [*origins, *local, *settings.mcp_origins]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        HTTPConnection(scope).state.route = PATH
        if scope["method"] == "OPTIONS":
            allowed = {
                "Allow": _ALLOWED,
                "Access-Control-Allow-Methods": _ALLOWED,
                "Access-Control-Allow-Headers": "*",
            }
            await Response(status_code=204, headers=allowed)(scope, receive, send)
            return
        if scope["method"] != "POST":
            request = Request(scope)
            method = "HEAD" if is_head(request) else request.method
            detail = (
                f"Use POST: {PATH} takes messages of the Model Context Protocol, and {method} is"
                " not allowed."
            )
            problem = Problem(METHOD_NOT_ALLOWED, detail, headers={"Allow": _ALLOWED})
            await problem_response(request, problem)(scope, receive, send)
            return
        manager = StreamableHTTPSessionManager(
            server(fetcher(scope["app"], scope)),
            json_response=True,
            stateless=True,
            security_settings=self._security(scope),
            max_request_body_size=_MAX_BODY,
        )
        async with manager.run():
            await manager.handle_request(scope, receive, _problems_for_texts(scope, receive, send))

    def _security(self, scope: Scope) -> TransportSecuritySettings:
        """Refuse pages that reach this server through a visitor's browser (DNS rebinding)."""
        host, origin = header(scope, b"host") or "", header(scope, b"origin") or ""
        return TransportSecuritySettings(
            allowed_hosts=[host] if _ANY in self._hosts else self._hosts,
            allowed_origins=[origin] if _ANY in self._origins else self._origins,
        )


def _problems_for_texts(scope: Scope, receive: Receive, send: Send) -> Send:
    """Replace the plain-text errors of the MCP library by problems (RFC 9457).

    Its other errors are JSON-RPC and stay.
    """
    refused: Message | None = None

    async def send_on(message: Message) -> None:
        nonlocal refused
        if message["type"] == "http.response.start":
            media_type = Headers(raw=message["headers"]).get("content-type", "")
            if message["status"] >= 400 and not media_type.startswith("application/json"):
                refused = message
                return
            message = {**message, "headers": [*message["headers"], (b"cache-control", b"no-store")]}
        if refused is None:
            await send(message)
        elif not message.get("more_body"):
            text = message.get("body", b"").decode("utf-8", "replace")
            kind, detail = _KINDS.get(refused["status"], (BAD_REQUEST, f"{text}."))
            await problem_response(Request(scope), Problem(kind, detail))(scope, receive, send)

    return send_on
