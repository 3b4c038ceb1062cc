"""Atom (RFC 4287): lists as feeds, with the paging links of RFC 5005. An entry is a record in plain sentences, never a bare
number: its title alone says nothing that needs a caveat. What was withdrawn is a deleted entry (RFC 6721).

`updated` of an entry is when its present form was recorded, of a feed when the data were; where the build was given no time,
the newest day of publication.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from pydantic_core import from_json

from app import __version__
from app.formats.json import links
from app.formats.media_types import FORMATS
from app.presentation.sentences import RecordText, record_text
from app.query.datasets import RecordedTimes, Withdrawals
from app.query.params import ListQuery
from app.query.results import Change, Dataset, Page, SearchHit, StoredRecord, TimelineEntry
from app.resources import RESOURCES
from app.urls import BaseUrl
from app.vocabulary import ResourceType

RIGHTS = "Our words and the structure of the data: CC BY 4.0. Quoted words belong to their authors."
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_list(
    page: Page[StoredRecord], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    feed = _feed(page, query, dataset, origin)
    _entries(
        feed, ((query.noun, record) for record in page.items), page.recorded_times, dataset, origin
    )
    return _written(feed, page.withdrawals, dataset, origin)


def render_timeline(
    page: Page[TimelineEntry], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    feed = _feed(page, query, dataset, origin)
    _entries(feed, page.items, page.recorded_times, dataset, origin)
    return _written(feed, page.withdrawals, dataset, origin)


def render_hits(
    page: Page[SearchHit], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    feed = _feed(page, query, dataset, origin)
    _entries(
        feed, ((hit.noun, hit.record) for hit in page.items), page.recorded_times, dataset, origin
    )
    return _written(feed, None, dataset, origin)


def render_changes(
    page: Page[Change], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    """An entry for each revision, which stays, and one for each end of a record."""
    feed = _feed(page, query, dataset, origin)
    for item in page.items:
        address = f"{origin.absolute}{RESOURCES[item.noun].path}/{item.id}"
        last = f"{address}/revisions/{item.number}" if item.number else address
        why = f"{item.kind.capitalize()}. {item.reason or ''}".strip()
        at = _instant(item.recorded_in.recorded_at, dataset)
        if item.body is None:
            _deleted(feed, address, at, item.reason)
            entry = SubElement(feed, "entry")
            gone_to = f" It goes on as {item.renamed_to}." if item.renamed_to else ""
            _head(
                entry,
                f"{last}#{item.kind}",
                f"{item.kind.capitalize()}: {item.id}",
                at,
                last,
                item.noun,
            )
            _text(
                entry,
                "summary",
                f"The {item.noun} {item.id} was {item.kind}.{gone_to} {item.reason or ''}".strip(),
            )
        else:
            _entry(feed, item.noun, from_json(item.body), at, origin, revision=last, why=why)
    return _written(feed, None, dataset, origin)


def _feed(page: Page[Any], query: ListQuery, dataset: Dataset, origin: BaseUrl) -> Element:
    feed = Element(
        "feed",
        {
            "xmlns": "http://www.w3.org/2005/Atom",
            "xmlns:at": "http://purl.org/atompub/tombstones/1.0",
            "xml:lang": "en",
        },
    )
    found = links(query, f"{origin.absolute}{query.listing.path}", page.next, page.previous)
    _text(feed, "id", str(found["first"]))
    _text(feed, "title", f"On Record: {query.sentence}")
    _text(feed, "updated", _instant(None, dataset))
    _text(SubElement(feed, "author"), "name", "On Record")
    _text(feed, "rights", RIGHTS)
    _text(feed, "generator", "On Record", uri=f"{origin.absolute}/v1", version=__version__)
    for rel, name in (("self", "self"), ("first", "first"), ("next", "next"), ("previous", "prev")):
        address = found[name]
        if address:
            SubElement(
                feed, "link", {"rel": rel, "href": address, "type": FORMATS["atom"].media_type}
            )
    return feed


def _written(
    feed: Element, tombstones: Withdrawals | None, dataset: Dataset, origin: BaseUrl
) -> bytes:
    for item in tombstones.listed if tombstones else ():
        address = f"{origin.absolute}{RESOURCES[item.noun].path}/{item.id}"
        _deleted(feed, address, _instant(item.withdrawn_in.recorded_at, dataset), item.reason)
    for noun, record_id in tombstones.left if tombstones else ():
        address = f"{origin.absolute}{RESOURCES[noun].path}/{record_id}"
        _deleted(
            feed, address, _instant(None, dataset), "It has changed, and does not match any more."
        )
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _deleted(feed: Element, address: str, at: str, reason: str | None) -> None:
    deleted = SubElement(feed, "at:deleted-entry", {"ref": address, "when": at})
    if reason:
        _text(deleted, "at:comment", reason)


def _entries(
    feed: Element,
    records: Iterable[tuple[ResourceType, StoredRecord]],
    times: RecordedTimes | None,
    dataset: Dataset,
    origin: BaseUrl,
) -> None:
    for noun, record in records:
        at = _instant((times or {}).get((noun, record[0])), dataset)
        _entry(feed, noun, from_json(record[1]), at, origin)


def _entry(
    feed: Element,
    noun: ResourceType,
    record: Mapping[str, Any],
    at: str,
    origin: BaseUrl,
    *,
    revision: str | None = None,
    why: str | None = None,
) -> None:
    """`revision` is the address of the revision that it is of; null: of the record as it is now."""
    entry = SubElement(feed, "entry")
    address = revision or f"{origin.absolute}{RESOURCES[noun].path}/{record['id']}"
    said = record_text(noun, record)
    _head(entry, address, record["title"], at, address, noun)
    if record.get("source"):
        SubElement(
            entry,
            "link",
            {"rel": "via", "href": f"{origin.absolute}/v1/sources/{record['source']}"},
        )
    _text(entry, "summary", said.claim)
    _text(entry, "content", _html(said, origin, why), type="html")


def _head(
    entry: Element, entry_id: str, title: str, at: str, address: str, noun: ResourceType
) -> None:
    _text(entry, "id", entry_id)
    _text(entry, "title", title)
    _text(entry, "updated", at)
    SubElement(entry, "link", {"rel": "alternate", "href": address, "type": "application/json"})
    SubElement(entry, "category", {"term": noun})


def _html(said: RecordText, origin: BaseUrl, why: str | None) -> str:
    notes = "".join(f"<li>{escape(note)}</li>" for note in (*([why] if why else []), *said.notes))
    quotes = "".join(
        f'<blockquote cite="{escape(f"{origin.absolute}/v1/sources/{source}")}">{escape(exact)}</blockquote>'
        for exact, source in said.quotes
    )
    return f"<p>{escape(said.claim)}</p><ul>{notes}</ul>{quotes}"


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _NOT_IN_XML.sub("\ufffd", text)


def _instant(recorded_at: str | None, dataset: Dataset) -> str:
    return recorded_at or dataset.updated.isoformat().replace("+00:00", "Z")
