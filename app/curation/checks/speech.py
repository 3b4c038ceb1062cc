"""Quoted words: their proof in the text."""

from collections.abc import Iterator

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.lookalikes import like, printed
from app.curation.quotes import QuoteAmbiguousError, QuoteNotFoundError, locate
from app.curation.readers.speech import is_direct_speech
from app.curation.seeds import Article, Entry, Seeds, as_quote


def quoted_words_are_in_quotation_marks(seeds: Seeds) -> Iterator[Finding]:
    """Quoted words occur in the statement's evidence, and are direct speech in the text: in
    quotation marks, behind a dash or in a transcript.

    A paraphrase in quotation marks would attribute words that were not said.
    """
    for article in seeds.articles:
        for entry in article.entries("statements"):
            quotes = entry.quotes
            for index, quoted in enumerate(entry.seed.quoted_words):
                holding = [quote for quote in quotes if quoted in quote.seed.quote]
                if not holding:
                    message = (
                        f"Quote {printed(quoted)} under evidence: it is in none of the statement's"
                        f" quotes{like(quoted, [quote.seed.quote for quote in quotes])}"
                    )
                    yield entry.finding(
                        "quoted-words-are-in-quotation-marks", message, "quoted_words", index
                    )
                elif article.text is not None and not any(
                    _is_quotation(article, article.text, quote, quoted) for quote in holding
                ):
                    message = (
                        f"Write quote_type: paraphrase, or quote what is direct speech: “{quoted}”"
                        " is neither in quotation marks nor behind a dash or a speaker's name"
                    )
                    yield entry.finding(
                        "quoted-words-are-in-quotation-marks", message, "quoted_words", index
                    )


def _is_quotation(article: Article, text: str, entry: Entry[s.QuoteSeed], exact: str) -> bool:
    """Whether the words are direct speech at the place of the quote.

    True if the quote has no unique place, which quotes_are_in_the_text reports.
    """
    try:
        start = locate(text, as_quote(entry.seed)).start + entry.seed.quote.index(exact)
    except (QuoteNotFoundError, QuoteAmbiguousError):
        return True
    return is_direct_speech(article.speech, start, start + len(exact))


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
