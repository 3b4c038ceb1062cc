"""Contradictions: values that are right each by itself, and that no record can match together.

An empty list would look like a result.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from app.problems import QueryError
from app.query.filters import AppliedFilter
from app.query.query_string import mistake
from app.query.values import Selection, Window
from app.resources.declarations import DateRange, Filter, Listing, NumberRange, table_of


def contradictions(
    listing: Listing, values: Mapping[str, Any], filters: Sequence[AppliedFilter]
) -> Iterator[QueryError]:
    """The contradictions between the values of a query, and between them and its filters."""
    for name, value in values.items():
        if isinstance(value, Selection):
            for both in sorted({*value.plain} & {*value.excluded}):
                detail = f"Leave out {both} or !{both}: it is asked for and excluded."
                yield mistake(name, f"!{both}", detail)
    yield from _bounds(filters)
    yield from _absences(listing, values)
    for name in values.get("match_all") or ():
        selection = values.get(name)
        if not isinstance(selection, Selection) or not selection.plain:
            detail = f"Give the values that must all match, as {name}=a,b, or leave match_all out."
            yield mistake("match_all", name, detail)
    updated_after, known_at = values.get("updated_after"), values.get("known_at")
    if updated_after and known_at and updated_after.is_after(known_at):
        detail = (
            f"Choose an earlier moment than known_at={known_at.text}: what was recorded after"
            f" {updated_after.text} was not known then."
        )
        yield mistake("updated_after", updated_after.text, detail)


def _bounds(filters: Sequence[AppliedFilter]) -> Iterator[QueryError]:
    by_name = {item.name: item for item in filters}
    for item in filters:
        criterion = item.parameter.criterion
        if item.operator_name != "at_least" or not isinstance(criterion, NumberRange):
            continue
        largest = by_name.get(f"{criterion.name}_max")
        if largest is not None and item.values[0] > largest.values[0]:
            detail = (
                f"Swap {item.name}={item.raw[0]} and {largest.name}={largest.raw[0]}: no number"
                " lies between them."
            )
            yield mistake(item.name, item.raw[0], detail)


def _absences(listing: Listing, values: Mapping[str, Any]) -> Iterator[QueryError]:
    """Values that must be missing and are asked for. A record may have several links, with and
    without a value, so these never contradict each other.
    """
    missing = values.get("missing") or ()
    if not missing or listing.table is None:
        return
    table = table_of(listing.table)
    for name in missing:
        criterion = listing.parameters_by_name[name].criterion
        if not isinstance(criterion, Filter | DateRange) or _is_linked(criterion, table):
            continue
        if name in (values.get("present") or ()):
            yield mistake("missing", name, f"Leave “{name}” out of missing or of present.")
        value = values.get(name)
        if isinstance(value, Window) or (isinstance(value, Selection) and value.plain):
            detail = f"Leave out {name}={value.text} or missing={name}: no record has both."
            yield mistake("missing", name, detail)


def _is_linked(criterion: Filter | DateRange, table: Table) -> bool:
    if isinstance(criterion, Filter):
        return criterion.is_linked(table)
    return criterion.table is not table
