"""The values of facets beside a list, as links that narrow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.pages.links import list_url, selection, without
from app.pages.page_context import PageContext
from app.presentation.text import enum_label
from app.query.queries import ListQuery
from app.query.results import Dataset, Facets
from app.query.values import Selection
from app.resources import Filter, Resource

_MAX_VALUES = 6
_MAX_OFFERED_FACETS = 12


@dataclass(frozen=True)
class FacetValue:
    """A value as a link to the list with it, or without it where the query has it already.

    `url` None: the list takes no such filter.
    """

    label: str
    count: int
    url: str | None
    is_selected: bool


class Facet(NamedTuple):
    """The values with the most records, and how many others were omitted."""

    name: str
    lines: Sequence[FacetValue]
    omitted: int


class FacetLinks(NamedTuple):
    """Facets that were counted, or else names of those that can be, with URLs that count them.

    Not `exact`: more match than were counted.
    """

    counted: Sequence[Facet]
    offered: Sequence[tuple[str, str]]
    exact: bool


def facet_links(
    facets: Facets | None,
    query: ListQuery,
    dataset: Dataset,
    context: PageContext,
    *,
    exact: bool = True,
) -> FacetLinks:
    """The facets of the query; without any, those of the unfiltered list, which the build counted.

    A filtered list without facets links to the same list with each facet: counting costs more the
    more records there are.
    """
    url = f"{context.root}{query.path}"
    if facets is not None:
        return FacetLinks(_counted(facets, query, url, dataset), (), exact)
    if not query.filters and not query.canonical:
        return FacetLinks(
            _counted(dataset.facets[query.resource_type], query, url, dataset), (), exact=True
        )
    offered = [
        (item.name, list_url(url, query, {"facets": (item.name,)}))
        for item in query.listing.facets[:_MAX_OFFERED_FACETS]
        if isinstance(query.listing, Resource)
    ]
    return FacetLinks((), offered, exact=True)


def _counted(facets: Facets, query: ListQuery, url: str, dataset: Dataset) -> list[Facet]:
    """The facets with several values."""
    divided = [
        item
        for item in query.listing.facets
        if item.name in facets and len(facets[item.name]["values"]) > 1
    ]
    # Vocabularies first: they are short, and say what kinds of records there are.
    divided.sort(key=lambda item: not (item.value_type.choices or item.value_type.scheme))
    result = []
    for item in divided:
        counts = [(value, count) for value, count in facets[item.name]["values"] if count]
        lines = [
            _line(item, value, count, query, url, dataset) for value, count in counts[:_MAX_VALUES]
        ]
        result.append(Facet(item.name, lines, max(len(counts) - _MAX_VALUES, 0)))
    return result


def _line(
    item: Filter,
    value: str | None,
    count: int,
    query: ListQuery,
    url: str,
    dataset: Dataset,
) -> FacetValue:
    if value is None:
        if item.name not in query.listing.nullable:
            return FacetValue("none", count, None, is_selected=False)
        missing = query.values.get("missing", ())
        is_selected = item.name in missing
        others = tuple(name for name in missing if name != item.name)
        names = others if is_selected else (*others, item.name)
        return FacetValue("none", count, list_url(url, query, {"missing": names}), is_selected)
    values = selection(query.values, item.name)
    is_selected = value in values.plain
    changed = without(values, value) if is_selected else _narrowed(item, value, query)
    target = list_url(url, query, {item.name: changed})
    scheme = item.value_type.scheme
    label = (
        enum_label(item.name, value) if scheme is None else dataset.vocabulary.label(scheme, value)
    )
    return FacetValue(label, count, target, is_selected)


def _narrowed(item: Filter, value: str, query: ListQuery) -> Selection:
    """The values of a filter with which a list has those of its records that have a value."""
    plain, excluded, _ = selection(query.values, item.name)
    others = plain if item.name in query.values.get("match_all", ()) else ()
    return Selection(tuple(sorted((*others, value))), excluded)
