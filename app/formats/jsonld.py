"""JSON-LD 1.1: the records with the terms of schema.org, PROV-O and Web Annotation.

The server has the context (`/v1/context.jsonld`). Fields without a standard term keep their names
in a vocabulary of our own, so that only nulls are lost, which JSON-LD does not have. References
become URLs, evidence takes the form of Web Annotation, dates are typed as EDTF. Records are claims,
never reviews: there are no verdicts, so no `ClaimReview`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic_core import from_json

from app.formats.json import links, selected
from app.query.queries import ItemQuery, ListQuery
from app.query.results import (
    Dataset,
    Item,
    Page,
    QuotedSpan,
    SearchHit,
    StoredRecord,
    TimelineEntry,
)
from app.resources import RESOURCES
from app.resources.fields import identifier_url
from app.resources.references import REFERENCE_FIELDS, TYPED_REFERENCE_FIELDS, link_target
from app.urls import BaseUrl
from app.vocabulary import ResourceType

CONTEXT_PATH = "/v1/context.jsonld"
VOCABULARY = "urn:onrecord:vocabulary:"
_EDTF = "edtf:EDTF"

CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "@vocab": VOCABULARY,
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "records": "schema:dataFeedElement",
    "next": {"@type": "@id"},
    "prev": {"@type": "@id"},
    "title": "schema:name",
    "headline": "schema:headline",
    "publisher": "schema:publisher",
    "authors": "schema:author",
    "language": "schema:inLanguage",
    "licence": "schema:license",
    "encoding": "schema:encoding",
    "encodingFormat": "schema:encodingFormat",
    "contentUrl": {"@id": "schema:contentUrl", "@type": "@id"},
    "summary": "schema:abstract",
    "definition": "schema:description",
    "names_as_written": "schema:alternateName",
    "identifier": "schema:identifier",
    "sameAs": {"@id": "schema:sameAs", "@type": "@id"},
    "value": "schema:value",
    "lower": "schema:minValue",
    "upper": "schema:maxValue",
    "unit": "schema:unitText",
    "measure": "schema:measuredProperty",
    "qualifier": "schema:measurementQualifier",
    "edtf_date": {"@id": f"{VOCABULARY}edtf", "@type": _EDTF},
    "earliest": {"@type": "xsd:date"},
    "latest": {"@type": "xsd:date"},
    "observationDate": {"@id": "schema:observationDate", "@type": _EDTF},
    "observationPeriod": {"@id": "schema:observationPeriod", "@type": _EDTF},
    "observationAbout": {"@id": "schema:observationAbout", "@type": "@id"},
    "measurementDenominator": {"@id": "schema:measurementDenominator", "@type": "@id"},
    "dateCreated": {"@id": "schema:dateCreated", "@type": _EDTF},
    "datePublished": {"@id": "schema:datePublished", "@type": _EDTF},
    "startDate": {"@id": "schema:startDate", "@type": _EDTF},
    "endDate": {"@id": "schema:endDate", "@type": _EDTF},
    "claimant": {"@id": "schema:author", "@type": "@id"},
    "appearance": {"@id": "schema:appearance", "@type": "@id"},
    "wasDerivedFrom": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "wasRevisionOf": {"@id": "prov:wasRevisionOf", "@type": "@id"},
    "wasAttributedTo": {"@id": "prov:wasAttributedTo", "@type": "@id"},
    "wasQuotedFrom": {"@id": "prov:wasQuotedFrom", "@type": "@id"},
    "places": {"@id": "schema:contentLocation"},
    "evidence": {"@id": f"{VOCABULARY}evidence", "@container": "@list"},
    "caveats": {"@id": f"{VOCABULARY}caveats", "@container": "@list"},
    "corrections": {"@id": "schema:correction", "@container": "@list"},
    "reason": "schema:text",
    "hasSource": {"@id": "oa:hasSource", "@type": "@id"},
    "hasSelector": "oa:hasSelector",
    "startSelector": "oa:hasStartSelector",
    "endSelector": "oa:hasEndSelector",
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "start": "oa:start",
    "end": "oa:end",
}

_TYPES: dict[ResourceType, list[str]] = {
    "source": ["schema:NewsArticle", "prov:Entity"],
    "actor": ["prov:Agent"],
    "place": ["schema:Place", "prov:Location"],
    "event": ["schema:Event", "prov:Activity"],
    "statement": ["schema:Claim", "prov:Entity"],
    "figure": ["schema:Observation", "prov:Entity"],
    "series": ["schema:StatisticalVariable", "prov:Entity"],
}
_SOURCE_TYPES = {
    "news_article": "schema:NewsArticle",
    "report": "schema:Report",
    "dataset": "schema:Dataset",
}
_ACTOR_TYPES = {
    "person": "schema:Person",
    "state": "schema:Country",
    "media": "schema:NewsMediaOrganization",
}
_ACTOR_TYPES |= dict.fromkeys(
    ("organisation", "office", "armed_or_political_group"), "schema:Organization"
)


def render_list(
    page: Page[StoredRecord], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    resource_type = query.resource_type
    graph = [
        node(resource_type, selected(record, query.fields), record[0], origin)
        for record in page.items
    ]
    return _feed(graph, query, dataset, origin, page.next, page.previous)


def render_item(item: Item, query: ItemQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    resource_type = query.resource.type
    record = node(resource_type, selected(item.record, query.fields), item.record[0], origin)
    return orjson.dumps(
        {"@context": _context(origin), **record, "dataset_version": dataset.version}
    )


def render_across(
    page: Page[TimelineEntry] | Page[SearchHit], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    graph = [
        node(item.resource_type, from_json(item.record.body), item.record.id, origin)
        for item in page.items
    ]
    return _feed(graph, query, dataset, origin, page.next, page.previous)


def render_evidence(
    page: Page[QuotedSpan], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    graph = []
    for span in page.items:
        urls = [_record_url(record["resource"], record["id"], origin) for record in span.records]
        graph.append({**_evidence(span.evidence, origin), "carries": [{"@id": u} for u in urls]})
    return _feed(graph, query, dataset, origin, page.next, page.previous)


def render_context() -> bytes:
    return orjson.dumps({"@context": CONTEXT})


def node(
    resource_type: ResourceType, record: Mapping[str, Any], record_id: str, origin: BaseUrl
) -> dict[str, Any]:
    """A record as a node of the graph."""
    kind = record.get("kind")
    types = list(_TYPES[resource_type])
    if resource_type == "source" and kind in _SOURCE_TYPES:
        types[0] = _SOURCE_TYPES[kind]
    if resource_type == "actor" and kind in _ACTOR_TYPES:
        types.insert(0, _ACTOR_TYPES[kind])
    fields = _fields(record, ("id", "url", "same_as"), origin)
    standard = {
        name: value
        for name, value in _standard(resource_type, record, origin).items()
        if value is not None
    }
    return {
        "@id": _record_url(resource_type, record_id, origin),
        "@type": types,
        **fields,
        **standard,
    }


def _standard(
    resource_type: ResourceType, record: Mapping[str, Any], origin: BaseUrl
) -> dict[str, Any]:
    """The values that have standard terms."""
    source = record.get("source")
    source_url = _record_url("source", source, origin) if isinstance(source, str) else None
    speakers = _speakers(record.get("attribution"), origin)
    provenance = {"wasDerivedFrom": source_url, "wasAttributedTo": speakers}
    if resource_type == "figure":
        population = (record.get("population") or {}).get("id")
        denominator, revised = record.get("denominator"), record.get("supersedes")
        return provenance | {
            "observationDate": _edtf(record.get("as_of")),
            "observationPeriod": _edtf(record.get("period")),
            "wasRevisionOf": _record_url("figure", revised, origin) if revised else None,
            "observationAbout": _record_url("actor", population, origin) if population else None,
            "measurementDenominator": _record_url("figure", denominator, origin)
            if denominator
            else None,
        }
    if resource_type == "statement":
        return provenance | {
            "dateCreated": _edtf(record.get("made_on")),
            "claimant": speakers,
            "appearance": source_url,
        }
    if resource_type == "event":
        start, end = _ends(record.get("date"))
        return provenance | {"startDate": start, "endDate": end}
    if resource_type == "source":
        return {
            "datePublished": _edtf(record.get("published_on")),
            "encoding": _text(record, origin),
        }
    return _identifiers(record.get("same_as", ()))


def _identifiers(identifiers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Identifiers with their schemes, and the URLs of those that have one."""
    if not identifiers:
        return {}
    urls = map(identifier_url, identifiers)
    return {
        "identifier": [f"{item['scheme']}:{item['id']}" for item in identifiers],
        "sameAs": [url for url in urls if url],
    }


def _speakers(attribution: Any, origin: BaseUrl) -> list[str] | None:
    """The URLs of those whom the source credits; None: there are none, or it may not be theirs."""
    if not isinstance(attribution, dict) or attribution["origin"] != "stated":
        return None
    ids = [speaker["id"] for speaker in attribution["speakers"] if speaker["id"]]
    return [_record_url("actor", speaker, origin) for speaker in ids] or None


def _text(record: Mapping[str, Any], origin: BaseUrl) -> dict[str, Any] | None:
    """The whole text of a source, where it is published."""
    if record.get("text_access") != "full" or "id" not in record:
        return None
    url = f"{_record_url('source', record['id'], origin)}/text"
    return {"@type": "schema:MediaObject", "encodingFormat": "text/plain", "contentUrl": url}


def _fields(part: Mapping[str, Any], excluded: tuple[str, ...], origin: BaseUrl) -> dict[str, Any]:
    """The fields of a record or a part of it; plain values as they are, without a call for each."""
    return {
        name: _value(name, value, origin)
        if name in REFERENCE_FIELDS or isinstance(value, (dict, list))
        else value
        for name, value in part.items()
        if name not in excluded
    }


def _value(name: str, value: Any, origin: BaseUrl) -> Any:
    if isinstance(value, str):
        return (
            {"@id": _record_url(REFERENCE_FIELDS[name], value, origin)}
            if name in REFERENCE_FIELDS
            else value
        )
    if isinstance(value, dict):
        return _part(name, value, origin)
    if not isinstance(value, list):
        return value
    if name == "evidence":
        return [_evidence(item, origin) for item in value]
    if name == "corrections":
        return [{"@type": "schema:CorrectionComment", **item} for item in value]
    if name in TYPED_REFERENCE_FIELDS:
        return [_relation(item, origin) for item in value]
    return [_value(name, item, origin) for item in value]


def _part(name: str, part: Mapping[str, Any], origin: BaseUrl) -> dict[str, Any]:
    if "edtf" in part:
        date = {**part, "edtf_date": part["edtf"]}
        del date["edtf"]
        return date
    fields = _fields(part, ("id",), origin)
    if part.get("id") and name in REFERENCE_FIELDS:
        fields["refers_to"] = {"@id": _record_url(REFERENCE_FIELDS[name], part["id"], origin)}
    return fields


def _relation(item: Mapping[str, Any], origin: BaseUrl) -> dict[str, Any]:
    target = link_target(item)
    if target is None:
        return _fields(item, ("id", "to"), origin)
    fields = _fields(item, ("id", "to", "resource"), origin)
    return {**fields, "refers_to": {"@id": _record_url(*target, origin)}}


def _evidence(item: Mapping[str, Any], origin: BaseUrl) -> dict[str, Any]:
    """A span of a source as a Web Annotation resource: selected by text and by position."""
    source = _record_url("source", item["source"], origin)
    return {
        "@type": "oa:SpecificResource",
        "hasSource": source,
        "hasSelector": [
            _range_selector(item) if item["type"] == "range" else _quote_selector(item),
            {"@type": "oa:TextPositionSelector", "start": item["start"], "end": item["end"]},
        ],
        "wasQuotedFrom": source,
        "proves": item["proves"],
    }


def _quote_selector(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "oa:TextQuoteSelector",
        "exact": item["exact"],
        "prefix": item["prefix"],
        "suffix": item["suffix"],
    }


def _range_selector(item: Mapping[str, Any]) -> dict[str, Any]:
    """The words from the first to the last ones. What the end selector selects is not part of the
    range, so it is the place behind the last words.
    """
    return {
        "@type": "oa:RangeSelector",
        "startSelector": {"@type": "oa:TextQuoteSelector", "exact": item["first_words"]},
        "endSelector": {
            "@type": "oa:TextQuoteSelector",
            "exact": "",
            "prefix": item["last_words"],
        },
    }


def _edtf(date: Mapping[str, Any] | None) -> str | None:
    return None if date is None else date["edtf"]


def _ends(date: Mapping[str, Any] | None) -> tuple[str | None, str | None]:
    """Start and end of a date; None: it has none, or it is not known. A day has its start alone."""
    start, _, end = ("" if date is None else date["edtf"]).partition("/")
    return (None if start in ("", "..") else start), (None if end in ("", "..") else end)


def _record_url(resource_type: ResourceType, record_id: str, origin: BaseUrl) -> str:
    return f"{origin.absolute}{RESOURCES[resource_type].path}/{record_id}"


def _context(origin: BaseUrl) -> str:
    return f"{origin.absolute}{CONTEXT_PATH}"


def _feed(
    records: list[dict[str, Any]],
    query: ListQuery,
    dataset: Dataset,
    origin: BaseUrl,
    next_cursor: str | None,
    previous_cursor: str | None,
) -> bytes:
    # Not under `@graph`: with an `@id` that is a named graph, which plain queries do not see.
    page_links = links(query, f"{origin.absolute}{query.file_path}", next_cursor, previous_cursor)
    document = {"@context": _context(origin), "@id": page_links["self"], "@type": "schema:DataFeed"}
    paging = {name: page_links[name] for name in ("next", "prev") if page_links[name]}
    return orjson.dumps(
        {**document, "dataset_version": dataset.version, **paging, "records": records}
    )
