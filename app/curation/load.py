"""Public records → rows: the load stage of a build.

Takes records in the order of LOAD_ORDER and writes them in batches with the driver's own
executemany. Of what it has written it holds one key for each quoted span, the tree of places and
the days of publication, so that memory does not grow with the number of records.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, Table, text

from app.curation.history import (
    AssignedRevision,
    History,
    Name,
    ServedHistory,
    WithdrawalRow,
    code_rows,
)
from app.curation.records import WithdrawalNotice
from app.errors import OperatorError
from app.models import (
    LARGEST,
    METADATA,
    MISSING_EARLIEST,
    MISSING_LATEST,
    PAST,
    SORT_KEY_LENGTH,
    UNBOUNDED_EARLIEST,
    UNBOUNDED_LATEST,
)
from app.query.tokenizer import document, sort_key
from app.resources.actor import ActorRecord
from app.resources.event import EventRecord
from app.resources.fields import Date, QuoteEvidence, RangeEvidence, Record
from app.resources.figure import FigureRecord
from app.resources.place import PlaceRecord
from app.resources.series import SeriesRecord
from app.resources.source import SourceRecord
from app.resources.statement import QuotedRange, QuotedWords, StatementRecord
from app.resources.vocabulary import Vocabulary
from app.vocabulary import ResourceType

LOAD_ORDER: tuple[ResourceType, ...] = (
    "source",
    "actor",
    "place",
    "series",
    "event",
    "statement",
    "figure",
)
"""Referenced records come first; the foreign keys of the few forward references are deferred."""

BATCH = 2_000
PAST_NAMES = frozenset(table.name for table in PAST.values())

Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]


@dataclass(frozen=True)
class LoadResult:
    """The dataset that a load wrote. Not `changed`: the records equal those of the dataset before,
    which stays. `unexplained` counts the withdrawn records without a reason.
    """

    ordinal: int
    version: str
    counts: dict[str, int]
    changed: bool
    unexplained: int = 0


def load(
    connection: Connection,
    records: Iterable[tuple[ResourceType, Record]],
    vocabulary: Vocabulary,
    *,
    built_from: str,
    recorded_at: datetime | None = None,
    served_history: ServedHistory | None = None,
    withdrawal_notices: Mapping[Name, WithdrawalNotice] = MappingProxyType({}),
    texts: Mapping[str, str] = MappingProxyType({}),
    on_record: Callable[[], object] = lambda: None,
) -> LoadResult:
    """Write all records as the next dataset, in the caller's transaction.

    The database holds the rows of `served_history` (`None`: there is none) and no current ones.
    """
    history = History(served_history or ServedHistory(), withdrawal_notices, vocabulary)
    writer = _Writer(connection, history)
    digest = hashlib.sha256()
    counts: Counter[str] = Counter(dict.fromkeys(LOAD_ORDER, 0))
    # The version is known when all records are; the row that they refer to is completed then.
    published: Published = {}
    writer.add(
        "dataset",
        {
            "ordinal": history.ordinal,
            "version": "unfinished",
            "built_from": built_from,
            "recorded_at": recorded_at and recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "newest_published": None,
            "last_key": 0,
            "counts": "{}",
            "changes": "{}",
            "facets": "{}",
        },
    )
    for (scheme, code), row in code_rows(vocabulary).items():
        writer.add(scheme, row)
        digest.update(f"{scheme}\0{code}\0{json.dumps(row)}\n".encode())
    containing: dict[str, str | None] = {}
    for count, (resource_type, record) in enumerate(records, start=1):
        body = record.model_dump_json()
        content_hash = hashlib.sha256(body.encode()).hexdigest()
        digest.update(f"{resource_type}\0{record.id}\0{content_hash}\n".encode())
        counts[resource_type] += 1
        assigned = history.assign(resource_type, record.id, content_hash)
        key = assigned.key
        if assigned.is_new:
            before = _before(connection, assigned)
            if before is not None and isinstance(record, FigureRecord):
                _must_be_of(before["series"], record.series, record.id, f"figure {record.id}")
            writer.add(
                "revision",
                {
                    "key": key,
                    "resource_type": resource_type,
                    "record_id": record.id,
                    "number": assigned.number,
                    "recorded_from": history.ordinal,
                    "recorded_to": None,
                    "content_hash": content_hash,
                    "reason": None if before is None else _reason(record, before),
                    "body": body,
                },
            )
        if isinstance(record, SourceRecord):
            published[record.id] = _bounds("published", record.published_on)
            if record.text_access == "full":
                row = {"source_id": record.id, "body": texts[record.id].encode()}
                writer.add("source_text", row | {"recorded_from": assigned.since})
        for table, row in rows_of(resource_type, record, published):
            if table == resource_type:
                row |= {"revision_key": key, "title_key": sort_key(record.title)[:SORT_KEY_LENGTH]}
            writer.add(table, row | {"recorded_from": assigned.since})
        if resource_type not in ("source", "series"):
            writer.add_proofs(resource_type, record, assigned)
        tokens = document(resource_type, orjson.loads(body))
        writer.add(
            "search_document",
            {
                "key": key,
                "resource_type": resource_type,
                "record_id": record.id,
                "name_tokens": tokens.name,
                "text_tokens": tokens.text,
                "length": tokens.length,
                "recorded_from": assigned.since,
            },
        )
        if isinstance(record, PlaceRecord):
            containing[record.id] = record.part_of
        on_record()
        if count % BATCH == 0:
            writer.flush()
    for row in _places_within(containing):
        writer.add("place_within", row | {"recorded_from": history.ordinal})
    withdrawn = list(history.withdrawals())
    for withdrawal in withdrawn:
        writer.add("withdrawal", asdict(withdrawal) | {"recorded_from": history.ordinal})
    writer.flush()
    _renamed_figures_keep_their_series(connection, withdrawn)
    if history.is_unchanged:
        return _unchanged(connection, history, built_from)
    _explain(connection, withdrawal_notices)
    ended = [{"key": key, "ordinal": history.ordinal} for key in history.ended()]
    if ended:
        connection.execute(
            text("UPDATE revision SET recorded_to = :ordinal WHERE key = :key"), ended
        )
    version = history.version(digest.hexdigest()[:16])
    days = [bounds["published_latest"] for bounds in published.values()]
    newest = max((day for day in days if MISSING_LATEST < day < UNBOUNDED_LATEST), default=None)
    connection.execute(
        text(
            "UPDATE dataset SET version = :version, newest_published = :newest,"
            " last_key = :last_key, counts = :counts, changes = :changes WHERE ordinal = :ordinal"
        ),
        {
            "ordinal": history.ordinal,
            "last_key": history.last_key,
            "version": version,
            "newest": newest,
            "counts": json.dumps(counts),
            "changes": json.dumps(history.changes),
        },
    )
    return LoadResult(
        history.ordinal, version, dict(counts), changed=True, unexplained=len(history.unexplained)
    )


def _reason(record: Record, before: Mapping[str, Any]) -> str | None:
    """Why a revision replaced the one before: the reasons of the corrections it has added."""
    earlier = {(item["corrected_on"], item["reason"]) for item in before["corrections"]}
    new = [
        item.reason
        for item in record.corrections
        if (item.corrected_on, item.reason) not in earlier
    ]
    return " ".join(new) or None


def _must_be_of(series_before: str, series: str, record_id: str, what: str) -> None:
    """A figure never moves to another series, as that has another definition."""
    if series_before != series:
        raise OperatorError(
            f"the {what} was of the series {series_before}, and {record_id} is of {series}:"
            " a number under another definition is another figure; give it an id of its own, and"
            " withdraw the old one"
        )


def _renamed_figures_keep_their_series(
    connection: Connection, withdrawn: Sequence[WithdrawalRow]
) -> None:
    for withdrawal in withdrawn:
        if (
            withdrawal.resource_type != "figure"
            or withdrawal.renamed_to is None
            or withdrawal.last_number is None
        ):
            continue
        values = {
            "id": withdrawal.record_id,
            "number": withdrawal.last_number,
            "new": withdrawal.renamed_to,
        }
        body = text(
            "SELECT body FROM revision"
            " WHERE resource_type = 'figure' AND record_id = :id AND number = :number"
        )
        series = text("SELECT series_id FROM figure WHERE id = :new")
        current_series = connection.execute(series, values).scalar_one_or_none()
        if current_series is not None:
            before = orjson.loads(connection.execute(body, values).scalar_one())["series"]
            _must_be_of(
                before, current_series, withdrawal.renamed_to, f"figure {withdrawal.record_id}"
            )


def _before(connection: Connection, assigned: AssignedRevision) -> Mapping[str, Any] | None:
    """The record in the revision that this one replaces; `None`: there is none."""
    if assigned.replaces is None:
        return None
    body = connection.execute(
        text("SELECT body FROM revision WHERE key = :key"), {"key": assigned.replaces}
    ).scalar_one()
    before: Mapping[str, Any] = orjson.loads(body)
    return before


def _explain(connection: Connection, withdrawal_notices: Mapping[Name, WithdrawalNotice]) -> None:
    """Add the reasons and new ids that were stated after a record was withdrawn."""
    notices = [
        {
            "resource_type": resource_type,
            "id": record_id,
            "reason": notice.reason,
            "renamed_to": notice.renamed_to,
        }
        for (resource_type, record_id), notice in withdrawal_notices.items()
    ]
    if notices:
        connection.execute(
            text(
                "UPDATE withdrawal SET reason = coalesce(reason, :reason),"
                " renamed_to = coalesce(renamed_to, :renamed_to)"
                " WHERE resource_type = :resource_type AND record_id = :id"
            ),
            notices,
        )


def _unchanged(connection: Connection, history: History, built_from: str) -> LoadResult:
    """The same records as before are no new dataset, even where other files made them."""
    connection.execute(
        text("DELETE FROM dataset WHERE ordinal = :ordinal"), {"ordinal": history.ordinal}
    )
    ordinal = history.ordinal - 1
    values = {"ordinal": ordinal, "built_from": built_from}
    connection.execute(
        text("UPDATE dataset SET built_from = :built_from WHERE ordinal = :ordinal"), values
    )
    version, counts = connection.execute(
        text("SELECT version, counts FROM dataset WHERE ordinal = :ordinal"), values
    ).one()
    return LoadResult(ordinal, version, json.loads(counts), changed=False)


class _Writer:
    """Rows by table, written in the order in which the tables refer to each other."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection = connection
        self._history = history
        self._tables = [table for table in METADATA.sorted_tables if table.name not in PAST_NAMES]
        self._rows: dict[str, list[Row]] = {table.name: [] for table in self._tables}
        self._inserts: dict[str, str] = {}
        self._written: set[int] = set()

    def add(self, table: str, row: Row) -> None:
        self._rows[table].append(row)

    def add_proofs(
        self, resource_type: ResourceType, record: Record, assigned: AssignedRevision
    ) -> None:
        for position, item in enumerate(record.evidence):
            key = self._history.span((item.source, item.start, item.end))
            if key not in self._written:
                self._written.add(key)
                self.add(
                    "evidence",
                    {
                        "key": key,
                        "recorded_from": assigned.since,
                        "source_id": item.source,
                        "start_offset": item.start,
                        "end_offset": item.end,
                        **_words(item),
                        "prefix": item.prefix if item.type == "quote" else "",
                        "suffix": item.suffix if item.type == "quote" else "",
                    },
                )
            owner: Row = dict.fromkeys(
                ("actor_id", "place_id", "event_id", "statement_id", "figure_id")
            )
            owner[f"{resource_type}_id"] = record.id
            self.add(
                "proof",
                {
                    "revision_key": assigned.key,
                    "position": position,
                    "recorded_from": assigned.since,
                    "evidence_key": key,
                    "proves": " ".join(item.proves),
                    **owner,
                },
            )

    def flush(self) -> None:
        for table in self._tables:
            rows = self._rows[table.name]
            if rows:
                self._write(table, rows)
                rows.clear()

    def _write(self, table: Table, rows: list[Row]) -> None:
        if self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql(self._insert(table), rows)
            return
        # PostgreSQL reads rows several times faster than it runs an INSERT for each.
        names = [column.name for column in table.columns]
        cursor: Any = self._connection.connection.cursor()
        with cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])

    def _insert(self, table: Table) -> str:
        if table.name not in self._inserts:
            names = [column.name for column in table.columns]
            compiled = table.insert().compile(dialect=self._connection.dialect, column_keys=names)
            self._inserts[table.name] = str(compiled)
        return self._inserts[table.name]


def _words(span: QuoteEvidence | RangeEvidence | QuotedWords | QuotedRange) -> Row:
    """The published words of a quote or a range."""
    if span.type == "quote":
        return {"exact": span.exact, "first_words": None, "last_words": None}
    return {"exact": None, "first_words": span.first_words, "last_words": span.last_words}


def _places_within(containing: Mapping[str, str | None]) -> Iterator[Row]:
    """Each place with itself and all places that it is part of. `containing` is the next larger."""
    for place in containing:
        containing_place: str | None = place
        while containing_place is not None:
            yield {"whole_id": containing_place, "place_id": place}
            containing_place = containing.get(containing_place)


Published = dict[str, Row]
"""The bounds of each source's day of publication, as columns."""


def rows_of(resource_type: ResourceType, record: Record, published: Published) -> Rows:
    """The rows of one record: first its own, then those that tie it to others."""
    return _ROWS_OF[resource_type](record, published)


def _bounds(name: str, value: Date | None) -> Row:
    if value is None:
        return {f"{name}_earliest": MISSING_EARLIEST, f"{name}_latest": MISSING_LATEST}
    return {
        f"{name}_earliest": UNBOUNDED_EARLIEST if value.earliest is None else _day(value.earliest),
        f"{name}_latest": UNBOUNDED_LATEST if value.latest is None else _day(value.latest),
    }


@lru_cache(maxsize=65_536)
def _day(iso: str) -> int:
    return date.fromisoformat(iso).toordinal()


def _dated(name: str, value: Date | None) -> Row:
    return {f"{name}_edtf": None if value is None else value.edtf, **_bounds(name, value)}


def _based(name: str, value: Date | None) -> Row:
    return {**_dated(name, value), f"{name}_basis": None if value is None else value.basis}


def _source(record: SourceRecord, _: Published) -> Rows:
    yield (
        "source",
        {
            "id": record.id,
            "title": record.title,
            "kind": record.kind,
            "headline": record.headline,
            "publisher": record.publisher,
            "original_url": record.original_url,
            "language": record.language,
            **_dated("published", record.published_on),
            "content_sha256": record.content_sha256,
            "characters": record.characters,
            "text_access": record.text_access,
            "licence": record.licence,
        },
    )
    for position, name in enumerate(record.authors):
        yield "source_author", {"source_id": record.id, "position": position, "name": name}


def _actor(record: ActorRecord, published: Published) -> Rows:
    yield (
        "actor",
        {"id": record.id, "title": record.title, "kind": record.kind, "country": record.country},
    )
    for position, name in enumerate(record.names_as_written):
        yield (
            "actor_name",
            {"actor_id": record.id, "position": position, "as_written": name},
        )
    for position, role in enumerate(record.roles):
        yield (
            "actor_role",
            {
                "actor_id": record.id,
                "position": position,
                "title": role.title,
                "of_id": role.of,
                **_bounds("date", role.date),
            },
        )
    for position, relation in enumerate(record.relations):
        yield (
            "actor_relation",
            {
                "actor_id": record.id,
                "position": position,
                "type": relation.type,
                "to_id": relation.to,
                "basis": relation.basis,
                **_bounds("date", relation.date),
            },
        )
    yield from _identifiers("actor", record)
    for source in sorted({item.source for item in record.evidence}):
        yield "actor_source", {"actor_id": record.id, "source_id": source, **published[source]}


def _identifiers(resource_type: ResourceType, record: ActorRecord | PlaceRecord) -> Rows:
    for position, identifier in enumerate(record.same_as):
        yield (
            f"{resource_type}_identifier",
            {
                f"{resource_type}_id": record.id,
                "position": position,
                "identifier": identifier.name,
            },
        )


def _place(record: PlaceRecord, published: Published) -> Rows:
    yield (
        "place",
        {
            "id": record.id,
            "title": record.title,
            "kind": record.kind,
            "country": record.country,
            "part_of_id": record.part_of,
        },
    )
    for position, name in enumerate(record.names_as_written):
        yield (
            "place_name",
            {"place_id": record.id, "position": position, "as_written": name},
        )
    yield from _identifiers("place", record)
    for source in sorted({item.source for item in record.evidence}):
        yield "place_source", {"place_id": record.id, "source_id": source, **published[source]}


def _series(record: SeriesRecord, published: Published) -> Rows:
    yield (
        "series",
        {
            "id": record.id,
            "title": record.title,
            "measure": record.measure,
            "measure_kind": record.measure_kind,
            "unit": record.unit,
            "population_id": None if record.population is None else record.population.id,
            "method": record.method,
            **_dated("counted_from", record.counted_from),
            "definition": record.definition,
        },
    )
    for position, place in enumerate(record.places):
        yield "series_place", {"series_id": record.id, "position": position, "place_id": place.id}
    for position, item in enumerate(record.breakdown):
        yield (
            "series_breakdown",
            {
                "series_id": record.id,
                "position": position,
                "dimension": item.dimension,
                "category": item.category,
            },
        )
    for position, excluded in enumerate(record.excludes):
        yield (
            "series_exclusion",
            {"series_id": record.id, "position": position, "excluded_id": excluded},
        )
    for source in sorted({point.source for point in record.points}):
        yield "series_source", {"series_id": record.id, "source_id": source, **published[source]}


def _event(record: EventRecord, published: Published) -> Rows:
    yield (
        "event",
        {
            "id": record.id,
            "title": record.title,
            "source_id": record.source,
            **published[record.source],
            "type": record.type,
            "status": record.status,
            **_based("date", record.date),
        },
    )
    for position, mapping in enumerate(record.mappings):
        yield (
            "event_mapping",
            {"event_id": record.id, "position": position, "mapping": mapping.name},
        )
    for position, place in enumerate(record.places):
        yield (
            "event_place",
            {"event_id": record.id, "position": position, "place_id": place.id, "role": place.role},
        )
    for position, actor in enumerate(record.participants):
        row = {
            "event_id": record.id,
            "position": position,
            "actor_id": actor.id,
            "role": actor.role,
        }
        yield "event_participant", row
    for position, relation in enumerate(record.relations):
        yield (
            "event_relation",
            {
                "event_id": record.id,
                "position": position,
                "type": relation.type,
                "to_event_id": relation.to if relation.resource == "event" else None,
                "to_statement_id": relation.to if relation.resource == "statement" else None,
            },
        )


def _credits(resource_type: str, record: StatementRecord | FigureRecord) -> Rows:
    """Who is credited, in rows that link to the record."""
    attribution = record.attribution
    for role, items in (("speaker", attribution.speakers), ("relay", attribution.relayed_by)):
        for position, item in enumerate(items):
            yield (
                f"{resource_type}_{role}",
                {f"{resource_type}_id": record.id, "position": position, "actor_id": item.id},
            )


def _statement(record: StatementRecord, published: Published) -> Rows:
    yield (
        "statement",
        {
            "id": record.id,
            "title": record.title,
            "source_id": record.source,
            **published[record.source],
            "summary": record.summary,
            "voice": record.voice,
            "quote_type": record.quote_type,
            "act": record.act,
            "origin": record.attribution.origin,
            "event_id": None if record.event is None else record.event.id,
            **_based("made_on", record.made_on),
        },
    )
    yield from _credits("statement", record)
    for position, addressee in enumerate(record.addressees):
        yield (
            "statement_addressee",
            {"statement_id": record.id, "position": position, "actor_id": addressee.id},
        )
    for position, topic in enumerate(record.about):
        ties = dict.fromkeys(("actor_id", "place_id", "event_id")) | {
            f"{topic.resource}_id": topic.id
        }
        yield "statement_topic", {"statement_id": record.id, "position": position, **ties}
    for position, words in enumerate(record.quoted_words):
        yield (
            "statement_quoted_words",
            {
                "statement_id": record.id,
                "position": position,
                **_words(words),
                "start_offset": words.start,
                "end_offset": words.end,
            },
        )
    for position, term in enumerate(record.loaded_terms):
        yield (
            "statement_loaded_term",
            {
                "statement_id": record.id,
                "position": position,
                "term": term.term,
                "start_offset": term.start,
                "end_offset": term.end,
            },
        )


def _figure(record: FigureRecord, published: Published) -> Rows:
    yield (
        "figure",
        {
            "id": record.id,
            "title": record.title,
            "source_id": record.source,
            **published[record.source],
            "series_id": record.series,
            "measure": record.measure,
            "measure_kind": record.measure_kind,
            "unit": record.unit,
            "value": record.value,
            "value_or_most": LARGEST if record.value is None else record.value,
            "value_or_least": -LARGEST if record.value is None else record.value,
            "as_written": record.as_written,
            "qualifier": record.qualifier,
            "lower": record.lower,
            "upper": record.upper,
            "bound": record.bound,
            "population_id": None if record.population is None else record.population.id,
            "denominator_id": record.denominator,
            "event_id": None if record.event is None else record.event.id,
            "observation_status": record.observation_status,
            "supersedes_id": record.supersedes,
            "superseded_by_id": record.superseded_by,
            "origin": record.attribution.origin,
            **_based("period", record.period),
            **_based("as_of", record.as_of),
        },
    )
    yield from _credits("figure", record)
    for position, place in enumerate(record.places):
        yield (
            "figure_place",
            {
                "figure_id": record.id,
                "position": position,
                "place_id": place.id,
                "role": place.role,
            },
        )
    for position, item in enumerate(record.breakdown):
        yield (
            "figure_breakdown",
            {
                "figure_id": record.id,
                "position": position,
                "dimension": item.dimension,
                "category": item.category,
            },
        )


_ROWS_OF: dict[ResourceType, Callable[[Any, Published], Rows]] = {
    "source": _source,
    "actor": _actor,
    "place": _place,
    "series": _series,
    "event": _event,
    "statement": _statement,
    "figure": _figure,
}
