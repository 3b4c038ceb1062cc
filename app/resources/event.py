from app import vocabulary as v
from app.models import Event, EventMapping, EventParticipant, EventPlace, EventRelation, PlaceWithin
from app.resources.declarations import (
    MAPPING_VALUE,
    SLUG_VALUE,
    DateRange,
    Filter,
    Include,
    Resource,
    by_date,
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
    PlaceReference,
    Record,
    Reference,
    Relation,
    field,
)
from app.resources.vocabulary import CodeMapping


class Participant(Reference):
    id: str | None = field("Id of the actor; null: the text does not say who.", "iran")
    as_written: str | None = field("The words of the source, null where it has none.", "Tehran")
    role: v.ParticipantRole | None = field(
        "What it does in the event: our classification; null: the text does not say.", "party"
    )


class EventRelationRecord(Relation):
    """How an event is related to another event or to a statement."""

    type: v.EventRelationType = field(
        "How they are related; read: this event … that one.", "led_to"
    )
    to: str = field(
        "Id of the other event or of the statement.", "prisoners-released-under-iran-us-agreement"
    )


class EventRecord(Record):
    source: str = field("Id of the source that reports it.", "iran-fm-qatar-amir-2024-02-14")
    type: v.EventType = field("What happened, in our plain vocabulary.", "release")
    mappings: tuple[CodeMapping, ...] = field("Codes of other schemes that its type is mapped to.")
    date: Date | None = field("When; null: the text does not say.")
    places: tuple[PlaceReference, ...] = field("Where, as far as the text says.")
    participants: tuple[Participant, ...] = field("Who took part, as far as the text says.")
    status: v.EventStatus = field(
        "Whether the text reports it as having happened, as going on, as agreed or as planned, or"
        " leaves it unclear.",
        "reported",
    )
    relations: tuple[EventRelationRecord, ...] = field(
        "Relations to other events and to statements."
    )
    caveats: Caveats
    corrections: Corrections = ()
    evidence: EvidenceList


EVENT = Resource(
    type="event",
    plural="events",
    path="/v1/events",
    record=EventRecord,
    table=Event,
    description="What the sources report as having happened, as going on, agreed or planned.",
    filters=(
        id_filter(Event, "events", "truce-in-gaza-2023-11"),
        Filter(
            name="source",
            columns=(Event.source_id,),
            value_type=SLUG_VALUE,
            description="Source that reports it.",
            example="iran-fm-qatar-amir-2024-02-14",
            phrase="from {}",
        ),
        Filter(
            name="type",
            columns=(Event.type,),
            value_type=code_of(v.EventType),
            description="What happened.",
            example="release",
        ),
        Filter(
            name="mapping",
            columns=(EventMapping.mapping,),
            value_type=MAPPING_VALUE,
            description="Code of another scheme that its type is mapped to, such as an event class"
            " of PLOVER.",
            example="plover:RETREAT",
            phrase="mapped to {}",
        ),
        Filter(
            name="status",
            columns=(Event.status,),
            value_type=one_of(v.EventStatus),
            description="How the text reports it.",
            example="reported",
        ),
        Filter(
            name="place",
            columns=(EventPlace.place_id,),
            parts_table=PlaceWithin,
            value_type=SLUG_VALUE,
            description="Where: this place or a part of it.",
            example="gaza-strip",
            phrase="in {}",
        ),
        Filter(
            name="place_role",
            columns=(EventPlace.role,),
            value_type=code_of(v.PlaceRole),
            description="How a place is related to it; with `place`: that place.",
            example="from",
        ),
        Filter(
            name="participant",
            columns=(EventParticipant.actor_id,),
            value_type=SLUG_VALUE,
            description="Who took part.",
            example="iran",
            phrase="with {} taking part",
        ),
        Filter(
            name="participant_role",
            columns=(EventParticipant.role,),
            value_type=code_of(v.ParticipantRole),
            description="Role of a participant; with `participant`: of that one.",
            example="party",
        ),
        Filter(
            name="relation",
            columns=(EventRelation.type,),
            value_type=one_of(v.EventRelationType),
            description="How it is related to another event or a statement.",
            example="led_to",
        ),
        Filter(
            name="related_to",
            columns=(EventRelation.to_event_id, EventRelation.to_statement_id),
            value_type=SLUG_VALUE,
            description="Event or statement that it is related to; with `relation`: in that way.",
            example="prisoners-released-under-iran-us-agreement",
            phrase="with a relation to {}",
        ),
        Filter(
            name="incoming_relation",
            columns=(EventRelation.type,),
            owner=EventRelation.to_event_id,
            value_type=one_of(v.EventRelationType),
            description="How another event is related to it: `led_to` gives events that another led"
            " to.",
            example="led_to",
        ),
        Filter(
            name="related_from",
            columns=(EventRelation.event_id,),
            owner=EventRelation.to_event_id,
            value_type=SLUG_VALUE,
            description="The event that is related to it; with `incoming_relation`: in that way.",
            example="iran-us-prisoner-swap-agreement-2023-09",
            phrase="with a relation from {}",
        ),
    ),
    dates=(
        DateRange(
            name="date",
            earliest=Event.date_earliest,
            latest=Event.date_latest,
            description="When it happened.",
            example="2023-09",
        ),
        published(Event),
    ),
    sorts=(
        by_id(Event),
        by_title(Event),
        by_date("date", Event.date_earliest, Event.date_latest, "date"),
        by_date("published", Event.published_earliest, Event.published_latest, "publication"),
    ),
    includes=(
        Include(
            name="source",
            type="source",
            columns=(Event.source_id,),
            description="The source that reports it.",
        ),
        Include(
            name="place", type="place", columns=(EventPlace.place_id,), description="Its places."
        ),
        Include(
            name="participant",
            type="actor",
            columns=(EventParticipant.actor_id,),
            description="Who took part.",
        ),
        Include(
            name="related_event",
            type="event",
            columns=(EventRelation.to_event_id,),
            description="Events that it is related to.",
        ),
        Include(
            name="related_statement",
            type="statement",
            columns=(EventRelation.to_statement_id,),
            description="Statements that it is related to.",
        ),
    ),
)
