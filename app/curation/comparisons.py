"""Figures of a series compared with each other: which cannot both hold, and which totals fall.

What its source has revised is compared with nothing, and a forecast with forecasts alone.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from app.resources.figure import FigureRecord
from app.resources.series import Disagreement
from app.vocabulary import DisagreeingParties

DISAGREEMENT_KINDS: tuple[
    Literal["value_and_value"], Literal["value_and_bound"], Literal["bound_and_bound"]
] = ("value_and_value", "value_and_bound", "bound_and_bound")
"""The kind of a disagreement by the number of points that have a bound."""


def disagreements(
    figures: Iterable[FigureRecord], *, is_running_total: bool
) -> Iterator[Disagreement]:
    """Yield the pairs of figures of a series whose as-of dates overlap and whose numbers exclude
    each other.

    “About” and “dozens” exclude nothing. A running total ends at its as-of date; other numbers are
    compared only if they cover the same period.
    """
    by_start = sorted(
        (figure for figure in figures if figure.superseded_by is None),
        key=lambda figure: (figure.as_of.earliest or "", figure.id),
    )
    for index, first in enumerate(by_start):
        for second in by_start[index + 1 :]:
            if (second.as_of.earliest or "") > (first.as_of.latest or ""):
                break
            if _is_forecast(first) != _is_forecast(second):
                continue
            same_period = is_running_total or first.period == second.period
            if same_period and not _can_both_hold(first, second):
                bounded = sum(figure.bound is not None for figure in (first, second))
                yield Disagreement(
                    kind=DISAGREEMENT_KINDS[bounded],
                    figures=(first.id, second.id),
                    between=_parties(first, second),
                )


def _parties(first: FigureRecord, second: FigureRecord) -> DisagreeingParties:
    if first.source != second.source:
        return "sources"
    one, other = _speakers(first), _speakers(second)
    return "speakers" if one and other and one.isdisjoint(other) else "same_origin"


def _speakers(figure: FigureRecord) -> set[str | None]:
    """Return who is credited: the ids, or the words where there is no record."""
    credit = figure.attribution
    credited = credit.speakers or credit.relayed_by if credit.origin == "stated" else ()
    return {item.id or item.as_written for item in credited}


def falling_totals(figures: Iterable[FigureRecord]) -> dict[str, str]:
    """Return a caveat for each running total that is below all of the as-of day before it."""
    series: dict[str, list[FigureRecord]] = defaultdict(list)
    for figure in figures:
        is_compared = figure.superseded_by is None and not _is_forecast(figure)
        if figure.measure_kind == "cumulative" and is_compared:
            series[figure.series].append(figure)
    return {
        figure_id: caveat
        for running_totals in series.values()
        for figure_id, caveat in _falls(running_totals)
    }


def _falls(figures: Sequence[FigureRecord]) -> Iterator[tuple[str, str]]:
    lowest: dict[str, FigureRecord] = {}
    """The figure with the least lower end of each as-of day, of those that have one."""
    for figure in sorted(figures, key=lambda item: item.id):
        if _lower_end(figure)[0] > float("-inf") and figure.as_of.latest is not None:
            other = lowest.setdefault(figure.as_of.latest, figure)
            if _lower_end(figure) < _lower_end(other):
                lowest[figure.as_of.latest] = figure
    days = sorted(lowest)
    for figure in figures:
        index = bisect_left(days, figure.as_of.earliest or "")
        if index and not _can_reach(figure, earlier := lowest[days[index - 1]]):
            yield figure.id, f"The running total falls from {_dated(earlier)} to {_dated(figure)}."


def _can_reach(figure: FigureRecord, earlier: FigureRecord) -> bool:
    """Whether some number that the figure allows is as high as one that the earlier allows."""
    return _overlap(_lower_end(earlier), _upper_end(figure))


def _dated(figure: FigureRecord) -> str:
    numbers = [n for n in (figure.value, figure.lower, figure.upper) if n is not None]
    words = " and ".join(dict.fromkeys(f"{number:,.15g}" for number in numbers))
    if figure.qualifier != "none_stated":
        words = f"{figure.qualifier.replace('_', ' ')} {words}"
    return f"{words} (as of {figure.as_of.edtf})"


def _is_forecast(figure: FigureRecord) -> bool:
    return figure.observation_status == "forecast"


def _can_both_hold(first: FigureRecord, second: FigureRecord) -> bool:
    """Whether some number is allowed by both figures."""
    # Of two equal ends the stricter one is taken: True sorts after False.
    lowest = max(_lower_end(first), _lower_end(second))
    highest = min(_upper_end(first), _upper_end(second))
    return _overlap(lowest, highest)


def _overlap(lowest: tuple[float, bool], highest: tuple[float, bool]) -> bool:
    """Whether a lower end, which may be excluded, is not above an upper end, which may be
    included.
    """
    return lowest[0] < highest[0] or (lowest[0] == highest[0] and not lowest[1] and highest[1])


def _lower_end(figure: FigureRecord) -> tuple[float, bool]:
    """Return the lower end of the numbers that a figure allows, and whether it is excluded."""
    if figure.qualifier == "none_stated" and figure.value is not None:
        return figure.value, False
    return (float("-inf"), False) if figure.lower is None else (figure.lower, figure.bound == "gt")


def _upper_end(figure: FigureRecord) -> tuple[float, bool]:
    """Return the upper end of the numbers that a figure allows, and whether it is included."""
    if figure.qualifier == "none_stated" and figure.value is not None:
        return figure.value, True
    return (float("inf"), True) if figure.upper is None else (figure.upper, figure.bound != "lt")
