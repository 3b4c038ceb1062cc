"""The references that a record contains."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.vocabulary import ResourceType

REFERENCE_FIELDS: dict[str, ResourceType] = {
    "source": "source",
    "series": "series",
    "event": "event",
    "population": "actor",
    "speakers": "actor",
    "relayed_by": "actor",
    "addressees": "actor",
    "participants": "actor",
    "places": "place",
    "part_of": "place",
    "denominator": "figure",
    "supersedes": "figure",
    "superseded_by": "figure",
    "excludes": "series",
    "of": "actor",
    "figure": "figure",
    "figures": "figure",
}
"""The resource type of the id in each field; in an object the id is the value of `id`."""

TYPED_REFERENCE_FIELDS = ("about", "relations")
"""Fields whose items name the resource type of their target."""

MAX_CARD_POINTS = 4
"""The figures of a series that a card has: the newest."""

RecordKey = tuple[ResourceType, str]


def link_target(item: Mapping[str, Any]) -> RecordKey | None:
    """Return the target of a topic or a relation, None if its id is null."""
    target = item.get("id") or item.get("to")
    return (item["resource"], target) if target else None


def references(record: Mapping[str, Any]) -> set[RecordKey]:
    """Return the keys of all records that a record refers to."""
    targets: set[RecordKey] = set()
    for name, value in record.items():
        if name == "evidence":
            targets.update([("source", item["source"]) for item in value])
        elif name == "points":
            # A point is shown by its number, so its figure needs no title.
            for point in value:
                targets.add(("source", point["source"]))
                targets.update(_credited(point["attribution"]))
        elif value and name != "disagreements":
            _collect(name, value, targets)
    return targets


def _collect(name: str, value: Any, targets: set[RecordKey]) -> None:
    if isinstance(value, str):
        if name in REFERENCE_FIELDS:
            targets.add((REFERENCE_FIELDS[name], value))
    elif isinstance(value, list):
        for item in value:
            if name in TYPED_REFERENCE_FIELDS and (target := link_target(item)):
                targets.add(target)
            _collect(name, item, targets)
    elif isinstance(value, dict) and "edtf" not in value:
        if name in REFERENCE_FIELDS and value.get("id"):
            targets.add((REFERENCE_FIELDS[name], value["id"]))
        for part, inner in value.items():
            if inner and part != "evidence":
                _collect(part, inner, targets)


def card_references(record: Mapping[str, Any]) -> Iterator[RecordKey]:
    """Yield the keys of the records that a card names.

    Of the points of a series a card names the sources and speakers of the newest; of relations
    it has those of actors.
    """
    for name in REFERENCE_FIELDS.keys() & record.keys():
        for item in _as_list(record[name]):
            target = item if isinstance(item, str) else item["id"]
            if target:
                yield REFERENCE_FIELDS[name], target
    for role in record.get("roles", ()):
        if role["of"]:
            yield REFERENCE_FIELDS["of"], role["of"]
    if "roles" in record:
        yield from filter(None, map(link_target, record.get("relations", ())))
    if record.get("attribution"):
        yield from _credited(record["attribution"])
    for point in record.get("points", ())[-MAX_CARD_POINTS:]:
        yield "source", point["source"]
        yield from _credited(point["attribution"])


def _credited(attribution: Mapping[str, Any]) -> Iterator[RecordKey]:
    for item in (*attribution["speakers"], *attribution["relayed_by"]):
        if item["id"]:
            yield "actor", item["id"]


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else (value,) if value else ()
