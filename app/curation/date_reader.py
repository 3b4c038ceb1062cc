"""Dates in English words, and whether they support a date that a curator writes.

A day of the week is the last one before publication. A day or month without a year is the last
one before publication. Both are inferences, which the record states.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_MONTH_OF = (
    {name: number for number, name in enumerate(_MONTHS, start=1)}
    | {name[:3]: number for number, name in enumerate(_MONTHS, start=1)}
    | {"sept": 9}
)
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = rf"({'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\b\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?\b"
_RELATIVE = re.compile(
    r"\b(ago|last|earlier|recent|recently|past|next|later|since|overnight"
    r"|quarter|end|early|late|mid|beginning|eve"
    r"|weeks?|months?|years?|days|decades?|spring|summer|autumn|fall|winter)\b"
)
_NAMED_DAYS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}

WITHIN_A_WEEK = 6


@dataclass(frozen=True)
class DateMentions:
    """The dates in some words: years, months, days of months or weeks, days relative to
    publication.
    """

    years: frozenset[int]
    months: frozenset[int]
    days: frozenset[tuple[int, int]]
    weekdays: frozenset[int]
    offsets: frozenset[int]
    relative: bool

    @property
    def is_empty(self) -> bool:
        return not (self.years or self.months or self.weekdays or self.offsets)


def find_date_mentions(words: str) -> DateMentions:
    text = words.lower()
    days = {(_MONTH_OF[m], int(d)) for m, d in re.findall(rf"\b{_MONTH} {_DAY}", text)}
    days |= {(_MONTH_OF[m], int(d)) for d, m in re.findall(rf"\b{_DAY} (?:of )?{_MONTH}", text)}
    # “14–16 January”, “between 14 and 16 January”, “January 14–16”
    days |= {
        (_MONTH_OF[m], int(d))
        for d, m in re.findall(rf"\b{_DAY} ?(?:-|–|and|to) ?\d{{1,2}} {_MONTH}", text)
    }
    days |= {
        (_MONTH_OF[m], int(d))
        for m, d in re.findall(rf"\b{_MONTH} \d{{1,2}} ?(?:-|–|and|to) ?{_DAY}", text)
    }
    # 12/02/2024 is read both ways
    for first, second in re.findall(r"\b(\d{1,2})[/.](\d{1,2})[/.]\d{4}\b", text):
        days |= {(int(first), int(second)), (int(second), int(first))}
    days |= {(int(m), int(d)) for m, d in re.findall(r"\b\d{4}-(\d{2})-(\d{2})\b", text)}
    months = {_MONTH_OF[m] for m in re.findall(rf"\b{_MONTH}", text)} | {month for month, _ in days}
    return DateMentions(
        years=frozenset(map(int, re.findall(r"\b(\d{4})\b", text))),
        months=frozenset(months),
        days=frozenset(days),
        weekdays=frozenset(
            index
            for index, name in enumerate(_WEEKDAYS)
            if re.search(rf"\b{name[:3]}(?:{name[3:]}|s|rs|urs)?\b", text)
        ),
        offsets=frozenset(
            offset for name, offset in _NAMED_DAYS.items() if re.search(rf"\b{name}\b", text)
        ),
        relative=_RELATIVE.search(text) is not None,
    )


@dataclass(frozen=True)
class Support:
    """Whether words support a date, and whether a part of it is inferred."""

    supported: bool
    inferred: bool = False


_UNSUPPORTED = Support(supported=False)
_STATED = Support(supported=True)
_INFERRED = Support(supported=True, inferred=True)


def date_support(
    mentions: DateMentions,
    endpoint: str,
    published: date | None,
    *,
    is_lone: bool,
    may_lie_ahead: bool,
) -> Support:
    """Check a plain EDTF date (a year, a month or a day) against the dates in some words.

    The day of publication needs no words, unless it is not an end of an interval (`is_lone`) and
    the words name another day. `may_lie_ahead`: the words describe the future, so that a day of the
    week may be the next one.
    """
    approximate = endpoint.endswith(("~", "%"))
    parts = [int(part) for part in endpoint.rstrip("~?%").split("-") if part.isdecimal()]
    if "X" in endpoint or (approximate and mentions.relative):
        return _INFERRED
    if len(parts) == 1:
        return _year(mentions, parts[0], published)
    if len(parts) == 2:
        return _month(mentions, parts[0], parts[1], published)
    day = date(*parts)
    support = _day(mentions, day, published, may_lie_ahead=may_lie_ahead)
    if (
        not support.supported
        and day == published
        and not (is_lone and (mentions.days or mentions.weekdays))
    ):
        return _INFERRED
    return support


def _year(mentions: DateMentions, year: int, published: date | None) -> Support:
    if year in mentions.years:
        return _STATED
    return _INFERRED if published is not None and year == published.year else _UNSUPPORTED


def _month(mentions: DateMentions, year: int, month: int, published: date | None) -> Support:
    if month in mentions.months:
        if year in mentions.years:
            return _STATED
        if published is not None and year == published.year - (month > published.month):
            return _INFERRED
    same_as_publication = published is not None and (year, month) == (
        published.year,
        published.month,
    )
    return _INFERRED if same_as_publication else _UNSUPPORTED


def _day(
    mentions: DateMentions, day: date, published: date | None, *, may_lie_ahead: bool
) -> Support:
    named = (day.month, day.day) in mentions.days
    if named and day.year in mentions.years:
        return _STATED
    if published is None:
        return _UNSUPPORTED
    last_year = (day.month, day.day) > (published.month, published.day)
    back = (published - day) // timedelta(days=1)
    of_the_week = day.weekday() in mentions.weekdays and (
        0 <= back <= WITHIN_A_WEEK or (may_lie_ahead and -WITHIN_A_WEEK - 1 <= back < 0)
    )
    if named and day.year == published.year - last_year:
        return _INFERRED
    return _INFERRED if of_the_week or -back in mentions.offsets else _UNSUPPORTED
