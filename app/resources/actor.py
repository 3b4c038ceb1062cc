from app import vocabulary as v
from app.models import Actor, ActorIdentifier, ActorName, ActorRelation, ActorRole, ActorSource
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
    one_of,
    published,
)
from app.resources.fields import (
    Caveats,
    Corrections,
    Date,
    EvidenceList,
    Part,
    Record,
    Relation,
    SameAs,
    field,
)


class Role(Part):
    """An office or role that a source gives somebody."""

    title: str = field("The role, in plain words.", "foreign minister")
    of: str | None = field(
        "Id of the actor that it is a role of or in; null: the text does not say.", "iran"
    )
    as_written: str | None = field(
        "The source's words for the role, null where it has none.", "The Iranian foreign minister"
    )
    date: Date | None = field("When it was held; null: the text does not say.")
    basis: v.ReferenceBasis = field("Whether the text states it or we infer it.", "stated")
    note: str | None = field("How it was inferred, or what a reader must know.", None)


class ActorRelationRecord(Relation):
    """How an actor is related to another, undated or without an event of its own."""

    type: v.ActorRelationType = field("How they are related.", "ally_of")
    resource: v.RelatedResourceType = field("The resource type of `to`.", "actor")


class ActorRecord(Record):
    kind: v.ActorKind = field(
        "What sort of actor it is: our classification.", "state", "population"
    )
    names_as_written: tuple[str, ...] = field(
        "Every name and description that the sources use.", ["Islamic Republic News Agency", "IRNA"]
    )
    country: str | None = field(
        "Country (ISO 3166-1 alpha-2); null: none, or the text does not say.",
        "IR",
        pattern="^[A-Z]{2}$",
    )
    roles: tuple[Role, ...] = field("Offices and roles that sources give it.")
    relations: tuple[ActorRelationRecord, ...] = field("Relations to other actors.")
    same_as: SameAs
    caveats: Caveats
    corrections: Corrections = ()
    evidence: EvidenceList


ACTOR = Resource(
    type="actor",
    plural="actors",
    path="/v1/actors",
    record=ActorRecord,
    table=Actor,
    description="Persons, states, offices, organisations, groups and populations that act, speak or"
    " are affected.",
    filters=(
        id_filter(Actor, "actors", "iran"),
        Filter(
            name="kind",
            columns=(Actor.kind,),
            value_type=code_of(v.ActorKind),
            description="Sort of actor.",
            example="state",
        ),
        Filter(
            name="country",
            columns=(Actor.country,),
            value_type=COUNTRY_VALUE,
            description="Country (ISO 3166-1 alpha-2).",
            example="IR",
        ),
        Filter(
            name="name_as_written",
            columns=(ActorName.as_written,),
            value_type=TEXT_VALUE,
            description="A name or description, exactly as a source has it.",
            example="Tehran",
        ),
        Filter(
            name="role",
            columns=(ActorRole.title,),
            value_type=TEXT_VALUE,
            description="Role, in plain words.",
            example="foreign minister",
        ),
        Filter(
            name="role_of",
            columns=(ActorRole.of_id,),
            value_type=SLUG_VALUE,
            description="Whom the role is of; with `role`: of that role.",
            example="iran",
            phrase="with a role of {}",
        ),
        Filter(
            name="relation",
            columns=(ActorRelation.type,),
            value_type=one_of(v.ActorRelationType),
            description="How it is related to another actor.",
            example="ally_of",
        ),
        Filter(
            name="related_to",
            columns=(ActorRelation.to_id,),
            value_type=SLUG_VALUE,
            description="Whom it is related to; with `relation`: in that way.",
            example="united-states",
            phrase="with a relation to {}",
        ),
        Filter(
            name="incoming_relation",
            columns=(ActorRelation.type,),
            owner=ActorRelation.to_id,
            value_type=one_of(v.ActorRelationType),
            description="How another actor is related to it: `ally_of` gives those of whom another"
            " is an ally.",
            example="ally_of",
        ),
        Filter(
            name="related_from",
            columns=(ActorRelation.actor_id,),
            owner=ActorRelation.to_id,
            value_type=SLUG_VALUE,
            description="The actor that is related to it; with `incoming_relation`: in that way.",
            example="qatar",
            phrase="with a relation from {}",
        ),
        Filter(
            name="same_as",
            columns=(ActorIdentifier.identifier,),
            value_type=IDENTIFIER_VALUE,
            description="Identifier elsewhere, with its scheme.",
            example="wikidata:Q794",
            phrase="known elsewhere as {}",
        ),
        Filter(
            name="source",
            columns=(ActorSource.source_id,),
            always_present=True,
            value_type=SLUG_VALUE,
            description="Source that names it.",
            example="iran-fm-qatar-amir-2024-02-14",
            phrase="from {}",
        ),
    ),
    dates=(published(ActorSource),),
    sorts=(by_id(Actor), by_title(Actor)),
    includes=(
        Include(
            name="source",
            type="source",
            columns=(ActorSource.source_id,),
            description="The sources that name it.",
        ),
        Include(
            name="role_of",
            type="actor",
            columns=(ActorRole.of_id,),
            description="Whom its roles are of.",
        ),
        Include(
            name="related_to",
            type="actor",
            columns=(ActorRelation.to_id,),
            description="Whom it is related to.",
        ),
    ),
)
