"""The codes that On Record itself assigns: our classifications, not the source's facts.

Each type of code is a named type alias, which Pydantic and the OpenAPI document keep as a schema of
its own. Codes on which programs depend are an enum; the tables' CHECK constraints and the seed
schema use the same. Codes that the domain needs more of with every article are data: a scheme of
the vocabulary (`vocabulary.yaml`, `/v1/vocabularies/{scheme}`), to the OpenAPI document a string.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field
from typing_extensions import TypeAliasType

CODE_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]*$"


VOCABULARIES_PATH = "/v1/vocabularies"


def codes(enum: TypeAliasType) -> tuple[Any, ...]:
    """Return the codes of an enum, in the order of their declaration."""
    return get_args(get_args(enum.__value__)[0])


ResourceType = TypeAliasType(
    "ResourceType",
    Annotated[
        Literal["source", "actor", "place", "event", "statement", "figure", "series"],
        Field(description="A resource type."),
    ],
)

Scheme = TypeAliasType(
    "Scheme",
    Annotated[
        Literal[
            "act",
            "actor_kind",
            "breakdown_category",
            "event_type",
            "measure",
            "participant_role",
            "place_kind",
            "place_role",
            "plover",
            "source_kind",
            "unit",
        ],
        Field(description="A scheme of the vocabulary."),
    ],
)


def _code(scheme: str, description: str, example: str) -> Any:
    """A code of a scheme, which the description links to."""
    link = f"[{scheme}]({VOCABULARIES_PATH}/{scheme})"
    return Field(
        pattern=CODE_PATTERN,
        description=f"{description} The codes are those of {link}.",
        examples=[example],
    )


SourceKind = TypeAliasType(
    "SourceKind", Annotated[str, _code("source_kind", "Kind of a source.", "news_article")]
)
TextAccess = TypeAliasType(
    "TextAccess",
    Annotated[
        Literal["withheld", "quotes_only", "full"],
        Field(description="How much of a source's text is published."),
    ],
)

ActorKind = TypeAliasType(
    "ActorKind", Annotated[str, _code("actor_kind", "Kind of an actor.", "person")]
)
ActorRelationType = TypeAliasType(
    "ActorRelationType",
    Annotated[
        Literal[
            "part_of",
            "office_of",
            "member_of",
            "owned_by",
            "relative_of",
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
    "PlaceKind", Annotated[str, _code("place_kind", "Kind of a place.", "city")]
)
PlaceRole = TypeAliasType(
    "PlaceRole", Annotated[str, _code("place_role", "How a place is related to a record.", "in")]
)

IdentifierScheme = TypeAliasType(
    "IdentifierScheme",
    Annotated[
        Literal["wikidata", "geonames", "iso_3166_2"],
        Field(description="A scheme of identifiers that others give."),
    ],
)
IDENTIFIER_PATTERNS: dict[IdentifierScheme, str] = {
    "wikidata": "Q[1-9][0-9]*",
    "geonames": "[1-9][0-9]*",
    "iso_3166_2": "[A-Z]{2}-[A-Z0-9]{1,3}",
}
IDENTIFIER_EXAMPLES: dict[IdentifierScheme, str] = {
    "wikidata": "Q794",
    "geonames": "290030",
    "iso_3166_2": "QA-DA",
}
IDENTIFIER_URLS: dict[IdentifierScheme, str] = {
    "wikidata": "http://www.wikidata.org/entity/",
    "geonames": "https://sws.geonames.org/",
}
"""What comes before an identifier in the URL of what it identifies; ISO 3166-2 has no URLs."""

EventType = TypeAliasType(
    "EventType", Annotated[str, _code("event_type", "Type of an event.", "meeting")]
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
ParticipantRole = TypeAliasType(
    "ParticipantRole",
    Annotated[str, _code("participant_role", "What a participant does in an event.", "party")],
)
MappedScheme = TypeAliasType(
    "MappedScheme",
    Annotated[
        Literal["iso_4217", "plover", "schema_org", "ucum"],
        Field(description="A scheme whose codes ours are mapped to."),
    ],
)
MappingMatch = TypeAliasType(
    "MappingMatch",
    Annotated[
        Literal["exact", "close", "broad", "narrow", "related"],
        Field(description="How a mapped code is related to ours, as in SKOS: `broad` is broader."),
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
    "Act", Annotated[str, _code("act", "What a speaker does by a statement.", "says")]
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
CountedResourceType = TypeAliasType(
    "CountedResourceType",
    Annotated[
        Literal["actor", "place", "event", "statement", "figure", "series"],
        Field(description="A resource type whose records rest on sources."),
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
    "Measure", Annotated[str, _code("measure", "What is measured.", "people_killed")]
)
Unit = TypeAliasType(
    "Unit",
    Annotated[
        str,
        _code("unit", "What is counted: `person`, `percent`, a currency (ISO 4217), …", "person"),
    ],
)
BreakdownCategory = TypeAliasType(
    "BreakdownCategory",
    Annotated[
        str, _code("breakdown_category", "A category that a figure is limited to.", "children")
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
Origin = TypeAliasType(
    "Origin",
    Annotated[
        Literal["stated", "publisher", "none_named", "ambiguous"],
        Field(
            description="Whom words or a number come from: somebody whom the source credits"
            " (`stated`), the source itself (`publisher`), nobody whom it names (`none_named`, of"
            " figures alone), or one cannot tell (`ambiguous`)."
        ),
    ],
)
VOICES: dict[Origin, Voice] = {
    "publisher": "article",
    "stated": "attributed",
    "ambiguous": "ambiguous",
}
"""The voice of a statement by its origin."""

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

SCHEMES: Mapping[Scheme, TypeAliasType | None] = {
    "act": Act,
    "actor_kind": ActorKind,
    "breakdown_category": BreakdownCategory,
    "event_type": EventType,
    "measure": Measure,
    "participant_role": ParticipantRole,
    "place_kind": PlaceKind,
    "place_role": PlaceRole,
    "plover": None,
    "source_kind": SourceKind,
    "unit": Unit,
}
"""The schemes, each with the type of the fields that have its codes: `plover` is in mappings."""

SCHEME_OF: Mapping[TypeAliasType, Scheme] = {
    alias: scheme for scheme, alias in SCHEMES.items() if alias is not None
}

SLUG_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
MAX_SLUG_LENGTH = 80
