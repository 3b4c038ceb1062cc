"""JSON for Knight Lab's TimelineJS: https://timeline.knightlab.com/docs/json-format.html

A slide is a record in sentences with quotes, as in a feed. `display_date` has the date in words, as
a point on an axis has no “since” and no “inferred”. A date without an end has no end; one with an
end alone is at its end. Records without a date are omitted, and the title slide says how many.
"""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from markupsafe import Markup, escape
from pydantic_core import from_json

from app.formats.json import links
from app.presentation.records import present
from app.presentation.templating import entry_html
from app.presentation.text import date_text
from app.query.queries import ListQuery
from app.query.results import Dataset, Page, TimelineEntry, Titles
from app.query.sentence import sentence
from app.query.timeline import DATED_BY
from app.resources import RESOURCES
from app.urls import BaseUrl
from app.vocabulary import ResourceType

_POINT_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?[~?%]?")


def render_timeline(
    page: Page[TimelineEntry], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    records = [(resource_type, from_json(record[1])) for resource_type, record in page.items]
    slides = [
        _slide(resource_type, record, page.titles, origin) for resource_type, record in records
    ]
    dated = [slide for slide in slides if slide is not None]
    title = _title(query, len(slides) - len(dated), page, dataset, origin)
    return orjson.dumps({"scale": "human", "title": title, "events": dated})


def _slide(
    resource_type: ResourceType, record: Mapping[str, Any], titles: Titles, origin: BaseUrl
) -> dict[str, Any] | None:
    """The slide of a record; None: it has no date."""
    date = record[DATED_BY[resource_type]]
    bounds = _bounds(date)
    if bounds is None:
        return None
    start, end = bounds
    presentation = present(resource_type, record, titles)
    return {
        "start_date": start,
        **({"end_date": end} if end else {}),
        "display_date": date_text(date),
        "text": {
            "headline": str(escape(presentation.title)),
            "text": entry_html(presentation, origin.absolute),
        },
        "group": RESOURCES[resource_type].plural,
        "unique_id": f"{resource_type}-{record['id']}",
        # Words of quotes do not become links.
        "autolink": False,
    }


def _bounds(date: Mapping[str, Any] | None) -> tuple[dict[str, int], dict[str, int] | None] | None:
    """Start and end of a date. A day, month or year has no end; other dates have their bounds.

    An end that is not known (`2012/`) is none, not the day of publication.
    """
    if date is None:
        return None
    match = _POINT_DATE.fullmatch(date["edtf"])
    if match:
        return _date(*match.groups()), None
    first, last = date["earliest"], date["latest"]
    if first is None and last is None:
        return None
    begin = _date(*(first or last).split("-"))
    has_end = first and last and first != last and not date["edtf"].endswith("/")
    return begin, _date(*last.split("-")) if has_end else None


def _date(*parts: str | None) -> dict[str, int]:
    return {
        name: int(part) for name, part in zip(("year", "month", "day"), parts, strict=False) if part
    }


_TITLE = Markup(
    "<p>What sources state, with the words that they state it in. No statement is said to be true."
    "</p>{undated}{next_page}<p>Dataset {version}</p>"
)
_UNDATED = Markup("<p>{count} of the records on this page have no date, and are not shown.</p>")
_NEXT_PAGE = Markup('<p>There is more: <a href="{url}">the next page</a>.</p>')


def _title(
    query: ListQuery, undated: int, page: Page[TimelineEntry], dataset: Dataset, origin: BaseUrl
) -> dict[str, Any]:
    """The title slide."""
    page_links = links(query, f"{origin.absolute}{query.file_path}", page.next, page.previous)
    text = _TITLE.format(
        undated=_UNDATED.format(count=undated) if undated else "",
        next_page=_NEXT_PAGE.format(url=page_links["next"]) if page_links["next"] else "",
        version=dataset.version,
    )
    headline = escape(f"On Record: {sentence(query)}")
    return {
        "text": {"headline": str(headline), "text": str(text)},
        "unique_id": "title",
        "autolink": False,
    }
