from app import vocabulary as v
from app.models import Place, PlaceIdentifier, PlaceName, PlaceSource
from app.resources.declarations import (
    COUNTRY_VALUE,
    IDENTIFIER_VALUE,
    SLUG_VALUE,
    TEXT_VALUE,
    Filter,
    Include,
    Resource,
    by_id,
    by_title,
    code_of,
    id_filter,
    published,
)
from app.resources.fields import Caveats, Corrections, EvidenceList, Record, SameAs, field


class PlaceRecord(Record):
    kind: v.PlaceKind = field("What sort of place it is: our classification.", "territory")
    names_as_written: tuple[str, ...] = field("Every name that the sources use.", ["West Bank"])
    country: str | None = field(
        "Country (ISO 3166-1 alpha-2); null: none, or left open, as a caveat says.",
        "QA",
        pattern="^[A-Z]{2}$",
    )
    part_of: str | None = field(
        "Id of the place that it is part of; null: the text does not say.", None
    )
    same_as: SameAs
    caveats: Caveats
    corrections: Corrections = ()
    evidence: EvidenceList


PLACE = Resource(
    type="place",
    plural="places",
    path="/v1/places",
    record=PlaceRecord,
    table=Place,
    description="Territories, countries, cities, regions and institutions. A capital that stands"
    " for a government is a name of that actor.",
    filters=(
        id_filter(Place, "places", "gaza-strip"),
        Filter(
            name="kind",
            columns=(Place.kind,),
            value_type=code_of(v.PlaceKind),
            description="Sort of place.",
            example="territory",
        ),
        Filter(
            name="country",
            columns=(Place.country,),
            value_type=COUNTRY_VALUE,
            description="Country (ISO 3166-1 alpha-2).",
            example="QA",
        ),
        Filter(
            name="name_as_written",
            columns=(PlaceName.as_written,),
            value_type=TEXT_VALUE,
            description="A name, exactly as a source has it.",
            example="Gaza",
        ),
        Filter(
            name="part_of",
            columns=(Place.part_of_id,),
            value_type=SLUG_VALUE,
            description="The place that it is part of.",
            example="gaza-strip",
            phrase="part of {}",
        ),
        Filter(
            name="same_as",
            columns=(PlaceIdentifier.identifier,),
            value_type=IDENTIFIER_VALUE,
            description="Identifier elsewhere, with its scheme.",
            example="wikidata:Q39760",
            phrase="known elsewhere as {}",
        ),
        Filter(
            name="source",
            columns=(PlaceSource.source_id,),
            always_present=True,
            value_type=SLUG_VALUE,
            description="Source that names it.",
            example="iran-fm-qatar-amir-2024-02-14",
            phrase="from {}",
        ),
    ),
    dates=(published(PlaceSource),),
    sorts=(by_id(Place), by_title(Place)),
    includes=(
        Include(
            name="source",
            type="source",
            columns=(PlaceSource.source_id,),
            description="The sources that name it.",
        ),
        Include(
            name="part_of",
            type="place",
            columns=(Place.part_of_id,),
            description="The place that it is part of.",
        ),
    ),
)
