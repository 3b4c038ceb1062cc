"""Meanings of periods: quarters, fiscal years, decades, seasons, and parts of a period."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from app.curation.readers.calendar_dates import may_be_count
from app.curation.readers.date_meanings import (
    UNREAD,
    Partial,
    Readings,
    ends_of,
    exact,
    first_day,
    last_day,
    month_of,
    resolve,
    rough,
    shift,
)
from app.curation.readers.date_parser import Place
from app.curation.readers.relative_dates import DAYS, MONTHS


def months_of_year(length: int) -> Callable[..., Readings]:
    """Read a quarter or half of a year; without a year the last one that began before
    publication.
    """

    def build(place: Place, *values: int) -> Readings:
        # “2030 Q3” has the year first.
        number, year = (values[0], values[1]) if len(values) > 1 else (values[0], None)
        if year is not None and number > year:
            number, year = year, number
        if not 1 <= number <= 12 // length:
            return []
        first = (number - 1) * length
        years = [(year, False)]
        if year is None:
            today = place.published
            if today is None:
                return UNREAD
            last = today.year - (first + 1 > today.month)
            years = [(last, False), (last + 1, True)]
        return [
            exact(
                f"{month_of(y * 12 + first)}/{month_of(y * 12 + first + length - 1)}", ahead=ahead
            )
            for y, ahead in years
            if y is not None
        ]

    return build


def half_of_month(place: Place, half: int, partial: Partial) -> Readings:
    if partial.day is not None or partial.month is None or half > 2:
        return []
    readings = []
    for whole in resolve(partial, place.published):
        if whole.edtf:
            first, last = (1, 15) if half == 1 else (16, int(last_day(whole.edtf)[8:]))
            readings.append(exact(f"{whole.edtf}-{first:02d}/{whole.edtf}-{last:02d}"))
    return readings


def fiscal(_: Place, year: int) -> Readings:
    """Read a fiscal year as any twelve months that begin or end in it."""
    if year < 100:
        year += 2000
    note = "When the fiscal year begins is not in the words."
    starts = range(year * 12 - 11, year * 12 + 12)
    return [exact(f"{month_of(m)}/{month_of(m + 11)}", note=note) for m in starts] + [
        exact(f"{year:04d}", note=note)
    ]


def fiscal_span(_: Place, text: str) -> Readings:
    year = int(text[:4])
    starts = range(year * 12 + 1, year * 12 + 12)
    return [exact(f"{year:04d}/{year + 1:04d}")] + [
        exact(f"{month_of(m)}/{month_of(m + 11)}") for m in starts
    ]


def decade(_: Place, year: int) -> Readings:
    return [exact(f"{year // 10:03d}X", stated=True)] if year % 10 == 0 else []


def short_decade(_: Place, decade: int) -> Readings:
    decade = decade // 10 if decade > 9 else decade
    return [exact(f"19{decade}X"), *([exact(f"20{decade}X")] if decade <= 2 else [])]


def century(place: Place, number: int) -> Readings:
    if "BC" in place.following:
        return UNREAD
    return [exact(f"{number - 1:02d}XX", stated=True)] if 1 <= number <= 22 else []


def season(step: int = 0) -> Callable[..., Readings]:
    """Read a season as three months, north or south; without a year, one around publication."""

    def build(place: Place, season: int, year: int | None = None) -> Readings:
        today = place.published
        if year is not None:
            years = [year]
        elif today is None:
            return UNREAD
        else:
            years = [today.year - (step <= 0), today.year + (step > 0)]
        readings = []
        for each in years:
            readings.append(rough(f"{each:04d}"))
            for first in (season * 3 - 1, (season * 3 + 5) % 12):
                # The winter of a year begins or ends in it.
                for start in {each * 12 + first, each * 12 + first - 12 * (first == 11)}:
                    months = f"{month_of(start)}/{month_of(start + 2)}"
                    is_ahead = today is not None and year is None and months > today.isoformat()
                    readings.append(rough(months, ahead=is_ahead and step <= 0))
        return sorted(readings, key=lambda reading: reading.edtf or "")

    return build


def season_span(_: Place, _season: int, text: str) -> Readings:
    """Read “winter 2030-31”."""
    first = int(text[:4]) * 12 + 11
    return [
        rough(f"{month_of(first)}/{month_of(first + 2)}"),
        rough(f"{text[:4]}/{int(text[:4]) + 1}"),
    ]


_LOOSE = frozenset("early late toward".split())


def part_of_period(part: int) -> Callable[..., Readings]:
    """Read the beginning (0), middle (1) or end (2) of a period.

    “At the end of June” may be its last day.
    """

    def build(place: Place, whole: Readings) -> Readings:
        readings: Readings = []
        for reading in whole:
            if reading.edtf is None or reading.is_approximate:
                continue
            begin, finish = ends_of(reading.edtf)
            first = date.fromisoformat(first_day(begin))
            last = date.fromisoformat(last_day(finish))
            third = (last - first) / 3
            start = first + part * third
            end = last if part == 2 else first + (part + 1) * third - timedelta(days=1)
            length = 10 if (last - first).days < 32 else 7
            edtf = f"{start.isoformat()[:length]}/{end.isoformat()[:length]}"
            readings.append(reading)
            readings += [rough(each, ahead=reading.is_ahead) for each in (reading.edtf, edtf)]
            if part != 1 and place.word not in _LOOSE:
                edge = (first if part == 0 else last).isoformat()
                readings.append(exact(edge, ahead=reading.is_ahead))
        return readings

    return build


def approximately(place: Place, whole: Readings) -> Readings:
    if place.parse.tokens[place.end - 1].kind == "number" and may_be_count(place):
        return []
    return [
        rough(reading.edtf, stated=reading.basis == "stated", ahead=reading.is_ahead)
        for reading in whole
        if reading.edtf and not reading.is_approximate
    ]


def ending_at(_: Place, *values: Any) -> Readings:
    """Read “12 months to January 2031”, “the year ended 31 March 2030”."""
    *number, unit, whole = values
    count = number[0] if number else 1
    readings: Readings = []
    for reading in whole:
        if reading.edtf is None or "/" in reading.edtf or "X" in reading.edtf:
            continue
        end = date.fromisoformat(last_day(reading.edtf))
        if unit in DAYS:
            if len(reading.edtf) != 10:
                continue
            days = -(-count // 24) if unit == "hour" else count * DAYS[unit]
            starts = (days, days - 1) if unit in ("hour", "day") else (days - 1,)
            edtfs = [f"{end - timedelta(days=n)}/{end}" for n in starts if n > 0]
            edtfs.append(end.isoformat())
        elif unit in MONTHS:
            months = end.year * 12 + end.month - 1
            span = count * MONTHS[unit]
            edtfs = [f"{month_of(months - span + 1)}/{month_of(months)}"] if span > 1 else []
            if len(reading.edtf) == 10:
                start = shift(end + timedelta(days=1), -span)
                edtfs.append(f"{start}/{end}")
        else:
            continue
        readings += [exact(edtf, ahead=reading.is_ahead) for edtf in edtfs]
    return readings


def named_day(place: Place, month_day: str, year: int | None = None) -> Readings:
    month, day = map(int, month_day.split("-"))
    return [r._replace(basis="inferred") for r in
            resolve(Partial(year, month, day), place.published)]  # fmt: skip


def fixed_date(_: Place, edtf: str) -> Readings:
    return [exact(edtf)]


def unread(*_: Any) -> Readings:
    return UNREAD
