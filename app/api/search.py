"""Lists of several resource types: search and the timeline."""

from fastapi import APIRouter

from app.api.lists import ListEndpoint, TypedRecord, add_list
from app.api.route import DataRoute
from app.query.queries import ListQuery
from app.query.results import Page, SearchHit, TimelineEntry
from app.query.search import search
from app.query.snapshots import SnapshotView
from app.query.timeline import Filters, TimelineQuery, read_timeline, timeline_query
from app.resources.lists import SEARCH, TIMELINE
from app.schemas.search import SearchResults
from app.schemas.timeline import Timeline

router = APIRouter(route_class=DataRoute)


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

add_list(
    router,
    SEARCH,
    _SEARCH,
    tag="search",
    operation_id="search",
    summary="Search records",
    items="search results",
    response_model=SearchResults,
)
add_list(
    router,
    TIMELINE,
    _TIMELINE,
    tag="search",
    operation_id="get_timeline",
    summary="Get the timeline",
    items="the timeline",
    response_model=Timeline,
)
