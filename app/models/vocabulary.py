"""The vocabulary: one table for each scheme, which the columns with its codes refer to."""

from collections.abc import Mapping

from sqlalchemy import Boolean, CheckConstraint, Column, Table, Text

from app import vocabulary as v
from app.models.base import METADATA, Code, deferred_foreign_key


def _code_table(scheme: v.Scheme) -> Table:
    """The codes of a scheme. `mappings` is a JSON list.

    A code is never removed, so that those of past records are explained, too.
    """
    return Table(
        scheme,
        METADATA,
        Column("code", Code, primary_key=True),
        Column("label", Text, nullable=False),
        Column("definition", Text, nullable=False),
        Column("broader", Code, *deferred_foreign_key(f"{scheme}.code")),
        Column("mappings", Text, nullable=False),
        Column("deprecated", Boolean, nullable=False),
        Column("replaced_by", Code, *deferred_foreign_key(f"{scheme}.code")),
        CheckConstraint("broader <> code", name="broader_is_another"),
        CheckConstraint(
            "deprecated = (replaced_by IS NOT NULL)", name="deprecated_has_a_successor"
        ),
    )


CODE_TABLES: Mapping[v.Scheme, Table] = {scheme: _code_table(scheme) for scheme in v.SCHEMES}
