"""The table of formats. A row declares a format; `app/api/renderers.py` has its functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from app.query.queries import ItemQuery, ListQuery
from app.vocabulary import FormatName

ResultKind = Literal[
    "records",
    "record",
    "timeline",
    "search",
    "changes",
    "evidence",
    "revisions",
    "datasets",
    "vocabularies",
    "codes",
    "document",
]
"""What a response holds; `document`: no records."""

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'self'"
)
"""Content-Security-Policy of pages: no script, no inline style, nothing from elsewhere."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Format:
    """A format of responses, with the kinds of results that it has.

    `is_record_stream`: it holds records alone, so all of a list unless a page is asked for.
    `unsupported_options` are the parameters whose result it has no place for.
    `has_absolute_urls`: its URLs have scheme and host. `is_feed`: its entries say when they were
    recorded. `is_page`: people read it. `has_titles`: it shows the titles of the records that a
    record names. `links_to_others`: the `Link` header has the other formats.
    `disposition`: responses are files with a name, which browsers save (`attachment`) or show
    (`inline`). `headers` go with each response.
    """

    name: FormatName
    label: str
    media_type: str
    kinds: frozenset[ResultKind]
    other_media_types: tuple[str, ...] = ()
    is_record_stream: bool = False
    unsupported_options: tuple[str, ...] = ()
    has_absolute_urls: bool = False
    is_feed: bool = False
    is_page: bool = False
    has_titles: bool = False
    links_to_others: bool = True
    disposition: Literal["attachment", "inline"] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def bare_media_type(self) -> str:
        """Without parameters."""
        return self.media_type.partition(";")[0]


BYTE_ORDER_MARK = "bom"
"""The parameter that CSV alone has."""
_OPTIONS = ("include", "facets", "total")
_ALL_KINDS: frozenset[ResultKind] = frozenset(kind for kind in get_args(ResultKind)) - {"document"}

FORMATS: Mapping[FormatName, Format] = {
    row.name: row
    for row in (
        Format(
            name="json",
            label="JSON",
            media_type="application/json",
            other_media_types=("text/json", "application/problem+json"),
            kinds=_ALL_KINDS | {"document"},
            unsupported_options=(BYTE_ORDER_MARK,),
        ),
        Format(
            name="csv",
            label="CSV",
            media_type="text/csv; charset=utf-8; header=present",
            kinds=_ALL_KINDS,
            is_record_stream=True,
            unsupported_options=(*_OPTIONS, "updated_after"),
            disposition="attachment",
        ),
        Format(
            name="ndjson",
            label="NDJSON",
            media_type="application/x-ndjson",
            other_media_types=("application/ndjson", "application/jsonl"),
            kinds=_ALL_KINDS,
            is_record_stream=True,
            unsupported_options=(*_OPTIONS, "updated_after", BYTE_ORDER_MARK),
            disposition="attachment",
        ),
        Format(
            name="jsonld",
            label="JSON-LD",
            media_type="application/ld+json",
            kinds=frozenset(
                ("records", "record", "timeline", "search", "evidence", "vocabularies", "codes")
            ),
            unsupported_options=(*_OPTIONS, "updated_after", BYTE_ORDER_MARK),
            has_absolute_urls=True,
            # JSON-LD 1.1 gives a link to an alternate a meaning of its own, and pyld reads no
            # response that has several.
            links_to_others=False,
            disposition="inline",
        ),
        Format(
            name="atom",
            label="Atom",
            media_type="application/atom+xml",
            kinds=frozenset(("records", "timeline", "search", "changes")),
            unsupported_options=("fields", *_OPTIONS, BYTE_ORDER_MARK),
            has_absolute_urls=True,
            is_feed=True,
            has_titles=True,
            disposition="inline",
        ),
        Format(
            name="timelinejs",
            label="TimelineJS",
            media_type="application/vnd.onrecord.timelinejs+json",
            kinds=frozenset(("timeline",)),
            unsupported_options=(*_OPTIONS, "updated_after", BYTE_ORDER_MARK),
            has_absolute_urls=True,
            disposition="inline",
            has_titles=True,
        ),
        Format(
            name="html",
            label="HTML",
            media_type="text/html; charset=utf-8",
            kinds=_ALL_KINDS | {"document"},
            unsupported_options=(BYTE_ORDER_MARK,),
            has_absolute_urls=True,
            is_page=True,
            has_titles=True,
            headers={
                "Content-Security-Policy": PAGE_POLICY,
                "Referrer-Policy": "no-referrer",
            },
        ),
    )
}


_FORMATS_OF: dict[ResultKind, tuple[Format, ...]] = {
    kind: tuple(row for row in FORMATS.values() if kind in row.kinds)
    for kind in get_args(ResultKind)
}


def formats_of(kind: ResultKind) -> tuple[Format, ...]:
    """The formats that a kind of result has, in our order of preference."""
    return _FORMATS_OF[kind]


def unsupported_options(row: Format, kind: ResultKind) -> tuple[str, ...]:
    """The parameters whose result a format has no place for.

    Changes are what `updated_after` asks for, in every format.
    """
    if kind == "changes":
        return tuple(name for name in row.unsupported_options if name != "updated_after")
    return row.unsupported_options


def alternates(
    query: ListQuery | ItemQuery, path: str, kind: ResultKind
) -> Sequence[tuple[Format, str]]:
    """The other formats that a response has, each with the URL that asks for it.

    `path` is without a suffix. Options that a format has no place for are left out of its query; a
    format that cannot show what `updated_after` asks for is not among them.
    """
    urls = []
    updates = isinstance(query, ListQuery) and query.updated_after is not None
    for row in formats_of(kind):
        unsupported = unsupported_options(row, kind)
        if row.name != query.format.name and not (updates and "updated_after" in unsupported):
            canonical = query.without(*unsupported)
            urls.append((row, f"{path}.{row.name}{'?' if canonical else ''}{canonical}"))
    return urls
