"""Dates as texts write them.

What the words give only relative to publication is inferred.
"""

from collections.abc import Iterable
from datetime import date

from app.curation.quotes import Quote
from app.curation.readers.date_grammar import GRAMMAR
from app.curation.readers.date_meanings import YEAR_NOTE, DateReading, ends_of, first_day, last_day
from app.curation.readers.date_parser import Parse
from app.curation.readers.date_words import words_of


def _readings(parse: Parse) -> list[DateReading]:
    return [
        meaning._replace(start=start, end=end)
        for start, end, meanings in parse.expressions()
        for meaning in meanings
    ]


_CONTEXT = 40
"""Characters before and after a quote in which an expression that it cuts is completed."""


def read_quoted_dates(
    quote: Quote, text: str | None, language: str, published: date | None
) -> tuple[DateReading, ...]:
    """Return the dates in a quote, read where it stands in the text, if that is available.

    An expression that the quote cuts off counts only as far as the quote has it: “January 2030” out
    of “17 January 2030” is the month, but “7 January 2030” is nothing.
    """
    words = words_of(language)
    parse = Parse(quote.exact, words, published, GRAMMAR)
    offset = -1 if text is None else text.find(quote.prefix + quote.exact + quote.suffix)
    if not parse.cores:
        return ()
    # What stands between words that are none of dates is whole.
    before = _CONTEXT * parse.may_begin_before()
    after = _CONTEXT * parse.may_end_behind()
    if text is None or offset < 0 or not (before or after):
        return tuple(_readings(parse))
    start = offset + len(quote.prefix)
    first = max(0, start - before)
    last = start + len(quote.exact) + after
    context = [
        r._replace(start=r.start + first - start, end=r.end + first - start)
        for r in _readings(Parse(text[first:last], words, published, GRAMMAR))
        if r.start + first < start + len(quote.exact) and r.end + first > start
    ]
    whole = [r for r in context if r.start >= 0 and r.end <= len(quote.exact)]
    cut = [r for r in context if r not in whole]
    alone = _readings(parse) if cut else []
    return tuple(dict.fromkeys(whole + [r for r in alone if any(_covers(r, part) for part in cut)]))


def _covers(outer: DateReading, inner: DateReading) -> bool:
    """Whether a reading of cut words is a larger unit around one of the whole expression."""
    if outer.edtf is None or inner.edtf is None:
        return False
    if outer.end <= inner.start or inner.end <= outer.start:
        return False
    (first, last), (start, end) = ends_of(outer.edtf), ends_of(inner.edtf)
    return first_day(first) <= first_day(start) and last_day(end) <= last_day(last)


def with_years(readings: Iterable[DateReading]) -> tuple[DateReading, ...]:
    """Add, for each date without a year, the years that the other dates state.

    A reader takes such a date in the year before publication. The years of others are inferred.
    """
    every = dict.fromkeys(readings)
    years = {int(r.edtf[:4]) for r in every if r.edtf and r.basis == "stated" and "X" not in r.edtf}
    for reading in tuple(every):
        if reading.edtf and reading.note == YEAR_NOTE and not reading.is_ahead:
            for year in years:
                step = year - int(ends_of(reading.edtf)[1][:4])
                ends = [f"{int(end[:4]) + step:04d}{end[4:]}" for end in reading.edtf.split("/")]
                every[reading._replace(edtf="/".join(ends))] = None
    return tuple(every)
