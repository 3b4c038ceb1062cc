"""Content negotiation: the suffix of the URL, else what `Accept` prefers (RFC 9110, 12.5.1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from starlette.requests import Request

from app.api.context import header
from app.formats.media_types import (
    BYTE_ORDER_MARK,
    FORMATS,
    ResultKind,
    formats_of,
    unsupported_options,
)
from app.problems import NOT_ACCEPTABLE, NOT_FOUND, Problem, QueryError, invalid_query
from app.query.queries import NegotiatedFormat
from app.vocabulary import FormatName

_OTHER_FORMAT = {BYTE_ORDER_MARK: "use a path that ends in .csv"}
"""Where a parameter has a place."""
Name = TypeVar("Name", bound=str)
MediaRange = tuple[str, float]
"""A media range and its quality, 0 to 1."""

_MEDIA_TYPES: Mapping[ResultKind, Mapping[FormatName, Sequence[str]]] = {
    kind: {row.name: (row.bare_media_type, *row.other_media_types) for row in formats_of(kind)}
    for kind in get_args(ResultKind)
}


def negotiate(request: Request, kind: ResultKind, suffix: str | None = None) -> NegotiatedFormat:
    """The format of a response: the one that its URL ends in, else the one `Accept` prefers.

    Raises Problem `not-found` where this kind of result has no such format, `not-acceptable` where
    `Accept` names none that it has.
    """
    if suffix is not None:
        named = next((row for row in formats_of(kind) if row.name == suffix), None)
        if named is None:
            raise _no_such_format(request, kind, suffix)
        return NegotiatedFormat(named.name, f".{suffix}", named.is_record_stream)
    accept = header(request.scope, b"accept")
    if accept is None or accept == "*/*":
        preferred: FormatName | None = formats_of(kind)[0].name
    else:
        preferred = best_match(accept, _MEDIA_TYPES[kind])
    if preferred is None:
        raise not_acceptable([row.bare_media_type for row in formats_of(kind)])
    return NegotiatedFormat(preferred, "", FORMATS[preferred].is_record_stream)


def _no_such_format(request: Request, kind: ResultKind, suffix: str) -> Problem:
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    path = path.removesuffix(f".{suffix}")
    near = tuple((row.name, f"{path}.{row.name}") for row in formats_of(kind))
    offered = ", ".join(target for _, target in near)
    return Problem(NOT_FOUND, f"Choose one of {offered}: there is no other format.", near=near)


def not_acceptable(offered: Sequence[str]) -> Problem:
    detail = f"Accept one of {', '.join(offered)}: Accept names none of these."
    return Problem(NOT_ACCEPTABLE, detail, headers={"Vary": "Accept"})


def require_supported(
    format_: NegotiatedFormat, kind: ResultKind, values: Mapping[str, Any]
) -> None:
    """Raises Problem `invalid-query` where the format cannot show what a parameter asks for."""
    errors = tuple(
        QueryError(
            parameter=name,
            received=None,
            detail=f"Leave “{name}” out, or {_OTHER_FORMAT.get(name, 'ask for JSON')}:"
            f" {format_.name} has no place for it.",
        )
        for name in unsupported_options(FORMATS[format_.name], kind)
        if name in values
    )
    if errors:
        raise invalid_query(errors)


def wants_page(request: Request) -> bool:
    """Whether the response is a page for people, before anything else of the request is read."""
    _, dot, suffix = request.scope["path"].rpartition("/")[2].rpartition(".")
    if dot and suffix in FORMATS:
        return FORMATS[suffix].is_page
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
