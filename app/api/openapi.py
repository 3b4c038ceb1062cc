"""OpenAPI 3.1, made from the declarations: what each address takes and answers. The contract tests hold it to the truth."""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any, Literal, get_args

from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import SkipJsonSchema
from starlette.routing import Route

from app.api.embeds import PNG, RESOURCES_WITH_CARDS
from app.api.problems import ProblemDocument
from app.formats.jsonld import CONTEXT_PATH
from app.formats.registry import (
    OF_CHANGES,
    OF_DOCUMENTS,
    OF_HISTORY,
    OF_HITS,
    OF_LISTS,
    OF_QUOTES,
    OF_RECORDS,
    OF_TIMELINE,
    Format,
)
from app.presentation.citations import STYLES
from app.problems import INVALID_QUERY, KINDS, WITHDRAWN, ProblemKind
from app.query.facets import COUNTED_UP_TO as FACETS_COUNTED_UP_TO
from app.query.facets import MOST_VALUES as MOST_FACET_VALUES
from app.query.params import DEFAULT_LIMIT, DEFAULT_TOTAL, LARGEST_LIMIT, Total
from app.query.revisions import MOST_REVISIONS, MOST_TOMBSTONES
from app.resources import RESOURCES, Include, Resource
from app.resources.declarations import MOMENT_VALUE, SLUG_VALUE, TEXT_VALUE, Listing, Parameter
from app.resources.fields import DAY_PATTERN, Evidence, Record
from app.resources.lists import (
    CHANGES,
    DATASETS,
    FACETS,
    REVISIONS,
    SEARCH,
    SOURCE_EVIDENCE,
    TIMELINE,
    TIMELINE_RESOURCES,
    TimelineResourceType,
)
from app.vocabulary import ChangeKind, ResourceType, Theme


class DatasetDocument(BaseModel):
    version: str = Field(
        description="Hash of all records: equal data have equal versions.", examples=["DATASET"]
    )


class QueryDocument(BaseModel):
    """The query as it was understood."""

    filters: dict[str, list[str]] = Field(
        description="What narrows the list: every parameter with its values, as sent.",
        examples=[{"qualifier": ["over"]}],
    )
    sort: list[str] = Field(
        description="What the list is sorted by; `-`: from the other end.", examples=[["id"]]
    )
    fields: list[str] | None = Field(
        default=None,
        description="The fields that records are cut to, with those that may not be left out; absent: whole records.",
        examples=[["id", "title"]],
    )
    include: list[str] | None = Field(
        default=None, description="What comes along; absent: nothing.", examples=[["source"]]
    )
    facets: list[str] | None = Field(
        default=None, description="What is counted; absent: nothing.", examples=[["qualifier"]]
    )
    known_at: str | None = Field(
        default=None,
        description="The moment that was asked for, as sent; absent: the present.",
        examples=["2024-02-14"],
    )
    include_history: bool | None = Field(
        default=None,
        description="Whether revisions come along; absent: they do not.",
        examples=[True],
    )
    limit: int = Field(description="How many records a page has at most.", examples=[DEFAULT_LIMIT])
    sentence: str = Field(
        description="The query in plain words.", examples=["figures with qualifier over, by id"]
    )


class ListLinks(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    self_: str = Field(
        alias="self", description="This page.", examples=["/v1/figures?qualifier=over"]
    )
    first: str = Field(description="The first page.", examples=["/v1/figures?qualifier=over"])
    prev: str | None = Field(
        description="The page before; null: this is the first.", examples=[None]
    )
    next: str | None = Field(
        description="The page behind; null: this is the last.", examples=[None]
    )


class ItemLinks(BaseModel):
    self_: str = Field(alias="self", description="This record.", examples=["/v1/actors/iran"])
    collection: str = Field(description="All records of its noun.", examples=["/v1/actors"])
    citation: str = Field(description="How to cite it.", examples=["/v1/actors/iran/citation"])


class FacetValue(BaseModel):
    value: str | None = Field(
        description="The value; null: records without one.", examples=["over"]
    )
    count: int = Field(description="How many records have it.", examples=[1])


FACETS_FIELD: Any = Field(
    default=None,
    description="Records by value, most first, those without a value last; absent unless asked for. A record with two values"
    " counts for both.",
)
COMPLETE_FIELD: Any = Field(
    default=None,
    description=f"False: a facet has more than the {MOST_FACET_VALUES} values that are given.",
    examples=[True],
)
FACETS_EXACT_FIELD: Any = Field(
    default=None,
    description=f"False: there are more than {FACETS_COUNTED_UP_TO} matches, and each count is a lower bound; `total=exact` counts all.",
    examples=[True],
)


class CardPartDocument(BaseModel):
    text: str = Field(
        description="Some words of a line, as plain text.", examples=["14 February 2024"]
    )
    quoted: bool = Field(description="Whether they are the source's own words.", examples=[False])
    url: str | None = Field(
        description="What they name; null: nothing.", examples=["/v1/actors/qatar"]
    )


class CardLineDocument(BaseModel):
    name: str = Field(description="What the line tells.", examples=["as of"])
    parts: list[CardPartDocument] = Field(description="Its words; put together they are the line.")


class CardDocument(BaseModel):
    """All that must be shown where a record is: whoever shows less of it shows something else."""

    noun: ResourceType = Field(description="The noun.", examples=["figure"])
    id: str = Field(
        description="The record's id.",
        examples=["palestinians-killed-since-2023-10-07-at-2024-02-14"],
    )
    kind: str = Field(description="What kind of its noun it is, in words.", examples=["cumulative"])
    title: str = Field(
        description="The record's title.", examples=["Palestinians killed since 7 October 2023"]
    )
    number: str | None = Field(
        description="A figure, as its source writes it.", examples=["over 28,473"]
    )
    measure: str | None = Field(
        description="What its qualifier and its unit say of it.",
        examples=["over · more than 28 473 · person"],
    )
    sentence: str | None = Field(
        description="A statement's summary, a series' definition.",
        examples=["Iran supports Qatar's mediation."],
    )
    lines: list[CardLineDocument] = Field(
        description="As of when, according to whom, in which source, and more."
    )
    quote: str | None = Field(
        description="The words of the source that say most of it.",
        examples=["over 28,473 Palestinians"],
    )
    notes: list[str] = Field(
        description="Sentences that a reader must see.",
        examples=["The text names no origin for this number."],
    )
    corrections: list[str] = Field(
        description="What was corrected, when and why.",
        examples=["Corrected 6 May 2031: The number was misread."],
    )
    url: str = Field(
        description="The record's address.",
        examples=["/v1/figures/palestinians-killed-since-2023-10-07-at-2024-02-14"],
    )
    dataset: DatasetDocument = Field(description="The data that it is from.")


class OembedDocument(BaseModel):
    """oEmbed 1.0, of type `rich`. The thumbnail is there where it is no larger than what is asked for."""

    type: Literal["rich"] = Field(description="Always `rich`.", examples=["rich"])
    version: Literal["1.0"] = Field(description="Of oEmbed.", examples=["1.0"])
    title: str = Field(
        description="The record's title.", examples=["Palestinians killed since 7 October 2023"]
    )
    provider_name: str = Field(description="Always “On Record”.", examples=["On Record"])
    provider_url: str = Field(
        description="Where the first page is.", examples=["https://facts.example.org/"]
    )
    cache_age: int = Field(description="In seconds: how long it may be kept.", examples=[3600])
    html: str = Field(description="A frame with the card.", examples=["<iframe src=…></iframe>"])
    width: int = Field(description="Of the frame, in CSS pixels.", examples=[600])
    height: int = Field(
        description="Of the frame, in CSS pixels: about what the card needs.", examples=[420]
    )
    thumbnail_url: str | None = Field(
        default=None,
        description="The card as a picture.",
        examples=["https://facts.example.org/preview/figures/….png"],
    )
    thumbnail_width: int | None = Field(
        default=None, description="Of the picture, in pixels.", examples=[1200]
    )
    thumbnail_height: int | None = Field(
        default=None, description="Of the picture, in pixels.", examples=[630]
    )
    not_read: list[str] | None = Field(
        default=None,
        description="Parameters that the consumer added, and that mean nothing here.",
        examples=[["dnt"]],
    )


class ResourceCountDocument(BaseModel):
    noun: ResourceType = Field(description="The noun.", examples=["figure"])
    count: int = Field(
        description="How many of its records match; a lower bound where not `exact`.", examples=[9]
    )
    exact: bool = Field(description="Whether the count is exact.", examples=[True])


class SpanDocument(BaseModel):
    start: int = Field(
        description="Offset in `text`, 0-based, in Unicode code points.", examples=[0]
    )
    end: int = Field(description="Offset behind the last character.", examples=[5])


class HighlightDocument(BaseModel):
    field: str = Field(
        description="The field of the record that the text stands in.", examples=["title"]
    )
    text: str = Field(description="The text.", examples=["Truce in Gaza in November 2023"])
    spans: list[SpanDocument] = Field(description="Where the words stand in it.")
    source: str | None = Field(
        description="Id of the source, where the text is a quote.", examples=[None]
    )
    offset: int | None = Field(
        description="Where the text begins in the source, in Unicode code points; null: it is no quote.",
        examples=[None],
    )


class RestingDocument(BaseModel):
    noun: ResourceType = Field(description="Its noun.", examples=["figure"])
    id: str = Field(
        description="Its id.", examples=["palestinians-killed-since-2023-10-07-at-2024-02-14"]
    )
    title: str = Field(
        description="Its title.", examples=["Palestinians killed since 7 October 2023"]
    )
    proves: list[str] = Field(
        description="Fields that the quote carries; empty: the whole record.", examples=[["value"]]
    )
    url: str = Field(
        description="Where it is served.",
        examples=["/v1/figures/palestinians-killed-since-2023-10-07-at-2024-02-14"],
    )


class QuoteDocument(Evidence):
    """A quote with all that rests on it."""

    proves: SkipJsonSchema[tuple[str, ...]] = ()
    records: list[RestingDocument] = Field(description="The records that rest on it.")


class MomentDocument(BaseModel):
    version: str = Field(description="Version of the dataset.", examples=["DATASET"])
    recorded_at: str | None = Field(
        description="When it was recorded, RFC 3339 in UTC; null: its build was told no time.",
        examples=["2026-05-04T12:00:00Z"],
    )


class ChangesDocument(BaseModel):
    added: int = Field(description="Records that were not served before.", examples=[2])
    changed: int = Field(description="Records of which any field changed.", examples=[1])
    withdrawn: int = Field(description="Records that are not served any more.", examples=[0])
    renamed: int = Field(description="Records that go on under another id.", examples=[0])


class TombstoneDocument(BaseModel):
    """A record that is not served any more."""

    noun: ResourceType = Field(description="Its noun.", examples=["figure"])
    id: str = Field(description="Its id, which is never used again.", examples=["a-figure"])
    withdrawn_in: MomentDocument = Field(description="The first dataset without it.")
    reason: str | None = Field(
        description="Why, in the curator's words; null: nobody said.",
        examples=["The number stands in no source."],
    )
    renamed_to: str | None = Field(
        description="The id under which it goes on; null: it does not.", examples=[None]
    )
    last_revision: str | None = Field(
        description="What it said last; null: this database has never had it.",
        examples=["/v1/figures/a-figure/revisions/1"],
    )


class LeftDocument(BaseModel):
    noun: ResourceType = Field(description="Its noun.", examples=["figure"])
    id: str = Field(description="Its id.", examples=["a-figure"])


class RenamedDocument(BaseModel):
    data: TombstoneDocument = Field(description="What became of the record.")


class PastDatasetDocument(MomentDocument):
    counts: dict[ResourceType, int] = Field(
        description="Its records, by noun.", examples=[{"figure": 9}]
    )
    changes: dict[ResourceType, ChangesDocument] = Field(
        description="What became of the records of the dataset before, by noun; a noun without changes is left out."
    )


class RevisionDocument(BaseModel):
    number: int = Field(
        description="Counts the forms in which the record was served, from 1.", examples=[1]
    )
    recorded_from: MomentDocument = Field(description="The first dataset with it.")
    content_sha256: str = Field(
        description="SHA-256 of the record as JSON, without `url`.",
        examples=["e64ec6c3491a2c220ce547fb0c918aace0eec0fa177d77696a3dcf0399d70619"],
    )
    reason: str | None = Field(
        description="Why it took the place of the one before, in the curator's words; null: nobody said.",
        examples=["The qualifier had been left out."],
    )


class ListedRevisionDocument(RevisionDocument):
    url: str = Field(description="Where it stays.", examples=["/v1/actors/iran/revisions/1"])
    recorded_to: MomentDocument | None = Field(
        description="The first dataset without it; null: it is served now."
    )


class RevisionLinks(BaseModel):
    self_: str = Field(
        alias="self", description="This revision.", examples=["/v1/actors/iran/revisions/1"]
    )
    latest: str = Field(description="The record as it is now.", examples=["/v1/actors/iran"])
    predecessor: str | None = Field(
        description="The revision before; null: this is the first.", examples=[None]
    )
    revisions: str = Field(description="All revisions.", examples=["/v1/actors/iran/revisions"])


class IndexEntry(BaseModel):
    href: str = Field(description="Where the list is.", examples=["/v1/figures"])
    description: str = Field(
        description="What it lists.", examples=[RESOURCES["figure"].description]
    )
    schema_: str = Field(
        alias="schema", description="JSON Schema of its records.", examples=["/v1/schema/figure"]
    )
    count: int = Field(description="How many records it has.", examples=[8])
    facets: dict[str, list[FacetValue]] | None = FACETS_FIELD
    facets_complete: bool | None = COMPLETE_FIELD


class IndexLinks(BaseModel):
    search: str = Field(
        description="Full-text search (URI template, RFC 6570).", examples=["/v1/search{?q}"]
    )
    timeline: str = Field(description="The timeline.", examples=["/v1/timeline"])
    changes: str = Field(description="Everything that was recorded.", examples=["/v1/changes"])
    datasets: str = Field(description="Every dataset that was served.", examples=["/v1/datasets"])
    context: str = Field(description="The context of JSON-LD.", examples=["/v1/context.jsonld"])
    problems: str = Field(description="Every kind of problem.", examples=["/problems"])
    oembed: str = Field(description="oEmbed, as a URI template.", examples=["/oembed{?url}"])
    catalog: str = Field(description="RFC 9727 API catalog.", examples=["/.well-known/api-catalog"])
    health: str = Field(description="Whether the process answers.", examples=["/healthz"])
    readiness: str = Field(description="Whether the data can be read.", examples=["/readyz"])
    metrics: str = Field(description="What has been counted.", examples=["/metrics"])
    openapi: str = Field(description="The OpenAPI document.", examples=["/openapi.json"])
    docs: str = Field(description="The interactive documentation.", examples=["/docs"])
    guide: str = Field(
        description="How to read records, and how to ask for them.", examples=["/docs/guide"]
    )
    self_: str = Field(alias="self", description="This index.", examples=["/v1"])


class IndexDocument(BaseModel):
    resources: dict[str, IndexEntry] = Field(description="The nouns, by their plural.")
    dataset: DatasetDocument = Field(description="What is served.")
    links: IndexLinks = Field(description="Where to go on.")


class HealthDocument(BaseModel):
    status: str = Field(description="`ok`: the process answers.", examples=["ok"])


class ReadinessDocument(BaseModel):
    status: str = Field(description="`ready`: the data can be read.", examples=["ready"])
    dataset: DatasetDocument = Field(description="What is served.")


class ProblemTypeDocument(BaseModel):
    type: str = Field(description="The kind of problem.", examples=["invalid-query"])
    status: int = Field(description="The HTTP status that it comes with.", examples=[422])
    title: str = Field(
        description="The kind of problem, in short.", examples=["The query is not understood"]
    )
    explanation: str = Field(
        description="What it means, and the way out.",
        examples=[KINDS["invalid-cursor"].explanation],
    )
    example: "ProblemExampleDocument" = Field(description="One request that meets with it.")


class ProblemExampleDocument(BaseModel):
    request: str = Field(
        description="Method and address.", examples=[INVALID_QUERY.example.request]
    )
    headers: dict[str, str] = Field(description="The headers that matter.", examples=[{}])
    answer: ProblemDocument = Field(description="The problem that it is answered with.")


class ProblemTypesDocument(BaseModel):
    data: list[ProblemTypeDocument] = Field(description="The kinds of problems.")


def _with_url(resource: Resource) -> type[Record]:
    example = next(item.example for item in resource.filters if item.name == "id")
    url = Field(description="Where this record is served.", examples=[f"{resource.path}/{example}"])
    name = f"{resource.type.title()}Record"
    return create_model(
        name, __base__=resource.record, __doc__=resource.description, url=(str, url)
    )


def _cut(resource: Resource) -> type[BaseModel]:
    """A record cut by `fields`: the same fields, each of which may be absent."""
    record = _RECORDS[resource.type]
    members: dict[str, Any] = {
        name: (
            member.annotation,
            Field(
                default_factory=lambda: None,
                description=member.description,
                examples=member.examples,
            ),
        )
        for name, member in record.model_fields.items()
    }
    description = f"Those fields of a {resource.type} that `fields` named, with those that may not be left out."
    return create_model(f"{resource.type.title()}Fields", __doc__=description, **members)


_RECORDS: dict[ResourceType, type[Record]] = {
    noun: _with_url(resource) for noun, resource in RESOURCES.items()
}
_BY_ID = "Records by id."


def _included_model(resource: Resource) -> Any:
    nouns = {include.type for include in resource.includes}
    fields: dict[str, Any] = {
        RESOURCES[noun].plural: (
            dict[str, _RECORDS[noun]] | None,  # type: ignore[valid-type]
            Field(default=None, description=_BY_ID),
        )
        for noun in RESOURCES
        if noun in nouns
    }
    return create_model(f"{resource.type.title()}Included", **fields)


TOTAL: Any = (
    int | None,
    Field(
        description="How many match; a lower bound where `total_exact` is false; null where `total=none`.",
        examples=[8],
    ),
)
TOTAL_EXACT: Any = (
    bool,
    Field(
        description="Whether `total` is exact; beyond 1,000 nobody counts on, unless `total=exact`.",
        examples=[True],
    ),
)


_TOMBSTONES: dict[str, Any] = {
    "tombstones": (
        list[TombstoneDocument] | None,
        Field(
            default=None,
            description="What was withdrawn since, whatever else the list is narrowed by; on the first page, absent unless asked for"
            " by `updated_after`.",
        ),
    ),
    "left": (
        list[LeftDocument] | None,
        Field(
            default=None,
            description="Records that have changed since, and do not match any more what else the list is narrowed by.",
        ),
    ),
    "tombstones_complete": (
        bool | None,
        Field(
            default=None,
            description=f"False: there are more than {MOST_TOMBSTONES:,} of either; /v1/changes has them all.",
            examples=[True],
        ),
    ),
}


def _envelopes(resource: Resource) -> tuple[type[BaseModel], type[BaseModel]]:
    record: Any = _RECORDS[resource.type] | _cut(resource)
    name = resource.type.title()
    past = create_model(
        f"{name}Revision",
        __base__=ListedRevisionDocument,
        record=(_RECORDS[resource.type], Field(description="The record as it was.")),
    )
    shared: dict[str, Any] = {
        "dataset": (DatasetDocument, Field(description="What was asked.")),
        "history": (
            dict[str, list[past]] | None,  # type: ignore[valid-type]
            Field(
                default=None,
                description=f"By id, the newest {MOST_REVISIONS} revisions of each record, newest first; absent unless asked for"
                " by `include_history`.",
            ),
        ),
    }
    if resource.includes:
        description = "The records asked for by `include`, by noun and id; absent unless asked for."
        shared["included"] = (
            _included_model(resource),
            Field(default=None, description=description),
        )
    listing = create_model(
        f"{name}List",
        data=(list[record], Field(description=f"The {resource.plural} of this page.")),
        total=TOTAL,
        total_exact=TOTAL_EXACT,
        facets=(dict[str, list[FacetValue]] | None, FACETS_FIELD),
        facets_complete=(bool | None, COMPLETE_FIELD),
        facets_exact=(bool | None, FACETS_EXACT_FIELD),
        **_TOMBSTONES,
        query=(QueryDocument, Field(description="The query as it was understood.")),
        links=(ListLinks, Field(description="Where the list goes on.")),
        **shared,
    )
    item = create_model(
        f"{name}Item",
        data=(record, Field(description=f"The {resource.type}.")),
        links=(ItemLinks, Field(description="Where to go on.")),
        **shared,
    )
    return listing, item


_ENVELOPES = {noun: _envelopes(resource) for noun, resource in RESOURCES.items()}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    first = {kind.status: kind for kind in reversed(KINDS.values())}
    return {status: _problem(first[status]) for status in (*statuses, 405, 500)}


def _problem(kind: ProblemKind) -> dict[str, Any]:
    example = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.explanation,
        "instance": "/v1/figures",
    }
    return {
        "model": ProblemDocument,
        "description": kind.title,
        "content": {"application/json": {"example": example}},
    }


def _answers(
    model: type[BaseModel],
    description: str,
    *problems: int,
    formats: Sequence[Format] = (),
    live: bool = False,
) -> dict[int | str, dict[str, Any]]:
    """`formats`: those beside JSON; `live`: what is true at the moment alone, and has no validator."""
    answer: dict[str, Any] = {"model": model, "description": description}
    if formats:
        answer["content"] = {
            row.media_type: {
                "schema": {"type": "object"}
                if row.media_type.endswith("+json")
                else {"type": "string"}
            }
            for row in formats
            if row.name != "json"
        }
    if formats and formats is not OF_DOCUMENTS:
        return {
            200: {**answer, "headers": _HEADERS},
            **_same(_HEADERS),
            **_problems(406, 414, 422, *problems),
        }
    if live:
        return {200: {**answer, "headers": _OF_NOW}, **_problems(414, 422, *problems)}
    return {
        200: {**answer, "headers": _OF_DOCUMENTS},
        **_same(_OF_DOCUMENTS),
        **_problems(414, 422, *problems),
    }


def _other(
    media_type: str, schema: dict[str, Any], description: str, *problems: int
) -> dict[str, Any]:
    """Of a document that is not our JSON."""
    answer = {
        "description": description,
        "content": {media_type: {"schema": schema}},
        "headers": _OF_DOCUMENTS,
    }
    return {
        "methods": ["GET"],
        "tags": ["about"],
        "response_class": Response,
        "responses": {200: answer, **_same(_OF_DOCUMENTS), **_problems(414, 422, *problems)},
    }


def _same(headers: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {
        304: {
            "description": "The client's copy (`If-None-Match`) is still the one.",
            "headers": headers,
        }
    }


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


_HEADERS = {
    "ETag": _header(
        "Validator of this answer in this format and coding; ask again with `If-None-Match`."
    ),
    "Cache-Control": _header("How long the answer may be kept."),
    "Vary": _header("What the answer depends on: `Accept` and `Accept-Encoding`."),
    "Dataset-Version": _header("Version of the data that were asked."),
    "Last-Modified": _header("When the data last changed, where the build was told."),
    "Memento-Datetime": _header(
        "RFC 7089: of which time the answer is, where it is not the present and that is known."
    ),
    "Link": _header(
        "RFC 8288: `next`, `prev`, `alternate` (the same in another format), `original latest-version` (the same now),"
        " `describedby`."
    ),
    "X-Request-Id": _header("Names the request in the log: the one that was sent, or ours."),
}
_OF_DOCUMENTS = {name: _HEADERS[name] for name in ("ETag", "Cache-Control", "Vary", "X-Request-Id")}
_OF_CITATIONS = {
    name: _HEADERS[name]
    for name in ("ETag", "Cache-Control", "Vary", "Dataset-Version", "X-Request-Id")
} | {
    "Link": _header(
        "RFC 8288: `about` (the record), `cite-as` (RFC 8574: its revision, which stays), `alternate` (the other styles),"
        " `describedby`."
    )
}
_OF_REDIRECTS = {name: _HEADERS[name] for name in ("Cache-Control", "Vary", "X-Request-Id")}
_OF_NOW = {name: _HEADERS[name] for name in ("Cache-Control", "X-Request-Id")}


def _format_parameter(formats: Sequence[Format]) -> dict[str, Any]:
    names = [row.name for row in formats]
    listed = ", ".join(f"`{row.name}` ({row.media_type.partition(';')[0]})" for row in formats)
    description = f"Format of the answer, whatever `Accept` says: {listed}."
    if any(row.plain for row in formats):
        description += (
            " Records alone (`csv`, `ndjson`) come all at once, unless `limit` asks for a page."
        )
    return _query("format", description, {"type": "string", "enum": names, "examples": [names[0]]})


_ANY_RECORD: Any = reduce(or_, _RECORDS.values())
_TOLD_RECORD: Any = reduce(or_, (_RECORDS[noun] for noun in TIMELINE_RESOURCES))
_ACROSS: dict[str, Any] = {
    "total": TOTAL,
    "total_exact": TOTAL_EXACT,
    "counts": (
        list[ResourceCountDocument],
        Field(description="How many match, by noun; empty where `total=none`."),
    ),
    "query": (QueryDocument, Field(description="The query as it was understood.")),
    "dataset": (DatasetDocument, Field(description="What was asked.")),
    "links": (ListLinks, Field(description="Where the list goes on.")),
}


class TimelineEntry(BaseModel):
    noun: TimelineResourceType = Field(description="Noun of the record.", examples=["event"])
    dated_by: str = Field(
        description="The field of the record that gives its date.", examples=["date"]
    )
    record: _TOLD_RECORD = Field(description="The record.")


class SearchHit(BaseModel):
    noun: ResourceType = Field(description="Noun of the record.", examples=["event"])
    highlights: list[HighlightDocument] = Field(
        description="Where the words stand, in the order of the record."
    )
    record: _ANY_RECORD = Field(description="The record.")


_TIMELINE = create_model(
    "Timeline",
    data=(list[TimelineEntry], Field(description="The records of this page, in order.")),
    **_ACROSS,
    **_TOMBSTONES,
)
_SEARCH_RESULTS = create_model(
    "SearchResults",
    data=(list[SearchHit], Field(description="The records of this page, best first.")),
    **_ACROSS,
)
_QUOTES = create_model(
    "SourceEvidence",
    data=(list[QuoteDocument], Field(description="The quotes of this page, in reading order.")),
    **{name: member for name, member in _ACROSS.items() if name != "counts"},
)


_PAGED = {name: member for name, member in _ACROSS.items() if name != "counts"}


class ChangeDocument(BaseModel):
    noun: ResourceType = Field(description="Noun of the record.", examples=["figure"])
    id: str = Field(
        description="Its id.", examples=["palestinians-killed-since-2023-10-07-at-2024-02-14"]
    )
    change: ChangeKind = Field(description="What became of it.", examples=["added"])
    recorded_in: MomentDocument = Field(description="The dataset that brought it.")
    reason: str | None = Field(
        description="Why, in the curator's words; null: nobody said.", examples=[None]
    )
    renamed_to: str | None = Field(
        description="The id under which it goes on; null: it does not.", examples=[None]
    )
    revision: int | None = Field(
        description="The revision that it was given, or its last; null: this database has never had it.",
        examples=[1],
    )
    url: str | None = Field(
        description="Where that revision stays.", examples=["/v1/actors/iran/revisions/1"]
    )
    record: _ANY_RECORD | None = Field(
        description="The record as it was recorded; null: it is not served any more."
    )


_CHANGES = create_model(
    "Changes",
    data=(list[ChangeDocument], Field(description="The changes of this page, newest first.")),
    **_PAGED,
)
_DATASETS = create_model(
    "Datasets",
    data=(list[PastDatasetDocument], Field(description="The datasets of this page, newest first.")),
    **_PAGED,
)
_REVISIONS = create_model(
    "Revisions",
    data=(
        list[ListedRevisionDocument],
        Field(description="The revisions of this page, newest first."),
    ),
    **_PAGED,
)
_REVISION = create_model(
    "RevisionItem",
    data=(_ANY_RECORD, Field(description="The record as it was; `url` is that of the revision.")),
    revision=(RevisionDocument, Field(description="Which revision it is.")),
    links=(RevisionLinks, Field(description="Where to go on.")),
)


def _example(item: Parameter) -> Any:
    kind = item.value_type.schema["type"]
    if kind == "boolean":
        return item.example == "true"
    return {"number": float, "integer": int}.get(kind, str)(item.example)


def _query(name: str, description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _several(name: str, description: str, items: dict[str, Any], example: Any) -> dict[str, Any]:
    # The example stands in the schema: one beside it would be filled into the forms of documentation pages, which would
    # then ask for all examples at once.
    schema = {"type": "array", "items": items, "minItems": 1, "examples": [[example]]}
    return _query(name, description, schema, style="form", explode=False)


def _asked(item: Parameter, needed: tuple[str, ...]) -> dict[str, Any]:
    more = {"required": True} if item.name in needed else {}
    if not item.many:
        return _query(
            item.name,
            item.description,
            {**item.value_type.schema, "examples": [_example(item)]},
            **more,
        )
    description = f"{item.description} E.g. `{item.example}`; several values, separated by commas: any of them"
    description += (
        " (a comma inside a value is written `\\,`)." if item.value_type is TEXT_VALUE else "."
    )
    return _several(item.name, description, item.value_type.schema, _example(item))


def _parameters(listing: Listing, formats: Sequence[Format]) -> list[dict[str, Any]]:
    parameters = [_asked(item, listing.required) for item in listing.parameters]
    if listing.sorts:
        names = [name for sort in listing.sorts for name in (sort.name, f"-{sort.name}")]
        description = f"What the list is sorted by, first things first; `-`: from the other end. Default: `{listing.default_sort}`. What is missing comes last either way."
        sort = _several("sort", description, {"type": "string", "enum": names}, names[0])
        sort["schema"]["maxItems"] = listing.max_sort_keys
        parameters.append(sort)
    if listing.fields:
        parameters.append(_fields_parameter(listing))
    if listing.includes:
        parameters.append(_includes_parameter(listing.includes))
    if listing.facets:
        names = [facet.name for facet in listing.facets]
        description = "Count the matching records by value, under `facets`."
        parameters.append(
            _several("facets", description, {"type": "string", "enum": names}, names[0])
        )
    if listing.supports_known_at:
        parameters.append(_KNOWN_AT)
    if listing.fields:
        parameters.append(_HISTORY)
    return [
        *parameters,
        _query(
            "limit",
            "How many records a page has at most.",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
        ),
        _query(
            "total",
            "How matches are counted: up to a thousand, all (`exact`, under the time limit), or not at all (`none`).",
            {
                "type": "string",
                "enum": list(get_args(Total)),
                "default": DEFAULT_TOTAL,
                "examples": ["exact"],
            },
        ),
        _query(
            "cursor",
            "Where the list goes on: take it from `links.next` or `links.prev`, with the same filters and sort.",
            {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
        ),
        _format_parameter(formats),
    ]


_KNOWN_AT = _query(
    "known_at",
    "Answer as the API did at this instant, at the end of this day (UTC), or with this dataset version. What a source vouches"
    " for is `as_of`, when it was published `published_from` and `published_to`.",
    {**MOMENT_VALUE.schema, "examples": ["2026-11-24"]},
)
_HISTORY = _query(
    "include_history",
    "Send the revisions of each record along under `history`, newest first: the forms in which it has been served.",
    {"type": "boolean", "default": False, "examples": [True]},
)


def _fields_parameter(listing: Listing) -> dict[str, Any]:
    description = "Cut records to these fields. A number brings along what it may not be shown without; `query.fields` tells."
    return _several(
        "fields", description, {"type": "string", "enum": list(listing.fields)}, "title"
    )


def _includes_parameter(includes: tuple[Include, ...]) -> dict[str, Any]:
    choices = [include.name for include in includes]
    listed = "\n".join(f"- `{include.name}`: {include.description}" for include in includes)
    description = f"Records to send along under `included`, beside the data.\n{listed}"
    return _several("include", description, {"type": "string", "enum": choices}, choices[0])


_RENAMED: dict[str, Any] = {
    "model": RenamedDocument,
    "description": "The record has another id; `Location` leads to it, for good.",
    "headers": {"Location": _header("The address of the record."), **_OF_REDIRECTS},
}


def of_list(resource: Resource) -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": f"list_{resource.plural}",
        "name": f"list_{resource.plural}",
        "tags": [resource.plural],
        "summary": f"List {resource.plural}",
        "description": resource.description,
        "responses": _answers(
            _ENVELOPES[resource.type][0],
            f"A page of {resource.plural}.",
            410,
            503,
            formats=OF_LISTS,
        ),
        "openapi_extra": {"parameters": _parameters(resource, OF_LISTS)},
    }


def of_timeline() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "get_timeline",
        "tags": ["across"],
        "summary": "Events, statements and figures in chronological order",
        "description": TIMELINE.description,
        "responses": _answers(_TIMELINE, "A page of the timeline.", 410, 503, formats=OF_TIMELINE),
        "openapi_extra": {"parameters": _parameters(TIMELINE, OF_TIMELINE)},
    }


def of_search() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "search",
        "tags": ["across"],
        "summary": "Search everything",
        "description": SEARCH.description,
        "responses": _answers(
            _SEARCH_RESULTS, "A page of search results.", 410, 503, formats=OF_HITS
        ),
        "openapi_extra": {"parameters": _parameters(SEARCH, OF_HITS)},
    }


def of_changes() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "list_changes",
        "tags": ["history"],
        "summary": "Everything that was recorded",
        "description": CHANGES.description,
        "responses": _answers(_CHANGES, "A page of changes.", 410, 503, formats=OF_CHANGES),
        "openapi_extra": {"parameters": _parameters(CHANGES, OF_CHANGES)},
    }


def of_datasets() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "list_datasets",
        "tags": ["history"],
        "summary": "Every dataset that was served",
        "description": DATASETS.description,
        "responses": _answers(_DATASETS, "A page of datasets.", 410, 503, formats=OF_HISTORY),
        "openapi_extra": {"parameters": _parameters(DATASETS, OF_HISTORY)},
    }


def of_revisions(resource: Resource) -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": f"list_{resource.type}_revisions",
        "name": f"list_{resource.type}_revisions",
        "tags": ["history"],
        "summary": f"Every revision of one {resource.type}",
        "description": REVISIONS.description,
        "responses": _answers(
            _REVISIONS, "A page of revisions.", 404, 410, 503, formats=OF_HISTORY
        ),
        "openapi_extra": {
            "parameters": [_id_parameter(resource), *_parameters(REVISIONS, OF_HISTORY)]
        },
    }


def of_revision(resource: Resource) -> dict[str, Any]:
    number = {
        "name": "number",
        "in": "path",
        "required": True,
        "description": "Counts from 1.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
        "example": 1,
    }
    return {
        "methods": ["GET"],
        "operation_id": f"get_{resource.type}_revision",
        "name": f"get_{resource.type}_revision",
        "tags": ["history"],
        "summary": f"One {resource.type} as it was served once",
        "description": "Stays as it is for good, also after the record has changed or was withdrawn.",
        "responses": _answers(_REVISION, "The revision.", 404, 503, formats=OF_DOCUMENTS),
        "openapi_extra": {
            "parameters": [_id_parameter(resource), number, _format_parameter(OF_DOCUMENTS)]
        },
    }


def of_citation(resource: Resource) -> dict[str, Any]:
    types: dict[str, list[str]] = {}
    for style, row in STYLES.items():
        types.setdefault(row.media_type, []).append(f"`{style}`")
    listed = "; ".join(
        f"{', '.join(styles)}: {media_type.partition(';')[0]}"
        for media_type, styles in types.items()
    )
    parameters = [
        _id_parameter(resource),
        _query(
            "style",
            f"How the citation is written, whatever `Accept` says. {listed}. Without it: what `Accept` prefers, `sentence` first.",
            {"type": "string", "enum": list(STYLES), "examples": ["apa"]},
        ),
        _query(
            "accessed",
            "The day on which the record was read; by default today, in UTC. It may not lie before the revision was recorded.",
            {
                "type": "string",
                "format": "date",
                "pattern": DAY_PATTERN,
                "examples": ["2026-11-24"],
            },
        ),
        _query(
            "known_at",
            "Cite what was served at this instant, at the end of this day (UTC), or with this dataset version.",
            {**MOMENT_VALUE.schema, "examples": ["2026-11-24"]},
        ),
    ]
    answer = {
        "description": "The citation, with the permanent address of the revision that it is of.",
        "headers": _OF_CITATIONS,
        "content": {
            media_type: {
                "schema": {"type": "array", "items": {"type": "object"}}
                if "json" in media_type
                else {"type": "string"}
            }
            for media_type in types
        },
    }
    return {
        "methods": ["GET"],
        "operation_id": f"cite_{resource.type}",
        "name": f"cite_{resource.type}",
        "tags": [resource.plural],
        "summary": f"How to cite one {resource.type}",
        "description": f"The {resource.type} as a citation, pinned to its revision: what it says, as of when, according to whom, in"
        " which source. What the source does not name is said to be unnamed.",
        "response_class": Response,
        "responses": {
            200: answer,
            **_same(_OF_CITATIONS),
            **_problems(404, 406, 414, 422, 503),
            308: _RENAMED,
            410: _problem(WITHDRAWN),
        },
        "openapi_extra": {"parameters": parameters},
    }


def of_card(resource: Resource) -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": f"embed_{resource.type}",
        "tags": [resource.plural],
        "summary": f"One {resource.type} as a card for other pages",
        "description": f"The {resource.type} with all that it must not go without. As HTML a document for a frame, which tells its height;"
        " as JSON what the web component shows. Always the record as it is now, with its corrections.",
        "responses": {
            **_answers(CardDocument, "The card.", 404, 503, formats=OF_DOCUMENTS),
            308: _RENAMED,
            410: _problem(WITHDRAWN),
        },
        "openapi_extra": {
            "parameters": [
                _id_parameter(resource),
                _query(
                    "theme",
                    "How the card is coloured, as HTML: as the reader's system is set, or always the same.",
                    {"type": "string", "enum": list(get_args(Theme)), "examples": ["dark"]},
                ),
                _format_parameter(OF_DOCUMENTS),
            ]
        },
    }


def of_preview(resource: Resource) -> dict[str, Any]:
    answers = _other(
        PNG, {"type": "string", "format": "binary"}, "The picture, 1200 by 630 pixels.", 404, 503
    )
    answers["responses"] |= {308: _RENAMED, 410: _problem(WITHDRAWN)}
    return {
        **answers,
        "operation_id": f"preview_{resource.type}",
        "tags": [resource.plural],
        "summary": f"One {resource.type} as a picture",
        "description": "The card, as far as it fits, for previews of links.",
        "openapi_extra": {"parameters": [_id_parameter(resource)]},
    }


def of_oembed() -> dict[str, Any]:
    pixels = {"type": "integer", "minimum": 1, "maximum": 99999, "examples": [480]}
    figure = next(item.example for item in RESOURCES["figure"].filters if item.name == "id")
    address = {"type": "string", "examples": [f"/v1/figures/{figure}"]}
    return {
        "methods": ["GET"],
        "operation_id": "oembed",
        "tags": ["about"],
        "summary": "What a consumer of oEmbed 1.0 may show for an address",
        "description": "Of type `rich`: a frame with the card. Parameters that consumers add are not read; `not_read` names them.",
        "responses": {**_answers(OembedDocument, "What may be shown.", 404, 410, 501, 503)},
        "openapi_extra": {
            "parameters": [
                {
                    **_query(
                        "url", "Address of a record that has a card, or of its card.", address
                    ),
                    "required": True,
                },
                _query(
                    "format",
                    "`json`; anything else, `xml` too, is not made (501).",
                    {"type": "string", "enum": ["json"], "examples": ["json"]},
                ),
                _query("maxwidth", "In CSS pixels: the frame is no wider.", pixels),
                _query("maxheight", "In CSS pixels: the frame is no higher.", pixels),
            ]
        },
    }


def of_source_evidence() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "get_source_evidence",
        "tags": ["sources"],
        "summary": "All that is quoted from one source",
        "description": SOURCE_EVIDENCE.description,
        "responses": {
            **_answers(_QUOTES, "A page of quotes.", 404, 410, 503, formats=OF_QUOTES),
            308: _RENAMED,
        },
        "openapi_extra": {
            "parameters": [
                _id_parameter(RESOURCES["source"]),
                *_parameters(SOURCE_EVIDENCE, OF_QUOTES),
            ]
        },
    }


def _id_parameter(resource: Resource) -> dict[str, Any]:
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": f"Id of the {resource.type}.",
        "schema": SLUG_VALUE.schema,
        "example": next(item.example for item in resource.filters if item.name == "id"),
    }


def of_item(resource: Resource) -> dict[str, Any]:
    parameters = [_id_parameter(resource), _fields_parameter(resource)]
    if resource.includes:
        parameters.append(_includes_parameter(resource.includes))
    parameters += [_KNOWN_AT, _HISTORY, _format_parameter(OF_RECORDS)]
    return {
        "methods": ["GET"],
        "operation_id": f"get_{resource.type}",
        "name": f"get_{resource.type}",
        "tags": [resource.plural],
        "summary": f"One {resource.type}",
        "description": f"One {resource.type} with its evidence.",
        "responses": {
            **_answers(
                _ENVELOPES[resource.type][1], f"The {resource.type}.", 404, 503, formats=OF_RECORDS
            ),
            308: _RENAMED,
            410: _problem(WITHDRAWN),
        },
        "openapi_extra": {"parameters": parameters},
    }


def of_index() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "get_index",
        "tags": ["about"],
        "summary": "What is served, and where",
        "responses": _answers(IndexDocument, "The index.", formats=OF_DOCUMENTS),
        "openapi_extra": {
            "parameters": [
                _several(
                    "facets",
                    "Count the records of every noun that has it by value, under its `facets`.",
                    {"type": "string", "enum": list(FACETS)},
                    "kind",
                ),
                _format_parameter(OF_DOCUMENTS),
            ]
        },
    }


def of_health() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "get_health",
        "tags": ["about"],
        "summary": "Whether the process answers",
        "responses": _answers(HealthDocument, "It does.", live=True),
    }


def of_readiness() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "get_readiness",
        "tags": ["about"],
        "summary": "Whether the data can be read",
        "responses": _answers(ReadinessDocument, "It can.", 503, live=True),
    }


def of_problem_type() -> dict[str, Any]:
    parameter = {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "The kind of problem.",
        "schema": {"type": "string", "enum": list(KINDS)},
        "example": "invalid-query",
    }
    return {
        "methods": ["GET"],
        "operation_id": "get_problem_type",
        "tags": ["about"],
        "summary": "What a kind of problem means",
        "responses": _answers(ProblemTypeDocument, "Its explanation.", 404, formats=OF_DOCUMENTS),
        "openapi_extra": {"parameters": [parameter, _format_parameter(OF_DOCUMENTS)]},
    }


def of_problem_types() -> dict[str, Any]:
    return {
        "methods": ["GET"],
        "operation_id": "list_problem_types",
        "tags": ["about"],
        "summary": "Every kind of problem",
        "responses": _answers(ProblemTypesDocument, "All of them.", formats=OF_DOCUMENTS),
        "openapi_extra": {"parameters": [_format_parameter(OF_DOCUMENTS)]},
    }


def of_schema() -> dict[str, Any]:
    parameter = {
        "name": "noun",
        "in": "path",
        "required": True,
        "description": "The noun.",
        "schema": {"type": "string", "enum": list(RESOURCES)},
        "example": "figure",
    }
    return {
        **_other("application/schema+json", {"type": "object"}, "JSON Schema, draft 2020-12.", 404),
        "operation_id": "get_schema",
        "summary": "JSON Schema of a noun's record",
        "openapi_extra": {"parameters": [parameter]},
    }


def of_context() -> dict[str, Any]:
    return {
        **_other("application/ld+json", {"type": "object"}, "The JSON-LD context."),
        "operation_id": "get_context",
        "summary": "What the names in JSON-LD mean",
    }


def of_catalog() -> dict[str, Any]:
    return {
        **_other("application/linkset+json", {"type": "object"}, "A linkset (RFC 9264)."),
        "operation_id": "get_catalog",
        "summary": "API catalog (RFC 9727)",
    }


def of_metrics() -> dict[str, Any]:
    answer = {
        "description": "Counts since the start, in the form of Prometheus.",
        "headers": _OF_NOW,
    }
    content = {
        "text/plain": {"schema": {"type": "string"}},
        "application/openmetrics-text": {"schema": {"type": "string"}},
    }
    return {
        "methods": ["GET"],
        "operation_id": "get_metrics",
        "tags": ["about"],
        "summary": "What has been counted",
        "response_class": Response,
        "responses": {200: {**answer, "content": content}, **_problems(414, 422)},
    }


def record_schema(noun: ResourceType) -> dict[str, Any]:
    """JSON Schema of a noun's record as it is served."""
    return _RECORDS[noun].model_json_schema(mode="serialization")


def served_under(app: FastAPI, base: str) -> dict[str, Any]:
    """The document, with the prefix or public address that the application is served under."""
    return {**app.openapi(), "servers": [{"url": base or "/"}]}


def describe(app: FastAPI) -> None:
    """Add a route of FastAPI's for each address that answers: it is never asked, as that stands before it, but described."""
    answers = {
        route.path: route.endpoint for route in app.router.routes if isinstance(route, Route)
    }
    for path, described in _paths():
        app.add_api_route(path, answers[path], **described)


def _paths() -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in reversed(RESOURCES.values()):
        yield resource.path, of_list(resource)
        yield f"{resource.path}/{{id}}", of_item(resource)
    yield CHANGES.path, of_changes()
    yield DATASETS.path, of_datasets()
    yield SOURCE_EVIDENCE.path, of_source_evidence()
    yield SEARCH.path, of_search()
    yield TIMELINE.path, of_timeline()
    yield CONTEXT_PATH, of_context()
    yield "/v1", of_index()
    yield "/healthz", of_health()
    yield "/readyz", of_readiness()
    yield "/metrics", of_metrics()
    yield "/problems/{slug}", of_problem_type()
    yield "/problems", of_problem_types()
    yield "/v1/schema/{noun}", of_schema()
    yield "/.well-known/api-catalog", of_catalog()
    for plural, resource in RESOURCES_WITH_CARDS.items():
        yield f"/embed/{plural}/{{id}}", of_card(resource)
        yield f"/preview/{plural}/{{id}}.png", of_preview(resource)
    yield "/oembed", of_oembed()
    for resource in RESOURCES.values():
        yield f"{resource.path}/{{id}}/citation", of_citation(resource)
        yield f"{resource.path}/{{id}}/revisions", of_revisions(resource)
        yield f"{resource.path}/{{id}}/revisions/{{number}}", of_revision(resource)
