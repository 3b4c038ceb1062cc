"""The problems that a response can report (RFC 9457).

Each kind is an entry of KINDS. The URL of its documentation, `/problems/{slug}`, is permanent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class QueryError:
    """One mistake in a query.

    `received` is the value in the request, None if the parameter was absent. `nearest` is the most
    similar known name or value, None if there is no similar one.
    """

    parameter: str
    received: str | None
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
    explanation="A parameter is unknown, repeated, empty, or has a value that it does not take."
    " Nothing is ignored: a mistyped filter would return records that nobody asked for. `errors`"
    " has all mistakes of the query; each `detail` begins with how to fix it, and `nearest` is the"
    " known name or value that was probably meant.",
    example=Example(
        request="GET /v1/figures?qualifier=ovr",
        detail="Did you mean “over”? “ovr” is not accepted; it takes none_stated, over, at_least,"
        " under, nearly, at_most, about, between, unquantified.",
        errors=(
            QueryError(
                parameter="qualifier",
                received="ovr",
                detail="Did you mean “over”? “ovr” is not accepted; it takes none_stated, over,"
                " at_least, under, nearly, at_most, about, between, unquantified.",
                nearest="over",
            ),
        ),
    ),
)
URI_TOO_LONG = ProblemKind(
    slug="uri-too-long",
    status=414,
    title="The URL is too long",
    explanation="The query has more bytes than the server reads. Give fewer values, or ask in"
    " several requests.",
    example=Example(
        request="GET /v1/figures?id=a,a,…",
        detail="Ask in several requests: the query has 20000 bytes; at most 16384 are read.",
    ),
)
INVALID_CURSOR = ProblemKind(
    slug="invalid-cursor",
    status=422,
    title="The cursor does not belong to this query",
    explanation="A cursor continues the list that it was made for: the same filters and the same"
    " sort. Follow `links.next` as it is, or leave `cursor` out to begin again.",
    example=Example(
        request="GET /v1/figures?cursor=abc",
        detail="Follow links.next, or leave the cursor out: this server made no such cursor.",
        errors=(
            QueryError(
                parameter="cursor",
                received="abc",
                detail="Follow links.next, or leave the cursor out: this server made no such"
                " cursor.",
            ),
        ),
    ),
)
CURSOR_EXPIRED = ProblemKind(
    slug="cursor-expired",
    status=410,
    title="The data has changed since this cursor was made",
    explanation="A cursor is bound to one version of the dataset, so that no list mixes two."
    " `first` is the URL of the first page of the same list in the present version.",
    example=Example(
        request="GET /v1/figures?cursor=…",
        detail="Begin again at the first page: the cursor is of dataset 0d1f9a2b3c4d5e6f, and the"
        " present one is 7a6b5c4d3e2f1a0b.",
        extra={"first": "/v1/figures"},
    ),
)
WITHDRAWN = ProblemKind(
    slug="withdrawn",
    status=410,
    title="This record was withdrawn",
    explanation="The record was served once. Its id is never used again. `last_revision` is the URL"
    " of its last revision, which stays; `reason` says why it was withdrawn, if anybody did. A"
    " record with a new id is not withdrawn: its old URL redirects (308).",
    example=Example(
        request="GET /v1/figures/…",
        detail="Read its last revision, number 2: the figure “…” was withdrawn in dataset"
        " 7a6b5c4d3e2f1a0b. Reason: The number was read from another paragraph.",
        extra={
            "reason": "The number was read from another paragraph.",
            "last_revision": "/v1/figures/…/revisions/2",
        },
    ),
)
NOT_FOUND = ProblemKind(
    slug="not-found",
    status=404,
    title="There is nothing at this URL",
    explanation="No record and no page has this URL. Paths and ids are lower-case and have no slash"
    " at the end; the suffix of a path is a format. `detail` begins with the URL or id that was"
    " probably meant.",
    example=Example(
        request="GET /v1/figure",
        detail="Did you mean /v1/figures? There is nothing at /v1/figure.",
    ),
)
NOT_ACCEPTABLE = ProblemKind(
    slug="not-acceptable",
    status=406,
    title="None of the accepted formats is offered",
    explanation="`Accept` names only media types that this URL does not have. `detail` lists those"
    " that it has. A suffix (`/v1/figures.csv`) asks for a format whatever `Accept` says.",
    example=Example(
        request="GET /v1/figures",
        headers={"Accept": "image/png"},
        detail="Accept one of application/json, text/csv, application/x-ndjson,"
        " application/ld+json, application/atom+xml, text/html: Accept names none of these.",
    ),
)
NOT_IMPLEMENTED = ProblemKind(
    slug="not-implemented",
    status=501,
    title="This format is not offered",
    explanation="oEmbed has two formats, JSON and XML, and this server has JSON alone. Leave"
    " `format` out, or write `format=json`.",
    example=Example(
        request="GET /oembed?url=/v1/figures/…&format=xml",
        detail="Leave format out, or write format=json: oEmbed is answered in JSON, not in “xml”.",
    ),
)
METHOD_NOT_ALLOWED = ProblemKind(
    slug="method-not-allowed",
    status=405,
    title="This method is not allowed here",
    explanation="The API is read-only: every URL has GET, HEAD and OPTIONS (`/mcp` has POST), as"
    " `Allow` says.",
    example=Example(
        request="POST /v1/figures",
        detail="Use GET: On Record is read-only, and POST is not allowed at /v1/figures.",
    ),
)
FORBIDDEN = ProblemKind(
    slug="forbidden",
    status=403,
    title="Pages of this origin are not allowed",
    explanation="`/mcp` is for agents. A page in a browser may use it where the operator has named"
    " its origin (`ONRECORD_MCP_ORIGINS`). All other URLs are open to every page.",
    example=Example(
        request="POST /mcp",
        headers={"Content-Type": "application/json", "Origin": "https://elsewhere.example"},
        detail="Use a page whose origin the operator has named (ONRECORD_MCP_ORIGINS): MCP is not"
        " answered to this one.",
    ),
)
MISDIRECTED = ProblemKind(
    slug="misdirected-request",
    status=421,
    title="The server does not answer under this name",
    explanation="`/mcp` is served under the host names that the operator has given"
    " (`ONRECORD_PUBLIC_URL`, `ONRECORD_MCP_HOSTS`) and on the machine itself, so that no page can"
    " make a browser use it under another name.",
    example=Example(
        request="POST /mcp",
        headers={"Content-Type": "application/json", "Host": "elsewhere.example"},
        detail="Use a host name that the operator has named (ONRECORD_MCP_HOSTS): MCP is not"
        " answered under this one.",
    ),
)
CONTENT_TOO_LARGE = ProblemKind(
    slug="content-too-large",
    status=413,
    title="The message is too long",
    explanation="A message to `/mcp` has more bytes than any request needs. Ask for less at once.",
    example=Example(
        request="POST /mcp",
        headers={"Content-Length": "70000"},
        detail="Ask for less at once: a message may have 65536 bytes.",
    ),
)
RANGE_NOT_SATISFIABLE = ProblemKind(
    slug="range-not-satisfiable",
    status=416,
    title="The content has no such range",
    explanation="`Range` asks for bytes beyond the end of the content. `Content-Range` has its"
    " length; without `Range` the response is the whole.",
    example=Example(
        request="GET /v1/figures.csv",
        headers={"Range": "bytes=100000000000-"},
        detail="Use a range that begins before the end of the content: Content-Range says where"
        " that is.",
    ),
)
BAD_REQUEST = ProblemKind(
    slug="bad-request",
    status=400,
    title="The request is not understood",
    explanation="The request breaks the rules of HTTP, as one without a `Host` does; `detail` says"
    " where.",
    example=Example(
        request="GET /v1/figures",
        detail="Send the Host header once: the request has none.",
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
        detail="Narrow the query with a filter or a smaller limit: it was stopped after 2 seconds.",
    ),
)
NOT_READY = ProblemKind(
    slug="not-ready",
    status=503,
    title="The data is not available",
    explanation="The server runs, but its database cannot be read, or it has too much to do. Try"
    " again after `Retry-After`.",
    example=Example(request="GET /readyz", detail="Try again later: the database cannot be read."),
)
INTERNAL_ERROR = ProblemKind(
    slug="internal-error",
    status=500,
    title="Something went wrong on the server",
    explanation="The request is right; the server has a mistake, which it has logged.",
    example=Example(
        request="GET /v1/figures",
        detail="Try again later: the server failed, and nothing is wrong with the request.",
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


def invalid_query(errors: Sequence[QueryError]) -> Problem:
    """The problem of mistakes in a query: it begins with how to fix the first one."""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Problem(INVALID_QUERY, f"{errors[0].detail}{more}", tuple(errors))
