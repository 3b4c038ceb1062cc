"""The card as a picture, for previews of links: 1200 by 630 pixels, PNG, the same bytes each time.

What must not be missing is set first and always fits: title, number with its measure or sentence, as of when, according to whom, source,
corrections. The rest follows as far as there is room, and the picture says where there was not. The typeface has the scripts of
Europe, and Arabic and Hebrew, which are joined and run from right to left where Pillow finds libraqm and FriBiDi; what it lacks
(Chinese, Japanese, Korean, pictographs) is drawn as boxes, and the picture says so.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from app.presentation.cards import Card
from app.presentation.oembed import PREVIEW

_FOLDER = Path(__file__).parent / "fonts"
_PAPER, _INK, _SOFT, _LINE, _WARN = "#fcfbf8", "#1e1c19", "#625c53", "#e2ddd3", "#8a3b12"
_MARGIN, _LABEL = 60, 190
_WIDTH = PREVIEW[0] - 2 * _MARGIN
_BOTTOM = PREVIEW[1] - 92
# What holds digits together is no place to part them.
_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
_LONGEST = 300
"""In characters: as much of a text is looked at. No picture has room for more."""
_ALWAYS = ("as of", "when", "made on", "according to", "source", "disagree")
_LACKING = "Some of the source’s signs are missing in this picture’s typeface; the record has them."
_MORE = "More belongs to it: read the record."


@dataclass(frozen=True)
class _Block:
    """Some lines of text. `label` stands before them. `rank` is 0 where they must not be missing; of others the lower goes first."""

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


def draw(card: Card) -> bytes:
    blocks = _fitting(list(_blocks(card)))
    picture = Image.new("RGB", PREVIEW, _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, PREVIEW[0], 10), fill="#0b5a5e")
    y = 38
    for block in blocks:
        x = _MARGIN
        if block.label:
            _write(pen, (x, y), block.label, block.size, _SOFT)
            x += _LABEL
        for index, line in enumerate(block.lines):
            _write(
                pen,
                (x, y + index * round(block.size * 1.32)),
                line,
                block.size,
                block.colour,
                bold=block.bold,
            )
        y += block.height
    pen.line((_MARGIN, PREVIEW[1] - 72, PREVIEW[0] - _MARGIN, PREVIEW[1] - 72), fill=_LINE, width=2)
    ours = f"It says what a source states, never that it is true. Dataset {card.version}"
    _write(pen, (_MARGIN, PREVIEW[1] - 58), "On Record", 24, "#0b5a5e", bold=True)
    _write(pen, (_MARGIN + 150, PREVIEW[1] - 55), _cut(ours, 21, _WIDTH - 150), 21, _SOFT)
    file = io.BytesIO()
    picture.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        file, "PNG"
    )
    return file.getvalue()


def _blocks(card: Card) -> Iterator[_Block]:
    yield _Block((_cut(f"{card.noun} · {card.kind}", 22, _WIDTH),), 22, _SOFT)
    yield _Block(_wrapped(card.title, 34, 2, bold=True), 34, bold=True, gap=12)
    if card.number is not None:
        size = next(
            (size for size in (72, 60, 50) if _width(_plain(card.number), size) <= _WIDTH), 42
        )
        yield _Block(_wrapped(card.number, size, 2), size)
    if card.measure is not None:
        yield _Block((_cut(card.measure, 26, _WIDTH),), 26, _SOFT, gap=16)
    if card.sentence is not None:
        yield _Block(_wrapped(card.sentence, 32, 4), 32, gap=16)
    for line in card.lines:
        text = "".join(
            f"“{_isolated(part.text)}”" if part.is_quoted else _isolated(part.text)
            for part in line.parts
        )
        if card.noun == "series":
            yield _Block(
                _wrapped(f"{line.name}: {text}", 23, 2), 23, rank=0 if line == card.lines[0] else 2
            )
        else:
            rank = 0 if line.name in _ALWAYS else 2
            yield _Block(_wrapped(text, 24, 2, _WIDTH - _LABEL), 24, label=line.name, rank=rank)
    for note in card.corrections:
        yield _Block(
            _wrapped(note, 24, 2), 24, _WARN, rank=0 if note == card.corrections[-1] else 1
        )
    if card.quote is not None:
        yield _Block(_wrapped(f"“{_isolated(card.quote)}”", 24, 2), 24, rank=3)
    for note in card.notes:
        yield _Block(_wrapped(note, 22, 2), 22, _WARN, rank=1)


def _fitting(blocks: list[_Block]) -> list[_Block]:
    """As many of those that may be left out as there is room for, in their order."""
    is_legible = all(_is_known(sign) for block in blocks for line in block.lines for sign in line)
    lacking = [] if is_legible else [_Block((_LACKING,), 20, _SOFT)]
    more = _Block((_MORE,), 20, _SOFT)
    room = _BOTTOM - 38 - sum(block.height for block in lacking)
    if sum(block.height for block in blocks) > room:
        room -= more.height
    kept = []
    for block in sorted(blocks, key=lambda block: block.rank):
        if block.rank == 0 or block.height <= room:
            kept.append(block)
            room -= block.height
    shown = [block for block in blocks if any(block is each for each in kept)]
    return [*shown, *lacking, *([more] if len(shown) < len(blocks) else [])]


# ------------------------------------------------------------------------------------------------------------------ text


@cache
def _runs_both_ways() -> bool:
    return bool(features.check("raqm"))


@lru_cache(maxsize=64)
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FOLDER / f"DejaVuSans{'-Bold' if bold else ''}.ttf"), size)


def _isolated(text: str) -> str:
    """Whatever direction it runs in, it turns nothing round."""
    return f"\u2068{text}\u2069" if _runs_both_ways() and not text.isascii() else text


def _write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    colour: str,
    *,
    bold: bool = False,
) -> None:
    direction = "ltr" if _runs_both_ways() else None
    pen.text(at, text, font=_font(size, bold=bold), fill=colour, direction=direction)


def _width(text: str, size: int, *, bold: bool = False) -> float:
    return _font(size, bold=bold).getlength(text, direction="ltr" if _runs_both_ways() else None)


@lru_cache(maxsize=4096)
def _is_known(sign: str) -> bool:
    """Whether the typeface has it. (What it lacks is drawn as one and the same box.)"""
    if sign.isascii() or sign in "\u2068\u2069":
        return True
    font = _font(24)
    return bytes(font.getmask(sign)) != bytes(font.getmask("\U0010fffd"))


def _cut(text: str, size: int, width: float, *, bold: bool = False) -> str:
    """On one line, as much as there is room for."""
    text = _plain(text)
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


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()[:_LONGEST]


def _wrapped(
    text: str, size: int, most: int, width: float = _WIDTH, *, bold: bool = False
) -> tuple[str, ...]:
    """At most so many lines; the last one is cut."""
    whole = _SPACE.sub(" ", text).strip()
    words = _plain(text).split(" ")
    lines: list[str] = []
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and _width(f"{line} {words[0]}", size, bold=bold) <= width:
            line = f"{line} {words.pop(0)}"
        if _width(line, size, bold=bold) > width:
            # One word that is wider than the picture goes on in the next line.
            head = _cut(line, size, width, bold=bold).removesuffix("…") or line[:1]
            words.insert(0, line[len(head) :])
            line = head
        lines.append(line)
    if words:
        rest = " ".join(words)
        lines.append(_cut(f"{rest}…" if len(whole) > _LONGEST else rest, size, width, bold=bold))
    return tuple(lines)
