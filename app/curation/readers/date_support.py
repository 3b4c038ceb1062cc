"""Whether the readings of some words support a date that a curator writes."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from app.curation.dates import Bounds, bounds, ends
from app.curation.readers.date_meanings import DateReading

Basis = Literal["stated", "inferred"]
Support = tuple[Basis | None, Basis | None]
"""How the words give each end of a date: None where they do not."""


def date_support(
    edtf: str,
    readings: Sequence[DateReading],
    published: date | None,
    *,
    may_lie_ahead: bool,
    may_be_published: bool,
) -> Support:
    """Return how the readings support the ends of a date.

    The date is one of the readings, or a whole month, year or decade around one. The ends of an
    interval may come from several. `may_lie_ahead`: the record is of the future, so that “on
    Friday” may be the next one. `may_be_published`: the day of publication needs no words. It
    never does as an end of an interval.
    """
    usable = [r for r in readings if r.edtf and (may_lie_ahead or not r.is_ahead)]
    bases = [r.basis for r in usable if r.edtf and _is_meant(edtf, r.edtf)]
    if bases:
        basis: Basis = "stated" if "stated" in bases else "inferred"
        return basis, basis
    first, last = ends(edtf)
    if first == last:
        if may_be_published and _is_publication(edtf, published):
            return "inferred", "inferred"
        return None, None
    # “Before the truce from 24 November to 1 December” ends where the truce begins.
    is_open = None in (first, last)
    return (
        _end_support(first, (0, 1) if is_open else (0,), usable, published),
        _end_support(last, (0, 1) if is_open else (1,), usable, published),
    )


def _is_meant(edtf: str, reading: str) -> bool:
    """Whether a date is what a reading says, or as much of it as a calendar unit holds."""
    mine, its = bounds(edtf), bounds(reading)
    is_one_of, is_rough = edtf.startswith("["), _is_rough(reading)
    if mine == its and (is_one_of or _is_rough(edtf) == is_rough):
        return True
    is_lone = "/" not in edtf and not is_one_of
    if is_lone and _is_rough(edtf) == is_rough and _holds(mine, its):
        return True
    # “In the spring” may be some day or month of it.
    return is_rough and "/" in reading and (is_one_of or _is_rough(edtf)) and _holds(its, mine)


def _is_rough(edtf: str) -> bool:
    return edtf.endswith(("~", "%"))


def _holds(outer: Bounds, inner: Bounds) -> bool:
    return (outer[0] or "") <= (inner[0] or "") and (inner[1] or "9") <= (outer[1] or "9")


def _end_support(
    end: str | None,
    places: Sequence[int],
    readings: Sequence[DateReading],
    published: date | None,
) -> Basis | None:
    """Return how the readings give an end of an interval; an open end needs no words."""
    if end is None:
        return "stated"
    bases = {
        reading.basis
        for reading in readings
        for place in places
        if (its := ends(reading.edtf or "")[place]) is not None and _is_meant(end, its)
    }
    if bases:
        return "stated" if "stated" in bases else "inferred"
    return "inferred" if _is_publication(end, published) else None


def _is_publication(end: str, published: date | None) -> bool:
    return published is not None and published.isoformat().startswith(end)
