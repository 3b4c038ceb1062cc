"""The values of query parameters: their grammar, and how to fix what is not in it.

Each parser takes the text of a parameter, decoded, and returns a value whose `text` is its
canonical form. It raises InvalidValue, whose message begins with how to fix the value.
"""

import calendar
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from app.query.suggestions import nearest
from app.query.tokenizer import Words
from app.resources.declarations import (
    COUNTRY_VALUE,
    IDENTIFIER_VALUE,
    LANGUAGE_VALUE,
    MAPPING_VALUE,
    MAX_COUNT,
    MAX_DIGITS,
    MAX_TEXT_LENGTH,
    SLUG_VALUE,
    ValueType,
)
from app.resources.vocabulary import Vocabulary

MAX_VALUES = 200
"""Values of one parameter."""
MAX_ECHOED = 80
"""Characters of a client's value that a message repeats."""


class InvalidValue(ValueError):
    """A value that a parameter does not take.

    `value` is the part of the parameter's text that is wrong; None: all of it. `nearest` is the
    most similar accepted value.
    """

    def __init__(self, detail: str, value: str | None = None, nearest: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.value = value
        self.nearest = nearest


class InvalidValues(ValueError):
    """Several wrong values of one parameter."""

    def __init__(self, errors: Sequence[InvalidValue]) -> None:
        super().__init__("; ".join(error.detail for error in errors))
        self.errors = errors


def echo(value: str) -> str:
    """A client's value as messages repeat it."""
    return f"“{value}”" if len(value) <= MAX_ECHOED else f"“{value[:MAX_ECHOED]}…”"


class Selection(NamedTuple):
    """`a,b,!c`: any of the `plain` values, none of the `excluded` ones; both sorted, each once.

    `narrower` has, for each value, itself and the codes that it includes; empty: just itself.
    """

    plain: tuple[str, ...]
    excluded: tuple[str, ...]
    narrower: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def with_narrower(self, values: Iterable[str]) -> tuple[str, ...]:
        """The values and the narrower codes that each of them includes."""
        expanded = (code for value in values for code in self.narrower.get(value, (value,)))
        return tuple(dict.fromkeys(expanded))

    @property
    def text(self) -> str:
        return ",".join([*self.plain, *(f"!{value}" for value in self.excluded)])


class Text(NamedTuple):
    """A text, with its commas."""

    text: str


class Number(NamedTuple):
    value: float
    text: str


class Window(NamedTuple):
    """Days from `first` to `last`, ordinals of `datetime.date`, both inclusive; None: open."""

    first: int | None
    last: int | None
    text: str


class FullTextQuery(NamedTuple):
    words: Words
    text: str


def split(values: Iterable[str]) -> list[str]:
    """The values between commas, in several parameters of one name."""
    return [part for value in values for part in value.split(",")]


def parse_selection(
    raw: Sequence[str], value_type: ValueType, vocabulary: Vocabulary | None = None
) -> Selection:
    """The values of a filter. Codes are those of the `vocabulary`; None: any code is known."""
    values = list(dict.fromkeys(split(raw)))
    if len(values) > MAX_VALUES:
        raise InvalidValue(f"Give at most {MAX_VALUES} values, in several requests: {len(values)}.")
    known = None
    if vocabulary is not None and value_type.scheme is not None:
        known = vocabulary.values(value_type.scheme)
    names = [value.removeprefix("!") for value in values]
    errors = [
        not_accepted(name, value_type) if known is None else no_code(name, value_type, known)
        for name in names
        if not (value_type.accepts(name) if known is None else name in known)
    ]
    if errors:
        raise InvalidValues(errors)
    excluded = sorted(value[1:] for value in values if value.startswith("!"))
    plain = sorted(value for value in values if not value.startswith("!"))
    if vocabulary is None or value_type.scheme is None:
        return Selection(tuple(plain), tuple(excluded))
    narrower = {name: vocabulary.with_narrower(value_type.scheme, (name,)) for name in names}
    return Selection(tuple(plain), tuple(excluded), narrower)


_SPELLINGS: Mapping[ValueType, Callable[[str], str]] = {
    SLUG_VALUE: lambda value: "-".join(value.lower().replace("_", " ").split()),
    COUNTRY_VALUE: str.upper,
    IDENTIFIER_VALUE: lambda value: f"wikidata:{re.split('[:/ ]', value)[-1].upper()}",
    LANGUAGE_VALUE: lambda value: value.strip().replace("_", "-"),
}
"""How the values of a type are spelled."""


def not_accepted(value: str, value_type: ValueType) -> InvalidValue:
    if not value:
        return InvalidValue("Leave out empty values: there is one between the commas.", "")
    if value_type.choices:
        return no_choice(value, value_type.choices)
    near = _SPELLINGS[value_type](value) if value_type in _SPELLINGS else value
    if value_type.accepts(near):
        return InvalidValue(
            f"Did you mean “{near}”? {echo(value)} is not {value_type.form}.", value, near
        )
    return InvalidValue(f"Write {value_type.form}: {echo(value)} is none.", value)


def no_choice(value: str, choices: Sequence[str]) -> InvalidValue:
    near = nearest(value, choices)
    accepted = f"{echo(value)} is not accepted; it takes {', '.join(choices)}."
    hint = "Leave it out or choose another one:" if near is None else f"Did you mean “{near}”?"
    return InvalidValue(f"{hint} {accepted}", value, near)


def no_code(value: str, value_type: ValueType, known: Sequence[str]) -> InvalidValue:
    """A code that the vocabulary does not have, with the most similar one."""
    if not value:
        return not_accepted(value, value_type)
    near = nearest("_".join(value.split()), known)
    hint = "Choose another one:" if near is None else f"Did you mean “{near}”?"
    within = ", among their mappings" if value_type is MAPPING_VALUE else ""
    detail = f"{hint} {echo(value)} is not one of those at {value_type.vocabulary_path}{within}."
    return InvalidValue(detail, value, near)


def parse_choice(raw: str, choices: Sequence[str]) -> str:
    if raw not in choices:
        raise no_choice(raw, choices)
    return raw


def parse_names(raw: str, choices: Sequence[str]) -> tuple[str, ...]:
    """Names from a list, in its order, each once."""
    names = raw.split(",")
    errors = [no_choice(name, choices) for name in names if name not in choices]
    if errors:
        raise InvalidValues(errors)
    return tuple(name for name in choices if name in names)


def parse_text(raw: str) -> Text:
    if len(raw) > MAX_TEXT_LENGTH:
        raise InvalidValue(f"Shorten it to {MAX_TEXT_LENGTH} characters: it has {len(raw)}.", raw)
    return Text(raw)


def parse_full_text(raw: str) -> FullTextQuery:
    text = parse_text(raw).text
    if text.count('"') % 2:
        raise InvalidValue(
            "Close the quotation mark, or remove it: a phrase stands between two of them.", raw
        )
    try:
        return FullTextQuery(Words.of(text), text)
    except ValueError as error:
        raise InvalidValue(f"Search for fewer words: it {error}.", raw) from None


def parse_boolean(raw: str) -> bool:
    return parse_choice(raw, ("true", "false")) == "true"


# ------------------------------------------------------------------------------------------ numbers

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_SEPARATED = re.compile(r"([+-]?[0-9]{1,3})((?:[,_' \u00a0\u202f’][0-9]{3})+)(\.[0-9]+)?")


def parse_number(raw: str) -> Number:
    """A number of JSON. Raises InvalidValue for more digits than any value has."""
    if not _NUMBER.fullmatch(raw):
        raise _no_number(raw, "a number in digits, such as 28473 or 6.5")
    digits = re.sub(r"[eE].*|[^0-9]", "", raw).strip("0")
    value = float(raw)
    if len(digits) > MAX_DIGITS:
        raise InvalidValue(
            f"Round it to {MAX_DIGITS} significant digits: no value has more than these.", raw
        )
    if not math.isfinite(value) or abs(value) >= 1e300:
        raise InvalidValue("Write a smaller number: no value is as large as this.", raw)
    is_integral = value == int(value) and abs(value) < 10**MAX_DIGITS
    return Number(value, str(int(value)) if is_integral else repr(value))


def parse_count(raw: str) -> Number:
    """A whole number that is not negative."""
    if not re.fullmatch("[0-9]{1,10}", raw) or int(raw) > MAX_COUNT:
        raise _no_number(raw, f"a whole number from 0 to {MAX_COUNT}")
    return Number(int(raw), str(int(raw)))


def parse_whole(raw: str, *, least: int, most: int) -> int:
    if not re.fullmatch("[0-9]{1,9}", raw) or not least <= int(raw) <= most:
        raise _no_number(raw, f"a whole number from {least} to {most}")
    return int(raw)


def _no_number(raw: str, form: str) -> InvalidValue:
    if (match := _SEPARATED.fullmatch(raw)) is not None:
        whole, groups, fraction = match.groups()
        plain = whole + re.sub("[^0-9]", "", groups) + (fraction or "")
        return InvalidValue(f"Write {plain}, without separators: {echo(raw)}.", raw, plain)
    return InvalidValue(f"Write {form}: {echo(raw)} is none.", raw)


# ------------------------------------------------------------------------------------------ windows

_END = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)"
    r"(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?[~?%]?"
)
_DAY_OTHERWISE = re.compile(
    "([0-9]{4})(?:-([0-9])-([0-9]{1,2})|-([0-9]{2})-([0-9])|-?([0-9]{2})-?([0-9]{2})[T ].*"
    "|([0-9]{2})([0-9]{2}))"
)
"""A day with a time, without its zeros or without hyphens."""
_OPEN = ("", "..")
_DATE_PATTERN = "([0-9]{4}|[0-9]{3}X|[0-9]{2}XX)(-([0-9]{2}|XX)){0,2}[~?%]?"
WINDOW_PATTERN = r"^(D(/(D|\.\.)?)?|(\.\.)?/D|\[(D\.\.D?|\.\.D)\])$".replace("D", _DATE_PATTERN)
_FORMS = "2023, 2023-11, 2023-11-24, 2023-11/2024-02 or 2023-11/.."


def parse_window(raw: str, *, up_to: bool = False) -> Window:
    """A year, month or day, an interval of these, or any EDTF date that a record shows.

    `a/b` has inclusive ends, `..` or an empty end is open; `[a..b]` is read as `a/b`. The
    qualifiers `~`, `?` and `%` extend no window. `up_to`: a date alone is the end of the window.
    """
    text = raw
    if "/" in raw:
        first, _, last = raw.partition("/")
        text = f"{first or '..'}/{last or '..'}"
        if up_to and first in _OPEN:
            text = last
    elif raw.startswith("[") and raw.endswith("]") and ".." in raw:
        first, _, last = raw[1:-1].partition("..")
    else:
        first, last = "" if up_to else raw, raw
    if first in _OPEN and last in _OPEN:
        raise InvalidValue(f"Write {_FORMS}: {echo(raw)} is no window of days.", raw)
    window = Window(
        None if first in _OPEN else _end_of(first, raw)[0],
        None if last in _OPEN else _end_of(last, raw)[1],
        text,
    )
    if window.first and window.last and window.first > window.last:
        raise InvalidValue(f"Swap the two dates: {echo(raw)} ends before it begins.", raw)
    return window


def _end_of(text: str, raw: str) -> tuple[int, int]:
    """The first and the last day of one date of a window."""
    match = _END.fullmatch(text)
    if (day_of := _DAY_OTHERWISE.fullmatch(text)) is not None:
        year, *parts = (part for part in day_of.groups() if part is not None)
        day = "-".join((year, *(part.zfill(2) for part in parts)))
        _end_of(day, raw)
        near = raw.replace(text, day)
        raise InvalidValue(f"Write {near}: {echo(raw)} has another form.", raw, near)
    if match is None:
        raise InvalidValue(f"Write {_FORMS}: {echo(raw)} is none of these.", raw)
    year, month, day = match.group("year", "month", "day")
    unknown = (None, "XX")
    first_year, last_year = int(year.replace("X", "0")), int(year.replace("X", "9"))
    try:
        first_month, last_month = (1, 12) if month in unknown else (int(month), int(month))
        last_of_month = calendar.monthrange(max(last_year, 1), last_month)[1]
        first_day, last_day = (1, last_of_month) if day in unknown else (int(day), int(day))
        first = date(max(first_year, 1) if "X" in year else first_year, first_month, first_day)
        last = date(last_year, last_month, last_day)
    except (ValueError, IndexError):
        whole = next(
            (part for part, name in ((year, month), (f"{year}-{month}", day)) if name == "00"), None
        )
        hint = f"Write {whole} for all of it" if whole else "Write a date of the calendar"
        detail = f"{hint}: {echo(text)} is none; years are 0001 to 9999."
        raise InvalidValue(detail, raw, whole) from None
    return first.toordinal(), last.toordinal()
