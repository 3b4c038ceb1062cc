"""The geometry of a chart of a series: dates, numbers and how certain each source is of them.

A bound is drawn as a bound, each source has a letter and a shape, points that disagree are joined
by a broken line, and an arrow leads from a point to the one by which its source revises it.
Omitted points are counted; nothing is interpolated, smoothed or summed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.presentation.text import format_number

MAX_POINTS = 200
"""The most points drawn, the newest ones; lists have all of them."""
WIDTH, HEIGHT = 720, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 96, 24, 24, 48
_SHAPES = ("circle", "square", "diamond", "triangle", "cross")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST, _LAST = date(1, 1, 1).toordinal(), date(9999, 12, 31).toordinal()


class Mark(NamedTuple):
    """A point of the chart, in its coordinates.

    `low` and `high` are the ends of a range; an open end is at the edge of the chart. `y` is None
    where the source gives no number.
    """

    point: Mapping[str, Any]
    letter: str
    shape: str
    colour: int
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
    position: float
    text: str


@dataclass(frozen=True)
class Chart:
    marks: Sequence[Mark]
    clashes: Sequence[tuple[Mark, Mark]]
    revisions: Sequence[tuple[Mark, Mark]]
    """A point that its source has revised, and the one that supersedes it."""
    sources: Sequence[tuple[str, str, str, int]]
    """Letter, id, path of the shape and number of the colour of each source."""
    values: Sequence[Tick]
    days: Sequence[Tick]
    hidden: int
    starts_at: float
    is_by_period: bool
    """Whether points stand at the time that they cover, else at their as-of day."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def chart(series: Mapping[str, Any]) -> Chart | None:
    """The chart of a series; None: it has fewer than two points."""
    points = series["points"][-MAX_POINTS:]
    if len(points) < 2:
        return None
    letters = _letters(points)
    # Numbers of single periods stand where those are; a running total stands at its end.
    is_by_period = series["measure_kind"] == "period" and all(point["period"] for point in points)
    days = [_days(point["period" if is_by_period else "as_of"]) for point in points]
    first, last = min(day[0] for day in days), max(day[1] for day in days)
    if first == last:
        first, last = first - 1, last + 1
    values = [
        v
        for point in points
        for v in (point["value"], point["lower"], point["upper"])
        if v is not None
    ]
    ticks = _ticks(values)
    minimum, maximum = ticks[0], ticks[-1]

    plot_width = WIDTH - _LEFT - _RIGHT - 40

    def x_of(day: float) -> float:
        return round(_LEFT + 20 + plot_width * (day - first) / (last - first), 1)

    def y_of(value: float) -> float:
        return round(
            HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * (value - minimum) / (maximum - minimum),
            1,
        )

    marks = []
    for point, (begin, end) in zip(points, days, strict=True):
        letter, shape, colour = letters[point["source"]]
        lower, upper, value = point["lower"], point["upper"], point["value"]
        value_or_bound = value if value is not None else lower if lower is not None else upper
        is_span = lower is not None and upper is not None
        y = (
            None
            if value_or_bound is None
            else y_of((lower + upper) / 2 if is_span and value is None else value_or_bound)
        )
        low = high = None
        if point["bound"] is not None:
            low = y_of(lower) if is_span else (HEIGHT - _BOTTOM if upper is not None else y)
            high = y_of(upper) if is_span else (_TOP if lower is not None else y)
        left = x_of(begin)
        # Most dates are a day.
        x, right = (left, left) if begin == end else (x_of((begin + end) / 2), x_of(end))
        marks.append(Mark(point, letter, shape, colour, x, left, right, y, low, high))
    by_id = {mark.point["figure"]: mark for mark in marks}
    clashes = [
        (by_id[one], by_id[other])
        for item in series["disagreements"]
        for one, other in [item["figures"]]
        if one in by_id and other in by_id
    ]
    revisions = [
        (mark, by_id[mark.point["superseded_by"]])
        for mark in marks
        if mark.point["superseded_by"] in by_id
    ]
    return Chart(
        marks,
        clashes,
        revisions,
        [
            (letter, source, _PATHS[shape], colour)
            for source, (letter, shape, colour) in letters.items()
        ],
        [Tick(y_of(value), format_number(value)) for value in ticks],
        [
            Tick(x_of(day), date.fromordinal(int(day)).isoformat())
            for day in _day_ticks(first, last)
        ],
        len(series["points"]) - len(points),
        minimum,
        is_by_period,
    )


def _letters(points: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str, int]]:
    """Letter, shape and number of the colour of each source, in order of appearance."""
    sources = dict.fromkeys(point["source"] for point in points)
    return {
        source: (_letter(index), _SHAPES[index % len(_SHAPES)], index % 6 + 1)
        for index, source in enumerate(sources)
    }


def _letter(index: int) -> str:
    return (
        _ALPHABET[index]
        if index < len(_ALPHABET)
        else f"{_letter(index // 26 - 1)}{_ALPHABET[index % 26]}"
    )


def _days(value: Mapping[str, Any]) -> tuple[int, int]:
    """First and last day of a date, as ordinals; an open end is equal to the other."""
    if value["earliest"] and value["earliest"] == value["latest"]:
        day = date.fromisoformat(value["earliest"]).toordinal()
        return day, day
    first = date.fromisoformat(value["earliest"]).toordinal() if value["earliest"] else None
    last = date.fromisoformat(value["latest"]).toordinal() if value["latest"] else None
    begin = first if first is not None else last if last is not None else _FIRST
    return begin, max(begin, last if last is not None else begin)


def _ticks(values: Sequence[float]) -> list[float]:
    """Round numbers around all values. The axis begins at 0 unless all values are near its top."""
    if not values:
        return [0, 1]
    minimum, maximum = min(values), max(values)
    bottom = minimum if minimum > 0.8 * maximum or minimum < 0 else 0.0
    if bottom == maximum:
        bottom = 0.0 if maximum > 0 else maximum - 1
        maximum = max(maximum, bottom + 1)
    rough_step = (maximum - bottom) / 4
    size = 10 ** math.floor(math.log10(rough_step))
    step = next(
        size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough_step * 0.999
    )
    begin = math.floor(bottom / step) * step
    if begin and min(values) - begin < step / 4:
        begin -= step  # below, too, an arrow needs room
    # The topmost value has room above it, where the arrow of a lower bound shows that it is open.
    count = math.floor((maximum - begin) / step) + 1
    return [begin + step * index for index in range(count + 1)]


def _day_ticks(first: int, last: int) -> list[int]:
    count = min(4, last - first)
    days = [first + round((last - first) * index / count) for index in range(count + 1)]
    return [max(_FIRST, min(_LAST, day)) for day in days]
