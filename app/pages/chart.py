"""A series as a drawing: when, how many, and how sure of it each source is. What is only a bound is drawn as one, each source
has a letter and a shape, and points that cannot both hold are joined by a broken line. No point is left out in silence, and
none is drawn that no source gave: nothing is joined, smoothed or summed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.presentation.text import format_number

MOST_POINTS = 200
"""As many are drawn, the newest; a list has all of them."""
WIDTH, HEIGHT = 720, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 96, 24, 24, 48
_SHAPES = ("circle", "square", "diamond", "triangle", "cross")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST, _LAST = date(1, 1, 1).toordinal(), date(9999, 12, 31).toordinal()


class Mark(NamedTuple):
    """A point of the drawing. `low` and `high` are the ends of what it may be, where it is no single number; one that is open
    goes to the edge. `y` is null where the source gives no number at all.
    """

    point: Mapping[str, Any]
    letter: str
    shape: str
    hue: int
    x: float
    left: float
    right: float
    y: float | None
    low: float | None
    high: float | None

    @property
    def path(self) -> str:
        """The shape around the origin."""
        return _PATHS[self.shape]


_PATHS = {
    "circle": "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
    "square": "M-5.5-5.5h11v11h-11z",
    "diamond": "M0-7.5L7.5 0L0 7.5L-7.5 0z",
    "triangle": "M0-7L7 5.5H-7z",
    "cross": "M-6-2h4v-4h4v4h4v4h-4v4h-4v-4h-4z",
}


class Tick(NamedTuple):
    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    marks: Sequence[Mark]
    clashes: Sequence[tuple[Mark, Mark, str]]
    sources: Sequence[tuple[str, str, str, int]]
    """Letter, id, the path of the shape and the number of the colour of each source."""
    values: Sequence[Tick]
    days: Sequence[Tick]
    hidden: int
    starts_at: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def chart(series: Mapping[str, Any]) -> Chart | None:
    """Null: there are not two points to compare."""
    points = series["points"][-MOST_POINTS:]
    if len(points) < 2:
        return None
    letters = _letters(points)
    days = [_days(point["as_of"]) for point in points]
    first, last = min(day[0] for day in days), max(day[1] for day in days)
    if first == last:
        first, last = first - 1, last + 1
    known = [
        v
        for point in points
        for v in (point["value"], point["lower"], point["upper"])
        if v is not None
    ]
    ticks = _ticks(known)
    least, most = ticks[0], ticks[-1]

    inner = WIDTH - _LEFT - _RIGHT - 40

    def across(day: float) -> float:
        return round(_LEFT + 20 + inner * (day - first) / (last - first), 1)

    def up(value: float) -> float:
        return round(
            HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * (value - least) / (most - least), 1
        )

    marks = []
    for point, (begin, end) in zip(points, days, strict=True):
        letter, shape, hue = letters[point["source"]]
        lower, upper, value = point["lower"], point["upper"], point["value"]
        at = value if value is not None else lower if lower is not None else upper
        is_span = lower is not None and upper is not None
        y = None if at is None else up((lower + upper) / 2 if is_span and value is None else at)
        low = high = None
        if point["bound"] != "none":
            low = up(lower) if is_span else (HEIGHT - _BOTTOM if upper is not None else y)
            high = up(upper) if is_span else (_TOP if lower is not None else y)
        left = across(begin)
        # Most dates are a day.
        x, right = (left, left) if begin == end else (across((begin + end) / 2), across(end))
        marks.append(Mark(point, letter, shape, hue, x, left, right, y, low, high))
    by_id = {mark.point["figure"]: mark for mark in marks}
    clashes = [
        (by_id[one], by_id[other], item["kind"])
        for item in series["disagreements"]
        for one, other in [item["figures"]]
        if one in by_id and other in by_id
    ]
    return Chart(
        marks,
        clashes,
        [(letter, source, _PATHS[shape], hue) for source, (letter, shape, hue) in letters.items()],
        [Tick(up(value), format_number(value)) for value in ticks],
        [
            Tick(across(day), date.fromordinal(int(day)).isoformat())
            for day in _some_days(first, last)
        ],
        len(series["points"]) - len(points),
        least,
    )


def _letters(points: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str, int]]:
    """Letter, shape and number of a colour of each source, in the order in which they appear."""
    sources = dict.fromkeys(point["source"] for point in points)
    return {
        source: (_letter(index), _SHAPES[index % len(_SHAPES)], index % 6 + 1)
        for index, source in enumerate(sources)
    }


def _letter(index: int) -> str:
    return (
        _LETTERS[index]
        if index < len(_LETTERS)
        else f"{_letter(index // 26 - 1)}{_LETTERS[index % 26]}"
    )


def _days(as_of: Mapping[str, Any]) -> tuple[int, int]:
    """The days of a date; an end that is open is as long as the other."""
    if as_of["earliest"] and as_of["earliest"] == as_of["latest"]:
        day = date.fromisoformat(as_of["earliest"]).toordinal()
        return day, day
    first = date.fromisoformat(as_of["earliest"]).toordinal() if as_of["earliest"] else None
    last = date.fromisoformat(as_of["latest"]).toordinal() if as_of["latest"] else None
    begin = first if first is not None else last if last is not None else _FIRST
    return begin, max(begin, last if last is not None else begin)


def _ticks(known: Sequence[float]) -> list[float]:
    """Round numbers around all values. The axis begins at nothing, unless all that happens would happen at its top."""
    if not known:
        return [0, 1]
    least, most = min(known), max(known)
    low = least if least > 0.8 * most or least < 0 else 0.0
    if low == most:
        low = 0.0 if most > 0 else most - 1
        most = max(most, low + 1)
    rough = (most - low) / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    begin = math.floor(low / step) * step
    if begin and min(known) - begin < step / 4:
        begin -= step  # below, too, an arrow needs room
    # The topmost value has room above it, where the arrow of a lower bound shows that it is open.
    count = math.floor((most - begin) / step) + 1
    return [begin + step * index for index in range(count + 1)]


def _some_days(first: int, last: int) -> list[int]:
    count = min(4, last - first)
    days = [first + round((last - first) * index / count) for index in range(count + 1)]
    return [max(_FIRST, min(_LAST, day)) for day in days]
