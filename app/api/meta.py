"""The service itself: index, health, metrics, problem types, schemas, catalogs, assets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field, PlainValidator, WithJsonSchema

from app.api.context import base_of, base_url_of, header, snapshot_of
from app.api.negotiation import negotiate
from app.api.openapi import (
    document_responses,
    ok,
    openapi_under,
    problems,
)
from app.api.pages import page_response
from app.api.problems import explanation
from app.api.responses import IMMUTABLE, VARY, document
from app.api.route import DataRoute, QueryRoute
from app.formats.json import facets_document, render_value
from app.formats.jsonld import CONTEXT_PATH, render_context
from app.formats.media_types import FORMATS, formats_of
from app.pages.about import render_index, render_problem_types
from app.pages.page_context import COMPONENT, assets, component_path, root_of
from app.problems import INVALID_QUERY, KINDS, NOT_FOUND, NOT_READY, Problem
from app.query.parameters import Parameters, list_parameters
from app.query.queries import list_query
from app.query.records import read_dataset, read_list
from app.query.results import Dataset, StoredRecord
from app.query.snapshots import Snapshot
from app.query.titles import parse_record, read_titles, references_of_cards
from app.query.values import parse_names
from app.resources import RESOURCES
from app.resources.lists import CHANGES, DATASETS, FACETS, SEARCH, TIMELINE, VOCABULARIES
from app.schemas.meta import HealthDocument, IndexDocument, ReadinessDocument
from app.schemas.problems import ProblemTypeDocument, ProblemTypesDocument
from app.schemas.records import record_schema
from app.vocabulary import MAX_SLUG_LENGTH, ResourceType

_JSON = FORMATS["json"].media_type
_JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_COMPONENT = re.compile(rf"{COMPONENT}-[0-9a-f]{{12}}\.js")
_EXAMPLES: Sequence[tuple[str, ResourceType, bytes]] = (
    (
        "What are the newest numbers, and what do they rest on?",
        "figure",
        b"latest=true&sort=-as_of&limit=2",
    ),
    (
        "Who said something, and to whom is it credited?",
        "statement",
        b"origin=stated&sort=-date&limit=2",
    ),
    ("What happened last?", "event", b"status=reported&present=date&sort=-date&limit=2"),
)
"""Questions of the front page, which hold for any data."""


class IndexParameters(Parameters):
    """The parameters of the index."""

    subject: ClassVar[str] = "the index"
    facets: Annotated[
        tuple[str, ...] | None,
        PlainValidator(
            partial(parse_names, choices=FACETS), json_schema_input_type=list[Literal[FACETS]]
        ),
    ] = Field(
        None,
        description="Count the records of each resource type that has the facet by value, under its"
        " `facets`.",
        examples=[[FACETS[0]]],
    )


router = APIRouter(tags=["service"], route_class=DataRoute)
process_router = APIRouter(tags=["service"], route_class=QueryRoute)
"""Of endpoints that read no data, so that they wait for nothing."""


def _document(
    request: Request,
    value: Any,
    *,
    snapshot: Snapshot | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return document(request, render_value(value), _JSON, snapshot=snapshot, headers=headers)


def _live(value: dict[str, Any]) -> Response:
    """A response about this moment, which no cache may keep."""
    headers = {"Content-Type": _JSON, "Cache-Control": "no-store"}
    return Response(render_value(value), headers=headers)


# -------------------------------------------------------------------------------------------- index


@router.get("/", include_in_schema=False)
@router.get(
    "/v1",
    operation_id="get_index",
    summary="Get the index",
    description="The resource types with their number of records, and the URLs of all else.",
    response_model=IndexDocument,
    responses=document_responses("The index."),
)
async def get_index(request: Request, params: Annotated[IndexParameters, Query()]) -> Response:
    snapshot, base = snapshot_of(request), base_of(request)
    if FORMATS[negotiate(request, "document").name].is_page:
        return await _front_page(request, snapshot)
    names = params.facets or ()
    dataset = snapshot.dataset
    resources: dict[str, Any] = {
        resource.plural: {
            "href": f"{base}{resource.path}",
            "schema": f"{base}/v1/schema/{resource_type}",
            "description": resource.description,
            "count": dataset.counts[resource_type],
            **_facets(dataset, resource_type, names),
        }
        for resource_type, resource in RESOURCES.items()
    }
    links = {
        "search": f"{base}{SEARCH.path}{{?q}}",
        "timeline": f"{base}{TIMELINE.path}",
        "changes": f"{base}{CHANGES.path}",
        "datasets": f"{base}{DATASETS.path}",
        "vocabularies": f"{base}{VOCABULARIES.path}",
        "context": f"{base}{CONTEXT_PATH}",
        "problems": f"{base}/problems",
        "oembed": f"{base}/oembed{{?url}}",
        "catalog": f"{base}/.well-known/api-catalog",
        "health": f"{base}/healthz",
        "readiness": f"{base}/readyz",
        "metrics": f"{base}/metrics",
        "openapi": f"{base}/openapi.json",
        "docs": f"{base}/docs",
        "guide": f"{base}/docs/guide",
        "self": f"{base}/v1?facets={','.join(names)}" if names else f"{base}/v1",
    }
    index = {"resources": resources, "dataset": {"version": dataset.version}, "links": links}
    return _document(request, index, snapshot=snapshot, headers={"Vary": VARY})


def _facets(dataset: Dataset, resource_type: ResourceType, names: Sequence[str]) -> dict[str, Any]:
    """The requested facets that the resource type has, as counted by the build."""
    counted = dataset.facets[resource_type]
    facets = {name: counted[name] for name in names if name in counted}
    if not facets:
        return {}
    complete = all(facet["complete"] for facet in facets.values())
    return {"facets": facets_document(facets), "facets_complete": complete}


async def _front_page(request: Request, snapshot: Snapshot) -> Response:
    """What there is, and three queries with their present results."""

    async def render() -> bytes:
        root = root_of(base_of(request))
        view = await snapshot.view(None)
        examples = []
        listed: list[StoredRecord] = []
        newest = None
        for question, resource_type, raw_query in _EXAMPLES:
            resource = RESOURCES[resource_type]
            params = list_parameters(resource).from_query_string(raw_query)
            query = replace(list_query(resource, params.values), total="none")
            page = await read_list(view.database, view.dataset, resource, query)
            listed += page.items
            records = [(resource_type, parse_record(record.body)) for record in page.items]
            examples.append(
                {
                    "question": question,
                    "url": f"{root}{resource.path}?{query.canonical}",
                    "formats": [
                        (row.name, f"{root}{resource.path}.{row.name}?{query.canonical}")
                        for row in formats_of("records")
                        if not row.is_page
                    ],
                    "records": records,
                }
            )
            if resource_type == "figure" and records:
                newest = records[0][1]["as_of"]
        titles = await read_titles(view.database, references_of_cards(listed), view.titles)
        return render_index(snapshot.dataset, base_url_of(request), examples, newest, titles)

    return await page_response(request, snapshot, render)


# ------------------------------------------------------------------------------------------- health


@process_router.get(
    "/healthz",
    operation_id="get_health",
    summary="Get the health of the process",
    description="Whether the process responds; it waits for nothing.",
    response_model=HealthDocument,
    responses={**ok("The process responds.", headers={}), **problems()},
)
async def get_health(_: Request) -> Response:
    return _live({"status": "ok"})


@router.get(
    "/readyz",
    operation_id="get_readiness",
    summary="Get the readiness of the data",
    description="Whether the data can be read.",
    response_model=ReadinessDocument,
    responses={**ok("The data can be read.", headers={}), **problems(NOT_READY)},
)
async def get_readiness(request: Request) -> Response:
    snapshot = snapshot_of(request)
    try:
        dataset = await read_dataset(
            snapshot.database, snapshot.dataset.ordinal, snapshot.dataset.vocabulary
        )
    except Problem:
        raise
    except Exception as error:
        headers = {"Retry-After": "5"}
        raise Problem(
            NOT_READY, "Try again later: the database cannot be read.", headers=headers
        ) from error
    return _live({"status": "ready", "dataset": {"version": dataset.version}})


@process_router.get(
    "/metrics",
    operation_id="get_metrics",
    summary="Get the metrics",
    description="Counters of the process in the formats of Prometheus.",
    response_class=Response,
    response_model=None,
    responses={
        **ok(
            "Metrics since the start of the process, in Prometheus' formats.",
            content={
                "text/plain": {"type": "string"},
                "application/openmetrics-text": {"type": "string"},
            },
            headers={},
        ),
        **problems(),
    },
)
async def get_metrics(request: Request) -> Response:
    accept = header(request.scope, b"accept") or ""
    body, media_type = await to_thread.run_sync(request.app.state.metrics.render, accept)
    headers = {"Content-Type": media_type, "Cache-Control": "no-store", "Vary": VARY}
    return Response(body, headers=headers)


# ------------------------------------------------------------------------------------ documentation


@router.get(
    "/problems",
    operation_id="list_problem_types",
    summary="List problem types",
    description="All kinds of problems, each with a request that causes it.",
    response_model=ProblemTypesDocument,
    responses=document_responses("All kinds of problems."),
)
async def list_problem_types(request: Request) -> Response:
    kinds = [explanation(slug, base_of(request)) for slug in KINDS]
    return await _problem_types(request, {"data": kinds}, kinds)


@router.get(
    "/problems/{slug}",
    operation_id="get_problem_type",
    summary="Get a problem type",
    description="What a kind of problem means, and how to solve it.",
    response_model=ProblemTypeDocument,
    responses=document_responses("The kind of problem.", NOT_FOUND),
)
async def get_problem_type(
    request: Request,
    slug: Annotated[
        str,
        Path(description="The kind of problem.", examples=[INVALID_QUERY.slug]),
        WithJsonSchema({"type": "string", "enum": list(KINDS)}),
    ],
) -> Response:
    kind = explanation(slug, base_of(request))
    return await _problem_types(request, kind, [kind])


async def _problem_types(request: Request, value: Any, kinds: Sequence[dict[str, Any]]) -> Response:
    if not FORMATS[negotiate(request, "document").name].is_page:
        return _document(request, value, headers={"Vary": VARY})
    snapshot = snapshot_of(request)

    async def render() -> bytes:
        return render_problem_types(kinds, base_url_of(request), snapshot.dataset.version)

    return await page_response(request, snapshot, render)


@router.get(
    "/v1/schema/{resource}",
    operation_id="get_schema",
    summary="Get the JSON Schema of a record",
    description="JSON Schema (draft 2020-12) of the records of a resource type.",
    response_class=Response,
    response_model=None,
    responses=document_responses(
        "JSON Schema, draft 2020-12.",
        NOT_FOUND,
        content={"application/schema+json": {"type": "object"}},
    ),
)
async def get_schema(
    request: Request,
    resource: Annotated[
        str,
        Path(description="The resource type.", examples=["figure"]),
        WithJsonSchema({"type": "string", "enum": list(RESOURCES)}),
    ],
) -> Response:
    declaration = next((item for item in RESOURCES.values() if item.type == resource), None)
    if declaration is None:
        name = resource[:MAX_SLUG_LENGTH]
        detail = f"Choose one of {', '.join(RESOURCES)}: “{name}” is no resource type."
        raise Problem(NOT_FOUND, detail)
    url = f"{base_url_of(request).absolute}/v1/schema/{declaration.type}"
    schema = {"$schema": _JSON_SCHEMA, "$id": url, **record_schema(declaration.type)}
    return document(request, render_value(schema), "application/schema+json")


@router.get(
    CONTEXT_PATH,
    operation_id="get_context",
    summary="Get the JSON-LD context",
    description="The JSON-LD context of all records.",
    response_class=Response,
    response_model=None,
    responses=document_responses(
        "The JSON-LD context.", content={"application/ld+json": {"type": "object"}}
    ),
)
async def get_jsonld_context(request: Request) -> Response:
    return document(request, render_context(), FORMATS["jsonld"].media_type)


@router.get(
    "/.well-known/api-catalog",
    operation_id="get_catalog",
    summary="Get the API catalog",
    description="The API and its documentation as a linkset (RFC 9727).",
    response_class=Response,
    response_model=None,
    responses=document_responses(
        "A linkset (RFC 9264).", content={"application/linkset+json": {"type": "object"}}
    ),
)
async def get_api_catalog(request: Request) -> Response:
    url = base_url_of(request).absolute
    linkset = {
        "anchor": f"{url}/v1",
        "item": [{"href": f"{url}{resource.path}"} for resource in RESOURCES.values()]
        + [{"href": f"{url}{TIMELINE.path}"}],
        "service-desc": [{"href": f"{url}/openapi.json", "type": "application/json"}],
        "service-doc": [
            {"href": f"{url}{path}", "type": "text/html"} for path in ("/docs", "/docs/guide")
        ],
        "status": [{"href": f"{url}/readyz", "type": "application/json"}],
    }
    return document(
        request,
        render_value({"linkset": [linkset]}),
        'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"',
        headers={"Link": f'<{url}/.well-known/api-catalog>; rel="api-catalog"'},
    )


@router.get("/openapi.json", include_in_schema=False)
async def get_openapi_document(request: Request) -> Response:
    snapshot = snapshot_of(request)
    # FastAPI generates the document at the first request, which takes most of a second.
    openapi = await to_thread.run_sync(openapi_under, request.app, base_of(request))
    return _document(request, openapi, snapshot=snapshot)


@router.get("/assets/{name}", include_in_schema=False)
async def get_asset(request: Request, name: str) -> Response:
    """A file of pages. Its name has a hash of its content, so it may be cached for good."""
    asset = assets().get(name)
    if asset is None and _COMPONENT.fullmatch(name):
        # A page that embeds an earlier version of the component keeps one that works.
        headers = {
            "Location": f"{base_of(request)}{component_path()}",
            "Cache-Control": "public, max-age=300",
        }
        return Response(status_code=307, headers=headers)
    if asset is None:
        detail = f"Choose one of {', '.join(assets())}: there is no file of that name."
        raise Problem(NOT_FOUND, detail)
    headers = {"Cache-Control": IMMUTABLE, "Cross-Origin-Resource-Policy": "cross-origin"}
    snapshot = snapshot_of(request)
    return document(request, asset.body, asset.media_type, snapshot=snapshot, headers=headers)
