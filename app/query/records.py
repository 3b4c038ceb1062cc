"""Reading records and lists of one resource type.

A list takes one statement, and one more each for a total that its page does not show, for facets,
for records that are included by linking tables, and for how common the words of `q` are where the
list has other filters too. A record takes one statement, and one more for records that are included
by linking tables. Records that one of its own columns refers to are read with its row.
"""

import difflib
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select

from app.database.execute import CompiledStatement, Database, Reader, RowStream
from app.database.results import Row
from app.problems import NOT_FOUND, NOT_READY, Problem
from app.query import fulltext, select
from app.query.counting import count_one
from app.query.datasets import DatasetHistory, DatasetStamp, Revision
from app.query.facets import count_facets
from app.query.filters import AppliedFilter, bound_values, is_slow, listed, shape_of
from app.query.pagination import Paginator
from app.query.queries import ItemQuery, ListQuery
from app.query.results import (
    Dataset,
    Facets,
    Item,
    ItemWithRevision,
    Page,
    RecordsById,
    StoredRecord,
    dataset_of,
)
from app.query.select import Reference
from app.resources import RESOURCES, Include, Resource
from app.resources.declarations import table_of
from app.resources.vocabulary import Vocabulary, VocabularyCode
from app.vocabulary import FormatName, ResourceType

EXPORT_BATCH = 500
"""Records that an export reads at once."""
PREBUILT_BATCH = 8
"""Prebuilt parts that an export reads at once."""


# ------------------------------------------------------------------------------------------
# datasets


async def read_dataset(database: Reader, ordinal: int, vocabulary: Vocabulary) -> Dataset:
    """One of the datasets that were served."""
    statement = database.compiled("dataset", select.dataset)
    return _dataset(await database.fetch_all(statement, {"ordinal": ordinal}), vocabulary)


def open_newest(database: Database) -> tuple[DatasetHistory, Dataset]:
    """All dataset versions and the newest dataset, read in the calling thread.

    Raises Problem `not-ready` where there is none.
    """
    rows = database.fetch_all_sync(database.compiled("dataset versions", select.dataset_versions))
    if not rows:
        raise Problem(NOT_READY, "Wait for the first build: the database holds no dataset yet.")
    history = DatasetHistory([dataset_of(*row) for row in rows])
    statement = database.compiled("dataset", select.dataset)
    newest = database.fetch_all_sync(statement, {"ordinal": history.newest.ordinal})
    codes = database.fetch_all_sync(database.compiled("vocabulary", select.vocabulary))
    return history, _dataset(newest, Vocabulary(map(_code, codes)))


def _code(row: Row) -> VocabularyCode:
    return VocabularyCode(
        scheme=row.scheme,
        code=row.code,
        label=row.label,
        definition=row.definition,
        broader=row.broader,
        mappings=json.loads(row.mappings),
        deprecated=row.deprecated,
        replaced_by=row.replaced_by,
    )


def _dataset(rows: Sequence[Row], vocabulary: Vocabulary) -> Dataset:
    if not rows:
        raise Problem(NOT_READY, "Ask again: the database does not hold this dataset any more.")
    row = rows[0]
    version = dataset_of(
        row.ordinal, row.version, row.recorded_at, row.newest_published, row.last_key
    )
    return Dataset(
        version.ordinal,
        version.version,
        version.recorded_at,
        version.newest_published,
        version.last_key,
        json.loads(row.counts),
        json.loads(row.facets),
        vocabulary,
    )


# ---------------------------------------------------------------------------------------------
# lists


@dataclass(frozen=True)
class _Plan:
    """How the database reads a page of a list.

    `embedded` references come with each row, `linked` ones are read by a separate statement.
    `matches` selects a row for each match, for counting; `shape` tells its SQL apart.
    """

    statement: CompiledStatement
    filters: Sequence[AppliedFilter]
    embedded: Sequence[Reference]
    linked: Sequence[Reference]
    shape: Hashable
    matches: Callable[[], Select[Any]]
    is_slow: bool


async def read_list(
    database: Reader, dataset: Dataset, resource: Resource, query: ListQuery
) -> Page[StoredRecord]:
    """A page of a list. Raises Problem `invalid-cursor` or `cursor-expired`."""
    columns = select.sort_columns(table_of(resource.table), query.sort)
    names = select.sort_names(columns)
    paginator = Paginator.of(query, dataset, select.key_types(columns))
    plan = await _plan(database, resource, query, paginator)
    values = bound_values(plan.filters, resource.type, is_sqlite=database.is_sqlite)
    rows = await database.fetch_all(
        plan.statement, {**values, **paginator.values}, is_slow=plan.is_slow
    )
    page = paginator.page(rows, lambda row: tuple(getattr(row, name) for name in names))
    # A first page that is not full has all there is.
    listed = None if paginator.continues or page.next else len(rows)
    total, total_exact = await _total(database, dataset, query, plan, values, listed)
    facets, facets_exact = await _facets(database, dataset, query, plan, values)
    return Page(
        items=[StoredRecord(row.id, row.body) for row in page.rows],
        total=total,
        total_exact=total_exact,
        next=page.next,
        previous=page.previous,
        facets=facets,
        facets_exact=facets_exact,
        included=await _included(
            database, resource, query.includes, plan.embedded, plan.linked, page.rows
        ),
    )


async def _plan(
    database: Reader, resource: Resource, query: ListQuery, paginator: Paginator
) -> _Plan:
    embedded = select.own_references(resource, query.includes)
    linked = select.linked_references(resource, query.includes)
    if fulltext.is_index_ordered(database, query):
        descending = query.sort[0].descending
        return _Plan(
            database.compiled(
                ("text page", resource.type, descending, paginator.shape),
                lambda: fulltext.page(resource, paginator, descending=descending),
            ),
            query.filters,
            embedded=(),
            linked=(*embedded, *linked),
            shape="text",
            matches=fulltext.matches,
            is_slow=not query.filters[0].values[0].is_one_word,
        )
    filters = await fulltext.weigh(database, query.filters, resource.type)
    shape = shape_of(filters)
    return _Plan(
        database.compiled(
            ("page", resource.type, shape, query.raw_sort, embedded, paginator.shape),
            lambda: select.page(resource, filters, query.sort, embedded, paginator),
        ),
        filters,
        embedded=embedded,
        linked=linked,
        shape=(resource.type, shape),
        matches=lambda: select.matches(resource, filters),
        is_slow=is_slow(filters, [key.sort.name for key in query.sort]),
    )


async def _total(
    database: Reader,
    dataset: Dataset,
    query: ListQuery,
    plan: _Plan,
    values: Mapping[str, object],
    listed: int | None,
) -> tuple[int | None, bool]:
    """The total and whether it is exact. `listed`: the matches, where the page has all of them."""
    if query.total == "none":
        return None, False
    if listed is not None:
        return listed, True
    if not plan.filters:
        return dataset.counts[query.resource_type], True
    return await count_one(
        database, plan.shape, plan.matches, values, query.total, is_slow=plan.is_slow
    )


async def _facets(
    database: Reader,
    dataset: Dataset,
    query: ListQuery,
    plan: _Plan,
    values: Mapping[str, object],
) -> tuple[Facets | None, bool]:
    """Facets and whether they are exact; `total=exact` asks for exact ones."""
    if not query.facets:
        return None, True
    if not plan.filters:
        counted = dataset.facets[query.resource_type]
        return {item.name: counted[item.name] for item in query.facets}, True
    return await count_facets(
        database,
        RESOURCES[query.resource_type],
        plan.filters,
        query.facets,
        values,
        mode=query.total,
    )


async def read_everything(database: Reader, resource: Resource, query: ListQuery) -> RowStream:
    """All records of a list in order, as id and body, read by one statement."""
    statement = database.compiled(
        ("everything", resource.type, shape_of(query.filters), query.raw_sort),
        lambda: select.everything(resource, query.filters, query.sort),
    )
    values = bound_values(query.filters, resource.type, is_sqlite=database.is_sqlite)
    return await database.stream(statement, values, EXPORT_BATCH)


async def read_prebuilt_sizes(
    database: Reader, resource_type: ResourceType, format_name: FormatName
) -> Sequence[Row]:
    """The parts that the build made of all records, in order, without their bodies.

    There are none of past datasets.
    """
    statement = database.compiled("prebuilt sizes", select.prebuilt_sizes)
    values = {"resource_type": resource_type, "format": format_name}
    return await database.fetch_all(statement, values, is_slow=True)


async def read_prebuilt(
    database: Reader, resource_type: ResourceType, format_name: FormatName, first: int, last: int
) -> RowStream:
    """The parts with the numbers from `first` to `last`."""
    statement = database.compiled("prebuilt parts", select.prebuilt_parts)
    values = {"resource_type": resource_type, "format": format_name, "first": first, "last": last}
    return await database.stream(statement, values, PREBUILT_BATCH)


# --------------------------------------------------------------------------------------- one record


async def read_item(database: Reader, query: ItemQuery, record_id: str) -> Item | None:
    """A record; None: there is no such record."""
    resource = query.resource
    embedded = select.own_references(resource, query.includes)
    linked = select.linked_references(resource, query.includes)
    statement = database.compiled(
        ("one", resource.type, embedded), lambda: select.one(resource, embedded)
    )
    rows = await database.fetch_all(statement, {"id": record_id})
    if not rows:
        return None
    included = await _included(database, resource, query.includes, embedded, linked, rows)
    return Item(StoredRecord(rows[0].id, rows[0].body), included)


async def read_item_with_revision(
    database: Reader, query: ItemQuery, record_id: str
) -> ItemWithRevision | None:
    """A record with what its page and its citation need, in as many statements."""
    resource = query.resource
    sources = select.own_references(resource, _source_includes(resource))
    embedded = (*sources, *select.own_references(resource, query.includes))
    linked = select.linked_references(resource, query.includes)
    statement = database.compiled(
        ("one with revision", resource.type, embedded),
        lambda: select.one_with_revision(resource, embedded),
    )
    rows = await database.fetch_all(statement, {"id": record_id})
    if not rows:
        return None
    row = rows[0]
    bodies = {(resource.type, row.id): row.body}
    for index, (resource_type, _) in enumerate(sources):
        if (source_id := getattr(row, f"id_{index}")) is not None:
            bodies[resource_type, source_id] = getattr(row, f"body_{index}")
    return ItemWithRevision(
        StoredRecord(row.id, row.body),
        await _included(database, resource, query.includes, embedded, linked, rows, len(sources)),
        revision=Revision(
            row.number,
            DatasetStamp(row.version, row.recorded_at),
            None,
            row.content_hash,
            row.reason,
        ),
        bodies=bodies,
    )


@cache
def _source_includes(resource: Resource) -> tuple[Include, ...]:
    return tuple(include for include in resource.includes if include.type == "source")


async def _included(
    database: Reader,
    resource: Resource,
    includes: Sequence[Include],
    embedded: Sequence[Reference],
    linked: Sequence[Reference],
    rows: Sequence[Row],
    skip: int = 0,
) -> RecordsById | None:
    """The included records; None: the query includes none.

    `embedded` ones are in the rows (the first `skip` are not requested), `linked` ones are read.
    """
    if not includes:
        return None
    result: dict[str, dict[str, str]] = {RESOURCES[include.type].plural: {} for include in includes}
    for index, (resource_type, _) in enumerate(embedded[skip:], skip):
        records = result[RESOURCES[resource_type].plural]
        for row in rows:
            if (target_id := getattr(row, f"id_{index}")) is not None:
                records[target_id] = getattr(row, f"body_{index}")
    if rows and linked:
        statement = database.compiled(
            ("included", resource.type, linked, len(rows)),
            lambda: select.included(resource, linked, len(rows)),
        )
        owners = {f"owner_{index}": row.id for index, row in enumerate(rows)}
        for target in await database.fetch_all(statement, owners):
            result[target.plural][target.id] = target.body
    return {plural: dict(sorted(records.items())) for plural, records in result.items()}


async def not_found(database: Reader, resource: Resource, record_id: str) -> Problem:
    """The problem of an unknown id, with similar ids."""
    statement = database.compiled(
        ("neighbours", resource.type), lambda: select.neighbours(resource)
    )
    ids = [row.id for row in await database.fetch_all(statement, {"id": record_id})]
    similar = difflib.get_close_matches(record_id, ids, n=3, cutoff=0.5)
    advice = (
        f"Did you mean {listed([f'“{each}”' for each in similar])}?"
        if similar
        else f"Choose an id from the list of {resource.plural}."
    )
    return Problem(
        NOT_FOUND,
        f"{advice} There is no {resource.type} “{record_id}”.",
        near=tuple((each, f"{resource.path}/{each}") for each in similar or ids),
    )
