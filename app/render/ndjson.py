"""NDJSON: one bare record a line, the same bytes as in a JSON list. https://github.com/ndjson/ndjson-spec"""

from app.query.read import Stored
from app.render.json import cut_record

MEDIA_TYPE = "application/x-ndjson"


def line(record: Stored, address: str, fields: tuple[str, ...] | None) -> bytes:
    """`address` is that of the record's list."""
    return cut_record(record, address, fields).encode() + b"\n"
