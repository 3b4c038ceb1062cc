"""The changes between two OpenAPI 3.1 documents, and what they mean for clients of the first.

breaking   a request that was valid may be invalid, or a response may break its reader
additive   something new that a client may ignore: fields, paths, parameters, statuses, media types,
           codes in responses
wording    descriptions and examples, which are for people
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["breaking", "additive", "wording"]
Direction = Literal["request", "response"]
Document = Mapping[str, Any]

CONSTRAINTS = ("pattern", "maxLength", "minLength", "minimum", "maximum", "const", "format")


@dataclass(frozen=True)
class Change:
    kind: Kind
    place: str
    description: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}: {self.description}"


def changes(old: Document, new: Document) -> list[Change]:
    if old == new:
        return []
    structural = list(_Comparison(old, new).paths())
    return structural or [Change("wording", "#", "descriptions or examples differ")]


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._compared: set[tuple[str, str, str]] = set()

    def paths(self) -> Iterator[Change]:
        for path, old, new in _pairs(self._old["paths"], self._new["paths"]):
            if old is None or new is None:
                yield _added_or_removed(path, old, "the path")
                continue
            for method, old_operation, new_operation in _pairs(old, new):
                place = f"{method.upper()} {path}"
                if old_operation is None or new_operation is None:
                    yield _added_or_removed(place, old_operation, "the method")
                else:
                    yield from self._operation(place, old_operation, new_operation)

    def _operation(self, place: str, old: Any, new: Any) -> Iterator[Change]:
        if old.get("operationId") != new.get("operationId"):
            description = "operationId, which names the method of generated clients, differs"
            yield Change("breaking", place, description)
        yield from self._parameters(place, _parameters(old, self._old), _parameters(new, self._new))
        for status, old_response, new_response in _pairs(old["responses"], new["responses"]):
            if old_response is None or new_response is None:
                yield _added_or_removed(f"{place} {status}", old_response, "the status")
                continue
            yield from self._response(
                f"{place} {status}",
                _resolved(old_response, self._old),
                _resolved(new_response, self._new),
            )

    def _response(self, place: str, old: Any, new: Any) -> Iterator[Change]:
        for name, old_header, new_header in _pairs(old.get("headers", {}), new.get("headers", {})):
            if old_header is None or new_header is None:
                yield _added_or_removed(f"{place} {name}", old_header, "the header")
        for name, old_content, new_content in _pairs(
            old.get("content", {}), new.get("content", {})
        ):
            if old_content is None or new_content is None:
                yield _added_or_removed(f"{place} {name}", old_content, "the media type")
            else:
                yield from self._schema(
                    f"{place} {name}", old_content["schema"], new_content["schema"], "response"
                )

    def _parameters(self, place: str, old: Document, new: Document) -> Iterator[Change]:
        for key, before, after in _pairs(old, new):
            name = f"{place} {key}"
            if before is None:
                kind: Kind = "breaking" if after.get("required") else "additive"
                yield Change(kind, name, "the parameter was added")
            elif after is None:
                yield Change("breaking", name, "the parameter was removed")
            else:
                if after.get("required") and not before.get("required"):
                    yield Change("breaking", name, "the parameter became required")
                if any(before.get(word) != after.get(word) for word in ("style", "explode")):
                    yield Change("breaking", name, "several values are written differently")
                yield from self._schema(name, before["schema"], after["schema"], "request")

    def _schema(self, place: str, old: Any, new: Any, direction: Direction) -> Iterator[Change]:
        if "$ref" in old and "$ref" in new:
            pair = (direction, old["$ref"], new["$ref"])
            if pair in self._compared:
                return
            self._compared.add(pair)
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        yield from self._types(place, old, new, direction)
        yield from self._codes(place, old.get("enum"), new.get("enum"), direction)
        yield from self._properties(place, old, new, direction)
        for word in ("items", "additionalProperties"):
            if isinstance(old.get(word), dict) and isinstance(new.get(word), dict):
                yield from self._schema(f"{place}[]", old[word], new[word], direction)
        for word in CONSTRAINTS:
            if old.get(word) != new.get(word):
                is_harmless = direction == "response" or word not in new
                yield Change("additive" if is_harmless else "breaking", place, f"{word} differs")

    def _properties(self, place: str, old: Any, new: Any, direction: Direction) -> Iterator[Change]:
        for name, before, after in _pairs(old.get("properties", {}), new.get("properties", {})):
            field = f"{place} .{name}"
            if before is None or after is None:
                yield _added_or_removed(field, before, "the field")
                continue
            was_required, is_required = (name in side.get("required", ()) for side in (old, new))
            if direction == "response" and was_required and not is_required:
                yield Change("breaking", field, "the field became optional")
            yield from self._schema(field, before, after, direction)

    def _types(self, place: str, old: Any, new: Any, direction: Direction) -> Iterator[Change]:
        before, after = _alternatives(old, self._old), _alternatives(new, self._new)
        added, removed = after.keys() - before.keys(), before.keys() - after.keys()
        if removed and direction == "request":
            yield Change("breaking", place, f"no longer accepts {', '.join(sorted(removed))}")
        elif added and direction == "response":
            yield Change("breaking", place, f"may be {', '.join(sorted(added))}")
        elif added or removed:
            yield Change("additive", place, "accepts or promises more")
        if any(word in side for side in (old, new) for word in _CHOICES):
            for name in before.keys() & after.keys():
                yield from self._schema(place, before[name], after[name], direction)

    def _codes(self, place: str, old: Any, new: Any, direction: Direction) -> Iterator[Change]:
        if old == new:
            return
        removed = [] if new is None else [code for code in old or () if code not in new]
        if direction == "request" and (removed or old is None):
            yield Change("breaking", place, f"no longer accepts {removed or 'every value'}")
        else:
            # The documentation tells clients to accept codes that they do not know.
            yield Change("additive", place, "its codes differ")


_CHOICES = ("anyOf", "oneOf")


def _alternatives(schema: Any, document: Document) -> dict[str, Any]:
    """The types and referenced schemas that a value may have, by name."""
    for word in _CHOICES:
        if word in schema:
            return {
                name: alternative
                for part in schema[word]
                for name, alternative in _alternatives(part, document).items()
            }
    if "$ref" in schema:
        return {schema["$ref"].rsplit("/", 1)[1]: schema}
    types = schema.get("type", "anything")
    return dict.fromkeys([types] if isinstance(types, str) else types, schema)


def _parameters(operation: Any, document: Document) -> dict[str, Any]:
    """The parameters of an operation by what identifies them."""
    parameters = [_resolved(item, document) for item in operation.get("parameters", ())]
    return {f"{item['in']} parameter {item['name']}": item for item in parameters}


def _resolved(value: Any, document: Document) -> Any:
    """A component in place of a reference to it."""
    if "$ref" not in value:
        return value
    _, _, section, name = value["$ref"].split("/")
    return document["components"][section][name]


def _added_or_removed(place: str, old: Any, subject: str) -> Change:
    if old is None:
        return Change("additive", place, f"{subject} was added")
    return Change("breaking", place, f"{subject} was removed")


def _pairs(old: Document, new: Document) -> Iterator[tuple[str, Any, Any]]:
    """Each key of either side with both values; `None` stands for an absent one."""
    for name in dict.fromkeys([*old, *new]):
        yield name, old.get(name), new.get(name)
