"""Checked requests → records. A list is one statement, one more for a total that its page does not show, one for facets, one for
what is included by links, and one that looks how common words are where more than words is asked; a record is one statement, and
one for what is included by links. What a column of a record's own points at comes with its row.
"""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from app.database.execute import Database, Reader, RowStream
from app.database.results import Row
from app.problems import NOT_FOUND, NOT_READY, Problem
from app.query import facets
from app.query import fulltext as found
from app.query import select as statements
from app.query.datasets import (
    DatasetHistory,
    DatasetStamp,
    DatasetVersion,
    RecordedTimes,
    Revision,
    RevisionsById,
    Withdrawals,
)
from app.query.facets import Facets
from app.query.filters import AppliedFilter, bound_values, is_linked, shape_of
from app.query.pagination import Paginator
from app.query.params import ItemQuery, ListQuery, SortKey
from app.query.related import RelatedRecords
from app.query.select import Pointer
from app.resources import RESOURCES, Include, Resource
from app.resources.declarations import Filter, NumberRange, Operator, Parameter
from app.resources.references import RecordKey
from app.vocabulary import FormatName, ResourceType

StoredRecord = tuple[str, str]
"""An id and the record's JSON as the build wrote it."""


@dataclass(frozen=True)
class Dataset(DatasetVersion):
    """A state of the data with what it has: how many records of each noun, and how many of each value."""

    counts: Mapping[ResourceType, int]
    facets: Mapping[ResourceType, Facets]

    @cached_property
    def counted(self) -> Mapping[tuple[ResourceType, str], tuple[Mapping[str | None, int], bool]]:
        """By noun and facet, how many records have each value, and whether these are all values."""
        return {
            (noun, name): (dict(facet["values"]), facet["complete"])
            for noun, facets in self.facets.items()
            for name, facet in facets.items()
        }


@dataclass(frozen=True)
class Page:
    """A stretch of a list. `total` counts the whole list, null where nobody wanted it; where it is not exact there are
    more; where facets are not, each of their counts is a lower bound. What comes along is null where nobody asked for it; `times` are when each record's present form was recorded.
    """

    records: Sequence[StoredRecord]
    total: int | None
    total_exact: bool
    next: str | None
    previous: str | None
    facets: Facets | None = None
    facets_exact: bool = True
    included: Mapping[str, Mapping[str, str]] | None = None
    tombstones: Withdrawals | None = None
    pasts: RevisionsById | None = None
    times: RecordedTimes | None = None
    beside: RelatedRecords | None = None


@dataclass(frozen=True)
class Item:
    record: StoredRecord
    included: Mapping[str, Mapping[str, str]] | None = None
    pasts: RevisionsById | None = None
    beside: RelatedRecords | None = None


@dataclass(frozen=True, kw_only=True)
class RevisedItem(Item):
    """With the revision that the record is now, and the bodies of records that are on its page, its own among them."""

    revision: Revision
    bodies: Mapping[RecordKey, str]


async def read_dataset(database: Reader, ordinal: int) -> Dataset:
    """One dataset of those that were served."""
    return _dataset(
        await database.fetch_all(
            database.compiled("dataset", statements.dataset), {"ordinal": ordinal}
        )
    )


def open_now(database: Database) -> tuple[DatasetHistory, Dataset]:
    """All that was served, and what is served now; in the calling thread, at the start, when nobody waits yet. Raises Problem
    `not-ready` where there is nothing.
    """
    rows = database.fetch_all_sync(database.compiled("states", statements.states))
    if not rows:
        raise Problem(NOT_READY, "The database holds no dataset yet.")
    axis = DatasetHistory([DatasetVersion(*_state(row)) for row in rows])
    newest = {"ordinal": axis.newest.ordinal}
    return axis, _dataset(
        database.fetch_all_sync(database.compiled("dataset", statements.dataset), newest)
    )


def _dataset(rows: Sequence[Row]) -> Dataset:
    if not rows:
        raise Problem(NOT_READY, "The database does not hold this dataset.")
    *state, counts, counted = rows[0]
    return Dataset(*_state(state), json.loads(counts), json.loads(counted))


def _state(row: Sequence[Any]) -> tuple[int, str, datetime | None, date | None, int]:
    ordinal, version, recorded_at, newest_published, last_key = row
    at = recorded_at and datetime.fromisoformat(recorded_at)
    return ordinal, version, at, newest_published and date.fromordinal(newest_published), last_key


async def read_list(
    database: Reader, dataset: Dataset, resource: Resource, query: ListQuery, *, first_page: str
) -> Page:
    chosen = query.chosen
    walk = Paginator.from_token(
        query.cursor,
        question=query.question,
        version=dataset.version,
        first_page=first_page,
        keys=statements.key_types(resource.type, query.raw_sort) if query.cursor else (),
    )
    words = found.words_alone(database, query.chosen, query.sort)
    along, linked = statements.pointers(resource, query.includes)
    if words is None:
        chosen = await found.weighed(database, query.chosen, resource.type) if query.chosen else ()
        statement = database.compiled(
            (
                "page",
                resource.type,
                shape_of(chosen),
                query.raw_sort,
                along,
                walk.continues,
                walk.backward,
            ),
            lambda: statements.page(
                resource,
                chosen,
                query.sort,
                along,
                continues=walk.continues,
                backward=walk.backward,
            ),
        )
        is_long = is_slow(chosen, query.sort)
    else:
        chosen, is_long, descending = query.chosen, not words.is_one_word, query.sort[0].descending
        along, linked = (), (*along, *linked)
        statement = database.compiled(
            ("words", resource.type, descending, walk.continues, walk.backward),
            lambda: found.page(
                resource, descending=descending, backward=walk.backward, continues=walk.continues
            ),
        )
    values = bound_values(chosen, resource.type, sqlite=database.is_sqlite) if chosen else {}
    # One row more than asked for tells whether the list goes on.
    for index, key in enumerate(walk.after):
        values[f"after_{index}"] = key
    values["limit"] = query.limit + 1
    rows = await database.fetch_all(statement, values, is_slow=is_long)
    # A row is id, body and the other sort keys, then what comes along; the id is the last key.
    after_keys = -2 * len(along) or None
    stretch = walk.stretch(rows, query.limit, lambda row: (*row[2:after_keys], row[0]))
    is_all = not walk.continues and len(rows) <= query.limit
    total, total_exact = await _total(
        database, dataset, resource, query, chosen, values, len(rows) if is_all else None
    )
    counted, counted_exact = await _facets(database, dataset, resource, query, chosen, values)
    return Page(
        records=[(row[0], row[1]) for row in stretch.rows],
        total=total,
        total_exact=total_exact,
        next=stretch.next,
        previous=stretch.previous,
        facets=counted,
        facets_exact=counted_exact,
        included=await _included(database, resource, query.includes, along, linked, stretch.rows),
    )


BATCH = 500
"""As many records are read at once where all are wanted."""


async def read_everything(database: Reader, resource: Resource, query: ListQuery) -> RowStream:
    """All records of a list, in order, in batches: one statement, one state of the data."""
    statement = database.compiled(
        ("everything", resource.type, shape_of(query.chosen), query.raw_sort),
        lambda: statements.everything(resource, query.chosen, query.sort),
    )
    values = bound_values(query.chosen, resource.type, sqlite=database.is_sqlite)
    return await database.stream(statement, values, BATCH)


READY_BATCH = 8
"""As many parts of those that are ready are read at once."""


async def read_ready(database: Reader, noun: ResourceType, form: FormatName) -> RowStream:
    """The prebuilt parts of all present records, in order."""
    statement = database.compiled("ready", statements.ready)
    return await database.stream(statement, {"noun": noun, "format": form}, READY_BATCH)


def is_slow(chosen: Sequence[AppliedFilter], sort: Sequence[SortKey] = ()) -> bool:
    """Short is what one index answers: a record's own values, in the order of one key. Text may match anything; links,
    windows and what is missing may leave nearly all rows to be gone through, and so may a sort by several keys.
    """
    return len(sort) > 1 or not all(_is_short(item.parameter) for item in chosen)


_SHORT: tuple[Operator, ...] = ("any_of", "at_least", "at_most")


@lru_cache(maxsize=1024)
def _is_short(parameter: Parameter) -> bool:
    is_own = isinstance(parameter.criterion, Filter | NumberRange) and not is_linked(parameter)
    return is_own and parameter.operator in _SHORT


async def _total(
    database: Reader,
    dataset: Dataset,
    resource: Resource,
    query: ListQuery,
    chosen: Sequence[AppliedFilter],
    values: Mapping[str, object],
    seen: int | None,
) -> tuple[int | None, bool]:
    """With whether it is exact. `seen` is how many there are, where the page has them all."""
    if query.total == "none":
        return None, False
    if seen is not None:
        return seen, True
    if not chosen:
        return dataset.counts[resource.type], True
    exact = query.total == "exact"
    words = found.words_alone(database, chosen)
    if words is None:
        counting = database.compiled(
            ("count", resource.type, shape_of(chosen), exact),
            lambda: statements.count(resource, chosen, exact=exact),
        )
        is_long = exact or is_slow(chosen)
    else:
        most = None if exact else statements.COUNTED_UP_TO + 1
        counting = database.compiled(("words", most), lambda: found.count(most))
        is_long = exact or not words.is_one_word
    rows = await database.fetch_all(counting, values, is_slow=is_long)
    total: int = rows[0][0]
    if not exact and total > statements.COUNTED_UP_TO:
        return statements.COUNTED_UP_TO, False
    return total, True


async def _facets(
    database: Reader,
    dataset: Dataset,
    resource: Resource,
    query: ListQuery,
    chosen: Sequence[AppliedFilter],
    values: Mapping[str, object],
) -> tuple[Facets | None, bool]:
    """With whether they are exact, which `total=exact` asks of them too."""
    if not query.facets:
        return None, True
    if not chosen:
        return {item.name: dataset.facets[resource.type][item.name] for item in query.facets}, True
    most = None if query.total == "exact" else facets.COUNTED_UP_TO + 1
    counting = database.compiled(
        (
            "facets",
            resource.type,
            shape_of(chosen),
            tuple(item.name for item in query.facets),
            most,
        ),
        lambda: facets.count(resource, chosen, query.facets, most=most),
    )
    rows = await database.fetch_all(counting, values, is_slow=True)
    return facets.gathered(query.facets, rows), most is None or facets.looked_at(rows) < most


async def read_item(database: Reader, query: ItemQuery, record_id: str) -> Item | None:
    """Null: there is no such record."""
    resource = query.resource
    along, linked = statements.pointers(resource, query.includes)
    statement = database.compiled(
        ("one", resource.type, along), lambda: statements.one(resource, along)
    )
    rows = await database.fetch_all(statement, {"id": record_id})
    if not rows:
        return None
    included = await _included(database, resource, query.includes, along, linked, rows)
    return Item((rows[0][0], rows[0][1]), included)


async def read_revised(database: Reader, query: ItemQuery, record_id: str) -> RevisedItem | None:
    """The same with what its page tells besides, which is not one statement more."""
    resource = query.resource
    beside = statements.shown_beside(resource)
    along, linked = statements.pointers(resource, query.includes)
    statement = database.compiled(
        ("revised", resource.type, along), lambda: statements.revised(resource, (*beside, *along))
    )
    rows = await database.fetch_all(statement, {"id": record_id})
    if not rows:
        return None
    found_id, body, number, content_hash, reason, version, recorded_at, *pointed_at = rows[0]
    bodies = {(resource.type, found_id): body}
    for (noun, _), beside_id, beside_body in zip(
        beside, pointed_at[::2], pointed_at[1::2], strict=False
    ):
        if beside_id is not None:
            bodies[noun, beside_id] = beside_body
    revision = Revision(number, DatasetStamp(version, recorded_at), None, content_hash, reason)
    included = await _included(database, resource, query.includes, along, linked, rows)
    return RevisedItem((found_id, body), included, revision=revision, bodies=bodies)


async def _included(
    database: Reader,
    resource: Resource,
    includes: Sequence[Include],
    along: Sequence[Pointer],
    linked: Sequence[Pointer],
    rows: Sequence[Row],
) -> dict[str, dict[str, str]] | None:
    """Records by noun and id; null where nothing was asked for. Those that `along` points at stand at the ends of the rows, those
    of `linked` are read.
    """
    if not includes:
        return None
    result: dict[str, dict[str, str]] = {RESOURCES[include.type].plural: {} for include in includes}
    place = -2 * len(along)
    for noun, _ in along:
        of_noun = result[RESOURCES[noun].plural]
        for row in rows:
            if row[place] is not None:
                of_noun[row[place]] = row[place + 1]
        place += 2
    if rows and linked:
        statement = database.compiled(
            ("included", resource.type, linked, len(rows)),
            lambda: statements.included(resource, linked, len(rows)),
        )
        owners = {f"owner_{index}": row[0] for index, row in enumerate(rows)}
        for plural, record_id, body in await database.fetch_all(statement, owners):
            result[plural][record_id] = body
    return {plural: dict(sorted(records.items())) for plural, records in result.items()}


async def not_found(database: Reader, resource: Resource, record_id: str) -> Problem:
    statement = database.compiled(
        ("neighbours", resource.type), lambda: statements.neighbours(resource)
    )
    ids = [row[0] for row in await database.fetch_all(statement, {"id": record_id})]
    near = difflib.get_close_matches(record_id, ids, n=3, cutoff=0.5)
    hint = (
        f" Near ones: {', '.join(near)}."
        if near
        else f" The list of {resource.plural} has every id."
    )
    ways = ((each, f"{resource.path}/{each}") for each in near or ids)
    return Problem(
        NOT_FOUND, f"There is no {resource.type} with the id “{record_id}”.{hint}", near=tuple(ways)
    )
