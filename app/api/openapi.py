"""Parts of the OpenAPI document that several endpoints share: path parameters, headers, responses.

@router.get(
"/v1/search",
operation_id="search",
response_model=SearchResults,
responses=list_responses("A page of search results."),
)
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal, get_args

from fastapi import FastAPI, Path
from pydantic import PlainValidator
from typing_extensions import TypeAliasType

from app.formats.media_types import ResultKind, formats_of
from app.problems import (
    CURSOR_EXPIRED,
    INTERNAL_ERROR,
    INVALID_QUERY,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    RANGE_NOT_SATISFIABLE,
    WITHDRAWN,
    ProblemKind,
)
from app.resources import RESOURCES, Resource
from app.resources.declarations import SLUG_VALUE
from app.schemas.history import RenamedDocument
from app.schemas.problems import ProblemDocument

Responses = dict[int | str, dict[str, Any]]
"""What path operations take as `responses`."""
OpenAPIObject = dict[str, Any]
"""A parameter, header or schema as the OpenAPI document has it."""

DESCRIPTION = """\
Who did what, who said what, and how many, as of when, according to whom: news reports as records
that software can cite. Every record carries the exact words of its source and their position in it.

A record says *source S states X*, never that X is true. `quotes_verified` means that the words
stand at those offsets in that text, and nothing more. Read-only, no key; unknown parameters are
refused, never ignored.

Pages for people are at the same URLs, by `Accept` or with `.html`. Every response has
`Cache-Control`, `Vary` and `X-Request-Id`, its id in the log.
"""
CONTACT = {"name": "The maintainers of On Record"}
LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
TAGS = [
    *(
        {"name": resource.plural, "description": resource.description}
        for resource in RESOURCES.values()
    ),
    {"name": "search", "description": "Lists of several resource types."},
    {"name": "history", "description": "Changes, datasets and revisions."},
    {"name": "vocabularies", "description": "The codes that records are classified by."},
    {"name": "service", "description": "The service itself."},
]


def openapi_under(app: FastAPI, base: str) -> dict[str, Any]:
    """Return the document with `base`, the path prefix or public URL, as its server."""
    return {**app.openapi(), "servers": [{"url": base or "/", "description": "This server."}]}


# ---------------------------------------------------------------------------------- path parameters


def id_path(resource: Resource) -> Any:
    """The `{id}` of a record, for the signature of its endpoint."""
    return Path(
        description=f"Id of the {resource.type}.",
        pattern=f"^{SLUG_VALUE.pattern}$",
        max_length=SLUG_VALUE.max_length,
        examples=[next(item.example for item in resource.filters if item.name == "id")],
    )


FORMAT_PATH = Path(description="Format of the response.")
"""The `{format}` of a list or record as a file, beside the formats of `file_format`."""


LIST_AS_FILE = "CSV and NDJSON have all of it, unless `limit` asks for a page."
"""Describes operations."""


def file_format(kind: ResultKind) -> PlainValidator:
    """The formats of a kind of result, for the signature of its endpoint.

    Pages are for people: they are served, too, but are no promise.
    """
    names = tuple(row.name for row in formats_of(kind) if not row.is_page)
    formats: Any = TypeAliasType(f"{kind.title()}Format", Literal[names])
    return PlainValidator(str, json_schema_input_type=formats)


def article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


# ------------------------------------------------------------------------------------------ headers


def header(description: str) -> OpenAPIObject:
    return {"description": description, "schema": {"type": "string"}}


DOCUMENT_HEADERS = {
    "ETag": header(
        "Validator of the response in this format and content coding, for `If-None-Match`."
    )
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
FILE_HEADERS = {
    **RECORD_HEADERS,
    "Content-Disposition": header("The name of the file."),
    "Accept-Ranges": header("`bytes`: parts can be asked for by `Range`."),
}
TEXT_HEADERS = {
    **DOCUMENT_HEADERS,
    "Dataset-Version": RECORD_HEADERS["Dataset-Version"],
    "Last-Modified": RECORD_HEADERS["Last-Modified"],
    "Link": header("RFC 8288: `describedby` (the record of the source)."),
    "Content-Disposition": FILE_HEADERS["Content-Disposition"],
    "Accept-Ranges": FILE_HEADERS["Accept-Ranges"],
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
    content: Mapping[str, OpenAPIObject] | None = None,
    headers: Mapping[str, OpenAPIObject] = DOCUMENT_HEADERS,
) -> Responses:
    """Return response 200. The endpoint's `response_model` describes JSON; `content`, schemas by
    media type, describes what is not.
    """
    response: dict[str, Any] = {"description": description}
    if headers:
        response["headers"] = headers
    if content:
        response["content"] = {name: {"schema": schema} for name, schema in content.items()}
    return {200: response}


def file_content(kind: ResultKind) -> Mapping[str, OpenAPIObject]:
    """The schemas of a kind of result as a file, by media type."""
    return {
        row.media_type: {"type": "object" if row.media_type.endswith("json") else "string"}
        for row in formats_of(kind)
        if not row.is_page
    }


NOT_MODIFIED: Responses = {304: {"description": "Not modified.", "headers": DOCUMENT_HEADERS}}
"""Response 304: the client's copy, named by `If-None-Match`, is current."""
RENAMED: Responses = {
    308: {
        "model": RenamedDocument,
        "description": "Renamed.",
        "headers": {"Location": header("URL of the record, which has another id for good.")},
    }
}
"""Response 308, of records that have another id."""


def problems(*kinds: ProblemKind) -> Responses:
    """Return the responses of `kinds`, one for each status, and of those of every endpoint."""
    return {
        **{kind.status: _problem(kind, kind.title) for kind in (*kinds, INVALID_QUERY)},
        "default": _problem(
            INTERNAL_ERROR,
            "Any other problem: the URL is too long (414), the query takes too long (503), the"
            " server failed (500).",
        ),
    }


def _problem(kind: ProblemKind, description: str) -> dict[str, Any]:
    example = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.example.detail,
        "instance": "/v1/figures",
        **(
            {"errors": [asdict(error) for error in kind.example.errors]}
            if kind.example.errors
            else {}
        ),
        **kind.example.extra,
    }
    return {
        "description": description,
        "content": {
            # The endpoint of problem types defines the schema; FastAPI would put a `model` under
            # application/json.
            "application/problem+json": {
                "schema": {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"},
                "example": example,
            },
        },
    }


def list_responses(description: str) -> Responses:
    """Return every response of a list that is not of one record."""
    return {
        **ok(description, headers=RECORD_HEADERS),
        **NOT_MODIFIED,
        **problems(NOT_ACCEPTABLE, CURSOR_EXPIRED),
    }


PARTIAL_CONTENT: Responses = {
    206: {
        "description": "Part of the file.",
        "content": {
            name: {"schema": schema}
            for kind in get_args(ResultKind)
            for name, schema in file_content(kind).items()
        },
        "headers": {**FILE_HEADERS, "Content-Range": header("Which bytes these are.")},
    }
}
"""Response 206, of all files."""


def list_file_responses(kind: ResultKind) -> Responses:
    """Return every response of a list as a file."""
    return {
        **ok("The file.", content=file_content(kind), headers=FILE_HEADERS),
        **PARTIAL_CONTENT,
        **NOT_MODIFIED,
        **problems(NOT_FOUND, CURSOR_EXPIRED, RANGE_NOT_SATISFIABLE),
    }


def item_responses(description: str) -> Responses:
    """Return every response of a record."""
    return {
        **ok(description, headers=RECORD_HEADERS),
        **NOT_MODIFIED,
        **problems(NOT_FOUND, NOT_ACCEPTABLE, WITHDRAWN),
        **RENAMED,
    }


def item_file_responses() -> Responses:
    """Return every response of a record as a file."""
    return {
        **ok("The file.", content=file_content("record"), headers=FILE_HEADERS),
        **PARTIAL_CONTENT,
        **NOT_MODIFIED,
        **problems(NOT_FOUND, WITHDRAWN, RANGE_NOT_SATISFIABLE),
        **RENAMED,
    }


def document_responses(
    description: str,
    *kinds: ProblemKind,
    content: Mapping[str, OpenAPIObject] | None = None,
) -> Responses:
    """Return every response of a document without records; `kinds` are its own problems."""
    return {**ok(description, content=content), **NOT_MODIFIED, **problems(*kinds)}
