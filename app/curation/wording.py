"""The wording of records: our words and the source's.

Our words (titles, summaries, caveats, notes, definitions, roles, reasons, ids) are plain and the
same for every party. They contain the source's words only in quotation marks. The loaded terms
that they must not contain are listed in `loaded_terms.yaml`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml_rs
from pydantic import BaseModel

from app.curation.files import Location

LOADED_TERMS_FILE = Path(__file__).with_name("loaded_terms.yaml")
PRESUPPOSING_VERBS_FILE = Path(__file__).with_name("presupposing_verbs.yaml")
WORDS_NEAR = 6
OUR_FIELDS = frozenset(
    {"title", "summary", "definition", "note", "caveats", "role", "reason", "reading"}
)

_QUOTED = re.compile(r"“([^”]*)”|\"([^\"]*)\"")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True)
class LoadedTerm:
    """A term, and the words near it that decide whether it has its loaded meaning."""

    term: str
    only_near: frozenset[str]
    not_near: frozenset[str]

    def is_loaded(self, near: AbstractSet[str]) -> bool:
        return self.not_near.isdisjoint(near) and (
            not self.only_near or not self.only_near.isdisjoint(near)
        )


@dataclass(frozen=True)
class LoadedTerms:
    """The list of loaded terms. `by_form` maps each form, in lower case, to its term."""

    by_form: Mapping[str, LoadedTerm]
    pattern: re.Pattern[str]

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield each loaded term in a text: the term, and the start and end of its form."""
        for match in self.pattern.finditer(text):
            yield self.by_form[match.group().lower()].term, match.start(), match.end()

    def find_in_our_words(self, text: str) -> Iterator[str]:
        """Yield the loaded terms that have their loaded meaning, outside quotation marks."""
        ours = outside_quotation_marks(text)
        for match in self.pattern.finditer(ours):
            before = _WORD.findall(ours[: match.start()])[-WORDS_NEAR:]
            after = _WORD.findall(ours[match.end() :])[:WORDS_NEAR]
            if self.by_form[match.group().lower()].is_loaded(
                {word.lower() for word in (*before, *after)}
            ):
                yield match.group()


@cache
def loaded_terms() -> LoadedTerms:
    return _read_terms(LOADED_TERMS_FILE, ("condemning", "excusing"))


@cache
def presupposing_verbs() -> LoadedTerms:
    """Verbs that say of a statement that it is true, or that it is not."""
    return _read_terms(PRESUPPOSING_VERBS_FILE, ("terms",))


def _read_terms(file: Path, keys: Sequence[str]) -> LoadedTerms:
    by_form: dict[str, LoadedTerm] = {}
    groups: Any = yaml_rs.loads(file.read_text(encoding="utf-8"))
    for entry in (entry for group in groups for key in keys for entry in group[key]):
        term = LoadedTerm(
            entry["term"], _words_of(entry, "only_near"), _words_of(entry, "not_near")
        )
        for form in (term.term, *entry.get("forms", ())):
            by_form[form.lower()] = term
    # Longer forms first: “war crimes” is one term, not a word of it.
    forms = "|".join(re.escape(form) for form in sorted(by_form, key=len, reverse=True))
    return LoadedTerms(by_form, re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.IGNORECASE))


def _words_of(entry: Mapping[str, Any], key: str) -> frozenset[str]:
    """Return a list of words, which may be written in several lines as a list of lists."""
    return frozenset(
        word for part in entry.get(key, ()) for word in (part if isinstance(part, list) else [part])
    )


def our_words(seed: BaseModel) -> Iterator[tuple[Location, str]]:
    """Yield every text of ours in a seed, with its location."""
    for name in type(seed).model_fields:
        value: Any = getattr(seed, name)
        if isinstance(value, str) and name in OUR_FIELDS:
            yield (name,), value
        elif isinstance(value, BaseModel):
            for location, text in our_words(value):
                yield (name, *location), text
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, str) and name in OUR_FIELDS:
                    yield (name, index), item
                elif isinstance(item, BaseModel):
                    for location, text in our_words(item):
                        yield (name, index, *location), text


_CALLED = re.compile(
    r"\b(?:article|publisher|report|source|text)(?: itself)? calls (?:it |this |them |an? |the )?$"
)


def in_unmarked_quotation_marks(text: str) -> Iterator[str]:
    """Yield what stands in quotation marks, without what we call the source's words: “what the text
    calls “…””.
    """
    for match in _QUOTED.finditer(text):
        if not _CALLED.search(text[: match.start()]):
            yield match[1] or match[2]


def in_quotation_marks(text: str) -> list[str]:
    return [first or second for first, second in _QUOTED.findall(text)]


def outside_quotation_marks(text: str) -> str:
    return _QUOTED.sub(" ", text)


def foreign_letters(text: str) -> str:
    """Return the letters that are not Latin."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text)
        if character.isalpha()
        and unicodedata.category(character) != "Lm"
        and "LATIN" not in unicodedata.name(character, "")
        and character != "μ"
    )


def words(text: str) -> list[str]:
    """Return the words of a text, without possessive endings."""
    return [re.sub(r"['’]s?$", "", word) for word in _WORD.findall(text)]


def names_in(text: str) -> list[str]:
    """Return the capitalised words, except the first of each sentence."""
    return [
        word
        for sentence in re.split(r"[.:;?!]\s+", text)
        for word in words(sentence)[1:]
        if word[0].isupper()
    ]


_ARTICLES = frozenset(
    "the a an le la les un une el los las una der die das dem den des ein eine o os as um"
    " uma".split()
)
_PRONOUNS = frozenset(
    "he she it they we i you him her them us his hers its their theirs our ours who whom whose"
    " which that this these those one il elle ils elles lui leur leurs qui celui-ci celle-ci son sa"
    " ses él ella ellos ellas su sus quien quienes er sie es ihm ihr ihnen ihn sein seine deren"
    " dessen ele ela eles elas seu sua seus suas quem هو هي هم هما".split()
)


def is_pronoun(words: str) -> bool:
    """Whether words refer to somebody without naming them."""
    return words.casefold() in _PRONOUNS


def same_name(first: str, second: str) -> bool:
    """Whether two spellings are one name: the article before it and a possessive do not count."""
    return _bare_name(first) == _bare_name(second)


def _bare_name(name: str) -> list[str]:
    parts = re.sub(r"['’]s?$", "", unicodedata.normalize("NFC", name).casefold()).split()
    return parts[1:] if len(parts) > 1 and parts[0] in _ARTICLES else parts
