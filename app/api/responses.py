"""What every answer of data carries besides its body: format, validator, cache rules, links. And when it need not be sent."""

import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app import __version__
from app.api.exports import ExportResponse
from app.api.problems import MEDIA_TYPE as PROBLEM
from app.api.snapshots import base_of, header, mark_cacheable
from app.database.execute import RowStream
from app.formats.registry import FORMATS, Format, alternates
from app.presentation.citations import STYLES
from app.problems import NOT_FOUND, Problem
from app.query.datasets import DatasetVersion
from app.query.params import ItemQuery, ListQuery
from app.query.snapshots import Snapshot
from app.resources import Resource
from app.urls import BaseUrl
from app.vocabulary import MAX_SLUG_LENGTH, SLUG_PATTERN

CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
VARY = "Accept, Accept-Encoding"
CONFIRMED = ("Cache-Control", "Vary", "ETag")
"""What a 304 repeats, and nothing else: the client has the rest (RFC 9110, 15.4.5)."""
COMPRESSED = (
    *(row.media_type.partition(";")[0] for row in FORMATS.values()),
    *(style.media_type.partition(";")[0] for style in STYLES.values()),
    PROBLEM,
)
"""The media types that are sent zstd, br or gzip coded to whoever accepts it."""
_SLUG = re.compile(SLUG_PATTERN)
_CODING = re.compile(r"-(?:zstd|br|gzip)$")


class Answer:
    """One answer in the making: `etag` is its validator, which tells whether the client has it already."""

    def __init__(
        self,
        request: Request,
        here: Snapshot,
        query: ListQuery | ItemQuery,
        path: str,
        origin: BaseUrl,
        offered: tuple[Format, ...],
    ) -> None:
        form = query.form
        state: DatasetVersion = query.known_at.state if query.known_at else here.dataset
        asked = (
            query.canonical(cursor=query.cursor)
            if isinstance(query, ListQuery)
            else query.canonical()
        )
        self._request = request
        self._here = here
        self._query = query
        self._address = f"{origin.base}{path}"
        self._asked = query.canonical()
        self._offered = offered
        self._origin = origin
        self._row = FORMATS[form.name]
        base = origin.absolute if self._row.has_whole_addresses else origin.base
        self.etag = tag(state.mark, base, path, asked, form.name)
        self._state = state

    def not_modified(self) -> Response | None:
        """A 304 where the client's copy is the one that we would send; asked before anything is read."""
        confirmed = {"ETag": self.etag, "Cache-Control": CACHE_CONTROL, "Vary": VARY}
        same = not_modified(self._request, confirmed, self._state.recorded_at)
        if same is not None and header(self._request, b"if-none-match") is not None:
            self._may_be_kept()
        return same

    def of(
        self, body: bytes, *, following: str | None = None, previous: str | None = None
    ) -> Response:
        self._may_be_kept()
        response = Response()
        # Not by its constructor, which takes names and values apart and encodes them, those that are the same for all, too.
        response.body = body
        response.raw_headers = [
            *self._headers(following, previous),
            (b"content-length", b"%d" % len(body)),
        ]
        return response

    def _headers(self, following: str | None, previous: str | None) -> list[tuple[bytes, bytes]]:
        is_present = self._state.ordinal == self._here.dataset.ordinal
        return [
            *_headers_of(self._row),
            *(self._here.headers if is_present else _headers_of_past(self._state)),
            (b"etag", self.etag.encode("ascii")),
            (b"link", self._links(following, previous).encode("latin-1")),
        ]

    def _may_be_kept(self) -> None:
        names_host = self._row.has_whole_addresses and self._origin.base != self._origin.absolute
        mark_cacheable(self._request, self._here, names_host=names_host)

    def streamed(self, content: AsyncGenerator[bytes], rows: RowStream) -> Response:
        response = ExportResponse(content, rows, write_timeout=self._here.settings.write_timeout)
        response.raw_headers = self._headers(None, None)
        return response

    def headers_of_stream(self) -> Response:
        """The response to a HEAD, without a Content-Length, as the stream has none."""
        response = StreamingResponse(_nothing())
        response.raw_headers = self._headers(None, None)
        return response

    def _links(self, following: str | None, previous: str | None) -> str:
        """RFC 8288."""
        links = [
            f'<{self._with(f"cursor={cursor}")}>; rel="{rel}"'
            for rel, cursor in (("next", following), ("prev", previous))
            if cursor
        ]
        if self._query.known_at is not None:
            now = replace(self._query, known_at=None).canonical()
            links.append(
                f'<{self._address}{"?" if now else ""}{now}>; rel="original latest-version"'
            )
        if others := alternates(self._query, self._offered, self._address):
            links.append(others)
        links.append(f'<{self._origin.base}/openapi.json>; rel="describedby"')
        return ", ".join(links)

    def _with(self, more: str) -> str:
        return f"{self._address}?{self._asked}&{more}" if self._asked else f"{self._address}?{more}"


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


def first_page(query: ListQuery, base: str) -> str:
    """Where a list begins, for who comes with a cursor of other data."""
    asked = query.canonical()
    return f"{base}{query.listing.path}?{asked}" if asked else f"{base}{query.listing.path}"


def id_in(request: Request, resource: Resource) -> str:
    record_id: str = request.path_params["id"]
    if len(record_id) > MAX_SLUG_LENGTH or not _SLUG.fullmatch(record_id):
        detail = f"“{record_id[:MAX_SLUG_LENGTH]}” is not an id: ids are lower-case words joined by hyphens."
        raise Problem(
            NOT_FOUND, f"{detail} All ids are listed at {base_of(request)}{resource.path}."
        )
    return record_id


def document(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    of: Snapshot | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that holds no records: its bytes are its validator. It may be kept where it is said to be `of` a build, and
    names no host.
    """
    common = {
        "Content-Type": media_type,
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:24]}"',
        "Cache-Control": CACHE_CONTROL,
        "Vary": "Accept-Encoding",
        **(headers or {}),
    }
    if of is not None:
        mark_cacheable(request, of)
    return not_modified(request, common) or Response(body, headers=common)


@lru_cache
def _headers_of(row: Format) -> list[tuple[bytes, bytes]]:
    """Those of all answers in one format."""
    same = {
        "Content-Type": row.media_type,
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
        **row.headers,
    }
    return [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in same.items()
    ]


def _headers_of_past(state: DatasetVersion) -> Sequence[tuple[bytes, bytes]]:
    """RFC 7089: what this answers with was so at that time, and is not now."""
    version = (b"dataset-version", state.version.encode("latin-1"))
    if state.recorded_at is None:
        return [version]
    time = format_datetime(state.recorded_at, usegmt=True).encode("ascii")
    return [version, (b"last-modified", time), (b"memento-datetime", time)]


def not_modified(
    request: Request, headers: Mapping[str, str], recorded_at: datetime | None = None
) -> Response | None:
    """RFC 9110, 13.2.2: where the client sends a tag, that alone decides."""
    tags = header(request, b"if-none-match")
    same = headers["ETag"] if tags is None else confirms(tags, headers["ETag"])
    if same is None or (tags is None and not _is_unchanged_since(request, recorded_at)):
        return None
    kept = {name: headers[name] for name in CONFIRMED if name in headers}
    return Response(status_code=304, headers={**kept, "ETag": same})


def _is_unchanged_since(request: Request, recorded_at: datetime | None) -> bool:
    """What cannot be read as a date asks for nothing (RFC 9110, 13.1.3)."""
    said = header(request, b"if-modified-since")
    if said is None or recorded_at is None:
        return False
    try:
        return recorded_at <= parsedate_to_datetime(said).astimezone(UTC)
    except (ValueError, OverflowError):
        return False


def tag(*parts: str) -> str:
    """The validator of what these parts name for good."""
    return f'"{_hash(__version__, *parts)}"'


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def confirms(if_none_match: str, etag: str) -> str | None:
    """The first of the client's tags that names the answer with this `ETag`; null: none does. Weak comparison, as
    `If-None-Match` asks for (RFC 9110, 13.1.2). The tag of a coded answer ends in its coding.
    """
    wanted = _without_coding(etag)
    tags = (tag.strip() for tag in if_none_match.split(","))
    return next((tag for tag in tags if tag.endswith('"') and _without_coding(tag) == wanted), None)


def _without_coding(tag: str) -> str:
    return _CODING.sub("", tag.removeprefix("W/").strip('"'))
