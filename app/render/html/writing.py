"""The templates of pages, read when the first page is asked for: servers that only programs ask need none of it."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from app.render.html import components, form, words
from app.render.html.here import FOLDER, Safe
from app.resources import RESOURCES

if TYPE_CHECKING:
    from jinja2 import Environment

NAVIGATION = (
    *((resource.plural, resource.path) for noun in ("figure", "statement", "event", "actor", "place", "series", "source")
      for resource in [RESOURCES[noun]]),
    ("timeline", "/v1/timeline"),
    ("guide", "/docs/guide"),
)  # fmt: skip


@cache
def environment() -> "Environment":
    """Made when the first page is asked for: servers that only programs ask need none of it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters |= {
        "seen": lambda text: Safe(words.seen(text)),
        "bare": words.bare,
        "said": words.said,
        "label": words.label,
        "long_date": words.long_date,
        "number": words.number_of,
        "joined": form.joined,
        "pretty": lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),
    }
    made.globals |= {"navigation": NAVIGATION, "current": "", "c": components, "top": _top, "bottom": _bottom}
    return made


@cache
def template(name: str) -> Any:
    return environment().get_template(name)


@lru_cache(maxsize=256)
def _top(root: str, current: str) -> Safe:
    """What stands above every page."""
    text: str = template("top.html").render(root=Safe(root), current=current)
    return Safe(text)


@lru_cache(maxsize=64)
def _bottom(root: str, version: str) -> Safe:
    """What stands below every page."""
    text: str = template("bottom.html").render(root=Safe(root), version=version)
    return Safe(text)


def written(name: str, *given: Mapping[str, Any], **values: Any) -> bytes:
    text: str = template(name).render({key: value for part in (*given, values) for key, value in part.items()})
    # A lone surrogate has no UTF-8; nothing that was read as UTF-8 has one.
    return text.encode("utf-8", "replace")
