"""Records → pages. What a page says stands in its template; here is gathered what it needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.formats.json import selected
from app.pages import components
from app.pages.facet_links import facet_links
from app.pages.filter_form import filter_form
from app.pages.form_fields import values_of
from app.pages.links import replace_parameter, with_query
from app.pages.page_context import PageContext, Safe, here, root_of
from app.pages.record_sections import drawn, hero, included, reading, related, revisions
from app.pages.sharing import sharing
from app.pages.templating import render_template
from app.pages.text import escape_text
from app.presentation.sentences import claim
from app.presentation.text import format_number
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

_SHOWN_ABOVE = ("id", "title", "caveats", "corrections", "evidence", "points", "disagreements")
_SHOWN_ABOVE_OF: Mapping[str, tuple[str, ...]] = {
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
    return render_template(
        "record.html",
        at=at,
        noun=noun,
        record=r,
        current=resource.path,
        address=address,
        notice=_notice(query, address),
        hero=hero(at, resource, r),
        reading=reading(at, address, beside.quotes) if beside.quotes else "",
        drawing=_drawing(at, noun, r, beside.series),
        fields=components.fields(at, r, (*_SHOWN_ABOVE, *_SHOWN_ABOVE_OF.get(noun, ()))),
        related=related(at, noun, r, dataset),
        included=included(at, _included(item.included)),
        share=sharing(at, r, query, beside, dataset, origin),
        revisions=revisions(address, beside.revisions),
        past=_past(item.pasts, resource, at),
        formats=_formats("item", query, address),
    )


def _notice(query: ItemQuery, address: str) -> Safe:
    if query.known_at is None:
        return Safe("")
    known_at = escape_text(query.known_at.raw)
    return Safe(
        f'<p class="notice">As it was recorded by {known_at}. <a href="{address}">As it is now</a></p>'
    )


def _drawing(
    at: PageContext, noun: ResourceType, r: Mapping[str, Any], series: Mapping[str, Any] | None
) -> Safe:
    """The chart and table of a series, on its page and on those of its figures."""
    if noun == "series":
        return drawn(at, "Its figures", r)
    # One figure alone needs no chart.
    if series is None or len(series["points"]) < 2:
        return Safe("")
    definition = f"<p>{at.link('series', r['series'])}: {escape_text(series['definition'])}</p>"
    return drawn(at, "In its series", series, definition)


def _cut_item(item: Item, query: ItemQuery, at: PageContext) -> bytes:
    """A record cut to fields that somebody asked for: a list of one."""
    noun, address = query.resource.type, at.url(query.resource.type, item.record[0])
    return render_template(
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
    return render_template(
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
    return render_template(
        "list.html" if query.fields is None else "cut.html",
        common,
        several=False,
        total=None if page.total is None else format_number(page.total),
        total_exact=page.total_exact,
        included=_included(page.included),
        gone=_gone(page.tombstones, at),
        past=_past(page.pasts, resource, at),
        facets=facet_links(page.facets, query, dataset, at, exact=page.facets_exact),
    )


def render_timeline(page: Timeline, query: ListQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    at = here(origin, dataset.version, page.beside)
    records = []
    for noun, record in page.records:
        said = parsed(record[1])
        dated = said[DATED_BY[noun]]
        records.append((noun, said, dated["edtf"] if dated else ""))
    return render_template(
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
    return render_template(
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
    return render_template(
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
    return render_template(
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
        "form": filter_form(listing, values_of(query), (), at),
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
            replace_parameter(f"{at.root}{query.listing.path}", query, "noun", count.noun),
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
            replace_parameter(address, query, item.parameter.name, None),
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
