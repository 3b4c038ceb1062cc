"""The addresses. Those of the nouns are made by looping over their declarations; the others are written by hand.

A handler takes the request and answers bytes: no dependency, no model and no validation stands between, as each would
cost more than the query itself.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response

from app.errors import NOT_FOUND, NOT_READY, Problem
from app.query.parser import parse_item, parse_list, parse_nothing
from app.query.read import read_dataset, read_item, read_list
from app.render import json as as_json
from app.resources import RESOURCES, Resource
from app.vocabulary import SLUG, SLUG_LENGTH
from app.web import openapi
from app.web.problems import explanation
from app.web.served import base_of, served

Handler = Callable[[Request], Awaitable[Response]]
_SLUG = re.compile(SLUG)


def add_routes(app: FastAPI) -> None:
    for resource in RESOURCES.values():
        app.add_api_route(resource.path, _list_handler(resource), **openapi.of_list(resource))
        app.add_api_route(f"{resource.path}/{{id}}", _item_handler(resource), **openapi.of_item(resource))
    app.add_api_route("/v1", index, **openapi.of_index())
    app.add_api_route("/healthz", healthz, **openapi.of_health())
    app.add_api_route("/readyz", readyz, **openapi.of_readiness())
    app.add_api_route("/problems/{slug}", problem_type, **openapi.of_problem_type())
    app.add_api_route("/openapi.json", openapi_document, include_in_schema=False)


def _json(body: bytes) -> Response:
    return Response(body, media_type=as_json.MEDIA_TYPE)


def _list_handler(resource: Resource) -> Handler:
    async def list_records(request: Request) -> Response:
        here = served(request)
        base = base_of(request)
        query = parse_list(resource, request.scope["query_string"])
        first = f"{base}{resource.path}" + (f"?{query.canonical()}" if query.canonical() else "")
        page = await read_list(here.database, here.dataset, resource, query, first_page=first)
        return _json(as_json.render_list(page, query, here.dataset, base))

    return list_records


def _item_handler(resource: Resource) -> Handler:
    async def get_record(request: Request) -> Response:
        here = served(request)
        record_id = request.path_params["id"]
        query = parse_item(resource, request.scope["query_string"])
        if len(record_id) > SLUG_LENGTH or not _SLUG.fullmatch(record_id):
            detail = f"“{record_id[:SLUG_LENGTH]}” is not an id: ids are lower-case words joined by hyphens."
            raise Problem(NOT_FOUND, f"{detail} All ids are listed at {base_of(request)}{resource.path}.")
        item = await read_item(here.database, query, record_id)
        return _json(as_json.render_item(item, query, here.dataset, base_of(request)))

    return get_record


async def index(request: Request) -> Response:
    """What is served, and where."""
    parse_nothing(request.scope["query_string"], "the index")
    here = served(request)
    base = base_of(request)
    nouns: dict[str, Any] = {
        resource.plural: {
            "href": f"{base}{resource.path}",
            "description": resource.description,
            "count": here.dataset.counts[noun],
        }
        for noun, resource in RESOURCES.items()
    }
    links = {"openapi": f"{base}/openapi.json", "docs": f"{base}/docs", "self": f"{base}/v1"}
    return _json(
        as_json.render_value({"resources": nouns, "dataset": {"version": here.dataset.version}, "links": links})
    )


async def healthz(_: Request) -> Response:
    """The process answers."""
    return _json(as_json.render_value({"status": "ok"}))


async def readyz(request: Request) -> Response:
    """The data can be read."""
    here = served(request)
    try:
        dataset = await read_dataset(here.database)
    except Problem:
        raise
    except Exception as error:
        raise Problem(NOT_READY, "The database cannot be read.", headers={"Retry-After": "5"}) from error
    return _json(as_json.render_value({"status": "ready", "dataset": {"version": dataset.version}}))


async def problem_type(request: Request) -> Response:
    """What a problem's `type` leads to."""
    return _json(as_json.render_value(explanation(request.path_params["slug"])))


async def openapi_document(request: Request) -> Response:
    """OpenAPI 3.1, with the prefix that we are mounted under as its server."""
    parse_nothing(request.scope["query_string"], "the OpenAPI document")
    document = {**request.app.openapi(), "servers": [{"url": base_of(request) or "/"}]}
    return _json(as_json.render_value(document))
