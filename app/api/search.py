"""Lists of several resource types: search and the timeline."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.lists import ListEndpoint, TypedRecord, list_response
from app.api.openapi import (
    FORMAT_PATH,
    LIST_AS_FILE,
    file_format,
    list_file_responses,
    list_responses,
)
from app.api.route import DataRoute
from app.query.parameters import list_parameters
from app.query.queries import ListQuery
from app.query.results import Page, SearchHit, TimelineEntry
from app.query.search import search
from app.query.snapshots import SnapshotView
from app.query.timeline import Filters, TimelineQuery, read_timeline, timeline_query
from app.resources.lists import SEARCH, TIMELINE
from app.schemas.search import SearchResults
from app.schemas.timeline import Timeline

router = APIRouter(tags=["search"], route_class=DataRoute)


def _records(_query: ListQuery, page: Page[SearchHit] | Page[TimelineEntry]) -> list[TypedRecord]:
    return [(item.resource_type, item.record) for item in page.items]


async def _search(view: SnapshotView, query: ListQuery) -> Page[SearchHit]:
    return await search(view.database, view.dataset, query)


async def _read_timeline(view: SnapshotView, query: TimelineQuery) -> Page[TimelineEntry]:
    return await read_timeline(view.database, view.dataset, query)


def _filters(query: TimelineQuery) -> Filters:
    return query.filters_by_type


_SEARCH = ListEndpoint("search", _search, records=_records)
_TIMELINE = ListEndpoint(
    "timeline", _read_timeline, query=timeline_query, records=_records, filters=_filters
)


SearchParameters = list_parameters(SEARCH)
SearchFileParameters = list_parameters(SEARCH, is_file=True)
TimelineParameters = list_parameters(TIMELINE)
TimelineFileParameters = list_parameters(TIMELINE, is_file=True)


@router.get(
    SEARCH.path,
    operation_id="search",
    summary="Search records",
    description=SEARCH.description,
    response_model=SearchResults,
    responses=list_responses("A page of search results."),
)
async def search_records(
    request: Request, params: Annotated[SearchParameters, Query()]
) -> Response:
    return await list_response(request, params, _SEARCH)


@router.get(
    f"{SEARCH.path}.{{format}}",
    operation_id="search_as_file",
    summary="Search records as a file",
    description=LIST_AS_FILE,
    response_class=Response,
    response_model=None,
    responses=list_file_responses("search"),
)
async def search_records_as_file(
    request: Request,
    format: Annotated[str, FORMAT_PATH, file_format("search")],
    params: Annotated[SearchFileParameters, Query()],
) -> Response:
    return await list_response(request, params, _SEARCH, suffix=format)


@router.get(
    TIMELINE.path,
    operation_id="get_timeline",
    summary="Get the timeline",
    description=TIMELINE.description,
    response_model=Timeline,
    responses=list_responses("A page of the timeline."),
)
async def get_timeline(
    request: Request, params: Annotated[TimelineParameters, Query()]
) -> Response:
    return await list_response(request, params, _TIMELINE)


@router.get(
    f"{TIMELINE.path}.{{format}}",
    operation_id="get_timeline_as_file",
    summary="Get the timeline as a file",
    description=LIST_AS_FILE,
    response_class=Response,
    response_model=None,
    responses=list_file_responses("timeline"),
)
async def get_timeline_as_file(
    request: Request,
    format: Annotated[str, FORMAT_PATH, file_format("timeline")],
    params: Annotated[TimelineFileParameters, Query()],
) -> Response:
    return await list_response(request, params, _TIMELINE, suffix=format)
