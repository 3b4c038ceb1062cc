"""Ids, references, and the identities that articles share."""

import difflib
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from app.curation.checks.references import all_references
from app.curation.files import Finding
from app.curation.seeds import Entry, Seeds
from app.vocabulary import ResourceType


def ids_are_unique(seeds: Seeds) -> Iterator[Finding]:
    """An id belongs to one record of its resource type; otherwise a link would be ambiguous."""
    for resource_type, entries in _entries_by_type(seeds).items():
        first: dict[str, Entry[Any]] = {}
        for entry in entries:
            earlier = first.setdefault(entry.seed.id, entry)
            if earlier is not entry:
                where = f"{earlier.file.parent.name}/{earlier.file.name}"
                yield entry.finding(
                    "ids-are-unique",
                    f"Write another id: the {resource_type} “{entry.seed.id}” is in {where}",
                    "id",
                )
    for article in seeds.articles:
        for name in ("actors", "places"):
            counts = Counter(entry.seed.id for entry in article.entries(name))
            for entry in article.entries(name):
                if counts[entry.seed.id] > 1:
                    yield entry.finding(
                        "ids-are-unique",
                        f"Merge the two entries of “{entry.seed.id}”",
                        "id",
                    )


def _entries_by_type(seeds: Seeds) -> dict[ResourceType, list[Entry[Any]]]:
    return {
        "source": [article.source for article in seeds.articles],
        "actor": list(seeds.actors),
        "place": list(seeds.places),
        "series": list(seeds.series),
        "event": list(seeds.all_of("events")),
        "statement": list(seeds.all_of("statements")),
        "figure": list(seeds.all_of("figures")),
    }


def shared_files_are_sorted(seeds: Seeds) -> Iterator[Finding]:
    """Shared files are sorted by id, so that two curators who add entries rarely change the same
    line.
    """
    shared: tuple[list[Entry[Any]], ...] = (seeds.actors, seeds.places, seeds.series)
    for entries in shared:
        for before, entry in pairwise(entries):
            if before.seed.id > entry.seed.id:
                message = (
                    f"Move “{entry.seed.id}” before “{before.seed.id}”: this file is sorted by id"
                )
                yield entry.finding("shared-files-are-sorted", message, "id")


def identifiers_are_of_one_record(seeds: Seeds) -> Iterator[Finding]:
    """Two actors, or two places, never have one identifier in `same_as`; otherwise they would be
    one.
    """
    shared: tuple[list[Entry[Any]], ...] = (seeds.actors, seeds.places)
    for entries in shared:
        first: dict[tuple[str, str], str] = {}
        for entry in entries:
            for index, item in enumerate(entry.seed.same_as):
                other = first.setdefault((item.scheme, item.id), entry.seed.id)
                if other != entry.seed.id or (item in entry.seed.same_as[:index]):
                    message = (
                        f"Correct the id, or merge the two entries: {item.scheme}:{item.id} is"
                        f" that of “{other}” too"
                    )
                    if other == entry.seed.id:
                        message = f"Delete one of the two: {item.scheme}:{item.id} is there twice"
                    yield entry.finding(
                        "identifiers-are-of-one-record", message, "same_as", index, "id"
                    )


def references_exist(seeds: Seeds) -> Iterator[Finding]:
    """Every id that is referred to exists; otherwise a link would lead nowhere."""
    files = {"actor": "actors.yaml", "place": "places.yaml", "series": "measures.yaml"}
    for reference in all_references(seeds):
        known_ids = seeds.known_ids[reference.resource_type]
        if reference.id not in known_ids:
            near = difflib.get_close_matches(reference.id, sorted(known_ids), n=1)
            file = files.get(reference.resource_type, "a facts.yaml")
            hint = f"Did you mean “{near[0]}”?" if near else f"Add it to {file}:"
            message = f"{hint} there is no {reference.resource_type} “{reference.id}”"
            yield reference.entry.finding("references-exist", message, *reference.location)


def identities_have_evidence(seeds: Seeds) -> Iterator[Finding]:
    """Actors, places and series have evidence in an article."""
    named = {
        "actor": {entry.seed.id for entry in seeds.all_of("actors")},
        "place": {entry.seed.id for entry in seeds.all_of("places")},
        "series": {entry.seed.series for entry in seeds.all_of("figures")},
    }
    for resource_type, entries in (
        ("actor", seeds.actors),
        ("place", seeds.places),
        ("series", seeds.series),
    ):
        for entry in entries:
            if entry.seed.id not in named[resource_type] and not seeds.is_partial:
                message = (
                    f"Quote where the {resource_type} “{entry.seed.id}” is named, or delete it: no"
                    " article has evidence for it"
                )
                yield entry.finding("identities-have-evidence", message, "id")


def mentions_are_quoted(seeds: Seeds) -> Iterator[Finding]:
    """An article that names an actor or a place quotes the name at least once."""
    for name in ("actors", "places"):
        for entry in seeds.all_of(name):
            if not entry.quotes:
                yield entry.finding(
                    "mentions-are-quoted",
                    f"Add a quote under names: “{entry.seed.id}” has none",
                    "id",
                )


def no_place_is_part_of_itself(seeds: Seeds) -> Iterator[Finding]:
    """A place is not part of itself, not even indirectly; otherwise a filter for it would never
    end.
    """
    parts = {entry.seed.id: entry.seed.part_of for entry in seeds.places}
    for entry in seeds.places:
        visited, whole_id = {entry.seed.id}, entry.seed.part_of
        while whole_id is not None and whole_id not in visited:
            visited.add(whole_id)
            whole_id = parts.get(whole_id)
        if whole_id == entry.seed.id:
            yield entry.finding(
                "no-place-is-part-of-itself",
                f"Correct part_of: “{entry.seed.id}” is part of itself, by way of"
                f" “{entry.seed.part_of}”",
                "part_of",
            )


def nothing_refers_to_itself(seeds: Seeds) -> Iterator[Finding]:
    """No event, actor or series has a relation to itself: such a relation has no meaning."""
    for name, resource_type in (("actors", "actor"), ("events", "event")):
        for entry in seeds.all_of(name):
            for index, relation in enumerate(entry.seed.relations):
                if (relation.resource, relation.to) == (resource_type, entry.seed.id):
                    message = f"Name another record: “{entry.seed.id}” is related to itself"
                    yield entry.finding(
                        "nothing-refers-to-itself", message, "relations", index, "to"
                    )
    for series in seeds.series:
        if series.seed.id in series.seed.excludes:
            yield series.finding(
                "nothing-refers-to-itself",
                f"Name another series: “{series.seed.id}” excludes itself",
                "excludes",
            )
    for figure in seeds.all_of("figures"):
        if figure.seed.denominator == figure.seed.id:
            yield figure.finding(
                "nothing-refers-to-itself",
                f"Name another figure: “{figure.seed.id}” is a share of itself",
                "denominator",
            )
