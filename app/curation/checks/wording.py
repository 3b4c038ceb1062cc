"""Our words: plain, in English, without loaded terms."""

from collections.abc import Iterator
from typing import Any

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.lookalikes import printed
from app.curation.seeds import Article, Entry, Seeds
from app.curation.wording import (
    foreign_letters,
    in_quotation_marks,
    loaded_terms,
    our_words,
    outside_quotation_marks,
)


def _own_wording(seeds: Seeds) -> Iterator[tuple[Entry[Any], Article | None]]:
    """Yield every entry with words of ours, and the article that it belongs to."""
    for shared in (*seeds.actors, *seeds.places, *seeds.series):
        yield Entry(shared.file, shared.location, shared.seed), None
    for article in seeds.articles:
        yield Entry(article.file, article.source.location, article.source.seed), article
        for name in ("actors", "places", "events", "statements", "figures", "corrections"):
            for entry in article.entries(name):
                yield entry, article
    for correction in seeds.other_corrections:
        yield correction, None


def our_words_are_neutral(seeds: Seeds) -> Iterator[Finding]:
    """Our words contain no loaded term outside quotation marks.

    The terms are listed in loaded_terms.yaml.
    """
    names = "\n".join(article.published_words for article in seeds.articles).lower()
    for entry, article in _own_wording(seeds):
        texts = [*our_words(entry.seed)]
        # A correction may name an id that is withdrawn because of its wording.
        if not isinstance(entry.seed, s.CorrectionSeed):
            texts.append((("id",), entry.seed.id.replace("-", " ")))
        title = getattr(entry.seed, "title", None)
        # A proper name that a source quotes may contain any word.
        if article is None and title and title.lower() in names:
            continue
        for location, text in texts:
            for word in loaded_terms().find_in_our_words(text):
                message = (
                    "Use a plain word, or the source's own in quotation marks:"
                    f" “{word}” is a loaded term"
                )
                yield entry.finding("our-words-are-neutral", message, *location)


def quotation_marks_hold_quotes(seeds: Seeds) -> Iterator[Finding]:
    """Words in quotation marks are quoted literally: in a summary by the record's own evidence, in
    other fields by that of the article. What a range omits is not published.
    """
    all_quotes = "\n".join(article.published_words for article in seeds.articles)
    for entry, article in _own_wording(seeds):
        if article is None and seeds.is_partial:
            continue
        own_quotes = "\n".join(entry.published_words)
        for location, text in our_words(entry.seed):
            allowed = (
                own_quotes
                if location == ("summary",)
                else all_quotes
                if article is None
                else article.published_words
            )
            for quoted in in_quotation_marks(text):
                if quoted not in allowed and quoted[:1].lower() + quoted[1:] not in allowed:
                    message = (
                        f"Quote {printed(quoted)} as evidence, or write it without quotation marks:"
                        f" it is in no quote of the"
                        f" {'record' if allowed is own_quotes else 'article'}"
                    )
                    yield entry.finding("quotation-marks-hold-quotes", message, *location)


def our_words_are_english(seeds: Seeds) -> Iterator[Finding]:
    """Our words are in English, so that one reader can read all records."""
    for entry, _ in _own_wording(seeds):
        for location, text in our_words(entry.seed):
            foreign = foreign_letters(outside_quotation_marks(text))
            if foreign:
                message = (
                    "Write in English, and the source's words in quotation marks:"
                    f" {printed(foreign[:20])} is not in the Latin alphabet"
                )
                yield entry.finding("our-words-are-english", message, *location)
