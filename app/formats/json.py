"""JSON. The build has serialised the records; this module adds the rest of each response."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote as percent_encoded

import orjson
from pydantic_core import from_json, to_json

from app.query.canonical import canonical_values
from app.query.datasets import DatasetStamp, Revision, RevisionsById, Withdrawal, Withdrawals
from app.query.queries import ItemQuery, ListQuery
from app.query.results import (
    Change,
    Dataset,
    Facets,
    Highlight,
    Item,
    ListedDataset,
    Page,
    QuotedSpan,
    SearchHit,
    StoredRecord,
    TimelineEntry,
)
from app.query.sentence import sentence
from app.query.timeline import DATED_BY
from app.resources import RESOURCES
from app.resources.vocabulary import VocabularyCode, VocabularyScheme
from app.urls import BaseUrl
from app.vocabulary import ResourceType

_PLURALS = {resource.plural: resource for resource in RESOURCES.values()}


def render_list(
    page: Page[StoredRecord], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    records = ",".join(record_items(page.items, query, origin))
    total = "null" if page.total is None else page.total
    total_exact = "true" if page.total_exact else "false"
    parts = (
        f'{{"data":[{records}],"total":{total},"total_exact":{total_exact},',
        _facets_member(page.facets, exact=page.facets_exact),
        _included_member(page.included, origin.base),
        _history_member(page.revisions, f"{origin.base}{query.path}"),
        withdrawals_member(page.withdrawals, origin.base),
        orjson.dumps(_tail(page, query, dataset, origin))[1:].decode(),
    )
    return "".join(parts).encode()


def render_item(item: Item, query: ItemQuery, dataset: Dataset, origin: BaseUrl) -> bytes:
    address = f"{origin.base}{query.resource.path}"
    record_url = f"{address}/{item.record[0]}"
    cited = f"known_at={percent_encoded(query.known_at.text)}" if query.known_at else ""
    has_text = query.resource.type == "source" and has_published_text(item.record.body)
    tail = {
        "dataset": {"version": dataset.version},
        "links": {
            "self": _url(f"{record_url}{query.format.suffix}", query.canonical),
            "collection": address,
            "citation": _url(f"{record_url}/citation", cited),
            **({"text": _url(f"{record_url}/text", cited)} if has_text else {}),
        },
    }
    record = render_record(item.record, address, query.fields)
    members = _included_member(item.included, origin.base), _history_member(item.revisions, address)
    return "".join(['{"data":', record, ",", *members, orjson.dumps(tail)[1:].decode()]).encode()


def has_published_text(body: str) -> bool:
    """Whether the whole text of a source is published; `body` is its record."""
    return bool(from_json(body)["text_access"] == "full")


def render_timeline(
    page: Page[TimelineEntry], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render_typed(timeline_items(page.items, query, origin), page, query, dataset, origin)


def render_search(
    page: Page[SearchHit], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render_typed(search_items(page.items, query, origin), page, query, dataset, origin)


def _render_typed(
    items: Sequence[str],
    page: Page[TimelineEntry] | Page[SearchHit],
    query: ListQuery,
    dataset: Dataset,
    origin: BaseUrl,
) -> bytes:
    """A page of records of several resource types, with a count for each."""
    is_counted = query.total != "none"
    tail = {
        "total": sum(count.count for count in page.counts) if is_counted else None,
        "total_exact": is_counted and all(count.exact for count in page.counts),
        "total_by_resource": [
            {
                "resource": count.resource_type,
                "total": count.count,
                "total_exact": count.exact,
            }
            for count in page.counts
        ],
        **_tail(page, query, dataset, origin),
    }
    withdrawals = withdrawals_member(page.withdrawals, origin.base)
    return "".join(
        ['{"data":[', ",".join(items), "],", withdrawals, orjson.dumps(tail)[1:].decode()]
    ).encode()


def render_evidence(
    page: Page[QuotedSpan], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render_items(evidence_items(page.items, query, origin), page, query, dataset, origin)


def render_datasets(
    page: Page[ListedDataset], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render_items(dataset_items(page.items, query, origin), page, query, dataset, origin)


def render_schemes(
    page: Page[VocabularyScheme], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render_items(scheme_items(page.items, query, origin), page, query, dataset, origin)


def render_codes(
    page: Page[VocabularyCode], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render_items(code_items(page.items, query, origin), page, query, dataset, origin)


def render_revisions(
    page: Page[Revision], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render_items(revision_items(page.items, query, origin), page, query, dataset, origin)


def render_changes(
    page: Page[Change], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render_items(change_items(page.items, query, origin), page, query, dataset, origin)


def _render_items(
    items: Sequence[str], page: Page[Any], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    tail = {
        "total": page.total,
        "total_exact": page.total_exact,
        **_tail(page, query, dataset, origin),
    }
    return f'{{"data":[{",".join(items)}],'.encode() + orjson.dumps(tail)[1:]


def _tail(page: Page[Any], query: ListQuery, dataset: Dataset, origin: BaseUrl) -> dict[str, Any]:
    return {
        "query": query_document(query),
        "dataset": {"version": dataset.version},
        "links": links(query, f"{origin.base}{query.file_path}", page.next, page.previous),
    }


# ----------------------------------------------------------------------------------- items of lists


def record_items(
    records: Sequence[StoredRecord], query: ListQuery, origin: BaseUrl
) -> Sequence[str]:
    address = f"{origin.base}{query.listing.path}"
    if query.fields is not None:
        return [render_record(record, address, query.fields) for record in records]
    # Inlined `with_url`: a call for each record would double the time.
    return [f'{{"url":"{address}/{record_id}",{body[1:]}' for record_id, body in records]


def timeline_items(
    entries: Sequence[TimelineEntry], _query: ListQuery, origin: BaseUrl
) -> Sequence[str]:
    return [
        f'{{"resource":"{resource_type}","dated_by":"{DATED_BY[resource_type]}",'
        f'"record":{with_url(record, _list_url(resource_type, origin.base))}}}'
        for resource_type, record in entries
    ]


def search_items(hits: Sequence[SearchHit], _query: ListQuery, origin: BaseUrl) -> Sequence[str]:
    items = []
    for hit in hits:
        highlights = _dump([_highlight(item) for item in hit.highlights])
        record = with_url(hit.record, _list_url(hit.resource_type, origin.base))
        items.append(
            f'{{"resource":"{hit.resource_type}","highlights":{highlights},"record":{record}}}'
        )
    return items


def _highlight(item: Highlight) -> dict[str, Any]:
    return {
        "field": item.text.field,
        "text": item.text.text,
        "spans": [{"start": start, "end": end} for start, end in item.spans],
        "source": item.text.source,
        "offset": item.text.offset,
    }


def change_items(changes: Sequence[Change], query: ListQuery, origin: BaseUrl) -> Sequence[str]:
    items = []
    for item in changes:
        head = _dump(change_document(item, query, origin))
        address = f"{_list_url(item.resource_type, origin.base)}/{item.id}"
        record = "null" if item.body is None else _as_revision(address, item.number, item.body)
        items.append(f'{head[:-1]},"record":{record}}}')
    return items


def change_document(item: Change, _query: ListQuery, origin: BaseUrl) -> dict[str, Any]:
    """A change without its record."""
    address = f"{_list_url(item.resource_type, origin.base)}/{item.id}"
    return {
        "resource": item.resource_type,
        "id": item.id,
        "change": item.kind,
        "recorded_in": _moment(item.recorded_in),
        "reason": item.reason,
        "renamed_to": item.renamed_to,
        "revision_number": item.number,
        "url": f"{address}/revisions/{item.number}" if item.number else None,
    }


def evidence_items(spans: Sequence[QuotedSpan], query: ListQuery, origin: BaseUrl) -> Sequence[str]:
    return [_dump(evidence_document(span, query, origin)) for span in spans]


def evidence_document(span: QuotedSpan, _query: ListQuery, origin: BaseUrl) -> dict[str, Any]:
    records = [
        {**record, "url": f"{_list_url(record['resource'], origin.base)}/{record['id']}"}
        for record in span.records
    ]
    return {**span.evidence, "records": records}


def dataset_items(
    datasets: Sequence[ListedDataset], query: ListQuery, origin: BaseUrl
) -> Sequence[str]:
    return [_dump(dataset_document(item, query, origin)) for item in datasets]


def dataset_document(item: ListedDataset, _query: ListQuery, _origin: BaseUrl) -> dict[str, Any]:
    return {**_moment(item.stamp), "counts": item.counts, "changes": item.changes}


def scheme_items(
    schemes: Sequence[VocabularyScheme], query: ListQuery, origin: BaseUrl
) -> Sequence[str]:
    return [_dump(scheme_document(item, query, origin)) for item in schemes]


def scheme_document(item: VocabularyScheme, query: ListQuery, origin: BaseUrl) -> dict[str, Any]:
    return {"url": f"{origin.base}{query.path}/{item.scheme}", **item.model_dump(mode="json")}


def code_items(codes: Sequence[VocabularyCode], query: ListQuery, origin: BaseUrl) -> Sequence[str]:
    return [_dump(code_document(item, query, origin)) for item in codes]


def code_document(item: VocabularyCode, query: ListQuery, origin: BaseUrl) -> dict[str, Any]:
    return {"url": f"{origin.base}{query.path}#{item.code}", **item.model_dump(mode="json")}


def revision_items(
    revisions: Sequence[Revision], query: ListQuery, origin: BaseUrl
) -> Sequence[str]:
    return [_dump(revision_document(item, query, origin)) for item in revisions]


def revision_document(item: Revision, query: ListQuery, origin: BaseUrl) -> dict[str, Any]:
    """A revision in the list of a record's revisions, without the record."""
    return _listed_revision(item, f"{origin.base}{query.path.removesuffix('/revisions')}")


def _dump(document: Any) -> str:
    return orjson.dumps(document).decode()


# ------------------------------------------------------------------------------- parts of responses


def render_renamed(withdrawal: Withdrawal, base: str) -> bytes:
    """The body of the redirect of a renamed record."""
    return orjson.dumps({"data": _withdrawal(withdrawal, base)})


def withdrawals_member(withdrawals: Withdrawals | None, base: str) -> str:
    if withdrawals is None:
        return ""
    listed = [_withdrawal(item, base) for item in withdrawals.listed]
    no_longer_matching = [
        {"resource": resource_type, "id": record_id}
        for resource_type, record_id in withdrawals.no_longer_matching
    ]
    members = {
        "withdrawn": listed,
        "no_longer_matching": no_longer_matching,
        "withdrawn_complete": withdrawals.complete,
    }
    return f"{orjson.dumps(members)[1:-1].decode()},"


def _withdrawal(item: Withdrawal, base: str) -> dict[str, Any]:
    address = _list_url(item.resource_type, base)
    number = item.last_number
    return {
        "resource": item.resource_type,
        "id": item.id,
        "withdrawn_in": _moment(item.withdrawn_in),
        "reason": item.reason,
        "renamed_to": item.renamed_to,
        "last_revision": f"{address}/{item.id}/revisions/{number}" if number else None,
    }


def _history_member(revisions_by_id: RevisionsById | None, address: str) -> str:
    """The member `history`. `address` is the URL of the list."""
    if revisions_by_id is None:
        return ""
    records = []
    for record_id, revisions in revisions_by_id.items():
        record_url = f"{address}/{record_id}"
        rendered = [
            f'{{"revision":{orjson.dumps(_listed_revision(revision, record_url)).decode()},'
            f'"record":{_as_revision(record_url, revision.number, body)}}}'
            for revision, body in revisions
        ]
        records.append(f'"{record_id}":[{",".join(rendered)}]')
    return f'"history":{{{",".join(records)}}},'


def _listed_revision(revision: Revision, address: str) -> dict[str, Any]:
    ended = revision.recorded_to
    return {
        "url": f"{address}/revisions/{revision.number}",
        **_revision_members(revision),
        "recorded_to": None if ended is None else _moment(ended),
    }


def _as_revision(address: str, number: int | None, body: str) -> str:
    """The JSON of a revision, with the permanent URL of that revision."""
    return f'{{"url":"{address}/revisions/{number}",{body[1:]}'


def render_revision(revision: Revision, record: StoredRecord, address: str) -> bytes:
    """A revision without what may change later, such as its end. `address`: the record's URL."""
    revision_url = f"{address}/revisions/{revision.number}"
    before = f"{address}/revisions/{revision.number - 1}" if revision.number > 1 else None
    tail = {
        "revision": _revision_members(revision),
        "links": {
            "self": revision_url,
            "latest": address,
            "predecessor": before,
            "revisions": f"{address}/revisions",
        },
    }
    return (
        f'{{"data":{_as_revision(address, revision.number, record[1])},'.encode()
        + orjson.dumps(tail)[1:]
    )


def _revision_members(revision: Revision) -> dict[str, Any]:
    return {
        "revision_number": revision.number,
        "recorded_from": _moment(revision.recorded_from),
        "record_sha256": revision.content_hash,
        "reason": revision.reason,
    }


def _moment(moment: DatasetStamp) -> dict[str, str | None]:
    return {"version": moment.version, "recorded_at": moment.recorded_at}


def _list_url(resource_type: ResourceType, base: str) -> str:
    return f"{base}{RESOURCES[resource_type].path}"


def render_value(value: Any) -> bytes:
    return orjson.dumps(value)


def query_document(query: ListQuery) -> dict[str, Any]:
    """The member `query`: the parsed query, without options that it does not use."""
    document: dict[str, Any] = {
        "filters": _filters_document(query),
        "sort": list(query.raw_sort),
    }
    if query.known_at is not None:
        document["known_at"] = query.known_at.text
    if query.fields is not None:
        document["fields"] = list(query.fields)
    if "include" in query.values:
        document["include"] = list(query.values["include"])
    if query.facets:
        document["facets"] = [facet.name for facet in query.facets]
    return {**document, "limit": query.limit, "sentence": sentence(query)}


def _filters_document(query: ListQuery) -> dict[str, list[str]]:
    """The values of the parameters that filter, by name."""
    names = (*query.listing.parameters_by_name, "match_all", "missing", "present")
    return {
        name: canonical_values(value)
        for name, value in query.values.items()
        if name in names and value is not False
    }


def links(
    query: ListQuery, address: str, following: str | None, previous: str | None
) -> dict[str, str | None]:
    return {
        "self": _url(address, query.canonical_page),
        "first": _url(address, query.canonical),
        "prev": _url(address, query.page(previous)) if previous else None,
        "next": _url(address, query.page(following)) if following else None,
    }


def facets_document(facets: Facets) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [{"key": key, "count": number} for key, number in facet["values"]]
        for name, facet in facets.items()
    }


def with_url(record: StoredRecord, address: str) -> str:
    """The JSON of a record with its URL. `address` is the URL of its list."""
    record_id, body = record
    return f'{{"url":"{address}/{record_id}",{body[1:]}'


def render_record(record: StoredRecord, address: str, fields: Sequence[str] | None) -> str:
    """The JSON of a record with some of its fields; None: all."""
    if fields is None:
        return with_url(record, address)
    full = {"url": f"{address}/{record[0]}", **from_json(record[1])}
    return to_json({name: full[name] for name in fields}).decode()


def selected(record: StoredRecord, fields: Sequence[str] | None) -> dict[str, Any]:
    """A record as Python values, without its URL, with some of its fields; None: all."""
    # The build uses the same parser and serialiser, so values keep their spelling.
    full: dict[str, Any] = from_json(record[1])
    return full if fields is None else {name: full[name] for name in fields if name != "url"}


def _facets_member(facets: Facets | None, *, exact: bool) -> str:
    if facets is None:
        return ""
    complete = all(facet["complete"] for facet in facets.values())
    members = {
        "facets": facets_document(facets),
        "facets_complete": complete,
        "facets_exact": exact,
    }
    return f"{orjson.dumps(members)[1:-1].decode()},"


def _included_member(included: Mapping[str, Mapping[str, str]] | None, base: str) -> str:
    if included is None:
        return ""
    members_by_type = []
    for plural, records in included.items():
        address = f"{base}{_PLURALS[plural].path}"
        members = [
            f'"{record_id}":{{"url":"{address}/{record_id}",{body[1:]}'
            for record_id, body in records.items()
        ]
        members_by_type += [f'"{plural}":{{', ",".join(members), "},"]
    return "".join(['"included":{', *members_by_type[:-1], "}},"])


def _url(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
