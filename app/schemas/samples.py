"""A sample record of each resource type, from a made-up report: the examples of responses.

The records refer to each other, and their quotes stand in the text at the offsets that they give.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic_core import to_json

from app.query.citations import cited_record
from app.query.datasets import DatasetStamp, Revision
from app.query.results import (
    Change,
    CitedRecord,
    Dataset,
    Highlight,
    Item,
    ListedDataset,
    Page,
    QuotedSpan,
    ResourceCount,
    SearchHit,
    StoredRecord,
    SupportedRecord,
    TimelineEntry,
    Titles,
)
from app.query.tokenizer import texts_of
from app.resources import RESOURCES
from app.resources.lists import TIMELINE_RESOURCES
from app.resources.references import RecordKey
from app.resources.vocabulary import (
    Vocabulary,
    VocabularyCode,
    VocabularyMapping,
    VocabularyScheme,
)
from app.vocabulary import ResourceType

TEXT = (
    "Flood in the Lower Vale. Nomark, 4 May 2031. The flood has displaced more than 1,250 adults"
    " since Friday by a provisional count, the Civil Guard said. Its head, Ada Example, told the"
    " council of Nomark that “the water is falling”, the Vale Herald reported. They had met in"
    " Nomark after the flood began."
)
_SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()

_SOURCE = "report-on-flood-2031-05-04"
_ACTOR = "ada-example"
_PLACE = "lower-vale"
_EVENT = "meeting-on-flood-2031-05-04"
_STATEMENT = "head-of-civil-guard-says-water-is-falling"
_FIGURE = "adults-displaced-2031-05-04"
_SERIES = "adults-displaced-by-flood"


# --------------------------------------------------------------------------------- parts of records


def _offsets(words: str) -> dict[str, int]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def _evidence(exact: str, *proves: str) -> dict[str, Any]:
    return {
        "source": _SOURCE,
        "type": "quote",
        "proves": list(proves),
        "exact": exact,
        "prefix": "",
        "suffix": "",
        **_offsets(exact),
    }


def _date(edtf: str, *, basis: str = "stated", note: str | None = None) -> dict[str, Any]:
    first, _, last = edtf.partition("/")
    return {
        "edtf": edtf,
        "earliest": first,
        "latest": last or first,
        "basis": basis,
        "basis_end": None,
        "note": note,
    }


def _reference(record_id: str, as_written: str | None, **fields: Any) -> dict[str, Any]:
    reference = {
        "id": record_id,
        "as_written": as_written,
        "basis": "stated" if as_written else "inferred",
        "note": None if as_written else "The sentence before names it.",
    }
    return reference | fields


_DAY = _date("2031-05-04")
_PERIOD = _date(
    "2031-05-02/2031-05-04", basis="inferred", note="“Friday” before Sunday, 4 May 2031."
)
_NUMBER: dict[str, Any] = {
    "value": 1250,
    "as_written": "more than 1,250",
    "qualifier": "over",
    "lower": 1250,
    "upper": None,
    "bound": "gt",
}
_ATTRIBUTION = {
    "origin": "stated",
    "speakers": [_reference("civil-guard", "the Civil Guard")],
    "relayed_by": [],
    "note": None,
}
_MEASURE = {"measure": "people_displaced", "measure_kind": "cumulative", "unit": "person"}
_AS_OF_CAVEAT = "The text gives no as-of date: it is that of publication."
_BREAKDOWN = {"dimension": "age", "category": "adult", "as_written": None}

# ------------------------------------------------------------------------------------------ records

_FIELDS: Mapping[ResourceType, dict[str, Any]] = {
    "source": {
        "id": _SOURCE,
        "title": "Report on the flood in the Lower Vale",
        "kind": "news_article",
        "headline": "Flood in the Lower Vale",
        "publisher": "Vale Herald",
        "authors": ["A. Writer"],
        "original_url": "https://news.example/flood",
        "language": "en",
        "published_on": _DAY,
        "content_sha256": _SHA256,
        "quotes_verified": True,
        "characters": len(TEXT),
        "text_access": "quotes_only",
        "licence": "CC-BY-4.0",
        "counts": {
            "actor": 5,
            "place": 2,
            "event": 2,
            "statement": 1,
            "figure": 1,
            "series": 1,
        },
        "caveats": ["The text names no hour of publication."],
        "corrections": [],
        "evidence": [
            _evidence("the Lower Vale", "names_as_written"),
            _evidence("displaced more than 1,250 adults", "value", "qualifier", "breakdown"),
        ],
    },
    "actor": {
        "id": _ACTOR,
        "title": "Ada Example",
        "kind": "person",
        "names_as_written": ["Ada Example"],
        "country": "ZZ",
        "roles": [
            {
                "title": "head",
                "of": "civil-guard",
                "as_written": "head",
                "date": _DAY,
                "basis": "stated",
                "note": "“Its” is the Civil Guard's.",
            }
        ],
        "relations": [
            {
                "type": "represents",
                "resource": "actor",
                "to": "civil-guard",
                "date": _DAY,
                "as_written": "Its head",
                "basis": "inferred",
                "note": "She speaks to the council as its head.",
            }
        ],
        "same_as": [{"scheme": "wikidata", "id": "Q1000000"}],
        "caveats": ["The text does not say since when she has been its head."],
        "corrections": [],
        "evidence": [_evidence("Its head, Ada Example", "names_as_written", "roles", "relations")],
    },
    "place": {
        "id": _PLACE,
        "title": "Lower Vale",
        "kind": "region",
        "names_as_written": ["Lower Vale"],
        "country": "ZZ",
        "part_of": "vale",
        "same_as": [{"scheme": "geonames", "id": "2000000"}],
        "caveats": ["The text does not give its borders."],
        "corrections": [],
        "evidence": [_evidence("the Lower Vale", "names_as_written")],
    },
    "event": {
        "id": _EVENT,
        "title": "Meeting of the Civil Guard and the council of Nomark",
        "source": _SOURCE,
        "type": "meeting",
        "mappings": [{"scheme": "plover", "code": "CONSULT", "match": "broad"}],
        "date": _date("2031-05-02/2031-05-04", basis="inferred", note="After the flood began."),
        "places": [_reference("nomark", "Nomark", role="in")],
        "participants": [_reference("civil-guard", None, role="party")],
        "status": "reported",
        "relations": [
            {
                "type": "follows",
                "resource": "event",
                "to": "flood-in-lower-vale-2031-05",
                "date": _DAY,
                "as_written": "after the flood began",
                "basis": "stated",
                "note": "The text does not say on which day the flood began.",
            }
        ],
        "caveats": ["The text does not say who called the meeting."],
        "corrections": [],
        "evidence": [
            _evidence("They had met in Nomark after the flood began", "type", "places", "relations")
        ],
    },
    "statement": {
        "id": _STATEMENT,
        "title": "Ada Example on the water",
        "source": _SOURCE,
        "summary": "Ada Example says that the water is falling.",
        "attribution": {
            "origin": "stated",
            "speakers": [_reference(_ACTOR, "Ada Example")],
            "relayed_by": [_reference("vale-herald", "the Vale Herald")],
            "note": None,
        },
        "voice": "attributed",
        "quote_type": "direct",
        "quoted_words": [
            {
                "type": "quote",
                "exact": "the water is falling",
                **_offsets("the water is falling"),
            }
        ],
        "act": "says",
        "addressees": [_reference("council-of-nomark", "the council of Nomark")],
        "about": [_reference(_PLACE, None, resource="place")],
        "made_on": _date("2031-05-04", basis="publication_date"),
        "event": _reference(_EVENT, None),
        "loaded_terms": [],
        "caveats": ["The text does not say where the water is falling."],
        "corrections": [],
        "evidence": [_evidence("the water is falling", "summary", "quoted_words")],
    },
    "figure": {
        "id": _FIGURE,
        "title": "Adults displaced by the flood, as of 4 May 2031",
        "source": _SOURCE,
        "series": _SERIES,
        **_MEASURE,
        **_NUMBER,
        "population": _reference("residents-of-lower-vale", "adults"),
        "excludes": [],
        "breakdown": [{**_BREAKDOWN, "as_written": "adults"}],
        "denominator": None,
        "places": [_reference(_PLACE, None, role="in")],
        "period": _PERIOD,
        "as_of": _date("2031-05-04", basis="publication_date"),
        "observation_status": "provisional",
        "attribution": _ATTRIBUTION,
        "event": _reference("flood-in-lower-vale-2031-05", "The flood"),
        "supersedes": None,
        "superseded_by": None,
        "caveats": [_AS_OF_CAVEAT],
        "corrections": [
            {"corrected_on": "2031-05-06", "reason": "The qualifier had been left out."}
        ],
        "evidence": [
            _evidence("displaced more than 1,250 adults", "value", "qualifier", "breakdown"),
            _evidence("by a provisional count", "observation_status"),
            _evidence("the Civil Guard said", "attribution"),
        ],
    },
    "series": {
        "id": _SERIES,
        "title": "Adults displaced by the flood in the Lower Vale",
        **_MEASURE,
        "population": _reference("residents-of-lower-vale", None, note=None) | {"basis": "stated"},
        "excludes": [],
        "places": [_reference(_PLACE, None, role="in", note=None)],
        "breakdown": [_BREAKDOWN],
        "counted_from": _date("2031-05-02", basis="inferred"),
        "definition": "Running total of adults displaced by the flood since 2 May 2031.",
        "method": "reported",
        "points": [
            {
                "figure": _FIGURE,
                "source": _SOURCE,
                **_NUMBER,
                "period": _PERIOD,
                "as_of": _date("2031-05-04", basis="publication_date"),
                "attribution": _ATTRIBUTION,
                "observation_status": "provisional",
                "superseded_by": None,
                "caveats": [_AS_OF_CAVEAT],
                "corrected_on": "2031-05-06",
            }
        ],
        "disagreements": [],
        "caveats": ["The report does not say who counts as displaced.", _AS_OF_CAVEAT],
        "corrections": [],
        "evidence": [_evidence("displaced more than 1,250 adults", "unit", "breakdown")],
    },
}

RECORDS: Mapping[ResourceType, dict[str, Any]] = {
    resource_type: {
        "url": f"{resource.path}/{_FIELDS[resource_type]['id']}",
        **{name: _FIELDS[resource_type][name] for name in resource.record.model_fields},
    }
    for resource_type, resource in RESOURCES.items()
}
"""A complete record of each resource type, as the API returns it."""

STORED_RECORDS: Mapping[ResourceType, StoredRecord] = {
    resource_type: StoredRecord(
        record["id"],
        to_json({name: value for name, value in record.items() if name != "url"}).decode(),
    )
    for resource_type, record in RECORDS.items()
}
"""The same records, as the build stores them."""

# ------------------------------------------------------------------------------------------ results

_STAMP = DatasetStamp("5af78d521ea705f0", "2031-05-06T12:00:00Z")
_EARLIER = DatasetStamp("ee37b0dc54a9d996", "2031-05-05T12:00:00Z")
ACCESSED_ON = date(2031, 5, 7)

_MEETING = VocabularyCode(
    scheme="event_type",
    code="meeting",
    label="meeting",
    definition="People meet, to talk or for a ceremony.",
    broader=None,
    mappings=(VocabularyMapping(scheme="plover", code="CONSULT", match="broad", note="CAMEO 040"),),
    deprecated=False,
    replaced_by=None,
)
DATASET = Dataset(
    ordinal=2,
    version=_STAMP.version,
    recorded_at=datetime(2031, 5, 6, 12, tzinfo=UTC),
    newest_published=date(2031, 5, 4),
    last_key=8,
    counts=dict.fromkeys(RESOURCES, 1),
    facets={},
    vocabulary=Vocabulary([_MEETING]),
)


def revision(resource_type: ResourceType) -> Revision:
    corrections = RECORDS[resource_type]["corrections"]
    return Revision(
        number=2,
        recorded_from=_STAMP,
        recorded_to=None,
        content_hash=hashlib.sha256(STORED_RECORDS[resource_type].body.encode()).hexdigest(),
        reason=corrections[0]["reason"] if corrections else None,
    )


_FIRST_REVISION = Revision(1, _EARLIER, _STAMP, _SHA256, None)

TITLES: Titles = {
    **{(resource_type, record["id"]): record["title"] for resource_type, record in RECORDS.items()},
    ("unit", "person"): "people",
    ("actor", "civil-guard"): "Civil Guard",
    ("actor", "council-of-nomark"): "Council of Nomark",
    ("actor", "residents-of-lower-vale"): "Residents of the Lower Vale",
    ("actor", "vale-herald"): "Vale Herald",
    ("place", "nomark"): "Nomark",
    ("event", "flood-in-lower-vale-2031-05"): "Flood in the Lower Vale",
}
"""The titles of the records that the samples refer to, and the labels of their codes."""


def _page(*items: Any, **parts: Any) -> Page[Any]:
    return Page(items, total=len(items), total_exact=True, next=None, previous=None, **parts)


def records_page(resource_type: ResourceType) -> Page[StoredRecord]:
    return _page(STORED_RECORDS[resource_type])


def item(resource_type: ResourceType) -> Item:
    return Item(STORED_RECORDS[resource_type])


def cited(resource_type: ResourceType) -> CitedRecord:
    bodies: dict[RecordKey, str] = {("source", _SOURCE): STORED_RECORDS["source"].body}
    return cited_record(
        resource_type, RECORDS[resource_type], revision(resource_type), TITLES, bodies
    )


def _hit(resource_type: ResourceType, word: str) -> SearchHit:
    """A search result whose title has the word."""
    text = next(iter(texts_of(resource_type, RECORDS[resource_type])))
    start = text.text.index(word)
    highlight = Highlight(text, [(start, start + len(word))])
    return SearchHit(resource_type, STORED_RECORDS[resource_type], [highlight])


def _quote() -> QuotedSpan:
    """A quote with the record that it proves."""
    figure = RECORDS["figure"]
    evidence = figure["evidence"][0]
    supported = SupportedRecord(
        resource="figure", id=_FIGURE, title=figure["title"], proves=evidence["proves"]
    )
    return QuotedSpan(
        _SOURCE,
        evidence["start"],
        evidence["end"],
        evidence["exact"],
        None,
        None,
        evidence["prefix"],
        evidence["suffix"],
        [supported],
    )


SEARCH_PAGE: Page[SearchHit] = _page(
    _hit("place", "Vale"), counts=[ResourceCount("place", 1, exact=True)]
)
TIMELINE_PAGE: Page[TimelineEntry] = _page(
    TimelineEntry("event", STORED_RECORDS["event"]),
    counts=[ResourceCount(name, 1, exact=True) for name in TIMELINE_RESOURCES],
)
CHANGES_PAGE: Page[Change] = _page(
    Change(
        resource_type="place",
        id=RECORDS["place"]["id"],
        kind="changed",
        number=2,
        recorded_in=_STAMP,
        reason=None,
        renamed_to=None,
        body=STORED_RECORDS["place"].body,
    )
)
EVIDENCE_PAGE: Page[QuotedSpan] = _page(_quote(), record_id=_SOURCE, content_sha256=_SHA256)
DATASETS_PAGE: Page[ListedDataset] = _page(
    ListedDataset(
        _STAMP,
        dict.fromkeys(RESOURCES, 1),
        {"figure": {"added": 0, "changed": 1, "withdrawn": 0, "renamed": 0}},
    )
)
SCHEMES_PAGE: Page[VocabularyScheme] = _page(
    *(item for item in DATASET.vocabulary.schemes if item.scheme == "event_type")
)
CODES_PAGE: Page[VocabularyCode] = _page(_MEETING)
REVISIONS_PAGE: Page[Revision] = _page(revision("figure"), _FIRST_REVISION)
