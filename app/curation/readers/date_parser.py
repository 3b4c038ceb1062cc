"""A parser for the rules of date expressions, over the lexemes of a text."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from app.curation.readers.date_meanings import DateReading
from app.curation.readers.date_words import TOKEN, Words, fold

Build = Callable[..., Any]
"""Makes the value of a rule from its place and the values of its parts."""


class _Token(NamedTuple):
    kind: str
    text: str
    folded: str
    start: int
    end: int


class _Lexeme(NamedTuple):
    category: str
    value: Any
    end: int
    """The number of the token behind it."""


_CORE = frozenset(
    "ISO COMPACT NUMERIC DAYMONTH SPAN CLOCK YEAR YY DAY NUM ORD MONTH MON WEEKDAY HIJRI JALALI"
    " DAYREL OVERNIGHT UNIT DUAL WEEKEND QN HN QUARTER HALF FISCAL DECNAME CENTURY SEASON NAMED"
    " FIXED UNREAD".split()
)
"""Each expression has a word of these within its first words."""
_BEFORE_CORE = 7
_ROMAN = re.compile(r"(X{0,2})(IX|IV|V?I{0,3})(?:e|ème)?")
_CURRENCY = "$€£¥₹"
_ARABIC_PREFIXES = "بلف"


def _tokenise(text: str, words: Words) -> list[_Token]:
    tokens = []
    for match in TOKEN.finditer(text):
        kind, start, folded = match.lastgroup or "mark", match.start(), fold(match.group())
        # Arabic writes “and” as a letter of the next word.
        if folded.startswith("و") and folded not in words.longest and folded[1:] in words.longest:
            tokens.append(_Token("word", "و", "و", start, start + 1))
            start, folded = start + 1, folded[1:]
        kind = "clock" if kind == "zone" else kind
        tokens.append(_Token(kind, text[start : match.end()], folded, start, match.end()))
    return tokens


class _Part(NamedTuple):
    """One part of a pattern: a lexeme of one of some categories, or what rules make."""

    categories: frozenset[str]
    symbols: tuple[str, ...]
    is_optional: bool
    behind: frozenset[str] | None
    """Instead of these: categories of which one stands before the expression."""
    starts: frozenset[str]
    """The categories that the first lexeme can have."""


@dataclass(frozen=True, eq=False)
class _Rule:
    number: int
    parts: tuple[_Part, ...]
    build: Build

    def can_match(self, present: frozenset[str]) -> bool:
        """Whether a text with lexemes of these categories has what each part begins with."""
        return not any(
            part.starts.isdisjoint(present)
            for part in self.parts
            if part.behind is None and not part.is_optional
        )


Grammar = dict[str, dict[str, list[_Rule]]]
"""The rules by what they make and by the categories that they can begin with."""


class Parse:
    """The expressions of one text, by a parser that remembers what it has matched where."""

    def __init__(self, text: str, words: Words, published: date | None, grammar: Grammar) -> None:
        self.text, self.words, self.published = text, words, published
        self.grammar = grammar
        self.tokens = _tokenise(text, words)
        self.lexemes = [tuple(self._lexemes(index)) for index in range(len(self.tokens))]
        self.categories: list[frozenset[str]] = []
        self.ends: list[set[str]] = [set() for _ in range(len(self.tokens) + 1)]
        for lexemes in self.lexemes:
            self.categories.append(frozenset([lexeme.category for lexeme in lexemes]))
            for lexeme in lexemes:
                self.ends[lexeme.end].add(lexeme.category)
        self.categories.append(frozenset())  # behind the last token
        self.run_starts = self._find_run_starts()
        self.present = frozenset[str]().union(*self.categories)
        self.matched: dict[tuple[str, int], list[tuple[int, Any]]] = {}
        self.viable: dict[tuple[str, frozenset[str]], list[_Rule]] = {}

    def _find_run_starts(self) -> list[int]:
        """Return for each token the first of those that an expression with it can have: all have a
        lexeme or are inside one.
        """
        run_starts, start, reached = [], 0, 0
        for index, lexemes in enumerate(self.lexemes):
            if not lexemes and index >= reached:
                start = index + 1
            for lexeme in lexemes:
                reached = max(reached, lexeme.end)
            run_starts.append(start)
        return run_starts

    @cached_property
    def cores(self) -> list[int]:
        """The tokens of which each expression has one."""
        return [n for n, here in enumerate(self.categories) if not _CORE.isdisjoint(here)]

    def may_begin_before(self) -> bool:
        """Whether the first expression may begin before the text: each word up to its core may be a
        part of it.
        """
        first = self.cores[0]
        return self.run_starts[first] == 0 and self._are_inner(range(first))

    def may_end_behind(self) -> bool:
        last = self.cores[-1]
        return self.run_starts[-1] <= last and self._are_inner(range(last + 1, len(self.tokens)))

    def _are_inner(self, indices: range) -> bool:
        """Whether the words do not only introduce or follow an expression."""
        return all(self.categories[n] - {"IN", "FOLLOW"} or not self.lexemes[n] for n in indices)

    def expressions(self) -> Iterator[tuple[int, int, list[DateReading]]]:
        """Yield the span and the meanings of each expression, the longest at each place."""
        index = core = 0
        while index < len(self.tokens):
            core = max(core, index)
            while core < len(self.tokens) and not self.categories[core] & _CORE:
                core += 1
            if core == len(self.tokens):
                return  # every expression has a word of its own
            index = max(index, core - _BEFORE_CORE, self.run_starts[core])
            end, meanings = self._longest(index)
            if meanings:
                yield self.tokens[index].start, self.tokens[end - 1].end, meanings
                index = end
            else:
                index += 1

    def _longest(self, index: int) -> tuple[int, list[DateReading]]:
        """Return the end and the meanings of the longest expression that has some."""
        ways = [
            (end, rule, values)
            for rule in self._rules("date", index)
            for end, values in self._sequence(rule.parts, index)
        ]
        for longest in sorted({end for end, _, _ in ways}, reverse=True):
            place = Place(self, index, longest)
            meanings = [
                meaning
                for end, rule, values in ways
                if end == longest
                for meaning in rule.build(place, *values)
            ]
            if meanings:
                return longest, meanings
        return index, []

    def _rules(self, symbol: str, index: int) -> list[_Rule]:
        """The rules that can match and begin with the lexemes at a token, in their order."""
        key = (symbol, self.categories[index])
        if key not in self.viable:
            by_category = self.grammar[symbol]
            rules = {rule for category in key[1] for rule in by_category.get(category, ())}
            self.viable[key] = sorted(
                (rule for rule in rules if rule.can_match(self.present)), key=lambda r: r.number
            )
        return self.viable[key]

    def _lexemes(self, index: int) -> Iterator[_Lexeme]:
        token, after = self.tokens[index], index + 1
        if token.kind == "number":
            yield from self._number(index)
        elif token.kind == "word":
            if token.text[0] in "IVX" and (roman := _ROMAN.fullmatch(token.text)):
                yield _Lexeme("ORD", 10 * len(roman[1]) + _roman_units(roman[2]), after)
        elif token.kind == "mark":
            yield _Lexeme(token.folded, None, after)
        elif token.kind != "daymonth" or self.words.language == "de":
            yield _Lexeme(token.kind.upper(), token.text, after)
        if token.folded in self.words.longest:
            yield from self._phrases(index, token.folded)
        if self.words.language == "ar" and token.folded[0] in _ARABIC_PREFIXES:
            yield from self._phrases(index, token.folded[1:])

    def _phrases(self, index: int, first: str) -> Iterator[_Lexeme]:
        longest = self.words.longest.get(first, 0)
        key: tuple[str, ...] = ()
        for end in range(index, min(index + longest, len(self.tokens))):
            key = (*key, first if end == index else self.tokens[end].folded)
            for category, value in self.words.phrases.get(key, ()):
                if self._is_plausible(category, index):
                    yield _Lexeme(category, value, end + 1)

    def _is_plausible(self, category: str, index: int) -> bool:
        if category in ("MONTH", "MON", "WEEKDAY") and self.words.months_need_capital:
            return self.tokens[index].text[0].isupper()
        if category == "ORDSUF":
            return self.is_joined(index)
        return True

    def _number(self, index: int) -> Iterator[_Lexeme]:
        token, after = self.tokens[index], index + 1
        number, digits = int(token.text), len(token.text)
        before = self.text[token.start - 1 : token.start]
        behind = self.text[token.end : token.end + 1]
        if before in tuple(_CURRENCY) or behind == "%":
            return
        ends = [after]
        if after < len(self.tokens):
            ends += [lx.end for lx in self._phrases(after, self.tokens[after].folded)
                     if lx.category == "ORDSUF"]  # fmt: skip
        for end in ends:
            if digits <= 2 and 1 <= number <= 31:
                yield _Lexeme("DAY", number, end)
            if end != after and digits <= 2:
                yield _Lexeme("ORD", number, end)
        if digits == 4 and 1000 <= number < 2200:
            yield _Lexeme("YEAR", number, after)
        if digits == 2:
            yield _Lexeme("YY", number, after)
        if digits <= 3 and number:
            yield _Lexeme("NUM", number, after)

    def is_joined(self, index: int) -> bool:
        """Whether no space stands before a token."""
        return index > 0 and self.tokens[index - 1].end == self.tokens[index].start

    def match(self, symbol: str, index: int) -> list[tuple[int, Any]]:
        """Return the ends and values of all ways to make a symbol from a token on."""
        key = (symbol, index)
        if key not in self.matched:
            self.matched[key] = []
            self.matched[key] = list(self._match(symbol, index))
        return self.matched[key]

    def _match(self, symbol: str, index: int) -> Iterator[tuple[int, Any]]:
        for rule in self._rules(symbol, index):
            for end, values in self._sequence(rule.parts, index):
                result = rule.build(Place(self, index, end), *values)
                if result is not None and result != []:
                    yield end, result

    def _sequence(self, parts: tuple[_Part, ...], index: int) -> list[tuple[int, list[Any]]]:
        """Return the ends and values of all ways to match a pattern at a token."""
        ways: list[tuple[int, list[Any]]] = [(index, [])]
        for categories, symbols, is_optional, behind, starts in parts:
            longer = ways.copy() if is_optional else []
            for at, values in ways:
                if behind is not None:
                    if not behind.isdisjoint(self.ends[at]):
                        longer.append((at, values))
                    continue
                if starts.isdisjoint(self.categories[at]):
                    continue
                for category, value, end in self.lexemes[at]:
                    if category in categories:
                        longer.append((end, values if value is None else [*values, value]))
                for symbol in symbols:
                    for end, value in self.match(symbol, at):
                        longer.append((end, [*values, value]))
            ways = longer
            if not ways:
                break
        return ways


class Place(NamedTuple):
    """Where a rule has matched."""

    parse: Parse
    start: int
    end: int

    @property
    def published(self) -> date | None:
        return self.parse.published

    @property
    def word(self) -> str:
        return self.parse.tokens[self.start].folded

    @property
    def follower(self) -> str:
        """The word behind, empty if there is none."""
        tokens = self.parse.tokens
        is_word = self.end < len(tokens) and tokens[self.end].kind == "word"
        return tokens[self.end].text if is_word else ""

    @property
    def following(self) -> frozenset[str]:
        """The categories of the lexemes behind."""
        categories = self.parse.categories
        return categories[self.end]

    @property
    def preceding(self) -> set[str]:
        """The categories of the lexemes before."""
        return self.parse.ends[self.start]


def _roman_units(units: str) -> int:
    return {"IX": 9, "IV": 4}.get(units, units.count("I") + 5 * units.count("V"))


def compile_rules(rules: Sequence[tuple[str, str, Build]]) -> Grammar:
    """Sort the rules by what they make, each with the lexemes that it can begin with."""
    starts: dict[str, frozenset[str]] = {symbol: frozenset() for symbol, _, _ in rules}

    def part_of(written: str) -> _Part:
        if written.startswith("<"):
            return _Part(frozenset(), (), False, frozenset(written[1:].split("|")), frozenset())
        names = written.rstrip("?").split("|")
        symbols = tuple(name for name in names if name in starts)
        categories = frozenset(names) - starts.keys()
        first = categories.union(*(starts[symbol] for symbol in symbols))
        return _Part(categories, symbols, written.endswith("?"), None, first)

    def first_of(parts: tuple[_Part, ...]) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for part in parts:
            found |= part.starts
            if part.behind is None and not part.is_optional:
                break
        return found

    for _ in starts:  # until nothing changes; no chain of symbols is longer than their number
        for symbol, pattern, _build in rules:
            starts[symbol] |= first_of(tuple(map(part_of, pattern.split())))
    grammar: Grammar = {symbol: {} for symbol in starts}
    for number, (symbol, pattern, build) in enumerate(rules):
        rule = _Rule(number, tuple(map(part_of, pattern.split())), build)
        for category in first_of(rule.parts):
            grammar[symbol].setdefault(category, []).append(rule)
    return grammar
