"""Codes are named in the OpenAPI document: enums, or strings with a link to their scheme."""

from typing import Any

import pytest
from typing_extensions import TypeAliasType

from app import vocabulary as v
from app.main import describe_app

NAMED = {
    name: value
    for name, value in vars(v).items()
    if isinstance(value, TypeAliasType) and value not in v.SCHEME_OF
}


@pytest.fixture(scope="module")
def schemas() -> Any:
    return describe_app().openapi()["components"]["schemas"]


def test_codes_that_programs_depend_on_are_enums(schemas: Any) -> None:
    for name in NAMED.keys() & schemas.keys():
        schema = schemas[name]
        assert schema.get("enum", [schema.get("const")]) == list(v.codes(NAMED[name])), name
        assert schema["description"], name


def test_a_code_of_a_scheme_is_a_string_with_a_pattern_an_example_and_a_link(schemas: Any) -> None:
    for alias, scheme in v.SCHEME_OF.items():
        schema = schemas[alias.__name__]
        assert schema.keys() == {"type", "pattern", "description", "examples"}
        assert schema["pattern"] == v.CODE_PATTERN
        assert f"(/v1/vocabularies/{scheme})" in schema["description"]


def test_fields_refer_to_their_vocabulary(schemas: Any) -> None:
    fields = schemas["FigureRecord"]["properties"]
    assert fields["qualifier"]["$ref"] == "#/components/schemas/Qualifier"
    assert fields["unit"]["$ref"] == "#/components/schemas/Unit"
    assert schemas["Attribution"]["properties"]["origin"]["$ref"].endswith("/Origin")


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
