"""What pages for people show beside the records that they are of: the titles of records that those name, the series of a
figure, the quotes of a source, the newest revisions, what its citation needs.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import Select, bindparam, literal_column, select, union_all

from app.database.execute import Reader
from app.models import Revision as RevisionTable
from app.query.datasets import Revision
from app.resources import RESOURCES
from app.resources.declarations import table_of
from app.resources.references import RecordKey, card_references, references
from app.vocabulary import ResourceType

if TYPE_CHECKING:
    from app.query.citations import CitedRecord
    from app.query.evidence import Quotes

StoredRecord = tuple[str, str]
Titles = Mapping[RecordKey, str]

MOST_KNOWN = 20_000
"""As many titles are remembered, of one build."""
MOST_TITLES = 400
"""As many records are looked up for one page; beyond that ids stand for themselves."""


@dataclass(frozen=True)
class RelatedRecords:
    """Null or empty: the page has no place for it. `series` is that of a figure."""

    titles: Titles
    series: Mapping[str, Any] | None = None
    quotes: "Quotes | None" = None
    revisions: Sequence[Revision] = ()
    cited: "CitedRecord | None" = None


@lru_cache(maxsize=256)
def parsed(body: str) -> Mapping[str, Any]:
    """A record's JSON as values, which nobody may change: pages read it twice, before and after titles are known."""
    record: Mapping[str, Any] = orjson.loads(body)
    return record


def named_in_short(records: Iterable[StoredRecord]) -> set[RecordKey]:
    return {named for record in records for named in card_references(parsed(record[1]))}


def named_in(record: StoredRecord) -> set[RecordKey]:
    return references(parsed(record[1]))


@lru_cache(maxsize=64)
def named_in_series(body: str) -> frozenset[RecordKey]:
    """The same of a series, which may be long, and stands on the page of each of its figures."""
    return frozenset(references(parsed(body)))


async def read_titles(
    database: Reader, wanted: Collection[RecordKey], known: dict[RecordKey, str]
) -> dict[RecordKey, str]:
    """Those that are not among the `known`, which grow by them, are looked up in one statement. What is not there has no
    title: a part of the past may name what is gone.
    """
    titles, _ = await read_titles_and_bodies(database, wanted, known, ())
    return titles


async def read_titles_and_bodies(
    database: Reader,
    wanted: Collection[RecordKey],
    known: dict[RecordKey, str],
    whole: Collection[RecordKey],
) -> tuple[dict[RecordKey, str], dict[RecordKey, str]]:
    """The same, and in the same statement the bodies of other records."""
    titles = {named: known[named] for named in wanted if named in known}
    unknown = (
        [named for named in wanted if named not in titles] if len(titles) < len(wanted) else []
    )
    if not unknown and not whole:
        return titles, {}
    found, bodies = await read_named(database, sorted(unknown)[:MOST_TITLES], whole)
    if found and len(known) > MOST_KNOWN:
        known.clear()
    known |= found
    return titles | found, bodies


async def read_named(
    database: Reader, titles: Collection[RecordKey], bodies: Collection[RecordKey]
) -> tuple[dict[RecordKey, str], dict[RecordKey, str]]:
    """The titles of some records and the bodies of others, in one statement."""
    ids: dict[tuple[_Column, ResourceType], list[str]] = {}
    for column, wanted in (_TITLES, titles), (_BODIES, bodies):
        for noun, record_id in wanted:
            ids.setdefault((column, noun), []).append(record_id)
    if not ids:
        return {}, {}
    shape = tuple((column, noun, _size(len(some))) for (column, noun), some in ids.items())
    statement = database.compiled(("named", shape), lambda: _named(shape))
    # The last id fills the rest.
    values = {
        f"{column}_{noun}_{index}": some[min(index, len(some) - 1)]
        for (column, noun, size), some in zip(shape, ids.values(), strict=True)
        for index in range(size)
    }
    found: dict[_Column, dict[RecordKey, str]] = {_TITLES: {}, _BODIES: {}}
    for column, noun, record_id, text in await database.fetch_all(statement, values):
        found[column][noun, record_id] = text
    return found[_TITLES], found[_BODIES]


_Column = Literal["title", "body"]
_TITLES: _Column = "title"
_BODIES: _Column = "body"


def _size(count: int) -> int:
    """Powers of four, so that pages of many lengths make few statements."""
    size = 1
    while size < count:
        size *= 4
    return size


def _named(shape: Sequence[tuple[_Column, ResourceType, int]]) -> Select[Any]:
    parts = []
    for column, noun, size in shape:
        table, revision = table_of(RESOURCES[noun].table), table_of(RevisionTable)
        ids: list[Any] = [bindparam(f"{column}_{noun}_{index}") for index in range(size)]
        text = table.c.title if column == _TITLES else revision.c.body
        found = select(literal_column(f"'{column}'"), literal_column(f"'{noun}'"), table.c.id, text)
        if column == _BODIES:
            found = found.join(revision, revision.c.key == table.c.revision_key)
        parts.append(found.where(table.c.id.in_(ids)))
    return union_all(*parts)  # type: ignore[return-value]
