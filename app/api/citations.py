"""Citations over HTTP.

A citation has absolute URLs and the day of access, so it is cached for a shorter time than other
responses: one for “today” not beyond the day, and not by the response cache.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.api.context import base_url_of, header, mark_cacheable, snapshot_of
from app.api.negotiation import best_match, not_acceptable
from app.api.openapi import (
    CITATION_HEADERS,
    NOT_MODIFIED,
    RENAMED,
    article,
    id_path,
    ok,
    problems,
)
from app.api.responses import (
    CACHE_CONTROL,
    VARY,
    conditional_response,
    make_etag,
    not_modified,
    require_id,
)
from app.api.route import DataRoute
from app.presentation.citations import STYLES, render_citation
from app.problems import (
    NOT_ACCEPTABLE,
    NOT_FOUND,
    WITHDRAWN,
    QueryError,
    invalid_query,
)
from app.query.citations import read_cited
from app.query.datasets import DatasetVersion
from app.query.parameters import CitationParameters
from app.query.results import CitedRecord
from app.query.withdrawals import raise_missing
from app.resources import Resource
from app.schemas.citations import CitationItem
from app.vocabulary import CitationStyle, codes

_MAX_AGE = 60
"""Seconds that a citation for “today” may be cached."""
_MEDIA_TYPES = {name: (style.media_type.partition(";")[0],) for name, style in STYLES.items()}
_JSON = "application/json"
_STYLES_BY_TYPE: dict[str, list[CitationStyle]] = {}
for _name, _style in STYLES.items():
    _STYLES_BY_TYPE.setdefault(_style.media_type, []).append(_name)


def citation_router(resource: Resource) -> APIRouter:
    router = APIRouter(prefix=resource.path, tags=[resource.plural], route_class=DataRoute)

    @router.get(
        "/{id}/citation",
        operation_id=f"cite_{resource.type}",
        name=f"cite_{resource.type}",
        summary=f"Get the citation of {article(resource.type)}",
        description="With all that a reader must see, and the permanent URL of the revision.",
        response_model=list[CitationItem],
        responses={
            **ok("The citation.", content=_CONTENT, headers=CITATION_HEADERS),
            **NOT_MODIFIED,
            **RENAMED,
            **problems(NOT_FOUND, NOT_ACCEPTABLE, WITHDRAWN),
        },
    )
    async def cite_record(
        request: Request,
        id: Annotated[str, id_path(resource)],
        params: Annotated[CitationParameters, Query()],
    ) -> Response:
        now = current_time()
        snapshot, base_url = snapshot_of(request), base_url_of(request)
        style, media_type = _preferred(request, params.style)
        record_id = require_id(request, resource, id)
        path = f"{resource.path}/{record_id}"
        accessed = params.accessed or now.date()
        version: DatasetVersion = params.known_at.state if params.known_at else snapshot.dataset
        headers = {
            "Content-Type": media_type,
            "ETag": make_etag(
                version.fingerprint,
                base_url.absolute,
                f"{path}/citation",
                params.canonical(style),
                media_type,
                accessed.isoformat(),
            ),
            "Cache-Control": CACHE_CONTROL if params.accessed else _until_midnight(now),
            "Vary": VARY,
            "Dataset-Version": version.version,
        }
        if (unchanged := not_modified(request, headers)) is not None:
            return unchanged
        view = await snapshot.view(params.known_at)
        cited = await read_cited(view.database, resource, record_id, view.dataset.vocabulary)
        if cited is None:
            await raise_missing(view.database, resource, record_id)
        _require_recorded(params, cited, now)
        body = render_citation(
            style,
            cited,
            origin=base_url.absolute,
            version=view.dataset.version,
            accessed=accessed,
        )
        if params.accessed is not None:
            names_host = base_url.base != base_url.absolute
            mark_cacheable(request, snapshot, names_host=names_host)
        url = f"{base_url.absolute}{path}"
        links = _links(params, style, url, cited.revision, base_url.base)
        return conditional_response(request, body, {**headers, "Link": links})

    return router


_CONTENT: dict[str, dict[str, Any]] = {
    media_type: {
        "type": "array",
        "items": {"$ref": f"#/components/schemas/{CitationItem.__name__}"},
    }
    if "json" in media_type
    else {"type": "string"}
    for media_type in _STYLES_BY_TYPE
}


def current_time() -> datetime:
    return datetime.now(UTC)


def _preferred(request: Request, style: CitationStyle | None) -> tuple[CitationStyle, str]:
    """The style of the response, and its media type. Raises Problem `not-acceptable`.

    Of several styles of one media type, `Accept` means the first.
    """
    accept = header(request.scope, b"accept")
    if style is None and accept is not None:
        preferred = best_match(accept, {**_MEDIA_TYPES, "json": (_JSON,)})
        if preferred is None:
            raise not_acceptable([*_STYLES_BY_TYPE])
        if preferred == "json":
            return "csl-json", _JSON
        style = preferred
    style = style or "sentence"
    return style, STYLES[style].media_type


def _until_midnight(now: datetime) -> str:
    """No cache may serve it after the day of access."""
    end = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    seconds = min(_MAX_AGE, int((end - now).total_seconds()))
    return f"public, max-age={seconds}, must-revalidate"


def _require_recorded(params: CitationParameters, cited: CitedRecord, now: datetime) -> None:
    """Raises Problem `invalid-query` where the revision was recorded after the day of access.

    West of the server it may be a day earlier still.
    """
    recorded_at = cited.recorded_in.recorded_at
    if params.accessed is None or recorded_at is None:
        return
    first = min(datetime.fromisoformat(recorded_at), now).date() - timedelta(days=1)
    if params.accessed < first:
        day = params.accessed.isoformat()
        detail = (
            f"Write known_at={day} to cite what was served on that day: this revision was recorded"
            f" later ({recorded_at})."
        )
        error = QueryError(parameter="accessed", received=day, detail=detail)
        raise invalid_query([error])


def _links(
    params: CitationParameters, used: CitationStyle, url: str, revision: int, base: str
) -> str:
    """RFC 8288: the record, its permanent revision (RFC 8574), the other styles."""
    links = [
        f'<{url}>; rel="about"',
        f'<{url}/revisions/{revision}>; rel="cite-as"; anchor="{url}"',
    ]
    styles: tuple[CitationStyle, ...] = codes(CitationStyle)
    for style in styles:
        if style != used:
            target = f"{url}/citation?{params.canonical(style)}"
            media_type = _MEDIA_TYPES[style][0]
            links.append(f'<{target}>; rel="alternate"; type="{media_type}"; title="{style}"')
    return ", ".join([*links, f'<{base}/openapi.json>; rel="describedby"'])
