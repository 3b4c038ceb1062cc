"""CSV (RFC 4180): CRLF, always a header, quotes where needed, UTF-8.

The columns of records are those of their declaration, so that an empty list has the same header.
Other lists have one row for each item of the JSON, and the columns of `TABLES`. Nested fields are
named by their path (`as_of.edtf`). Lists are joined by ` | `, in the same order in all their
columns, and lists in lists by `;`.

Text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a carriage return)
gets a leading apostrophe. Numbers are unchanged.
"""

import codecs
import csv
import io
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import from_json
from typing_extensions import TypeAliasType

from app.formats import json
from app.formats.media_types import ResultKind
from app.query.queries import ListQuery
from app.query.results import Change, SearchHit, StoredRecord, TimelineEntry
from app.query.timeline import DATED_BY
from app.resources import RESOURCES
from app.urls import BaseUrl
from app.vocabulary import ChangeKind, codes

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


ReadValue = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Column:
    """A column: its name, the field of the record it belongs to, and the function for its value."""

    name: str
    field: str
    read: ReadValue

    @classmethod
    def of_path(cls, path: tuple[str, ...]) -> "Column":
        return cls(".".join(path), path[0], _value_reader(path))


def _value_reader(path: tuple[str, ...]) -> ReadValue:
    """A function that reads the value at a path; in a list, that of each item."""
    name, *rest = path
    if not rest:
        return lambda part: part.get(name)
    read = _value_reader(tuple(rest))

    def read_inside(part: Mapping[str, Any]) -> Any:
        value = part.get(name)
        if type(value) is list:
            return [read(item) if type(item) is dict else None for item in value]
        return read(value) if type(value) is dict else None

    return read_inside


@cache
def columns(record: type[BaseModel]) -> tuple[Column, ...]:
    return (Column.of_path(("url",)), *(Column.of_path(path) for path in _paths(record, ())))


def _paths(model: type[BaseModel], parent: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, member in model.model_fields.items():
        if get_origin(member.annotation) is dict:
            yield from ((*parent, name, key) for key in codes(get_args(member.annotation)[0]))
            continue
        parts = _nested_models(member.annotation)
        if not parts:
            yield (*parent, name)
        # Of several models the fields that they share come once, where the first one has them.
        paths = (path for part in parts for path in _paths(part, (*parent, name)))
        yield from dict.fromkeys(paths)


def _nested_models(annotation: Any) -> list[type[BaseModel]]:
    """The models inside named, optional, union, tuple and annotated types; none for a value."""
    if isinstance(annotation, TypeAliasType):
        return _nested_models(annotation.__value__)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, types.UnionType, tuple, Annotated):
        return [model for inner in get_args(annotation) for model in _nested_models(inner)]
    return []


@dataclass(frozen=True)
class Table:
    """How a list is written: its columns, and the document that they read of each item."""

    columns: Callable[[ListQuery], Sequence[Column]]
    document: Callable[[Any, ListQuery, BaseUrl], Mapping[str, Any]]

    def write_header(self, query: ListQuery) -> bytes:
        mark = codecs.BOM_UTF8 if query.byte_order_mark else b""
        return mark + _write_lines([[column.name for column in self.columns(query)]])

    def write_rows(self, items: Sequence[Any], query: ListQuery, origin: BaseUrl) -> bytes:
        columns = self.columns(query)
        documents = (self.document(item, query, origin) for item in items)
        return _write_lines(
            [[cell(column.read(document)) for column in columns] for document in documents]
        )


def _columns_of_records(query: ListQuery) -> Sequence[Column]:
    all_columns = columns(RESOURCES[query.resource_type].record)
    return (
        all_columns
        if query.fields is None
        else tuple(column for column in all_columns if column.field in query.fields)
    )


def _record(record: StoredRecord, query: ListQuery, origin: BaseUrl) -> Mapping[str, Any]:
    return _with_url(record, query.listing.path, origin)


def _with_url(record: StoredRecord, path: str, origin: BaseUrl) -> dict[str, Any]:
    return {"url": f"{origin.base}{path}/{record[0]}", **from_json(record[1])}


def _entry(
    entry: TimelineEntry | SearchHit, _query: ListQuery, origin: BaseUrl
) -> Mapping[str, Any]:
    """A record of any resource type. `date` is the field that dates its type."""
    resource_type = entry.resource_type
    record = _with_url(entry.record, RESOURCES[resource_type].path, origin)
    dated_by = DATED_BY.get(resource_type, "published_on")
    return {
        **record,
        "resource": resource_type,
        "dated_by": dated_by,
        "date": record.get(dated_by),
    }


def _hit(hit: SearchHit, query: ListQuery, origin: BaseUrl) -> Mapping[str, Any]:
    highlights = [{"field": item.text.field, "text": item.text.text} for item in hit.highlights]
    return {**_entry(hit, query, origin), "highlights": highlights}


def _change(item: Change, query: ListQuery, origin: BaseUrl) -> Mapping[str, Any]:
    title = from_json(item.body)["title"] if item.body else None
    return {**json.change_document(item, query, origin), "title": title}


_COLUMNS_OF_NUMBERS = (
    "measure value as_written qualifier lower upper bound unit as_of.edtf as_of.basis"
    " observation_status superseded_by"
    " attribution.origin attribution.speakers.id attribution.speakers.as_written"
    " attribution.relayed_by.id attribution.relayed_by.as_written"
)
"""With these, a number has what it must not be shown without; caveats and quotes follow."""
_COLUMNS_OF_ALL = (
    "caveats corrections.corrected_on corrections.reason evidence.exact evidence.first_words"
    " evidence.last_words"
)


def _table(names: str, document: Callable[[Any, ListQuery, BaseUrl], Mapping[str, Any]]) -> Table:
    columns = tuple(Column.of_path(tuple(name.split("."))) for name in names.split())
    return Table(lambda _: columns, document)


TABLES: Mapping[ResultKind, Table] = {
    "records": Table(_columns_of_records, _record),
    "timeline": _table(
        "resource id url title dated_by date.edtf date.earliest date.latest date.basis source"
        f" {_COLUMNS_OF_NUMBERS} {_COLUMNS_OF_ALL}",
        _entry,
    ),
    "search": _table(
        "resource id url title date.edtf date.earliest date.latest date.basis source"
        f" highlights.field highlights.text {_COLUMNS_OF_NUMBERS} {_COLUMNS_OF_ALL}",
        _hit,
    ),
    "changes": _table(
        "resource id change recorded_in.version recorded_in.recorded_at reason renamed_to"
        " revision_number url title",
        _change,
    ),
    "evidence": _table(
        "source type exact prefix suffix first_words last_words start end proves records.resource"
        " records.id records.proves",
        json.evidence_document,
    ),
    "revisions": _table(
        "url revision_number recorded_from.version recorded_from.recorded_at record_sha256 reason"
        " recorded_to.version recorded_to.recorded_at",
        json.revision_document,
    ),
    "datasets": _table(
        " ".join(
            [
                "version recorded_at",
                *(f"counts.{name}" for name in RESOURCES),
                *(f"changes.{name}.{kind}" for name in RESOURCES for kind in codes(ChangeKind)),
            ]
        ),
        json.dataset_document,
    ),
    "vocabularies": _table("scheme url title description count", json.scheme_document),
    "codes": _table(
        "scheme code url label definition broader mappings.scheme mappings.code mappings.match"
        " mappings.note deprecated replaced_by",
        json.code_document,
    ),
}
"""The tables of each kind of list."""


def cell(value: Any) -> str:
    value_type = type(value)
    if value_type is str:
        return _escape_formula(value)
    if value_type is list:
        return _escape_formula(
            " | ".join([";".join(map(_plain, i)) if type(i) is list else _plain(i) for i in value])
        )
    return _plain(value)


def _plain(value: Any) -> str:
    if type(value) is str:
        return value
    return (
        ""
        if value is None
        else ("true" if value else "false")
        if isinstance(value, bool)
        else str(value)
    )


def _escape_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _write_lines(rows: Sequence[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()
