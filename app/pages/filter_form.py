"""The form with the parameters of a list."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.pages.form_fields import Group, Values, control_groups
from app.problems import QueryError
from app.query.results import Dataset
from app.resources.declarations import Listing


class FilterForm(NamedTuple):
    """The form of the list at `action`. Groups that are used are open."""

    action: str
    groups: Sequence[tuple[Group, bool]]
    values: Values
    errors: Mapping[str, Sequence[QueryError]]


def filter_form(
    listing: Listing,
    url: str,
    values: Values,
    errors: Sequence[QueryError],
    dataset: Dataset | None,
) -> FilterForm:
    """The form of the list at a URL, with the values of the query, its errors at their controls."""
    errors_by_name: dict[str, list[QueryError]] = {}
    for error in errors:
        errors_by_name.setdefault(error.parameter, []).append(error)
    groups = [
        (group, group.is_used(values, errors_by_name)) for group in control_groups(listing, dataset)
    ]
    return FilterForm(url, groups, values, errors_by_name)
