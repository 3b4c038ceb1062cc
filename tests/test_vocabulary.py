"""Vocabularies are named in the OpenAPI document: the closed ones enums, the open ones strings."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypeAliasType

from app import vocabulary as v
from app.main import describe_app

NAMED = {
    name: value
    for name, value in vars(v).items()
    if isinstance(value, TypeAliasType) and v.codes(value)
}
OPEN = {"SourceKind", "ActorKind", "PlaceKind", "EventType", "Act"}


@pytest.fixture(scope="module")
def schemas() -> Any:
    return describe_app().openapi()["components"]["schemas"]


def test_a_closed_vocabulary_is_an_enum_of_its_own(schemas: Any) -> None:
    for name in NAMED.keys() & schemas.keys() - OPEN:
        schema = schemas[name]
        assert schema.get("enum", [schema.get("const")]) == list(v.codes(NAMED[name])), name
        assert schema["description"], name


def test_an_open_vocabulary_is_a_string_with_a_pattern_and_an_example(schemas: Any) -> None:
    assert {name for name, vocabulary in NAMED.items() if v.is_open(vocabulary)} == OPEN
    for name in (*OPEN, "Measure", "Unit"):
        assert schemas[name].keys() == {"type", "pattern", "description", "examples"}, name
        assert schemas[name]["pattern"] == v.CODE_PATTERN


def test_fields_refer_to_their_vocabulary(schemas: Any) -> None:
    fields = schemas["FigureRecord"]["properties"]
    assert fields["qualifier"]["$ref"] == "#/components/schemas/Qualifier"
    assert fields["unit"]["$ref"] == "#/components/schemas/Unit"
    assert schemas["Attribution"]["properties"]["basis"]["$ref"].endswith("/AttributionBasis")


def test_no_schema_repeats_a_vocabulary(schemas: Any) -> None:
    assert not [
        (name, field)
        for name, schema in schemas.items()
        for field, described in schema.get("properties", {}).items()
        if "enum" in described
    ]


def test_unions_and_the_data_of_envelopes_are_named(schemas: Any) -> None:
    fields = schemas["FigureList"]["properties"], schemas["SearchHit"]["properties"]
    assert fields[0]["data"]["items"] == {"$ref": "#/components/schemas/FigureRecord"}
    assert fields[1]["record"]["$ref"] == "#/components/schemas/AnyRecord"
    assert schemas["FigureItem"]["properties"]["data"]["$ref"].endswith("/FigureRecord")


def test_the_curation_accepts_only_the_codes_of_an_open_vocabulary() -> None:
    kind: TypeAdapter[str] = TypeAdapter(v.EventType)
    assert kind.validate_python("meeting") == "meeting"
    with pytest.raises(ValidationError):
        kind.validate_python("picnic")
