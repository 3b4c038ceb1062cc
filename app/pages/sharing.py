"""How other websites and programs use a record: citation, snippets, Open Graph, oEmbed and JSON-LD.

Their URLs have scheme and host.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from markupsafe import Markup

from app.formats import jsonld
from app.pages.page_context import PageContext, component_path
from app.pages.text import json_in_script
from app.presentation import oembed
from app.presentation.cards import CARD_TYPES
from app.presentation.citations import undated_citation
from app.presentation.model import Presentation
from app.query.queries import ItemQuery
from app.query.results import Dataset, RelatedRecords
from app.urls import BaseUrl
from app.vocabulary import CitationStyle, codes

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_MAX_JSON_LD_LENGTH = 32_768
"""In characters; longer records have JSON-LD at their own URL alone."""
_STYLES: tuple[CitationStyle, ...] = codes(CitationStyle)


class Embeds(NamedTuple):
    """The picture of a card, and its oEmbed URL."""

    image_url: str
    image_width: int
    image_height: int
    oembed_url: str


class Sharing(NamedTuple):
    """What the head and a section of a record's page tell other websites and programs.

    `page_url` is a page for every client. `embeds` None: the record has no card. `citation` is
    without the day of access; `styles` are pairs of a style and its URL. `snippets` are pairs of
    name and code; empty: a past state cannot be embedded.
    """

    url: str
    page_url: str
    title: str
    description: str
    json_ld_url: str
    json_ld: Markup | None
    embeds: Embeds | None
    citation: str | None
    styles: Sequence[tuple[str, str]]
    snippets: Sequence[tuple[str, str]]


def sharing(
    context: PageContext,
    presentation: Presentation,
    record: Mapping[str, Any],
    query: ItemQuery,
    related: RelatedRecords,
    dataset: Dataset,
    origin: BaseUrl,
) -> Sharing:
    """Citation and embeds of a record; of a past state the citation alone."""
    base_url, path = origin.absolute, f"{context.root}{presentation.path}"
    url = f"{base_url}{presentation.path}"
    # Programs that fetch links for previews accept anything: this URL is a page for them too.
    page_url = f"{url}.html"
    is_current = query.known_at is None
    has_card = is_current and presentation.resource_type in CARD_TYPES
    known_at = f"&known_at={query.known_at.text}" if query.known_at else ""
    citation = (
        None
        if related.cited is None
        else undated_citation(related.cited, origin=base_url, version=dataset.version)
    )
    return Sharing(
        url=url,
        page_url=page_url,
        title=presentation.title,
        description=presentation.one_line,
        json_ld_url=f"{path}.jsonld",
        json_ld=_json_ld(record, query, dataset, origin) if is_current else None,
        embeds=_embeds(presentation, base_url) if has_card else None,
        citation=citation,
        styles=[(style, f"{path}/citation?style={style}{known_at}") for style in _STYLES],
        snippets=_snippets(presentation, page_url, base_url, has_card=has_card)
        if is_current
        else (),
    )


def _embeds(presentation: Presentation, base_url: str) -> Embeds:
    oembed_path = oembed.discovery_path(f"{base_url}{presentation.path}")
    image_url = f"{base_url}{oembed.preview_path(presentation)}"
    return Embeds(image_url, *oembed.PREVIEW, f"{base_url}{oembed_path}")


_COMPONENT = Markup(
    '<script type="module" src="{script}"></script>\n'
    '<on-record src="{card}"><a href="{url}">{summary}</a></on-record>'
)


def _snippets(
    presentation: Presentation, url: str, base_url: str, *, has_card: bool
) -> Sequence[tuple[str, str]]:
    """Name and code of each snippet; without network access, too, each has the whole claim."""
    summary = presentation.one_line
    snippets = [("URL", url)]
    if has_card:
        height = oembed.height_at(presentation, oembed.WIDTH)
        frame = oembed.frame(presentation, base_url, oembed.WIDTH, height)
        component = _COMPONENT.format(
            script=f"{base_url}{component_path()}",
            card=f"{base_url}{oembed.embed_path(presentation)}",
            url=url,
            summary=summary,
        )
        # Plain texts: the page shows the code.
        snippets += [("Frame", str(frame)), ("Web component", str(component))]
    text = _MARKDOWN.sub(r"\\\1", " ".join(summary.split()))
    return [*snippets, ("Markdown", f"[{text}]({url})")]


def _json_ld(
    record: Mapping[str, Any], query: ItemQuery, dataset: Dataset, origin: BaseUrl
) -> Markup | None:
    """JSON-LD; of a series without its points and of a source without its evidence: the pages of
    figures, and of other records, have their own. None: it is too long.
    """
    resource_type = query.resource.type
    others = {"series": "points", "source": "evidence"}.get(resource_type)
    record = {name: value for name, value in record.items() if name != others}
    node = jsonld.node(resource_type, record, record["id"], origin)
    document = {
        "@context": f"{origin.absolute}{jsonld.CONTEXT_PATH}",
        **node,
        "dataset_version": dataset.version,
    }
    text = orjson.dumps(document).decode()
    return json_in_script(text) if len(text) <= _MAX_JSON_LD_LENGTH else None
