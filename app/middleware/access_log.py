"""Request ids, the access log and the counts of requests."""

import logging
import random
import re
import time
from collections.abc import Iterable
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.middleware.metrics import OTHER, Metrics, RequestRecord

_LOG = logging.getLogger("onrecord.access")
_LINE = (
    "%(client)s %(method)s %(target)s %(status)d %(bytes)d B %(milliseconds).2f ms"
    " %(outcome)s %(request_id)s"
)
_HEADER = b"x-request-id"
_VALID_ID = re.compile(rb"[A-Za-z0-9._~:+/=-]{1,128}")
_CLIENT_CLOSED_REQUEST = 499
"""The status of a request whose client left before the response began, as nginx logs it."""


class AccessLogMiddleware:
    """Gives each request an id, a line in the log and its place in the metrics.

    The id is the caller's `X-Request-Id` if a log can hold it, else a new one; the response
    repeats it. Inner layers read it as `request.state.request_id`, and may set
    `request.state.is_cached` and `request.state.route`, the path template. Only
    ProxyHeadersMiddleware is outside this one.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        state = HTTPConnection(scope).state
        request_id = _request_id(scope["headers"])
        state.request_id = request_id.decode("ascii")
        status, size, is_complete = 0, 0, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, size, is_complete
            if message["type"] == "http.response.start":
                status = message["status"]
                # A new list: the one in the message may belong to a cached response.
                message = {**message, "headers": [*message["headers"], (_HEADER, request_id)]}
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
                if not message.get("more_body"):
                    is_complete = True
                    # Before it is sent: a client that has the response finds it counted.
                    report()
            await send(message)

        def report() -> None:
            client = scope.get("client")
            path = scope.get("raw_path") or scope["path"].encode()
            query = scope["query_string"]
            _report(
                RequestRecord(
                    client=client[0] if client else None,
                    method=scope["method"],
                    target=(b"%s?%s" % (path, query) if query else path).decode("latin-1"),
                    route=_route(scope, state),
                    status=status or _CLIENT_CLOSED_REQUEST,
                    size=size,
                    seconds=time.perf_counter() - started,
                    request_id=state.request_id,
                    is_cached=getattr(state, "is_cached", False),
                    is_aborted=not is_complete,
                ),
                self._metrics,
            )

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            if not is_complete:
                report()


def report_refused(client: str | None, status: int, metrics: Metrics | None) -> None:
    """Log and count a request that was refused before the application could see it."""
    _report(
        RequestRecord(
            client=client,
            method="-",
            target="-",
            route=OTHER,
            status=status,
            size=0,
            seconds=0.0,
            request_id="-",
            is_cached=False,
            is_aborted=False,
        ),
        metrics,
    )


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    for name, value in headers:
        if name == _HEADER and _VALID_ID.fullmatch(value):
            return value
    return b"%016x" % random.getrandbits(64)


def _route(scope: Scope, state: Any) -> str:
    route = scope.get("route")
    path = getattr(state, "route", None) if route is None else route.path
    return OTHER if path is None else str(path)


def _report(request: RequestRecord, metrics: Metrics | None) -> None:
    if metrics is not None:
        metrics.observe(request)
    if not _LOG.isEnabledFor(logging.INFO):
        return
    target = request.target
    outcome = "aborted" if request.is_aborted else "cached" if request.is_cached else "complete"
    _LOG.info(
        _LINE,
        {
            "client": request.client or "-",
            "method": request.method,
            "target": target if target.isprintable() else ascii(target),
            "status": request.status,
            "bytes": request.size,
            "milliseconds": round(request.seconds * 1000, 2),
            "outcome": outcome,
            "request_id": request.request_id,
        },
    )
