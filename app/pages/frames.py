"""Cards as HTML documents of their own, for frames on other websites.

A document loads nothing and works without scripts; its script reports its height.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from app.pages.page_context import FOLDER, Safe
from app.pages.text import escape_text
from app.presentation.cards import Card, Line, Part
from app.presentation.text import replace_controls
from app.vocabulary import Theme

_IMPRINT = "It says what a source states, never that it is true. Dataset "
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


def render_card(card: Card, root: Safe, theme: Theme) -> bytes:
    """The document of a card. `root` is the path that URLs begin with."""
    url = f"{root}{card.path}"
    body = [
        f'<p class="kicker">{card.resource_type} · {escape_text(card.kind)}</p>',
        f'<h1 class="title">{_link(url, f"<bdi>{escape_text(card.title)}</bdi>")}</h1>',
    ]
    if card.number is not None:
        body.append(f'<p class="number"><bdi>{escape_text(card.number)}</bdi></p>')
    if card.measure is not None:
        body.append(f'<p class="measure">{escape_text(card.measure)}</p>')
    if card.sentence is not None:
        body.append(f'<p class="sentence"><bdi>{escape_text(card.sentence)}</bdi></p>')
    body.append(f"<dl>{''.join([_line(line, root) for line in card.lines])}</dl>")
    if card.quote is not None:
        body.append(
            f'<blockquote dir="auto"><p><mark>{escape_text(card.quote)}</mark></p></blockquote>'
        )
    notes = (*card.corrections, *card.notes)
    if notes:
        body.append(
            f"<ul>{''.join([f'<li><bdi>{escape_text(note)}</bdi></li>' for note in notes])}</ul>"
        )
    body.append(
        f'<p class="ours">{_link(f"{root}/", "On Record")} · {_IMPRINT}'
        f"<code>{escape_text(card.version)}</code>.</p>"
    )
    return _document(
        f"card {card.resource_type}",
        card.title,
        body,
        theme,
        f'<link rel="canonical" href="{url}">',
    )


def render_problem_card(problem: dict[str, Any], root: Safe, theme: Theme) -> bytes:
    """The document in place of a card."""
    body = [
        f'<p class="kicker">{problem["status"]}</p>',
        f'<h1 class="title">{escape_text(problem["title"])}</h1>',
        f'<p class="sentence"><bdi>{escape_text(problem["detail"])}</bdi></p>',
        f'<p class="ours">{_link(f"{root}/", "On Record")}</p>',
    ]
    return _document("card problem", problem["title"], body, theme)


def _document(name: str, title: str, body: Sequence[str], theme: Theme, head: str = "") -> bytes:
    style, script, _ = card_assets()
    text = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="{_COLOR_SCHEMES[theme]}">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape_text(replace_controls(title))} · On Record</title>{head}"
        f"<style>{style}</style></head><body><main>"
        f'<article class="{name}" data-theme="{theme}">{"".join(body)}</article></main>'
        f"<script>{script}</script></body></html>\n"
    )
    return text.encode("utf-8", "replace")


def _line(line: Line, root: Safe) -> str:
    parts = "".join([_part(part, root) for part in line.parts])
    return f"<div><dt>{escape_text(line.name)}</dt><dd>{parts}</dd></div>"


def _part(part: Part, root: Safe) -> str:
    markup = (
        f"<q><bdi>{escape_text(part.text)}</bdi></q>"
        if part.is_quoted
        else f"<bdi>{escape_text(part.text)}</bdi>"
    )
    return markup if part.path is None else _link(f"{root}{part.path}", markup)


def _link(url: str, markup: str) -> str:
    """A link that opens outside the frame."""
    return f'<a href="{url}" target="_blank" rel="noopener">{markup}</a>'
