"""The canonical query: equal queries have equal URLs.

It has the parameters in the order of the declaration, values sorted and once each, no defaults and
no tracking. Validators, cursors, links and the echo of a query are made from it alone.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from app.query.values import Selection

_SAFE = "!*,/:;@[]"
"""Characters that stay readable in a query: no server reads another meaning into them."""
_PAGE = ("limit", "cursor")


def canonical_pairs(
    values: Mapping[str, Any], defaults: Mapping[str, str] | None = None
) -> dict[str, str]:
    """By the name of each parameter, its encoded pair; without the page."""
    pairs = {}
    for name, value in values.items():
        if name in _PAGE or value is None or value is False:
            continue
        text = canonical_text(value)
        if defaults is None or defaults.get(name) != text:
            pairs[name] = f"{name}={quote(text, safe=_SAFE)}"
    return pairs


def canonical_text(value: Any) -> str:
    """The text of a parameter's value."""
    if value is True:
        return "true"
    if hasattr(value, "text"):
        return str(value.text)
    if isinstance(value, tuple):
        return ",".join(canonical_values(value))
    return str(value)


def canonical_values(value: Any) -> list[str]:
    """The values of a parameter, each as text; one where it takes no several."""
    if isinstance(value, Selection):
        return [*value.plain, *(f"!{excluded}" for excluded in value.excluded)]
    if isinstance(value, tuple) and not hasattr(value, "text"):
        return [canonical_text(item) for item in value]
    return [canonical_text(value)]
