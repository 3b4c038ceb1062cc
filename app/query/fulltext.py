"""Words in lists, where SQLite's index can be read in the order of the list. It stops when it has enough; what gathers all
matches first costs as much as there are.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select

from app.database.execute import Reader
from app.models import Revision
from app.query.filters import AppliedFilter, bound_values
from app.query.params import SortKey
from app.query.tokenizer import (
    COMMON,
    SEARCH_INDEX,
    SEARCH_INDEX_PLACE,
    Words,
    index_matches,
)
from app.resources import Resource
from app.resources.declarations import table_of
from app.vocabulary import ResourceType


def words_alone(
    database: Reader, chosen: Sequence[AppliedFilter], sort: Sequence[SortKey] = ()
) -> Words | None:
    """The words of a list that asks for nothing else, and is in the order of the index; null: it is another one."""
    if not _has_order(database) or len(chosen) != 1 or chosen[0].parameter.operator != "text":
        return None
    words: Words = chosen[0].values[0]
    return words if all(key.sort.name == "id" for key in sort) else None


def page(resource: Resource, *, descending: bool, backward: bool, continues: bool) -> Select[Any]:
    """`:limit` rows of id and body that have the words `:q`, in the order of the ids, after
    (backward: before) the id `:after_0` where the list continues.
    """
    descends = descending != backward
    place, rowid = SEARCH_INDEX_PLACE, SEARCH_INDEX.c.rowid
    revision = table_of(Revision)
    rows = (
        select(revision.c.record_id.label("id"), revision.c.body)
        .select_from(
            SEARCH_INDEX.join(place, place.c.place == rowid).join(
                revision, revision.c.key == place.c.key
            )
        )
        .where(*_matching())
        .order_by(rowid.desc() if descends else rowid.asc())
        .limit(bindparam("limit"))
    )
    if not continues:
        return rows
    record, position = table_of(resource.table), place.alias("position")
    last = (
        select(position.c.place)
        .join(record, record.c.revision_key == position.c.key)
        .where(record.c.id == bindparam("after_0"))
        .scalar_subquery()
    )
    return rows.where(rowid < last if descends else rowid > last)


def count(most: int | None) -> Select[Any]:
    """How many records have the words `:q`, counted up to `most`; `None` counts all."""
    matches: Select[Any] = select(literal_column("1")).select_from(SEARCH_INDEX).where(*_matching())
    if most is not None:
        matches = matches.limit(literal_column(str(most)))
    return select(func.count().label("number_of_records")).select_from(matches.subquery())


def _matching() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    in_type = SEARCH_INDEX.c.rowid.between(bindparam("q_first"), bindparam("q_last"))
    return index_matches(SEARCH_INDEX, "q"), in_type


async def weighed(
    database: Reader, chosen: tuple[AppliedFilter, ...], noun: ResourceType | None
) -> tuple[AppliedFilter, ...]:
    """The same, with words marked that are common among the records of the noun (null: among all). One statement, where there
    are words.
    """
    for index, item in enumerate(chosen):
        if (
            item.parameter.operator != "text"
            or not _has_order(database)
            or item.values[0].has_prefix
        ):
            # The beginning of a word is many words: to look each of them up for each row would cost more than all matches.
            continue
        statement = database.compiled(("words", COMMON), lambda: count(COMMON + 1))
        values = bound_values([item], noun or "", sqlite=True)
        rows = await database.fetch_all(statement, values, is_slow=not item.values[0].is_one_word)
        if rows[0][0] > COMMON:
            common = replace(item, values=(replace(item.values[0], is_common=True),))
            return (*chosen[:index], common, *chosen[index + 1 :])
    return chosen


def _has_order(database: Reader) -> bool:
    return database.is_sqlite and not database.is_past
