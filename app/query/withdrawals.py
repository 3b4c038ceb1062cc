"""Withdrawn records, and records that no longer match a query."""

from collections.abc import Sequence
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, Select, Table, bindparam, literal, or_, select
from sqlalchemy.sql.elements import BindParameter

from app.database.execute import Reader
from app.database.results import Row
from app.models import Dataset, Revision
from app.models import Withdrawal as WithdrawalTable
from app.problems import WITHDRAWN, Problem
from app.query.datasets import DatasetStamp, DatasetVersion, Withdrawal, Withdrawals
from app.query.filters import AppliedFilter, bound_values, shape_of
from app.query.records import not_found
from app.query.select import matching
from app.resources import Resource
from app.resources.declarations import table_of
from app.vocabulary import ResourceType

MAX_WITHDRAWALS = 1_000


async def read_withdrawal(
    database: Reader, resource: Resource, record_id: str
) -> Withdrawal | None:
    """The withdrawal of a record; None: it is served, or there never was one."""
    statement = database.compiled("withdrawal", _select_withdrawal)
    rows = await database.fetch_all(statement, {"resource_type": resource.type, "id": record_id})
    return _withdrawal(rows[0]) if rows else None


class RecordRenamed(Exception):
    """The record is served under another id."""

    def __init__(self, withdrawal: Withdrawal) -> None:
        super().__init__(
            f"{withdrawal.resource_type} {withdrawal.id} is {withdrawal.renamed_to} now"
        )
        self.withdrawal = withdrawal


async def raise_missing(database: Reader, resource: Resource, record_id: str) -> NoReturn:
    """Raises RecordRenamed, or Problem `withdrawn` or `not-found`, for an id without a record."""
    withdrawal = await read_withdrawal(database, resource, record_id)
    if withdrawal is None:
        raise await not_found(database, resource, record_id)
    if withdrawal.renamed_to is not None:
        raise RecordRenamed(withdrawal)
    reason = f" Reason: {withdrawal.reason}" if withdrawal.reason else ""
    number = withdrawal.last_number
    advice = f"Read its last revision, number {number}" if number else "Remove your copy"
    path = f"{resource.path}/{record_id}/revisions/{number}"
    raise Problem(
        WITHDRAWN,
        f"{advice}: the {withdrawal.resource_type} “{withdrawal.id}” was withdrawn in dataset"
        f" {withdrawal.withdrawn_in.version}.{reason}",
        extra={"reason": withdrawal.reason},
        links={"last_revision": path if number else None},
    )


async def read_withdrawals(
    database: Reader, resource_types: Sequence[ResourceType], after: DatasetVersion
) -> Withdrawals:
    """Records of these types that were withdrawn after a dataset version, in that order."""
    statement = database.compiled(
        ("withdrawals", tuple(resource_types)), lambda: _select_withdrawals(resource_types)
    )
    rows = await database.fetch_all(
        statement,
        {"after": after.last_key, "limit": MAX_WITHDRAWALS + 1},
        is_slow=len(resource_types) > 1,
    )
    listed = [_withdrawal(row) for row in rows[:MAX_WITHDRAWALS]]
    return Withdrawals(listed, (), complete=len(rows) <= MAX_WITHDRAWALS)


async def read_no_longer_matching(
    earlier: Reader,
    later: Reader,
    resource: Resource,
    filters: Sequence[AppliedFilter],
    *,
    after: DatasetVersion,
    up_to: DatasetVersion,
) -> Sequence[str]:
    """Ids of records that changed between two dataset versions and no longer match the filters.

    They matched in the `earlier` version; a client that mirrors a filtered list has to remove them.

    At most MAX_WITHDRAWALS and one more. Two statements.
    """
    filters = [item for item in filters if item.operator_name != "recorded_after"]
    if not filters or after.ordinal in (0, up_to.ordinal):
        return []
    values = bound_values(filters, resource.type, is_sqlite=later.is_sqlite)
    shape = (resource.type, shape_of(filters))
    statement = earlier.compiled(("changed", shape), lambda: _select_changed(resource, filters))
    bounds = {
        "resource_type": resource.type,
        "after": after.last_key,
        "up_to": up_to.last_key,
        "dataset": up_to.ordinal,
        "limit": MAX_WITHDRAWALS + 1,
    }
    changed = [
        row.id for row in await earlier.fetch_all(statement, {**values, **bounds}, is_slow=True)
    ]
    if not changed:
        return []
    size = 1 << (len(changed) - 1).bit_length()
    statement = later.compiled(
        ("still matching", shape, size), lambda: _select_matching(resource, filters, size)
    )
    # The last id fills up the size.
    ids = {f"id_{index}": changed[min(index, len(changed) - 1)] for index in range(size)}
    rows = await later.fetch_all(statement, {**values, **ids}, is_slow=True)
    still_matching = {row.id for row in rows}
    return [record_id for record_id in changed if record_id not in still_matching]


# ---------------------------------------------------------------------------------------------- SQL


def is_of_types(table: Table, resource_types: Sequence[ResourceType]) -> ColumnElement[bool]:
    """The condition that a row is of one of these resource types.

    The types are literals, because a bound list is expanded at execution, after compilation.
    """
    return table.c.resource_type.in_([literal(resource_type) for resource_type in resource_types])


def _select() -> Select[Any]:
    table, dataset = table_of(WithdrawalTable), table_of(Dataset)
    return (
        select(
            table.c.resource_type,
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


def _select_withdrawal() -> Select[Any]:
    table = table_of(WithdrawalTable)
    return _select().where(
        table.c.resource_type == bindparam("resource_type"), table.c.record_id == bindparam("id")
    )


def _select_withdrawals(resource_types: Sequence[ResourceType]) -> Select[Any]:
    table = table_of(WithdrawalTable)
    is_after = table.c.key > bindparam("after")
    limit: BindParameter[int] = bindparam("limit")
    return (
        _select()
        .where(is_of_types(table, resource_types), is_after)
        .order_by(table.c.key)
        .limit(limit)
    )


def _select_changed(resource: Resource, filters: Sequence[AppliedFilter]) -> Select[Any]:
    """Ids of matches whose revision in `:dataset` was recorded after the key `:after` and up to
    `:up_to`: they have changed, and are still served.
    """
    table, revision = table_of(resource.table), table_of(Revision)
    changed = select(revision.c.record_id).where(
        revision.c.resource_type == bindparam("resource_type"),
        revision.c.key > bindparam("after"),
        revision.c.key <= bindparam("up_to"),
        revision.c.number > 1,
        or_(revision.c.recorded_to.is_(None), revision.c.recorded_to > bindparam("dataset")),
    )
    limit: BindParameter[int] = bindparam("limit")
    matches = matching(resource, filters)
    return (
        select(table.c.id)
        .where(table.c.id.in_(changed), *matches)
        .order_by(table.c.id)
        .limit(limit)
    )


def _select_matching(
    resource: Resource, filters: Sequence[AppliedFilter], size: int
) -> Select[Any]:
    """Those of the records `:id_0`, `:id_1`, … that match."""
    table = table_of(resource.table)
    ids: list[BindParameter[Any]] = [bindparam(f"id_{index}") for index in range(size)]
    return select(table.c.id).where(table.c.id.in_(ids), *matching(resource, filters))


def _withdrawal(row: Row) -> Withdrawal:
    return Withdrawal(
        row.resource_type,
        row.record_id,
        DatasetStamp(row.version, row.recorded_at),
        row.last_number,
        row.reason,
        row.renamed_to,
    )
