"""Passages: quotes and ranges of a record as texts, in reading order.

Pieces of evidence that overlap or touch are one passage. Across a gap only those are joined that
carry the claim itself: a date or a name of another sentence, joined to it, would say what the
source does not (“on 7 October […] 40 people were injured”).
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from app.presentation.text import name_controls
from app.resources.fields import published_words

MAX_GAP = 240
"""Characters between two pieces of evidence in one passage: about two lines."""
_ADJACENT = 1
"""Characters between two pieces of evidence without a gap: a space, or the end of a line."""
_HEADLINE_FIELDS = frozenset(("summary", "value", "type", "as_written"))
"""The fields that a headline states."""
_CLAIM_FIELDS = _HEADLINE_FIELDS | frozenset(
    ("act", "attribution", "measure", "participants", "population", "qualifier", "quoted_words")
)
"""The fields that make the claim: what is said or counted, of whom, and who says or does it."""
Evidence = Mapping[str, Any]


class Span(NamedTuple):
    """A part of a passage, with the fields that it supports; no `text`: a gap.

    Words between two quotes, which the context of one of them has, support no field.
    """

    text: str
    proves: tuple[str, ...] = ()

    @property
    def is_gap(self) -> bool:
        return not self.text


class Passage(NamedTuple):
    """Words of one source from `start` to `end`, in code points, with gaps between published ones.

    `prefix` and `suffix` are the words around it.
    """

    source: str
    spans: tuple[Span, ...]
    start: int
    end: int
    prefix: str
    suffix: str

    @property
    def text(self) -> str:
        """The passage as plain text, with […] for gaps."""
        return "".join(" […] " if span.is_gap else span.text for span in self.spans)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it supports, each once."""
        return tuple(dict.fromkeys(name for span in self.spans for name in span.proves))

    @property
    def is_of_headline(self) -> bool:
        """Whether it supports what the headline of the record states."""
        return any(supports_headline(span.proves) for span in self.spans if span.proves)


def supports_headline(proves: Sequence[str]) -> bool:
    """Whether words that prove these fields support the headline."""
    return not _HEADLINE_FIELDS.isdisjoint(proves)


def passages_of(evidence: Sequence[Evidence]) -> tuple[Passage, ...]:
    """The evidence of a record as passages, by source and in reading order."""
    stretches = [_Stretch(item["source"], item["start"], item["end"]) for item in evidence]
    of_claim = [
        stretch
        for stretch, item in zip(stretches, evidence, strict=True)
        if not _CLAIM_FIELDS.isdisjoint(item["proves"])
    ]
    joined = _joined([*_joined(of_claim, MAX_GAP), *stretches], _ADJACENT)
    return tuple(
        _passage([item for item in evidence if stretch.contains(item)]) for stretch in joined
    )


class _Stretch(NamedTuple):
    """A part of a source, in code points."""

    source: str
    start: int
    end: int

    def contains(self, item: Evidence) -> bool:
        is_inside: bool = self.start <= item["start"] and item["end"] <= self.end
        return is_inside and bool(item["source"] == self.source)


def _joined(stretches: Iterable[_Stretch], max_gap: int) -> list[_Stretch]:
    """The stretches in reading order; those with no more than `max_gap` between them are one."""
    result: list[_Stretch] = []
    for stretch in sorted(stretches):
        last = result[-1] if result else None
        if last and last.source == stretch.source and stretch.start - last.end <= max_gap:
            result[-1] = last._replace(end=max(last.end, stretch.end))
        else:
            result.append(stretch)
    return result


def main_passage_of(found: Sequence[Passage], number: str | None = None) -> Passage | None:
    """The passage with most words that support the headline; of a number one that has it."""
    supporting = [passage for passage in found if passage.is_of_headline]
    if number is not None:
        with_number = [passage for passage in supporting if number in passage.text]
        supporting = with_number or supporting
    return max(supporting, key=_words_of_headline, default=None)


def _words_of_headline(passage: Passage) -> int:
    """In characters. Words that support other fields do not make a passage say more of it."""
    return sum(len(span.text) for span in passage.spans if supports_headline(span.proves))


class _Words(NamedTuple):
    """Published words of a piece of evidence: a quote, or one end of a range."""

    text: str
    start: int
    end: int
    proves: Sequence[str]
    prefix: str
    suffix: str


def _passage(evidence: Sequence[Evidence]) -> Passage:
    words = sorted(
        (
            _Words(
                text,
                start,
                start + len(text),
                item["proves"],
                item.get("prefix", ""),
                item.get("suffix", ""),
            )
            for item in evidence
            for text, start in published_words(item)
        ),
        key=lambda item: (item.start, item.end),
    )
    last = max(words, key=lambda item: item.end)
    return Passage(
        evidence[0]["source"],
        tuple(_spans(words)),
        words[0].start,
        last.end,
        name_controls(words[0].prefix),
        name_controls(last.suffix),
    )


def _spans(words: Sequence[_Words]) -> Iterator[Span]:
    """The parts of a passage between the ends of its words, which may overlap."""
    ends = sorted({end for item in words for end in (item.start, item.end)})
    following = deque(words)
    covering: list[_Words] = []
    last = words[0]
    for start, end in pairwise(ends):
        covering = [item for item in covering if item.end > start]
        while following and following[0].start == start:
            covering.append(following.popleft())
        if covering:
            last = covering[0]
            text = last.text[start - last.start : end - last.start]
            fields = (name for item in covering for name in item.proves)
            yield Span(name_controls(text), tuple(dict.fromkeys(fields)))
        else:
            yield Span(_between(last, following[0], end - start))


def _between(before: _Words, after: _Words, length: int) -> str:
    """The words of a gap where the context of a quote has them; empty: a gap."""
    if len(before.suffix) >= length:
        return name_controls(before.suffix[:length])
    if len(after.prefix) >= length:
        return name_controls(after.prefix[-length:])
    return " " if length == _ADJACENT else ""
