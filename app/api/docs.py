"""The interactive page of the OpenAPI document: Swagger UI, served by us, so that it needs no internet, under a policy
that lets it load nothing from elsewhere. Every address in it is relative, so it works under any prefix.
"""

from pathlib import Path

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from starlette.routing import Route

from app.api.guide import guide
from app.api.responses import document
from app.api.snapshots import current
from app.pages.page_context import FOLDER as PAGES_FOLDER
from app.problems import NOT_FOUND, Problem
from app.query.params import parse_nothing

_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    "": "text/plain; charset=utf-8",
}
_FOLDER = PAGES_FOLDER / "static" / "swagger-ui"
_FILES = {path.name: path for path in sorted(_FOLDER.iterdir())}

_PAGE = b"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>On Record: API documentation</title>
<link rel="icon" type="image/png" href="docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body>
<nav aria-label="Site"><a href="./">On Record</a> <a href="docs/guide">Guide</a></nav>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript. Without it: <a href="docs/guide">the guide</a>; for programs:
<a href="openapi.json">openapi.json</a></noscript>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/init.js"></script>
</body>
</html>
"""

_INIT = b"""SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
"""

# Swagger UI has data: icons; its styles it sets through the object model, which a policy does not forbid.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


async def page(request: Request) -> Response:
    parse_nothing(request.scope["query_string"], "the documentation")
    return document(
        request, _PAGE, "text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY}
    )


async def init(request: Request) -> Response:
    parse_nothing(request.scope["query_string"], "a script")
    return document(request, _INIT, "text/javascript; charset=utf-8")


async def asset(request: Request) -> Response:
    """A file of Swagger UI. They are few and known, so that no path leads anywhere else."""
    parse_nothing(request.scope["query_string"], "a file")
    name = request.path_params["name"]
    if name not in _FILES:
        raise Problem(NOT_FOUND, f"There is no file of that name; there are {', '.join(_FILES)}.")
    body = await to_thread.run_sync(_FILES[name].read_bytes)
    return document(request, body, _MEDIA_TYPES[Path(name).suffix], of=current(request))


def add_docs(app: FastAPI) -> None:
    for path, answer in (
        ("/docs", page),
        ("/docs/guide", guide),
        ("/docs/init.js", init),
        ("/docs/assets/{name}", asset),
    ):
        app.router.routes.append(Route(path, answer, methods=["GET"]))
