"""JSON that Knight Lab's TimelineJS draws: https://timeline.knightlab.com/docs/json-format.html

A slide is a record in plain sentences with its source's words, as in a feed. The dates are words of ours (`display_date`), as a
point on an axis cannot say “some day from … to …”, “since” or “inferred”. What has no end has none; what has only an end stands
there; what has no date at all cannot stand anywhere, and the title says how many those are.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import orjson
from pydantic_core import from_json

from app.formats.json import links
from app.presentation.sentences import RecordText, date_in_words, record_text
from app.query.params import ListQuery
from app.query.results import Dataset, Page, TimelineEntry
from app.query.timeline import DATED_BY
from app.resources import RESOURCES
from app.urls import BaseUrl
from app.vocabulary import ResourceType

_POINT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?[~?%]?")


def render_timeline(
    page: Page[TimelineEntry], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    records = [(noun, from_json(record[1])) for noun, record in page.items]
    slides = [_slide(noun, record, origin) for noun, record in records]
    placed = [slide for slide in slides if slide is not None]
    title = _title(query, len(slides) - len(placed), page, dataset, origin)
    return orjson.dumps({"scale": "human", "title": title, "events": placed})


def _slide(noun: ResourceType, record: Mapping[str, Any], origin: BaseUrl) -> dict[str, Any] | None:
    """Null: nothing says when it was."""
    date = record[DATED_BY[noun]]
    bounds = _bounds(date)
    if bounds is None:
        return None
    start, end = bounds
    return {
        "start_date": start,
        **({"end_date": end} if end else {}),
        "display_date": date_in_words(date),
        "text": {
            "headline": escape(record["title"]),
            "text": _html(noun, record, record_text(noun, record), origin),
        },
        "group": RESOURCES[noun].plural,
        "unique_id": f"{noun}-{record['id']}",
        # A quote's words are not to become links of ours.
        "autolink": False,
    }


def _bounds(date: Mapping[str, Any] | None) -> tuple[dict[str, int], dict[str, int] | None] | None:
    """A date known as a day, month or year stands as that; all others from their first to their last possible day."""
    if date is None:
        return None
    point = _POINT.fullmatch(date["edtf"])
    if point:
        return _date(*point.groups()), None
    first, last = date["earliest"], date["latest"]
    if first is None and last is None:
        return None
    begin = _date(*(first or last).split("-"))
    return begin, _date(*last.split("-")) if first and last and first != last else None


def _date(*parts: str | None) -> dict[str, int]:
    return {
        name: int(part) for name, part in zip(("year", "month", "day"), parts, strict=False) if part
    }


def _html(noun: ResourceType, record: Mapping[str, Any], said: RecordText, origin: BaseUrl) -> str:
    notes = "".join(f"<li>{escape(note)}</li>" for note in said.notes)
    quotes = "".join(f"<blockquote>“{escape(exact)}”</blockquote>" for exact, _ in said.quotes)
    address = f"{origin.absolute}{RESOURCES[noun].path}/{record['id']}"
    source = f"{origin.absolute}{RESOURCES['source'].path}/{record['source']}"
    ways = f"{_link(address, 'Record')} · {_link(source, 'Source')} · {_link(f'{address}/citation', 'Cite')}"
    return f"<p>{escape(said.claim)}</p><ul>{notes}</ul>{quotes}<p>{ways}</p>"


def _link(address: str, words: str) -> str:
    return f'<a href="{escape(address)}">{words}</a>'


def _title(
    query: ListQuery, undated: int, page: Page[TimelineEntry], dataset: Dataset, origin: BaseUrl
) -> dict[str, Any]:
    """What is shown, and what is not."""
    found = links(query, f"{origin.absolute}{query.listing.path}", page.next, page.previous)
    said = [
        "What sources state, with the words that they state it in. No statement is said to be true."
    ]
    if undated:
        are = "record of this page has" if undated == 1 else "records of this page have"
        said.append(f"{undated} {are} no date, and cannot be shown on a line of time.")
    body = "".join(f"<p>{escape(sentence)}</p>" for sentence in said)
    if found["next"]:
        body += f"<p>There is more: {_link(str(found['next']), 'the next page')}.</p>"
    body += f"<p>Dataset {dataset.version}</p>"
    headline = escape(f"On Record: {query.sentence}")
    return {"text": {"headline": headline, "text": body}, "unique_id": "title", "autolink": False}
