"""Ready answers, kept in front of everything else: whoever asks the same again gets the same bytes.

Only whole answers of data are kept (`Answer` marks them), never errors. The key is all that an answer may depend on, as it was
sent: no parameter, header or prefix can bring one client what another asked for. What names the host that was asked is kept for
that host alone, and makes room for the same of another: whoever sends many hosts fills nothing.
A new build empties it. It is bounded in bytes; what was asked for longest ago goes first.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.responses import CONFIRMED, confirms
from app.api.snapshots import KEEP, NAMES_HOST
from app.query.snapshots import Snapshot, Snapshots

_LARGEST_SHARE = 16
"""One answer may take a sixteenth of the room."""
_OVERHEAD = 2_000
"""In bytes: what an entry takes besides its body, about."""

_CONFIRMED = {
    *(name.lower().encode() for name in CONFIRMED if name != "ETag"),
    b"access-control-allow-origin",
}
_BY_DATE = b""
"""What a client knows that has a date, and no tag."""

Key = tuple[str, bytes, bytes, bytes]
"""Prefix, path with query, what is accepted, in which coding."""
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Entry:
    """`body` is null where only clients have asked that had it already; `host` where it is the same for every host."""

    host: bytes | None
    headers: Headers
    etag: bytes
    body: bytes | None
    size: int
    route: str

    def confirming(self, tag: bytes) -> Headers:
        """What a 304 has of the headers of a 200."""
        return [(name, value) for name, value in self.headers if name.lower() in _CONFIRMED] + [
            (b"etag", tag)
        ]


class Asked(NamedTuple):
    """What of a request's head an answer may depend on: what it accepts, the tags of what the client has, the host."""

    accept: bytes
    accept_encoding: bytes
    known: bytes | None
    host: bytes


def asked_in(headers: Headers) -> Asked:
    accept = accept_encoding = host = b""
    known = None
    for name, value in headers:
        if name == b"host":
            host = value
        elif name == b"accept":
            accept += value + b","
        elif name == b"accept-encoding":
            accept_encoding += value + b","
        elif name == b"if-none-match":
            known = known + b"," + value if known else value
        elif name == b"if-modified-since" and known is None:
            known = _BY_DATE
    return Asked(accept, accept_encoding, known, host)


class ResponseCacheMiddleware:
    def __init__(self, app: ASGIApp, snapshots: Snapshots, most_bytes: int) -> None:
        self._app = app
        self._snapshots = snapshots
        self._most_bytes = most_bytes
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._bytes = 0
        self._of: Snapshot | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._snapshots.refresh_if_stale()
        if (
            scope["type"] != "http"
            or scope["method"] not in ("GET", "HEAD")
            or not self._most_bytes
        ):
            await self._app(scope, receive, send)
            return
        self._empty_for(self._snapshots.current)
        asked = asked_in(scope["headers"])
        path = scope.get("raw_path") or scope["path"].encode()
        target = b"%s?%s" % (path, scope["query_string"]) if scope["query_string"] else path
        host = b"%s://%s" % (scope["scheme"].encode(), asked.host)
        key = scope.get("root_path", ""), target, asked.accept, asked.accept_encoding
        entry, tag = self._kept(key, asked.known, host)
        if entry is None:
            await self._ask(scope, receive, send, key, host)
            return
        state = HTTPConnection(scope).state
        state.route, state.is_cached = entry.route, True
        if tag is not None:
            await send(
                {"type": "http.response.start", "status": 304, "headers": entry.confirming(tag)}
            )
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": entry.headers})
        await send(
            {
                "type": "http.response.body",
                "body": b"" if scope["method"] == "HEAD" else entry.body or b"",
            }
        )

    def _kept(
        self, key: Key, known: bytes | None, host: bytes
    ) -> tuple[Entry | None, bytes | None]:
        """What answers, and, where the client has it already, under which tag."""
        # A date without a tag is rare; whoever made the answer knows what it means.
        entry = None if known == _BY_DATE else self._entries.get(key)
        if entry is None or (entry.host is not None and entry.host != host):
            return None, None
        tag = None
        if known:
            same = confirms(known.decode("latin-1"), entry.etag.decode("latin-1"))
            tag = None if same is None else same.encode("latin-1")
        if entry.body is None and tag is None:
            return None, None
        self._entries.move_to_end(key)
        return entry, tag

    def _empty_for(self, here: Snapshot) -> None:
        if here is not self._of:
            self._entries.clear()
            self._bytes = 0
            self._of = here

    async def _ask(self, scope: Scope, receive: Receive, send: Send, key: Key, host: bytes) -> None:
        marks: dict[str, object] = {}
        started: Message = {}
        body = b""
        whole = False

        async def keep(message: Message) -> None:
            nonlocal started, body, whole
            if message["type"] == "http.response.start":
                started = message
            elif not body and not message.get("more_body"):
                body, whole = message.get("body", b""), True
            await send(message)

        await self._app({**scope, KEEP: marks}, receive, keep)
        if scope["method"] == "GET" and marks.get("of") is self._of:
            route = getattr(HTTPConnection(scope).state, "route", "other")
            named = host if marks.get(NAMES_HOST) else None
            if whole and started.get("status") == 200:
                self._store(key, named, list(started["headers"]), body, route)
            elif started.get("status") == 304 and key not in self._entries:
                self._store(key, named, list(started["headers"]), None, route)

    def _store(
        self, key: Key, host: bytes | None, headers: Headers, body: bytes | None, route: str
    ) -> None:
        etag = next((value for name, value in headers if name.lower() == b"etag"), None)
        size = len(body or b"") + _OVERHEAD + sum(map(len, key))
        if etag is None or size > self._most_bytes // _LARGEST_SHARE:
            return
        replaced = self._entries.pop(key, None)
        self._bytes -= replaced.size if replaced else 0
        entry = self._entries[key] = Entry(host, headers, etag, body, size, route)
        self._bytes += entry.size
        while self._bytes > self._most_bytes:
            _, oldest = self._entries.popitem(last=False)
            self._bytes -= oldest.size
