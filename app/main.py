"""The application: its table of contents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette_compress import add_compress_type

from app.api.application import DescribedApp, described_app
from app.api.docs import add_docs
from app.api.embeds import PreviewRenderer
from app.api.problems import on_http_exception, on_problem
from app.api.responses import COMPRESSED
from app.api.routes import add_routes
from app.errors import OperatorError
from app.middleware.access_log import AccessLogMiddleware
from app.middleware.compression import CompressionMiddleware
from app.middleware.head_and_cors import HeadAndCorsMiddleware
from app.middleware.metrics import Metrics
from app.middleware.proxy_headers import ProxyHeadersMiddleware
from app.middleware.response_cache import ResponseCacheMiddleware
from app.problems import Problem
from app.query.snapshots import Snapshots, open_snapshot
from app.settings import Settings, load_settings


def create_app(settings: Settings) -> FastAPI:
    """The application over the database that the settings name. Raises OperatorError where that cannot be served.

    The database is opened here and not in a lifespan, which an application mounted in another one does not get.
    """
    app = described()
    snapshots = app.state.snapshots = Snapshots(lambda: open_snapshot(settings))
    snapshots.open()
    app.state.previews = PreviewRenderer()
    if settings.mcp:
        add_mcp(app, settings)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.put_in_front(CompressionMiddleware)
    app.put_in_front(HeadAndCorsMiddleware, public_url=settings.public_url)
    app.put_in_front(ResponseCacheMiddleware, snapshots=snapshots, most_bytes=settings.cache_bytes)
    metrics = app.state.metrics = Metrics(lambda: snapshots.current.dataset)
    app.put_in_front(AccessLogMiddleware, metrics=metrics)
    if settings.forwarded_allow_ips:
        app.put_in_front(ProxyHeadersMiddleware, trusted_hosts=settings.forwarded_allow_ips)
    return app


def add_mcp(app: FastAPI, settings: Settings) -> None:
    """The library takes as long to load as all the rest, so who does not ask for it does without."""
    try:
        from app.mcp.http import PATH, Endpoint
    except ModuleNotFoundError as error:
        raise OperatorError(
            f"ONRECORD_MCP needs the package “{error.name}”: install the extra “mcp”"
        ) from None
    app.router.routes.append(Route(PATH, Endpoint(settings)))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Yields the state that each request's scope carries: the server counts what it refuses."""
    yield {"metrics": app.state.metrics}


def described() -> DescribedApp:
    """The addresses, which the OpenAPI document is made from, over no data yet."""
    app = described_app(_lifespan)
    add_routes(app)
    add_docs(app)
    return app


for media_type in COMPRESSED:
    add_compress_type(media_type)


def from_environment() -> FastAPI:
    """What each worker process calls."""
    return create_app(load_settings())
