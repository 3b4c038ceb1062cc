"""What leaves a record's page: its citation, the pieces of text that put it on other pages, and what other programs read of it
without asking: a preview, oEmbed, JSON-LD. Only there have addresses scheme and host.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple, get_args

import orjson

from app.formats import jsonld
from app.pages.page_context import PageContext, Safe, component_path
from app.pages.text import escape_json, escape_text
from app.presentation import oembed
from app.presentation.cards import CARD_TYPES, Card, make_card
from app.presentation.citations import undated_citation
from app.presentation.sentences import claim
from app.presentation.text import replace_controls
from app.query.params import ItemQuery
from app.query.records import Dataset
from app.query.related import RelatedRecords
from app.urls import BaseUrl
from app.vocabulary import CitationStyle

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_LONGEST_DATA = 32_768
"""In characters: longer records have their JSON-LD at their own address alone."""
_WIDTH = oembed.WIDTH


class Sharing(NamedTuple):
    """`head` are the elements for the page's head, `box` is the section of the page."""

    head: Safe
    box: Safe


def sharing(
    at: PageContext,
    record: Mapping[str, Any],
    query: ItemQuery,
    beside: RelatedRecords,
    dataset: Dataset,
    origin: BaseUrl,
) -> Sharing:
    """Of a page that shows the past only the citation: what is put on other pages shows the present."""
    noun = query.resource.type
    absolute = origin.absolute
    address = escape(f"{absolute}{query.resource.path}/{record['id']}")
    is_now = query.known_at is None
    shown = (
        make_card(noun, record, beside.titles, dataset.version)
        if is_now and noun in CARD_TYPES
        else None
    )
    line = replace_controls(shown.one_line if shown else claim(noun, record))
    in_markup = escape(line)
    head = _head(address, escape(replace_controls(record["title"])), in_markup, shown, absolute)
    head += f'<link rel="alternate" type="{jsonld.MEDIA_TYPE}" href="{at.url(noun, record["id"])}?format=jsonld">\n'
    if is_now:
        head += _data(record, query, dataset, origin)
    cite = _cite(at, record, query, beside, dataset, absolute)
    snippets = _snippets(address, line, in_markup, shown, absolute) if is_now else ()
    return Sharing(Safe(head), Safe(f"{_BOX}{cite}{_listed(snippets, shown)}</section>"))


_STYLES = get_args(CitationStyle)
_BOX = '<section class="share" aria-labelledby="share"><h2 id="share">Cite and show elsewhere</h2>'
_HOW = (
    '<p class="meta">Where a page takes addresses (oEmbed), paste the address. The frame and the component show the card with all'
    " that belongs to it, and its corrections when there are some.</p>"
)


def _head(address: str, title: str, line: str, shown: Card | None, absolute: str) -> str:
    """Open Graph, and what Twitter's cards need beside it. All that is given is escaped."""
    head = (
        f'<meta name="description" content="{line}">\n<link rel="canonical" href="{address}">\n'
        f'<meta property="og:type" content="article">\n<meta property="og:site_name" content="On Record">\n'
        f'<meta property="og:title" content="{title}">\n<meta property="og:description" content="{line}">\n'
        f'<meta property="og:url" content="{address}">\n'
    )
    if shown is None:
        return f'{head}<meta name="twitter:card" content="summary">\n'
    width, height = oembed.PREVIEW
    told = escape(f"{absolute}{oembed.discovery_path(shown, absolute)}")
    return (
        f'{head}<meta property="og:image" content="{escape(absolute)}{oembed.preview_path(shown)}">\n'
        f'<meta property="og:image:type" content="image/png">\n<meta property="og:image:width" content="{width}">\n'
        f'<meta property="og:image:height" content="{height}">\n<meta property="og:image:alt" content="{line}">\n'
        f'<meta name="twitter:card" content="summary_large_image">\n'
        f'<link rel="alternate" type="application/json+oembed" href="{told}" title="{title}">\n'
    )


def _cite(
    at: PageContext,
    record: Mapping[str, Any],
    query: ItemQuery,
    beside: RelatedRecords,
    dataset: Dataset,
    absolute: str,
) -> str:
    if beside.cited is None:
        return ""
    citation = undated_citation(beside.cited, origin=absolute, version=dataset.version)
    address = f"{at.url(query.resource.type, record['id'])}/citation"
    known = f"&amp;known_at={query.known_at.raw}" if query.known_at else ""
    styles = ", ".join(
        [f'<a href="{address}?style={style}{known}">{style}</a>' for style in _STYLES]
    )
    return (
        f'<p class="cite" dir="auto">{escape_text(citation)}</p>'
        f'<p class="meta">The same with the day on which you read it, as {styles}</p>'
    )


def _listed(snippets: Sequence[tuple[str, str]], shown: Card | None) -> str:
    """What they are made of has no sign that nobody sees."""
    if not snippets:
        return ""
    items = "".join(
        [
            f'<div><dt>{name}</dt><dd><pre tabindex="0" dir="ltr">{escape(code)}</pre></dd></div>'
            for name, code in snippets
        ]
    )
    return f"<details><summary>Put it on your page</summary>{_HOW if shown else ''}<dl>{items}</dl></details>"


def _snippets(
    address: str, line: str, in_markup: str, shown: Card | None, absolute: str
) -> Sequence[tuple[str, str]]:
    """Each says as much as the card, where what it loads cannot be had, too."""
    found = [("Address", address)]
    if shown is not None:
        height = oembed.height_at(shown, _WIDTH)
        element = f'<on-record src="{absolute}{oembed.embed_path(shown)}"><a href="{address}">{in_markup}</a></on-record>'
        found += [
            ("Frame", oembed.frame(shown, absolute, _WIDTH, height)),
            (
                "Web component",
                f'<script type="module" src="{absolute}{component_path()}"></script>\n{element}',
            ),
        ]
    text = _MARKDOWN.sub(r"\\\1", " ".join(line.split()))
    return [*found, ("Markdown", f"[{text}]({address})")]


def _data(record: Mapping[str, Any], query: ItemQuery, dataset: Dataset, origin: BaseUrl) -> str:
    """JSON-LD, as data that no browser runs. Of a series without its figures, whose pages have theirs."""
    if "points" in record:
        record = {name: value for name, value in record.items() if name != "points"}
    node = jsonld.node(query.resource.type, record, record["id"], origin)
    said = {
        "@context": f"{origin.absolute}{jsonld.CONTEXT_PATH}",
        **node,
        "dataset_version": dataset.version,
    }
    text = orjson.dumps(said).decode()
    return (
        f'<script type="application/ld+json">{escape_json(text)}</script>\n'
        if len(text) <= _LONGEST_DATA
        else ""
    )
