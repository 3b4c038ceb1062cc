"""Direct speech in texts: quotation marks of all styles, dashes and transcripts."""

import re
from collections import Counter
from collections.abc import Iterator

Span = tuple[int, int]

_CLOSING = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«»",
    "‘": "’",
    "‚": "‘’",
    "‹": "›",
    "›": "‹›",
    "「": "」",
    "『": "』",
    "”": "”",
    "’": "’",
    '"': '"',
    "'": "'",
}
"""The marks that close a quotation, by the mark that opens it."""

_EITHER = frozenset("”’\"'»›")
"""Marks that both open and close, or that are apostrophes: the characters beside them decide."""

_DASHES = "—–―"
_SPOKEN_LINE = re.compile(rf"^[ \t]*[{_DASHES}][ \t]?(?=\S).*|:[ \t]*[—―](?=\S).*", re.MULTILINE)
_NARRATION = re.compile(rf"\s[{_DASHES}](?=\w)[^{_DASHES}\n]*(?:[{_DASHES}](?=[\s.,;:!?…]|$)|$)")

_LINE_BREAK = re.compile(r"\n\s*")
_LABEL = re.compile(
    r"^[ \t*]*([^\W_][^\n:.!?“”\"«»]{0,59}?|[^\n:]{0,40}\.[^\n:]{0,20})[ \t*]*:(?=\s)",
    re.MULTILINE,
)
_PARTICLES = frozenset(
    "de da do del di du la le von van bin ibn al el of the for and y e et".split()
)


def speech_spans(text: str) -> list[Span]:
    """Return the start and end of every passage of direct speech, in no order."""
    turns = ((label[1], end) for label, end in turns_of_speech(text))
    return [*_quotations(text), *_dialogue(text), *turns]


def is_direct_speech(spans: list[Span], start: int, end: int) -> bool:
    return any(first <= start and end <= last for first, last in spans)


# --------------------------------------------------------------------------------- quotation marks


def _quotations(text: str) -> Iterator[Span]:
    index = 0
    while index < len(text):
        end = _end_of_quotation(text, index) if _opens(text, index) else None
        if end is None:
            index += 1
        else:
            yield index, end
            index = end


def _end_of_quotation(text: str, start: int) -> int | None:
    """Return the end of the quotation that a mark opens; None if it is never closed.

    A quotation may run over a line break. One of several paragraphs opens each of them again and
    closes the last alone.
    """
    mark, index = text[start], start + 1
    doubtful = None
    while index < len(text):
        character = text[index]
        if character in _CLOSING[mark] and _closes(text, index):
            if not (character in "’'" and text[index - 1] in "sS"):
                return index + 1
            doubtful = doubtful or index + 1  # “the workers’”, or the end of ‘… the workers’
        elif character == mark and _opens(text, index):
            return doubtful
        elif line_break := _LINE_BREAK.match(text, index):
            index = line_break.end()
            if text.startswith(mark, index):
                index += 1
            elif line_break[0].count("\n") > 1:
                return doubtful
            continue
        index += 1
    return doubtful


def _opens(text: str, index: int) -> bool:
    """Whether a mark opens a quotation, if none is open."""
    mark, before, behind = text[index], text[index - 1 : index], text[index + 1 : index + 2]
    if mark not in _CLOSING or not behind:
        return False
    if mark in _EITHER:
        return not before.isalnum() and not behind.isspace() and before not in tuple(".,!?…")
    return True


def _closes(text: str, index: int) -> bool:
    mark, before, behind = text[index], text[index - 1 : index], text[index + 1 : index + 2]
    if mark in "’'":
        return not behind.isalnum() and not before.isspace()
    return mark != '"' or not before.isspace() or not behind.isalnum()


# ------------------------------------------------------------------------------ dashes, transcripts


def _dialogue(text: str) -> Iterator[Span]:
    """Yield what stands behind a dash at the beginning of a line, without “—dijo Juan—”."""
    for line in _SPOKEN_LINE.finditer(text):
        start = line.start()
        for narration in _NARRATION.finditer(text, line.start() + 1, line.end()):
            yield start, narration.start()
            start = narration.end()
        yield start, line.end()


def turns_of_speech(text: str) -> Iterator[tuple[Span, int]]:
    """Yield the turns of a transcript: each label, `NAME:`, and where the words behind it end."""
    labels = [match for match in _LABEL.finditer(text) if _may_be_speaker(match[1])]
    counts = Counter(label[1] for label in labels)
    speakers = [label for label in labels if counts[label[1]] > 1 or _is_speaker(label[1])]
    for number, label in enumerate(speakers):
        if number + 1 < len(speakers):
            end = speakers[number + 1].start()
        elif number:
            end = len(text)
        else:
            end = (text + "\n").index("\n", label.end() + 1)
        yield label.span(), end


def _may_be_speaker(label: str) -> bool:
    """Whether the words are few and each is a name, or of a script without capitals."""
    words = re.sub(r"\([^)]*\)", "", label).split()
    return 0 < len(words) <= 6 and all(
        not word[0].islower() or word in _PARTICLES for word in words
    )


def _is_speaker(label: str) -> bool:
    """Whether a label that stands once is a speaker: in capitals, or a name of several words."""
    words = [word for word in label.split() if word[0].isupper()]
    return label.isupper() or len(words) > 1
