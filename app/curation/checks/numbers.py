"""Numbers: their form, and their proof in the words of the source."""

from collections.abc import Iterator
from decimal import Decimal

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.lookalikes import like, printed
from app.curation.number_reader import read_number
from app.curation.seeds import Seeds, walk

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
        quotes = [quote.seed.quote for quote in walk(entry, s.QuoteSeed)]
        if not any(entry.seed.as_written in quote for quote in quotes):
            message = (
                f"Write as_written as a quote has it: {printed(entry.seed.as_written)} is in none"
                f" of the figure's quotes{like(entry.seed.as_written, quotes)}"
            )
            yield entry.finding("number-is-quoted", message, "as_written")


def value_matches_the_words(seeds: Seeds) -> Iterator[Finding]:
    """The numeral in `as_written` is the value: a wrong digit is the most harmful mistake."""
    for article in seeds.articles:
        english = article.is_english
        for entry in article.entries("figures"):
            figure: s.FigureSeed = entry.seed
            numbers = read_number(figure.as_written, english=english).numbers
            expected = [number for _, number in _numbers(figure)]
            if not numbers and not english:
                continue  # number words of another language: what they say cannot be read by us
            if figure.qualifier == "unquantified":
                if numbers:
                    yield entry.finding(
                        "value-matches-the-words",
                        f"Give the number as value: “{figure.as_written}” has one",
                        "qualifier",
                    )
                continue
            fits = len(numbers) == len(expected) and all(
                Decimal(str(number)) in readings
                for number, readings in zip(expected, numbers, strict=True)
            )
            if not fits:
                read_values = (
                    ", ".join(_format_readings(readings) for readings in numbers) or "no number"
                )
                seed_values = ", ".join(str(number) for number in expected) or "none"
                message = f"Write {read_values}: “{figure.as_written}” does not say {seed_values}"
                yield entry.finding("value-matches-the-words", message, "value")


def _format_readings(readings: frozenset[Decimal]) -> str:
    return (
        " or ".join(f"{number.normalize():f}" for number in sorted(readings))
        or "an unreadable number"
    )


def qualifier_matches_the_words(seeds: Seeds) -> Iterator[Finding]:
    """The words “over”, “at least”, “nearly” in `as_written` are the qualifier, and the reverse.

    Without the qualifier a lower bound would be read as a count.
    """
    for article in seeds.articles:
        if not article.is_english:
            continue
        for entry in article.entries("figures"):
            qualifier_read = read_number(entry.seed.as_written).qualifier or "none_stated"
            if qualifier_read != entry.seed.qualifier:
                message = (
                    f"Write qualifier: {qualifier_read}, or all words that belong to the number:"
                    f" “{entry.seed.as_written}” does not say {entry.seed.qualifier}"
                )
                yield entry.finding("qualifier-matches-the-words", message, "qualifier")


def _numbers(figure: s.FigureSeed) -> Iterator[tuple[str, int | float]]:
    for name in ("value", "lower", "upper"):
        number = getattr(figure, name)
        if number is not None:
            yield name, number
