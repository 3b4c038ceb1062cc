"""The revisions of records: every form in which a record was served."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.sql.elements import BindParameter

from app.database.execute import Reader
from app.database.results import Row
from app.models import Dataset as DatasetTable
from app.models import Revision as RevisionTable
from app.problems import NOT_FOUND, Problem
from app.query.datasets import DatasetStamp, RecordedTimes, Revision, RevisionsById
from app.query.pagination import Paginator, after_cursor, limit, order_by
from app.query.queries import ListQuery
from app.query.records import not_found
from app.query.results import Dataset, Page, StoredRecord
from app.query.select import count_rows
from app.resources import RESOURCES, Resource
from app.resources.declarations import table_of
from app.vocabulary import ResourceType

MAX_REVISIONS = 20
"""Revisions of one record that `include_history` sends."""


async def read_revisions(
    database: Reader, dataset: Dataset, query: ListQuery, resource: Resource, record_id: str
) -> Page[Revision]:
    """A page of revisions, newest first, also of withdrawn records. Raises Problem `not-found`."""
    paginator = Paginator.of(query, dataset, (int,))
    total = await _count_revisions_of(database, resource, record_id)
    statement = database.compiled(
        ("revisions", paginator.shape), lambda: _select_revisions(paginator)
    )
    of_record = {"resource_type": resource.type, "id": record_id}
    rows = await database.fetch_all(statement, {**of_record, **paginator.values})
    page = paginator.page(rows, lambda row: (row.number,))
    return Page(
        items=[_revision(row) for row in page.rows],
        total=None if query.total == "none" else total,
        total_exact=query.total != "none",
        next=page.next,
        previous=page.previous,
        record_id=record_id,
    )


async def read_newest_revisions(
    database: Reader, resource: Resource, record_id: str, limit: int
) -> Sequence[Revision]:
    """The newest of a record's revisions, newest first."""
    first_page = Paginator("", "", limit, None)
    statement = database.compiled(
        ("revisions", first_page.shape), lambda: _select_revisions(first_page)
    )
    rows = await database.fetch_all(
        statement, {"resource_type": resource.type, "id": record_id, "limit": limit}
    )
    return [_revision(row) for row in rows]


async def read_revision(
    database: Reader, resource: Resource, record_id: str, number: int
) -> tuple[Revision, StoredRecord]:
    """One revision of a record. Raises Problem `not-found`."""
    statement = database.compiled("one revision", _select_revision)
    of_record = {"resource_type": resource.type, "id": record_id}
    rows = await database.fetch_all(statement, {**of_record, "number": number})
    if rows:
        return _revision(rows[0]), StoredRecord(record_id, rows[0].body)
    total = await _count_revisions_of(database, resource, record_id)
    detail = f"Choose a revision from 1 to {total}: {resource.type} “{record_id}” has no other."
    raise Problem(NOT_FOUND, detail)


async def _count_revisions_of(database: Reader, resource: Resource, record_id: str) -> int:
    """The number of revisions of a record. Raises Problem `not-found` where it never existed."""
    counted = await database.fetch_all(
        database.compiled("revisions counted", _count_revisions),
        {"resource_type": resource.type, "id": record_id},
    )
    total: int = counted[0].total
    if not total:
        raise await not_found(database, resource, record_id)
    return total


async def read_histories(
    database: Reader, dataset: Dataset, resource: Resource, ids: Sequence[str]
) -> RevisionsById:
    """The newest revisions that records had up to a dataset, each with the record's JSON."""
    result: dict[str, list[tuple[Revision, str]]] = {record_id: [] for record_id in ids}
    if not ids:
        return result
    statement = database.compiled(("histories", len(ids)), lambda: _select_histories(len(ids)))
    values = {
        "resource_type": resource.type,
        "up_to": dataset.ordinal,
        **{f"id_{index}": record_id for index, record_id in enumerate(ids)},
    }
    for row in await database.fetch_all(statement, values, is_slow=len(ids) > 1):
        result[row.record_id].append((_revision(row), row.body))
    return result


async def read_recorded_times(
    database: Reader, records: Sequence[tuple[ResourceType, StoredRecord]]
) -> RecordedTimes:
    """When the present revision of each record was recorded."""
    result: dict[tuple[str, str], str | None] = {}
    for resource_type in dict.fromkeys(resource_type for resource_type, _ in records):
        ids = [record.id for of_type, record in records if of_type == resource_type]
        statement = database.compiled(
            ("recorded times", resource_type, len(ids)),
            partial(_select_recorded_times, RESOURCES[resource_type], len(ids)),
        )
        values = {f"id_{index}": record_id for index, record_id in enumerate(ids)}
        for row in await database.fetch_all(statement, values):
            result[resource_type, row.id] = row.recorded_at
    return result


# ---------------------------------------------------------------------------------------------- SQL


def _from_and_to(
    *extra_columns: ColumnElement[Any], up_to: BindParameter[int] | None = None
) -> Select[Any]:
    """Revisions with the datasets that recorded and ended them; one ended after `up_to` has not."""
    table = table_of(RevisionTable)
    begun, ended = table_of(DatasetTable).alias("begun"), table_of(DatasetTable).alias("ended")
    has_ended = ended.c.ordinal == table.c.recorded_to
    return (
        select(
            table.c.record_id,
            table.c.number,
            table.c.content_hash,
            table.c.reason,
            begun.c.version.label("recorded_in"),
            begun.c.recorded_at,
            ended.c.version.label("ended_in"),
            ended.c.recorded_at.label("ended_at"),
            *extra_columns,
        )
        .join(begun, begun.c.ordinal == table.c.recorded_from)
        .outerjoin(ended, has_ended if up_to is None else and_(has_ended, ended.c.ordinal <= up_to))
    )


def _of_record() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    table = table_of(RevisionTable)
    return table.c.resource_type == bindparam("resource_type"), table.c.record_id == bindparam("id")


def _select_revisions(paginator: Paginator) -> Select[Any]:
    keys = [(table_of(RevisionTable).c.number, not paginator.backward)]
    rows = _from_and_to().where(*_of_record())
    if paginator.continues:
        rows = rows.where(after_cursor(keys))
    return rows.order_by(*order_by(keys)).limit(limit())


def _count_revisions() -> Select[Any]:
    return count_rows(table_of(RevisionTable), *_of_record())


def _select_revision() -> Select[Any]:
    table = table_of(RevisionTable)
    is_number = table.c.number == bindparam("number")
    return _from_and_to(table.c.body).where(*_of_record(), is_number)


def _select_histories(count: int) -> Select[Any]:
    table = table_of(RevisionTable)
    ids: list[BindParameter[Any]] = [bindparam(f"id_{index}") for index in range(count)]
    up_to: BindParameter[int] = bindparam("up_to")
    position = func.row_number().over(
        partition_by=table.c.record_id, order_by=table.c.number.desc()
    )
    newest = (
        select(table.c.key, position.label("position"))
        .where(
            table.c.resource_type == bindparam("resource_type"),
            table.c.record_id.in_(ids),
            table.c.recorded_from <= up_to,
        )
        .subquery()
    )
    return (
        _from_and_to(table.c.body, up_to=up_to)
        .join(newest, newest.c.key == table.c.key)
        .where(newest.c.position <= MAX_REVISIONS)
        .order_by(table.c.record_id, table.c.number.desc())
    )


def _select_recorded_times(resource: Resource, count: int) -> Select[Any]:
    table, revision = table_of(resource.table), table_of(RevisionTable)
    dataset = table_of(DatasetTable)
    ids: list[BindParameter[Any]] = [bindparam(f"id_{index}") for index in range(count)]
    return (
        select(table.c.id, dataset.c.recorded_at)
        .join(revision, revision.c.key == table.c.revision_key)
        .join(dataset, dataset.c.ordinal == revision.c.recorded_from)
        .where(table.c.id.in_(ids))
    )


def _revision(row: Row) -> Revision:
    ended = None if row.ended_in is None else DatasetStamp(row.ended_in, row.ended_at)
    recorded = DatasetStamp(row.recorded_in, row.recorded_at)
    return Revision(row.number, recorded, ended, row.content_hash, row.reason)
