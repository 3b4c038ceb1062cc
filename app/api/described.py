"""The second registration of every endpoint, which describes it; the routers replace it."""

from collections.abc import Iterator
from typing import Any, get_args

from fastapi import FastAPI, Response
from starlette.routing import Route

from app.api.embeds import PNG, RESOURCES_WITH_CARDS
from app.api.openapi import (
    CITATION_HEADERS,
    LIVE_HEADERS,
    RECORD_HEADERS,
    OpenAPIObject,
    document_responses,
    facets_parameter,
    format_parameter,
    item_parameters,
    list_parameters,
    list_responses,
    not_modified,
    ok,
    problems,
    query_parameter,
    renamed,
)
from app.formats.jsonld import CONTEXT_PATH
from app.formats.registry import (
    OF_CHANGES,
    OF_DOCUMENTS,
    OF_HISTORY,
    OF_HITS,
    OF_LISTS,
    OF_QUOTES,
    OF_RECORDS,
    OF_TIMELINE,
)
from app.presentation.citations import STYLES
from app.problems import (
    INVALID_QUERY,
    KINDS,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    NOT_IMPLEMENTED,
    NOT_READY,
    TOO_SLOW,
    WITHDRAWN,
)
from app.resources import RESOURCES, Resource
from app.resources.declarations import MOMENT_VALUE, SLUG_VALUE
from app.resources.fields import DAY_PATTERN
from app.resources.lists import (
    CHANGES,
    DATASETS,
    FACETS,
    REVISIONS,
    SEARCH,
    SOURCE_EVIDENCE,
    TIMELINE,
)
from app.schemas.cards import CardDocument, OembedDocument
from app.schemas.envelopes import ITEM_MODELS, LIST_MODELS
from app.schemas.evidence import SourceEvidence
from app.schemas.history import Changes, Datasets, RevisionItem, Revisions
from app.schemas.meta import HealthDocument, IndexDocument, ReadinessDocument
from app.schemas.problems import ProblemTypeDocument, ProblemTypesDocument
from app.schemas.search import SearchResults
from app.schemas.timeline import Timeline
from app.vocabulary import Theme


def path_parameter(
    name: str, description: str, schema: OpenAPIObject, example: Any
) -> OpenAPIObject:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def id_parameter(resource: Resource) -> OpenAPIObject:
    """The same as an OpenAPI parameter."""
    description = f"Id of the {resource.type}."
    return path_parameter(
        "id",
        description,
        SLUG_VALUE.schema,
        next(item.example for item in resource.filters if item.name == "id"),
    )


def of_list(resource: Resource) -> dict[str, Any]:
    return {
        "operation_id": f"list_{resource.plural}",
        "name": f"list_{resource.plural}",
        "tags": [resource.plural],
        "summary": f"List {resource.plural}",
        "description": resource.description,
        "response_model": LIST_MODELS[resource.type],
        "responses": list_responses(f"A page of {resource.plural}.", OF_LISTS),
        "openapi_extra": {"parameters": list_parameters(resource, OF_LISTS)},
    }


def of_timeline() -> dict[str, Any]:
    return {
        "operation_id": "get_timeline",
        "tags": ["across"],
        "summary": "Events, statements and figures in chronological order",
        "description": TIMELINE.description,
        "response_model": Timeline,
        "responses": list_responses("A page of the timeline.", OF_TIMELINE),
        "openapi_extra": {"parameters": list_parameters(TIMELINE, OF_TIMELINE)},
    }


def of_search() -> dict[str, Any]:
    return {
        "operation_id": "search",
        "tags": ["across"],
        "summary": "Search everything",
        "description": SEARCH.description,
        "response_model": SearchResults,
        "responses": list_responses("A page of search results.", OF_HITS),
        "openapi_extra": {"parameters": list_parameters(SEARCH, OF_HITS)},
    }


def of_changes() -> dict[str, Any]:
    return {
        "operation_id": "list_changes",
        "tags": ["history"],
        "summary": "Everything that was recorded",
        "description": CHANGES.description,
        "response_model": Changes,
        "responses": list_responses("A page of changes.", OF_CHANGES),
        "openapi_extra": {"parameters": list_parameters(CHANGES, OF_CHANGES)},
    }


def of_datasets() -> dict[str, Any]:
    return {
        "operation_id": "list_datasets",
        "tags": ["history"],
        "summary": "Every dataset that was served",
        "description": DATASETS.description,
        "response_model": Datasets,
        "responses": list_responses("A page of datasets.", OF_HISTORY),
        "openapi_extra": {"parameters": list_parameters(DATASETS, OF_HISTORY)},
    }


def of_revisions(resource: Resource) -> dict[str, Any]:
    return {
        "operation_id": f"list_{resource.type}_revisions",
        "name": f"list_{resource.type}_revisions",
        "tags": ["history"],
        "summary": f"Every revision of one {resource.type}",
        "description": REVISIONS.description,
        "response_model": Revisions,
        "responses": {
            **list_responses("A page of revisions.", OF_HISTORY),
            **problems(NOT_FOUND),
        },
        "openapi_extra": {
            "parameters": [id_parameter(resource), *list_parameters(REVISIONS, OF_HISTORY)]
        },
    }


def of_revision(resource: Resource) -> dict[str, Any]:
    number = path_parameter(
        "number", "Counts from 1.", {"type": "integer", "minimum": 1, "maximum": 999_999_999}, 1
    )
    return {
        "operation_id": f"get_{resource.type}_revision",
        "name": f"get_{resource.type}_revision",
        "tags": ["history"],
        "summary": f"One {resource.type} as it was served once",
        "description": "A revision never changes and is kept after the record is withdrawn.",
        "response_model": RevisionItem,
        "responses": document_responses("The revision.", NOT_FOUND, TOO_SLOW, formats=OF_DOCUMENTS),
        "openapi_extra": {
            "parameters": [id_parameter(resource), number, format_parameter(OF_DOCUMENTS)]
        },
    }


def of_citation(resource: Resource) -> dict[str, Any]:
    styles_by_type: dict[str, list[str]] = {}
    for style, row in STYLES.items():
        styles_by_type.setdefault(row.media_type, []).append(f"`{style}`")
    styles = "; ".join(
        f"{', '.join(names)}: {media_type.partition(';')[0]}"
        for media_type, names in styles_by_type.items()
    )
    parameters = [
        id_parameter(resource),
        query_parameter(
            "style",
            f"Citation style; overrides `Accept`. {styles}. Default: the style that `Accept`"
            " prefers, `sentence` first.",
            {"type": "string", "enum": list(STYLES), "examples": ["apa"]},
        ),
        query_parameter(
            "accessed",
            "Day of access; default: today in UTC. Not before the revision was recorded.",
            {
                "type": "string",
                "format": "date",
                "pattern": DAY_PATTERN,
                "examples": ["2026-11-24"],
            },
        ),
        query_parameter(
            "known_at",
            "Cite the revision of this instant, of the end of this day (UTC), or of this dataset"
            " version.",
            {**MOMENT_VALUE.schema, "examples": ["2026-11-24"]},
        ),
    ]
    content: dict[str, OpenAPIObject] = {
        media_type: {"type": "array", "items": {"type": "object"}}
        if "json" in media_type
        else {"type": "string"}
        for media_type in styles_by_type
    }
    return {
        "operation_id": f"cite_{resource.type}",
        "name": f"cite_{resource.type}",
        "tags": [resource.plural],
        "summary": f"How to cite one {resource.type}",
        "description": f"A citation of the {resource.type} with the permanent URL of its revision: what"
        " it says, as of when, according to whom, in which source. It says so where the source"
        " does not name these.",
        "response_class": Response,
        "responses": {
            **ok("The citation.", content=content, headers=CITATION_HEADERS),
            **not_modified(CITATION_HEADERS),
            **renamed(),
            **problems(NOT_FOUND, NOT_ACCEPTABLE, WITHDRAWN, TOO_SLOW),
        },
        "openapi_extra": {"parameters": parameters},
    }


def of_card(resource: Resource) -> dict[str, Any]:
    theme = query_parameter(
        "theme",
        "Colours of the HTML card: those of the reader's system (default), or fixed ones.",
        {"type": "string", "enum": list(get_args(Theme)), "examples": ["dark"]},
    )
    return {
        "operation_id": f"embed_{resource.type}",
        "tags": [resource.plural],
        "summary": f"One {resource.type} as a card for other pages",
        "description": f"The current {resource.type} with its caveats and corrections: as HTML for an"
        " iframe, which posts its height to the page; as JSON for the web component.",
        "response_model": CardDocument,
        "responses": {
            **document_responses("The card.", NOT_FOUND, WITHDRAWN, TOO_SLOW, formats=OF_DOCUMENTS),
            **renamed(),
        },
        "openapi_extra": {
            "parameters": [id_parameter(resource), theme, format_parameter(OF_DOCUMENTS)]
        },
    }


def of_preview(resource: Resource) -> dict[str, Any]:
    return {
        "operation_id": f"preview_{resource.type}",
        "tags": [resource.plural],
        "summary": f"One {resource.type} as a picture",
        "description": "The card, as far as it fits, for previews of links.",
        "response_class": Response,
        "responses": {
            **document_responses(
                "The picture, 1200 by 630 pixels.",
                NOT_FOUND,
                WITHDRAWN,
                TOO_SLOW,
                content={PNG: {"type": "string", "format": "binary"}},
            ),
            **renamed(),
        },
        "openapi_extra": {"parameters": [id_parameter(resource)]},
    }


def of_oembed() -> dict[str, Any]:
    pixels = {"type": "integer", "minimum": 1, "maximum": 99999, "examples": [480]}
    figure = next(item.example for item in RESOURCES["figure"].filters if item.name == "id")
    url = {"type": "string", "examples": [f"/v1/figures/{figure}"]}
    return {
        "operation_id": "oembed",
        "tags": ["about"],
        "summary": "What a consumer of oEmbed 1.0 may show for a URL",
        "description": "Of type `rich`: an iframe with the card. Parameters that consumers add have no"
        " effect; `not_read` names them.",
        "response_model": OembedDocument,
        "responses": document_responses(
            "The oEmbed response.", NOT_FOUND, WITHDRAWN, NOT_IMPLEMENTED, TOO_SLOW
        ),
        "openapi_extra": {
            "parameters": [
                query_parameter("url", "URL of a record or of its card.", url, required=True),
                query_parameter(
                    "format",
                    "`json`; any other format, including `xml`, is 501.",
                    {"type": "string", "enum": ["json"], "examples": ["json"]},
                ),
                query_parameter("maxwidth", "Maximum width of the iframe in CSS pixels.", pixels),
                query_parameter("maxheight", "Maximum height of the iframe in CSS pixels.", pixels),
            ]
        },
    }


def of_source_evidence() -> dict[str, Any]:
    return {
        "operation_id": "get_source_evidence",
        "tags": ["sources"],
        "summary": "All that is quoted from one source",
        "description": SOURCE_EVIDENCE.description,
        "response_model": SourceEvidence,
        "responses": {
            **list_responses("A page of quotes.", OF_QUOTES),
            **problems(NOT_FOUND),
            **renamed(),
        },
        "openapi_extra": {
            "parameters": [
                id_parameter(RESOURCES["source"]),
                *list_parameters(SOURCE_EVIDENCE, OF_QUOTES),
            ]
        },
    }


def of_item(resource: Resource) -> dict[str, Any]:
    return {
        "operation_id": f"get_{resource.type}",
        "name": f"get_{resource.type}",
        "tags": [resource.plural],
        "summary": f"One {resource.type}",
        "description": f"One {resource.type} with its evidence.",
        "response_model": ITEM_MODELS[resource.type],
        "responses": {
            **ok(f"The {resource.type}.", formats=OF_RECORDS, headers=RECORD_HEADERS),
            **not_modified(RECORD_HEADERS),
            **renamed(),
            **problems(NOT_FOUND, NOT_ACCEPTABLE, WITHDRAWN, TOO_SLOW),
        },
        "openapi_extra": {
            "parameters": [id_parameter(resource), *item_parameters(resource, OF_RECORDS)]
        },
    }


def of_index() -> dict[str, Any]:
    facets = facets_parameter(
        "Count the records of every resource type that has the facet by value, under its `facets`.",
        FACETS,
    )
    return {
        "operation_id": "get_index",
        "tags": ["about"],
        "summary": "What is served, and where",
        "response_model": IndexDocument,
        "responses": document_responses("The index.", formats=OF_DOCUMENTS),
        "openapi_extra": {"parameters": [facets, format_parameter(OF_DOCUMENTS)]},
    }


def of_health() -> dict[str, Any]:
    return {
        "operation_id": "get_health",
        "tags": ["about"],
        "summary": "Health of the process",
        "response_model": HealthDocument,
        "responses": {**ok("The process responds.", headers=LIVE_HEADERS), **problems()},
    }


def of_readiness() -> dict[str, Any]:
    return {
        "operation_id": "get_readiness",
        "tags": ["about"],
        "summary": "Readiness of the data",
        "response_model": ReadinessDocument,
        "responses": {
            **ok("The data can be read.", headers=LIVE_HEADERS),
            **problems(NOT_READY),
        },
    }


def of_problem_type() -> dict[str, Any]:
    slug = path_parameter(
        "slug",
        "The kind of problem.",
        {"type": "string", "enum": list(KINDS)},
        INVALID_QUERY.slug,
    )
    return {
        "operation_id": "get_problem_type",
        "tags": ["about"],
        "summary": "What a kind of problem means",
        "response_model": ProblemTypeDocument,
        "responses": document_responses("The kind of problem.", NOT_FOUND, formats=OF_DOCUMENTS),
        "openapi_extra": {"parameters": [slug, format_parameter(OF_DOCUMENTS)]},
    }


def of_problem_types() -> dict[str, Any]:
    return {
        "operation_id": "list_problem_types",
        "tags": ["about"],
        "summary": "Every kind of problem",
        "response_model": ProblemTypesDocument,
        "responses": document_responses("All kinds of problems.", formats=OF_DOCUMENTS),
        "openapi_extra": {"parameters": [format_parameter(OF_DOCUMENTS)]},
    }


def of_schema() -> dict[str, Any]:
    noun = path_parameter(
        "noun", "The resource type.", {"type": "string", "enum": list(RESOURCES)}, "figure"
    )
    return {
        "operation_id": "get_schema",
        "tags": ["about"],
        "summary": "JSON Schema of a record",
        "response_class": Response,
        "responses": document_responses(
            "JSON Schema, draft 2020-12.",
            NOT_FOUND,
            content={"application/schema+json": {"type": "object"}},
        ),
        "openapi_extra": {"parameters": [noun]},
    }


def of_context() -> dict[str, Any]:
    return {
        "operation_id": "get_context",
        "tags": ["about"],
        "summary": "JSON-LD context",
        "response_class": Response,
        "responses": document_responses(
            "The JSON-LD context.", content={"application/ld+json": {"type": "object"}}
        ),
    }


def of_catalog() -> dict[str, Any]:
    return {
        "operation_id": "get_catalog",
        "tags": ["about"],
        "summary": "API catalog (RFC 9727)",
        "response_class": Response,
        "responses": document_responses(
            "A linkset (RFC 9264).", content={"application/linkset+json": {"type": "object"}}
        ),
    }


def of_metrics() -> dict[str, Any]:
    return {
        "operation_id": "get_metrics",
        "tags": ["about"],
        "summary": "Metrics",
        "response_class": Response,
        "responses": {
            **ok(
                "Metrics since the start of the process, in Prometheus' formats.",
                content={
                    "text/plain": {"type": "string"},
                    "application/openmetrics-text": {"type": "string"},
                },
                headers=LIVE_HEADERS,
            ),
            **problems(),
        },
    }


def describe(app: FastAPI) -> None:
    """Add a route of FastAPI's for each path: it is never called, as another one stands before it, but described."""
    endpoints = {
        route.path: route.endpoint for route in app.router.routes if isinstance(route, Route)
    }
    for path, described in _paths():
        app.add_api_route(path, endpoints[path], methods=["GET"], **described)


def _paths() -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in reversed(RESOURCES.values()):
        yield resource.path, of_list(resource)
        yield f"{resource.path}/{{id}}", of_item(resource)
    yield CHANGES.path, of_changes()
    yield DATASETS.path, of_datasets()
    yield SOURCE_EVIDENCE.path, of_source_evidence()
    yield SEARCH.path, of_search()
    yield TIMELINE.path, of_timeline()
    yield CONTEXT_PATH, of_context()
    yield "/v1", of_index()
    yield "/healthz", of_health()
    yield "/readyz", of_readiness()
    yield "/metrics", of_metrics()
    yield "/problems/{slug}", of_problem_type()
    yield "/problems", of_problem_types()
    yield "/v1/schema/{noun}", of_schema()
    yield "/.well-known/api-catalog", of_catalog()
    for plural, resource in RESOURCES_WITH_CARDS.items():
        yield f"/embed/{plural}/{{id}}", of_card(resource)
        yield f"/preview/{plural}/{{id}}.png", of_preview(resource)
    yield "/oembed", of_oembed()
    for resource in RESOURCES.values():
        yield f"{resource.path}/{{id}}/citation", of_citation(resource)
        yield f"{resource.path}/{{id}}/revisions", of_revisions(resource)
        yield f"{resource.path}/{{id}}/revisions/{{number}}", of_revision(resource)
