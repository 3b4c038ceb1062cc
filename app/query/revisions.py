"""What was served, and when: the datasets, the revisions of a record, one revision as it was, what is not served any more, and
everything that was recorded, in its order. Two statements for a list (a page and a total), one for all else.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.elements import BindParameter

from app.database.execute import Reader
from app.database.results import Row
from app.models import Dataset as DatasetTable
from app.models import Revision as RevisionTable
from app.models import Withdrawal as WithdrawalTable
from app.problems import NOT_FOUND, WITHDRAWN, Problem
from app.query import select as statements
from app.query.datasets import (
    DatasetStamp,
    DatasetVersion,
    RecordedTimes,
    Revision,
    RevisionsById,
    Withdrawal,
    Withdrawals,
)
from app.query.filters import AppliedFilter, bound_values, shape_of
from app.query.pagination import Paginator
from app.query.params import ListQuery
from app.query.records import Dataset, StoredRecord, not_found
from app.query.select import COUNTED_UP_TO
from app.resources import RESOURCES, Resource
from app.resources.declarations import table_of
from app.vocabulary import ChangeKind, ResourceType


@dataclass(frozen=True)
class Change:
    """Something that a dataset brought: a revision, with its record, or the end of one, without."""

    noun: ResourceType
    id: str
    kind: ChangeKind
    number: int | None
    recorded_in: DatasetStamp
    reason: str | None
    renamed_to: str | None
    body: str | None


@dataclass(frozen=True)
class Changes:
    changes: Sequence[Change]
    total: int | None
    total_exact: bool
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class PastDataset:
    moment: DatasetStamp
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


async def read_datasets(
    database: Reader, dataset: Dataset, query: ListQuery, *, first_page: str
) -> Datasets:
    """Newest first."""
    walk = _walk(query, dataset, first_page)
    statement = database.compiled(
        ("datasets", walk.continues, walk.backward),
        lambda: _datasets(continues=walk.continues, backward=walk.backward),
    )
    rows = await database.fetch_all(statement, _position(walk, query))
    stretch = walk.stretch(rows, query.limit, lambda row: (row[0],))
    counted = await database.fetch_all(database.compiled("datasets counted", _count_datasets))
    return Datasets(
        [
            PastDataset(DatasetStamp(version, recorded_at), json.loads(counts), json.loads(changes))
            for _, version, recorded_at, counts, changes in stretch.rows
        ],
        None if query.total == "none" else counted[0][0],
        stretch.next,
        stretch.previous,
    )


async def read_revisions(
    database: Reader,
    dataset: Dataset,
    query: ListQuery,
    resource: Resource,
    record_id: str,
    *,
    first_page: str,
) -> Revisions:
    """Newest first; also those of a record that was withdrawn. Raises Problem `not-found`."""
    walk = _walk(query, dataset, first_page)
    whose = {"noun": resource.type, "id": record_id}
    counted = await database.fetch_all(
        database.compiled("revisions counted", _count_revisions), whose
    )
    if not counted[0][0]:
        raise await not_found(database, resource, record_id)
    statement = database.compiled(
        ("revisions", walk.continues, walk.backward),
        lambda: _revisions(continues=walk.continues, backward=walk.backward),
    )
    rows = await database.fetch_all(statement, {**whose, **_position(walk, query)})
    stretch = walk.stretch(rows, query.limit, lambda row: (row[0],))
    total = None if query.total == "none" else counted[0][0]
    return Revisions(
        [_revision(row) for row in stretch.rows], total, stretch.next, stretch.previous
    )


async def read_newest_revisions(
    database: Reader, resource: Resource, record_id: str, most: int
) -> Sequence[Revision]:
    """The newest of a record's revisions, newest first."""
    statement = database.compiled(
        ("revisions", False, False), lambda: _revisions(continues=False, backward=False)
    )
    rows = await database.fetch_all(
        statement, {"noun": resource.type, "id": record_id, "limit": most}
    )
    return [_revision(row) for row in rows]


async def read_revision(
    database: Reader, resource: Resource, record_id: str, number: int
) -> tuple[Revision, StoredRecord]:
    """Raises Problem `not-found`."""
    statement = database.compiled("one revision", _one_revision)
    rows = await database.fetch_all(
        statement, {"noun": resource.type, "id": record_id, "number": number}
    )
    if rows:
        return _revision(rows[0]), (record_id, rows[0][-1])
    counted = await database.fetch_all(
        database.compiled("revisions counted", _count_revisions),
        {"noun": resource.type, "id": record_id},
    )
    if not counted[0][0]:
        raise await not_found(database, resource, record_id)
    detail = f"The {resource.type} “{record_id}” has the revisions 1 to {counted[0][0]}."
    raise Problem(NOT_FOUND, detail)


async def read_tombstone(database: Reader, resource: Resource, record_id: str) -> Withdrawal | None:
    """Null: the record is served, or there never was one."""
    statement = database.compiled("tombstone", _tombstone)
    rows = await database.fetch_all(statement, {"noun": resource.type, "id": record_id})
    return _as_tombstone(rows[0]) if rows else None


def gone(tombstone: Withdrawal, address: str) -> Problem:
    """Why there is no such record any more. `address` is that of the record."""
    why = f" Reason: {tombstone.reason}" if tombstone.reason else ""
    number = tombstone.last_number
    last = f" What it said last is its revision {number}." if number else ""
    link = {"Link": f'<{address}/revisions/{number}>; rel="latest-version"'} if number else {}
    return Problem(
        WITHDRAWN,
        f"The {tombstone.noun} “{tombstone.id}” was withdrawn in dataset {tombstone.withdrawn_in.version}.{last}{why}",
        extra={
            "reason": tombstone.reason,
            "last_revision": f"{address}/revisions/{number}" if number else None,
        },
        headers=link,
    )


MOST_TOMBSTONES = 1_000


async def read_tombstones(
    database: Reader, nouns: Sequence[ResourceType], after: DatasetVersion
) -> Withdrawals:
    """What of these nouns was withdrawn after a state of the data, in the order in which it was."""
    statement = database.compiled(("tombstones", tuple(nouns)), lambda: _tombstones(nouns))
    rows = await database.fetch_all(
        statement,
        {"after": after.last_key, "most": MOST_TOMBSTONES + 1},
        is_slow=len(nouns) > 1,
    )
    found = [_as_tombstone(row) for row in rows[:MOST_TOMBSTONES]]
    return Withdrawals(found, (), complete=len(rows) <= MOST_TOMBSTONES)


async def read_left(
    then: Reader,
    now: Reader,
    resource: Resource,
    asked: Sequence[AppliedFilter],
    *,
    after: DatasetVersion,
    upto: DatasetVersion,
) -> Sequence[str]:
    """Ids of records that have changed between two states of the data, and that matched `then` and match `now` no more: who
    follows a part of a list would not hear of them otherwise. At most MOST_TOMBSTONES and one more. Two statements.
    """
    narrowed = [item for item in asked if item.parameter.operator != "recorded_after"]
    if not narrowed or after.ordinal in (0, upto.ordinal):
        return []
    values = bound_values(narrowed, resource.type, sqlite=now.is_sqlite)
    shape = (resource.type, shape_of(narrowed))
    statement = then.compiled(("changed", shape), lambda: _changed_of(resource, narrowed))
    bounds = {
        "noun": resource.type,
        "after": after.last_key,
        "upto": upto.last_key,
        "dataset": upto.ordinal,
    }
    bounds["most"] = MOST_TOMBSTONES + 1
    matched = [
        row[0] for row in await then.fetch_all(statement, {**values, **bounds}, is_slow=True)
    ]
    if not matched:
        return []
    size = 1 << (len(matched) - 1).bit_length()
    statement = now.compiled(("still", shape, size), lambda: _still(resource, narrowed, size))
    ids = {f"one_{index}": matched[min(index, len(matched) - 1)] for index in range(size)}
    still = {row[0] for row in await now.fetch_all(statement, {**values, **ids}, is_slow=True)}
    return [record_id for record_id in matched if record_id not in still]


MOST_REVISIONS = 20
"""As many revisions of one record come along."""


async def read_pasts(
    database: Reader, dataset: Dataset, resource: Resource, ids: Sequence[str]
) -> RevisionsById:
    """The revisions that records had up to a dataset."""
    result: dict[str, list[tuple[Revision, str]]] = {record_id: [] for record_id in ids}
    if not ids:
        return result
    statement = database.compiled(("pasts", len(ids)), lambda: _pasts(len(ids)))
    whose = {
        "noun": resource.type,
        "upto": dataset.ordinal,
        **{f"id_{i}": record_id for i, record_id in enumerate(ids)},
    }
    for row in await database.fetch_all(statement, whose, is_slow=len(ids) > 1):
        result[row[0]].append((_revision(row[1:]), row[-1]))
    return result


async def read_times(
    database: Reader, records: Sequence[tuple[ResourceType, StoredRecord]]
) -> RecordedTimes:
    """When the form of each record was recorded that a page shows."""
    result: dict[tuple[str, str], str | None] = {}
    for noun in dict.fromkeys(noun for noun, _ in records):
        ids = [record[0] for of, record in records if of == noun]
        statement = database.compiled(
            ("times", noun, len(ids)), partial(_times, RESOURCES[noun], len(ids))
        )
        rows = await database.fetch_all(
            statement, {f"id_{index}": record_id for index, record_id in enumerate(ids)}
        )
        result |= {(noun, record_id): at for record_id, at in rows}
    return result


async def read_changes(
    database: Reader, dataset: Dataset, query: ListQuery, *, first_page: str
) -> Changes:
    """Newest first: all that was recorded up to a dataset, or after another one."""
    walk = _walk(query, dataset, first_page)
    asked = {item.parameter.name: item.values for item in query.chosen}
    nouns, kinds = asked.get("noun", ()), asked.get("change", ())
    after = query.updated_after.state.last_key if query.updated_after else 0
    statement = database.compiled(
        ("changes", nouns, kinds, walk.continues, walk.backward),
        lambda: _changes(nouns, kinds, continues=walk.continues, backward=walk.backward),
    )
    bounds = {"after": after, "upto": dataset.last_key}
    is_long = bool(nouns or kinds)
    rows = await database.fetch_all(
        statement, {**bounds, **_position(walk, query)}, is_slow=is_long
    )
    stretch = walk.stretch(rows, query.limit, lambda row: (row[0],))
    total, exact = await _count_changes(database, query, nouns, kinds, bounds)
    return Changes(
        [_change(row) for row in stretch.rows], total, exact, stretch.next, stretch.previous
    )


async def _count_changes(
    database: Reader,
    query: ListQuery,
    nouns: Sequence[ResourceType],
    kinds: Sequence[ChangeKind],
    bounds: Mapping[str, int],
) -> tuple[int | None, bool]:
    if query.total == "none":
        return None, False
    if not nouns and not kinds:
        # Keys count what is recorded, without a gap.
        return max(bounds["upto"] - bounds["after"], 0), True
    exact = query.total == "exact"
    statement = database.compiled(
        ("changes counted", nouns, kinds, exact),
        lambda: _counted_changes(nouns, kinds, exact=exact),
    )
    total: int = (await database.fetch_all(statement, bounds, is_slow=True))[0][0]
    return (total, True) if exact or total <= COUNTED_UP_TO else (COUNTED_UP_TO, False)


def _walk(query: ListQuery, dataset: Dataset, first_page: str) -> Paginator:
    return Paginator.from_token(
        query.cursor,
        question=query.question,
        version=dataset.version,
        first_page=first_page,
        keys=(int,),
    )


def _position(walk: Paginator, query: ListQuery) -> dict[str, Any]:
    return {
        **{f"after_{index}": key for index, key in enumerate(walk.after)},
        "limit": query.limit + 1,
    }


def _datasets(*, continues: bool, backward: bool) -> Select[Any]:
    table = table_of(DatasetTable)
    keys = [(table.c.ordinal, not backward)]
    statement = select(
        table.c.ordinal, table.c.version, table.c.recorded_at, table.c.counts, table.c.changes
    )
    if continues:
        statement = statement.where(statements.behind(keys))
    return statement.order_by(*statements.in_order(keys)).limit(statements.limit())


def _count_datasets() -> Select[Any]:
    return select(func.count()).select_from(table_of(DatasetTable))


def _of_record(*more: Any) -> Select[Any]:
    table = table_of(RevisionTable)
    begun, ended = table_of(DatasetTable).alias("begun"), table_of(DatasetTable).alias("ended")
    columns = (
        table.c.number,
        table.c.content_hash,
        table.c.reason,
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
    keys = [(table_of(RevisionTable).c.number, not backward)]
    statement = _of_record()
    if continues:
        statement = statement.where(statements.behind(keys))
    return statement.order_by(*statements.in_order(keys)).limit(statements.limit())


def _count_revisions() -> Select[Any]:
    table = table_of(RevisionTable)
    matches = table.c.noun == bindparam("noun"), table.c.record_id == bindparam("id")
    return select(func.count()).select_from(table).where(*matches)


def _one_revision() -> Select[Any]:
    table = table_of(RevisionTable)
    return _of_record(table.c.body).where(table.c.number == bindparam("number"))


def _pasts(count_of_ids: int) -> Select[Any]:
    """The newest MOST_REVISIONS of each record up to the dataset `:upto`. What was not known then has not ended a revision."""
    table = table_of(RevisionTable)
    ids: list[BindParameter[Any]] = [bindparam(f"id_{index}") for index in range(count_of_ids)]
    upto: BindParameter[int] = bindparam("upto")
    place = func.row_number().over(partition_by=table.c.record_id, order_by=table.c.number.desc())
    newest = (
        select(table.c.key, place.label("place"))
        .where(
            table.c.noun == bindparam("noun"),
            table.c.record_id.in_(ids),
            table.c.recorded_from <= upto,
        )
        .subquery()
    )
    begun, ended = table_of(DatasetTable).alias("begun"), table_of(DatasetTable).alias("ended")
    return (
        select(
            table.c.record_id,
            table.c.number,
            table.c.content_hash,
            table.c.reason,
            begun.c.version,
            begun.c.recorded_at,
            ended.c.version.label("ended_in"),
            ended.c.recorded_at.label("ended_at"),
            table.c.body,
        )
        .join(newest, newest.c.key == table.c.key)
        .join(begun, begun.c.ordinal == table.c.recorded_from)
        .outerjoin(ended, and_(ended.c.ordinal == table.c.recorded_to, ended.c.ordinal <= upto))
        .where(newest.c.place <= MOST_REVISIONS)
        .order_by(table.c.record_id, table.c.number.desc())
    )


def _times(resource: Resource, count_of_ids: int) -> Select[Any]:
    table, revision, dataset = (
        table_of(resource.table),
        table_of(RevisionTable),
        table_of(DatasetTable),
    )
    ids: list[BindParameter[Any]] = [bindparam(f"id_{index}") for index in range(count_of_ids)]
    return (
        select(table.c.id, dataset.c.recorded_at)
        .join(revision, revision.c.key == table.c.revision_key)
        .join(dataset, dataset.c.ordinal == revision.c.recorded_from)
        .where(table.c.id.in_(ids))
    )


def _changed_of(resource: Resource, narrowed: Sequence[AppliedFilter]) -> Select[Any]:
    """The ids of those matches whose revision in `:dataset` was recorded behind the key `:after` and not behind `:upto`: they have
    changed, and are still served.
    """
    table, revision = table_of(resource.table), table_of(RevisionTable)
    changed = select(revision.c.record_id).where(
        revision.c.noun == bindparam("noun"),
        revision.c.key > bindparam("after"),
        revision.c.key <= bindparam("upto"),
        revision.c.number > 1,
        or_(revision.c.recorded_to.is_(None), revision.c.recorded_to > bindparam("dataset")),
    )
    most: BindParameter[int] = bindparam("most")
    matches = statements.matching(resource, narrowed)
    return (
        select(table.c.id).where(table.c.id.in_(changed), *matches).order_by(table.c.id).limit(most)
    )


def _still(resource: Resource, narrowed: Sequence[AppliedFilter], size: int) -> Select[Any]:
    """Those of the records `:one_0`, `:one_1`, … that match."""
    table = table_of(resource.table)
    ids: list[BindParameter[Any]] = [bindparam(f"one_{index}") for index in range(size)]
    return select(table.c.id).where(table.c.id.in_(ids), *statements.matching(resource, narrowed))


def _tombstone() -> Select[Any]:
    table = table_of(WithdrawalTable)
    return _withdrawn().where(
        table.c.noun == bindparam("noun"), table.c.record_id == bindparam("id")
    )


def _tombstones(nouns: Sequence[ResourceType]) -> Select[Any]:
    table = table_of(WithdrawalTable)
    after: BindParameter[int] = bindparam("after")
    most: BindParameter[int] = bindparam("most")
    return (
        _withdrawn()
        .where(_is_of(table, nouns), table.c.key > after)
        .order_by(table.c.key)
        .limit(most)
    )


def _withdrawn() -> Select[Any]:
    table, dataset = table_of(WithdrawalTable), table_of(DatasetTable)
    return (
        select(
            table.c.noun,
            table.c.record_id,
            table.c.last_number,
            table.c.reason,
            table.c.renamed_to,
            dataset.c.version,
            dataset.c.recorded_at,
        )
        .select_from(table)
        .join(dataset, dataset.c.ordinal == table.c.recorded_from)
    )


def _is_of(table: Table, nouns: Sequence[ResourceType]) -> ColumnElement[bool]:
    # Of expressions: a list of values would be put in when the statement runs, and ours are compiled before.
    return table.c.noun.in_([literal(noun) for noun in nouns])


def _as_tombstone(row: Row) -> Withdrawal:
    noun, record_id, last_number, reason, renamed_to, version, recorded_at = row
    return Withdrawal(
        noun, record_id, DatasetStamp(version, recorded_at), last_number, reason, renamed_to
    )


def _changes(
    nouns: Sequence[ResourceType], kinds: Sequence[ChangeKind], *, continues: bool, backward: bool
) -> Select[Any]:
    """`:limit` rows, newest first (backward: last): each of the two tables gives as many by its own keys."""
    parts = []
    for part in _recorded(nouns, kinds):
        key = part.selected_columns["key"]
        narrowed = part.where(statements.behind([(key, not backward)])) if continues else part
        ordered = narrowed.order_by(*statements.in_order([(key, not backward)])).limit(
            statements.limit()
        )
        parts.append(select(ordered.subquery()))
    merged = union_all(*parts).subquery()
    dataset = table_of(DatasetTable)
    return (
        select(*merged.c, dataset.c.version, dataset.c.recorded_at)
        .join(dataset, dataset.c.ordinal == merged.c.recorded_from)
        .order_by(*statements.in_order([(merged.c.key, not backward)]))
        .limit(statements.limit())
    )


def _counted_changes(
    nouns: Sequence[ResourceType], kinds: Sequence[ChangeKind], *, exact: bool
) -> Select[Any]:
    parts = []
    for part in _recorded(nouns, kinds):
        keys = part.with_only_columns(part.selected_columns["key"])
        parts.append(select((keys if exact else keys.limit(COUNTED_UP_TO + 1)).subquery()))
    return select(func.count()).select_from(union_all(*parts).subquery())


def _recorded(nouns: Sequence[ResourceType], kinds: Sequence[ChangeKind]) -> Iterator[Select[Any]]:
    """What lies behind the key `:after` and not behind `:upto`: revisions, and withdrawals."""
    revision, withdrawal = table_of(RevisionTable), table_of(WithdrawalTable)
    nothing = cast(null(), Text)
    is_first, has_name = revision.c.number == 1, withdrawal.c.renamed_to.is_not(None)
    columns = (
        (
            revision,
            is_first,
            ("added", "changed"),
            revision.c.number,
            nothing.label("renamed_to"),
            revision.c.body,
        ),
        (
            withdrawal,
            has_name,
            ("renamed", "withdrawn"),
            withdrawal.c.last_number.label("number"),
            withdrawal.c.renamed_to,
            nothing.label("body"),
        ),
    )
    wanted = set(kinds or get_args(ChangeKind))
    for table, is_one, (one, other), number, renamed_to, body in columns:
        if not wanted & {one, other}:
            continue
        kind = case((is_one, one), else_=other).label("kind")
        common = (
            table.c.key,
            table.c.noun,
            table.c.record_id,
            kind,
            number,
            table.c.recorded_from,
            table.c.reason,
        )
        part = select(*common, renamed_to, body).where(
            table.c.key > bindparam("after"), table.c.key <= bindparam("upto")
        )
        if nouns:
            part = part.where(_is_of(table, nouns))
        if not wanted >= {one, other}:
            part = part.where(is_one if one in wanted else not_(is_one))
        yield part


def _change(row: Row) -> Change:
    _, noun, record_id, kind, number, _, reason, renamed_to, body, version, recorded_at = row
    return Change(
        noun, record_id, kind, number, DatasetStamp(version, recorded_at), reason, renamed_to, body
    )


def _revision(row: Row) -> Revision:
    number, content_hash, reason, begun_in, begun_at, ended_in, ended_at, *_ = row
    ended = None if ended_in is None else DatasetStamp(ended_in, ended_at)
    return Revision(number, DatasetStamp(begun_in, begun_at), ended, content_hash, reason)
