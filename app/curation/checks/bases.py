"""Bases: what is stated stands in the quotes, what is inferred has a note that says how."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from app.curation import schema as s
from app.curation.checks.references import declared_names, references_of
from app.curation.files import Finding
from app.curation.seeds import Article, Entry, Seeds
from app.resources.references import RecordKey

Inferable = s.DateSeed | s.ReferenceSeed | s.PopulationSeed | s.RoleSeed | s.RelationSeed


def _inferred(article: Article) -> Iterator[Entry[Any]]:
    """Yield the parts of an article that are inferred, or whose end is."""
    for entry in article.parts(*get_args(Inferable)):
        if "inferred" in (entry.seed.basis, getattr(entry.seed, "basis_end", None)):
            yield entry


def inferences_have_a_note(seeds: Seeds) -> Iterator[Finding]:
    """What the text does not state literally has a note that explains it, so that readers can
    judge.
    """
    for article in seeds.articles:
        for entry in _inferred(article):
            if entry.seed.note is None:
                message = (
                    "Add a note that says how it is inferred, e.g. note: The year is that of the"
                    " publication."
                )
                yield entry.finding("inferences-have-a-note", message, "basis")


_NAMED = re.compile(
    r"\b(?:text|article|source|report|sentence|passage|clause)(?: itself)? (?:names|states)"
    r" (?P<what>it|them|him|her|this|\S.*)",
    re.IGNORECASE,
)
_PRONOUNS = re.compile(r"(?:it|them|him|her|this)\b", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:no|not|nothing|none|never|nowhere|nor|neither)\b", re.IGNORECASE)


def inferences_are_not_stated(seeds: Seeds) -> Iterator[Finding]:
    """The note of an inference does not say that the text names or states it: then it is stated."""
    for article in seeds.articles:
        names = declared_names(article)
        for entry in _inferred(article):
            for sentence in re.split(r"[.;]\s+", entry.seed.note or ""):
                match = _NAMED.search(sentence)
                if match is None or _NEGATION.search(sentence):
                    continue
                record_id = getattr(entry.seed, "id", None) or ""
                own_names = (
                    *names.get(("actor", record_id), ()),
                    *names.get(("place", record_id), ()),
                )
                if _PRONOUNS.match(match["what"]) or occurs(own_names, match["what"]):
                    message = (
                        "Write basis: stated, and quote the words that name it, or say how it is"
                        f" inferred: the note says “{match.group()}”"
                    )
                    yield entry.finding("inferences-are-not-stated", message, "note")


def stated_references_are_in_the_quotes(seeds: Seeds) -> Iterator[Finding]:
    """A stated reference is in the words of the record's quotes: with `as_written` or, for an actor
    or a place, by a name that the article declares for it.
    """
    for article in seeds.articles:
        names = declared_names(article)
        for kind in ("events", "statements", "figures"):
            for record in article.entries(kind):
                quoted = article.words_of(record)
                if quoted is None:
                    continue  # the words within its ranges are not known
                for entry, key in _references(record, seeds):
                    is_stated = entry.seed.basis == "stated"
                    if is_stated and entry.seed.as_written is None:
                        if occurs(names.get(key, ()), quoted):
                            continue
                        message = (
                            "Write as_written and quote the words, or write basis: inferred and a"
                            f" note: no words of the record's quotes are said to mean “{key[1]}”"
                        )
                        yield entry.finding("stated-references-are-in-the-quotes", message)


def _references(record: Entry[Any], seeds: Seeds) -> Iterator[tuple[Entry[Any], RecordKey]]:
    """Yield the references of a record with what they name, also that to the people counted."""
    for reference in references_of(record):
        if isinstance(reference.entry.seed, s.ReferenceSeed):
            yield reference.entry, (reference.resource_type, reference.id)
    if isinstance(record.seed, s.FigureSeed) and record.seed.population is not None:
        series = seeds.series_by_id.get(record.seed.series)
        if series is not None and series.population is not None:
            location = (*record.location, "population")
            yield Entry(record.file, location, record.seed.population), ("actor", series.population)


def occurs(names: Sequence[str], text: str) -> bool:
    """Whether one of the names stands in a text as whole words."""
    folded = _folded(text)
    return any(re.search(rf"(?<!\w){re.escape(_folded(name))}(?!\w)", folded) for name in names)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("’", "'")
