"""The sort keys of a query."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.query.suggestions import nearest
from app.query.values import InvalidValue, InvalidValues, echo
from app.resources.declarations import Listing, Sort

_DIRECTION = re.compile("(.+?)[ :._-](asc|desc)", re.IGNORECASE)
"""A direction behind the name, as other APIs write it."""


@dataclass(frozen=True)
class SortKey:
    sort: Sort
    descending: bool

    @property
    def text(self) -> str:
        return f"-{self.sort.name}" if self.descending else self.sort.name

    @property
    def phrase(self) -> str:
        return self.sort.phrases[self.descending]


def default_sort(listing: Listing) -> tuple[SortKey, ...]:
    return tuple(
        SortKey(sort, descending=False)
        for sort in listing.sorts
        if sort.name == listing.default_sort
    )


def parse_sort(raw: str, listing: Listing) -> tuple[SortKey, ...]:
    """Names of sorts, the first one first; `-` before a name turns it round.

    Raises InvalidValues.
    """
    sorts = {sort.name: sort for sort in listing.sorts}
    names = raw.split(",")
    errors = [error for name in names if (error := _invalid_name(name, [*sorts])) is not None]
    keys = [
        SortKey(sorts[name.removeprefix("-")], name.startswith("-"))
        for name in names
        if name.removeprefix("-") in sorts
    ]
    sorted_by = [key.sort.name for key in keys]
    for key in keys:
        if sorted_by.count(key.sort.name) > 1:
            detail = f"Name “{key.sort.name}” once: it stands twice."
            errors.append(InvalidValue(detail, key.text))
            break
    if "id" in sorted_by[:-1]:
        detail = "Put id last, or leave it out: after it there is nothing left to sort."
        errors.append(InvalidValue(detail, raw))
    if len(keys) > listing.max_sort_keys:
        detail = f"Sort by at most {listing.max_sort_keys}: there are {len(keys)} keys."
        errors.append(InvalidValue(detail, raw))
    if errors:
        raise InvalidValues(errors)
    return tuple(keys)


def _invalid_name(raw: str, names: Sequence[str]) -> InvalidValue | None:
    name = raw.removeprefix("-")
    if name in names:
        return None
    sign = "-" if raw.startswith("-") else ""
    if (with_direction := _DIRECTION.fullmatch(name)) is not None:
        name = with_direction[1]
        sign = "-" if with_direction[2].lower() == "desc" else ""
    near = name if name in names else nearest(name, names)
    hint = f"Did you mean “{sign}{near}”?" if near else "Choose another sort:"
    accepted = f"{echo(raw)} is not accepted; it takes {', '.join(names)}, each also with -."
    return InvalidValue(f"{hint} {accepted}", raw, near and f"{sign}{near}")
