"""The OpenAPI document is valid, complete and true."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api.embeds import RESOURCES_WITH_CARDS
from app.resources import RESOURCES
from tests.client import Api

pytestmark = pytest.mark.any_database

PROBLEM = "application/problem+json"


@pytest.fixture(scope="session")
def document(seed_api: Api) -> Any:
    return seed_api.json("/openapi.json")


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def query_parameters(operation: Any) -> list[Any]:
    return [item for item in operation.get("parameters", []) if item["in"] == "query"]


def test_it_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_operation_ids_are_stable(document: Any) -> None:
    expected = {
        "search", "get_timeline", "get_source_evidence", "list_changes", "list_datasets", "oembed",
        "get_index", "get_health", "get_readiness", "get_metrics", "get_schema", "get_context",
        "get_catalog", "get_problem_type", "list_problem_types",
    }  # fmt: skip
    for resource_type, resource in RESOURCES.items():
        expected |= {f"list_{resource.plural}", f"get_{resource_type}", f"cite_{resource_type}"}
        expected |= {f"list_{resource_type}_revisions", f"get_{resource_type}_revision"}
    for resource in RESOURCES_WITH_CARDS.values():
        expected |= {f"embed_{resource.type}", f"preview_{resource.type}"}
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert sorted(ids) == sorted(expected)


def test_every_field_has_a_description_and_an_example(document: Any) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        for field, described in schema.get("properties", {}).items():
            target = schemas[schema_name(described)] if "$ref" in described else {}
            assert described.get("description") or target.get("description"), (name, field)
            assert described.get("examples") or refers_to_schema(described), (name, field)


def schema_name(reference: Any) -> str:
    name: str = reference["$ref"].rsplit("/", 1)[1]
    return name


def refers_to_schema(schema: Any) -> bool:
    """Objects and lists of objects have the examples of their fields."""
    parts = [*schema.get("anyOf", []), schema.get("items"), schema.get("additionalProperties")]
    return "$ref" in schema or any(refers_to_schema(part) for part in parts if part)


@pytest.mark.slow
def test_every_parameter_has_a_description_and_an_example_that_is_accepted(
    seed_api: Api, document: Any
) -> None:
    for path, operation in operations(document):
        assert all(parameter["description"] for parameter in operation.get("parameters", [])), path
        for url, query in example_requests(seed_api, path, operation):
            response = seed_api.get(url, params=query)
            assert response.status_code == 200, (url, query, response.text)


@pytest.mark.slow
def test_every_response_conforms_to_its_schema(seed_api: Api, document: Any) -> None:
    for path, operation in operations(document):
        media_type, content = next(iter(operation["responses"]["200"]["content"].items()))
        if "json" not in media_type or "/citation" in path:
            continue
        for url, query in example_requests(seed_api, path, operation):
            if not {"format", "fields"} & query.keys():  # `fields` leaves required fields out
                body = seed_api.get(url, params=query).json()
                validator(document, content["schema"]).validate(body)


def test_every_problem_conforms_to_its_schema(seed_api: Api, document: Any) -> None:
    for path, operation in operations(document):
        url = example_path(seed_api, path)
        if url is None or path == "/oembed":  # which ignores parameters that it does not know
            continue
        problem = seed_api.get(url, params={"colour": "red"})
        assert problem.status_code == 422, url
        schema = operation["responses"]["422"]["content"][PROBLEM]["schema"]
        validator(document, schema).validate(problem.json())


def validator(document: Any, schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def test_every_error_is_documented_as_a_problem(document: Any) -> None:
    for path, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == [PROBLEM, "text/html"], (path, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_example_of_a_record_occurs_in_the_seed(seed_api: Api, document: Any) -> None:
    records = {resource.type: seed_api.all(resource.path) for resource in RESOURCES.values()}
    for resource_type, of_type in records.items():
        for field, examples in field_examples(document, f"{resource_type.title()}Record"):
            if not any(values_at(record, field) for record in of_type):
                continue
            # A part that several resource types share has the examples of one of them.
            values = [
                value
                for record in itertools.chain(*records.values())
                for value in values_of(record, field[-1])
            ]
            assert all(example in values for example in examples), (resource_type, field, examples)


def field_examples(
    document: Any, name: str, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Every field of a schema, also of nested ones, with its examples."""
    for key, schema in document["components"]["schemas"][name].get("properties", {}).items():
        field = (*prefix, key)
        if "examples" in schema:
            yield field, schema["examples"]
        for part in [schema, *schema.get("anyOf", []), schema.get("items", {})]:
            if "$ref" in part:
                yield from field_examples(document, schema_name(part), field)


def values_at(value: Any, field: tuple[str, ...]) -> list[Any]:
    if not field:
        return [value]
    if isinstance(value, list):
        return list(itertools.chain.from_iterable(values_at(item, field) for item in value))
    return values_at(value[field[0]], field[1:]) if isinstance(value, dict) else []


def values_of(value: Any, key: str) -> Iterator[Any]:
    """The values of `key` in all objects within `value`."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from values_of(item, key)


# ------------------------------------------------------------------------ requests from examples


def example_requests(api: Api, path: str, operation: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """A request without optional parameters, then one for each parameter, with its example."""
    url, required = example_path(api, path), required_query(api, path)
    if url is None:
        return
    yield url, required
    for parameter in query_parameters(operation):
        if parameter["name"] not in ("cursor", "limit"):
            yield url, {**required, parameter["name"]: example_value(api, parameter)}


def example_path(api: Api, path: str) -> str | None:
    """The path with an id of the seed; `None` if the seed has no such record."""
    if "{id}" not in path:
        return path.replace("{slug}", "invalid-query").replace("{resource}", "figure")
    path = path.replace("{number}", "1")
    records = api.json(re.sub("^/(embed|preview)/", "/v1/", path.split("/{id}")[0]))["data"]
    return path.replace("{id}", records[0]["id"]) if records else None


def required_query(api: Api, path: str) -> dict[str, str]:
    if path == "/v1/search":
        return {"q": "truce"}
    return {"url": example_path(api, "/v1/figures/{id}") or ""} if path == "/oembed" else {}


def example_value(api: Api, parameter: Any) -> str:
    if parameter["name"] == "known_at":
        # The only moment that every database knows is that of its own dataset.
        return str(api.snapshot.dataset.version)
    example = parameter["schema"]["examples"][0]
    if isinstance(example, bool):
        return str(example).lower()
    values = example if isinstance(example, list) else [example]
    return ",".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
