"""Pages for people: what a record's page shows besides the record, and pages without records."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.api.context import base_of
from app.api.responses import CACHE_CONTROL, VARY, document, make_etag, not_modified
from app.formats.media_types import FORMATS
from app.pages.page_context import assets
from app.query.citations import cited_record, cited_sources
from app.query.datasets import Revision
from app.query.evidence import read_quotes
from app.query.queries import ItemQuery, ListQuery
from app.query.records import read_item
from app.query.results import ItemWithRevision, Page, QuotedSpan, RelatedRecords
from app.query.revisions import read_newest_revisions
from app.query.snapshots import Snapshot, SnapshotView
from app.query.titles import parse_record, read_titles_and_bodies, references_of
from app.resources import RESOURCES
from app.resources.lists import SOURCE_EVIDENCE

MAX_REVISIONS = 5
MAX_QUOTES = 40
"""Quotes on the page of their source; it links to the list of all."""
_FIRST_QUOTES = ListQuery(SOURCE_EVIDENCE, limit=MAX_QUOTES, total="none")
_MAX_PAGES = 32
"""Pages without records that a snapshot keeps."""


async def related_records(
    snapshot: Snapshot, view: SnapshotView, query: ItemQuery, item: ItemWithRevision
) -> RelatedRecords:
    """What the page of a record shows besides it.

    One statement for titles and sources that are not known yet, one for earlier revisions where
    there are some; of a source two for its quotes; of a figure one for its series.
    """
    resource_type, record = query.resource.type, parse_record(item.record.body)
    sources = [key for key in cited_sources(resource_type, record) if key not in item.bodies]
    keys = references_of(item.record)
    series: Mapping[str, Any] | None = None
    if resource_type == "figure":
        in_series = ItemQuery(RESOURCES["series"])
        series_item = await read_item(view.database, in_series, record["series"])
        if series_item is not None:
            series = parse_record(series_item.record.body)
            keys = keys | references_of(series_item.record)
    titles, bodies = await read_titles_and_bodies(view.database, keys, view.titles, sources)
    revisions: Sequence[Revision] = ()
    if view.dataset.ordinal == snapshot.dataset.ordinal:
        revisions = [item.revision]
        if item.revision.number > 1:
            revisions = await read_newest_revisions(
                view.database, query.resource, item.record.id, MAX_REVISIONS
            )
    quotes: Page[QuotedSpan] | None = None
    if resource_type == "source":
        content_sha256 = record["content_sha256"]
        quotes = await read_quotes(
            view.database, view.dataset, _FIRST_QUOTES, item.record.id, content_sha256
        )
    cited = cited_record(resource_type, record, item.revision, titles, {**item.bodies, **bodies})
    return RelatedRecords(titles, series=series, quotes=quotes, revisions=revisions, cited=cited)


async def page_response(
    request: Request, snapshot: Snapshot, render: Callable[[], Awaitable[bytes]]
) -> Response:
    """A page that is not of one record or list, rendered once for each snapshot."""
    html = FORMATS["html"]
    base, path = base_of(request), request.scope["path"]
    headers = {
        **html.headers,
        "Vary": VARY,
        "ETag": make_etag(snapshot.dataset.fingerprint, base, path, html.name, *assets()),
        "Cache-Control": CACHE_CONTROL,
    }
    if (unchanged := not_modified(request, headers)) is not None:
        return unchanged
    if (base, path) not in snapshot.pages:
        if len(snapshot.pages) >= _MAX_PAGES:
            snapshot.pages.clear()
        snapshot.pages[base, path] = await render()
    body = snapshot.pages[base, path]
    return document(request, body, html.media_type, snapshot=snapshot, headers=headers)
