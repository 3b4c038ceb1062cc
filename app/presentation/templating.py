"""The Jinja templates that outputs share, and the filters of all templates."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined

from app.presentation.model import Presentation, record_path
from app.presentation.text import (
    code_label,
    field_label,
    format_number,
    long_date,
    name_controls,
)
from app.resources.fields import identifier_url

TEMPLATES = Path(__file__).parent / "templates"
FILTERS: Mapping[str, Callable[..., Any]] = {
    "code_label": code_label,
    "identifier_url": identifier_url,
    "field_label": field_label,
    "long_date": long_date,
    "name_controls": name_controls,
    "number": format_number,
    "record_path": record_path,
}


def _with_named_controls(value: Any) -> Any:
    """Every text that a template prints shows its control characters; markup has none."""
    if type(value) is str and not value.isprintable():
        return name_controls(value)
    return value


def environment(loader: BaseLoader) -> Environment:
    """Templates with autoescape and visible control characters; an unknown name is an error."""
    result = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        finalize=_with_named_controls,
    )
    result.filters |= FILTERS
    return result


_ENVIRONMENT = environment(FileSystemLoader(TEMPLATES))


def entry_html(record: Presentation, base: str, change: str | None = None) -> str:
    """A record as the content of a feed's entry or of a slide. `base` begins its URLs."""
    template = _ENVIRONMENT.get_template("entry.html")
    return template.render(record=record, base=base, change=change).strip()
