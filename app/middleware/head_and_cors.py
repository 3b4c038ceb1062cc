"""HEAD, CORS and the last resort for exceptions: what holds for every response."""

import logging
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.context import set_base
from app.api.problems import problem_response
from app.problems import BAD_REQUEST, INTERNAL_ERROR, Problem

_LOG = logging.getLogger("onrecord")
_ALWAYS = ((b"access-control-allow-origin", b"*"),)
_UNLESS_NOT_MODIFIED = (
    (b"access-control-expose-headers", b"*"),
    (b"x-content-type-options", b"nosniff"),
)


class HeadAndCorsMiddleware:
    """HEAD is GET without the body; any page may read any response; no exception gets out.

    It sets `request.state.base`, what links begin with, and `request.state.is_head`.
    """

    def __init__(self, app: ASGIApp, *, public_url: str | None) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}
        request = Request(scope, receive)
        set_base(request, self._public_url)
        request.state.is_head = is_head
        has_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                message = with_common_headers(message)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if (problem := _host_problem(scope)) is not None:
            await problem_response(request, problem)(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            if has_started:
                raise
            request_id = getattr(request.state, "request_id", "a request")
            _LOG.exception("%s: %s %s failed", request_id, scope["method"], scope["path"])
            detail = "Try again later: the server failed, and nothing is wrong with the request."
            problem = Problem(INTERNAL_ERROR, detail)
            await problem_response(request, problem)(scope, receive, send_with_headers)


def with_common_headers(start: Message) -> Message:
    """The start of a response with the headers of every response."""
    # A client that has the response has the others too.
    is_known = start["status"] == HTTPStatus.NOT_MODIFIED
    added = _ALWAYS if is_known else (*_ALWAYS, *_UNLESS_NOT_MODIFIED)
    return {**start, "headers": [*start["headers"], *added]}


def _host_problem(scope: Scope) -> Problem | None:
    """A request names one host (RFC 9112, 3.2): with two, caches and links could name another."""
    hosts = sum(name == b"host" for name, _ in scope["headers"])
    if hosts == 1 or (hosts == 0 and scope.get("http_version") == "1.0"):
        return None
    detail = f"Send the Host header once: the request has {hosts or 'none'}."
    return Problem(BAD_REQUEST, detail)
