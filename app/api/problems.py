"""Problems → responses: RFC 9457, `application/problem+json`, for every answer from 400 on, whoever raised it."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from app.api.negotiation import wants_page
from app.api.snapshots import CARD, LISTING, base_of
from app.formats.registry import FORMATS, OF_DOCUMENTS
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
    ProblemKind,
)
from app.resources import RESOURCES
from app.resources.declarations import Listing
from app.vocabulary import Theme

MEDIA_TYPE = "application/problem+json"
ALLOWED = "GET, HEAD, OPTIONS"


def problem_response(problem: Problem, scope: Scope, base: str) -> Response:
    """The problem as JSON, or as a page for whoever would have got one, with the same status."""
    instance = quote(scope["path"], safe="/:@!$&'()*+,;=~-._")
    said = _document(problem, instance, base)
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding", **problem.headers}
    if not wants_page(Request(scope), OF_DOCUMENTS):
        return Response(
            orjson.dumps(said),
            status_code=problem.kind.status,
            headers=headers,
            media_type=MEDIA_TYPE,
        )
    theme: Theme | None = scope.get(CARD)
    if theme is not None:
        headers |= {"Content-Type": FORMATS["html"].media_type, **card_assets().headers}
        return Response(
            render_problem_card(said, root_of(base), theme),
            status_code=problem.kind.status,
            headers=headers,
        )
    body = render_problem(
        said,
        problem.kind.slug,
        problem.errors,
        base=base,
        version=_version(scope),
        listing=_listing(scope),
        raw_query=scope["query_string"],
        suggestions=_ways(problem, base),
    )
    headers |= {"Content-Type": FORMATS["html"].media_type, **FORMATS["html"].headers}
    return Response(body, status_code=problem.kind.status, headers=headers)


def _version(scope: Scope) -> str:
    app = scope.get("app")
    return (
        str(app.state.snapshots.current.dataset.version)
        if app is not None and hasattr(app.state, "snapshots")
        else ""
    )


def _listing(scope: Scope) -> Listing | None:
    """The list that was asked, at the address where it was asked: some are of one record."""
    listing: Listing | None = scope.get(LISTING)
    if listing is None:
        return None
    own = scope["path"].removeprefix(scope.get("root_path", ""))
    return replace(listing, path=own) if "{" in listing.path else listing


def _ways(problem: Problem, base: str) -> list[tuple[str, str]]:
    """Where to go on, for people: what may have been meant, what is left of what is gone, and the lists."""
    root = root_of(base)
    ways = [(text, f"{root}{path}") for text, path in problem.near]
    for name, text in (
        ("last_revision", "What it said last"),
        ("first", "The first page of the same list now"),
    ):
        if problem.extra.get(name):
            ways.append((text, f"{root}{problem.extra[name].removeprefix(base)}"))
    if problem.kind is NOT_FOUND:
        ways += [
            (f"All {resource.plural}", f"{root}{resource.path}") for resource in RESOURCES.values()
        ]
    return [*ways, ("The beginning", f"{root}/")]


def _document(problem: Problem, instance: str, base: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": f"{base}/problems/{problem.kind.slug}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "instance": instance,
    }
    if problem.errors:
        document["errors"] = [
            {"parameter": f.parameter, "value": f.value, "detail": f.detail, "nearest": f.nearest}
            for f in problem.errors
        ]
    return document | problem.extra


async def on_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for it
    return problem_response(problem, request.scope, base_of(request))


async def on_http_exception(request: Request, error: Exception) -> Response:
    """What the framework raises itself: no such route, no such method, a request that breaks HTTP."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    base = base_of(request)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Every address answers the same three methods, so a router that knows the address and not the method is also
        # the answer to OPTIONS.
        if request.method == "OPTIONS":
            return Response(
                status_code=204,
                headers={
                    "Allow": ALLOWED,
                    "Access-Control-Allow-Methods": ALLOWED,
                    "Access-Control-Allow-Headers": "*",
                },
            )
        detail = f"{request.method} is not allowed at {request.url.path}: On Record is read-only; use GET."
        return problem_response(
            Problem(METHOD_NOT_ALLOWED, detail, headers={"Allow": ALLOWED}), request.scope, base
        )
    kind: ProblemKind = {404: NOT_FOUND, 400: BAD_REQUEST}.get(error.status_code, INTERNAL_ERROR)
    return problem_response(Problem(kind, _way_out(request, base)), request.scope, base)


def _way_out(request: Request, base: str) -> str:
    path = request.url.path
    if path.rstrip("/") and path.endswith("/"):
        return f"There is nothing at {path}; addresses have no slash at the end: try {path.rstrip('/')}."
    return f"There is nothing at {path}. The index of everything is {base}/v1."


def explanation(slug: str, base: str) -> dict[str, Any]:
    """What a problem's `type` leads to: prose, and one request with the answer that it gets. Raises Problem `not-found`."""
    kind = KINDS.get(slug)
    if kind is None:
        raise Problem(
            NOT_FOUND, f"There is no problem type “{slug}”; there are {', '.join(KINDS)}."
        )
    example = kind.example
    method, _, target = example.request.partition(" ")
    shown = Problem(kind, example.detail, example.errors, example.extra)
    return {
        "type": slug,
        "status": kind.status,
        "title": kind.title,
        "explanation": kind.explanation,
        "example": {
            "request": f"{method} {base}{target}",
            "headers": example.headers,
            "answer": _document(shown, target.partition("?")[0], base),
        },
    }
