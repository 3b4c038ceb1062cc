"""Keyset pagination: cursors, and the pages that they lead to.

A cursor names the row that a page continues from by its sort keys, so a page at any depth costs
what the first one costs. It is opaque and bound to the list that it is for (filters and sort)
and to the dataset version. Its checksum detects damaged and invented cursors; it protects no
secret, because a cursor contains only values that the list shows.
"""

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import orjson
from sqlalchemy import ColumnElement, and_, bindparam, or_, tuple_
from sqlalchemy.sql.elements import BindParameter

from app.problems import CURSOR_EXPIRED, INVALID_CURSOR, Problem, QueryError
from app.query.queries import MAX_LIMIT, ListQuery
from app.query.results import Dataset, Page

RowT = TypeVar("RowT")

_CHECKSUM_BYTES = 12
_MAX_INTEGER = 2**63
"""Beyond it neither database has integers."""

SortColumn = tuple[ColumnElement[Any], bool]
"""A column that a list is sorted by, and whether it descends."""


@dataclass(frozen=True)
class Cursor:
    """The list continues after the row with the sort keys `after`; `backward`: before it."""

    after: tuple[Any, ...]
    backward: bool = False


@dataclass(frozen=True)
class PageRows(Generic[RowT]):
    """The rows of a page in the order of the list, and the cursors of its neighbours."""

    rows: Sequence[RowT]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Paginator:
    """Reads one page of a list: the rows to select, and the cursors of the neighbouring pages."""

    list_id: str
    version: str
    limit: int
    cursor: Cursor | None

    @classmethod
    def of(cls, query: ListQuery, dataset: Dataset, key_types: Sequence[type]) -> "Paginator":
        """The paginator of a query. `key_types` are the types of a row's sort keys.

        Raises Problem `invalid-cursor` where the cursor is not of this list, `cursor-expired`
        where it was made for another version of the dataset.
        """
        cursor = None
        if query.cursor is not None:
            cursor = decode(query, dataset.version)
            if len(cursor.after) != len(key_types) or not all(map(_is_of, cursor.after, key_types)):
                raise foreign_cursor(query.cursor)
        return cls(query.list_id, dataset.version, query.limit, cursor)

    @property
    def continues(self) -> bool:
        return self.cursor is not None

    @property
    def backward(self) -> bool:
        return self.cursor is not None and self.cursor.backward

    @property
    def after(self) -> tuple[Any, ...]:
        return () if self.cursor is None else self.cursor.after

    @property
    def shape(self) -> tuple[bool, bool]:
        """Identifies its part of the SQL."""
        return self.continues, self.backward

    @property
    def values(self) -> Mapping[str, Any]:
        """The bound values of `after` and of the limit.

        The limit is one more than the page has: that row tells whether the list continues.
        """
        keys = {f"after_{index}": key for index, key in enumerate(self.after)}
        return {**keys, "limit": self.limit + 1}

    def page(
        self, rows: Sequence[RowT], sort_keys: Callable[[RowT], tuple[Any, ...]]
    ) -> PageRows[RowT]:
        """The page in `rows` as they were read: backward where the cursor is, one too many."""
        has_more = len(rows) > self.limit
        page = rows[: self.limit]
        if self.backward:
            page = page[::-1]
        has_next = bool(page) and (self.backward or has_more)
        has_previous = bool(page) and (has_more if self.backward else self.continues)
        return PageRows(
            page,
            self.token(sort_keys(page[-1])) if has_next else None,
            self.token(sort_keys(page[0]), backward=True) if has_previous else None,
        )

    def token(self, after: tuple[Any, ...], *, backward: bool = False) -> str:
        """The cursor that continues after (`backward`: before) a row, as in URLs."""
        payload = orjson.dumps([self.version, int(backward), *after])
        content = _checksum(payload, self.list_id, self.version) + payload
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


class AllPages(AsyncIterator[Sequence[Any]]):
    """The items of all pages of a list, page by page.

    The caller closes it with `aclose`, also after an error; then `on_close` is called.
    """

    def __init__(
        self,
        read: Callable[[Any], Awaitable[Page[Any]]],
        query: ListQuery,
        on_close: Callable[[], None],
    ) -> None:
        self._read = read
        self._query: ListQuery | None = replace(query, limit=MAX_LIMIT, total="none")
        self._on_close: Callable[[], None] | None = on_close

    async def __anext__(self) -> Sequence[Any]:
        if self._query is None:
            raise StopAsyncIteration
        page = await self._read(self._query)
        self._query = replace(self._query, cursor=page.next) if page.next else None
        return page.items

    async def aclose(self) -> None:
        self._query = None
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()


def decode(query: ListQuery, version: str) -> Cursor:
    """The cursor of a query. Raises the problems of `Paginator.of`."""
    token = query.cursor or ""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        payload = content[_CHECKSUM_BYTES:]
        made_for, backward, *after = orjson.loads(payload)
    except (ValueError, TypeError):
        raise foreign_cursor(token) from None
    is_ours = base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii") == token
    if not isinstance(made_for, str) or not is_ours:
        raise foreign_cursor(token)
    if content[:_CHECKSUM_BYTES] != _checksum(payload, query.list_id, made_for):
        detail = "Follow links.next as it is: the cursor is of a list with other filters or sort."
        raise _invalid_cursor(token, detail)
    if made_for != version:
        raise Problem(
            CURSOR_EXPIRED,
            f"Begin again at the first page: the cursor is of dataset {made_for}, and the present"
            f" one is {version}.",
            links={"first": query.url_path()},
        )
    return Cursor(tuple(after), bool(backward))


def foreign_cursor(token: str) -> Problem:
    detail = "Follow links.next, or leave the cursor out: this server made no such cursor."
    return _invalid_cursor(token, detail)


def _invalid_cursor(token: str, detail: str) -> Problem:
    error = QueryError(parameter="cursor", received=token[:80], detail=detail)
    return Problem(INVALID_CURSOR, detail, (error,))


def _checksum(payload: bytes, list_id: str, version: str) -> bytes:
    key = f"{version}\0{list_id}\0".encode()
    return hashlib.blake2b(key + payload, digest_size=_CHECKSUM_BYTES, person=b"cursor").digest()


def _is_of(value: Any, key_type: type) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return key_type in (int, float) and -_MAX_INTEGER <= value < _MAX_INTEGER
    return isinstance(value, key_type)


# ----------------------------------------------------------------------------- SQL


def order_by(columns: Sequence[SortColumn]) -> list[ColumnElement[Any]]:
    return [column.desc() if descending else column.asc() for column, descending in columns]


def reversed_if(columns: Sequence[SortColumn], backward: bool) -> list[SortColumn]:
    """The same columns, in the other direction where a page is read backward."""
    return [(column, descending != backward) for column, descending in columns]


def after_cursor(columns: Sequence[SortColumn]) -> ColumnElement[bool]:
    """The condition that a row comes after the keys `:after_0`, `:after_1`, … in this order."""
    keys: list[BindParameter[Any]] = [bindparam(f"after_{index}") for index in range(len(columns))]
    if len(columns) == 1:
        return after_key(columns[0], keys[0])
    directions = {descending for _, descending in columns}
    if len(directions) == 1:
        row, key = tuple_(*(column for column, _ in columns)), tuple_(*keys)
        return row < key if directions.pop() else row > key
    # Mixed directions have no row comparison. The first condition repeats what follows from the
    # others, so that an index can begin there.
    ties = [
        and_(
            *(column == key for (column, _), key in zip(columns[:index], keys, strict=False)),
            after_key(columns[index], keys[index]),
        )
        for index in range(len(columns))
    ]
    return and_(from_key(columns[0], keys[0]), or_(*ties))


def after_key(column: SortColumn, key: BindParameter[Any]) -> ColumnElement[bool]:
    return column[0] < key if column[1] else column[0] > key


def from_key(column: SortColumn, key: BindParameter[Any]) -> ColumnElement[bool]:
    return column[0] <= key if column[1] else column[0] >= key


def limit() -> BindParameter[int]:
    return bindparam("limit")
