"""The data of citations: a record at its revision, its sources, the titles that it names.

At most two statements.
"""

from collections.abc import Mapping
from typing import Any

from app.database.execute import Reader
from app.query.datasets import Revision
from app.query.queries import ItemQuery
from app.query.records import read_item_with_revision
from app.query.results import CitedRecord, Titles
from app.query.titles import TitleCache, parse_record, read_titles_and_bodies
from app.resources import Resource
from app.resources.references import RecordKey, card_references
from app.resources.vocabulary import Vocabulary
from app.vocabulary import ResourceType

MAX_SOURCES = 3
"""Sources that a citation describes; it says how many others there are."""


async def read_cited(
    database: Reader, resource: Resource, record_id: str, vocabulary: Vocabulary
) -> CitedRecord | None:
    """The data of a citation; None: there is no such record."""
    item = await read_item_with_revision(database, ItemQuery(resource), record_id)
    if item is None:
        return None
    record = parse_record(item.record.body)
    sources = [key for key in cited_sources(resource.type, record) if key not in item.bodies]
    named = {*card_references(record)}
    titles, bodies = await read_titles_and_bodies(
        database, named, TitleCache(vocabulary.labels), sources
    )
    return cited_record(resource.type, record, item.revision, titles, {**item.bodies, **bodies})


def cited_record(
    resource_type: ResourceType,
    record: Mapping[str, Any],
    revision: Revision,
    titles: Titles,
    bodies: Mapping[RecordKey, str],
) -> CitedRecord:
    """The data of a citation, from a record, the titles that it names and the JSON of sources."""
    sources = _source_ids(resource_type, record)
    return CitedRecord(
        resource_type,
        record,
        revision.number,
        revision.recorded_from,
        tuple(
            _without_evidence(bodies["source", source])
            for source in sources[:MAX_SOURCES]
            if ("source", source) in bodies
        ),
        len(sources),
        titles,
    )


def cited_sources(resource_type: ResourceType, record: Mapping[str, Any]) -> list[RecordKey]:
    """The sources that a citation describes."""
    return [("source", key) for key in _source_ids(resource_type, record)[:MAX_SOURCES]]


def _without_evidence(body: str) -> Mapping[str, Any]:
    return {name: value for name, value in parse_record(body).items() if name != "evidence"}


def _source_ids(resource_type: ResourceType, record: Mapping[str, Any]) -> list[str]:
    """The source of the record, or all sources where several name it."""
    if resource_type == "source":
        return [record["id"]]
    if record.get("source"):
        return [record["source"]]
    points = (point["source"] for point in record.get("points", ()))
    return list(dict.fromkeys([*points, *(item["source"] for item in record["evidence"])]))
