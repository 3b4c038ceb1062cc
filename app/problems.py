"""The problems that a response can report (RFC 9457).

Each kind is an entry of KINDS. The URL of its documentation, `/problems/{slug}`, is permanent.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class QueryError:
    """One mistake in a query.

    `value` is the value in the request, None if the parameter was absent. `nearest` is the most
    similar known name or value, None if there is no similar one.
    """

    parameter: str
    value: str | None
    detail: str
    nearest: str | None = None


@dataclass(frozen=True, kw_only=True)
class Example:
    """A request that causes a problem, with the members of the response that vary."""

    request: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)
    errors: tuple[QueryError, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProblemKind:
    """A kind of problem: the members that are the same in every response that reports it."""

    slug: str
    status: int
    title: str
    explanation: str
    example: Example


INVALID_QUERY = ProblemKind(
    slug="invalid-query",
    status=422,
    title="The query is not understood",
    explanation="A parameter is unknown, repeated, empty or has a value that is not accepted."
    " Nothing is ever ignored: a mistyped filter would otherwise answer with records that were not"
    " asked for. `errors` names each parameter, its value, what is accepted and, where there is"
    " one, the nearest known name.",
    example=Example(
        request="GET /v1/figures?qualifier=ovr",
        detail="“qualifier=ovr” is not accepted: one of none_stated, over, at_least, under, nearly,"
        " at_most, about, between, unquantified. Did you mean “over”?",
        errors=(
            QueryError(
                parameter="qualifier",
                value="ovr",
                detail="is not accepted: one of none_stated, over, at_least, under, nearly,"
                " at_most, about, between, unquantified",
                nearest="over",
            ),
        ),
    ),
)
URI_TOO_LONG = ProblemKind(
    slug="uri-too-long",
    status=414,
    title="The address is too long",
    explanation="The query has more bytes than the server reads. Name fewer values, or ask in"
    " several requests.",
    example=Example(
        request="GET /v1/figures?id=a,a,…",
        detail="The query has 20000 bytes; at most 16384 are read. Ask in several requests.",
    ),
)
INVALID_CURSOR = ProblemKind(
    slug="invalid-cursor",
    status=422,
    title="The cursor does not belong to this query",
    explanation="A cursor continues exactly the list that it came from: the same filters and the"
    " same sort. Follow `links.next` as it is, or leave `cursor` out to begin again.",
    example=Example(
        request="GET /v1/figures?cursor=abc",
        detail="The cursor is not a cursor that this server made.",
        errors=(
            QueryError(
                parameter="cursor", value="abc", detail="is not a cursor that this server made"
            ),
        ),
    ),
)
CURSOR_EXPIRED = ProblemKind(
    slug="cursor-expired",
    status=410,
    title="The data has changed since this cursor was made",
    explanation="A cursor is bound to one version of the dataset, so that no list mixes two."
    " `first` is the link to the first page of the same list in the present version.",
    example=Example(
        request="GET /v1/figures?cursor=…",
        detail="The cursor was made for dataset 0d1f9a2b3c4d5e6f; the present one is"
        " 7a6b5c4d3e2f1a0b. Begin again at the first page.",
        extra={"first": "/v1/figures"},
    ),
)
WITHDRAWN = ProblemKind(
    slug="withdrawn",
    status=410,
    title="This record is not served any more",
    explanation="The record was served, and is not any more. Its id is never used again, and what"
    " it said can still be read: `last_revision` is the link to its last revision, which stays;"
    " `reason` says why it is gone, where anybody said. A record that was given another id is not"
    " withdrawn: its old address leads to the new one (308).",
    example=Example(
        request="GET /v1/figures/…",
        detail="The figure “…” was withdrawn in dataset 7a6b5c4d3e2f1a0b. What it said last is its"
        " revision 2. Reason: The number was read from another paragraph.",
        extra={
            "reason": "The number was read from another paragraph.",
            "last_revision": "/v1/figures/…/revisions/2",
        },
    ),
)
NOT_FOUND = ProblemKind(
    slug="not-found",
    status=404,
    title="There is nothing at this address",
    explanation="No record or page has this address. Ids are lower-case slugs and never change;"
    " `detail` names near ones.",
    example=Example(
        request="GET /v1/actors/Iran",
        detail="“Iran” is not an id: ids are lower-case words joined by hyphens. All ids are listed"
        " at /v1/actors.",
    ),
)
RANGE_NOT_SATISFIABLE = ProblemKind(
    slug="range-not-satisfiable",
    status=416,
    title="The file has no such bytes",
    explanation="`Range` begins behind the end of the file. `Content-Range` says how long it is.",
    example=Example(
        request="GET /v1/figures.csv",
        detail="Ask for bytes before 4096: the file has 4096 bytes.",
        headers={"Range": "bytes=5000-"},
    ),
)
NOT_ACCEPTABLE = ProblemKind(
    slug="not-acceptable",
    status=406,
    title="None of the formats that are accepted is offered here",
    explanation="`Accept` names only media types that this address does not have. `detail` lists"
    " those that it has; `format=` asks for one by its name, whatever `Accept` says.",
    example=Example(
        request="GET /v1/figures",
        headers={"Accept": "image/png"},
        detail="Accept names none of the formats that are offered here: json, csv, ndjson, jsonld,"
        " atom, html. Ask for one of them by its media type, or by format=….",
    ),
)
NOT_IMPLEMENTED = ProblemKind(
    slug="not-implemented",
    status=501,
    title="This format is not made here",
    explanation="An oEmbed consumer asked for a format that is not made: the standard has JSON and"
    " XML, and here there is JSON. Leave `format` out, or write `format=json`.",
    example=Example(
        request="GET /oembed?url=/v1/figures/…&format=xml",
        detail="oEmbed is answered in JSON, not in “xml”: leave format out, or write format=json.",
    ),
)
METHOD_NOT_ALLOWED = ProblemKind(
    slug="method-not-allowed",
    status=405,
    title="This method is not allowed here",
    explanation="The API is read-only: every address answers GET, HEAD and OPTIONS, and `Allow`"
    " says so.",
    example=Example(
        request="POST /v1/figures",
        detail="Use GET: On Record is read-only, and POST is not allowed at /v1/figures.",
    ),
)
FORBIDDEN = ProblemKind(
    slug="forbidden",
    status=403,
    title="Pages of this origin may not ask here",
    explanation="`/mcp` is for agents. A page in a browser may ask it where the operator has named"
    " its origin (`ONRECORD_MCP_ORIGINS`); all other addresses answer every page.",
    example=Example(
        request="POST /mcp",
        headers={"Content-Type": "application/json", "Origin": "https://elsewhere.example"},
        detail="MCP is answered to pages of known origins alone, not to this one: the operator"
        " names it in ONRECORD_MCP_ORIGINS.",
    ),
)
MISDIRECTED = ProblemKind(
    slug="misdirected-request",
    status=421,
    title="The server does not answer under this name",
    explanation="`/mcp` is answered under the names that the operator has given"
    " (`ONRECORD_PUBLIC_URL`, `ONRECORD_MCP_HOSTS`) and on the machine itself, so that no page can"
    " have a browser ask it under another name.",
    example=Example(
        request="POST /mcp",
        headers={"Content-Type": "application/json", "Host": "elsewhere.example"},
        detail="MCP is answered under known host names alone, not under this one: the operator"
        " names it in ONRECORD_MCP_HOSTS.",
    ),
)
CONTENT_TOO_LARGE = ProblemKind(
    slug="content-too-large",
    status=413,
    title="The message is too long",
    explanation="A message to `/mcp` has more bytes than any question needs: ask for less at once.",
    example=Example(
        request="POST /mcp",
        headers={"Content-Length": "70000"},
        detail="A message may have 65536 bytes.",
    ),
)
RANGE_NOT_SATISFIABLE = ProblemKind(
    slug="range-not-satisfiable",
    status=416,
    title="The content has no such range",
    explanation="`Range` asks for bytes beyond the end of the content. `Content-Range` has its"
    " length; without `Range` the response is the whole.",
    example=Example(
        request="GET /v1/figures",
        headers={"Accept": "text/csv", "Range": "bytes=100000000000-"},
        detail="Use a range that begins before the end of the content: Content-Range says where"
        " that is.",
    ),
)
BAD_REQUEST = ProblemKind(
    slug="bad-request",
    status=400,
    title="The request is not understood",
    explanation="The request breaks the rules of HTTP, so that nothing behind the server has seen"
    " it; `detail` says where.",
    example=Example(
        request="GET /v1/figures?unit=ü",
        detail="Invalid HTTP request received. The request line, with its query, may have 64 KiB,"
        " and bytes beyond ASCII are written %XX.",
    ),
)
TOO_SLOW = ProblemKind(
    slug="query-timeout",
    status=503,
    title="The query took too long",
    explanation="A query that runs longer than the server's limit is stopped. Narrow the filters,"
    " or try again after `Retry-After`.",
    example=Example(
        request="GET /v1/search?q=the",
        detail="The query was stopped after 2 seconds; narrow it with a filter or a smaller limit.",
    ),
)
NOT_READY = ProblemKind(
    slug="not-ready",
    status=503,
    title="The data is not available",
    explanation="The server runs, but its database cannot be read at the moment.",
    example=Example(request="GET /readyz", detail="The database cannot be read."),
)
INTERNAL_ERROR = ProblemKind(
    slug="internal-error",
    status=500,
    title="Something went wrong on the server",
    explanation="The fault is ours. It has been logged; nothing about it is disclosed here.",
    example=Example(
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
        RANGE_NOT_SATISFIABLE,
        BAD_REQUEST,
        TOO_SLOW,
        NOT_READY,
        INTERNAL_ERROR,
    )
}


class Problem(Exception):
    """A request that cannot be served. Exception handlers render it as RFC 9457 problem+json.

    `extra` holds the extension members of the kind (RFC 9457, 3.2), `links` those that are paths
    without any prefix; `near` the paths of similar records, each with its label, which pages offer
    as links.
    """

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        errors: tuple[QueryError, ...] = (),
        extra: dict[str, Any] | None = None,
        links: dict[str, str | None] | None = None,
        headers: dict[str, str] | None = None,
        near: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.extra = extra or {}
        self.links = links or {}
        self.headers = headers or {}
        self.near = near
