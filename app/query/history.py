"""What was served, and when: the datasets, the revisions of a record, one revision as it was. Two statements for a list (a
page and a total), one for a revision.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from app.db import Reader, Row
from app.errors import NOT_FOUND, WITHDRAWN, Problem
from app.models import Dataset as DatasetTable
from app.models import Revision as RevisionTable
from app.models import Withdrawal
from app.query import statements
from app.query.cursor import Walk
from app.query.parser import ListQuery
from app.query.read import Dataset, Stored, not_found
from app.resources import Resource
from app.resources.declare import tables


@dataclass(frozen=True)
class Moment:
    """A dataset as a point on the axis of what was served: `recorded_at` is null where its build was told no time."""

    version: str
    recorded_at: str | None


@dataclass(frozen=True)
class Revision:
    """`recorded_to` is the first dataset without it; null: it is served now."""

    number: int
    recorded_from: Moment
    recorded_to: Moment | None
    content_hash: str


@dataclass(frozen=True)
class PastDataset:
    moment: Moment
    counts: Mapping[str, int]
    changes: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Datasets:
    datasets: Sequence[PastDataset]
    total: int | None
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Revisions:
    revisions: Sequence[Revision]
    total: int | None
    next: str | None
    previous: str | None


async def read_datasets(database: Reader, dataset: Dataset, query: ListQuery, *, first_page: str) -> Datasets:
    """Newest first."""
    walk = _walk(query, dataset, first_page)
    statement = database.prepared(
        ("datasets", walk.continues, walk.backward),
        lambda: _datasets(continues=walk.continues, backward=walk.backward),
    )
    rows = await database.rows(statement, _position(walk, query))
    stretch = walk.stretch(rows, query.limit, lambda row: (row[0],))
    counted = await database.rows(database.prepared("datasets counted", _count_datasets))
    return Datasets(
        [
            PastDataset(Moment(version, recorded_at), json.loads(counts), json.loads(changes))
            for _, version, recorded_at, counts, changes in stretch.rows
        ],
        None if query.total == "none" else counted[0][0],
        stretch.next,
        stretch.previous,
    )


async def read_revisions(
    database: Reader, dataset: Dataset, query: ListQuery, resource: Resource, record_id: str, *, first_page: str
) -> Revisions:
    """Newest first; also those of a record that was withdrawn. Raises Problem `not-found`."""
    walk = _walk(query, dataset, first_page)
    whose = {"noun": resource.noun, "id": record_id}
    counted = await database.rows(database.prepared("revisions counted", _count_revisions), whose)
    if not counted[0][0]:
        raise await not_found(database, resource, record_id)
    statement = database.prepared(
        ("revisions", walk.continues, walk.backward),
        lambda: _revisions(continues=walk.continues, backward=walk.backward),
    )
    rows = await database.rows(statement, {**whose, **_position(walk, query)})
    stretch = walk.stretch(rows, query.limit, lambda row: (row[0],))
    total = None if query.total == "none" else counted[0][0]
    return Revisions([_revision(row) for row in stretch.rows], total, stretch.next, stretch.previous)


async def read_revision(database: Reader, resource: Resource, record_id: str, number: int) -> tuple[Revision, Stored]:
    """Raises Problem `not-found`."""
    statement = database.prepared("one revision", _one_revision)
    rows = await database.rows(statement, {"noun": resource.noun, "id": record_id, "number": number})
    if rows:
        return _revision(rows[0]), (record_id, rows[0][-1])
    counted = await database.rows(
        database.prepared("revisions counted", _count_revisions), {"noun": resource.noun, "id": record_id}
    )
    if not counted[0][0]:
        raise await not_found(database, resource, record_id)
    detail = f"The {resource.noun} “{record_id}” has the revisions 1 to {counted[0][0]}."
    raise Problem(NOT_FOUND, detail)


async def gone(database: Reader, resource: Resource, record_id: str, address: str) -> Problem:
    """Why there is no such record: it was withdrawn, or there never was one. `address` is that of the record."""
    statement = database.prepared("withdrawal", _withdrawal)
    rows = await database.rows(statement, {"noun": resource.noun, "id": record_id})
    if not rows:
        return await not_found(database, resource, record_id)
    version, number = rows[0]
    return Problem(
        WITHDRAWN,
        f"The {resource.noun} “{record_id}” was withdrawn in dataset {version}. What it said last is its revision {number}.",
        extra={"last_revision": f"{address}/revisions/{number}"},
    )


def _walk(query: ListQuery, dataset: Dataset, first_page: str) -> Walk:
    return Walk.from_token(
        query.cursor, question=query.question(), version=dataset.version, first_page=first_page, keys=(int,)
    )


def _position(walk: Walk, query: ListQuery) -> dict[str, Any]:
    return {**{f"after_{index}": key for index, key in enumerate(walk.after)}, "limit": query.limit + 1}


def _datasets(*, continues: bool, backward: bool) -> Select[Any]:
    table = tables(DatasetTable)
    keys = [(table.c.ordinal, not backward)]
    statement = select(table.c.ordinal, table.c.version, table.c.recorded_at, table.c.counts, table.c.changes)
    if continues:
        statement = statement.where(statements.behind(keys))
    return statement.order_by(*statements.in_order(keys)).limit(statements.limit())


def _count_datasets() -> Select[Any]:
    return select(func.count()).select_from(tables(DatasetTable))


def _of_record(*more: Any) -> Select[Any]:
    table = tables(RevisionTable)
    begun, ended = tables(DatasetTable).alias("begun"), tables(DatasetTable).alias("ended")
    columns = (
        table.c.number,
        table.c.content_hash,
        begun.c.version.label("begun_in"),
        begun.c.recorded_at.label("begun_at"),
        ended.c.version.label("ended_in"),
        ended.c.recorded_at.label("ended_at"),
    )
    return (
        select(*columns, *more)
        .join(begun, begun.c.ordinal == table.c.recorded_from)
        .outerjoin(ended, ended.c.ordinal == table.c.recorded_to)
        .where(table.c.noun == bindparam("noun"), table.c.record_id == bindparam("id"))
    )


def _revisions(*, continues: bool, backward: bool) -> Select[Any]:
    keys = [(tables(RevisionTable).c.number, not backward)]
    statement = _of_record()
    if continues:
        statement = statement.where(statements.behind(keys))
    return statement.order_by(*statements.in_order(keys)).limit(statements.limit())


def _count_revisions() -> Select[Any]:
    table = tables(RevisionTable)
    matches = table.c.noun == bindparam("noun"), table.c.record_id == bindparam("id")
    return select(func.count()).select_from(table).where(*matches)


def _one_revision() -> Select[Any]:
    table = tables(RevisionTable)
    return _of_record(table.c.body).where(table.c.number == bindparam("number"))


def _withdrawal() -> Select[Any]:
    table, revision, dataset = tables(Withdrawal), tables(RevisionTable), tables(DatasetTable)
    last = (
        select(func.max(revision.c.number))
        .where(revision.c.noun == table.c.noun, revision.c.record_id == table.c.record_id)
        .scalar_subquery()
    )
    return (
        select(dataset.c.version, last)
        .select_from(table)
        .join(dataset, dataset.c.ordinal == table.c.recorded_from)
        .where(table.c.noun == bindparam("noun"), table.c.record_id == bindparam("id"))
    )


def _revision(row: Row) -> Revision:
    number, content_hash, begun_in, begun_at, ended_in, ended_at, *_ = row
    ended = None if ended_in is None else Moment(ended_in, ended_at)
    return Revision(number, Moment(begun_in, begun_at), ended, content_hash)
