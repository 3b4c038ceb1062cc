"""Meanings of dates that name a day, a month or a year, in any calendar."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hijridate import Hijri
from persiantools.jdatetime import JalaliDate

from app.curation.readers.date_meanings import UNREAD, Partial, Readings, exact, resolve, write_edtf
from app.curation.readers.date_parser import Build, Place


def calendar_date(place: Place, partial: Partial) -> Readings:
    return resolve(partial, place.published)


def bare_month(place: Place, month: int) -> Readings:
    """Read a month alone, unless it is rather a name: “April Hale”."""
    words, text = place.parse.words, place.parse.tokens[place.start].text
    is_sure = bool(place.preceding & {"IN", "LAST", "THIS", "NEXT"})
    is_name = place.word in words.may_be_names or (
        not words.months_need_capital and (text[0].isupper() or not text.isascii())
    )
    if not is_sure and (is_name or words.language == "ar"):
        return []
    return resolve(Partial(month=month), place.published)


def day_alone(place: Place, day: int) -> Readings:
    """Read “on the 5th”, but not “on the first day”."""
    if place.follower and place.following.isdisjoint(_CLOSED):
        return []
    return resolve(Partial(day=day), place.published)


_CLOSED = frozenset({"FOLLOW", "IN", "AND", "TO", "OF", "ON", "THE"})


def bare_year(place: Place, year: int) -> Readings:
    """Read a number alone as a year where it cannot be a count."""
    if not 1500 <= year < 2200:
        return []
    if _continues_a_list(place):
        return [exact(str(year), stated=True)]
    before, words = place.preceding, place.parse.words
    if before & {"TO", "AND"}:
        return []
    is_german = words.language == "de"
    is_name = place.follower[:1].isupper() and not is_german
    is_count = may_be_count(place)
    if not before & {"IN", "YEARWORD"}:
        is_first = place.start == 0 or place.parse.tokens[place.start - 1].text in "(.;"
        if is_first and (not place.follower or (is_german and not place.follower[0].isupper())):
            return [exact(str(year), stated=True)]
        is_in_a_title = "THE" in before and not is_count
        return [exact(str(year))] if is_in_a_title else []
    if "OF" in before and is_count:
        return []
    is_stated = not is_count and not (is_name and "OF" in before)
    return [exact(str(year), stated=is_stated)]


def _continues_a_list(place: Place) -> bool:
    """Whether a year stands behind another: “2025, 2026 and 2027”."""
    before = place.start - 1
    return (
        before > 0
        and (place.parse.tokens[before].text == "," or "AND" in place.parse.categories[before])
        and "YEAR" in place.parse.categories[before - 1]
    )


def may_be_count(place: Place) -> bool:
    """Whether the word behind a number may be what is counted."""
    word, language = place.follower, place.parse.words.language
    if not word or not place.following.isdisjoint(_CLOSED):
        return False
    if language in ("de", "ar"):
        return True
    return not word[0].isupper() and (
        word.endswith(("s", "x")) or word in ("people", "men", "women", "children")
    )


def named_year(_: Place, year: int) -> Readings:
    return [exact(f"{year:04d}", stated=True)]


def date_range(place: Place, first: Partial, last: Partial) -> Readings:
    """Read “3 to 7 May 2030”: what one end leaves out is that of the other."""
    if first.month is None and first.day is not None:
        first = first._replace(month=last.month)
    if last.month is None and last.day is not None:
        last = last._replace(month=first.month)
    if [p is None for p in first[1:]] != [p is None for p in last[1:]]:
        return []
    if first.year is not None and last.year is None:
        return []
    if first.year is None and last.year is not None:
        is_before = (first.month or 0, first.day or 0) > (last.month or 0, last.day or 0)
        first = first._replace(year=last.year - is_before)
    if first.month is None and first.day is not None:
        return []
    if first.month is None and not (1500 <= (first.year or 0) < (last.year or 0) < 2200):
        return []
    readings = []
    for end in resolve(last, place.published):
        if end.edtf is None:
            return UNREAD
        start = first
        if start.year is None:
            year = int(end.edtf[:4])
            is_before = (first.month or 0, first.day or 0) > (last.month or 0, last.day or 0)
            start = first._replace(year=year - is_before)
        edtf = write_edtf(start)
        if edtf is not None and edtf < end.edtf:
            readings.append(end._replace(edtf=f"{edtf}/{end.edtf}"))
    return readings


def date_pair(place: Place, first: Partial, last: Partial) -> Readings:
    """Read “3 and 4 May”: each of the days, and both."""
    both = date_range(place, first, last)
    ends = [end for r in both if r.edtf for end in r.edtf.split("/")]
    return both and [*both, *(both[0]._replace(edtf=end) for end in ends)]


def year_span(_: Place, text: str) -> Readings:
    """Read “1985-86” as two years, and “2003-04” also as a month."""
    first, last = int(text[:4]), int(text[-2:])
    readings = []
    if last == (first + 1) % 100 or last > max(12, first % 100):
        end = first - first % 100 + last + (100 if last < first % 100 else 0)
        readings.append(exact(f"{first:04d}/{end:04d}", stated=True))
    if text[4] == "-" and 1 <= last <= 12:
        readings.append(exact(f"{first:04d}-{last:02d}", stated=not readings))
    return readings if first >= 1000 else []


def day_month(_: Place, text: str) -> Partial:
    """Read the German “24.12.”."""
    day, month = text.rstrip(".").split(".")
    return Partial(None, int(month), int(day))


def iso_date(_: Place, text: str) -> Readings:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return []
    readings = [exact(day.isoformat(), stated=True)]
    if zone := re.search(r"([+−-])(\d\d):?(\d\d)$", text[16:]):
        hour, minute = int(text[11:13]), int(text[14:16])
        readings += _in_utc(day, hour, minute, zone)
    return readings


def compact_date(place: Place, text: str) -> Readings:
    return iso_date(place, f"{text[:4]}-{text[4:6]}-{text[6:]}")


def _in_utc(day: date, hour: int, minute: int, zone: re.Match[str]) -> Readings:
    """Return the day in UTC if it is another one."""
    sign = 1 if zone[1] == "+" else -1
    offset = sign * timedelta(hours=int(zone[2]), minutes=int(zone[3]))
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return []
    note = "The day in UTC."
    return [exact(moment.date().isoformat(), note=note)] if moment.date() != day else []


def at_a_time(place: Place, *values: Any) -> Readings:
    """Read a day with a time and a zone: the day as written, and the day in UTC."""
    partial = next(v for v in values if isinstance(v, Partial))
    clock = next(v for v in values if isinstance(v, str))
    readings = resolve(partial, place.published)
    time = re.match(r"(\d+)\D(\d\d)", clock)
    zone = re.search(r"([+−-])(\d\d):?(\d\d)$", clock)
    if time and zone and partial.day:
        for reading in tuple(readings):
            if reading.edtf:
                day = date.fromisoformat(reading.edtf)
                readings += _in_utc(day, int(time[1]), int(time[2]), zone)
    return readings


def numeric_date(place: Place, text: str) -> Readings:
    """Read a date in digits. Where the day may be the month, either is inferred."""
    text = text.replace("\u200f", "")
    mark = next(c for c in text if not c.isdecimal())
    parts = text.split(mark)
    if len(parts[0]) == 4:
        edtf = write_edtf(Partial(*map(int, parts)))
        return [exact(edtf, stated=True)] if edtf else []
    first, second, year = map(int, parts)
    if len(parts[2]) == 2:
        newest = place.published.year + 10 if place.published else 2100
        year += next(c for c in range(2100, 0, -100) if c + year <= newest)
    orders = (True,) if mark == "." else place.parse.words.day_first
    dates = [
        edtf
        for is_day_first in orders
        if (
            edtf := write_edtf(
                Partial(year, *((second, first) if is_day_first else (first, second)))
            )
        )
    ]
    is_sure = len(parts[2]) == 4 and (first > 12 or second > 12 or first == second or mark == ".")
    note = "" if is_sure else "Day and month are in digits."
    return [exact(edtf, stated=is_sure, note=note) for edtf in dates]


def hijri(year: int, month: int, day: int) -> date:
    """Convert a day by the calendar of Umm al-Qura."""
    return date(*Hijri(year, month, day).to_gregorian().timetuple()[:3])


def jalali(year: int, month: int, day: int) -> date:
    return JalaliDate(year, month, day).to_gregorian()


def other_calendar(convert: Callable[[int, int, int], date], slack: int) -> Build:
    """Read a day or month of another calendar, whose days may begin so many days apart."""

    def build(place: Place, partial: Partial) -> Readings:
        year, month, day = partial
        try:
            if year is None:
                year = _last_year(convert, place.published, month or 1)
            first = convert(year, month or 1, day or 1)
            if day:
                steps = [timedelta(days=n) for n in range(-slack, slack + 1)]
                return [exact((first + step).isoformat(), note=_CONVERTED) for step in steps]
            carry, next_month = divmod(month or 1, 12)
            last = convert(year + carry, next_month + 1, 1) - timedelta(days=1)
        except (ValueError, OverflowError):
            return UNREAD
        return [exact(f"{first}/{last}", note=_CONVERTED)]

    return build


_CONVERTED = "Converted from another calendar."


def _last_year(convert: Callable[[int, int, int], date], published: date | None, month: int) -> int:
    """Return the year in which such a month last began. Raises ValueError without publication."""
    if published is None:
        raise ValueError("nothing tells the year")
    year = int((published.year - 622) * 33 / 32) + 2
    while convert(year, month, 1) > published:
        year -= 1
    return year
