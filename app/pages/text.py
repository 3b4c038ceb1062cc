"""Values as people read them. What the source wrote is shown as it is, and can do no harm."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from app.presentation.sentences import edtf_in_words

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ISO = re.compile(r"\b([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?\b")
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
"""What nobody sees and what turns the direction of other words round. (Marks that only say where a word runs stay.)"""
BOUNDS = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}


@lru_cache(maxsize=4096)
def long_date(edtf: str) -> str:
    """A date in EDTF, written out: 7 October 2023 to 14 February 2024."""
    return _ISO.sub(_day, edtf_in_words(edtf))


def _day(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    written = f"{_MONTHS[int(month) - 1]} {int(year)}"
    return f"{int(day)} {written}" if day else written


def label(name: str) -> str:
    """The name of a field as it reads: `as_of` is “as of”."""
    return name.replace("_", " ")


def said(text: str) -> str:
    """A code as it reads; anything else as it is."""
    return text.replace("_", " ") if "_" in text and _CODE.fullmatch(text) else text


def seen(text: str) -> str:
    """Words as markup: every sign that could hide or turn words round stands there by its name."""
    shown = escape(text)
    # None of those signs is printable; most texts are, which is soon seen.
    return shown if text.isprintable() else _UNSEEN.sub(_named, shown)


def bare(text: str) -> str:
    """Words without those signs, for where there can be no markup."""
    return text if text.isprintable() else _UNSEEN.sub("\ufffd", text)


def in_data(json: str) -> str:
    """JSON for an element of the page: nothing in it can end that, or turn its source text round."""
    shown = (
        json if json.isprintable() else _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json)
    )
    return shown.replace("<", "\\u003c")


def unseen_named(text: str) -> str:
    """Words with those signs by their names, where there can be no markup."""
    return (
        text if text.isprintable() else _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
    )


def _named(found: re.Match[str]) -> str:
    return f'<span class="sign">U+{ord(found[0]):04X}</span>'


def is_web(address: str) -> bool:
    """Whether an address may become a link: one of the web, and no program."""
    return "://" in address and address[:8].lower().startswith(("https://", "http://"))


def number_of(value: float | None) -> str:
    """With thin gaps between thousands, as no comma or point is read alike everywhere."""
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")
    whole, point, rest = f"{value:.15g}".partition(".")
    if "e" in whole or "e" in rest:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{int(whole):,}".replace(",", "\u202f") + point + rest


def bounds(figure: Mapping[str, Any]) -> str:
    """What the qualifier says of the number: “more than 28 473”; empty where it says nothing."""
    bound = figure["bound"]
    if bound == "both":
        return f"from {number_of(figure['lower'])} to {number_of(figure['upper'])}"
    if bound in BOUNDS:
        return f"{BOUNDS[bound]} {number_of(figure['lower'] if bound in ('gt', 'ge') else figure['upper'])}"
    return ""


def measure(figure: Mapping[str, Any]) -> str:
    """What qualifier and unit say of a number: “over · more than 28 473 · person”."""
    value = bounds(figure) or number_of(figure["value"])
    qualifier = (
        "no qualifier"
        if figure["qualifier"] == "none_stated"
        else figure["qualifier"].replace("_", " ")
    )
    if value.startswith(qualifier):
        qualifier = ""
    return " · ".join(part for part in (qualifier, value, said(figure["unit"])) if part)


def telling(evidence: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The one quote that says most of what a record says: that of the number or of the whole, else the longest."""
    return max(
        evidence,
        key=lambda item: (not item["proves"] or "value" in item["proves"], len(item["exact"])),
    )


def written(series: Mapping[str, Any], figure: str) -> str:
    """A figure of a series as its source writes it."""
    return str(next(point["as_written"] for point in series["points"] if point["figure"] == figure))
