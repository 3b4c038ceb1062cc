"""JSON. Records were written by the build; here they are put between the few bytes that a request adds."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.query.parser import ItemQuery, ListQuery
from app.query.read import Dataset, Item, Page, Stored
from app.resources import RESOURCES

MEDIA_TYPE = "application/json"
_PLURALS = {resource.plural: resource for resource in RESOURCES.values()}


def render_list(page: Page, query: ListQuery, dataset: Dataset, base: str) -> bytes:
    """`base` is put before every path: the public URL, or the mount prefix."""
    address = f"{base}{query.resource.path}"
    tail = {
        "total": page.total,
        "total_exact": page.total_exact,
        "query": {
            "filters": {item.filter.name: list(item.raw) for item in query.chosen},
            "sort": ["id"],
            "limit": query.limit,
            "sentence": query.sentence(),
        },
        "dataset": {"version": dataset.version},
        "links": {
            "self": _url(address, query.canonical(cursor=query.cursor)),
            "first": _url(address, query.canonical()),
            "prev": _url(address, query.canonical(cursor=page.previous)) if page.previous else None,
            "next": _url(address, query.canonical(cursor=page.next)) if page.next else None,
        },
    }
    records = ",".join([_with_url(record, address) for record in page.records])
    return f'{{"data":[{records}],{_included(page.included, base)}'.encode() + orjson.dumps(tail)[1:]


def render_item(item: Item, query: ItemQuery, dataset: Dataset, base: str) -> bytes:
    address = f"{base}{query.resource.path}"
    tail = {
        "dataset": {"version": dataset.version},
        "links": {"self": _url(f"{address}/{item.record[0]}", query.canonical()), "collection": address},
    }
    record = _with_url(item.record, address)
    return f'{{"data":{record},{_included(item.included, base)}'.encode() + orjson.dumps(tail)[1:]


def render_value(value: Any) -> bytes:
    return orjson.dumps(value)


def _with_url(record: Stored, address: str) -> str:
    record_id, body = record
    return f'{{"url":"{address}/{record_id}",{body[1:]}'


def _included(included: Mapping[str, Mapping[str, str]] | None, base: str) -> str:
    if included is None:
        return ""
    nouns = []
    for plural, records in included.items():
        address = f"{base}{_PLURALS[plural].path}"
        members = ",".join([f'"{record[0]}":{_with_url(record, address)}' for record in records.items()])
        nouns.append(f'"{plural}":{{{members}}}')
    return f'"included":{{{",".join(nouns)}}},'


def _url(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
