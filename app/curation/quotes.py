"""Quotes and ranges, their places in a text, and the lock entries that prove them.

Offsets are Unicode code points of the text decoded from UTF-8, 0-based, end-exclusive. Nothing is
normalised and nothing is matched approximately (W3C Web Annotation, TextQuoteSelector). A quote
that occurs more than once is an error until its context selects one occurrence. A range is a longer
passage by its first and last words; it is the only one in the text that begins and ends with them.

A lock entry is to a quote what a line of a lock file is to a dependency: it is compared with the
text if that is available, and proves without it that the quote has not changed.
"""

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.curation.lookalikes import find_lookalike, how_to_write, printed
from app.errors import OperatorError

CONTEXT_LIMIT = 24
LOCK_FORMAT = 3


def sha256(content: bytes | str) -> str:
    return hashlib.sha256(
        content.encode("utf-8") if isinstance(content, str) else content
    ).hexdigest()


@dataclass(frozen=True)
class Quote:
    """A quote as the curator writes it, with context that selects one occurrence."""

    exact: str
    prefix: str = ""
    suffix: str = ""

    @property
    def selector(self) -> tuple[str, ...]:
        return sha256(self.exact), self.prefix, self.suffix

    def __str__(self) -> str:
        return printed(self.exact)


@dataclass(frozen=True)
class Range:
    """A passage by its first and last words, as the curator writes them."""

    first: str
    last: str

    @property
    def selector(self) -> tuple[str, ...]:
        return sha256(self.first), sha256(self.last)

    def __str__(self) -> str:
        return f"{printed(self.first)} … {printed(self.last)}"


@dataclass(frozen=True, kw_only=True)
class QuoteLockEntry:
    """The place of a quote. `prefix` and `suffix` are the shortest context that makes it unique.

    `given_prefix` and `given_suffix` repeat the curator's context: with the hash of the quote they
    identify the entry without the text.
    """

    quote_sha256: str
    start: int
    end: int
    prefix: str
    suffix: str
    given_prefix: str = ""
    given_suffix: str = ""

    @property
    def selector(self) -> tuple[str, ...]:
        return self.quote_sha256, self.given_prefix, self.given_suffix

    @property
    def published(self) -> tuple[tuple[int, int], ...]:
        """The parts of the text that are published."""
        return ((self.start - len(self.prefix), self.end + len(self.suffix)),)

    def is_of_length(self, item: "Quote | Range") -> bool:
        return isinstance(item, Quote) and self.end - self.start == len(item.exact)

    def __str__(self) -> str:
        return (
            f"characters {self.start} to {self.end} between {printed(self.prefix)} and"
            f" {printed(self.suffix)}"
        )


@dataclass(frozen=True, kw_only=True)
class RangeLockEntry:
    """The place of a range. Its first words end at `first_end`, its last begin at `last_start`.

    The hashes of its first and last words identify the entry without the text; the hash of all of
    it proves what stands between them.
    """

    range_sha256: str
    first_sha256: str
    last_sha256: str
    start: int
    first_end: int
    last_start: int
    end: int

    @property
    def selector(self) -> tuple[str, ...]:
        return self.first_sha256, self.last_sha256

    @property
    def published(self) -> tuple[tuple[int, int], ...]:
        """The parts of the text that are published."""
        return ((self.start, self.first_end), (self.last_start, self.end))

    def is_of_length(self, item: "Quote | Range") -> bool:
        return (
            isinstance(item, Range)
            and self.first_end - self.start == len(item.first)
            and self.end - self.last_start == len(item.last)
        )

    def __str__(self) -> str:
        return f"characters {self.start} to {self.end}"


LockEntry = QuoteLockEntry | RangeLockEntry


class QuoteNotFoundError(ValueError):
    pass


class QuoteAmbiguousError(ValueError):
    pass


def occurrences(text: str, words: str) -> list[int]:
    """Return the offset of every occurrence of the words, overlapping ones too."""
    offsets: list[int] = []
    start = text.find(words)
    while start >= 0:
        offsets.append(start)
        start = text.find(words, start + 1)
    return offsets


def locate(text: str, item: Quote | Range) -> LockEntry:
    """Return the lock entry of a quote or a range that occurs once.

    Raises QuoteNotFoundError or QuoteAmbiguousError; the message tells the curator what to write.
    """
    return _locate_quote(text, item) if isinstance(item, Quote) else _locate_range(text, item)


def _locate_range(text: str, item: Range) -> RangeLockEntry:
    firsts, lasts = occurrences(text, item.first), occurrences(text, item.last)
    for words, places in ((item.first, firsts), (item.last, lasts)):
        if not places:
            raise QuoteNotFoundError(_how_to_fix(text, Quote(words)))
    spans = [
        (start, last, last + len(item.last))
        for start in firsts
        for last in lasts
        if last >= start + len(item.first)
    ]
    if not spans:
        raise QuoteNotFoundError(
            f"Write the words with which the range ends: {printed(item.last)} does not stand after"
            f" {printed(item.first)}"
        )
    if len(spans) > 1:
        ends = "; ".join(f"“{_around(text, start, end)}”" for start, _, end in spans[:2])
        raise QuoteAmbiguousError(
            f"Write more of its first or last words: {len(spans)} passages begin with"
            f" {printed(item.first)} and end with {printed(item.last)}: {ends}"
        )
    start, last_start, end = spans[0]
    return RangeLockEntry(
        range_sha256=sha256(text[start:end]),
        first_sha256=sha256(item.first),
        last_sha256=sha256(item.last),
        start=start,
        first_end=start + len(item.first),
        last_start=last_start,
        end=end,
    )


def _locate_quote(text: str, quote: Quote) -> QuoteLockEntry:
    """Return the lock entry of a quote that occurs once.

    Raises QuoteNotFoundError or QuoteAmbiguousError; the message tells the curator what to write.
    """
    in_context = quote.prefix + quote.exact + quote.suffix
    starts = [start + len(quote.prefix) for start in occurrences(text, in_context)]
    if not starts:
        raise QuoteNotFoundError(_how_to_fix(text, quote))
    if len(starts) > 1:
        places = "; ".join(
            f"“{_around(text, start, start + len(quote.exact))}”" for start in starts[:4]
        )
        omitted = f" and {len(starts) - 4} more" if len(starts) > 4 else ""
        raise QuoteAmbiguousError(
            "Quote more words, or add the few words before it (prefix) or after it (suffix):"
            f" {printed(quote.exact)} occurs in {len(starts)} places: {places}{omitted}"
        )
    start = starts[0]
    end = start + len(quote.exact)
    prefix, suffix = shortest_context(text, start, end)
    return QuoteLockEntry(
        quote_sha256=sha256(quote.exact),
        start=start,
        end=end,
        prefix=prefix,
        suffix=suffix,
        given_prefix=quote.prefix,
        given_suffix=quote.suffix,
    )


def shortest_context(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the fewest characters before and after a span that make it unique.

    Each has at most CONTEXT_LIMIT characters. Of two contexts of equal length the one with the
    longer prefix is chosen. Raises QuoteAmbiguousError if no context is unique.
    """
    rivals = [
        (_common_before(text, start, other), _common_after(text, end, other + end - start))
        for other in occurrences(text, text[start:end])
        if other != start
    ]
    if not rivals:
        return "", ""
    best: tuple[int, int] | None = None
    for prefix_length in sorted({0} | {same + 1 for same, _ in rivals}):
        suffix_length = max(
            (same + 1 for same_before, same in rivals if same_before >= prefix_length), default=0
        )
        if prefix_length > min(CONTEXT_LIMIT, start) or suffix_length > min(
            CONTEXT_LIMIT, len(text) - end
        ):
            continue
        if best is None or prefix_length + suffix_length <= sum(best):
            best = (prefix_length, suffix_length)
    if best is None:
        raise QuoteAmbiguousError(
            f"Quote more words: {CONTEXT_LIMIT} characters of context do not tell"
            f" {printed(text[start:end])} from its other occurrences"
        )
    prefix_length, suffix_length = best
    return text[start - prefix_length : start], text[end : end + suffix_length]


def _common_before(text: str, first: int, second: int) -> int:
    """Count the equal characters before two offsets, up to one more than a context may have."""
    same = 0
    while (
        same <= CONTEXT_LIMIT
        and min(first, second) - same > 0
        and text[first - same - 1] == text[second - same - 1]
    ):
        same += 1
    return same


def _common_after(text: str, first: int, second: int) -> int:
    same = 0
    while (
        same <= CONTEXT_LIMIT
        and max(first, second) + same < len(text)
        and text[first + same] == text[second + same]
    ):
        same += 1
    return same


def _around(text: str, start: int, end: int) -> str:
    return " ".join(text[max(0, start - 16) : end + 16].split())


def _how_to_fix(text: str, quote: Quote) -> str:
    """The message for a quote that is not in the text, with the most similar passage."""
    # Imported only for a message: no quote is matched approximately.
    from rapidfuzz import fuzz

    in_context = quote.prefix + quote.exact + quote.suffix
    if quote.prefix or quote.suffix:
        alone = occurrences(text, quote.exact)
        if alone:
            places = "; ".join(
                f"“{_around(text, offset, offset + len(quote.exact))}”" for offset in alone[:4]
            )
            return (
                f"Copy prefix and suffix from the text: {printed(quote.exact)} occurs there, but"
                f" not with these: {places}"
            )
    passage = find_lookalike(text, in_context)
    if passage is not None:
        if any(unicodedata.category(c) == "Cc" and c not in "\n\r\t" for c in passage):
            return (
                f"Quote the words before or after the control character in {printed(passage)}: no"
                " record can contain it"
            )
        return how_to_write(in_context, passage, "the text")
    shown = printed(in_context)
    alignment = fuzz.partial_ratio_alignment(in_context, text, score_cutoff=60)
    if alignment is None:
        return f"Copy the quote from the text: nothing like {shown} occurs there"
    start = (
        max(text.rfind(" ", 0, alignment.dest_start), text.rfind("\n", 0, alignment.dest_start)) + 1
    )
    end = alignment.dest_end
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return (
        f"Copy the quote from the text: {shown} does not occur there; the closest passage is"
        f" {printed(text[start:end])}"
    )


# -------------------------------------------------------------------------------------------- texts


class Texts:
    """The raw texts in some folders and their subfolders, by the SHA-256 of their files."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._paths: dict[str, Path] = {}
        self._requested: set[str] = set()
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    try:
                        content = path.read_bytes()
                    except OSError as error:
                        raise OperatorError(
                            f"the text {path} cannot be read: {error.strerror}"
                        ) from None
                    self._paths.setdefault(sha256(content), path)

    @classmethod
    def from_setting(cls, setting: str, seed: Path) -> "Texts":
        """Read the folders of ONRECORD_TEXTS and `texts/` of the seed tree.

        Raises OperatorError if the setting names a folder that does not exist.
        """
        folders = [Path(name) for name in setting.split(os.pathsep) if name]
        for folder in folders:
            if not folder.is_dir():
                raise OperatorError(f"ONRECORD_TEXTS names {folder}, which is not a folder")
        return cls([*folders, seed / "texts"])

    def get(self, content_sha256: str) -> bytes | None:
        """Return the content of the file with that hash, None if there is none."""
        self._requested.add(content_sha256)
        path = self._paths.get(content_sha256)
        return None if path is None else path.read_bytes()

    def unused(self) -> Iterator[tuple[str, Path, str]]:
        """Yield the hash, the file and the text of each that no source has requested: one of them
        may have changed since it was locked.
        """
        for content_sha256, path in self._paths.items():
            if content_sha256 not in self._requested:
                yield content_sha256, path, path.read_bytes().decode("utf-8", "replace")


# --------------------------------------------------------------------------------------------- lock


@dataclass(frozen=True, kw_only=True)
class Lock:
    """One article's `evidence.lock`, in reading order. `checksum` covers all the rest."""

    text_sha256: str
    characters: int
    entries: tuple[LockEntry, ...]
    not_read: tuple[str, ...] = ()
    """The numbers that the curator read, with a note: “id: two fewer = -2, none_stated”."""

    def to_json(self) -> str:
        """Write one entry a line, so that one change is one line of a diff."""
        head: dict[str, Any] = {
            "format": LOCK_FORMAT,
            "text_sha256": self.text_sha256,
            "characters": self.characters,
        }
        if self.not_read:
            head["not_read"] = self.not_read
        lines = [
            json.dumps(_without_empty(asdict(entry)), ensure_ascii=False) for entry in self.entries
        ]
        body = (
            json.dumps(head, ensure_ascii=False)[:-1]
            + ', "entries": [\n'
            + ",\n".join(lines)
            + "\n]"
        )
        return f'{body}, "checksum": "{sha256(body)}"}}\n'


class LockError(ValueError):
    """The lock file differs from what `onrecord lock` wrote."""


def _without_empty(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in entry.items() if value != "" or not key.startswith("given_")
    }


def parse_lock(content: str) -> Lock:
    try:
        data = json.loads(content)
        body = content[: content.rindex(', "checksum"')]
        if data["format"] != LOCK_FORMAT:
            raise LockError(
                f"Run “onrecord lock” with the text at hand: this version does not know format"
                f" {data['format']}"
            )
        if data["checksum"] != sha256(body):
            raise LockError(
                "Run “onrecord lock” with the text at hand: the file has been changed by hand, its"
                " checksum does not match"
            )
        return Lock(
            text_sha256=data["text_sha256"],
            characters=data["characters"],
            entries=tuple(map(_parse_entry, data["entries"])),
            not_read=tuple(data.get("not_read", ())),
        )
    except LockError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError):
        raise LockError(
            "Run “onrecord lock” with the text at hand: this is not a lock file"
        ) from None


def _parse_entry(entry: dict[str, Any]) -> LockEntry:
    return RangeLockEntry(**entry) if "range_sha256" in entry else QuoteLockEntry(**entry)


def make_lock(text: str, content_sha256: str, items: Iterable[Quote | Range]) -> Lock:
    """Make the lock of quotes and ranges. Raises QuoteNotFoundError or QuoteAmbiguousError."""
    entries = {entry.selector: entry for entry in (locate(text, item) for item in items)}
    ordered = sorted(entries.values(), key=lambda entry: (entry.start, entry.end, entry.selector))
    return Lock(text_sha256=content_sha256, characters=len(text), entries=tuple(ordered))


def published_share(entries: Sequence[LockEntry], characters: int) -> float:
    """Return the share of the text, from 0 to 1, that quotes with their contexts and the ends of
    ranges publish.
    """
    covered = reach = 0
    for start, end in sorted(span for entry in entries for span in entry.published):
        covered += max(0, end - max(start, reach))
        reach = max(reach, end)
    return covered / characters if characters else 0.0


_SENTENCE = re.compile(
    r"[^\n.!?。！？؟]*(?:[.!?。！？؟](?=\S)(?![”’\"')\]]|\s)[^\n.!?。！？؟]*)*[.!?。！？؟]?[”’\"')\]]*"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“‘\"'])(?:(?:[A-Z]\.)*[A-Z]|Dr|Mr|Mrs|Ms|Mx|Prof|Rev|Hon|Gov|Sen|Rep|Pres|Gen|Maj|Col"
    r"|Lt|Capt|Cmdr|Sgt|Brig|Adm|St|Ste|Mt|Jr|Sr|No|Nos|Art|vs|approx|etc|e\.g|i\.e|cf|Inc|Ltd|Co"
    r"|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|M|MM|Mme|Mlle|Sr|Sra|Dra?)\.$"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of a text, approximately.

    A sentence ends with a full stop, a question or exclamation mark, with the closing marks after
    it, or with the line. It does not end with an abbreviation, nor before a small letter.
    """
    spans: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text):
        stripped = match.group().strip()
        if not stripped:
            continue
        start = match.start() + match.group().index(stripped)
        end = start + len(stripped)
        if spans and _continues(text, spans[-1], start):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _continues(text: str, before: tuple[int, int], start: int) -> bool:
    """Whether what begins at `start` belongs to the sentence before it."""
    if "\n" in text[before[1] : start]:
        return False
    return text[start].islower() or _ABBREVIATION.search(text[slice(*before)]) is not None


_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
_CHARACTERS_OF_A_WORD = 2


def count_words(text: str) -> int:
    """Count the words of a text; of scripts without spaces, two characters are a word."""
    unspaced = sum(-(-len(run) // _CHARACTERS_OF_A_WORD) - 1 for run in _UNSPACED.findall(text))
    return len(text.split()) + unspaced
