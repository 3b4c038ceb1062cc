"""What pages are made of: a date, a reference, a number, a quote, a record in short. Each is a function that gives markup,
and every value in it goes through `seen`; the pages themselves are templates. (As macros, whose every value is escaped again
on its way through each of them, these few cost most of a page's time.)

`at` is where the page is: its addresses, and what records are called. What a source wrote is set apart from our words, so
that whatever direction it runs in, it cannot turn others round.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from app.pages.chart import MOST_POINTS, Chart, Mark
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
from app.query.evidence import Quote, Quotes, SupportedRecord
from app.resources import RESOURCES
from app.resources.references import REFERENCE_FIELDS
from app.vocabulary import ResourceType

Record = Mapping[str, Any]
NONE = '<span class="none">not told</span>'
MOST_ITEMS = 100
"""As many items of one field are shown; the record as JSON has all."""


def theirs(text: str) -> Safe:
    return Safe(f'<bdi class="theirs">{escape_text(text)}</bdi>')


def q(text: str) -> str:
    """The source's words inside a sentence of ours."""
    return f'<q class="written"><bdi class="theirs">{escape_text(text)}</bdi></q>'


@lru_cache(maxsize=4096)
def _date(edtf: str, basis: str, basis_end: str | None) -> str:
    shown = f'<data class="date" value="{escape_text(edtf)}">{escape_text(long_date(edtf))}</data>'
    if basis == "publication_date":
        shown += ' <span class="basis">the day of publication</span>'
    elif basis != "stated":
        shown += f' <span class="basis">{escape_text(code_label(basis))}</span>'
    return (
        f'{shown} <span class="basis">its end {escape_text(code_label(basis_end))}</span>'
        if basis_end
        else shown
    )


def date(d: Record, *, in_full: bool = False) -> Safe:
    """With what it rests on; `in_full` tells how it was inferred, too."""
    shown = _date_of(d)
    return Safe(f"{shown}{note(d)}" if in_full else shown)


def _date_of(d: Record) -> str:
    return _date(d["edtf"], d["basis"], d["basis_end"])


def note(item: Record) -> str:
    return f' <span class="note">{escape_text(item["note"])}</span>' if item.get("note") else ""


def reference(at: PageContext, name: str, item: Record, *, in_full: bool = False) -> Safe:
    """What a record names, by its title, with the words of the source and whether it is inferred."""
    shown: str = at.named(name, item) or '<span class="none">nobody or nothing that we know</span>'
    if item.get("role"):
        shown += f' <span class="role">{escape_text(code_label(item["role"]))}</span>'
    if item["as_written"]:
        shown += f" {q(item['as_written'])}"
    if item["basis"] == "inferred":
        shown += ' <span class="basis">inferred</span>'
    return Safe(f"{shown}{note(item)}" if in_full else shown)


def credit(at: PageContext, attribution: Record) -> Safe:
    """According to whom. The publisher is the source, which stands beside it."""
    speaker, relays = attribution["speaker"], attribution["relayed_by"]
    if speaker:
        shown = f"according to {reference(at, 'speaker', speaker)}"
    else:
        shown = "the text names no speaker" if relays else "the text credits nobody with it"
    return Safe(
        ", ".join(
            [shown, *(f"relayed by {reference(at, 'relayed_by', relay)}" for relay in relays)]
        )
    )


def number(figure: Record) -> Safe:
    """As its source writes it, never without its qualifier and its unit."""
    return Safe(
        f'<span class="number"><bdi class="theirs">{escape_text(figure["as_written"])}</bdi></span> <span class="measure">{escape_text(measure_text(figure))}</span>'
    )


def quote(at: PageContext, item: Record) -> Safe:
    """A source's words, marked in their context, with where they stand and what of the record they carry."""
    source = at.url("source", item["source"])
    start, end = item["start"], item["end"]
    proves = (
        f", carries {', '.join(field_label(name) for name in item['proves'])}"
        if item["proves"]
        else ""
    )
    return Safe(
        f'<figure class="quote"><blockquote dir="auto" cite="{source}"><p><span class="context">{escape_text(item["prefix"])}</span>'
        f'<mark>{escape_text(item["exact"])}</mark><span class="context">{escape_text(item["suffix"])}</span></p></blockquote>'
        f'<figcaption><a href="{source}/evidence?start_min={start}&amp;end_max={end}">characters {start}–{end}</a>{proves}'
        "</figcaption></figure>"
    )


def caveats(items: Sequence[str]) -> Safe:
    if not items:
        return Safe("")
    listed = "".join([f"<li>{escape_text(item)}</li>" for item in items])
    return Safe(
        f'<aside class="caveats" aria-label="Caveats"><h2>To be read with it</h2><ul>{listed}</ul></aside>'
    )


def corrections(items: Sequence[Record]) -> Safe:
    if not items:
        return Safe("")
    listed = "".join([f"<li>{_correction(item)}</li>" for item in items])
    return Safe(
        f'<aside class="corrections" aria-label="Corrections"><h2>Corrected</h2><ul>{listed}</ul></aside>'
    )


def _correction(item: Record) -> str:
    return f'<data value="{escape_text(item["date"])}">{escape_text(long_date(item["date"]))}</data>: {escape_text(item["reason"])}'


MOST_QUOTES = 60
_RECEIPTS = (
    "Each quote stands at its offsets in the source’s file, counted in Unicode code points from 0, the end not included, over"
    " the text as decoded from UTF-8. “Verified” means that, and nothing more."
)


def evidence(at: PageContext, items: Sequence[Record]) -> Safe:
    """All words that a record rests on; the receipt of a source is told once."""
    if not items:
        return Safe("")
    shown = []
    before = None
    for item in items[:MOST_QUOTES]:
        if item["source"] != before:
            before = item["source"]
            shown.append(f'<p class="whose">From {at.link("source", before)}</p>')
        shown.append(quote(at, item))
    left = len(items) - MOST_QUOTES
    more = (
        f'<p class="more">{left} more quotes stand in the record as JSON.</p>' if left > 0 else ""
    )
    receipts = {(item["source"], item["content_sha256"]): item["quote_verified"] for item in items}
    listed = "".join(
        [
            f"<div><dt>{at.link('source', source)}</dt><dd>SHA-256 <code>{escape_text(digest)}</code>,"
            f" quotes {'verified' if is_verified else 'not verified'}</dd></div>"
            for (source, digest), is_verified in receipts.items()
        ]
    )
    return Safe(
        f'<section class="evidence" aria-labelledby="evidence"><h2 id="evidence">What it rests on</h2>{"".join(shown)}{more}'
        f'<details class="receipt"><summary>Receipts: what proves these quotes</summary><p>{_RECEIPTS}</p><dl>{listed}</dl></details></section>'
    )


def formats(items: Sequence[tuple[str, str, str]]) -> Safe:
    """The same in other formats."""
    links = ", ".join(
        [f'<a href="{escape_text(address)}">{name}</a>' for name, address, _ in items]
    )
    return Safe(f'<p class="formats">The same as {links}</p>')


# ----------------------------------------------------------------------------------------------------------- any value

_OF_REFERENCES = ("id", "as_written", "basis", "note", "role", "noun")


def value(at: PageContext, name: str, v: Any) -> str:
    """Any value of a record, by its form: what a new field holds is shown without anybody teaching this page."""
    if isinstance(v, str):
        return _text(at, name, v)
    if v is None:
        return NONE
    if isinstance(v, bool):
        return "yes" if v else "no"
    if isinstance(v, (int, float)):
        return format_number(v)
    if isinstance(v, dict):
        return _part(at, name, v)
    if len(v) == 1:
        return value(at, name, v[0])
    items = "".join([f"<li>{value(at, name, item)}</li>" for item in v[:MOST_ITEMS]])
    more = (
        f"<li>{len(v) - MOST_ITEMS} more, in the record as JSON</li>" if len(v) > MOST_ITEMS else ""
    )
    return f"<ul>{items}{more}</ul>"


def _text(at: PageContext, name: str, text: str) -> str:
    if name in REFERENCE_FIELDS:
        return at.link(REFERENCE_FIELDS[name], text)
    if is_web_url(text):
        return f'<a href="{escape_text(text)}" rel="nofollow noopener">{escape_text(text)}</a>'
    if name == "content_sha256":
        return f"<code>{escape_text(text)}</code>"
    return f"<bdi>{escape_text(code_label(text))}</bdi>"


def _part(at: PageContext, name: str, v: Record) -> str:
    if "edtf" in v:
        return date(v, in_full=True)
    if "speaker" in v and "relayed_by" in v:
        return credit(at, v)
    if "as_written" in v and "id" in v:
        more = [
            f", {field_label(key)}: {value(at, key, part)}"
            for key, part in v.items()
            if key not in _OF_REFERENCES and part
        ]
        return f"{reference(at, name, v, in_full=True)}{''.join(more)}"
    if "to" in v and "type" in v:
        dated = f", {date(v['date'])}" if v.get("date") else ""
        inferred = ' <span class="basis">inferred</span>' if v.get("basis") == "inferred" else ""
        return f"{escape_text(code_label(v['type']))} {at.named(name, v)}{dated}{inferred}{note(v)}"
    if "exact" in v:
        return f'{q(v["exact"])} <span class="role">characters {v["start"]}–{v["end"]}</span>'
    inner = {key: part for key, part in v.items() if key != "evidence" and part is not None}
    if list(inner) == ["as_written"]:
        return q(v["as_written"])
    return ", ".join(
        [
            f'<span class="name">{field_label(key)}</span> {value(at, key, part)}'
            for key, part in inner.items()
        ]
    )


def fields(at: PageContext, record: Record, without: Collection[str] = ()) -> Safe:
    """The fields of a record, in the order of its declaration; what the text leaves open is named, too."""
    told, silent = [], []
    for name, v in record.items():
        if name in without:
            continue
        if v is None or v == []:
            silent.append(field_label(name))
        else:
            told.append(f"<div><dt>{field_label(name)}</dt><dd>{value(at, name, v)}</dd></div>")
    nothing = (
        f'<div class="open"><dt>not told, or none</dt><dd>{", ".join(silent)}</dd></div>'
        if silent
        else ""
    )
    return Safe(f'<dl class="fields">{"".join(told)}{nothing}</dl>')


# ------------------------------------------------------------------------------------------------------------- in short


def card(
    at: PageContext, noun: ResourceType, r: Record, level: str = "h2", *, kicker: bool = True
) -> Safe:
    """A record in short: enough that no number leaves its qualifier, its day, its credit, its source and its words."""
    address = f"{at.url(noun, r['id'])}"
    kind = _KIND_OF[noun](r) if noun in _KIND_OF else ""
    above = (
        f'<p class="kicker">{noun}{" · " if kind else ""}{escape_text(code_label(kind))}</p>'
        if kicker
        else ""
    )
    below = _proved(at, r, address) if r["evidence"] and "source" in r else ""
    return Safe(
        f'<article class="card {noun}">{above}<{level}><a href="{address}">{escape_text(r["title"])}</a></{level}>'
        f"{_IN_SHORT[noun](at, r)}{below}</article>"
    )


_KIND_OF: Mapping[ResourceType, Callable[[Record], str]] = {
    "event": lambda r: str(r["type"]),
    "actor": lambda r: str(r["kind"]),
    "place": lambda r: str(r["kind"]),
    "source": lambda r: str(r["kind"]),
    "statement": lambda r: str(r["act"]),
}


def _proved(at: PageContext, r: Record, address: str) -> str:
    source = r["source"]
    count = len(r["caveats"])
    caveats = (
        f' · <a href="{address}">{count} {"caveat" if count == 1 else "caveats"}</a>'
        if count
        else ""
    )
    corrected = "".join([f" · corrected {_correction(item)}" for item in r["corrections"]])
    return (
        f'<blockquote dir="auto" class="telling" cite="{at.url("source", source)}"><p><mark>{escape_text(main_quote(r["evidence"])["exact"])}'
        f'</mark></p></blockquote><p class="meta from">{at.link("source", source)}{caveats}{corrected}</p>'
    )


def _figure(at: PageContext, r: Record) -> str:
    return f'<p class="said">{number(r)}</p><p class="meta">as of {date(r["as_of"])} · {credit(at, r["attribution"])}</p>'


def _statement(at: PageContext, r: Record) -> str:
    dated = f"{date(r['made_on'])} · " if r["made_on"] else ""
    whose = (
        "in the article’s own voice" if r["voice"] == "article" else credit(at, r["attribution"])
    )
    unclear = " · whose words these are is ambiguous" if r["voice"] == "ambiguous" else ""
    return f'<p class="said">{escape_text(r["summary"])}</p><p class="meta">{dated}{whose}{unclear}</p>'


def _event(at: PageContext, r: Record) -> str:
    dated = date(r["date"]) if r["date"] else "undated"
    status = f" · {escape_text(code_label(r['status']))}" if r["status"] != "told_as_done" else ""
    places = ", ".join(
        [at.named("places", place) or q(place["as_written"] or "") for place in r["places"]]
    )
    return f'<p class="meta">{dated}{status}{" · " if places else ""}{places}</p>'


def _series(at: PageContext, r: Record) -> str:
    count = len(r["points"])
    shown = f"{count} {'figure' if count == 1 else 'figures'}"
    if r["points"]:
        last = r["points"][-1]
        shown += f"; the newest {theirs(last['as_written'])}, as of {date(last['as_of'])}, {at.link('source', last['source'])}"
    if r["disagreements"]:
        clashes = len(r["disagreements"])
        shown += (
            f" · <strong>{clashes} {'disagreement' if clashes == 1 else 'disagreements'}</strong>"
        )
    return f'<p class="said">{escape_text(r["definition"])}</p><p class="meta">{shown}</p>'


def _source(_: PageContext, r: Record) -> str:
    published = (
        f"published {date(r['published_on'])}"
        if r["published_on"]
        else "day of publication not told"
    )
    parts = [
        q(r["headline"]) if r["headline"] else "",
        theirs(r["publisher"]) if r["publisher"] else "",
        published,
    ]
    return f'<p class="meta">{" · ".join(part for part in parts if part)}</p>'


def _named(_: PageContext, r: Record) -> str:
    return f'<p class="meta">{" ".join([q(name["as_written"]) for name in r["names_as_written"][:4]])}</p>'


_IN_SHORT: Mapping[ResourceType, Callable[[PageContext, Record], str]] = {
    "source": _source,
    "actor": _named,
    "place": _named,
    "event": _event,
    "statement": _statement,
    "figure": _figure,
    "series": _series,
}


# --------------------------------------------------------------------------------------------------------------- series


def drawing(at: PageContext, series: Record, c: Chart | None) -> str:
    """A series drawn and as a table: the same numbers, side by side."""
    return f"{_chart(at, series, c) if c else ''}{_table(at, series, c)}"


_HOW_DRAWN = (
    "A filled mark is a number without a qualifier that bounds it; a hollow one is the bound itself, and its line runs to where the"
    " number may lie: with an arrow, without end."
)


def _chart(at: PageContext, series: Record, c: Chart) -> str:
    clashes = " A broken line joins what cannot both hold." if c.clashes else ""
    axis = " The axis does not begin at nothing." if c.starts_at else ""
    hidden = f" {c.hidden} older figures are not drawn." if c.hidden else ""
    return (
        f'<figure class="chart">\n<svg viewBox="0 0 {c.width} {c.height}" role="img" aria-labelledby="chart-title chart-desc">\n'
        f'<title id="chart-title">{escape(replace_controls(series["title"]))}</title>\n<desc id="chart-desc">{len(c.marks)} figures by as-of'
        f" day. The table below has the same numbers.</desc>\n{_grid(c)}\n{_marks(c)}\n</svg>\n"
        f"<figcaption>\n<p>{_HOW_DRAWN}{clashes}{axis}{hidden}</p>\n{_legend(at, c)}\n</figcaption>\n</figure>"
    )


_HEADS = (
    '<th scope="col">As of</th><th scope="col">As written</th><th scope="col">Qualifier</th><th scope="col" class="num">At least</th>'
    '<th scope="col" class="num">Number</th><th scope="col" class="num">At most</th><th scope="col">Credit</th><th scope="col">Source</th>'
)


def _table(at: PageContext, series: Record, c: Chart | None) -> str:
    points = series["points"]
    newest = f": the newest {MOST_POINTS} of {len(points)}" if len(points) > MOST_POINTS else ""
    mark = '<th scope="col">Mark</th>' if c else ""
    return (
        '<div class="scroll" role="region" aria-label="The same numbers as a table" tabindex="0">\n<table class="points">\n'
        f"<caption>{escape_text(series['title'])}{newest}</caption>\n<thead><tr>{mark}{_HEADS}</tr></thead>\n"
        f"<tbody>{_rows(at, points[-MOST_POINTS:], c)}</tbody></table></div>\n{_disagreements(at, series)}"
    )


def _marks(c: Chart) -> str:
    """The points of a drawing, and what joins those that cannot both hold."""
    clashes = [
        f'<path d="M{one.x} {one.y}L{other.x} {other.y}" data-clash="{one.point["figure"]} {other.point["figure"]}"/>'
        for one, other, _ in c.clashes
        if one.y is not None and other.y is not None
    ]
    return (
        f'<g class="clashes">{"".join(clashes)}</g>{"".join([_mark(m, c.bottom) for m in c.marks])}'
    )


def _mark(m: Mark, bottom: int) -> str:
    head = f'<g class="mark s{m.hue}" data-figure="{m.point["figure"]}">'
    # A number takes longer to write than all around it.
    x, y, bound = str(m.x), str(m.y), m.point["bound"]
    if m.y is None:
        return f'{head}<text class="words" x="{x}" y="{bottom - 6}" text-anchor="middle">{m.letter}: no number</text></g>'
    drawn = ""
    if m.left != m.right:
        drawn += f'<line class="days" x1="{m.left}" x2="{m.right}" y1="{y}" y2="{y}"/>'
    if m.low is not None and m.high is not None:
        drawn += f'<line class="bound" x1="{x}" x2="{x}" y1="{m.low}" y2="{m.high}"/>'
        if bound in ("gt", "ge"):
            drawn += _arrow(m.x, m.high, 8)
        elif bound in ("lt", "le"):
            drawn += _arrow(m.x, m.low, -8)
    hollow = "" if bound == "none" else " hollow"
    return (
        f'{head}{drawn}<path class="dot{hollow}" d="{m.path}" transform="translate({x} {y})"/>'
        f'<text class="letter" x="{m.x + 10}" y="{m.y - 8}">{m.letter}</text></g>'
    )


def _arrow(x: float, y: float, long: int) -> str:
    return f'<path class="open" d="M{x - 5} {y + long}L{x} {y}L{x + 5} {y + long}"/>'


def _legend(at: PageContext, c: Chart) -> str:
    """Which source each letter and shape stands for."""
    lines = [
        f'<li><svg class="s{hue}" viewBox="-9 -9 18 18" width="18" height="18" aria-hidden="true"><path class="dot" d="{path}"/></svg>'
        f" {letter}: {at.link('source', source)}</li>"
        for letter, source, path, hue in c.sources
    ]
    return f'<ul class="legend">{"".join(lines)}</ul>'


def _grid(c: Chart) -> str:
    values = [
        f'<line x1="{c.left}" x2="{c.right}" y1="{tick.at}" y2="{tick.at}"/><text x="{c.left - 10}" y="{tick.at + 4}" text-anchor="end">{tick.text}</text>'
        for tick in c.values
    ]
    days = [
        f'<text x="{tick.at}" y="{c.bottom + 30}" text-anchor="middle">{tick.text}</text>'
        for tick in c.days
    ]
    return f'<g class="grid">{"".join(values)}{"".join(days)}</g>'


def _rows(at: PageContext, points: Sequence[Record], c: Chart | None) -> str:
    """The same numbers as the drawing has, a line for each."""
    letters = [f"<td>{mark.letter}</td>" for mark in c.marks] if c else [""] * len(points)
    figures = at.url("figure", "")
    return "".join(
        [_row(at, figures, p, letter) for p, letter in zip(points, letters, strict=True)]
    )


def _row(at: PageContext, figures: str, p: Record, letter: str) -> str:
    figure, bound, lower, upper = p["figure"], p["bound"], p["lower"], p["upper"]
    corrected = (
        f' <span class="basis">corrected {escape_text(long_date(p["corrected_on"]))}</span>'
        if p["corrected_on"]
        else ""
    )
    least = f"{'&gt; ' if bound == 'gt' else ''}{format_number(lower)}" if lower is not None else ""
    most = f"{'&lt; ' if bound == 'lt' else ''}{format_number(upper)}" if upper is not None else ""
    return (
        f'<tr data-figure="{figure}">{letter}<td>{_date_of(p["as_of"])}</td>'
        f'<th scope="row"><a href="{figures}{figure}"><bdi class="theirs">{escape_text(p["as_written"])}</bdi></a>{corrected}</th>'
        f'<td>{field_label(p["qualifier"])}</td><td class="num">{least}</td><td class="num">{format_number(p["value"])}</td>'
        f'<td class="num">{most}</td><td>{"credited" if p["attribution"] == "stated" else "nobody named"}</td>'
        f"<td>{at.link('source', p['source'])}</td></tr>"
    )


def _disagreements(at: PageContext, series: Record) -> str:
    if not series["disagreements"]:
        return ""
    told = [
        f"{' and '.join([_figure_link(at, series, figure) for figure in item['figures']])} cannot both hold ({code_label(item['kind'])})"
        for item in series["disagreements"][:20]
    ]
    return f'<p class="clash"><strong>Sources disagree.</strong> {"; ".join(told)}. No winner is picked.</p>'


def _figure_link(at: PageContext, series: Record, figure: str) -> str:
    return f'<a href="{at.url("figure", figure)}">{theirs(point_as_written(series, figure))}</a>'


# -------------------------------------------------------------------------------------------------------------- reading


def passages(at: PageContext, page: Quotes) -> Safe:
    """A source as its quotes cover it: each stretch without a gap once, with the records that rest on quotes in it."""
    lines = []
    done = 0
    for start, end, text, quotes in _stretches(page):
        several = len(quotes) > 1
        resting = [
            f"<li>{q(item.exact) + ' ' if several else ''}{_resting(at, record)}</li>"
            for item in quotes
            for record in item.records
        ]
        listed = f"<ul>{''.join(resting)}</ul>"
        if len(resting) > 1:
            on = f" on {len(quotes)} quotes" if several else ""
            listed = f"<details><summary>{len(resting)} records{on}</summary>{listed}</details>"
        lines.append(_stretch(start - done, text, listed))
        done = end
    return Safe(f'<ol class="quotes">{"".join(lines)}</ol>')


def reading(at: PageContext, source: str, page: Quotes) -> Safe:
    """Each quote by itself, in reading order."""
    address = at.url("source", source)
    lines = []
    done = page.quotes[0].start if page.quotes else 0
    for item in page.quotes:
        resting = "".join([f"<li>{_resting(at, record)}</li>" for record in item.records])
        place = f'<p><a href="{address}/evidence?start_min={item.start}&amp;end_max={item.end}">characters {item.start}–{item.end}</a></p>'
        lines.append(_stretch(item.start - done, item.exact, f"<ul>{resting}</ul>{place}"))
        done = max(done, item.end)
    return Safe(f'<ol class="quotes">{"".join(lines)}</ol>')


def _stretch(gap: int, text: str, beside: str) -> str:
    skipped = (
        f'<p class="gap">{gap} {"character" if gap == 1 else "characters"} not quoted</p>'
        if gap > 0
        else ""
    )
    return (
        f'<li><div class="text">{skipped}<blockquote dir="auto"><p>{escape_text(text)}</p></blockquote></div>'
        f'<div class="resting">{beside}</div></li>'
    )


def _resting(at: PageContext, record: SupportedRecord) -> str:
    noun = record["noun"]
    address = f"{at.root}{RESOURCES[noun].path}/{record['id']}"
    return f'<span class="kind">{noun}</span><a href="{address}">{escape_text(record["title"])}</a>'


def _stretches(page: Quotes) -> list[tuple[int, int, str, list[Quote]]]:
    """Start, end, text and quotes of each stretch of the source that its quotes cover without a gap."""
    found: list[tuple[int, int, str, list[Quote]]] = []
    for item in page.quotes:
        if found and item.start <= found[-1][1]:
            start, end, text, quotes = found[-1]
            found[-1] = (
                start,
                max(end, item.end),
                text + item.exact[end - item.start :],
                [*quotes, item],
            )
        else:
            found.append((item.start, item.end, item.exact, [item]))
    return found
