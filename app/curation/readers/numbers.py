"""Numbers as texts write them."""

from dataclasses import dataclass
from decimal import Decimal

from app.vocabulary import Qualifier


@dataclass(frozen=True)
class Reading:
    """One meaning of a number expression. A range has `lower` and `upper` and no `value`."""

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    qualifier: Qualifier
    unit_sign: str = ""


@dataclass(frozen=True)
class NumberReading:
    """The number expression around a place in a text and everything that it can mean.

    `leftover`: words in it that look like parts of a number and could not be read.
    """

    expression: tuple[int, int]
    readings: tuple[Reading, ...]
    leftover: tuple[str, ...] = ()

    @property
    def is_read(self) -> bool:
        return bool(self.readings) and not self.leftover


def read_number(text: str, start: int, end: int, language: str) -> NumberReading:
    """Read the number expression around `text[start:end]`."""
    raise NotImplementedError(text, start, end, language)
