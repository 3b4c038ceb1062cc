"""Dates as texts write them.

A small grammar (RULES) over the lexemes of a language. Each rule is a row: what it makes, its
pattern, and the function that gives the readings. The longest expression at a place wins, so that
a part of an expression is never read alone. Dates that the words give relative to publication are
inferred. Weeks, months and years ago are approximate, and so are seasons and parts of a period.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from hijridate import Hijri
from persiantools.jdatetime import JalaliDate

from app.curation.quotes import Quote
from app.curation.readers.date_words import TOKEN, Words, fold, words_of


@dataclass(frozen=True)
class DateReading:
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


def read_dates(text: str, language: str, published: date | None) -> tuple[DateReading, ...]:
    """Return all meanings of all date expressions in a text.

    Words without a year are read in the year before publication, and, inferred too, in each year
    that the text names elsewhere.
    """
    words = words_of(language)
    readings: list[DateReading] = []
    for start, end, meanings in _Parse(text, words, published).expressions():
        readings += [replace(meaning, start=start, end=end) for meaning in meanings]
    return with_years(readings)


_CONTEXT = 60
"""Characters before and behind a quote in which an expression that it cuts is completed."""


def read_quoted_dates(
    quote: Quote, text: str | None, language: str, published: date | None
) -> tuple[DateReading, ...]:
    """Return the dates in a quote, read where it stands in the text, if that is available.

    An expression that the quote cuts off counts only as far as the quote has it: “January 2030” out
    of “17 January 2030” is the month, but “7 January 2030” is nothing.
    """
    if not _Parse(quote.exact, words_of(language), published).has_core:
        return ()
    alone = read_dates(quote.exact, language, published)
    found = -1 if text is None else text.find(quote.prefix + quote.exact + quote.suffix)
    if text is None or found < 0:
        return alone
    start = found + len(quote.prefix)
    first, last = max(0, start - _CONTEXT), start + len(quote.exact) + _CONTEXT
    end = start + len(quote.exact)
    context = [
        replace(r, start=r.start + first - start, end=r.end + first - start)
        for r in read_dates(text[first:last], language, published)
        if r.start + first < end and r.end + first > start
    ]
    whole = [r for r in context if r.start >= 0 and r.end <= len(quote.exact)]
    cut = [r for r in context if r not in whole]
    return tuple(dict.fromkeys(whole + [r for r in alone if any(_covers(r, part) for part in cut)]))


def _covers(outer: DateReading, inner: DateReading) -> bool:
    """Whether a reading of cut words is a larger unit around one of the whole expression."""
    if outer.edtf is None or inner.edtf is None:
        return False
    if outer.end <= inner.start or inner.end <= outer.start:
        return False
    (first, last), (start, end) = _ends(outer.edtf), _ends(inner.edtf)
    return _first_day(first) <= _first_day(start) and _last_day(end) <= _last_day(last)


def with_years(readings: Iterable[DateReading]) -> tuple[DateReading, ...]:
    """Add, for each date without a year, the years that the other dates state."""
    every = dict.fromkeys(readings)
    years = {int(r.edtf[:4]) for r in every if r.edtf and r.basis == "stated" and "X" not in r.edtf}
    for reading in tuple(every):
        if reading.edtf and reading.note == _YEAR_NOTE and not reading.is_ahead:
            for year in years:
                step = year - int(_ends(reading.edtf)[1][:4])
                ends = [f"{int(end[:4]) + step:04d}{end[4:]}" for end in reading.edtf.split("/")]
                every[replace(reading, edtf="/".join(ends))] = None
    return tuple(every)


# ------------------------------------------------------------------------------------------ lexemes


class _Token(NamedTuple):
    kind: str
    text: str
    folded: str
    start: int
    end: int


class _Lexeme(NamedTuple):
    category: str
    value: Any
    end: int
    """The number of the token behind it."""


_CORE = frozenset(
    "ISO COMPACT NUMERIC DAYMONTH SPAN CLOCK YEAR YY DAY NUM ORD MONTH MON WEEKDAY HIJRI JALALI"
    " DAYREL OVERNIGHT UNIT DUAL WEEKEND QN HN QUARTER HALF FISCAL DECNAME CENTURY SEASON NAMED"
    " FIXED UNREAD".split()
)
"""Each expression has a word of these within its first words."""
_BEFORE_CORE = 7
_ROMAN = re.compile(r"(X{0,2})(IX|IV|V?I{0,3})(?:e|ème)?")
_CURRENCY = "$€£¥₹"
_ARABIC_PREFIXES = "بلف"


def _tokenise(text: str, words: Words) -> list[_Token]:
    tokens = []
    for match in TOKEN.finditer(text):
        kind, start, folded = match.lastgroup or "mark", match.start(), fold(match.group())
        # Arabic writes “and” as a letter of the next word.
        if folded.startswith("و") and folded not in words.longest and folded[1:] in words.longest:
            tokens.append(_Token("word", "و", "و", start, start + 1))
            start, folded = start + 1, folded[1:]
        kind = "clock" if kind == "zone" else kind
        tokens.append(_Token(kind, text[start : match.end()], folded, start, match.end()))
    return tokens


class _Parse:
    """The expressions of one text, by a parser that remembers what it has matched where."""

    def __init__(self, text: str, words: Words, published: date | None) -> None:
        self.text, self.words, self.published = text, words, published
        self.tokens = _tokenise(text, words)
        self.lexemes = [list(self._lexemes(index)) for index in range(len(self.tokens))]
        self.categories = [frozenset(lexeme.category for lexeme in here) for here in self.lexemes]
        self.ends: list[set[str]] = [set() for _ in range(len(self.tokens) + 1)]
        for lexemes in self.lexemes:
            for lexeme in lexemes:
                self.ends[lexeme.end].add(lexeme.category)
        self.matched: dict[tuple[str, int], list[tuple[int, Any]]] = {}

    @property
    def has_core(self) -> bool:
        return any(not _CORE.isdisjoint(here) for here in self.categories)

    def expressions(self) -> Iterator[tuple[int, int, list[DateReading]]]:
        """Yield the span and the meanings of each expression, the longest at each place."""
        index = core = 0
        while index < len(self.tokens):
            core = max(core, index)
            while core < len(self.tokens) and not self.categories[core] & _CORE:
                core += 1
            if core == len(self.tokens):
                return  # every expression has a word of its own
            index = max(index, core - _BEFORE_CORE)
            found = self.match("date", index) if self.lexemes[index] else []
            if found:
                end = max(end for end, _ in found)
                meanings = [m for stop, values in found if stop == end for m in values]
                yield self.tokens[index].start, self.tokens[end - 1].end, meanings
                index = end
            else:
                index += 1

    def _lexemes(self, index: int) -> Iterator[_Lexeme]:
        token, after = self.tokens[index], index + 1
        if token.kind == "number":
            yield from self._number(index)
        elif token.kind == "daymonth" and self.words.language == "de":
            yield _Lexeme("DAYMONTH", token.text, after)
        elif token.kind in ("iso", "compact", "numeric", "span", "clock"):
            yield _Lexeme(token.kind.upper(), token.text, after)
        elif token.kind == "word" and (roman := _ROMAN.fullmatch(token.text)):
            tens, units = roman.groups()
            number = 10 * len(tens) + _roman_units(units)
            if number:
                yield _Lexeme("ORD", number, after)
        if token.kind == "mark":
            yield _Lexeme(token.folded, None, after)
        folded = token.folded
        for prefix in ("", *_ARABIC_PREFIXES) if self.words.language == "ar" else ("",):
            if folded.startswith(prefix):
                yield from self._phrases(index, folded[len(prefix) :])

    def _phrases(self, index: int, first: str) -> Iterator[_Lexeme]:
        longest = self.words.longest.get(first, 0)
        key: tuple[str, ...] = ()
        for end in range(index, min(index + longest, len(self.tokens))):
            key = (*key, first if end == index else self.tokens[end].folded)
            for category, value in self.words.phrases.get(key, ()):
                if self._is_plausible(category, index):
                    yield _Lexeme(category, value, end + 1)

    def _is_plausible(self, category: str, index: int) -> bool:
        if category in ("MONTH", "MON", "WEEKDAY") and self.words.months_need_capital:
            return self.tokens[index].text[0].isupper()
        if category == "ORDSUF":
            return self.is_joined(index)
        return True

    def _number(self, index: int) -> Iterator[_Lexeme]:
        token, after = self.tokens[index], index + 1
        number, digits = int(token.text), len(token.text)
        before = self.text[token.start - 1 : token.start]
        behind = self.text[token.end : token.end + 1]
        if before in tuple(_CURRENCY) or behind == "%":
            return
        ends = [after]
        if after < len(self.tokens):
            ends += [lx.end for lx in self._phrases(after, self.tokens[after].folded)
                     if lx.category == "ORDSUF"]  # fmt: skip
        for end in ends:
            if digits <= 2 and 1 <= number <= 31:
                yield _Lexeme("DAY", number, end)
            if end != after and digits <= 2:
                yield _Lexeme("ORD", number, end)
        if digits == 4 and 1000 <= number < 2200:
            yield _Lexeme("YEAR", number, after)
        if digits == 2:
            yield _Lexeme("YY", number, after)
        if digits <= 3 and number:
            yield _Lexeme("NUM", number, after)

    def is_joined(self, index: int) -> bool:
        """Whether no space stands before a token."""
        return index > 0 and self.tokens[index - 1].end == self.tokens[index].start

    def match(self, symbol: str, index: int) -> list[tuple[int, Any]]:
        """Return the ends and values of all ways to match a symbol at a token."""
        if index > len(self.tokens):
            return []
        key = (symbol, index)
        if key not in self.matched:
            self.matched[key] = []
            self.matched[key] = list(self._match(symbol, index))
        return self.matched[key]

    def _match(self, symbol: str, index: int) -> Iterator[tuple[int, Any]]:
        if symbol not in _GRAMMAR:
            if index < len(self.tokens) and symbol in self.categories[index]:
                for lexeme in self.lexemes[index]:
                    if lexeme.category == symbol:
                        yield lexeme.end, lexeme.value
            return
        here = self.categories[index] if index < len(self.tokens) else frozenset()
        for rule in _GRAMMAR[symbol]:
            if rule.starts.isdisjoint(here):
                continue
            for end, values in self._sequence(rule.parts, index):
                result = rule.build(_Place(self, index, end), *values)
                if result is not None and result != []:
                    yield end, result

    def _sequence(self, parts: tuple["_Part", ...], index: int) -> Iterator[tuple[int, list[Any]]]:
        if not parts:
            yield index, []
            return
        part, rest = parts[0], parts[1:]
        if part.behind is not None:
            if not part.behind.isdisjoint(self.ends[index]):
                yield from self._sequence(rest, index)
            return
        if part.is_optional:
            yield from self._sequence(rest, index)
        if index == len(self.tokens) or part.starts.isdisjoint(self.categories[index]):
            return
        for symbol in part.symbols:
            for end, value in self.match(symbol, index):
                for last, values in self._sequence(rest, end):
                    yield last, values if value is None else [value, *values]


class _Place(NamedTuple):
    """Where a rule has matched."""

    parse: _Parse
    start: int
    end: int

    @property
    def published(self) -> date | None:
        return self.parse.published

    @property
    def word(self) -> str:
        return self.parse.tokens[self.start].folded

    @property
    def follower(self) -> str:
        """The word behind, empty if there is none."""
        tokens = self.parse.tokens
        is_word = self.end < len(tokens) and tokens[self.end].kind == "word"
        return tokens[self.end].text if is_word else ""

    @property
    def following(self) -> frozenset[str]:
        """The categories of the lexemes behind."""
        categories = self.parse.categories
        return categories[self.end] if self.end < len(categories) else frozenset()

    @property
    def preceding(self) -> set[str]:
        """The categories of the lexemes before."""
        return self.parse.ends[self.start]


def _roman_units(units: str) -> int:
    return {"IX": 9, "IV": 4}.get(units, units.count("I") + 5 * units.count("V"))


# ----------------------------------------------------------------------------------------- readings


_YEAR_NOTE = "The words give no year: that before publication."
Readings = list[DateReading]
Build = Callable[..., Any]
"""Makes the value of a rule from its place and the values of its parts."""


def _exact(edtf: str, *, stated: bool = False, note: str = "", ahead: bool = False) -> DateReading:
    return DateReading(0, 0, edtf, "stated" if stated else "inferred", note, is_ahead=ahead)


def _rough(edtf: str, *, stated: bool = False, ahead: bool = False) -> DateReading:
    """A reading whose ends are approximate."""
    marked = "/".join(f"{end}~" for end in edtf.split("/"))
    return DateReading(
        0, 0, marked, "stated" if stated else "inferred", is_approximate=True, is_ahead=ahead
    )


_UNREAD = [DateReading(0, 0, None)]


def _edtf(partial: Partial) -> str | None:
    """Write a date with a year; None if it is not in the calendar."""
    year, month, day = partial
    if year is None or not 1 <= year <= 9999 or (month and not 1 <= month <= 12):
        return None
    if day and not 1 <= day <= monthrange(year, month or 1)[1]:
        return None
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def _month(months: int) -> str:
    """Write the month that is so many months after the beginning of the year 0."""
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _resolve(partial: Partial, published: date | None) -> Readings:
    """Return the meanings of a date whose year or month may be missing."""
    if partial.year is not None:
        edtf = _edtf(partial)
        is_stated = not isinstance(partial.year, RelativeYear)
        return [_exact(edtf, stated=is_stated)] if edtf else []
    if published is None:
        return _UNREAD
    if partial.month is None:
        months = range(published.year * 12 + published.month - 2, published.year * 12 + 24)
        dates = [Partial(n // 12, n % 12 + 1, partial.day) for n in months]
    else:
        years = range(published.year - 4, published.year + 5)
        dates = [partial._replace(year=year) for year in years]
    today = published.isoformat()
    written = [edtf for each in dates if (edtf := _edtf(each))]
    past = [edtf for edtf in written if edtf <= today[: len(edtf)]]
    ahead = [edtf for edtf in written if edtf > today[: len(edtf)]]
    return [_exact(edtf, note=_YEAR_NOTE) for edtf in past[-1:]] + [
        _exact(edtf, note=_YEAR_NOTE, ahead=True) for edtf in ahead[:1]
    ]


def _calendar(place: _Place, partial: Partial) -> Readings:
    return _resolve(partial, place.published)


def _bare_month(place: _Place, month: int) -> Readings:
    """Read a month alone, unless it is rather a name: “April Hale”."""
    words, text = place.parse.words, place.parse.tokens[place.start].text
    is_sure = bool(place.preceding & {"IN", "LAST", "THIS", "NEXT"})
    is_name = place.word in words.may_be_names or (
        not words.months_need_capital and (text[0].isupper() or not text.isascii())
    )
    if not is_sure and (is_name or words.language == "ar"):
        return []
    return _resolve(Partial(month=month), place.published)


def _day_alone(place: _Place, day: int) -> Readings:
    """Read “on the 5th”, but not “on the first day”."""
    if place.follower and place.following.isdisjoint(_CLOSED):
        return []
    return _resolve(Partial(day=day), place.published)


_CLOSED = frozenset({"FOLLOW", "IN", "AND", "TO", "OF", "ON", "THE"})


def _bare_year(place: _Place, year: int) -> Readings:
    """Read a number alone as a year where it cannot be a count."""
    if not 1500 <= year < 2200:
        return []
    if _continues_a_list(place):
        return [_exact(str(year), stated=True)]
    before, words = place.preceding, place.parse.words
    if before & {"TO", "AND"}:
        return []
    is_german = words.language == "de"
    is_name = place.follower[:1].isupper() and not is_german
    may_be_count = _may_be_count(place)
    if not before & {"IN", "YEARWORD"}:
        is_first = place.start == 0 or place.parse.tokens[place.start - 1].text in "(.;"
        if is_first and (not place.follower or (is_german and not place.follower[0].isupper())):
            return [_exact(str(year), stated=True)]
        is_in_a_title = "THE" in before and not may_be_count
        return [_exact(str(year))] if is_in_a_title else []
    if "OF" in before and may_be_count:
        return []
    is_stated = not may_be_count and not (is_name and "OF" in before)
    return [_exact(str(year), stated=is_stated)]


def _continues_a_list(place: _Place) -> bool:
    """Whether a year stands behind another: “2025, 2026 and 2027”."""
    before = place.start - 1
    return (
        before > 0
        and (place.parse.tokens[before].text == "," or "AND" in place.parse.categories[before])
        and "YEAR" in place.parse.categories[before - 1]
    )


def _may_be_count(place: _Place) -> bool:
    """Whether the word behind a number may be what is counted."""
    word, language = place.follower, place.parse.words.language
    if not word or not place.following.isdisjoint(_CLOSED):
        return False
    if language in ("de", "ar"):
        return True
    return not word[0].isupper() and (
        word.endswith(("s", "x")) or word in ("people", "men", "women", "children")
    )


def _named_year(_: _Place, year: int) -> Readings:
    return [_exact(f"{year:04d}", stated=True)]


def _range(place: _Place, first: Partial, last: Partial) -> Readings:
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
    for end in _resolve(last, place.published):
        if end.edtf is None:
            return _UNREAD
        start = first
        if start.year is None:
            year = int(end.edtf[:4])
            is_before = (first.month or 0, first.day or 0) > (last.month or 0, last.day or 0)
            start = first._replace(year=year - is_before)
        edtf = _edtf(start)
        if edtf is not None and edtf < end.edtf:
            readings.append(replace(end, edtf=f"{edtf}/{end.edtf}"))
    return readings


def _pair(place: _Place, first: Partial, last: Partial) -> Readings:
    """Read “3 and 4 May”: each of the days, and both."""
    both = _range(place, first, last)
    ends = [end for r in both if r.edtf for end in r.edtf.split("/")]
    return both and [*both, *(replace(both[0], edtf=end) for end in ends)]


def _year_span(_: _Place, text: str) -> Readings:
    """Read “1985-86” as two years, and “2003-04” also as a month."""
    first, last = int(text[:4]), int(text[-2:])
    readings = []
    if last == (first + 1) % 100 or last > max(12, first % 100):
        end = first - first % 100 + last + (100 if last < first % 100 else 0)
        readings.append(_exact(f"{first:04d}/{end:04d}", stated=True))
    if text[4] == "-" and 1 <= last <= 12:
        readings.append(_exact(f"{first:04d}-{last:02d}", stated=not readings))
    return readings if first >= 1000 else []


def _day_month(_: _Place, text: str) -> Partial:
    """Read the German “24.12.”."""
    day, month = text.rstrip(".").split(".")
    return Partial(None, int(month), int(day))


def _iso(_: _Place, text: str) -> Readings:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return []
    readings = [_exact(day.isoformat(), stated=True)]
    if zone := re.search(r"([+−-])(\d\d):?(\d\d)$", text[16:]):
        hour, minute = int(text[11:13]), int(text[14:16])
        readings += _in_utc(day, hour, minute, zone)
    return readings


def _compact(place: _Place, text: str) -> Readings:
    return _iso(place, f"{text[:4]}-{text[4:6]}-{text[6:]}")


def _in_utc(day: date, hour: int, minute: int, zone: re.Match[str]) -> Readings:
    """Return the day in UTC if it is another one."""
    sign = 1 if zone[1] == "+" else -1
    offset = sign * timedelta(hours=int(zone[2]), minutes=int(zone[3]))
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return []
    note = "The day in UTC."
    return [_exact(moment.date().isoformat(), note=note)] if moment.date() != day else []


def _at_a_time(place: _Place, *values: Any) -> Readings:
    """Read a day with a time and a zone: the day as written, and the day in UTC."""
    partial = next(v for v in values if isinstance(v, Partial))
    clock = next(v for v in values if isinstance(v, str))
    readings = _resolve(partial, place.published)
    time = re.match(r"(\d+)\D(\d\d)", clock)
    zone = re.search(r"([+−-])(\d\d):?(\d\d)$", clock)
    if time and zone and partial.day:
        for reading in tuple(readings):
            if reading.edtf:
                day = date.fromisoformat(reading.edtf)
                readings += _in_utc(day, int(time[1]), int(time[2]), zone)
    return readings


def _numeric(place: _Place, text: str) -> Readings:
    """Read a date in digits. Where the day may be the month, either is inferred."""
    text = text.replace("\u200f", "")
    mark = next(c for c in text if not c.isdecimal())
    parts = text.split(mark)
    if len(parts[0]) == 4:
        edtf = _edtf(Partial(*map(int, parts)))
        return [_exact(edtf, stated=True)] if edtf else []
    first, second, year = map(int, parts)
    if len(parts[2]) == 2:
        newest = place.published.year + 10 if place.published else 2100
        year += next(c for c in range(2100, 0, -100) if c + year <= newest)
    orders = (True,) if mark == "." else place.parse.words.day_first
    dates = [
        edtf
        for is_day_first in orders
        if (edtf := _edtf(Partial(year, *((second, first) if is_day_first else (first, second)))))
    ]
    is_sure = len(parts[2]) == 4 and (first > 12 or second > 12 or first == second or mark == ".")
    note = "" if is_sure else "Day and month are in digits."
    return [_exact(edtf, stated=is_sure, note=note) for edtf in dates]


def _hijri(year: int, month: int, day: int) -> date:
    """Convert a day by the calendar of Umm al-Qura."""
    return date(*Hijri(year, month, day).to_gregorian().timetuple()[:3])


def _jalali(year: int, month: int, day: int) -> date:
    return JalaliDate(year, month, day).to_gregorian()


def _other_calendar(convert: Callable[[int, int, int], date], slack: int) -> Build:
    """Read a day or month of another calendar, whose days may begin so many days apart."""

    def build(place: _Place, partial: Partial) -> Readings:
        year, month, day = partial
        try:
            if year is None:
                year = _last_year(convert, place.published, month or 1)
            first = convert(year, month or 1, day or 1)
            if day:
                steps = [timedelta(days=n) for n in range(-slack, slack + 1)]
                return [_exact((first + step).isoformat(), note=_CONVERTED) for step in steps]
            carry, next_month = divmod(month or 1, 12)
            last = convert(year + carry, next_month + 1, 1) - timedelta(days=1)
        except (ValueError, OverflowError):
            return _UNREAD
        return [_exact(f"{first}/{last}", note=_CONVERTED)]

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


# -------------------------------------------------------------------------------- relative to today


def _relative_day(place: _Place, offset: int, weekday: int | None = None) -> Readings:
    if place.published is None:
        return _UNREAD
    day = place.published + timedelta(days=offset)
    return [_exact(day.isoformat())] if weekday in (None, day.weekday()) else []


def _overnight(place: _Place) -> Readings:
    if place.published is None:
        return _UNREAD
    before = place.published - timedelta(days=1)
    return [_exact(edtf) for edtf in (f"{before}/{place.published}", f"{place.published}",
                                      f"{before}")]  # fmt: skip


def _weekday(step: int | None) -> Callable[..., Readings]:
    """Read a day of the week: bare (None), the last (-1), this (0) or the next (1) one."""

    def build(place: _Place, weekday: int) -> Readings:
        today = place.published
        if today is None:
            return _UNREAD
        back = (today.weekday() - weekday) % 7
        days = {
            None: [-back],
            # “Last Monday” on a Tuesday is yesterday or the Monday of last week.
            -1: [-(back or 7), -(back or 7) - 7] if 0 < back <= today.weekday() else [-(back or 7)],
            0: [-back, 7 - back] if back else [0],
            1: [7 - back, 14 - back],
        }[step]
        readings = [_exact((today + timedelta(days=n)).isoformat()) for n in days]
        if step is None:
            readings.append(_exact((today + timedelta(days=7 - back)).isoformat(), ahead=True))
        return readings

    return build


def _days(reading: DateReading) -> list[date]:
    """The day of a reading of a day, none if it was not read."""
    return [] if reading.edtf is None else [date.fromisoformat(reading.edtf)]


def _weekdays(place: _Place, first: int, last: int) -> Readings:
    """Read “from Monday to Wednesday”."""
    return [
        _exact(f"{day - timedelta(days=(last - first) % 7)}/{day}", ahead=reading.is_ahead)
        for reading in _weekday(None)(place, last)
        for day in _days(reading)
    ]


def _month_beside(step: int) -> Callable[..., Readings]:
    """Read “last May” and “next May”."""

    def build(place: _Place, month: int) -> Readings:
        today = place.published
        if today is None:
            return _UNREAD
        if step < 0:
            return [_exact(f"{today.year - (month >= today.month):04d}-{month:02d}")]
        return [_exact(f"{today.year + (month <= today.month):04d}-{month:02d}")]

    return build


def _relative_year(step: int) -> Callable[..., RelativeYear | None]:
    def build(place: _Place, unit: str) -> RelativeYear | None:
        if unit != "year" or place.published is None:
            return None
        return RelativeYear(place.published.year + step)

    return build


def _week_of(place: _Place, unit: str, partial: Partial) -> Readings:
    """Read “the week of 3 May”, which begins on that day."""
    if unit != "week" or partial.day is None:
        return []
    return [
        _exact(f"{day}/{day + timedelta(days=6)}", ahead=reading.is_ahead)
        for reading in _resolve(partial, place.published)
        for day in _days(reading)
    ]


def _weeks(place: _Place, step: int) -> list[tuple[date, date]]:
    """The weeks so many from publication: they begin on Monday, Sunday or, in Arabic, Saturday."""
    today = place.published
    if today is None:
        return []
    firsts = (0, 6, 5) if place.parse.words.language == "ar" else (0, 6)
    starts = [today - timedelta(days=(today.weekday() - f) % 7 - 7 * step) for f in firsts]
    return [(start, start + timedelta(days=6)) for start in starts]


def _period(place: _Place, unit: str, step: int) -> list[str]:
    """The calendar period of a unit that is so many from the one of publication."""
    today = place.published
    if today is None:
        return []
    months = today.year * 12 + today.month - 1
    if unit == "week":
        return [f"{first}/{last}" for first, last in _weeks(place, step)]
    if unit == "month":
        return [_month(months + step)]
    if unit == "quarter":
        first = months - months % 3 + 3 * step
        return [f"{_month(first)}/{_month(first + 2)}"]
    if unit == "year":
        return [f"{today.year + step:04d}"]
    if unit == "decade":
        return [f"{(today.year // 10 + step):03d}X"]
    return []


def _of_unit(step: int) -> Callable[..., Readings]:
    def build(place: _Place, unit: str) -> Readings:
        if place.published is None:
            return _UNREAD
        readings = [_exact(edtf) for edtf in _period(place, unit, step)]
        if step == 0 and readings:
            readings += _so_far(place, unit)
        return readings

    return build


def _so_far(place: _Place, unit: str) -> Readings:
    """A period from its beginning up to publication."""
    today = place.published
    if today is None:
        return _UNREAD
    starts = [_first_day(edtf.partition("/")[0]) for edtf in _period(place, unit, 0)]
    return [_exact(f"{start}/{today}") for start in starts if start < today.isoformat()]


def _still_to_come(place: _Place, unit: str) -> Readings:
    today = place.published
    if today is None:
        return _UNREAD
    ends = [_last_day(edtf.rpartition("/")[2]) for edtf in _period(place, unit, 0)]
    return [_exact(f"{today}/{end}") for end in ends if end > today.isoformat()]


def _weekday_of_week(place: _Place, *values: Any) -> Readings:
    weekday = next(v for v in values if isinstance(v, int) and not isinstance(v, bool))
    steps = {"LAST": -1, "THIS": 0, "NEXT": 1}
    kinds = {lx.category for i in range(place.start, place.end) for lx in place.parse.lexemes[i]}
    step = next((n for name, n in steps.items() if name in kinds), 0)
    return [
        _exact(day.isoformat())
        for first, last in _weeks(place, step)
        for day in (first + timedelta(days=n) for n in range(7))
        if day.weekday() == weekday
    ]


def _rolling(place: _Place, number: int, unit: str) -> Readings:
    """Read “the past 24 hours”, “the last three months”: up to publication."""
    today = place.published
    if today is None:
        return _UNREAD
    if unit in _DAYS:
        days = -(-number // 24) if unit == "hour" else number * _DAYS[unit]
        return [_exact(f"{today - timedelta(days=days)}/{today}")]
    months = number * _MONTHS[unit]
    this = today.year * 12 + today.month - 1
    start = _shift(today, -months)
    edtfs = [f"{start}/{today}", f"{_month(this - months)}/{_month(this)}"]
    edtfs.append(f"{_month(this - months)}/{_month(this - 1)}" if months > 1 else _month(this - 1))
    if unit in ("year", "decade"):
        edtfs += [f"{today.year - months // 12:04d}/{today.year - n:04d}"
                  for n in (0, 1) if months // 12 > n]  # fmt: skip
    return [_exact(edtf) for edtf in edtfs]


def _rolling_one(place: _Place, unit: str) -> Readings:
    # “no último dia 3” is a day of the month.
    return [] if "DAY" in place.following else _rolling(place, 1, unit)


_DAYS = {"hour": 0, "day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}


def _shift(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(max(year, 1), 9999)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _ago(place: _Place, number: int, unit: str, direction: int = -1) -> Readings:
    today = place.published
    if today is None or number > 3000:
        return _UNREAD
    ahead = direction > 0
    if unit == "hour":
        days = (
            {0, -(-number // 24)} if number >= 24 else {number // 24, 1} if number > 4 else {0, 1}
        )
        return [_exact((today + timedelta(days=direction * n)).isoformat()) for n in sorted(days)]
    try:
        if unit in _DAYS:
            day = (today + timedelta(days=direction * number * _DAYS[unit])).isoformat()
            return [_exact(day) if unit == "day" else _rough(day)]
    except OverflowError:
        return _UNREAD
    shifted = _shift(today, direction * number * _MONTHS[unit]).isoformat()
    return [_rough(shifted[:7] if _MONTHS[unit] < 12 else shifted[:4], ahead=ahead and False)]


def _one_ago(place: _Place, unit: str) -> Readings:
    """Read “قبل شهر”, a month ago, but not the first words of “منذ عام 2019”."""
    if place.following & {"YEAR", "MONTH", "LAST"}:
        return []
    return _ago(place, 1, unit)


def _from_now(place: _Place, number: int, unit: str) -> Readings:
    return _ago(place, number, unit, 1)


def _few_ago(place: _Place, unit: str) -> Readings:
    """Read “a few weeks ago” as some time from ten to two of them ago."""
    if place.published is None or unit == "hour":
        return _UNREAD
    ends = [r.edtf.rstrip("~") for n in (12, 2) for r in _ago(place, n, unit) if r.edtf]
    return [_rough("/".join(ends))]


def _weekend(step: int) -> Callable[..., Readings]:
    """Read the weekend before (-1) or around (0) publication, or the next (1) one."""

    def build(place: _Place) -> Readings:
        today = place.published
        if today is None:
            return _UNREAD
        firsts = (4, 5) if place.parse.words.language == "ar" else (5,)
        readings = []
        for first in firsts:
            back = (today.weekday() - first) % 7
            for n in {-1: (back,), 0: (back, back - 7), 1: (back - 7, back - 14)}[step]:
                start = today - timedelta(days=n)
                readings.append(_exact(f"{start}/{start + timedelta(days=1)}"))
        return readings

    return build


# ------------------------------------------------------------------------------ periods of the year


def _months_of_year(length: int) -> Callable[..., Readings]:
    """Read a quarter or half of a year; without a year the last one that began before
    publication.
    """

    def build(place: _Place, *values: int) -> Readings:
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
                return _UNREAD
            last = today.year - (first + 1 > today.month)
            years = [(last, False), (last + 1, True)]
        return [
            _exact(f"{_month(y * 12 + first)}/{_month(y * 12 + first + length - 1)}", ahead=ahead)
            for y, ahead in years
            if y is not None
        ]

    return build


def _half_of_month(place: _Place, half: int, partial: Partial) -> Readings:
    if partial.day is not None or partial.month is None or half > 2:
        return []
    readings = []
    for whole in _resolve(partial, place.published):
        if whole.edtf:
            first, last = (1, 15) if half == 1 else (16, int(_last_day(whole.edtf)[8:]))
            readings.append(_exact(f"{whole.edtf}-{first:02d}/{whole.edtf}-{last:02d}"))
    return readings


def _fiscal(_: _Place, year: int) -> Readings:
    """Read a fiscal year as any twelve months that begin or end in it."""
    if year < 100:
        year += 2000
    note = "When the fiscal year begins is not in the words."
    starts = range(year * 12 - 11, year * 12 + 12)
    return [_exact(f"{_month(m)}/{_month(m + 11)}", note=note) for m in starts] + [
        _exact(f"{year:04d}", note=note)
    ]


def _fiscal_span(_: _Place, text: str) -> Readings:
    year = int(text[:4])
    starts = range(year * 12 + 1, year * 12 + 12)
    return [_exact(f"{year:04d}/{year + 1:04d}")] + [
        _exact(f"{_month(m)}/{_month(m + 11)}") for m in starts
    ]


def _decade(_: _Place, year: int) -> Readings:
    return [_exact(f"{year // 10:03d}X", stated=True)] if year % 10 == 0 else []


def _short_decade(_: _Place, decade: int) -> Readings:
    decade = decade // 10 if decade > 9 else decade
    return [_exact(f"19{decade}X"), *([_exact(f"20{decade}X")] if decade <= 2 else [])]


def _century(place: _Place, number: int) -> Readings:
    if "BC" in place.following:
        return _UNREAD
    return [_exact(f"{number - 1:02d}XX", stated=True)] if 1 <= number <= 22 else []


def _season(step: int = 0) -> Callable[..., Readings]:
    """Read a season as three months, north or south; without a year, one around publication."""

    def build(place: _Place, season: int, year: int | None = None) -> Readings:
        today = place.published
        if year is not None:
            years = [year]
        elif today is None:
            return _UNREAD
        else:
            years = [today.year - (step <= 0), today.year + (step > 0)]
        readings = []
        for each in years:
            readings.append(_rough(f"{each:04d}"))
            for first in (season * 3 - 1, (season * 3 + 5) % 12):
                # The winter of a year begins or ends in it.
                for start in {each * 12 + first, each * 12 + first - 12 * (first == 11)}:
                    months = f"{_month(start)}/{_month(start + 2)}"
                    is_ahead = today is not None and year is None and months > today.isoformat()
                    readings.append(_rough(months, ahead=is_ahead and step <= 0))
        return sorted(readings, key=lambda reading: reading.edtf or "")

    return build


def _season_span(_: _Place, _season: int, text: str) -> Readings:
    """Read “winter 2030-31”."""
    first = int(text[:4]) * 12 + 11
    return [
        _rough(f"{_month(first)}/{_month(first + 2)}"),
        _rough(f"{text[:4]}/{int(text[:4]) + 1}"),
    ]


def _part(part: int) -> Callable[..., Readings]:
    """Read the beginning (0), middle (1) or end (2) of a period."""

    def build(_: _Place, whole: Readings) -> Readings:
        readings: Readings = []
        for reading in whole:
            if reading.edtf is None or reading.is_approximate:
                continue
            begin, finish = _ends(reading.edtf)
            first = date.fromisoformat(_first_day(begin))
            last = date.fromisoformat(_last_day(finish))
            third = (last - first) / 3
            start = first + part * third
            end = last if part == 2 else first + (part + 1) * third - timedelta(days=1)
            length = 10 if (last - first).days < 32 else 7
            edtf = f"{start.isoformat()[:length]}/{end.isoformat()[:length]}"
            readings.append(reading)
            readings += [_rough(each, ahead=reading.is_ahead) for each in (reading.edtf, edtf)]
        return readings

    return build


def _about(place: _Place, whole: Readings) -> Readings:
    if place.parse.tokens[place.end - 1].kind == "number" and _may_be_count(place):
        return []
    return [
        _rough(reading.edtf, stated=reading.basis == "stated", ahead=reading.is_ahead)
        for reading in whole
        if reading.edtf and not reading.is_approximate
    ]


def _until(_: _Place, *values: Any) -> Readings:
    """Read “12 months to January 2031”, “the year ended 31 March 2030”."""
    *number, unit, whole = values
    count = number[0] if number else 1
    readings: Readings = []
    for reading in whole:
        if reading.edtf is None or "/" in reading.edtf or "X" in reading.edtf:
            continue
        end = date.fromisoformat(_last_day(reading.edtf))
        if unit in _DAYS:
            if len(reading.edtf) != 10:
                continue
            days = -(-count // 24) if unit == "hour" else count * _DAYS[unit]
            starts = (days, days - 1) if unit in ("hour", "day") else (days - 1,)
            edtfs = [f"{end - timedelta(days=n)}/{end}" for n in starts if n > 0]
            edtfs.append(end.isoformat())
        elif unit in _MONTHS:
            months = end.year * 12 + end.month - 1
            span = count * _MONTHS[unit]
            edtfs = [f"{_month(months - span + 1)}/{_month(months)}"] if span > 1 else []
            if len(reading.edtf) == 10:
                start = _shift(end + timedelta(days=1), -span)
                edtfs.append(f"{start}/{end}")
        else:
            continue
        readings += [_exact(edtf, ahead=reading.is_ahead) for edtf in edtfs]
    return readings


def _named_day(place: _Place, month_day: str, year: int | None = None) -> Readings:
    month, day = map(int, month_day.split("-"))
    return [replace(r, basis="inferred") for r in
            _resolve(Partial(year, month, day), place.published)]  # fmt: skip


def _fixed(_: _Place, edtf: str) -> Readings:
    return [_exact(edtf)]


def _unread(*_: Any) -> Readings:
    return _UNREAD


def _ends(edtf: str) -> tuple[str, str]:
    first, _, last = edtf.partition("/")
    return first, last or first


def _first_day(end: str) -> str:
    return (end.replace("X", "0").rstrip("~") + "-01-01")[:10]


def _last_day(end: str) -> str:
    plain = end.replace("X", "9").rstrip("~")
    if len(plain) == 4:
        return f"{plain}-12-31"
    if len(plain) == 7:
        return f"{plain}-{monthrange(int(plain[:4]), int(plain[5:]))[1]:02d}"
    return plain


# ------------------------------------------------------------------------------------------ grammar


def _same(_: _Place, value: Any) -> Any:
    return value


def _first_of(_: _Place, value: Any, *_others: Any) -> Any:
    return value


def _partial(*names: str) -> Callable[..., Partial]:
    """Make a builder of dates from the values of a pattern, in this order."""

    def build(_: _Place, *values: int) -> Partial:
        return Partial(**dict(zip(names, values, strict=True)))

    return build


RULES: tuple[tuple[str, str, Build], ...] = (
    # Parts. Arabic writes both names of a month: “شباط/فبراير”.
    ("month", "MONTH", _same),
    ("month", "MON .?", _same),
    ("month", "MONTH / MONTH", _first_of),
    ("year", "YEAR", _same),
    ("year", "YEARWORD OF? YEAR", _same),
    ("relyear", "LAST UNIT", _relative_year(-1)),
    ("relyear", "UNIT LAST", _relative_year(-1)),
    ("relyear", "THIS UNIT", _relative_year(0)),
    ("relyear", "UNIT THIS", _relative_year(0)),
    ("relyear", "NEXT UNIT", _relative_year(1)),
    ("relyear", "UNIT NEXT", _relative_year(1)),
    ("ofyear", "OF|,? year", _same),
    ("ofyear", "OF|,? relyear", _same),
    ("day", "DAY", _same),
    ("day", "ORD", _same),
    ("span", "SPAN", _same),
    ("weekday", "ON? WEEKDAY ,?", _same),
    # Calendar dates, of which the year may be missing.
    ("full", "THE? day OF? month ofyear", _partial("day", "month", "year")),
    ("full", "month THE? DAY ofyear", _partial("month", "day", "year")),
    ("full", "DAY -|/ month -|/ YEAR", _partial("day", "month", "year")),
    ("full", "YEAR ,|-? month -? DAY", _partial("year", "month", "day")),
    ("short", "THE? day OF? month", _partial("day", "month")),
    ("short", "month THE? DAY", _partial("month", "day")),
    ("short", "month ofyear", _partial("month", "year")),
    ("short", "month / year", _partial("month", "year")),
    ("short", "DAYMONTH", _day_month),
    ("calendar", "full", _same),
    ("calendar", "short", _same),
    ("calendar", "weekday THE? full", lambda _, _weekday, partial: partial),
    ("calendar", "weekday THE? short", lambda _, _weekday, partial: partial),
    # Ends of ranges.
    ("end", "THE? calendar", _same),
    ("end", "month", _partial("month")),
    ("end", "year", _partial("year")),
    ("end", "THE? DAY", _partial("day")),
    ("end", "DAY ,? OF? YEAR", _partial("day", "year")),
    ("date", "calendar", _calendar),
    ("date", "FROM? end TO end", _range),
    ("date", "FROM end AND end", _range),
    ("date", "end AND calendar", _pair),
    ("date", "end AND end", lambda place, a, b: _pair(place, a, b) if a.day or b.day else []),
    ("date", "MONTH", _bare_month),
    ("date", "<ON THE ORD", _day_alone),
    ("date", "YEAR", _bare_year),
    ("date", "YEARWORD OF? YEAR", _named_year),
    ("date", "SPAN", _year_span),
    ("date", "ISO", _iso),
    ("date", "COMPACT", _compact),
    ("date", "NUMERIC", _numeric),
    ("date", "CLOCK ON? ON? ,? calendar", _at_a_time),
    ("date", "calendar ,? ON? CLOCK", _at_a_time),
    ("date", "MIDNIGHT ON? calendar", _calendar),
    ("date", "YEAR BC", _unread),
    ("date", "NUM BC", _unread),
    # Other calendars.
    ("hijri", "DAY OF? HIJRI ofyear", _partial("day", "month", "year")),
    ("hijri", "HIJRI DAY ,? year", _partial("month", "day", "year")),
    ("hijri", "HIJRI ofyear", _partial("month", "year")),
    ("hijri", "day OF? HIJRI", _partial("day", "month")),
    ("hijri", "<IN HIJRI", _partial("month")),
    ("jalali", "DAY OF? JALALI ofyear", _partial("day", "month", "year")),
    ("jalali", "JALALI DAY ,? year", _partial("month", "day", "year")),
    ("jalali", "JALALI ofyear", _partial("month", "year")),
    # Sightings of the moon differ by a day.
    ("date", "hijri AH?", _other_calendar(_hijri, slack=1)),
    ("date", "jalali AH?", _other_calendar(_jalali, slack=0)),
    ("date", "YEAR AH", _unread),
    # Relative to publication.
    ("date", "DAYREL", _relative_day),
    ("date", "DAYREL ,|(? WEEKDAY", _relative_day),
    ("date", "OVERNIGHT", _overnight),
    ("date", "ON? WEEKDAY", _weekday(None)),
    ("date", "FROM? WEEKDAY TO WEEKDAY", _weekdays),
    ("date", "LAST MONTH", _month_beside(-1)),
    ("date", "MONTH LAST", _month_beside(-1)),
    ("date", "NEXT MONTH", _month_beside(1)),
    ("date", "MONTH NEXT", _month_beside(1)),
    ("date", "LAST WEEKDAY", _weekday(-1)),
    ("date", "ON? WEEKDAY LAST", _weekday(-1)),
    ("date", "THIS WEEKDAY", _weekday(0)),
    ("date", "NEXT WEEKDAY", _weekday(1)),
    ("date", "ON? WEEKDAY NEXT", _weekday(1)),
    ("date", "WEEKDAY OF? THE? LAST|THIS|NEXT UNIT", _weekday_of_week),
    ("date", "WEEKDAY OF? THE? UNIT LAST|NEXT", _weekday_of_week),
    ("unit", "LAST UNIT", _of_unit(-1)),
    ("unit", "UNIT LAST", _of_unit(-1)),
    ("unit", "THIS UNIT", _of_unit(0)),
    ("unit", "UNIT THIS", _of_unit(0)),
    ("unit", "NEXT UNIT", _of_unit(1)),
    ("unit", "UNIT NEXT", _of_unit(1)),
    ("date", "unit", _same),
    ("date", "EARLIER OF? THIS? UNIT", _so_far),
    ("date", "EARLIER UNIT THIS", _so_far),
    ("date", "LATER OF? THIS? UNIT", _still_to_come),
    ("date", "PAST UNIT", _rolling_one),
    ("date", "UNIT PAST", _rolling_one),
    ("date", "UNIT TODATE", _so_far),
    ("date", "UNIT OF THE? calendar", _week_of),
    ("date", "LAST|PAST NUM UNIT", _rolling),
    ("date", "NUM LAST|PAST UNIT", _rolling),
    ("date", "NUM UNIT LAST|PAST", _rolling),
    ("date", "UNIT NUM LAST|PAST", lambda place, unit, number: _rolling(place, number, unit)),
    ("number", "NUM", _same),
    ("number", "ONE", lambda _: 1),
    ("date", "number UNIT AGO", _ago),
    ("date", "BEFORE number UNIT", _ago),
    ("date", "DUAL AGO", lambda place, unit: _ago(place, 2, unit)),
    ("date", "BEFORE DUAL", lambda place, unit: _ago(place, 2, unit)),
    ("date", "BEFORE UNIT", _one_ago),
    ("date", "FEW UNIT AGO", _few_ago),
    ("date", "BEFORE FEW UNIT", _few_ago),
    ("date", "number UNIT AHEAD", _from_now),
    ("date", "AHEAD_BEFORE number UNIT", _from_now),
    ("date", "HALF number? UNIT AGO", _unread),
    ("date", "BEFORE number HALF UNIT", _unread),
    ("date", "number UNIT AFTER", _unread),
    ("date", "FEW UNIT AFTER", _unread),
    ("date", "UNREAD", _unread),
    ("date", "<IN|ON|THE WEEKEND", _weekend(-1)),
    ("date", "WEEKEND", _weekend(-1)),
    ("date", "LAST WEEKEND", _weekend(-1)),
    ("date", "WEEKEND LAST", _weekend(-1)),
    ("date", "THIS WEEKEND", _weekend(0)),
    ("date", "NEXT WEEKEND", _weekend(1)),
    ("date", "WEEKEND NEXT", _weekend(1)),
    # Periods.
    ("period", "QN ofyear?", _months_of_year(3)),
    ("period", "YEAR QN", _months_of_year(3)),
    ("period", "ORD QUARTER ofyear?", _months_of_year(3)),
    ("period", "QUARTER ORD ofyear?", _months_of_year(3)),
    ("period", "LAST QUARTER ofyear", lambda place, year: _months_of_year(3)(place, 4, year)),
    ("period", "HN ofyear?", _months_of_year(6)),
    ("period", "YEAR HN", _months_of_year(6)),
    ("period", "ORD HALF ofyear?", _months_of_year(6)),
    ("period", "HALF ORD ofyear?", _months_of_year(6)),
    ("date", "period", _same),
    ("date", "ORD HALF OF? short", _half_of_month),
    ("date", "FISCAL OF? YEAR", _fiscal),
    ("date", "FISCAL YY", _fiscal),
    ("date", "FISCAL OF? SPAN", _fiscal_span),
    ("decade", "YEAR DECS", _decade),
    ("decade", "DECADE OF? YEAR DECS?", _decade),
    ("decade", "YY DECS", _short_decade),
    ("decade", "DECADE YY", _short_decade),
    ("decade", "DECNAME", _short_decade),
    ("decade", "DECNAME CENTURY LAST", lambda _, decade: [_exact(f"19{decade}X")]),
    ("century", "ORD CENTURY", _century),
    ("century", "CENTURY ORD", _century),
    ("date", "decade", _same),
    ("date", "century", _same),
    ("date", "<IN SEASON", _season()),
    ("date", "<THE SEASON", _season()),
    ("date", "SEASON OF|,? year", _season()),
    ("date", "LAST SEASON", _season(-1)),
    ("date", "SEASON LAST", _season(-1)),
    ("date", "THIS SEASON", _season()),
    ("date", "NEXT SEASON", _season(1)),
    ("date", "SEASON NEXT", _season(1)),
    ("date", "SEASON OF? SPAN", _season_span),
    # Parts of a period, and approximate dates.
    ("whole", "short", _calendar),
    ("whole", "month", lambda place, month: _resolve(Partial(month=month), place.published)),
    ("whole", "year", _named_year),
    ("whole", "unit", _same),
    ("whole", "period", _same),
    ("whole", "decade", _same),
    ("whole", "century", _same),
    ("whole", "full", _calendar),
    ("date", "EARLY -? OF? THE? whole", _part(0)),
    ("date", "MID -? OF? THE? whole", _part(1)),
    ("date", "LATE -? OF? THE? whole", _part(2)),
    ("date", "ABOUT THE? whole", _about),
    ("until", "calendar", _calendar),
    ("until", "month", lambda place, month: _resolve(Partial(month=month), place.published)),
    ("until", "MIDNIGHT ON? calendar", _calendar),
    ("until", "year", _named_year),
    ("date", "NUM UNIT TILL ON? THE? until", _until),
    ("date", "UNIT TILL ON? THE? until", _until),
    ("date", "NAMED ofyear?", _named_day),
    ("date", "FIXED", _fixed),
)


class _Part(NamedTuple):
    """One part of a pattern: one of some symbols."""

    symbols: tuple[str, ...]
    is_optional: bool
    behind: frozenset[str] | None
    """Instead of symbols: categories of which one stands before the expression."""
    starts: frozenset[str]
    """The categories that the first lexeme can have."""


class _Rule(NamedTuple):
    parts: tuple[_Part, ...]
    build: Build
    starts: frozenset[str]


def _compile() -> dict[str, list[_Rule]]:
    """Sort the rules by what they make, each with the lexemes that it can begin with."""
    starts: dict[str, frozenset[str]] = {symbol: frozenset() for symbol, _, _ in RULES}

    def part_of(written: str) -> _Part:
        if written.startswith("<"):
            return _Part((), False, frozenset(written[1:].split("|")), frozenset())
        symbols = tuple(written.rstrip("?").split("|"))
        first = frozenset[str]().union(*(starts.get(s, frozenset({s})) for s in symbols))
        return _Part(symbols, written.endswith("?"), None, first)

    def first_of(parts: tuple[_Part, ...]) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for part in parts:
            found |= part.starts
            if part.behind is None and not part.is_optional:
                break
        return found

    grammar: dict[str, list[_Rule]] = {}
    for _ in starts:  # until nothing changes; no chain of symbols is longer than their number
        grammar = {symbol: [] for symbol in starts}
        for symbol, pattern, build in RULES:
            parts = tuple(part_of(written) for written in pattern.split())
            starts[symbol] |= first_of(parts)
            grammar[symbol].append(_Rule(parts, build, first_of(parts)))
    return grammar


_GRAMMAR = _compile()
