"""The tables.

Two layers. `revision` holds every record that was ever served, as the bytes that were served, with the dataset version
that brought it and the one that ended it. The other tables hold the present: what is filtered, sorted, joined or must
never be wrong, one row per current record, pointing at its revision by `revision_key`. Beside each stands its `past_` table,
with the rows that have ended. Reading the present therefore never walks through the past, however long that grows; reading
the past is reading both.

Ids are the public slugs, so that a foreign key reads as what it means. A pair `…_earliest`/`…_latest` holds a date's strict
bounds, both inclusive, as day numbers (1 = 0001-01-01). They are never null: what is unbounded lies outside the calendar on
its own side, what is missing on the other (MISSING_…), so that one comparison with each bound finds what overlaps a window,
one index gives the order, and what is missing comes last either way; that index has the other bound behind the order, so that
what lies outside a window is passed over without a look at its row.

What must never be true is a named CHECK; the function that makes it says why. (No `from __future__ import annotations`
here: SQLModel reads the annotations.)
"""

from collections.abc import Sequence
from typing import Any, get_args

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import String, TypeEngine
from sqlmodel import Field, SQLModel

from app import vocabulary as v

SCHEMA_REVISION = "0005"
"""The migration that these tables correspond to. The server, which does not load Alembic, compares it on opening."""

UNBOUNDED_EARLIEST, UNBOUNDED_LATEST = 0, 3_652_060
"""The day before 0001-01-01 and the one after 9999-12-31."""
MISSING_EARLIEST, MISSING_LATEST = 3_652_061, -1
"""The bounds of a date that is null: an interval turned round, which overlaps nothing."""
LARGEST = 1.7976931348623157e308
"""What stands for a missing number where numbers are sorted; no number of at most 15 digits equals it."""

_WITHOUT_PAST = ("dataset", "revision", "withdrawal", "ready_part")
"""The tables that only grow, and what is made from the others."""

METADATA = SQLModel.metadata
METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Byte order, the same on both databases: lists are sorted by these columns and cursors continue them.
Slug: TypeEngine[str] = String(v.MAX_SLUG_LENGTH).with_variant(
    String(v.MAX_SLUG_LENGTH, collation="C"), "postgresql"
)
Code: TypeEngine[str] = String(40).with_variant(String(40, collation="C"), "postgresql")
# The source's words or ours, as they are filtered by and counted.
Words: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
# A title as it is sorted: folded as search folds it, cut to what an index may hold.
SORT_KEY_LENGTH = 200
SortKey: TypeEngine[str] = String(SORT_KEY_LENGTH).with_variant(
    String(SORT_KEY_LENGTH, collation="C"), "postgresql"
)


def _later(column: str) -> list[ForeignKey]:
    """A foreign key that is asked at the end of the transaction, because a load may bring the one that refers before
    the one that is referred to.
    """
    return [ForeignKey(column, deferrable=True, initially="DEFERRED")]


# ----------------------------------------------------------------------------------------------------------- checks


def _one_of(column: str, codes: Any) -> CheckConstraint:
    """A code outside its vocabulary would reach clients as a value that no document describes."""
    listed = ", ".join(f"'{code}'" for code in get_args(codes))
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


def _slug(column: str = "id") -> CheckConstraint:
    """Ids are addresses: an id that is empty or not lower-case could be served but not asked for."""
    return CheckConstraint(
        f"length({column}) BETWEEN 1 AND {v.MAX_SLUG_LENGTH} AND {column} = lower({column}) AND {column} NOT LIKE '% %'",
        name=f"{column}_is_a_slug",
    )


def _title() -> CheckConstraint:
    """Every record is named by us; without a title a list of records cannot be read."""
    return CheckConstraint("length(title) > 0", name="title_is_not_empty")


def _in_order(name: str) -> CheckConstraint:
    """A date that ends before it begins matches no window, so its record could never be found by date."""
    missing = f"{name}_earliest = {MISSING_EARLIEST} AND {name}_latest = {MISSING_LATEST}"
    return CheckConstraint(
        f"{name}_earliest <= {name}_latest OR ({missing})", name=f"{name}_in_order"
    )


def _country(column: str = "country") -> CheckConstraint:
    """ISO 3166-1 alpha-2, upper case: `ir` and `IR` would be two countries to a filter."""
    return CheckConstraint(
        f"length({column}) = 2 AND {column} = upper({column})", name=f"{column}_is_alpha_2"
    )


def _sha256(column: str) -> CheckConstraint:
    """A hash of another length is not a SHA-256 and proves nothing."""
    return CheckConstraint(
        f"length({column}) = 64 AND {column} = lower({column})", name=f"{column}_is_sha256"
    )


def _exactly_one(columns: Sequence[str]) -> CheckConstraint:
    """A tie leads from one thing to one thing: with none it dangles, with two nobody knows which is meant."""
    counted = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns)
    return CheckConstraint(f"{counted} = 1", name="ties_exactly_one")


def _speaker() -> CheckConstraint:
    """A speaker is somebody whom the text credits; with `basis: none` a name would be our addition."""
    return CheckConstraint(
        "speaker_id IS NULL OR attribution_basis = 'stated'", name="speaker_is_stated"
    )


def _value_against_qualifier() -> CheckConstraint:
    """Bounds come from the qualifier alone: a number without its “over” misleads, and so does one with a bound that
    the text does not give. One row of the vocabulary's QUALIFIER_BOUNDS per branch.
    """
    # A CHECK that comes out as NULL passes, so each comparison stands behind an IS NOT NULL.
    from_below = "value IS NOT NULL AND lower IS NOT NULL AND lower = value AND upper IS NULL"
    from_above = "value IS NOT NULL AND lower IS NULL AND upper IS NOT NULL AND upper = value"
    branches = {
        "none": "value IS NOT NULL AND lower IS NULL AND upper IS NULL",
        "gt": from_below,
        "ge": from_below,
        "lt": from_above,
        "le": from_above,
        "both": "value IS NULL AND lower IS NOT NULL AND upper IS NOT NULL AND lower < upper",
    }
    rules = [
        f"(qualifier = '{qualifier}' AND bound = '{bound}' AND {branches[bound]})"
        for qualifier, bound in v.QUALIFIER_BOUNDS.items()
        if qualifier != "unquantified"
    ]
    rules.append(
        "(qualifier = 'unquantified' AND bound = 'none' AND value IS NULL AND lower IS NULL AND upper IS NULL)"
    )
    return CheckConstraint(" OR ".join(rules), name="value_matches_qualifier")


def _share_has_denominator() -> CheckConstraint:
    """A share that does not say what it is a share of is not a number that anyone may use: it names the figure that it
    is a share of, or, where the text gives that no number, the population.
    """
    return CheckConstraint(
        "measure_kind <> 'share' OR denominator_id IS NOT NULL OR population_id IS NOT NULL",
        name="share_has_denominator",
    )


def _voice_against_speaker() -> CheckConstraint:
    """`attributed` means that somebody is credited, `article` that nobody is and that nothing is quoted."""
    return CheckConstraint(
        "(voice = 'attributed' AND speaker_id IS NOT NULL AND quote_type IS NOT NULL)"
        " OR (voice = 'article' AND speaker_id IS NULL AND quote_type IS NULL)"
        " OR (voice = 'ambiguous' AND quote_type IS NOT NULL)",
        name="voice_matches_speaker",
    )


def _span(name: str) -> CheckConstraint:
    """Offsets are code points of the source's text, 0-based, end-exclusive: an empty or negative span quotes nothing."""
    return CheckConstraint("start_offset >= 0 AND start_offset < end_offset", name=name)


def _span_is_as_long_as(column: str) -> CheckConstraint:
    """A span and its words are one thing: where their lengths differ, one of the two is wrong."""
    return CheckConstraint(
        f"end_offset - start_offset = length({column})", name="span_is_as_long_as_its_words"
    )


def _of_any_length(column: str) -> Index:
    """An index over the source's own words: they may be longer than a b-tree of PostgreSQL can hold, not than its hash.

    Not `postgresql_using`, which loads the dialect of PostgreSQL with its three drivers wherever the tables are; `past_tables`
    says it to SQLAlchemy, for who makes tables.
    """
    return Index(None, column, info={"postgresql_using": "hash"})


# ---------------------------------------------------------------------------------------------------- what was recorded


class Dataset(SQLModel, table=True):
    """A version of the whole dataset; `ordinal` counts from 1. `version` is a hash of its records, so equal records are
    one version; `built_from` a hash of the files and of the program that made them; `counts` a JSON object, records by
    noun; `changes` one of how many were added, changed and withdrawn, by noun; `facets` one of each noun's facets over all its records, as lists give them. `recorded_at` is when it was
    recorded, ISO 8601 in UTC to the second; null: the build was not told. `newest_published` is the last day on which a
    source was published, as a day number; null: of no source is a day known. `last_key` is the largest key of a revision or
    withdrawal that it has: what is recorded later has larger ones.
    """

    __table_args__ = (CheckConstraint("ordinal >= 1", name="ordinal_starts_at_one"),)

    ordinal: int = Field(primary_key=True)
    version: str = Field(sa_type=String(64), unique=True)
    built_from: str = Field(sa_type=String(64))
    recorded_at: str | None = Field(sa_type=String(20))
    newest_published: int | None
    last_key: int
    counts: str = Field(sa_type=Text)
    changes: str = Field(sa_type=Text)
    facets: str = Field(sa_type=Text)


class Revision(SQLModel, table=True):
    """What was served under one id between two dataset versions: `body` is the record's JSON, byte for byte, without
    its `url`. `recorded_to` is null while the revision is the current one; `number` counts from 1. `key` counts all that is
    recorded, revisions and withdrawals, in the order in which it is. `reason` is why it took the place of the one before, in
    the curator's words; null: nobody said.
    """

    __table_args__ = (
        UniqueConstraint("noun", "record_id", "number"),
        Index(None, "noun", "key"),
        _one_of("noun", v.ResourceType),
        _sha256("content_hash"),
        CheckConstraint("number >= 1", name="number_starts_at_one"),
        CheckConstraint("recorded_from < recorded_to", name="lives_for_at_least_one_version"),
    )

    key: int = Field(primary_key=True)
    noun: str = Field(sa_type=Code)
    record_id: str = Field(sa_type=Slug)
    number: int
    recorded_from: int = Field(foreign_key="dataset.ordinal")
    recorded_to: int | None = Field(foreign_key="dataset.ordinal")
    content_hash: str = Field(sa_type=String(64))
    reason: str | None = Field(sa_type=Text)
    body: str = Field(sa_type=Text)


class Withdrawal(SQLModel, table=True):
    """A record that is not served any more, since a dataset version. Its id is never used again. `key` counts on from those
    of the revisions; `last_number` is the record's last revision, null: this database has never had it; `reason` is in the curator's words, null: nobody said;
    `renamed_to` is the id under which the record goes on, null: it does not.
    """

    __table_args__ = (
        _one_of("noun", v.ResourceType),
        CheckConstraint("renamed_to <> record_id", name="is_renamed_to_another"),
        UniqueConstraint("key"),
        Index(None, "noun", "key"),
    )

    noun: str = Field(sa_type=Code, primary_key=True)
    record_id: str = Field(sa_type=Slug, primary_key=True)
    key: int
    recorded_from: int = Field(foreign_key="dataset.ordinal")
    last_number: int | None
    reason: str | None = Field(sa_type=Text)
    renamed_to: str | None = Field(sa_type=Slug)


class ReadyPart(SQLModel, table=True):
    """A stretch of all records of a noun as a format of records alone gives them, in order; `number` counts from 0. `body` is
    what render/ready.py makes of it.
    """

    __tablename__ = "ready_part"
    __table_args__ = (_one_of("noun", v.ResourceType),)

    noun: str = Field(sa_type=Code, primary_key=True)
    format: str = Field(sa_type=Code, primary_key=True)
    number: int = Field(primary_key=True)
    body: bytes


# --------------------------------------------------------------------------------------------------------------- nouns


class _Present(SQLModel):
    """A row of the present; `recorded_from` is the ordinal of the first dataset that had it just so."""

    recorded_from: int


class Source(_Present, table=True):
    __table_args__ = (
        _slug(),
        _title(),
        _one_of("kind", v.SourceKind),
        _one_of("text_access", v.TextAccess),
        _in_order("published"),
        _sha256("content_sha256"),
        CheckConstraint("characters > 0", name="text_is_not_empty"),
        Index(None, "kind", "id"),
        Index(None, "publisher", "id"),
        Index(None, "characters", "id"),
        Index(None, "published_earliest", "id", "published_latest"),
        Index(None, "published_latest", "id", "published_earliest"),
        Index(None, "title_key", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    kind: str = Field(sa_type=Code)
    headline: str | None = Field(sa_type=Text)
    publisher: str | None = Field(sa_type=Words)
    original_url: str | None = Field(sa_type=Text)
    language: str | None = Field(sa_type=Code)
    published_edtf: str | None = Field(sa_type=Code)
    published_earliest: int
    published_latest: int
    content_sha256: str = Field(sa_type=String(64))
    characters: int
    text_access: str = Field(sa_type=Code)
    licence: str | None = Field(sa_type=Text)


class SourceAuthor(_Present, table=True):
    __tablename__ = "source_author"
    __table_args__ = (_of_any_length("name"),)

    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    position: int = Field(primary_key=True)
    name: str = Field(sa_type=Words)


class Actor(_Present, table=True):
    __table_args__ = (
        _slug(),
        _title(),
        _one_of("kind", v.ActorKind),
        _country(),
        Index(None, "kind", "id"),
        Index(None, "country", "id"),
        Index(None, "title_key", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    kind: str = Field(sa_type=Code)
    country: str | None = Field(sa_type=String(2))


class ActorName(_Present, table=True):
    __tablename__ = "actor_name"
    __table_args__ = (_of_any_length("as_written"),)

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    position: int = Field(primary_key=True)
    as_written: str = Field(sa_type=Words)


class ActorSource(_Present, table=True):
    """That a source names an actor, and when that source was published."""

    __tablename__ = "actor_source"
    __table_args__ = (_in_order("published"), Index(None, "source_id", "actor_id"))

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    published_earliest: int
    published_latest: int


class ActorRole(_Present, table=True):
    """An office that somebody holds, as a source says it. `of_id` is what it is an office of, where the text tells."""

    __tablename__ = "actor_role"
    __table_args__ = (
        _in_order("date"),
        Index(None, "title", "actor_id"),
        Index(None, "of_id", "actor_id"),
    )

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    position: int = Field(primary_key=True)
    title: str = Field(sa_type=Words)
    of_id: str | None = Field(sa_type=Slug, sa_column_args=_later("actor.id"))
    date_earliest: int
    date_latest: int


class ActorRelation(_Present, table=True):
    __tablename__ = "actor_relation"
    __table_args__ = (
        _one_of("type", v.ActorRelationType),
        _one_of("basis", v.ReferenceBasis),
        _in_order("date"),
        CheckConstraint("actor_id <> to_id", name="leads_to_another"),
        Index(None, "to_id", "actor_id"),
        Index(None, "type", "actor_id"),
    )

    actor_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="actor.id")
    position: int = Field(primary_key=True)
    type: str = Field(sa_type=Code)
    to_id: str = Field(sa_type=Slug, sa_column_args=_later("actor.id"))
    basis: str = Field(sa_type=Code)
    date_earliest: int
    date_latest: int


class Place(_Present, table=True):
    __table_args__ = (
        _slug(),
        _title(),
        _one_of("kind", v.PlaceKind),
        _country(),
        CheckConstraint("part_of_id <> id", name="is_not_part_of_itself"),
        Index(None, "kind", "id"),
        Index(None, "country", "id"),
        Index(None, "part_of_id", "id"),
        Index(None, "title_key", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    kind: str = Field(sa_type=Code)
    country: str | None = Field(sa_type=String(2))
    part_of_id: str | None = Field(sa_type=Slug, sa_column_args=_later("place.id"))


class PlaceName(_Present, table=True):
    __tablename__ = "place_name"
    __table_args__ = (_of_any_length("as_written"),)

    place_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")
    position: int = Field(primary_key=True)
    as_written: str = Field(sa_type=Words)


class PlaceSource(_Present, table=True):
    """That a source names a place, and when that source was published."""

    __tablename__ = "place_source"
    __table_args__ = (_in_order("published"), Index(None, "source_id", "place_id"))

    place_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")
    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    published_earliest: int
    published_latest: int


class PlaceWithin(_Present, table=True):
    """Every place with itself and with all that it is part of: a filter for a place finds its parts by one key, a facet the
    wholes of a place.
    """

    __tablename__ = "place_within"
    __table_args__ = (Index(None, "place_id", "whole_id"),)

    whole_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")
    place_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")


class Event(_Present, table=True):
    __table_args__ = (
        _slug(),
        _title(),
        _in_order("published"),
        _one_of("type", v.EventType),
        _one_of("plover", v.PloverCategory),
        _one_of("status", v.EventStatus),
        _one_of("date_basis", v.DateBasis),
        _in_order("date"),
        Index(None, "source_id", "id"),
        Index(None, "type", "id"),
        Index(None, "plover", "id"),
        Index(None, "status", "id"),
        Index(None, "date_earliest", "id", "date_latest"),
        Index(None, "date_latest", "id", "date_earliest"),
        Index(None, "title_key", "id"),
        Index(None, "published_earliest", "id", "published_latest"),
        Index(None, "published_latest", "id", "published_earliest"),
        Index(None, "date_basis", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    source_id: str = Field(sa_type=Slug, foreign_key="source.id")
    published_earliest: int
    published_latest: int
    type: str = Field(sa_type=Code)
    plover: str | None = Field(sa_type=Code)
    status: str = Field(sa_type=Code)
    date_edtf: str | None = Field(sa_type=Code)
    date_earliest: int
    date_latest: int
    date_basis: str | None = Field(sa_type=Code)


class EventPlace(_Present, table=True):
    __tablename__ = "event_place"
    __table_args__ = (
        _one_of("role", v.PlaceRole),
        Index(None, "place_id", "event_id"),
        Index(None, "role", "event_id"),
    )

    event_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="event.id")
    position: int = Field(primary_key=True)
    place_id: str | None = Field(sa_type=Slug, foreign_key="place.id")
    role: str = Field(sa_type=Code)


class EventParticipant(_Present, table=True):
    __tablename__ = "event_participant"
    __table_args__ = (Index(None, "actor_id", "event_id"), Index(None, "role", "event_id"))

    event_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="event.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    role: str | None = Field(sa_type=Words)


class Statement(_Present, table=True):
    __table_args__ = (
        _slug(),
        _title(),
        _in_order("published"),
        _one_of("voice", v.Voice),
        _one_of("quote_type", v.QuoteType),
        _one_of("act", v.Act),
        _one_of("attribution_basis", v.AttributionBasis),
        _one_of("made_on_basis", v.DateBasis),
        _in_order("made_on"),
        _speaker(),
        _voice_against_speaker(),
        Index(None, "source_id", "id"),
        Index(None, "voice", "id"),
        Index(None, "quote_type", "id"),
        Index(None, "act", "id"),
        Index(None, "speaker_id", "id"),
        Index(None, "event_id", "id"),
        Index(None, "made_on_earliest", "id", "made_on_latest"),
        Index(None, "made_on_latest", "id", "made_on_earliest"),
        Index(None, "title_key", "id"),
        Index(None, "published_earliest", "id", "published_latest"),
        Index(None, "published_latest", "id", "published_earliest"),
        Index(None, "made_on_basis", "id"),
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
    act: str = Field(sa_type=Code)
    attribution_basis: str = Field(sa_type=Code)
    speaker_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    event_id: str | None = Field(sa_type=Slug, foreign_key="event.id")
    made_on_edtf: str | None = Field(sa_type=Code)
    made_on_earliest: int
    made_on_latest: int
    made_on_basis: str | None = Field(sa_type=Code)


class StatementRelay(_Present, table=True):
    __tablename__ = "statement_relay"
    __table_args__ = (Index(None, "actor_id", "statement_id"),)

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")


class StatementAddressee(_Present, table=True):
    __tablename__ = "statement_addressee"
    __table_args__ = (Index(None, "actor_id", "statement_id"),)

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")


class StatementTopic(_Present, table=True):
    """What a statement is about: an actor, a place or an event."""

    __tablename__ = "statement_topic"
    __table_args__ = (
        _exactly_one(("actor_id", "place_id", "event_id")),
        Index(None, "actor_id", "statement_id"),
        Index(None, "place_id", "statement_id"),
        Index(None, "event_id", "statement_id"),
    )

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    place_id: str | None = Field(sa_type=Slug, foreign_key="place.id")
    event_id: str | None = Field(sa_type=Slug, foreign_key="event.id")


class StatementQuotedWords(_Present, table=True):
    """Words that the source itself puts in quotation marks."""

    __tablename__ = "statement_quoted_words"
    __table_args__ = (
        _span("span_in_order"),
        _span_is_as_long_as("exact"),
        _of_any_length("exact"),
    )

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    exact: str = Field(sa_type=Words)
    start_offset: int
    end_offset: int


class StatementLoadedTerm(_Present, table=True):
    __tablename__ = "statement_loaded_term"
    __table_args__ = (_span("span_in_order"), Index(None, "term", "statement_id"))

    statement_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    term: str = Field(sa_type=Words)
    start_offset: int
    end_offset: int


class EventRelation(_Present, table=True):
    """How an event is tied to another event or to a statement."""

    __tablename__ = "event_relation"
    __table_args__ = (
        _one_of("type", v.EventRelationType),
        _exactly_one(("to_event_id", "to_statement_id")),
        CheckConstraint("event_id <> to_event_id", name="leads_to_another"),
        Index(None, "to_event_id", "event_id"),
        Index(None, "to_statement_id", "event_id"),
        Index(None, "type", "event_id"),
    )

    event_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="event.id")
    position: int = Field(primary_key=True)
    type: str = Field(sa_type=Code)
    to_event_id: str | None = Field(sa_type=Slug, sa_column_args=_later("event.id"))
    to_statement_id: str | None = Field(sa_type=Slug, sa_column_args=_later("statement.id"))


class Series(_Present, table=True):
    __table_args__ = (
        _slug(),
        _title(),
        _one_of("measure_kind", v.MeasureKind),
        _one_of("method", v.Method),
        _in_order("start"),
        Index(None, "measure", "id"),
        Index(None, "measure_kind", "id"),
        Index(None, "unit", "id"),
        Index(None, "population_id", "id"),
        Index(None, "method", "id"),
        Index(None, "title_key", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    measure: str = Field(sa_type=Code)
    measure_kind: str = Field(sa_type=Code)
    unit: str = Field(sa_type=Code)
    population_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    method: str = Field(sa_type=Code)
    start_edtf: str | None = Field(sa_type=Code)
    start_earliest: int
    start_latest: int
    definition: str = Field(sa_type=Text)


class SeriesSource(_Present, table=True):
    """That a source gives figures of a series, and when that source was published."""

    __tablename__ = "series_source"
    __table_args__ = (_in_order("published"), Index(None, "source_id", "series_id"))

    series_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="series.id")
    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    published_earliest: int
    published_latest: int


class SeriesPlace(_Present, table=True):
    __tablename__ = "series_place"
    __table_args__ = (Index(None, "place_id", "series_id"),)

    series_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="series.id")
    position: int = Field(primary_key=True)
    place_id: str = Field(sa_type=Slug, foreign_key="place.id")


class SeriesBreakdown(_Present, table=True):
    __tablename__ = "series_breakdown"
    __table_args__ = (Index(None, "dimension", "category", "series_id"),)

    series_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="series.id")
    position: int = Field(primary_key=True)
    dimension: str = Field(sa_type=Code)
    category: str = Field(sa_type=Code)


class SeriesExclusion(_Present, table=True):
    """People counted in `excluded_id` are not counted in `series_id`."""

    __tablename__ = "series_exclusion"
    __table_args__ = (
        CheckConstraint("series_id <> excluded_id", name="excludes_another"),
        Index(None, "excluded_id", "series_id"),
    )

    series_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="series.id")
    position: int = Field(primary_key=True)
    excluded_id: str = Field(sa_type=Slug, sa_column_args=_later("series.id"))


class Figure(_Present, table=True):
    """A number with its words. Measure, kind and unit stand in its series too: here they are what figures are
    filtered by. IEEE doubles hold every value exactly, because a value has at most 15 significant digits.
    `value_or_most` and `value_or_least` are what figures are sorted by: without a value they come last either way.
    """

    __table_args__ = (
        _slug(),
        _title(),
        _in_order("published"),
        _one_of("measure_kind", v.MeasureKind),
        _one_of("qualifier", v.Qualifier),
        _one_of("bound", v.Bound),
        _one_of("attribution_basis", v.AttributionBasis),
        _one_of("as_of_basis", v.DateBasis),
        _one_of("period_basis", v.DateBasis),
        _in_order("period"),
        _in_order("as_of"),
        _speaker(),
        _value_against_qualifier(),
        _share_has_denominator(),
        CheckConstraint("denominator_id <> id", name="is_not_its_own_denominator"),
        Index(None, "source_id", "id"),
        Index(None, "series_id", "as_of_latest", "id"),
        Index(None, "series_id", "id"),
        Index(None, "measure", "id"),
        Index(None, "measure_kind", "id"),
        Index(None, "unit", "id"),
        Index(None, "qualifier", "id"),
        Index(None, "bound", "id"),
        Index(None, "population_id", "id"),
        Index(None, "denominator_id", "id"),
        Index(None, "event_id", "id"),
        Index(None, "attribution_basis", "id"),
        Index(None, "speaker_id", "id"),
        Index(None, "as_of_earliest", "id", "as_of_latest"),
        Index(None, "as_of_latest", "id", "as_of_earliest"),
        Index(None, "as_of_basis", "id"),
        Index(None, "period_earliest", "id", "period_latest"),
        Index(None, "period_latest", "id", "period_earliest"),
        Index(None, "value", "id"),
        # A number is compared with others of its unit or measure: the range, and what is counted in it, is one stretch of an
        # index. The last column says of the other bound what the index alone could not.
        *(
            Index(None, *led_by, *values)
            for led_by in ((), ("unit",), ("measure",))
            for values in (
                ("value_or_most", "id", "value_or_least"),
                ("value_or_least", "id", "value_or_most"),
            )
        ),
        Index(None, "title_key", "id"),
        Index(None, "published_earliest", "id", "published_latest"),
        Index(None, "published_latest", "id", "published_earliest"),
        Index(None, "period_basis", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    source_id: str = Field(sa_type=Slug, foreign_key="source.id")
    published_earliest: int
    published_latest: int
    series_id: str = Field(sa_type=Slug, foreign_key="series.id")
    measure: str = Field(sa_type=Code)
    measure_kind: str = Field(sa_type=Code)
    unit: str = Field(sa_type=Code)
    value: float | None = Field(sa_type=Double)
    value_or_most: float = Field(sa_type=Double)
    value_or_least: float = Field(sa_type=Double)
    as_written: str = Field(sa_type=Text)
    qualifier: str = Field(sa_type=Code)
    lower: float | None = Field(sa_type=Double)
    upper: float | None = Field(sa_type=Double)
    bound: str = Field(sa_type=Code)
    population_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    denominator_id: str | None = Field(sa_type=Slug, sa_column_args=_later("figure.id"))
    event_id: str | None = Field(sa_type=Slug, foreign_key="event.id")
    attribution_basis: str = Field(sa_type=Code)
    speaker_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    period_edtf: str | None = Field(sa_type=Code)
    period_earliest: int
    period_latest: int
    period_basis: str | None = Field(sa_type=Code)
    as_of_edtf: str = Field(sa_type=Code)
    as_of_earliest: int
    as_of_latest: int
    as_of_basis: str = Field(sa_type=Code)


class FigureRelay(_Present, table=True):
    __tablename__ = "figure_relay"
    __table_args__ = (Index(None, "actor_id", "figure_id"),)

    figure_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="figure.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")


class FigurePlace(_Present, table=True):
    __tablename__ = "figure_place"
    __table_args__ = (
        _one_of("role", v.PlaceRole),
        Index(None, "place_id", "figure_id"),
        Index(None, "role", "figure_id"),
    )

    figure_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="figure.id")
    position: int = Field(primary_key=True)
    place_id: str | None = Field(sa_type=Slug, foreign_key="place.id")
    role: str = Field(sa_type=Code)


class FigureBreakdown(_Present, table=True):
    __tablename__ = "figure_breakdown"
    __table_args__ = (
        Index(None, "dimension", "category", "figure_id"),
        Index(None, "category", "figure_id"),
    )

    figure_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="figure.id")
    position: int = Field(primary_key=True)
    dimension: str = Field(sa_type=Code)
    category: str = Field(sa_type=Code)


# ------------------------------------------------------------------------------------------------------------ evidence


class Evidence(_Present, table=True):
    """One span of one source's text; however many records rest on it, it stands once, and keeps its key."""

    __table_args__ = (
        UniqueConstraint("source_id", "start_offset", "end_offset"),
        _span("span_in_order"),
        _span_is_as_long_as("exact"),
        CheckConstraint("length(prefix) <= 24 AND length(suffix) <= 24", name="context_is_short"),
    )

    key: int = Field(primary_key=True)
    source_id: str = Field(sa_type=Slug, foreign_key="source.id")
    start_offset: int
    end_offset: int
    exact: str = Field(sa_type=Text)
    prefix: str = Field(sa_type=Text)
    suffix: str = Field(sa_type=Text)


class Proof(_Present, table=True):
    """That a span carries (part of) a record: the one at `position` of its evidence. `proves` names the record's fields,
    joined by spaces; empty: all of it.
    """

    __table_args__ = (
        _exactly_one(("actor_id", "place_id", "event_id", "statement_id", "figure_id")),
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


class SearchDocument(_Present, table=True):
    """What full-text search knows of a record: its words, folded and tokenised by query/search.py, the same for both
    databases. `name_tokens` are those that it is called by, `text_tokens` all others, `length` counts both. `key` is that
    of the record's revision. The index over it (`search_index` on SQLite, a GIN index on PostgreSQL) is made by the
    migrations.
    """

    __tablename__ = "search_document"
    __table_args__ = (UniqueConstraint("noun", "record_id"), _one_of("noun", v.ResourceType))

    key: int = Field(primary_key=True)
    noun: str = Field(sa_type=Code)
    record_id: str = Field(sa_type=Slug)
    name_tokens: str = Field(sa_type=Text)
    text_tokens: str = Field(sa_type=Text)
    length: int


PRESENT: tuple[Table, ...] = tuple(
    table for table in METADATA.sorted_tables if table.name not in _WITHOUT_PAST
)
