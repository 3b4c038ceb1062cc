"""Cards as HTML documents of their own, for frames on other websites.

A document loads nothing and works without scripts; its script reports its height.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from markupsafe import Markup

from app.pages.page_context import FOLDER
from app.pages.templating import render_template
from app.presentation.model import Presentation
from app.vocabulary import Theme

_COLOR_SCHEMES: Mapping[Theme, str] = {"auto": "light dark", "light": "light", "dark": "dark"}
_BASE_STYLE = "html, body { margin: 0; background: transparent }"


class CardAssets(NamedTuple):
    """Style and script of all cards, and headers whose policy allows nothing else."""

    style: str
    script: str
    headers: dict[str, str]


@cache
def card_assets() -> CardAssets:
    style = f"{_BASE_STYLE}\n{(FOLDER / 'card.css').read_text(encoding='utf-8')}"
    script = (FOLDER / "height.js").read_text(encoding="utf-8")
    # No frame-ancestors: `*` would exclude files, notebooks and applications, by their schemes.
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)};"
        " base-uri 'none'; form-action 'none'"
    )
    return CardAssets(
        style, script, {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def render_card(record: Presentation, root: str, theme: Theme, version: str) -> bytes:
    """The document of a card. `root` is the path that URLs begin with."""
    return _render(
        "card_record.html",
        theme,
        record.title,
        name=record.resource_type,
        root=root,
        record=record,
        version=version,
    )


def render_problem_card(problem: Mapping[str, Any], root: str, theme: Theme) -> bytes:
    """The document in place of a card."""
    return _render(
        "card_problem.html", theme, problem["title"], name="problem", root=root, problem=problem
    )


def _render(template: str, theme: Theme, title: str, **values: Any) -> bytes:
    style, script, _ = card_assets()
    return render_template(
        template,
        values,
        title=title,
        theme=theme,
        color_scheme=_COLOR_SCHEMES[theme],
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
    )
