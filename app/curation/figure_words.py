"""What the words of a figure say: its number expression, found at the place of `as_written`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.curation import schema as s
from app.curation.quotes import occurrences
from app.curation.readers.numbers import NumberReading, Reading, read_number


@dataclass(frozen=True)
class FigureWords:
    """`as_written` at one place of the text (or of a quote), and the reading of its number."""

    text: str
    start: int
    end: int
    reading: NumberReading

    @property
    def expression(self) -> str:
        return self.text[slice(*self.reading.expression)]

    @property
    def is_whole(self) -> bool:
        """Whether `as_written` has all of the number expression."""
        return self._covers(self.reading.expression)

    @property
    def is_exact(self) -> bool:
        return self.is_whole and not self.others

    @property
    def others(self) -> tuple[str, ...]:
        """The other numbers that `as_written` reaches into."""
        return tuple(self.text[slice(*span)] for span in self.reading.others)

    def supports(self, figure: s.FigureSeed) -> bool:
        reading = self.reading
        return self.is_exact and reading.is_read and fits(reading.readings, figure)

    def proves(self, figure: s.FigureSeed) -> bool:
        return self.supports(figure) and not self.reading.is_ambiguous

    def supports_with_a_note(self, figure: s.FigureSeed) -> bool:
        """Whether a `reading` note can decide for the figure: for one of several readings, or for
        its own where the number could not be read.
        """
        reading = self.reading
        if self._covers(reading.numeral) and fits(reading.with_note, figure):
            return True
        if not self.is_exact or not reading.is_read:
            return self.is_exact
        return reading.is_ambiguous and fits(reading.readings, figure)

    def _covers(self, span: tuple[int, int]) -> bool:
        return self.start <= span[0] and span[1] <= self.end


def noted_number(figure: s.FigureSeed) -> str:
    """Return what a lock file keeps of a number that the curator read: “id: two fewer = -2”."""
    numbers = [n for n in (figure.value, figure.lower, figure.upper) if n is not None]
    said = " to ".join(map(str, numbers)) or "no number"
    return f"{figure.id}: {figure.as_written} = {said}, {figure.qualifier}"


def fits(readings: tuple[Reading, ...], figure: s.FigureSeed) -> bool:
    """Whether a figure has the numbers and the qualifier of one of the readings."""
    numbers = tuple(
        None if number is None else Decimal(str(number))
        for number in (figure.value, figure.lower, figure.upper)
    )
    return any(
        reading.numbers == numbers and reading.qualifier in (figure.qualifier, None)
        for reading in readings
    )


def read_figure(figure: s.FigureSeed, language: str, text: str | None) -> FigureWords | None:
    """Read the number of a figure where it occurs in the text, else in its quotes.

    Of several places the one that supports the figure; None if no quote has `as_written`.
    """
    best: FigureWords | None = None
    for words in _places(figure, language, text):
        if words.supports(figure):
            return words
        if best is None or (words.is_whole and not best.is_whole):
            best = words
    return best


def _places(figure: s.FigureSeed, language: str, text: str | None) -> Iterator[FigureWords]:
    for quote in figure.evidence:
        if not isinstance(quote, s.QuoteSeed):
            continue
        in_context = quote.prefix + quote.quote + quote.suffix
        at = -1 if text is None else text.find(in_context)
        context, at = (text, at) if text is not None and at >= 0 else (in_context, 0)
        at += len(quote.prefix)
        for offset in occurrences(quote.quote, figure.as_written):
            start, end = at + offset, at + offset + len(figure.as_written)
            yield FigureWords(context, start, end, read_number(context, start, end, language))
