"""Pages for people, as far as they are a matter of HTTP: what is read beside their records, the files that they load, and
forms, which send every field that they have.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote_plus

from starlette.requests import Request
from starlette.responses import Response

from app.api.negotiation import wants_page
from app.api.responses import CACHE_CONTROL, IMMUTABLE, VARY, document, not_modified, tag
from app.api.snapshots import base_of, base_url_of, current
from app.formats.registry import FORMATS, OF_DOCUMENTS
from app.pages.about import render_index
from app.pages.page_context import COMPONENT, assets, component_path, root_of
from app.problems import NOT_FOUND, Problem
from app.query.citations import cited_with, sources_of
from app.query.datasets import Revision
from app.query.evidence import Quotes, read_quotes_of
from app.query.params import ItemQuery, ListQuery, parse_list, parse_nothing
from app.query.records import RevisedItem, read_item, read_list
from app.query.related import (
    RelatedRecords,
    StoredRecord,
    named_in,
    named_in_series,
    named_in_short,
    parsed,
    read_titles,
    read_titles_and_bodies,
)
from app.query.revisions import read_newest_revisions
from app.query.snapshots import Snapshot, SnapshotView
from app.resources import RESOURCES
from app.resources.lists import SOURCE_EVIDENCE
from app.resources.references import RecordKey
from app.vocabulary import ResourceType

MOST_REVISIONS = 5
MOST_QUOTES = 40
"""As many quotes stand on the page of their source; the list of them goes on."""
_FIRST_QUOTES = ListQuery(SOURCE_EVIDENCE, limit=MOST_QUOTES, total="none")


_OF_COMPONENT = re.compile(rf"{COMPONENT}-[0-9a-f]{{12}}\.js")
_MOST_PAGES = 32
"""As many pages that are the same for everybody are kept, beside the cache of answers."""


async def titles_of(there: SnapshotView, wanted: Collection[RecordKey]) -> RelatedRecords:
    return RelatedRecords(await read_titles(there.database, wanted, there.titles))


async def beside_records(there: SnapshotView, records: Sequence[StoredRecord]) -> RelatedRecords:
    return await titles_of(there, named_in_short(records))


async def beside_record(
    here: Snapshot, there: SnapshotView, query: ItemQuery, item: RevisedItem
) -> RelatedRecords:
    """One statement for titles and sources that are not at hand, one for earlier revisions where there are some; of a source two
    for its quotes; of a figure one for its series.
    """
    noun, record, revision, said = (
        query.resource.type,
        item.record,
        item.revision,
        parsed(item.record[1]),
    )
    sources = [source for source in sources_of(noun, said) if source not in item.bodies]
    named = named_in(record)
    series: Mapping[str, Any] | None = None
    if noun == "figure":
        found = await read_item(there.database, ItemQuery(RESOURCES["series"]), said["series"])
        if found is not None:
            series = parsed(found.record[1])
            named = named | named_in_series(found.record[1])
    titles, bodies = await read_titles_and_bodies(there.database, named, there.titles, sources)
    revisions: Sequence[Revision] = ()
    if there.dataset.ordinal == here.dataset.ordinal:
        revisions = [revision]
        if revision.number > 1:
            revisions = await read_newest_revisions(
                there.database, query.resource, record[0], MOST_REVISIONS
            )
    quotes: Quotes | None = None
    if noun == "source":
        quotes = await read_quotes_of(
            there.database, there.dataset, _FIRST_QUOTES, record[0], said["content_sha256"]
        )
    cited = cited_with(noun, said, revision, titles, {**item.bodies, **bodies})
    return RelatedRecords(titles, series=series, quotes=quotes, revisions=revisions, cited=cited)


_EXAMPLES: Sequence[tuple[str, ResourceType, bytes]] = (
    ("What are the newest numbers, and what do they rest on?", "figure", b"sort=-as_of&limit=2"),
    (
        "Who said something, and to whom is it credited?",
        "statement",
        b"attribution=stated&sort=-date&limit=2",
    ),
    ("What happened last?", "event", b"status=told_as_done&date_missing=false&sort=-date&limit=2"),
)
"""Questions that hold for any data."""


async def front(request: Request, here: Snapshot) -> Response:
    """The first page: what there is, and three requests with what they answer now."""

    async def written() -> bytes:
        root = root_of(base_of(request))
        examples = []
        found: list[StoredRecord] = []
        newest = None
        for question, noun, asked in _EXAMPLES:
            resource = RESOURCES[noun]
            query = replace(parse_list(resource, asked), total="none")
            records = (
                await read_list(here.database, here.dataset, resource, query, first_page="")
            ).records
            found += records
            said = [(noun, parsed(record[1])) for record in records]
            examples.append(
                {
                    "question": question,
                    "url": f"{root}{resource.path}?{asked.decode()}",
                    "records": said,
                }
            )
            if noun == "figure" and said:
                newest = said[0][1]["as_of"]
        beside = await beside_records(await here.known_at(None), found)
        return render_index(here.dataset, base_url_of(request), examples, newest, beside)

    return await page(request, here, written)


async def page(request: Request, here: Snapshot, write: Callable[[], Awaitable[bytes]]) -> Response:
    """A page that holds no one record or list: made once for each build. Whoever has it is told so before anything is read."""
    row = FORMATS["html"]
    validator = tag(here.dataset.mark, base_of(request), request.scope["path"], row.name, *assets())
    headers = {**row.headers, "Vary": VARY, "ETag": validator, "Cache-Control": CACHE_CONTROL}
    same = not_modified(request, headers)
    if same is not None:
        return same
    key = (base_of(request), request.scope["path"])
    if key not in here.pages:
        if len(here.pages) >= _MOST_PAGES:
            here.pages.clear()
        here.pages[key] = await write()
    return document(request, here.pages[key], row.media_type, of=here, headers=headers)


async def asset(request: Request) -> Response:
    """A file that pages load. Its name says what it holds, so it may be kept for good."""
    parse_nothing(request.scope["query_string"], "a file")
    name: str = request.path_params["name"]
    found = assets().get(name)
    if found is None and _OF_COMPONENT.fullmatch(name):
        # Who has pasted an earlier version keeps a component that works.
        headers = {
            "Location": f"{base_of(request)}{component_path()}",
            "Cache-Control": "public, max-age=300",
        }
        return Response(status_code=307, headers=headers)
    if found is None:
        raise Problem(NOT_FOUND, f"There is no file of that name; there are {', '.join(assets())}.")
    headers = {"Cache-Control": IMMUTABLE, "Cross-Origin-Resource-Policy": "cross-origin"}
    return document(request, found.body, found.media_type, of=current(request), headers=headers)


def without_empty_fields(request: Request) -> Response | None:
    """A form sends its empty fields, too, and each checked box by itself. Where a page is wanted, it is found at the address
    that asks for the same in one way (303); a program that sends an empty value is told so.
    """
    raw: bytes = request.scope["query_string"]
    if not (raw.endswith(b"=") or b"=&" in raw) or not wants_page(request, OF_DOCUMENTS):
        return None
    values: dict[str, list[str]] = {}
    for pair in raw.decode("ascii", "replace").split("&"):
        name, separator, value = pair.partition("=")
        if separator and value:
            values.setdefault(name, []).append(quote(unquote_plus(value), safe=",:.-_~"))
    asked = "&".join(f"{name}={','.join(some)}" for name, some in values.items())
    path = quote(request.scope["path"], safe="/:@!$&'()*+,;=~-._")
    # The path of a mounted application has its prefix already.
    address = root_of(base_of(request)) + path.removeprefix(
        quote(request.scope.get("root_path", ""))
    )
    headers = {
        "Location": f"{address}{'?' if asked else ''}{asked}",
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }
    return Response(status_code=303, headers=headers)
