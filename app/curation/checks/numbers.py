"""Numbers: their form, and their proof in the words of the source."""

import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from babel.numbers import get_currency_symbol

from app.curation import schema as s
from app.curation.figure_words import FigureWords, fits, noted_number
from app.curation.files import Finding
from app.curation.lookalikes import like, printed
from app.curation.quotes import Lock
from app.curation.readers.numbers import Reading, fall_beside
from app.curation.seeds import Entry, Seeds

MAX_SIGNIFICANT_DIGITS = 15
MAX_EXACT_NUMBER = 10**22


def numbers_are_exact(seeds: Seeds) -> Iterator[Finding]:
    """A number has at most 15 significant digits, which a double-precision number preserves."""
    for entry in seeds.all_of("figures"):
        for name, number in _numbers(entry.seed):
            digits = Decimal(str(number)).normalize().as_tuple().digits
            if len(digits) > MAX_SIGNIFICANT_DIGITS or abs(number) > MAX_EXACT_NUMBER:
                message = (
                    f"Write fewer digits, or use a larger unit: {number} has more than"
                    f" {MAX_SIGNIFICANT_DIGITS} significant digits or is too large"
                )
                yield entry.finding("numbers-are-exact", message, name)


def qualifier_fits_value(seeds: Seeds) -> Iterator[Finding]:
    """Bounds follow from the qualifier; a curator writes `lower` and `upper` only for “between”."""
    for entry in seeds.all_of("figures"):
        figure: s.FigureSeed = entry.seed
        has = {name for name, _ in _numbers(figure)}
        if figure.qualifier == "between":
            if has != {"lower", "upper"}:
                yield entry.finding(
                    "qualifier-fits-value",
                    "Write lower and upper, and no value: the qualifier is “between”",
                    "qualifier",
                )
            elif (
                figure.lower is not None
                and figure.upper is not None
                and figure.lower >= figure.upper
            ):
                yield entry.finding(
                    "qualifier-fits-value",
                    f"Exchange or correct lower {figure.lower} and upper {figure.upper}",
                    "lower",
                )
        elif figure.qualifier == "unquantified":
            if has:
                message = f"Delete {', '.join(sorted(has))}: “{figure.as_written}” gives no number"
                yield entry.finding("qualifier-fits-value", message, "qualifier")
        elif has != {"value"}:
            message = (
                f"Write a value, and nothing but a value: the bounds of “{figure.qualifier}” follow"
                " from it"
            )
            yield entry.finding("qualifier-fits-value", message, "qualifier")


def number_is_quoted(seeds: Seeds) -> Iterator[Finding]:
    """The number occurs in a quote of the figure exactly as in `as_written`; otherwise it is
    unproved.
    """
    for entry in seeds.all_of("figures"):
        quotes = [quote.seed.quote for quote in entry.quotes]
        if not any(entry.seed.as_written in quote for quote in quotes):
            message = (
                f"Write as_written as a quote has it: {printed(entry.seed.as_written)} is in none"
                f" of the figure's quotes{like(entry.seed.as_written, quotes)}"
            )
            yield entry.finding("number-is-quoted", message, "as_written")


def number_is_whole(seeds: Seeds) -> Iterator[Finding]:
    """`as_written` has the whole number expression: qualifier, sign, numeral, scale and unit sign.

    A part of it would say something else: “1.2” of “1.2 million”.
    """
    for entry, words in _unproved(seeds):
        fault = (
            "stops short of it"
            if not words.is_whole
            else f"reaches into another number, “{words.others[0]}”"
            if words.others
            else ""
        )
        if fault:
            message = (
                f"Write “{words.expression}”, the whole number expression:"
                f" “{entry.seed.as_written}” {fault}{_or_a_note(entry, words)}"
            )
            yield entry.finding("number-is-whole", message, "as_written")


def value_matches_the_words(seeds: Seeds) -> Iterator[Finding]:
    """The numeral in `as_written` is the value: a wrong digit is the most harmful mistake."""
    for entry, words in _unproved(seeds):
        readings = words.reading.readings
        if words.is_exact and words.reading.is_read and not _same_numbers(readings, entry.seed):
            read = " or ".join(dict.fromkeys(map(_keys, readings)))
            message = f"Write “{read}”, as “{words.expression}” says, not “{_keys(entry.seed)}”"
            if words.supports_with_a_note(entry.seed):
                message = (
                    f"Add “reading:” and say how the words make it “{_keys(entry.seed)}”, or write"
                    f" “{read}”, as “{words.expression}” says"
                )
            yield entry.finding("value-matches-the-words", message, "value")


def falls_are_negative(seeds: Seeds) -> Iterator[Finding]:
    """In a series of changes (`change_of_…`, `growth_of_…`) a fall is negative: “fell 4%” is −4."""
    measures = {series.seed.id: series.seed.measure for series in seeds.series}
    for article in seeds.articles:
        for entry in article.entries("figures"):
            figure: s.FigureSeed = entry.seed
            words = article.figure_words.get(figure.id)
            is_change = measures.get(figure.series, "").startswith(("change_of_", "growth_of_"))
            if words is None or not is_change or not (figure.value or figure.lower or 0) > 0:
                continue
            fall = fall_beside(words.text, words.start, words.end, article.language)
            if fall is not None:
                message = (
                    f"Write a negative number, as_written: “{fall}” and a “reading:”: the words say"
                    " a fall"
                )
                yield entry.finding("falls-are-negative", message, "value")


def qualifier_matches_the_words(seeds: Seeds) -> Iterator[Finding]:
    """The words “over”, “at least”, “nearly” in `as_written` are the qualifier, and the reverse.

    Without the qualifier a lower bound would be read as a count.
    """
    for entry, words in _unproved(seeds):
        same = _same_numbers(words.reading.readings, entry.seed)
        if words.is_exact and words.reading.is_read and same and not fits(same, entry.seed):
            names = " or ".join(dict.fromkeys(str(reading.qualifier) for reading in same))
            message = (
                f"Write “qualifier: {names}”, as “{words.expression}” says, not"
                f" “{entry.seed.qualifier}”{_or_a_note(entry, words)}"
            )
            yield entry.finding("qualifier-matches-the-words", message, "qualifier")


def readings_have_a_note(seeds: Seeds) -> Iterator[Finding]:
    """A number that cannot be read, or in more than one way, has the curator's `reading` note,
    which becomes a caveat; any other has none.
    """
    for entry, words in _unproved(seeds):
        reading = words.reading
        if words.supports_with_a_note(entry.seed) and not (
            reading.is_read and not reading.is_ambiguous
        ):
            fault = "can be read in more than one way" if reading.is_read else "cannot be read"
            rest = f" ({', '.join(reading.leftover)})" if reading.leftover else ""
            message = (
                f"Add “reading:” and say how you read “{words.expression}”, which {fault}{rest}"
            )
            yield entry.finding("readings-have-a-note", message, "as_written")
    for article in seeds.articles:
        not_read = article.lock.not_read if article.lock else ()
        for figure in article.entries("figures"):
            has_note = figure.seed.reading is not None and noted_number(figure.seed) not in not_read
            found = article.figure_words.get(figure.seed.id)
            if has_note and found is not None and found.proves(figure.seed):
                message = f"Remove “reading”: “{found.expression}” is read without it"
                yield figure.finding("readings-have-a-note", message, "reading")


def unit_matches_the_sign(seeds: Seeds) -> Iterator[Finding]:
    """The sign in the number, “$” or “%”, is not that of another unit than the series has."""
    units = {series.seed.id: series.seed.unit for series in seeds.series}
    for article in seeds.articles:
        for entry in article.entries("figures"):
            words, unit = article.figure_words.get(entry.seed.id), units.get(entry.seed.series, "")
            signs = {reading.unit_sign for reading in words.reading.readings} if words else set()
            for sign in sorted(sign for sign in signs if _is_another_unit(sign, unit)):
                message = (
                    f"Choose a series whose unit is that of “{sign}”: the series"
                    f" “{entry.seed.series}” is in {unit}"
                )
                yield entry.finding("unit-matches-the-sign", message, "series")


def _is_another_unit(sign: str, unit: str) -> bool:
    is_currency = len(unit) == 3 and unit.isupper()
    if sign in ("%", "٪"):
        return is_currency
    if unicodedata.category((sign or " ")[0]) != "Sc":
        return False
    symbol = get_currency_symbol(unit, locale="en") if is_currency else unit
    return unit in ("percent", "fraction") or (symbol != unit and sign not in symbol)


def _unproved(seeds: Seeds) -> Iterator[tuple[Entry[s.FigureSeed], FigureWords]]:
    """Yield the figures whose words neither say the number nor leave it to the curator."""
    for article in seeds.articles:
        for entry in article.entries("figures"):
            words = article.figure_words.get(entry.seed.id)
            if words is not None and not _is_proved(words, entry.seed, article.lock):
                yield entry, words


def _is_proved(words: FigureWords, figure: s.FigureSeed, lock: Lock | None) -> bool:
    """Whether the words say the number, or the figure's note decides.

    A note decides too where the lock says that the number could not be read: a better reader
    changes no record.
    """
    if words.proves(figure):
        return True
    was_not_read = lock is not None and noted_number(figure) in lock.not_read
    return figure.reading is not None and (was_not_read or words.supports_with_a_note(figure))


def _or_a_note(entry: Entry[s.FigureSeed], words: FigureWords) -> str:
    allowed = words.supports_with_a_note(entry.seed)
    return "; if it does not, add “reading:” and say why" if allowed else ""


def _same_numbers(readings: tuple[Reading, ...], figure: s.FigureSeed) -> tuple[Reading, ...]:
    return tuple(reading for reading in readings if _keys(reading) == _keys(figure))


def _keys(numbers: s.FigureSeed | Reading) -> str:
    """Return the numbers as they stand in a seed file: “lower: 2, upper: 3”."""
    given = {name: getattr(numbers, name) for name in ("value", "lower", "upper")}
    return (
        ", ".join(
            f"{name}: {Decimal(str(number)).normalize():f}"
            for name, number in given.items()
            if number is not None
        )
        or "no value"
    )


def _numbers(figure: s.FigureSeed) -> Iterator[tuple[str, int | float]]:
    for name in ("value", "lower", "upper"):
        number = getattr(figure, name)
        if number is not None:
            yield name, number
