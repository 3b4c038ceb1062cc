"""A card as a picture for previews of links: PNG, 1200 by 630 pixels, the same bytes each time.

Title, number with its measure or summary, essential facts, corrections and caveats are always
drawn, smaller where they need more room; a record with more of them has no picture. The rest
follows as far as there is room, and the picture says what it omits. The typeface has the scripts of
Europe, Arabic and Hebrew, which are laid out from right to left where Pillow finds
libraqm and FriBiDi. Characters without a glyph are drawn as boxes, and the picture says so.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from app.presentation.model import Presentation, Text
from app.presentation.oembed import PREVIEW

_FOLDER = Path(__file__).parent / "fonts"
_PAPER, _INK, _GREY, _LINE, _WARNING = "#fcfbf8", "#1e1c19", "#625c53", "#e2ddd3", "#8a3b12"
_MARGIN, _LABEL = 60, 190
_WIDTH = PREVIEW[0] - 2 * _MARGIN
_TOP = 38
CONTENT_HEIGHT = PREVIEW[1] - 92 - _TOP
# Lines do not break at no-break spaces.
_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
_SCALES = (1.0, 0.85, 0.72, 0.62)
"""Sizes of the text: the first one that has room for what a card must have."""
_SMALLEST = 14
"""In pixels."""
_MISSING_GLYPHS = (
    "Some of the source’s signs are missing in this picture’s typeface; the record has them."
)
_OMISSIONS = "More belongs to it: read the record."


@dataclass(frozen=True)
class Block:
    """Lines of text after a `label`. Rank 0 is always drawn; others by rank as far as they fit."""

    lines: tuple[str, ...]
    size: int
    colour: str = _INK
    bold: bool = False
    label: str = ""
    rank: int = 0
    gap: int = 6

    @property
    def height(self) -> int:
        return len(self.lines) * round(self.size * 1.32) + self.gap


def layout(card: Presentation) -> list[Block] | None:
    """The blocks of a card that fit on its picture, from top to bottom.

    None: there is no room for what a card must have, even at the smallest size.
    """
    for scale in _SCALES:
        blocks = _fit(list(_blocks(card, scale)))
        if blocks is not None:
            return blocks
    return None


def draw(card: Presentation, version: str) -> bytes | None:
    """The picture as PNG; None: there is no room for what a card must have."""
    blocks = layout(card)
    if blocks is None:
        return None
    picture = Image.new("RGB", PREVIEW, _PAPER)
    canvas = ImageDraw.Draw(picture)
    canvas.rectangle((0, 0, PREVIEW[0], 10), fill="#0b5a5e")
    y = _TOP
    for block in blocks:
        x = _MARGIN
        if block.label:
            _draw_text(canvas, (x, y), block.label, block.size, _GREY)
            x += _LABEL
        for index, line in enumerate(block.lines):
            _draw_text(
                canvas,
                (x, y + index * round(block.size * 1.32)),
                line,
                block.size,
                block.colour,
                bold=block.bold,
            )
        y += block.height
    canvas.line(
        (_MARGIN, PREVIEW[1] - 72, PREVIEW[0] - _MARGIN, PREVIEW[1] - 72), fill=_LINE, width=2
    )
    imprint = f"It says what a source states, never that it is true. Dataset {version}"
    _draw_text(canvas, (_MARGIN, PREVIEW[1] - 58), "On Record", 24, "#0b5a5e", bold=True)
    _draw_text(
        canvas, (_MARGIN + 150, PREVIEW[1] - 55), _truncate(imprint, 21, _WIDTH - 150), 21, _GREY
    )
    file = io.BytesIO()
    picture.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        file, "PNG"
    )
    return file.getvalue()


def _blocks(card: Presentation, scale: float) -> Iterator[Block]:
    def size(pixels: int) -> int:
        return max(round(pixels * scale), _SMALLEST)

    def lines(
        text: str, pixels: int, width: float = _WIDTH, *, bold: bool = False
    ) -> tuple[str, ...]:
        return _wrap(text, size(pixels), width, bold=bold)

    head = f"{card.resource_type} · {card.kind}" if card.kind else card.resource_type
    yield Block((_truncate(head, size(22), _WIDTH),), size(22), _GREY)
    yield Block(lines(card.title, 34, bold=True), size(34), bold=True, gap=12)
    if card.number is not None:
        yield Block(lines(card.number, 60), size(60))
        yield Block(lines(card.measure or "", 26), size(26), _GREY, gap=12)
    if card.summary:
        yield Block(lines(card.summary, 30), size(30), gap=12)
    for fact in card.facts:
        text = "".join(map(_isolated, fact.texts))
        rank = 0 if fact.is_essential else 2
        if card.resource_type == "series":
            yield Block(lines(f"{fact.name}: {text}", 23), size(23), rank=rank)
        else:
            width = _WIDTH - _LABEL
            yield Block(lines(text, 24, width), size(24), label=fact.name, rank=rank)
    for note in card.notes:
        yield Block(lines(note, 22), size(22), _WARNING)
    if card.main_passage is not None:
        quote = f"“{_isolate(card.main_passage.text)}”"
        yield Block(lines(quote, 24), size(24), rank=3)


def _fit(blocks: list[Block]) -> list[Block] | None:
    """The required blocks and as many others as fit, in their order; None: those do not fit."""
    characters = set().union(*(line for block in blocks for line in block.lines))
    is_legible = all(map(_has_glyph, characters))
    missing_glyphs = [] if is_legible else [Block((_MISSING_GLYPHS,), 20, _GREY)]
    omissions = Block((_OMISSIONS,), 20, _GREY)
    room = CONTENT_HEIGHT - sum(block.height for block in missing_glyphs)
    if sum(block.height for block in blocks) > room:
        room -= omissions.height
    if sum(block.height for block in blocks if block.rank == 0) > room:
        return None
    fitting = []
    for block in sorted(blocks, key=lambda block: block.rank):
        if block.rank == 0 or block.height <= room:
            fitting.append(block)
            room -= block.height
    drawn = [block for block in blocks if any(block is other for other in fitting)]
    return [*drawn, *missing_glyphs, *([omissions] if len(drawn) < len(blocks) else [])]


# --- text ---


@cache
def _has_bidi_layout() -> bool:
    return bool(features.check("raqm"))


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FOLDER / f"DejaVuSans{'-Bold' if bold else ''}.ttf"), size)


def _isolate(text: str) -> str:
    """Isolate the text's direction from that of the text around it."""
    return f"\u2068{text}\u2069" if _has_bidi_layout() and not text.isascii() else text


def _isolated(text: Text) -> str:
    return f"“{_isolate(text.text)}”" if text.is_quoted else _isolate(text.text)


def _draw_text(
    canvas: ImageDraw.ImageDraw,
    position: tuple[float, float],
    text: str,
    size: int,
    colour: str,
    *,
    bold: bool = False,
) -> None:
    direction = "ltr" if _has_bidi_layout() else None
    canvas.text(position, text, font=_font(size, bold=bold), fill=colour, direction=direction)


def _width(text: str, size: int, *, bold: bool = False) -> float:
    return _font(size, bold=bold).getlength(text, direction="ltr" if _has_bidi_layout() else None)


def _has_glyph(character: str) -> bool:
    """Whether the typeface has a glyph: characters without one are drawn as the same box."""
    if character.isascii() or character in "\u2068\u2069":
        return True
    font = _font(24)
    return bytes(font.getmask(character)) != bytes(font.getmask("\U0010fffd"))


def _truncate(text: str, size: int, width: float, *, bold: bool = False) -> str:
    """As much of the text as fits on one line."""
    text = _one_line(text)
    if _width(text, size, bold=bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _width(f"{text[:middle]}…", size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low].rstrip()}…"


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _wrap(text: str, size: int, width: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text on as many lines as it needs."""
    words = _one_line(text).split(" ")
    lines: list[str] = []
    while words:
        line = words.pop(0)
        while words and _width(f"{line} {words[0]}", size, bold=bold) <= width:
            line = f"{line} {words.pop(0)}"
        if _width(line, size, bold=bold) > width:
            # A word wider than the picture continues on the next line.
            head = _truncate(line, size, width, bold=bold).removesuffix("…") or line[:1]
            words.insert(0, line[len(head) :])
            line = head
        lines.append(line)
    return tuple(lines)
