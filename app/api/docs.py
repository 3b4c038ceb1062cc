"""Swagger UI, with its files on this server and relative URLs, so that it works offline and under
any path prefix. FastAPI's own page starts it from an inline script, which the policy forbids.
"""

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.staticfiles import StaticFiles

from app.api.responses import document
from app.api.route import QueryRoute
from app.pages.page_context import FOLDER as PAGES_FOLDER

STATIC_FOLDER = PAGES_FOLDER / "static"
PAGE = (STATIC_FOLDER / "docs.html").read_bytes()
# Swagger UI has data: icons; it sets styles through the object model, which no policy forbids.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

router = APIRouter(include_in_schema=False, route_class=QueryRoute)


@router.get("/docs")
async def swagger_ui(request: Request) -> Response:
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return document(request, PAGE, "text/html; charset=utf-8", headers=headers)


def add_docs(app: FastAPI) -> None:
    app.include_router(router)
    app.mount("/docs/assets", StaticFiles(directory=STATIC_FOLDER / "swagger-ui"))
