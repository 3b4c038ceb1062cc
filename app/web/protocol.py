"""The HTTP protocol of the server, with our words where it answers by itself: requests that break HTTP never reach the
application, and their errors are to be like all others.
"""

from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.errors import BAD_REQUEST
from app.web.problems import MEDIA_TYPE


class Protocol(HttpToolsProtocol):
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
