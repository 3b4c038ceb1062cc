"""NDJSON: one bare record a line, the same bytes as in a JSON list. https://github.com/ndjson/ndjson-spec"""

from collections.abc import Sequence

from app.query.parser import ListQuery
from app.query.read import Stored
from app.render.json import cut_record
from app.render.origin import Origin

MEDIA_TYPE = "application/x-ndjson"


def begin(_: ListQuery) -> bytes:
    return b""


def some(records: Sequence[Stored], query: ListQuery, origin: Origin) -> bytes:
    address = f"{origin.base}{query.listing.path}"
    return "".join(
        [f"{cut_record(record, address, query.fields)}\n" for record in records]
    ).encode()
