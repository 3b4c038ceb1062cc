"""Whole lists, made ready by the build: who asks for all records of a noun waits for nothing but the reading.

A part is some hundred records as their format writes them, compressed with zstd (RFC 8878). Addresses begin with the origin of
who asks, which a build cannot know: a NUL stands for it, which no text has.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator
from itertools import islice

import zstandard
from anyio.lowlevel import checkpoint

from app.database.execute import RowStream
from app.formats.registry import FORMATS, Format
from app.query.params import ListQuery, NegotiatedFormat
from app.query.records import StoredRecord
from app.resources import Resource
from app.urls import BaseUrl

MADE_READY: tuple[Format, ...] = tuple(row for row in FORMATS.values() if row.plain is not None)
"""The formats of records alone."""

_ORIGIN = b"\0"
_ANY = BaseUrl(_ORIGIN.decode(), _ORIGIN.decode())
_RECORDS = 50
_BYTES = 128 * 1024
"""A part is about so large before it is compressed: sending it holds others up for less than a request of theirs takes."""


def parts(records: Iterable[StoredRecord], resource: Resource, row: Format) -> Iterator[bytes]:
    """What is kept of these records, which are in order and all that there are."""
    assert row.plain is not None  # noqa: S101 - it is one of MADE_READY
    query = ListQuery(resource, form=NegotiatedFormat(row.name, is_plain=True, is_whole=True))
    left = iter(records)
    compressor = zstandard.ZstdCompressor(level=3)
    body = b""
    while some := list(islice(left, _RECORDS)):
        body += row.plain.some(some, query, _ANY)
        if len(body) >= _BYTES:
            yield compressor.compress(body)
            body = b""
    if body:
        yield compressor.compress(body)


async def written(begin: bytes, parts: RowStream, origin: BaseUrl) -> AsyncGenerator[bytes]:
    """A whole list, whose URLs begin with this origin."""
    yield begin
    decompressor = zstandard.ZstdDecompressor()
    base = origin.base.encode()
    async for batch in parts:
        for part in batch:
            await checkpoint()  # a client that reads as fast as this writes would never yield
            yield decompressor.decompress(part.body).replace(_ORIGIN, base)
