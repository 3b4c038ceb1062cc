"""CSV as RFC 4180 has it: CRLF, a header always, quotes where they are needed, UTF-8.

The columns are those of the record's declaration, so an empty list has the same header as a full one. What is nested is
named by its path (`as_of.edtf`); lists are joined by ` | `, item by item in the same order in each of their columns, and a list
inside a list by `;`. The evidence of parts is left out: the record's own evidence has all of it.

A text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a carriage return) gets a ' before it.
Numbers are left as they are.
"""

import csv
import io
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import from_json

from app.query.params import ListQuery
from app.query.results import Dataset, Page, Quote, StoredRecord
from app.resources import RESOURCES
from app.urls import BaseUrl

_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")


Read = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Column:
    """A column: its name, the field of the record that it belongs to, and what reads its value."""

    name: str
    of: str
    read: Read

    @classmethod
    def at(cls, path: tuple[str, ...]) -> "Column":
        return cls(".".join(path), path[0], _reader(path))


def _reader(path: tuple[str, ...]) -> Read:
    """Made once for each column, as it is asked for each record: of a list it reads a list."""
    name, *more = path
    if not more:
        return lambda part: part.get(name)
    read = _reader(tuple(more))

    def read_inside(part: Mapping[str, Any]) -> Any:
        value = part.get(name)
        if type(value) is list:
            return [read(item) if type(item) is dict else None for item in value]
        return read(value) if type(value) is dict else None

    return read_inside


@lru_cache(maxsize=64)
def columns(record: type[BaseModel]) -> tuple[Column, ...]:
    return (Column.at(("url",)), *(Column.at(path) for path in _paths(record, ())))


def _paths(model: type[BaseModel], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, member in model.model_fields.items():
        if before and name == "evidence":
            continue
        part = _part_of(member.annotation)
        if part is None:
            yield (*before, name)
        else:
            yield from _paths(part, (*before, name))


def _part_of(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation, through optional, list and annotated; null where it is a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, types.UnionType, tuple, Annotated):
        return next(
            (part for inner in get_args(annotation) if (part := _part_of(inner)) is not None), None
        )
    return None


def write_header(query: ListQuery) -> bytes:
    return _lines([[column.name for column in _chosen(query)]])


def write_rows(records: Sequence[StoredRecord], query: ListQuery, origin: BaseUrl) -> bytes:
    chosen, address = _chosen(query), f"{origin.base}{query.listing.path}"
    return _lines([_row(record, address, chosen) for record in records])


def _chosen(query: ListQuery) -> tuple[Column, ...]:
    every = columns(RESOURCES[query.noun].record)
    return (
        every
        if query.fields is None
        else tuple(column for column in every if column.of in query.fields)
    )


def _row(record: StoredRecord, address: str, chosen: Sequence[Column]) -> list[str]:
    whole = {"url": f"{address}/{record[0]}", **from_json(record[1])}
    return [cell(column.read(whole)) for column in chosen]


def render_quotes(
    page: Page[Quote], _query: ListQuery, _dataset: Dataset, _origin: BaseUrl
) -> bytes:
    names = [
        "source",
        "start",
        "end",
        "exact",
        "prefix",
        "suffix",
        "content_sha256",
        "records.noun",
        "records.id",
    ]
    content = [
        [
            page.record_id,
            quote.start,
            quote.end,
            quote.exact,
            quote.prefix,
            quote.suffix,
            page.content_sha256,
            [record["noun"] for record in quote.records],
            [record["id"] for record in quote.records],
        ]
        for quote in page.items
    ]
    return _lines([names, *([cell(value) for value in line] for line in content)])


def cell(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return _guarded(value)
    if kind is list:
        return _guarded(
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


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_RUNS_IN_A_SPREADSHEET) else text


def _lines(content: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(content)
    return out.getvalue().encode()
