"""Lists and records of each resource type, and the evidence of a source."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.context import snapshot_of
from app.api.lists import ListEndpoint, TypedRecord, add_list, list_response
from app.api.negotiation import negotiate, require_supported
from app.api.openapi import (
    FORMAT_PATH,
    LIST_AS_FILE,
    RENAMED,
    article,
    file_format,
    id_path,
    item_file_responses,
    item_responses,
    list_file_responses,
    list_responses,
    problems,
)
from app.api.pages import related_records
from app.api.renderers import ITEM_RENDERERS
from app.api.responses import DataResponse, require_id
from app.api.route import DataRoute
from app.formats.json import has_published_text
from app.formats.media_types import FORMATS
from app.formats.streams import RECORD_STREAMS
from app.problems import NOT_FOUND
from app.query.evidence import read_evidence
from app.query.filters import AppliedFilter
from app.query.parameters import (
    ItemParameters,
    ListParameters,
    item_parameters,
    list_parameters,
)
from app.query.queries import ItemQuery, ListQuery, item_query
from app.query.records import read_item, read_item_with_revision, read_list
from app.query.results import Item, ItemWithRevision, Page, QuotedSpan, StoredRecord
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
    """Add the list of a resource type, and one record of it, each by URL and as a file."""
    endpoint = ListEndpoint(
        "records", partial(_read_list, resource), records=_listed, filters=_filters_by_type
    )
    item_model, item_file_model = item_parameters(resource), item_parameters(resource, is_file=True)
    plural, type_ = resource.plural, resource.type

    add_list(
        router,
        resource,
        endpoint,
        tag=plural,
        operation_id=f"list_{plural}",
        summary=f"List {plural}",
        items=plural,
        response_model=LIST_MODELS[type_],
    )

    @router.get(
        f"{resource.path}/{{id}}.{{format}}",
        tags=[plural],
        operation_id=f"get_{type_}_as_file",
        name=f"get_{type_}_as_file",
        summary=f"Get {article(type_)} as a file",
        description="The record as a file.",
        response_class=Response,
        response_model=None,
        responses=item_file_responses(),
    )
    async def get_record_as_file(
        request: Request,
        id: Annotated[str, id_path(resource)],
        format: Annotated[str, FORMAT_PATH, file_format("record")],
        params: Annotated[item_file_model, Query()],
    ) -> Response:
        return await item_response(request, resource, id, params, suffix=format)

    @router.get(
        f"{resource.path}/{{id}}",
        tags=[plural],
        operation_id=f"get_{type_}",
        name=f"get_{type_}",
        summary=f"Get {article(type_)}",
        description=f"One {type_} with its evidence.",
        response_model=ITEM_MODELS[type_],
        responses=item_responses(f"The {type_}."),
    )
    async def get_record(
        request: Request,
        id: Annotated[str, id_path(resource)],
        params: Annotated[item_model, Query()],
    ) -> Response:
        return await item_response(request, resource, id, params)


async def item_response(
    request: Request,
    resource: Resource,
    record_id: str,
    params: ItemParameters,
    *,
    suffix: str | None = None,
) -> Response:
    """Choose the format, validate the client's copy, read, render."""
    format_ = negotiate(request, "record", suffix)
    require_supported(format_, "record", params.values)
    query = item_query(resource, params.values, format_)
    snapshot, path = (
        snapshot_of(request),
        f"{resource.path}/{require_id(request, resource, record_id)}",
    )
    response = DataResponse(request, snapshot, query, path, "record")
    if (unchanged := response.not_modified()) is not None:
        return unchanged
    view = await snapshot.view(query.known_at)
    item = await _read_item(snapshot, view, query, record_id)
    if item is None:
        await raise_missing(view.database, resource, record_id)
    if resource.type == "source" and has_published_text(item.record.body):
        response.links.append(f'<{response.path}/text>; rel="describes"; type="text/plain"')
    if query.format.is_record_stream:
        stream = RECORD_STREAMS[query.format.name]
        as_list = ListQuery(
            resource,
            fields=query.fields,
            format=query.format,
            byte_order_mark=query.byte_order_mark,
        )
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
EvidenceParameters = list_parameters(SOURCE_EVIDENCE)
EvidenceFileParameters = list_parameters(SOURCE_EVIDENCE, is_file=True)


@evidence_router.get(
    SOURCE_EVIDENCE.path,
    operation_id="list_source_evidence",
    summary="List the evidence of a source",
    description=SOURCE_EVIDENCE.description,
    response_model=SourceEvidence,
    responses={**list_responses("A page of quotes."), **problems(NOT_FOUND), **RENAMED},
)
async def list_source_evidence(
    request: Request,
    id: Annotated[str, id_path(_SOURCE)],
    params: Annotated[EvidenceParameters, Query()],
) -> Response:
    return await _evidence_response(request, id, params)


@evidence_router.get(
    f"{SOURCE_EVIDENCE.path}.{{format}}",
    operation_id="list_source_evidence_as_file",
    summary="List the evidence of a source as a file",
    description=LIST_AS_FILE,
    response_class=Response,
    response_model=None,
    responses={**list_file_responses("evidence"), **problems(NOT_FOUND), **RENAMED},
)
async def list_source_evidence_as_file(
    request: Request,
    id: Annotated[str, id_path(_SOURCE)],
    format: Annotated[str, FORMAT_PATH, file_format("evidence")],
    params: Annotated[EvidenceFileParameters, Query()],
) -> Response:
    return await _evidence_response(request, id, params, suffix=format)


async def _evidence_response(
    request: Request, source_id: str, params: ListParameters, *, suffix: str | None = None
) -> Response:
    require_id(request, _SOURCE, source_id)

    async def read(view: SnapshotView, query: ListQuery) -> Page[QuotedSpan]:
        page = await read_evidence(view.database, view.dataset, query, source_id)
        if page is None:
            await raise_missing(view.database, _SOURCE, source_id)
        if FORMATS[query.format.name].is_page:
            keys: list[RecordKey] = [("source", source_id)]
            page = replace(page, titles=await read_titles(view.database, keys, view.titles))
        return page

    endpoint = ListEndpoint("evidence", read)
    path = f"{_SOURCE.path}/{source_id}/evidence"
    return await list_response(request, params, endpoint, suffix=suffix, path=path)
