"""The Jinja environment of the pages."""

from collections.abc import Mapping
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.pages import components
from app.pages.page_context import FOLDER, Safe
from app.pages.text import escape_code, escape_text
from app.presentation.text import (
    code_label,
    field_label,
    format_number,
    long_date,
    replace_controls,
)
from app.resources import RESOURCES
from app.vocabulary import ResourceType

_NAVIGATION_TYPES: tuple[ResourceType, ...] = (
    "figure",
    "statement",
    "event",
    "actor",
    "place",
    "series",
    "source",
)
NAVIGATION = (
    *((RESOURCES[name].plural, RESOURCES[name].path) for name in _NAVIGATION_TYPES),
    ("timeline", "/v1/timeline"),
    ("guide", "/docs/guide"),
)

ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    cache_size=-1,
)
ENVIRONMENT.filters |= {
    "escape_text": lambda text: Safe(escape_text(text)),
    "escape_code": lambda text: Safe(escape_code(text)),
    "replace_controls": replace_controls,
    "code_label": code_label,
    "field_label": field_label,
    "long_date": long_date,
    "number": format_number,
    "pretty": lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),
}
ENVIRONMENT.globals |= {"navigation": NAVIGATION, "current": "", "c": components}


def render_template(name: str, *contexts: Mapping[str, Any], **values: Any) -> bytes:
    """Render a page; later contexts override earlier ones, `values` override all."""
    context = {name: value for part in (*contexts, values) for name, value in part.items()}
    # Lone surrogates have no UTF-8 form.
    return ENVIRONMENT.get_template(name).render(context).encode("utf-8", "replace")
