"""The OpenAPI document is valid, complete, true, and small enough for the tools that read it."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api.embeds import RESOURCES_WITH_CARDS
from app.resources import RESOURCES
from app.vocabulary import CODE_PATTERN
from tests.client import Api

pytestmark = pytest.mark.any_database

JSON, PROBLEM = "application/json", "application/problem+json"
MAX_BYTES = 300_000
MAX_PARAMETERS = 40


@pytest.fixture(scope="session")
def document(seed_api: Api) -> Any:
    return seed_api.json("/openapi.json")


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    """Each path with its operation, whose parameters and responses are no references."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            parameters = [resolved(document, item) for item in operation.get("parameters", [])]
            responses = {
                status: resolved(document, response)
                for status, response in operation["responses"].items()
            }
            yield path, {**operation, "parameters": parameters, "responses": responses}


def resolved(document: Any, value: Any) -> Any:
    """A component in place of a reference to it."""
    if "$ref" not in value:
        return value
    _, _, section, name = value["$ref"].split("/")
    return resolved(document, document["components"][section][name])


def query_parameters(operation: Any) -> list[Any]:
    return [item for item in operation["parameters"] if item["in"] == "query"]


def parts_of(value: Any) -> Iterator[Any]:
    """Every object in a document, without examples."""
    if isinstance(value, dict):
        yield value
        value = [part for name, part in value.items() if name not in ("example", "examples")]
    if isinstance(value, list):
        for part in value:
            yield from parts_of(part)


# -------------------------------------------------------------------------------------------- form


def test_it_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_it_is_small(seed_api: Api) -> None:
    assert len(seed_api.get("/openapi.json").content) <= MAX_BYTES


def test_it_says_who_serves_it_and_that_it_needs_no_key(document: Any) -> None:
    assert document["security"] == []
    assert document["info"]["contact"]["name"]
    assert all(server["description"] for server in document["servers"])


def test_operation_ids_are_stable(document: Any) -> None:
    lists = {"search", "get_timeline", "list_source_evidence", "list_changes", "list_datasets"}
    lists |= {"list_vocabularies", "list_codes"}
    expected = {
        "get_oembed", "get_index", "get_health", "get_readiness", "get_metrics", "get_schema",
        "get_context", "get_catalog", "get_problem_type", "list_problem_types", "get_source_text",
    }  # fmt: skip
    for resource_type, resource in RESOURCES.items():
        lists |= {f"list_{resource.plural}", f"list_{resource_type}_revisions"}
        expected |= {f"get_{resource_type}", f"get_{resource_type}_as_file"}
        expected |= {f"cite_{resource_type}", f"get_{resource_type}_revision"}
    for resource in RESOURCES_WITH_CARDS.values():
        expected |= {f"embed_{resource.type}", f"preview_{resource.type}"}
    expected |= lists | {f"{name}_as_file" for name in lists}
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert sorted(ids) == sorted(expected)


def test_summaries_begin_with_what_an_operation_does(document: Any) -> None:
    for path, operation in operations(document):
        assert operation["summary"].split()[0] in ("List", "Get", "Search"), path
        assert operation["description"].endswith("."), path


def test_what_several_operations_share_is_written_once(document: Any) -> None:
    inline = [
        json.dumps(part, sort_keys=True)
        for methods in document["paths"].values()
        for operation in methods.values()
        for part in (
            *operation.get("parameters", ()),
            *operation["responses"].values(),
            *(
                header
                for response in operation["responses"].values()
                for header in response.get("headers", {}).values()
            ),
        )
        if "$ref" not in part
    ]
    assert sorted(inline) == sorted(set(inline))


def test_components_have_no_numbers_but_where_names_meet(document: Any) -> None:
    assert not [name for name in document["components"]["schemas"] if re.search(r"\d$", name)]


def test_enums_and_unions_have_names(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        for part in itertools.islice(parts_of(schema), 1, None):
            assert "enum" not in part, name
            kinds = [each for each in part.get("anyOf", []) if each != {"type": "null"}]
            assert len(kinds) <= 1, name


def test_new_fields_break_no_client(document: Any) -> None:
    schemas = parts_of(document["components"]["schemas"])
    assert all(schema.get("additionalProperties") is not False for schema in schemas)


def test_open_codes_are_texts_with_a_pattern_and_an_example(document: Any) -> None:
    for name in ("Measure", "Unit", "Act", "EventType", "PlaceKind", "ActorKind", "SourceKind"):
        schema = document["components"]["schemas"][name]
        assert (schema["type"], schema["pattern"]) == ("string", CODE_PATTERN), name
        assert schema["examples"], name


# -------------------------------------------------------------------------------------- parameters


def test_values_of_a_list_are_separated_by_commas(document: Any) -> None:
    for path, operation in operations(document):
        for parameter in query_parameters(operation):
            if parameter["schema"].get("type") == "array":
                form = parameter["style"], parameter["explode"]
                assert form == ("form", False), (path, parameter["name"])


def test_a_closed_filter_takes_codes_and_exclusions(document: Any) -> None:
    schema = document["components"]["schemas"]["VoiceFilter"]
    codes, excluded = schema["anyOf"]
    assert resolved(document, codes)["enum"] == ["article", "attributed", "ambiguous"]
    assert excluded == {"type": "string", "pattern": "^!(article|attributed|ambiguous)$"}


def test_parameters_are_few_and_the_main_ones_come_first(document: Any) -> None:
    for path, operation in operations(document):
        names = [parameter["name"] for parameter in query_parameters(operation)]
        assert len(names) <= MAX_PARAMETERS, path
        order = [name for name in names if name in ("q", "place", "event", "date", "sort")]
        assert order == sorted(order, key=["q", "place", "event", "date", "sort"].index), path
        paging = [name for name in names if name in ("total", "limit", "cursor")]
        rest = [name for name in names if name != "bom"]
        assert rest[len(rest) - len(paging) :] == paging, path


def test_a_format_is_a_named_enum(document: Any) -> None:
    for path, operation in operations(document):
        formats = [item for item in operation["parameters"] if item["name"] == "format"]
        if path.endswith("{format}"):
            assert formats[0]["schema"].keys() == {"$ref"}, path
            assert {"json", "csv"} <= set(resolved(document, formats[0]["schema"])["enum"])


@pytest.mark.slow
def test_every_parameter_has_a_description_and_an_example_that_is_accepted(
    seed_api: Api, document: Any
) -> None:
    for path, operation in operations(document):
        assert all(parameter["description"] for parameter in operation["parameters"]), path
        for url, query in example_requests(seed_api, document, path, operation):
            response = seed_api.get(url, params=query)
            assert response.status_code == 200, (url, query, response.text)


# --------------------------------------------------------------------------------------- responses


def test_a_url_without_a_suffix_is_described_as_json_alone(document: Any) -> None:
    others = (
        *("/metrics", "/preview/", "/citation", "/text"),
        *("/v1/schema/", "/v1/context", "/.well-known/"),
    )
    for path, operation in operations(document):
        if not path.endswith("{format}") and not any(part in path for part in others):
            assert list(operation["responses"]["200"]["content"]) == [JSON], path


def test_every_error_is_a_problem_and_nothing_else(document: Any) -> None:
    for path, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == [PROBLEM], (path, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_field_has_a_description(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            assert described.get("description") or resolved(document, described).get(
                "description"
            ), (name, field)


def test_descriptions_are_plain_english(document: Any) -> None:
    for part in parts_of(document):
        words = part.get("description")
        if isinstance(words, str):
            assert not re.search(r"\b(tells|not tell|told|tied|ties?|noun)\b", words), words


def test_every_response_has_an_example_that_conforms_to_its_schema(document: Any) -> None:
    for path, operation in operations(document):
        content = operation["responses"]["200"]["content"]
        examples = {name: part["example"] for name, part in content.items() if "example" in part}
        assert examples or "image/png" in content, path
        for media_type, example in examples.items():
            validator(document, content[media_type]["schema"]).validate(example)


@pytest.mark.slow
def test_every_response_conforms_to_its_schema(seed_api: Api, document: Any) -> None:
    for path, operation in operations(document):
        content = operation["responses"]["200"]["content"].get(JSON)
        if content is None or "/citation" in path or path.endswith("{format}"):
            continue
        for url, query in example_requests(seed_api, document, path, operation):
            if "fields" not in query:  # which leaves out required fields
                body = seed_api.get(url, params=query).json()
                validator(document, content["schema"]).validate(body)


def test_a_citation_as_json_conforms_to_its_schema(seed_api: Api, document: Any) -> None:
    for path, operation in operations(document):
        if path.endswith("/citation") and (url := example_path(seed_api, path)):
            content = operation["responses"]["200"]["content"]
            for media_type in (JSON, "application/vnd.citationstyles.csl+json"):
                response = seed_api.get(url, headers={"Accept": media_type})
                assert response.headers["content-type"] == media_type
                validator(document, content[media_type]["schema"]).validate(response.json())


def test_every_problem_conforms_to_its_schema(seed_api: Api, document: Any) -> None:
    for path, operation in operations(document):
        url = example_path(seed_api, path)
        if url is None or path == "/oembed":  # which ignores parameters that it does not know
            continue
        problem = seed_api.get(url, params={"colour": "red"})
        assert problem.status_code == 422, url
        schema = operation["responses"]["422"]["content"][PROBLEM]["schema"]
        validator(document, schema).validate(problem.json())


def test_no_client_that_accepts_what_is_documented_gets_406(seed_api: Api, document: Any) -> None:
    """Generated clients accept JSON where any response is JSON, else all that is documented."""
    for path, operation in operations(document):
        url, query = example_path(seed_api, path), required_query(seed_api, path)
        types = [
            media_type
            for response in operation["responses"].values()
            for media_type in response.get("content", {})
        ]
        accept = JSON if JSON in types else ",".join(types)
        if url is not None:
            response = seed_api.get(url, params=query, headers={"Accept": accept})
            assert response.status_code == 200, (url, accept)


def validator(document: Any, schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


# ---------------------------------------------------------------------------------- record schemas


def test_schemas_require_every_field_and_allow_new_ones(seed_api: Api) -> None:
    for resource in RESOURCES.values():
        schema = seed_api.json(f"/v1/schema/{resource.type}")
        for part in (schema, *schema["$defs"].values()):
            assert set(part.get("properties", ())) == set(part.get("required", ())), resource.type
        validator = Draft202012Validator(schema)
        for record in seed_api.all(resource.path):
            validator.validate({**record, "a_new_field": None})


def test_every_field_of_a_record_has_an_example_that_occurs_in_the_seed(seed_api: Api) -> None:
    records = {resource.type: seed_api.all(resource.path) for resource in RESOURCES.values()}
    for resource_type, of_type in records.items():
        schema = seed_api.json(f"/v1/schema/{resource_type}")
        for field, examples in field_examples(schema, schema):
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
    root: Any, schema: Any, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Every field of a schema, also of nested ones, with its examples."""
    for key, described in schema.get("properties", {}).items():
        field = (*prefix, key)
        if "examples" in described:
            yield field, described["examples"]
        direct = [described, described.get("items", {})]
        for part in [*direct, *itertools.chain.from_iterable(map(alternatives, direct))]:
            if "$ref" in part:
                yield from field_examples(root, root["$defs"][schema_name(part)], field)


def alternatives(schema: Any) -> list[Any]:
    return [*schema.get("anyOf", []), *schema.get("oneOf", [])]


def schema_name(reference: Any) -> str:
    name: str = reference["$ref"].rsplit("/", 1)[1]
    return name


def values_at(value: Any, field: tuple[str, ...]) -> list[Any]:
    if not field:
        return [value]
    if isinstance(value, list):
        return list(itertools.chain.from_iterable(values_at(item, field) for item in value))
    return values_at(value.get(field[0], []), field[1:]) if isinstance(value, dict) else []


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


def example_requests(
    api: Api, document: Any, path: str, operation: Any
) -> Iterator[tuple[str, dict[str, str]]]:
    """A request without optional parameters, then one for each parameter, with its example."""
    url, required = example_path(api, path), required_query(api, path)
    if url is None:
        return
    yield url, required
    examples = {
        parameter["name"]: example_value(api, document, parameter)
        for parameter in query_parameters(operation)
        if parameter["name"] not in ("cursor", "limit")
    }
    for name, example in examples.items():
        query = {**required, name: example}
        if name == "match_all":
            query[example] = examples[example]
        yield url.replace(".json", ".csv") if name == "bom" else url, query


def example_path(api: Api, path: str) -> str | None:
    """The path with an id of the seed; `None` if the seed has no such record."""
    path = path.replace("{format}", "json")
    if "{id}" not in path:
        for name, value in (("slug", "invalid-query"), ("resource", "figure"), ("scheme", "unit")):
            path = path.replace(f"{{{name}}}", value)
        return path
    path = path.replace("{number}", "1")
    listing = re.sub("^/(embed|preview)/", "/v1/", path.split("/{id}")[0])
    records = api.json(f"{listing}?text_access=full" if path.endswith("/text") else listing)["data"]
    return path.replace("{id}", records[0]["id"]) if records else None


def required_query(api: Api, path: str) -> dict[str, str]:
    if path.startswith("/v1/search"):
        return {"q": "truce"}
    return {"url": example_path(api, "/v1/figures/{id}") or ""} if path == "/oembed" else {}


def example_value(api: Api, document: Any, parameter: Any) -> str:
    """An example; of an enum, which needs none, its first value."""
    if parameter["name"] == "known_at":
        # The only moment that every database knows is that of its own dataset.
        return str(api.snapshot.dataset.version)
    schema = parameter["schema"]
    if "examples" in schema:
        example = schema["examples"][0]
    else:
        codes = resolved(document, schema.get("items", schema))
        example = codes.get("const") or codes["enum"][0]
    if isinstance(example, bool):
        return str(example).lower()
    values = example if isinstance(example, list) else [example]
    return ",".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
