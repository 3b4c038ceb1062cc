"""Sections of the page of one record, as markup: header, quotes, related lists, history."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from app.pages.chart import chart
from app.pages.components import (
    Record,
    card,
    credit,
    date,
    drawing,
    inline_quote,
    number,
    passages,
    source_text,
)
from app.pages.page_context import PageContext, Safe
from app.pages.text import escape_text
from app.presentation.text import code_label, field_label, long_date
from app.query.datasets import DatasetStamp, Revision
from app.query.results import Dataset, Page, Quote
from app.resources import RESOURCES, Filter, Resource
from app.resources.declarations import SLUG_VALUE, column_of, table_of
from app.vocabulary import ResourceType

_MAX_TITLE_LENGTH = 120
_NO_COUNTS: tuple[Mapping[str | None, int], bool] = {}, False
_DATES = ("as_of", "made_on", "date", "published_on")
_KINDS: Mapping[ResourceType, str] = {
    "event": "type",
    "actor": "kind",
    "place": "kind",
    "source": "kind",
    "statement": "act",
    "figure": "measure_kind",
}


def header(context: PageContext, resource: Resource, record: Record) -> Safe:
    """Type, kind, title and claim of a record, with what belongs to the claim."""
    resource_type = resource.type
    kind = (
        f" · {escape_text(code_label(record[_KINDS[resource_type]]))}"
        if resource_type in _KINDS
        else ""
    )
    heading, claim = _HEADINGS[resource_type](context, record)
    notes = [
        f'<p class="note">{escape_text(record[name]["note"])}</p>'
        for name in _DATES
        if record.get(name) and record[name]["note"]
    ]
    return Safe(
        '<header class="hero">\n<p class="kicker">'
        f'<a href="{context.root}{resource.path}">{resource_type}</a>{kind}</p>\n'
        f'<h1>{heading}</h1>\n<p class="claim">{claim}</p>\n{"".join(notes)}</header>'
    )


def _figure(context: PageContext, record: Record) -> tuple[str, str]:
    claim = (
        f"as of {date(record['as_of'])}, {credit(context, record['attribution'])};"
        f" source: {context.link('source', record['source'])}"
    )
    return f'<span class="of">{escape_text(record["title"])}</span> {number(record)}', claim


def _statement(context: PageContext, record: Record) -> tuple[str, str]:
    credit_text = (
        "in the article’s own voice"
        if record["voice"] == "article"
        else credit(context, record["attribution"])
    )
    ambiguity = "; whose words these are is ambiguous" if record["voice"] == "ambiguous" else ""
    made_on = (
        f"made {date(record['made_on'])}" if record["made_on"] else "the text does not date it"
    )
    claim = (
        f"{credit_text}{ambiguity}; {made_on}; source: {context.link('source', record['source'])}"
    )
    return (
        f'<span class="of">{escape_text(record["title"])}</span> {escape_text(record["summary"])}',
        claim,
    )


def _event(context: PageContext, record: Record) -> tuple[str, str]:
    dated = date(record["date"]) if record["date"] else "undated"
    return (
        escape_text(record["title"]),
        (
            f"{dated}, {escape_text(code_label(record['status']))}; source: "
            f"{context.link('source', record['source'])}"
        ),
    )


def _series(_: PageContext, record: Record) -> tuple[str, str]:
    return escape_text(record["title"]), escape_text(record["definition"])


def _source(_: PageContext, record: Record) -> tuple[str, str]:
    published = (
        f"published {date(record['published_on'])}"
        if record["published_on"]
        else "day of publication not told"
    )
    headline = f"{inline_quote(record['headline'])}, " if record["headline"] else ""
    publisher = f"{source_text(record['publisher'])}, " if record["publisher"] else ""
    return escape_text(record["title"]), f"{headline}{publisher}{published}"


def _names(_: PageContext, record: Record) -> tuple[str, str]:
    names = ", ".join([inline_quote(name["as_written"]) for name in record["names_as_written"]])
    return escape_text(record["title"]), f"in the sources: {names}" if names else ""


_HEADINGS: Mapping[ResourceType, Callable[[PageContext, Record], tuple[str, str]]] = {
    "source": _source,
    "actor": _names,
    "place": _names,
    "event": _event,
    "statement": _statement,
    "figure": _figure,
    "series": _series,
}


def quoted_passages(context: PageContext, url: str, page: Page[Quote]) -> Safe:
    """The quoted passages of a source. `url` is that of the source."""
    more_markup = ""
    if page.next:
        last_start = page.items[-1].start
        more_url = f"{url}/evidence?start_min={last_start}&amp;limit=100"
        more_markup = (
            f'<p class="more"><a href="{more_url}">Read on from character {last_start}</a></p>'
        )
    return Safe(
        '<section class="reading" aria-labelledby="reading">'
        '<h2 id="reading">What is quoted from it, in reading order</h2>\n'
        f"{passages(context, page)}\n"
        '<p class="meta">SHA-256 of the source’s file:'
        f" <code>{escape_text(page.content_sha256)}</code>. Every quote is verified: it"
        " stands at its offsets in that file, and nothing more is meant."
        f' <a href="{url}/evidence">Each quote with its offsets</a></p>\n{more_markup}</section>\n'
    )


# --- related lists ---


@cache
def _referring_filters(resource_type: ResourceType) -> Sequence[tuple[Resource, Filter]]:
    """The filters of all lists that take ids of a resource type."""
    table = table_of(RESOURCES[resource_type].table)
    return [
        (resource, item)
        for resource in RESOURCES.values()
        for item in resource.filters
        if item.value_type is SLUG_VALUE
        and item.name != "id"
        and any(
            key.column.table is table
            for attribute in item.columns
            for key in column_of(attribute).foreign_keys
        )
    ]


def related_section(
    context: PageContext, resource_type: ResourceType, record: Record, dataset: Dataset
) -> Safe:
    """Links to lists of records that refer to this one, without empty lists.

    Each has the number of records if the build counted them.
    """
    lines = []
    for resource, item in _referring_filters(resource_type):
        counts, is_complete = dataset.counted_values.get((resource.type, item.name), _NO_COUNTS)
        count = counts.get(record["id"])
        if count is None and is_complete:
            continue
        phrase = (item.phrase or f"with {field_label(item.name)} {{}}").format(
            _shorten(record["title"])
        )
        count_markup = "" if count is None else f' <span class="count">{count}</span>'
        url = f"{context.root}{resource.path}?{item.name}={record['id']}"
        lines.append(
            f'<li><a href="{url}">{resource.plural} {escape_text(phrase)}</a>{count_markup}</li>\n'
        )
    if not lines:
        return Safe("")
    return Safe(
        '<section aria-labelledby="related"><h2 id="related">Related</h2>\n'
        f'<ul class="related">{"".join(lines)}</ul>\n</section>\n'
    )


def series_section(
    context: PageContext, heading: str, series: Record, definition: str = ""
) -> Safe:
    """The section with the chart and the table of a series. `definition` is markup."""
    return Safe(
        f'<section class="drawn" aria-labelledby="series"><h2 id="series">{heading}</h2>\n'
        f"{definition}{drawing(context, series, chart(series))}\n</section>\n"
    )


def _shorten(title: str) -> str:
    return title if len(title) <= _MAX_TITLE_LENGTH else f"{title[:_MAX_TITLE_LENGTH]}…"


def included_section(
    context: PageContext, records: Sequence[tuple[ResourceType, Mapping[str, Any]]]
) -> Safe:
    if not records:
        return Safe("")
    cards = "".join(
        [card(context, resource_type, record, "h3") for resource_type, record in records]
    )
    return Safe(
        '<section aria-labelledby="included"><h2 id="included">Brought along</h2>\n'
        f'<div class="cards">{cards}</div>\n</section>\n'
    )


# --- history ---


def revision_list(url: str, newest: Sequence[Revision]) -> Safe:
    """The newest revisions of a record. `url` is that of the record."""
    if not newest:
        return Safe("")
    lines = "".join([_revision(url, revision) for revision in newest])
    return Safe(f'<ol class="revisions" reversed>{lines}</ol>\n')


def _revision(url: str, revision: Revision) -> str:
    replaced = f", replaced {_stamp(revision.recorded_to)}" if revision.recorded_to else ""
    reason = f": {escape_text(revision.reason)}" if revision.reason else ""
    return (
        f'<li value="{revision.number}"><a href="{url}/revisions/{revision.number}">Revision '
        f"{revision.number}</a>,"
        f" recorded {_stamp(revision.recorded_from)}{replaced}{reason}</li>\n"
    )


def _stamp(stamp: DatasetStamp) -> str:
    return (
        long_date(stamp.recorded_at[:10])
        if stamp.recorded_at
        else f"in dataset <code>{escape_text(stamp.version)}</code>"
    )
