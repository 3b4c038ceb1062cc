"""Pages of records, lists and history: the values that their templates need."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.formats.json import selected
from app.formats.media_types import ResultKind, alternates
from app.pages.chart import chart
from app.pages.facet_links import facet_links
from app.pages.filter_form import filter_form
from app.pages.form_fields import values_of
from app.pages.links import list_url, url_without, with_query
from app.pages.page_context import PageContext, page_context, root_of
from app.pages.reading import source_evidence, with_gaps
from app.pages.related import related_lists
from app.pages.sharing import sharing
from app.pages.templating import render_template
from app.presentation.model import Presentation
from app.presentation.records import present
from app.presentation.text import format_number
from app.query.datasets import Revision, RevisionsById, Withdrawals
from app.query.queries import ItemQuery, ListQuery
from app.query.results import (
    Change,
    Dataset,
    Item,
    ListedDataset,
    Page,
    QuotedSpan,
    RelatedRecords,
    ResourceCount,
    SearchHit,
    StoredRecord,
    TimelineEntry,
)
from app.query.sentence import clauses, sentence
from app.query.timeline import DATED_BY
from app.query.titles import parse_record
from app.query.values import Selection
from app.resources import RESOURCES, Resource
from app.resources.vocabulary import SCHEME_TITLES, VocabularyCode, VocabularyScheme
from app.urls import BaseUrl
from app.vocabulary import ResourceType

# --- one record ---

_HIDDEN_FIELDS = ("id", "title", "caveats", "corrections", "evidence", "points", "disagreements")
"""The fields that a page of a record shows elsewhere."""
_HIDDEN_FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "statement": ("summary",),
    "series": ("definition",),
}


_POINTS_AROUND = 12
"""Figures of its series that the page of a figure shows; the page of the series has more."""


def render_item(item: Item, query: ItemQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    related = item.related or RelatedRecords({})
    context = page_context(origin, dataset.version, related.titles)
    if query.fields is not None:
        return _render_fields(item, query, context)
    resource, resource_type = query.resource, query.resource.type
    record = parse_record(item.record.body)
    presentation = present(resource_type, record, related.titles)
    url = context.url(resource_type, item.record.id)
    series = record if resource_type == "series" else related.series
    if resource_type == "figure" and series is not None:
        series = _points_around(series, record["id"])
    return render_template(
        "record.html",
        context=context,
        record=record,
        presentation=presentation,
        current=resource.path,
        url=url,
        known_at=query.known_at.text if query.known_at else None,
        quotes=source_evidence(related.quotes) if related.quotes else None,
        series=series,
        chart=chart(series) if series else None,
        hidden_fields=(*_HIDDEN_FIELDS, *_HIDDEN_FIELDS_OF.get(resource_type, ())),
        related=related_lists(context, resource_type, record, dataset),
        included=_included(item.included, context),
        share=sharing(context, presentation, record, query, related, dataset, origin),
        revisions=related.revisions,
        past=_earlier_revisions(item.revisions, resource, context),
        formats=_format_links("record", query, url),
    )


def _points_around(series: Mapping[str, Any], figure: str) -> Mapping[str, Any] | None:
    """A series with some points before and after a figure; None: it has no other figure."""
    points = series["points"]
    if len(points) < 2:
        return None
    ids = [point["figure"] for point in points]
    index = ids.index(figure) if figure in ids else len(ids) - 1
    first = max(min(index - _POINTS_AROUND // 2, len(points) - _POINTS_AROUND), 0)
    shown = points[first : first + _POINTS_AROUND]
    shown_ids = {point["figure"] for point in shown}
    disagreements = [
        item for item in series["disagreements"] if shown_ids.issuperset(item["figures"])
    ]
    return {
        **series,
        "points": shown,
        "disagreements": disagreements,
        "omitted": len(points) - len(shown),
    }


def _render_fields(item: Item, query: ItemQuery, context: PageContext) -> bytes:
    """A record with the fields of the query alone, as a list of one."""
    resource_type, url = query.resource.type, context.url(query.resource.type, item.record[0])
    return render_template(
        "cut.html",
        context=context,
        heading=item.record[0],
        description=query.resource.description,
        sentence=f"{resource_type} {item.record.id}, selected fields",
        total=None,
        total_exact=True,
        chips=(),
        request=with_query(url, query.canonical),
        records=[(resource_type, selected(item.record, query.fields), url)],
        previous=None,
        following=None,
        included=_included(item.included, context),
        withdrawn=(),
        past=_earlier_revisions(item.revisions, query.resource, context),
        facets=None,
        form=None,
        formats=_format_links("record", query, url),
        current=query.resource.path,
    )


def render_revision(
    revision: Revision,
    record: StoredRecord,
    resource_type: ResourceType,
    version: str,
    origin: BaseUrl,
) -> bytes:
    """A page that never changes: it has no titles of other records, which may."""
    context = PageContext(root_of(origin.base), version)
    body = parse_record(record.body)
    return render_template(
        "revision.html",
        context=context,
        url=context.url(resource_type, record.id),
        presentation=present(resource_type, body, {}),
        record=body,
        hidden_fields=("id", "title", "caveats", "corrections", "evidence"),
        revision=revision,
    )


def _earlier_revisions(
    pasts: RevisionsById | None, resource: Resource, context: PageContext
) -> list[tuple[str, str, str]]:
    """URL, label and claim of each earlier revision."""
    return [
        (
            f"{context.url(resource.type, record_id)}/revisions/{revision.number}",
            f"{record_id}, revision {revision.number}",
            present(resource.type, parse_record(body), context.titles).one_line,
        )
        for record_id, revisions in (pasts or {}).items()
        for revision, body in revisions
    ]


def _included(
    included: Mapping[str, Mapping[str, str]] | None, context: PageContext
) -> list[Presentation]:
    types = {resource.plural: resource_type for resource_type, resource in RESOURCES.items()}
    return [
        present(types[plural], parse_record(body), context.titles)
        for plural, records in (included or {}).items()
        for body in records.values()
    ]


# --- lists ---


def render_list(
    page: Page[StoredRecord], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    context = page_context(origin, dataset.version, page.titles)
    resource = RESOURCES[query.resource_type]
    common = _list_context("records", query, dataset, context, page.next, page.previous)
    url = f"{context.root}{resource.path}"
    if query.fields is not None:
        common["records"] = [
            (query.resource_type, selected(record, query.fields), f"{url}/{record[0]}")
            for record in page.items
        ]
    else:
        common["records"] = [
            present(query.resource_type, parse_record(record.body), page.titles)
            for record in page.items
        ]
    return render_template(
        "list.html" if query.fields is None else "cut.html",
        common,
        show_types=False,
        total=None if page.total is None else format_number(page.total),
        total_exact=page.total_exact,
        included=_included(page.included, context),
        withdrawn=_withdrawn(page.withdrawals, context),
        past=_earlier_revisions(page.revisions, resource, context),
        facets=facet_links(page.facets, query, dataset, context, exact=page.facets_exact),
    )


def render_timeline(
    page: Page[TimelineEntry], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    context = page_context(origin, dataset.version, page.titles)
    records = []
    for resource_type, (_, body) in page.items:
        record = parse_record(body)
        date = record[DATED_BY[resource_type]]
        presentation = present(resource_type, record, page.titles)
        records.append((presentation, date["edtf"] if date else ""))
    return render_template(
        "timeline.html",
        _list_context("timeline", query, dataset, context, page.next, page.previous),
        _total(page.counts),
        records=records,
        counts=_counts(page.counts, query, context),
        withdrawn=_withdrawn(page.withdrawals, context),
    )


def render_hits(
    page: Page[SearchHit], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    context = page_context(origin, dataset.version, page.titles)
    records = [
        (
            present(hit.resource_type, parse_record(hit.record.body), page.titles),
            [
                (item.text.field, _highlight(item.text.text, item.spans))
                for item in hit.highlights
                if item.text.field != "title"
            ],
        )
        for hit in page.items
    ]
    return render_template(
        "hits.html",
        _list_context("search", query, dataset, context, page.next, page.previous),
        _total(page.counts),
        records=records,
        counts=_counts(page.counts, query, context),
        withdrawn=(),
    )


def render_evidence(
    page: Page[QuotedSpan], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    context = page_context(origin, dataset.version, page.titles)
    return render_template(
        "quotes.html",
        _list_context("evidence", query, dataset, context, page.next, page.previous),
        total=None if page.total is None else format_number(page.total),
        total_exact=page.total_exact,
        quotes=with_gaps(page.items),
        content_sha256=page.content_sha256,
        source=page.record_id,
        withdrawn=(),
    )


def render_changes(
    page: Page[Change], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    context = page_context(origin, dataset.version, {})
    changes = [
        (item, None if item.body is None else parse_record(item.body)) for item in page.items
    ]
    return _history_list(
        "changes", page, query, dataset, context, page.total_exact, changes=changes
    )


def render_revisions(
    page: Page[Revision], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    context = page_context(origin, dataset.version, {})
    url = f"{context.root}{query.path}"
    return _history_list(
        "revisions", page, query, dataset, context, True, revisions=page.items, request_path=url
    )


def render_datasets(
    page: Page[ListedDataset], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    context = page_context(origin, dataset.version, {})
    plurals = {resource_type: resource.plural for resource_type, resource in RESOURCES.items()}
    return _history_list(
        "datasets", page, query, dataset, context, True, datasets=page.items, plurals=plurals
    )


def render_schemes(
    page: Page[VocabularyScheme], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _vocabulary("vocabularies", page, query, dataset, origin, heading="Vocabularies")


def render_codes(
    page: Page[VocabularyCode], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    scheme: Any = query.path.rpartition("/")[2]
    title, description = SCHEME_TITLES[scheme]
    filters = [
        (resource.plural, f"{resource.path}?{item.name}=")
        for resource in RESOURCES.values()
        for item in resource.filters
        if item.value_type.scheme == scheme
    ]
    return _vocabulary(
        "codes",
        page,
        query,
        dataset,
        origin,
        heading=title,
        description=description,
        filters=filters,
    )


def _vocabulary(
    kind: ResultKind,
    page: Page[Any],
    query: ListQuery,
    dataset: Dataset,
    origin: BaseUrl,
    **values: Any,
) -> bytes:
    context = page_context(origin, dataset.version, {})
    common = _list_context(kind, query, dataset, context, None, None)
    return render_template(f"{kind}.html", common | values, items=page.items)


def _history_list(
    name: ResultKind,
    page: Page[Any],
    query: ListQuery,
    dataset: Dataset,
    context: PageContext,
    total_exact: bool,
    **values: Any,
) -> bytes:
    return render_template(
        f"{name}.html",
        _list_context(name, query, dataset, context, page.next, page.previous),
        total=None if page.total is None else format_number(page.total),
        total_exact=total_exact,
        withdrawn=(),
        **values,
    )


def _list_context(
    kind: ResultKind,
    query: ListQuery,
    dataset: Dataset,
    context: PageContext,
    next_cursor: str | None,
    previous_cursor: str | None,
) -> dict[str, Any]:
    """The values of every list."""
    listing = query.listing
    url = f"{context.root}{query.path}"
    page_url = f"{url}{query.format.suffix}"
    return {
        "context": context,
        "heading": listing.plural.capitalize(),
        "description": listing.description,
        "sentence": sentence(query),
        "chips": _chips(query, url),
        "request": with_query(url, query.canonical_page),
        "previous": with_query(page_url, query.page(previous_cursor)) if previous_cursor else None,
        "following": with_query(page_url, query.page(next_cursor)) if next_cursor else None,
        "formats": _format_links(kind, query, url),
        "form": filter_form(listing, url, values_of(query), (), dataset),
        "facets": None,
        "included": (),
        "past": (),
        "show_types": True,
        "current": listing.path,
    }


def _total(counts: Sequence[ResourceCount]) -> dict[str, Any]:
    total_exact = all(count.exact for count in counts)
    return {
        "total": format_number(sum(count.count for count in counts)) if counts else None,
        "total_exact": total_exact,
    }


def _counts(
    counts: Sequence[ResourceCount], query: ListQuery, context: PageContext
) -> list[tuple[str, str, str]]:
    """Plural, number and URL of the records of each resource type."""
    return [
        (
            RESOURCES[count.resource_type].plural,
            f"{format_number(count.count)}{'' if count.exact else ' or more'}",
            list_url(
                f"{context.root}{query.path}",
                query,
                {"resource": Selection((count.resource_type,), ())},
            ),
        )
        for count in counts
        if count.count
    ]


def _chips(query: ListQuery, url: str) -> list[tuple[str, str]]:
    """Every filter in words, with the URL of the list without it."""
    if not query.filters:
        return []
    return [
        (
            next(iter(clauses([item], None)), item.name),
            url_without(url, query, item),
        )
        for item in query.filters
        if item.name not in query.listing.required
    ]


def _highlight(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Pieces of a text and whether each is a match; long pieces between matches are abridged."""
    pieces: list[tuple[str, bool]] = []
    position = 0
    for start, end in spans:
        between = text[position:start]
        pieces += [(_abridge(between, is_first=not position), False), (text[start:end], True)]
        position = end
    return [*pieces, (_abridge(text[position:], is_first=False, is_last=True), False)]


def _abridge(text: str, *, is_first: bool, is_last: bool = False) -> str:
    if len(text) <= 160:
        return text
    head, tail = ("" if is_first else text[:70]), ("" if is_last else text[-70:])
    return f"{head} … {tail}"


def _format_links(
    kind: ResultKind, query: ListQuery | ItemQuery, url: str
) -> list[tuple[str, str]]:
    """Name and URL of the other formats that a kind of result has."""
    return [(row.name, target) for row, target in alternates(query, url, kind)]


def _withdrawn(
    withdrawals: Withdrawals | None, context: PageContext
) -> list[tuple[str, str | None]]:
    """Records that are no longer in the list, in words, each with a URL to continue at."""
    if withdrawals is None:
        return []
    entries = []
    for item in withdrawals.listed:
        status = f"now {item.renamed_to}" if item.renamed_to else "withdrawn"
        reason = f": {item.reason}" if item.reason else ""
        last_revision = (
            f"{context.url(item.resource_type, item.id)}/revisions/{item.last_number}"
            if item.last_number
            else None
        )
        target = (
            context.url(item.resource_type, item.renamed_to) if item.renamed_to else last_revision
        )
        entries.append((f"{item.resource_type} {item.id}, {status}{reason}", target))
    unmatched = [
        (
            f"{resource_type} {record_id}, which has changed and does not match any more",
            context.url(resource_type, record_id),
        )
        for resource_type, record_id in withdrawals.no_longer_matching
    ]
    omission = (
        []
        if withdrawals.complete
        else [("and more, which the list of changes has", f"{context.root}/v1/changes")]
    )
    return [*entries, *unmatched, *omission]
