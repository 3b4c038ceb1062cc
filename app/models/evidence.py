"""The spans of sources that support records."""

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from app.models.base import PresentRow, Slug, is_quote_or_range, is_span, refers_to_exactly_one


class Evidence(PresentRow, table=True):
    """A span of a source's text: a quote, which has `exact`, or a range, which has its first and
    last words. It is one row, with one key, however many records it supports.
    """

    __table_args__ = (
        UniqueConstraint("source_id", "start_offset", "end_offset"),
        is_span("span_in_order"),
        is_quote_or_range(),
        CheckConstraint("length(prefix) <= 24 AND length(suffix) <= 24", name="context_is_short"),
    )

    key: int = Field(primary_key=True)
    source_id: str = Field(sa_type=Slug, foreign_key="source.id")
    start_offset: int
    end_offset: int
    exact: str | None = Field(sa_type=Text)
    first_words: str | None = Field(sa_type=Text)
    last_words: str | None = Field(sa_type=Text)
    prefix: str = Field(sa_type=Text)
    suffix: str = Field(sa_type=Text)


class Proof(PresentRow, table=True):
    """That a span supports a record: the span at `position` of the record's evidence.

    `proves` names the record's fields, joined by spaces.
    """

    __table_args__ = (
        refers_to_exactly_one(("actor_id", "place_id", "event_id", "statement_id", "figure_id")),
        Index(None, "evidence_key"),
    )

    revision_key: int = Field(primary_key=True, foreign_key="revision.key")
    position: int = Field(primary_key=True)
    evidence_key: int = Field(foreign_key="evidence.key")
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    place_id: str | None = Field(sa_type=Slug, foreign_key="place.id")
    event_id: str | None = Field(sa_type=Slug, foreign_key="event.id")
    statement_id: str | None = Field(sa_type=Slug, foreign_key="statement.id")
    figure_id: str | None = Field(sa_type=Slug, foreign_key="figure.id")
    proves: str = Field(sa_type=Text)
