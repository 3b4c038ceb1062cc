"""The words in which a noun declares itself.

A declaration drives the parser, the SQL, the OpenAPI parameters and whatever else must know the noun. It is data: where
a noun is special beyond these words, it gets a route of its own in web/, never a flag here.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast, get_args

from sqlalchemy import Column, Table
from sqlmodel import SQLModel

from app.resources.shared import Record
from app.vocabulary import SLUG, SLUG_LENGTH, Noun


@dataclass(frozen=True)
class ValueKind:
    """What values a parameter takes.

    `parse` returns the value that the database compares with, or raises ValueError whose message completes the
    sentence ““x” …”. `schema` is the JSON Schema of one value.
    """

    schema: dict[str, Any]
    parse: Callable[[str], Any]
    choices: tuple[str, ...] = ()


_SLUG_PATTERN = re.compile(SLUG)
_NUMBER_PATTERN = re.compile(r"-?\d+(\.\d+)?")


def _parse_slug(raw: str) -> str:
    if len(raw) > SLUG_LENGTH or not _SLUG_PATTERN.fullmatch(raw):
        raise ValueError("is not an id: ids are lower-case words joined by hyphens, e.g. gaza-strip")
    return raw


def _parse_text(raw: str) -> str:
    if len(raw) > 500:
        raise ValueError("is longer than 500 characters")
    return raw


def _parse_number(raw: str) -> float:
    if not _NUMBER_PATTERN.fullmatch(raw) or not raw.isascii() or not math.isfinite(float(raw)):
        raise ValueError("is not a number: write digits, e.g. 28473 or 6.5")
    return float(raw)


SLUG_VALUE = ValueKind({"type": "string", "pattern": f"^{SLUG}$", "maxLength": SLUG_LENGTH}, _parse_slug)
TEXT_VALUE = ValueKind({"type": "string", "minLength": 1, "maxLength": 500}, _parse_text)
NUMBER_VALUE = ValueKind({"type": "number"}, _parse_number)


def one_of(codes: Any) -> ValueKind:
    """A value of a closed vocabulary, given as its `Literal`."""
    choices = tuple(get_args(codes))

    def parse(raw: str) -> str:
        if raw not in choices:
            raise ValueError(f"is not accepted: one of {', '.join(choices)}")
        return raw

    return ValueKind({"type": "string", "enum": list(choices)}, parse, choices)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """`name=value`: exact; several values mean any of them.

    `columns` hold the value: in the noun's own table, or in a table that links to it. Filters on the same linking table
    speak of the same link (a participant with a role), several columns mean any of them. `within`, where set, is the
    table that lists for each whole its parts.
    """

    name: str
    columns: tuple[Any, ...]
    kind: ValueKind
    description: str
    example: str
    within: type[SQLModel] | None = None

    @property
    def table(self) -> Table:
        return table_of(self.columns[0])


@dataclass(frozen=True, kw_only=True)
class Include:
    """`include=name`: the records of `noun` that `columns` point at, once each, beside the data."""

    name: str
    noun: Noun
    columns: tuple[Any, ...]
    description: str


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A noun of the API: everything that differs between two of them."""

    noun: Noun
    plural: str
    record: type[Record]
    table: type[SQLModel]
    description: str
    filters: tuple[Filter, ...]
    includes: tuple[Include, ...]

    @property
    def path(self) -> str:
        return f"/v1/{self.plural}"


def table_of(column: Any) -> Table:
    """The table of a mapped attribute."""
    return cast("Table", column.property.columns[0].table)


def tables(model: type[SQLModel]) -> Table:
    return cast("Table", model.__table__)  # type: ignore[attr-defined]


def owner_column(link: Table, owner: Table) -> Column[Any]:
    """The column of a linking table that holds the owner's id. Where a table refers to its owner twice, as a relation
    between two events does, the owner is the one in the primary key.
    """
    candidates = [column for column in link.columns if any(key.column.table is owner for key in column.foreign_keys)]
    keyed = [column for column in candidates if column.primary_key]
    return (keyed or candidates)[0]


def id_filter(table: type[SQLModel], noun: str, example: str) -> Filter:
    return Filter(
        name="id",
        columns=(table.id,),  # type: ignore[attr-defined]
        kind=SLUG_VALUE,
        description=f"Ids of {noun}; several give exactly these.",
        example=example,
    )
