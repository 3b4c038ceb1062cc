"""The tools and resources of the Model Context Protocol server.

A tool sends a request to the application, in process, so that the grammar of arguments, error
messages and caching are those of the HTTP API. Results use the short forms of `app.mcp.brief`.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import mcp_types as types
import orjson
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from starlette.types import ASGIApp, Scope

from app import __version__
from app.api.in_process import client_of
from app.mcp.brief import brief
from app.query.suggestions import nearest
from app.query.values import echo
from app.resources import RESOURCES
from app.resources.declarations import DateRange, Filter, Parameter
from app.resources.lists import SEARCH
from app.vocabulary import CitationStyle, codes

INSTRUCTIONS = (
    "On Record holds what news reports say, as records with the exact words of their source:"
    " events, statements, figures, series of figures, actors, places, sources. A record means"
    ' "source S states X", never that X is true. Whenever you pass on a number, keep its'
    ' qualifier ("over", "at least": see as_written), its as_of date with its basis, whom it comes'
    ' from (attribution.origin: "stated" is the speakers, "publisher" the source itself,'
    ' "none_named" nobody whom it names: add no name; "ambiguous": never say that the speaker'
    " said it), its source, and its caveats and corrections."
    ' A date\'s basis "publication_date" means that the count may be older. Do not add numbers'
    " of different series or sources up, and pick no winner where they disagree."
    " Quote only from evidence. What is left out of a record, its source does not say: say so"
    " instead of filling it in. Dates are EDTF: a/b is throughout, a/.. goes on, of a/ and /b"
    " an end is not known, [a..b] is some day within."
    " Begin with search; use cite for what you refer to."
)

_RESOURCE_TYPES = list(RESOURCES)
_STYLES: tuple[CitationStyle, ...] = codes(CitationStyle)
_URI = re.compile(r"onrecord://([a-z]+)/([^/?#]+)")


@dataclass(frozen=True)
class Reply:
    """A response of the application."""

    status: int
    media_type: str
    body: bytes

    @property
    def document(self) -> Any:
        return orjson.loads(self.body)


Fetch = Callable[[str], Awaitable[Reply]]
"""Requests a path with its query from the application."""


def fetcher(app: ASGIApp, scope: Scope) -> Fetch:
    """A function that requests paths of `app`, under the prefix and host of `scope`."""

    async def fetch(path: str) -> Reply:
        async with client_of(app, scope) as client:
            response = await client.get(f"{scope.get('root_path', '')}{path}")
        media_type = response.headers.get("content-type", "")
        return Reply(response.status_code, media_type, response.content)

    return fetch


class Mistake(Exception):
    """An error that the caller can correct; the message is for the caller."""


# ----------------------------------------------------------------------------------------------
# Tools


@dataclass(frozen=True)
class Tool:
    """A tool. `run` takes arguments without unknown names and with all `required` ones.

    All arguments but `filters` are texts.
    """

    name: str
    description: str
    arguments: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    run: Callable[[Fetch, Mapping[str, Any]], Awaitable[dict[str, Any]]]
    returns: Mapping[str, Mapping[str, Any]]

    def declared(self) -> types.Tool:
        return types.Tool(
            name=self.name,
            description=self.description,
            input_schema=_object(self.arguments, self.required),
            output_schema={"type": "object", "properties": self.returns},
            annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )


def _object(properties: Mapping[str, Any], needed: tuple[str, ...]) -> dict[str, Any]:
    required = {"required": list(needed)} if needed else {}
    return {
        "type": "object",
        "properties": dict(properties),
        **required,
        "additionalProperties": False,
    }


async def _search(fetch: Fetch, arguments: Mapping[str, Any]) -> dict[str, Any]:
    page = await _fetch_document(fetch, SEARCH.path, {"limit": "5", **arguments})
    hits = [
        {"resource": hit["resource"], **brief(_without_url(hit["record"]))} for hit in page["data"]
    ]
    return _listed(page, hits)


async def _get(fetch: Fetch, arguments: Mapping[str, Any]) -> dict[str, Any]:
    known_at = {"known_at": arguments["known_at"]} if "known_at" in arguments else {}
    item = await _fetch_document(fetch, _address(arguments["resource"], arguments["id"]), known_at)
    return {
        "record": brief(_without_url(item["data"])),
        "dataset_version": item["dataset"]["version"],
    }


async def _list(fetch: Fetch, arguments: Mapping[str, Any]) -> dict[str, Any]:
    options = {
        name: value for name, value in arguments.items() if name not in ("resource", "filters")
    }
    resource = RESOURCES[arguments["resource"]]
    filters = {
        name: _text(name, value)
        for name, value in arguments.get("filters", {}).items()
        if value is not None
    }
    for name in filters:
        if name in TOOLS["list"].arguments:
            raise Mistake(f"Write “{name}” beside “filters”, not in it.")
        if name in _NO_FILTERS:
            raise Mistake(f"Leave “{name}” out: it is no filter; describe tells those there are.")
    page = await _fetch_document(fetch, resource.path, {"limit": "10", **filters, **options})
    return _listed(page, [brief(_without_url(record)) for record in page["data"]])


async def _series(fetch: Fetch, arguments: Mapping[str, Any]) -> dict[str, Any]:
    known_at = {"known_at": arguments["known_at"]} if "known_at" in arguments else {}
    item = await _fetch_document(fetch, _address("series", arguments["series"]), known_at)
    as_of = {"as_of": arguments["as_of"]} if "as_of" in arguments else {}
    page = await _fetch_document(
        fetch,
        RESOURCES["figure"].path,
        {"series": arguments["series"], **as_of, "latest": "true", "limit": "10", **known_at},
    )
    series = {
        name: value
        for name, value in brief(_without_url(item["data"])).items()
        if name not in ("points", "evidence")
    }
    return {
        "record": series,
        **_listed(page, [brief(_without_url(record)) for record in page["data"]]),
    }


async def _cite(fetch: Fetch, arguments: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {
        name: value for name, value in arguments.items() if name not in ("resource", "id")
    }
    reply = await fetch(
        _path_with_query(
            f"{_address(arguments['resource'], arguments['id'])}/citation",
            {"style": "sentence", **parameters},
        )
    )
    return {"citation": _checked(reply).body.decode().strip()}


def _values_of(parameter: Parameter) -> str:
    """What a filter takes: the codes of its vocabulary, a window of dates, or an example."""
    criterion = parameter.criterion
    if isinstance(criterion, DateRange):
        alone = " (a date alone: up to it)" if criterion.up_to else ""
        return f"window{alone}, e.g. {parameter.example}"
    if not isinstance(criterion, Filter):
        return f"e.g. {parameter.example}"
    value_type = criterion.value_type
    if value_type.vocabulary_path is not None:
        return f"a code of {value_type.vocabulary_path}, e.g. {parameter.example}"
    return " | ".join(value_type.choices) or f"e.g. {parameter.example}"


async def _describe(_: Fetch, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The filters and sorts of a resource type, from its declaration."""
    resource = RESOURCES[arguments["resource"]]
    filters = {
        item.name: _values_of(item) for item in resource.parameters if item.name not in _NO_FILTERS
    }
    return {
        "resource": resource.type,
        "description": resource.description,
        "filters": filters,
        "grammar": (
            "a,b or a list: any of them; !a: not a. Window: a year, month or day, a/b, a/.., ../b."
            " Further filters: missing, present: names of filters without, with a value; match_all:"
            " names of filters whose values must all match."
        ),
        "missing": list(resource.nullable),
        "match_all": list(resource.multiple),
        "sort": [sort.name for sort in resource.sorts],
    }


_NO_FILTERS = frozenset(("fields", "include", "facets", "format", "total", "updated_after"))
"""Parameters of lists that would change the form of the result."""

_RESOURCE_TYPE = {"type": "string", "enum": _RESOURCE_TYPES}
_ID = {"type": "string", "description": "Id, e.g. gaza-strip"}
_KNOWN_AT = {"type": "string", "description": "What was recorded by this day or dataset"}
_MAX_RECORDS = 50
"""Records of a result; each has hundreds of tokens."""
_LIMIT = {"type": "integer", "minimum": 1, "maximum": _MAX_RECORDS}
_CURSOR = {"type": "string", "description": "next_cursor of the page before"}
_NAMES = {"type": "array", "items": {"type": "string"}}
_ANY_OF = {"anyOf": [{"type": "string"}, _NAMES]}
_PAGE: dict[str, dict[str, Any]] = {
    "records": {"type": "array", "items": {"type": "object"}},
    "total": {"type": "integer"},
    "sentence": {"type": "string"},
    "next_cursor": {"type": "string"},
    "dataset_version": {"type": "string"},
}

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "search",
            (
                'Full-text search over all records, best first. All words must occur; "…" is a'
                " phrase, word* a beginning."
            ),
            {
                "q": {"type": "string"},
                "resource": {**_ANY_OF, "description": "Any of these types, e.g. figure,event"},
                "limit": _LIMIT,
                "cursor": _CURSOR,
                "known_at": _KNOWN_AT,
            },
            ("q",),
            _search,
            _PAGE,
        ),
        Tool(
            "get",
            "One record with its evidence.",
            {"resource": _RESOURCE_TYPE, "id": _ID, "known_at": _KNOWN_AT},
            ("resource", "id"),
            _get,
            {"record": {"type": "object"}, "dataset_version": {"type": "string"}},
        ),
        Tool(
            "list",
            "Records of one resource type that match all filters, e.g. resource=figure,"
            " filters={place: gaza-strip, as_of: 2024-02-14, latest: true}; resource=event,"
            " filters={participant: [iran, qatar], match_all: participant, type: !meeting,"
            " date: 2023-10/..}. describe has the filters of a resource type, and their grammar.",
            {
                "resource": _RESOURCE_TYPE,
                "filters": {
                    "type": "object",
                    "description": "name: text, or a list of texts of which any matches",
                },
                "sort": {**_ANY_OF, "description": "e.g. -as_of"},
                "limit": _LIMIT,
                "cursor": _CURSOR,
                "known_at": _KNOWN_AT,
            },
            ("resource",),
            _list,
            _PAGE,
        ),
        Tool(
            "series_as_of",
            (
                "What was the number on a day? The newest figures of a series whose as-of is not"
                " later; all that tie or disagree."
            ),
            {
                "series": {"type": "string", "description": "Id of the series"},
                "as_of": {"type": "string", "description": "A day; left out: the newest"},
                "known_at": _KNOWN_AT,
            },
            ("series",),
            _series,
            {"record": {"type": "object"}, **_PAGE},
        ),
        Tool(
            "cite",
            "A citation of a record, with the permanent address of its revision.",
            {
                "resource": _RESOURCE_TYPE,
                "id": _ID,
                "style": {"type": "string", "enum": list(_STYLES)},
                "accessed": {"type": "string", "description": "Day of access, by default today"},
                "known_at": _KNOWN_AT,
            },
            ("resource", "id"),
            _cite,
            {"citation": {"type": "string"}},
        ),
        Tool(
            "describe",
            "Filters and sorts of a resource type, with the values that they take.",
            {"resource": _RESOURCE_TYPE},
            ("resource",),
            _describe,
            {
                "filters": {"type": "object"},
                "grammar": {"type": "string"},
                **dict.fromkeys(("missing", "match_all", "sort"), _NAMES),
            },
        ),
    )
}


# ----------------------------------------------------------------------------------------------
# Server


def server(fetch: Fetch) -> Server[Any]:
    """The MCP server. `fetch` requests paths of the application."""

    async def list_tools(_: Any, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[tool.declared() for tool in TOOLS.values()])

    async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            document = await call(fetch, params.name, params.arguments or {})
        except Mistake as mistake:
            return types.CallToolResult(
                content=[types.TextContent(text=str(mistake))], is_error=True
            )
        text = orjson.dumps(document).decode()
        return types.CallToolResult(
            content=[types.TextContent(text=text)], structured_content=document
        )

    async def list_resources(
        _: Any, __: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=[])

    async def list_templates(
        _: Any, __: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        described = [
            types.ResourceTemplate(
                name=resource.type,
                uri_template=f"onrecord://{resource.type}/{{id}}",
                description=resource.description,
                mime_type="application/json",
            )
            for resource in RESOURCES.values()
        ]
        return types.ListResourceTemplatesResult(resource_templates=described)

    async def read_resource(
        _: Any, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(params.uri)
        match = _URI.fullmatch(uri)
        if match is None or match[1] not in RESOURCES:
            raise MCPError(
                types.INVALID_PARAMS,
                f"Write onrecord://resource/id: “{uri[:200]}” is no record, and"
                f" {_accepted_types()}.",
            )
        try:
            document = await _get(fetch, {"resource": match[1], "id": match[2]})
        except Mistake as mistake:
            raise MCPError(types.INVALID_PARAMS, str(mistake)) from None
        text = orjson.dumps(document).decode()
        content = types.TextResourceContents(uri=uri, text=text, mime_type="application/json")
        return types.ReadResourceResult(contents=[content])

    return Server(
        "onrecord",
        version=__version__,
        title="On Record",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


async def call(fetch: Fetch, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Check the arguments and run a tool. Raises Mistake."""
    tool = TOOLS.get(name)
    if tool is None:
        raise Mistake(f"Use one of {', '.join(TOOLS)}: there is no tool “{name[:80]}”.")
    arguments = {key: value for key, value in arguments.items() if value is not None}
    for key in arguments:
        if key not in tool.arguments:
            raise _unknown_argument(tool, key)
    for key in tool.required:
        if key not in arguments:
            raise Mistake(f"Write “{key}”: {name} cannot do without it.")
    filters = arguments.get("filters", {})
    if not isinstance(filters, Mapping):
        raise Mistake("Write “filters” as an object of names and values: {“place”: “gaza-strip”}.")
    texts = {
        key: _text(key, value, is_single=tool.arguments[key].get("anyOf") is None)
        for key, value in arguments.items()
        if key != "filters"
    }
    limit = texts.get("limit", "")
    if limit.isdecimal() and int(limit) > _MAX_RECORDS:
        raise Mistake(
            f"Use a limit of at most {_MAX_RECORDS}, and go on with cursor: “limit={limit}” is"
            " more than is told at once."
        )
    resource_type = texts.get("resource")
    if resource_type is not None and resource_type not in RESOURCES and name != "search":
        near = nearest(resource_type, _RESOURCE_TYPES)
        hint = "Use another one:" if near is None else f"Did you mean “{near}”?"
        raise Mistake(f"{hint} {echo(resource_type)} is no resource type; {_accepted_types()}.")
    return await tool.run(fetch, {**texts, "filters": filters} if filters else texts)


def _unknown_argument(tool: Tool, key: str) -> Mistake:
    near = nearest(key, list(tool.arguments))
    if near is not None:
        hint = f"Did you mean “{near}”?"
    elif "filters" in tool.arguments:
        hint = f"Write filters={{“{key[:80]}”: …}}, if it is a filter."
    else:
        hint = "Leave it out."
    return Mistake(
        f"{hint} {echo(key)} is no argument of {tool.name}; it takes {', '.join(tool.arguments)}."
    )


def _accepted_types() -> str:
    return f"there are {', '.join(_RESOURCE_TYPES)}"


async def _fetch_document(fetch: Fetch, path: str, parameters: Mapping[str, str]) -> Any:
    return _checked(await fetch(_path_with_query(path, parameters))).document


def _path_with_query(path: str, parameters: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(parameters, quote_via=quote)}" if parameters else path


def _text(name: str, value: Any, *, is_single: bool = False) -> str:
    """A value in the grammar of queries; a list means any of its values."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # JSON Schema counts 2.0 among the integers.
    if isinstance(value, str | int | float):
        return str(value)
    if is_single:
        raise Mistake(f"Write “{name}” as one value, not as a list or an object.")
    if isinstance(value, list):
        return ",".join(_text(name, item, is_single=True) for item in value)
    raise Mistake(f"Write {echo(name)} as a text or a list of texts.")


def _checked(reply: Reply) -> Reply:
    """Return the response. Raises Mistake with the text of its problem."""
    if reply.status == 308:
        withdrawal = reply.document["data"]
        raise Mistake(
            f"Use the id {withdrawal['renamed_to']}: the {withdrawal['resource']}"
            f" “{withdrawal['id']}” has it now."
        )
    if reply.status >= 400:
        problem = reply.document
        faults = [
            f"{fault['detail']} ({fault['parameter']})" if fault["parameter"] else fault["detail"]
            for fault in problem.get("errors", ())
        ]
        raise Mistake("\n".join(faults) or problem["detail"])
    return reply


def _listed(page: Mapping[str, Any], records: list[dict[str, Any]]) -> dict[str, Any]:
    following = page["links"]["next"]
    next_page = {"next_cursor": following.rpartition("cursor=")[2]} if following else {}
    total = {"total": page["total"]} if page["total_exact"] else {"total_at_least": page["total"]}
    return {
        "sentence": page["query"]["sentence"],
        **total,
        "records": records,
        **next_page,
        "dataset_version": page["dataset"]["version"],
    }


def _address(resource_type: str, record_id: Any) -> str:
    return f"{RESOURCES[resource_type].path}/{quote(str(record_id), safe='')}"  # type: ignore[index]


def _without_url(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "url"}
