"""Values in words: dates, numbers, codes, and text without control characters. No markup."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ISO_DATE = re.compile(r"\b([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?\b")
_QUALIFIED_DATE = re.compile(r"([0-9]{4}(?:-[0-9]{2}){0,2})([~?%])")
_QUALIFIERS = {"~": "about", "?": "perhaps", "%": "perhaps about"}
_BASIS_LABELS = {
    "stated": "stated",
    "inferred": "inferred",
    "publication_date": "the day of publication",
}
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")
CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Invisible control characters and those that reorder text. The marks LRM and RLM are allowed."""
_BOUND_PHRASES = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
_ENUM_LABELS: Mapping[str, Mapping[str, str]] = {
    "bound": {**_BOUND_PHRASES, "both": "between"},
    "measure_kind": {
        "cumulative": "running total",
        "period": "number for a period",
        "point": "number at one moment",
    },
    "origin": {"none_named": "nobody is named", "publisher": "the publisher"},
    "qualifier": {"none_stated": "no qualifier"},
}
"""Labels of codes that are no words of English, or other words than the code, by field."""


def long_date(edtf: str) -> str:
    """Write an EDTF date out: 7 October 2023 to 14 February 2024."""
    return _ISO_DATE.sub(_long_day, _edtf_in_words(edtf))


def date_text(date: Mapping[str, Any] | None) -> str:
    """A date with its basis; None: the source does not give it."""
    if date is None:
        return "the source does not say"
    basis = "; ".join(date_basis(date))
    return f"{long_date(date['edtf'])} ({basis})" if basis else long_date(date["edtf"])


def date_basis(date: Mapping[str, Any]) -> list[str]:
    """The basis of a date and of its end, unless the source states them."""
    basis, basis_end = date["basis"], date["basis_end"]
    labels = [] if basis == "stated" else [_BASIS_LABELS[basis]]
    if basis_end and basis_end != basis:
        labels.append(f"its end {_BASIS_LABELS[basis_end]}")
    return labels


def _edtf_in_words(edtf: str) -> str:
    if edtf.startswith("["):
        first, _, last = edtf[1:-1].partition("..")
        if not first or not last:
            return f"not {'before' if first else 'after'} {_qualified_date(first or last)}"
        return f"some day from {_qualified_date(first)} to {_qualified_date(last)}"
    first, interval, last = edtf.partition("/")
    if not interval:
        return _qualified_date(first)
    if first in ("", ".."):
        until = "at any time" if last in ("", "..") else f"until {_qualified_date(last)}"
        return until if first else f"{until}, start not known"
    since = f"since {_qualified_date(first)}"
    if last in ("", ".."):
        return f"{since}, going on" if last else f"{since}, end not known"
    return f"{_qualified_date(first)} to {_qualified_date(last)}"


def _qualified_date(date: str) -> str:
    return _QUALIFIED_DATE.sub(lambda match: f"{_QUALIFIERS[match[2]]} {match[1]}", date)


def join_words(words: Sequence[str], last: str = " and ") -> str:
    """Words with commas between them, and `last` before the last one."""
    return ", ".join(words[:-1]) + last + words[-1] if len(words) > 1 else "".join(words)


def _long_day(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    month_and_year = f"{MONTHS[int(month) - 1]} {int(year)}"
    return f"{int(day)} {month_and_year}" if day else month_and_year


def field_label(name: str) -> str:
    """The name of a field in words: `as_of` is “as of”."""
    return name.replace("_", " ")


def code_label(text: str) -> str:
    """A code in words; any other text unchanged."""
    return text.replace("_", " ") if "_" in text and _CODE.fullmatch(text) else text


def label(scheme: str, code: str, labels: Mapping[tuple[str, str], str]) -> str:
    """The label of a code of the vocabulary."""
    return labels.get((scheme, code)) or code_label(code)


def enum_label(field: str, code: str) -> str:
    """The label of a code that belongs to the program, not to the vocabulary."""
    return _ENUM_LABELS.get(field, {}).get(code) or code_label(code)


def name_controls(text: str) -> str:
    """Replace control characters by their code points, such as [U+202E]."""
    if text.isprintable():
        return text
    return CONTROL_CHARACTERS.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def format_number(value: float | None) -> str:
    """Group thousands by narrow no-break spaces: commas and points mean different things abroad."""
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")
    integer, point, fraction = f"{value:.15g}".partition(".")
    if "e" in integer or "e" in fraction:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{int(integer):,}".replace(",", "\u202f") + point + fraction


def qualifier_label(qualifier: str) -> str:
    return enum_label("qualifier", qualifier)


def _bounds_text(figure: Mapping[str, Any]) -> str:
    """The range that the qualifier gives: “more than 28 473”; empty without a bound."""
    bound = figure["bound"]
    if bound == "both":
        return f"from {format_number(figure['lower'])} to {format_number(figure['upper'])}"
    if bound in _BOUND_PHRASES:
        limit = figure["lower"] if bound in ("gt", "ge") else figure["upper"]
        return f"{_BOUND_PHRASES[bound]} {format_number(limit)}"
    return ""


def measure_text(figure: Mapping[str, Any], unit: str) -> str:
    """Qualifier, range and unit of a number: “over · more than 28 473 · people”."""
    value = _bounds_text(figure) or format_number(figure["value"])
    qualifier = qualifier_label(figure["qualifier"])
    if value.startswith(qualifier):
        qualifier = ""
    return " · ".join(part for part in (qualifier, value, unit) if part)


def status_text(status: str) -> str:
    """What the source calls a number, e.g. a forecast."""
    return f"{code_label(status)}, as the source calls it"


PARTIES = {
    "sources": "Two sources differ",
    "speakers": "Two speakers in one source differ",
    "same_origin": "Two figures of one source differ",
}
"""Between whom a disagreement is, the same for all: no winner is picked."""


def point_as_written(series: Mapping[str, Any], figure: str) -> str:
    """The number of a figure in a series, as its source writes it; its id, if it is not shown."""
    written = (point["as_written"] for point in series["points"] if point["figure"] == figure)
    return str(next(written, figure))
