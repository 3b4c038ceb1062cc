"""Which format an answer takes: `format=` by name, else what `Accept` prefers (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from starlette.requests import Request

from app.api.snapshots import header
from app.formats.registry import FORMATS, Format
from app.query.params import OfferedFormats
from app.vocabulary import FormatName

Name = TypeVar("Name", bound=str)
# Other names that clients give to the same thing.
_LONG = 500
"""In bytes: what Accept has beyond that is not worth remembering."""
_FORMAT = re.compile(rb"(?:^|&)format=([a-z]*)")
_ALSO: dict[FormatName, tuple[str, ...]] = {
    "ndjson": ("application/ndjson", "application/jsonl"),
    "json": ("text/json", "application/problem+json"),
}


def forms_of(request: Request, offered: Iterable[Format]) -> OfferedFormats:
    """`offered` in our order of preference."""
    names = tuple(row.name for row in offered)
    accept = header(request, b"accept")
    return (
        _forms(accept, names)
        if accept is None or len(accept) < _LONG
        else _forms.__wrapped__(accept, names)
    )


def wants_page(request: Request, offered: Iterable[Format]) -> bool:
    """Whether the answer is to be a page for people: by `format=`, else by `Accept`. For answers that are given before or
    without a look at the rest of the query.
    """
    raw = request.scope["query_string"]
    named = _FORMAT.search(raw) if b"format=" in raw else None
    if named is not None:
        return named[1] == b"html"
    return forms_of(request, offered).preferred == "html"


@lru_cache(maxsize=512)
def _forms(accept: str | None, names: tuple[FormatName, ...]) -> OfferedFormats:
    return OfferedFormats(
        names,
        tuple(name for name in names if FORMATS[name].plain is not None),
        names[0] if accept is None else preferred(accept, names),
        {name: FORMATS[name].no_place_for for name in names},
    )


def preferred(accept: str, offered: Sequence[FormatName]) -> FormatName | None:
    """The offered format with the highest quality; of equals the one that is named more exactly, then the one named first,
    then the one that we offer first. Null: none is acceptable. A header without a media range accepts anything.
    """
    return best_of(
        accept, {name: (FORMATS[name].media_type, *_ALSO.get(name, ())) for name in offered}
    )


def best_of(accept: str, offered: Mapping[Name, Sequence[str]]) -> Name | None:
    """The same of anything that has media types."""
    ranges = list(_ranges(accept))
    if not ranges:
        return next(iter(offered))
    best: tuple[float, int, int] | None = None
    chosen: Name | None = None
    for name, media_types in offered.items():
        rank = _rank([media_type.partition(";")[0] for media_type in media_types], ranges)
        if rank is not None and rank[0] > 0 and (best is None or rank > best):
            best, chosen = rank, name
    return chosen


Range = tuple[str, float]


def _rank(media_types: Sequence[str], ranges: Sequence[Range]) -> tuple[float, int, int] | None:
    """Quality, exactness and place of the range that speaks of a format most exactly; null where none does."""
    found: tuple[int, int, float] | None = None
    for index, (media_range, quality) in enumerate(ranges):
        exactness = 0
        if media_range in media_types:
            exactness = 3
        elif media_range == f"{media_types[0].partition('/')[0]}/*":
            exactness = 2
        elif media_range == "*/*":
            exactness = 1
        if exactness and (found is None or exactness > found[0]):
            found = exactness, -index, quality
    return None if found is None else (found[2], found[0], found[1])


def _ranges(accept: str) -> Iterable[Range]:
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
    """Between 0 and 1; what cannot be read counts as nothing wanted."""
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
