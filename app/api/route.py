"""The route class of endpoints that read data."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.api.context import snapshots_of
from app.database.results import BuildReplaced
from app.problems import NOT_READY, Problem

_MAX_ATTEMPTS = 3


class DataRoute(APIRoute):
    """Calls `endpoint(request, <path parameters>)`.

    FastAPI describes the endpoint from its signature; dependencies, which it would resolve for
    each request, are refused. Endpoints read the query string themselves, since FastAPI keeps the
    last of `limit=5&limit=7` and ignores unknown names. An endpoint whose build was replaced while
    it was read is called again with the new one.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Callable[..., Awaitable[Response]] = self.endpoint
        if self.dependant.dependencies:
            raise TypeError(f"{self.path}: dependencies are not called on a DataRoute")

        async def handle(request: Request) -> Response:
            request.state.route = self.path
            # An application that mounts this one may have parameters in its path too.
            parameters = {name: request.path_params[name] for name in self.param_convertors}
            for _ in range(_MAX_ATTEMPTS):
                try:
                    return await endpoint(request, **parameters)
                except BuildReplaced:
                    await snapshots_of(request).refresh()
            raise Problem(
                NOT_READY,
                "The data were replaced while they were read; ask again.",
                headers={"Retry-After": "1"},
            )

        return handle
