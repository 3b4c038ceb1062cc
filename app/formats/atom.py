"""Atom (RFC 4287) with paging links (RFC 5005); withdrawn records are deleted entries (RFC 6721).

An entry is a record in sentences, never a number alone, and links to the record's page. `updated`
of an entry is when its present form was recorded, of a feed when the data were; without recorded
times, the latest publication day.

Ids never change (RFC 4287, 4.2.6): they are URLs under the public URL, and where none is set, and
URLs name the host that a client happens to use, UUIDs of paths.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from pydantic_core import from_json

from app import __version__
from app.formats.json import links
from app.formats.media_types import FORMATS
from app.presentation.records import present
from app.presentation.templating import entry_html
from app.query.datasets import Withdrawals
from app.query.queries import ListQuery
from app.query.results import Change, Dataset, Page, SearchHit, StoredRecord, TimelineEntry, Titles
from app.query.sentence import sentence
from app.resources import RESOURCES
from app.urls import BaseUrl
from app.vocabulary import ResourceType

RIGHTS = "Our words and the structure of the data: CC BY 4.0. Quoted words belong to their authors."
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_list(
    page: Page[StoredRecord], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    feed = _feed(page, query, dataset, origin)
    _add_entries(
        feed,
        ((query.resource_type, record) for record in page.items),
        page,
        dataset,
        origin,
    )
    return _serialize(feed, page.withdrawals, dataset, origin)


def render_timeline(
    page: Page[TimelineEntry], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    feed = _feed(page, query, dataset, origin)
    _add_entries(feed, page.items, page, dataset, origin)
    return _serialize(feed, page.withdrawals, dataset, origin)


def render_hits(
    page: Page[SearchHit], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    feed = _feed(page, query, dataset, origin)
    _add_entries(
        feed,
        ((hit.resource_type, hit.record) for hit in page.items),
        page,
        dataset,
        origin,
    )
    return _serialize(feed, None, dataset, origin)


def render_changes(
    page: Page[Change], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    """An entry for each new revision and for each withdrawal."""
    feed = _feed(page, query, dataset, origin)
    for item in page.items:
        path = f"{RESOURCES[item.resource_type].path}/{item.id}"
        revision_path = f"{path}/revisions/{item.number}" if item.number else path
        change = f"{item.kind.capitalize()}. {item.reason or ''}".strip()
        updated = _timestamp(item.recorded_in.recorded_at, dataset)
        if item.body is None:
            _add_deleted_entry(feed, _id(path, origin), updated, item.reason)
            entry = SubElement(feed, "entry")
            continuation = f" It goes on as {item.renamed_to}." if item.renamed_to else ""
            _entry_head(
                entry,
                _id(f"{revision_path}#{item.kind}", origin),
                f"{item.kind.capitalize()}: {item.id}",
                updated,
                f"{origin.absolute}{revision_path}",
                item.resource_type,
            )
            _add_text(
                entry,
                "summary",
                (
                    f"The {item.resource_type} {item.id} was {item.kind}.{continuation}"
                    f" {item.reason or ''}"
                ).strip(),
            )
        else:
            _add_entry(
                feed,
                item.resource_type,
                from_json(item.body),
                page.titles,
                updated,
                origin,
                revision_path=revision_path,
                change=change,
            )
    return _serialize(feed, None, dataset, origin)


def _feed(page: Page[Any], query: ListQuery, dataset: Dataset, origin: BaseUrl) -> Element:
    feed = Element(
        "feed",
        {
            "xmlns": "http://www.w3.org/2005/Atom",
            "xmlns:at": "http://purl.org/atompub/tombstones/1.0",
            "xml:lang": "en",
        },
    )
    page_links = links(query, f"{origin.absolute}{query.file_path}", page.next, page.previous)
    query_string = f"?{query.canonical}" if query.canonical else ""
    _add_text(feed, "id", _id(f"{query.path}{query_string}", origin))
    _add_text(feed, "title", f"On Record: {sentence(query)}")
    _add_text(feed, "updated", _timestamp(None, dataset))
    _add_text(SubElement(feed, "author"), "name", "On Record")
    _add_text(feed, "rights", RIGHTS)
    _add_text(feed, "generator", "On Record", uri=f"{origin.absolute}/v1", version=__version__)
    for rel, name in (("self", "self"), ("first", "first"), ("next", "next"), ("previous", "prev")):
        url = page_links[name]
        if url:
            SubElement(feed, "link", {"rel": rel, "href": url, "type": FORMATS["atom"].media_type})
    _add_page_link(feed, f"{origin.absolute}{query.path}", query_string)
    return feed


def _add_page_link(parent: Element, url: str, query_string: str = "") -> None:
    page = f"{url}.html{query_string}"
    SubElement(parent, "link", {"rel": "alternate", "href": page, "type": "text/html"})


def _id(path: str, origin: BaseUrl) -> str:
    has_public_url = "://" in origin.base
    return f"{origin.base}{path}" if has_public_url else uuid5(NAMESPACE_URL, path).urn


def _serialize(
    feed: Element, withdrawals: Withdrawals | None, dataset: Dataset, origin: BaseUrl
) -> bytes:
    for item in withdrawals.listed if withdrawals else ():
        path = f"{RESOURCES[item.resource_type].path}/{item.id}"
        updated = _timestamp(item.withdrawn_in.recorded_at, dataset)
        _add_deleted_entry(feed, _id(path, origin), updated, item.reason)
    for resource_type, record_id in withdrawals.no_longer_matching if withdrawals else ():
        path = f"{RESOURCES[resource_type].path}/{record_id}"
        reason = "It has changed, and does not match any more."
        _add_deleted_entry(feed, _id(path, origin), _timestamp(None, dataset), reason)
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _add_deleted_entry(feed: Element, entry_id: str, updated: str, reason: str | None) -> None:
    deleted = SubElement(feed, "at:deleted-entry", {"ref": entry_id, "when": updated})
    if reason:
        _add_text(deleted, "at:comment", reason)


def _add_entries(
    feed: Element,
    records: Iterable[tuple[ResourceType, StoredRecord]],
    page: Page[Any],
    dataset: Dataset,
    origin: BaseUrl,
) -> None:
    times = page.recorded_times or {}
    for resource_type, record in records:
        updated = _timestamp(times.get((resource_type, record.id)), dataset)
        _add_entry(feed, resource_type, from_json(record.body), page.titles, updated, origin)


def _add_entry(
    feed: Element,
    resource_type: ResourceType,
    record: Mapping[str, Any],
    titles: Titles,
    updated: str,
    origin: BaseUrl,
    *,
    revision_path: str | None = None,
    change: str | None = None,
) -> None:
    """Add an entry for a revision, or, with `revision_path` None, for the current record."""
    entry = SubElement(feed, "entry")
    path = revision_path or f"{RESOURCES[resource_type].path}/{record['id']}"
    url = f"{origin.absolute}{path}"
    presentation = present(resource_type, record, titles)
    _entry_head(entry, _id(path, origin), presentation.title, updated, url, resource_type)
    if record.get("source"):
        SubElement(
            entry,
            "link",
            {"rel": "via", "href": f"{origin.absolute}/v1/sources/{record['source']}"},
        )
    _add_text(entry, "summary", presentation.one_line)
    content = entry_html(presentation, origin.absolute, change)
    _add_text(entry, "content", content, type="html")


def _entry_head(
    entry: Element, entry_id: str, title: str, updated: str, url: str, resource_type: ResourceType
) -> None:
    _add_text(entry, "id", entry_id)
    _add_text(entry, "title", title)
    _add_text(entry, "updated", updated)
    _add_page_link(entry, url)
    SubElement(entry, "category", {"term": resource_type})


def _add_text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _NOT_IN_XML.sub("\ufffd", text)


def _timestamp(recorded_at: str | None, dataset: Dataset) -> str:
    return recorded_at or dataset.updated.isoformat().replace("+00:00", "Z")
