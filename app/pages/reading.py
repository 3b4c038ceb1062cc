"""The evidence of a source in reading order, with the records that it proves."""

from collections.abc import Sequence
from typing import NamedTuple

from app.query.results import Page, QuotedSpan
from app.resources.fields import published_words


class QuotedPassage(NamedTuple):
    """What quotes and ranges cover without a gap; `gap` characters before it are not quoted.

    `parts` are its published words, with gaps between them where a range omits words.
    """

    gap: int
    parts: Sequence[str]
    spans: Sequence[QuotedSpan]

    @property
    def record_count(self) -> int:
        return sum(len(span.records) for span in self.spans)


class SourceEvidence(NamedTuple):
    """The first evidence of a source; `next_start` is where more continues, None: there is none."""

    passages: Sequence[QuotedPassage]
    content_sha256: str
    next_start: int | None


def source_evidence(page: Page[QuotedSpan]) -> SourceEvidence:
    next_start = page.items[-1].start if page.next else None
    return SourceEvidence(_passages(page.items), page.content_sha256, next_start)


def with_gaps(spans: Sequence[QuotedSpan]) -> list[tuple[int, QuotedSpan]]:
    """Each span with the number of characters before it that are not quoted."""
    result = []
    position = spans[0].start if spans else 0
    for item in spans:
        result.append((max(item.start - position, 0), item))
        position = max(position, item.end)
    return result


def _passages(spans: Sequence[QuotedSpan]) -> list[QuotedPassage]:
    """The passages of spans, which are in reading order and may overlap."""
    groups: list[tuple[int, list[QuotedSpan]]] = []
    position = 0
    for item in spans:
        if groups and item.start <= position:
            groups[-1][1].append(item)
        else:
            groups.append((item.start - position, [item]))
        position = max(position, item.end)
    return [QuotedPassage(gap, _published(group), group) for gap, group in groups]


def _published(spans: Sequence[QuotedSpan]) -> list[str]:
    """The published words of overlapping spans, each once; what touches is one part."""
    parts: list[str] = []
    end = 0
    for start, text in sorted(
        (start, text) for item in spans for text, start in published_words(item.evidence)
    ):
        if parts and start <= end:
            parts[-1] += text[end - start :] if start + len(text) > end else ""
        else:
            parts.append(text)
        end = max(end, start + len(text))
    return parts
