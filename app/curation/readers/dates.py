"""Dates as texts write them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class DateReading:
    """One meaning of a date expression, the words `text[start:end]`.

    `edtf` is None for words that look like a date and cannot be read.
    """

    start: int
    end: int
    edtf: str | None
    basis: Literal["stated", "inferred"] = "stated"
    note: str = ""
    is_approximate: bool = False


def read_dates(text: str, language: str, published: date | None) -> tuple[DateReading, ...]:
    """Return all meanings of all date expressions in a text."""
    raise NotImplementedError(text, language, published)
