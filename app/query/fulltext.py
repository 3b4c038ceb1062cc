"""Words in lists, where SQLite's index can be read in the order of the list. It stops when it has enough; what gathers all
matches first costs as much as there are.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import TextClause, text

from app.database.execute import Reader
from app.query.filters import AppliedFilter, bound_values
from app.query.params import SortKey
from app.query.tokenizer import COMMON, Words
from app.resources import Resource
from app.vocabulary import ResourceType


def words_alone(
    database: Reader, chosen: Sequence[AppliedFilter], sort: Sequence[SortKey] = ()
) -> Words | None:
    """The words of a list that asks for nothing else, and is in the order of the index; null: it is another one."""
    if not _has_order(database) or len(chosen) != 1 or chosen[0].parameter.operator != "text":
        return None
    words: Words = chosen[0].values[0]
    return words if all(key.sort.name == "id" for key in sort) else None


def page(resource: Resource, *, descending: bool, backward: bool, continues: bool) -> TextClause:
    """`:limit` rows of id and body with the words `:q`, in order of id, behind (backward: before) the id `:after_0` where the
    list continues.
    """
    turned = descending != backward
    reached = (
        f" AND search_index.rowid {'<' if turned else '>'} (SELECT p.place FROM search_index_place AS p"  # noqa: S608 - our own names
        f" JOIN {resource.type} AS n ON n.revision_key = p.key WHERE n.id = :after_0)"
    )
    return text(
        "SELECT revision.record_id, revision.body FROM search_index"  # noqa: S608 - the same
        " JOIN search_index_place AS p ON p.place = search_index.rowid JOIN revision ON revision.key = p.key"
        " WHERE search_index MATCH :q AND search_index.rowid BETWEEN :q_first AND :q_last"
        f"{reached if continues else ''} ORDER BY search_index.rowid {'DESC' if turned else 'ASC'} LIMIT :limit"
    )


def count(most: int | None) -> TextClause:
    """How many records have the words `:q`; counted up to `most`."""
    matches = "SELECT 1 FROM search_index WHERE search_index MATCH :q AND rowid BETWEEN :q_first AND :q_last"
    limited = matches if most is None else f"{matches} LIMIT {most}"
    return text(f"SELECT count(*) FROM ({limited})")  # noqa: S608 - the same


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
        statement = database.prepared(("words", COMMON), lambda: count(COMMON + 1))
        values = bound_values([item], noun or "", sqlite=True)
        rows = await database.rows(statement, values, is_slow=not item.values[0].is_one_word)
        if rows[0][0] > COMMON:
            common = replace(item, values=(replace(item.values[0], is_common=True),))
            return (*chosen[:index], common, *chosen[index + 1 :])
    return chosen


def _has_order(database: Reader) -> bool:
    return database.is_sqlite and not database.is_past
