"""Checked requests → SQL. Every statement is built once per shape (what is asked, with how many values, in which order and
direction) and compiled once; requests of the same shape differ in their parameters alone.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.sql.elements import BindParameter

from app.models import Dataset, PrebuiltPart, Revision
from app.query.filters import AppliedFilter, asks_for_newest, conditions
from app.query.params import SortKey
from app.resources import RESOURCES, Include, Resource
from app.resources.declarations import LatestPerGroup, column_of, owner_column, table_of
from app.vocabulary import ResourceType

COUNTED_UP_TO = 1_000

_REVISION = table_of(Revision)

Pointer = tuple[ResourceType, Column[Any]]
"""A column that points at records of a noun."""


@lru_cache(maxsize=256)
def pointers(
    resource: Resource, includes: tuple[Include, ...]
) -> tuple[tuple[Pointer, ...], tuple[Pointer, ...]]:
    """What includes follow: the columns of a record's own row, and those of the rows that hang on it."""
    every = [
        (include.type, column_of(attribute))
        for include in includes
        for attribute in include.columns
    ]
    table = table_of(resource.table)
    own = tuple((noun, column) for noun, column in every if column.table is table)
    return own, tuple((noun, column) for noun, column in every if column.table is not table)


@cache
def shown_beside(resource: Resource) -> tuple[Pointer, ...]:
    """What a record's own row points at that is cited on its page: the source."""
    own, _ = pointers(
        resource, tuple(include for include in resource.includes if include.type == "source")
    )
    return own


def states() -> Select[Any]:
    """Every dataset, the newest last: ordinal, version, time, newest day of publication, last key."""
    dataset = table_of(Dataset)
    names = ("ordinal", "version", "recorded_at", "newest_published", "last_key")
    return select(*(dataset.c[name] for name in names)).order_by(dataset.c.ordinal)


def dataset() -> Select[Any]:
    """The dataset `:ordinal`, and what it has."""
    table = table_of(Dataset)
    return (
        states()
        .add_columns(table.c.counts, table.c.facets)
        .where(table.c.ordinal == bindparam("ordinal"))
    )


def one(resource: Resource, along: Sequence[Pointer] = ()) -> Select[Any]:
    """The record with id `:id`: id, body, and id and body of what each column of `along` points at."""
    table = table_of(resource.table)
    return _with_what_is_pointed_at(_bodies(table).where(table.c.id == bindparam("id")), along)


def revised(resource: Resource, along: Sequence[Pointer]) -> Select[Any]:
    """The same; behind the body the revision that it is now: number, hash, reason, and the dataset that it was recorded in with
    its time.
    """
    table, dataset = table_of(resource.table), table_of(Dataset)
    more = (
        _REVISION.c.number,
        _REVISION.c.content_hash,
        _REVISION.c.reason,
        dataset.c.version,
        dataset.c.recorded_at,
    )
    found = (
        _bodies(table)
        .add_columns(*more)
        .join(dataset, dataset.c.ordinal == _REVISION.c.recorded_from)
    )
    return _with_what_is_pointed_at(found.where(table.c.id == bindparam("id")), along)


def neighbours(resource: Resource) -> Select[Any]:
    """A few ids around `:id`, for the help in a 404."""
    table = table_of(resource.table)
    behind = select(table.c.id).where(table.c.id >= bindparam("id")).order_by(table.c.id).limit(4)
    before = (
        select(table.c.id).where(table.c.id < bindparam("id")).order_by(table.c.id.desc()).limit(4)
    )
    return select(behind.subquery().c.id).union_all(select(before.subquery().c.id))  # type: ignore[return-value]


def page(
    resource: Resource,
    chosen: Sequence[AppliedFilter],
    sort: Sequence[SortKey],
    along: Sequence[Pointer],
    *,
    continues: bool,
    backward: bool,
) -> Select[Any]:
    """`:limit` rows of id, body, the other sort keys, and id and body of what each column of `along` points at, behind (backward:
    before) `:after_0`, … where the list continues. Keyset, not offset: a page at any depth costs what the first one costs.
    """
    table = table_of(resource.table)
    keys = sort_columns(table, sort)
    turned = [(column, descending != backward) for column, descending in keys]
    said = matching(resource, chosen)
    if continues:
        said.append(behind(turned))
    if len(keys) <= 2 and (not chosen or len(keys) == 1):
        # One index gives the order: nothing is sorted.
        others = (column for column, _ in keys[:-1])
        rows = (
            _bodies(table)
            .add_columns(*others)
            .where(*said)
            .order_by(*in_order(turned))
            .limit(limit())
        )
        return _with_what_is_pointed_at(rows, along)
    # The bodies are fetched for the rows of the page alone: where rows must be sorted, wide ones would be carried along.
    names = [f"sort_{index}" for index in range(len(keys))]
    columns = [column.label(name) for (column, _), name in zip(keys, names, strict=True)]
    columns += [column.label(f"along_{index}") for index, (_, column) in enumerate(along)]
    narrow = (
        select(table.c.revision_key, *columns)
        .where(*said)
        .order_by(*in_order(turned))
        .limit(limit())
        .subquery()
    )
    found = [
        (narrow.c[name], descending) for name, (_, descending) in zip(names, turned, strict=True)
    ]
    wide: Select[Any] = (
        select(narrow.c[names[-1]], _REVISION.c.body, *(narrow.c[name] for name in names[:-1]))
        .join(_REVISION, _REVISION.c.key == narrow.c.revision_key)
        .order_by(*in_order(found))
    )
    return _with_what_is_pointed_at(
        wide,
        [
            (noun, cast("Column[Any]", narrow.c[f"along_{index}"]))
            for index, (noun, _) in enumerate(along)
        ],
    )


def _with_what_is_pointed_at(rows: Select[Any], along: Sequence[Pointer]) -> Select[Any]:
    for index, (noun, column) in enumerate(along):
        target = table_of(RESOURCES[noun].table).alias(f"target_{index}")
        revision = _REVISION.alias(f"target_{index}_revision")
        rows = (
            rows.add_columns(target.c.id, revision.c.body)
            .outerjoin(target, target.c.id == column)
            .outerjoin(revision, revision.c.key == target.c.revision_key)
        )
    return rows


def everything(
    resource: Resource, chosen: Sequence[AppliedFilter], sort: Sequence[SortKey]
) -> Select[Any]:
    """All rows of id and body, in order."""
    table = table_of(resource.table)
    return (
        _bodies(table)
        .where(*matching(resource, chosen))
        .order_by(*in_order(sort_columns(table, sort)))
    )


def ready() -> Select[Any]:
    """What the build made ready of all records of `:noun` in `:format`, in order."""
    part = table_of(PrebuiltPart)
    mine = part.c.noun == bindparam("noun"), part.c.format == bindparam("format")
    return select(part.c.body).where(*mine).order_by(part.c.number)


Key = tuple[ColumnElement[Any], bool]
"""A column that a list is sorted by, and whether it descends."""


def in_order(keys: Sequence[Key]) -> list[ColumnElement[Any]]:
    return [column.desc() if descending else column.asc() for column, descending in keys]


@lru_cache(maxsize=1_000)
def key_types(noun: ResourceType, raw_sort: Sequence[str]) -> tuple[type, ...]:
    """The Python types of a row's sort keys; the sort as it is asked for."""
    resource = RESOURCES[noun]
    known = {item.name: item for item in resource.sorts}
    sort = [SortKey(known[raw.removeprefix("-")], raw.startswith("-")) for raw in raw_sort]
    return tuple(
        column.type.python_type for column, _ in sort_columns(table_of(resource.table), sort)
    )


def sort_columns(table: Table, sort: Sequence[SortKey]) -> list[Key]:
    """The columns of a sort, ending in the id: no two rows have the same keys. The id goes the way of the key before it,
    so that one index gives both.
    """
    keys: list[Key] = [
        (table.c[column_of(key.sort.column(descending=key.descending)).name], key.descending)
        for key in sort
    ]
    if not sort or sort[-1].sort.name != "id":
        keys.append((table.c.id, bool(sort) and sort[-1].descending))
    return keys


def limit() -> BindParameter[int]:
    return bindparam("limit")


def behind(keys: Sequence[Key], *, tie: int = 0) -> ColumnElement[bool]:
    """The rows that come after `:after_0`, `:after_1`, … in this order. `tie` is for lists of several nouns: whether rows
    with the same first key all stand before the mark (-1), all behind it (1), or are told apart by the next (0).
    """
    if tie:
        reached: BindParameter[Any] = bindparam("after_0")
        return _beyond(keys[0], reached) if tie < 0 else _from_on(keys[0], reached)
    marks: list[BindParameter[Any]] = [bindparam(f"after_{index}") for index in range(len(keys))]
    directions = {descending for _, descending in keys}
    if len(keys) == 1:
        return _beyond(keys[0], marks[0])
    if len(directions) == 1:
        row, mark = tuple_(*(column for column, _ in keys)), tuple_(*marks)
        return row < mark if directions.pop() else row > mark
    # Mixed directions have no row comparison. The first line repeats what follows, so that an index can begin there.
    ties = [
        and_(
            *(column == mark for (column, _), mark in zip(keys[:index], marks, strict=False)),
            _beyond(key, marks[index]),
        )
        for index, key in enumerate(keys)
    ]
    return and_(_from_on(keys[0], marks[0]), or_(*ties))


def _beyond(key: Key, mark: BindParameter[Any]) -> ColumnElement[bool]:
    column, descending = key
    return column < mark if descending else column > mark


def _from_on(key: Key, mark: BindParameter[Any]) -> ColumnElement[bool]:
    column, descending = key
    return column <= mark if descending else column >= mark


def matching(resource: Resource, chosen: Sequence[AppliedFilter]) -> list[ColumnElement[bool]]:
    table = table_of(resource.table)
    said = conditions(table, table, chosen)
    newest = asks_for_newest(chosen)
    if newest is not None:
        said.append(not_outdated(resource, chosen, newest))
    return said


def not_outdated(
    resource: Resource, chosen: Sequence[AppliedFilter], newest: AppliedFilter
) -> ColumnElement[bool]:
    """That no other match of the same group is newer. Ties stay: which of them counts is not ours to say."""
    table = table_of(resource.table)
    criterion = newest.parameter.criterion
    assert isinstance(criterion, LatestPerGroup)  # noqa: S101 - its operator says so
    other = table.alias("newer")
    group, column = column_of(criterion.by).name, column_of(criterion.column).name
    newer: Select[Any] = select(literal_column("1")).where(
        other.c[group] == table.c[group],
        other.c[column] > table.c[column],
        *conditions(other, table, chosen),
    )
    return not_(newer.exists())


def count(resource: Resource, chosen: Sequence[AppliedFilter], *, exact: bool) -> Select[Any]:
    """How many match; unless `exact`, counted up to COUNTED_UP_TO and one more."""
    one: ColumnElement[Any] = literal_column("1")
    matches: Select[Any] = (
        select(one).select_from(table_of(resource.table)).where(*matching(resource, chosen))
    )
    return select(func.count()).select_from(
        (matches if exact else matches.limit(COUNTED_UP_TO + 1)).subquery()
    )


def included(resource: Resource, followed: Sequence[Pointer], owners: int) -> CompoundSelect[Any]:
    """Rows of plural, id and body: the records that these columns of the records `:owner_0`, `:owner_1`, … point at. One that is
    included twice may stand there twice.
    """
    table = table_of(resource.table)
    ids: list[BindParameter[Any]] = [bindparam(f"owner_{index}") for index in range(owners)]
    selections = []
    for noun, column in followed:
        target = RESOURCES[noun]
        target_table = table_of(target.table)
        owner = table.c.id if column.table is table else owner_column(column.table, table)
        pointed = select(column).where(owner.in_(ids))
        found = select(
            literal_column(f"'{target.plural}'").label("plural"),
            target_table.c.id,
            _REVISION.c.body,
        )
        selections.append(
            found.join(_REVISION, _REVISION.c.key == target_table.c.revision_key).where(
                target_table.c.id.in_(pointed)
            )
        )
    return union_all(*selections)


def bodies_by_key(count_of_keys: int) -> Select[Any]:
    """The records of the revisions `:key_0`, `:key_1`, …: key, id, body."""
    keys: list[BindParameter[Any]] = [bindparam(f"key_{index}") for index in range(count_of_keys)]
    return select(_REVISION.c.key, _REVISION.c.record_id, _REVISION.c.body).where(
        _REVISION.c.key.in_(keys)
    )


def _bodies(table: Table) -> Select[Any]:
    return select(table.c.id, _REVISION.c.body).join(
        _REVISION, _REVISION.c.key == table.c.revision_key
    )
