"""The values of facets beside a list, as links that narrow it."""

from app.pages.links import list_url, selection, without
from app.pages.page_context import PageContext, Safe
from app.pages.text import escape_text
from app.presentation.text import code_label, field_label, format_number
from app.query.queries import ListQuery
from app.query.results import Dataset, Facets
from app.query.values import Selection
from app.resources import Filter, Resource

_MAX_VALUES = 6
_MAX_OPEN_FACETS = 4
_MAX_OFFERED_FACETS = 12


def facet_links(
    facets: Facets | None,
    query: ListQuery,
    dataset: Dataset,
    context: PageContext,
    *,
    exact: bool = True,
) -> Safe:
    """The facets of the query; without any, those of the unfiltered list, which the build counted.

    A filtered list without facets links to the same list with each facet.
    """
    if facets is not None:
        return _counts(facets, query, context, exact=exact)
    if query.filters or query.canonical:
        return _facet_offers(query, context)
    return _counts(dataset.facets[query.resource_type], query, context, exact=True)


def _counts(facets: Facets, query: ListQuery, context: PageContext, *, exact: bool) -> Safe:
    url = f"{context.root}{query.path}"
    divided = [
        item
        for item in query.listing.facets
        if item.name in facets and len(facets[item.name]["values"]) > 1
    ]
    # Vocabularies first: they are short, and say what kinds of records there are.
    divided.sort(key=lambda item: not item.value_type.choices)
    blocks = []
    for item in divided:
        counts = [(value, count) for value, count in facets[item.name]["values"] if count]
        lines = [
            _facet_line(item, value, count, query, url) for value, count in counts[:_MAX_VALUES]
        ]
        omitted = len(counts) - _MAX_VALUES
        omitted_note = f'<li class="more">{omitted} more</li>' if omitted > 0 else ""
        blocks.append(f"<h3>{field_label(item.name)}</h3><ul>{''.join(lines)}{omitted_note}</ul>")
    if not blocks:
        return Safe("")
    note = (
        ""
        if exact
        else '<p class="hint">More match than were counted: each number is a lower bound.</p>'
    )
    folded = "".join(blocks[_MAX_OPEN_FACETS:])
    if folded:
        folded = f"<details><summary>More to narrow by</summary>{folded}</details>"
    return Safe(
        '<section class="facets" aria-labelledby="facets"><h2 id="facets">Narrow</h2>'
        f"{note}{''.join(blocks[:_MAX_OPEN_FACETS])}{folded}</section>"
    )


def _facet_line(item: Filter, value: str | None, count: int, query: ListQuery, url: str) -> str:
    """A value as a link to the list with it, or without it where the query has it already."""
    number = f'<span class="count">{format_number(count)}</span>'
    if value is None:
        if item.name not in query.listing.nullable:
            return f"<li>none {number}</li>"
        label, missing = "none", query.values.get("missing", ())
        is_selected = item.name in missing
        others = tuple(name for name in missing if name != item.name)
        changes = {"missing": others if is_selected else (*others, item.name)}
    else:
        label, values = code_label(value), selection(query.values, item.name)
        is_selected = value in values.plain
        changes = {
            item.name: without(values, value) if is_selected else _narrowed(item, value, query)
        }
    mark = ' aria-current="true"' if is_selected else ""
    return (
        f'<li><a href="{escape_text(list_url(url, query, changes))}"{mark}>'
        f"<bdi>{escape_text(label)}</bdi></a> {number}</li>"
    )


def _narrowed(item: Filter, value: str, query: ListQuery) -> Selection:
    """The values of a filter with which a list has those of its records that have a value."""
    plain, excluded = selection(query.values, item.name)
    others = plain if item.name in query.values.get("match_all", ()) else ()
    return Selection(tuple(sorted((*others, value))), excluded)


def _facet_offers(query: ListQuery, context: PageContext) -> Safe:
    """Links that count by a facet: counting costs more the more records there are."""
    if not isinstance(query.listing, Resource):
        return Safe("")
    url = f"{context.root}{query.path}"
    lines = []
    for item in query.listing.facets[:_MAX_OFFERED_FACETS]:
        target = escape_text(list_url(url, query, {"facets": (item.name,)}))
        lines.append(f'<li><a href="{target}">{field_label(item.name)}</a></li>')
    return Safe(
        '<section class="facets" aria-labelledby="facets"><h2 id="facets">Count these by</h2>'
        f'<ul class="inline">{"".join(lines)}</ul></section>'
    )
