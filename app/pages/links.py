"""Links from a list to lists with other parameters."""

from urllib.parse import quote

from app.query.queries import ListQuery


def with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def replace_parameter(url: str, query: ListQuery, name: str, value: str | None) -> str:
    """The URL of the same query with another value of one parameter; None removes it."""
    remaining = query.without(name)
    if value is None:
        return with_query(url, remaining)
    pair = f"{name}={quote(value, safe=',!')}"
    return with_query(url, f"{pair}&{remaining}" if remaining else pair)
