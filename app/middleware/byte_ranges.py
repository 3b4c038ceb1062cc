"""Byte ranges of responses that come as a whole (RFC 9110, 14)."""

from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.byte_ranges import requested_range
from app.api.context import header, set_base
from app.api.problems import problem_response
from app.middleware.head_and_cors import with_common_headers
from app.problems import Problem


class ByteRangesMiddleware:
    """Cuts a response that has `Accept-Ranges` and comes in one message to the range asked for.

    A response in several messages has looked at `Range` itself. Ranges are of the content without
    a coding, so a request with `Range` is passed on without `Accept-Encoding`. It is outside the
    response cache, so that all ranges of a file are cut from one response.
    """

    def __init__(self, app: ASGIApp, *, public_url: str | None) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or header(scope, b"range") is None:
            await self._app(scope, receive, send)
            return
        headers = [item for item in scope["headers"] if item[0] != b"accept-encoding"]
        scope = {**scope, "headers": headers}
        start: Message | None = None

        async def send_range(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_divisible(message):
                start = message
                return
            if start is not None:
                whole, start = start, None
                if not message.get("more_body"):
                    await self._send_range(scope, receive, send, whole, message["body"])
                    return
                await send(whole)
            await send(message)

        await self._app(scope, receive, send_range)

    async def _send_range(
        self, scope: Scope, receive: Receive, send: Send, start: Message, body: bytes
    ) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        try:
            part = requested_range(
                scope, len(body), headers.get("etag", ""), headers.get("last-modified")
            )
        except Problem as problem:
            request = Request(scope, receive)
            set_base(request, self._public_url)

            async def send_problem(message: Message) -> None:
                is_start = message["type"] == "http.response.start"
                await send(with_common_headers(message) if is_start else message)

            await problem_response(request, problem)(scope, receive, send_problem)
            return
        if part is not None:
            headers["Content-Range"] = part.content_range(len(body))
            body = body[part.first : part.last + 1]
            headers["Content-Length"] = str(len(body))
            start = {**start, "status": HTTPStatus.PARTIAL_CONTENT, "headers": headers.raw}
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _is_divisible(start: Message) -> bool:
    return start["status"] == HTTPStatus.OK and any(
        name.lower() == b"accept-ranges" for name, _ in start["headers"]
    )
