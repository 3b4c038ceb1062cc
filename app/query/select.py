"""Queries as SQL. A statement is built and compiled once per shape of a query (its filters with the
number of their values, its sort, its direction); queries of one shape differ in bound values alone.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Table,
    bindparam,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.elements import BindParameter

from app.models import CODE_TABLES, Dataset, PrebuiltPart, Revision
from app.query.filters import AppliedFilter, conditions, newest_of
from app.query.pagination import (
    Paginator,
    SortColumn,
    after_cursor,
    limit,
    order_by,
    reversed_if,
)
from app.query.sorting import SortKey
from app.resources import RESOURCES, Include, Resource
from app.resources.declarations import (
    DateRange,
    LatestPerGroup,
    column_of,
    owner_column,
    table_of,
)
from app.vocabulary import ResourceType

_REVISION = table_of(Revision)

Reference = tuple[ResourceType, Column[Any]]
"""A column that holds ids of a resource type."""


@cache
def own_references(resource: Resource, includes: tuple[Include, ...]) -> tuple[Reference, ...]:
    """The columns of a record's own row that includes follow: one statement reads both records."""
    return tuple(
        (resource_type, column)
        for resource_type, column in _references(includes)
        if column.table is table_of(resource.table)
    )


@cache
def linked_references(resource: Resource, includes: tuple[Include, ...]) -> tuple[Reference, ...]:
    """The columns of linking tables that includes follow: a separate statement reads these."""
    return tuple(
        (resource_type, column)
        for resource_type, column in _references(includes)
        if column.table is not table_of(resource.table)
    )


def _references(includes: Sequence[Include]) -> list[tuple[ResourceType, Column[Any]]]:
    return [
        (include.type, column_of(attribute))
        for include in includes
        for attribute in include.columns
    ]


# ------------------------------------------------------------------------------------------
# datasets


def dataset_versions() -> Select[Any]:
    """Every dataset version, the newest last."""
    dataset = table_of(Dataset)
    names = ("ordinal", "version", "recorded_at", "newest_published", "last_key")
    return select(*(dataset.c[name] for name in names)).order_by(dataset.c.ordinal)


def dataset() -> Select[Any]:
    """The dataset `:ordinal`, with its counts and facets as JSON."""
    table = table_of(Dataset)
    with_counts = dataset_versions().add_columns(table.c.counts, table.c.facets)
    return with_counts.where(table.c.ordinal == bindparam("ordinal"))


def vocabulary() -> CompoundSelect[Any]:
    """Every code of every scheme, `mappings` as JSON; sorted."""
    columns = ("code", "label", "definition", "broader", "mappings", "deprecated", "replaced_by")
    schemes = (
        select(literal(scheme).label("scheme"), *(table.c[name] for name in columns))
        for scheme, table in CODE_TABLES.items()
    )
    return union_all(*schemes).order_by("scheme", "code")


# --------------------------------------------------------------------------------------- one record


def one(resource: Resource, embedded: Sequence[Reference] = ()) -> Select[Any]:
    """The record `:id` with the records that the columns of `embedded` refer to."""
    table = table_of(resource.table)
    return _embed(_bodies(table).where(table.c.id == bindparam("id")), embedded)


def one_with_revision(resource: Resource, embedded: Sequence[Reference]) -> Select[Any]:
    """The record `:id` like `one`, with its current revision and the dataset that recorded it."""
    table, dataset = table_of(resource.table), table_of(Dataset)
    row = (
        _bodies(table)
        .add_columns(
            _REVISION.c.number,
            _REVISION.c.content_hash,
            _REVISION.c.reason,
            dataset.c.version,
            dataset.c.recorded_at,
        )
        .join(dataset, dataset.c.ordinal == _REVISION.c.recorded_from)
        .where(table.c.id == bindparam("id"))
    )
    return _embed(row, embedded)


def neighbours(resource: Resource) -> CompoundSelect[Any]:
    """A few ids around `:id`, for the help in a 404."""
    table = table_of(resource.table)
    after = select(table.c.id).where(table.c.id >= bindparam("id")).order_by(table.c.id).limit(4)
    before = (
        select(table.c.id).where(table.c.id < bindparam("id")).order_by(table.c.id.desc()).limit(4)
    )
    return union_all(select(after.subquery().c.id), select(before.subquery().c.id))


# -------------------------------------------------------------------------------------------- lists


def page(
    resource: Resource,
    filters: Sequence[AppliedFilter],
    sort: Sequence[SortKey],
    embedded: Sequence[Reference],
    paginator: Paginator,
) -> Select[Any]:
    """A page of records: id, body, `sort_0`, … (all sort keys but the id), and `embedded`."""
    table = table_of(resource.table)
    columns = sort_columns(table, sort)
    names = sort_names(columns)
    ordered = reversed_if(columns, paginator.backward)
    matches = matching(resource, filters)
    if paginator.continues:
        matches.append(after_cursor(ordered))
    keys = [column.label(name) for (column, _), name in zip(columns, names, strict=True)]
    if len(columns) <= 2 and (not filters or len(columns) == 1):
        # One index gives the order: nothing is sorted.
        rows = _bodies(table).add_columns(*keys[:-1]).where(*matches)
        return _embed(rows.order_by(*order_by(ordered)).limit(limit()), embedded)
    # Sorting keys and reading bodies afterwards is faster than sorting rows with their bodies.
    followed = [column.label(f"embedded_{index}") for index, (_, column) in enumerate(embedded)]
    page_keys = (
        select(table.c.revision_key, *keys, *followed)
        .where(*matches)
        .order_by(*order_by(ordered))
        .limit(limit())
        .subquery()
    )
    directions = [
        (page_keys.c[name], descending)
        for name, (_, descending) in zip(names, ordered, strict=True)
    ]
    page_rows: Select[Any] = (
        select(page_keys.c.id, _REVISION.c.body, *(page_keys.c[name] for name in names[:-1]))
        .join(_REVISION, _REVISION.c.key == page_keys.c.revision_key)
        .order_by(*order_by(directions))
    )
    return _embed(
        page_rows,
        [
            (resource_type, page_keys.c[f"embedded_{index}"])
            for index, (resource_type, _) in enumerate(embedded)
        ],
    )


def _embed(
    rows: Select[Any], embedded: Sequence[tuple[ResourceType, ColumnElement[Any]]]
) -> Select[Any]:
    """The rows with `id_0`, `body_0`, … of the records that columns refer to."""
    for index, (resource_type, column) in enumerate(embedded):
        target = table_of(RESOURCES[resource_type].table).alias(f"target_{index}")
        revision = _REVISION.alias(f"target_{index}_revision")
        rows = (
            rows.add_columns(
                target.c.id.label(f"id_{index}"), revision.c.body.label(f"body_{index}")
            )
            .outerjoin(target, target.c.id == column)
            .outerjoin(revision, revision.c.key == target.c.revision_key)
        )
    return rows


def everything(
    resource: Resource, filters: Sequence[AppliedFilter], sort: Sequence[SortKey]
) -> Select[Any]:
    """All matching records, id and body, in order."""
    table = table_of(resource.table)
    return (
        _bodies(table)
        .where(*matching(resource, filters))
        .order_by(*order_by(sort_columns(table, sort)))
    )


def prebuilt_sizes() -> Select[Any]:
    """The parts that the build made of all records of `:resource_type` in `:format`, in order,
    without their bodies.
    """
    part = table_of(PrebuiltPart)
    return select(part.c.size, part.c.urls).where(*_of_list(part)).order_by(part.c.number)


def prebuilt_parts() -> Select[Any]:
    """The parts of the same list from `:first` to `:last`."""
    part = table_of(PrebuiltPart)
    is_between = part.c.number.between(bindparam("first"), bindparam("last"))
    return (
        select(part.c.number, part.c.body)
        .where(*_of_list(part), is_between)
        .order_by(part.c.number)
    )


def _of_list(part: Table) -> tuple[ColumnElement[bool], ...]:
    return (
        part.c.resource_type == bindparam("resource_type"),
        part.c.format == bindparam("format"),
    )


def matches(resource: Resource, filters: Sequence[AppliedFilter]) -> Select[Any]:
    """A row for each match, for counting."""
    one: ColumnElement[Any] = literal_column("1")
    return select(one).select_from(table_of(resource.table)).where(*matching(resource, filters))


def matching(resource: Resource, filters: Sequence[AppliedFilter]) -> list[ColumnElement[bool]]:
    table = table_of(resource.table)
    result = conditions(table, table, filters)
    newest = newest_of(filters)
    if newest is not None:
        result += _newest_of_group(table, filters, newest.criterion(LatestPerGroup))
    return result


def _newest_of_group(
    table: Table, filters: Sequence[AppliedFilter], newest: LatestPerGroup
) -> list[ColumnElement[bool]]:
    """The conditions that a match has no successor, and that no other one of its group without a
    successor is newer. Ties stay.
    """
    other = table.alias("newer")
    group, column = column_of(newest.by).name, column_of(newest.column).name
    window = next((item for item in filters if item.name == newest.window), None)
    newer: Select[Any] = select(literal_column("1")).where(
        other.c[group] == table.c[group],
        other.c[column] > table.c[column],
        _has_no_successor(table, other, newest, window),
        *conditions(other, table, filters),
    )
    return [_has_no_successor(table, table, newest, window), not_(newer.exists())]


def _has_no_successor(
    table: Table, rows: FromClause, newest: LatestPerGroup, window: AppliedFilter | None
) -> ColumnElement[bool]:
    """The condition that nothing replaces a row, up to the end of the window if it has one."""
    successor_id = rows.c[column_of(newest.replaced_by).name]
    if window is None or window.values[0].last is None:
        return successor_id.is_(None)
    successor = table.alias("successor")
    earliest = successor.c[column_of(window.criterion(DateRange).earliest).name]
    by_then: Select[Any] = select(literal_column("1")).where(
        successor.c.id == successor_id, earliest <= bindparam(f"{window.key}_last")
    )
    return or_(successor_id.is_(None), not_(by_then.exists()))


def included(
    resource: Resource, references: Sequence[Reference], owners: int
) -> CompoundSelect[Any]:
    """Plural, id and body of the records that `:owner_0`, `:owner_1`, … refer to.

    A record that is included twice may be there twice.
    """
    table = table_of(resource.table)
    ids: list[BindParameter[Any]] = [bindparam(f"owner_{index}") for index in range(owners)]
    selections = []
    for resource_type, column in references:
        target = RESOURCES[resource_type]
        target_table = table_of(target.table)
        owner = table.c.id if column.table is table else owner_column(column.table, table)
        ids_of_target = select(column).where(owner.in_(ids))
        plural: ColumnElement[Any] = literal_column(f"'{target.plural}'").label("plural")
        selections.append(
            select(plural, target_table.c.id, _REVISION.c.body)
            .join(_REVISION, _REVISION.c.key == target_table.c.revision_key)
            .where(target_table.c.id.in_(ids_of_target))
        )
    return union_all(*selections)


def bodies_by_key(count: int) -> Select[Any]:
    """The records of the revisions `:key_0`, `:key_1`, …."""
    keys: list[BindParameter[Any]] = [bindparam(f"key_{index}") for index in range(count)]
    columns = _REVISION.c.key, _REVISION.c.record_id, _REVISION.c.body
    return select(*columns).where(_REVISION.c.key.in_(keys))


def _bodies(table: Table) -> Select[Any]:
    return select(table.c.id, _REVISION.c.body).join(
        _REVISION, _REVISION.c.key == table.c.revision_key
    )


# --------------------------------------------------------------------------------------------- sort


def sort_columns(table: Table, sort: Sequence[SortKey]) -> list[SortColumn]:
    """The columns of a sort, ending in the id: no two rows have the same keys.

    The id has the direction of the key before it, so that one index gives both.
    """
    columns: list[SortColumn] = [
        (table.c[column_of(key.sort.column(descending=key.descending)).name], key.descending)
        for key in sort
    ]
    if not sort or sort[-1].sort.name != "id":
        columns.append((table.c.id, bool(sort) and sort[-1].descending))
    return columns


def sort_names(columns: Sequence[SortColumn]) -> list[str]:
    """The names of sort keys in a row; the last key is the id."""
    return [*(f"sort_{index}" for index in range(len(columns) - 1)), "id"]


def key_types(columns: Sequence[SortColumn]) -> tuple[type, ...]:
    """The Python types of sort keys."""
    return tuple(column.type.python_type for column, _ in columns)


def count_rows(table: Table, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count().label("total")).select_from(table).where(*conditions)
