"""The lists of datasets and of all changes that they recorded."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Select, Text, bindparam, case, cast, not_, null, select, union_all

from app.database.execute import Reader
from app.database.results import Row
from app.models import Dataset as DatasetTable
from app.models import Revision as RevisionTable
from app.models import Withdrawal as WithdrawalTable
from app.query.counting import count_one
from app.query.datasets import DatasetStamp
from app.query.pagination import Paginator, after_cursor, limit, order_by
from app.query.queries import ListQuery
from app.query.results import Change, Dataset, ListedDataset, Page
from app.query.select import count_rows
from app.query.withdrawals import is_of_types
from app.resources.declarations import table_of
from app.vocabulary import ChangeKind, ResourceType, codes


async def read_datasets(
    database: Reader, dataset: Dataset, query: ListQuery
) -> Page[ListedDataset]:
    """Every dataset that was served, newest first."""
    paginator = Paginator.of(query, dataset, (int,))
    statement = database.compiled(
        ("datasets", paginator.shape), lambda: _select_datasets(paginator)
    )
    rows = await database.fetch_all(statement, paginator.values)
    page = paginator.page(rows, lambda row: (row.ordinal,))
    counted = await database.fetch_all(database.compiled("datasets counted", _count_datasets))
    return Page(
        items=[
            ListedDataset(
                DatasetStamp(row.version, row.recorded_at),
                json.loads(row.counts),
                json.loads(row.changes),
            )
            for row in page.rows
        ],
        total=None if query.total == "none" else counted[0].total,
        total_exact=query.total != "none",
        next=page.next,
        previous=page.previous,
    )


async def read_changes(database: Reader, dataset: Dataset, query: ListQuery) -> Page[Change]:
    """All changes up to a dataset, newest first; with `updated_after`, those after another one."""
    paginator = Paginator.of(query, dataset, (int,))
    filters = {item.name: item.values for item in query.filters}
    resource_types, kinds = filters.get("resource", ()), filters.get("change", ())
    after = query.updated_after.state.last_key if query.updated_after else 0
    bounds = {"after": after, "up_to": dataset.last_key}
    statement = database.compiled(
        ("changes", resource_types, kinds, paginator.shape),
        lambda: _select_changes(resource_types, kinds, paginator),
    )
    is_filtered = bool(resource_types or kinds)
    is_slow = is_filtered or query.format.is_export
    rows = await database.fetch_all(statement, {**bounds, **paginator.values}, is_slow=is_slow)
    page = paginator.page(rows, lambda row: (row.key,))
    total: int | None
    if is_filtered or query.total == "none":
        total, total_exact = await count_one(
            database,
            ("changes", resource_types, kinds),
            partial(_select_keys, resource_types, kinds),
            bounds,
            query.total,
            is_slow=True,
        )
    else:
        # Keys number the revisions and withdrawals without gaps.
        total, total_exact = max(dataset.last_key - after, 0), True
    return Page(
        items=[_change(row) for row in page.rows],
        total=total,
        total_exact=total_exact,
        next=page.next,
        previous=page.previous,
    )


# ---------------------------------------------------------------------------------------------- SQL


def _select_datasets(paginator: Paginator) -> Select[Any]:
    table = table_of(DatasetTable)
    keys = [(table.c.ordinal, not paginator.backward)]
    rows = select(
        table.c.ordinal, table.c.version, table.c.recorded_at, table.c.counts, table.c.changes
    )
    if paginator.continues:
        rows = rows.where(after_cursor(keys))
    return rows.order_by(*order_by(keys)).limit(limit())


def _count_datasets() -> Select[Any]:
    return count_rows(table_of(DatasetTable))


def _select_changes(
    resource_types: Sequence[ResourceType], kinds: Sequence[ChangeKind], paginator: Paginator
) -> Select[Any]:
    """A page, newest first: each of the two tables gives one by its own keys."""
    selections = []
    for rows in _recorded(resource_types, kinds):
        keys = [(rows.selected_columns["key"], not paginator.backward)]
        if paginator.continues:
            rows = rows.where(after_cursor(keys))
        selections.append(select(rows.order_by(*order_by(keys)).limit(limit()).subquery()))
    merged = union_all(*selections).subquery()
    dataset = table_of(DatasetTable)
    return (
        select(*merged.c, dataset.c.version, dataset.c.recorded_at)
        .join(dataset, dataset.c.ordinal == merged.c.recorded_from)
        .order_by(*order_by([(merged.c.key, not paginator.backward)]))
        .limit(limit())
    )


def _select_keys(
    resource_types: Sequence[ResourceType], kinds: Sequence[ChangeKind]
) -> Select[Any]:
    selections = [
        rows.with_only_columns(rows.selected_columns["key"])
        for rows in _recorded(resource_types, kinds)
    ]
    return select(union_all(*selections).subquery())


def _recorded(
    resource_types: Sequence[ResourceType], kinds: Sequence[ChangeKind]
) -> Iterator[Select[Any]]:
    """Revisions and withdrawals with keys after `:after` and up to `:up_to`."""
    revision, withdrawal = table_of(RevisionTable), table_of(WithdrawalTable)
    nothing = cast(null(), Text)
    tables: tuple[Any, ...] = (
        (
            revision,
            revision.c.number == 1,
            ("added", "changed"),
            revision.c.number,
            nothing.label("renamed_to"),
            revision.c.body,
        ),
        (
            withdrawal,
            withdrawal.c.renamed_to.is_not(None),
            ("renamed", "withdrawn"),
            withdrawal.c.last_number.label("number"),
            withdrawal.c.renamed_to,
            nothing.label("body"),
        ),
    )
    requested_kinds = set(kinds or codes(ChangeKind))
    for table, is_first, (first, second), number, renamed_to, body in tables:
        if not requested_kinds & {first, second}:
            continue
        rows = select(
            table.c.key,
            table.c.resource_type,
            table.c.record_id,
            case((is_first, first), else_=second).label("kind"),
            number,
            table.c.recorded_from,
            table.c.reason,
            renamed_to,
            body,
        ).where(table.c.key > bindparam("after"), table.c.key <= bindparam("up_to"))
        if resource_types:
            rows = rows.where(is_of_types(table, resource_types))
        if not requested_kinds >= {first, second}:
            rows = rows.where(is_first if first in requested_kinds else not_(is_first))
        yield rows


def _change(row: Row) -> Change:
    return Change(
        resource_type=row.resource_type,
        id=row.record_id,
        kind=row.kind,
        number=row.number,
        recorded_in=DatasetStamp(row.version, row.recorded_at),
        reason=row.reason,
        renamed_to=row.renamed_to,
        body=row.body,
    )
