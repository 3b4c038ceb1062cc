"""The vocabularies of v1: every code that On Record itself assigns.

Codes are our classifications, not the source's facts. Each vocabulary is a named type alias, which
Pydantic and the OpenAPI document keep as a schema of its own. The tables' CHECK constraints and the
seed schema use the same codes.

A closed vocabulary is an enum: programs depend on its codes. An open one grows with every article:
the curation accepts the codes below, while the OpenAPI document describes a string, so that a new
code breaks no client.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, WithJsonSchema
from typing_extensions import TypeAliasType

CODE_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]*$"


def codes(vocabulary: TypeAliasType) -> tuple[Any, ...]:
    """Return the codes of a vocabulary, in the order of their declaration."""
    return get_args(get_args(vocabulary.__value__)[0])


def is_open(vocabulary: TypeAliasType) -> bool:
    """Whether clients must expect codes that the vocabulary does not have yet."""
    return any(isinstance(item, WithJsonSchema) for item in get_args(vocabulary.__value__))


def _open(description: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "string",
            "pattern": CODE_PATTERN,
            "description": description,
            "examples": list(examples),
        }
    )


ResourceType = TypeAliasType(
    "ResourceType",
    Annotated[
        Literal["source", "actor", "place", "event", "statement", "figure", "series"],
        Field(description="A resource type."),
    ],
)

SourceKind = TypeAliasType(
    "SourceKind",
    Annotated[
        Literal["news_article", "report", "dataset"],
        _open("Kind of a source.", "news_article"),
    ],
)
TextAccess = TypeAliasType(
    "TextAccess",
    Annotated[
        Literal["withheld", "quotes_only", "full"],
        Field(description="How much of a source's text is published."),
    ],
)

ActorKind = TypeAliasType(
    "ActorKind",
    Annotated[
        Literal[
            "person",
            "state",
            "organisation",
            "office",
            "armed_or_political_group",
            "media",
            "population",
            "unnamed",
        ],
        _open("Kind of an actor.", "person"),
    ],
)
ActorRelationType = TypeAliasType(
    "ActorRelationType",
    Annotated[
        Literal[
            "part_of",
            "office_of",
            "member_of",
            "represents",
            "ally_of",
            "ties_with",
            "supports",
            "opposes",
        ],
        Field(description="How an actor is related to another."),
    ],
)

PlaceKind = TypeAliasType(
    "PlaceKind",
    Annotated[
        Literal["territory", "country", "city", "region", "institution"],
        _open("Kind of a place.", "city"),
    ],
)
PlaceRole = TypeAliasType(
    "PlaceRole",
    Annotated[
        Literal["in", "at", "near", "from", "to", "through"],
        Field(description="How a place is related to a record."),
    ],
)

EventType = TypeAliasType(
    "EventType",
    Annotated[
        Literal[
            "agreement",
            "aid",
            "announcement",
            "armed_conflict",
            "arrest",
            "arrival",
            "attack",
            "departure",
            "displacement",
            "election",
            "hosting",
            "mediation",
            "meeting",
            "negotiation",
            "protest",
            "release",
            "request",
            "ruling",
            "sanction",
            "tour",
            "truce",
            "visit",
            "vote",
            "other",
        ],
        _open("Type of an event.", "meeting"),
    ],
)
EventStatus = TypeAliasType(
    "EventStatus",
    Annotated[
        Literal["reported", "ongoing", "agreed", "planned", "unclear"],
        Field(description="How the source reports an event: as having happened, as going on, …"),
    ],
)
EventRelationType = TypeAliasType(
    "EventRelationType",
    Annotated[
        Literal["part_of", "led_to", "follows", "during", "in_exchange_for", "requested_by"],
        Field(description="How an event is related to another event or to a statement."),
    ],
)
# All sixteen of PLOVER 2021. CAMEO's "make public statement" is not one: statements are records.
PloverCategory = TypeAliasType(
    "PloverCategory",
    Annotated[
        Literal[
            "AGREE",
            "CONSULT",
            "SUPPORT",
            "CONCEDE",
            "COOPERATE",
            "AID",
            "RETREAT",
            "REQUEST",
            "ACCUSE",
            "REJECT",
            "THREATEN",
            "PROTEST",
            "SANCTION",
            "MOBILIZE",
            "COERCE",
            "ASSAULT",
        ],
        Field(description="Event class of PLOVER 2021."),
    ],
)

Voice = TypeAliasType(
    "Voice",
    Annotated[
        Literal["article", "attributed", "ambiguous"],
        Field(description="Whose words a statement is in."),
    ],
)
QuoteType = TypeAliasType(
    "QuoteType",
    Annotated[
        Literal["direct", "partial", "paraphrase"],
        Field(description="How a source renders a speaker's words."),
    ],
)
Act = TypeAliasType(
    "Act",
    Annotated[
        Literal[
            "says",
            "describes",
            "assesses",
            "praises",
            "commends",
            "thanks",
            "urges",
            "emphasises",
            "criticises",
            "questions",
            "accuses",
            "aims",
            "requests",
            "announces",
            "outlines",
            "endorses",
        ],
        _open("What a speaker does by a statement.", "says"),
    ],
)
ChangeKind = TypeAliasType(
    "ChangeKind",
    Annotated[
        Literal["added", "changed", "withdrawn", "renamed"],
        Field(description="Kind of a change between two datasets."),
    ],
)
CorrectionKind = TypeAliasType(
    "CorrectionKind",
    Annotated[
        Literal["corrected", "withdrawn", "renamed"],
        Field(description="Kind of a correction."),
    ],
)
TimelineResourceType = TypeAliasType(
    "TimelineResourceType",
    Annotated[
        Literal["event", "statement", "figure"],
        Field(description="A resource type with a source and a date."),
    ],
)
EvidenceResourceType = TypeAliasType(
    "EvidenceResourceType",
    Annotated[
        Literal["actor", "place", "event", "statement", "figure"],
        Field(description="A resource type with evidence of its own."),
    ],
)
TopicResourceType = TypeAliasType(
    "TopicResourceType",
    Annotated[
        Literal["actor", "place", "event"],
        Field(description="Resource type of what a statement is about."),
    ],
)
RelatedResourceType = TypeAliasType(
    "RelatedResourceType",
    Annotated[
        Literal["actor", "event", "statement"],
        Field(description="Resource type of what a record is related to."),
    ],
)

MeasureKind = TypeAliasType(
    "MeasureKind",
    Annotated[
        Literal["cumulative", "period", "share", "amount", "point"],
        Field(description="A running total, a period, a share, an amount, or one moment."),
    ],
)
Measure = TypeAliasType(
    "Measure",
    Annotated[
        str,
        Field(description="What is measured.", pattern=CODE_PATTERN, examples=["people_killed"]),
    ],
)
Unit = TypeAliasType(
    "Unit",
    Annotated[
        str,
        Field(
            description="What is counted: `person`, `percent`, a currency (ISO 4217), …",
            pattern=CODE_PATTERN,
            examples=["person"],
        ),
    ],
)
Method = TypeAliasType(
    "Method",
    Annotated[
        Literal["reported", "extrapolated"],
        Field(description="How the numbers of a series come about."),
    ],
)
Qualifier = TypeAliasType(
    "Qualifier",
    Annotated[
        Literal[
            "none_stated",
            "over",
            "at_least",
            "under",
            "nearly",
            "at_most",
            "about",
            "between",
            "unquantified",
        ],
        Field(description="The qualifier that a source puts on a number."),
    ],
)
ObservationStatus = TypeAliasType(
    "ObservationStatus",
    Annotated[
        Literal["provisional", "estimated", "forecast"],
        Field(description="What a source calls a number that is not final."),
    ],
)
DisagreementKind = TypeAliasType(
    "DisagreementKind",
    Annotated[
        Literal["value_and_value", "value_and_bound", "bound_and_bound"],
        Field(description="What contradicts what."),
    ],
)
DisagreeingParties = TypeAliasType(
    "DisagreeingParties",
    Annotated[
        Literal["sources", "speakers", "same_origin"],
        Field(description="Two sources, two speakers in one source, or neither."),
    ],
)
Bound = TypeAliasType(
    "Bound",
    Annotated[
        Literal["gt", "ge", "lt", "le", "both"],
        Field(description="How the bounds of a number are meant."),
    ],
)

DateBasis = TypeAliasType(
    "DateBasis",
    Annotated[
        Literal["stated", "inferred", "publication_date"],
        Field(description="Whether the text states a date, or where else it comes from."),
    ],
)
ReferenceBasis = TypeAliasType(
    "ReferenceBasis",
    Annotated[
        Literal["stated", "inferred"],
        Field(description="Whether the text states a reference or it is inferred."),
    ],
)
AttributionBasis = TypeAliasType(
    "AttributionBasis",
    Annotated[
        Literal["stated", "none"],
        Field(description="Whether the source credits anybody."),
    ],
)
EvidenceType = TypeAliasType(
    "EvidenceType",
    Annotated[
        Literal["text"],
        Field(description="What kind of evidence it is."),
    ],
)
OffsetUnit = TypeAliasType(
    "OffsetUnit",
    Annotated[
        Literal["unicode_code_point"],
        Field(description="What offsets count."),
    ],
)

QUALIFIER_BOUNDS: dict[Qualifier, Bound | None] = {
    "none_stated": None,
    "over": "gt",
    "at_least": "ge",
    "under": "lt",
    "nearly": "lt",
    "at_most": "le",
    "about": None,
    "between": "both",
    "unquantified": None,
}
"""The bound that each qualifier implies: `lower` for gt and ge, `upper` for lt and le."""

SHARE_PREFIX = "share_of_"
"""The beginning of the measures of shares, and of no others: they name what is shared."""

FormatName = TypeAliasType(
    "FormatName",
    Annotated[
        Literal["json", "csv", "ndjson", "jsonld", "atom", "timelinejs", "html"],
        Field(description="A format of responses."),
    ],
)

CitationStyle = TypeAliasType(
    "CitationStyle",
    Annotated[
        Literal["sentence", "apa", "chicago", "bibtex", "ris", "csl-json"],
        Field(description="Style of a citation: for people or for reference managers."),
    ],
)

Theme = TypeAliasType(
    "Theme",
    Annotated[
        Literal["auto", "light", "dark"],
        Field(description="Colours of a card: the reader's, or always light or dark."),
    ],
)

SLUG_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
MAX_SLUG_LENGTH = 80
