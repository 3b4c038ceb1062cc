"""The words around numbers, by language: the tables of `number_words.yaml`, CLDR and text2num."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml_rs
from babel import Locale, UnknownLocaleError
from text_to_num import text2num

Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
"""Phrases with their meanings by first word, the longest first."""

NUMBER_WORDS_FILE = Path(__file__).with_name("number_words.yaml")
SPOKEN = frozenset({"en", "fr", "es", "de", "pt", "it", "nl", "da"})
"""The languages whose cardinal numbers text2num reads."""
SYMBOLS = {
    ">": "over",
    "<": "under",
    ">=": "at_least",
    "≥": "at_least",
    "⩾": "at_least",
    "<=": "at_most",
    "≤": "at_most",
    "⩽": "at_most",
    "~": "about",
    "≈": "about",
    "∼": "about",
    "±": "unclear",
}
FOREIGN_SCALES = frozenset({"mld", "mrd", "mio", "mln", "tsd"})
"""Scales of other languages: behind digits of any language they are more than a unit."""
_SPELLINGS = {"veintiún": "veintiuno", "veintiun": "veintiuno"}
_CONTRACTIONS = {
    "fr": {"d": "de", "du": "de", "des": "de", "au": "a", "aux": "a"},
    "es": {"del": "de", "al": "a"},
    "pt": {"do": "de", "da": "de", "dos": "de", "das": "de", "ao": "a", "aos": "a"},
}


@dataclass(frozen=True, kw_only=True)
class Language:
    """What the grammar of numbers knows of a language."""

    code: str
    separators: tuple[str, str]
    """The signs that group digits and that stand before decimals."""
    qualifiers: Phrases
    afterwards: Phrases
    unquantified: Phrases
    collectives: Phrases
    fractions: Phrases
    scales: Mapping[str, Decimal]
    amounts: Mapping[str, Decimal]
    unreadable: frozenset[str]
    months: frozenset[str]
    words: Mapping[str, Phrases]
    first_words: frozenset[str]
    """The words that can begin a number expression, but for cardinal numbers."""

    @property
    def reads_qualifiers(self) -> bool:
        return bool(self.qualifiers)

    @property
    def reads_words(self) -> bool:
        return self.code in SPOKEN

    def key(self, word: str) -> str:
        """Return the form in which words are compared."""
        return _key(word, self.code)

    def cardinal(self, words: Iterable[str]) -> Decimal | None:
        """Return the value of a cardinal number in words, None if it is none."""
        if not self.reads_words:
            return None
        try:
            phrase = " ".join([_SPELLINGS.get(word, word) for word in words])
            return Decimal(text2num(phrase, self.code))
        except ValueError:
            return None


@lru_cache(maxsize=64)
def language(tag: str) -> Language:
    """Return what is known of a language. One without tables of ours has what CLDR knows of it."""
    locale, code = _locale(tag), tag.split("-")[0].lower()
    tables = _tables().get(code, {})

    def phrases(meanings: Iterable[tuple[str, str]]) -> Phrases:
        by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for text, meaning in meanings:
            words = tuple(_key(word, code) for word in text.split())
            by_first.setdefault(words[0], []).append((words, meaning))
        return {
            first: tuple(sorted(group, key=lambda item: -len(item[0])))
            for first, group in by_first.items()
        }

    def qualifiers(table: str) -> Phrases:
        return phrases(
            (phrase, meaning.replace("_or_", " "))
            for meaning, text in tables.get(table, {}).items()
            for phrase in _items(text)
        )

    def named(table: str) -> Phrases:
        return phrases(_pairs(tables.get(table, "")))

    def plain(text: str) -> Phrases:
        return phrases((phrase, "") for phrase in _items(text))

    before, fractions = qualifiers("qualifiers"), named("fractions")
    unquantified = plain(tables.get("unquantified", ""))
    words = {name: plain(text) for name, text in tables.get("words", {}).items()}
    amounts = {
        _key(word, code): Decimal(value) for word, value in _pairs(tables.get("amounts", ""))
    }
    unreadable = {_key(word, code) for word in _items(tables.get("unreadable", ""))}
    begins = (words.get(name, {}) for name in ("articles", "one", "zero", "minus", "between"))
    return Language(
        code=code,
        separators=_separators(locale),
        qualifiers=before,
        afterwards=qualifiers("afterwards"),
        unquantified=unquantified,
        collectives=named("collectives"),
        fractions=fractions,
        scales=_cldr_scales(locale)
        | {_key(word, code): Decimal(value) for word, value in _pairs(tables.get("scales", ""))},
        amounts=amounts,
        unreadable=frozenset(unreadable),
        months=frozenset(_months(locale)),
        words=words,
        first_words=frozenset().union(
            before, fractions, unquantified, amounts, unreadable, *begins
        ),
    )


def _tables() -> Any:
    return yaml_rs.loads(NUMBER_WORDS_FILE.read_text(encoding="utf-8"))


def _key(word: str, code: str) -> str:
    """Return a word in lower case and without accents; “du” is “de” where it holds it."""
    if word.isascii():
        plain = word.lower()
        return _CONTRACTIONS[code].get(plain, plain) if code in _CONTRACTIONS else plain
    decomposed = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c) and c != "ـ")
    plain = plain.replace("ة", "ه").replace("ى", "ي")
    return _CONTRACTIONS.get(code, {}).get(plain, plain)


def _items(text: str) -> Iterator[str]:
    return filter(None, map(str.strip, text.split(",")))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for item in _items(text):
        name, _, value = item.partition(" = ")
        yield name, value


# -------------------------------------------------------------------------------------------- CLDR


def _locale(tag: str) -> Locale:
    for candidate in (tag, tag.split("-")[0]):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _separators(locale: Locale) -> tuple[str, str]:
    symbols = locale.number_symbols["latn"]
    return str(symbols["group"]), str(symbols["decimal"])


def _cldr_scales(locale: Locale) -> dict[str, Decimal]:
    """Return the words of the compact formats: “0 Millionen” for 1,000,000."""
    scales = {}
    for width in ("long", "short"):
        for forms in locale.compact_decimal_formats[width].values():
            for number, pattern in forms.items():
                text = pattern.pattern.replace("'", "").replace(".", "")
                word, zeros = _key(text.strip("0").strip(), locale.language), text.count("0")
                if word.isalpha() and zeros:
                    scales[word] = Decimal(number) / 10 ** (zeros - 1)
    return scales


def _months(locale: Locale) -> Iterator[str]:
    for width in ("wide", "abbreviated"):
        for name in locale.months["format"][width].values():
            yield _key(name, locale.language).strip(".")
