"""Full text: the tokens of records and queries, and the SQL conditions that match them.

Text is folded and tokenised here for both databases, so that they return the same records: NFKD,
without combining marks, case folded, letters and digits only. `28,473` is the phrase of the tokens
28 and 473, `non-NATO` that of two tokens. In scripts without spaces between words each character is
a token. Both databases index these tokens unchanged.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    TableClause,
    bindparam,
    cast,
    column,
    literal_column,
    select,
    table,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import UserDefinedType

from app.resources.fields import published_words
from app.vocabulary import ResourceType, codes

# Thai, Lao, Burmese, Khmer; kana; Chinese characters.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")

MAX_TOKEN_LENGTH = 64
MAX_TERMS = 32
# The limits of a `tsvector` in PostgreSQL. Both databases index the same tokens.
_MAX_POSITIONS = 16_000
_MAX_OCCURRENCES = 250

GAP = "¶"
"""Separates two texts of a record. No query has this token, so no phrase matches across texts."""


def tokens(text: str) -> list[str]:
    """The tokens of a text."""
    decomposed = unicodedata.normalize("NFKD", text)
    unmarked = "".join(
        character for character in decomposed if not unicodedata.combining(character)
    )
    return [token[:MAX_TOKEN_LENGTH] for token in _TOKEN.findall(unmarked.casefold())]


def sort_key(text: str) -> str:
    """The sort key of a title: its tokens, joined by spaces."""
    return " ".join(tokens(text))


@dataclass(frozen=True)
class PlacedToken:
    """A token with its span in the original text: code points, 0-based, end-exclusive."""

    token: str
    start: int
    end: int


def placed_tokens(text: str) -> list[PlacedToken]:
    """The tokens of a text with their spans."""
    if text.isascii():
        matches = _TOKEN.finditer(text.lower())
        return [PlacedToken(match.group()[:MAX_TOKEN_LENGTH], *match.span()) for match in matches]
    folded: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        replacement = _folded(character)
        folded.append(replacement)
        origins += [index] * len(replacement)
    result = []
    for match in _TOKEN.finditer("".join(folded)):
        end = origins[match.end() - 1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1  # marks belong to the letter before them
        result.append(PlacedToken(match.group()[:MAX_TOKEN_LENGTH], origins[match.start()], end))
    return result


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(part for part in decomposed if not unicodedata.combining(part)).casefold()


# ----------------------------------------------------------------------------------------------
# Indexing


@dataclass(frozen=True)
class Document:
    """The indexed tokens of a record, joined by spaces: of its names, and of its other texts.

    `length` is the number of tokens in both.
    """

    name: str
    text: str
    length: int


_NAME_FIELDS = ("title", "headline")
_TEXT_FIELDS = ("summary", "definition", "publisher", "as_written", "measure", "value")


def document(resource_type: str, record: Mapping[str, Any]) -> Document:
    """The indexed tokens of a record. `record` is its public JSON."""
    names: list[str] = []
    texts: list[str] = []
    for item in texts_of(resource_type, record):
        (names if item.is_name else texts).append(item.text)
    name, text = _within_limits(_tokens_of(names), _tokens_of(texts))
    return Document(" ".join(name), " ".join(text), len(name) + len(text))


@dataclass(frozen=True)
class RecordText:
    """A text of a record. `offset` is its position in the source; None: it is not a quote."""

    field: str
    text: str
    is_name: bool = False
    source: str | None = None
    offset: int | None = None


def texts_of(resource_type: str, record: Mapping[str, Any]) -> Iterator[RecordText]:
    """The searchable texts of a record, in the order of the record.

    The evidence of sources and series is that of their records, which search returns themselves.
    """
    for name in _NAME_FIELDS:
        if record.get(name):
            yield RecordText(name, record[name], is_name=True)
    for item in record.get("names_as_written", ()):
        yield RecordText("names_as_written", item, is_name=True)
    for name in _TEXT_FIELDS:
        value = record.get(name)
        if value is not None:
            yield RecordText(name, str(value))
    for role in record.get("roles", ()):
        yield RecordText("roles", role["title"])
    for identifier in record.get("same_as", ()):
        yield RecordText("same_as", identifier["id"])
    for author in record.get("authors", ()):
        yield RecordText("authors", author)
    if resource_type not in ("source", "series"):
        for item in record["evidence"]:
            for words, offset in published_words(item):
                yield RecordText("evidence", words, source=item["source"], offset=offset)


def _tokens_of(texts: Sequence[str]) -> list[str]:
    result: list[str] = []
    for text in dict.fromkeys(texts):
        words = tokens(text)
        if words:
            result += [GAP, *words] if result else words
    return result


def _within_limits(name: list[str], text: list[str]) -> tuple[list[str], list[str]]:
    if len(name) + len(text) <= _MAX_OCCURRENCES:
        return name, text
    occurrences: Counter[str] = Counter()
    limited = []
    for token in [*name, *text][:_MAX_POSITIONS]:
        occurrences[token] += 1
        limited.append(token if occurrences[token] <= _MAX_OCCURRENCES else GAP)
    return limited[: len(name)], limited[len(name) :]


# ----------------------------------------------------------------------------------------------
# Queries


@dataclass(frozen=True)
class Term:
    """A phrase: consecutive tokens. `prefix`: the last one is the beginning of a word."""

    tokens: tuple[str, ...]
    prefix: bool = False


_CHUNK = re.compile(r'["“”„]([^"“”„]*)["“”„]?|([^\s"“”„]+)')


@dataclass(frozen=True)
class Words:
    """A full-text query: every term must occur. A query without terms matches nothing.

    `is_common`: more than COMMON records match.
    """

    terms: tuple[Term, ...]
    is_common: bool = False

    @property
    def is_one_word(self) -> bool:
        """Whether it is one complete word, whose records the index lists in order."""
        return len(self.terms) == 1 and len(self.terms[0].tokens) == 1 and not self.terms[0].prefix

    @property
    def has_prefix(self) -> bool:
        return any(term.prefix for term in self.terms)

    @classmethod
    def of(cls, text: str) -> "Words":
        """Parse a query. Raises ValueError for more than MAX_TERMS terms."""
        terms = []
        for quoted, plain in _CHUNK.findall(text):
            chunk = (quoted or plain).rstrip()
            words = tuple(tokens(chunk))
            if words:
                terms.append(Term(words, prefix=chunk.endswith("*")))
        if len(terms) > MAX_TERMS:
            raise ValueError(
                f"has {len(terms)} words and phrases; at most {MAX_TERMS} are accepted"
            )
        return cls(tuple(dict.fromkeys(terms)))

    def in_sqlite(self, *, by_name: bool = False) -> str:
        """The query in the syntax of FTS5. Tokens are letters and digits and need no escaping."""
        terms = [
            f'"{" ".join(term.tokens)}"{" *" if term.prefix else ""}' for term in self.terms
        ] or [f'"{GAP * 2}"']
        return f"{'name : ' if by_name else ''}({' AND '.join(terms)})"

    def in_postgresql(self, *, weight: str = "") -> str:
        """The query as the text of a `tsquery`. `weight` limits it to tokens of that weight."""
        terms = [
            " <-> ".join(
                f"'{token}'{_mark(weight, prefix=term.prefix and index == len(term.tokens) - 1)}"
                for index, token in enumerate(term.tokens)
            )
            for term in self.terms
        ]
        return " & ".join(f"({term})" for term in terms) or f"'{GAP * 2}'"

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The spans of the terms in a text: code points, 0-based, end-exclusive, in order, without
        overlap.
        """
        placed = placed_tokens(text)
        spans: list[tuple[int, int]] = []
        for term in self.terms:
            width = len(term.tokens)
            runs = (placed[index : index + width] for index in range(len(placed) - width + 1))
            spans += [(run[0].start, run[-1].end) for run in runs if _matches(term, run)]
        return list(_merged(sorted(spans)))


def _mark(weight: str, *, prefix: bool) -> str:
    marks = weight + ("*" if prefix else "")
    return f":{marks}" if marks else ""


def _matches(term: Term, placed: Sequence[PlacedToken]) -> bool:
    *firm, last = term.tokens
    if any(token != placed_token.token for token, placed_token in zip(firm, placed, strict=False)):
        return False
    return placed[-1].token.startswith(last) if term.prefix else placed[-1].token == last


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, end = -1, -1
    for next_start, next_end in spans:
        if next_start > end:
            if end >= 0:
                yield start, end
            start, end = next_start, next_end
        else:
            end = max(end, next_end)
    if end >= 0:
        yield start, end


# ----------------------------------------------------------------------------------------------
# SQL


# SQLite's index has a row for each current record, in the order of lists: by resource type, then by
# id. The records of a type are consecutive rows, so a list by id reads only the rows of its page.
# `search_index_place` maps rows to the revisions of records, and back.

COMMON = 5_000
"""Up to this number of matches, a list reads all of them first; see `TextMatch.one_by_one`."""
_BITS_OF_PLACE = 40
_RESOURCE_TYPES: tuple[ResourceType, ...] = codes(ResourceType)


def places_of(resource_type: ResourceType | None) -> tuple[int, int]:
    """The first and last row number of a resource type in the index; None: of all types."""
    first, last = (
        (0, len(_RESOURCE_TYPES) - 1)
        if resource_type is None
        else (_RESOURCE_TYPES.index(resource_type), _RESOURCE_TYPES.index(resource_type))
    )
    return first << _BITS_OF_PLACE, ((last + 1) << _BITS_OF_PLACE) - 1


def resource_type_at(place: int) -> ResourceType:
    return _RESOURCE_TYPES[place >> _BITS_OF_PLACE]


def first_places() -> str:
    """SQL for the first row number of the type in the column `resource_type`."""
    cases = " ".join(
        f"WHEN '{resource_type}' THEN {places_of(resource_type)[0]}"
        for resource_type in _RESOURCE_TYPES
    )
    return f"CASE resource_type {cases} END"


class TextMatch(ColumnElement[bool]):
    """The condition that the record with a revision key matches the query bound as `parameter`.

    `one_by_one` checks each row against the index, instead of reading all matches first, which is
    faster for the first page of very many matches. `as_of` includes the records that have ended.
    Each database has its own SQL for it.
    """

    inherit_cache = False

    def __init__(
        self,
        key: ColumnElement[int],
        parameter: str,
        *,
        one_by_one: bool = False,
        as_of: bool = False,
    ) -> None:
        self.revision_key = key
        self.parameter = parameter
        self.one_by_one = one_by_one
        self.as_of = as_of


# The tables that the migration makes for full-text search, with the columns that queries name.
SEARCH_INDEX = table("search_index", column("rowid", Integer))
SEARCH_INDEX_PLACE = table(
    "search_index_place",
    column("place", Integer),
    column("key", Integer),
    column("length", Integer),
)
_PAST_SEARCH_INDEX = table("past_search_index", column("rowid", Integer))
_SEARCH_DOCUMENT = table(
    "search_document",
    column("key", Integer),
    column("resource_type"),
    column("record_id"),
    column("length", Integer),
    column("vector"),
)


def index_matches(index: TableClause, parameter: str) -> ColumnElement[bool]:
    """The FTS5 condition that a row of the index matches; the index is the left operand."""
    return literal_column(index.name).op("MATCH", is_comparison=True)(bindparam(parameter))


class TSQuery(UserDefinedType[str]):
    """PostgreSQL's tsquery, named here so that a SQLite server does not load that dialect."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "tsquery"


def _has_lexemes(parameter: str) -> ColumnElement[bool]:
    query: ColumnElement[Any] = cast(bindparam(parameter), TSQuery())
    return _SEARCH_DOCUMENT.c.vector.op("@@", is_comparison=True)(query)


def _keys_in_sqlite(parameter: str) -> Select[Any]:
    """The keys of the current documents that match, of all resource types."""
    place = SEARCH_INDEX_PLACE
    return (
        select(place.c.key)
        .select_from(SEARCH_INDEX.join(place, place.c.place == SEARCH_INDEX.c.rowid))
        .where(index_matches(SEARCH_INDEX, parameter))
    )


def _keys_as_of_in_sqlite(parameter: str) -> CompoundSelect[Any]:
    """The keys of the documents that match, including those that have ended."""
    ended = select(_PAST_SEARCH_INDEX.c.rowid).where(index_matches(_PAST_SEARCH_INDEX, parameter))
    return _keys_in_sqlite(parameter).union(ended)


def matching_documents(
    parameter: str, resource_type: ResourceType | None, *, is_sqlite: bool, is_past: bool
) -> tuple[Select[Any], ColumnElement[Any]]:
    """`key`, `resource_type` and `length` of the matching documents of a resource type (None: of
    all types), and the column that orders them by id. For current records in SQLite
    `resource_type` is a row number, which `resource_type_at` decodes.
    """
    if is_sqlite and not is_past:
        place = SEARCH_INDEX_PLACE
        first, last = places_of(resource_type)
        rows = (
            select(place.c.key, place.c.place.label("resource_type"), place.c.length)
            .select_from(SEARCH_INDEX.join(place, place.c.place == SEARCH_INDEX.c.rowid))
            .where(
                index_matches(SEARCH_INDEX, parameter),
                SEARCH_INDEX.c.rowid.between(literal_column(str(first)), literal_column(str(last))),
            )
        )
        return rows, SEARCH_INDEX.c.rowid
    document = _SEARCH_DOCUMENT
    matches = (
        document.c.key.in_(_keys_as_of_in_sqlite(parameter))
        if is_sqlite
        else _has_lexemes(parameter)
    )
    rows = select(document.c.key, document.c.resource_type, document.c.length).where(matches)
    if resource_type is not None:
        rows = rows.where(document.c.resource_type == literal_column(f"'{resource_type}'"))
    return rows, document.c.record_id


@compiles(TextMatch)
def _in_sqlite(element: TextMatch, compiler: SQLCompiler, **options: Any) -> str:
    key, parameter = element.revision_key, element.parameter
    if element.as_of:
        return compiler.process(key.in_(_keys_as_of_in_sqlite(parameter)), **options)
    if element.one_by_one:
        place = SEARCH_INDEX_PLACE
        row = select(place.c.place).where(place.c.key == key).scalar_subquery()
        match: Select[Any] = select(literal_column("1")).where(
            index_matches(SEARCH_INDEX, parameter), SEARCH_INDEX.c.rowid == row
        )
        return compiler.process(match.exists(), **options)
    first: BindParameter[int] = bindparam(f"{parameter}_first")
    last: BindParameter[int] = bindparam(f"{parameter}_last")
    keys = _keys_in_sqlite(parameter).where(SEARCH_INDEX.c.rowid.between(first, last))
    return compiler.process(key.in_(keys), **options)


@compiles(TextMatch, "postgresql")
def _in_postgresql(element: TextMatch, compiler: SQLCompiler, **options: Any) -> str:
    keys = select(_SEARCH_DOCUMENT.c.key).where(_has_lexemes(element.parameter))
    return compiler.process(element.revision_key.in_(keys), **options)
