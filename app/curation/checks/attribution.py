"""Whom words and numbers come from, and the cue that proves it."""

from collections.abc import Iterator, Sequence

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.proves import default_proves, proves_of
from app.curation.quotes import LockEntry
from app.curation.readers.cues import find_cue
from app.curation.readers.speech import Span
from app.curation.seeds import Article, Entry, Seeds

Quote = Entry[s.QuoteSeed]
Record = Entry[s.StatementSeed] | Entry[s.FigureSeed]


def _records(seeds: Seeds) -> Iterator[tuple[Article, Record, s.AttributionSeed]]:
    """Yield the statements and figures that have an attribution."""
    for article in seeds.articles:
        for entry in (*article.entries("statements"), *article.entries("figures")):
            attribution = article.seed.attribution_of(entry.seed)
            if attribution is not None:
                yield article, entry, attribution


def records_name_their_origin(seeds: Seeds) -> Iterator[Finding]:
    """A statement or figure says whom it comes from; a credit that was forgotten would make it the
    source's own.
    """
    for article in seeds.articles:
        for name, otherwise in (
            ("statements", "publisher"),
            ("figures", "publisher or none_named"),
        ):
            for entry in article.entries(name):
                if article.seed.attribution_of(entry.seed) is None:
                    message = (
                        "Write attribution: {speakers: […]} with the words that credit it, or"
                        f" attribution: {otherwise}"
                    )
                    yield entry.finding("records-name-their-origin", message, "id")


def attribution_is_complete(seeds: Seeds) -> Iterator[Finding]:
    """`stated` credits speakers or relays, `ambiguous` names who may have said it, and all others
    name nobody: we add no name. Only a number can come from nobody.
    """
    for _, entry, attribution in _records(seeds):
        origin, message = attribution.origin, ""
        if origin == "stated" and not attribution.credited:
            message = "Name speakers or relayed_by, or write attribution: publisher"
        elif origin == "ambiguous" and not attribution.speakers:
            message = "Name under speakers who may have said it, or write attribution: publisher"
        elif origin in ("publisher", "none_named") and attribution.credited:
            message = "Write origin: stated, or delete who is named"
        elif origin == "none_named" and isinstance(entry.seed, s.StatementSeed):
            message = "Write attribution: publisher: words that nobody is credited with are its own"
        if message:
            yield entry.finding("attribution-is-complete", message, "attribution")


def quote_type_matches_origin(seeds: Seeds) -> Iterator[Finding]:
    """What the source says itself is no quotation; words of others are quoted in some way."""
    for _, entry, attribution in _records(seeds):
        if isinstance(entry.seed, s.StatementSeed):
            is_own = attribution.origin == "publisher"
            if is_own != (entry.seed.quote_type is None):
                message = (
                    "Delete quote_type: the source says it itself"
                    if is_own
                    else "Add quote_type: direct, partial or paraphrase"
                )
                yield entry.finding("quote-type-matches-origin", message, "quote_type")


def cues_are_explained(seeds: Seeds) -> Iterator[Finding]:
    """Where somebody is credited in the sentence of a record that is not credited to anybody, a
    note says what the cue governs.
    """
    for article, entry, attribution in _records(seeds):
        if attribution.credited or attribution.note is not None:
            continue
        for sentence in _sentences(article, entry):
            cue = find_cue(sentence, article.language)
            if cue is not None:
                message = (
                    "Write attribution: {speakers: […]}, or a note under attribution that says what"
                    f" “{cue}” governs: it stands in the sentence of this record"
                )
                yield entry.finding("cues-are-explained", message, "id")
                break


def speakers_have_a_cue(seeds: Seeds) -> Iterator[Finding]:
    """The cue (“said”, “urged”) is quoted, with whom it credits, as proof of the attribution."""
    for _, entry, attribution in _records(seeds):
        if attribution.origin != "stated":
            continue
        default = _default_proves(entry)
        for credited in attribution.credited:
            if not any(_proves(quote, credited, default) for quote in entry.quotes):
                name = f" with “{credited.as_written}”" if credited.as_written else ""
                message = (
                    f"Quote the cue (“said”, “urged”){name}, with proves: [attribution]: nothing"
                    " proves who said it"
                )
                yield entry.finding("speakers-have-a-cue", message, "attribution")


def _default_proves(entry: Record) -> tuple[str, ...]:
    is_statement = isinstance(entry.seed, s.StatementSeed)
    return default_proves("statement" if is_statement else "figure", entry)


def _proves(quote: Quote, credited: s.ReferenceSeed, default: tuple[str, ...]) -> bool:
    """Whether a quote proves that somebody is credited."""
    is_proof = "attribution" in proves_of(quote.seed, default)
    return is_proof and (credited.as_written or "") in quote.seed.quote


def relays_govern_their_sentence(seeds: Seeds) -> Iterator[Finding]:
    """Who relays words is named in their sentence: a relay governs that of its cue. The label of a
    transcript (`NAME:`) governs its whole turn.
    """
    for article, entry, attribution in _records(seeds):
        if article.text is None:
            continue
        spans, default = _spans(article, entry), _default_proves(entry)
        labels = [
            label
            for label, last in article.turns
            if any(label[1] <= start and end <= last for start, end in spans)
        ]
        for index, relay in enumerate(attribution.relayed_by):
            cues = [
                article.place_of(quote.seed)
                for quote in entry.quotes
                if _proves(quote, relay, default)
            ]
            if cues and spans and not any(_is_in(cue, [*spans, *labels]) for cue in cues):
                message = (
                    "Delete the relay, or quote its cue in the sentence of the words: it stands in"
                    " another sentence, and governs that one alone"
                )
                yield entry.finding(
                    "relays-govern-their-sentence", message, "attribution", "relayed_by", index
                )


def _is_in(place: LockEntry | None, spans: list[Span]) -> bool:
    return place is None or any(first < place.end and place.start < last for first, last in spans)


def _sentences(article: Article, entry: Record) -> list[str]:
    """Return the sentences of a number or of words: those of the text, else the quotes."""
    text, spans = article.text, _spans(article, entry)
    if text is not None and spans:
        return [text[first:last] for first, last in spans]
    return [words for item in _main_evidence(entry) for words in item.published_words]


def _spans(article: Article, entry: Record) -> list[Span]:
    """Return the sentences of the text that a number or the words of a statement stand in."""
    places = []
    for item in _main_evidence(entry):
        place = article.place_of(item.seed)
        if place is None:
            continue
        start, end = place.start, place.end
        if isinstance(entry.seed, s.FigureSeed) and isinstance(item.seed, s.QuoteSeed):
            start += item.seed.quote.index(entry.seed.as_written)
            end = start + 1
        places.append((start, end))
    return [
        (first, last)
        for first, last in article.sentences
        if any(start < last and first < end for start, end in places)
    ]


def _main_evidence(entry: Record) -> Sequence[Entry[s.EvidenceSeed]]:
    """Return the quote of a number, or the evidence of the words that a summary gives."""
    if isinstance(entry.seed, s.FigureSeed):
        as_written = entry.seed.as_written
        return [quote for quote in entry.quotes if as_written in quote.seed.quote][:1]
    default = _default_proves(entry)
    return [item for item in entry.evidence if "summary" in proves_of(item.seed, default)]
