"""What leaves a record's page: its citation, the pieces of text that put it on other pages, and what other programs read of it
without asking: a preview, oEmbed, JSON-LD. Only there have addresses scheme and host.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, get_args

import orjson

from app.query.beside import Beside
from app.query.parser import ItemQuery
from app.query.read import Dataset
from app.render import jsonld, oembed
from app.render.card import NOUNS, Card, card
from app.render.citation import cited_in_a_sentence
from app.render.html.here import Here, Safe, component_path
from app.render.html.words import bare, in_data
from app.render.origin import Origin
from app.render.plain import claim
from app.vocabulary import CitationStyle

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_LONGEST_DATA = 65_536
"""In characters: longer records have their JSON-LD at their own address alone."""
_WIDTH = oembed.WIDTH


@dataclass(frozen=True)
class Sharing:
    """`card` is null where the noun has none, or where the page shows the past; `styles` are links to the citation in each style,
    `snippets` are named. `data` is JSON-LD that may stand in markup, null where it is long.
    """

    address: str
    line: str
    card: Card | None
    citation: str | None
    styles: Sequence[tuple[str, str]]
    snippets: Sequence[tuple[str, str]]
    picture: str | None
    oembed: str | None
    data: Safe | None


def sharing(
    at: Here, record: Mapping[str, Any], query: ItemQuery, beside: Beside, dataset: Dataset, origin: Origin
) -> Sharing:
    noun = query.resource.noun
    absolute = origin.absolute
    address = f"{absolute}{query.resource.path}/{record['id']}"
    is_now = query.known_at is None
    shown = card(noun, record, beside.titles, dataset.version) if is_now and noun in NOUNS else None
    line = shown.in_a_line if shown else bare(claim(noun, record))
    cited = beside.cited
    known = f"&known_at={query.known_at.raw}" if query.known_at else ""
    return Sharing(
        address,
        line,
        shown,
        cited_in_a_sentence(cited, origin=absolute, version=dataset.version) if cited else None,
        [(style, f"{at.url(noun, record['id'])}/citation?style={style}{known}") for style in get_args(CitationStyle)],
        _snippets(address, line, shown, absolute) if is_now else (),
        f"{absolute}{oembed.preview_path(shown)}" if shown else None,
        f"{absolute}{oembed.discovery_path(shown, absolute)}" if shown else None,
        _data(record, query, dataset, origin) if is_now else None,
    )


def _snippets(address: str, line: str, shown: Card | None, absolute: str) -> list[tuple[str, str]]:
    """Each says as much as the card, where what it loads cannot be had, too."""
    found = [("Address", address)]
    if shown is not None:
        height = oembed.height_at(shown, _WIDTH)
        element = (
            f'<on-record src="{absolute}{oembed.embed_path(shown)}"><a href="{address}">{escape(line)}</a></on-record>'
        )
        found += [
            ("Frame", oembed.frame(shown, absolute, _WIDTH, height)),
            ("Web component", f'<script type="module" src="{absolute}{component_path()}"></script>\n{element}'),
        ]
    text = _MARKDOWN.sub(r"\\\1", " ".join(line.split()))
    return [*found, ("Markdown", f"[{text}]({address})")]


def _data(record: Mapping[str, Any], query: ItemQuery, dataset: Dataset, origin: Origin) -> Safe | None:
    node = jsonld.node(query.resource.noun, record, record["id"], origin)
    said = {"@context": f"{origin.absolute}{jsonld.CONTEXT_PATH}", **node, "dataset_version": dataset.version}
    text = orjson.dumps(said).decode()
    return Safe(in_data(text)) if len(text) <= _LONGEST_DATA else None
