"""Full text: what search knows of a record, what a question means, and where in a text its words
stand.

Folding and tokenising is done here, once and for both databases, so that they find the same:
compatibility forms are made one, marks removed, case folded, and only letters and digits count.
`28,473` is the two tokens 28 and 473 in a row, and so is `non-NATO` two: what holds together in a
question must stand together in a text. Scripts that put no spaces between words are taken letter by
letter. Both databases index these tokens as they are.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

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

from app.vocabulary import ResourceType

# Thai, Lao, Burmese, Khmer; kana; Chinese characters.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")

MAX_TOKEN_LENGTH = 64
MAX_TERMS = 32
# What a `tsvector` of PostgreSQL keeps. Both databases stop there, so that they find the same.
_MAX_POSITIONS = 16_000
_MAX_OCCURRENCES = 250

GAP = "¶"
"""Stands between two texts of one record: no question has it, so no phrase reaches across."""


def tokens(text: str) -> list[str]:
    """The words of a text as search compares them."""
    decomposed = unicodedata.normalize("NFKD", text)
    unmarked = "".join(
        character for character in decomposed if not unicodedata.combining(character)
    )
    return [token[:MAX_TOKEN_LENGTH] for token in _TOKEN.findall(unmarked.casefold())]


def sort_key(text: str) -> str:
    """A title as it is sorted: letters and digits alone, without case and marks."""
    return " ".join(tokens(text))


@dataclass(frozen=True)
class PlacedToken:
    """A token with its place in the text that it was read from: code points, 0-based,
    end-exclusive.
    """

    token: str
    start: int
    end: int


def placed_tokens(text: str) -> list[PlacedToken]:
    """The same tokens as `tokens`, each with its place in the text as it is."""
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
# what is indexed


@dataclass(frozen=True)
class Document:
    """The tokens of a record, joined by spaces: of what it is called by, and of all else that it
    says.
    """

    name: str
    text: str
    length: int


_NAME_FIELDS = ("title", "headline")
_TEXT_FIELDS = ("summary", "definition", "publisher", "as_written", "measure", "value")


def document(resource_type: str, record: Mapping[str, Any]) -> Document:
    """`record` is the record as it is served."""
    names: list[str] = []
    texts: list[str] = []
    for item in texts_of(resource_type, record):
        (names if item.is_name else texts).append(item.text)
    name, text = _within_limits(_tokens_of(names), _tokens_of(texts))
    return Document(" ".join(name), " ".join(text), len(name) + len(text))


@dataclass(frozen=True)
class RecordText:
    """One text of a record. `offset` is where it begins in the source, null where it is not a
    quote.
    """

    field: str
    text: str
    is_name: bool = False
    source: str | None = None
    offset: int | None = None


def texts_of(resource_type: str, record: Mapping[str, Any]) -> Iterator[RecordText]:
    """What search reads of a record, in the order of the record. Sources and series show the
    evidence of their records; those are found themselves.
    """
    for name in _NAME_FIELDS:
        if record.get(name):
            yield RecordText(name, record[name], is_name=True)
    for item in record.get("names_as_written", ()):
        yield RecordText("names_as_written", item["as_written"], is_name=True)
    for name in _TEXT_FIELDS:
        value = record.get(name)
        if value is not None:
            yield RecordText(name, str(value))
    for role in record.get("roles", ()):
        yield RecordText("roles", role["title"])
    for author in record.get("authors", ()):
        yield RecordText("authors", author)
    if resource_type not in ("source", "series"):
        for item in record["evidence"]:
            yield RecordText("evidence", item["exact"], source=item["source"], offset=item["start"])


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
# what is asked for


@dataclass(frozen=True)
class Term:
    """Tokens in a row; the last one may be the beginning of a word."""

    tokens: tuple[str, ...]
    prefix: bool = False


_CHUNK = re.compile(r'["“”„]([^"“”„]*)["“”„]?|([^\s"“”„]+)')


@dataclass(frozen=True)
class Words:
    """A question: every term must occur. Without a term (nothing but signs was asked for) nothing
    is found. `is_common` is set where more than COMMON records have the words.
    """

    terms: tuple[Term, ...]
    is_common: bool = False

    @property
    def is_one_word(self) -> bool:
        """One whole word: the index has its records in a row, and gives the next one at once."""
        return len(self.terms) == 1 and len(self.terms[0].tokens) == 1 and not self.terms[0].prefix

    @property
    def has_prefix(self) -> bool:
        return any(term.prefix for term in self.terms)

    @classmethod
    def of(cls, text: str) -> "Words":
        """Raises ValueError where there are more terms than are accepted."""
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
        """As FTS5 reads it. Tokens are letters and digits: nothing in them needs escaping."""
        terms = [
            f'"{" ".join(term.tokens)}"{" *" if term.prefix else ""}' for term in self.terms
        ] or [f'"{GAP * 2}"']
        return f"{'name : ' if by_name else ''}({' AND '.join(terms)})"

    def in_postgresql(self, *, weight: str = "") -> str:
        """As a `tsquery` is written."""
        terms = [
            " <-> ".join(
                f"'{token}'{_mark(weight, prefix=term.prefix and index == len(term.tokens) - 1)}"
                for index, token in enumerate(term.tokens)
            )
            for term in self.terms
        ]
        return " & ".join(f"({term})" for term in terms) or f"'{GAP * 2}'"

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in a text the terms stand: code points, 0-based, end-exclusive, in order, without
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


# SQLite's index has a row for each record of the present, and the rows stand as lists do: noun by
# noun, each in the order of its ids. So a noun is a stretch of rows, and a list by id reads as many
# of them as it shows, however many there are. `search_index_place` leads from a row to the record's
# revision and back.

COMMON = 5_000
"""What no more records have is gathered first, what more have is asked of each row: see
`TextMatch`.
"""
_BITS_OF_PLACE = 40
_RESOURCE_TYPES: tuple[ResourceType, ...] = get_args(ResourceType)


def places_of(resource_type: ResourceType | None) -> tuple[int, int]:
    """The first and the last row that the records of a noun may have in the index; null: of all
    nouns.
    """
    first, last = (
        (0, len(_RESOURCE_TYPES) - 1)
        if resource_type is None
        else (_RESOURCE_TYPES.index(resource_type), _RESOURCE_TYPES.index(resource_type))
    )
    return first << _BITS_OF_PLACE, ((last + 1) << _BITS_OF_PLACE) - 1


def resource_type_at(place: int) -> ResourceType:
    return _RESOURCE_TYPES[place >> _BITS_OF_PLACE]


def first_places() -> str:
    """Where each noun's rows begin, as an expression over `resource_type`."""
    cases = " ".join(
        f"WHEN '{resource_type}' THEN {places_of(resource_type)[0]}"
        for resource_type in _RESOURCE_TYPES
    )
    return f"CASE resource_type {cases} END"


class TextMatch(ColumnElement[bool]):
    """That the record with a revision key has the words bound as `parameter`.

    `one_by_one` asks the index for each row that is read, instead of for all matches: where very
    many records match, the first rows of a list are found sooner. `as_of` includes the records
    that have ended. The databases have no SQL in common for it.
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
    """FTS5: that a row of the index has the words; the index itself is the left operand."""
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
    """The keys of the present documents that match, whatever their resource type."""
    place = SEARCH_INDEX_PLACE
    return (
        select(place.c.key)
        .select_from(SEARCH_INDEX.join(place, place.c.place == SEARCH_INDEX.c.rowid))
        .where(index_matches(SEARCH_INDEX, parameter))
    )


def _keys_as_of_in_sqlite(parameter: str) -> CompoundSelect[Any]:
    """The keys of the documents that match, also of those that have ended."""
    ended = select(_PAST_SEARCH_INDEX.c.rowid).where(index_matches(_PAST_SEARCH_INDEX, parameter))
    return _keys_in_sqlite(parameter).union(ended)


def matching_documents(
    parameter: str, resource_type: ResourceType | None, *, is_sqlite: bool, is_past: bool
) -> tuple[Select[Any], ColumnElement[Any]]:
    """Key, `noun` and length of the documents of a resource type (`None`: of all) that match, and
    the column that puts them in the order of their ids. In the present SQLite index `noun` is a
    place, which `noun_at` reads.
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
