"""Text for places where autoescape does not reach: code in messages, JSON in script elements."""

import re

from markupsafe import Markup, escape

from app.presentation.text import CONTROL_CHARACTERS, name_controls

_CODE = re.compile("`([^`]+)`")
_CODE_ELEMENT = Markup("<code>{}</code>")


def code_spans(text: str) -> Markup:
    """A message as HTML; what stands between backticks in it is code."""
    pieces = _CODE.split(name_controls(text))
    return Markup("").join(
        _CODE_ELEMENT.format(piece) if index % 2 else escape(piece)
        for index, piece in enumerate(pieces)
    )


def json_in_script(json: str) -> Markup:
    """JSON for a script element: it can neither end the element nor reorder the page's source."""
    if not json.isprintable():
        json = CONTROL_CHARACTERS.sub(lambda match: f"\\u{ord(match[0]):04x}", json)
    return Markup(json.replace("<", "\\u003c"))  # noqa: S704 - no markup is left in it


def is_web_url(url: str) -> bool:
    """Whether a URL may become a link: http and https alone, never a script."""
    return "://" in url and url[:8].lower().startswith(("https://", "http://"))
