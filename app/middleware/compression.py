"""Compression with zstd, br and gzip."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app.api.context import header
from app.api.responses import MAX_CODED_BYTES
from app.formats.media_types import FORMATS
from app.presentation.citations import STYLES

# The library has one list of compressed media types for a process.
for _media_type in (
    *(row.bare_media_type for row in FORMATS.values()),
    *(style.media_type.partition(";")[0] for style in STYLES.values()),
    "application/problem+json",
):
    add_compress_type(_media_type)

_Headers = list[tuple[bytes, bytes]]


class CompressionMiddleware:
    """Compresses responses with starlette-compress, and gives them validators that fit.

    A strong ETag stands for one sequence of bytes, so the ETag of an encoded response names its
    encoding (RFC 9110, 8.8.3.3). That of gzip is weak: gzip writes the time into its header.
    A file beyond `MAX_CODED_BYTES` is sent as it is, with its length and its ranges.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compress = CompressMiddleware(self._call)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Responses have `Vary: Accept-Encoding` already, so others can do without this layer.
        if scope["type"] != "http" or header(scope, b"accept-encoding") is None:
            await self._app(scope, receive, send)
            return

        async def send_with_validator(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_validator(message["headers"])}
            await send(message)

        HTTPConnection(scope).state.send_uncoded = send
        await self._compress(scope, receive, send_with_validator)

    async def _call(self, scope: Scope, receive: Receive, send_coded: Send) -> None:
        send = send_coded

        async def send_chosen(message: Message) -> None:
            nonlocal send
            if message["type"] == "http.response.start" and _is_large_file(message["headers"]):
                send = HTTPConnection(scope).state.send_uncoded
            await send(message)

        await self._app(scope, receive, send_chosen)


def _is_large_file(headers: _Headers) -> bool:
    values = dict(headers)
    return b"accept-ranges" in values and int(values.get(b"content-length", 0)) > MAX_CODED_BYTES


def _with_validator(headers: _Headers) -> _Headers:
    encoding = dict(headers).get(b"content-encoding")
    result: _Headers = []
    for name, value in headers:
        if name == b"vary":
            # The layer inside adds Accept-Encoding to a list that has it.
            names = dict.fromkeys(part.strip() for part in value.split(b","))
            result.append((name, b", ".join(names)))
        elif name == b"etag" and encoding is not None:
            weak = b"W/" if encoding == b"gzip" else b""
            result.append((name, b'%s%s-%s"' % (weak, value[:-1], encoding)))
        elif name == b"accept-ranges" and encoding is not None:
            continue  # Ranges are of the content without a coding.
        else:
            result.append((name, value))
    return result
