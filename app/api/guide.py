"""The guide: how to read records and how to query them.

Each response in it comes from the server itself while the page is rendered, so it is never stale.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request, Response

from app.api.context import base_url_of, snapshot_of
from app.api.in_process import client_of
from app.api.pages import page_response
from app.api.route import DataRoute
from app.pages.about import Example, render_guide

_HEADERS = ("content-type", "etag", "cache-control", "vary", "dataset-version")
"""The headers of a response that the guide shows."""

router = APIRouter(include_in_schema=False, route_class=DataRoute)


@router.get("/docs/guide")
async def get_guide(request: Request) -> Response:
    snapshot = snapshot_of(request)

    async def render() -> bytes:
        examples = await _examples(request)
        return render_guide(examples, snapshot.dataset.version, base_url_of(request))

    return await page_response(request, snapshot, render)


async def _examples(request: Request) -> dict[str, Example]:
    """The guide's requests with their responses; without those that no data fit."""
    examples: dict[str, Example] = {}
    values = await _values(request)
    for name, (path, headers) in _EXAMPLES.items():
        try:
            path = path.format_map(values)
        except KeyError:
            continue
        examples[name] = await _get(request, path, headers)
    if "record" in examples:
        record = examples["record"]
        headers = {"If-None-Match": record.headers["etag"]}
        examples["again"] = await _get(request, record.url, headers)
    return examples


_EXAMPLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "record": ("/v1/figures/{figure}", {}),
    "number": ("/v1/figures/{figure}?fields=value", {}),
    "bounds": ("/v1/figures?qualifier=over,at_least&fields=id,as_written&limit=1", {}),
    "voice": ("/v1/statements?voice=attributed&fields=summary,voice,attribution&limit=1", {}),
    "dates": ("/v1/events?present=date&fields=title,date&limit=1", {}),
    "window": ("/v1/events?date={month}&fields=title,date&sort=date&limit=2", {}),
    "latest": ("/v1/figures?as_of={day}&latest=true&fields=as_written&limit=1", {}),
    "place": ("/v1/figures?place={place}&fields=title,places&limit=1", {}),
    "exclusion": ("/v1/figures?qualifier=!none_stated&fields=title,qualifier&limit=1", {}),
    "without": ("/v1/statements?missing=speaker&fields=title,voice&limit=2", {}),
    "words": ("/v1/search?q={word}&limit=1", {}),
    "facets": ("/v1/events?facets=type&fields=title&limit=1", {}),
    "count": ("/v1/events?fields=title&limit=1&total=exact", {}),
    "csv": ("/v1/figures.csv?fields=title,value&limit=2", {}),
    "accept": ("/v1/figures?fields=title&limit=1", {"Accept": "application/x-ndjson"}),
    "mistake": ("/v1/figures?qualifer=over&value_min=28,473", {}),
    "nowhere": ("/v1/figures/{figure}-x", {}),
    "revisions": ("/v1/figures/{figure}/revisions", {}),
    "changes": ("/v1/changes?limit=1", {}),
}
"""Path and headers of each request; values in braces come from the data."""


async def _values(request: Request) -> dict[str, str]:
    """Ids, days and words that the data have."""
    values: dict[str, str] = {}
    for figure in await _data(request, "/v1/figures?sort=-as_of&limit=1"):
        day = figure["as_of"]["latest"] or figure["as_of"]["earliest"] or "2024"
        word = quote(max(figure["title"].split(), key=len))
        values |= {"figure": figure["id"], "day": day, "word": word}
    for figure in await _data(request, "/v1/figures?present=place&limit=1"):
        ids = [place["id"] for place in figure["places"] if place["id"]]
        values |= {"place": ids[0]} if ids else {}
    for event in await _data(request, "/v1/events?present=date&sort=-date&limit=1"):
        day = event["date"]["latest"] or event["date"]["earliest"]
        values |= {"month": day[:7]} if day else {}
    return values


async def _data(request: Request, path: str) -> Any:
    return orjson.loads((await _get(request, path, {})).body)["data"]


async def _get(request: Request, path: str, headers: Mapping[str, str]) -> Example:
    async with client_of(request.app, request.scope) as client:
        # The examples show bodies as they are, not coded.
        plain = {"Accept": "*/*", "Accept-Encoding": "identity"}
        response = await client.get(
            f"{request.scope.get('root_path', '')}{path}", headers={**plain, **headers}
        )
    shown_headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    return Example(path, dict(headers), response.status_code, shown_headers, response.text)
