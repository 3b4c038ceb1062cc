"""Corrections, withdrawals and renamed ids."""

import difflib
from collections.abc import Iterator

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.seeds import Entry, Seeds
from app.vocabulary import ResourceType


def corrections_match_the_records(seeds: Seeds) -> Iterator[Finding]:
    """A corrected record exists; a withdrawn or renamed one does not, and a new id leads to a
    record.
    """
    rule = "corrections-match-the-records"
    withdrawals: dict[tuple[ResourceType, str], Entry[s.CorrectionSeed]] = {}
    for entry in seeds.corrections:
        if entry.seed.change != "corrected":
            earlier = withdrawals.setdefault((entry.seed.resource, entry.seed.id), entry)
            if earlier is not entry:
                message = (
                    f"the {entry.seed.resource} “{entry.seed.id}” is said to be"
                    f" {earlier.seed.change} already"
                )
                yield entry.finding(rule, message, "id")
    for entry in seeds.corrections:
        seed = entry.seed
        known_ids = seeds.known_ids[seed.resource]
        if seed.change == "corrected" and seed.id not in known_ids and not seeds.is_partial:
            near = difflib.get_close_matches(seed.id, sorted(known_ids), n=1)
            hint = f"did you mean “{near[0]}”?" if near else "is it change: withdrawn?"
            yield entry.finding(rule, f"there is no {seed.resource} “{seed.id}”; {hint}", "id")
        if seed.change != "corrected" and seed.id in known_ids:
            message = (
                f"the {seed.resource} “{seed.id}” is still there; an id that was {seed.change} is"
                " never used again"
            )
            yield entry.finding(rule, message, "id")
        if (seed.renamed_to is None) == (seed.change == "renamed"):
            message = (
                "says where a record has gone that is renamed, and stands with change: renamed"
                " alone"
            )
            yield entry.finding(
                rule, f"renamed_to {message}", *(["renamed_to"] if seed.renamed_to else [])
            )
        elif seed.renamed_to and not seeds.is_partial and seed.renamed_to not in known_ids:
            onward = withdrawals.get((seed.resource, seed.renamed_to))
            if onward is None or onward is entry:
                message = (
                    f"there is no {seed.resource} “{seed.renamed_to}”, and none that has gone on"
                    " from there"
                )
                yield entry.finding(rule, message, "renamed_to")
        yield from _rename_cycles(entry, withdrawals)


def _rename_cycles(
    entry: Entry[s.CorrectionSeed],
    withdrawals: dict[tuple[ResourceType, str], Entry[s.CorrectionSeed]],
) -> Iterator[Finding]:
    visited, current = {entry.seed.id}, entry.seed.renamed_to
    while current is not None and current not in visited:
        visited.add(current)
        onward = withdrawals.get((entry.seed.resource, current))
        current = onward.seed.renamed_to if onward else None
    if current == entry.seed.id:
        message = f"“{entry.seed.id}” comes back to itself, by way of “{entry.seed.renamed_to}”"
        yield entry.finding("corrections-match-the-records", message, "renamed_to")
