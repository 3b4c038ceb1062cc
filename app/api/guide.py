"""The guide: how to read records and how to ask for them. Every answer in it is given by the server itself while the page is
made, from whatever data it has; nothing in it can grow old.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from app.api.pages import page
from app.api.snapshots import KEEP, LISTING, base_url_of, current
from app.pages.about import Example, render_guide
from app.query.params import parse_nothing

_HEADERS = ("content-type", "etag", "cache-control", "vary", "dataset-version")


async def guide(request: Request) -> Response:
    """How to read records, and how to ask for them."""
    parse_nothing(request.scope["query_string"], "the guide")
    here = current(request)

    async def written() -> bytes:
        return render_guide(await _shown(request), here.dataset.version, base_url_of(request))

    return await page(request, here, written)


async def _shown(request: Request) -> dict[str, Example]:
    """Every request of the guide, with its answer; what the data have nothing for is left out."""
    shown: dict[str, Example] = {}
    known = await _values(request)
    for name, (address, headers) in _EXAMPLES.items():
        try:
            asked = address.format_map(known)
        except KeyError:
            continue
        shown[name] = await ask(request, asked, headers)
    if "record" in shown:
        etag = shown["record"].headers["etag"]
        shown["again"] = await ask(request, shown["record"].url, {"If-None-Match": etag})
    return shown


_EXAMPLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "record": ("/v1/figures/{figure}", {}),
    "number": ("/v1/figures/{figure}?fields=value", {}),
    "bounds": ("/v1/figures?bound=gt,ge&fields=id,as_written&limit=1", {}),
    "voice": ("/v1/statements?voice=attributed&fields=summary,voice,attribution&limit=1", {}),
    "dates": ("/v1/events?date_basis=inferred&fields=title,date&limit=1", {}),
    "window": ("/v1/events?date={month}&fields=title,date&sort=date&limit=2", {}),
    "latest": ("/v1/figures?as_of={day}&latest=true&fields=as_written&limit=1", {}),
    "place": ("/v1/figures?place={place}&fields=title,places&limit=1", {}),
    "without": ("/v1/statements?speaker_missing=true&fields=title,voice&limit=2", {}),
    "words": ("/v1/search?q={word}&limit=1", {}),
    "facets": ("/v1/events?facets=type&fields=title&limit=1", {}),
    "count": ("/v1/events?fields=title&limit=1&total=exact", {}),
    "csv": ("/v1/figures?fields=title,value&format=csv&limit=2", {}),
    "accept": ("/v1/figures?fields=title&limit=1", {"Accept": "application/x-ndjson"}),
    "mistake": ("/v1/figures?qualifer=over", {}),
    "nowhere": ("/v1/figures/{figure}-x", {}),
    "revisions": ("/v1/figures/{figure}/revisions", {}),
    "changes": ("/v1/changes?limit=1", {}),
}
"""Address and headers of each; in braces, what is taken from the data."""


async def _values(request: Request) -> dict[str, str]:
    """Ids, days and words that the data have."""
    known: dict[str, str] = {}
    for figure in _data(await ask(request, "/v1/figures?sort=-as_of&limit=1", {})):
        known |= {
            "figure": figure["id"],
            "day": figure["as_of"]["latest"] or figure["as_of"]["earliest"] or "2024",
        }
        known["word"] = quote(max(figure["title"].split(), key=len))
    for figure in _data(await ask(request, "/v1/figures?place_missing=false&limit=1", {})):
        ids = [place["id"] for place in figure["places"] if place["id"]]
        known |= {"place": ids[0]} if ids else {}
    for event in _data(await ask(request, "/v1/events?date_missing=false&sort=-date&limit=1", {})):
        day = event["date"]["latest"] or event["date"]["earliest"]
        known |= {"month": day[:7]} if day else {}
    return known


def _data(shown: Example) -> Any:
    return orjson.loads(shown.body)["data"]


async def ask(request: Request, address: str, headers: Mapping[str, str]) -> Example:
    """What we answer to this address; `address` has no prefix."""
    path, _, asked = address.partition("?")
    prefix = request.scope.get("root_path", "")
    left_out = (KEEP, LISTING, "state", "path_params", "endpoint", "route")
    scope = {key: value for key, value in request.scope.items() if key not in left_out} | {
        "path": f"{prefix}{path}",
        "raw_path": quote(f"{prefix}{path}").encode("ascii"),
        "query_string": asked.encode("ascii"),
        "headers": [
            (name.lower().encode("ascii"), value.encode("latin-1"))
            for name, value in headers.items()
        ],
        "method": "GET",
    }
    started: Message = {}
    body = b""

    async def keep(message: Message) -> None:
        nonlocal started, body
        if message["type"] == "http.response.start":
            started = message
        else:
            body += message.get("body", b"")

    app = ExceptionMiddleware(request.app.router, handlers=request.app.exception_handlers)
    await app(scope, request.receive, keep)
    found = {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in started["headers"]
    }
    told = {name: found[name] for name in _HEADERS if name in found}
    return Example(address, dict(headers), started["status"], told, body.decode())
