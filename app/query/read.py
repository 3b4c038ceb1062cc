"""Checked requests → records. A list is one statement, one more for a total that has to be counted, and one for each
include; a record is one statement.
"""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from app.db import Database, Row
from app.errors import NOT_FOUND, NOT_READY, Problem
from app.query import cursor as cursors
from app.query import statements
from app.query.cursor import Cursor
from app.query.parser import ItemQuery, ListQuery
from app.resources import RESOURCES, Include, Resource
from app.vocabulary import Noun

Stored = tuple[str, str]
"""An id and the record's JSON as the build wrote it."""


@dataclass(frozen=True)
class Dataset:
    """What is served: its version, and how many records of each noun it has."""

    version: str
    counts: Mapping[Noun, int]


@dataclass(frozen=True)
class Page:
    """A stretch of a list. `total` counts the whole list; where it is not exact there are more."""

    records: Sequence[Stored]
    total: int
    total_exact: bool
    next: str | None
    previous: str | None
    included: Mapping[str, Mapping[str, str]] | None = None


@dataclass(frozen=True)
class Item:
    record: Stored
    included: Mapping[str, Mapping[str, str]] | None = None


async def read_dataset(database: Database) -> Dataset:
    """The dataset that the database holds now. Raises Problem `not-ready` where it holds none."""
    return _dataset(await database.rows(database.prepared("dataset", statements.latest_dataset)))


def read_dataset_now(database: Database) -> Dataset:
    """The same, in the calling thread: at the start, when nobody waits yet."""
    return _dataset(database.rows_now(database.prepared("dataset", statements.latest_dataset)))


def _dataset(rows: Sequence[Row]) -> Dataset:
    if not rows:
        raise Problem(NOT_READY, "The database holds no dataset yet.")
    version, counts = rows[0]
    return Dataset(version, json.loads(counts))


async def read_list(database: Database, dataset: Dataset, query: ListQuery, *, first_page: str) -> Page:
    resource, chosen = query.resource, query.chosen
    question = query.question()
    at = None
    if query.cursor is not None:
        at = cursors.decode(query.cursor, question=question, version=dataset.version, first_page=first_page)
    backward = at is not None and at.backward
    shape = statements.shape_of(chosen)
    values = statements.parameters_of(chosen)

    statement = database.prepared(
        ("page", resource.noun, shape, at is not None, backward),
        lambda: statements.page(resource, chosen, continues=at is not None, backward=backward),
    )
    # One row more than asked for tells whether the list goes on.
    position = {"after": at.after} if at is not None else {}
    rows = await database.rows(statement, {**values, **position, "limit": query.limit + 1})
    goes_on = len(rows) > query.limit
    records: list[Stored] = [(row[0], row[1]) for row in rows[: query.limit]]
    if backward:
        records.reverse()

    total, total_exact = dataset.counts[resource.noun], True
    if chosen:
        counting = database.prepared(("count", resource.noun, shape), lambda: statements.count(resource, chosen))
        total = (await database.rows(counting, values))[0][0]
        if total > statements.COUNTED_UP_TO:
            total, total_exact = statements.COUNTED_UP_TO, False

    def cursor(cursor: Cursor) -> str:
        return cursors.encode(cursor, question=question, version=dataset.version)

    has_next = bool(records) and (backward or goes_on)
    has_previous = bool(records) and (goes_on if backward else at is not None)
    return Page(
        records=records,
        total=total,
        total_exact=total_exact,
        next=cursor(Cursor(records[-1][0])) if has_next else None,
        previous=cursor(Cursor(records[0][0], backward=True)) if has_previous else None,
        included=await _included(database, resource, query.includes, [record[0] for record in records]),
    )


async def read_item(database: Database, query: ItemQuery, record_id: str) -> Item:
    """Raises Problem `not-found`, naming near ids."""
    resource = query.resource
    statement = database.prepared(("one", resource.noun), lambda: statements.one(resource))
    rows = await database.rows(statement, {"id": record_id})
    if not rows:
        raise await _not_found(database, resource, record_id)
    return Item((rows[0][0], rows[0][1]), await _included(database, resource, query.includes, [record_id]))


async def _included(
    database: Database, resource: Resource, includes: Sequence[Include], owners: Sequence[str]
) -> dict[str, dict[str, str]] | None:
    """Records by noun and id; null where nothing was asked for."""
    if not includes:
        return None
    result: dict[str, dict[str, str]] = {}
    for include in includes:
        target = RESOURCES[include.noun]
        found = result.setdefault(target.plural, {})
        if not owners:
            continue
        statement = database.prepared(
            ("included", resource.noun, include.name, len(owners)),
            partial(statements.included, resource, include, target, len(owners)),
        )
        parameters = {f"owner_{index}": owner for index, owner in enumerate(owners)}
        found.update({row[0]: row[1] for row in await database.rows(statement, parameters)})
    return result


async def _not_found(database: Database, resource: Resource, record_id: str) -> Problem:
    statement = database.prepared(("neighbours", resource.noun), lambda: statements.neighbours(resource))
    ids = [row[0] for row in await database.rows(statement, {"id": record_id})]
    near = difflib.get_close_matches(record_id, ids, n=3, cutoff=0.5)
    hint = f" Near ones: {', '.join(near)}." if near else f" The list of {resource.plural} has every id."
    return Problem(NOT_FOUND, f"There is no {resource.noun} with the id “{record_id}”.{hint}")
