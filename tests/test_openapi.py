"""The OpenAPI document is valid, complete and true."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from app.presentation import cards as cards
from app.resources import RESOURCES
from tests.client import Api

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="session")
def document(seed_api: Api) -> Any:
    return seed_api.json("/openapi.json")


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def test_it_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    try:
        OpenAPIV31SpecValidator(document).validate()
    except OpenAPIValidationError as error:
        pytest.fail(str(error))


def test_operation_ids_are_stable(document: Any) -> None:
    ids = sorted(operation["operationId"] for _, operation in operations(document))
    nouns = [f"get_{noun}" for noun in RESOURCES] + [f"list_{r.plural}" for r in RESOURCES.values()]
    across = ["search", "get_timeline", "get_source_evidence"]
    across += ["list_changes", "list_datasets", *(f"list_{noun}_revisions" for noun in RESOURCES)]
    across += [f"get_{noun}_revision" for noun in RESOURCES]
    across += [f"cite_{noun}" for noun in RESOURCES]
    across += [f"{verb}_{noun}" for verb in ("embed", "preview") for noun in cards.CARD_TYPES] + [
        "oembed"
    ]
    across += ["list_problem_types", "get_schema", "get_context", "get_catalog", "get_metrics"]
    assert ids == sorted(
        [*nouns, *across, "get_health", "get_index", "get_problem_type", "get_readiness"]
    )


def test_every_field_has_a_description_and_an_example(document: Any) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        for field, described in schema.get("properties", {}).items():
            where = f"{name}.{field}"
            named = schemas[described["$ref"].rsplit("/", 1)[1]] if "$ref" in described else {}
            assert described.get("description") or named.get("description"), where
            assert described.get("examples") or is_composed(described), where


def is_composed(schema: Any) -> bool:
    """Objects and lists of objects are exemplified by their own fields."""
    parts = [
        *schema.get("anyOf", []),
        schema.get("items") or {},
        schema.get("additionalProperties") or {},
    ]
    return "$ref" in schema or any(
        is_composed(part) for part in parts if part and isinstance(part, dict)
    )


def example_path(api: Api, path: str) -> str | None:
    """The address with a real id in it; null where the seed has no such record."""
    if "{id}" not in path:
        return path.replace("{slug}", "invalid-query").replace("{noun}", "figure")
    path = path.replace("{number}", "1")
    listed = api.json(re.sub("^/(embed|preview)/", "/v1/", path.split("/{id}")[0]))["data"]
    return path.replace("{id}", listed[0]["id"]) if listed else None


def needed_by(path: str, api: Api) -> dict[str, str]:
    """What an address cannot be asked without."""
    figure = example_path(api, "/v1/figures/{id}") if path == "/oembed" else None
    return {"/v1/search": {"q": "truce"}, "/oembed": {"url": figure or ""}}.get(path, {})


def example_of(parameter: Any, api: Api) -> Any:
    """What was known when depends on the data: only the dataset that is there is known for sure."""
    known = {"known_at": api.snapshot.dataset.version}
    return known.get(parameter["name"]) or parameter["schema"]["examples"][0]


def as_sent(example: Any) -> str:
    if isinstance(example, bool):
        return str(example).lower()
    values = example if isinstance(example, list) else [example]
    return ",".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)


def test_every_parameter_has_a_description_and_an_example_that_is_accepted(
    seed_api: Api, document: Any
) -> None:
    for path, operation in operations(document):
        address = example_path(seed_api, path)
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (path, parameter["name"])
            if (
                parameter["in"] == "query"
                and parameter["name"] not in ("cursor", "limit")
                and address
            ):
                example = example_of(parameter, seed_api)
                needed = needed_by(path, seed_api)
                response = seed_api.get(
                    address, params={**needed, parameter["name"]: as_sent(example)}
                )
                assert response.status_code == 200, (address, parameter["name"], response.text)


def test_every_example_of_a_record_is_real(seed_api: Api, document: Any) -> None:
    """The example of every field stands in a record of the seed, at that field. (Statements come with the rest of it.)"""
    records = {r.type: seed_api.all(r.path) for r in RESOURCES.values()}
    schemas = document["components"]["schemas"]
    for noun, resource in RESOURCES.items():
        if not records[noun]:
            continue
        for name, where in walk_schema(schemas, f"{noun.title()}Record"):
            for example in name["examples"]:
                found = [value for record in records[noun] for value in values_at(record, where)]
                if not found:
                    continue  # no record of the seed has the part that the field belongs to
                assert example in found or elsewhere(records, where, example), (
                    f"{resource.type} {'.'.join(where)}: {example!r}"
                )


def walk_schema(
    schemas: Any, name: str, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for field, schema in schemas[name]["properties"].items():
        where = (*prefix, field)
        if "examples" in schema:
            yield schema, where
        parts = [schema, *schema.get("anyOf", []), schema.get("items", {})]
        for part in parts:
            if "$ref" in part:
                yield from walk_schema(schemas, part["$ref"].rsplit("/", 1)[1], where)


def values_at(value: Any, where: tuple[str, ...]) -> list[Any]:
    if isinstance(value, list) and where:
        return list(itertools.chain.from_iterable(values_at(item, where) for item in value))
    if not where:
        return [value]
    return values_at(value[where[0]], where[1:]) if isinstance(value, dict) else []


def elsewhere(records: Any, where: tuple[str, ...], example: Any) -> bool:
    """A part that several nouns share is exemplified once, by one of them."""
    tail = where[-1:]
    return any(
        example in values_of_key(record, tail[0]) for group in records.values() for record in group
    )


def values_of_key(value: Any, key: str) -> list[Any]:
    if isinstance(value, dict):
        own = [value[key]] if key in value else []
        return own + [found for inner in value.values() for found in values_of_key(inner, key)]
    if isinstance(value, list):
        return [found for item in value for found in values_of_key(item, key)]
    return []


def test_every_documented_answer_is_what_is_answered(seed_api: Api, document: Any) -> None:
    """Bodies hold to the schema that the document gives them."""
    from jsonschema import Draft202012Validator

    for path, operation in operations(document):
        asked = example_path(seed_api, path)
        if (
            asked is None or path == "/metrics" or path.endswith(("/citation", ".png"))
        ):  # which are no JSON
            continue
        needed = needed_by(path, seed_api)
        examples = {
            parameter["name"]: as_sent(example_of(parameter, seed_api))
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "query" and parameter["name"] not in ("cursor", "limit")
        }
        for query in [{}, *({name: example} for name, example in examples.items())]:
            if "format" in query:
                continue
            body = seed_api.get(asked, params={**needed, **query}).json()
            content = operation["responses"]["200"]["content"]
            schema = next(iter(content.values()))["schema"]
            Draft202012Validator({**schema, "components": document["components"]}).validate(body)
        problem = seed_api.get(f"{asked}?colour=red")
        if problem.status_code != 200:
            schema = operation["responses"]["422"]["content"]["application/problem+json"]["schema"]
            Draft202012Validator({**schema, "components": document["components"]}).validate(
                problem.json()
            )


def test_errors_are_documented_as_problems_and_nothing_else(document: Any) -> None:
    for path, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json", "text/html"], (
                    path,
                    status,
                )
    assert "HTTPValidationError" not in document["components"]["schemas"]
