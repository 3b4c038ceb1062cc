"""The application, on one screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Route

from app import __version__
from app.api import docs, guide, history, meta, search, texts, vocabularies
from app.api.citations import citation_router
from app.api.embeds import (
    RESOURCES_WITH_CARDS,
    PreviewRenderer,
    embeds_router,
    oembed_router,
)
from app.api.history import revisions_router
from app.api.near_paths import NearPaths
from app.api.openapi import CONTACT, DESCRIPTION, LICENSE, TAGS
from app.api.openapi_document import openapi_document
from app.api.problems import on_http_exception, on_problem, on_renamed
from app.api.records import add_records, evidence_router
from app.api.route import DataRoute
from app.errors import OperatorError
from app.middleware.access_log import AccessLogMiddleware
from app.middleware.byte_ranges import ByteRangesMiddleware
from app.middleware.compression import CompressionMiddleware
from app.middleware.head_and_cors import HeadAndCorsMiddleware
from app.middleware.metrics import Metrics
from app.middleware.proxy_headers import ProxyHeadersMiddleware
from app.middleware.response_cache import ResponseCacheMiddleware
from app.problems import Problem
from app.query.snapshots import Snapshots, open_snapshot
from app.query.withdrawals import RecordRenamed
from app.resources import RESOURCES
from app.settings import Settings, load_settings


def create_app(settings: Settings) -> FastAPI:
    """The application over the database that the settings name.

    The database is opened at first use: an application that is mounted in another one has no
    lifespan. Raises OperatorError where a setting needs a package that is not installed.
    """
    app = describe_app()
    snapshots = Snapshots(lambda: open_snapshot(settings))
    metrics = Metrics(lambda: snapshots.dataset)
    app.state.snapshots = snapshots
    app.state.metrics = metrics
    app.state.previews = PreviewRenderer()
    # The last one added is the outermost: what it sees is what the client sent, and what it got.
    app.add_middleware(CompressionMiddleware)
    app.add_middleware(HeadAndCorsMiddleware, public_url=settings.public_url)
    app.add_middleware(ResponseCacheMiddleware, snapshots=snapshots, max_bytes=settings.cache_bytes)
    app.add_middleware(ByteRangesMiddleware, public_url=settings.public_url)
    app.add_middleware(AccessLogMiddleware, metrics=metrics)
    if settings.forwarded_allow_ips:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.forwarded_allow_ips)
    if settings.mcp:
        add_mcp(app, settings)
    return app


def describe_app() -> FastAPI:
    """The path operations, over no data: enough for the OpenAPI document."""
    app = FastAPI(
        title="On Record",
        version=__version__,
        summary="News reports as records that software can cite.",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        contact=CONTACT,
        license_info=LICENSE,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        exception_handlers={
            Problem: on_problem,
            RecordRenamed: on_renamed,
            HTTPException: on_http_exception,
        },
        lifespan=lifespan,
    )
    # What is asked most comes first, and on the application's own router: routes are tried in
    # their order, and an included router costs a second look.
    app.router.route_class = DataRoute
    for resource in reversed(RESOURCES.values()):
        add_records(app.router, resource)
    for router in (
        history.router,
        evidence_router,
        texts.router,
        search.router,
        vocabularies.router,
        meta.router,
        meta.process_router,
    ):
        app.include_router(router)
    for resource in RESOURCES_WITH_CARDS.values():
        app.include_router(embeds_router(resource))
    app.include_router(oembed_router)
    for resource in RESOURCES.values():
        app.include_router(citation_router(resource))
        app.include_router(revisions_router(resource))
    app.include_router(guide.router)
    docs.add_docs(app)
    app.state.near_paths = NearPaths(app.routes)
    # FastAPI documents this assignment: https://fastapi.tiangolo.com/how-to/extending-openapi/
    app.openapi = partial(openapi_document, app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Open the database before the first request, and close it after the last.

    The state that it yields is in the scope of each request: the server counts what it refuses.
    """
    app.state.snapshots.open()
    try:
        yield {"metrics": app.state.metrics}
    finally:
        app.state.snapshots.close()


def add_mcp(app: FastAPI, settings: Settings) -> None:
    """Add `/mcp`. The library takes as long to load as all the rest, so it is loaded on demand."""
    try:
        from app.mcp.http import PATH, Endpoint
    except ModuleNotFoundError as error:
        raise OperatorError(
            f"ONRECORD_MCP needs the package “{error.name}”: install the extra “mcp”"
        ) from None
    app.routes.append(Route(PATH, Endpoint(settings)))


def from_environment() -> FastAPI:
    """The application of a worker process."""
    return create_app(load_settings())
