"""Quotes and ranges: their length, what they prove, their place in the text."""

import difflib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.lookalikes import printed
from app.curation.proves import ONLY_BY_QUOTES, default_proves, provable_fields, proves_of
from app.curation.quotes import (
    CONTEXT_LIMIT,
    QuoteNotFoundError,
    RangeLockEntry,
    count_words,
)
from app.curation.seeds import Article, Entry, Seeds, words_key
from app.vocabulary import ResourceType

MAX_QUOTE_WORDS = 15
MIN_END_WORDS = 3
MAX_RANGE_WORDS = 80
MAX_MISSING_QUOTES = 2
"""With more, and more than half, the text is another one."""

LISTS: tuple[tuple[str, ResourceType], ...] = (
    ("actors", "actor"),
    ("places", "place"),
    ("events", "event"),
    ("statements", "statement"),
    ("figures", "figure"),
)
"""The lists of an article, with the resource type of their records."""


def published_texts_are_free(seeds: Seeds) -> Iterator[Finding]:
    """`text_access: full` publishes the text: it has a licence, and the text is available."""
    for article in seeds.articles:
        source = article.source
        if source.seed.text_access != "full":
            continue
        if source.seed.licence is None:
            message = "Add licence, or write text_access: quotes_only: full publishes the text"
            yield source.finding("published-texts-are-free", message, "text_access")
        if article.text is None:
            message = (
                "Save the text as text.txt beside facts.yaml, or under seed/texts/: text_access:"
                " full publishes it"
            )
            yield source.finding("published-texts-are-free", message, "text_access")


def quotes_are_short(seeds: Seeds) -> Iterator[Finding]:
    """A quote is the clause that proves the fact, whole up to 15 words: the text belongs to its
    author.
    """
    for article in seeds.articles:
        for entry in article.quotes:
            count = count_words(entry.seed.quote)
            if count > MAX_QUOTE_WORDS:
                message = (
                    "Write a range, {first: …, last: …}, or quote a part:"
                    f" {count} words, at most {MAX_QUOTE_WORDS} are quoted whole"
                )
                yield entry.finding("quotes-are-short", message, "quote")
            for name in ("prefix", "suffix"):
                if len(getattr(entry.seed, name)) > CONTEXT_LIMIT:
                    message = f"Shorten the {name}: it has more than {CONTEXT_LIMIT} characters"
                    yield entry.finding("quotes-are-short", message, name)


def ranges_are_longer_clauses(seeds: Seeds) -> Iterator[Finding]:
    """A range is within one sentence or quotation, has 16 to 80 words, and begins and ends with
    three whole words or more; two ranges of the same words have the same ends.
    """
    for article in seeds.articles:
        written: dict[tuple[int, int], s.RangeSeed] = {}
        for entry in article.spans:
            if not isinstance(entry.seed, s.RangeSeed):
                continue
            for name in ("first", "last"):
                count = count_words(getattr(entry.seed, name))
                if count < MIN_END_WORDS or count > MAX_QUOTE_WORDS:
                    message = (
                        f"Write {MIN_END_WORDS} to {MAX_QUOTE_WORDS} words as the {name} of the"
                        f" range: it has {count}"
                    )
                    yield entry.finding("ranges-are-longer-clauses", message, name)
            place = article.locate(entry.seed)
            if isinstance(place, RangeLockEntry):
                for message in _faults_in_text(article, place):
                    yield entry.finding("ranges-are-longer-clauses", message, "first")
                same = written.setdefault((place.start, place.end), entry.seed)
                if (same.first, same.last) != (entry.seed.first, entry.seed.last):
                    message = (
                        f"Write {printed(same.first)} and {printed(same.last)}, as the other range"
                        " of these words does"
                    )
                    yield entry.finding("ranges-are-longer-clauses", message, "first")


def _faults_in_text(article: Article, place: RangeLockEntry) -> Iterator[str]:
    text = article.text or ""
    count = count_words(text[place.start : place.end])
    if count <= MAX_QUOTE_WORDS:
        yield f"Quote it whole: it has {count} words, a range has more than {MAX_QUOTE_WORDS}"
    elif count > MAX_RANGE_WORDS:
        yield f"Write a shorter range: it has {count} words, at most {MAX_RANGE_WORDS}"
    elif not any(
        start <= place.start and place.end <= end
        for start, end in (*article.sentences, *article.speech)
    ):
        yield "Write a range that ends in the sentence or quotation in which it begins"
    for edge in (place.start, place.first_end, place.last_start, place.end):
        if text[edge - 1 : edge].isalnum() and text[edge : edge + 1].isalnum():
            word = printed(" ".join(text[max(0, edge - 12) : edge + 12].split()))
            yield f"Write whole words: an end of the range divides one in {word}"


def ranges_prove_no_value(seeds: Seeds) -> Iterator[Finding]:
    """A number, a name or a date is proved by a quote: a range omits words, which might be just
    these.
    """
    for article in seeds.articles:
        for entry in article.parts(s.EvidenceRangeSeed):
            for index, name in enumerate(entry.seed.proves):
                if name in ONLY_BY_QUOTES:
                    message = (
                        f"Quote the words that prove “{name}”, up to {MAX_QUOTE_WORDS}, beside the"
                        " range: it omits words"
                    )
                    yield entry.finding("ranges-prove-no-value", message, "proves", index)


def neighbouring_quotes_are_one(seeds: Seeds) -> Iterator[Finding]:
    """Quotes of a record that touch or overlap, with nothing but spaces or punctuation between
    them, and that prove the same are one quote: the clause.
    """
    for article in seeds.articles:
        if article.text is None:
            continue
        for name, resource_type in LISTS:
            for record in article.entries(name):
                yield from _neighbours(article, article.text, record, resource_type)


def _neighbours(
    article: Article, text: str, record: Entry[Any], resource_type: ResourceType
) -> Iterator[Finding]:
    default = default_proves(resource_type, record)
    placed = []
    for index, seed in enumerate(record.seed.evidence):
        place = article.locate(seed)
        if not isinstance(place, ValueError):
            entry = Entry(record.file, (*record.location, "evidence", index), seed)
            placed.append((place.start, place.end, entry))
    placed.sort(key=lambda item: item[:2])
    for (first, end, before), (start, last, entry) in pairwise(placed):
        fields = set(proves_of(entry.seed, default))
        if any(character.isalnum() for character in text[end:start]) or fields != set(
            proves_of(before.seed, default)
        ):
            continue
        whole = text[first : max(end, last)]
        is_short = count_words(whole) <= MAX_QUOTE_WORDS
        if is_short or ONLY_BY_QUOTES.isdisjoint(fields):
            form = printed(whole) if is_short else "one range"
            message = f"Write {form} for the two: nothing stands between the words before and these"
            yield entry.finding("neighbouring-quotes-are-one", message, words_key(entry.seed))


def proves_names_fields(seeds: Seeds) -> Iterator[Finding]:
    """`proves` names fields of the record, so that readers see which words prove which field."""
    for name, resource_type in LISTS:
        known_fields = {*provable_fields(resource_type)}
        for record in seeds.all_of(name):
            default = default_proves(resource_type, record)
            for entry in record.evidence:
                for index, field_name in enumerate(entry.seed.proves):
                    if field_name not in known_fields:
                        near = difflib.get_close_matches(field_name, sorted(known_fields), n=1)
                        hint = (
                            f"Did you mean “{near[0]}”?"
                            if near
                            else f"Write one of {', '.join(sorted(known_fields))}:"
                        )
                        message = (
                            f"{hint} “{field_name}” is not a field of a {resource_type} that words"
                            " prove"
                        )
                        yield entry.finding("proves-names-fields", message, "proves", index)
                is_of_record = entry.location[len(record.location)] == "evidence"
                if is_of_record and not proves_of(entry.seed, default):
                    message = (
                        "Add proves, the fields that these words prove, or delete them: others name"
                        " every field that has a value"
                    )
                    yield entry.finding("proves-names-fields", message, words_key(entry.seed))


def quotes_are_in_the_text(seeds: Seeds) -> Iterator[Finding]:
    """Every quote and every range occurs once in the text, literally, if the text is available."""
    for article in seeds.articles:
        errors = [
            (entry, error)
            for entry, error in article.located_spans
            if isinstance(error, ValueError)
        ]
        missing = sum(isinstance(error, QuoteNotFoundError) for _, error in errors)
        if missing > max(MAX_MISSING_QUOTES, len(article.spans) / 2):
            message = (
                f"Give the hash of the text that has these quotes: {missing} of"
                f" {len(article.spans)} are not in the text with this hash"
            )
            yield article.source.finding("quotes-are-in-the-text", message, "content_sha256")
            continue
        for entry, error in errors:
            yield entry.finding("quotes-are-in-the-text", str(error), words_key(entry.seed))
