"""Lists of all records, written by the build, so that an export only reads and decompresses.

A part is some hundred records as their format writes them, compressed with zstd (RFC 8878). URLs
begin with the base of the request, which a build cannot know: a NUL takes its place, a character
that no record has.
"""

from bisect import bisect_right
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import zstandard
from anyio.lowlevel import checkpoint

from app.database.execute import RowStream
from app.database.results import Row
from app.formats.streams import RECORD_STREAMS
from app.query.queries import ListQuery, NegotiatedFormat
from app.query.results import StoredRecord
from app.resources import Resource
from app.urls import BaseUrl
from app.vocabulary import FormatName

PREBUILT_FORMATS: tuple[FormatName, ...] = tuple(RECORD_STREAMS)

_BASE = b"\0"
_PLACEHOLDER = BaseUrl(_BASE.decode(), _BASE.decode())
_RECORDS = 50
_PART_SIZE = 128 * 1024
"""Bytes of a part before compression: sending one takes less time than another request."""


class Part(NamedTuple):
    """The columns of a row of `PrebuiltPart` besides its key."""

    size: int
    urls: int
    body: bytes


def build_parts(
    records: Iterable[StoredRecord], resource: Resource, format_name: FormatName
) -> Iterator[Part]:
    """The parts of a list, of all its records in order."""
    stream = RECORD_STREAMS[format_name]
    query = ListQuery(resource, format=NegotiatedFormat(format_name, is_export=True))
    remaining = iter(records)
    compressor = zstandard.ZstdCompressor(level=3)
    text = b""
    while batch := list(islice(remaining, _RECORDS)):
        text += stream.rows(batch, query, _PLACEHOLDER)
        if len(text) >= _PART_SIZE:
            yield Part(len(text), text.count(_BASE), compressor.compress(text))
            text = b""
    if text:
        yield Part(len(text), text.count(_BASE), compressor.compress(text))


class PrebuiltFile:
    """A whole list with URLs that begin with the base of a request.

    `sizes` are the parts in order, without their bodies.
    """

    def __init__(self, header: bytes, sizes: Sequence[Row], base_url: BaseUrl) -> None:
        self._header = header
        self._base = base_url.base.encode()
        self._ends: list[int] = []
        self.length = len(header)
        for part in sizes:
            self.length += part.size + part.urls * (len(self._base) - len(_BASE))
            self._ends.append(self.length)

    def parts_of(self, first: int, last: int) -> tuple[int, int]:
        """The numbers of the first and the last part that have these bytes.

        None of them, with the first beyond the last, where the header has them all.
        """
        if last < len(self._header):
            return 0, -1
        return bisect_right(self._ends, first), bisect_right(self._ends, last)

    async def write(self, first: int, last: int, parts: RowStream) -> AsyncGenerator[bytes]:
        """The bytes from `first` to `last`; `parts` are those that have them."""
        yield self._header[first : last + 1]
        decompressor = zstandard.ZstdDecompressor()
        async for rows in parts:
            for row in rows:
                # Sending to a fast client never waits: without this no other request has a turn.
                await checkpoint()
                text = decompressor.decompress(row.body).replace(_BASE, self._base)
                start = self._ends[row.number] - len(text)
                yield text[max(first - start, 0) : last + 1 - start]
