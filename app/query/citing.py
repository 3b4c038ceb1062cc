"""A record as it is to be cited: pinned to its revision, with the sources that it rests on and the names of those who are
credited. Two statements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Select, bindparam, literal, select, union_all

from app.db import Reader
from app.models import Dataset as DatasetTable
from app.models import Revision as RevisionTable
from app.query.recorded import Moment
from app.resources import RESOURCES, Resource
from app.resources.declare import tables
from app.vocabulary import Noun

MOST_SOURCES = 3
"""As many sources are told in full; of the others, how many there are."""
_MOST_PEOPLE = 8


@dataclass(frozen=True)
class Cited:
    """`sources` are the first of the `source_count` that it rests on, in reading order; `names` are those of actors, by id."""

    noun: Noun
    record: Mapping[str, Any]
    revision: int
    recorded_in: Moment
    sources: tuple[Mapping[str, Any], ...]
    source_count: int
    names: Mapping[str, str]


async def read_cited(database: Reader, resource: Resource, record_id: str) -> Cited | None:
    """Null: there is no such record."""
    statement = database.prepared(("cited", resource.noun), lambda: _one(resource))
    rows = await database.rows(statement, {"id": record_id})
    if not rows:
        return None
    number, version, recorded_at, body = rows[0]
    return await cited_with(database, resource.noun, from_json(body), number, Moment(version, recorded_at))


async def cited_with(
    database: Reader, noun: Noun, record: Mapping[str, Any], number: int, recorded_in: Moment
) -> Cited:
    """The same of a record that is at hand, in one statement."""
    record_id = record["id"]
    rests_on = [record_id] if noun == "source" else _sources_of(record)
    people = _people_in(record)
    wanted = {f"source_{index}": value for index, value in enumerate(_padded(rests_on, MOST_SOURCES))}
    wanted |= {f"actor_{index}": value for index, value in enumerate(_padded(people, _MOST_PEOPLE))}
    found: dict[Noun, dict[str, Any]] = {"source": {}, "actor": {}}
    for kind, key, text in await database.rows(database.prepared("cited with", _others), wanted):
        found[kind][key] = _until(_WANTED_UNTIL[kind], text)
    return Cited(
        noun,
        record,
        number,
        recorded_in,
        tuple(found["source"][key] for key in rests_on[:MOST_SOURCES] if key in found["source"]),
        len(rests_on),
        {key: actor["title"] for key, actor in found["actor"].items()},
    )


_WANTED_UNTIL: Mapping[Noun, str] = {"source": "evidence", "actor": "kind"}


def _until(field: str, body: str) -> Any:
    """A record without this field and those behind it: what is quoted from a source, or names an actor, may be very much. In a
    string of JSON no quotation mark stands by itself, so the first place that looks like the field is it.
    """
    head, _, _ = body.partition(f',"{field}":')
    return from_json(f"{head}}}")


def _sources_of(record: Mapping[str, Any]) -> list[str]:
    """The source that tells it, or, where several sources name it, all of them."""
    if record.get("source"):
        return [record["source"]]
    points = (point["source"] for point in record.get("points", ()))
    return list(dict.fromkeys([*points, *(item["source"] for item in record["evidence"])]))


def _people_in(record: Mapping[str, Any]) -> list[str]:
    attribution = record.get("attribution")
    if attribution is None:
        return []
    credited = [*filter(None, [attribution["speaker"]]), *attribution["relayed_by"]]
    return list(dict.fromkeys(reference["id"] for reference in credited if reference["id"]))


def _padded(ids: Iterable[str], size: int) -> list[str]:
    """As many as one statement has places for; no record has an empty id."""
    return [*ids, *[""] * size][:size]


def _one(resource: Resource) -> Select[Any]:
    """Number, dataset version, its time and body of the revision that the record `:id` is now."""
    table, revision, dataset = tables(resource.table), tables(RevisionTable), tables(DatasetTable)
    return (
        select(revision.c.number, dataset.c.version, dataset.c.recorded_at, revision.c.body)
        .select_from(table)
        .join(revision, revision.c.key == table.c.revision_key)
        .join(dataset, dataset.c.ordinal == revision.c.recorded_from)
        .where(table.c.id == bindparam("id"))
    )


def _others() -> Select[Any]:
    sizes: tuple[tuple[Noun, int], ...] = (("source", MOST_SOURCES), ("actor", _MOST_PEOPLE))
    parts = []
    for noun, size in sizes:
        table, revision = tables(RESOURCES[noun].table), tables(RevisionTable)
        ids: list[Any] = [bindparam(f"{noun}_{index}") for index in range(size)]
        parts.append(
            select(literal(noun).label("noun"), table.c.id, revision.c.body)
            .select_from(table)
            .join(revision, revision.c.key == table.c.revision_key)
            .where(table.c.id.in_(ids))
        )
    return union_all(*parts)  # type: ignore[return-value]
