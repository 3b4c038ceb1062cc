"""oEmbed 1.0: the card of a record as a frame (type `rich`)."""

from html import escape
from math import ceil
from urllib.parse import quote

import orjson

from app.presentation.cards import Card
from app.presentation.text import replace_controls
from app.query.parameters import OembedParameters
from app.vocabulary import Theme

MEDIA_TYPE = "application/json"
WIDTH = 600
PREVIEW = (1200, 630)
"""In CSS pixels: the greatest width of the card, and the size of the picture."""
_CACHE_AGE = 3600
"""In seconds."""


def render_oembed(card: Card, params: OembedParameters, theme: Theme, absolute: str) -> bytes:
    width = min(WIDTH, params.maxwidth or WIDTH)
    height = height_at(card, width)
    document = {
        "type": "rich",
        "version": "1.0",
        "title": replace_controls(card.title),
        "provider_name": "On Record",
        "provider_url": f"{absolute}/",
        "cache_age": _CACHE_AGE,
        "html": frame(card, absolute, width, min(height, params.maxheight or height), theme),
        "width": width,
        "height": min(height, params.maxheight or height),
    }
    if (params.maxwidth or PREVIEW[0]) >= PREVIEW[0] and (
        params.maxheight or PREVIEW[1]
    ) >= PREVIEW[1]:
        document |= {"thumbnail_url": f"{absolute}{preview_path(card)}"}
        document |= {"thumbnail_width": PREVIEW[0], "thumbnail_height": PREVIEW[1]}
    if params.unread:
        document["not_read"] = params.unread
    return orjson.dumps(document)


def frame(card: Card, absolute: str, width: int, height: int, theme: Theme = "auto") -> str:
    """The frame as HTML, without `style`, which strict content security policies drop."""
    themed = "" if theme == "auto" else f"?theme={theme}"
    title = escape(replace_controls(card.title))
    return (
        f'<iframe src="{escape(absolute)}{embed_path(card)}{themed}" title="{title}"'
        f' width="{width}" height="{height}" frameborder="0" loading="lazy"></iframe>'
    )


def embed_path(card: Card) -> str:
    return f"/embed/{card.path.removeprefix('/v1/')}"


def preview_path(card: Card) -> str:
    return f"/preview/{card.path.removeprefix('/v1/')}.png"


def discovery_path(url: str) -> str:
    """The oEmbed URL of a record, without host."""
    return f"/oembed?url={quote(url, safe=':/')}"


def height_at(card: Card, width: int) -> int:
    """Estimate the height of the card in CSS pixels, rather too high than too low.

    Consumers that listen to its messages learn the real height.
    """
    inner = max(width - 38, 60)

    def lines(text: str, letter: float, room: float = inner) -> int:
        return ceil(len(text) * letter / room) if text else 0

    height = 40 + 22 + 24 * lines(card.title, 8.4) + 8
    height += 40 * lines(card.number or "", 17) + (30 if card.measure else 0)
    height += 25 * lines(card.sentence or "", 8.2) + (8 if card.sentence else 0)
    for line in card.lines:
        value_width = inner - 102
        is_below = card.resource_type == "series" or value_width < 168
        height += 7 + 21 * (
            lines(line.text, 7.6, inner if is_below else value_width)
            + (lines(line.name, 7.4) if is_below else 0)
        )
    height += 23 * lines(card.quote or "", 7.6, inner - 15) + (12 if card.quote else 0)
    notes = (*card.corrections, *card.notes)
    height += sum(21 * lines(note, 7, inner - 26) + 4 for note in notes) + (26 if notes else 0)
    return height + 28 + 19 * lines(f"{card.version}{' ' * 70}", 6.8)
