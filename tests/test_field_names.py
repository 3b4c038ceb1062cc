"""A field name has one type in all documents: JSON, CSV and the tools of MCP."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.mcp.brief import brief
from app.mcp.tools import TOOLS
from app.resources import RESOURCES
from tests.client import Api

pytestmark = pytest.mark.any_database

CARRIERS = {"data", "record", "records", "history", "included", "links"}
"""What an envelope carries: records of the type that it is of, and the links that these have."""
KEYED = ("Links", "Included", "QueryDocument")
"""Schemas whose fields are names of other things: of links, resource types, parameters."""
STANDARDS = ("ProblemDocument", "ProblemTypeDocument", "OembedDocument", "CitationItem")
"""Schemas whose fields others name: RFC 9457, oEmbed, CSL-JSON."""
DATED_BY = {"date": "made_on"}
"""A column of several types of records: the field that dates each."""

Type = Any
"""A primitive type, the fields of an object, or a pair of `list` or `map` and the type inside."""


@pytest.fixture(scope="module")
def types(seed_api: Api) -> Mapping[str, set[Type]]:
    """The types of each field name in the OpenAPI document."""
    schemas = seed_api.json("/openapi.json")["components"]["schemas"]
    types: dict[str, set[Type]] = defaultdict(set)
    for name, schema in schemas.items():
        if not name.endswith(KEYED) and name not in STANDARDS:
            for field, described in schema.get("properties", {}).items():
                types[field] |= set(types_of(schemas, described))
    return types


def types_of(schemas: Any, schema: Any) -> Iterator[Type]:
    """The types of a value, without null."""
    if "$ref" in schema:
        yield from types_of(schemas, schemas[schema["$ref"].rsplit("/", 1)[1]])
    elif parts := schema.get("anyOf") or schema.get("oneOf"):
        for part in parts:
            yield from types_of(schemas, part)
    elif schema["type"] == "array":
        yield from (("list", inner) for inner in types_of(schemas, schema["items"]))
    elif isinstance(schema.get("additionalProperties"), dict):
        inside = types_of(schemas, schema["additionalProperties"])
        yield from (("map", inner) for inner in inside)
    elif schema["type"] == "object":
        yield frozenset(schema.get("properties", ()))
    elif schema["type"] != "null":
        yield schema["type"]


def is_one_type(types: set[Type]) -> bool:
    """Whether all are the same, or objects that have most of their fields in common."""
    if len(types) == 1:
        return True
    if all(isinstance(each, tuple) for each in types):
        kinds = {kind for kind, _ in types}
        return len(kinds) == 1 and is_one_type({inner for _, inner in types})
    if all(isinstance(each, frozenset) for each in types):
        return 2 * len(frozenset.intersection(*types)) >= min(len(each) for each in types)
    return False


def test_a_field_name_has_one_type_everywhere(types: Mapping[str, set[Type]]) -> None:
    several = {
        name: of_name
        for name, of_name in types.items()
        if name not in CARRIERS and not is_one_type(of_name)
    }
    assert several == {}


def test_a_column_is_named_as_in_json(seed_api: Api, types: Mapping[str, set[Type]]) -> None:
    source = seed_api.json("/v1/sources")["data"][0]["url"]
    for path in (
        *(resource.path for resource in RESOURCES.values()),
        *("/v1/timeline", "/v1/search", "/v1/changes", "/v1/datasets", "/v1/vocabularies"),
        *("/v1/vocabularies/unit", f"{source}/evidence", f"{source}/revisions"),
    ):
        query = "?q=gaza" if path.endswith("search") else ""
        header = seed_api.get(f"{path}.csv{query}").text.splitlines()[0]
        for column in header.split(","):
            names = column.split(".")
            assert has_value_at(types, types[DATED_BY.get(names[0], names[0])], names), column


def has_value_at(types: Mapping[str, set[Type]], of_name: set[Type], names: list[str]) -> bool:
    """Whether the name leads to plain values, or to an object with a field of the next name."""
    inner = set(of_name)
    while any(isinstance(each, tuple) for each in inner):
        if any(each[0] == "map" for each in inner if isinstance(each, tuple)):
            names = names[1:]
        inner = {each[1] if isinstance(each, tuple) else each for each in inner}
    if len(names) == 1:
        return bool(inner) and not any(isinstance(each, frozenset) for each in inner)
    return any(names[1] in each for each in inner if isinstance(each, frozenset)) and has_value_at(
        types, types[names[1]], names[1:]
    )


def test_tools_name_fields_as_the_api_does(seed_api: Api, types: Mapping[str, set[Type]]) -> None:
    for tool in TOOLS.values():
        for field, described in tool.returns.items():
            if field in types and field not in CARRIERS:
                assert set(types_of({}, described)) == types[field], (tool.name, field)
    for resource in RESOURCES.values():
        for record in seed_api.all(resource.path):
            shortened = brief(record)
            for field in shortened.keys() - {"left_out", "evidence"}:
                assert isinstance(shortened[field], type(record[field])), field
