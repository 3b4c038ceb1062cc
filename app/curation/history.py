"""The history that a build copies from the database that it replaces: datasets and revisions.

A record with the same content keeps its revision, a changed one gets the next number, a missing one
is withdrawn, and its id is never used again. All of it happens in the new database, before that
replaces the old one.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    column,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy import table as lightweight_table
from sqlalchemy.exc import SQLAlchemyError

from app.curation.records import WithdrawalNotice
from app.errors import OperatorError
from app.models import (
    CODE_TABLES,
    PAST,
    PRESENT,
    SCHEMA_REVISION,
    Dataset,
    Evidence,
    Revision,
    Withdrawal,
)
from app.resources.declarations import table_of
from app.resources.vocabulary import Vocabulary
from app.vocabulary import ResourceType

Name = tuple[str, str]
"""Resource type and id."""
Span = tuple[str, int, int]
"""Source, start and end."""


@dataclass(frozen=True)
class CurrentRevision:
    """The revision under which a record was served last; `since` is the dataset that brought it."""

    key: int
    number: int
    content_hash: str
    since: int


@dataclass
class ServedHistory:
    """What earlier datasets served; empty for the first dataset.

    `ordinal` is that of the last dataset, `recorded_at` the last known time of one. `unexplained`
    are the withdrawals without a reason or a new id. `last_key` and `last_span` are the largest
    keys of revisions and withdrawals, and of evidence. `codes` are the rows of the vocabulary, by
    scheme and code.
    """

    ordinal: int = 0
    version: str | None = None
    recorded_at: datetime | None = None
    versions: frozenset[str] = frozenset()
    current: dict[Name, CurrentRevision] = field(default_factory=dict)
    withdrawn: Mapping[Name, str] = field(default_factory=dict)
    unexplained: Mapping[Name, WithdrawalNotice] = field(default_factory=dict)
    last_key: int = 0
    spans: dict[Span, int] = field(default_factory=dict)
    last_span: int = 0
    codes: Mapping[Name, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class AssignedRevision:
    """The revision of a record in the new dataset.

    `is_new`: it was not served before; else it has been since the dataset `since`. `replaces` is
    the key of the revision before; `None`: there is none.
    """

    key: int
    number: int
    since: int
    is_new: bool
    replaces: int | None = None


@dataclass(frozen=True)
class WithdrawalRow:
    """The columns of a withdrawal."""

    key: int
    resource_type: str
    record_id: str
    last_number: int | None
    reason: str | None
    renamed_to: str | None


def newly_explained(
    history: ServedHistory, withdrawal_notices: Mapping[Name, WithdrawalNotice]
) -> list[Name]:
    """Records that were withdrawn earlier and get a reason or a new id now. Responses change with
    it, so it makes another dataset.
    """
    return [
        name
        for name, earlier in history.unexplained.items()
        if (notice := withdrawal_notices.get(name))
        and (
            (notice.reason and not earlier.reason) or (notice.renamed_to and not earlier.renamed_to)
        )
    ]


class History:
    """Compares the records of a new dataset, one by one, with those of the last one."""

    def __init__(
        self,
        history: ServedHistory,
        withdrawal_notices: Mapping[Name, WithdrawalNotice],
        vocabulary: Vocabulary,
    ) -> None:
        """Raises OperatorError where the vocabulary lacks a code that was served."""
        codes = code_rows(vocabulary)
        for scheme, code in history.codes.keys() - codes.keys():
            raise OperatorError(
                f"mark the code {code} of {scheme} as deprecated in vocabulary.yaml, with"
                " replaced_by, instead of removing it: published records and queries have it"
            )
        self._has_same_codes = codes == history.codes
        self._served = history
        self._withdrawal_notices = withdrawal_notices
        self._missing = dict(history.current)
        self._replaced: list[int] = []
        self._spans = dict(history.spans)
        self._last_span = history.last_span
        self.last_key = history.last_key
        self.ordinal = history.ordinal + 1
        self._added: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()

    def assign(
        self, resource_type: ResourceType, record_id: str, content_hash: str
    ) -> AssignedRevision:
        """Raises OperatorError for an id that was withdrawn."""
        version = self._served.withdrawn.get((resource_type, record_id))
        if version is not None:
            raise OperatorError(
                f"the {resource_type} {record_id} was withdrawn in dataset {version}, and an id is"
                " never used again: give the record another one"
            )
        current = self._missing.pop((resource_type, record_id), None)
        if current is not None and current.content_hash == content_hash:
            return AssignedRevision(current.key, current.number, current.since, is_new=False)
        if current is None:
            self._added[resource_type] += 1
        else:
            self._changed[resource_type] += 1
            self._replaced.append(current.key)
        self.last_key += 1
        if current is None:
            return AssignedRevision(self.last_key, 1, self.ordinal, is_new=True)
        return AssignedRevision(
            self.last_key, current.number + 1, self.ordinal, is_new=True, replaces=current.key
        )

    def span(self, span: Span) -> int:
        """The key of a span of a source: the one that it had, where it has been quoted before."""
        key = self._spans.get(span)
        if key is None:
            self._last_span += 1
            key = self._spans[span] = self._last_span
        return key

    @property
    def is_unchanged(self) -> bool:
        changed = (
            not self._has_same_codes
            or self._missing
            or self._added
            or self._changed
            or self._never_served
            or newly_explained(self._served, self._withdrawal_notices)
        )
        return self._served.ordinal > 0 and not changed

    @property
    def _never_served(self) -> list[Name]:
        """Withdrawn records that this database never had; their URLs may have been cited."""
        return [
            name
            for name in self._withdrawal_notices
            if name not in self._served.withdrawn and name not in self._served.current
        ]

    @property
    def changes(self) -> dict[str, dict[str, int]]:
        """The records added, changed, withdrawn and renamed, by resource type."""
        renamed = Counter(
            resource_type
            for resource_type, record_id in self._missing
            if self._notice((resource_type, record_id)).renamed_to
        )
        withdrawn = Counter(resource_type for resource_type, _ in self._missing) - renamed
        # A record that continues under another id was not added.
        added = self._added - renamed
        counts = {
            "added": added,
            "changed": self._changed,
            "withdrawn": withdrawn,
            "renamed": renamed,
        }
        resource_types = sorted(
            {resource_type for counter in counts.values() for resource_type in counter}
        )
        return {
            resource_type: {change: counter[resource_type] for change, counter in counts.items()}
            for resource_type in resource_types
        }

    def ended(self) -> Iterator[int]:
        """The keys of the revisions that end with this dataset."""
        yield from self._replaced
        yield from (current.key for current in self._missing.values())

    def withdrawals(self) -> Iterator[WithdrawalRow]:
        """The rows of this dataset's withdrawals. Call it once, after the last record."""
        for resource_type, record_id in [*self._missing, *self._never_served]:
            self.last_key += 1
            current, notice = (
                self._missing.get((resource_type, record_id)),
                self._notice((resource_type, record_id)),
            )
            last_number = None if current is None else current.number
            yield WithdrawalRow(
                self.last_key,
                resource_type,
                record_id,
                last_number,
                notice.reason,
                notice.renamed_to,
            )

    @property
    def unexplained(self) -> list[Name]:
        """Records that are withdrawn without a reason."""
        return [name for name in self._missing if self._notice(name).reason is None]

    def _notice(self, name: Name) -> WithdrawalNotice:
        return self._withdrawal_notices.get(name, WithdrawalNotice())

    def version(self, content: str) -> str:
        """The version of this dataset: the hash of its content, made unique within the history."""
        return f"{content}-{self.ordinal}" if content in self._served.versions else content


def code_rows(vocabulary: Vocabulary) -> dict[Name, dict[str, Any]]:
    """The rows of the vocabulary's tables, by scheme and code."""
    return {
        (item.scheme, item.code): {
            **item.model_dump(exclude={"scheme", "mappings"}),
            "mappings": json.dumps([mapping.model_dump() for mapping in item.mappings]),
        }
        for item in vocabulary
    }


class HistoryUnreadable(Exception):
    """Why the history of a previous database cannot be taken over."""


def read_history(connection: Connection, schema: str) -> ServedHistory:
    """The history in the database attached as `schema`. Raises HistoryUnreadable."""
    try:
        alembic = lightweight_table("alembic_version", column("version_num"), schema=schema)
        version = connection.execute(select(alembic.c.version_num)).scalar_one()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise HistoryUnreadable(f"it is not a database of On Record ({reason})") from None
    if version != SCHEMA_REVISION:
        raise HistoryUnreadable(
            "it was built by another version of On Record"
            f" (its schema is {version}, this version needs {SCHEMA_REVISION})"
        )
    dataset, revision, withdrawal = (
        in_schema(schema, table_of(model)) for model in (Dataset, Revision, Withdrawal)
    )
    datasets = connection.execute(
        select(
            dataset.c.ordinal, dataset.c.version, dataset.c.last_key, dataset.c.recorded_at
        ).order_by(dataset.c.ordinal)
    ).all()
    if not datasets:
        return ServedHistory()
    current = select(
        revision.c.resource_type,
        revision.c.record_id,
        revision.c.key,
        revision.c.number,
        revision.c.content_hash,
        revision.c.recorded_from,
    ).where(revision.c.recorded_to.is_(None))
    names = (withdrawal.c.resource_type, withdrawal.c.record_id)
    withdrawn = select(*names, dataset.c.version).join(
        dataset, dataset.c.ordinal == withdrawal.c.recorded_from
    )
    unexplained = select(*names, withdrawal.c.reason, withdrawal.c.renamed_to).where(
        or_(withdrawal.c.reason.is_(None), withdrawal.c.renamed_to.is_(None))
    )
    spans: dict[Span, int] = {}
    for table in (PAST["evidence"], table_of(Evidence)):
        evidence = in_schema(schema, table)
        quoted = select(
            evidence.c.source_id, evidence.c.start_offset, evidence.c.end_offset, evidence.c.key
        )
        spans |= {
            (source, start, end): key for source, start, end, key in connection.execute(quoted)
        }
    ordinal, version, last_key, _ = datasets[-1]
    times = [row[3] for row in datasets if row[3] is not None]
    return ServedHistory(
        ordinal=ordinal,
        version=version,
        recorded_at=datetime.fromisoformat(times[-1]) if times else None,
        versions=frozenset(row[1] for row in datasets),
        current={
            (resource_type, record_id): CurrentRevision(*revision_columns)
            for resource_type, record_id, *revision_columns in connection.execute(current)
        },
        withdrawn={
            (resource_type, record_id): version
            for resource_type, record_id, version in connection.execute(withdrawn)
        },
        unexplained={
            (resource_type, record_id): WithdrawalNotice(*notice)
            for resource_type, record_id, *notice in connection.execute(unexplained)
        },
        last_key=last_key,
        spans=spans,
        last_span=max(spans.values(), default=0),
        codes={
            (scheme, row["code"]): dict(row)
            for scheme, table in CODE_TABLES.items()
            for row in connection.execute(select(in_schema(schema, table))).mappings()
        },
    )


def in_schema(schema: str, table: Table) -> Table:
    """The same table of another schema."""
    return table.to_metadata(MetaData(), schema=schema)


def copy_past(connection: Connection, schema: str) -> None:
    """Copy the datasets, revisions, withdrawals and ended rows."""
    for table in (table_of(Dataset), table_of(Revision), table_of(Withdrawal), *PAST.values()):
        names = [column.name for column in table.columns]
        previous = in_schema(schema, table)
        connection.execute(
            insert(table).from_select(names, select(*(previous.c[name] for name in names)))
        )


def end_rows(connection: Connection, schema: str, ordinal: int, *, is_new: bool) -> None:
    """Compare each table of the present with that of the last dataset.

    A row that is the same keeps its `recorded_from`; one that has changed or is missing has ended
    and moves to the past table. Not `is_new`: the same dataset is built again, and nothing ends.
    """
    for table in PRESENT:
        before = in_schema(schema, table).alias("before_it")
        key = [column.name for column in table.primary_key.columns]
        value_columns = [
            column.name for column in table.columns if column.name not in (*key, "recorded_from")
        ]
        same_key = [before.c[name] == table.c[name] for name in key]
        same = [*same_key, *(_is_same(before.c[name], table.c[name]) for name in value_columns)]
        earlier_start = select(before.c.recorded_from).where(*same).scalar_subquery()
        since = func.coalesce(earlier_start, ordinal)
        connection.execute(
            update(table).values(recorded_from=since).where(table.c.recorded_from != since)
        )
        if is_new:
            continues: Select[Any] = select(literal_column("1")).where(
                *same_key, table.c.recorded_from == before.c.recorded_from
            )
            names = [*key, *value_columns, "recorded_from"]
            ended = select(*(before.c[name] for name in names), literal(ordinal)).where(
                ~continues.exists()
            )
            connection.execute(insert(PAST[table.name]).from_select([*names, "recorded_to"], ended))


def _is_same(before: Column[Any], now: Column[Any]) -> ColumnElement[bool]:
    return before.is_not_distinct_from(now) if now.nullable else before == now
