"""What pages for people show beside the records that they are of: the titles of records that those name, the series of a
figure, the quotes of a source, the newest revisions, what its citation needs. One statement each, two of the last.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Select, bindparam, literal, select, union_all

from app.db import Reader
from app.query.recorded import Revision
from app.resources import RESOURCES
from app.resources.declare import tables
from app.resources.references import Named, references, references_in_short
from app.vocabulary import Noun

if TYPE_CHECKING:
    from app.query.citing import Cited
    from app.query.evidence import Quotes

Stored = tuple[str, str]
Titles = Mapping[Named, str]

MOST_KNOWN = 20_000
"""As many titles are remembered, of one build."""
MOST_TITLES = 400
"""As many records are looked up for one page; beyond that ids stand for themselves."""


@dataclass(frozen=True)
class Beside:
    """Null or empty: the page has no place for it."""

    titles: Titles
    series: Stored | None = None
    quotes: "Quotes | None" = None
    revisions: Sequence[Revision] = ()
    cited: "Cited | None" = None


@lru_cache(maxsize=256)
def parsed(body: str) -> Mapping[str, Any]:
    """A record's JSON as values, which nobody may change: pages read it twice, before and after titles are known."""
    record: Mapping[str, Any] = orjson.loads(body)
    return record


def named_in_short(records: Iterable[Stored]) -> set[Named]:
    return {named for record in records for named in references_in_short(parsed(record[1]))}


def named_in(record: Stored) -> set[Named]:
    return set(references(parsed(record[1])))


async def read_titles(database: Reader, wanted: Collection[Named], known: dict[Named, str]) -> Titles:
    """Those that are not among the `known`, which grow by them, are looked up in one statement. What is not there has no
    title: a part of the past may name what is gone.
    """
    unknown = [named for named in wanted if named not in known]
    if unknown:
        found = await _look_up(database, sorted(unknown)[:MOST_TITLES])
        if len(known) > MOST_KNOWN:
            known.clear()
            found |= await _look_up(database, sorted(set(wanted) - found.keys())[:MOST_TITLES])
        known |= found
    return {named: known[named] for named in wanted if named in known}


async def _look_up(database: Reader, wanted: Sequence[Named]) -> dict[Named, str]:
    by_noun: dict[Noun, list[str]] = {}
    for noun, record_id in wanted:
        by_noun.setdefault(noun, []).append(record_id)
    if not by_noun:
        return {}
    shape = tuple((noun, _size(len(ids))) for noun, ids in by_noun.items())
    statement = database.prepared(("titles", shape), lambda: _titles(shape))
    # The last id fills the rest.
    values = {
        f"{noun}_{index}": ids[min(index, len(ids) - 1)]
        for (noun, size), ids in zip(shape, by_noun.values(), strict=True)
        for index in range(size)
    }
    return {(noun, record_id): title for noun, record_id, title in await database.rows(statement, values)}


def _size(count: int) -> int:
    """Powers of four, so that pages of many lengths make few statements."""
    size = 1
    while size < count:
        size *= 4
    return size


def _titles(shape: Sequence[tuple[Noun, int]]) -> Select[Any]:
    parts = []
    for noun, size in shape:
        table = tables(RESOURCES[noun].table)
        ids: list[Any] = [bindparam(f"{noun}_{index}") for index in range(size)]
        parts.append(select(literal(noun), table.c.id, table.c.title).where(table.c.id.in_(ids)))
    return union_all(*parts)  # type: ignore[return-value]
