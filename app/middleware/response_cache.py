"""The response cache: complete responses with data, held until a newer build is served.

The key is everything that a response may depend on, as it was sent: the prefix, the path with the
query, and the headers that are negotiated. Endpoints mark what may be cached
(`request.state.cacheable`); errors never are. A response that names the host of its request is held
for that host alone, and replaces that of another host: many hosts do not fill the cache. It is
bounded in bytes; the response that was used longest ago goes first.
"""

from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.context import Cacheable, header
from app.api.responses import NOT_MODIFIED_HEADERS, matching_etag
from app.query.snapshots import Snapshot, Snapshots

_MAX_SHARE = 16
"""One response may take a sixteenth of the cache."""
_ENTRY_OVERHEAD = 3_000
"""Bytes of an entry besides its key and body, about: its headers, most of all."""
_NOT_MODIFIED_HEADERS = {
    *(name.lower().encode() for name in NOT_MODIFIED_HEADERS if name != "ETag"),
    b"access-control-allow-origin",
}


class CacheKey(NamedTuple):
    root_path: str
    target: bytes
    accept: str | None
    accept_encoding: str | None


@dataclass(frozen=True)
class CachedResponse:
    """`body` is None where only clients have asked that had it; `host` where any host may."""

    host: str | None
    headers: list[tuple[bytes, bytes]]
    etag: str
    body: bytes | None
    route: str
    size: int


class ResponseCacheMiddleware:
    def __init__(self, app: ASGIApp, *, snapshots: Snapshots, max_bytes: int) -> None:
        self._app = app
        self._snapshots = snapshots
        self._max_bytes = max_bytes
        self._responses: OrderedDict[CacheKey, CachedResponse] = OrderedDict()
        self._snapshot: Snapshot | None = None
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._max_bytes or not _is_simple_read(scope):
            await self._app(scope, receive, send)
            return
        key, host = _key_of(scope), f"{scope['scheme']}://{header(scope, b'host')}"
        if key in self._responses:
            await self._snapshots.refresh_if_stale()
        response = self._fresh_response(key, host)
        tag = None if response is None else _known_tag(scope, response)
        if response is None or (response.body is None and tag is None):
            await self._call_and_store(scope, receive, send, key, host)
            return
        self._responses.move_to_end(key)
        state = HTTPConnection(scope).state
        state.is_cached, state.route = True, response.route
        await _send(send, response, tag, is_head=scope["method"] == "HEAD")

    def _fresh_response(self, key: CacheKey, host: str) -> CachedResponse | None:
        response = self._responses.get(key)
        if response is None or self._snapshots.current is not self._snapshot:
            return None
        return response if response.host in (None, host) else None

    async def _call_and_store(
        self, scope: Scope, receive: Receive, send: Send, key: CacheKey, host: str
    ) -> None:
        start: Message = {}
        body: bytes | None = None

        async def send_and_keep(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif body is None and not message.get("more_body"):
                body = message.get("body", b"")
            elif message.get("more_body"):
                start = {}
            await send(message)

        await self._app(scope, receive, send_and_keep)
        connection = HTTPConnection(scope)
        cacheable: Cacheable | None = getattr(connection.state, "cacheable", None)
        if cacheable is None or scope["method"] != "GET" or body is None or not start:
            return
        if start["status"] == HTTPStatus.NOT_MODIFIED and key not in self._responses:
            body = None
        elif start["status"] != HTTPStatus.OK:
            return
        if cacheable.snapshot is not self._snapshot:
            if cacheable.snapshot is not self._snapshots.current:
                return
            self._clear(cacheable.snapshot)
        self._store(
            key,
            host if cacheable.names_host else None,
            start["headers"],
            body,
            connection.state.route,
        )

    def _clear(self, snapshot: Snapshot) -> None:
        self._responses.clear()
        self._size = 0
        self._snapshot = snapshot

    def _store(
        self,
        key: CacheKey,
        host: str | None,
        headers: list[tuple[bytes, bytes]],
        body: bytes | None,
        route: str,
    ) -> None:
        etag = next((value for name, value in headers if name.lower() == b"etag"), None)
        size = _ENTRY_OVERHEAD + len(key.target) + len(body or b"")
        if etag is None or size > self._max_bytes // _MAX_SHARE:
            return
        replaced = self._responses.pop(key, None)
        self._size += size - (replaced.size if replaced else 0)
        self._responses[key] = CachedResponse(
            host, list(headers), etag.decode("latin-1"), body, route, size
        )
        while self._size > self._max_bytes:
            _, oldest = self._responses.popitem(last=False)
            self._size -= oldest.size


def _is_simple_read(scope: Scope) -> bool:
    """Whether a cached response may answer it: endpoints compare dates, the cache only tags."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    return (
        header(scope, b"if-modified-since") is None or header(scope, b"if-none-match") is not None
    )


def _key_of(scope: Scope) -> CacheKey:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return CacheKey(
        scope.get("root_path", ""),
        b"%s?%s" % (path, query) if query else path,
        header(scope, b"accept"),
        header(scope, b"accept-encoding"),
    )


def _known_tag(scope: Scope, response: CachedResponse) -> str | None:
    """The tag of the client's copy of the response; None: no tag shows that it has one."""
    tags = header(scope, b"if-none-match")
    return None if tags is None else matching_etag(tags, response.etag)


async def _send(send: Send, response: CachedResponse, tag: str | None, *, is_head: bool) -> None:
    if tag is not None:
        headers = [
            (name, value)
            for name, value in response.headers
            if name.lower() in _NOT_MODIFIED_HEADERS
        ]
        headers.append((b"etag", tag.encode("latin-1")))
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": response.headers})
    body = b"" if is_head else response.body or b""
    await send({"type": "http.response.body", "body": body})
