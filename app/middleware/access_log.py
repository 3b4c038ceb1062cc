"""The outermost layer: every request has an id, one line in the log and its place in the metrics.

The id is that of the caller (`X-Request-Id`), where it is one that a log can hold, else ours; the answer repeats it.
"""

import asyncio
import itertools
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, TextIO

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.snapshots import SEEN
from app.middleware.metrics import Metrics

_LOG = logging.getLogger("onrecord.access")
_LINE = (
    "%(client)s %(method)s %(target)s %(status)d %(bytes)d B %(milliseconds).2f ms %(request_id)s"
)
HEADER = b"x-request-id"
_ID = re.compile(rb"[A-Za-z0-9._~:+/=-]{1,128}")


class Ended(NamedTuple):
    """A request whose answer has been sent. `target` is its path with its query, `seconds` from its head to the last byte."""

    client: str | None
    method: str
    target: bytes
    request_id: bytes
    route: str
    status: int
    sent: int
    seconds: float
    kept: bool


class AccessLogMiddleware:
    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._series = secrets.token_hex(6).encode()
        self._numbers = itertools.count(1)
        self._ended: list[Ended] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = self.name_of(scope["headers"])
        seen: dict[str, Any] = {"request_id": request_id.decode("ascii")}
        status, sent = 0, 0

        async def send_on(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                # A list of its own: the one in the message may be that of an answer that is kept.
                message = {**message, "headers": [*message["headers"], (HEADER, request_id)]}
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app({**scope, SEEN: seen}, receive, send_on)
        finally:
            path = scope.get("raw_path") or scope["path"].encode()
            client = scope.get("client")
            self.ended(
                Ended(
                    client[0] if client else None,
                    scope["method"],
                    b"%s?%s" % (path, scope["query_string"]) if scope["query_string"] else path,
                    request_id,
                    seen.get("route", "other"),
                    status,
                    sent,
                    time.perf_counter() - began,
                    "kept" in seen,
                )
            )

    def name_of(self, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """What a request is called."""
        given = next((value for name, value in headers if name == HEADER), None)
        if given is not None and _ID.fullmatch(given):
            return given
        return b"%s-%x" % (self._series, next(self._numbers))

    def ended(self, request: Ended) -> None:
        self._ended.append(request)
        # For each, though the first tells of all: a loop that ends leaves none behind that nobody tells of.
        _when_the_loop_has_gone_round(self._tell)

    def _tell(self) -> None:
        """Count and log what has ended, that of many requests at once: what is done for each by itself finds nothing of it near
        the processor, and takes as long as all else that an answer from memory takes.
        """
        ended, self._ended = self._ended, []
        is_logged = _LOG.isEnabledFor(logging.INFO)
        for request in ended:
            route, method, status, kept = (
                request.route,
                request.method,
                request.status,
                request.kept,
            )
            self._metrics.count(route, method, status, request.seconds, request.sent, kept=kept)
            if is_logged:
                _write(request)


def _when_the_loop_has_gone_round(do: Callable[[], None]) -> None:
    try:
        asyncio.get_running_loop().call_soon(do)
    except RuntimeError:
        do()


def _write(request: Ended) -> None:
    target = request.target.decode("latin-1")
    if not target.isprintable():
        target = ascii(target)
    fields = {
        "client": request.client,
        "method": request.method,
        "target": target,
        "status": request.status,
        "bytes": request.sent,
        "milliseconds": round(request.seconds * 1000, 2),
        "kept": request.kept,
        "request_id": request.request_id.decode("ascii"),
    }
    # Not _LOG.info, which looks through the stack for a place that says nothing here: that takes as long as all the rest.
    _LOG.handle(logging.LogRecord(_LOG.name, logging.INFO, "", 0, _LINE, (fields,), None))


class LineStream(logging.StreamHandler[TextIO]):
    """Writes lines when the event loop has gone round, those of many requests at once: a write for each would cost as much as
    all else that an answer from memory takes.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self._will_flush = False

    def flush(self) -> None:
        if not self._will_flush:
            self._will_flush = True
            _when_the_loop_has_gone_round(self._flush_now)

    def _flush_now(self) -> None:
        self._will_flush = False
        super().flush()


class Lines(logging.Formatter):
    """The time in UTC, and the message."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{_second(int(record.created))} {record.getMessage()}"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class JsonLines(logging.Formatter):
    """One JSON object a line, for collectors of logs."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        line |= record.args if isinstance(record.args, dict) else {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()
