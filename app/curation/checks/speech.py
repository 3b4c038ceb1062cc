"""Quoted words: their proof in the text."""

from collections.abc import Iterator, Sequence

from app.curation import schema as s
from app.curation.checks.quotes import MAX_QUOTE_WORDS, MAX_RANGE_WORDS
from app.curation.files import Finding
from app.curation.lookalikes import like, printed
from app.curation.quotes import QuoteLockEntry, RangeLockEntry, occurrences
from app.curation.readers.speech import Span, is_direct_speech
from app.curation.seeds import Article, Entry, Seeds, as_span


def quoted_words_are_in_quotation_marks(seeds: Seeds) -> Iterator[Finding]:
    """Quoted words occur in the statement's evidence, and are direct speech in the text: in
    quotation marks, behind a dash or in a transcript.

    A paraphrase in quotation marks would attribute words that were not said.
    """
    rule = "quoted-words-are-in-quotation-marks"
    for article in seeds.articles:
        for entry in article.entries("statements"):
            for index, words in enumerate(entry.seed.quoted_words):
                places, fault = (
                    _places_of_range(article, entry, words)
                    if isinstance(words, s.RangeSeed)
                    else _places_of_words(article, entry, words)
                )
                if fault is not None:
                    yield entry.finding(rule, fault, "quoted_words", index)
                elif places and not any(
                    is_direct_speech(article.speech, start, end) for start, end in places
                ):
                    shown = printed(words) if isinstance(words, str) else as_span(words)
                    message = (
                        f"Write quote_type: paraphrase, or quote what is direct speech: {shown}"
                        " is neither in quotation marks nor behind a dash or a speaker's name"
                    )
                    yield entry.finding(rule, message, "quoted_words", index)


Places = list[tuple[int, int]]
"""Where words stand in the text; none, if it is not at hand or has no unique place for them."""


def _places_of_words(
    article: Article, entry: Entry[s.StatementSeed], words: str
) -> tuple[Places, str | None]:
    """Return the places of quoted words in the published words of the evidence, or the fault."""
    holding = [part for part in entry.published_words if words in part]
    if not holding:
        return [], (
            f"Quote {printed(words)} under evidence: it is in none of the statement's"
            f" quotes{like(words, entry.published_words)}"
        )
    starts = []
    for seed in entry.seed.evidence:
        place = article.locate(seed)
        if isinstance(place, QuoteLockEntry) and isinstance(seed, s.QuoteSeed):
            starts += [place.start + index for index in occurrences(seed.quote, words)]
        elif isinstance(place, RangeLockEntry) and isinstance(seed, s.RangeSeed):
            starts += [place.start + index for index in occurrences(seed.first, words)]
            starts += [place.last_start + index for index in occurrences(seed.last, words)]
    return [(start, start + len(words)) for start in starts], None


def _places_of_range(
    article: Article, entry: Entry[s.StatementSeed], words: s.RangeSeed
) -> tuple[Places, str | None]:
    place = article.locate(words)
    if not isinstance(place, RangeLockEntry):
        return [], None
    spans = [article.locate(seed) for seed in entry.seed.evidence]
    if any(
        not isinstance(span, ValueError) and span.start <= place.start and place.end <= span.end
        for span in spans
    ):
        return [(place.start, place.end)], None
    return [], f"Write a range under evidence that has all of {as_span(words)}: none has"


def direct_quotations_are_whole(seeds: Seeds) -> Iterator[Finding]:
    """A direct quotation has every sentence of speech whole, if the text is available: what is left
    out could change what was said. Words of a sentence alone are a partial quotation.
    """
    for article in seeds.articles:
        for entry in article.entries("statements"):
            if entry.seed.quote_type != "direct" or article.text is None:
                continue
            places = [
                (
                    _places_of_range(article, entry, words)
                    if isinstance(words, s.RangeSeed)
                    else _places_of_words(article, entry, words)
                )[0]
                for words in entry.seed.quoted_words
            ]
            quoted = [place for item in places for place in item]
            for index, item in enumerate(places):
                parts = [
                    _sentence_cut_short(article, article.text, place, quoted) for place in item
                ]
                if parts and (part := parts[0]) is not None and None not in parts:
                    message = (
                        f"Write {_whole(article.text[slice(*part)])}, the whole of what is said in"
                        " this sentence, or quote_type: partial"
                    )
                    yield entry.finding(
                        "direct-quotations-are-whole", message, "quoted_words", index
                    )


def _sentence_cut_short(
    article: Article, text: str, place: Span, quoted: Sequence[Span]
) -> Span | None:
    """Return the direct speech of a sentence that quoted words are only a part of; None: they are
    the whole, or it is longer than a range may be.
    """
    found: Span | None = None
    for first, last in article.speech:
        if not (first <= place[0] and place[1] <= last):
            continue
        parts = (
            _without_marks(text, max(first, start), min(last, end))
            for start, end in article.sentences
            if start < place[1] and place[0] < end
        )
        cut_short = [part for part in parts if not _has(quoted, part, text)]
        if not cut_short or len(text[slice(*cut_short[0])].split()) > MAX_RANGE_WORDS:
            return None
        found = found or cut_short[0]
    return found


def _without_marks(text: str, start: int, end: int) -> Span:
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end


def _has(quoted: Sequence[Span], part: Span, text: str) -> bool:
    return all(
        any(start <= index < end for start, end in quoted)
        for index in range(*part)
        if text[index].isalnum()
    )


def _whole(words: str) -> str:
    """Return words as the curator may write them: a text, or a range."""
    parts = words.split()
    if len(parts) <= MAX_QUOTE_WORDS:
        return printed(words)
    first, last = (" ".join(ends).strip(",;:") for ends in (parts[:3], parts[-3:]))
    return f"{{first: {first}, last: {last}}}"


def quote_type_matches_quoted_words(seeds: Seeds) -> Iterator[Finding]:
    """A direct or partial quotation has words in quotation marks, a paraphrase has none."""
    for entry in seeds.all_of("statements"):
        has_words, kind = bool(entry.seed.quoted_words), entry.seed.quote_type
        if kind in ("direct", "partial") and not has_words:
            message = (
                f"Add quoted_words, the words in quotation marks, or write another quote_type than"
                f" {kind}"
            )
            yield entry.finding("quote-type-matches-quoted-words", message, "quote_type")
        if kind not in ("direct", "partial") and has_words:
            message = (
                "Write quote_type: direct or partial, or delete quoted_words"
                if kind
                else "Delete quoted_words: the source speaks in its own voice"
            )
            yield entry.finding("quote-type-matches-quoted-words", message, "quoted_words")
