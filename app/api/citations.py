"""Citations over HTTP. A citation names whole addresses and the day on which it is made, so it is kept shorter than other
answers: one for “today” not beyond the day, by nobody, and not by us.
"""

from datetime import UTC, datetime, time, timedelta
from typing import get_args

from fastapi import Request, Response

from app.api import history
from app.api.negotiation import best_of
from app.api.responses import CACHE_CONTROL, VARY, id_in, not_modified, tag
from app.api.snapshots import Handler, base_url_of, current, header, mark_cacheable
from app.presentation.citations import STYLES, render_citation
from app.problems import INVALID_QUERY, Problem, QueryError
from app.query.citations import CitedRecord, read_cited
from app.query.datasets import DatasetVersion
from app.query.params import CitationQuery, parse_citation
from app.resources import Resource
from app.vocabulary import CitationStyle

_KEPT_AT_MOST = 60
"""In seconds."""
_MEDIA_TYPES = {name: (style.media_type,) for name, style in STYLES.items()}


def citation_handler(resource: Resource) -> Handler:
    async def cite_record(request: Request) -> Response:
        now = _now()
        here, origin = current(request), base_url_of(request)
        query = parse_citation(
            resource, request.scope["query_string"], _preferred(request), here.axis
        )
        record_id = id_in(request, resource)
        path = f"{resource.path}/{record_id}"
        accessed = query.accessed or now.date()
        style = STYLES[query.style]
        state: DatasetVersion = query.known_at.state if query.known_at else here.dataset
        headers = {
            "Content-Type": style.media_type,
            "ETag": tag(
                state.mark,
                origin.absolute,
                f"{path}/citation",
                query.canonical(),
                accessed.isoformat(),
            ),
            "Cache-Control": CACHE_CONTROL if query.accessed else _until_midnight(now),
            "Vary": VARY,
            "Dataset-Version": state.version,
        }
        if (same := not_modified(request, headers)) is not None:
            return same
        there = await here.known_at(query.known_at)
        cited = await read_cited(there.database, resource, record_id)
        if cited is None:
            return await history.withdrawn_response(
                there, resource, record_id, request, behind="/citation"
            )
        _require_it_was_there(query, cited, now)
        body = render_citation(
            query.style,
            cited,
            origin=origin.absolute,
            version=there.dataset.version,
            accessed=accessed,
        )
        if query.accessed is not None:
            mark_cacheable(request, here, names_host=origin.base != origin.absolute)
        address = f"{origin.absolute}{path}"
        return Response(
            body, headers={**headers, "Link": _links(query, address, cited.revision, origin.base)}
        )

    return cite_record


def _preferred(request: Request) -> CitationStyle | None:
    """Of several styles of one media type the first."""
    accept = header(request, b"accept")
    return "sentence" if accept is None else best_of(accept, _MEDIA_TYPES)


def _now() -> datetime:
    return datetime.now(UTC)


def _until_midnight(now: datetime) -> str:
    """Nobody may go on with it when the day is over."""
    end = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return (
        f"public, max-age={min(_KEPT_AT_MOST, int((end - now).total_seconds()))}, must-revalidate"
    )


def _require_it_was_there(query: CitationQuery, cited: CitedRecord, now: datetime) -> None:
    """Nobody read on a day what was recorded later. West of us it may be a day earlier still."""
    recorded_at = cited.recorded_in.recorded_at
    if query.accessed is None or recorded_at is None:
        return
    first = min(datetime.fromisoformat(recorded_at), now).date() - timedelta(days=1)
    if query.accessed < first:
        day = query.accessed.isoformat()
        detail = f"lies before this revision was recorded ({recorded_at}); known_at={day} cites what was served on that day"
        fault = QueryError(parameter="accessed", value=day, detail=detail)
        raise Problem(INVALID_QUERY, f"“accessed={day}” {detail}.", (fault,))


def _links(query: CitationQuery, address: str, revision: int, base: str) -> str:
    """RFC 8288: what is cited, where it stays (RFC 8574), and the same in the other styles."""
    links = [
        f'<{address}>; rel="about"',
        f'<{address}/revisions/{revision}>; rel="cite-as"; anchor="{address}"',
    ]
    styles: tuple[CitationStyle, ...] = get_args(CitationStyle)
    for style in styles:
        if style != query.style:
            media_type = STYLES[style].media_type.partition(";")[0]
            links.append(
                f'<{address}/citation?{query.in_style(style)}>; rel="alternate"; type="{media_type}"; title="{style}"'
            )
    return ", ".join([*links, f'<{base}/openapi.json>; rel="describedby"'])
