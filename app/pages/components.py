"""Components of pages: a date, a reference, a number, a quote, a card, a chart.

Each is a function from values to markup; every value in it is escaped by `escape_text`. What a
source wrote is in elements of its own, so that its direction cannot reorder the text around it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from app.pages.chart import MAX_POINTS, Chart, Mark
from app.pages.page_context import PageContext, Safe
from app.pages.text import escape_text, is_web_url
from app.presentation.text import (
    code_label,
    field_label,
    format_number,
    long_date,
    main_quote,
    measure_text,
    point_as_written,
    replace_controls,
)
from app.query.results import Page, Quote, SupportedRecord
from app.resources import RESOURCES
from app.resources.references import REFERENCE_FIELDS
from app.vocabulary import ResourceType

Record = Mapping[str, Any]
NO_VALUE = '<span class="none">not told</span>'
MAX_ITEMS = 100
"""The most items shown of one field; the record as JSON has all."""


def source_text(text: str) -> Safe:
    return Safe(f'<bdi class="theirs">{escape_text(text)}</bdi>')


def inline_quote(text: str) -> str:
    """The source's words in a sentence."""
    return f'<q class="written"><bdi class="theirs">{escape_text(text)}</bdi></q>'


def _date_markup(value: Record) -> str:
    edtf, basis, basis_end = value["edtf"], value["basis"], value["basis_end"]
    markup = f'<data class="date" value="{escape_text(edtf)}">{escape_text(long_date(edtf))}</data>'
    if basis == "publication_date":
        markup += ' <span class="basis">the day of publication</span>'
    elif basis != "stated":
        markup += f' <span class="basis">{escape_text(code_label(basis))}</span>'
    return (
        f'{markup} <span class="basis">its end {escape_text(code_label(basis_end))}</span>'
        if basis_end
        else markup
    )


def date(value: Record, *, in_full: bool = False) -> Safe:
    """A date with its basis; `in_full`: with its note."""
    markup = _date_markup(value)
    return Safe(f"{markup}{note(value)}" if in_full else markup)


def note(item: Record) -> str:
    return f' <span class="note">{escape_text(item["note"])}</span>' if item.get("note") else ""


def reference(context: PageContext, name: str, item: Record, *, in_full: bool = False) -> Safe:
    """A link to the record of a reference, the source's words, role and basis."""
    markup: str = (
        context.reference_link(name, item)
        or '<span class="none">nobody or nothing that we know</span>'
    )
    if item.get("role"):
        markup += f' <span class="role">{escape_text(code_label(item["role"]))}</span>'
    if item["as_written"]:
        markup += f" {inline_quote(item['as_written'])}"
    if item["basis"] == "inferred":
        markup += ' <span class="basis">inferred</span>'
    return Safe(f"{markup}{note(item)}" if in_full else markup)


def credit(context: PageContext, attribution: Record) -> Safe:
    """According to whom, without the publisher, which is the source."""
    speaker, relays = attribution["speaker"], attribution["relayed_by"]
    if speaker:
        markup = f"according to {reference(context, 'speaker', speaker)}"
    else:
        markup = "the text names no speaker" if relays else "the text credits nobody with it"
    return Safe(
        ", ".join(
            [markup, *(f"relayed by {reference(context, 'relayed_by', relay)}" for relay in relays)]
        )
    )


def number(figure: Record) -> Safe:
    """A number as its source writes it, with its qualifier and unit."""
    return Safe(
        f'<span class="number">{source_text(figure["as_written"])}</span>'
        f' <span class="measure">{escape_text(measure_text(figure))}</span>'
    )


def quote(context: PageContext, item: Record) -> Safe:
    """A quote in its context, with its offsets and the fields that it proves."""
    source = context.url("source", item["source"])
    start, end = item["start"], item["end"]
    proves = (
        f", carries {', '.join(field_label(name) for name in item['proves'])}"
        if item["proves"]
        else ""
    )
    return Safe(
        f'<figure class="quote"><blockquote dir="auto" cite="{source}"><p>'
        f'<span class="context">{escape_text(item["prefix"])}</span>'
        f"<mark>{escape_text(item['exact'])}</mark>"
        f'<span class="context">{escape_text(item["suffix"])}</span></p></blockquote><figcaption>'
        f'<a href="{source}/evidence?start_min={start}&amp;end_max={end}">'
        f"characters {start}–{end}</a>{proves}</figcaption></figure>"
    )


def caveats(items: Sequence[str]) -> Safe:
    if not items:
        return Safe("")
    items_markup = "".join([f"<li>{escape_text(item)}</li>" for item in items])
    return Safe(
        '<aside class="caveats" aria-label="Caveats"><h2>To be read with it</h2>'
        f"<ul>{items_markup}</ul></aside>"
    )


def corrections(items: Sequence[Record]) -> Safe:
    if not items:
        return Safe("")
    items_markup = "".join([f"<li>{_correction(item)}</li>" for item in items])
    return Safe(
        '<aside class="corrections" aria-label="Corrections"><h2>Corrected</h2>'
        f"<ul>{items_markup}</ul></aside>"
    )


def _correction(item: Record) -> str:
    day = escape_text(long_date(item["date"]))
    return f'<data value="{escape_text(item["date"])}">{day}</data>: {escape_text(item["reason"])}'


MAX_QUOTES = 60
_VERIFICATION = (
    "Each quote stands at its offsets in the source’s file, counted in Unicode code points from 0,"
    " the end not included, over the text as decoded from UTF-8."
    " “Verified” means that, and nothing more."
)


def evidence(context: PageContext, items: Sequence[Record]) -> Safe:
    """The quotes of a record, grouped by source, and the hashes of the sources."""
    if not items:
        return Safe("")
    quotes = []
    previous = None
    for item in items[:MAX_QUOTES]:
        if item["source"] != previous:
            previous = item["source"]
            quotes.append(f'<p class="whose">From {context.link("source", previous)}</p>')
        quotes.append(quote(context, item))
    omitted = len(items) - MAX_QUOTES
    omission = (
        f'<p class="more">{omitted} more quotes stand in the record as JSON.</p>'
        if omitted > 0
        else ""
    )
    hashes = {(item["source"], item["content_sha256"]): item["quote_verified"] for item in items}
    items_markup = "".join(
        [
            f"<div><dt>{context.link('source', source)}</dt>"
            f"<dd>SHA-256 <code>{escape_text(digest)}</code>,"
            f" quotes {'verified' if is_verified else 'not verified'}</dd></div>"
            for (source, digest), is_verified in hashes.items()
        ]
    )
    return Safe(
        '<section class="evidence" aria-labelledby="evidence">'
        f'<h2 id="evidence">What it rests on</h2>{"".join(quotes)}{omission}'
        '<details class="receipt"><summary>Receipts: what proves these quotes</summary>'
        f"<p>{_VERIFICATION}</p><dl>{items_markup}</dl></details></section>"
    )


_FORMAT_LABELS = {"jsonld": "JSON-LD", "atom": "Atom", "timelinejs": "TimelineJS"}


def formats(items: Sequence[tuple[str, str, str]]) -> Safe:
    """Links to other formats."""
    return Safe(
        f'<p class="formats">Download: {format_links((name, url) for name, url, _ in items)}</p>'
    )


def format_links(items: Iterable[tuple[str, str]]) -> Safe:
    """Names of formats as links to their URLs."""
    links = [
        f'<a href="{escape_text(url)}">{_FORMAT_LABELS.get(name, name.upper())}</a>'
        for name, url in items
    ]
    return Safe(", ".join(links))


# --- any value ---

_REFERENCE_KEYS = ("id", "as_written", "basis", "note", "role", "resource")


def render_value(context: PageContext, name: str, value: Any) -> str:
    """Any value of a record, by its type and keys, so that new fields need no code."""
    if isinstance(value, str):
        return _text(context, name, value)
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return format_number(value)
    if isinstance(value, dict):
        return _part(context, name, value)
    if len(value) == 1:
        return render_value(context, name, value[0])
    items = "".join([f"<li>{render_value(context, name, item)}</li>" for item in value[:MAX_ITEMS]])
    omission = (
        f"<li>{len(value) - MAX_ITEMS} more, in the record as JSON</li>"
        if len(value) > MAX_ITEMS
        else ""
    )
    return f"<ul>{items}{omission}</ul>"


def _text(context: PageContext, name: str, text: str) -> str:
    if name in REFERENCE_FIELDS:
        return context.link(REFERENCE_FIELDS[name], text)
    if is_web_url(text):
        return f'<a href="{escape_text(text)}" rel="nofollow noopener">{escape_text(text)}</a>'
    if name == "content_sha256":
        return f"<code>{escape_text(text)}</code>"
    return f"<bdi>{escape_text(code_label(text))}</bdi>"


def _part(context: PageContext, name: str, value: Record) -> str:
    if "edtf" in value:
        return date(value, in_full=True)
    if "speaker" in value and "relayed_by" in value:
        return credit(context, value)
    if "as_written" in value and "id" in value:
        details = [
            f", {field_label(key)}: {render_value(context, key, part)}"
            for key, part in value.items()
            if key not in _REFERENCE_KEYS and part
        ]
        return f"{reference(context, name, value, in_full=True)}{''.join(details)}"
    if "to" in value and "type" in value:
        dated = f", {date(value['date'])}" if value.get("date") else ""
        inferred = (
            ' <span class="basis">inferred</span>' if value.get("basis") == "inferred" else ""
        )
        return (
            f"{escape_text(code_label(value['type']))} {context.reference_link(name, value)}"
            f"{dated}{inferred}{note(value)}"
        )
    if "exact" in value:
        return (
            f"{inline_quote(value['exact'])}"
            f' <span class="role">characters {value["start"]}–{value["end"]}</span>'
        )
    inner = {key: part for key, part in value.items() if key != "evidence" and part is not None}
    if list(inner) == ["as_written"]:
        return inline_quote(value["as_written"])
    return ", ".join(
        [
            f'<span class="name">{field_label(key)}</span> {render_value(context, key, part)}'
            for key, part in inner.items()
        ]
    )


def fields(context: PageContext, record: Record, without: Collection[str] = ()) -> Safe:
    """The fields of a record in the order of its declaration, then the names of empty ones."""
    present, empty = [], []
    for name, value in record.items():
        if name in without:
            continue
        if value is None or value == []:
            empty.append(field_label(name))
        else:
            markup = render_value(context, name, value)
            present.append(f"<div><dt>{field_label(name)}</dt><dd>{markup}</dd></div>")
    empty_markup = (
        f'<div class="open"><dt>not told, or none</dt><dd>{", ".join(empty)}</dd></div>'
        if empty
        else ""
    )
    return Safe(f'<dl class="fields">{"".join(present)}{empty_markup}</dl>')


# --- cards ---


def card(
    context: PageContext,
    resource_type: ResourceType,
    record: Record,
    level: str = "h2",
    *,
    kicker: bool = True,
) -> Safe:
    """A record in a list: a number has its qualifier, date, attribution, source and quote."""
    url = f"{context.url(resource_type, record['id'])}"
    kicker_markup = ""
    if kicker:
        kind = _KINDS[resource_type](record) if resource_type in _KINDS else ""
        label = f" · {escape_text(code_label(kind))}" if kind else ""
        kicker_markup = f'<p class="kicker">{resource_type}{label}</p>'
    evidence_markup = (
        _card_evidence(context, record, url) if record["evidence"] and "source" in record else ""
    )
    return Safe(
        f'<article class="card {resource_type}">{kicker_markup}'
        f'<{level}><a href="{url}">{escape_text(record["title"])}</a></{level}>'
        f"{_SUMMARIES[resource_type](context, record)}{evidence_markup}</article>"
    )


_KINDS: Mapping[ResourceType, Callable[[Record], str]] = {
    "event": lambda record: str(record["type"]),
    "actor": lambda record: str(record["kind"]),
    "place": lambda record: str(record["kind"]),
    "source": lambda record: str(record["kind"]),
    "statement": lambda record: str(record["act"]),
}


def _card_evidence(context: PageContext, record: Record, url: str) -> str:
    source = record["source"]
    count = len(record["caveats"])
    caveats = (
        f' · <a href="{url}">{count} {"caveat" if count == 1 else "caveats"}</a>' if count else ""
    )
    corrected = "".join([f" · corrected {_correction(item)}" for item in record["corrections"]])
    exact = escape_text(main_quote(record["evidence"])["exact"])
    return (
        f'<blockquote dir="auto" class="telling" cite="{context.url("source", source)}">'
        f"<p><mark>{exact}</mark></p></blockquote>"
        f'<p class="meta from">{context.link("source", source)}{caveats}{corrected}</p>'
    )


def _figure(context: PageContext, record: Record) -> str:
    return (
        f'<p class="said">{number(record)}</p>'
        f'<p class="meta">as of {date(record["as_of"])}'
        f" · {credit(context, record['attribution'])}</p>"
    )


def _statement(context: PageContext, record: Record) -> str:
    dated = f"{date(record['made_on'])} · " if record["made_on"] else ""
    credit_text = (
        "in the article’s own voice"
        if record["voice"] == "article"
        else credit(context, record["attribution"])
    )
    ambiguity = " · whose words these are is ambiguous" if record["voice"] == "ambiguous" else ""
    return (
        f'<p class="said">{escape_text(record["summary"])}</p>'
        f'<p class="meta">{dated}{credit_text}{ambiguity}</p>'
    )


def _event(context: PageContext, record: Record) -> str:
    dated = date(record["date"]) if record["date"] else "undated"
    status = (
        f" · {escape_text(code_label(record['status']))}"
        if record["status"] != "told_as_done"
        else ""
    )
    places = ", ".join(
        [
            context.reference_link("places", place) or inline_quote(place["as_written"] or "")
            for place in record["places"]
        ]
    )
    return f'<p class="meta">{dated}{status}{" · " if places else ""}{places}</p>'


def _series(context: PageContext, record: Record) -> str:
    count = len(record["points"])
    summary = f"{count} {'figure' if count == 1 else 'figures'}"
    if record["points"]:
        newest = record["points"][-1]
        summary += (
            f"; the newest {source_text(newest['as_written'])}, as of {date(newest['as_of'])}, "
            f"{context.link('source', newest['source'])}"
        )
    if record["disagreements"]:
        clashes = len(record["disagreements"])
        summary += (
            f" · <strong>{clashes} {'disagreement' if clashes == 1 else 'disagreements'}</strong>"
        )
    return f'<p class="said">{escape_text(record["definition"])}</p><p class="meta">{summary}</p>'


def _source(_: PageContext, record: Record) -> str:
    published = (
        f"published {date(record['published_on'])}"
        if record["published_on"]
        else "day of publication not told"
    )
    parts = [
        inline_quote(record["headline"]) if record["headline"] else "",
        source_text(record["publisher"]) if record["publisher"] else "",
        published,
    ]
    return f'<p class="meta">{" · ".join(part for part in parts if part)}</p>'


def _named(_: PageContext, record: Record) -> str:
    names = [inline_quote(name["as_written"]) for name in record["names_as_written"][:4]]
    return f'<p class="meta">{" ".join(names)}</p>'


_SUMMARIES: Mapping[ResourceType, Callable[[PageContext, Record], str]] = {
    "source": _source,
    "actor": _named,
    "place": _named,
    "event": _event,
    "statement": _statement,
    "figure": _figure,
    "series": _series,
}


# --- series ---


def drawing(context: PageContext, series: Record, chart: Chart | None) -> str:
    """The chart and the table of a series."""
    return f"{_chart(context, series, chart) if chart else ''}{_table(context, series, chart)}"


_CHART_NOTE = (
    "A filled mark is a number without a qualifier that bounds it; a hollow one is the bound"
    " itself, and its line runs to where the number may lie: with an arrow, without end."
)


def _chart(context: PageContext, series: Record, chart: Chart) -> str:
    clashes = " A broken line joins what cannot both hold." if chart.clashes else ""
    axis = " The axis does not begin at nothing." if chart.starts_at else ""
    hidden = f" {chart.hidden} older figures are not drawn." if chart.hidden else ""
    return (
        '<figure class="chart">\n'
        f'<svg viewBox="0 0 {chart.width} {chart.height}" role="img"'
        ' aria-labelledby="chart-title chart-desc">\n'
        f'<title id="chart-title">{escape(replace_controls(series["title"]))}</title>\n'
        f'<desc id="chart-desc">{len(chart.marks)} figures by as-of day.'
        f" The table below has the same numbers.</desc>\n"
        f"{_grid(chart)}\n{_marks(chart)}\n</svg>\n"
        f"<figcaption>\n<p>{_CHART_NOTE}{clashes}{axis}{hidden}</p>\n"
        f"{_legend(context, chart)}\n</figcaption>\n</figure>"
    )


_TABLE_HEADERS = (
    '<th scope="col">As of</th><th scope="col">As written</th><th scope="col">Qualifier</th>'
    '<th scope="col" class="num">At least</th><th scope="col" class="num">Number</th>'
    '<th scope="col" class="num">At most</th><th scope="col">Credit</th><th scope="col">Source</th>'
)


def _table(context: PageContext, series: Record, chart: Chart | None) -> str:
    points = series["points"]
    newest = f": the newest {MAX_POINTS} of {len(points)}" if len(points) > MAX_POINTS else ""
    mark = '<th scope="col">Mark</th>' if chart else ""
    return (
        '<div class="scroll" role="region" aria-label="The same numbers as a table"'
        ' tabindex="0">\n<table class="points">\n'
        f"<caption>{escape_text(series['title'])}{newest}</caption>\n"
        f"<thead><tr>{mark}{_TABLE_HEADERS}</tr></thead>\n"
        f"<tbody>{_rows(context, points[-MAX_POINTS:], chart)}</tbody></table></div>\n"
        f"{_disagreements(context, series)}"
    )


def _marks(chart: Chart) -> str:
    """The points of a chart, and lines between those that disagree."""
    clashes = [
        f'<path d="M{one.x} {one.y}L{other.x} {other.y}"'
        f' data-clash="{one.point["figure"]} {other.point["figure"]}"/>'
        for one, other, _ in chart.clashes
        if one.y is not None and other.y is not None
    ]
    return (
        f'<g class="clashes">{"".join(clashes)}</g>'
        f"{''.join([_mark(mark, chart.bottom) for mark in chart.marks])}"
    )


def _mark(mark: Mark, bottom: int) -> str:
    group = f'<g class="mark s{mark.colour}" data-figure="{mark.point["figure"]}">'
    x, y, bound = str(mark.x), str(mark.y), mark.point["bound"]
    if mark.y is None:
        return (
            f'{group}<text class="words" x="{x}" y="{bottom - 6}" text-anchor="middle">'
            f"{mark.letter}: no number</text></g>"
        )
    lines = ""
    if mark.left != mark.right:
        lines += f'<line class="days" x1="{mark.left}" x2="{mark.right}" y1="{y}" y2="{y}"/>'
    if mark.low is not None and mark.high is not None:
        lines += f'<line class="bound" x1="{x}" x2="{x}" y1="{mark.low}" y2="{mark.high}"/>'
        if bound in ("gt", "ge"):
            lines += _arrow(mark.x, mark.high, 8)
        elif bound in ("lt", "le"):
            lines += _arrow(mark.x, mark.low, -8)
    hollow = "" if bound == "none" else " hollow"
    return (
        f'{group}{lines}<path class="dot{hollow}" d="{mark.path}" transform="translate({x} {y})"/>'
        f'<text class="letter" x="{mark.x + 10}" y="{mark.y - 8}">{mark.letter}</text></g>'
    )


def _arrow(x: float, y: float, length: int) -> str:
    return f'<path class="open" d="M{x - 5} {y + length}L{x} {y}L{x + 5} {y + length}"/>'


def _legend(context: PageContext, chart: Chart) -> str:
    """The letter and shape of each source."""
    lines = [
        f'<li><svg class="s{colour}" viewBox="-9 -9 18 18" width="18" height="18"'
        f' aria-hidden="true"><path class="dot" d="{path}"/></svg>'
        f" {letter}: {context.link('source', source)}</li>"
        for letter, source, path, colour in chart.sources
    ]
    return f'<ul class="legend">{"".join(lines)}</ul>'


def _grid(chart: Chart) -> str:
    values = [
        f'<line x1="{chart.left}" x2="{chart.right}"'
        f' y1="{tick.position}" y2="{tick.position}"/>'
        f'<text x="{chart.left - 10}" y="{tick.position + 4}" text-anchor="end">{tick.text}</text>'
        for tick in chart.values
    ]
    days = [
        f'<text x="{tick.position}" y="{chart.bottom + 30}" text-anchor="middle">{tick.text}</text>'
        for tick in chart.days
    ]
    return f'<g class="grid">{"".join(values)}{"".join(days)}</g>'


def _rows(context: PageContext, points: Sequence[Record], chart: Chart | None) -> str:
    """The rows of the table, one for each point."""
    letters = [f"<td>{mark.letter}</td>" for mark in chart.marks] if chart else [""] * len(points)
    figures = context.url("figure", "")
    return "".join(
        [
            _row(context, figures, point, letter)
            for point, letter in zip(points, letters, strict=True)
        ]
    )


def _row(context: PageContext, figures: str, point: Record, letter: str) -> str:
    figure, bound, lower, upper = point["figure"], point["bound"], point["lower"], point["upper"]
    corrected = (
        f' <span class="basis">corrected {escape_text(long_date(point["corrected_on"]))}</span>'
        if point["corrected_on"]
        else ""
    )
    lower_text = (
        f"{'&gt; ' if bound == 'gt' else ''}{format_number(lower)}" if lower is not None else ""
    )
    upper_text = (
        f"{'&lt; ' if bound == 'lt' else ''}{format_number(upper)}" if upper is not None else ""
    )
    return (
        f'<tr data-figure="{figure}">{letter}<td>{_date_markup(point["as_of"])}</td>'
        f'<th scope="row"><a href="{figures}{figure}">{source_text(point["as_written"])}</a>'
        f"{corrected}</th><td>{field_label(point['qualifier'])}</td>"
        f'<td class="num">{lower_text}</td><td class="num">{format_number(point["value"])}</td>'
        f'<td class="num">{upper_text}</td>'
        f"<td>{'credited' if point['attribution'] == 'stated' else 'nobody named'}</td>"
        f"<td>{context.link('source', point['source'])}</td></tr>"
    )


def _disagreements(context: PageContext, series: Record) -> str:
    if not series["disagreements"]:
        return ""
    pairs = []
    for item in series["disagreements"][:20]:
        figures = " and ".join(_figure_link(context, series, figure) for figure in item["figures"])
        pairs.append(f"{figures} cannot both hold ({code_label(item['kind'])})")
    return (
        f'<p class="clash"><strong>Sources disagree.</strong> {"; ".join(pairs)}.'
        " No winner is picked.</p>"
    )


def _figure_link(context: PageContext, series: Record, figure: str) -> str:
    return (
        f'<a href="{context.url("figure", figure)}">'
        f"{source_text(point_as_written(series, figure))}</a>"
    )


# --- reading ---


def passages(context: PageContext, page: Page[Quote]) -> Safe:
    """The quoted passages of a source, each with the records that its quotes support."""
    lines = []
    position = 0
    for start, end, text, quotes in _passages(page):
        has_several = len(quotes) > 1
        records = [
            (
                f"<li>{f'{inline_quote(item.exact)} ' if has_several else ''}"
                f"{_record_link(context, record)}</li>"
            )
            for item in quotes
            for record in item.records
        ]
        records_markup = f"<ul>{''.join(records)}</ul>"
        if len(records) > 1:
            quotes_text = f" on {len(quotes)} quotes" if has_several else ""
            records_markup = (
                f"<details><summary>{len(records)} records{quotes_text}</summary>"
                f"{records_markup}</details>"
            )
        lines.append(_passage(start - position, text, records_markup))
        position = end
    return Safe(f'<ol class="quotes">{"".join(lines)}</ol>')


def quote_list(context: PageContext, source: str, page: Page[Quote]) -> Safe:
    """The quotes of a source one by one, in reading order."""
    url = context.url("source", source)
    lines = []
    position = page.items[0].start if page.items else 0
    for item in page.items:
        records = "".join([f"<li>{_record_link(context, record)}</li>" for record in item.records])
        place = (
            f'<p><a href="{url}/evidence?start_min={item.start}&amp;end_max={item.end}'
            f'">characters {item.start}–{item.end}</a></p>'
        )
        lines.append(_passage(item.start - position, item.exact, f"<ul>{records}</ul>{place}"))
        position = max(position, item.end)
    return Safe(f'<ol class="quotes">{"".join(lines)}</ol>')


def _passage(gap: int, text: str, records: str) -> str:
    gap_markup = (
        f'<p class="gap">{gap} {"character" if gap == 1 else "characters"} not quoted</p>'
        if gap > 0
        else ""
    )
    return (
        f'<li><div class="text">{gap_markup}<blockquote dir="auto"><p>{escape_text(text)}'
        "</p></blockquote></div>"
        f'<div class="resting">{records}</div></li>'
    )


def _record_link(context: PageContext, record: SupportedRecord) -> str:
    resource_type = record["resource"]
    url = f"{context.root}{RESOURCES[resource_type].path}/{record['id']}"
    return (
        f'<span class="kind">{resource_type}</span><a href="{url}">'
        f"{escape_text(record['title'])}</a>"
    )


def _passages(page: Page[Quote]) -> list[tuple[int, int, str, list[Quote]]]:
    """Start, end, text and quotes of each passage that quotes cover without a gap."""
    passages: list[tuple[int, int, str, list[Quote]]] = []
    for item in page.items:
        if passages and item.start <= passages[-1][1]:
            start, end, text, quotes = passages[-1]
            passages[-1] = (
                start,
                max(end, item.end),
                text + item.exact[end - item.start :],
                [*quotes, item],
            )
        else:
            passages.append((item.start, item.end, item.exact, [item]))
    return passages
