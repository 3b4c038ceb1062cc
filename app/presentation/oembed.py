"""oEmbed 1.0: the card of a record as a frame (type `rich`)."""

from math import ceil
from urllib.parse import quote

import orjson
from markupsafe import Markup

from app.presentation.model import Presentation, plain
from app.query.parameters import OembedParameters
from app.vocabulary import Theme

MEDIA_TYPE = "application/json"
WIDTH = 600
PREVIEW = (1200, 630)
"""In CSS pixels: the greatest width of the card, and the size of the picture."""
_IMPRINT_LENGTH = 86
"""In characters, with the dataset version."""
_CACHE_AGE = 3600
"""In seconds."""


def render_oembed(
    card: Presentation, params: OembedParameters, theme: Theme, absolute: str
) -> bytes:
    width = min(WIDTH, params.maxwidth or WIDTH)
    height = height_at(card, width)
    document = {
        "type": "rich",
        "version": "1.0",
        "title": card.title,
        "provider_name": "On Record",
        "provider_url": f"{absolute}/",
        "cache_age": _CACHE_AGE,
        "html": str(frame(card, absolute, width, min(height, params.maxheight or height), theme)),
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


_FRAME = Markup(
    '<iframe src="{url}" title="{title}" width="{width}" height="{height}" frameborder="0"'
    ' loading="lazy"></iframe>'
)
"""Without `style`, which strict content security policies drop."""


def frame(
    card: Presentation, absolute: str, width: int, height: int, theme: Theme = "auto"
) -> Markup:
    """The frame as HTML."""
    themed = "" if theme == "auto" else f"?theme={theme}"
    url = f"{absolute}{embed_path(card)}{themed}"
    return _FRAME.format(url=url, title=card.title, width=width, height=height)


def embed_path(card: Presentation) -> str:
    return f"/embed/{card.path.removeprefix('/v1/')}"


def preview_path(card: Presentation) -> str:
    return f"/preview/{card.path.removeprefix('/v1/')}.png"


def discovery_path(url: str) -> str:
    """The oEmbed URL of a record, without host."""
    return f"/oembed?url={quote(url, safe=':/')}"


def height_at(card: Presentation, width: int) -> int:
    """Estimate the height of the card in CSS pixels, rather too high than too low.

    Consumers that listen to its messages learn the real height.
    """
    inner = max(width - 38, 60)

    def lines(text: str, letter: float, room: float = inner) -> int:
        return ceil(len(text) * letter / room) if text else 0

    height = 40 + 22 + 24 * lines(card.title, 8.4) + 8
    height += 40 * lines(card.number or "", 17) + (30 if card.measure else 0)
    height += 25 * lines(card.summary, 8.2) + (8 if card.summary else 0)
    for fact in card.facts:
        value_width = inner - 102
        is_below = card.resource_type == "series" or value_width < 168
        height += 7 + 21 * (
            lines(plain(fact.texts), 7.6, inner if is_below else value_width)
            + (lines(fact.name, 7.4) if is_below else 0)
        )
    passage = card.main_passage.text if card.main_passage else ""
    height += 23 * lines(passage, 7.6, inner - 15) + (12 if passage else 0)
    notes = card.notes
    height += sum(21 * lines(note, 7, inner - 26) + 4 for note in notes) + (26 if notes else 0)
    return height + 28 + 19 * lines(" " * _IMPRINT_LENGTH, 6.8)
