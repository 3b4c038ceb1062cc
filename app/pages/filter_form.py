"""The form with the parameters of a list."""

from collections.abc import Mapping, Sequence

from app.pages.form_fields import control_groups
from app.pages.page_context import PageContext, Safe
from app.pages.templating import ENVIRONMENT
from app.problems import QueryError
from app.resources.declarations import Listing


def filter_form(
    listing: Listing,
    values: Mapping[str, tuple[str, ...]],
    errors: Sequence[QueryError],
    context: PageContext,
) -> Safe:
    """The form of a list, filled with the values of the query, each error at its control."""
    errors_by_name = {error.parameter: error for error in errors}
    groups = control_groups(listing)
    text: str = ENVIRONMENT.get_template("form.html").render(
        action=f"{context.root}{listing.path}",
        groups=[(group, group.is_used(values, errors_by_name)) for group in groups],
        values=values,
        errors=errors_by_name,
    )
    return Safe(text)
