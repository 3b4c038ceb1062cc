"""What holds for every answer, whoever gave it."""

import logging
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem_response
from app.api.snapshots import BASE, IS_HEAD
from app.problems import INTERNAL_ERROR, Problem

_LOG = logging.getLogger("onrecord")


_OF_ALL = ((b"access-control-allow-origin", b"*"),)
_OF_WHOLE = (
    *_OF_ALL,
    (b"access-control-expose-headers", b"*"),
    (b"x-content-type-options", b"nosniff"),
)
"""A 304 weighs as little as it can: the client has these."""


class HeadAndCorsMiddleware:
    """HEAD is GET without the body; every answer may be read by any page; no exception gets out.

    It stands inside nothing of the framework's that could answer by itself, so that errors have these headers too.
    """

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        root: str = scope.get("root_path", "")
        base = self._public_url or (quote(root.rstrip("/")) if root else "")
        scope = {**scope, BASE: base, IS_HEAD: is_head}
        if is_head:
            scope["method"] = "GET"
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                more = _OF_ALL if message["status"] == HTTPStatus.NOT_MODIFIED else _OF_WHOLE
                message = {**message, "headers": [*message["headers"], *more]}
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception:
            if started:
                raise
            request_id = getattr(HTTPConnection(scope).state, "request_id", "a request")
            _LOG.exception("%s: %s %s failed", request_id, scope["method"], scope["path"])
            problem = Problem(
                INTERNAL_ERROR, "The server failed to answer; nothing is wrong with the request."
            )
            await problem_response(problem, scope, base)(scope, receive, send_on)
