"""The HTTP protocol of the server, with our words where it answers by itself: requests that break HTTP never reach the
application, and their errors are to be like all others. Nor do those whose answer is kept.
"""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.api.problems import MEDIA_TYPE
from app.middleware.response_cache import AtOnce
from app.problems import BAD_REQUEST

_ANSWERED = cast(
    "RequestResponseCycle", SimpleNamespace(response_complete=True, message_event=asyncio.Event())
)
"""What the library finds where it looks for the request before."""


class Protocol(HttpToolsProtocol):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._at_once: AtOnce | None = getattr(getattr(self.app, "state", None), "at_once", None)

    def on_headers_complete(self) -> None:
        if not self._answers_at_once():
            super().on_headers_complete()

    def _answers_at_once(self) -> bool:
        """Only where nothing has to be waited for: an answer before this one, a client that reads slowly, the rest of a request."""
        parser = self.parser
        before: RequestResponseCycle | None = self.cycle
        is_plain = (
            (before is None or before.response_complete)
            and not self.flow.write_paused
            and parser.get_method() == b"GET"
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
        )
        if self._at_once is None or not is_plain:
            return False
        client = self.client[0] if self.client else None
        of_server = self.server_state.default_headers
        answer = self._at_once.answer(
            client, self.scheme or "http", self.url, self.headers, of_server
        )
        if answer is None:
            return False
        self.cycle = _ANSWERED
        self.transport.writelines(answer)
        self.on_response_complete()
        return True

    def send_400_response(self, msg: str) -> None:
        document: dict[str, Any] = {
            "type": f"/problems/{BAD_REQUEST.slug}",
            "title": BAD_REQUEST.title,
            "status": BAD_REQUEST.status,
            "detail": f"{msg} The request line, with its query, may have 64 KiB, and bytes beyond ASCII are written %XX.",
        }
        body = orjson.dumps(document)
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"Content-Type: {MEDIA_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\n"
            "Access-Control-Allow-Origin: *\r\n"
            "Cache-Control: no-store\r\n"
            "Connection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()
