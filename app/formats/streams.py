"""Formats of items alone: they can be written while the items are read."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from anyio.lowlevel import checkpoint

from app.formats import csv, ndjson
from app.formats.media_types import ResultKind
from app.query.queries import ListQuery
from app.urls import BaseUrl
from app.vocabulary import FormatName


@dataclass(frozen=True, kw_only=True)
class ItemStream:
    """How a format begins, and how it writes the items of a list.

    `batch_size` items are written before other requests have their turn: half a millisecond.
    """

    header: Callable[[ListQuery], bytes]
    rows: Callable[[Sequence[Any], ListQuery, BaseUrl], bytes]
    batch_size: int

    def render(self, items: Sequence[Any], query: ListQuery, base_url: BaseUrl) -> bytes:
        return self.header(query) + self.rows(items, query, base_url)

    async def write(
        self, batches: AsyncIterable[Sequence[Any]], query: ListQuery, base_url: BaseUrl
    ) -> AsyncGenerator[bytes]:
        """All items in `batches`; a record may be a row of its id and body."""
        yield self.header(query)
        async for items in batches:
            for first in range(0, len(items), self.batch_size):
                yield self.rows(items[first : first + self.batch_size], query, base_url)
                # Sending to a fast client never waits: without this no other request has a turn.
                await checkpoint()


def _streams(kind: ResultKind) -> Mapping[FormatName, ItemStream]:
    table = csv.TABLES[kind]
    return {
        "csv": ItemStream(header=table.write_header, rows=table.write_rows, batch_size=10),
        "ndjson": ItemStream(
            header=ndjson.write_header, rows=partial(ndjson.write_lines, kind), batch_size=200
        ),
    }


STREAMS: Mapping[ResultKind, Mapping[FormatName, ItemStream]] = {
    kind: _streams(kind) for kind in csv.TABLES
}
RECORD_STREAMS = STREAMS["records"]
