"""OpenAPI 3.1, made from the declarations: what each address takes and answers. The contract tests hold it to the truth."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, create_model

from app import __version__
from app.errors import KINDS, ProblemKind
from app.query.parser import DEFAULT_LIMIT, LARGEST_LIMIT
from app.resources import RESOURCES, Filter, Include, Resource
from app.resources.declare import SLUG_VALUE
from app.resources.shared import Record
from app.vocabulary import Noun
from app.web.problems import MEDIA_TYPE, ProblemDocument

DESCRIPTION = """\
Who did what, who said what, and how many, as of when, according to whom: news reports as records that software can cite.
Every record carries the exact words of its source and where they stand in it.

A record says *source S states X*, never that X is true. `quote_verified` means that the quote stands at those offsets in
that text, and nothing more. Read-only, no key; unknown parameters are refused, never ignored.
"""


class DatasetDocument(BaseModel):
    version: str = Field(description="Hash of all records: equal data have equal versions.", examples=["DATASET"])


class QueryDocument(BaseModel):
    """The query as it was understood."""

    filters: dict[str, list[str]] = Field(description="The filters.", examples=[{"qualifier": ["over"]}])
    sort: list[str] = Field(description="What the list is sorted by.", examples=[["id"]])
    limit: int = Field(description="How many records a page has at most.", examples=[DEFAULT_LIMIT])
    sentence: str = Field(description="The query in plain words.", examples=["figures with qualifier over, by id"])


class ListLinks(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    self_: str = Field(alias="self", description="This page.", examples=["/v1/figures?qualifier=over"])
    first: str = Field(description="The first page.", examples=["/v1/figures?qualifier=over"])
    prev: str | None = Field(description="The page before; null: this is the first.", examples=[None])
    next: str | None = Field(description="The page behind; null: this is the last.", examples=[None])


class ItemLinks(BaseModel):
    self_: str = Field(alias="self", description="This record.", examples=["/v1/actors/iran"])
    collection: str = Field(description="All records of its noun.", examples=["/v1/actors"])


class IndexEntry(BaseModel):
    href: str = Field(description="Where the list is.", examples=["/v1/figures"])
    description: str = Field(description="What it lists.", examples=[RESOURCES["figure"].description])
    count: int = Field(description="How many records it has.", examples=[8])


class IndexLinks(BaseModel):
    openapi: str = Field(description="The OpenAPI document.", examples=["/openapi.json"])
    docs: str = Field(description="The interactive documentation.", examples=["/docs"])
    self_: str = Field(alias="self", description="This index.", examples=["/v1"])


class IndexDocument(BaseModel):
    resources: dict[str, IndexEntry] = Field(description="The nouns, by their plural.")
    dataset: DatasetDocument = Field(description="What is served.")
    links: IndexLinks = Field(description="Where to go on.")


class HealthDocument(BaseModel):
    status: str = Field(description="`ok`: the process answers.", examples=["ok"])


class ReadinessDocument(BaseModel):
    status: str = Field(description="`ready`: the data can be read.", examples=["ready"])
    dataset: DatasetDocument = Field(description="What is served.")


class ProblemTypeDocument(BaseModel):
    type: str = Field(description="The kind of problem.", examples=["invalid-query"])
    status: int = Field(description="The HTTP status that it comes with.", examples=[422])
    title: str = Field(description="The kind of problem, in short.", examples=["The query is not understood"])
    explanation: str = Field(
        description="What it means, and the way out.", examples=[KINDS["invalid-cursor"].explanation]
    )


def _with_url(resource: Resource) -> type[Record]:
    example = next(item.example for item in resource.filters if item.name == "id")
    url = Field(description="Where this record is served.", examples=[f"{resource.path}/{example}"])
    name = f"{resource.noun.title()}Record"
    return create_model(name, __base__=resource.record, __doc__=resource.description, url=(str, url))


_RECORDS: dict[Noun, type[Record]] = {noun: _with_url(resource) for noun, resource in RESOURCES.items()}
_BY_ID = "Records by id."


def _included_model(resource: Resource) -> Any:
    nouns = {include.noun for include in resource.includes}
    fields: dict[str, Any] = {
        RESOURCES[noun].plural: (
            dict[str, _RECORDS[noun]] | None,  # type: ignore[valid-type]
            Field(default=None, description=_BY_ID),
        )
        for noun in RESOURCES
        if noun in nouns
    }
    return create_model(f"{resource.noun.title()}Included", **fields)


def _envelopes(resource: Resource) -> tuple[type[BaseModel], type[BaseModel]]:
    record, name = _RECORDS[resource.noun], resource.noun.title()
    shared: dict[str, Any] = {"dataset": (DatasetDocument, Field(description="What was asked."))}
    if resource.includes:
        description = "The records asked for by `include`, by noun and id; absent unless asked for."
        shared["included"] = (_included_model(resource), Field(default=None, description=description))
    listing = create_model(
        f"{name}List",
        data=(list[record], Field(description=f"The {resource.plural} of this page.")),  # type: ignore[valid-type]
        total=(int, Field(description="How many match; a lower bound where `total_exact` is false.", examples=[8])),
        total_exact=(
            bool,
            Field(description="Whether `total` is exact; beyond 1,000 nobody counts on.", examples=[True]),
        ),
        query=(QueryDocument, Field(description="The query as it was understood.")),
        links=(ListLinks, Field(description="Where the list goes on.")),
        **shared,
    )
    item = create_model(
        f"{name}Item",
        data=(record, Field(description=f"The {resource.noun}.")),
        links=(ItemLinks, Field(description="Where to go on.")),
        **shared,
    )
    return listing, item


_ENVELOPES = {noun: _envelopes(resource) for noun, resource in RESOURCES.items()}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    first = {kind.status: kind for kind in reversed(KINDS.values())}
    return {status: _problem(first[status]) for status in (*statuses, 405, 500)}


def _problem(kind: ProblemKind) -> dict[str, Any]:
    example = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.explanation,
        "instance": "/v1/figures",
    }
    return {
        "model": ProblemDocument,
        "description": kind.title,
        "content": {"application/json": {"example": example}},
    }


def _answers(model: type[BaseModel], description: str, *problems: int) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model, "description": description}, **_problems(*problems)}


def _includes_parameter(includes: tuple[Include, ...]) -> dict[str, Any]:
    choices = [include.name for include in includes]
    listed = "\n".join(f"- `{include.name}`: {include.description}" for include in includes)
    return {
        "name": "include",
        "in": "query",
        "description": f"Records to send along under `included`, beside the data.\n{listed}",
        # The example stands in the schema: one beside it would be filled into the forms of documentation pages, which
        # would then ask for all examples at once.
        "schema": {"type": "array", "items": {"type": "string", "enum": choices}, "examples": [choices[:1]]},
        "style": "form",
        "explode": False,
    }


def _example(item: Filter) -> str | float:
    return float(item.example) if item.kind.schema["type"] == "number" else item.example


def of_list(resource: Resource) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {
            "name": item.name,
            "in": "query",
            "description": f"{item.description} E.g. `{item.example}`; several values, separated by commas: any of them.",
            "schema": {"type": "array", "items": item.kind.schema, "minItems": 1, "examples": [[_example(item)]]},
            "style": "form",
            "explode": False,
        }
        for item in resource.filters
    ]
    if resource.includes:
        parameters.append(_includes_parameter(resource.includes))
    parameters += [
        {
            "name": "limit",
            "in": "query",
            "description": "How many records a page has at most.",
            "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
        },
        {
            "name": "cursor",
            "in": "query",
            "description": "Where the list goes on: take it from `links.next` or `links.prev`, with the same filters.",
            "schema": {"type": "string", "minLength": 1},
        },
    ]
    return {
        "methods": ["GET"],
        "operation_id": f"list_{resource.plural}",
        "name": f"list_{resource.plural}",
        "tags": [resource.plural],
        "summary": f"List {resource.plural}",
        "description": resource.description,
        "responses": _answers(_ENVELOPES[resource.noun][0], f"A page of {resource.plural}.", 410, 422, 503),
        "openapi_extra": {"parameters": parameters},
    }


def of_item(resource: Resource) -> dict[str, Any]:
    example = next(item.example for item in resource.filters if item.name == "id")
    parameters: list[dict[str, Any]] = [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "description": f"Id of the {resource.noun}.",
            "schema": SLUG_VALUE.schema,
            "example": example,
        }
    ]
    if resource.includes:
        parameters.append(_includes_parameter(resource.includes))
    return {
        "methods": ["GET"],
        "operation_id": f"get_{resource.noun}",
        "name": f"get_{resource.noun}",
        "tags": [resource.plural],
        "summary": f"One {resource.noun}",
        "description": f"One {resource.noun} with its evidence.",
        "responses": _answers(_ENVELOPES[resource.noun][1], f"The {resource.noun}.", 404, 422, 503),
        "openapi_extra": {"parameters": parameters},
    }


def of_index() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "get_index",
        "tags": ["about"],
        "summary": "What is served, and where",
        "responses": _answers(IndexDocument, "The index.", 422),
    }


def of_health() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "get_health",
        "tags": ["about"],
        "summary": "Whether the process answers",
        "responses": _answers(HealthDocument, "It does."),
    }


def of_readiness() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "get_readiness",
        "tags": ["about"],
        "summary": "Whether the data can be read",
        "responses": _answers(ReadinessDocument, "It can.", 503),
    }


def of_problem_type() -> dict[str, Any]:
    parameter = {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "The kind of problem.",
        "schema": {"type": "string", "enum": list(KINDS)},
        "example": "invalid-query",
    }
    return {
        "methods": ["GET"],
        "operation_id": "get_problem_type",
        "tags": ["about"],
        "summary": "What a kind of problem means",
        "responses": _answers(ProblemTypeDocument, "Its explanation.", 404),
        "openapi_extra": {"parameters": [parameter]},
    }


class DescribedApp(FastAPI):
    """FastAPI, whose document says of errors what we answer: problem+json, and never its own validation error."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
            for path in document["paths"].values():
                for operation in path.values():
                    for status, answer in operation["responses"].items():
                        if status >= "400":
                            answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
            self.openapi_schema = document
        return self.openapi_schema


def described_app() -> DescribedApp:
    tags = [{"name": resource.plural, "description": resource.description} for resource in RESOURCES.values()]
    return DescribedApp(
        title="On Record",
        version=__version__,
        summary="News reports as records that software can cite.",
        description=DESCRIPTION,
        openapi_tags=[*tags, {"name": "about", "description": "The service itself."}],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
