"""Problems as responses: RFC 9457 `application/problem+json`, or a page, for every error."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.api.context import base_of, path_of, snapshots_of
from app.api.negotiation import wants_page
from app.api.responses import CACHE_CONTROL, VARY
from app.formats.json import render_renamed
from app.formats.media_types import FORMATS
from app.pages.about import render_problem
from app.pages.frames import card_assets, render_problem_card
from app.pages.page_context import root_of
from app.problems import (
    BAD_REQUEST,
    INTERNAL_ERROR,
    KINDS,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    Problem,
)
from app.query.parameters import CardParameters
from app.query.withdrawals import RecordRenamed
from app.resources import RESOURCES
from app.vocabulary import Theme

MEDIA_TYPE = "application/problem+json"
ALLOWED_METHODS = "GET, HEAD, OPTIONS"
_LINK_RELATIONS = {"last_revision": "latest-version"}
"""Links of problems that are header fields too (RFC 8288)."""


def problem_response(request: Request, problem: Problem) -> Response:
    """The problem as JSON, or as a page where the request prefers one, with the same status."""
    base = base_of(request)
    document = problem_document(
        problem, quote(request.scope["path"], safe="/:@!$&'()*+,;=~-._"), base
    )
    headers = {"Cache-Control": "no-store", "Vary": VARY, **problem.headers}
    for name, relation in _LINK_RELATIONS.items():
        if problem.links.get(name):
            headers["Link"] = f'<{document[name]}>; rel="{relation}"'
    status = problem.kind.status
    if not wants_page(request):
        return Response(orjson.dumps(document), status, headers, media_type=MEDIA_TYPE)
    headers["Content-Type"] = FORMATS["html"].media_type
    model = getattr(request.state, "parameters_model", None)
    if model is CardParameters:
        theme: Theme = getattr(request.state, "card_theme", "auto")
        page = render_problem_card(document, root_of(base), theme)
        return Response(page, status, {**headers, **card_assets().headers})
    page = render_problem(
        document,
        problem.kind.slug,
        problem.errors,
        base=base,
        dataset=snapshots_of(request).dataset,
        model=model,
        raw_query=request.scope["query_string"],
        suggestions=_next_steps(problem, base),
    )
    return Response(page, status, {**headers, **FORMATS["html"].headers})


def problem_document(problem: Problem, instance: str, base: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": f"{base}/problems/{problem.kind.slug}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "instance": instance,
    }
    if problem.errors:
        document["errors"] = [
            {
                "parameter": error.parameter,
                "received": error.received,
                "detail": error.detail,
                "nearest": error.nearest,
            }
            for error in problem.errors
        ]
    links = {
        name: None if path is None else f"{base}{path}" for name, path in problem.links.items()
    }
    return document | problem.extra | links


def _next_steps(problem: Problem, base: str) -> list[tuple[str, str]]:
    """Links for people: similar ids, the revisions of a withdrawn record, the lists."""
    root = root_of(base)
    steps = [(text, f"{root}{path}") for text, path in problem.near]
    for name, text in (
        ("last_revision", "What it said last"),
        ("first", "The first page of the same list now"),
    ):
        if problem.links.get(name):
            steps.append((text, f"{root}{problem.links[name]}"))
    if problem.kind is NOT_FOUND:
        steps += [
            (f"All {resource.plural}", f"{root}{resource.path}") for resource in RESOURCES.values()
        ]
    return [*steps, ("The beginning", f"{root}/")]


async def on_problem(request: Request, problem: Problem) -> Response:
    return problem_response(request, problem)


async def on_renamed(request: Request, renamed: RecordRenamed) -> Response:
    """308: the same path with the present id of the record."""
    base, withdrawal = base_of(request), renamed.withdrawal
    plural = RESOURCES[withdrawal.resource_type].plural
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    path = path.replace(f"/{plural}/{withdrawal.id}", f"/{plural}/{withdrawal.renamed_to}", 1)
    query = request.scope["query_string"].decode("ascii", "replace")
    headers = {
        "Location": f"{base}{path}{'?' if query else ''}{query}",
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
    }
    body = render_renamed(withdrawal, base)
    return Response(body, HTTPStatus.PERMANENT_REDIRECT, headers, media_type="application/json")


async def on_http_exception(request: Request, error: HTTPException) -> Response:
    """What the framework raises itself: no such route, no such method, a broken request.

    Every path has the same three methods, so a router that knows the path and not the method is
    also the answer to OPTIONS.
    """
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        if request.method == "OPTIONS":
            return Response(
                status_code=204,
                headers={
                    "Allow": ALLOWED_METHODS,
                    "Access-Control-Allow-Methods": ALLOWED_METHODS,
                    "Access-Control-Allow-Headers": "*",
                },
            )
        detail = (
            f"Use GET: On Record is read-only, and {request.method} is not allowed at"
            f" {request.url.path}."
        )
        headers = {"Allow": ALLOWED_METHODS}
        return problem_response(request, Problem(METHOD_NOT_ALLOWED, detail, headers=headers))
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem_response(request, _nothing_here(request))
    kind = BAD_REQUEST if error.status_code == HTTPStatus.BAD_REQUEST else INTERNAL_ERROR
    return problem_response(request, Problem(kind, error.detail))


def _nothing_here(request: Request) -> Problem:
    base, path = base_of(request), request.url.path
    near = request.app.state.near_paths.near(path_of(request))
    if near is None:
        return Problem(NOT_FOUND, f"See {base}/v1 for all paths. There is nothing at {path}.")
    detail = f"Did you mean {base}{near}? There is nothing at {path}."
    return Problem(NOT_FOUND, detail, near=((near, near),))


def explanation(slug: str, base: str) -> dict[str, Any]:
    """What the `type` of a problem leads to: prose, and a request with its response.

    Raises Problem `not-found`.
    """
    kind = KINDS.get(slug)
    if kind is None:
        detail = f"Choose one of {', '.join(KINDS)}: “{slug}” is no kind of problem."
        raise Problem(NOT_FOUND, detail)
    example = kind.example
    method, _, target = example.request.partition(" ")
    problem = Problem(kind, example.detail, example.errors, extra=example.extra)
    return {
        "slug": slug,
        "status": kind.status,
        "title": kind.title,
        "explanation": kind.explanation,
        "example": {
            "request": f"{method} {base}{target}",
            "headers": example.headers,
            "response": problem_document(problem, target.partition("?")[0], base),
        },
    }
