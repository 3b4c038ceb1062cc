"""The floor: an ASGI application that answers ready-made bytes."""

import os
from pathlib import Path
from typing import Any

BODIES = {f"/{path.name}": path.read_bytes() for path in Path(os.environ["BENCH_BYTES"]).iterdir()}
HEADERS = {
    path: [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    for path, body in BODIES.items()
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        path = scope["path"]
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS[path]})
        await send({"type": "http.response.body", "body": BODIES[path]})
