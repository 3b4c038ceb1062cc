"""What changed between two OpenAPI 3.1 documents, and what it means for clients of the first.

breaking   a request that was understood may not be any more, or an answer may not be what its reader relied on
additive   something new that a client may ignore: fields, addresses, parameters, statuses, formats, codes in answers
wording    descriptions and examples, which are for people
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["breaking", "additive", "wording"]
Direction = Literal["request", "answer"]


@dataclass(frozen=True)
class Change:
    kind: Kind
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}: {self.what}"


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    if old == new:
        return []
    found = list(_Comparison(old, new).paths())
    return found or [Change("wording", "#", "descriptions or examples differ")]


class _Comparison:
    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, str]] = set()

    def paths(self) -> Iterator[Change]:
        for path, new, old in _pairs(self._new["paths"], self._old["paths"]):
            if old is None or new is None:
                yield _added_or_removed(path, old, "the address")
                continue
            for method, now, before in _pairs(new, old):
                where = f"{method.upper()} {path}"
                if before is None or now is None:
                    yield _added_or_removed(where, before, "the method")
                else:
                    yield from self._operation(where, before, now)

    def _operation(self, where: str, old: Any, new: Any) -> Iterator[Change]:
        if old.get("operationId") != new.get("operationId"):
            yield Change(
                "breaking",
                where,
                "operationId, which names the method of generated clients, differs",
            )
        yield from self._parameters(
            where, *({_key(p): p for p in side.get("parameters", ())} for side in (old, new))
        )
        for status, now, before in _pairs(new["responses"], old["responses"]):
            here = f"{where} {status}"
            if before is None or now is None:
                yield _added_or_removed(here, before, "the status")
                continue
            for header, _, was in _uncommon(now.get("headers", {}), before.get("headers", {})):
                yield _added_or_removed(f"{here} {header}", was, "the header")
            for media_type, is_now, was in _pairs(
                now.get("content", {}), before.get("content", {})
            ):
                if was is None or is_now is None:
                    yield _added_or_removed(f"{here} {media_type}", was, "the media type")
                else:
                    yield from self._schema(
                        f"{here} {media_type}", was["schema"], is_now["schema"], "answer"
                    )

    def _parameters(
        self, where: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Iterator[Change]:
        for name, now, before in _pairs(new, old):
            here = f"{where} {name}"
            if before is None:
                kind: Kind = "breaking" if now.get("required") else "additive"
                yield Change(kind, here, "the parameter was added")
            elif now is None:
                yield Change("breaking", here, "the parameter was removed")
            else:
                if now.get("required") and not before.get("required"):
                    yield Change("breaking", here, "the parameter became required")
                if (now.get("style"), now.get("explode")) != (
                    before.get("style"),
                    before.get("explode"),
                ):
                    yield Change("breaking", here, "several values are written in another way")
                yield from self._schema(here, before["schema"], now["schema"], "request")

    def _schema(self, where: str, old: Any, new: Any, direction: Direction) -> Iterator[Change]:
        pair = (direction, str(old.get("$ref")), str(new.get("$ref")))
        if "$ref" in old and "$ref" in new:
            if pair in self._seen:
                return
            self._seen.add(pair)
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        yield from self._types(where, old, new, direction)
        yield from self._codes(where, old.get("enum"), new.get("enum"), direction)
        for name, now, before in _pairs(new.get("properties", {}), old.get("properties", {})):
            here = f"{where} .{name}"
            if before is None or now is None:
                yield _added_or_removed(here, before, "the field")
                continue
            if (
                direction == "answer"
                and name in old.get("required", ())
                and name not in new.get("required", ())
            ):
                yield Change("breaking", here, "the field may be missing now")
            yield from self._schema(here, before, now, direction)
        for word in ("items", "additionalProperties"):
            if isinstance(old.get(word), dict) and isinstance(new.get(word), dict):
                yield from self._schema(f"{where}[]", old[word], new[word], direction)
        for word in ("pattern", "maxLength", "minLength", "minimum", "maximum", "const", "format"):
            if old.get(word) != new.get(word):
                narrower = direction == "answer" or word not in new
                yield Change("additive" if narrower else "breaking", where, f"{word} differs")

    def _types(self, where: str, old: Any, new: Any, direction: Direction) -> Iterator[Change]:
        before, now = _alternatives(old, self._old), _alternatives(new, self._new)
        allowed, gone = now.keys() - before.keys(), before.keys() - now.keys()
        if gone and direction == "request":
            yield Change("breaking", where, f"no longer accepts {', '.join(sorted(gone))}")
        elif allowed and direction == "answer":
            yield Change("breaking", where, f"may be {', '.join(sorted(allowed))} now")
        elif allowed or gone:
            yield Change("additive", where, "accepts or promises more")
        if "anyOf" in old or "anyOf" in new:
            for name in before.keys() & now.keys():
                yield from self._schema(where, before[name], now[name], direction)

    def _codes(self, where: str, old: Any, new: Any, direction: Direction) -> Iterator[Change]:
        if old == new:
            return
        gone = [] if new is None else [code for code in old or () if code not in new]
        if direction == "request" and (gone or old is None):
            yield Change("breaking", where, f"no longer accepts {gone or 'every value'}")
        else:
            # Clients are told to accept codes that they do not know.
            yield Change("additive", where, "its codes differ")


def _alternatives(schema: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    """What a value may be, by name: its types, or what it refers to."""
    if "anyOf" in schema:
        return {
            name: part
            for each in schema["anyOf"]
            for name, part in _alternatives(each, document).items()
        }
    if "$ref" in schema:
        return {schema["$ref"].rsplit("/", 1)[1]: schema}
    kinds = schema.get("type", "anything")
    return dict.fromkeys([kinds] if isinstance(kinds, str) else kinds, schema)


def _resolved(schema: Any, document: Mapping[str, Any]) -> Any:
    return (
        document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if "$ref" in schema
        else schema
    )


def _added_or_removed(place: str, old: Any, what: str) -> Change:
    return Change(
        "additive" if old is None else "breaking",
        place,
        f"{what} was {'added' if old is None else 'removed'}",
    )


def _key(parameter: Mapping[str, Any]) -> str:
    return f"{parameter['in']} parameter {parameter['name']}"


def _pairs(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys([*old, *new]):
        yield name, new.get(name), old.get(name)


def _uncommon(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    return (
        (name, now, before)
        for name, now, before in _pairs(new, old)
        if now is None or before is None
    )
