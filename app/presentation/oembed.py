"""oEmbed 1.0: what a consumer that knows an address may show for it. It is a frame with the card (type `rich`)."""

from html import escape
from math import ceil
from urllib.parse import quote

import orjson

from app.presentation.cards import Card
from app.presentation.text import replace_controls
from app.query.params import OembedQuery
from app.vocabulary import Theme

MEDIA_TYPE = "application/json"
WIDTH = 600
PREVIEW = (1200, 630)
"""In CSS pixels: as wide as the card is unless less is asked for; and how large the picture is."""
_CACHE_AGE = 3600
"""In seconds."""


def render_oembed(card: Card, query: OembedQuery, theme: Theme, absolute: str) -> bytes:
    width = min(WIDTH, query.max_width or WIDTH)
    height = height_at(card, width)
    answer = {
        "type": "rich",
        "version": "1.0",
        "title": replace_controls(card.title),
        "provider_name": "On Record",
        "provider_url": f"{absolute}/",
        "cache_age": _CACHE_AGE,
        "html": frame(card, absolute, width, min(height, query.max_height or height), theme),
        "width": width,
        "height": min(height, query.max_height or height),
    }
    if (query.max_width or PREVIEW[0]) >= PREVIEW[0] and (
        query.max_height or PREVIEW[1]
    ) >= PREVIEW[1]:
        answer |= {"thumbnail_url": f"{absolute}{preview_path(card)}"}
        answer |= {"thumbnail_width": PREVIEW[0], "thumbnail_height": PREVIEW[1]}
    if query.others:
        answer["not_read"] = query.others
    return orjson.dumps(answer)


def frame(card: Card, absolute: str, width: int, height: int, theme: Theme = "auto") -> str:
    """No style: a page with a strict policy would drop it."""
    themed = "" if theme == "auto" else f"?theme={theme}"
    return (
        f'<iframe src="{escape(absolute)}{embed_path(card)}{themed}" title="{escape(replace_controls(card.title))}" width="{width}"'
        f' height="{height}" frameborder="0" loading="lazy"></iframe>'
    )


def embed_path(card: Card) -> str:
    return f"/embed/{card.path.removeprefix('/v1/')}"


def preview_path(card: Card) -> str:
    return f"/preview/{card.path.removeprefix('/v1/')}.png"


def discovery_path(card: Card, absolute: str) -> str:
    """Where the answer about a card's record is."""
    return f"/oembed?url={quote(f'{absolute}{card.path}', safe=':/')}"


def height_at(card: Card, width: int) -> int:
    """About how high the card is, from how much it says; consumers that hear no messages show it so. Whoever hears them is told
    the height itself. Rather too high than too low; what is lower is scrolled.
    """
    inner = max(width - 38, 60)

    def lines(text: str, letter: float, room: float = inner) -> int:
        return ceil(len(text) * letter / room) if text else 0

    height = 40 + 22 + 24 * lines(card.title, 8.4) + 8
    height += 40 * lines(card.number or "", 17) + (30 if card.measure else 0)
    height += 25 * lines(card.sentence or "", 8.2) + (8 if card.sentence else 0)
    for line in card.lines:
        beside = inner - 102
        stands_below = card.noun == "series" or beside < 168
        height += 7 + 21 * (
            lines(line.text, 7.6, inner if stands_below else beside)
            + (lines(line.name, 7.4) if stands_below else 0)
        )
    height += 23 * lines(card.quote or "", 7.6, inner - 15) + (12 if card.quote else 0)
    notes = (*card.corrections, *card.notes)
    height += sum(21 * lines(note, 7, inner - 26) + 4 for note in notes) + (26 if notes else 0)
    return height + 28 + 19 * lines(f"{card.version}{' ' * 70}", 6.8)
