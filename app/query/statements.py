"""Checked requests → SQL. Every statement is built once per shape (which filters with how many values, which direction)
and compiled once; requests of the same shape differ in their parameters alone.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, literal_column, or_, select
from sqlalchemy.sql.elements import BindParameter

from app.models import Dataset, Revision
from app.query.parser import Chosen
from app.resources import Filter, Include, Resource
from app.resources.declare import owner_column, tables

COUNTED_UP_TO = 1_000

_REVISION = tables(Revision)


def latest_dataset() -> Select[Any]:
    dataset = tables(Dataset)
    return select(dataset.c.version, dataset.c.counts).order_by(dataset.c.ordinal.desc()).limit(1)


def one(resource: Resource) -> Select[Any]:
    """The record with id `:id`."""
    table = tables(resource.table)
    return _bodies(table).where(table.c.id == bindparam("id"))


def neighbours(resource: Resource) -> Select[Any]:
    """A few ids around `:id`, for the help in a 404."""
    table = tables(resource.table)
    behind = select(table.c.id).where(table.c.id >= bindparam("id")).order_by(table.c.id).limit(4)
    before = select(table.c.id).where(table.c.id < bindparam("id")).order_by(table.c.id.desc()).limit(4)
    return select(behind.subquery().c.id).union_all(select(before.subquery().c.id))  # type: ignore[return-value]


def page(resource: Resource, chosen: Sequence[Chosen], *, continues: bool, backward: bool) -> Select[Any]:
    """`:limit` records in id order, behind (backward: before) `:after` where the list continues. Keyset, not offset: a
    page at any depth costs what the first one costs.
    """
    table = tables(resource.table)
    statement = _bodies(table).where(*_conditions(resource, chosen))
    if continues:
        statement = statement.where(table.c.id < bindparam("after") if backward else table.c.id > bindparam("after"))
    order = table.c.id.desc() if backward else table.c.id
    return statement.order_by(order).limit(bindparam("limit"))


def count(resource: Resource, chosen: Sequence[Chosen]) -> Select[Any]:
    """How many match, counted up to COUNTED_UP_TO and one more."""
    matches: Select[Any] = (
        select(literal_column("1")).select_from(tables(resource.table)).where(*_conditions(resource, chosen))
    )
    return select(func.count()).select_from(matches.limit(COUNTED_UP_TO + 1).subquery())


def included(resource: Resource, include: Include, target: Resource, owners: int) -> Select[Any]:
    """The records that the records `:owner_0`, `:owner_1`, … point at, each once, in id order."""
    table, target_table = tables(resource.table), tables(target.table)
    ids = _parameters("owner", owners)
    pointed = []
    for attribute in include.columns:
        column = _column(attribute)
        owner = table.c.id if column.table is table else owner_column(column.table, table)
        pointed.append(select(column).where(owner.in_(ids)))
    return (
        _bodies(target_table)
        .where(or_(*(target_table.c.id.in_(selection) for selection in pointed)))
        .order_by(target_table.c.id)
    )


def shape_of(chosen: Sequence[Chosen]) -> Hashable:
    return tuple((item.filter.name, len(item.values)) for item in chosen)


def parameters_of(chosen: Sequence[Chosen]) -> dict[str, Any]:
    return {f"{item.filter.name}_{index}": value for item in chosen for index, value in enumerate(item.values)}


def _bodies(table: Table) -> Select[Any]:
    return select(table.c.id, _REVISION.c.body).join(_REVISION, _REVISION.c.key == table.c.revision_key)


def _conditions(resource: Resource, chosen: Sequence[Chosen]) -> list[ColumnElement[bool]]:
    own = tables(resource.table)
    conditions = []
    by_link: dict[Table, list[ColumnElement[bool]]] = defaultdict(list)
    for item in chosen:
        condition = _matches(item.filter, len(item.values))
        if item.filter.table is own:
            conditions.append(condition)
        else:
            by_link[item.filter.table].append(condition)
    for link, speaking_of_it in by_link.items():
        conditions.append(own.c.id.in_(select(owner_column(link, own)).where(*speaking_of_it)))
    return conditions


def _matches(declared: Filter, values: int) -> ColumnElement[bool]:
    wanted = _parameters(declared.name, values)
    return or_(*(_one_of(_column(attribute), declared, wanted) for attribute in declared.columns))


def _one_of(column: Any, declared: Filter, wanted: Sequence[BindParameter[Any]]) -> ColumnElement[bool]:
    if declared.within is not None:
        parts = tables(declared.within)
        condition: ColumnElement[bool] = column.in_(select(parts.c.place_id).where(parts.c.whole_id.in_(wanted)))
        return condition
    equal: ColumnElement[bool] = column == wanted[0] if len(wanted) == 1 else column.in_(wanted)
    return equal


def _parameters(name: str, count_of_values: int) -> list[BindParameter[Any]]:
    return [bindparam(f"{name}_{index}") for index in range(count_of_values)]


def _column(attribute: Any) -> Any:
    return attribute.property.columns[0]
