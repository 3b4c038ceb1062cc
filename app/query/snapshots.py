"""Which build an application serves: opened at first use, replaced when a newer one appears."""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from anyio import Lock, to_thread

from app.database.builds import read_ahead
from app.database.engine import parse_url, sqlite_path
from app.database.execute import Database, Reader, open_failure
from app.errors import OperatorError
from app.models import SCHEMA_REVISION
from app.problems import NOT_READY, Problem
from app.query.as_of import AsOf
from app.query.context import QueryContext
from app.query.datasets import DatasetHistory, KnownAt
from app.query.records import open_newest, read_dataset
from app.query.results import Dataset
from app.query.titles import TitleCache
from app.settings import Settings

_MAX_PAST_DATASETS = 100
"""Earlier datasets whose counts are cached in memory."""
_LOG = logging.getLogger("onrecord")


@dataclass(frozen=True)
class Snapshot:
    """One opened build. A request uses one snapshot throughout, so that no response mixes two.

    `pages` are those that are the same for every client, by the base of their URLs and by path;
    `files` the lists that were written last as files, by ETag.
    """

    settings: Settings
    database: Database
    history: DatasetHistory
    dataset: Dataset
    pages: dict[tuple[str, str], bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    _past_datasets: dict[int, Dataset] = field(default_factory=dict)

    @cached_property
    def _titles(self) -> TitleCache:
        return TitleCache(self.dataset.vocabulary.labels)

    @cached_property
    def query_context(self) -> QueryContext:
        return QueryContext(self.history, self.dataset.vocabulary)

    async def view(self, known_at: KnownAt | None) -> "SnapshotView":
        """The data as they were; `None`: the present."""
        if known_at is None or known_at.state.ordinal == self.dataset.ordinal:
            return SnapshotView(self.database, self.dataset, self._titles)
        ordinal = known_at.state.ordinal
        dataset = self._past_datasets.get(ordinal)
        if dataset is None:
            dataset = await read_dataset(self.database, ordinal, self.dataset.vocabulary)
            if len(self._past_datasets) >= _MAX_PAST_DATASETS:
                self._past_datasets.clear()
            self._past_datasets[ordinal] = dataset
        titles = TitleCache(dataset.vocabulary.labels)
        return SnapshotView(AsOf(self.database, ordinal), dataset, titles)


@dataclass(frozen=True)
class SnapshotView:
    """One dataset, and the reader of its records. `titles` are those read before."""

    database: Reader
    dataset: Dataset
    titles: TitleCache

    @property
    def is_past(self) -> bool:
        return self.database.is_past


def open_snapshot(settings: Settings) -> Snapshot:
    """Open the newest build. Raises OperatorError where it cannot be served."""
    url = parse_url(settings.database_url)
    try:
        database = Database(
            settings.database_url,
            query_timeout=settings.query_timeout,
            max_exports=settings.max_exports,
        )
    except OperatorError:
        raise
    except Exception as error:
        raise open_failure(error, url) from None
    try:
        database.require_readable(SCHEMA_REVISION)
        history, dataset = open_newest(database)
    except Problem as problem:
        database.close()
        if isinstance(problem.__cause__, Exception):
            raise open_failure(problem.__cause__, url) from None
        raise OperatorError(f"{problem.detail} Run “onrecord build” first.") from None
    except OperatorError:
        database.close()
        raise
    except Exception as error:
        database.close()
        raise open_failure(error, url) from None
    path = sqlite_path(url)
    if path is not None:
        read_ahead(path)
    return Snapshot(settings, database, history, dataset)


class Snapshots:
    """The snapshot that an application serves, and those that it has just replaced.

    Requests check for a newer build, now and then and one request at a time: an application that
    is mounted in another one has no lifespan that could start a background task.
    """

    def __init__(
        self,
        open_newest: Callable[[], Snapshot],
        *,
        check_seconds: float = 0.5,
        close_seconds: float = 60.0,
    ) -> None:
        """`check_seconds` pass between two checks; a replaced snapshot stays open for
        `close_seconds`, for the requests that read it.
        """
        self._open_newest = open_newest
        self._check_seconds = check_seconds
        self._close_seconds = close_seconds
        self._current: Snapshot | None = None
        self._replaced: list[tuple[float, Snapshot]] = []
        self._checked_at = -math.inf
        self._refresh_lock = Lock()
        self._failure = ""

    @property
    def current(self) -> Snapshot:
        """The snapshot to serve. Raises Problem `not-ready` while there is none."""
        if self._current is None:
            raise Problem(NOT_READY, "Try again later: the database cannot be read.")
        return self._current

    @property
    def dataset(self) -> Dataset | None:
        """The dataset that is served; None while there is none."""
        return None if self._current is None else self._current.dataset

    def open(self) -> Snapshot:
        """Open the newest build, unless one is open. Raises OperatorError."""
        if self._current is None:
            self._current = self._open_newest()
            self._checked_at = time.monotonic()
            self._failure = ""
        return self._current

    @property
    def is_fresh(self) -> bool:
        """Whether the last check for a newer build is recent."""
        return time.monotonic() - self._checked_at < self._check_seconds

    async def refresh_if_stale(self) -> None:
        """Replace the snapshot where a newer build exists.

        Returns at once if the last check is recent. While another request is checking, only a
        request that has no snapshot waits for it.
        """
        if not self.is_fresh and (self._current is None or not self._refresh_lock.locked()):
            await self.refresh()

    async def refresh(self) -> None:
        """Check for a newer build now; waits for a request that is already checking."""
        before, started_at = self._current, time.monotonic()
        async with self._refresh_lock:
            has_failed = self._current is None and self._checked_at >= started_at
            if self._current is not before or has_failed:
                return
            try:
                await self._replace()
            finally:
                self._checked_at = time.monotonic()
        self._close_expired()

    async def _replace(self) -> None:
        current = self._current
        if current is not None:
            try:
                build = await current.database.current_build()
            except Exception as error:
                # The snapshot stays: SQLite remains readable, and PostgreSQL may return shortly.
                reason = error.detail if isinstance(error, Problem) else error
                self._log_failure(f"the database cannot be reached: {reason}")
                return
            if build in (None, current.database.build):
                self._failure = ""
                return
        try:
            opened = await to_thread.run_sync(self._open_newest)
        except OperatorError as error:
            self._log_failure(f"the newest build cannot be opened: {error}")
            return
        self._failure = ""
        self._current = opened
        if current is not None:
            self._replaced.append((time.monotonic(), current))
            # There may be no further request that would close it.
            asyncio.get_running_loop().call_later(self._close_seconds, self._close_expired)
        _LOG.info("dataset %s is served from now on", opened.dataset.version)

    def _log_failure(self, failure: str) -> None:
        """Log a failure once, not at each check."""
        if failure != self._failure:
            self._failure = failure
            _LOG.warning("%s", failure)

    def _close_expired(self) -> None:
        limit = time.monotonic() - self._close_seconds
        for replaced_at, snapshot in self._replaced:
            if replaced_at <= limit:
                snapshot.database.close()
        self._replaced = [entry for entry in self._replaced if entry[0] > limit]

    def close(self) -> None:
        for _, snapshot in self._replaced:
            snapshot.database.close()
        self._replaced.clear()
        if self._current is not None:
            self._current.database.close()
            self._current = None
        self._checked_at = -math.inf
