"""What full-text search knows of a record.

Folding and tokenising is done here, once and for both databases, so that they find the same: compatibility forms are
made one, marks removed, case folded, and only letters and digits count. `28,473` is the two tokens 28 and 473 in a row.
"""

import re
import unicodedata
from collections.abc import Iterator

from app.resources.shared import Record

_TOKEN = re.compile(r"[^\W_]+")
_SHOWN_TEXT = ("title", "summary", "definition", "headline", "publisher", "as_written", "measure")


def tokens(text: str) -> list[str]:
    """The words of a text as search compares them."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _TOKEN.findall(bare.casefold())


def document(record: Record) -> str:
    """The tokens of a record: its title and texts, its names, and the words that it quotes."""
    return " ".join(token for text in _texts(record) for token in tokens(text))


def _texts(record: Record) -> Iterator[str]:
    for name in _SHOWN_TEXT:
        value = getattr(record, name, None)
        if isinstance(value, str):
            yield value
    for name in getattr(record, "names_as_written", ()):
        yield name.as_written
    for role in getattr(record, "roles", ()):
        yield role.title
    if not hasattr(record, "counts") and not hasattr(record, "points"):
        # A source and a series show the evidence of their records; those are found themselves.
        for evidence in record.evidence:
            yield evidence.exact
