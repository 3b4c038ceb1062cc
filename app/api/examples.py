"""Examples of responses for the OpenAPI document: the sample records, as the API renders them.

Functions that end in `_example` return a value for JSON and a text for every other format.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from app.api.problems import explanation
from app.api.renderers import ITEM_RENDERERS, LIST_RENDERERS
from app.formats.json import render_revision
from app.formats.media_types import FORMATS, ResultKind
from app.formats.streams import STREAMS
from app.presentation import oembed
from app.presentation.cards import render_json
from app.presentation.citations import STYLES, render_citation
from app.presentation.model import Presentation
from app.presentation.records import present
from app.problems import URI_TOO_LONG
from app.query.parameters import list_parameters
from app.query.queries import ItemQuery, ListQuery, list_query
from app.query.results import Page
from app.resources import RESOURCES, Resource
from app.resources.declarations import Listing
from app.resources.lists import (
    CHANGES,
    CODES,
    DATASETS,
    REVISIONS,
    SEARCH,
    SOURCE_EVIDENCE,
    TIMELINE,
    VOCABULARIES,
)
from app.schemas import samples
from app.schemas.meta import IndexLinks
from app.urls import BaseUrl
from app.vocabulary import CitationStyle, FormatName

BASE_URL = BaseUrl("", "https://facts.example.org")

_LISTS: tuple[tuple[str, ResultKind, Listing], ...] = (
    ("search", "search", SEARCH),
    ("get_timeline", "timeline", TIMELINE),
    ("list_changes", "changes", CHANGES),
    ("list_datasets", "datasets", DATASETS),
    ("list_vocabularies", "vocabularies", VOCABULARIES),
    ("list_codes", "codes", replace(CODES, path=CODES.path.format(scheme="event_type"))),
)
_PAGES: Mapping[ResultKind, Page[Any]] = {
    "search": samples.SEARCH_PAGE,
    "timeline": samples.TIMELINE_PAGE,
    "changes": samples.CHANGES_PAGE,
    "datasets": samples.DATASETS_PAGE,
    "vocabularies": samples.SCHEMES_PAGE,
    "codes": samples.CODES_PAGE,
}


def response_examples() -> Mapping[str, Mapping[str, Any]]:
    """Examples of response 200, by operation and media type.

    Operations that have the same response have the same example.
    """
    json, csv = (FORMATS[name].media_type for name in ("json", "csv"))
    figure, place = RESOURCES["figure"], RESOURCES["place"]
    examples: dict[str, dict[str, Any]] = {
        "get_index": {json: index_example()},
        "get_health": {json: health_example()},
        "get_readiness": {json: readiness_example()},
        "list_problem_types": {json: problem_types_example()},
        "get_problem_type": {json: problem_type_example()},
        "list_source_evidence": {json: evidence_example()},
        "list_source_evidence_as_file": {csv: evidence_example("csv")},
        "get_source_text": {"text/plain; charset=utf-8": samples.TEXT},
        "get_oembed": {json: oembed_example(figure)},
        "get_schema": {"application/schema+json": schema_example(figure)},
        "get_context": {
            FORMATS["jsonld"].media_type: {"@context": {"schema": "https://schema.org/"}}
        },
        "get_catalog": {"application/linkset+json": catalog_example()},
        "get_metrics": {"text/plain": 'onrecord_records{resource="figure"} 9.0\n'},
    }
    for operation_id, kind, listing in _LISTS:
        examples |= {
            operation_id: {json: list_example(kind, listing)},
            f"{operation_id}_as_file": {csv: list_example(kind, listing, "csv")},
        }
    for resource in RESOURCES.values():
        type_ = resource.type
        examples |= {
            f"list_{resource.plural}": {json: records_example(resource)},
            f"list_{resource.plural}_as_file": {csv: records_example(figure, "csv")},
            f"get_{type_}": {json: record_example(resource)},
            f"get_{type_}_as_file": {csv: record_example(place, "csv")},
            f"list_{type_}_revisions": {json: revisions_example(figure)},
            f"list_{type_}_revisions_as_file": {csv: revisions_example(figure, "csv")},
            f"get_{type_}_revision": {json: revision_example(place)},
            f"cite_{type_}": {
                json: citation_example(figure, "csl-json"),
                STYLES["sentence"].media_type: citation_example(figure, "sentence"),
            },
            f"embed_{type_}": {json: card_example(figure)},
        }
    return examples


def records_example(resource: Resource, format_name: FormatName = "json") -> Any:
    """A page of records."""
    return _rendered("records", format_name, samples.records_page(resource.type), _query(resource))


def record_example(resource: Resource, format_name: FormatName = "json") -> Any:
    """One record."""
    if FORMATS[format_name].is_record_stream:
        return records_example(resource, format_name)
    render = ITEM_RENDERERS[format_name]
    body = render(samples.item(resource.type), ItemQuery(resource), samples.DATASET, BASE_URL)
    return _value(body, format_name)


def list_example(kind: ResultKind, listing: Listing, format_name: FormatName = "json") -> Any:
    """A page of a list that is not of one resource type."""
    return _rendered(kind, format_name, _PAGES[kind], _query(listing))


def evidence_example(format_name: FormatName = "json") -> Any:
    """The quotes of one source."""
    path = SOURCE_EVIDENCE.path.format(id=samples.RECORDS["source"]["id"])
    query = _query(replace(SOURCE_EVIDENCE, path=path))
    return _rendered("evidence", format_name, samples.EVIDENCE_PAGE, query)


def revisions_example(resource: Resource, format_name: FormatName = "json") -> Any:
    """The revisions of one record."""
    path = f"{resource.path}/{samples.RECORDS[resource.type]['id']}/revisions"
    query = _query(replace(REVISIONS, path=path))
    return _rendered("revisions", format_name, samples.REVISIONS_PAGE, query)


def revision_example(resource: Resource) -> Any:
    record = samples.STORED_RECORDS[resource.type]
    url = f"{BASE_URL.base}{resource.path}/{record.id}"
    return orjson.loads(render_revision(samples.revision(resource.type), record, url))


def citation_example(resource: Resource, style: CitationStyle) -> Any:
    body = render_citation(
        style,
        samples.cited(resource.type),
        origin=BASE_URL.absolute,
        version=samples.DATASET.version,
        accessed=samples.ACCESSED_ON,
    )
    return orjson.loads(body) if "json" in STYLES[style].media_type else body.decode()


def card_example(resource: Resource) -> Any:
    return orjson.loads(render_json(_card(resource), BASE_URL.base, samples.DATASET.version))


def oembed_example(resource: Resource) -> Any:
    card, absolute = _card(resource), BASE_URL.absolute
    height = oembed.height_at(card, oembed.WIDTH)
    return {
        "type": "rich",
        "version": "1.0",
        "title": card.title,
        "provider_name": "On Record",
        "provider_url": f"{absolute}/",
        "cache_age": 3600,
        "html": str(oembed.frame(card, absolute, oembed.WIDTH, height)),
        "width": oembed.WIDTH,
        "height": height,
        "thumbnail_url": f"{absolute}{oembed.preview_path(card)}",
        "thumbnail_width": oembed.PREVIEW[0],
        "thumbnail_height": oembed.PREVIEW[1],
    }


def schema_example(resource: Resource) -> Any:
    """The beginning of a schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE_URL.absolute}/v1/schema/{resource.type}",
        "type": "object",
        "description": resource.description,
    }


def catalog_example() -> Any:
    url = BASE_URL.absolute
    described_by = [{"href": f"{url}/openapi.json", "type": "application/json"}]
    return {"linkset": [{"anchor": f"{url}/v1", "service-desc": described_by}]}


def index_example() -> Any:
    """The index, with two resource types."""
    resources = {
        resource.plural: {
            "href": resource.path,
            "schema": f"/v1/schema/{resource.type}",
            "description": resource.description,
            "count": samples.DATASET.counts[resource.type],
        }
        for resource in (RESOURCES["figure"], RESOURCES["series"])
    }
    links = {
        field.alias or name: (field.examples or [""])[0]
        for name, field in IndexLinks.model_fields.items()
    }
    return {"resources": resources, "dataset": _DATASET, "links": links}


def problem_type_example() -> Any:
    return explanation(URI_TOO_LONG.slug, BASE_URL.base)


def problem_types_example() -> Any:
    return {"data": [problem_type_example()]}


def health_example() -> Any:
    return {"status": "ok"}


def readiness_example() -> Any:
    return {"status": "ready", "dataset": _DATASET}


_DATASET = {"version": samples.DATASET.version}


def _card(resource: Resource) -> Presentation:
    record = samples.RECORDS[resource.type]
    return present(resource.type, record, samples.TITLES)


def _query(listing: Listing) -> ListQuery:
    raw = b"q=vale" if "q" in listing.required else b""
    return list_query(listing, list_parameters(listing).from_query_string(raw).values)


def _rendered(kind: ResultKind, format_name: FormatName, page: Page[Any], query: ListQuery) -> Any:
    if FORMATS[format_name].is_record_stream:
        return STREAMS[kind][format_name].render(page.items, query, BASE_URL).decode()
    render = LIST_RENDERERS[kind][format_name]
    return _value(render(page, query, samples.DATASET, BASE_URL), format_name)


def _value(body: bytes, format_name: FormatName) -> Any:
    return orjson.loads(body) if "json" in FORMATS[format_name].media_type else body.decode()
