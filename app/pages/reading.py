"""The quotes of a source in reading order, with the records that they support."""

from collections.abc import Sequence
from typing import NamedTuple

from app.query.results import Page, Quote


class QuotedPassage(NamedTuple):
    """Words that quotes cover without a gap; `gap` characters before them are not quoted."""

    gap: int
    text: str
    quotes: Sequence[Quote]

    @property
    def record_count(self) -> int:
        return sum(len(quote.records) for quote in self.quotes)


class SourceQuotes(NamedTuple):
    """The first quotes of a source; `next_start` is where others continue, None: there are none."""

    passages: Sequence[QuotedPassage]
    content_sha256: str
    next_start: int | None


def source_quotes(page: Page[Quote]) -> SourceQuotes:
    next_start = page.items[-1].start if page.next else None
    return SourceQuotes(_passages(page.items), page.content_sha256, next_start)


def with_gaps(quotes: Sequence[Quote]) -> list[tuple[int, Quote]]:
    """Each quote with the number of characters before it that are not quoted."""
    result = []
    position = quotes[0].start if quotes else 0
    for item in quotes:
        result.append((max(item.start - position, 0), item))
        position = max(position, item.end)
    return result


def _passages(quotes: Sequence[Quote]) -> list[QuotedPassage]:
    passages: list[QuotedPassage] = []
    position = 0
    for item in quotes:
        if passages and item.start <= position:
            last = passages[-1]
            text = last.text + item.exact[position - item.start :]
            passages[-1] = last._replace(text=text, quotes=[*last.quotes, item])
        else:
            passages.append(QuotedPassage(item.start - position, item.exact, [item]))
        position = max(position, item.end)
    return passages
