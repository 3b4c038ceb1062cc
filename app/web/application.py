"""The application as FastAPI knows it: what it is called, and its OpenAPI document."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.resources import RESOURCES
from app.web.problems import MEDIA_TYPE

DESCRIPTION = """\
Who did what, who said what, and how many, as of when, according to whom: news reports as records that software can cite.
Every record carries the exact words of its source and where they stand in it.

A record says *source S states X*, never that X is true. `quote_verified` means that the quote stands at those offsets in
that text, and nothing more. Read-only, no key; unknown parameters are refused, never ignored.
"""


class DescribedApp(FastAPI):
    """FastAPI, whose document says of errors what we answer: problem+json, or a page, and never its own validation error. The models of
    all answers are made when the document is first asked for: a server may live without.

    What is put `in_front` answers before any layer of the framework's own has been gone through: what stands there is asked for
    every request, and the framework's layers cost as much as an answer from memory does.
    """

    def __init__(self, **described: Any) -> None:
        super().__init__(**described)
        self.front: ASGIApp = super().__call__

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front(scope, receive, send)

    def put_in_front(self, layer: Callable[..., ASGIApp], **options: Any) -> None:
        self.front = layer(self.front, **options)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            from app.web.openapi import describe

            describe(self)
            document = super().openapi()
            document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
            for path in document["paths"].values():
                for operation in path.values():
                    for status, answer in operation["responses"].items():
                        if status >= "400":
                            answer["content"] = {
                                MEDIA_TYPE: answer["content"]["application/json"],
                                "text/html": {"schema": {"type": "string"}},
                            }
            self.openapi_schema = document
        return self.openapi_schema


def described_app() -> DescribedApp:
    tags = [{"name": resource.plural, "description": resource.description} for resource in RESOURCES.values()]
    return DescribedApp(
        title="On Record",
        version=__version__,
        summary="News reports as records that software can cite.",
        description=DESCRIPTION,
        openapi_tags=[
            *tags,
            {"name": "across", "description": "Lists over several nouns."},
            {"name": "history", "description": "What was served before."},
            {"name": "about", "description": "The service itself."},
        ],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
