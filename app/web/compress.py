"""zstd, br and gzip, for whoever accepts them."""

from starlette.types import Receive, Scope, Send
from starlette_compress import CompressMiddleware


class Compress(CompressMiddleware):
    """Who accepts no coding gets the answer as it is, without the layer that looks at each only to leave it so. `Vary` does not
    depend on that layer: answers name Accept-Encoding in it by themselves.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(name == b"accept-encoding" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)
