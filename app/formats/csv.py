"""CSV (RFC 4180): CRLF, always a header, quotes where needed, UTF-8.

The columns are those of the declaration of the record, so that an empty list has the same header.
Nested fields are named by their path (`as_of.edtf`). Lists are joined by ` | `, in the same order
in all their columns, and lists in lists by `;`. The evidence of parts is omitted: that of the
record includes it.

Text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a carriage return)
gets a leading apostrophe. Numbers are unchanged.
"""

import csv
import io
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import from_json

from app.query.queries import ListQuery
from app.query.results import Dataset, Page, Quote, StoredRecord
from app.resources import RESOURCES
from app.urls import BaseUrl

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
        if parent and name == "evidence":
            continue
        part = _nested_model(member.annotation)
        if part is None:
            yield (*parent, name)
        else:
            yield from _paths(part, (*parent, name))


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside optional, tuple and annotated types; None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, types.UnionType, tuple, Annotated):
        return next(
            (part for inner in get_args(annotation) if (part := _nested_model(inner)) is not None),
            None,
        )
    return None


def write_header(query: ListQuery) -> bytes:
    return _write_lines([[column.name for column in _selected_columns(query)]])


def write_rows(records: Sequence[StoredRecord], query: ListQuery, origin: BaseUrl) -> bytes:
    selected, list_url = _selected_columns(query), f"{origin.base}{query.listing.path}"
    return _write_lines([_row(record, list_url, selected) for record in records])


def _selected_columns(query: ListQuery) -> tuple[Column, ...]:
    all_columns = columns(RESOURCES[query.resource_type].record)
    return (
        all_columns
        if query.fields is None
        else tuple(column for column in all_columns if column.field in query.fields)
    )


def _row(record: StoredRecord, list_url: str, selected: Sequence[Column]) -> list[str]:
    values = {"url": f"{list_url}/{record[0]}", **from_json(record[1])}
    return [cell(column.read(values)) for column in selected]


def render_quotes(
    page: Page[Quote], _query: ListQuery, _dataset: Dataset, _origin: BaseUrl
) -> bytes:
    header = [
        "source",
        "start",
        "end",
        "exact",
        "prefix",
        "suffix",
        "content_sha256",
        "records.resource",
        "records.id",
    ]
    rows = [
        [
            page.record_id,
            quote.start,
            quote.end,
            quote.exact,
            quote.prefix,
            quote.suffix,
            page.content_sha256,
            [record["resource"] for record in quote.records],
            [record["id"] for record in quote.records],
        ]
        for quote in page.items
    ]
    return _write_lines([header, *([cell(value) for value in row] for row in rows)])


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
