"""What was served: datasets, revisions, withdrawals, and the rows that have ended.

`revision` holds every record that was ever served, as its bytes, with the dataset that brought it
and the one that ended it. The other tables hold the current dataset, one row for each record, which
refers to its revision by `revision_key`. Each has a `past_` table with the rows that have ended. So
reads of the present never pass through the past, and reads of the past read both.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import String
from sqlmodel import Field, SQLModel

from app import vocabulary as v
from app.models.base import METADATA, Code, Slug, is_one_of, is_sha256


class Dataset(SQLModel, table=True):
    """A version of the whole dataset.

    `ordinal` counts from 1. `version` is a hash of the records, so that equal records are one
    version; `built_from` is a hash of the seed files and of the program. `counts`, `changes` and
    `facets` are JSON objects by resource type: the records, those added, changed and withdrawn, and
    the facets over all records. `recorded_at` is ISO 8601 in UTC to the second; `None`: unknown.
    `newest_published` is the last day on which a source was published, as a day number; `None`:
    no such day is known. `last_key` is the largest key of its revisions and withdrawals.
    """

    __table_args__ = (CheckConstraint("ordinal >= 1", name="ordinal_starts_at_one"),)

    ordinal: int = Field(primary_key=True)
    version: str = Field(sa_type=String(64), unique=True)
    built_from: str = Field(sa_type=String(64))
    recorded_at: str | None = Field(sa_type=String(20))
    newest_published: int | None
    last_key: int
    counts: str = Field(sa_type=Text)
    changes: str = Field(sa_type=Text)
    facets: str = Field(sa_type=Text)


class Revision(SQLModel, table=True):
    """What was served under one id from one dataset to another.

    `body` is the record's JSON, byte for byte, without its `url`. `recorded_to` is `None` while the
    revision is current; `number` counts from 1. `key` counts all revisions and withdrawals in the
    order of their recording. `reason` is the curator's, for replacing the revision before it;
    `None`: none was stated.
    """

    __table_args__ = (
        UniqueConstraint("resource_type", "record_id", "number"),
        Index(None, "resource_type", "key"),
        is_one_of("resource_type", v.ResourceType),
        is_sha256("content_hash"),
        CheckConstraint("number >= 1", name="number_starts_at_one"),
        CheckConstraint("recorded_from < recorded_to", name="lives_for_at_least_one_version"),
    )

    key: int = Field(primary_key=True)
    resource_type: str = Field(sa_type=Code)
    record_id: str = Field(sa_type=Slug)
    number: int
    recorded_from: int = Field(foreign_key="dataset.ordinal")
    recorded_to: int | None = Field(foreign_key="dataset.ordinal")
    content_hash: str = Field(sa_type=String(64))
    reason: str | None = Field(sa_type=Text)
    body: str = Field(sa_type=Text)


class Withdrawal(SQLModel, table=True):
    """A record that is no longer served. Its id is never used again.

    `key` continues those of the revisions. `last_number` is the record's last revision; `None`:
    this database never had it. `reason` is the curator's; `None`: none was stated. `renamed_to` is
    the id under which the record continues; `None`: it does not.
    """

    __table_args__ = (
        is_one_of("resource_type", v.ResourceType),
        CheckConstraint("renamed_to <> record_id", name="is_renamed_to_another"),
        UniqueConstraint("key"),
        Index(None, "resource_type", "key"),
    )

    resource_type: str = Field(sa_type=Code, primary_key=True)
    record_id: str = Field(sa_type=Slug, primary_key=True)
    key: int
    recorded_from: int = Field(foreign_key="dataset.ordinal")
    last_number: int | None
    reason: str | None = Field(sa_type=Text)
    renamed_to: str | None = Field(sa_type=Slug)


def past_tables(present: Iterable[Table]) -> Mapping[str, Table]:
    """The past of each table of the present, by the name of that table."""
    return {table.name: _past_table(table) for table in present}


def _past_table(present: Table) -> Table:
    """The rows of `present` from `recorded_from` on, up to but not including `recorded_to`.

    Their checks held when they were inserted, and they may refer to rows that have ended.
    """
    past_table = Table(
        f"past_{present.name}",
        METADATA,
        *(Column(each.name, each.type, nullable=each.nullable) for each in present.columns),
        Column("recorded_to", Integer, nullable=False),
        PrimaryKeyConstraint(*present.primary_key.columns.keys(), "recorded_from"),
        CheckConstraint("recorded_from < recorded_to", name="lives_for_at_least_one_version"),
    )
    for index in present.indexes:
        using = index.dialect_options["postgresql"]["using"]
        columns = [past_table.c[each.name] for each in index.columns]
        Index(None, *columns, postgresql_using=using or None)
    for constraint in present.constraints:
        if isinstance(constraint, UniqueConstraint):
            Index(None, *(past_table.c[each.name] for each in constraint.columns))
    return past_table
