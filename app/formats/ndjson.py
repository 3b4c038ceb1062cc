"""NDJSON: one record per line, the same bytes as in a JSON list.

https://github.com/ndjson/ndjson-spec
"""

from collections.abc import Sequence

from app.formats.json import render_record
from app.query.queries import ListQuery
from app.query.results import StoredRecord
from app.urls import BaseUrl


def write_header(_: ListQuery) -> bytes:
    return b""


def write_rows(records: Sequence[StoredRecord], query: ListQuery, origin: BaseUrl) -> bytes:
    list_url = f"{origin.base}{query.listing.path}"
    return "".join(
        [f"{render_record(record, list_url, query.fields)}\n" for record in records]
    ).encode()
