"""Content negotiation: `format=` by name, else what `Accept` prefers (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, get_args

from starlette.requests import Request

from app.api.context import header
from app.formats.media_types import ResultKind, formats_of
from app.query.params import OfferedFormats
from app.vocabulary import FormatName

Name = TypeVar("Name", bound=str)
MediaRange = tuple[str, float]
"""A media range and its quality, 0 to 1."""

_MEDIA_TYPES: Mapping[ResultKind, Mapping[FormatName, Sequence[str]]] = {
    kind: {row.name: (row.bare_media_type, *row.other_media_types) for row in formats_of(kind)}
    for kind in get_args(ResultKind)
}
_OFFERED: Mapping[ResultKind, OfferedFormats] = {
    kind: OfferedFormats(
        offered=tuple(row.name for row in formats_of(kind)),
        # Evidence as CSV has a page at a time: only lists of records are exported.
        plain=tuple(
            row.name for row in formats_of(kind) if row.is_record_stream and kind != "evidence"
        ),
        preferred=formats_of(kind)[0].name,
        unsupported_options={row.name: row.unsupported_options for row in formats_of(kind)},
    )
    for kind in get_args(ResultKind)
}
_FORMAT = re.compile(rb"(?:^|&)format=([a-z]*)")


def offered_formats(request: Request, kind: ResultKind) -> OfferedFormats:
    """The formats of a kind of result, and which of them the request prefers."""
    accept = header(request.scope, b"accept")
    if accept is None or accept == "*/*":
        return _OFFERED[kind]
    return replace(_OFFERED[kind], preferred=best_match(accept, _MEDIA_TYPES[kind]))


def wants_page(request: Request) -> bool:
    """Whether the response is a page for people, before the rest of the query is read."""
    named = _FORMAT.search(request.scope["query_string"])
    if named is not None:
        return named[1] == b"html"
    accept = header(request.scope, b"accept")
    return accept is not None and best_match(accept, _MEDIA_TYPES["document"]) == "html"


def best_match(accept: str, offered: Mapping[Name, Sequence[str]]) -> Name | None:
    """The name with the highest quality; None: none is acceptable.

    Of equals the one that is named more exactly, then the one named first, then the one offered
    first. A header without a media range accepts anything.
    """
    ranges = list(_media_ranges(accept))
    if not ranges:
        return next(iter(offered))
    best: tuple[float, int, int] | None = None
    best_name: Name | None = None
    for name, media_types in offered.items():
        rank = _rank(media_types, ranges)
        if rank is not None and rank[0] > 0 and (best is None or rank > best):
            best, best_name = rank, name
    return best_name


def _rank(
    media_types: Sequence[str], ranges: Sequence[MediaRange]
) -> tuple[float, int, int] | None:
    """Quality, exactness and position of the most exact range that matches; None: none does."""
    best: tuple[int, int, float] | None = None
    for index, (media_range, quality) in enumerate(ranges):
        if media_range in media_types:
            exactness = 3
        elif media_range == f"{media_types[0].partition('/')[0]}/*":
            exactness = 2
        elif media_range == "*/*":
            exactness = 1
        else:
            continue
        if best is None or exactness > best[0]:
            best = exactness, -index, quality
    return None if best is None else (best[2], best[0], best[1])


def _media_ranges(accept: str) -> Iterable[MediaRange]:
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if "/" not in media_range:
            continue
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = _quality(value.strip())
        yield media_range, quality


def _quality(value: str) -> float:
    """Between 0 and 1; a value that cannot be read is 0."""
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
