"""Compression with zstd, br and gzip."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

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
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compress = CompressMiddleware(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Responses have `Vary: Accept-Encoding` already, so others can do without this layer.
        if scope["type"] != "http" or b"accept-encoding" not in dict(scope["headers"]):
            await self._app(scope, receive, send)
            return

        async def send_with_validator(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_validator(message["headers"])}
            await send(message)

        await self._compress(scope, receive, send_with_validator)


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
        else:
            result.append((name, value))
    return result
