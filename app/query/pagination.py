"""Cursors: where a list goes on.

A cursor is opaque, and bound to the list that it came from (what narrows it, and its sort) and to the dataset version. Its signature
keeps apart what we made and what was mangled or made up; the key is derived from the dataset, so that every worker and
every restart reads the same cursors. It guards no secret: a cursor says nothing that the list does not show.
"""

import binascii
import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from app.database.results import Row
from app.problems import CURSOR_EXPIRED, INVALID_CURSOR, Problem, QueryError

_SIGNATURE_BYTES = 12
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")


class Cursor(NamedTuple):
    """The list goes on behind the row with the sort keys `after`, or, `backward`, before it."""

    after: tuple[Any, ...]
    backward: bool = False


def encode(cursor: Cursor, *, question: str, version: str) -> str:
    payload = orjson.dumps([version, int(cursor.backward), *cursor.after])
    return _base64(_signature(payload, question, version) + payload)


def decode(token: str, *, question: str, version: str, first_page: str) -> Cursor:
    """Raises Problem `invalid-cursor`, or `cursor-expired` where it was made for another version of the dataset."""
    try:
        content = binascii.a2b_base64(
            token.encode("ascii").translate(_FROM_URL) + b"=" * (-len(token) % 4)
        )
        payload = content[_SIGNATURE_BYTES:]
        made_for, backward, *after = orjson.loads(payload)
    except (ValueError, TypeError):
        raise foreign_cursor(token) from None
    if not isinstance(made_for, str) or _base64(content) != token:
        raise foreign_cursor(token)
    # Compared as any bytes are: it guards no secret that somebody could find out bit by bit.
    if content[:_SIGNATURE_BYTES] != _signature(payload, question, made_for):
        raise _invalid(
            token, "was not made for this list: follow links.next with the same filters and sort"
        )
    if made_for != version:
        raise Problem(
            CURSOR_EXPIRED,
            f"The cursor was made for dataset {made_for}; the present one is {version}. Begin again at the first page.",
            extra={"first": first_page},
        )
    return Cursor(tuple(after), bool(backward))


class Stretch(NamedTuple):
    """The rows of a page in the order of the list, and the cursors of the pages beside it."""

    rows: Sequence[Row]
    next: str | None
    previous: str | None


class Paginator(NamedTuple):
    """A list that is read page by page; `at` is null on its first page."""

    question: str
    version: str
    at: Cursor | None

    @classmethod
    def from_token(
        cls,
        token: str | None,
        *,
        question: str,
        version: str,
        first_page: str,
        keys: tuple[type, ...],
    ) -> "Paginator":
        """`keys` are the types of a row's sort keys. Raises the Problems of `decode`."""
        if token is None:
            return cls(question, version, None)
        known = _LATELY.get(token)
        if known is not None and known.question == question and known.version == version:
            return known
        at = decode(token, question=question, version=version, first_page=first_page)
        found = tuple(map(type, at.after))
        if found != keys and not (len(found) == len(keys) and all(map(_is_a, found, keys))):
            raise foreign_cursor(token)
        return _remembered(token, cls(question, version, at))

    @property
    def continues(self) -> bool:
        return self.at is not None

    @property
    def backward(self) -> bool:
        return self.at is not None and self.at.backward

    @property
    def after(self) -> tuple[Any, ...]:
        return () if self.at is None else self.at.after

    def token(self, after: tuple[Any, ...], *, backward: bool = False) -> str:
        cursor = Cursor(after, backward)
        token = encode(cursor, question=self.question, version=self.version)
        _remembered(token, Paginator(self.question, self.version, cursor))
        return token

    def stretch(
        self, rows: Sequence[Row], limit: int, keys: Callable[[Row], tuple[Any, ...]]
    ) -> Stretch:
        """`rows` as they were read: one more than `limit`, where the list goes on; backward where the walk is. `keys` gives
        the sort keys of a row.
        """
        goes_on = len(rows) > limit
        page = rows[:limit][::-1] if self.backward else rows[:limit]
        has_next = bool(page) and (self.backward or goes_on)
        has_previous = bool(page) and (goes_on if self.backward else self.continues)
        return Stretch(
            page,
            self.token(keys(page[-1])) if has_next else None,
            self.token(keys(page[0]), backward=True) if has_previous else None,
        )


_LATELY: dict[str, Paginator] = {}
"""Where the cursors that were given or proved lately go on: whoever walks comes back with the one that was given last."""
_MOST_LATELY = 4_096


def _remembered(token: str, walk: Paginator) -> Paginator:
    if len(_LATELY) >= _MOST_LATELY:
        _LATELY.clear()
    _LATELY[token] = walk
    return walk


def _is_a(found: type, key: type) -> bool:
    return found is key or (key is float and found is int)


def _signature(payload: bytes, question: str, version: str) -> bytes:
    signer = _signer(question, version).copy()
    signer.update(payload)
    return signer.digest()


@lru_cache(maxsize=256)
def _signer(question: str, version: str) -> "hashlib.blake2b":
    """BLAKE2 with a key (RFC 7693): as sound as an HMAC, and a fifth of its time."""
    return hashlib.blake2b(
        f"{version}\0{question}\0".encode(), key=b"onrecord cursor", digest_size=_SIGNATURE_BYTES
    )


def _base64(content: bytes) -> str:
    """As it stands in URLs, without padding (RFC 4648, 5)."""
    return (
        binascii.b2a_base64(content, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")
    )


def foreign_cursor(token: str) -> Problem:
    return _invalid(token, "is not a cursor that this server made")


def _invalid(token: str, detail: str) -> Problem:
    fault = QueryError(parameter="cursor", value=token[:80], detail=detail)
    return Problem(INVALID_CURSOR, f"The cursor {detail}.", (fault,))
