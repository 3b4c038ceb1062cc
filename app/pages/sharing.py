"""How other websites and programs use a record: citation, snippets, Open Graph, oEmbed and JSON-LD.

Their URLs have scheme and host.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import orjson

from app.formats import jsonld
from app.formats.media_types import FORMATS
from app.pages.page_context import PageContext, Safe, component_path
from app.pages.text import escape_json, escape_text
from app.presentation import oembed
from app.presentation.cards import CARD_TYPES, Card, make_card
from app.presentation.citations import undated_citation
from app.presentation.sentences import claim
from app.presentation.text import replace_controls
from app.query.queries import ItemQuery
from app.query.results import Dataset, RelatedRecords
from app.urls import BaseUrl
from app.vocabulary import CitationStyle, codes

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_MAX_JSON_LD_LENGTH = 32_768
"""In characters; longer records have JSON-LD at their own URL alone."""
_WIDTH = oembed.WIDTH


class Sharing(NamedTuple):
    """The elements for the head of the page, and the section in its body."""

    head: Safe
    box: Safe


def sharing(
    context: PageContext,
    record: Mapping[str, Any],
    query: ItemQuery,
    related: RelatedRecords,
    dataset: Dataset,
    origin: BaseUrl,
) -> Sharing:
    """Citation and embeds of a record; of a past state the citation alone."""
    resource_type = query.resource.type
    base_url = origin.absolute
    url = escape(f"{base_url}{query.resource.path}/{record['id']}")
    # Programs that fetch links for previews accept anything: this URL is a page for them too.
    page_url = f"{url}.html"
    is_current = query.known_at is None
    card = (
        make_card(resource_type, record, related.titles, dataset.version)
        if is_current and resource_type in CARD_TYPES
        else None
    )
    summary = replace_controls(card.one_line if card else claim(resource_type, record))
    summary_markup = escape(summary)
    title = escape(replace_controls(record["title"]))
    head = f'<link rel="canonical" href="{url}">\n'
    head += _head(page_url, title, summary_markup, card, base_url)
    json_ld_url = f"{context.url(resource_type, record['id'])}.jsonld"
    head += f'<link rel="alternate" type="{FORMATS["jsonld"].media_type}" href="{json_ld_url}">\n'
    if is_current:
        head += _json_ld(record, query, dataset, origin)
    citation = _citation(context, record, query, related, dataset, base_url)
    snippets = _snippets(page_url, summary, summary_markup, card, base_url) if is_current else ()
    return Sharing(
        Safe(head), Safe(f"{_BOX_START}{citation}{_snippet_list(snippets, card)}</section>")
    )


_STYLES = codes(CitationStyle)
_BOX_START = (
    '<section class="share" aria-labelledby="share"><h2 id="share">Cite and show elsewhere</h2>'
)
_USAGE = (
    '<p class="meta">Where a page takes addresses (oEmbed), paste the address. The frame and the'
    " component show the card with all that belongs to it, and its corrections when there are"
    " some.</p>"
)


def _head(url: str, title: str, summary: str, card: Card | None, base_url: str) -> str:
    """Open Graph and Twitter card elements. All arguments but `card` are escaped."""
    head = (
        f'<meta name="description" content="{summary}">\n'
        '<meta property="og:type" content="article">\n'
        '<meta property="og:site_name" content="On Record">\n'
        f'<meta property="og:title" content="{title}">\n'
        f'<meta property="og:description" content="{summary}">\n'
        f'<meta property="og:url" content="{url}">\n'
    )
    if card is None:
        return f'{head}<meta name="twitter:card" content="summary">\n'
    width, height = oembed.PREVIEW
    image_url = f"{escape(base_url)}{oembed.preview_path(card)}"
    oembed_url = escape(f"{base_url}{oembed.discovery_path(f'{base_url}{card.path}')}")
    return (
        f'{head}<meta property="og:image" content="{image_url}">\n'
        '<meta property="og:image:type" content="image/png">\n'
        f'<meta property="og:image:width" content="{width}">\n'
        f'<meta property="og:image:height" content="{height}">\n'
        f'<meta property="og:image:alt" content="{summary}">\n'
        '<meta name="twitter:card" content="summary_large_image">\n'
        '<link rel="alternate" type="application/json+oembed"'
        f' href="{oembed_url}" title="{title}">\n'
    )


def _citation(
    context: PageContext,
    record: Mapping[str, Any],
    query: ItemQuery,
    related: RelatedRecords,
    dataset: Dataset,
    base_url: str,
) -> str:
    if related.cited is None:
        return ""
    sentence = undated_citation(related.cited, origin=base_url, version=dataset.version)
    citation_url = f"{context.url(query.resource.type, record['id'])}/citation"
    known_at = f"&amp;known_at={query.known_at.text}" if query.known_at else ""
    styles = ", ".join(
        [f'<a href="{citation_url}?style={style}{known_at}">{style}</a>' for style in _STYLES]
    )
    return (
        f'<p class="cite" dir="auto">{escape_text(sentence)}</p>'
        f'<p class="meta">The same with the day on which you read it, as {styles}</p>'
    )


def _snippet_list(snippets: Sequence[tuple[str, str]], card: Card | None) -> str:
    """The snippets in an element to copy them from."""
    if not snippets:
        return ""
    items = "".join(
        [
            f'<div><dt>{name}</dt><dd><pre tabindex="0" dir="ltr">{escape(code)}</pre></dd></div>'
            for name, code in snippets
        ]
    )
    return (
        f"<details><summary>Put it on your page</summary>{_USAGE if card else ''}"
        f"<dl>{items}</dl></details>"
    )


def _snippets(
    url: str, summary: str, summary_markup: str, card: Card | None, base_url: str
) -> Sequence[tuple[str, str]]:
    """Name and code of each snippet; without network access, too, each has the whole claim."""
    snippets = [("Address", url)]
    if card is not None:
        height = oembed.height_at(card, _WIDTH)
        element = (
            f'<on-record src="{base_url}{oembed.embed_path(card)}">'
            f'<a href="{url}">{summary_markup}</a></on-record>'
        )
        snippets += [
            ("Frame", oembed.frame(card, base_url, _WIDTH, height)),
            (
                "Web component",
                f'<script type="module" src="{base_url}{component_path()}"></script>\n{element}',
            ),
        ]
    text = _MARKDOWN.sub(r"\\\1", " ".join(summary.split()))
    return [*snippets, ("Markdown", f"[{text}]({url})")]


def _json_ld(record: Mapping[str, Any], query: ItemQuery, dataset: Dataset, origin: BaseUrl) -> str:
    """JSON-LD as a data element; of a series without its points, whose pages have their own."""
    if "points" in record:
        record = {name: value for name, value in record.items() if name != "points"}
    node = jsonld.node(query.resource.type, record, record["id"], origin)
    document = {
        "@context": f"{origin.absolute}{jsonld.CONTEXT_PATH}",
        **node,
        "dataset_version": dataset.version,
    }
    text = orjson.dumps(document).decode()
    return (
        f'<script type="application/ld+json">{escape_json(text)}</script>\n'
        if len(text) <= _MAX_JSON_LD_LENGTH
        else ""
    )
