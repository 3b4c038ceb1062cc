"""The outermost layer: what holds for every answer, whoever gave it."""

import logging
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import INTERNAL_ERROR, Problem
from app.web.problems import problem_response
from app.web.served import BASE, IS_HEAD, SEEN

_LOG = logging.getLogger("onrecord")


_OF_ALL = ((b"access-control-allow-origin", b"*"),)
_OF_WHOLE = (*_OF_ALL, (b"access-control-expose-headers", b"*"), (b"x-content-type-options", b"nosniff"))
"""A 304 weighs as little as it can: the client has these."""


def _finished(message: Message) -> Message:
    """The head of an answer with what all have. A strong validator names one sequence of bytes: that of a coded answer is
    another one (RFC 9110, 8.8.3.3), and that of gzip is weak, as gzip writes the time into its head.
    """
    headers = [(name, _each_once(value) if name == b"vary" else value) for name, value in message["headers"]]
    coding = next((value for name, value in headers if name == b"content-encoding"), None)
    if coding is not None:
        headers = [(name, _coded(value, coding) if name == b"etag" else value) for name, value in headers]
    return {**message, "headers": [*headers, *(_OF_ALL if message["status"] == HTTPStatus.NOT_MODIFIED else _OF_WHOLE)]}


@lru_cache(maxsize=64)
def _each_once(names: bytes) -> bytes:
    """Layers that add to a list do not look whether it has that already."""
    return b", ".join(dict.fromkeys(name.strip() for name in names.split(b",")))


def _coded(etag: bytes, coding: bytes) -> bytes:
    return b'%s%s-%s"' % (b"W/" if coding == b"gzip" else b"", etag[:-1], coding)


class Edge:
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
        method = "GET" if is_head else scope["method"]
        base = self._public_url or quote(scope.get("root_path", "").rstrip("/"))
        scope = {**scope, "method": method, BASE: base, IS_HEAD: is_head}
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = _finished(message)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception:
            if started:
                raise
            request_id = scope.get(SEEN, {}).get("request_id", "a request")
            _LOG.exception("%s: %s %s failed", request_id, scope["method"], scope["path"])
            problem = Problem(INTERNAL_ERROR, "The server failed to answer; nothing is wrong with the request.")
            await problem_response(problem, scope, base)(scope, receive, send_on)
