"""The closed vocabularies of v1: every code that On Record itself assigns.

Codes are our classifications, not the source's facts. Clients must accept codes that they do not
know. The tables' CHECK constraints, the enums of the OpenAPI document and the seed schema use
the same literals.
"""

from typing import Literal

ResourceType = Literal["source", "actor", "place", "event", "statement", "figure", "series"]

SourceKind = Literal["news_article", "report", "dataset"]
TextAccess = Literal["withheld", "quotes_only", "full"]

ActorKind = Literal[
    "person",
    "state",
    "organisation",
    "office",
    "armed_or_political_group",
    "media",
    "population",
    "unnamed",
]
ActorRelationType = Literal[
    "part_of", "office_of", "member_of", "represents", "ally_of", "ties_with", "supports", "opposes"
]

PlaceKind = Literal["territory", "country", "city", "region", "institution"]
PlaceRole = Literal["in", "at", "near", "from", "to", "through"]

EventType = Literal[
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
]
EventStatus = Literal["told_as_done", "agreed", "planned", "unclear"]
EventRelationType = Literal[
    "part_of", "led_to", "follows", "during", "in_exchange_for", "requested_by"
]
# All sixteen of PLOVER 2021. CAMEO's "make public statement" is not one: statements are records.
PloverCategory = Literal[
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
]

Voice = Literal["article", "attributed", "ambiguous"]
QuoteType = Literal["direct", "partial", "paraphrase"]
Act = Literal[
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
]
ChangeKind = Literal["added", "changed", "withdrawn", "renamed"]
CorrectionKind = Literal["corrected", "withdrawn", "renamed"]
TopicResourceType = Literal["actor", "place", "event"]
RelatedResourceType = Literal["event", "statement"]

MeasureKind = Literal["cumulative", "period", "share", "amount", "point"]
Method = Literal["reported", "extrapolated"]
Qualifier = Literal[
    "none_stated",
    "over",
    "at_least",
    "under",
    "nearly",
    "at_most",
    "about",
    "between",
    "unquantified",
]
Bound = Literal["none", "gt", "ge", "lt", "le", "both"]

DateBasis = Literal["stated", "inferred", "publication_date"]
ReferenceBasis = Literal["stated", "inferred"]
AttributionBasis = Literal["stated", "none"]
EvidenceType = Literal["text"]
OffsetUnit = Literal["unicode_code_point"]

QUALIFIER_BOUNDS: dict[Qualifier, Bound] = {
    "none_stated": "none",
    "over": "gt",
    "at_least": "ge",
    "under": "lt",
    "nearly": "lt",
    "at_most": "le",
    "about": "none",
    "between": "both",
    "unquantified": "none",
}
"""The bound that each qualifier implies: `lower` for gt and ge, `upper` for lt and le."""

FormatName = Literal["json", "csv", "ndjson", "jsonld", "atom", "timelinejs", "html"]
"""The formats of responses, by the names that `format=` takes."""

CitationStyle = Literal["sentence", "apa", "chicago", "bibtex", "ris", "csl-json"]
"""The styles of a citation: three for people, three for reference managers."""

Theme = Literal["auto", "light", "dark"]
"""The colours of a card: those of the reader's system, or always light or dark."""

SLUG_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
MAX_SLUG_LENGTH = 80
