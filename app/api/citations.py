"""Citations over HTTP.

A citation has absolute URLs and the day of access, so it is cached for a shorter time than other
responses: one for “today” not beyond the day, and not by the response cache.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from app.api.context import base_url_of, current_snapshot, header, mark_cacheable
from app.api.negotiation import best_match
from app.api.openapi import (
    CITATION_HEADERS,
    id_path,
    not_modified,
    ok,
    problems,
    query_parameter,
    renamed,
)
from app.api.responses import (
    CACHE_CONTROL,
    VARY,
    conditional_response,
    make_etag,
    require_id,
)
from app.api.responses import not_modified as not_modified_response
from app.api.route import DataRoute
from app.presentation.citations import STYLES, render_citation
from app.problems import (
    INVALID_QUERY,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    TOO_SLOW,
    WITHDRAWN,
    Problem,
    QueryError,
)
from app.query.citations import read_cited
from app.query.datasets import DatasetVersion
from app.query.params import CitationQuery, parse_citation
from app.query.results import CitedRecord
from app.query.withdrawals import raise_missing
from app.resources import Resource
from app.resources.declarations import MOMENT_VALUE
from app.resources.fields import DAY_PATTERN
from app.vocabulary import CitationStyle, codes

_MAX_AGE = 60
"""Seconds that a citation for “today” may be cached."""
_MEDIA_TYPES = {name: (style.media_type.partition(";")[0],) for name, style in STYLES.items()}
_STYLES_BY_TYPE: dict[str, list[CitationStyle]] = {}
for _name, _style in STYLES.items():
    _STYLES_BY_TYPE.setdefault(_style.media_type, []).append(_name)


def citation_router(resource: Resource) -> APIRouter:
    router = APIRouter(prefix=resource.path, tags=[resource.plural], route_class=DataRoute)

    @router.get(
        "/{id}/citation",
        operation_id=f"cite_{resource.type}",
        name=f"cite_{resource.type}",
        summary=f"How to cite one {resource.type}",
        description=f"A citation of the {resource.type} with the permanent URL of its revision:"
        " what it says, as of when, according to whom, in which source. It says so where the"
        " source does not name these.",
        response_class=Response,
        response_model=None,
        responses={
            **ok("The citation.", content=_CONTENT, headers=CITATION_HEADERS),
            **not_modified(CITATION_HEADERS),
            **renamed(),
            **problems(NOT_FOUND, NOT_ACCEPTABLE, WITHDRAWN, TOO_SLOW),
        },
        openapi_extra={"parameters": _PARAMETERS},
    )
    async def cite_record(request: Request, id: Annotated[str, id_path(resource)]) -> Response:
        now = current_time()
        snapshot, base_url = await current_snapshot(request), base_url_of(request)
        query = parse_citation(
            resource, request.scope["query_string"], _preferred(request), snapshot.history
        )
        record_id = require_id(request, resource, id)
        path = f"{resource.path}/{record_id}"
        accessed = query.accessed or now.date()
        version: DatasetVersion = query.known_at.state if query.known_at else snapshot.dataset
        headers = {
            "Content-Type": STYLES[query.style].media_type,
            "ETag": make_etag(
                version.fingerprint,
                base_url.absolute,
                f"{path}/citation",
                query.canonical(),
                accessed.isoformat(),
            ),
            "Cache-Control": CACHE_CONTROL if query.accessed else _until_midnight(now),
            "Vary": VARY,
            "Dataset-Version": version.version,
        }
        if (unchanged := not_modified_response(request, headers)) is not None:
            return unchanged
        view = await snapshot.view(query.known_at)
        cited = await read_cited(view.database, resource, record_id)
        if cited is None:
            await raise_missing(view.database, resource, record_id)
        _require_recorded(query, cited, now)
        body = render_citation(
            query.style,
            cited,
            origin=base_url.absolute,
            version=view.dataset.version,
            accessed=accessed,
        )
        if query.accessed is not None:
            names_host = base_url.base != base_url.absolute
            mark_cacheable(request, snapshot, names_host=names_host)
        url = f"{base_url.absolute}{path}"
        links = _links(query, url, cited.revision, base_url.base)
        return conditional_response(request, body, {**headers, "Link": links})

    return router


_CONTENT: dict[str, dict[str, Any]] = {
    media_type: {"type": "array", "items": {"type": "object"}}
    if "json" in media_type
    else {"type": "string"}
    for media_type in _STYLES_BY_TYPE
}
_PARAMETERS = [
    query_parameter(
        "style",
        "Citation style; overrides `Accept`. "
        + "; ".join(
            f"{', '.join(f'`{name}`' for name in names)}: {media_type.partition(';')[0]}"
            for media_type, names in _STYLES_BY_TYPE.items()
        )
        + ". Default: the style that `Accept` prefers, `sentence` first.",
        {"type": "string", "enum": list(STYLES), "examples": ["apa"]},
    ),
    query_parameter(
        "accessed",
        "Day of access; default: today in UTC. Not before the revision was recorded.",
        {"type": "string", "format": "date", "pattern": DAY_PATTERN, "examples": ["2026-11-24"]},
    ),
    query_parameter(
        "known_at",
        "Cite the revision of this instant, of the end of this day (UTC), or of this dataset"
        " version.",
        {**MOMENT_VALUE.schema, "examples": ["2026-11-24"]},
    ),
]


def current_time() -> datetime:
    return datetime.now(UTC)


def _preferred(request: Request) -> CitationStyle | None:
    """Of several styles of one media type the first."""
    accept = header(request.scope, b"accept")
    return "sentence" if accept is None else best_match(accept, _MEDIA_TYPES)


def _until_midnight(now: datetime) -> str:
    """No cache may serve it after the day of access."""
    end = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    seconds = min(_MAX_AGE, int((end - now).total_seconds()))
    return f"public, max-age={seconds}, must-revalidate"


def _require_recorded(query: CitationQuery, cited: CitedRecord, now: datetime) -> None:
    """Raises Problem `invalid-query` where the revision was recorded after the day of access.

    West of the server it may be a day earlier still.
    """
    recorded_at = cited.recorded_in.recorded_at
    if query.accessed is None or recorded_at is None:
        return
    first = min(datetime.fromisoformat(recorded_at), now).date() - timedelta(days=1)
    if query.accessed < first:
        day = query.accessed.isoformat()
        detail = (
            f"lies before this revision was recorded ({recorded_at});"
            f" known_at={day} cites what was served on that day"
        )
        error = QueryError(parameter="accessed", value=day, detail=detail)
        raise Problem(INVALID_QUERY, f"“accessed={day}” {detail}.", (error,))


def _links(query: CitationQuery, url: str, revision: int, base: str) -> str:
    """RFC 8288: the record, its permanent revision (RFC 8574), the other styles."""
    links = [
        f'<{url}>; rel="about"',
        f'<{url}/revisions/{revision}>; rel="cite-as"; anchor="{url}"',
    ]
    styles: tuple[CitationStyle, ...] = codes(CitationStyle)
    for style in styles:
        if style != query.style:
            target = f"{url}/citation?{query.in_style(style)}"
            media_type = _MEDIA_TYPES[style][0]
            links.append(f'<{target}>; rel="alternate"; type="{media_type}"; title="{style}"')
    return ", ".join([*links, f'<{base}/openapi.json>; rel="describedby"'])
