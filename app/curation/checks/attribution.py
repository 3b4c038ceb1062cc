"""Who is credited, and the cue that proves it."""

from collections.abc import Iterator

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.seeds import Entry, Seeds, walk


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


def speakers_have_a_cue(seeds: Seeds) -> Iterator[Finding]:
    """The cue (“said”, “urged”) is quoted as proof of the speaker, as for any other fact."""
    for entry in (*seeds.all_of("statements"), *seeds.all_of("figures")):
        attributed = (
            entry.seed.attribution.speaker is not None
            and getattr(entry.seed, "voice", "") != "ambiguous"
        )
        if attributed and not any(
            "speaker" in quote.seed.proves for quote in walk(entry, s.QuoteSeed)
        ):
            message = (
                "Quote the cue (“said”, “urged”) with proves: [speaker]: nothing proves the speaker"
            )
            yield entry.finding("speakers-have-a-cue", message, "attribution")
