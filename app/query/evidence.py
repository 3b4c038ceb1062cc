"""All that is quoted from one source, in reading order, with the records that rest on each quote. Four statements: the
source, the page, its records, the total.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal_column, or_, select
from sqlalchemy.sql.elements import BindParameter

from app.database.execute import Reader
from app.models import Evidence, Proof, Source
from app.problems import INVALID_QUERY, Problem, QueryError
from app.query import select as statements
from app.query.filters import AppliedFilter, bound_values, conditions, shape_of
from app.query.pagination import Paginator
from app.query.params import ListQuery
from app.query.records import Dataset
from app.query.related import RelatedRecords
from app.query.search import nouns_asked
from app.query.select import COUNTED_UP_TO
from app.resources import RESOURCES
from app.resources.declarations import table_of
from app.vocabulary import ResourceType

PROVED: tuple[ResourceType, ...] = ("actor", "place", "event", "statement", "figure")


class SupportedRecord(TypedDict):
    """A record that rests on a quote."""

    noun: ResourceType
    id: str
    title: str
    proves: list[str]


class Quote(NamedTuple):
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str
    records: Sequence[SupportedRecord]


@dataclass(frozen=True)
class Quotes:
    """`content_sha256` is that of the source's file, which all offsets refer to."""

    content_sha256: str
    quotes: Sequence[Quote]
    total: int | None
    total_exact: bool
    next: str | None
    previous: str | None
    beside: RelatedRecords | None = None


def _require_room(query: ListQuery) -> None:
    """A quote begins before it ends: raises Problem `invalid-query` where none could."""
    asked = {item.parameter.name: item for item in query.chosen}
    first, last = asked.get("start_min"), asked.get("end_max")
    if first and last and first.values[0] >= last.values[0]:
        detail = f"leaves no room for a quote before end_max={last.raw[0]}"
        fault = QueryError(parameter="start_min", value=first.raw[0], detail=detail)
        raise Problem(INVALID_QUERY, f"“start_min={first.raw[0]}” {detail}.", (fault,))


async def read_quotes(
    database: Reader, dataset: Dataset, query: ListQuery, source: str, *, first_page: str
) -> Quotes | None:
    """Null: there is no such source. Raises Problem `invalid-query` where no quote could match."""
    _require_room(query)
    found = await database.fetch_all(database.compiled("source hash", _hash), {"source": source})
    if not found:
        return None
    return await read_quotes_of(
        database, dataset, query, source, found[0][0], first_page=first_page
    )


async def read_quotes_of(
    database: Reader,
    dataset: Dataset,
    query: ListQuery,
    source: str,
    content_sha256: str,
    *,
    first_page: str = "",
) -> Quotes:
    """The same of a source that is at hand, without the first statement. `first_page` is for a query that has a cursor."""
    walk = Paginator.from_token(
        query.cursor,
        question=query.question,
        version=dataset.version,
        first_page=first_page,
        keys=(int, int),
    )
    nouns = nouns_asked(query, PROVED)
    ranges = [item for item in query.chosen if item.parameter.name != "noun"]
    values = {"source": source, **bound_values(ranges, "", sqlite=database.is_sqlite)}
    shape = (shape_of(ranges), nouns)
    statement = database.compiled(
        ("quotes", shape, walk.continues, walk.backward),
        lambda: _page(ranges, nouns, continues=walk.continues, backward=walk.backward),
    )
    position = {f"after_{index}": key for index, key in enumerate(walk.after)}
    rows = await database.fetch_all(statement, {**values, **position, "limit": query.limit + 1})
    stretch = walk.stretch(rows, query.limit, lambda row: (row[1], row[2]))
    total, total_exact = await _total(database, query, shape, ranges, nouns, values)
    resting = await _resting(database, [row[0] for row in stretch.rows])
    return Quotes(
        content_sha256=content_sha256,
        quotes=[
            Quote(start, end, exact, prefix, suffix, resting[key])
            for key, start, end, exact, prefix, suffix in stretch.rows
        ],
        total=total,
        total_exact=total_exact,
        next=stretch.next,
        previous=stretch.previous,
    )


def _hash() -> Select[Any]:
    source = table_of(Source)
    return select(source.c.content_sha256).where(source.c.id == bindparam("source"))


def _said(
    ranges: Sequence[AppliedFilter], nouns: Sequence[ResourceType]
) -> list[ColumnElement[bool]]:
    evidence, proof = table_of(Evidence), table_of(Proof)
    said = [evidence.c.source_id == bindparam("source"), *conditions(evidence, evidence, ranges)]
    if len(nouns) < len(PROVED):
        of_noun = or_(*(proof.c[f"{noun}_id"].is_not(None) for noun in nouns))
        proofs: Select[Any] = select(literal_column("1")).where(
            proof.c.evidence_key == evidence.c.key, of_noun
        )
        said.append(proofs.exists())
    return said


def _page(
    ranges: Sequence[AppliedFilter],
    nouns: Sequence[ResourceType],
    *,
    continues: bool,
    backward: bool,
) -> Select[Any]:
    table = table_of(Evidence)
    keys = [(table.c.start_offset, backward), (table.c.end_offset, backward)]
    names = ("key", "start_offset", "end_offset", "exact", "prefix", "suffix")
    statement = select(*(table.c[name] for name in names)).where(*_said(ranges, nouns))
    if continues:
        statement = statement.where(statements.behind(keys))
    order = [column.desc() if descending else column.asc() for column, descending in keys]
    return statement.order_by(*order).limit(statements.limit())


async def _total(
    database: Reader,
    query: ListQuery,
    shape: object,
    ranges: Sequence[AppliedFilter],
    nouns: Sequence[ResourceType],
    values: Mapping[str, Any],
) -> tuple[int | None, bool]:
    if query.total == "none":
        return None, False
    exact = query.total == "exact"

    def count() -> Select[Any]:
        one: ColumnElement[Any] = literal_column("1")
        matches: Select[Any] = (
            select(one).select_from(table_of(Evidence)).where(*_said(ranges, nouns))
        )
        bounded = matches if exact else matches.limit(COUNTED_UP_TO + 1)
        return select(func.count()).select_from(bounded.subquery())

    counting = database.compiled(("quotes counted", shape, exact), count)
    total: int = (await database.fetch_all(counting, values, is_slow=exact))[0][0]
    if not exact and total > COUNTED_UP_TO:
        return COUNTED_UP_TO, False
    return total, True


async def _resting(database: Reader, quotes: Sequence[int]) -> Mapping[int, list[SupportedRecord]]:
    """The records on each quote, by the quote's key; nouns in the order of PROVED, ids in order."""
    result: dict[int, list[SupportedRecord]] = defaultdict(list)
    if not quotes:
        return result
    statement = database.compiled(("resting", len(quotes)), lambda: _records(len(quotes)))
    rows = await database.fetch_all(
        statement, {f"quote_{index}": key for index, key in enumerate(quotes)}
    )
    for key, noun, record_id, title, proves in sorted(
        rows, key=lambda row: (PROVED.index(row[1]), row[2], row[4])
    ):
        result[key].append(
            {"noun": noun, "id": record_id, "title": title, "proves": proves.split()}
        )
    return result


def _records(quotes: int) -> Select[Any]:
    """A proof is of one record: only the title of that is looked up."""
    proof = table_of(Proof)
    keys: list[BindParameter[Any]] = [bindparam(f"quote_{index}") for index in range(quotes)]
    nouns: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = []
    titles: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = []
    for noun in PROVED:
        owner, of_noun = table_of(RESOURCES[noun].table), proof.c[f"{noun}_id"]
        nouns.append((of_noun.is_not(None), literal_column(f"'{noun}'")))
        titles.append(
            (
                of_noun.is_not(None),
                select(owner.c.title).where(owner.c.id == of_noun).scalar_subquery(),
            )
        )
    record_id = func.coalesce(*(proof.c[f"{noun}_id"] for noun in PROVED))
    said = proof.c.evidence_key, case(*nouns), record_id, case(*titles), proof.c.proves
    return select(*said).where(proof.c.evidence_key.in_(keys))
