"""Numbers as texts write them: a small grammar, read from left to right.

An expression is a qualifier, an amount (or a range or ratio of two), and a qualifier after it: the
longest that fits. What looks like a part of it and cannot be read is left over: then the number is
not read.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from itertools import product
from typing import cast

from app.curation.readers.amounts import ONE, Amount, amount, amounts, collective, may_begin
from app.curation.readers.number_tokens import DASHES, Tokens
from app.curation.readers.number_words import SYMBOLS, Language, language
from app.vocabulary import Qualifier

_SIGNIFICANT = Context(prec=15)
_NEARBY = 70
"""How many characters on each side of a place can belong to its number expression."""
_TOKENS_BEFORE = 10
_RATIO_WHOLES = frozenset(map(Decimal, (*range(2, 11), 12, 20, 25, 50, 100, 1000, 10000)))
_BOUNDING = frozenset({"over", "at_least", "under", "nearly", "at_most"})
# Qualifiers that are prepositions too: “a report about 12 bridges”.
_PREPOSITIONS = frozenset(
    "about over around above below under near beyond vers sur sous sobre hasta uber unter um gegen"
    " gut ate فوق دون تحت حتى نحو".split()
)


@dataclass(frozen=True)
class Reading:
    """One meaning of a number expression. A range has `lower` and `upper` and no `value`.

    `qualifier` is None where those of the language are not known.
    """

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    qualifier: Qualifier | None
    unit_sign: str = ""

    @property
    def numbers(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        return self.value, self.lower, self.upper


UNQUANTIFIED = Reading(None, None, None, "unquantified")


@dataclass(frozen=True)
class NumberReading:
    """The number expression around a place in a text and everything that it can mean."""

    expression: tuple[int, int]
    numeral: tuple[int, int]
    """The expression without a preposition before it, which need not belong to the number."""
    readings: tuple[Reading, ...] = ()
    leftover: tuple[str, ...] = ()
    """Words in it that look like parts of a number and could not be read."""
    with_note: tuple[Reading, ...] = ()
    """Readings that the words only allow: “(12)” may be −12."""
    others: tuple[tuple[int, int], ...] = ()
    """The other number expressions that the place overlaps."""

    @property
    def is_read(self) -> bool:
        return bool(self.readings) and not self.leftover

    @property
    def is_ambiguous(self) -> bool:
        """Whether it can be more than one number."""
        return len({reading.numbers for reading in self.readings}) > 1


def read_number(text: str, start: int, end: int, tag: str) -> NumberReading:
    """Read the number expression around `text[start:end]` in the language of that tag."""
    first = max(0, start - _NEARBY)
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    nearby, place = text[first : end + _NEARBY], (start - first, end - first)
    tokens = Tokens(nearby, language(tag))
    overlapping = [
        expression for expression in _expressions(tokens, *place) if place[0] < expression.extent[1]
    ]
    if not overlapping:
        return NumberReading((start, end), (start, end))
    best, *others = [item for item in overlapping if not item.is_weak] or overlapping[:1]
    with_note = best.with_note
    if _may_be_negative(nearby, best, place, tokens.language):
        negative = (replace(r, value=-r.value) for r in best.readings if r.value is not None)
        with_note += tuple(negative)
    return NumberReading(
        expression=(best.start + first, best.end + first),
        numeral=(best.numeral + first, best.end + first),
        readings=best.readings,
        leftover=best.leftover,
        with_note=with_note,
        others=tuple((other.start + first, other.end + first) for other in others),
    )


def _may_be_negative(
    text: str, expression: "_Expression", place: tuple[int, int], tables: Language
) -> bool:
    """Whether `as_written` has the parentheses in which tables put negative numbers, or words as
    “fell by” or “lower” beside the number.
    """
    before, after = text[place[0] : expression.start], text[expression.end : place[1]]
    stems = tuple(tables.words.get("down", ()))
    return (before.endswith("(") and after.startswith(")")) or any(
        tables.key(word).startswith(stems) for word in (*before.split(), *after.split())
    )


_BEFORE_A_CHANGE = frozenset("by a another further de un um en em por".split())


def fall_beside(text: str, start: int, end: int, tag: str) -> str | None:
    """Return the words of `text[start:end]` with one beside it that makes a change a fall: “fell
    4%”, “4% lower”; None if there is none.
    """
    tables = language(tag)
    stems = tuple(stem for stem in tables.words.get("down", ()) if stem != "less")
    before = list(re.finditer(r"\w+", text[:start][-_NEARBY:]))
    while before and tables.key(before[-1].group()) in _BEFORE_A_CHANGE:
        before.pop()
    if before and tables.key(before[-1].group()).startswith(stems):
        return text[max(0, start - _NEARBY) + before[-1].start() : end]
    after = re.match(r"\s+(\w+)", text[end:])
    if after is not None and tables.key(after[1]).startswith(stems):
        return text[start : end + after.end()]
    return None


# ------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True)
class _Expression:
    start: int
    end: int
    extent: tuple[int, int]
    """The expression with the rest of a rate: 12.3 per 100,000."""
    numeral: int
    readings: tuple[Reading, ...]
    leftover: tuple[str, ...]
    with_note: tuple[Reading, ...] = ()
    is_weak: bool = False
    """An article, which is a number only where there is no other."""


@dataclass(frozen=True)
class _Match:
    """What a rule matches, up to token `after`; a rate goes on up to `extent`."""

    after: int
    readings: tuple[Reading, ...] = ()
    leftover: tuple[str, ...] = ()
    extent: int = 0


def _expressions(tokens: Tokens, start: int, end: int) -> Iterator[_Expression]:
    """Yield the expressions that begin shortly before a place, or in it."""
    index, last = max(0, tokens.at(start) - _TOKENS_BEFORE), tokens.at(end - 1)
    while index <= last and index < len(tokens):
        parsed = _expression(tokens, index) if may_begin(tokens, index) else None
        if parsed is None:
            index += 1
            continue
        expression, after = parsed
        yield expression
        index = max(index + 1, after)
        comparison = tokens.phrase(tokens.language.qualifiers, index)
        is_compared = any(reading.value is not None for reading in expression.readings)
        if is_compared and comparison and comparison[0] in ("over", "under"):
            index = max(index, comparison[1] - 1)  # “two fewer than four years ago”


def _expression(tokens: Tokens, index: int) -> tuple[_Expression, int] | None:
    qualified = _qualified_quantity(tokens, index, ())
    if qualified is not None:
        start, match = qualified
        has_article = start > index and tokens.skip("articles", index) == index + 1
        expression = _expression_of(tokens, index + has_article, match)  # “a minimum of 50”
        if 0 < start - index <= 2 and tokens[start - 1].key in _PREPOSITIONS:
            plain = (
                replace(r, qualifier="none_stated")
                for r in expression.readings
                if r.value is not None
            )
            expression = replace(expression, with_note=tuple(plain), numeral=tokens[start].start)
        return expression, max(match.after, match.extent)
    if tokens.skip("one", index) is None:
        return None
    one = _expression_of(tokens, index, _Match(index + 1, (_value(ONE, "none_stated"),)))
    return replace(one, is_weak=True), index + 1


def _qualified_quantity(
    tokens: Tokens, index: int, qualifiers: tuple[str, ...]
) -> tuple[int, _Match] | None:
    """Find a quantity with the qualifiers before it; returns where it begins.

    Words as “another” may stand after a qualifier: at least another 12.
    """
    phrase = tokens.phrase(tokens.language.qualifiers, index)
    if tokens[index].text in SYMBOLS:
        phrase = SYMBOLS[tokens[index].text], index + 1
    if phrase is not None:
        qualified = _qualified_quantity(tokens, phrase[1], (*qualifiers, phrase[0]))
        if qualified is not None:
            return qualified
    match = _between(tokens, index) or _quantity(tokens, index, qualifiers)
    if match is not None:
        return index, match
    after = tokens.skip("another", index) if qualifiers else None
    return None if after is None else _qualified_quantity(tokens, after, qualifiers)


def _expression_of(tokens: Tokens, index: int, match: _Match) -> _Expression:
    start, end = tokens[index].start, tokens[match.after - 1].end
    return _Expression(
        start,
        end,
        (start, max(end, tokens[match.extent - 1].end)),
        start,
        tuple(dict.fromkeys(match.readings)),
        match.leftover,
    )


def _value(value: Decimal, qualifier: str | None, unit_sign: str = "") -> Reading:
    return Reading(_exact(value), None, None, cast("Qualifier | None", qualifier), unit_sign)


def _exact(value: Decimal) -> Decimal:
    return _SIGNIFICANT.plus(value)


# -------------------------------------------------------------------------------------- qualifiers


def _qualifiers_after(tokens: Tokens, index: int) -> tuple[tuple[str, ...], int]:
    qualifiers: list[str] = []
    table = tokens.language.afterwards
    while True:
        match = tokens.phrase(table, index)
        if match is None:  # “500 people, or more”
            at = index + (tokens[index].kind == "word")
            at += tokens[at].key == ","
            match = tokens.phrase(table, at) if tokens.skip("or", at) else None
        if tokens[index].text == "+" and tokens[index].is_glued:
            match = "at_least", index + 1
        if match is None:
            return tuple(qualifiers), index
        qualifiers.append(match[0])
        index = match[1]


def _qualified(
    tokens: Tokens, index: int, before: tuple[str, ...], default: str = ""
) -> tuple[int, tuple[str | None, ...], tuple[str, ...]]:
    """Join the qualifiers before and after a number: of two the one that bounds wins.

    Returns the index after them, the qualifiers that can be meant, and what could not be read.
    """
    following, after = _qualifiers_after(tokens, index)
    names = [name for name in (*before, *following) if name != "blocks"]
    if not names and not tokens.language.reads_qualifiers:
        return after, (None,), ()
    bounding = list(dict.fromkeys(name for name in names if _BOUNDING & set(name.split())))
    if "unclear" in names or len(bounding) > 1:
        return after, (), ("the words about the number",)
    return after, tuple([*bounding, *names, default or "none_stated"][0].split()), ()


# ------------------------------------------------------------------------------------------- rules


def _quantity(tokens: Tokens, index: int, qualifiers: tuple[str, ...]) -> _Match | None:
    token = tokens[index]
    match = tokens.phrase(tokens.language.unquantified, index)
    if match is not None and collective(tokens, index) is None:
        return _Match(_end_of_unquantified(tokens, match[1]), (UNQUANTIFIED,))
    zero = tokens.skip("zero", index)
    if zero is not None and not qualifiers:
        return _Match(zero, (_value(Decimal(0), "none_stated"),))
    if token.kind == "code":
        return _Match(index + 1, leftover=(token.text,))
    if (after := _end_of_unreadable(tokens, index)) > index:
        return _Match(after, leftover=tokens.texts(index, after))
    first = amount(tokens, index)
    if first is None:
        one = tokens.skip("one", index)
        return _ratio(tokens, Amount((ONE,), index, one), qualifiers) if one is not None else None
    for rule in _RULES:
        if (applied := rule(tokens, first, qualifiers)) is not None:
            return applied
    return _single(tokens, first, qualifiers)


def _end_of_unquantified(tokens: Tokens, index: int) -> int:
    """Return the end of “hundreds of thousands”, “a couple of hundred”."""
    while True:
        of = tokens.skip("of", index) or index
        match = tokens.phrase(tokens.language.unquantified, of)
        scale = next((at for at in (of, index) if tokens.is_scale(at) and tokens[at].key[1:]), None)
        if match is not None:
            index = match[1]
        elif scale is not None:
            index = scale + 1
        else:
            return index


def _end_of_unreadable(tokens: Tokens, index: int) -> int:
    """Return the end of a number in words that is known as such, but cannot be read."""
    at = index
    while tokens[at].key in tokens.language.unreadable or (at > index and tokens.is_scale(at)):
        at += 1
    return at


def _single(tokens: Tokens, only: Amount, qualifiers: tuple[str, ...]) -> _Match:
    after, names, leftover = _qualified(tokens, only.after, qualifiers, only.qualifier)
    readings = (_value(v, name, only.unit_sign) for v, name in product(only.values, names))
    per = tokens.skip("per", after)
    if per is None and tokens[after].kind == "word":
        per = tokens.skip("per", after + 1)  # “12 deaths per 1,000”
    rate = amount(tokens, per) if per is not None else None
    is_rate = rate is not None and rate.values and str(rate.values[0]).rstrip("0") == "1"
    extent = rate.after if rate is not None and is_rate else 0
    return _Match(after, tuple(readings), only.leftover + leftover, extent)


def _ratio(tokens: Tokens, top: Amount, qualifiers: tuple[str, ...]) -> _Match | None:
    """“One in five”, “un habitant sur cinq”."""
    if len(top.values) != 1 or top.unit_sign or top.scale > 1 or top.is_fraction:
        return None
    at = top.after
    while (joint := tokens.skip("ratio", at)) is None:
        if tokens.language.code != "fr" or at > top.after + 1 or tokens[at].kind != "word":
            return None
        at += 1
    bottom = amount(tokens, joint)
    if bottom is None or bottom.unit_sign or not _RATIO_WHOLES & set(bottom.values):
        return None
    if not 0 < top.values[0] < bottom.values[0] or tokens.skip("time", bottom.after):
        return None
    after, names, leftover = _qualified(tokens, bottom.after, qualifiers)
    share = top.values[0] / bottom.values[0]
    return _Match(after, tuple(_value(share, name) for name in names), leftover)


def _decade(tokens: Tokens, first: Amount, _: tuple[str, ...]) -> _Match | None:
    """“100s of letters” is no number, “the 1990s” is no count."""
    suffix = tokens[first.after]
    if not first.is_in_digits or suffix.key != "s" or not suffix.is_glued:
        return None
    digits = tokens[first.after - 1].text
    if digits.rstrip("0") == "1" and digits != "1":
        return _Match(first.after + 1, (UNQUANTIFIED,))
    return _Match(first.after + 1, leftover=(f"{digits}s",))


def _date(tokens: Tokens, first: Amount, _: tuple[str, ...]) -> _Match | None:
    """A year or the day of a month is no count."""
    token, months = tokens[first.after - 1], tokens.language.months
    if token.kind != "digits" or first.after - first.first != 1 or not first.values:
        return None
    before = tokens[first.first - (2 if tokens[first.first - 1].key == "de" else 1)].key
    following = first.after + (tokens[first.after].key == ".")
    following = tokens.skip("of", following) or following
    is_year = token.text.isdecimal() and len(token.text) == 4 and 1000 < first.values[0] < 2200
    is_day = first.values[0] <= 31 and (before in months or tokens[following].key in months)
    if is_day or (
        is_year and (before in months or tokens.skip("years", first.first - 1) == first.first)
    ):
        return _Match(first.after, leftover=(token.text,))
    return None


_Rule = Callable[[Tokens, Amount, tuple[str, ...]], _Match | None]


# ------------------------------------------------------------------------------------------ ranges


def _between(tokens: Tokens, index: int) -> _Match | None:
    """“Between one hundred and two hundred”: of all ways to divide the words, the longest."""
    start = tokens.skip("between", index)
    if start is None:
        return None
    ranges = [
        _Match(second.after, readings)
        for first in amounts(tokens, tokens.skip("another", start) or start)
        for second in _after_and(tokens, first.after)
        if (readings := _range(first, second))
    ]
    return max(ranges, key=lambda item: item.after, default=None)


def _after_and(tokens: Tokens, index: int) -> Iterator[Amount]:
    """Yield the amount after “and”, which may follow up to two words: between 3 metres and 5."""
    for at in range(index, index + 3):
        joint = tokens.skip("and", at)
        if joint is not None:
            second = amount(tokens, tokens.skip("another", joint) or joint)
            if second is not None:
                yield second
            return
        if tokens[at].kind != "word":
            return


def _a_range(tokens: Tokens, first: Amount, _: tuple[str, ...]) -> _Match | None:
    """“2 to 3 million”, “12–15”, “two or three”; not “rose from 12 to 15”."""
    for at in (first.after, first.after + 1):  # a unit may stand between: “3 metres to 5 metres”
        if at > first.after and (tokens[first.after].kind != "word" or not first.is_in_digits):
            return None
        joint, is_or = _joint(tokens, at)
        second = amount(tokens, joint) if joint is not None else None
        if second is None or (at > first.after and second.scale != first.scale):
            continue
        readings = _range(first, second)
        is_far = is_or and readings and second.values[0] > 3 * first.values[0]
        if not readings or is_far or _is_change(tokens, first.first):
            return None
        _, after = _qualifiers_after(tokens, second.after)
        return _Match(after, readings, first.leftover + second.leftover)
    return None


def _joint(tokens: Tokens, index: int) -> tuple[int | None, bool]:
    """Return the index after what joins the ends of a range, and whether it is “or”."""
    if tokens[index].text in DASHES and tokens[index].text:
        suspended = tokens.skip("range", index + 1)
        if suspended is not None:
            return suspended, False  # “a 10- to 12-member panel”
        is_sign = not tokens[index].is_glued and tokens[index + 1].is_glued
        return (None if is_sign else index + 1), False
    joint = tokens.skip("range", index)
    return (joint, False) if joint is not None else (tokens.skip("or", index), True)


def _is_change(tokens: Tokens, index: int) -> bool:
    """Whether the amounts from this token on are those of a change: rose from 12 to 15."""
    if tokens.skip("from", index - 1) != index:
        return False
    stems = tuple(tokens.language.words["change"])
    return any(tokens[at].key.startswith(stems) for at in range(index - 5, index - 1))


def _range(first: Amount, second: Amount) -> tuple[Reading, ...]:
    """Return the readings of two amounts as a range; the scale of the second may be that of both.

    “20-30,000” has two.
    """
    ranges = []
    if first.unit_sign == "%" != second.unit_sign:
        return ()  # “fell 3% to 14,205”
    for low, high in product(first.values, second.values):
        shared = low * second.scale
        if first.scale == 1 < second.scale and shared < high:
            ranges.append((shared, high))
        elif low < high:
            ranges.append((low, high))
            are_plain = first.is_in_digits and second.is_in_digits and second.scale == 1
            if are_plain and high % 1000 == 0 and 0 < low < 1000 and low * 1000 < high:
                ranges.append((low * 1000, high))
    unit_sign = second.unit_sign or first.unit_sign
    return tuple(
        Reading(None, _exact(low), _exact(high), "between", unit_sign) for low, high in ranges
    )


_RULES: tuple[_Rule, ...] = (_ratio, _decade, _date, _a_range)
