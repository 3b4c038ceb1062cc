"""NDJSON: one item of a list per line, the same bytes as in `data` of its JSON.

https://github.com/ndjson/ndjson-spec
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.formats import json
from app.formats.media_types import ResultKind
from app.query.queries import ListQuery
from app.urls import BaseUrl

ITEMS: Mapping[ResultKind, Callable[[Sequence[Any], ListQuery, BaseUrl], Sequence[str]]] = {
    "records": json.record_items,
    "timeline": json.timeline_items,
    "search": json.search_items,
    "changes": json.change_items,
    "evidence": json.evidence_items,
    "revisions": json.revision_items,
    "datasets": json.dataset_items,
    "vocabularies": json.scheme_items,
    "codes": json.code_items,
}
"""The functions that write the items of each kind of list."""


def write_header(_: ListQuery) -> bytes:
    return b""


def write_lines(kind: ResultKind, items: Sequence[Any], query: ListQuery, origin: BaseUrl) -> bytes:
    return "".join([f"{item}\n" for item in ITEMS[kind](items, query, origin)]).encode()
