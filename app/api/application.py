"""The application as FastAPI knows it: what it is called, and its OpenAPI document."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from app import __version__
from app.api.described import describe
from app.api.openapi import DESCRIPTION, LICENSE, TAGS
from app.api.problems import on_problem
from app.api.snapshots import Handler
from app.problems import Problem

Layer = TypeVar("Layer", bound=ASGIApp)


class DescribedApp(FastAPI):
    """FastAPI, whose document says of errors what we answer: problem+json, or a page, and never its own validation error. The models of
    all answers are made when the document is first asked for: a server may live without.

    What is put `in_front` answers before any layer of the framework's own has been gone through. `lists` and `records` are the
    handlers of what is asked most, by the path of the list: they are found by looking there, in front of the framework's router,
    which goes through its routes one by one and costs as much as a record does.
    """

    def __init__(self, **described: Any) -> None:
        super().__init__(**described)
        self.lists: dict[str, Handler] = {}
        self.records: dict[str, Handler] = {}
        self.front: ASGIApp = self._answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front(scope, receive, send)

    def put_in_front(self, layer: Callable[..., Layer], **options: Any) -> Layer:
        self.front = placed = layer(self.front, **options)
        return placed

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = (
            self._handler_at_hand(scope)
            if scope["type"] == "http" and scope["method"] == "GET"
            else None
        )
        if handler is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except Problem as problem:
            response = await on_problem(request, problem)
        await response(scope, receive, send)

    def _handler_at_hand(self, scope: Scope) -> Handler | None:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        if path in self.lists:
            return self.lists[path]
        parent, _, last = path.rpartition("/")
        handler = self.records.get(parent) if last else None
        if handler is not None:
            scope["path_params"] = {"id": last}
        return handler

    def build_middleware_stack(self) -> ASGIApp:
        """Without the layer that answers what goes wrong in plain text: one of those in front does that."""
        stack = super().build_middleware_stack()
        assert isinstance(stack, ServerErrorMiddleware)  # noqa: S101 - the outermost
        return stack.app

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            describe(self)
        return super().openapi()


def described_app(lifespan: Lifespan[FastAPI] | None = None) -> DescribedApp:
    return DescribedApp(
        title="On Record",
        version=__version__,
        summary="News reports as records that software can cite.",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        license_info=LICENSE,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
