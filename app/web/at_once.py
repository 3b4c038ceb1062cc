"""Answers that are kept, written while the head of the request is being read: no task, no scope, no layer stands between."""

import time
from typing import NamedTuple

from app.web.cache import Cache, Headers
from app.web.observed import HEADER, Ended, Observed


class Written(NamedTuple):
    """An answer as HTTP/1.1 has it: `head` with the empty line behind it, `body` empty where there is none."""

    head: bytes
    body: bytes


class AtOnce:
    """What a server over sockets asks before it asks the application. It answers with the same bytes, counted and logged alike."""

    def __init__(self, cache: Cache, observed: Observed) -> None:
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
            self._of_server, self._lines = of_server, b"".join([b"%s: %s\r\n" % header for header in of_server])
        name = self._observed.name_of(headers)
        head = b"%s%s%s: %s\r\n\r\n" % (ready.head, self._lines, HEADER, name)
        seconds = time.perf_counter() - began
        sent = len(ready.body)
        self._observed.ended(Ended(client, "GET", target, name, ready.route, ready.status, sent, seconds, kept=True))
        return Written(head, ready.body)
