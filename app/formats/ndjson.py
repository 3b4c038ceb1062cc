"""NDJSON: one bare record a line, the same bytes as in a JSON list. https://github.com/ndjson/ndjson-spec"""

from collections.abc import Sequence

from app.formats.json import cut_record
from app.query.params import ListQuery
from app.query.records import StoredRecord
from app.urls import BaseUrl

MEDIA_TYPE = "application/x-ndjson"


def begin(_: ListQuery) -> bytes:
    return b""


def some(records: Sequence[StoredRecord], query: ListQuery, origin: BaseUrl) -> bytes:
    address = f"{origin.base}{query.listing.path}"
    return "".join(
        [f"{cut_record(record, address, query.fields)}\n" for record in records]
    ).encode()
