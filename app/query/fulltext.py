"""Lists whose only filter is `q`, read from SQLite's full-text index in the order of the list.

Reading stops when the page is full, instead of reading all matches first.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select

from app.database.execute import Reader
from app.models import Revision
from app.query.filters import AppliedFilter, bound_values
from app.query.pagination import Paginator, limit
from app.query.queries import ListQuery
from app.query.tokenizer import COMMON, SEARCH_INDEX, SEARCH_INDEX_PLACE, index_matches
from app.resources import Resource
from app.resources.declarations import table_of
from app.vocabulary import ResourceType


def has_ordered_index(database: Reader) -> bool:
    """Whether the index is in order of ids: SQLite's index of present records is."""
    return database.is_sqlite and not database.is_past


def is_index_ordered(database: Reader, query: ListQuery) -> bool:
    """Whether `q` is the only filter of a list that is in the order of the index."""
    return (
        has_ordered_index(database)
        and len(query.filters) == 1
        and query.filters[0].operator_name == "text"
        and all(key.sort.name == "id" for key in query.sort)
    )


def _matches_words() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The condition that a row of the index matches `:q` and is of the listed resource type."""
    of_type = SEARCH_INDEX.c.rowid.between(bindparam("q_first"), bindparam("q_last"))
    return index_matches(SEARCH_INDEX, "q"), of_type


def page(resource: Resource, paginator: Paginator, *, descending: bool) -> Select[Any]:
    """A page of id and body of the records with the words `:q`, in the order of their ids."""
    revision, records = table_of(Revision), table_of(resource.table)
    descends = descending != paginator.backward
    rows: Select[Any] = (
        select(revision.c.record_id.label("id"), revision.c.body)
        .select_from(SEARCH_INDEX)
        .join(SEARCH_INDEX_PLACE, SEARCH_INDEX_PLACE.c.place == SEARCH_INDEX.c.rowid)
        .join(revision, revision.c.key == SEARCH_INDEX_PLACE.c.key)
        .where(*_matches_words())
    )
    if paginator.continues:
        place = SEARCH_INDEX_PLACE.alias("cursor_place")
        reached = (
            select(place.c.place)
            .join(records, records.c.revision_key == place.c.key)
            .where(records.c.id == bindparam("after_0"))
            .scalar_subquery()
        )
        rows = rows.where(
            SEARCH_INDEX.c.rowid < reached if descends else SEARCH_INDEX.c.rowid > reached
        )
    return rows.order_by(
        SEARCH_INDEX.c.rowid.desc() if descends else SEARCH_INDEX.c.rowid.asc()
    ).limit(limit())


def matches() -> Select[Any]:
    """A row for each record of a resource type with the words `:q`, for counting."""
    one: ColumnElement[Any] = literal_column("1")
    return select(one).select_from(SEARCH_INDEX).where(*_matches_words())


async def weigh(
    database: Reader, filters: Sequence[AppliedFilter], resource_type: ResourceType | None
) -> Sequence[AppliedFilter]:
    """The filters, with words marked as common where very many records have them.

    One statement, where there are words. A prefix is many words: looking up each of them for each
    row would cost more than gathering all matches, so it never counts as common.
    """
    if not has_ordered_index(database):
        return filters
    weighed = list(filters)
    for index, item in enumerate(filters):
        if item.operator_name != "text" or item.values[0].has_prefix:
            continue
        words = item.values[0]
        statement = database.compiled(
            "common words",
            lambda: select(func.count().label("total")).select_from(
                matches().limit(COMMON + 1).subquery()
            ),
        )
        values = bound_values([item], resource_type, is_sqlite=True)
        rows = await database.fetch_all(statement, values, is_slow=not words.is_one_word)
        if rows[0].total > COMMON:
            weighed[index] = replace(item, values=(replace(words, is_common=True),))
    return weighed
