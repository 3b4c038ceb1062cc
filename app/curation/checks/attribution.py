"""Who is credited, and the cue that proves it."""

from collections.abc import Iterator

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.readers.cues import find_cue
from app.curation.seeds import Article, Entry, Seeds, walk


def voice_matches_attribution(seeds: Seeds) -> Iterator[Finding]:
    """`attributed` means that a speaker is credited, `article` that the source speaks in its own
    voice.
    """
    for entry in seeds.all_of("statements"):
        statement: s.StatementSeed = entry.seed
        speaker = statement.attribution.speaker
        if statement.voice == "attributed" and speaker is None:
            yield entry.finding(
                "voice-matches-attribution",
                "Add attribution: speaker, or write voice: article",
                "voice",
            )
        if statement.voice == "article" and speaker is not None:
            yield entry.finding(
                "voice-matches-attribution",
                "Delete the speaker, or write voice: attributed",
                "voice",
            )
        if (statement.voice == "article") != (statement.quote_type is None):
            message = (
                "Delete quote_type: the source speaks in its own voice"
                if statement.quote_type
                else "Add quote_type: direct, partial or paraphrase"
            )
            yield entry.finding("voice-matches-attribution", message, "quote_type")


def attribution_is_complete(seeds: Seeds) -> Iterator[Finding]:
    """`stated` credits an actor by id or in words, `none` credits none: we add no name."""
    for article in seeds.articles:
        for entry in walk(Entry(article.file, (), article.seed), s.AttributionSeed):
            credited = entry.seed.speaker is not None or bool(entry.seed.relayed_by)
            if (entry.seed.basis == "stated") != credited:
                message = (
                    "Name a speaker or a relay, or write basis: none"
                    if not credited
                    else "Write basis: stated, or delete who is named"
                )
                yield entry.finding("attribution-is-complete", message, "basis")


def figures_name_their_origin(seeds: Seeds) -> Iterator[Finding]:
    """A figure says whom it is credited to, or that nobody is; a credit that was forgotten would
    make it the source's own number.
    """
    for article in seeds.articles:
        for entry in article.entries("figures"):
            if entry.seed.attribution is None and article.seed.source.attribution is None:
                message = (
                    "Write attribution: {speaker: …} with the words that credit it, or"
                    " attribution: none (once under source, if it holds for most figures)"
                )
                yield entry.finding("figures-name-their-origin", message, "id")


def cues_are_explained(seeds: Seeds) -> Iterator[Finding]:
    """Where somebody is credited in the sentence of a figure that is credited to nobody, a note
    says what the cue governs.
    """
    for article in seeds.articles:
        language = article.seed.source.language or "en"
        for entry in article.entries("figures"):
            attribution = entry.seed.attribution or s.NO_ATTRIBUTION
            if attribution.basis != "none" or attribution.note is not None:
                continue
            cue = find_cue(_sentence(article, entry), language)
            if cue is not None:
                message = (
                    f"Write attribution: {{speaker: …}}, or a note under attribution that says what"
                    f" “{cue}” governs: it stands in the sentence of this figure"
                )
                yield entry.finding("cues-are-explained", message, "id")


def _sentence(article: Article, entry: Entry[s.FigureSeed]) -> str:
    """Return the sentence of the number: that of the text, if it is available, else the quote."""
    figure = entry.seed
    quote = next((q for q in figure.evidence if figure.as_written in q.quote), None)
    if quote is None:
        return ""
    whole = quote.prefix + quote.quote + quote.suffix
    start = -1 if article.text is None else article.text.find(whole)
    if article.text is None or start < 0:
        return quote.quote
    number = start + len(quote.prefix) + quote.quote.index(figure.as_written)
    return next(
        (article.text[first:last] for first, last in article.sentences if first <= number < last),
        quote.quote,
    )


def speakers_have_a_cue(seeds: Seeds) -> Iterator[Finding]:
    """The cue (“said”, “urged”) is quoted as proof of the speaker, as for any other fact."""
    for entry in (*seeds.all_of("statements"), *seeds.all_of("figures")):
        attributed = (
            entry.seed.attribution is not None
            and entry.seed.attribution.speaker is not None
            and getattr(entry.seed, "voice", "") != "ambiguous"
        )
        if attributed and not any("speaker" in quote.seed.proves for quote in entry.quotes):
            message = (
                "Quote the cue (“said”, “urged”) with proves: [speaker]: nothing proves the speaker"
            )
            yield entry.finding("speakers-have-a-cue", message, "attribution")
