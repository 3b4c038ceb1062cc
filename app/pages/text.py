"""Text as HTML: everything that a source wrote is escaped, and its control characters are shown."""

import re
from html import escape

from app.presentation.text import CONTROL_CHARACTERS

_CODE = re.compile("`([^`]+)`")


def escape_text(text: str) -> str:
    """Escape text for HTML and show its control characters by their code points."""
    escaped = escape(text)
    # Control characters are not printable; most texts are, and isprintable() is fast.
    return escaped if text.isprintable() else CONTROL_CHARACTERS.sub(_code_point, escaped)


def escape_code(text: str) -> str:
    """Escape a message for HTML; what stands between backticks in it is code."""
    return _CODE.sub(r"<code>\1</code>", escape_text(text))


def _code_point(match: re.Match[str]) -> str:
    return f'<span class="sign">U+{ord(match[0]):04X}</span>'


def escape_json(json: str) -> str:
    """JSON for a script element: it can neither end the element nor reorder the page's source."""
    if not json.isprintable():
        json = CONTROL_CHARACTERS.sub(lambda match: f"\\u{ord(match[0]):04x}", json)
    return json.replace("<", "\\u003c")


def is_web_url(url: str) -> bool:
    """Whether a URL may become a link: http and https alone, never a script."""
    return "://" in url and url[:8].lower().startswith(("https://", "http://"))
