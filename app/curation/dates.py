"""EDTF dates (ISO 8601-2): levels 0 and 1, and one-of ranges of level 2.

https://www.loc.gov/standards/datetime/. This module restricts what a record may use of EDTF and
explains the restriction to the curator. The bounds of so small a part need no library.
"""

import re
from datetime import date
from functools import lru_cache
from itertools import product

Bounds = tuple[str | None, str | None]
"""Earliest and latest day in ISO 8601, both inclusive; None: unbounded."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ENDPOINT = r"(?:\d{4}|\d{3}X|\d{2}XX)(?:-(?:\d{2}|XX)(?:-(?:\d{2}|XX))?)?[~?%]?"
_SINGLE = re.compile(_ENDPOINT)
_INTERVAL = re.compile(rf"({_ENDPOINT}|\.\.|)/({_ENDPOINT}|\.\.|)")
_ONE_OF = re.compile(r"\[(\d{4}(?:-\d{2}){0,2})?\.\.(\d{4}(?:-\d{2}){0,2})?\]")
_SEASON = re.compile(r"(?<!\d)(\d{4})-2[1-4](?![\d-])")


class DateError(ValueError):
    """A date that a record may not have; the message tells the curator what to write."""


@lru_cache(maxsize=65_536)
def bounds(edtf: str) -> Bounds:
    """Return the strict bounds: the qualifiers `~`, `?` and `%` do not extend them. Raises
    DateError.
    """
    if _DAY.fullmatch(edtf):
        return _plain_day(edtf)
    if match := _ONE_OF.fullmatch(edtf):
        first, last = match.groups()
        if first is None and last is None:
            raise DateError("says nothing; leave the date out where the text does not tell")
        if first == last:
            raise DateError("has two equal ends; write the date alone")
        if first and last and len(first) != len(last):
            raise DateError("mixes precisions: write both ends as days, as months or as years")
    elif match := _INTERVAL.fullmatch(edtf):
        if {*match.groups()} <= {"", ".."}:
            raise DateError("says nothing; leave the date out where the text does not tell")
        if match.group(1) == match.group(2):
            raise DateError("has two equal ends; write the date alone")
    elif not _SINGLE.fullmatch(edtf):
        raise DateError(_why_not(edtf))
    if "0000" in re.findall(r"\d{4}", re.sub(r"-\d{2}", "", edtf)):
        raise DateError("has the year 0000; calendar years are 0001 to 9999")
    if _SEASON.search(edtf):
        raise DateError(
            "names a season, which has no calendar bounds; write months, or a one-of range [a..b]"
        )
    first, last = ends(edtf)
    earliest = None if first is None else _day(first, last=False)
    latest = None if last is None else _day(last, last=True)
    if (first and not earliest) or (last and not latest):
        raise DateError(
            "is not a date of the calendar in EDTF, e.g. 2023-09, 2023-09-05, 2012/..,"
            " 2012/, [2023-11-24..2023-12-01]"
        )
    if earliest and latest and earliest > latest:
        raise DateError("ends before it begins")
    return earliest, latest


def ends(edtf: str) -> tuple[str | None, str | None]:
    """Return the two ends as they are written, None for an open or an unknown end.

    A single date is both ends.
    """
    inner = edtf.strip("[]")
    for separator in ("/", ".."):
        if separator in inner and not (separator == ".." and "/" in inner):
            first, _, last = inner.partition(separator)
            return first if first not in ("", "..") else None, last if last not in (
                "",
                "..",
            ) else None
    return edtf, edtf


def some_day_of(edtf: str) -> str:
    """Return the one-of range within an interval; another date as it is.

    What happens at an event that lasts from a to b does not last throughout it.
    """
    if "/" not in edtf:
        return edtf
    first, last = ends(edtf)
    one_of = f"[{first or ''}..{last or ''}]"
    try:
        bounds(one_of)
    except DateError:  # of two precisions, or with a qualifier
        return "[{}..{}]".format(*(day or "" for day in bounds(edtf)))
    return one_of


def _plain_day(edtf: str) -> Bounds:
    """Check a plain day without the library: most dates are plain days."""
    try:
        date.fromisoformat(edtf)
    except ValueError:
        raise DateError("is not a day of the calendar") from None
    return edtf, edtf


def _day(endpoint: str, *, last: bool) -> str | None:
    """Return the first or last day that an endpoint can mean; X stands for any digit."""
    year, month, day = [*endpoint.rstrip("~?%").split("-"), "XX", "XX"][:3]
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    years = range(low, high + 1)
    months = range(1, 13) if month == "XX" else (int(month),)
    days = range(1, 32) if day == "XX" else (int(day),)
    for parts in product(*(values[::-1] if last else values for values in (years, months, days))):
        try:
            return date(*parts).isoformat()
        except ValueError:
            continue
    return None


def _why_not(edtf: str) -> str:
    if "T" in edtf or ":" in edtf:
        return "has a time; a record holds calendar days"
    if edtf.startswith(("[", "{")):
        return (
            "is not a one-of range; write [2023-11-24..2023-12-01], [..2023-12-01] or"
            " [2023-11-24..]"
        )
    return (
        "is not EDTF; write e.g. 2023, 2023-09, 2023-09-05, 2023-10-07/2024-02-14, 2012/..,"
        " 2012/, [2023-11-24..2023-12-01]"
    )
