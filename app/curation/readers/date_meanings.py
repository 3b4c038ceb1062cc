"""What date expressions mean: EDTF dates with how the words give them."""

from calendar import monthrange
from datetime import date
from typing import Literal, NamedTuple


class DateReading(NamedTuple):
    """One meaning of a date expression, the words `text[start:end]`.

    `edtf` is None for words that look like a date and cannot be read. `is_ahead`: a meaning only of
    words about the future, such as “on Friday” for the next one.
    """

    start: int
    end: int
    edtf: str | None
    basis: Literal["stated", "inferred"] = "stated"
    note: str = ""
    is_approximate: bool = False
    is_ahead: bool = False


class Partial(NamedTuple):
    """A calendar date of which the words may leave out the year, the month or the day."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


class RelativeYear(int):
    """A year that the words give relative to publication: “in May last year”."""


YEAR_NOTE = "The words give no year: that before publication."
Readings = list[DateReading]


def exact(edtf: str, *, stated: bool = False, note: str = "", ahead: bool = False) -> DateReading:
    return DateReading(0, 0, edtf, "stated" if stated else "inferred", note, is_ahead=ahead)


def rough(edtf: str, *, stated: bool = False, ahead: bool = False) -> DateReading:
    """A reading whose ends are approximate."""
    marked = "/".join(f"{end}~" for end in edtf.split("/"))
    return DateReading(
        0, 0, marked, "stated" if stated else "inferred", is_approximate=True, is_ahead=ahead
    )


UNREAD = [DateReading(0, 0, None)]


def write_edtf(partial: Partial) -> str | None:
    """Write a date with a year; None if it is not in the calendar."""
    year, month, day = partial
    if year is None or not 1 <= year <= 9999 or (month and not 1 <= month <= 12):
        return None
    if day and not 1 <= day <= monthrange(year, month or 1)[1]:
        return None
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def month_of(months: int) -> str:
    """Write the month that is so many months after the beginning of the year 0."""
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def resolve(partial: Partial, published: date | None) -> Readings:
    """Return the meanings of a date whose year or month may be missing."""
    if partial.year is not None:
        edtf = write_edtf(partial)
        is_stated = not isinstance(partial.year, RelativeYear)
        return [exact(edtf, stated=is_stated)] if edtf else []
    if published is None:
        return UNREAD
    if partial.month is None:
        months = range(published.year * 12 + published.month - 2, published.year * 12 + 24)
        dates = [Partial(n // 12, n % 12 + 1, partial.day) for n in months]
    else:
        years = range(published.year - 4, published.year + 5)
        dates = [partial._replace(year=year) for year in years]
    today = published.isoformat()
    written = [edtf for each in dates if (edtf := write_edtf(each))]
    past = [edtf for edtf in written if edtf <= today[: len(edtf)]]
    ahead = [edtf for edtf in written if edtf > today[: len(edtf)]]
    return [exact(edtf, note=YEAR_NOTE) for edtf in past[-1:]] + [
        exact(edtf, note=YEAR_NOTE, ahead=True) for edtf in ahead[:1]
    ]


def shift(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(max(year, 1), 9999)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def ends_of(edtf: str) -> tuple[str, str]:
    first, _, last = edtf.partition("/")
    return first, last or first


def first_day(end: str) -> str:
    return (end.replace("X", "0").rstrip("~") + "-01-01")[:10]


def last_day(end: str) -> str:
    plain = end.replace("X", "9").rstrip("~")
    if len(plain) == 4:
        return f"{plain}-12-31"
    if len(plain) == 7:
        return f"{plain}-{monthrange(int(plain[:4]), int(plain[5:]))[1]:02d}"
    return plain
