"""The templates of pages, read when the first page is asked for: servers that only programs ask need none of it."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.pages import components
from app.pages import form_fields as form
from app.pages.page_context import FOLDER, PageContext, Safe
from app.pages.text import escape_text
from app.presentation.text import (
    code_label,
    field_label,
    format_number,
    long_date,
    replace_controls,
)
from app.resources import RESOURCES
from app.vocabulary import ResourceType

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
        "escape_text": lambda text: Safe(escape_text(text)),
        "replace_controls": replace_controls,
        "code_label": code_label,
        "field_label": field_label,
        "long_date": long_date,
        "number": format_number,
        "joined": form.joined,
        "pretty": lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),
    }
    made.globals |= {
        "navigation": NAVIGATION,
        "current": "",
        "c": components,
        "top": _top,
        "bottom": _bottom,
    }
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
    text: str = template(name).render(
        {key: value for part in (*given, values) for key, value in part.items()}
    )
    return encoded(text)


class _Places:
    """Any name stands for a place that is marked with it."""

    def __getattr__(self, name: str) -> Safe:
        return Safe(f"{_MARK}{name}{_MARK}")


_MARK = "\0"
"""No template has it."""


class Layout(NamedTuple):
    """What a template says by itself: each text with the name of the part behind it, and what follows the last."""

    texts: Sequence[tuple[bytes, str]]
    end: bytes


@lru_cache(maxsize=256)
def layout(name: str, root: Safe, version: str, current: str, noun: ResourceType) -> Layout:
    """A template that has places for parts. It is rendered once, not for each page: that would cost more than most of its parts."""
    text: str = template(name).render(
        at=PageContext(root, version), current=current, noun=noun, part=_Places()
    )
    *cut, end = text.split(_MARK)
    return Layout(
        [(before.encode(), part) for before, part in zip(cut[::2], cut[1::2], strict=True)],
        end.encode(),
    )


def filled(page: Layout, parts: Mapping[str, str | bytes]) -> bytes:
    """A layout with its parts, which are markup."""
    pieces: list[bytes] = []
    for text, name in page.texts:
        part = parts[name]
        pieces += (text, part if isinstance(part, bytes) else encoded(part))
    return b"".join([*pieces, page.end])


def encoded(text: str) -> bytes:
    # A lone surrogate has no UTF-8; nothing that was read as UTF-8 has one.
    return text.encode("utf-8", "replace")
