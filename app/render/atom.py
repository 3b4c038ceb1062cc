"""Atom (RFC 4287): lists as feeds, with the paging links of RFC 5005. An entry is a record in plain sentences, never a bare
number: its title alone says nothing that needs a caveat.

`updated` is when the data were recorded; where the build was given no time, the newest day of publication. `published` of an
entry is the day of its source's publication, in UTC, where only a day is known.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from pydantic_core import from_json

from app import __version__
from app.query.finding import Hits
from app.query.parser import ListQuery
from app.query.read import Dataset, Page, Stored
from app.query.timeline import Timeline
from app.render.json import links
from app.render.origin import Origin
from app.render.plain import Told, told
from app.resources import RESOURCES
from app.vocabulary import Noun

MEDIA_TYPE = "application/atom+xml"
RIGHTS = "Our words and the structure of the data: CC BY 4.0. Quoted words belong to their authors."
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_list(page: Page, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    return _feed(((query.noun, record) for record in page.records), page, query, dataset, origin)


def render_across(page: Timeline | Hits, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    return _feed(page.records, page, query, dataset, origin)


def _feed(
    records: Iterable[tuple[Noun, Stored]],
    page: Page | Timeline | Hits,
    query: ListQuery,
    dataset: Dataset,
    origin: Origin,
) -> bytes:
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    found = links(query, f"{origin.absolute}{query.listing.path}", page.next, page.previous)
    _text(feed, "id", str(found["first"]))
    _text(feed, "title", f"On Record: {query.sentence()}")
    _text(feed, "updated", _instant(dataset))
    _text(SubElement(feed, "author"), "name", "On Record")
    _text(feed, "rights", RIGHTS)
    _text(feed, "generator", "On Record", uri=f"{origin.absolute}/v1", version=__version__)
    for rel, name in (("self", "self"), ("first", "first"), ("next", "next"), ("previous", "prev")):
        address = found[name]
        if address:
            SubElement(feed, "link", {"rel": rel, "href": address, "type": MEDIA_TYPE})
    for noun, record in records:
        _entry(feed, noun, from_json(record[1]), dataset, origin)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: Element, noun: Noun, record: Mapping[str, Any], dataset: Dataset, origin: Origin) -> None:
    entry = SubElement(feed, "entry")
    address = f"{origin.absolute}{RESOURCES[noun].path}/{record['id']}"
    said = told(noun, record)
    _text(entry, "id", address)
    _text(entry, "title", record["title"])
    _text(entry, "updated", _instant(dataset))
    SubElement(entry, "link", {"rel": "alternate", "href": address, "type": "application/json"})
    if record.get("source"):
        SubElement(entry, "link", {"rel": "via", "href": f"{origin.absolute}/v1/sources/{record['source']}"})
    SubElement(entry, "category", {"term": noun})
    _text(entry, "summary", said.claim)
    _text(entry, "content", _html(said, origin), type="html")


def _html(said: Told, origin: Origin) -> str:
    notes = "".join(f"<li>{escape(note)}</li>" for note in said.notes)
    quotes = "".join(
        f'<blockquote cite="{escape(f"{origin.absolute}/v1/sources/{source}")}">{escape(exact)}</blockquote>'
        for exact, source in said.quotes
    )
    return f"<p>{escape(said.claim)}</p><ul>{notes}</ul>{quotes}"


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _NOT_IN_XML.sub("\ufffd", text)


def _instant(dataset: Dataset) -> str:
    return dataset.updated.isoformat().replace("+00:00", "Z")
