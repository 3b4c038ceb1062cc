"""Parts of the OpenAPI document that several endpoints share: query parameters made from the
declarations, headers, responses.

    @router.get(
        "/v1/search",
        operation_id="search",
        response_model=SearchResults,
        responses=list_responses("A page of search results.", formats),
        openapi_extra={"parameters": list_parameters(SEARCH, formats)},
    )
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from fastapi import FastAPI, Path

from app.formats.media_types import Format
from app.problems import (
    CURSOR_EXPIRED,
    INTERNAL_ERROR,
    INVALID_QUERY,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    TOO_SLOW,
    URI_TOO_LONG,
    ProblemKind,
)
from app.query.params import DEFAULT_LIMIT, DEFAULT_TOTAL_MODE, MAX_LIMIT, TotalMode
from app.resources import RESOURCES, Include, Resource
from app.resources.declarations import MOMENT_VALUE, SLUG_VALUE, TEXT_VALUE, Listing, Parameter
from app.schemas.history import RenamedDocument
from app.schemas.problems import ProblemDocument

Responses = dict[int | str, dict[str, Any]]
"""What path operations take as `responses`."""
OpenAPIObject = dict[str, Any]
"""A parameter, header or schema as the OpenAPI document has it."""

DESCRIPTION = """\
Who did what, who said what, and how many, as of when, according to whom: news reports as records
that software can cite. Every record carries the exact words of its source and their position in it.

A record says *source S states X*, never that X is true. `quote_verified` means that the quote
stands at those offsets in that text, and nothing more. Read-only, no key; unknown parameters are
refused, never ignored.
"""
LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
TAGS = [
    *(
        {"name": resource.plural, "description": resource.description}
        for resource in RESOURCES.values()
    ),
    {"name": "across", "description": "Lists of several resource types."},
    {"name": "history", "description": "Changes, datasets and revisions."},
    {"name": "about", "description": "The service itself."},
]


def openapi_under(app: FastAPI, base: str) -> dict[str, Any]:
    """Return the document with `base`, the path prefix or public URL, as its server."""
    return {**app.openapi(), "servers": [{"url": base or "/"}]}


# --------------------------------------------------------------------------------------- parameters


def query_parameter(
    name: str, description: str, schema: OpenAPIObject, *, required: bool = False
) -> OpenAPIObject:
    parameter = {"name": name, "in": "query", "description": description, "schema": schema}
    return {**parameter, "required": True} if required else parameter


def query_list_parameter(
    name: str, description: str, items: OpenAPIObject, example: Any, *, required: bool = False
) -> OpenAPIObject:
    """A parameter with values separated by commas; `items` is the schema of one of them."""
    # The example is in the schema: documentation pages would fill a parameter's own `examples`,
    # all at once, into their forms.
    schema = {"type": "array", "items": items, "minItems": 1, "examples": [[example]]}
    parameter = query_parameter(name, description, schema, required=required)
    return {**parameter, "style": "form", "explode": False}


def id_path(resource: Resource) -> Any:
    """The `{id}` of a record, for the signature of its endpoint."""
    return Path(
        description=f"Id of the {resource.type}.",
        pattern=SLUG_VALUE.schema["pattern"],
        max_length=SLUG_VALUE.schema["maxLength"],
        examples=[next(item.example for item in resource.filters if item.name == "id")],
    )


def format_parameter(formats: Sequence[Format]) -> OpenAPIObject:
    """`format`, with the formats that an endpoint offers."""
    names = [row.name for row in formats]
    media_types = ", ".join(f"`{row.name}` ({row.bare_media_type})" for row in formats)
    description = f"Format of the response; overrides `Accept`: {media_types}."
    if any(row.is_record_stream for row in formats):
        description += " `csv` and `ndjson` return all records, unless `limit` asks for a page."
    schema = {"type": "string", "enum": names, "examples": [names[0]]}
    return query_parameter("format", description, schema)


def list_parameters(listing: Listing, formats: Sequence[Format]) -> list[OpenAPIObject]:
    """Every query parameter of a list: filters, then sorting, fields and paging."""
    parameters = [
        _filter_parameter(item, required=item.name in listing.required)
        for item in listing.parameters
    ]
    if listing.sorts:
        parameters.append(_sort_parameter(listing))
    if listing.fields:
        parameters.append(_fields_parameter(listing))
    if listing.includes:
        parameters.append(_include_parameter(listing.includes))
    if listing.facets:
        names = [facet.name for facet in listing.facets]
        parameters.append(
            facets_parameter("Count the matching records by value, under `facets`.", names)
        )
    if listing.supports_known_at:
        parameters.append(KNOWN_AT_PARAMETER)
    if listing.fields:
        parameters.append(HISTORY_PARAMETER)
    return [*parameters, *PAGING_PARAMETERS, format_parameter(formats)]


def item_parameters(resource: Resource, formats: Sequence[Format]) -> list[OpenAPIObject]:
    """Every query parameter of a single record."""
    parameters = [_fields_parameter(resource)]
    if resource.includes:
        parameters.append(_include_parameter(resource.includes))
    return [*parameters, KNOWN_AT_PARAMETER, HISTORY_PARAMETER, format_parameter(formats)]


def facets_parameter(description: str, names: Sequence[str]) -> OpenAPIObject:
    schema = {"type": "string", "enum": list(names)}
    return query_list_parameter("facets", description, schema, names[0])


def _filter_parameter(item: Parameter, *, required: bool) -> OpenAPIObject:
    if not item.many:
        schema = {**item.value_type.schema, "examples": [_example(item)]}
        return query_parameter(item.name, item.description, schema, required=required)
    description = (
        f"{item.description} E.g. `{item.example}`; several values, separated by commas: any of"
        " them"
    )
    description += (
        " (a comma inside a value is written `\\,`)." if item.value_type is TEXT_VALUE else "."
    )
    return query_list_parameter(
        item.name, description, item.value_type.schema, _example(item), required=required
    )


def _example(item: Parameter) -> Any:
    """The example of a declaration, which is text, as a JSON value."""
    value_type = item.value_type.schema["type"]
    if value_type == "boolean":
        return item.example == "true"
    return {"number": float, "integer": int}.get(value_type, str)(item.example)


def _sort_parameter(listing: Listing) -> OpenAPIObject:
    names = [name for sort in listing.sorts for name in (sort.name, f"-{sort.name}")]
    description = (
        "Sort keys, the first one first; `-` means descending. Nulls sort last in both directions."
        f" Default: `{listing.default_sort}`."
    )
    parameter = query_list_parameter(
        "sort", description, {"type": "string", "enum": names}, names[0]
    )
    parameter["schema"]["maxItems"] = listing.max_sort_keys
    return parameter


def _fields_parameter(listing: Listing) -> OpenAPIObject:
    description = (
        "Fields of the records to return. A number always comes with the fields that it must not"
        " be displayed without; `query.fields` names all of them."
    )
    schema = {"type": "string", "enum": list(listing.fields)}
    return query_list_parameter("fields", description, schema, "title")


def _include_parameter(includes: tuple[Include, ...]) -> OpenAPIObject:
    names = [include.name for include in includes]
    choices = "\n".join(f"- `{include.name}`: {include.description}" for include in includes)
    description = f"Related records to return under `included`.\n{choices}"
    return query_list_parameter("include", description, {"type": "string", "enum": names}, names[0])


KNOWN_AT_PARAMETER = query_parameter(
    "known_at",
    "Return the data as the API served it at this instant, at the end of this day (UTC), or in this"
    " dataset version. The date that a source vouches for is `as_of`, its date of publication"
    " `published_from` and `published_to`.",
    {**MOMENT_VALUE.schema, "examples": ["2026-11-24"]},
)
HISTORY_PARAMETER = query_parameter(
    "include_history",
    "Return earlier revisions of each record under `history`, newest first.",
    {"type": "boolean", "default": False, "examples": [True]},
)
PAGING_PARAMETERS = [
    query_parameter(
        "limit",
        "Maximum number of records per page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    query_parameter(
        "total",
        "How matches are counted: up to 1,000 (`up_to_1000`), all of them (`exact`, within the time"
        " limit), or not at all (`none`).",
        {
            "type": "string",
            "enum": list(get_args(TotalMode)),
            "default": DEFAULT_TOTAL_MODE,
            "examples": ["exact"],
        },
    ),
    query_parameter(
        "cursor",
        "Position in the list, from `links.next` or `links.prev` of a page with the same filters"
        " and sort.",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
    ),
]

# ------------------------------------------------------------------------------------------ headers


def header(description: str) -> OpenAPIObject:
    return {"description": description, "schema": {"type": "string"}}


LIVE_HEADERS = {
    "Cache-Control": header("How long the response may be cached."),
    "X-Request-Id": header("Id of the request in the log: the one that was sent, or a new one."),
}
"""Of responses that state the present and have no validator."""
REDIRECT_HEADERS = {
    **LIVE_HEADERS,
    "Location": header("URL of the record."),
    "Vary": header("Request headers that the response depends on."),
}
DOCUMENT_HEADERS = {
    **LIVE_HEADERS,
    "ETag": header(
        "Validator of the response in this format and content coding, for `If-None-Match`."
    ),
    "Vary": header("Request headers that the response depends on."),
}
"""Of responses without records."""
RECORD_HEADERS = {
    **DOCUMENT_HEADERS,
    "Dataset-Version": header("Version of the dataset that was queried."),
    "Last-Modified": header("When the data last changed, if the build was given a time."),
    "Memento-Datetime": header(
        "The time that the response speaks of, if that is known and not the present (RFC 7089)."
    ),
    "Link": header(
        "RFC 8288: `next`, `prev`, `alternate` (other formats), `original latest-version` (the"
        " current data), `describedby`."
    ),
}
CITATION_HEADERS = {
    **DOCUMENT_HEADERS,
    "Dataset-Version": RECORD_HEADERS["Dataset-Version"],
    "Link": header(
        "RFC 8288: `about` (the record), `cite-as` (its permanent revision, RFC 8574), `alternate`"
        " (other styles), `describedby`."
    ),
}

# ---------------------------------------------------------------------------------------- responses


def ok(
    description: str,
    *,
    formats: Sequence[Format] = (),
    content: Mapping[str, OpenAPIObject] | None = None,
    headers: Mapping[str, OpenAPIObject] = DOCUMENT_HEADERS,
) -> Responses:
    """Return response 200. The endpoint's `response_model` describes JSON; `formats` and `content`,
    schemas by media type, describe the other representations.
    """
    schemas = {
        row.media_type: {"type": "object" if row.media_type.endswith("+json") else "string"}
        for row in formats
        if row.name != "json"
    }
    schemas |= content or {}
    response: dict[str, Any] = {"description": description, "headers": headers}
    if schemas:
        response["content"] = {name: {"schema": schema} for name, schema in schemas.items()}
    return {200: response}


def not_modified(headers: Mapping[str, OpenAPIObject] = DOCUMENT_HEADERS) -> Responses:
    description = "The client's copy, named by `If-None-Match`, is current."
    return {304: {"description": description, "headers": headers}}


def renamed() -> Responses:
    """Return response 308 of records that have another id."""
    return {
        308: {
            "model": RenamedDocument,
            "description": "The record has another id, permanently; `Location` is its URL.",
            "headers": REDIRECT_HEADERS,
        }
    }


def problems(*kinds: ProblemKind) -> Responses:
    """Return the responses of `kinds`, one for each status, and of those of every endpoint."""
    return {kind.status: _problem(kind) for kind in (*kinds, *_EVERYWHERE)}


_EVERYWHERE = (URI_TOO_LONG, INVALID_QUERY, METHOD_NOT_ALLOWED, INTERNAL_ERROR)


def _problem(kind: ProblemKind) -> dict[str, Any]:
    example = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.explanation,
        "instance": "/v1/figures",
    }
    return {
        "description": kind.title,
        "content": {
            # The endpoint of problem types defines the schema; FastAPI would put a `model` under
            # application/json.
            "application/problem+json": {
                "schema": {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"},
                "example": example,
            },
            "text/html": {"schema": {"type": "string"}},
        },
    }


def list_responses(description: str, formats: Sequence[Format]) -> Responses:
    """Return every response of a list that is not of one record."""
    return {
        **ok(description, formats=formats, headers=RECORD_HEADERS),
        **not_modified(RECORD_HEADERS),
        **problems(NOT_ACCEPTABLE, CURSOR_EXPIRED, TOO_SLOW),
    }


def document_responses(
    description: str,
    *kinds: ProblemKind,
    formats: Sequence[Format] = (),
    content: Mapping[str, OpenAPIObject] | None = None,
) -> Responses:
    """Return every response of a document without records; `kinds` are its own problems."""
    return {
        **ok(description, formats=formats, content=content),
        **not_modified(),
        **problems(*kinds),
    }
