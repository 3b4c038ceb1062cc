"""Strings that look alike and differ: invisible characters, spaces, marks, letters of two codes."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator

_MARKS = str.maketrans("’‘‛′“”„‟″«»–—‐‑‒−…", '\'\'\'\'"""""""------.')
_YAML_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
MAX_SHOWN = 200


def code_point(character: str) -> str:
    """Name a character: `U+00A0 NO-BREAK SPACE`."""
    name = unicodedata.name(character, _CONTROL_NAMES.get(character, ""))
    return f"U+{ord(character):04X} {name}".rstrip()


_CONTROL_NAMES = {
    "\t": "TAB",
    "\n": "LINE FEED",
    "\v": "LINE TABULATION",
    "\f": "FORM FEED",
    "\r": "CARRIAGE RETURN",
    "\x85": "NEXT LINE",
}


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing, or a space that is not the ordinary one."""
    return character != " " and unicodedata.category(character) in (
        *("Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"),
    )


def printed(text: str) -> str:
    """Return a text in “…”, or escaped as YAML reads it if it has an invisible character."""
    if len(text) > MAX_SHOWN:
        text = f"{text[:MAX_SHOWN]}…"
    if not any(map(is_invisible, text)):
        return f"“{text}”"
    escaped = "".join(map(_escaped, text.replace("\\", "\\\\").replace('"', '\\"')))
    return f'"{escaped}"'


def _escaped(character: str) -> str:
    if not is_invisible(character):
        return character
    code = ord(character)
    return _YAML_ESCAPES.get(character) or (f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}")


def find_lookalike(text: str, words: str) -> str | None:
    """Return the first passage of a text that looks like the words, None if there is none.

    Spaces, quotation marks, dashes, case, ligatures and invisible characters are not compared.
    """
    wanted = "".join(folded for _, folded in _fold(words)).strip()
    if not wanted:
        return None
    places: list[int] = []
    parts: list[str] = []
    for index, folded in _fold(text):
        parts.append(folded)
        places += [index] * len(folded)
    start = "".join(parts).find(wanted)
    if start < 0:
        return None
    last = start + len(wanted)
    end = places[last] if last < len(places) else len(text)
    return text[places[start] : end].rstrip()


def _fold(text: str) -> Iterator[tuple[int, str]]:
    """Yield the visible characters of a text in their plainest form, with their indices.

    A letter comes with the marks that combine with it.
    """
    after_space = False
    for match in _CLUSTER.finditer(text):
        folded = unicodedata.normalize("NFKC", match.group().translate(_MARKS)).casefold()
        folded = "".join(c for c in folded if unicodedata.category(c) not in ("Cc", "Cf"))
        is_space = match.group().isspace()
        if is_space and not after_space:
            yield match.start(), " "
        elif folded and not is_space:
            yield match.start(), folded
        after_space = is_space or (after_space and not folded)


_CLUSTER = re.compile(r"\S[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]*|\s")


def differences(written: str, actual: str) -> str:
    """Name the characters that differ: `U+00A0 NO-BREAK SPACE, not U+0020 SPACE`."""
    matcher = difflib.SequenceMatcher(None, written, actual, autojunk=False)
    found: dict[str, None] = {}
    for _, i, j, k, m in matcher.get_opcodes():
        old, new = written[i:j], actual[k:m]
        if old.lower() != new.lower():
            found[f"{_code_points(new)}, not {_code_points(old)}"] = None
    return "; ".join(list(found)[:3])


def _code_points(text: str) -> str:
    return " ".join(map(code_point, text[:3])) or "nothing"


def how_to_write(written: str, actual: str, where: str) -> str:
    """Say how to write what looks like the words of a text, and name what differs."""
    differing = differences(written, actual)
    return f"Write {printed(actual)}" + (f": {where} has {differing}" if differing else "")


def like(words: str, texts: Iterable[str]) -> str:
    """Return how to write words that differ invisibly from a passage of the texts, else nothing."""
    for text in texts:
        passage = find_lookalike(text, words)
        if passage is not None:
            return f". {how_to_write(words, passage, 'it')}"
    return ""
