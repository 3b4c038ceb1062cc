"""Cursors: where a list goes on.

A cursor is opaque, and bound to the list that it came from (what narrows it, and its sort) and to the dataset version. Its signature
keeps apart what we made and what was mangled or made up; the key is derived from the dataset, so that every worker and
every restart reads the same cursors. It guards no secret: a cursor says nothing that the list does not show.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

import orjson

from app.errors import CURSOR_EXPIRED, INVALID_CURSOR, Fault, Problem

_SIGNATURE_BYTES = 12


@dataclass(frozen=True)
class Cursor:
    """The list goes on behind the row with the sort keys `after`, or, `backward`, before it."""

    after: tuple[Any, ...]
    backward: bool = False


def encode(cursor: Cursor, *, question: str, version: str) -> str:
    payload = orjson.dumps([version, int(cursor.backward), *cursor.after])
    return _base64(_signature(payload, question, version) + payload)


def decode(token: str, *, question: str, version: str, first_page: str) -> Cursor:
    """Raises Problem `invalid-cursor`, or `cursor-expired` where it was made for another version of the dataset."""
    try:
        content = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        signature, payload = content[:_SIGNATURE_BYTES], content[_SIGNATURE_BYTES:]
        made_for, backward, *after = orjson.loads(payload)
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError, ValueError, TypeError):
        raise _invalid(token, "is not a cursor that this server made") from None
    if not isinstance(made_for, str) or _base64(content) != token:
        raise _invalid(token, "is not a cursor that this server made")
    if not hmac.compare_digest(signature, _signature(payload, question, made_for)):
        raise _invalid(token, "was not made for this list: follow links.next with the same filters and sort")
    if made_for != version:
        raise Problem(
            CURSOR_EXPIRED,
            f"The cursor was made for dataset {made_for}; the present one is {version}. Begin again at the first page.",
            extra={"first": first_page},
        )
    return Cursor(tuple(after), bool(backward))


def _signature(payload: bytes, question: str, version: str) -> bytes:
    key = hashlib.sha256(f"onrecord cursor {version}".encode()).digest()
    return hmac.digest(key, question.encode() + b"\0" + payload, "sha256")[:_SIGNATURE_BYTES]


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _invalid(token: str, detail: str) -> Problem:
    fault = Fault(parameter="cursor", value=token[:80], detail=detail)
    return Problem(INVALID_CURSOR, f"The cursor {detail}.", (fault,))
