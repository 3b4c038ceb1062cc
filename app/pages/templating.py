"""The Jinja environment of the pages."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from jinja2 import FileSystemLoader

from app.formats.media_types import FORMATS
from app.pages.chart import MAX_POINTS
from app.pages.page_context import FOLDER
from app.pages.text import code_spans, is_web_url
from app.presentation.records import attribution_texts
from app.presentation.templating import TEMPLATES, environment
from app.presentation.text import (
    PARTIES,
    date_basis,
    point_as_written,
    qualifier_label,
    status_text,
)
from app.resources import RESOURCES
from app.resources.references import REFERENCE_FIELDS
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
_NAVIGATION = (
    *((RESOURCES[name].plural, RESOURCES[name].path) for name in _NAVIGATION_TYPES),
    ("timeline", "/v1/timeline"),
    ("guide", "/docs/guide"),
)
_MAX_ITEMS = 100
"""The most items shown of one field; the record as JSON has all."""
_MAX_PASSAGES = 40
"""The most passages of a record; the record as JSON has all."""
_MAX_DISAGREEMENTS = 20
"""The most disagreements of a series; the record as JSON has all."""

ENVIRONMENT = environment(FileSystemLoader([FOLDER / "templates", TEMPLATES]))
ENVIRONMENT.filters |= {
    "attribution_texts": attribution_texts,
    "code_spans": code_spans,
    "empty_fields": lambda record: [
        name for name, value in record.items() if value is None or value == []
    ],
    "format_label": lambda name: FORMATS[name].label,
    "date_basis": date_basis,
    "point_as_written": point_as_written,
    "qualifier_label": qualifier_label,
    "status_text": status_text,
    "present": lambda part: _present(part.items()),
    "pretty": lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),
}
ENVIRONMENT.tests["web_url"] = is_web_url
ENVIRONMENT.globals |= {
    "current": "",
    "max_disagreements": _MAX_DISAGREEMENTS,
    "max_items": _MAX_ITEMS,
    "max_passages": _MAX_PASSAGES,
    "max_points": MAX_POINTS,
    "navigation": _NAVIGATION,
    "parties": PARTIES,
    "reference_fields": REFERENCE_FIELDS,
}
# Macros that all pages share: a block of a template does not see what its parent imports.
ENVIRONMENT.globals |= {
    name: ENVIRONMENT.get_template(template).module
    for name, template in (
        ("r", "record_macros.html"),
        ("c", "components.html"),
        ("m", "macros.html"),
    )
}


def render_template(name: str, *contexts: Mapping[str, Any], **values: Any) -> bytes:
    """Render a page; later contexts override earlier ones, `values` override all."""
    context = {name: value for part in (*contexts, values) for name, value in part.items()}
    # Lone surrogates have no UTF-8 form.
    return ENVIRONMENT.get_template(name).render(context).encode("utf-8", "replace")


def _present(items: Iterable[tuple[str, Any]]) -> list[str]:
    """The names of the parts that have a value; evidence is shown by itself."""
    return [name for name, value in items if value not in (None, []) and name != "evidence"]
