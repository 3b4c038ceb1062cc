"""What all tables share: column types, checks, and the metadata.

Ids are the public slugs, so that a foreign key reads as what it means. A pair of columns
`…_earliest`/`…_latest` holds the bounds of a date, both inclusive, as day numbers (1 = 0001-01-01).
They are never null: an unbounded date has the bounds UNBOUNDED_…, a missing one MISSING_…. So one
comparison with each bound finds what overlaps a window, one index gives the order, and missing
dates sort last either way. That index has the other bound as its last column, so that rows outside
a window are passed over without reading the table.

What must never be true is a named CHECK constraint. (SQLModel reads annotations: no module of this
package may postpone their evaluation.)
"""

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.types import String, TypeEngine
from sqlmodel import SQLModel
from typing_extensions import TypeAliasType

from app import vocabulary as v

UNBOUNDED_EARLIEST, UNBOUNDED_LATEST = 0, 3_652_060
"""The day before 0001-01-01 and the one after 9999-12-31."""
MISSING_EARLIEST, MISSING_LATEST = 3_652_061, -1
"""The bounds of a missing date: a reversed interval, which overlaps no window."""
LARGEST = 1.7976931348623157e308
"""Stands for a missing number in sort columns; no number of at most 15 digits equals it."""

METADATA = SQLModel.metadata
METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Byte order, the same on both databases: lists are sorted by these columns.
Slug: TypeEngine[str] = String(v.MAX_SLUG_LENGTH).with_variant(
    String(v.MAX_SLUG_LENGTH, collation="C"), "postgresql"
)
Code: TypeEngine[str] = String(40).with_variant(String(40, collation="C"), "postgresql")
# Words of a source or of the curator, as they are filtered and counted.
Words: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
# A title in its sort order: folded as for search, trimmed to the length that an index allows.
SORT_KEY_LENGTH = 200
SortKey: TypeEngine[str] = String(SORT_KEY_LENGTH).with_variant(
    String(SORT_KEY_LENGTH, collation="C"), "postgresql"
)


def deferred_foreign_key(column: str) -> list[ForeignKey]:
    """A foreign key that is checked at the end of the transaction, because a load may insert the
    row that refers before the one that it refers to.
    """
    return [ForeignKey(column, deferrable=True, initially="DEFERRED")]


def hash_index(column: str) -> Index:
    """An index over the source's own words, which may be longer than a b-tree entry may be."""
    return Index(None, column, postgresql_using="hash")


def is_one_of(column: str, vocabulary: TypeAliasType) -> CheckConstraint:
    """The column has a code of its vocabulary, so that clients get documented values only."""
    listed = ", ".join(f"'{code}'" for code in v.codes(vocabulary))
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


def is_slug(column: str = "id") -> CheckConstraint:
    """An id is part of a URL: it is not empty, and has neither capitals nor spaces."""
    return CheckConstraint(
        f"length({column}) BETWEEN 1 AND {v.MAX_SLUG_LENGTH} AND {column} = lower({column})"
        f" AND {column} NOT LIKE '% %'",
        name=f"{column}_is_a_slug",
    )


def has_title() -> CheckConstraint:
    """Every record has a title, without which a list of records cannot be read."""
    return CheckConstraint("length(title) > 0", name="title_is_not_empty")


def is_in_order(name: str) -> CheckConstraint:
    """A date does not end before it begins; such a date would match no window."""
    missing = f"{name}_earliest = {MISSING_EARLIEST} AND {name}_latest = {MISSING_LATEST}"
    return CheckConstraint(
        f"{name}_earliest <= {name}_latest OR ({missing})", name=f"{name}_in_order"
    )


def measure_names_a_share() -> CheckConstraint:
    """The measure of a share names what is shared, so that a count and a share never have one."""
    begins = f"substr(measure, 1, {len(v.SHARE_PREFIX)}) = '{v.SHARE_PREFIX}'"
    return CheckConstraint(f"(measure_kind = 'share') = ({begins})", name="measure_names_a_share")


def is_country(column: str = "country") -> CheckConstraint:
    """An ISO 3166-1 alpha-2 code in upper case: to a filter `ir` and `IR` would differ."""
    return CheckConstraint(
        f"length({column}) = 2 AND {column} = upper({column})", name=f"{column}_is_alpha_2"
    )


def is_sha256(column: str) -> CheckConstraint:
    """A SHA-256 in lower-case hexadecimal digits."""
    return CheckConstraint(
        f"length({column}) = 64 AND {column} = lower({column})", name=f"{column}_is_sha256"
    )


def refers_to_exactly_one(columns: Sequence[str]) -> CheckConstraint:
    """Exactly one of these columns refers to a record."""
    return CheckConstraint(f"{_count_of_values(columns)} = 1", name="ties_exactly_one")


def refers_to_at_most_one(columns: Sequence[str]) -> CheckConstraint:
    """One of these columns refers to a record, or the text alone names what is meant."""
    return CheckConstraint(f"{_count_of_values(columns)} <= 1", name="ties_at_most_one")


def _count_of_values(columns: Sequence[str]) -> str:
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns)


def is_span(name: str) -> CheckConstraint:
    """Offsets in code points of the source's text, 0-based, end-exclusive. No span is empty."""
    return CheckConstraint("start_offset >= 0 AND start_offset < end_offset", name=name)


def is_quote_or_range() -> CheckConstraint:
    """Words of a source are given whole or, if there are many, by the first and the last ones."""
    return CheckConstraint(
        "(exact IS NOT NULL AND first_words IS NULL AND last_words IS NULL"
        " AND end_offset - start_offset = length(exact))"
        " OR (exact IS NULL AND first_words IS NOT NULL AND last_words IS NOT NULL"
        " AND end_offset - start_offset >= length(first_words) + length(last_words))",
        name="is_quote_or_range",
    )


class PresentRow(SQLModel):
    """A row of the current dataset. `recorded_from` is the ordinal of the first dataset that had
    the same row.
    """

    recorded_from: int
