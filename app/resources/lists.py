"""The lists that are not of one noun: search, the timeline, and what is quoted from a source."""

from dataclasses import replace
from typing import Any, Literal, get_args

from app.models import Evidence
from app.resources import RESOURCES
from app.resources.declarations import (
    COUNT_VALUE,
    FULL_TEXT,
    UPDATED_AFTER,
    Across,
    Filter,
    Parameter,
    Range,
    Resource,
    of_range,
    one_of,
)
from app.vocabulary import ChangeKind, ResourceType

TimelineNoun = Literal["event", "statement", "figure"]
EvidenceNoun = Literal["actor", "place", "event", "statement", "figure"]

TIMELINE_RESOURCES: dict[ResourceType, Resource] = {
    noun: RESOURCES[noun] for noun in get_args(TimelineNoun)
}
"""The nouns of the timeline: what one source tells, with a date."""


def _noun(codes: Any, description: str, example: str) -> Parameter:
    return _one_of_codes("noun", codes, description, example, "of noun {}")


def _one_of_codes(name: str, codes: Any, description: str, example: str, phrase: str) -> Parameter:
    subject = Filter(
        name=name,
        columns=(),
        kind=one_of(codes),
        description=description,
        example=example,
        phrase=phrase,
    )
    return Parameter(
        name=name,
        operator="any_of",
        subject=subject,
        kind=subject.kind,
        many=True,
        description=description,
        example=example,
    )


def _of_all(resources: dict[ResourceType, Resource]) -> tuple[Parameter, ...]:
    """What any of them can be asked, once each. Parameters of one name mean the same wherever they are declared."""
    merged: dict[str, Parameter] = {}
    said: dict[str, dict[str, list[str]]] = {}
    for resource in resources.values():
        for parameter in resource.parameters:
            merged.setdefault(parameter.name, parameter)
            said.setdefault(parameter.name, {}).setdefault(parameter.description, []).append(
                resource.plural
            )
    return tuple(
        replace(parameter, description=_description(said[name]))
        for name, parameter in merged.items()
    )


def _description(said: dict[str, list[str]]) -> str:
    """One description, or those of the nouns where they differ."""
    if len(said) == 1:
        return next(iter(said))
    return " ".join(
        f"{', '.join(plurals).capitalize()}: {words}" for words, plurals in said.items()
    )


FACETS = tuple(
    dict.fromkeys(facet.name for resource in RESOURCES.values() for facet in resource.facets)
)
"""What the index counts of every noun that has it."""

SEARCH = Across(
    plural="search results",
    path="/v1/search",
    description="Full-text search over all nouns. Records whose own name has the words come first, then short before long;"
    " each with the places where the words stand.",
    asked=(FULL_TEXT, _noun(ResourceType, "Only records of these nouns.", "figure")),
    required=("q",),
    order=("rank", "best first"),
)

TIMELINE = Across(
    plural="events, statements and figures",
    path="/v1/timeline",
    description="Events, statements and figures in one chronological list: events by `date`, statements by `made_on`,"
    " figures by `period`. It takes the filters of all three; one that a noun does not have leaves that noun out.",
    asked=(
        _noun(TimelineNoun, "Only records of these nouns.", "event"),
        *_of_all(TIMELINE_RESOURCES),
    ),
    sorts=tuple(
        sort for sort in TIMELINE_RESOURCES["event"].sorts if sort.name in ("date", "published")
    ),
    default_sort="date",
    most_sort_keys=1,
)

DATASETS = Across(
    plural="datasets",
    path="/v1/datasets",
    description="Every dataset that was served, newest first: its version, when it was recorded, and what changed with it.",
    order=("recorded", "newest first"),
    has_past=False,
)

CHANGES = Across(
    plural="changes",
    path="/v1/changes",
    description="Everything that was recorded, newest first: each record that was added, changed, withdrawn or renamed, with the"
    " revision that it was given. For mirrors: `updated_after` the dataset version that you have.",
    asked=(
        _one_of_codes("noun", ResourceType, "Only records of these nouns.", "figure", "of noun {}"),
        _one_of_codes(
            "change", ChangeKind, "Only changes of these kinds.", "changed", "that were {}"
        ),
        replace(
            UPDATED_AFTER,
            description="Only what was recorded after this dataset version, instant, or since the beginning of this day (UTC).",
        ),
    ),
    order=("recorded", "newest first"),
)

REVISIONS = Across(
    plural="revisions of one record",
    path="/v1/{nouns}/{id}/revisions",
    description="Every form in which a record was served, newest first. A withdrawn record's are kept, too.",
    order=("number", "newest first"),
    has_past=False,
)

SOURCE_EVIDENCE = Across(
    plural="quotes of one source",
    path="/v1/sources/{id}/evidence",
    description="All that is quoted from one source, in reading order, each quote with the records that rest on it.",
    asked=(
        *of_range(
            Range(
                name="start",
                column=Evidence.start_offset,
                kind=COUNT_VALUE,
                description="Offset of the quote's first character, in Unicode code points.",
                example="1929",
            )
        ),
        *of_range(
            Range(
                name="end",
                column=Evidence.end_offset,
                kind=COUNT_VALUE,
                description="Offset behind the quote's last character.",
                example="1929",
            )
        ),
        _noun(EvidenceNoun, "Only quotes that a record of these nouns rests on.", "figure"),
    ),
    order=("start", "in reading order"),
)
