"""The form with the parameters of a list."""

from collections.abc import Sequence

from app.pages.form_fields import Values, control_groups
from app.pages.page_context import Safe
from app.pages.templating import ENVIRONMENT
from app.problems import QueryError
from app.resources.declarations import Listing


def filter_form(listing: Listing, url: str, values: Values, errors: Sequence[QueryError]) -> Safe:
    """The form of the list at a URL, with the values of the query, its errors at their controls."""
    errors_by_name: dict[str, list[QueryError]] = {}
    for error in errors:
        errors_by_name.setdefault(error.parameter, []).append(error)
    groups = control_groups(listing)
    text: str = ENVIRONMENT.get_template("form.html").render(
        action=url,
        groups=[(group, group.is_used(values, errors_by_name)) for group in groups],
        values=values,
        errors=errors_by_name,
    )
    return Safe(text)
