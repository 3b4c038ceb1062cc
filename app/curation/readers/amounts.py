"""Amounts: a numeral in digits or words with its sign, fraction, scale and unit sign."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from app.curation.readers.number_tokens import DASHES, Tokens, digit_values, fraction_value
from app.curation.readers.number_words import FOREIGN_SCALES, SYMBOLS

ONE = Decimal(1)
_OPENING = frozenset('([“"«‘')
_ORDINALS = frozenset("st nd rd th er ere eme e nde re º ª".split())
_LETTER_UNITS = frozenset("ghlcfwvjnas")
_UNIT_SIGNS = frozenset("%٪‰°")
# What follows “a third” where it is no ordinal: “a third were”, not “a third man”.
_VERB = re.compile("ed$|^(were|was|are|is|have|had|has|said|say|will|would|did|do|in|from|as|by)$")


@dataclass(frozen=True)
class Amount:
    """An amount from token `first` up to token `after`, with every value that it can have."""

    values: tuple[Decimal, ...]
    first: int
    after: int
    scale: Decimal = ONE
    unit_sign: str = ""
    qualifier: str = ""
    """Of a collective: “une trentaine” is about 30."""
    leftover: tuple[str, ...] = ()
    is_in_digits: bool = False
    is_fraction: bool = False


def amounts(tokens: Tokens, index: int) -> Iterator[Amount]:
    """Yield the amounts that begin at a token, the longest first."""
    is_negative, currency, at = _signs(tokens, index)
    is_bracketed = bool(currency) and tokens[at].text == "("  # “$(12) million”, as accounts have it
    for base in _bases(tokens, at + is_bracketed):
        if is_bracketed:
            if tokens[base.after].text != ")":
                continue
            base = replace(base, after=base.after + 1)
            is_negative = True
        amount = _with_scale(tokens, replace(base, first=index), currency)
        if is_negative:
            amount = replace(amount, values=tuple(-value for value in amount.values))
        yield amount


def amount(tokens: Tokens, index: int) -> Amount | None:
    return next(amounts(tokens, index), None)


# ------------------------------------------------------------------------------- before the numeral


def _signs(tokens: Tokens, index: int) -> tuple[bool, str, int]:
    """Read the signs before a numeral: whether it is negative, its currency, where it begins."""
    is_negative, currency, at = False, "", index
    while True:
        token, following = tokens[at], tokens[at + 1]
        precedes = following.kind in ("digits", "fraction") or tokens.is_currency(at + 1)
        opens = at > index or not token.is_glued or tokens[at - 1].key in _OPENING
        if token.text in DASHES and token.text and opens and following.is_glued and precedes:
            is_negative = True
        elif token.text == "+" and following.is_glued and precedes:
            pass
        elif tokens.is_currency(at) and not currency and _is_numeral(tokens, at + 1):
            currency = token.text
        elif tokens.skip("minus", at) and (precedes or tokens.cardinals(at + 1)):
            is_negative = True
        else:
            return is_negative, currency, at
        at += 1


def _is_numeral(tokens: Tokens, index: int) -> bool:
    kind = tokens[index].kind
    return kind in ("digits", "fraction", "sign") or bool(tokens.cardinals(index))


# ------------------------------------------------------------------------------------- the numeral


def _bases(tokens: Tokens, index: int) -> Iterator[Amount]:
    token, language = tokens[index], tokens.language
    if token.kind == "digits":
        values, after = digit_values(token.text, language), index + 1
        part = fraction_value(tokens[after].text) if tokens[after].kind == "fraction" else None
        if part is not None:
            values, after = tuple(value + part for value in values), after + 1
        yield Amount(values, index, after, is_in_digits=True)
    elif token.kind == "fraction":
        value = fraction_value(token.text)
        if value is not None:
            yield Amount((value,), index, index + 1, is_fraction=True)
    elif token.kind == "word":
        special = _fraction(tokens, index) or collective(tokens, index)
        if special is not None:
            yield special
            return
        if token.key in language.amounts:
            yield Amount((language.amounts[token.key],), index, index + 1)
        for value, after in tokens.cardinals(index):
            yield Amount((value,), index, after, scale=_last_scale(tokens, index, after))
        one = tokens.skip("one", index)
        if one is not None and tokens.is_scale(one):
            yield Amount((ONE,), index, one)


def _last_scale(tokens: Tokens, first: int, after: int) -> Decimal:
    """Return the scale that ends a cardinal number in words: hundred of “three hundred”."""
    last, scales = tokens[after - 1].key, tokens.language.scales
    if tokens.language.code == "de":  # in one word: “dreihundert”
        endings = (word for word in ("hundert", "tausend") if last.endswith(word) and last != word)
        return scales.get(next(endings, ""), ONE)
    return scales.get(last, ONE) if after - first > 1 else ONE


def _fraction(tokens: Tokens, index: int) -> Amount | None:
    """Read a fraction in words, and what it is of if that is a scale: half a million."""
    top, at = ONE, tokens.skip("articles", index) or index
    for value, after in tokens.cardinals(index):
        if value <= 30 and tokens.phrase(tokens.language.fractions, after):
            top, at = value, after
    match = tokens.phrase(tokens.language.fractions, at)
    if match is None:
        return None
    bottom, after = Decimal(match[0]), match[1]
    if at == index and bottom != 2 and tokens.language.code != "ar":
        return None  # “third” alone is an ordinal
    of = tokens.skip("of", after) or after
    for scale in (of, after):
        if tokens.is_scale(scale):
            return Amount((top / bottom,), index, scale)
    may_be_ordinal = bottom > (2 if tokens.language.code == "en" else 3) and top == 1
    follows = tokens[after].kind == "word" and not _VERB.search(tokens[after].key)
    leftover: tuple[str, ...] = ()
    if may_be_ordinal and of == after and follows and tokens.language.code != "de":
        leftover = (tokens[at].text,)
    return Amount((top / bottom,), index, after, is_fraction=True, leftover=leftover)


def collective(tokens: Tokens, index: int) -> Amount | None:
    """Read a word for a group with its article: “une trentaine”, “a pair of”."""
    at = tokens.skip("one", index)
    match = tokens.phrase(tokens.language.collectives, at) if at is not None else None
    if at is None or match is None:
        return None
    if tokens.language.code == "de" and tokens[at].text.islower():
        return None  # “ein paar” is not “ein Paar”
    value, _, about = match[0].partition("~")
    qualifier = "about none_stated" if about else "about" if "~" in match[0] else ""
    return Amount((Decimal(value),), index, match[1], qualifier=qualifier)


# -------------------------------------------------------------------------------- after the numeral


def _with_scale(tokens: Tokens, base: Amount, currency: str) -> Amount:
    values, at, applied = base.values, base.after, ONE
    values, at = _and_a_half(tokens, values, at, ONE)
    while (factors := _factors(tokens, at, currency)) is not None:
        values = tuple(dict.fromkeys(value * factor for value in values for factor in factors))
        applied, at = applied * factors[-1], at + 1
    if applied > 1:
        values, at = _and_a_half(tokens, values, at, applied)
    if applied >= 1000 and len(values) == 1:
        values, at = _compound(tokens, values, at, applied)
    at, unit_sign, leftover = _suffix(tokens, at, currency)
    return replace(
        base,
        values=values,
        after=at,
        scale=applied if applied > 1 else base.scale,
        unit_sign=unit_sign or currency,
        leftover=base.leftover + leftover,
        is_fraction=base.is_fraction and applied == 1,
    )


def _factors(tokens: Tokens, index: int, currency: str) -> tuple[Decimal, ...] | None:
    """Return what a scale word can multiply by; None if it is a unit, as in “400 m”."""
    if not tokens.is_scale(index):
        return None
    token, is_english = tokens[index], tokens.language.code == "en"
    factor = tokens.language.scales[token.key]
    if len(token.key) > 1 and (token.key != "mil" or not is_english):
        return (factor,)
    if currency or (tokens.is_currency(index + 1) and tokens[index + 1].is_glued):
        return (factor,)
    if not token.is_glued:
        return (factor,) if token.text in ("M", "K") and not is_english else None
    if token.text == "t" or token.key == "mil":
        return None
    following = tokens[index + 1].key
    if token.text == "m" and not (following.endswith("s") or following == "people"):
        return ONE, factor  # “400m” is a length or a number
    return (factor,)


def _and_a_half(
    tokens: Tokens, values: tuple[Decimal, ...], index: int, scale: Decimal
) -> tuple[tuple[Decimal, ...], int]:
    """Add “and a half” to the values: to the number, or to the scale just applied."""
    at = tokens.skip("and", index)
    if at is None:
        return values, index
    tops = [(ONE, tokens.skip("articles", at) or at), *tokens.cardinals(at)]
    for top, after in tops:
        match = tokens.phrase(tokens.language.fractions, after)
        if match is not None:
            part = top / Decimal(match[0]) * scale
            return tuple(value + part for value in values), match[1]
    return values, index


def _compound(
    tokens: Tokens, values: tuple[Decimal, ...], index: int, scale: Decimal
) -> tuple[tuple[Decimal, ...], int]:
    """Add what follows a scale: “2 million 300 thousand”."""
    for at in filter(None, (index, tokens.skip("and", index))):
        for base in _bases(tokens, at):
            lesser = _with_scale(tokens, base, "")
            is_part = lesser.scale >= 100 or (at == index and not base.is_in_digits)
            is_plain = not (lesser.is_fraction or lesser.unit_sign or lesser.qualifier)
            if is_part and is_plain and len(lesser.values) == 1 and lesser.values[0] < scale:
                return (values[0] + lesser.values[0],), lesser.after
    return values, index


def _suffix(tokens: Tokens, index: int, currency: str) -> tuple[int, str, tuple[str, ...]]:
    """Read the unit sign behind a numeral, or letters there that cannot be read."""
    token, language = tokens[index], tokens.language
    if token.kind == "sign" and token.text in _UNIT_SIGNS:
        has_letter = tokens[index + 1].is_glued and tokens[index + 1].key in ("c", "f")
        return index + 1 + (token.text == "°" and has_letter), token.text, ()
    if tokens.is_currency(index) and not currency:
        is_next = tokens[index + 1].is_glued and tokens[index + 1].kind == "digits"
        return (index, "", ()) if is_next else (index + 1, token.text, ())
    if token.kind != "word":
        return index, "", ()
    if tokens.skip("point", index) and (decimals := tokens.cardinals(index + 1)):
        return decimals[0][1], "", tokens.texts(index, decimals[0][1])
    if token.text[-1] in "²³":
        return index + 1, token.text, ()
    is_letter = len(token.key) == 1 and token.key not in {*_LETTER_UNITS, *language.scales}
    is_attached = token.is_glued and tokens[index - 1].kind in ("digits", "fraction")
    is_foreign_scale = token.key in FOREIGN_SCALES and token.key not in language.scales
    is_unread_scale = token.key == "mil" and token.key in language.scales
    if (
        (is_attached and (token.key in _ORDINALS or is_letter))
        or is_foreign_scale
        or is_unread_scale
        or token.key in language.unreadable
    ):
        return index + 1, "", (token.text,)
    return index, "", ()


def may_begin(tokens: Tokens, index: int) -> bool:
    """Whether an expression can begin at a token; most words are told apart at once."""
    token, language = tokens[index], tokens.language
    if token.kind != "word":
        return (
            token.kind != "sign"
            or token.text in SYMBOLS
            or token.text in DASHES
            or (token.text == "+" or tokens.is_currency(index))
        )
    known = token.key in language.first_words
    if not known and language.code == "ar":
        known = token.key[1:] in language.first_words
    return known or language.cardinal((token.text.lower(),)) is not None
