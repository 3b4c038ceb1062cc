"""The tables, one module for each resource type; importing this package declares them all."""

from collections.abc import Mapping

from sqlalchemy import Table

from app.models.actor import (
    Actor,
    ActorIdentifier,
    ActorName,
    ActorRelation,
    ActorRole,
    ActorSource,
)
from app.models.base import (
    LARGEST,
    METADATA,
    MISSING_EARLIEST,
    MISSING_LATEST,
    SORT_KEY_LENGTH,
    UNBOUNDED_EARLIEST,
    UNBOUNDED_LATEST,
)
from app.models.event import Event, EventMapping, EventParticipant, EventPlace, EventRelation
from app.models.evidence import Evidence, Proof
from app.models.figure import Figure, FigureBreakdown, FigurePlace, FigureRelay, FigureSpeaker
from app.models.history import Dataset, Revision, Withdrawal, past_tables
from app.models.place import Place, PlaceIdentifier, PlaceName, PlaceSource, PlaceWithin
from app.models.prebuilt import PrebuiltPart
from app.models.search import SearchDocument
from app.models.series import Series, SeriesBreakdown, SeriesExclusion, SeriesPlace, SeriesSource
from app.models.source import Source, SourceAuthor, SourceText
from app.models.statement import (
    Statement,
    StatementAddressee,
    StatementLoadedTerm,
    StatementQuotedWords,
    StatementRelay,
    StatementSpeaker,
    StatementTopic,
)
from app.models.vocabulary import CODE_TABLES

SCHEMA_REVISION = "0002"
"""The migration that creates these tables; a server compares it with that of the database."""

_WITHOUT_PAST = ("dataset", "revision", "withdrawal", "prebuilt_part", *CODE_TABLES)
"""Tables that only grow, and what is made from the others."""

PRESENT: tuple[Table, ...] = tuple(
    table for table in METADATA.sorted_tables if table.name not in _WITHOUT_PAST
)
PAST: Mapping[str, Table] = past_tables(PRESENT)
"""The rows that have ended, by the name of the table of the present."""

__all__ = [
    "CODE_TABLES",
    "LARGEST",
    "METADATA",
    "MISSING_EARLIEST",
    "MISSING_LATEST",
    "PAST",
    "PRESENT",
    "SCHEMA_REVISION",
    "SORT_KEY_LENGTH",
    "UNBOUNDED_EARLIEST",
    "UNBOUNDED_LATEST",
    "Actor",
    "ActorIdentifier",
    "ActorName",
    "ActorRelation",
    "ActorRole",
    "ActorSource",
    "Dataset",
    "Event",
    "EventMapping",
    "EventParticipant",
    "EventPlace",
    "EventRelation",
    "Evidence",
    "Figure",
    "FigureBreakdown",
    "FigurePlace",
    "FigureRelay",
    "FigureSpeaker",
    "Place",
    "PlaceIdentifier",
    "PlaceName",
    "PlaceSource",
    "PlaceWithin",
    "PrebuiltPart",
    "Proof",
    "Revision",
    "SearchDocument",
    "Series",
    "SeriesBreakdown",
    "SeriesExclusion",
    "SeriesPlace",
    "SeriesSource",
    "Source",
    "SourceAuthor",
    "SourceText",
    "Statement",
    "StatementAddressee",
    "StatementLoadedTerm",
    "StatementQuotedWords",
    "StatementRelay",
    "StatementSpeaker",
    "StatementTopic",
    "Withdrawal",
]
