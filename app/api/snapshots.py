"""What a running application serves."""

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import cast

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from app.query.snapshots import Snapshot, Snapshots
from app.urls import BaseUrl

Handler = Callable[[Request], Awaitable[Response]]
"""What answers at an address."""

BASE = "onrecord.base"
"""Where the edge keeps what every link of the answer begins with: the public URL if one is set, else the prefix that we
are mounted under. (`root_path` itself grows with every mount inside us.)
"""


IS_HEAD = "onrecord.is_head"
"""Set where the body will be thrown away: what is expensive to write need not be written."""

KEEP = "onrecord.keep"
"""Where the cache stands in front, a dictionary in which an answer that may be kept names the build that it is of."""

NAMES_HOST = "names host"
"""In that dictionary: whether the answer names the host that was asked, and is true for that alone."""

CARD = "onrecord.card"
"""Where the answer is to be a card, in which theme: so is the problem."""

LISTING = "onrecord.listing"
"""The list that an address is of, where it is one: what a form about it asks."""

_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:.]+\](:[0-9]+)?")


def base_of(connection: HTTPConnection) -> str:
    return cast("str", connection.scope[BASE])


def base_url_of(connection: HTTPConnection) -> BaseUrl:
    return _origin(base_of(connection), connection.scope["scheme"], header(connection, b"host"))


@lru_cache(maxsize=64)
def _origin(base: str, scheme: str, host: str | None) -> BaseUrl:
    if "://" in base:
        return BaseUrl(base, base)
    return BaseUrl(
        base, f"{scheme}://{host if host and _HOST.fullmatch(host) else 'localhost'}{base}"
    )


def header(connection: HTTPConnection, name: bytes) -> str | None:
    """The first of that name, which is in lower case."""
    for key, value in connection.scope["headers"]:
        if key == name:
            return cast("bytes", value).decode("latin-1")
    return None


def mark_cacheable(connection: HTTPConnection, here: Snapshot, *, names_host: bool = False) -> None:
    """Tells the cache, where there is one, that the answer to this request holds as long as the build does."""
    marks = connection.scope.get(KEEP)
    if marks is not None:
        marks["of"] = here
        marks[NAMES_HOST] = names_host


def current(connection: HTTPConnection) -> Snapshot:
    """The snapshot that a request reads, from its first statement to its last."""
    return cast("Snapshots", connection.app.state.snapshots).current


async def look_again(connection: HTTPConnection) -> None:
    """Take up the newer build, before a request is processed again."""
    await cast("Snapshots", connection.app.state.snapshots).refresh()
