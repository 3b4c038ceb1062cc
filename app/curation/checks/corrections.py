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
                    f"Delete this entry: the {entry.seed.resource} “{entry.seed.id}” is already"
                    f" {earlier.seed.change}"
                )
                yield entry.finding(rule, message, "id")
    for entry in seeds.corrections:
        seed = entry.seed
        known_ids = seeds.known_ids[seed.resource]
        if seed.change == "corrected" and seed.id not in known_ids and not seeds.is_partial:
            near = difflib.get_close_matches(seed.id, sorted(known_ids), n=1)
            hint = f"Did you mean “{near[0]}”?" if near else "Write change: withdrawn:"
            yield entry.finding(rule, f"{hint} there is no {seed.resource} “{seed.id}”", "id")
        if seed.change != "corrected" and seed.id in known_ids:
            message = (
                f"Delete the {seed.resource} “{seed.id}”, or this entry: an id that was"
                f" {seed.change} is never used again"
            )
            yield entry.finding(rule, message, "id")
        if (seed.renamed_to is None) == (seed.change == "renamed"):
            message = (
                "Delete renamed_to: it belongs to change: renamed"
                if seed.renamed_to
                else "Add renamed_to: the new id of a record with change: renamed"
            )
            yield entry.finding(rule, message, *(["renamed_to"] if seed.renamed_to else []))
        elif seed.renamed_to and not seeds.is_partial and seed.renamed_to not in known_ids:
            onward = withdrawals.get((seed.resource, seed.renamed_to))
            if onward is None or onward is entry:
                message = (
                    f"Name the new id: there is no {seed.resource} “{seed.renamed_to}”, and none"
                    " was renamed from it"
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
        message = f"Correct renamed_to: “{entry.seed.id}” leads back to itself"
        yield entry.finding("corrections-match-the-records", message, "renamed_to")
