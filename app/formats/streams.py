"""Formats of records alone: they can be written while records are read."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass

from anyio.lowlevel import checkpoint

from app.database.execute import RowStream
from app.formats import csv, ndjson
from app.query.queries import ListQuery
from app.query.results import StoredRecord
from app.urls import BaseUrl
from app.vocabulary import FormatName


@dataclass(frozen=True, kw_only=True)
class RecordStream:
    """How a format begins, and how it writes records.

    `batch_size` records are written before other requests have their turn: half a millisecond.
    """

    header: Callable[[ListQuery], bytes]
    rows: Callable[[Sequence[StoredRecord], ListQuery, BaseUrl], bytes]
    batch_size: int

    def render(self, records: Sequence[StoredRecord], query: ListQuery, base_url: BaseUrl) -> bytes:
        return self.header(query) + self.rows(records, query, base_url)

    async def write(
        self, batches: RowStream, query: ListQuery, base_url: BaseUrl
    ) -> AsyncGenerator[bytes]:
        """All records in `batches`, rows of id and body."""
        yield self.header(query)
        async for rows in batches:
            records = [StoredRecord(row.id, row.body) for row in rows]
            for first in range(0, len(records), self.batch_size):
                yield self.rows(records[first : first + self.batch_size], query, base_url)
                # Sending to a fast client never waits: without this no other request has a turn.
                await checkpoint()


RECORD_STREAMS: Mapping[FormatName, RecordStream] = {
    "csv": RecordStream(header=csv.write_header, rows=csv.write_rows, batch_size=10),
    "ndjson": RecordStream(header=ndjson.write_header, rows=ndjson.write_rows, batch_size=200),
}
