"""Links from a list to lists with other parameters."""

from urllib.parse import quote

from app.pages.form_fields import join_values
from app.query.params import ListQuery


def with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def replace_parameter(url: str, query: ListQuery, name: str, value: str | None) -> str:
    """The URL of the same query with another value of one parameter; None removes it."""
    pairs = [
        pair for pair in query.canonical().split("&") if pair and not pair.startswith(f"{name}=")
    ]
    if value is not None:
        pairs.insert(0, f"{name}={quote(join_values((value,)), safe=',')}")
    return with_query(url, "&".join(pairs))
