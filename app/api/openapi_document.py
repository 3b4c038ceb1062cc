"""The OpenAPI document: FastAPI's, folded once.

Values of a list are separated by commas, what several operations share is written once under
`components`, and responses have examples.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.examples import response_examples
from app.api.openapi import OpenAPIObject


def openapi_document(app: FastAPI) -> OpenAPIObject:
    """What `app.openapi` returns. It is made at the first call."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            contact=app.contact,
            license_info=app.license_info,
            tags=app.openapi_tags,
            routes=app.routes,
        )
        app.openapi_schema = fold(document)
    return app.openapi_schema


def fold(document: OpenAPIObject) -> OpenAPIObject:
    """Fold a document in place, and return it."""
    document["security"] = []
    examples = response_examples()
    for operation in _operations(document):
        for parameter in operation.get("parameters", ()):
            _fold_parameter(parameter)
        content = operation["responses"]["200"].get("content", {})
        for media_type, example in examples.get(operation["operationId"], {}).items():
            content[media_type]["example"] = example
    _fold_schemas(document)
    _drop_unused_schemas(document)
    # Responses come last: what is equal in them is a reference by then.
    components = document["components"]
    components["parameters"] = _share("parameters", _parameters(document))
    components["headers"] = _share("headers", _headers(document))
    components["responses"] = _share("responses", _responses(document))
    return document


def _operations(document: OpenAPIObject) -> Iterator[OpenAPIObject]:
    for methods in document["paths"].values():
        yield from methods.values()


def _fold_parameter(parameter: OpenAPIObject) -> None:
    schema = parameter["schema"]
    if schema.get("type") == "array":
        parameter |= {"style": "form", "explode": False}
    # FastAPI writes the description twice.
    if schema.get("description") == parameter.get("description"):
        del schema["description"]
    if not parameter["required"]:
        del parameter["required"]


def _fold_schemas(value: Any) -> None:
    """Leave out of all schemas within `value` what says nothing, or what clients must not rely on.

    Titles repeat the names of fields and models; fields need no examples beside those of whole
    responses. New fields may come at any time.
    """
    if isinstance(value, list):
        for part in value:
            _fold_schemas(part)
    if not isinstance(value, dict):
        return
    if value.keys() & {"type", "anyOf", "enum", "$ref", "oneOf"}:
        if isinstance(value.get("title"), str):
            del value["title"]
        if value.get("additionalProperties") is False:
            del value["additionalProperties"]
    for field in value.get("properties", {}).values():
        field.pop("examples", None)
    for name, part in value.items():
        if name not in ("example", "examples"):
            _fold_schemas(part)


def _drop_unused_schemas(document: OpenAPIObject) -> None:
    """Drop schemas without a reference: FastAPI describes the types of validated values, too."""
    schemas = document["components"]["schemas"]
    while unused := schemas.keys() - set(re.findall(r"/schemas/(\w+)", json.dumps(document))):
        for name in unused:
            del schemas[name]


# ----------------------------------------------------------------------------------- shared objects


@dataclass(frozen=True)
class Place:
    """Where an object stands in the document, and what it would be called as a component."""

    container: Any
    key: Any
    name: str
    tag: str

    @property
    def value(self) -> OpenAPIObject:
        value: OpenAPIObject = self.container[self.key]
        return value


def _parameters(document: OpenAPIObject) -> Iterator[Place]:
    for operation in _operations(document):
        parameters = operation.get("parameters", [])
        for index, parameter in enumerate(parameters):
            yield Place(parameters, index, parameter["name"], operation["tags"][0])


def _headers(document: OpenAPIObject) -> Iterator[Place]:
    for operation in _operations(document):
        for response in operation["responses"].values():
            headers = response.get("headers", {})
            for name in headers:
                yield Place(headers, name, name, operation["tags"][0])


def _responses(document: OpenAPIObject) -> Iterator[Place]:
    for operation in _operations(document):
        responses = operation["responses"]
        for status, response in responses.items():
            yield Place(responses, status, _response_name(status, response), operation["tags"][0])


def _response_name(status: str, response: OpenAPIObject) -> str:
    """The kind of a problem, else what the description says: "The file." is `File`."""
    if status == "default":
        return "Problem"
    problem = response.get("content", {}).get("application/problem+json")
    words = problem["example"]["type"].rsplit("/", 1)[1] if problem else response["description"]
    return "".join(word.title() for word in re.findall("[A-Za-z]+", words)).removeprefix("The")


def _share(section: str, places: Iterable[Place]) -> OpenAPIObject:
    """Replace objects that stand in several places by references; return them by name.

    Of different objects of one name, those of one tag get its name in front.
    """
    groups: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places:
        groups[json.dumps(place.value, sort_keys=True)].append(place)
    shared: OpenAPIObject = {}
    for group in groups.values():
        if len(group) == 1:
            continue
        first, tags = group[0], {place.tag for place in group}
        name = first.name if len(tags) > 1 else f"{first.tag}_{first.name}"
        number = sum(re.sub(r"_\d+$", "", taken) == name for taken in shared)
        name = f"{name}_{number + 1}" if number else name
        shared[name] = first.value
        for place in group:
            place.container[place.key] = {"$ref": f"#/components/{section}/{name}"}
    return shared
