"""Responses: validators, cache rules and links, and conditional requests."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from app import __version__
from app.api.context import base_url_of, header, mark_cacheable
from app.formats.media_types import FORMATS, ResultKind, alternates
from app.presentation import oembed
from app.presentation.cards import CARD_TYPES
from app.problems import NOT_FOUND, Problem
from app.query.datasets import DatasetVersion
from app.query.queries import ItemQuery, ListQuery
from app.query.snapshots import Snapshot
from app.resources import Resource
from app.vocabulary import MAX_SLUG_LENGTH, SLUG_PATTERN

CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
VARY = "Accept, Accept-Encoding"
NOT_MODIFIED_HEADERS = ("Cache-Control", "Vary", "ETag")
"""What a 304 repeats: the client has the rest (RFC 9110, 15.4.5)."""
MAX_CODED_BYTES = 2**20
"""A file that is longer has its length and its ranges, and no coding."""
_MAX_LINK_BYTES = 2_000
"""Proxies refuse a head that is too long; bodies have all links."""
_SLUG = re.compile(SLUG_PATTERN)
_CODING = re.compile(r"-(?:zstd|br|gzip)$")


class DataResponse:
    """A response with data: its validator is known before anything is read."""

    def __init__(
        self,
        request: Request,
        snapshot: Snapshot,
        query: ListQuery | ItemQuery,
        path: str,
        kind: ResultKind,
    ) -> None:
        self.request = request
        self.snapshot = snapshot
        self.links: list[str] = []
        """Links of this record alone."""
        self._query = query
        self._kind: ResultKind = kind
        self._format = FORMATS[query.format.name]
        self.base_url = base_url_of(request)
        self.path = f"{self.base_url.base}{path}"
        self._url = f"{self.path}{query.format.suffix}"
        self._version: DatasetVersion = query.known_at.state if query.known_at else snapshot.dataset
        base = self.base_url.absolute if self._format.has_absolute_urls else self.base_url.base
        parts = (base, self._url, query.canonical_page, self._format.name)
        self.etag = make_etag(self._version.fingerprint, *parts)

    def not_modified(self) -> Response | None:
        """A 304 where a tag of the client's names this response: nothing needs to be read."""
        headers = {"ETag": self.etag, "Cache-Control": CACHE_CONTROL, "Vary": VARY}
        response = not_modified(self.request, headers)
        if response is not None:
            self._mark_cacheable()
        return response

    def complete(
        self, body: bytes, *, next: str | None = None, previous: str | None = None
    ) -> Response:
        self._mark_cacheable()
        return conditional_response(self.request, body, self.headers(next, previous))

    def headers(self, next: str | None = None, previous: str | None = None) -> dict[str, str]:
        return {
            "Content-Type": self._format.media_type,
            "Cache-Control": CACHE_CONTROL,
            "Vary": VARY,
            **self._format.headers,
            **self._file_headers(),
            **self._version_headers(),
            "ETag": self.etag,
            "Link": self._links(next, previous),
        }

    def _file_headers(self) -> dict[str, str]:
        """Files have byte ranges, and the name under which they are saved."""
        disposition = self._format.disposition
        if disposition is None:
            return {}
        name = f"{self.path.rpartition('/')[2]}.{self._format.name}"
        return {
            "Accept-Ranges": "bytes",
            "Content-Disposition": f'{disposition}; filename="{name}"',
        }

    def _version_headers(self) -> Mapping[str, str]:
        version = self._version
        headers = {"Dataset-Version": version.version}
        if version.last_modified is not None:
            headers["Last-Modified"] = version.last_modified
            if version.ordinal != self.snapshot.dataset.ordinal:
                # RFC 7089: the response shows an earlier state of the resource.
                headers["Memento-Datetime"] = version.last_modified
        return headers

    def _mark_cacheable(self) -> None:
        names_host = self._format.has_absolute_urls and self.base_url.base != self.base_url.absolute
        mark_cacheable(self.request, self.snapshot, names_host=names_host)

    def _links(self, next: str | None, previous: str | None) -> str:
        """RFC 8288."""
        query = self._query
        links = [
            f'<{self._url}?{query.page(cursor)}>; rel="{rel}"'
            for rel, cursor in (("next", next), ("prev", previous))
            if cursor and isinstance(query, ListQuery)
        ]
        if query.known_at is not None:
            present = _with_query(self._url, query.without("known_at"))
            links.append(f'<{present}>; rel="original latest-version"')
        links.append(f'<{self.base_url.base}/openapi.json>; rel="describedby"')
        links += self.links
        if self._has_card():
            url = f"{self.base_url.base}{oembed.discovery_path(self.path)}"
            links.append(f'<{url}>; rel="alternate"; type="application/json+oembed"')
        if self._format.links_to_others:
            links += [
                f'<{url}>; rel="alternate"; type="{row.bare_media_type}"'
                for row, url in alternates(query, self.path, self._kind)
            ]
        return ", ".join(_fitting(links))

    def _has_card(self) -> bool:
        """Whether oEmbed has this record. Its page names the URL by itself."""
        query = self._query
        return (
            isinstance(query, ItemQuery)
            and query.resource.type in CARD_TYPES
            and query.known_at is None
            and query.format.name == "json"
        )


def _fitting(links: Iterable[str]) -> Iterator[str]:
    """Those that fit into `_MAX_LINK_BYTES`, the first ones first."""
    room = _MAX_LINK_BYTES
    for link in links:
        if len(link) <= room:
            room -= len(link) + len(", ")
            yield link


def _with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def document(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    snapshot: Snapshot | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A response without records: the hash of its bytes is its validator.

    The response cache may keep it where it depends on nothing but the `snapshot`.
    """
    common = {
        "Content-Type": media_type,
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:24]}"',
        "Cache-Control": CACHE_CONTROL,
        "Vary": "Accept-Encoding",
        **(headers or {}),
    }
    if snapshot is not None:
        mark_cacheable(request, snapshot)
    return conditional_response(request, body, common)


def require_id(request: Request, resource: Resource, record_id: str) -> str:
    """Raises Problem `not-found` unless it has the form of an id."""
    if len(record_id) > MAX_SLUG_LENGTH or not _SLUG.fullmatch(record_id):
        shortened = record_id[:MAX_SLUG_LENGTH]
        detail = (
            f"Choose an id from {request.state.base}{resource.path}: “{shortened}” is none; ids are"
            " lower-case words joined by hyphens."
        )
        raise Problem(NOT_FOUND, detail)
    return record_id


def not_modified(request: Request, headers: Mapping[str, str]) -> Response | None:
    """A 304 where one of the client's tags names the response with these headers.

    Nothing needs to be read for it: the response has been sent before. `If-None-Match: *` and
    `If-Modified-Since` ask of a response that there is one, so `conditional_response` answers them.
    """
    tags = header(request.scope, b"if-none-match")
    if tags is None or tags.strip() == "*":
        return None
    etag = matching_etag(tags, headers["ETag"])
    return None if etag is None else _not_modified(headers, etag)


def conditional_response(request: Request, body: bytes, headers: Mapping[str, str]) -> Response:
    """The response, or a 304 where the client has it (RFC 9110, 13.2.2)."""
    return unchanged_response(request, headers) or Response(body, headers=headers)


def unchanged_response(request: Request, headers: Mapping[str, str]) -> Response | None:
    """A 304 in place of a response that is ready to be sent; None: the client has another one.

    Where there are tags they decide, not the date.
    """
    tags = header(request.scope, b"if-none-match")
    if tags is None:
        is_known = _is_unchanged_since(request, headers.get("Last-Modified"))
        etag = headers["ETag"] if is_known else None
    else:
        etag = matching_etag(tags, headers["ETag"])
    return None if etag is None else _not_modified(headers, etag)


def _not_modified(headers: Mapping[str, str], etag: str) -> Response:
    repeated = {name: headers[name] for name in NOT_MODIFIED_HEADERS if name in headers}
    return Response(status_code=304, headers={**repeated, "ETag": etag})


def _is_unchanged_since(request: Request, last_modified: str | None) -> bool:
    """A value that is no date is ignored (RFC 9110, 13.1.3)."""
    date = header(request.scope, b"if-modified-since")
    if date is None or last_modified is None:
        return False
    try:
        return _parse_date(last_modified) <= _parse_date(date)
    except (ValueError, OverflowError):
        return False


def _parse_date(value: str) -> datetime:
    """An HTTP date; one without a time zone is in UTC."""
    date = parsedate_to_datetime(value)
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def make_etag(*parts: str) -> str:
    """The validator of the response that these parts determine."""
    digest = hashlib.sha256("\0".join((__version__, *parts)).encode()).hexdigest()
    return f'"{digest[:24]}"'


def matching_etag(if_none_match: str, etag: str) -> str | None:
    """The first of the client's tags that names the response with this `ETag`; None: none does.

    Weak comparison (RFC 9110, 13.1.2); `*` names any. The tag of a coded response ends in its
    coding.
    """
    if if_none_match.strip() == "*":
        return etag
    current = _without_coding(etag)
    tags = (tag.strip() for tag in if_none_match.split(","))
    return next(
        (tag for tag in tags if tag.endswith('"') and _without_coding(tag) == current), None
    )


def _without_coding(tag: str) -> str:
    return _CODING.sub("", tag.removeprefix("W/").strip('"'))
