"""What a running application serves."""

import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import cached_property, lru_cache
from typing import cast

from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from app.database.execute import Database, Reader
from app.query.as_of import AsOf
from app.query.datasets import DatasetHistory, KnownAt
from app.query.records import Dataset, read_dataset
from app.resources.references import RecordKey
from app.settings import Settings
from app.urls import BaseUrl

Handler = Callable[[Request], Awaitable[Response]]
"""What answers at an address."""

BASE = "onrecord.base"
"""Where the edge keeps what every link of the answer begins with: the public URL if one is set, else the prefix that we
are mounted under. (`root_path` itself grows with every mount inside us.)
"""


IS_HEAD = "onrecord.is_head"
"""Set where the body will be thrown away: what is expensive to write need not be written."""

SEEN = "onrecord.seen"
"""What the outermost layer knows of a request, its `request_id`, and is told by inner ones: its `route`, and whether the
answer was `kept`.
"""

KEEP = "onrecord.keep"
"""Where the cache stands in front, a dictionary in which an answer that may be kept names the build that it is of."""

NAMES_HOST = "names host"
"""In that dictionary: whether the answer names the host that was asked, and is true for that alone."""

CARD = "onrecord.card"
"""Where the answer is to be a card, in which theme: so is the problem."""

LISTING = "onrecord.listing"
"""The list that an address is of, where it is one: what a form about it asks."""

_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:.]+\](:[0-9]+)?")


_MOST_KNOWN = 100
"""As many datasets of the past are remembered, with their counts."""
_LOOK_AGAIN_AFTER = 0.5
_CLOSE_AFTER = 60.0
"""In seconds: how long a look at the newest build holds, and how long the one before stays open for those who read it."""
_LOG = logging.getLogger("onrecord")


@dataclass(frozen=True)
class Snapshot:
    """One build, opened. A request takes it once and keeps it, so that no answer mixes two. `pages` are those that are the
    same for everybody, by what their addresses begin with and by path.
    """

    settings: Settings
    database: Database
    axis: DatasetHistory
    dataset: Dataset
    pages: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _known: dict[int, Dataset] = field(default_factory=dict)
    _titles: dict[RecordKey, str] = field(default_factory=dict)

    @cached_property
    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        """Those of all answers of the present data: what they are, and, where that is known, when they last changed."""
        version = (b"dataset-version", self.dataset.version.encode("latin-1"))
        if self.dataset.recorded_at is None:
            return [version]
        return [
            version,
            (b"last-modified", format_datetime(self.dataset.updated, usegmt=True).encode("ascii")),
        ]

    async def known_at(self, known: KnownAt | None) -> "SnapshotView":
        """The present where nothing else is asked for, else the data as they were."""
        if known is None or known.state.ordinal == self.dataset.ordinal:
            return SnapshotView(self.database, self.dataset, self._titles)
        ordinal = known.state.ordinal
        dataset = self._known.get(ordinal)
        if dataset is None:
            dataset = await read_dataset(self.database, ordinal)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[ordinal] = dataset
        return SnapshotView(AsOf(self.database, ordinal), dataset)


@dataclass(frozen=True)
class SnapshotView:
    """What a request reads: one dataset, and where its records are. `titles` are those that are known already."""

    database: Reader
    dataset: Dataset
    titles: dict[RecordKey, str] = field(default_factory=dict)


class Snapshots:
    """The one state of an application: what it serves now. A new build is taken up by the first request that comes half a
    second or more after the last look; there is no task in the background, which an application mounted in another one
    could not start.
    """

    def __init__(self, first: Snapshot, open_again: Callable[[], Snapshot]) -> None:
        self.now = first
        self._open_again = open_again
        self._looked = time.monotonic()
        self._left: list[tuple[float, Snapshot]] = []
        self._complaint = ""

    @property
    def is_looked_after(self) -> bool:
        """Whether the last look holds still."""
        return time.monotonic() - self._looked < _LOOK_AGAIN_AFTER

    async def look(self) -> None:
        self._looked = time.monotonic()
        try:
            newest = await self.now.database.current_build()
            if newest in (None, self.now.database.build):
                return
            opened = await to_thread.run_sync(self._open_again)
        except Exception as error:
            _LOG.warning("the database has changed, and cannot be opened: %s", error)
            return
        self._left.append((time.monotonic(), self.now))
        self.now = opened
        _LOG.info("dataset %s is served from now on", opened.dataset.version)
        self._close_what_nobody_reads()

    def _close_what_nobody_reads(self) -> None:
        long_ago = time.monotonic() - _CLOSE_AFTER
        for left_at, served in self._left:
            if left_at < long_ago:
                served.database.close()
        self._left = [entry for entry in self._left if entry[0] >= long_ago]

    def close(self) -> None:
        for _, served in self._left:
            served.database.close()
        self.now.database.close()


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
    """What a request reads, from its first statement to its last. Whether there is something newer has been looked at before."""
    return cast("Snapshots", connection.app.state.live).now


async def look_again(connection: HTTPConnection) -> None:
    """Before a request begins again: what was read is gone."""
    await cast("Snapshots", connection.app.state.live).look()
