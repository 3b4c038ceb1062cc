"""The outermost layer: what holds for every answer, whoever gave it."""

import logging
from http import HTTPStatus
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import INTERNAL_ERROR, Problem
from app.web.problems import problem_response
from app.web.served import BASE, IS_HEAD, SEEN

_LOG = logging.getLogger("onrecord")


def _tell_codings_apart(headers: MutableHeaders) -> None:
    """A strong validator names one sequence of bytes: that of a coded answer is another one (RFC 9110, 8.8.3.3). That of
    gzip is weak, as gzip writes the time into its head.
    """
    if "Vary" in headers:
        headers["Vary"] = ", ".join(dict.fromkeys(name.strip() for name in headers["Vary"].split(",")))
    coding, etag = headers.get("Content-Encoding"), headers.get("ETag")
    if coding and etag:
        headers["ETag"] = f'{"W/" if coding == "gzip" else ""}{etag[:-1]}-{coding}"'


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
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = "*"
                if message["status"] != HTTPStatus.NOT_MODIFIED:
                    # The client has these; a 304 should weigh as little as it can.
                    headers["Access-Control-Expose-Headers"] = "*"
                    headers["X-Content-Type-Options"] = "nosniff"
                _tell_codings_apart(headers)
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
