"""The whole text of a source whose licence allows it to be published."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.context import base_of, mark_cacheable, snapshot_of
from app.api.openapi import NOT_MODIFIED, RENAMED, TEXT_HEADERS, id_path, ok, problems
from app.api.responses import (
    CACHE_CONTROL,
    conditional_response,
    make_etag,
    not_modified,
    require_id,
)
from app.api.route import DataRoute
from app.problems import NOT_FOUND, RANGE_NOT_SATISFIABLE, WITHDRAWN
from app.query.datasets import DatasetVersion
from app.query.parameters import TextParameters
from app.query.texts import read_text
from app.resources import RESOURCES

_SOURCE = RESOURCES["source"]
_MEDIA_TYPE = "text/plain; charset=utf-8"

router = APIRouter(prefix=_SOURCE.path, tags=[_SOURCE.plural], route_class=DataRoute)


@router.get(
    "/{id}/text",
    operation_id="get_source_text",
    summary="Get the text of a source",
    description="The whole text, byte for byte: its SHA-256 is the source's `content_sha256`, and"
    " all offsets refer to it. Only sources with `text_access=full` have it, whose licence allows"
    " it.",
    response_class=Response,
    response_model=None,
    responses={
        **ok("The text.", content={_MEDIA_TYPE: {"type": "string"}}, headers=TEXT_HEADERS),
        **NOT_MODIFIED,
        **RENAMED,
        **problems(NOT_FOUND, WITHDRAWN, RANGE_NOT_SATISFIABLE),
    },
)
async def get_source_text(
    request: Request,
    id: Annotated[str, id_path(_SOURCE)],
    params: Annotated[TextParameters, Query()],
) -> Response:
    snapshot, base = snapshot_of(request), base_of(request)
    source_id = require_id(request, _SOURCE, id)
    url = f"{base}{_SOURCE.path}/{source_id}"
    version: DatasetVersion = params.known_at.state if params.known_at else snapshot.dataset
    headers = {
        "Content-Type": _MEDIA_TYPE,
        "Content-Disposition": f'inline; filename="{source_id}.txt"',
        "Accept-Ranges": "bytes",
        "ETag": make_etag(version.fingerprint, f"{_SOURCE.path}/{source_id}/text"),
        "Cache-Control": CACHE_CONTROL,
        "Vary": "Accept-Encoding",
        "Dataset-Version": version.version,
        "Link": f'<{url}>; rel="describedby"',
    }
    if version.last_modified is not None:
        headers["Last-Modified"] = version.last_modified
    if (unchanged := not_modified(request, headers)) is not None:
        return unchanged
    view = await snapshot.view(params.known_at)
    body = await read_text(view.database, source_id)
    mark_cacheable(request, snapshot)
    return conditional_response(request, body, headers)
