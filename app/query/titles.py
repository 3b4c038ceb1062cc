"""The titles of records that other records refer to, for pages, cards and citations."""

from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from sqlalchemy import Select, bindparam, literal_column, select, union_all
from sqlalchemy.sql.elements import BindParameter

from app.database.execute import Reader
from app.models import Revision
from app.query.results import StoredRecord, Titles
from app.resources import RESOURCES
from app.resources.declarations import table_of
from app.resources.references import RecordKey, card_references, references
from app.vocabulary import ResourceType

MAX_CACHED_TITLES = 20_000
"""Titles that a snapshot caches."""
MAX_TITLES = 400
"""Records that one page looks up; for further ones it shows their ids."""


@dataclass(frozen=True)
class TitleCache:
    """Titles that were read from a snapshot, and the labels of its codes."""

    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)


_Column = Literal["title", "body"]


def parse_record(body: str) -> Mapping[str, Any]:
    record: Mapping[str, Any] = orjson.loads(body)
    return record


def references_of_cards(records: Iterable[StoredRecord]) -> set[RecordKey]:
    """The records that the cards of records name."""
    return {key for record in records for key in card_references(parse_record(record.body))}


def references_of(record: StoredRecord) -> set[RecordKey]:
    """The records that a record refers to."""
    return references(parse_record(record.body))


async def read_titles(database: Reader, keys: Collection[RecordKey], cache: TitleCache) -> Titles:
    """The labels of codes, and the titles of records: those that are not cached in one statement.

    A record that is not served has none: a part of the past may name a withdrawn one.
    """
    titles, _ = await read_titles_and_bodies(database, keys, cache, ())
    return titles


async def read_titles_and_bodies(
    database: Reader,
    keys: Collection[RecordKey],
    cache: TitleCache,
    body_keys: Collection[RecordKey],
) -> tuple[Titles, dict[RecordKey, str]]:
    """The titles of records, labels, and the JSON of other records, in one statement."""
    known = cache.titles
    titles: dict[tuple[str, str], str] = {key: known[key] for key in keys if key in known}
    unknown = [key for key in keys if key not in titles]
    if not unknown and not body_keys:
        return ChainMap(titles, cache.labels), {}
    read, bodies = await _read(database, sorted(unknown)[:MAX_TITLES], body_keys)
    if len(known) > MAX_CACHED_TITLES:
        known.clear()
    known |= read
    return ChainMap(titles | read, cache.labels), bodies


async def _read(
    database: Reader, title_keys: Collection[RecordKey], body_keys: Collection[RecordKey]
) -> tuple[dict[tuple[str, str], str], dict[RecordKey, str]]:
    ids: dict[tuple[_Column, ResourceType], list[str]] = {}
    for resource_type, record_id in title_keys:
        ids.setdefault(("title", resource_type), []).append(record_id)
    for resource_type, record_id in body_keys:
        ids.setdefault(("body", resource_type), []).append(record_id)
    titles: dict[tuple[str, str], str] = {}
    bodies: dict[RecordKey, str] = {}
    if not ids:
        return titles, bodies
    shape = tuple(
        (column, resource_type, _size(len(some))) for (column, resource_type), some in ids.items()
    )
    statement = database.compiled(("titles and bodies", shape), lambda: _select(shape))
    # The last id fills up the size.
    values = {
        f"{column}_{resource_type}_{index}": some[min(index, len(some) - 1)]
        for (column, resource_type, size), some in zip(shape, ids.values(), strict=True)
        for index in range(size)
    }
    for row in await database.fetch_all(statement, values):
        (titles if row.kind == "title" else bodies)[row.resource_type, row.id] = row.text
    return titles, bodies


def _size(count: int) -> int:
    """The next power of four, so that pages of many lengths make few statements."""
    size = 1
    while size < count:
        size *= 4
    return size


def _select(shape: Sequence[tuple[_Column, ResourceType, int]]) -> Any:
    selections: list[Select[Any]] = []
    revision = table_of(Revision)
    for column, resource_type, size in shape:
        table = table_of(RESOURCES[resource_type].table)
        ids: list[BindParameter[Any]] = [
            bindparam(f"{column}_{resource_type}_{index}") for index in range(size)
        ]
        content = table.c.title if column == "title" else revision.c.body
        rows = select(
            literal_column(f"'{column}'").label("kind"),
            literal_column(f"'{resource_type}'").label("resource_type"),
            table.c.id,
            content.label("text"),
        ).where(table.c.id.in_(ids))
        if column == "body":
            rows = rows.join(revision, revision.c.key == table.c.revision_key)
        selections.append(rows)
    return union_all(*selections)
