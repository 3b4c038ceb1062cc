"""The addresses. Those of the nouns are made by looping over their declarations; the others are written by hand.

A handler takes the request and answers bytes: no dependency, no model and no validation stands between, as each would
cost more than the query itself.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from anyio import to_thread
from anyio.lowlevel import checkpoint
from fastapi import Request, Response
from starlette.routing import Route

from app.api import history, pages
from app.api.application import DescribedApp
from app.api.citations import citation_handler
from app.api.embeds import RESOURCES_WITH_CARDS, embed_handler, oembed_answer, preview_handler
from app.api.negotiation import forms_of
from app.api.openapi import openapi_under
from app.api.problems import explanation
from app.api.responses import VARY, Answer, document, first_page, id_in
from app.api.snapshots import (
    IS_HEAD,
    LISTING,
    Handler,
    base_of,
    base_url_of,
    current,
    look_again,
)
from app.database.execute import RowStream
from app.database.results import BuildReplaced
from app.formats import json as as_json
from app.formats import prebuilt as ready
from app.formats.jsonld import CONTEXT_PATH, render_context
from app.formats.jsonld import MEDIA_TYPE as JSONLD
from app.formats.registry import (
    FORMATS,
    OF_DOCUMENTS,
    OF_HITS,
    OF_LISTS,
    OF_QUOTES,
    OF_RECORDS,
    OF_TIMELINE,
    Plain,
)
from app.middleware.metrics import Metrics
from app.pages.about import render_problem_types
from app.problems import KINDS, NOT_FOUND, NOT_READY, Problem
from app.query.evidence import read_quotes
from app.query.params import (
    ListQuery,
    parse_document,
    parse_facets,
    parse_item,
    parse_list,
    parse_nothing,
)
from app.query.records import (
    Dataset,
    Item,
    RevisedItem,
    read_dataset,
    read_everything,
    read_item,
    read_list,
    read_ready,
    read_revised,
)
from app.query.revisions import read_pasts, read_times
from app.query.search import search
from app.query.snapshots import Snapshot
from app.query.timeline import parse_timeline, read_timeline
from app.resources import RESOURCES, Resource
from app.resources.declarations import Listing
from app.resources.lists import (
    CHANGES,
    DATASETS,
    FACETS,
    REVISIONS,
    SEARCH,
    SOURCE_EVIDENCE,
    TIMELINE,
)
from app.schemas.records import record_schema
from app.urls import BaseUrl
from app.vocabulary import MAX_SLUG_LENGTH, ResourceType

JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def add_routes(app: DescribedApp) -> None:
    """Plain routes: what FastAPI does for a handler (dependencies, an exit stack, a model of the answer) ours have no use for,
    and would pay for at every request. What the OpenAPI document says of them stands in openapi.py.
    """

    def add(path: str, handler: Handler, listing: Listing | None = None) -> Handler:
        whole = _begin_again(handler, path, listing)
        app.router.routes.append(Route(path, whole, methods=["GET"]))
        return whole

    for resource in RESOURCES.values():
        app.lists[resource.path] = add(resource.path, _list_handler(resource), resource)
        app.records[resource.path] = add(f"{resource.path}/{{id}}", _item_handler(resource))
    add(CHANGES.path, history.changes, CHANGES)
    add(DATASETS.path, history.datasets, DATASETS)
    add(SOURCE_EVIDENCE.path, source_evidence, SOURCE_EVIDENCE)
    add(SEARCH.path, search_everything, SEARCH)
    add(TIMELINE.path, timeline, TIMELINE)
    add(CONTEXT_PATH, jsonld_context)
    add("/v1", index)
    add("/", index)
    add("/assets/{name}", pages.asset)
    add("/healthz", healthz)
    add("/readyz", readyz)
    add("/metrics", metrics)
    add("/problems/{slug}", problem_type)
    add("/problems", problem_types)
    add("/v1/schema/{noun}", schema)
    add("/.well-known/api-catalog", api_catalog)
    add("/openapi.json", openapi_document)
    for plural, resource in RESOURCES_WITH_CARDS.items():
        add(f"/embed/{plural}/{{id}}", embed_handler(resource))
        add(f"/preview/{plural}/{{id}}.png", preview_handler(resource))
    add("/oembed", oembed_answer)
    for resource in RESOURCES.values():
        add(f"{resource.path}/{{id}}/citation", citation_handler(resource))
        add(f"{resource.path}/{{id}}/revisions", history.revisions_handler(resource), REVISIONS)
        add(f"{resource.path}/{{id}}/revisions/{{number}}", history.revision_handler(resource))


def _begin_again(handler: Handler, path: str, listing: Listing | None) -> Handler:
    """Where a new build has taken the place of the one that was being read, the answer is made anew from that. A form that was
    sent with empty fields is led to the address that has none, and a page about a mistake in it has the form.
    """

    async def answer(request: Request) -> Response:
        request.state.route = path
        if listing is not None:
            request.scope[LISTING] = listing
            if (tidy := pages.without_empty_fields(request)) is not None:
                return tidy
        try:
            return await handler(request)
        except BuildReplaced:
            await look_again(request)
            return await handler(request)

    answer.__doc__ = handler.__doc__
    return answer


def _now(value: dict[str, Any]) -> Response:
    """What is true at this moment alone."""
    return Response(
        as_json.render_value(value),
        media_type=as_json.MEDIA_TYPE,
        headers={"Cache-Control": "no-store"},
    )


def _document(
    request: Request,
    value: Any,
    *,
    of: Snapshot | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return document(
        request, as_json.render_value(value), as_json.MEDIA_TYPE, of=of, headers=headers
    )


def _list_handler(resource: Resource) -> Handler:
    async def list_records(request: Request) -> Response:
        here, origin = current(request), base_url_of(request)
        query = parse_list(
            resource, request.scope["query_string"], forms_of(request, OF_LISTS), here.axis
        )
        row = FORMATS[query.form.name]
        answer = Answer(request, here, query, resource.path, origin, OF_LISTS)
        if (same := answer.not_modified()) is not None:
            return same
        there = await here.known_at(query.known_at)
        if row.plain is not None and query.form.is_whole:
            if request.scope[IS_HEAD]:
                return answer.headers_of_stream()
            if query.asks_for_all and not there.database.is_past:
                parts = await read_ready(there.database, resource.type, row.name)
                content = ready.written(row.plain.begin(query), parts, origin)
                return answer.streamed(content, parts)
            parts = await read_everything(there.database, resource, query)
            return answer.streamed(_written(row.plain, parts, query, origin), parts)
        page = await read_list(
            there.database,
            there.dataset,
            resource,
            query,
            first_page=first_page(query, origin.base),
        )
        page = await history.with_past(page, here, there, query, resource)
        if row.is_page:
            page = replace(page, beside=await pages.beside_records(there, page.records))
        if row.plain is not None:
            body = row.plain.begin(query) + row.plain.some(page.records, query, origin)
        else:
            assert row.page is not None  # noqa: S101 - it is offered
            body = row.page(page, query, there.dataset, origin)
        return answer.of(body, following=page.next, previous=page.previous)

    return list_records


async def _written(
    plain: Plain, parts: RowStream, query: ListQuery, origin: BaseUrl
) -> AsyncGenerator[bytes]:
    yield plain.begin(query)
    async for records in parts:
        for first in range(0, len(records), plain.at_once):
            yield plain.some(records[first : first + plain.at_once], query, origin)
            # Sending to a client that reads fast never waits: without this nobody else would have a turn.
            await checkpoint()


def _item_handler(resource: Resource) -> Handler:
    async def get_record(request: Request) -> Response:
        here, origin = current(request), base_url_of(request)
        query = parse_item(
            resource, request.scope["query_string"], forms_of(request, OF_RECORDS), here.axis
        )
        record_id = id_in(request, resource)
        answer = Answer(request, here, query, f"{resource.path}/{record_id}", origin, OF_RECORDS)
        if (same := answer.not_modified()) is not None:
            return same
        there = await here.known_at(query.known_at)
        row = FORMATS[query.form.name]
        read = read_revised if row.is_page else read_item
        item: Item | None = await read(there.database, query, record_id)
        if item is None:
            return await history.withdrawn_response(there, resource, record_id, request)
        if query.history:
            pasts = await read_pasts(there.database, there.dataset, resource, [record_id])
            item = replace(item, pasts=pasts)
        if isinstance(item, RevisedItem):
            item = replace(
                item,
                beside=await pages.beside_record(here, there, query, item),
            )
        if row.plain is not None:
            listed = ListQuery(resource, fields=query.fields, form=query.form)
            return answer.of(
                row.plain.begin(listed) + row.plain.some([item.record], listed, origin)
            )
        assert row.item is not None  # noqa: S101 - it is offered
        return answer.of(row.item(item, query, there.dataset, origin))

    return get_record


async def source_evidence(request: Request) -> Response:
    """All that is quoted from one source."""
    here, origin = current(request), base_url_of(request)
    source = id_in(request, RESOURCES["source"])
    listing = replace(SOURCE_EVIDENCE, path=f"{RESOURCES['source'].path}/{source}/evidence")
    query = parse_list(
        listing,
        request.scope["query_string"],
        replace(forms_of(request, OF_QUOTES), plain=()),
        here.axis,
    )
    answer = Answer(request, here, query, listing.path, origin, OF_QUOTES)
    if (same := answer.not_modified()) is not None:
        return same
    there = await here.known_at(query.known_at)
    page = await read_quotes(
        there.database, there.dataset, query, source, first_page=first_page(query, origin.base)
    )
    if page is None:
        return await history.withdrawn_response(
            there, RESOURCES["source"], source, request, behind="/evidence"
        )
    if FORMATS[query.form.name].is_page:
        page = replace(page, beside=await pages.titles_of(there, [("source", source)]))
    write = FORMATS[query.form.name].quotes
    assert write is not None  # noqa: S101 - it is offered
    return answer.of(
        write(page, source, query, there.dataset, origin),
        following=page.next,
        previous=page.previous,
    )


async def search_everything(request: Request) -> Response:
    """Full-text search over all nouns."""
    here, origin = current(request), base_url_of(request)
    query = parse_list(SEARCH, request.scope["query_string"], forms_of(request, OF_HITS), here.axis)
    answer = Answer(request, here, query, SEARCH.path, origin, OF_HITS)
    if (same := answer.not_modified()) is not None:
        return same
    there = await here.known_at(query.known_at)
    page = await search(
        there.database, there.dataset, query, first_page=first_page(query, origin.base)
    )
    if FORMATS[query.form.name].is_feed:
        page = replace(page, times=await read_times(there.database, page.records))
    if FORMATS[query.form.name].is_page:
        page = replace(
            page, beside=await pages.beside_records(there, [record for _, record in page.records])
        )
    write = FORMATS[query.form.name].hits
    assert write is not None  # noqa: S101 - it is offered
    return answer.of(
        write(page, query, there.dataset, origin), following=page.next, previous=page.previous
    )


async def timeline(request: Request) -> Response:
    """Events, statements and figures in one chronological list."""
    here, origin = current(request), base_url_of(request)
    asked = parse_timeline(request.scope["query_string"], forms_of(request, OF_TIMELINE), here.axis)
    query = asked.whole
    answer = Answer(request, here, query, TIMELINE.path, origin, OF_TIMELINE)
    if (same := answer.not_modified()) is not None:
        return same
    there = await here.known_at(query.known_at)
    page = await read_timeline(
        there.database, there.dataset, asked, first_page=first_page(query, origin.base)
    )
    if FORMATS[query.form.name].is_feed:
        page = replace(page, times=await read_times(there.database, page.records))
    page = replace(page, tombstones=await history.tombstones_for(here, there, query, asked.of_each))
    if FORMATS[query.form.name].is_page:
        page = replace(
            page, beside=await pages.beside_records(there, [record for _, record in page.records])
        )
    write = FORMATS[query.form.name].timeline
    assert write is not None  # noqa: S101 - it is offered
    return answer.of(
        write(page, query, there.dataset, origin), following=page.next, previous=page.previous
    )


async def jsonld_context(request: Request) -> Response:
    """What the names in JSON-LD mean."""
    parse_nothing(request.scope["query_string"], "the JSON-LD context")
    return document(request, render_context(), JSONLD)


async def index(request: Request) -> Response:
    """What is served, and where."""
    forms = forms_of(request, OF_DOCUMENTS)
    wanted, form = parse_facets(request.scope["query_string"], forms, FACETS, "the index")
    here = current(request)
    if FORMATS[form.name].is_page:
        return await pages.front(request, here)
    base = base_of(request)
    nouns: dict[str, Any] = {
        resource.plural: {
            "href": f"{base}{resource.path}",
            "schema": f"{base}/v1/schema/{noun}",
            "description": resource.description,
            "count": here.dataset.counts[noun],
            **_facets_of(here.dataset, noun, wanted),
        }
        for noun, resource in RESOURCES.items()
    }
    links = {
        "search": f"{base}{SEARCH.path}{{?q}}",
        "timeline": f"{base}{TIMELINE.path}",
        "changes": f"{base}{CHANGES.path}",
        "datasets": f"{base}{DATASETS.path}",
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
        "self": f"{base}/v1?facets={','.join(wanted)}" if wanted else f"{base}/v1",
    }
    said = {"resources": nouns, "dataset": {"version": here.dataset.version}, "links": links}
    return _document(request, said, of=here, headers={"Vary": VARY})


def _facets_of(dataset: Dataset, noun: ResourceType, wanted: Sequence[str]) -> dict[str, Any]:
    """Those of the wanted facets that a noun has: nothing is counted, the build has done it."""
    mine = {name: dataset.facets[noun][name] for name in wanted if name in dataset.facets[noun]}
    complete = all(facet["complete"] for facet in mine.values())
    return {"facets": as_json.facets_document(mine), "facets_complete": complete} if mine else {}


async def healthz(request: Request) -> Response:
    """The process answers."""
    parse_nothing(request.scope["query_string"], "the health of the process")
    return _now({"status": "ok"})


async def readyz(request: Request) -> Response:
    """The data can be read."""
    parse_nothing(request.scope["query_string"], "the state of the data")
    here = current(request)
    try:
        dataset = await read_dataset(here.database, here.dataset.ordinal)
    except Problem:
        raise
    except Exception as error:
        raise Problem(
            NOT_READY, "The database cannot be read.", headers={"Retry-After": "5"}
        ) from error
    return _now({"status": "ready", "dataset": {"version": dataset.version}})


async def metrics(request: Request) -> Response:
    """What has been counted since the start."""
    parse_nothing(request.scope["query_string"], "the metrics")
    counted: Metrics = request.app.state.metrics
    body, media_type = await to_thread.run_sync(counted.render, request.headers.get("accept", ""))
    return Response(
        body, headers={"Content-Type": media_type, "Cache-Control": "no-store", "Vary": VARY}
    )


async def problem_type(request: Request) -> Response:
    """What a problem's `type` leads to."""
    explained = explanation(request.path_params["slug"], base_of(request))
    return await _explained(request, explained, [explained], "a problem type")


async def problem_types(request: Request) -> Response:
    """Every kind of problem, by its slug."""
    explained = [explanation(slug, base_of(request)) for slug in KINDS]
    return await _explained(request, {"data": explained}, explained, "the list of problem types")


async def _explained(
    request: Request, said: Any, kinds: Sequence[dict[str, Any]], what: str
) -> Response:
    form = parse_document(request.scope["query_string"], forms_of(request, OF_DOCUMENTS), what)
    if not FORMATS[form.name].is_page:
        return _document(request, said, headers={"Vary": VARY})
    here = current(request)

    async def written() -> bytes:
        return render_problem_types(kinds, base_url_of(request), here.dataset.version)

    return await pages.page(request, here, written)


async def schema(request: Request) -> Response:
    """JSON Schema of a noun's record."""
    noun = request.path_params["noun"]
    parse_nothing(request.scope["query_string"], "a schema")
    if noun not in RESOURCES:
        raise Problem(
            NOT_FOUND,
            f"There is no noun “{noun[:MAX_SLUG_LENGTH]}”; there are {', '.join(RESOURCES)}.",
        )
    address = f"{base_url_of(request).absolute}/v1/schema/{noun}"
    described = {"$schema": JSON_SCHEMA, "$id": address, **record_schema(noun)}
    return document(request, as_json.render_value(described), "application/schema+json")


async def api_catalog(request: Request) -> Response:
    """What there is for programs that look for APIs: RFC 9727, as a linkset (RFC 9264)."""
    parse_nothing(request.scope["query_string"], "the API catalog")
    here = base_url_of(request).absolute
    linkset = {
        "anchor": f"{here}/v1",
        "item": [{"href": f"{here}{resource.path}"} for resource in RESOURCES.values()]
        + [{"href": f"{here}{TIMELINE.path}"}],
        "service-desc": [{"href": f"{here}/openapi.json", "type": "application/json"}],
        "service-doc": [
            {"href": f"{here}{path}", "type": "text/html"} for path in ("/docs", "/docs/guide")
        ],
        "status": [{"href": f"{here}/readyz", "type": "application/json"}],
    }
    return document(
        request,
        as_json.render_value({"linkset": [linkset]}),
        'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"',
        headers={"Link": f'<{here}/.well-known/api-catalog>; rel="api-catalog"'},
    )


async def openapi_document(request: Request) -> Response:
    """OpenAPI 3.1, with the prefix that we are mounted under as its server."""
    parse_nothing(request.scope["query_string"], "the OpenAPI document")
    here = current(request)
    return _document(request, openapi_under(request.app, base_of(request)), of=here)
