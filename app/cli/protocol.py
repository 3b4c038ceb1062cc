"""The HTTP protocol of the server: uvicorn's, with limits on requests that arrive."""

import asyncio
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.middleware.access_log import report_refused

HEAD_LIMIT = 32 * 1024
"""Bytes that may arrive after the latest complete head, its body apart."""
_PIECE = 4 * 1024
"""Bytes that are parsed at a time: what follows a head in its piece is not counted."""
_LINGER = 1.0
"""Seconds in which what a refused client still sends is thrown away, so that it can read why."""


class LimitedHttpProtocol(HttpToolsProtocol):
    """Answers 431 to a head that is too long, and 408 to one that does not arrive in time.

    httptools joins the pieces of a header in quadratic time, so that an endless one would stop
    the server. Three methods are extended; they read `cycle`, `scope` and `transport` of uvicorn.
    """

    arrival_timeout = 30.0
    """Seconds in which a request must arrive: the first one from the start of its connection,
    later ones from their first byte. (uvicorn closes a connection that is idle after a response.)
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._received = 0  # bytes since the latest complete head
        self._limit = HEAD_LIMIT
        self._is_refused = False
        self._timer: asyncio.TimerHandle | None = None
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        position = 0
        while position < len(data) and not self._is_refused and not self.transport.is_closing():
            if self._received == self._limit:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                return
            end = position + min(_PIECE, self._limit - self._received)
            self._parse(data[position:end])
            position = end

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _latest_cycle(self) -> RequestResponseCycle | None:
        """Return the latest request with a complete head; `None` before the first one."""
        return self.cycle

    def _parse(self, piece: bytes) -> None:
        previous = self._latest_cycle()
        was_in_body = previous is not None and previous.more_body
        super().data_received(piece)
        if self.transport.is_closing():
            self._report(HTTPStatus.BAD_REQUEST)
            return
        cycle = self._latest_cycle()
        if cycle is not None and cycle is not previous:
            self._received = 0
            self._limit = HEAD_LIMIT + _content_length(cycle.scope["headers"])
        elif not _is_reading_chunks(cycle):
            self._received += len(piece)
        is_complete = cycle is not None and not cycle.more_body
        if is_complete and (cycle is not previous or was_in_body):
            self._stop_timer()
        elif self._timer is None:
            self._start_timer()

    def _start_timer(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self.arrival_timeout, self._on_timeout)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_timeout(self) -> None:
        self._timer = None
        cycle = self._latest_cycle()
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            self._start_timer()  # a response is being sent: the next request may take its time
        elif self._received:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        self._is_refused = True
        self._report(status)
        cycle = self._latest_cycle()
        if cycle is not None and not cycle.response_complete:
            self.transport.close()
            return
        text = f"{status.phrase}\n"
        self.transport.write(
            f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(text)}\r\n"
            "Access-Control-Allow-Origin: *\r\n"
            "Connection: close\r\n"
            f"\r\n{text}".encode("ascii")
        )
        self.transport.write_eof()
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(_LINGER, self.transport.abort)

    def _report(self, status: HTTPStatus) -> None:
        address = self.transport.get_extra_info("peername")
        # The application's lifespan puts its metrics into the state that each scope carries.
        scope: Mapping[str, Any] | None = self.scope
        metrics = None if scope is None else scope["state"].get("metrics")
        report_refused(address[0] if address else None, status, metrics)


def _content_length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Return the length of the body in bytes; 0 if there is none, or it comes in chunks."""
    return next((int(value) for name, value in headers if name == b"content-length"), 0)


def _is_reading_chunks(cycle: RequestResponseCycle | None) -> bool:
    """Whether a body of unknown length is arriving, and the application may still read it."""
    return (
        cycle is not None
        and cycle.more_body
        and not cycle.response_complete
        and not _content_length(cycle.scope["headers"])
    )
