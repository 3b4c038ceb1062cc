"""The table of formats: a row for each. What a row has no function for is not offered there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from app import pages as html
from app.formats import atom, csv, json, jsonld, ndjson, timelinejs
from app.pages import render as pages
from app.pages.page_context import HEADERS
from app.query.evidence import Quotes
from app.query.params import ItemQuery, ListQuery, NegotiatedFormat
from app.query.records import Dataset, Item, Page, StoredRecord
from app.query.revisions import Changes, Datasets, Revisions
from app.query.search import Hits
from app.query.timeline import Timeline
from app.urls import BaseUrl
from app.vocabulary import FormatName


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A format of records alone, which can be written while they are read: how it begins, and some records of it. `at_once`
    is how many are written before other requests have their turn: half a millisecond's work.
    """

    begin: Callable[[ListQuery], bytes]
    some: Callable[[Sequence[StoredRecord], ListQuery, BaseUrl], bytes]
    at_once: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Format:
    """How each kind of answer is written. `plain` replaces `page` and `item` where there is nothing but records.
    `no_place_for` names the parameters whose result it could not show; `has_whole_addresses`: its addresses have scheme and
    host; `is_feed`: its entries say when they were recorded; `is_page`: it shows what stands beside records (`Beside`).
    `headers` go along with each answer.
    """

    name: FormatName
    media_type: str
    plain: Plain | None = None
    page: Callable[[Page, ListQuery, Dataset, BaseUrl], bytes] | None = None
    item: Callable[[Item, ItemQuery, Dataset, BaseUrl], bytes] | None = None
    timeline: Callable[[Timeline, ListQuery, Dataset, BaseUrl], bytes] | None = None
    hits: Callable[[Hits, ListQuery, Dataset, BaseUrl], bytes] | None = None
    changes: Callable[[Changes, ListQuery, Dataset, BaseUrl], bytes] | None = None
    quotes: Callable[[Quotes, str, ListQuery, Dataset, BaseUrl], bytes] | None = None
    revisions: Callable[[Revisions, ListQuery, Dataset, BaseUrl], bytes] | None = None
    datasets: Callable[[Datasets, ListQuery, Dataset, BaseUrl], bytes] | None = None
    no_place_for: tuple[str, ...] = ()
    has_whole_addresses: bool = False
    is_feed: bool = False
    is_page: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> NegotiatedFormat:
        """The form of an answer that was asked for by the name of the format."""
        is_plain = self.plain is not None
        return NegotiatedFormat(self.name, asked_by_name=True, is_plain=is_plain, is_whole=is_plain)

    @cached_property
    def bare_media_type(self) -> str:
        """Without parameters."""
        return self.media_type.partition(";")[0]

    @cached_property
    def relation(self) -> str:
        """What a link to an answer in this format says of it (RFC 8288)."""
        return f'rel="alternate"; type="{self.bare_media_type}"'


_TRIMMINGS = ("include", "facets", "total", "include_history")


FORMATS: dict[FormatName, Format] = {
    row.name: row
    for row in (
        Format(
            name="json",
            media_type=json.MEDIA_TYPE,
            page=json.render_list,
            item=json.render_item,
            timeline=json.render_timeline,
            hits=json.render_search,
            quotes=json.render_quotes,
            changes=json.render_changes,
            revisions=json.render_revisions,
            datasets=json.render_datasets,
        ),
        Format(
            name="csv",
            media_type=csv.MEDIA_TYPE,
            plain=Plain(begin=csv.begin, some=csv.some, at_once=10),
            quotes=csv.render_quotes,
            no_place_for=(*_TRIMMINGS, "updated_after"),
        ),
        Format(
            name="ndjson",
            media_type=ndjson.MEDIA_TYPE,
            plain=Plain(begin=ndjson.begin, some=ndjson.some, at_once=200),
            no_place_for=(*_TRIMMINGS, "updated_after"),
        ),
        Format(
            name="jsonld",
            media_type=jsonld.MEDIA_TYPE,
            page=jsonld.render_list,
            item=jsonld.render_item,
            timeline=jsonld.render_across,
            hits=jsonld.render_across,
            quotes=jsonld.render_quotes,
            no_place_for=(*_TRIMMINGS, "updated_after"),
            has_whole_addresses=True,
        ),
        Format(
            name="atom",
            media_type=atom.MEDIA_TYPE,
            page=atom.render_list,
            timeline=atom.render_timeline,
            hits=atom.render_hits,
            changes=atom.render_changes,
            no_place_for=("fields", *_TRIMMINGS),
            has_whole_addresses=True,
            is_feed=True,
        ),
        Format(
            name="timelinejs",
            media_type=timelinejs.MEDIA_TYPE,
            timeline=timelinejs.render_timeline,
            no_place_for=(*_TRIMMINGS, "updated_after"),
            has_whole_addresses=True,
        ),
        Format(
            name="html",
            media_type=html.MEDIA_TYPE,
            page=pages.render_list,
            item=pages.render_item,
            timeline=pages.render_timeline,
            hits=pages.render_hits,
            changes=pages.render_changes,
            quotes=pages.render_quotes,
            revisions=pages.render_revisions,
            datasets=pages.render_datasets,
            has_whole_addresses=True,
            is_page=True,
            headers=HEADERS,
        ),
    )
}

OF_LISTS = tuple(row for row in FORMATS.values() if row.page or row.plain)
OF_RECORDS = tuple(row for row in FORMATS.values() if row.item or row.plain)
OF_DOCUMENTS = (FORMATS["json"], FORMATS["html"])
"""What answers without records are given in."""
OF_HISTORY = tuple(row for row in FORMATS.values() if row.revisions and row.datasets)
OF_QUOTES = tuple(row for row in FORMATS.values() if row.quotes)
OF_TIMELINE = tuple(row for row in FORMATS.values() if row.timeline)
OF_CHANGES = tuple(row for row in FORMATS.values() if row.changes)
OF_HITS = tuple(row for row in FORMATS.values() if row.hits)


def others(query: ListQuery | ItemQuery, offered: Iterable[Format]) -> Sequence[tuple[Format, str]]:
    """The other formats that have a place for all that must not be left out, each with the same question asked in it."""
    return [
        (row, in_format(query, row))
        for row in offered
        if row.name != query.form.name and not _loses(query, row)
    ]


def alternates(query: ListQuery | ItemQuery, offered: tuple[Format, ...], address: str) -> str:
    """The same as links (RFC 8288)."""
    if query.is_trimmed:
        # Some formats have no place for what was asked.
        return ", ".join(
            [f"<{address}?{asked}>; {row.relation}" for row, asked in others(query, offered)]
        )
    asked = query.in_form(_BARE)
    return _alternates(offered, query.form.name).replace(
        "*", f"{address}?{asked}&" if asked else f"{address}?"
    )


_BARE = NegotiatedFormat()


@lru_cache
def _alternates(offered: tuple[Format, ...], name: FormatName) -> str:
    """With `*` in place of the address and what is asked."""
    rows = [row for row in offered if row.name != name]
    return ", ".join([f"<*format={row.name}>; {row.relation}" for row in rows])


def in_format(query: ListQuery | ItemQuery, row: Format) -> str:
    """The same question in another format, without what that has no place for."""
    return query.in_form(row.by_name, without=row.no_place_for)


def _loses(query: ListQuery | ItemQuery, row: Format) -> bool:
    is_asked = isinstance(query, ListQuery) and query.updated_after is not None
    return is_asked and "updated_after" in row.no_place_for
