"""zstd, br and gzip, for whoever accepts them."""

from functools import lru_cache

from starlette.types import Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware


class CompressionMiddleware(CompressMiddleware):
    """Who accepts no coding gets the answer as it is, without the layer that looks at each only to leave it so. `Vary` does not
    depend on that layer: answers name Accept-Encoding in it by themselves.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not any(
            name == b"accept-encoding" for name, _ in scope["headers"]
        ):
            await self.app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            await send(_marked(message) if message["type"] == "http.response.start" else message)

        await super().__call__(scope, receive, send_on)


def _marked(message: Message) -> Message:
    """A strong validator names one sequence of bytes: that of a coded answer is another one (RFC 9110, 8.8.3.3), and that of gzip
    is weak, as gzip writes the time into its head.
    """
    headers = [
        (name, _each_once(value) if name == b"vary" else value)
        for name, value in message["headers"]
    ]
    coding = next((value for name, value in headers if name == b"content-encoding"), None)
    if coding is not None:
        headers = [
            (name, _coded(value, coding) if name == b"etag" else value) for name, value in headers
        ]
    return {**message, "headers": headers}


@lru_cache(maxsize=64)
def _each_once(names: bytes) -> bytes:
    """Layers that add to a list do not look whether it has that already."""
    return b", ".join(dict.fromkeys(name.strip() for name in names.split(b",")))


def _coded(etag: bytes, coding: bytes) -> bytes:
    return b'%s%s-%s"' % (b"W/" if coding == b"gzip" else b"", etag[:-1], coding)
