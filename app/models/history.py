"""The tables of what has ended, one beside each table of the present. Builds and migrations need them as tables; who reads the
past knows their names, and does not wait for this at its start.
"""

from collections.abc import Mapping

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from app.models import METADATA, PRESENT

__all__ = ["METADATA", "PAST"]  # the metadata of all tables, those of the past among them


def _past_of(present: Table) -> Table:
    """The rows that `present` had: from `recorded_from` on, and no longer in `recorded_to`. Nothing is checked again, and
    keys may lead to rows that have ended too.
    """
    columns = [
        Column(column.name, column.type, nullable=column.nullable) for column in present.columns
    ]
    key = [column.name for column in present.primary_key.columns]
    past = Table(
        f"past_{present.name}",
        METADATA,
        *columns,
        Column("recorded_to", Integer, nullable=False),
        PrimaryKeyConstraint(*key, "recorded_from"),
        CheckConstraint("recorded_from < recorded_to", name="lives_for_at_least_one_version"),
    )
    for index in present.indexes:
        columns = [past.c[column.name] for column in index.columns]
        Index(None, *columns, **index.info)
        for option, value in index.info.items():
            dialect, _, name = option.partition("_")
            index.dialect_options[dialect][name] = value
    for once in present.constraints:
        if isinstance(once, UniqueConstraint):
            Index(None, *(past.c[column.name] for column in once.columns))
    return past


PAST: Mapping[str, Table] = {table.name: _past_of(table) for table in PRESENT}
"""The past of each table of the present, by the name of that."""
