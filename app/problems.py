"""Everything that can go wrong, as values.

    Problem          what a client is told, rendered as RFC 9457 problem+json by web/problems.py
    OperatorError    what the person at the command line is told: one line, exit code 2

A kind of problem is one row of KINDS; its slug is its address (`/problems/{slug}`), for good.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class QueryError:
    """One mistake in a query.

    `value` is what was sent (null: nothing was); `nearest` the known name or value most like it, or null.
    """

    parameter: str
    value: str | None
    detail: str
    nearest: str | None = None


@dataclass(frozen=True, kw_only=True)
class Example:
    """A request that meets with a kind of problem, and what it is told."""

    request: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)
    errors: tuple[QueryError, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProblemKind:
    """A row of the table of problems: what stays the same each time the problem occurs."""

    slug: str
    status: int
    title: str
    explanation: str
    example: Example


def _kind(slug: str, status: int, title: str, explanation: str, example: Example) -> ProblemKind:
    return ProblemKind(
        slug=slug, status=status, title=title, explanation=explanation, example=example
    )


INVALID_QUERY = _kind(
    "invalid-query",
    422,
    "The query is not understood",
    "A parameter is unknown, repeated, empty or has a value that is not accepted. Nothing is ever ignored: a mistyped"
    " filter would otherwise answer with records that were not asked for. `errors` names each parameter, its value, what"
    " is accepted and, where there is one, the nearest known name.",
    Example(
        request="GET /v1/figures?qualifier=ovr",
        detail="“qualifier=ovr” is not accepted: one of none_stated, over, at_least, under, nearly, at_most, about, between,"
        " unquantified. Did you mean “over”?",
        errors=(
            QueryError(
                parameter="qualifier",
                value="ovr",
                detail="is not accepted: one of none_stated, over, at_least, under, nearly, at_most, about, between,"
                " unquantified",
                nearest="over",
            ),
        ),
    ),
)
URI_TOO_LONG = _kind(
    "uri-too-long",
    414,
    "The address is too long",
    "The query has more bytes than the server reads. Name fewer values, or ask in several requests.",
    Example(
        request="GET /v1/figures?id=a,a,…",
        detail="The query has 20000 bytes; at most 16384 are read. Ask in several requests.",
    ),
)
INVALID_CURSOR = _kind(
    "invalid-cursor",
    422,
    "The cursor does not belong to this query",
    "A cursor continues exactly the list that it came from: the same filters and the same sort. Follow `links.next` as"
    " it is, or leave `cursor` out to begin again.",
    Example(
        request="GET /v1/figures?cursor=abc",
        detail="The cursor is not a cursor that this server made.",
        errors=(
            QueryError(
                parameter="cursor", value="abc", detail="is not a cursor that this server made"
            ),
        ),
    ),
)
CURSOR_EXPIRED = _kind(
    "cursor-expired",
    410,
    "The data has changed since this cursor was made",
    "A cursor is bound to one version of the dataset, so that no list mixes two. `first` is the link to the first page"
    " of the same list in the present version.",
    Example(
        request="GET /v1/figures?cursor=…",
        detail="The cursor was made for dataset 0d1f9a2b3c4d5e6f; the present one is 7a6b5c4d3e2f1a0b. Begin again at the first"
        " page.",
        extra={"first": "/v1/figures"},
    ),
)
WITHDRAWN = _kind(
    "withdrawn",
    410,
    "This record is not served any more",
    "The record was served, and is not any more. Its id is never used again, and what it said can still be read:"
    " `last_revision` is the link to its last revision, which stays; `reason` says why it is gone, where anybody said. A record"
    " that was given another id is not withdrawn: its old address leads to the new one (308).",
    Example(
        request="GET /v1/figures/…",
        detail="The figure “…” was withdrawn in dataset 7a6b5c4d3e2f1a0b. What it said last is its revision 2. Reason: The number"
        " was read from another paragraph.",
        extra={
            "reason": "The number was read from another paragraph.",
            "last_revision": "/v1/figures/…/revisions/2",
        },
    ),
)
NOT_FOUND = _kind(
    "not-found",
    404,
    "There is nothing at this address",
    "No record or page has this address. Ids are lower-case slugs and never change; `detail` names near ones.",
    Example(
        request="GET /v1/actors/Iran",
        detail="“Iran” is not an id: ids are lower-case words joined by hyphens. All ids are listed at /v1/actors.",
    ),
)
NOT_ACCEPTABLE = _kind(
    "not-acceptable",
    406,
    "None of the formats that are accepted is offered here",
    "`Accept` names only media types that this address does not have. `detail` lists those that it has; `format=` asks for"
    " one by its name, whatever `Accept` says.",
    Example(
        request="GET /v1/figures",
        headers={"Accept": "image/png"},
        detail="Accept names none of the formats that are offered here: json, csv, ndjson, jsonld, atom, html. Ask for one of them by"
        " its media type, or by format=….",
    ),
)
NOT_IMPLEMENTED = _kind(
    "not-implemented",
    501,
    "This format is not made here",
    "An oEmbed consumer asked for a format that is not made: the standard has JSON and XML, and here there is JSON. Leave `format`"
    " out, or write `format=json`.",
    Example(
        request="GET /oembed?url=/v1/figures/…&format=xml",
        detail="oEmbed is answered in JSON, not in “xml”: leave format out, or write format=json.",
    ),
)
METHOD_NOT_ALLOWED = _kind(
    "method-not-allowed",
    405,
    "This method is not allowed here",
    "The API is read-only: every address answers GET, HEAD and OPTIONS, and `Allow` says so.",
    Example(
        request="POST /v1/figures",
        detail="POST is not allowed at /v1/figures: On Record is read-only; use GET.",
    ),
)
FORBIDDEN = _kind(
    "forbidden",
    403,
    "Pages of this origin may not ask here",
    "`/mcp` is for agents. A page in a browser may ask it where the operator has named its origin (`ONRECORD_MCP_ORIGINS`); all other"
    " addresses answer every page.",
    Example(
        request="POST /mcp",
        headers={"Content-Type": "application/json", "Origin": "https://elsewhere.example"},
        detail="MCP is answered to pages of known origins alone, not to this one: the operator names it in ONRECORD_MCP_ORIGINS.",
    ),
)
MISDIRECTED = _kind(
    "misdirected-request",
    421,
    "The server does not answer under this name",
    "`/mcp` is answered under the names that the operator has given (`ONRECORD_PUBLIC_URL`, `ONRECORD_MCP_HOSTS`) and on the machine"
    " itself, so that no page can have a browser ask it under another name.",
    Example(
        request="POST /mcp",
        headers={"Content-Type": "application/json", "Host": "elsewhere.example"},
        detail="MCP is answered under known host names alone, not under this one: the operator names it in ONRECORD_MCP_HOSTS.",
    ),
)
CONTENT_TOO_LARGE = _kind(
    "content-too-large",
    413,
    "The message is too long",
    "A message to `/mcp` has more bytes than any question needs: ask for less at once.",
    Example(
        request="POST /mcp",
        headers={"Content-Length": "70000"},
        detail="A message may have 65536 bytes.",
    ),
)
BAD_REQUEST = _kind(
    "bad-request",
    400,
    "The request is not understood",
    "The request breaks the rules of HTTP, so that nothing behind the server has seen it; `detail` says where.",
    Example(
        request="GET /v1/figures?unit=ü",
        detail="Invalid HTTP request received. The request line, with its query, may have 64 KiB, and bytes beyond ASCII are"
        " written %XX.",
    ),
)
TOO_SLOW = _kind(
    "query-timeout",
    503,
    "The query took too long",
    "A query that runs longer than the server's limit is stopped. Narrow the filters, or try again after `Retry-After`.",
    Example(
        request="GET /v1/search?q=the",
        detail="The query was stopped after 2 seconds; narrow it with a filter or a smaller limit.",
    ),
)
NOT_READY = _kind(
    "not-ready",
    503,
    "The data is not available",
    "The server runs, but its database cannot be read at the moment.",
    Example(request="GET /readyz", detail="The database cannot be read."),
)
INTERNAL_ERROR = _kind(
    "internal-error",
    500,
    "Something went wrong on the server",
    "The fault is ours. It has been logged; nothing about it is disclosed here.",
    Example(
        request="GET /v1/figures",
        detail="The server failed to answer; nothing is wrong with the request.",
    ),
)

KINDS: dict[str, ProblemKind] = {
    kind.slug: kind
    for kind in (
        INVALID_QUERY,
        URI_TOO_LONG,
        INVALID_CURSOR,
        CURSOR_EXPIRED,
        WITHDRAWN,
        NOT_FOUND,
        NOT_ACCEPTABLE,
        NOT_IMPLEMENTED,
        METHOD_NOT_ALLOWED,
        FORBIDDEN,
        MISDIRECTED,
        CONTENT_TOO_LARGE,
        BAD_REQUEST,
        TOO_SLOW,
        NOT_READY,
        INTERNAL_ERROR,
    )
}


@dataclass
class Problem(Exception):
    """Why a request is not answered. `extra` holds the extension members that one kind adds (RFC 9457, 3.2); `near` are
    addresses that may have been meant, each with its name, for pages.
    """

    kind: ProblemKind
    detail: str
    errors: tuple[QueryError, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    near: tuple[tuple[str, str], ...] = ()
