"""What only the page of a record has: its head, the lists that name it, what was brought along, its history. The page itself is
the template `record.html`; everything in here is markup already.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from app.pages.chart import chart
from app.pages.components import Record, card, credit, date, drawing, number, passages, q
from app.pages.page_context import PageContext, Safe
from app.pages.text import escape_text
from app.presentation.text import code_label, field_label, long_date
from app.query.datasets import DatasetStamp, Revision
from app.query.evidence import Quotes
from app.query.records import Dataset
from app.resources import RESOURCES, Filter, Resource
from app.resources.declarations import SLUG_VALUE, column_of, table_of
from app.vocabulary import ResourceType

_LONG_TITLE = 120
_UNCOUNTED: tuple[Mapping[str | None, int], bool] = {}, False
_DATES = ("as_of", "made_on", "date", "published_on")
_KINDS: Mapping[ResourceType, str] = {
    "event": "type",
    "actor": "kind",
    "place": "kind",
    "source": "kind",
    "statement": "act",
    "figure": "measure_kind",
}


def hero(at: PageContext, resource: Resource, r: Record) -> Safe:
    """What sort of record it is, what it says, and all that this must not be parted from."""
    noun = resource.type
    kind = f" · {escape_text(code_label(r[_KINDS[noun]]))}" if noun in _KINDS else ""
    heading, below = _HEROES[noun](at, r)
    notes = [
        f'<p class="note">{escape_text(r[name]["note"])}</p>'
        for name in _DATES
        if r.get(name) and r[name]["note"]
    ]
    return Safe(
        f'<header class="hero">\n<p class="kicker"><a href="{at.root}{resource.path}">{noun}</a>{kind}</p>\n'
        f'<h1>{heading}</h1>\n<p class="claim">{below}</p>\n{"".join(notes)}</header>'
    )


def _figure(at: PageContext, r: Record) -> tuple[str, str]:
    below = f"as of {date(r['as_of'])}, {credit(at, r['attribution'])}; source: {at.link('source', r['source'])}"
    return f'<span class="of">{escape_text(r["title"])}</span> {number(r)}', below


def _statement(at: PageContext, r: Record) -> tuple[str, str]:
    whose = (
        "in the article’s own voice" if r["voice"] == "article" else credit(at, r["attribution"])
    )
    unclear = "; whose words these are is ambiguous" if r["voice"] == "ambiguous" else ""
    made_on = f"made {date(r['made_on'])}" if r["made_on"] else "the text does not date it"
    below = f"{whose}{unclear}; {made_on}; source: {at.link('source', r['source'])}"
    return f'<span class="of">{escape_text(r["title"])}</span> {escape_text(r["summary"])}', below


def _event(at: PageContext, r: Record) -> tuple[str, str]:
    dated = date(r["date"]) if r["date"] else "undated"
    return escape_text(
        r["title"]
    ), f"{dated}, {escape_text(code_label(r['status']))}; source: {at.link('source', r['source'])}"


def _series(_: PageContext, r: Record) -> tuple[str, str]:
    return escape_text(r["title"]), escape_text(r["definition"])


def _source(_: PageContext, r: Record) -> tuple[str, str]:
    published = (
        f"published {date(r['published_on'])}"
        if r["published_on"]
        else "day of publication not told"
    )
    headline = f"{q(r['headline'])}, " if r["headline"] else ""
    publisher = (
        f'<bdi class="theirs">{escape_text(r["publisher"])}</bdi>, ' if r["publisher"] else ""
    )
    return escape_text(r["title"]), f"{headline}{publisher}{published}"


def _named(_: PageContext, r: Record) -> tuple[str, str]:
    names = ", ".join([q(name["as_written"]) for name in r["names_as_written"]])
    return escape_text(r["title"]), f"in the sources: {names}" if names else ""


_HEROES: Mapping[ResourceType, Callable[[PageContext, Record], tuple[str, str]]] = {
    "source": _source,
    "actor": _named,
    "place": _named,
    "event": _event,
    "statement": _statement,
    "figure": _figure,
    "series": _series,
}


def reading(at: PageContext, address: str, page: Quotes) -> Safe:
    """A source as it is quoted. `address` is that of the source."""
    goes_on = ""
    if page.next:
        last = page.quotes[-1].start
        further = f"{address}/evidence?start_min={last}&amp;limit=100"
        goes_on = f'<p class="more"><a href="{further}">Read on from character {last}</a></p>'
    return Safe(
        '<section class="reading" aria-labelledby="reading"><h2 id="reading">What is quoted from it, in reading order</h2>\n'
        f"{passages(at, page)}\n"
        f'<p class="meta">SHA-256 of the source’s file: <code>{escape_text(page.content_sha256)}</code>. Every quote is verified: it'
        f" stands at its offsets in that file, and nothing more is meant."
        f' <a href="{address}/evidence">Each quote with its offsets</a></p>\n{goes_on}</section>\n'
    )


# ------------------------------------------------------------------------------------------------------- the lists beside it


@cache
def _pointing_at(noun: ResourceType) -> Sequence[tuple[Resource, Filter]]:
    """The filters that take ids of this noun, from the declarations: the lists in which a record may be named."""
    table = table_of(RESOURCES[noun].table)
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


def related(at: PageContext, noun: ResourceType, r: Record, dataset: Dataset) -> Safe:
    """Lists that name the record, with how many there are where the build has counted that; those with none are left out."""
    lines = []
    for resource, item in _pointing_at(noun):
        counts, is_complete = dataset.counted.get((resource.type, item.name), _UNCOUNTED)
        count = counts.get(r["id"])
        if count is None and is_complete:
            continue
        named = (item.phrase or f"with {field_label(item.name)} {{}}").format(
            _shortened(r["title"])
        )
        number_of = "" if count is None else f' <span class="count">{count}</span>'
        address = f"{at.root}{resource.path}?{item.name}={r['id']}"
        lines.append(
            f'<li><a href="{address}">{resource.plural} {escape_text(named)}</a>{number_of}</li>\n'
        )
    if not lines:
        return Safe("")
    return Safe(
        '<section aria-labelledby="related"><h2 id="related">Related</h2>\n'
        f'<ul class="related">{"".join(lines)}</ul>\n</section>\n'
    )


def drawn(at: PageContext, heading: str, series: Record, definition: str = "") -> Safe:
    """The section with the chart and the table of a series. `definition` is markup."""
    return Safe(
        f'<section class="drawn" aria-labelledby="series"><h2 id="series">{heading}</h2>\n'
        f"{definition}{drawing(at, series, chart(series))}\n</section>\n"
    )


def _shortened(title: str) -> str:
    return title if len(title) <= _LONG_TITLE else f"{title[:_LONG_TITLE]}…"


def included(at: PageContext, records: Sequence[tuple[ResourceType, Mapping[str, Any]]]) -> Safe:
    if not records:
        return Safe("")
    cards = "".join([card(at, noun, r, "h3") for noun, r in records])
    return Safe(
        '<section aria-labelledby="included"><h2 id="included">Brought along</h2>\n'
        f'<div class="cards">{cards}</div>\n</section>\n'
    )


# ----------------------------------------------------------------------------------------------------------------- history


def revisions(address: str, newest: Sequence[Revision]) -> Safe:
    """`address` is that of the record."""
    if not newest:
        return Safe("")
    return Safe(
        f'<ol class="revisions" reversed>{"".join([_revision(address, r) for r in newest])}</ol>\n'
    )


def _revision(address: str, r: Revision) -> str:
    replaced = f", replaced {_moment(r.recorded_to)}" if r.recorded_to else ""
    reason = f": {escape_text(r.reason)}" if r.reason else ""
    return (
        f'<li value="{r.number}"><a href="{address}/revisions/{r.number}">Revision {r.number}</a>,'
        f" recorded {_moment(r.recorded_from)}{replaced}{reason}</li>\n"
    )


def _moment(of: DatasetStamp) -> str:
    return (
        long_date(of.recorded_at[:10])
        if of.recorded_at
        else f"in dataset <code>{escape_text(of.version)}</code>"
    )
