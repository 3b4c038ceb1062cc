"""Byte ranges of a response (RFC 9110, 14): what `Range` and `If-Range` ask for."""

import re
from typing import NamedTuple

from starlette.types import Scope

from app.api.context import header
from app.problems import RANGE_NOT_SATISFIABLE, Problem

_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


class ByteRange(NamedTuple):
    """Positions of the first and the last byte."""

    first: int
    last: int

    def content_range(self, length: int) -> str:
        return f"bytes {self.first}-{self.last}/{length}"


def parse_range(value: str, length: int) -> ByteRange | None:
    """The range that `Range` asks of `length` bytes.

    None where the header is to be ignored: several ranges, another unit, or malformed. Raises
    Problem `range-not-satisfiable` where the range has no byte.
    """
    match = _ONE_RANGE.fullmatch(value)
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        first, last = max(length - int(match[2]), 0), length - 1
    else:
        first, last = int(match[1]), int(match[2] or length - 1)
        if match[2] and last < first:
            return None
        last = min(last, length - 1)
    if first > last:
        raise Problem(
            RANGE_NOT_SATISFIABLE,
            "Use a range that begins before the end of the content: Content-Range says where that"
            " is.",
            headers={"Content-Range": f"bytes */{length}"},
        )
    return ByteRange(first, last)


def requested_range(
    scope: Scope, length: int, etag: str, last_modified: str | None
) -> ByteRange | None:
    """The range that a GET request asks of a response; None: all of it.

    `If-Range` names the response that the client has a part of (RFC 9110, 13.1.5): by its strong
    ETag, or by the very date of `Last-Modified`. Raises what `parse_range` raises.
    """
    value = header(scope, b"range")
    if value is None or scope["method"] != "GET":
        return None
    validator = header(scope, b"if-range")
    if validator is not None and validator not in (etag, last_modified):
        return None
    return parse_range(value, length)
