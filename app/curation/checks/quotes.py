"""Quotes: their length, what they prove, their place in the text."""

import difflib
from collections.abc import Iterator

from app.curation.files import Finding
from app.curation.lock_entries import share_findings
from app.curation.quotes import CONTEXT_LIMIT, LockEntry, QuoteNotFoundError
from app.curation.seeds import Seeds
from app.resources import RESOURCES
from app.vocabulary import ResourceType

MAX_QUOTE_WORDS = 40
MAX_MISSING_QUOTES = 2
"""With more, and more than half, the text is another one."""


def quotes_are_short(seeds: Seeds) -> Iterator[Finding]:
    """A quote has no more words than prove the fact: the text belongs to its author."""
    for article in seeds.articles:
        for entry in article.quotes:
            count = len(entry.seed.quote.split())
            if count > MAX_QUOTE_WORDS:
                message = f"Quote shorter spans: {count} words, at most {MAX_QUOTE_WORDS}"
                yield entry.finding("quotes-are-short", message, "quote")
            for name in ("prefix", "suffix"):
                if len(getattr(entry.seed, name)) > CONTEXT_LIMIT:
                    message = f"Shorten the {name}: it has more than {CONTEXT_LIMIT} characters"
                    yield entry.finding("quotes-are-short", message, name)


def proves_names_fields(seeds: Seeds) -> Iterator[Finding]:
    """`proves` names fields of the record, so that readers see which words prove which field."""
    lists: tuple[tuple[str, ResourceType], ...] = (
        ("actors", "actor"),
        ("places", "place"),
        ("events", "event"),
        ("statements", "statement"),
        ("figures", "figure"),
    )
    for name, resource_type in lists:
        known_fields = set(RESOURCES[resource_type].record.model_fields)
        for record in seeds.all_of(name):
            for entry in record.quotes:
                for index, field_name in enumerate(entry.seed.proves):
                    if field_name not in known_fields:
                        near = difflib.get_close_matches(field_name, sorted(known_fields), n=1)
                        hint = (
                            f"Did you mean “{near[0]}”?"
                            if near
                            else f"Write one of {', '.join(sorted(known_fields))}:"
                        )
                        message = f"{hint} “{field_name}” is not a field of a {resource_type}"
                        yield entry.finding("proves-names-fields", message, "proves", index)


def quotes_are_in_the_text(seeds: Seeds) -> Iterator[Finding]:
    """Every quote occurs once in the text, literally, if the text is available."""
    for article in seeds.articles:
        errors = [
            (entry, error)
            for entry, error in article.located_quotes
            if isinstance(error, ValueError)
        ]
        missing = sum(isinstance(error, QuoteNotFoundError) for _, error in errors)
        if missing > max(MAX_MISSING_QUOTES, len(article.quotes) / 2):
            message = (
                f"Give the hash of the text that has these quotes: {missing} of"
                f" {len(article.quotes)} are not in the text with this hash"
            )
            yield article.source.finding("quotes-are-in-the-text", message, "content_sha256")
            continue
        for entry, error in errors:
            yield entry.finding("quotes-are-in-the-text", str(error), "quote")


def few_words_are_published(seeds: Seeds) -> Iterator[Finding]:
    """The quotes publish no more than `published_share_limit` of a text, which is its author's."""
    for article in seeds.articles:
        if article.text is not None:
            places = [entry for _, entry in article.located_quotes if isinstance(entry, LockEntry)]
            yield from share_findings(article, places, len(article.text))
