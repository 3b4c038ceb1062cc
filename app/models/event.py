"""Events."""

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from app import vocabulary as v
from app.models.base import (
    Code,
    PresentRow,
    Slug,
    SortKey,
    deferred_foreign_key,
    has_title,
    is_in_order,
    is_one_of,
    is_slug,
    refers_to_exactly_one,
)


class Event(PresentRow, table=True):
    """What happened, by one source."""

    __table_args__ = (
        is_slug(),
        has_title(),
        is_in_order("published"),
        is_one_of("status", v.EventStatus),
        is_one_of("date_basis", v.DateBasis),
        is_in_order("date"),
        Index(None, "source_id", "id"),
        Index(None, "type", "id"),
        Index(None, "status", "id"),
        Index(None, "date_earliest", "id", "date_latest"),
        Index(None, "date_latest", "id", "date_earliest"),
        Index(None, "title_key", "id"),
        Index(None, "published_earliest", "id", "published_latest"),
        Index(None, "published_latest", "id", "published_earliest"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    source_id: str = Field(sa_type=Slug, foreign_key="source.id")
    published_earliest: int
    published_latest: int
    type: str = Field(sa_type=Code, foreign_key="event_type.code")
    status: str = Field(sa_type=Code)
    date_edtf: str | None = Field(sa_type=Code)
    date_earliest: int
    date_latest: int
    date_basis: str | None = Field(sa_type=Code)


class EventMapping(PresentRow, table=True):
    """A code of another scheme that the type of an event is mapped to, such as `plover:CONSULT`."""

    __tablename__ = "event_mapping"
    __table_args__ = (Index(None, "mapping", "event_id"),)

    event_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="event.id")
    position: int = Field(primary_key=True)
    mapping: str = Field(sa_type=Slug)


class EventPlace(PresentRow, table=True):
    """Where an event happened."""

    __tablename__ = "event_place"
    __table_args__ = (
        Index(None, "place_id", "event_id"),
        Index(None, "role", "event_id"),
    )

    event_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="event.id")
    position: int = Field(primary_key=True)
    place_id: str | None = Field(sa_type=Slug, foreign_key="place.id")
    role: str = Field(sa_type=Code, foreign_key="place_role.code")


class EventParticipant(PresentRow, table=True):
    """Who took part in an event, and how."""

    __tablename__ = "event_participant"
    __table_args__ = (Index(None, "actor_id", "event_id"), Index(None, "role", "event_id"))

    event_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="event.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    role: str | None = Field(sa_type=Code, foreign_key="participant_role.code")


class EventRelation(PresentRow, table=True):
    """How an event is related to another event or to a statement."""

    __tablename__ = "event_relation"
    __table_args__ = (
        is_one_of("type", v.EventRelationType),
        refers_to_exactly_one(("to_event_id", "to_statement_id")),
        CheckConstraint("event_id <> to_event_id", name="leads_to_another"),
        Index(None, "to_event_id", "event_id"),
        Index(None, "to_statement_id", "event_id"),
        Index(None, "type", "event_id"),
    )

    event_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="event.id")
    position: int = Field(primary_key=True)
    type: str = Field(sa_type=Code)
    to_event_id: str | None = Field(sa_type=Slug, sa_column_args=deferred_foreign_key("event.id"))
    to_statement_id: str | None = Field(
        sa_type=Slug, sa_column_args=deferred_foreign_key("statement.id")
    )
