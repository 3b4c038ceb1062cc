"""All evidence of one source in reading order, with the records that each span supports.

Four statements: the source, the page, its records, the total.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal_column, or_, select
from sqlalchemy.sql.elements import BindParameter

from app.database.execute import Reader
from app.models import Evidence, Proof, Source
from app.problems import invalid_query
from app.query.counting import count_one
from app.query.filters import AppliedFilter, bound_values, conditions, shape_of
from app.query.pagination import Paginator, after_cursor, limit, order_by
from app.query.queries import ListQuery
from app.query.query_string import mistake
from app.query.results import Dataset, Page, QuotedSpan, SupportedRecord
from app.resources import RESOURCES
from app.resources.declarations import table_of
from app.vocabulary import ResourceType

PROVED_TYPES: tuple[ResourceType, ...] = ("actor", "place", "event", "statement", "figure")
"""The resource types whose records quotes support."""


async def read_evidence(
    database: Reader, dataset: Dataset, query: ListQuery, source_id: str
) -> Page[QuotedSpan] | None:
    """The quotes of a source; None: there is no such source.

    Raises Problem `invalid-query` where the bounds leave no quote.
    """
    _require_room(query)
    rows = await database.fetch_all(
        database.compiled("source hash", _select_hash), {"source": source_id}
    )
    if not rows:
        return None
    return await read_quotes(database, dataset, query, source_id, rows[0].content_sha256)


async def read_quotes(
    database: Reader, dataset: Dataset, query: ListQuery, source_id: str, content_sha256: str
) -> Page[QuotedSpan]:
    """The quotes of a source whose hash is known."""
    paginator = Paginator.of(query, dataset, (int, int))
    resource_types = query.resource_types(PROVED_TYPES)
    ranges = [item for item in query.filters if item.name != "resource"]
    values = {"source": source_id, **bound_values(ranges, None, is_sqlite=database.is_sqlite)}
    shape = (shape_of(ranges), resource_types)
    statement = database.compiled(
        ("evidence", shape, paginator.shape),
        lambda: _select_page(ranges, resource_types, paginator),
    )
    rows = await database.fetch_all(statement, {**values, **paginator.values})
    page = paginator.page(rows, lambda row: (row.start_offset, row.end_offset))
    total, total_exact = await count_one(
        database,
        ("evidence", shape),
        partial(_select_matches, ranges, resource_types),
        values,
        query.total,
        is_slow=False,
    )
    supported = await _read_supported(database, [row.key for row in page.rows])
    return Page(
        items=[
            QuotedSpan(
                source_id,
                row.start_offset,
                row.end_offset,
                row.exact,
                row.first_words,
                row.last_words,
                row.prefix,
                row.suffix,
                supported[row.key],
            )
            for row in page.rows
        ],
        total=total,
        total_exact=total_exact,
        next=page.next,
        previous=page.previous,
        record_id=source_id,
        content_sha256=content_sha256,
    )


def _require_room(query: ListQuery) -> None:
    """Raises Problem `invalid-query` where the bounds leave no quote."""
    filters = {item.name: item for item in query.filters}
    first, last = filters.get("start_min"), filters.get("end_max")
    if first and last and first.values[0] >= last.values[0]:
        detail = f"Write a start_min below end_max={last.raw[0]}: no quote lies between them."
        raise invalid_query([mistake("start_min", first.raw[0], detail)])


def _select_hash() -> Select[Any]:
    source = table_of(Source)
    return select(source.c.content_sha256).where(source.c.id == bindparam("source"))


def _conditions(
    ranges: Sequence[AppliedFilter], resource_types: Sequence[ResourceType]
) -> list[ColumnElement[bool]]:
    evidence, proof = table_of(Evidence), table_of(Proof)
    result = [
        evidence.c.source_id == bindparam("source"),
        *conditions(evidence, evidence, ranges),
    ]
    if len(resource_types) < len(PROVED_TYPES):
        of_type = or_(
            *(proof.c[f"{resource_type}_id"].is_not(None) for resource_type in resource_types)
        )
        proofs: Select[Any] = select(literal_column("1")).where(
            proof.c.evidence_key == evidence.c.key, of_type
        )
        result.append(proofs.exists())
    return result


def _select_matches(
    ranges: Sequence[AppliedFilter], resource_types: Sequence[ResourceType]
) -> Select[Any]:
    one: ColumnElement[Any] = literal_column("1")
    return select(one).select_from(table_of(Evidence)).where(*_conditions(ranges, resource_types))


def _select_page(
    ranges: Sequence[AppliedFilter], resource_types: Sequence[ResourceType], paginator: Paginator
) -> Select[Any]:
    table = table_of(Evidence)
    keys = [
        (table.c.start_offset, paginator.backward),
        (table.c.end_offset, paginator.backward),
    ]
    names = (
        *("key", "start_offset", "end_offset"),
        *("exact", "first_words", "last_words", "prefix", "suffix"),
    )
    rows = select(*(table.c[name] for name in names)).where(*_conditions(ranges, resource_types))
    if paginator.continues:
        rows = rows.where(after_cursor(keys))
    return rows.order_by(*order_by(keys)).limit(limit())


async def _read_supported(
    database: Reader, quotes: Sequence[int]
) -> Mapping[int, list[SupportedRecord]]:
    """The records that each quote supports, by the quote's key, by resource type and id."""
    result: dict[int, list[SupportedRecord]] = defaultdict(list)
    if not quotes:
        return result
    statement = database.compiled(
        ("supported", len(quotes)), lambda: _select_supported(len(quotes))
    )
    rows = await database.fetch_all(
        statement, {f"quote_{index}": key for index, key in enumerate(quotes)}
    )
    for row in sorted(
        rows, key=lambda row: (PROVED_TYPES.index(row.resource_type), row.id, row.proves)
    ):
        result[row.evidence_key].append(
            {
                "resource": row.resource_type,
                "id": row.id,
                "title": row.title,
                "proves": row.proves.split(),
            }
        )
    return result


def _select_supported(quotes: int) -> Select[Any]:
    """The records of quotes. A proof refers to one record; only that title is read."""
    proof = table_of(Proof)
    keys: list[BindParameter[Any]] = [bindparam(f"quote_{index}") for index in range(quotes)]
    resource_types: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = []
    titles: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = []
    for resource_type in PROVED_TYPES:
        owner, owner_id = table_of(RESOURCES[resource_type].table), proof.c[f"{resource_type}_id"]
        title = select(owner.c.title).where(owner.c.id == owner_id).scalar_subquery()
        resource_types.append((owner_id.is_not(None), literal_column(f"'{resource_type}'")))
        titles.append((owner_id.is_not(None), title))
    record_id = func.coalesce(*(proof.c[f"{resource_type}_id"] for resource_type in PROVED_TYPES))
    return select(
        proof.c.evidence_key,
        case(*resource_types).label("resource_type"),
        record_id.label("id"),
        case(*titles).label("title"),
        proof.c.proves,
    ).where(proof.c.evidence_key.in_(keys))
