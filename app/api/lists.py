"""The pipeline of lists: from the parameters of a request to its bytes, the same for every list."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from app.api.context import snapshot_of
from app.api.exports import Items, file_or_stream, prebuilt_response
from app.api.negotiation import negotiate, require_supported
from app.api.openapi import (
    FORMAT_PATH,
    LIST_AS_FILE,
    file_format,
    list_file_responses,
    list_responses,
)
from app.api.renderers import LIST_RENDERERS
from app.api.responses import DataResponse
from app.formats.media_types import FORMATS, ResultKind
from app.formats.streams import STREAMS
from app.query.datasets import Withdrawals
from app.query.filters import AppliedFilter
from app.query.pagination import AllPages
from app.query.parameters import ListParameters, list_parameters
from app.query.queries import ListQuery, list_query
from app.query.records import read_everything
from app.query.results import Page, StoredRecord
from app.query.revisions import read_histories, read_recorded_times
from app.query.snapshots import Snapshot, SnapshotView
from app.query.titles import read_titles, references_of_cards
from app.query.withdrawals import MAX_WITHDRAWALS, read_no_longer_matching, read_withdrawals
from app.resources import RESOURCES, Resource
from app.resources.declarations import Listing
from app.vocabulary import ResourceType

TypedRecord = tuple[ResourceType, StoredRecord]


@dataclass(frozen=True)
class ListEndpoint:
    """What differs between two lists.

    `query` makes the query from the parameters. `read` reads a page. `records` are the records on
    it, whose titles HTML pages show and whose recorded times feeds show. `filters`, by resource
    type, tell which records have left the list since `updated_after`.
    """

    kind: ResultKind
    read: Callable[[SnapshotView, Any], Awaitable[Page[Any]]]
    query: Callable[..., ListQuery] = list_query
    records: Callable[[Any, Page[Any]], Sequence[TypedRecord]] | None = None
    filters: Callable[[Any], Mapping[ResourceType, Sequence[AppliedFilter]]] | None = None


def add_list(
    router: APIRouter,
    listing: Listing,
    endpoint: ListEndpoint,
    *,
    tag: str,
    operation_id: str,
    summary: str,
    items: str,
    response_model: type[BaseModel],
) -> None:
    """Add a list at the path of its declaration, and the same list as a file.

    `items` names what a page has, in the plural.
    """
    page_model, file_model = list_parameters(listing), list_parameters(listing, is_file=True)

    @router.get(
        listing.path,
        tags=[tag],
        operation_id=operation_id,
        name=operation_id,
        summary=summary,
        description=listing.description,
        response_model=response_model,
        responses=list_responses(f"A page of {items}."),
    )
    async def get_page(request: Request, params: Annotated[page_model, Query()]) -> Response:
        return await list_response(request, params, endpoint)

    @router.get(
        f"{listing.path}.{{format}}",
        tags=[tag],
        operation_id=f"{operation_id}_as_file",
        name=f"{operation_id}_as_file",
        summary=f"{summary} as a file",
        description=LIST_AS_FILE,
        response_class=Response,
        response_model=None,
        responses=list_file_responses(endpoint.kind),
    )
    async def get_file(
        request: Request,
        format: Annotated[str, FORMAT_PATH, file_format(endpoint.kind)],
        params: Annotated[file_model, Query()],
    ) -> Response:
        return await list_response(request, params, endpoint, suffix=format)


async def list_response(
    request: Request,
    params: ListParameters,
    endpoint: ListEndpoint,
    *,
    suffix: str | None = None,
    path: str | None = None,
) -> Response:
    """Choose the format, validate the client's copy, read, render.

    `suffix` ends the URL of a list as a file. `path` is that of the list, without the suffix, where
    it is not the one of the declaration.
    """
    snapshot, listing, kind = snapshot_of(request), params.listing, endpoint.kind
    format_ = negotiate(request, kind, suffix)
    require_supported(format_, kind, params.values)
    query = endpoint.query(
        listing,
        params.values,
        filters=params.filters,
        path=path or listing.path,
        format_=format_,
    )
    response = DataResponse(request, snapshot, query, query.path, kind)
    if (unchanged := response.not_modified()) is not None:
        return unchanged
    view = await snapshot.view(query.known_at)
    if query.format.is_export:
        return await _export(response, view, query, endpoint)
    page = await endpoint.read(view, query)
    page = await _accompany(page, snapshot, view, query, endpoint)
    if query.format.is_record_stream:
        body = STREAMS[kind][query.format.name].render(page.items, query, response.base_url)
    else:
        render = LIST_RENDERERS[kind][query.format.name]
        body = render(page, query, view.dataset, response.base_url)
    return response.complete(body, next=page.next, previous=page.previous)


async def _export(
    response: DataResponse, view: SnapshotView, query: ListQuery, endpoint: ListEndpoint
) -> Response:
    """All items of a list: records by one statement, those of other lists page by page."""
    database, listing = view.database, query.listing
    if isinstance(listing, Resource):
        if query.is_everything and not view.is_past:
            return await prebuilt_response(response, database, listing, query)
        items: Items = await read_everything(database, listing, query)
    else:
        items = AllPages(partial(endpoint.read, view), query, database.open_export())
    stream = STREAMS[endpoint.kind][query.format.name]
    return await file_or_stream(response, stream, items, query)


async def _accompany(
    page: Page[Any],
    snapshot: Snapshot,
    view: SnapshotView,
    query: ListQuery,
    endpoint: ListEndpoint,
) -> Page[Any]:
    """The page with the parts that the query and the format need besides records."""
    format_ = FORMATS[query.format.name]
    needs_records = query.include_history or format_.is_feed or format_.has_titles
    records = endpoint.records(query, page) if endpoint.records and needs_records else ()
    if query.include_history and isinstance(query.listing, Resource):
        ids = [record.id for _, record in records]
        page = replace(
            page,
            revisions=await read_histories(view.database, view.dataset, query.listing, ids),
        )
    if format_.is_feed and records:
        page = replace(page, recorded_times=await read_recorded_times(view.database, records))
    if format_.has_titles and records:
        keys = references_of_cards(record for _, record in records)
        page = replace(page, titles=await read_titles(view.database, keys, view.titles))
    if query.updated_after is not None and endpoint.filters is not None:
        page = replace(
            page, withdrawals=await _withdrawals(snapshot, view, query, endpoint.filters(query))
        )
    return page


async def _withdrawals(
    snapshot: Snapshot,
    view: SnapshotView,
    query: ListQuery,
    filters: Mapping[ResourceType, Sequence[AppliedFilter]],
) -> Withdrawals:
    """What has left the list since `updated_after`; all of it is on the first page."""
    after = query.updated_after
    if after is None or query.cursor:
        return Withdrawals((), (), complete=True)
    withdrawals = await read_withdrawals(view.database, list(filters), after.state)
    unmatched: list[tuple[ResourceType, str]] = []
    if after.state.ordinal:
        earlier = await snapshot.view(after)
        for resource_type, of_type in filters.items():
            ids = await read_no_longer_matching(
                earlier.database,
                view.database,
                RESOURCES[resource_type],
                of_type,
                after=after.state,
                up_to=view.dataset,
            )
            unmatched += [(resource_type, record_id) for record_id in ids]
    complete = withdrawals.complete and len(unmatched) <= MAX_WITHDRAWALS
    return replace(withdrawals, no_longer_matching=unmatched[:MAX_WITHDRAWALS], complete=complete)
