"""What a list can be asked, beside it: values to click on, and the form."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote

from app.pages import form_fields as form
from app.pages.page_context import PageContext, Safe
from app.pages.templating import template
from app.pages.text import escape_text
from app.presentation.text import code_label, field_label, format_number
from app.problems import QueryError
from app.query.facets import Facets
from app.query.params import ListQuery
from app.query.records import Dataset
from app.resources import Filter, Resource
from app.resources.declarations import Listing

_SHOWN_VALUES = 6
_OPEN_FACETS = 4


def with_query(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address


def replacing(address: str, query: ListQuery, name: str, value: str | None) -> str:
    """The same question with one parameter as given; null: without it."""
    pairs = [
        pair for pair in query.canonical().split("&") if pair and not pair.startswith(f"{name}=")
    ]
    if value is not None:
        pairs.insert(0, f"{name}={quote(form.joined((value,)), safe=',')}")
    return with_query(address, "&".join(pairs))


def narrowing(
    facets: Facets | None,
    query: ListQuery,
    dataset: Dataset,
    at: PageContext,
    *,
    exact: bool = True,
) -> Safe:
    """Values to click on, with how many records have them: those that were asked for, or, where nothing narrows the list,
    those that the build has counted.
    """
    if facets is None:
        if query.chosen or query.form.asked_by_name or query.canonical():
            return _offered_facets(query, at)
        key = (query.listing.path, dataset.version, at.root)
        found = _built_facets.get(key)
        if found is None:
            if len(_built_facets) > 32:
                _built_facets.clear()
            found = _built_facets[key] = _counted(dataset.facets[query.noun], query, at)
        return found
    return _counted(facets, query, at, exact=exact)


_built_facets: dict[tuple[str, str, str], Safe] = {}


def _counted(facets: Facets, query: ListQuery, at: PageContext, *, exact: bool = True) -> Safe:
    address = f"{at.root}{query.listing.path}"
    told_apart = [
        item
        for item in query.listing.facets
        if item.name in facets and len(facets[item.name]["values"]) > 1
    ]
    # Our own vocabularies first: they are short, and say what sorts of records there are.
    told_apart.sort(key=lambda item: not item.value_type.choices)
    blocks = []
    for item in told_apart:
        asked = form.asked_for(query, item)
        values = [(value, n) for value, n in facets[item.name]["values"] if n]
        lines = [
            _facet_line(item, value, n, value in asked, query, address)
            for value, n in values[:_SHOWN_VALUES]
        ]
        more = (
            f'<li class="more">{len(values) - _SHOWN_VALUES} more</li>'
            if len(values) > _SHOWN_VALUES
            else ""
        )
        blocks.append(f"<h3>{field_label(item.name)}</h3><ul>{''.join(lines)}{more}</ul>")
    if not blocks:
        return Safe("")
    rest = "".join(blocks[_OPEN_FACETS:])
    note = (
        ""
        if exact
        else '<p class="hint">More match than were counted: each number is a lower bound.</p>'
    )
    folded = f"<details><summary>More to narrow by</summary>{rest}</details>" if rest else ""
    return Safe(
        f'<section class="facets" aria-labelledby="facets"><h2 id="facets">Narrow</h2>{note}{"".join(blocks[:_OPEN_FACETS])}{folded}</section>'
    )


def _facet_line(
    item: Filter, value: str | None, count: int, is_asked: bool, query: ListQuery, address: str
) -> str:
    if value is None:
        name, wanted, shown = f"{item.name}_missing", "true", "none"
        if query.listing.parameter(name) is None:
            return f'<li>{shown} <span class="count">{format_number(count)}</span></li>'
    else:
        name, wanted, shown = item.name, value, code_label(value)
    target = replacing(address, query, name, None if is_asked else wanted)
    mark = ' aria-current="true"' if is_asked else ""
    return (
        f'<li><a href="{escape_text(target)}"{mark}><bdi>{escape_text(shown)}</bdi></a>'
        f' <span class="count">{format_number(count)}</span></li>'
    )


def _offered_facets(query: ListQuery, at: PageContext) -> Safe:
    """Nobody asked to count, which costs more the more there is: it is offered."""
    if not isinstance(query.listing, Resource):
        return Safe("")
    address = f"{at.root}{query.listing.path}"
    names = [item.name for item in query.listing.facets][:12]
    lines = [
        f'<li><a href="{escape_text(replacing(address, query, "facets", name))}">{field_label(name)}</a></li>'
        for name in names
    ]
    return Safe(
        f'<section class="facets" aria-labelledby="facets"><h2 id="facets">Count these by</h2><ul class="inline">{"".join(lines)}</ul></section>'
    )


def asking(
    listing: Listing,
    values: Mapping[str, tuple[str, ...]],
    errors: Sequence[QueryError],
    at: PageContext,
) -> Safe:
    """The form of a list, filled with what was asked."""
    action = f"{at.root}{listing.path}"
    if not values and not errors:
        return _empty_form(id(listing.parameters), action, _Held(listing))
    return _filled_form(listing, action, values, {fault.parameter: fault for fault in errors})


class _Held:
    """A listing beside the key of a cache: not compared, only kept."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=128)
def _empty_form(_: int, action: str, held: _Held) -> Safe:
    return _filled_form(held.listing, action, {}, {})


def _filled_form(
    listing: Listing,
    action: str,
    values: Mapping[str, tuple[str, ...]],
    errors: Mapping[str, QueryError],
) -> Safe:
    known = {control.name for group in form.groups(listing) for control in group.controls}
    groups = [
        (
            group.title,
            Safe(
                "".join(
                    [
                        _control(c, values.get(c.name, ()), errors.get(c.name))
                        for c in group.controls
                    ]
                )
            ),
            group.is_asked(values, errors),
        )
        for group in form.groups(listing)
    ]
    hidden = "".join(
        f'<input type="hidden" name="{escape_text(name)}" value="{escape_text(form.joined(raw))}">'
        for name, raw in values.items()
        if name == "format" and name not in known
    )
    text: str = template("form.html").render(action=action, groups=groups, hidden=Safe(hidden))
    return Safe(text)


@lru_cache(maxsize=4096)
def _control(item: form.Control, values: tuple[str, ...], fault: QueryError | None) -> str:
    text: str = template("macros.html").module.control(item, values, fault)
    return text
