"""Lists of several resource types: search and the timeline."""

from fastapi import APIRouter, Request, Response

from app.api.lists import ListEndpoint, TypedRecord, list_response
from app.api.openapi import list_parameters, list_responses
from app.api.route import DataRoute
from app.formats.media_types import formats_of
from app.query.params import ListQuery
from app.query.results import Page, SearchHit, TimelineEntry
from app.query.search import search
from app.query.snapshots import SnapshotView
from app.query.timeline import Filters, TimelineQuery, parse_timeline, read_timeline
from app.resources.lists import SEARCH, TIMELINE
from app.schemas.search import SearchResults
from app.schemas.timeline import Timeline

router = APIRouter(tags=["across"], route_class=DataRoute)


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
    "timeline", _read_timeline, parse=parse_timeline, records=_records, filters=_filters
)


@router.get(
    SEARCH.path,
    operation_id="search",
    summary="Search everything",
    description=SEARCH.description,
    response_model=SearchResults,
    responses=list_responses("A page of search results.", formats_of("search")),
    openapi_extra={"parameters": list_parameters(SEARCH, formats_of("search"))},
)
async def search_records(request: Request) -> Response:
    return await list_response(request, SEARCH, _SEARCH)


@router.get(
    TIMELINE.path,
    operation_id="get_timeline",
    summary="Events, statements and figures in chronological order",
    description=TIMELINE.description,
    response_model=Timeline,
    responses=list_responses("A page of the timeline.", formats_of("timeline")),
    openapi_extra={"parameters": list_parameters(TIMELINE, formats_of("timeline"))},
)
async def get_timeline(request: Request) -> Response:
    return await list_response(request, TIMELINE, _TIMELINE)
