"""The lists of more than one resource type: search, timeline, evidence, changes, datasets."""

from collections.abc import Sequence
from dataclasses import replace

from typing_extensions import TypeAliasType

from app.models import Evidence
from app.resources import RESOURCES
from app.resources.declarations import (
    FULL_TEXT,
    UPDATED_AFTER,
    CustomListing,
    Filter,
    NumberRange,
    Parameter,
    Resource,
    filter_parameter,
    one_of,
    range_parameters,
)
from app.vocabulary import (
    VOCABULARIES_PATH,
    ChangeKind,
    EvidenceResourceType,
    ResourceType,
    TimelineResourceType,
    codes,
)

TIMELINE_RESOURCES: dict[ResourceType, Resource] = {
    resource_type: RESOURCES[resource_type] for resource_type in codes(TimelineResourceType)
}
"""The resource types of the timeline: those with a source and a date."""


def _code_parameter(
    name: str, vocabulary: TypeAliasType, description: str, example: str, phrase: str
) -> Parameter:
    return filter_parameter(
        Filter(
            name=name,
            columns=(),
            value_type=one_of(vocabulary),
            description=description,
            example=example,
            phrase=phrase,
        )
    )


def _resource_parameter(vocabulary: TypeAliasType, description: str, example: str) -> Parameter:
    return _code_parameter("resource", vocabulary, description, example, "of type {}")


_SHARED = ("q", "source", "place", "participant", "about", "measure", "date", "updated_after")
"""The parameters of the timeline that are of its resource types."""


def _shared_parameters(resources: Sequence[Resource]) -> tuple[Parameter, ...]:
    """Return each of `_SHARED` once; a name has the same values in all resource types."""
    shared = []
    for name in _SHARED:
        having = [resource for resource in resources if resource.parameter(name)]
        parameter = having[0].parameters_by_name[name]
        if len(having) < len(resources):
            plurals = " and ".join(resource.plural for resource in having)
            description = f"{parameter.description} Leaves all but {plurals} out."
            parameter = replace(parameter, description=description)
        shared.append(parameter)
    return tuple(shared)


FACETS = tuple(
    dict.fromkeys(facet.name for resource in RESOURCES.values() for facet in resource.facets)
)
"""The facets that the service document counts for every resource type that has them."""

SEARCH = CustomListing(
    plural="search results",
    path="/v1/search",
    description="Full-text search over all resource types. Records whose own name has the words"
    " come first, then short before long; each with the places where the words stand.",
    own_parameters=(
        FULL_TEXT,
        _resource_parameter(ResourceType, "Only records of these types.", "figure"),
    ),
    required=("q",),
    fixed_sort=("rank", "best first"),
)

TIMELINE = CustomListing(
    plural="events, statements and figures",
    path="/v1/timeline",
    description="Events, statements and figures in one chronological list: events by `date`,"
    " statements by `made_on`, figures by `period`. A filter that a resource type does not have"
    " leaves that type out.",
    own_parameters=(
        _resource_parameter(TimelineResourceType, "Only records of these types.", "event"),
        *_shared_parameters([*TIMELINE_RESOURCES.values()]),
    ),
    sorts=tuple(
        sort for sort in TIMELINE_RESOURCES["event"].sorts if sort.name in ("date", "published")
    ),
    default_sort="date",
    max_sort_keys=1,
)

DATASETS = CustomListing(
    plural="datasets",
    path="/v1/datasets",
    description="Every dataset that was served, newest first: its version, when it was recorded,"
    " and what changed with it.",
    fixed_sort=("recorded", "newest first"),
    supports_known_at=False,
)

CHANGES = CustomListing(
    plural="changes",
    path="/v1/changes",
    description="Everything that was recorded, newest first: each record that was added, changed,"
    " withdrawn or renamed, with the revision that it was given. For mirrors: `updated_after` the"
    " dataset version that you have.",
    own_parameters=(
        _resource_parameter(ResourceType, "Only records of these types.", "figure"),
        _code_parameter(
            "change", ChangeKind, "Only changes of these kinds.", "changed", "that were {}"
        ),
        replace(
            UPDATED_AFTER,
            description="Only what was recorded after this dataset version, instant, or since the"
            " beginning of this day (UTC).",
        ),
    ),
    fixed_sort=("recorded", "newest first"),
)

VOCABULARIES = CustomListing(
    plural="vocabularies",
    path=VOCABULARIES_PATH,
    description="The schemes of codes that records are classified by. Codes are data: more of them"
    " come with every article, and none is ever removed.",
    fixed_sort=("scheme", "by name"),
    supports_known_at=False,
    is_paged=False,
)

CODES = CustomListing(
    plural="codes of one vocabulary",
    path=f"{VOCABULARIES_PATH}/{{scheme}}",
    description="The codes of one scheme with their definitions, the broader code, and the codes of"
    " other schemes that they are mapped to. In JSON-LD it is a SKOS concept scheme.",
    fixed_sort=("code", "by code"),
    supports_known_at=False,
    is_paged=False,
)

REVISIONS = CustomListing(
    plural="revisions of one record",
    path="/v1/{resources}/{id}/revisions",
    description="Newest first. Those of a withdrawn record are kept, too.",
    fixed_sort=("revision_number", "newest first"),
    supports_known_at=False,
)

SOURCE_EVIDENCE = CustomListing(
    plural="quotes of one source",
    path="/v1/sources/{id}/evidence",
    description="All that is quoted from one source, in reading order, each quote with the records"
    " that rest on it.",
    own_parameters=(
        *range_parameters(
            NumberRange(
                name="start",
                column=Evidence.start_offset,
                is_count=True,
                description="Offset of the quote's first character, in Unicode code points.",
                example="1929",
            )
        ),
        *range_parameters(
            NumberRange(
                name="end",
                column=Evidence.end_offset,
                is_count=True,
                description="Offset behind the quote's last character.",
                example="1929",
            )
        ),
        _resource_parameter(
            EvidenceResourceType, "Only quotes that support records of these types.", "figure"
        ),
    ),
    fixed_sort=("start", "in reading order"),
)
