"""Names as the source writes them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, get_args

from app.curation import schema as s
from app.curation.checks.references import declared_names, references_of
from app.curation.files import Finding
from app.curation.lookalikes import like, printed
from app.curation.seeds import Article, Entry, Seeds, walk
from app.curation.wording import (
    is_pronoun,
    names_in,
    outside_quotation_marks,
    same_name,
    words,
)
from app.resources.references import RecordKey


def names_in_our_words_are_supported(seeds: Seeds) -> Iterator[Finding]:
    """A name in a title or summary is in the record's evidence or names a record that it refers to.

    Any other name would be our addition. Names that the article declares for one id are one name.
    """
    if len(seeds.actors) + len(seeds.places) < len(seeds.known_ids["actor"]) + len(
        seeds.known_ids["place"]
    ):
        return  # a file of identities cannot be read; what is wrong with it has been said
    names = _known_names(seeds)
    for article in seeds.articles:
        declared = [
            (mention.seed.id, set(words(name.as_written or name.quote)))
            for kind in ("actors", "places")
            for mention in article.entries(kind)
            for name in mention.seed.names
        ]
        for name in ("events", "statements", "figures"):
            for entry in article.entries(name):
                evidence = article.words_of(entry)
                if evidence is None:
                    continue
                known_words = {*CALENDAR, *words(evidence)}
                if _is_publishers(article, entry.seed):
                    known_words.update(words(article.seed.source.publisher or ""))
                for record_id, variant in declared:
                    if variant and variant <= known_words:
                        known_words |= names[record_id]
                for reference in references_of(entry):
                    if reference.id != entry.seed.id:
                        known_words |= names.get(reference.id, set())
                for key in ("title", "summary"):
                    text = outside_quotation_marks(getattr(entry.seed, key, None) or "")
                    for word in names_in(text):
                        if word not in known_words and not known_words.issuperset(word.split("-")):
                            message = (
                                f"Refer to “{word}”, quote it, or leave it out: the record does"
                                " neither"
                            )
                            yield entry.finding("names-in-our-words-are-supported", message, key)


def _is_publishers(article: Article, seed: Any) -> bool:
    """Whether a record is what the publisher of the source says or counts itself."""
    if not isinstance(seed, s.StatementSeed | s.FigureSeed):
        return False
    attribution = article.seed.attribution_of(seed)
    return attribution is not None and attribution.origin == "publisher"


CALENDAR = frozenset(
    "January February March April May June July August September October November December"
    " Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
)


def _known_names(seeds: Seeds) -> dict[str, set[str]]:
    """Return the words of titles and of names as written, by id."""
    names: dict[str, set[str]] = defaultdict(set)
    for entry in (
        *seeds.actors,
        *seeds.places,
        *seeds.series,
        *seeds.all_of("events"),
        *seeds.all_of("figures"),
    ):
        names[entry.seed.id].update(words(getattr(entry.seed, "title", None) or ""))
    for mention in (*seeds.all_of("actors"), *seeds.all_of("places")):
        for quote in mention.seed.names:
            names[mention.seed.id].update(words(quote.as_written or quote.quote))
    for series in seeds.series:
        for place in (*series.seed.places, series.seed.population):
            names[series.seed.id] |= names.get(place or "", set())
    return names


Worded = s.ReferenceSeed | s.PopulationSeed | s.FigureBreakdownSeed | s.RoleSeed | s.RelationSeed


def words_are_quoted(seeds: Seeds) -> Iterator[Finding]:
    """`as_written` occurs in a quote of the record or at an end of a range; otherwise no reader can
    see it.
    """
    for name in ("actors", "events", "statements", "figures"):
        for record in seeds.all_of(name):
            published = record.published_words
            for entry in walk(record, *get_args(Worded)):
                as_written = entry.seed.as_written
                if as_written is not None and not any(as_written in part for part in published):
                    message = (
                        f"Quote {printed(as_written)} as evidence, or delete as_written: it is in"
                        f" none of the record's quotes{like(as_written, published)}"
                    )
                    yield entry.finding("words-are-quoted", message, "as_written")


def references_use_declared_names(seeds: Seeds) -> Iterator[Finding]:
    """`as_written` beside an id is a name that the article declares for this id; otherwise nothing
    would show a wrong id behind right words. A pronoun is no name, and an inferred reference has a
    note.
    """
    for article in seeds.articles:
        declared = declared_names(article)
        for name in ("events", "statements", "figures"):
            for record in article.entries(name):
                for entry, key in _named_references(record):
                    written = entry.seed.as_written
                    names = declared.get(key, ())
                    if (
                        written is None
                        or entry.seed.basis == "inferred"
                        or is_pronoun(written)
                        or any(same_name(written, each) for each in names)
                    ):
                        continue
                    others = [
                        other
                        for (_, other), spellings in declared.items()
                        if any(same_name(written, each) for each in spellings)
                    ]
                    hint = f"; “{others[0]}” has it: is that meant?" if others else ""
                    message = (
                        f"Declare “{written}” under names of “{key[1]}”, or correct the id: its"
                        f" names here are {', '.join(f'“{n}”' for n in names) or 'none'}{hint}"
                    )
                    yield entry.finding("references-use-declared-names", message, "as_written")


def _named_references(record: Entry[Any]) -> Iterator[tuple[Entry[s.ReferenceSeed], RecordKey]]:
    """Yield the references to actors and places in a record, with what they name."""
    for reference in references_of(record):
        if reference.resource_type in ("actor", "place") and isinstance(
            reference.entry.seed, s.ReferenceSeed
        ):
            yield reference.entry, (reference.resource_type, reference.id)


def names_are_in_their_quotes(seeds: Seeds) -> Iterator[Finding]:
    """A name as written is part of the quote that proves it."""
    for article in seeds.articles:
        for entry in article.parts(s.NameSeed):
            name = entry.seed.as_written
            if name is not None and name not in entry.seed.quote:
                yield entry.finding(
                    "names-are-in-their-quotes",
                    f"Write the name as the quote has it: {printed(name)} is not in"
                    f" {printed(entry.seed.quote)}{like(name, [entry.seed.quote])}",
                    "as_written",
                )
