"""The route classes of endpoints: they validate the query into the endpoint's model.

FastAPI describes the model in the OpenAPI document from the endpoint's signature. Its own reader
is not used: it keeps the last of `limit=5&limit=7`.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any, get_type_hints

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.api.context import open_snapshot, snapshots_of
from app.api.forms import redirect_form
from app.database.results import BuildReplaced
from app.problems import NOT_READY, Problem
from app.query.context import NO_CONTEXT, QueryContext
from app.query.parameters import NoParameters, Parameters

_MAX_ATTEMPTS = 3
Endpoint = Callable[..., Awaitable[Response]]


class QueryRoute(APIRoute):
    """Calls `endpoint(request, <path parameters>, params=…)`.

    `params` is the endpoint's query model, `Annotated[Model, Query()]`; an endpoint without it
    takes no parameters. Dependencies, which FastAPI would resolve for each request, are refused.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if self.dependant.dependencies:
            raise TypeError(f"{self.path}: dependencies are not called on a {type(self).__name__}")
        endpoint: Endpoint = self.endpoint
        model: type[Parameters] | None = get_type_hints(endpoint).get("params")

        async def handle(request: Request) -> Response:
            request.state.route = self.path
            # An application that mounts this one may have parameters in its path too.
            arguments = {name: request.path_params[name] for name in self.param_convertors}
            return await self.call(request, partial(endpoint, **arguments), model)

        return handle

    async def call(
        self, request: Request, endpoint: Endpoint, model: type[Parameters] | None
    ) -> Response:
        return await endpoint(request, **read_query(request, model, NO_CONTEXT))


class DataRoute(QueryRoute):
    """A route that reads data: `request.state.snapshot` is what the endpoint reads.

    An endpoint whose build was replaced while it was read is called again with the new one.
    """

    async def call(
        self, request: Request, endpoint: Endpoint, model: type[Parameters] | None
    ) -> Response:
        if (redirect := redirect_form(request, model)) is not None:
            return redirect
        for _ in range(_MAX_ATTEMPTS):
            snapshot = await open_snapshot(request)
            try:
                return await endpoint(request, **read_query(request, model, snapshot.query_context))
            except BuildReplaced:
                await snapshots_of(request).refresh()
        raise Problem(
            NOT_READY,
            "Ask again: the data were replaced while they were read.",
            headers={"Retry-After": "1"},
        )


def read_query(
    request: Request, model: type[Parameters] | None, context: QueryContext
) -> Mapping[str, Parameters]:
    """The `params` of an endpoint; empty where it takes none. Raises Problem `invalid-query`."""
    raw: bytes = request.scope["query_string"]
    if model is not None:
        request.state.parameters_model = model
        return {"params": model.from_query_string(raw, context)}
    if raw:
        NoParameters.from_query_string(raw)
    return {}
