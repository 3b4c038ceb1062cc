"""Ready answers, kept in front of everything else: whoever asks the same again gets the same bytes.

Only whole answers of data are kept (`Answer` marks them), never errors. The key is all that an answer may depend on, as it was
sent: no parameter, header or prefix can bring one client what another asked for. What names the host that was asked is kept for
that host alone, and makes room for the same of another: whoever sends many hosts fills nothing.
A new build empties it. It is bounded in bytes; what was asked for longest ago goes first.

A server over sockets asks it while the head of the request is being read (`AtOnce`): no task, no scope, no layer stands between.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.responses import CONFIRMED, confirms
from app.api.snapshots import KEEP, NAMES_HOST, SEEN
from app.middleware.access_log import HEADER, AccessLogMiddleware, Ended
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

_WITH_MORE = frozenset({b"content-length", b"transfer-encoding", b"expect"})
"""What says of a request that there is more of it than its head."""

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

    @cached_property
    def head(self) -> bytes | None:
        """As HTTP/1.1 has it, open for more headers; null: the answer has no end that its head tells."""
        is_long = any(name == b"content-length" for name, _ in self.headers)
        return b"HTTP/1.1 200 OK\r\n" + _lines(self.headers) if is_long else None

    def confirming(self, tag: bytes) -> Headers:
        """What a 304 has of the headers of a 200."""
        return [(name, value) for name, value in self.headers if name.lower() in _CONFIRMED] + [
            (b"etag", tag)
        ]

    @cached_property
    def _confirming(self) -> bytes:
        return b"HTTP/1.1 304 Not Modified\r\n" + _lines(self.confirming(self.etag))

    def confirming_head(self, tag: bytes) -> bytes:
        if tag == self.etag:
            return self._confirming
        return b"HTTP/1.1 304 Not Modified\r\n" + _lines(self.confirming(tag))


def _lines(headers: Headers) -> bytes:
    return b"".join([b"%s: %s\r\n" % header for header in headers])


class Asked(NamedTuple):
    """What of a request's head an answer may depend on: what it accepts, the tags of what the client has, the host. `is_whole`:
    nothing follows the head.
    """

    accept: bytes
    accept_encoding: bytes
    known: bytes | None
    host: bytes
    is_whole: bool


class Ready(NamedTuple):
    """An answer as HTTP/1.1 has it; its head is open for more headers."""

    route: str
    status: int
    head: bytes
    body: bytes


def asked_in(headers: Headers) -> Asked:
    accept = accept_encoding = host = b""
    known = None
    is_whole = True
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
        elif name in _WITH_MORE:
            is_whole = False
    return Asked(accept, accept_encoding, known, host, is_whole)


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
        if (seen := scope.get(SEEN)) is not None:
            seen["route"], seen["kept"] = entry.route, True
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

    def at_once(self, scheme: str, target: bytes, headers: Headers) -> Ready | None:
        """What answers a GET whose head has just been read, where that is kept; null: it has to be asked for."""
        if not self._snapshots.is_fresh or self._snapshots.current is not self._of:
            return None
        asked = asked_in(headers)
        if not asked.is_whole:
            return None
        host = b"%s://%s" % (scheme.encode(), asked.host)
        entry, tag = self._kept(
            ("", target, asked.accept, asked.accept_encoding), asked.known, host
        )
        if entry is None:
            return None
        if tag is not None:
            return Ready(entry.route, 304, entry.confirming_head(tag), b"")
        if entry.head is None or entry.body is None:
            return None
        return Ready(entry.route, 200, entry.head, entry.body)

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
            route = scope.get(SEEN, {}).get("route", "other")
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


class Written(NamedTuple):
    """An answer as HTTP/1.1 has it: `head` with the empty line behind it, `body` empty where there is none."""

    head: bytes
    body: bytes


class AtOnce:
    """What a server over sockets asks before it asks the application. It answers with the same bytes, counted and logged alike."""

    def __init__(self, cache: ResponseCacheMiddleware, observed: AccessLogMiddleware) -> None:
        self._cache = cache
        self._observed = observed
        self._of_server: Headers = []
        self._lines = b""

    def answer(
        self, client: str | None, scheme: str, target: bytes, headers: Headers, of_server: Headers
    ) -> Written | None:
        """To a GET for `target`, a path with its query. `of_server` are the headers that the server gives to all answers. Null:
        the application has to be asked.
        """
        began = time.perf_counter()
        ready = self._cache.at_once(scheme, target, headers)
        if ready is None:
            return None
        if of_server is not self._of_server:
            # Made anew each second, for the date.
            self._of_server, self._lines = (
                of_server,
                b"".join([b"%s: %s\r\n" % header for header in of_server]),
            )
        name = self._observed.name_of(headers)
        head = b"%s%s%s: %s\r\n\r\n" % (ready.head, self._lines, HEADER, name)
        seconds = time.perf_counter() - began
        sent = len(ready.body)
        self._observed.ended(
            Ended(client, "GET", target, name, ready.route, ready.status, sent, seconds, kept=True)
        )
        return Written(head, ready.body)
