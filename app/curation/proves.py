"""What quotes and ranges prove: fields of the record that they belong to."""

from functools import cache
from typing import Any

from app.curation import schema as s
from app.curation.seeds import Entry
from app.resources import RESOURCES
from app.vocabulary import ResourceType

_NOT_PROVABLE = frozenset(
    "id title kind source series caveats corrections evidence measure_kind bound voice excludes"
    " loaded_terms mappings same_as superseded_by".split()
)
"""Fields that are ours, or that follow from others."""

ONLY_BY_QUOTES = frozenset(
    "value lower upper qualifier as_written names_as_written date made_on period as_of".split()
)
"""Numbers, names and dates. A range omits words, which might be just these."""


@cache
def provable_fields(resource_type: ResourceType) -> tuple[str, ...]:
    """Return the fields of a record that words of a source can prove, in their order."""
    fields = RESOURCES[resource_type].record.model_fields
    return tuple(name for name in fields if name not in _NOT_PROVABLE)


def default_proves(resource_type: ResourceType, record: Entry[Any]) -> tuple[str, ...]:
    """Return what words prove that name no field: every provable field that has a value in the
    record, and that no other words of the record name.
    """
    named = {name for item in record.evidence for name in item.seed.proves}
    named |= {name for name, parts in _own_evidence(record.seed) if parts}
    return tuple(
        name
        for name in provable_fields(resource_type)
        if name not in named and _has_value(record.seed, name)
    )


def proves_of(seed: s.EvidenceSeed, default: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields that words prove: those that they name, or by default."""
    if seed.proves or isinstance(seed, s.QuoteSeed):
        return seed.proves or default
    return tuple(name for name in default if name not in ONLY_BY_QUOTES)


def _own_evidence(seed: Any) -> tuple[tuple[str, Any], ...]:
    """Return the fields whose parts have evidence of their own."""
    return (
        ("names_as_written", getattr(seed, "names", ())),
        ("roles", getattr(seed, "roles", ())),
        ("relations", getattr(seed, "relations", ())),
    )


def _has_value(seed: Any, name: str) -> bool:
    """Whether the curator gives a value that words of the source may prove.

    What a figure takes from its series, and what is wholly inferred, is not proved by its words.
    """
    if name == "measure":
        return True  # the words of a number say what is counted
    value = getattr(seed, name, None)
    if isinstance(value, s.AttributionSeed):
        return bool(value.credited)
    if value is None or name not in seed.model_fields_set:
        return False
    if isinstance(value, tuple):
        return any(getattr(item, "basis", "stated") == "stated" for item in value)
    if isinstance(value, s.DateSeed):
        return value.basis != "publication_date"
    return getattr(value, "basis", "stated") == "stated"
