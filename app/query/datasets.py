"""The history of datasets: every version that was served, and the times at which they were.

A point in this history is named by a dataset version, a day or an instant. A version that was built
without a time (`recorded_at`) can be named by its version alone.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from typing import NamedTuple

from app.resources.fields import DATASET_VERSION_PATTERN, MOMENT_PATTERN
from app.vocabulary import ResourceType

_VERSION, _MOMENT = re.compile(DATASET_VERSION_PATTERN), re.compile(MOMENT_PATTERN)


@dataclass(frozen=True)
class DatasetVersion:
    """A version of the dataset.

    `recorded_at` None: it was built without a time. `newest_published` is the last day on which a
    source was published; None: unknown. `last_key` is the largest key of its revisions and
    withdrawals.
    """

    ordinal: int
    version: str
    recorded_at: datetime | None
    newest_published: date | None
    last_key: int

    @cached_property
    def updated(self) -> datetime:
        """When the data last changed: the time of the build, otherwise the newest day of
        publication, otherwise the beginning of Unix time.
        """
        if self.recorded_at is not None:
            return self.recorded_at
        day = self.newest_published or date(1970, 1, 1)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)

    @cached_property
    def last_modified(self) -> str | None:
        """`recorded_at` as an HTTP date (RFC 9110, 5.6.7)."""
        return None if self.recorded_at is None else format_datetime(self.recorded_at, usegmt=True)

    @cached_property
    def fingerprint(self) -> str:
        """Identifies the data in validators: the version, and the time that responses show."""
        return f"{self.version} {self.updated.isoformat()}"


_BEFORE_FIRST = DatasetVersion(0, "none", None, None, 0)
"""The dataset before the first one."""


@dataclass(frozen=True)
class KnownAt:
    """A dataset version as a query names it (`text`), and the time of it; None: unknown."""

    text: str
    state: DatasetVersion
    time: datetime | None

    def is_after(self, other: "KnownAt") -> bool:
        if self.state.ordinal != other.state.ordinal or self.time is None or other.time is None:
            return self.state.ordinal > other.state.ordinal
        return self.time > other.time


class DatasetStamp(NamedTuple):
    """A dataset version and its time, as responses have them. `recorded_at` None: unknown."""

    version: str
    recorded_at: str | None


class Revision(NamedTuple):
    """A form of a record.

    `recorded_to` is the first dataset without it; None: it is current. `reason` is why it replaced
    the revision before it; None: it is the first, or no reason was stated.
    """

    number: int
    recorded_from: DatasetStamp
    recorded_to: DatasetStamp | None
    content_hash: str
    reason: str | None


@dataclass(frozen=True)
class Withdrawal:
    """A record that is no longer served.

    `last_number` is its last revision; None: this database never had it. `renamed_to` is the id
    under which it continues; None: it does not.
    """

    resource_type: ResourceType
    id: str
    withdrawn_in: DatasetStamp
    last_number: int | None
    reason: str | None
    renamed_to: str | None


@dataclass(frozen=True)
class Withdrawals:
    """Records that left a list: withdrawn ones (`listed`), and changed ones that no longer match
    its filters, by resource type and id. Not `complete`: /v1/changes has the others.
    """

    listed: Sequence[Withdrawal]
    no_longer_matching: Sequence[tuple[ResourceType, str]]
    complete: bool


RecordedTimes = Mapping[tuple[str, str], str | None]
"""By resource type and id, when the current revision was recorded; None: unknown."""
RevisionsById = Mapping[str, Sequence[tuple[Revision, str]]]
"""By id, the newest revisions of a record, each with its body."""


class DatasetHistory:
    """All dataset versions in the order in which they were served; `clock` gives the time."""

    def __init__(
        self,
        states: Sequence[DatasetVersion],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.states = states
        self._clock = clock
        self._by_version = {state.version: state for state in states}
        # A build is not recorded before the one that it follows.
        self._timed = [
            (state.recorded_at, state) for state in states if state.recorded_at is not None
        ]

    @property
    def newest(self) -> DatasetVersion:
        return self.states[-1]

    @property
    def today(self) -> date:
        """The day in UTC."""
        return self._clock().date()

    def known_at(self, raw: str) -> KnownAt:
        """The version that was served at a moment; for a day, at its end.

        Raises ValueError, whose message begins with how to fix the moment.
        """
        known_at = self._parse_moment(raw, end_of_day=True)
        if known_at.state.ordinal == 0:
            first = self._timed[0][1] if self._timed else None
            hint = (
                f"Choose {_iso_timestamp(first)} or later, when {first.version} was recorded"
                if first
                else "Give a dataset version: no time is known"
            )
            raise ValueError(f"{hint}; /v1/datasets lists all versions.")
        return known_at

    def after(self, raw: str) -> KnownAt:
        """The last version before a moment; for a day, before it began, so that changes after it
        include all of that day. Raises ValueError as `known_at` does.
        """
        return self._parse_moment(raw, end_of_day=False)

    def _parse_moment(self, raw: str, *, end_of_day: bool) -> KnownAt:
        if not _MOMENT.fullmatch(raw):
            hint = "; in a URL, + is written %2B" if " " in raw else ""
            raise ValueError(
                "Write a day (2026-05-04), an instant (2026-05-04T12:00:00Z) or a dataset"
                f" version{hint}."
            )
        if _VERSION.fullmatch(raw):
            if raw not in self._by_version:
                raise ValueError("Choose a version that was served; /v1/datasets lists them.")
            state = self._by_version[raw]
            return KnownAt(raw, state, state.recorded_at)
        try:
            time = datetime.fromisoformat(raw)
            time = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError("Write a moment of the calendar: this is none.") from None
        if time > max([self._clock(), *(timed for timed, _ in self._timed[-1:])]):
            raise ValueError("Leave it out for the present: this moment lies in the future.")
        if "T" not in raw and end_of_day:
            time += timedelta(days=1, microseconds=-1)
        last = time - timedelta(microseconds=1) if "T" not in raw and not end_of_day else time
        index = bisect_right(self._timed, last, key=lambda timed: timed[0])
        return KnownAt(raw, self._timed[index - 1][1] if index else _BEFORE_FIRST, time)


def _iso_timestamp(state: DatasetVersion) -> str:
    return state.updated.strftime("%Y-%m-%dT%H:%M:%SZ")


NO_PAST = DatasetHistory([])
"""The history without any dataset."""
