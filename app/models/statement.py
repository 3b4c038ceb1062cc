"""Statements."""

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from app import vocabulary as v
from app.models.base import (
    Code,
    PresentRow,
    Slug,
    SortKey,
    Words,
    has_title,
    hash_index,
    is_in_order,
    is_one_of,
    is_quote_or_range,
    is_slug,
    is_span,
    refers_to_at_most_one,
)


def voice_matches_origin() -> CheckConstraint:
    """The voice follows from the origin, and what the source says itself is no quotation."""
    rules = [
        f"(origin = '{origin}' AND voice = '{voice}'"
        f" AND quote_type IS {'' if voice == 'article' else 'NOT '}NULL)"
        for origin, voice in v.VOICES.items()
    ]
    return CheckConstraint(" OR ".join(rules), name="voice_matches_origin")


class Statement(PresentRow, table=True):
    """What somebody said, or what the source says in its own voice."""

    __table_args__ = (
        is_slug(),
        has_title(),
        is_in_order("published"),
        is_one_of("voice", v.Voice),
        is_one_of("quote_type", v.QuoteType),
        is_one_of("origin", v.Origin),
        is_one_of("made_on_basis", v.DateBasis),
        is_in_order("made_on"),
        voice_matches_origin(),
        Index(None, "source_id", "id"),
        Index(None, "voice", "id"),
        Index(None, "quote_type", "id"),
        Index(None, "act", "id"),
        Index(None, "origin", "id"),
        Index(None, "event_id", "id"),
        Index(None, "made_on_earliest", "id", "made_on_latest"),
        Index(None, "made_on_latest", "id", "made_on_earliest"),
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
    summary: str = Field(sa_type=Text)
    voice: str = Field(sa_type=Code)
    quote_type: str | None = Field(sa_type=Code)
    act: str = Field(sa_type=Code, foreign_key="act.code")
    origin: str = Field(sa_type=Code)
    event_id: str | None = Field(sa_type=Slug, foreign_key="event.id")
    made_on_edtf: str | None = Field(sa_type=Code)
    made_on_earliest: int
    made_on_latest: int
    made_on_basis: str | None = Field(sa_type=Code)


class StatementSpeaker(PresentRow, table=True):
    """Who said a statement, or may have. `actor_id` is `None` where the source's words name
    somebody without a record.
    """

    __tablename__ = "statement_speaker"
    __table_args__ = (Index(None, "actor_id", "statement_id"),)

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")


class StatementRelay(PresentRow, table=True):
    """Through whom a statement reached the source. `actor_id` is `None` where it has no record."""

    __tablename__ = "statement_relay"
    __table_args__ = (Index(None, "actor_id", "statement_id"),)

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")


class StatementAddressee(PresentRow, table=True):
    """To whom a statement was made."""

    __tablename__ = "statement_addressee"
    __table_args__ = (Index(None, "actor_id", "statement_id"),)

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")


class StatementTopic(PresentRow, table=True):
    """What a statement is about: an actor, a place or an event, or something without a record."""

    __tablename__ = "statement_topic"
    __table_args__ = (
        refers_to_at_most_one(("actor_id", "place_id", "event_id")),
        Index(None, "actor_id", "statement_id"),
        Index(None, "place_id", "statement_id"),
        Index(None, "event_id", "statement_id"),
    )

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    place_id: str | None = Field(sa_type=Slug, foreign_key="place.id")
    event_id: str | None = Field(sa_type=Slug, foreign_key="event.id")


class StatementQuotedWords(PresentRow, table=True):
    """What the source itself puts in quotation marks: a quote, which has `exact`, or a range, which
    has its first and last words.
    """

    __tablename__ = "statement_quoted_words"
    __table_args__ = (
        is_span("span_in_order"),
        is_quote_or_range(),
        hash_index("exact"),
    )

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    exact: str | None = Field(sa_type=Words)
    first_words: str | None = Field(sa_type=Text)
    last_words: str | None = Field(sa_type=Text)
    start_offset: int
    end_offset: int


class StatementLoadedTerm(PresentRow, table=True):
    """A word of the source that takes sides."""

    __tablename__ = "statement_loaded_term"
    __table_args__ = (is_span("span_in_order"), Index(None, "term", "statement_id"))

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    term: str = Field(sa_type=Words)
    start_offset: int
    end_offset: int
