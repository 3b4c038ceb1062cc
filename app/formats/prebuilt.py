"""Lists of all records, written by the build, so that an export only reads and decompresses.

A part is some hundred records as their format writes them, compressed with zstd (RFC 8878). URLs
begin with the base of the request, which a build cannot know: a NUL takes its place, a character
that no record has.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator
from itertools import islice

import zstandard
from anyio.lowlevel import checkpoint

from app.database.execute import RowStream
from app.formats.media_types import FORMATS
from app.formats.streams import RECORD_STREAMS
from app.query.params import ListQuery
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


def build_parts(
    records: Iterable[StoredRecord], resource: Resource, format_name: FormatName
) -> Iterator[bytes]:
    """The parts of a list, of all its records in order."""
    stream = RECORD_STREAMS[format_name]
    query = ListQuery(resource, format=FORMATS[format_name].by_name)
    remaining = iter(records)
    compressor = zstandard.ZstdCompressor(level=3)
    part = b""
    while batch := list(islice(remaining, _RECORDS)):
        part += stream.rows(batch, query, _PLACEHOLDER)
        if len(part) >= _PART_SIZE:
            yield compressor.compress(part)
            part = b""
    if part:
        yield compressor.compress(part)


async def write_parts(header: bytes, parts: RowStream, base_url: BaseUrl) -> AsyncGenerator[bytes]:
    """The whole list with URLs that begin with the base of a request."""
    yield header
    decompressor = zstandard.ZstdDecompressor()
    base = base_url.base.encode()
    async for rows in parts:
        for row in rows:
            # Sending to a fast client never waits: without this no other request has a turn.
            await checkpoint()
            yield decompressor.decompress(row.body).replace(_BASE, base)
