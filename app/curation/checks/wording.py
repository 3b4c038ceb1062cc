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
    in_unmarked_quotation_marks,
    loaded_terms,
    our_words,
    outside_quotation_marks,
    presupposing_verbs,
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


def loaded_words_are_the_speakers(seeds: Seeds) -> Iterator[Finding]:
    """A loaded term in quotation marks, in our words about what somebody said, is among the words
    that the text quotes from him; in a paraphrase it may be the article's.
    """
    for article, entry in _statements(seeds):
        attribution = article.seed.attribution_of(entry.seed)
        if attribution is None or attribution.origin != "stated":
            continue
        for name in ("title", "summary"):
            for words in in_unmarked_quotation_marks(getattr(entry.seed, name)):
                spoken = any(_may_have(article, item, words) for item in entry.seed.quoted_words)
                term = next(loaded_terms().find(words), None)
                if term is not None and not spoken:
                    message = (
                        "Write origin: ambiguous, say whose words they are by “what the text"
                        f" calls”, or leave the quotation marks out: “{words}” is not among the"
                        " quoted_words of the speaker, and has a loaded term"
                    )
                    yield entry.finding("loaded-words-are-the-speakers", message, name)


def _may_have(article: Article, quoted: str | s.RangeSeed, words: str) -> bool:
    """Whether quoted words have some words; a range may, as long as its text is not at hand."""
    if isinstance(quoted, str):
        return words in quoted
    place = article.place_of(quoted)
    return place is None or article.text is None or words in article.text[place.start : place.end]


def verbs_presuppose_nothing(seeds: Seeds) -> Iterator[Finding]:
    """The title and summary of a statement do not say that it is true, or that it is not, by their
    verb.

    The verbs are listed in presupposing_verbs.yaml.
    """
    for _, entry in _statements(seeds):
        for name in ("title", "summary"):
            for words in presupposing_verbs().find_in_our_words(getattr(entry.seed, name)):
                message = (
                    "Write “says that …”, “is reported to have …” or a noun:"
                    f" “{words}” says whether it is true"
                )
                yield entry.finding("verbs-presuppose-nothing", message, name)


def titles_tell_statements_apart(seeds: Seeds) -> Iterator[Finding]:
    """No two statements of a source have one title: a list would show the same line twice."""
    for article in seeds.articles:
        first: dict[str, str] = {}
        for entry in article.entries("statements"):
            other = first.setdefault(entry.seed.title.casefold(), entry.seed.id)
            if other != entry.seed.id:
                message = f"Say in the title what this statement says: “{other}” has the same one"
                yield entry.finding("titles-tell-statements-apart", message, "title")


def _statements(seeds: Seeds) -> Iterator[tuple[Article, Entry[s.StatementSeed]]]:
    for article in seeds.articles:
        for entry in article.entries("statements"):
            yield article, entry


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
