"""Lists and records of each resource type, and the evidence of a source."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.api.context import current_snapshot
from app.api.lists import ListEndpoint, TypedRecord, list_response
from app.api.negotiation import offered_formats
from app.api.openapi import (
    RECORD_HEADERS,
    id_path,
    item_parameters,
    list_parameters,
    list_responses,
    not_modified,
    ok,
    problems,
    renamed,
)
from app.api.pages import related_records
from app.api.renderers import ITEM_RENDERERS
from app.api.responses import DataResponse, require_id
from app.api.route import DataRoute
from app.formats.media_types import FORMATS, formats_of
from app.formats.streams import RECORD_STREAMS
from app.problems import NOT_ACCEPTABLE, NOT_FOUND, TOO_SLOW, WITHDRAWN
from app.query.evidence import read_evidence
from app.query.filters import AppliedFilter
from app.query.params import ItemQuery, ListQuery, parse_item
from app.query.records import read_item, read_item_with_revision, read_list
from app.query.results import Item, ItemWithRevision, Page, Quote, StoredRecord
from app.query.revisions import read_histories
from app.query.snapshots import Snapshot, SnapshotView
from app.query.titles import read_titles
from app.query.withdrawals import raise_missing
from app.resources import RESOURCES, Resource
from app.resources.lists import SOURCE_EVIDENCE
from app.resources.references import RecordKey
from app.schemas.envelopes import ITEM_MODELS, LIST_MODELS
from app.schemas.evidence import SourceEvidence
from app.vocabulary import ResourceType


def add_records(router: APIRouter, resource: Resource) -> None:
    """Add the list of a resource type, and one record of it."""
    endpoint = ListEndpoint(
        "records", partial(_read_list, resource), records=_listed, filters=_filters_by_type
    )

    @router.get(
        resource.path,
        tags=[resource.plural],
        operation_id=f"list_{resource.plural}",
        name=f"list_{resource.plural}",
        summary=f"List {resource.plural}",
        description=resource.description,
        response_model=LIST_MODELS[resource.type],
        responses=list_responses(f"A page of {resource.plural}.", formats_of("records")),
        openapi_extra={"parameters": list_parameters(resource, formats_of("records"))},
    )
    async def list_records(request: Request) -> Response:
        return await list_response(request, resource, endpoint)

    @router.get(
        f"{resource.path}/{{id}}",
        tags=[resource.plural],
        operation_id=f"get_{resource.type}",
        name=f"get_{resource.type}",
        summary=f"One {resource.type}",
        description=f"One {resource.type} with its evidence.",
        response_model=ITEM_MODELS[resource.type],
        responses={
            **ok(f"The {resource.type}.", formats=formats_of("record"), headers=RECORD_HEADERS),
            **not_modified(RECORD_HEADERS),
            **problems(NOT_FOUND, NOT_ACCEPTABLE, WITHDRAWN, TOO_SLOW),
            **renamed(),
        },
        openapi_extra={"parameters": item_parameters(resource, formats_of("record"))},
    )
    async def get_record(request: Request, id: Annotated[str, id_path(resource)]) -> Response:
        snapshot = await current_snapshot(request)
        formats = offered_formats(request, "record")
        query = parse_item(resource, request.scope["query_string"], formats, snapshot.history)
        record_id = require_id(request, resource, id)
        path = f"{resource.path}/{record_id}"
        response = DataResponse(request, snapshot, query, path, "record")
        if (unchanged := response.not_modified()) is not None:
            return unchanged
        view = await snapshot.view(query.known_at)
        item = await _read_item(snapshot, view, query, record_id)
        if item is None:
            await raise_missing(view.database, resource, record_id)
        if query.format.is_record_stream:
            stream = RECORD_STREAMS[query.format.name]
            as_list = ListQuery(resource, fields=query.fields, format=query.format)
            return response.complete(stream.render([item.record], as_list, response.base_url))
        render = ITEM_RENDERERS[query.format.name]
        return response.complete(render(item, query, view.dataset, response.base_url))


async def _read_list(
    resource: Resource, view: SnapshotView, query: ListQuery
) -> Page[StoredRecord]:
    return await read_list(view.database, view.dataset, resource, query)


def _listed(query: ListQuery, page: Page[StoredRecord]) -> list[TypedRecord]:
    resource_type = query.resource_type
    return [(resource_type, record) for record in page.items]


def _filters_by_type(query: ListQuery) -> dict[ResourceType, Sequence[AppliedFilter]]:
    return {query.resource_type: query.filters}


async def _read_item(
    snapshot: Snapshot, view: SnapshotView, query: ItemQuery, record_id: str
) -> Item | None:
    """A record with the parts that the query and the format need; None: there is no such record."""
    is_page = FORMATS[query.format.name].is_page
    read = read_item_with_revision if is_page else read_item
    item: Item | None = await read(view.database, query, record_id)
    if item is None:
        return None
    if query.include_history:
        revisions = await read_histories(view.database, view.dataset, query.resource, [record_id])
        item = replace(item, revisions=revisions)
    if isinstance(item, ItemWithRevision):
        item = replace(item, related=await related_records(snapshot, view, query, item))
    return item


evidence_router = APIRouter(tags=["sources"], route_class=DataRoute)
_SOURCE = RESOURCES["source"]


@evidence_router.get(
    SOURCE_EVIDENCE.path,
    operation_id="get_source_evidence",
    summary="Evidence of one source",
    description=SOURCE_EVIDENCE.description,
    response_model=SourceEvidence,
    responses={
        **list_responses("A page of quotes.", formats_of("evidence")),
        **problems(NOT_FOUND),
        **renamed(),
    },
    openapi_extra={"parameters": list_parameters(SOURCE_EVIDENCE, formats_of("evidence"))},
)
async def get_source_evidence(request: Request, id: Annotated[str, id_path(_SOURCE)]) -> Response:
    source_id = require_id(request, _SOURCE, id)
    listing = replace(SOURCE_EVIDENCE, path=f"{_SOURCE.path}/{source_id}/evidence")

    async def read(view: SnapshotView, query: ListQuery) -> Page[Quote]:
        page = await read_evidence(view.database, view.dataset, query, source_id)
        if page is None:
            await raise_missing(view.database, _SOURCE, source_id)
        if FORMATS[query.format.name].is_page:
            keys: list[RecordKey] = [("source", source_id)]
            page = replace(page, titles=await read_titles(view.database, keys, view.titles))
        return page

    return await list_response(request, listing, ListEndpoint("evidence", read))
