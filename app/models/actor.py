"""Actors."""

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.types import String
from sqlmodel import Field

from app import vocabulary as v
from app.models.base import (
    Code,
    PresentRow,
    Slug,
    SortKey,
    Words,
    deferred_foreign_key,
    has_title,
    hash_index,
    is_country,
    is_in_order,
    is_one_of,
    is_slug,
)


class Actor(PresentRow, table=True):
    """Who acts, speaks or is counted: a person, an organisation, a state, a population."""

    __table_args__ = (
        is_slug(),
        has_title(),
        is_country(),
        Index(None, "kind", "id"),
        Index(None, "country", "id"),
        Index(None, "title_key", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    kind: str = Field(sa_type=Code, foreign_key="actor_kind.code")
    country: str | None = Field(sa_type=String(2))


class ActorName(PresentRow, table=True):
    """A name that a source uses for an actor."""

    __tablename__ = "actor_name"
    __table_args__ = (hash_index("as_written"),)

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    position: int = Field(primary_key=True)
    as_written: str = Field(sa_type=Words)


class ActorIdentifier(PresentRow, table=True):
    """An identifier of the same thing elsewhere, with its scheme: `wikidata:Q794`."""

    __tablename__ = "actor_identifier"

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    position: int = Field(primary_key=True)
    identifier: str = Field(sa_type=Code, unique=True)


class ActorSource(PresentRow, table=True):
    """That a source names an actor, and when that source was published."""

    __tablename__ = "actor_source"
    __table_args__ = (is_in_order("published"), Index(None, "source_id", "actor_id"))

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    published_earliest: int
    published_latest: int


class ActorRole(PresentRow, table=True):
    """An office that an actor holds, in the source's words. `of_id` None: where is not stated."""

    __tablename__ = "actor_role"
    __table_args__ = (
        is_in_order("date"),
        Index(None, "title", "actor_id"),
        Index(None, "of_id", "actor_id"),
    )

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    position: int = Field(primary_key=True)
    title: str = Field(sa_type=Words)
    of_id: str | None = Field(sa_type=Slug, sa_column_args=deferred_foreign_key("actor.id"))
    date_earliest: int
    date_latest: int


class ActorRelation(PresentRow, table=True):
    """How an actor is related to another."""

    __tablename__ = "actor_relation"
    __table_args__ = (
        is_one_of("type", v.ActorRelationType),
        is_one_of("basis", v.ReferenceBasis),
        is_in_order("date"),
        CheckConstraint("actor_id <> to_id", name="leads_to_another"),
        Index(None, "to_id", "actor_id"),
        Index(None, "type", "actor_id"),
    )

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    position: int = Field(primary_key=True)
    type: str = Field(sa_type=Code)
    to_id: str = Field(sa_type=Slug, sa_column_args=deferred_foreign_key("actor.id"))
    basis: str = Field(sa_type=Code)
    date_earliest: int
    date_latest: int
