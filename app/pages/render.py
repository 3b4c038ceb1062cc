"""Records → pages. What a page says stands in its template; here is gathered what it needs."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from html import escape
from typing import Any

from app.formats.json import selected
from app.pages import components
from app.pages import form_fields as form
from app.pages.chart import chart
from app.pages.filter_form import asking, narrowing, replacing, with_query
from app.pages.page_context import PageContext, Safe, here, root_of
from app.pages.record_sections import hero, included, reading, related, revisions
from app.pages.sharing import sharing
from app.pages.templating import encoded, filled, layout, written
from app.pages.text import escape_text
from app.presentation.sentences import claim
from app.presentation.text import format_number, replace_controls
from app.query.datasets import Revision, RevisionsById, Withdrawals
from app.query.evidence import Quotes
from app.query.filters import clauses
from app.query.params import ItemQuery, ListQuery
from app.query.records import Dataset, Item, Page
from app.query.related import RelatedRecords, StoredRecord, parsed
from app.query.revisions import Changes, Datasets, Revisions
from app.query.search import Hits, ResourceCount
from app.query.timeline import DATED_BY, Timeline
from app.resources import RESOURCES, Resource
from app.urls import BaseUrl
from app.vocabulary import ResourceType

# ------------------------------------------------------------------------------------------------------------- one record

_TOLD_ABOVE = ("id", "title", "caveats", "corrections", "evidence", "points", "disagreements")
_ABOVE_OF: Mapping[str, tuple[str, ...]] = {
    "statement": ("summary",),
    "series": ("definition",),
}


def render_item(item: Item, query: ItemQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    at = here(origin, dataset.version, item.beside)
    resource, noun, r = query.resource, query.resource.type, parsed(item.record[1])
    if query.fields is not None:
        return _cut_item(item, query, at)
    beside = item.beside or RelatedRecords({})
    address = at.url(noun, item.record[0])
    share = sharing(at, r, query, beside, dataset, origin)
    return filled(
        layout("record.html", at.root, at.version, resource.path, noun),
        {
            "title": escape(replace_controls(r["title"])),
            "head": share.head,
            "notice": _notice(query, address),
            "hero": hero(at, resource, r),
            "corrections": components.corrections(r["corrections"]),
            "caveats": components.caveats(r["caveats"]),
            "reading": reading(at, address, beside.quotes) if beside.quotes else "",
            "evidence": components.evidence(at, r["evidence"]),
            "drawn": _own_drawing(at, item.record[0], r) if noun == "series" else beside.drawn,
            "fields": components.fields(at, r, _told_above(noun)),
            "related": related(at, noun, r, dataset),
            "included": included(at, _included(item.included)),
            "share": share.box,
            "revisions": revisions(address, beside.revisions),
            "past": _past(item.pasts, resource, at),
            "address": address,
            "formats": _same_record(query).replace("*", address),
        },
    )


@lru_cache(maxsize=256)
def _same_record(query: ItemQuery) -> str:
    """The same in other formats, with `*` in the place of the address."""
    return components.formats(_formats("item", query, "*"))


@cache
def _told_above(noun: ResourceType) -> Collection[str]:
    """The fields that stand elsewhere on the page of a record."""
    return frozenset((*_TOLD_ABOVE, *_ABOVE_OF.get(noun, ())))


def _notice(query: ItemQuery, address: str) -> str:
    if query.known_at is None:
        return ""
    moment = escape_text(query.known_at.raw)
    return f'<p class="notice">As it was recorded by {moment}. <a href="{address}">As it is now</a></p>'


def drawn_before(root: Safe, version: str, series: str) -> bytes | None:
    """The drawing of a series on the pages of its figures, where it has been made: it is the same on all of them."""
    return _DRAWINGS.get((series, "In its series", root, version))


def drawn(at: PageContext, series_id: str, series: Mapping[str, Any]) -> bytes:
    """The same, made now."""
    above = f"<p>{at.link('series', series_id)}: {escape_text(series['definition'])}</p>"
    return _drawn(
        at, series_id, series, "In its series", above if len(series["points"]) > 1 else None
    )


def _own_drawing(at: PageContext, series_id: str, series: Mapping[str, Any]) -> bytes:
    found = _DRAWINGS.get((series_id, "Its figures", at.root, at.version))
    return _drawn(at, series_id, series, "Its figures", "") if found is None else found


def _drawn(
    at: PageContext, series_id: str, series: Mapping[str, Any], heading: str, above: str | None
) -> bytes:
    """A null `above`: one figure alone is no series."""
    made = b""
    if above is not None:
        made = encoded(_section(heading, f"{above}{components.drawing(at, series, chart(series))}"))
    _DRAWINGS.keep((series_id, heading, at.root, at.version), made)
    return made


def _section(heading: str, drawing: str) -> str:
    return f'<section class="drawn" aria-labelledby="series"><h2 id="series">{heading}</h2>\n{drawing}\n</section>\n'


class _Drawings:
    """By the id of the series, the heading, what addresses begin with, and the dataset. `room` is in bytes; where there is none left,
    what was drawn first goes first.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._made: dict[tuple[str, str, str, str], bytes] = {}

    def get(self, key: tuple[str, str, str, str]) -> bytes | None:
        return self._made.get(key)

    def keep(self, key: tuple[str, str, str, str], made: bytes) -> None:
        if (before := self._made.pop(key, None)) is not None:
            self._room += self.size(before)
        self._made[key] = made
        self._room -= self.size(made)
        while self._room < 0:
            self._room += self.size(self._made.pop(next(iter(self._made))))

    @staticmethod
    def size(made: bytes) -> int:
        """With what an entry takes besides, about."""
        return 500 + len(made)


_DRAWINGS = _Drawings(16 * 2**20)


def _cut_item(item: Item, query: ItemQuery, at: PageContext) -> bytes:
    """A record cut to fields that somebody asked for: a list of one."""
    noun, address = query.resource.type, at.url(query.resource.type, item.record[0])
    return written(
        "cut.html",
        at=at,
        heading=item.record[0],
        description=query.resource.description,
        sentence=f"{noun} {item.record[0]}, cut to fields",
        total=None,
        total_exact=True,
        chips=(),
        request=with_query(address, query.canonical()),
        records=[(noun, selected(item.record, query.fields), address)],
        previous=None,
        following=None,
        included=_included(item.included),
        gone=(),
        past=_past(item.pasts, query.resource, at),
        facets="",
        form="",
        formats=_formats("item", query, address),
        current=query.resource.path,
    )


def render_revision(
    revision: Revision, record: StoredRecord, noun: ResourceType, version: str, origin: BaseUrl
) -> bytes:
    """What will always be true of a revision: it names no other record by what that is called now."""
    at = PageContext(root_of(origin.base), version)
    said = parsed(record[1])
    return written(
        "revision.html", at=at, noun=noun, record=said, claim=claim(noun, said), revision=revision
    )


def _past(pasts: RevisionsById | None, resource: Resource, at: PageContext) -> Safe:
    if not pasts:
        return Safe("")
    lines = [
        f'<li><a href="{at.url(resource.type, record_id)}/revisions/{revision.number}">{escape_text(record_id)},'
        f" revision {revision.number}</a>: {escape_text(claim(resource.type, parsed(body)))}</li>"
        for record_id, revisions in pasts.items()
        for revision, body in revisions
    ]
    return Safe(
        f'<section aria-labelledby="earlier"><h2 id="earlier">Earlier forms</h2><ul>{"".join(lines)}</ul></section>'
    )


def _included(
    included: Mapping[str, Mapping[str, str]] | None,
) -> list[tuple[ResourceType, Mapping[str, Any]]]:
    plurals = {resource.plural: noun for noun, resource in RESOURCES.items()}
    return [
        (plurals[plural], parsed(body))
        for plural, records in (included or {}).items()
        for body in records.values()
    ]


# ------------------------------------------------------------------------------------------------------------------ lists


def render_list(page: Page, query: ListQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    at = here(origin, dataset.version, page.beside)
    resource = RESOURCES[query.noun]
    common = _list("page", query, at, page.next, page.previous)
    address = f"{at.root}{resource.path}"
    if query.fields is not None:
        common["records"] = [
            (query.noun, selected(record, query.fields), f"{address}/{record[0]}")
            for record in page.records
        ]
    else:
        common["records"] = [(query.noun, parsed(record[1])) for record in page.records]
    return written(
        "list.html" if query.fields is None else "cut.html",
        common,
        several=False,
        total=None if page.total is None else format_number(page.total),
        total_exact=page.total_exact,
        included=_included(page.included),
        gone=_gone(page.tombstones, at),
        past=_past(page.pasts, resource, at),
        facets=narrowing(page.facets, query, dataset, at, exact=page.facets_exact),
    )


def render_timeline(page: Timeline, query: ListQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    at = here(origin, dataset.version, page.beside)
    records = []
    for noun, record in page.records:
        said = parsed(record[1])
        dated = said[DATED_BY[noun]]
        records.append((noun, said, dated["edtf"] if dated else ""))
    return written(
        "timeline.html",
        _list("timeline", query, at, page.next, page.previous),
        _total(page.counts),
        records=records,
        counts=_counts(page.counts, query, at),
        gone=_gone(page.tombstones, at),
    )


def render_hits(page: Hits, query: ListQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    at = here(origin, dataset.version, page.beside)
    records = [
        (
            hit.noun,
            parsed(hit.record[1]),
            [
                (item.of.field, _pieces(item.of.text, item.spans))
                for item in hit.highlights
                if item.of.field != "title"
            ],
        )
        for hit in page.hits
    ]
    return written(
        "hits.html",
        _list("hits", query, at, page.next, page.previous),
        _total(page.counts),
        records=records,
        counts=_counts(page.counts, query, at),
        gone=(),
    )


def render_quotes(
    page: Quotes, source: str, query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    at = here(origin, dataset.version, page.beside)
    return written(
        "quotes.html",
        _list("quotes", query, at, page.next, page.previous),
        total=None if page.total is None else format_number(page.total),
        total_exact=page.total_exact,
        page=page,
        source=source,
        gone=(),
    )


def render_changes(page: Changes, query: ListQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    at = here(origin, dataset.version, None)
    changes = [(item, None if item.body is None else parsed(item.body)) for item in page.changes]
    return _of_past("changes", page, query, at, page.total_exact, changes=changes)


def render_revisions(page: Revisions, query: ListQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    at = here(origin, dataset.version, None)
    address = f"{at.root}{query.listing.path}"
    return _of_past(
        "revisions", page, query, at, True, revisions=page.revisions, request_path=address
    )


def render_datasets(page: Datasets, query: ListQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    at = here(origin, dataset.version, None)
    plurals = {noun: resource.plural for noun, resource in RESOURCES.items()}
    return _of_past("datasets", page, query, at, True, datasets=page.datasets, plurals=plurals)


def _of_past(
    name: str,
    page: Changes | Revisions | Datasets,
    query: ListQuery,
    at: PageContext,
    exact: bool,
    **values: Any,
) -> bytes:
    return written(
        f"{name}.html",
        _list(name, query, at, page.next, page.previous),
        total=None if page.total is None else format_number(page.total),
        total_exact=exact,
        gone=(),
        **values,
    )


def _list(
    kind: str, query: ListQuery, at: PageContext, following: str | None, previous: str | None
) -> dict[str, Any]:
    """What every list has."""
    listing = query.listing
    address = f"{at.root}{listing.path}"
    return {
        "at": at,
        "heading": listing.plural.capitalize(),
        "description": listing.description,
        "sentence": query.sentence,
        "chips": _chips(query, address),
        "request": with_query(address, query.canonical(cursor=query.cursor)),
        "previous": with_query(address, query.canonical(cursor=previous)) if previous else None,
        "following": with_query(address, query.canonical(cursor=following)) if following else None,
        "formats": _formats(kind, query, address),
        "form": asking(listing, form.values_of(query), (), at),
        "facets": "",
        "included": (),
        "past": "",
        "several": True,
        "current": listing.path,
    }


def _total(counts: Sequence[ResourceCount]) -> dict[str, Any]:
    exact = all(count.exact for count in counts)
    return {
        "total": format_number(sum(count.count for count in counts)) if counts else None,
        "total_exact": exact,
    }


def _counts(
    counts: Sequence[ResourceCount], query: ListQuery, at: PageContext
) -> list[tuple[str, str, str]]:
    """How many of each noun, with the way to those alone."""
    return [
        (
            RESOURCES[count.noun].plural,
            f"{format_number(count.count)}{'' if count.exact else ' or more'}",
            replacing(f"{at.root}{query.listing.path}", query, "noun", count.noun),
        )
        for count in counts
        if count.count
    ]


def _chips(query: ListQuery, address: str) -> list[tuple[str, str]]:
    """Every condition in words, with the question that does without it."""
    if not query.chosen:
        return []
    return [
        (
            next(iter(clauses([item], None)), item.parameter.name),
            replacing(address, query, item.parameter.name, None),
        )
        for item in query.chosen
        if item.parameter.name not in query.listing.required
    ]


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text cut where the words stand; long stretches between them are left out."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in spans:
        between = text[done:start]
        pieces += [(_short(between, is_first=not done), False), (text[start:end], True)]
        done = end
    return [*pieces, (_short(text[done:], is_first=False, is_last=True), False)]


def _short(text: str, *, is_first: bool, is_last: bool = False) -> str:
    if len(text) <= 160:
        return text
    head, tail = ("" if is_first else text[:70]), ("" if is_last else text[-70:])
    return f"{head} … {tail}"


def _formats(kind: str, query: ListQuery | ItemQuery, address: str) -> list[tuple[str, str, str]]:
    """The same in the other formats that have this kind of answer (a member of `Format`): name, address, media type."""
    from app.formats.registry import FORMATS, others

    is_plain = kind in ("page", "item")
    offered = [row for row in FORMATS.values() if getattr(row, kind) or (is_plain and row.plain)]
    return [
        (row.name, with_query(address, asked), row.media_type.partition(";")[0])
        for row, asked in others(query, offered)
    ]


def _gone(tombstones: Withdrawals | None, at: PageContext) -> list[tuple[str, str | None]]:
    """What is not in the list any more."""
    if tombstones is None:
        return []
    listed = []
    for item in tombstones.listed:
        became = f"now {item.renamed_to}" if item.renamed_to else "withdrawn"
        why = f": {item.reason}" if item.reason else ""
        last = (
            f"{at.url(item.noun, item.id)}/revisions/{item.last_number}"
            if item.last_number
            else None
        )
        goes_on = at.url(item.noun, item.renamed_to) if item.renamed_to else last
        listed.append((f"{item.noun} {item.id}, {became}{why}", goes_on))
    left = [
        (f"{noun} {i}, which has changed and does not match any more", at.url(noun, i))
        for noun, i in tombstones.left
    ]
    more = (
        []
        if tombstones.complete
        else [("and more, which the list of changes has", f"{at.root}/v1/changes")]
    )
    return [*listed, *left, *more]
