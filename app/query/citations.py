"""A record as it is to be cited: pinned to its revision, with the sources that it rests on and the names of those who are
credited. At most two statements.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from app.database.execute import Reader
from app.query.datasets import DatasetStamp, Revision
from app.query.params import ItemQuery
from app.query.records import read_revised
from app.query.related import parsed, read_named
from app.resources import Resource
from app.resources.references import RecordKey
from app.vocabulary import ResourceType

MOST_SOURCES = 3
"""As many sources are told in full; of the others, how many there are."""
_MOST_PEOPLE = 8


class CitedRecord(NamedTuple):
    """`sources` are the first of the `source_count` that it rests on, in reading order; `names` are those of actors, by id."""

    noun: ResourceType
    record: Mapping[str, Any]
    revision: int
    recorded_in: DatasetStamp
    sources: tuple[Mapping[str, Any], ...]
    source_count: int
    names: Mapping[str, str]


async def read_cited(database: Reader, resource: Resource, record_id: str) -> CitedRecord | None:
    """Null: there is no such record."""
    item = await read_revised(database, ItemQuery(resource), record_id)
    if item is None:
        return None
    record = parsed(item.record[1])
    people = [(_ACTOR, person) for person in _people_in(record)]
    sources = [source for source in sources_of(resource.type, record) if source not in item.bodies]
    titles, bodies = await read_named(database, people, sources)
    return cited_with(resource.type, record, item.revision, titles, {**item.bodies, **bodies})


def cited_with(
    noun: ResourceType,
    record: Mapping[str, Any],
    revision: Revision,
    titles: Mapping[RecordKey, str],
    bodies: Mapping[RecordKey, str],
) -> CitedRecord:
    """The same of a record that is at hand, as are the titles of actors and the bodies of the sources that it needs."""
    rests_on = _sources_of(noun, record)
    return CitedRecord(
        noun,
        record,
        revision.number,
        revision.recorded_from,
        tuple(
            _told(bodies[_SOURCE, key])
            for key in rests_on[:MOST_SOURCES]
            if (_SOURCE, key) in bodies
        ),
        len(rests_on),
        {key: titles[_ACTOR, key] for key in _people_in(record) if (_ACTOR, key) in titles},
    )


def sources_of(noun: ResourceType, record: Mapping[str, Any]) -> list[RecordKey]:
    """The sources that a citation tells in full."""
    return [(_SOURCE, key) for key in _sources_of(noun, record)[:MOST_SOURCES]]


_SOURCE: ResourceType = "source"
_ACTOR: ResourceType = "actor"


def _told(source: str) -> Any:
    """A source as far as it tells of itself, without what is quoted from it, which may be very much. In a string of JSON no
    quotation mark stands by itself, so the first place that looks like the field is it.
    """
    head, _, _ = source.partition(',"evidence":')
    return orjson.loads(f"{head}}}")


def _sources_of(noun: ResourceType, record: Mapping[str, Any]) -> list[str]:
    """The source that tells it, or, where several sources name it, all of them."""
    if noun == "source":
        return [record["id"]]
    if record.get("source"):
        return [record["source"]]
    points = (point["source"] for point in record.get("points", ()))
    return list(dict.fromkeys([*points, *(item["source"] for item in record["evidence"])]))


def _people_in(record: Mapping[str, Any]) -> list[str]:
    attribution = record.get("attribution")
    if attribution is None:
        return []
    credited = [*filter(None, [attribution["speaker"]]), *attribution["relayed_by"]]
    named = dict.fromkeys(reference["id"] for reference in credited if reference["id"])
    return list(named)[:_MOST_PEOPLE]
