"""Meanings of dates relative to publication.

Days are exact; weeks, months and years ago are approximate.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from app.curation.readers.date_meanings import (
    UNREAD,
    DateReading,
    Partial,
    Readings,
    RelativeYear,
    exact,
    first_day,
    last_day,
    month_of,
    resolve,
    rough,
    shift,
)
from app.curation.readers.date_parser import Place


def relative_day(place: Place, offset: int, weekday: int | None = None) -> Readings:
    if place.published is None:
        return UNREAD
    day = place.published + timedelta(days=offset)
    return [exact(day.isoformat())] if weekday in (None, day.weekday()) else []


def overnight(place: Place) -> Readings:
    if place.published is None:
        return UNREAD
    before = place.published - timedelta(days=1)
    return [exact(edtf) for edtf in (f"{before}/{place.published}", f"{place.published}",
                                      f"{before}")]  # fmt: skip


def weekday(step: int | None) -> Callable[..., Readings]:
    """Read a day of the week: bare (None), the last (-1), this (0) or the next (1) one."""

    def build(place: Place, weekday: int) -> Readings:
        today = place.published
        if today is None:
            return UNREAD
        back = (today.weekday() - weekday) % 7
        days = {
            None: [-back],
            # “Last Monday” on a Tuesday is yesterday or the Monday of last week.
            -1: [-(back or 7), -(back or 7) - 7] if 0 < back <= today.weekday() else [-(back or 7)],
            0: [-back, 7 - back] if back else [0],
            1: [7 - back, 14 - back],
        }[step]
        readings = [exact((today + timedelta(days=n)).isoformat()) for n in days]
        if step is None:
            readings.append(exact((today + timedelta(days=7 - back)).isoformat(), ahead=True))
        return readings

    return build


def _days(reading: DateReading) -> list[date]:
    """The day of a reading of a day, none if it was not read."""
    return [] if reading.edtf is None else [date.fromisoformat(reading.edtf)]


def weekdays(place: Place, first: int, last: int) -> Readings:
    """Read “from Monday to Wednesday”."""
    return [
        exact(f"{day - timedelta(days=(last - first) % 7)}/{day}", ahead=reading.is_ahead)
        for reading in weekday(None)(place, last)
        for day in _days(reading)
    ]


def month_beside(step: int) -> Callable[..., Readings]:
    """Read “last May” and “next May”."""

    def build(place: Place, month: int) -> Readings:
        today = place.published
        if today is None:
            return UNREAD
        if step < 0:
            return [exact(f"{today.year - (month >= today.month):04d}-{month:02d}")]
        return [exact(f"{today.year + (month <= today.month):04d}-{month:02d}")]

    return build


def relative_year(step: int) -> Callable[..., RelativeYear | None]:
    def build(place: Place, unit: str) -> RelativeYear | None:
        if unit != "year" or place.published is None:
            return None
        return RelativeYear(place.published.year + step)

    return build


def week_of(place: Place, unit: str, partial: Partial) -> Readings:
    """Read “the week of 3 May”, which begins on that day."""
    if unit != "week" or partial.day is None:
        return []
    return [
        exact(f"{day}/{day + timedelta(days=6)}", ahead=reading.is_ahead)
        for reading in resolve(partial, place.published)
        for day in _days(reading)
    ]


def _weeks(place: Place, step: int) -> list[tuple[date, date]]:
    """The weeks so many from publication: they begin on Monday, Sunday or, in Arabic, Saturday."""
    today = place.published
    if today is None:
        return []
    firsts = (0, 6, 5) if place.parse.words.language == "ar" else (0, 6)
    starts = [today - timedelta(days=(today.weekday() - f) % 7 - 7 * step) for f in firsts]
    return [(start, start + timedelta(days=6)) for start in starts]


def _period(place: Place, unit: str, step: int) -> list[str]:
    """The calendar period of a unit that is so many from the one of publication."""
    today = place.published
    if today is None:
        return []
    months = today.year * 12 + today.month - 1
    if unit == "week":
        return [f"{first}/{last}" for first, last in _weeks(place, step)]
    if unit == "month":
        return [month_of(months + step)]
    if unit == "quarter":
        first = months - months % 3 + 3 * step
        return [f"{month_of(first)}/{month_of(first + 2)}"]
    if unit == "year":
        return [f"{today.year + step:04d}"]
    if unit == "decade":
        return [f"{(today.year // 10 + step):03d}X"]
    return []


def of_unit(step: int) -> Callable[..., Readings]:
    def build(place: Place, unit: str) -> Readings:
        if place.published is None:
            return UNREAD
        readings = [exact(edtf) for edtf in _period(place, unit, step)]
        if step == 0 and readings:
            readings += so_far(place, unit)
        return readings

    return build


def this_or_last(place: Place, unit: str) -> Readings:
    """Read “the year” of “at the end of the year”."""
    if place.published is None:
        return UNREAD
    return [exact(edtf) for step in (0, -1) for edtf in _period(place, unit, step)]


def so_far(place: Place, unit: str) -> Readings:
    """A period from its beginning up to publication."""
    today = place.published
    if today is None:
        return UNREAD
    starts = [first_day(edtf.partition("/")[0]) for edtf in _period(place, unit, 0)]
    return [exact(f"{start}/{today}") for start in starts if start < today.isoformat()]


def still_to_come(place: Place, unit: str) -> Readings:
    today = place.published
    if today is None:
        return UNREAD
    ends = [last_day(edtf.rpartition("/")[2]) for edtf in _period(place, unit, 0)]
    return [exact(f"{today}/{end}") for end in ends if end > today.isoformat()]


def weekday_of_week(place: Place, *values: Any) -> Readings:
    weekday = next(v for v in values if isinstance(v, int) and not isinstance(v, bool))
    steps = {"LAST": -1, "THIS": 0, "NEXT": 1}
    kinds = {lx.category for i in range(place.start, place.end) for lx in place.parse.lexemes[i]}
    step = next((n for name, n in steps.items() if name in kinds), 0)
    return [
        exact(day.isoformat())
        for first, last in _weeks(place, step)
        for day in (first + timedelta(days=n) for n in range(7))
        if day.weekday() == weekday
    ]


def rolling(place: Place, number: int, unit: str) -> Readings:
    """Read “the past 24 hours”, “the last three months”: up to publication."""
    today = place.published
    if today is None:
        return UNREAD
    if unit in DAYS:
        days = -(-number // 24) if unit == "hour" else number * DAYS[unit]
        return [exact(f"{today - timedelta(days=days)}/{today}")]
    months = number * MONTHS[unit]
    this = today.year * 12 + today.month - 1
    start = shift(today, -months)
    edtfs = [f"{start}/{today}", f"{month_of(this - months)}/{month_of(this)}"]
    edtfs.append(
        f"{month_of(this - months)}/{month_of(this - 1)}" if months > 1 else month_of(this - 1)
    )
    if unit in ("year", "decade"):
        edtfs += [f"{today.year - months // 12:04d}/{today.year - n:04d}"
                  for n in (0, 1) if months // 12 > n]  # fmt: skip
    return [exact(edtf) for edtf in edtfs]


def coming(place: Place, number: int, unit: str) -> Readings:
    """Read “the next three days”: from publication on."""
    today = place.published
    if today is None:
        return UNREAD
    if unit in DAYS:
        last = today + timedelta(days=-(-number // 24) if unit == "hour" else number * DAYS[unit])
    else:
        last = shift(today, number * MONTHS[unit])
    return [exact(f"{today}/{last}", ahead=True)]


def rolling_one(place: Place, unit: str) -> Readings:
    # “no último dia 3” is a day of the month.
    return [] if "DAY" in place.following else rolling(place, 1, unit)


DAYS = {"hour": 0, "day": 1, "week": 7, "fortnight": 14}
MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}


def ago(place: Place, number: int, unit: str, direction: int = -1) -> Readings:
    today = place.published
    if today is None or number > 3000:
        return UNREAD
    ahead = direction > 0
    if unit == "hour":
        days = (
            {0, -(-number // 24)} if number >= 24 else {number // 24, 1} if number > 4 else {0, 1}
        )
        return [exact((today + timedelta(days=direction * n)).isoformat()) for n in sorted(days)]
    try:
        if unit in DAYS:
            day = (today + timedelta(days=direction * number * DAYS[unit])).isoformat()
            return [exact(day) if unit == "day" else rough(day)]
    except OverflowError:
        return UNREAD
    shifted = shift(today, direction * number * MONTHS[unit]).isoformat()
    return [rough(shifted[:7] if MONTHS[unit] < 12 else shifted[:4], ahead=ahead and False)]


def one_ago(place: Place, unit: str) -> Readings:
    """Read “قبل شهر”, a month ago, but not the first words of “منذ عام 2019”."""
    if place.following & {"YEAR", "MONTH", "LAST"}:
        return []
    return ago(place, 1, unit)


def from_now(place: Place, number: int, unit: str) -> Readings:
    return ago(place, number, unit, 1)


def few_ago(place: Place, unit: str) -> Readings:
    """Read “a few weeks ago” as some time from ten to two of them ago."""
    if place.published is None or unit == "hour":
        return UNREAD
    ends = [r.edtf.rstrip("~") for n in (12, 2) for r in ago(place, n, unit) if r.edtf]
    return [rough("/".join(ends))]


def weekend(step: int) -> Callable[..., Readings]:
    """Read the weekend before (-1) or around (0) publication, or the next (1) one."""

    def build(place: Place) -> Readings:
        today = place.published
        if today is None:
            return UNREAD
        firsts = (4, 5) if place.parse.words.language == "ar" else (5,)
        readings = []
        for first in firsts:
            back = (today.weekday() - first) % 7
            for n in {-1: (back,), 0: (back, back - 7), 1: (back - 7, back - 14)}[step]:
                start = today - timedelta(days=n)
                readings.append(exact(f"{start}/{start + timedelta(days=1)}"))
        return readings

    return build
