"""The ids in the fields of seeds, with the resource types that they name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from app.curation import schema as s
from app.curation.files import Location
from app.curation.seeds import Article, Entry, Seeds, fields_with_parts
from app.resources.references import REFERENCE_FIELDS, RecordKey
from app.vocabulary import ResourceType


@dataclass(frozen=True)
class Reference:
    """An id in a seed that names a record, and its location relative to `entry`."""

    resource_type: ResourceType
    id: str
    entry: Entry[Any]
    location: Location


def all_references(seeds: Seeds) -> Iterator[Reference]:
    shared: tuple[Entry[Any], ...] = (*seeds.places, *seeds.series)
    for entry in shared:
        yield from references_of(entry)
    mentions: tuple[tuple[str, ResourceType], ...] = (("actors", "actor"), ("places", "place"))
    for name, resource_type in mentions:
        for entry in seeds.all_of(name):
            yield Reference(resource_type, entry.seed.id, entry, ("id",))
    for name in ("actors", "events", "statements", "figures"):
        for entry in seeds.all_of(name):
            yield from references_of(entry)


@cache
def _referring_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields of a model that are references or have parts."""
    with_parts = fields_with_parts(model)
    return tuple(
        name
        for name in model.model_fields
        if name in with_parts or name in REFERENCE_FIELDS or name == "to"
    )


def references_of(entry: Entry[Any]) -> Iterator[Reference]:
    """Yield the ids in the reference fields of an entry and of its parts."""
    seed = entry.seed
    model: type[BaseModel] = type(seed)
    for name in _referring_fields(model):
        value = getattr(seed, name)
        items = enumerate(value) if isinstance(value, tuple) else [(None, value)]
        for index, item in items:
            location: Location = (name,) if index is None else (name, index)
            if isinstance(item, BaseModel):
                part = Entry(entry.file, (*entry.location, *location), item)
                if isinstance(item, s.ReferenceSeed) and item.id is not None:
                    resource_type = (
                        item.resource if isinstance(item, s.TopicSeed) else REFERENCE_FIELDS[name]
                    )
                    yield Reference(resource_type, item.id, part, ("id",))
                yield from references_of(part)
            elif name == "to":
                yield Reference(seed.resource, item, entry, location)
            elif isinstance(item, str) and name in REFERENCE_FIELDS:
                yield Reference(REFERENCE_FIELDS[name], item, entry, location)


def declared_names(article: Article) -> Mapping[RecordKey, Sequence[str]]:
    """Return the spellings that an article declares for each actor and place."""
    kinds: tuple[tuple[str, ResourceType], ...] = (("actors", "actor"), ("places", "place"))
    return {
        (resource_type, mention.seed.id): [
            spelling
            for name in mention.seed.names
            for spelling in (name.as_written, name.quote)
            if spelling
        ]
        for kind, resource_type in kinds
        for mention in article.entries(kind)
    }
