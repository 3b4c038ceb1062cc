"""The tokens of a short text, as the grammar of numbers needs them, and numerals in digits."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from app.curation.readers.number_words import Language, Phrases

DASHES = "-‐‑‒–—―−"
_HYPHENS = "-‐‑"
_LONGEST_CARDINAL = 20
_VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_MARK = r"\u0300-\u036f\u064b-\u0652"
_CURRENCY = r"(?:Rs|USD|EUR|GBP|CHF)(?=\d)"
# A code is no number: a time, a date, G20. An Arabic “and” is a word of its own before a number.
_TOKEN = re.compile(
    rf"""
    (?P<code> \d\d?h\d\d | \d{{4}}-\d\d?-\d\d?(?!\d) | \d+(?::\d+)+ | \d+/\d+/\d+
      | (?!{_CURRENCY})[A-Za-zÀ-ɏ]+\d\w*)
  | (?P<fraction> [{_VULGAR}] | \d{{1,2}}/\d{{1,3}}(?![\d/]))
  | (?P<digits> \d{{1,3}}(?:[ \u00a0\u202f\u2009]\d{{3}}(?!\d))+(?:[.,٫]\d+)?
      | \d+(?:[.,٫٬،'’]\d+)*)
  | (?P<word> و(?=\s?نصف|\s?ربع|\s?ثلث) | {_CURRENCY}
      | [^\W\d_{_VULGAR}](?:[^\W\d_{_VULGAR}]|[{_MARK}])*)
  | (?P<sign> [<>]= | [^\w\s])
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    kind: str
    text: str
    key: str
    """The text in lower case and without accents."""
    start: int
    end: int
    is_glued: bool
    """Whether nothing stands between this and the token before it."""


NO_TOKEN = Token("", "", "", 0, 0, False)


class Tokens:
    """The tokens of a text; an index beyond them gives an empty one."""

    def __init__(self, text: str, language: Language) -> None:
        self.language = language
        self._tokens: list[Token] = []
        self._cardinals: dict[int, list[tuple[Decimal, int]]] = {}
        for match in _TOKEN.finditer(text):
            kind, word, (start, end) = str(match.lastgroup), match.group(), match.span()
            if kind == "sign" and _joins_words(text, start):
                continue
            key = language.key(word) if kind == "word" else word
            is_glued = bool(self._tokens) and self._tokens[-1].end == start
            self._tokens.append(Token(kind, word, key, start, end, is_glued))

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, index: int) -> Token:
        return self._tokens[index] if 0 <= index < len(self._tokens) else NO_TOKEN

    def at(self, place: int) -> int:
        """Return the index of the first token that ends behind a place in the text."""
        return next((n for n, token in enumerate(self._tokens) if token.end > place), len(self))

    def texts(self, start: int, end: int) -> tuple[str, ...]:
        return tuple(token.text for token in self._tokens[start:end])

    def is_currency(self, index: int) -> bool:
        token = self[index]
        return token.kind == "sign" and unicodedata.category(token.text[0]) == "Sc"

    def is_scale(self, index: int) -> bool:
        token = self[index]
        return token.kind == "word" and token.key in self.language.scales

    def phrase(self, phrases: Phrases, index: int) -> tuple[str, int] | None:
        """Match the longest of some phrases; returns its meaning and the index behind it."""
        key = self[index].key
        candidates = phrases.get(key)
        if candidates is None and self.language.code == "ar" and key[:1] in ("و", "ب", "ل", "ف"):
            candidates = phrases.get(key[1:])
        if candidates is None:
            return None
        for words, meaning in candidates:
            if len(words) == 1 or all(
                self[index + n].key == words[n] for n in range(1, len(words))
            ):
                after = index + len(words)
                # “approx. 500”
                if len(words) == 1 and self[after].key == "." and self[after].is_glued:
                    after += self[after + 1].kind in ("digits", "fraction")
                return meaning, after
        return None

    def skip(self, name: str, index: int) -> int | None:
        """Match a phrase of a list of words; returns the index behind it."""
        phrases = self.language.words.get(name)
        match = self.phrase(phrases, index) if phrases else None
        return None if match is None else match[1]

    def cardinals(self, index: int) -> list[tuple[Decimal, int]]:
        """Return every cardinal number in words that begins at a token, the longest first.

        It stops before millions, which are scales of what stands before them.
        """
        if index not in self._cardinals:
            self._cardinals[index] = list(self._find_cardinals(index))[::-1]
        return self._cardinals[index]

    def _find_cardinals(self, index: int) -> Iterator[tuple[Decimal, int]]:
        language = self.language
        if not language.reads_words or self[index].kind != "word":
            return
        words: list[str] = []
        is_article = self.skip("one", index) is not None
        for after in range(index + 1, index + _LONGEST_CARDINAL):
            token = self[after - 1]
            if token.kind != "word" or language.scales.get(token.key, 0) >= 10**6:
                return
            is_a = is_article and after == index + 1
            words.append("one" if is_a and language.code == "en" else token.text.lower())
            value = language.cardinal(words)
            if value is not None and not is_a:
                yield value, after
            elif value is None and self.skip("and", after - 1) is None:
                return


def _joins_words(text: str, index: int) -> bool:
    """Whether the sign is the hyphen of “twenty-five” or “500-odd”, or an apostrophe."""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if text[index] in "'’":
        return before.isalpha() and after.isalpha()
    return text[index] in _HYPHENS and before.isalnum() and after.isalpha()


def digit_values(text: str, language: Language) -> tuple[Decimal, ...]:
    """Return the values of a numeral in digits: by the signs of the language, else by others'.

    In Spanish and Arabic, whose countries differ, “1,200” is both 1.2 and 1200.
    """
    plain = re.sub(r"[\s'’]", "", text).replace("٬", "G").replace("،", "G").replace("٫", "D")
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    group, decimal = language.separators
    own = (group if group in ".," else "G", decimal)
    value = _grouped(digits, *own)
    others = [_grouped(digits, *pair) for pair in ((",", "."), (".", ",")) if pair != own]
    is_unsure = value is None or (
        language.code in ("es", "ar")
        and re.fullmatch(rf"[1-9]\d{{0,2}}{re.escape(decimal)}\d{{3}}", digits)
    )
    values = [value, *others] if is_unsure else [value]
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _grouped(digits: str, group: str, decimal: str) -> Decimal | None:
    whole, _, rest = digits.replace("D", decimal).replace("G", group).partition(decimal)
    sign = re.escape(group)
    thousands, lakhs = (
        rf"[1-9]\d{{0,2}}(?:{sign}\d{{3}})+",
        rf"[1-9]\d?(?:{sign}\d\d)+{sign}\d{{3}}",
    )
    if not re.fullmatch(rf"\d+|{thousands}|{lakhs}", whole) or (rest and not rest.isdigit()):
        return None
    return Decimal(whole.replace(group, "") + (f".{rest}" if rest else ""))


def fraction_value(text: str) -> Decimal | None:
    """Return the value of ½ or 1/2, None for what is none (24/7)."""
    top, _, bottom = unicodedata.normalize("NFKC", text).replace("⁄", "/").partition("/")
    return Decimal(top) / Decimal(bottom) if 0 < int(top) < int(bottom) else None
