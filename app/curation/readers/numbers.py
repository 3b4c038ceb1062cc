"""Numbers as texts write them: a small grammar from left to right.

An expression is a qualifier, a sign, a numeral in digits or words with fractions, scales and unit
sign, a range or ratio of such, and a qualifier behind it: the longest that fits. What stands there
and looks like a part of it, but cannot be read, is left over, and the number is not read.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from itertools import product

from app.curation.readers.number_words import SYMBOLS, Language, language
from app.vocabulary import Qualifier

SIGNIFICANT = Context(prec=15)
_NEARBY = 120
"""How many characters on each side of a place can belong to its number expression."""
_DASHES = "-‐‑‒–—―−"
_VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_TOKEN = re.compile(
    rf"""
    (?P<code>\d{{4}}-\d\d?-\d\d?(?!\d) | \d+(?::\d+)+ | \d+/\d+/\d+ | [A-Za-zÀ-ɏ]+(?<!US)\d\w*)
  | (?P<fraction>[{_VULGAR}] | \d{{1,2}}/\d{{1,3}}(?![\d/]))
  | (?P<digits>\d{{1,3}}(?:[ \u00a0\u202f\u2009]\d{{3}}(?!\d))+(?:[.,٫]\d+)?
      | \d+(?:[.,٫٬،'’]\d+)*)
  | (?P<word>و(?=\s?نصف|\s?ربع|\s?ثلث) | (?:Rs|USD|EUR|GBP|CHF)(?=\d)
      | [^\W\d_{_VULGAR}]+[²³]?[\u0300-\u036f\u064b-\u0652]*(?:[^\W\d_{_VULGAR}]|[\u0300-\u036f\u064b-\u0652])*)
  | (?P<sign>>=|<=|[^\w\s])
    """,
    re.VERBOSE,
)
_ORDINAL = frozenset("st nd rd th er ere eme e nde re º ª".split())
_LETTER_UNITS = frozenset("ghlcfwvjnas")
_PERCENT = frozenset("%٪‰°")
_ROUND = frozenset(map(Decimal, (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 25, 50, 100, 1000, 10000)))
_BOUNDING = frozenset({"over", "at_least", "under", "nearly", "at_most"})


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


@dataclass(frozen=True)
class NumberReading:
    """The number expression around a place in a text and everything that it can mean.

    `leftover`: words in it that look like parts of a number and could not be read. `others`: the
    other number expressions that the place overlaps.
    """

    expression: tuple[int, int]
    readings: tuple[Reading, ...]
    leftover: tuple[str, ...] = ()
    others: tuple[tuple[int, int], ...] = ()

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
    nearby = text[first : end + _NEARBY]
    place = (start - first, end - first)
    touched = [
        e for e in _Scanner(nearby, language(tag)).expressions() if e.extent_overlaps(*place)
    ]
    strong = [e for e in touched if not e.is_weak] or touched[:1]
    if not strong:
        return NumberReading((start, end), ())
    best, *others = strong
    readings, leftover = best.readings, best.leftover
    before = nearby[place[0] : best.start]
    if readings and _is_in_parentheses(nearby, best, place) or _goes_down(before, tag):
        readings += tuple(_negative(reading) for reading in readings if reading.value)
    return NumberReading(
        (best.start + first, best.end + first),
        readings,
        leftover,
        tuple((e.start + first, e.end + first) for e in others),
    )


def _is_in_parentheses(text: str, e: "_Expression", place: tuple[int, int]) -> bool:
    return (
        text[: e.start].endswith("(")
        and text.startswith(")", e.end)
        and place[0] < e.start
        and place[1] > e.end
    )


def _goes_down(words: str, tag: str) -> bool:
    """Whether words that a curator took into `as_written`, as “fell by”, can make it negative."""
    tables = language(tag)
    return any(
        tables.key(word).startswith(stem) for word in words.split() for stem in tables.words["down"]
    ) if words.strip() and tables.words else False


def _negative(reading: Reading) -> Reading:
    return replace(reading, value=None if reading.value is None else -reading.value)


# ------------------------------------------------------------------------------------------ tokens


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    key: str
    start: int
    end: int
    is_glued: bool
    """Whether nothing stands between this and the token before it."""


def _tokens(text: str, tables: Language) -> list[_Token]:
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match.group()
        start, end = match.span()
        if kind == "sign" and _joins_words(text, start):
            continue
        key = tables.key(word) if kind == "word" else word
        is_glued = bool(tokens) and tokens[-1].end == start
        tokens.append(_Token(kind, word, key, start, end, is_glued))
    return tokens


def _joins_words(text: str, index: int) -> bool:
    """Whether the sign is the hyphen of “twenty-five” or “500-odd”, or an apostrophe."""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if text[index] in "'’":
        return before.isalpha() and after.isalpha()
    return text[index] in "-‐‑" and before.isalnum() and after.isalpha()


def _digit_values(text: str, tables: Language) -> tuple[Decimal, ...]:
    """Return the values of a numeral in digits: by the language's own signs, else by others'."""
    plain = re.sub(r"[\s'’]", "", text).replace("٬", "G").replace("،", "G").replace("٫", "D")
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    group, decimal = tables.separators
    conventions = [(group if group in ".," else "G", decimal)]
    conventions += [other for other in ((",", "."), (".", ",")) if other != conventions[0]]
    own, *others = (_grouped(digits, *convention) for convention in conventions)
    if own is None:
        return tuple(dict.fromkeys(value for value in others if value is not None))
    if tables.others_differ and re.fullmatch(rf"[1-9]\d{{0,2}}{re.escape(decimal)}\d{{3}}", digits):
        return (own, *(value for value in others if value is not None))
    return (own,)


def _grouped(digits: str, group: str, decimal: str) -> Decimal | None:
    whole, _, rest = digits.replace("D", decimal).replace("G", group).partition(decimal)
    g = re.escape(group)
    if not re.fullmatch(rf"\d+|[1-9]\d{{0,2}}(?:{g}\d{{3}})+|[1-9]\d?(?:{g}\d\d)+{g}\d{{3}}", whole):
        return None
    if rest and not rest.isdigit():
        return None
    return Decimal(whole.replace(group, "") + (f".{rest}" if rest else ""))


def _fraction_value(text: str) -> Decimal | None:
    """Return the value of ½ or 1/2, None for what is none (24/7)."""
    top, _, bottom = unicodedata.normalize("NFKC", text).replace("⁄", "/").partition("/")
    if int(bottom) == 0 or int(top) >= int(bottom):
        return None
    return Decimal(int(top)) / int(bottom)


# ------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True)
class _Amount:
    """A numeral with its scale and unit sign, from token `first` up to token `after`."""

    values: tuple[Decimal, ...]
    first: int
    after: int
    scale: Decimal = Decimal(1)
    unit: str = ""
    qualifiers: tuple[str, ...] = ()
    leftover: tuple[str, ...] = ()
    is_digits: bool = False
    is_plain_fraction: bool = False


@dataclass(frozen=True)
class _Expression:
    start: int
    end: int
    extent: tuple[int, int]
    readings: tuple[Reading, ...]
    leftover: tuple[str, ...] = ()
    is_weak: bool = False

    def extent_overlaps(self, start: int, end: int) -> bool:
        return self.extent[0] < end and start < self.extent[1]


class _Scanner:
    """Finds the number expressions of a short text."""

    def __init__(self, text: str, tables: Language) -> None:
        self.language = tables
        self.tokens = _tokens(text, tables)

    def expressions(self) -> Iterator[_Expression]:
        index = 0
        while index < len(self.tokens):
            expression, after = self._expression(index)
            if expression is not None:
                yield expression
            index = max(after, index + 1)

    # Matching: each returns what it found and the index of the token behind it.

    def _key(self, index: int) -> str:
        return self.tokens[index].key if 0 <= index < len(self.tokens) else ""

    def _kind(self, index: int) -> str:
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else ""

    def _is_glued(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].is_glued

    def _phrase(self, phrases, index: int) -> tuple[str, int] | None:
        """Match the longest of some phrases; a full stop may end it, as in “approx.”."""
        key = self._key(index)
        candidates = phrases.get(key, ())
        if not candidates and self.language.code == "ar" and key[:1] in "وبلف" and len(key) > 2:
            candidates = tuple(
                ((key, *words[1:]), meaning) for words, meaning in phrases.get(key[1:], ())
            )
        for words, meaning in candidates:
            if all(self._key(index + n) == word for n, word in enumerate(words)):
                after = index + len(words)
                if self._key(after) == "." and self._is_glued(after) and len(words[-1]) <= 6:
                    follows = self._kind(after + 1)
                    after += follows in ("digits", "fraction") and len(words) == 1
                return meaning, after
        return None

    def _words(self, name: str, index: int) -> int | None:
        """Match a phrase of that list; returns the index behind it."""
        match = self._phrase(self.language.words.get(name, {}), index)
        return None if match is None else match[1]

    # Numerals.

    def _cardinals(self, index: int) -> list[tuple[Decimal, int]]:
        """Return every cardinal number in words that begins here, the longest first."""
        tables = self.language
        if not tables.reads_words or self._kind(index) != "word":
            return []
        found, words = [], []
        if self._words("one", index) and tables.scales.get(self._key(index + 1), 0) in (100, 1000):
            words = ["one"] if tables.code == "en" else []
        for after in range(index + 1, min(index + 12, len(self.tokens)) + 1):
            token = self.tokens[after - 1]
            if token.kind != "word" or tables.scales.get(token.key, 0) >= 10**6:
                break
            words.append("one" if words == ["one"] and after == index + 1 else token.text.lower())
            words = words[1:] if words[:2] == ["one", "one"] else words
            value = tables.cardinal(words)
            if value is not None:
                found.append((value, after))
            elif not self._words("and", after - 1) and words != ["one"]:
                break
        if len(found) == 1 and found[0][1] == index + 1 and self._words("one", index):
            return []
        return found[::-1]

    def _amounts(self, index: int) -> Iterator[_Amount]:
        """Yield the amounts that begin here, the longest first."""
        negative, currency, at = self._signs(index)
        bases = list(self._bases(at))
        for base in bases:
            amount = self._scaled(replace(base, first=index), currency)
            if negative:
                amount = replace(amount, values=tuple(-value for value in amount.values))
            yield amount

    def _amount(self, index: int) -> _Amount | None:
        return next(self._amounts(index), None)

    def _signs(self, index: int) -> tuple[bool, str, int]:
        negative, currency, at = False, "", index
        while at < len(self.tokens):
            token, following = self.tokens[at], self._kind(at + 1)
            starts = not token.is_glued or self._key(at - 1) in ("(", "[", "“", '"', "«") or at > index
            is_currency = token.kind == "sign" and unicodedata.category(token.text[0]) == "Sc"
            next_is_currency = following == "sign" and unicodedata.category(self._key(at + 1)[0]) == "Sc"
            if token.kind == "sign" and token.text in _DASHES and starts and self._is_glued(at + 1) and (
                following in ("digits", "fraction") or next_is_currency
            ):
                negative = True
            elif token.text == "+" and self._is_glued(at + 1) and (
                following == "digits" or next_is_currency
            ):
                pass
            elif is_currency and not currency and (following in ("digits", "fraction", "sign") or self._cardinals(at + 1)):
                currency = token.text
            elif self._words("minus", at) and (following in ("digits", "fraction") or self._cardinals(at + 1)):
                negative = True
            else:
                break
            at += 1
        return negative, currency, at

    def _bases(self, index: int) -> Iterator[_Amount]:
        kind, key = self._kind(index), self._key(index)
        if kind == "digits":
            values, after = _digit_values(key, self.language), index + 1
            part = _fraction_value(self._key(after)) if self._kind(after) == "fraction" else None
            if part is not None:
                values, after = tuple(value + part for value in values), after + 1
            yield _Amount(values, index, after, is_digits=True)
        elif kind == "fraction":
            value = _fraction_value(key)
            if value is not None:
                yield _Amount((value,), index, index + 1, is_plain_fraction=True)
        elif kind == "word":
            if (fraction := self._fraction(index)) is not None:
                yield fraction
                return
            if (collective := self._collective(index)) is not None:
                yield collective
                return
            if key in self.language.amounts:
                yield _Amount((self.language.amounts[key],), index, index + 1)
            for value, after in self._cardinals(index):
                yield _Amount((value,), index, after, scale=self._word_scale(index, after))
            one = self._words("one", index)
            if one and self._is_scale(one):
                yield _Amount((Decimal(1),), index, one)

    def _word_scale(self, first: int, after: int) -> Decimal:
        """The scale that ends a cardinal number in words: hundred of “three hundred”."""
        last = self._key(after - 1)
        scales = self.language.scales
        if after - first == 1 and last in scales:
            return Decimal(1)
        if self.language.code == "de" and last not in scales:
            return next((scales[word] for word in ("hundert", "tausend") if last.endswith(word)), Decimal(1))
        return scales.get(last, Decimal(1))

    def _fraction(self, index: int) -> _Amount | None:
        """A fraction in words, and what it is of if that is a scale: half a million."""
        top, at = Decimal(1), index
        article = self._words("articles", index)
        if cardinals := [found for found in self._cardinals(index) if found[0] <= 30]:
            top, at = next(
                (found for found in cardinals if self._phrase(self.language.fractions, found[1])),
                (Decimal(1), index),
            )
        elif article:
            at = article
        match = self._phrase(self.language.fractions, at)
        if match is None:
            return None
        bottom, after = Decimal(match[0]), match[1]
        bare = at == index
        if bare and bottom != 2 and self.language.code != "ar":
            return None
        of = self._words("of", after) or after
        for scaled in (of, after):
            if self._is_scale(scaled):
                return self._scaled(_Amount((top / bottom,), index, scaled), "")
        leftover: tuple[str, ...] = ()
        ordinal = bottom > 3 or (self.language.code == "en" and bottom > 2)
        if ordinal and top == 1 and of == after and self._kind(after) == "word" and self.language.code != "de":
            if not self._words("one", index) or self._words("years", after) is None:
                leftover = (self.tokens[at].text,)  # “a third man”, “a third abstained”
        return _Amount((top / bottom,), index, after, is_plain_fraction=True, leftover=leftover)

    def _collective(self, index: int) -> _Amount | None:
        at = self._words("one", index)
        match = self._phrase(self.language.collectives, at) if at else None
        if at is None or match is None:
            return None
        if self.language.code == "de" and not self.tokens[at].text[0].isupper():
            return None  # “ein paar” is not “ein Paar”
        value, qualifiers = match[0].split(":")
        return _Amount((Decimal(value),), index, match[1], qualifiers=(qualifiers.replace("+", " "),))

    def _is_scale(self, index: int) -> bool:
        return self._kind(index) == "word" and self._key(index) in self.language.scales

    def _scaled(self, base: _Amount, currency: str) -> _Amount:
        values, at, scale, leftover = base.values, base.after, base.scale, base.leftover
        values, at, _ = self._and_a_half(values, at, Decimal(1))
        applied = Decimal(1)
        while self._is_scale(at):
            reading = self._scale(at, currency)
            if reading is None:
                break
            if base.qualifiers or base.is_plain_fraction and applied > 1:
                pass
            factors = reading
            values = tuple(dict.fromkeys(v * f for v, f in product(values, factors)))
            scale = applied = applied * factors[-1]
            at += 1
        if applied > 1:
            values, at, _ = self._and_a_half(values, at, applied)
        if applied >= 1000 and len(values) == 1:
            values, at = self._compound(values, at, applied)
        at, unit, more = self._suffix(at, currency)
        return replace(
            base, values=values, after=at, scale=scale, unit=unit or currency, leftover=leftover + more,
            is_plain_fraction=base.is_plain_fraction and applied == 1,
        )

    def _scale(self, index: int, currency: str) -> tuple[Decimal, ...] | None:
        """The factors that a scale word can mean; None if it is a unit, as in “400 m”."""
        token = self.tokens[index]
        factor = self.language.scales[token.key]
        if len(token.key) > 1:
            return (factor,)
        next_is_currency = self._is_glued(index + 1) and self._kind(index + 1) == "sign" and (
            unicodedata.category(self._key(index + 1)[0]) == "Sc"
        )
        if currency or next_is_currency:
            return (factor,)
        if not token.is_glued:
            return (factor,) if token.text in ("M", "K") and self.language.code != "en" else None
        if token.text == "t":
            return None
        if token.text == "m" and not re.search("s$|^people$", self._key(index + 1)):
            return Decimal(1), factor
        return (factor,)

    def _and_a_half(self, values: tuple[Decimal, ...], index: int, scale: Decimal):
        after = self._words("and", index)
        if after is None:
            return values, index, False
        fraction = self._fraction_word(after)
        if fraction is None:
            return values, index, False
        value, behind = fraction
        return tuple(v + value * scale for v in values), behind, True

    def _fraction_word(self, index: int) -> tuple[Decimal, int] | None:
        at = self._words("articles", index) or index
        top = Decimal(1)
        if match := self._phrase(self.language.fractions, at):
            return top / Decimal(match[0]), match[1]
        for value, after in self._cardinals(index):
            if value < 10 and (match := self._phrase(self.language.fractions, after)):
                return value / Decimal(match[0]), match[1]
        return None

    def _compound(self, values, index: int, scale: Decimal):
        """“2 million 300 thousand”."""
        after_and = self._words("and", index)
        for at in filter(None, (index, after_and)):
            if self._kind(at) not in ("digits", "word"):
                continue
            for base in self._bases(at):
                lesser = self._scaled(base, "") if not base.is_plain_fraction else None
                if lesser and not lesser.unit and len(lesser.values) == 1 and lesser.values[0] < scale and (
                    lesser.scale >= 100 or (at == index and not base.is_digits and not base.qualifiers)
                ):
                    return (values[0] + lesser.values[0],), lesser.after
        return values, index

    def _suffix(self, index: int, currency: str) -> tuple[int, str, tuple[str, ...]]:
        """The unit sign behind a numeral, and letters that cannot be read."""
        key, kind = self._key(index), self._kind(index)
        if kind == "sign" and key in _PERCENT:
            after = index + 1
            if key == "°" and self._is_glued(after) and self._key(after) in ("c", "f"):
                return after + 1, "°", ()
            return after, key, ()
        if kind == "sign" and unicodedata.category(key[0]) == "Sc" and not currency:
            return (index, "", ()) if self._kind(index + 1) == "digits" and self._is_glued(index + 1) else (index + 1, key, ())
        if kind == "word" and self.tokens[index].text[-1] in "²³":
            return index + 1, self.tokens[index].text, ()
        if kind == "word" and self._is_glued(index) and self._kind(index - 1) in ("digits", "fraction"):
            if key in _ORDINAL or (len(key) == 1 and key not in _LETTER_UNITS and key not in self.language.scales):
                return index + 1, "", (self.tokens[index].text,)
        if kind == "word" and key in self.language.unreadable:
            return index + 1, "", (self.tokens[index].text,)
        return index, "", ()

    # Whole expressions.

    def _expression(self, index: int) -> tuple[_Expression | None, int]:
        qualifiers: list[str] = []
        at = index
        while True:
            symbol = SYMBOLS.get(self._key(at)) if self._kind(at) == "sign" else None
            match = (symbol, at + 1) if symbol else self._phrase(self.language.before, at)
            if match is None:
                break
            qualifiers.append(match[0])
            at = self._words("another", match[1]) or match[1]
        made = self._between(index, at) or self._quantity(index, at, qualifiers)
        if made is None and at > index:
            made = self._quantity(index, index, [])
        if made is None:
            return self._weak(index)
        return made

    def _weak(self, index: int) -> tuple[_Expression | None, int]:
        if not self._words("one", index):
            return None, index + 1
        token = self.tokens[index]
        reading = Reading(Decimal(1), None, None, "none_stated")
        span = (token.start, token.end)
        return _Expression(*span, span, (reading,), is_weak=True), index + 1

    def _between(self, index: int, at: int) -> tuple[_Expression, int] | None:
        start = self._words("between", at)
        if start is None:
            return None
        best = None
        for first in self._amounts(self._words("another", start) or start):
            for skipped in range(3):
                joint = self._words("and", first.after + skipped)
                if joint is None:
                    if self._kind(first.after + skipped) == "word":
                        continue
                    break
                second = self._amount(self._words("another", joint) or joint)
                readings = second and self._range(first, second)
                if second and readings and (best is None or second.after > best[1]):
                    best = readings, second.after
                break
        if best is None:
            return None
        return self._made(index, best[1], best[0]), best[1]

    def _quantity(self, index: int, at: int, qualifiers: list[str]) -> tuple[_Expression, int] | None:
        if (match := self._phrase(self.language.unquantified, at)) is not None:
            return self._unquantified(index, match[1])
        if (zero := self._words("zero", at)) is not None and not qualifiers:
            return self._made(index, zero, (Reading(Decimal(0), None, None, "none_stated"),)), zero
        if self._kind(at) == "code":
            return self._made(index, at + 1, (), (self.tokens[at].text,)), at + 1
        if self.language.code == "ar" and self._key(at) in self.language.unreadable:
            return self._made(index, at + 1, (), (self.tokens[at].text,)), at + 1
        amount = self._amount(at)
        if amount is None:
            return None
        for rule in (self._ratio, self._decade, self._date, self._a_range):
            if (made := rule(index, amount, qualifiers)) is not None:
                return made
        return self._single(index, amount, qualifiers)

    def _unquantified(self, index: int, after: int) -> tuple[_Expression, int]:
        while True:
            of = self._words("of", after) or after
            following = self._phrase(self.language.unquantified, of)
            if following is not None:
                after = following[1]
            elif self._is_scale(of) and len(self._key(of)) > 1:
                after = of + 1
            elif self._is_scale(after) and len(self._key(after)) > 1:
                after += 1
            else:
                break
        return self._made(index, after, (Reading(None, None, None, "unquantified"),)), after

    def _ratio(self, index: int, amount: _Amount, qualifiers: list[str]):
        """“One in five”, “un habitant sur cinq”."""
        if len(amount.values) != 1 or amount.unit or amount.scale > 1 or amount.is_plain_fraction:
            return None
        for skipped in range(3 if self.language.code == "fr" else 1):
            if skipped and self._kind(amount.after + skipped - 1) != "word":
                return None
            joint = self._words("ratio", amount.after + skipped)
            second = self._amount(joint) if joint else None
            if second and second.values and second.values[0] in _ROUND and not second.unit:
                break
        else:
            return None
        top, bottom = amount.values[0], second.values[0]
        if not 0 < top < bottom or self._words("time", second.after):
            return None
        after, qualifier, leftover = self._qualified(second.after, qualifiers, ())
        value = SIGNIFICANT.divide(top, bottom)
        readings = tuple(Reading(value, None, None, q) for q in qualifier)
        return self._made(index, after, readings, leftover), after

    def _decade(self, index: int, amount: _Amount, qualifiers: list[str]):
        """“100s of letters” is no number; “the 1990s” are no count."""
        at = amount.after - 1
        if not (amount.is_digits and self._key(amount.after) == "s" and self._is_glued(amount.after)):
            return None
        value = amount.values[0]
        hundreds = str(value).rstrip("0") == "1" and value >= 10
        readings = (Reading(None, None, None, "unquantified"),) if hundreds else ()
        leftover = () if hundreds else (f"{self.tokens[at].text}s",)
        return self._made(index, amount.after + 1, readings, leftover), amount.after + 1

    def _date(self, index: int, amount: _Amount, qualifiers: list[str]):
        """A year or the day of a month is no count."""
        token = self.tokens[amount.after - 1]
        if not amount.is_digits or amount.after - amount.first != 1 or amount.unit or amount.leftover:
            return None
        value, months = amount.values[0] if amount.values else 0, self.language.months
        is_year = token.text.isdecimal() and len(token.text) == 4 and 1000 < value < 2200
        before, behind = self._key(amount.first - 1), amount.after
        behind += self._key(behind) == "."
        beside_month = value <= 31 and (before in months or self._key(self._words("of", behind) or behind) in months)
        after_year_word = self._words("years", amount.first - 1) == amount.first
        if beside_month or (is_year and (before in months or after_year_word)):
            return self._made(index, amount.after, (), (token.text,)), amount.after
        return None

    def _a_range(self, index: int, first: _Amount, qualifiers: list[str]):
        for at in (first.after, first.after + 1):
            if at > first.after and (self._kind(first.after) != "word" or not first.is_digits):
                return None
            joint, is_or = self._joint(at)
            second = self._amount(joint) if joint else None
            if second is None or (at > first.after and second.scale != first.scale):
                continue
            if self._changes(first.first):
                return None
            readings = self._range(first, second)
            if not readings or (is_or and second.values[0] > 3 * first.values[0]):
                return None
            after, _, leftover = self._qualified(second.after, [], ())
            return self._made(index, after, readings, first.leftover + second.leftover + leftover), after
        return None

    def _joint(self, index: int) -> tuple[int | None, bool]:
        if self._kind(index) == "sign" and self._key(index) in _DASHES:
            spaced = not self._is_glued(index) and self._is_glued(index + 1)
            return (None if spaced else index + 1), False
        if (joint := self._words("range", index)) is not None:
            return joint, False
        return self._words("or", index), True

    def _changes(self, index: int) -> bool:
        """Whether “from 12 to 15” is a change: rose from 12 to 15."""
        if self._words("from", index - 1) != index:
            return False
        stems = tuple(self.language.words["change"])
        return any(self._key(at).startswith(stems) for at in range(max(0, index - 5), index - 1))

    def _range(self, first: _Amount, second: _Amount) -> tuple[Reading, ...]:
        """The readings of two amounts as a range; the scale of the second may be that of both."""
        unit = second.unit or first.unit
        readings = []
        for low, high in product(first.values, second.values):
            shared = low * second.scale
            if first.scale == 1 and second.scale > 1 and shared < high:
                readings.append((shared, high))
            elif low < high:
                readings.append((low, high))
                if first.is_digits and second.is_digits and first.scale == second.scale == 1 and (
                    high % 1000 == 0 and 0 < low < 1000 and low * 1000 < high
                ):
                    readings.append((low * 1000, high))  # “20-30,000”
        return tuple(Reading(None, _exact(low), _exact(high), "between", unit) for low, high in readings)

    def _single(self, index: int, amount: _Amount, qualifiers: list[str]) -> tuple[_Expression, int]:
        after, names, leftover = self._qualified(amount.after, qualifiers, amount.qualifiers)
        readings = tuple(
            Reading(_exact(value), None, None, name, amount.unit)
            for value in amount.values
            for name in names
        )
        extent = after
        per = self._words("per", after)
        if per is None and self._kind(after) == "word":
            per = self._words("per", after + 1)
        if per is not None and (rate := self._amount(per)) is not None:
            extent = rate.after
        return self._made(index, after, readings, amount.leftover + leftover, extent), max(after, extent)

    def _qualified(self, index: int, before: list[str], own: tuple[str, ...]):
        """Join the qualifiers before and behind; of two the one that bounds wins."""
        after, behind = index, []
        while True:
            if self._key(after) == "+" and self._is_glued(after):
                match: tuple[str, int] | None = ("at_least", after + 1)
            else:
                match = self._phrase(self.language.after, after)
                if match is None and self._kind(after) == "word" and (
                    self._words("or", after + 1) is not None
                ):
                    match = self._phrase(self.language.after, after + 1)
            if match is None:
                break
            behind.append(match[0])
            after = match[1]
        if not self.language.reads_qualifiers and not (before or behind):
            return after, (None,), ()
        names = [name for name in (*before, *behind) if name]
        if "unclear" in names:
            return after, (), ("the words before it",)
        bounding = [name for name in names if _BOUNDING & set(name.split())]
        if len(set(bounding)) > 1:
            return after, (), tuple(bounding)
        chosen = (bounding or names or list(own) or ["none_stated"])[0]
        return after, tuple(chosen.split()), ()

    def _made(self, first: int, after: int, readings, leftover=(), extent: int | None = None) -> _Expression:
        start, end = self.tokens[first].start, self.tokens[after - 1].end
        far = self.tokens[(extent or after) - 1].end
        return _Expression(start, end, (start, far), tuple(dict.fromkeys(readings)), tuple(leftover))


def _exact(value: Decimal) -> Decimal:
    return SIGNIFICANT.plus(value)
