"""Links from a list to lists with other parameters."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.query.filters import AppliedFilter
from app.query.queries import ListQuery
from app.query.values import Selection

NO_VALUES = Selection((), ())


def with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def list_url(url: str, query: ListQuery, changes: Mapping[str, Any]) -> str:
    """The URL of the same query with other values of some parameters; None removes one."""
    values = {
        name: value
        for name, value in {**query.values, **changes}.items()
        if value not in (None, (), NO_VALUES)
    }
    # Only of filters with values can all values match.
    names = (name for name in values.pop("match_all", ()) if selection(values, name).plain)
    if match_all := tuple(names):
        values["match_all"] = match_all
    declared = [*query.listing.parameters_by_name, "match_all"]
    in_order = sorted(
        values, key=lambda name: declared.index(name) if name in declared else len(declared)
    )
    changed = replace(query, values={name: values[name] for name in in_order}, cursor=None)
    return with_query(url, changed.canonical)


def url_without(url: str, query: ListQuery, item: AppliedFilter) -> str:
    """The URL of the same query without one of its filters."""
    if item.operator_name in ("missing", "present"):
        names = query.values[item.operator_name]
        kept = tuple(name for name in names if name != item.name)
        return list_url(url, query, {item.operator_name: kept})
    if isinstance(query.values[item.name], Selection):
        return list_url(
            url, query, {item.name: without(selection(query.values, item.name), *item.raw)}
        )
    return list_url(url, query, {item.name: None})


def selection(values: Mapping[str, Any], name: str) -> Selection:
    """The values of a filter that takes several; none where it has no value."""
    value = values.get(name)
    return value if isinstance(value, Selection) else NO_VALUES


def without(values: Selection, *removed: str) -> Selection:
    return Selection(
        tuple(value for value in values.plain if value not in removed),
        tuple(value for value in values.excluded if value not in removed),
    )
