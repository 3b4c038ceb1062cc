"""The axis of what was recorded: every state of the data that was served, and how a moment on it is
named.

A moment is a dataset version, a day or an instant. Which state was served at a time is known where
builds were told theirs (`recorded_at`); a state of unknown time is found by its version alone.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from app.resources.fields import DATASET_VERSION_PATTERN, MOMENT_PATTERN
from app.vocabulary import ResourceType

_VERSION, _MOMENT = re.compile(DATASET_VERSION_PATTERN), re.compile(MOMENT_PATTERN)


@dataclass(frozen=True)
class DatasetVersion:
    """A dataset as a point on the axis. `recorded_at` is null where its build was told no time,
    `newest_published` where of no source a day of publication is known; revisions and withdrawals
    up to `last_key` belong to it.
    """

    ordinal: int
    version: str
    recorded_at: datetime | None
    newest_published: date | None
    last_key: int

    @cached_property
    def updated(self) -> datetime:
        """When the data last changed, as far as that is known: where no build said it, the newest
        day of publication, and where no source says that either, the beginning of Unix time.
        """
        if self.recorded_at is not None:
            return self.recorded_at
        day = self.newest_published or date(1970, 1, 1)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)

    @cached_property
    def mark(self) -> str:
        """What tells two states of the data apart, for validators: the version, and the time that
        answers may show.
        """
        return f"{self.version} {self.updated.isoformat()}"


_NOTHING = DatasetVersion(0, "none", None, None, 0)
"""Before anything was recorded."""


@dataclass(frozen=True)
class KnownAt:
    """A state, the words in which it was asked for, and the time that they name; null: a version
    whose time is not known.
    """

    raw: str
    state: DatasetVersion
    time: datetime | None

    def lies_behind(self, other: "KnownAt") -> bool:
        if self.state.ordinal != other.state.ordinal or self.time is None or other.time is None:
            return self.state.ordinal > other.state.ordinal
        return self.time > other.time


class DatasetStamp(NamedTuple):
    """A dataset as a point on the axis of what was served: `recorded_at` is null where its build
    was told no time.
    """

    version: str
    recorded_at: str | None


class Revision(NamedTuple):
    """`recorded_to` is the first dataset without it; null: it is served now. `reason` is why it
    took the place of the one before; null: it is the first, or nobody said.
    """

    number: int
    recorded_from: DatasetStamp
    recorded_to: DatasetStamp | None
    content_hash: str
    reason: str | None


@dataclass(frozen=True)
class Withdrawal:
    """A record that is not served any more. `last_number` is its last revision, null: this database
    has never had it;
    `renamed_to` is the id under which it goes on.
    """

    resource_type: ResourceType
    id: str
    withdrawn_in: DatasetStamp
    last_number: int | None
    reason: str | None
    renamed_to: str | None


@dataclass(frozen=True)
class Withdrawals:
    """What is gone from a list: records that are not served any more, and, by noun and id, those
    that are, have changed, and match no more. Not `complete`: there are more, and /v1/changes has
    them all.
    """

    listed: Sequence[Withdrawal]
    no_longer_matching: Sequence[tuple[ResourceType, str]]
    complete: bool


RecordedTimes = Mapping[tuple[str, str], str | None]
"""By noun and id, when the present form of a record was recorded; null: its build was told no time.
"""
RevisionsById = Mapping[str, Sequence[tuple[Revision, str]]]
"""By id, the newest revisions of a record, each with its body."""


class DatasetHistory:
    """All states in the order in which they were served; `clock` says what time it is."""

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
        """The state that was served at a moment; of a day, at its end. Raises ValueError whose
        message completes the sentence ““x” …”.
        """
        known_at = self._parse_moment(raw, end_of_day=True)
        if known_at.state.ordinal == 0:
            first = self._timed[0][1] if self._timed else None
            begins = (
                f"the first is {first.version}, recorded at {_iso_timestamp(first)}"
                if first
                else "none is known"
            )
            raise ValueError(
                f"lies before every dataset whose time is known ({begins}); /v1/datasets"
                " lists all versions"
            )
        return known_at

    def after(self, raw: str) -> KnownAt:
        """The state behind which lies what was recorded after a moment; of a day, after it began,
        so that nothing of that day is missed. Raises ValueError as `known_at` does.
        """
        return self._parse_moment(raw, end_of_day=False)

    def _parse_moment(self, raw: str, *, end_of_day: bool) -> KnownAt:
        if not _MOMENT.fullmatch(raw):
            hint = "; in an address, + is written %2B" if " " in raw else ""
            raise ValueError(
                "is not a moment: write a day (2026-05-04), an instant"
                f" (2026-05-04T12:00:00Z) or a dataset version{hint}"
            )
        if _VERSION.fullmatch(raw):
            if raw not in self._by_version:
                raise ValueError("is no dataset version that was served; /v1/datasets lists them")
            state = self._by_version[raw]
            return KnownAt(raw, state, state.recorded_at)
        try:
            time = datetime.fromisoformat(raw)
            time = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError("is not a moment of the calendar") from None
        if time > max([self._clock(), *(timed for timed, _ in self._timed[-1:])]):
            raise ValueError(
                "lies in the future, and what will be known then nobody knows; leave it out"
                " for the present"
            )
        if "T" not in raw and end_of_day:
            time += timedelta(days=1, microseconds=-1)
        last = time - timedelta(microseconds=1) if "T" not in raw and not end_of_day else time
        index = bisect_right(self._timed, last, key=lambda timed: timed[0])
        return KnownAt(raw, self._timed[index - 1][1] if index else _NOTHING, time)


def _iso_timestamp(state: DatasetVersion) -> str:
    return state.updated.strftime("%Y-%m-%dT%H:%M:%SZ")


NO_PAST = DatasetHistory([])
"""Where nothing was recorded."""
