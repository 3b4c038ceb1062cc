"""What an agent gets is what the API answers, with everything that a number may not go without;
asked through the protocol's own client, over HTTP and over standard input and output.
"""

import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from app.mcp.brief import brief
from app.mcp.tools import INSTRUCTIONS, TOOLS, call, fetcher
from app.problems import KINDS, ProblemKind
from app.resources import RESOURCES
from tests.client import Api
from tests.conftest import ROOT
from tests.server import ONRECORD, environment, serving

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

FIGURE = "people-displaced-2031-05-04"
KILLED = "palestinians-killed-since-2023-10-07-at-2024-02-14"
SERIES = "people-displaced-by-flood"
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
HEADERS = {"Accept": "application/json, text/event-stream", "Host": "localhost:8000"}

Talk = Callable[[Callable[[Client], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def address(made_up_url: str) -> Iterator[str]:
    with serving(made_up_url, ONRECORD_MCP="true") as server:
        yield server


@pytest.fixture(scope="module", params=["http", "http before 2026", "stdio"])
def agent(
    request: pytest.FixtureRequest, backend: str, address: str, made_up_url: str
) -> Iterator[Talk]:
    """One connection for all that is said."""
    if request.param == "stdio":
        own = environment(ONRECORD_PUBLIC_URL="https://o.example")
        arguments = [*ONRECORD[1:], "mcp", "--database", made_up_url]
        client = Client(
            StdioServerParameters(command=ONRECORD[0], args=arguments, env=own, cwd=str(ROOT))
        )
    else:
        client = Client(f"{address}/mcp", mode="auto" if request.param == "http" else "legacy")
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(client) as connected:
        yield lambda said: portal.call(said, connected)


def result(agent: Talk, tool: str, **arguments: Any) -> Any:
    """The structured answer, which stands in the text as well."""
    answer = agent(lambda client: client.call_tool(tool, arguments))
    assert not answer.is_error, answer.content[0].text
    assert json.loads(answer.content[0].text) == answer.structured_content
    return answer.structured_content


def mistake(agent: Talk, tool: str, **arguments: Any) -> str:
    answer = agent(lambda client: client.call_tool(tool, arguments))
    assert answer.is_error
    return str(answer.content[0].text)


def told(api: Api, path: str) -> list[Any]:
    return [
        brief({k: v for k, v in record.items() if k != "url"}) for record in api.json(path)["data"]
    ]


# ----------------------------------------------------------------------------------------------
# the tools


def test_the_tools_are_few_and_read_only(agent: Talk) -> None:
    tools = agent(lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == [
        "search",
        "get",
        "list",
        "series_as_of",
        "cite",
        "describe",
    ]
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False


def test_the_instructions_name_what_may_not_be_dropped(agent: Talk) -> None:
    async def asked(client: Client) -> Any:
        return client.instructions

    said = agent(asked)
    assert said == INSTRUCTIONS
    for word in ("qualifier", "as_of", "origin", "source", "caveats", "corrections"):
        assert word in said


def test_answers_are_those_of_the_api(agent: Talk, api: Api) -> None:
    assert result(agent, "list", resource="figure", limit=50)["records"] == told(api, "/v1/figures")
    for qualifier in (["over", "at_most"], "over,at_most"):
        filters = {"qualifier": qualifier, "latest": True}
        filtered = result(agent, "list", resource="figure", filters=filters)
        assert filtered["records"] == told(api, "/v1/figures?qualifier=over,at_most&latest=true")
    assert filtered["total"] == len(filtered["records"])
    one = result(agent, "get", resource="figure", id=FIGURE)["record"]
    assert one in filtered["records"]
    found = result(agent, "search", q="flood", limit=3)
    assert [hit["id"] for hit in found["records"]] == [
        hit["record"]["id"] for hit in api.json("/v1/search?q=flood&limit=3")["data"]
    ]
    assert found["dataset_version"] == api.snapshot.dataset.version


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ({"qualifier": ["over", "!at_most"]}, "qualifier=over,!at_most"),
        ({"qualifier": "!over"}, "qualifier=!over"),
        ({"missing": ["event", "place"]}, "missing=event,place"),
        ({"present": "event"}, "present=event"),
        ({"as_of": "2031-05-04/.."}, "as_of=2031-05-04/.."),
        ({"value_min": 1250.0}, "value_min=1250"),
        ({"value_min": 0.5, "unit": None}, "value_min=0.5"),
    ],
)
def test_filters_have_the_grammar_of_queries(
    agent: Talk, api: Api, filters: Any, query: str
) -> None:
    page = result(agent, "list", resource="figure", filters=filters)
    assert page["records"] == told(api, f"/v1/figures?{query}")


def test_numbers_may_have_a_fraction_of_zero(agent: Talk) -> None:
    assert len(result(agent, "list", resource="figure", limit=2.0)["records"]) == 2


def test_search_takes_several_types(agent: Talk) -> None:
    for types in (["event", "figure"], "event,figure"):
        found = result(agent, "search", q="flood", resource=types)["records"]
        assert {hit["resource"] for hit in found} <= {"event", "figure"}


def test_a_list_continues_at_its_cursor(agent: Talk, api: Api) -> None:
    ids: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = result(agent, "list", resource="actor", limit=4, sort="-title", **more)
        ids += [record["id"] for record in page["records"]]
        if "next_cursor" not in page:
            break
        more = {"cursor": page["next_cursor"]}
    assert ids == [record["id"] for record in api.all("/v1/actors?sort=-title")]


def test_a_series_as_of_a_day_shows_all_that_tie(agent: Talk, api: Api) -> None:
    answer = result(agent, "series_as_of", series=SERIES, as_of="2031-05-05")
    assert answer["records"] == told(
        api, f"/v1/figures?series={SERIES}&as_of=2031-05-05&latest=true"
    )
    assert len(answer["records"]) == 2
    assert answer["record"]["disagreements"]
    assert answer["record"]["definition"]
    assert result(agent, "series_as_of", series=SERIES, as_of="2031-05-01")["records"] == []


def test_a_citation_leads_to_the_revision(agent: Talk) -> None:
    said = result(agent, "cite", resource="figure", id=FIGURE)["citation"]
    assert "“more than 1,250” (over · more than" in said
    assert re.search(rf"<https?://[^/]+/v1/figures/{FIGURE}/revisions/1>", said)
    assert result(agent, "cite", resource="figure", id=FIGURE, style="bibtex")[
        "citation"
    ].startswith("@misc{")


def test_filters_are_described_with_their_values(agent: Talk) -> None:
    said = result(agent, "describe", resource="figure")
    assert "at_least" in said["filters"]["qualifier"]
    assert said["filters"]["as_of"].startswith("window (a date alone: up to it), e.g. ")
    assert {"place", "event"} <= {*said["missing"]}
    assert "place" in said["match_all"]
    assert "-as_of".removeprefix("-") in said["sort"]


def test_short_records_keep_the_context_of_numbers(many_api: Api) -> None:
    for resource in RESOURCES.values():
        for record in many_api.all(f"{resource.path}?limit=500"):
            said = brief(record)
            for name in (
                "qualifier",
                "as_written",
                "unit",
                "source",
                "caveats",
                "corrections",
                "title",
            ):
                assert said.get(name) == (record.get(name) or None)
            if "as_of" in record:
                assert said["as_of"]["edtf"] == record["as_of"]["edtf"]
                assert said["as_of"]["basis"] == record["as_of"]["basis"]
            if "attribution" in record:
                assert said["attribution"]["origin"] == record["attribution"]["origin"]
            if record.get("source"):
                names = ("exact", "first_words", "last_words", "start", "end")
                assert said["evidence"] == [
                    {name: item[name] for name in names if name in item}
                    for item in record["evidence"]
                ]


def test_shortened_lists_count_what_is_left_out() -> None:
    quote = {"source": "a", "exact": "x", "start": 0, "end": 1}
    actor = {"id": "a", "evidence": [quote] * 25, "names_as_written": [{"as_written": "x"}] * 3}
    assert brief(actor)["left_out"] == {"evidence": 15}
    assert len(brief({**actor, "source": "a"})["evidence"]) == 25


# ----------------------------------------------------------------------------------------------
# mistakes


@pytest.mark.parametrize(
    ("tool", "arguments", "beginning"),
    [
        (
            "list",
            {"resource": "figure", "filters": {"qualifer": "over"}},
            "Did you mean “qualifier”?",
        ),
        ("list", {"resource": "figure", "filters": {"qualifier": "ovr"}}, "Did you mean “over”?"),
        ("list", {"resource": "figure", "filters": {"as_of": "yesterday"}}, "Write 2023, 2023-11"),
        ("list", {"resource": "figure", "filters": {"unit_not": "USD"}}, "Did you mean “unit”?"),
        ("list", {"resource": "figure", "filters": {"fields": "id"}}, "Leave “fields” out"),
        ("list", {"resource": "figure", "filters": {"sort": "id"}}, "Write “sort” beside"),
        ("list", {"resource": "figure", "filters": {"place": {"a": 1}}}, "Write “place” as a text"),
        ("list", {"resource": "figure", "filters": "place=x"}, "Write “filters” as an object"),
        ("list", {"resource": "figure", "place": "nomark"}, "Write filters={“place”: …}"),
        ("list", {"resource": "figures"}, "Did you mean “figure”?"),
        ("list", {"resource": "figure", "limit": 51}, "Use a limit of at most 50"),
        ("list", {"resource": "figure", "limit": 0}, "Write a whole number from 1 to 500"),
        ("list", {"resource": "figure", "cursor": "abc"}, "Follow "),
        ("get", {"resource": "figure", "id": "people-displaced"}, f"Did you mean “{FIGURE}”"),
        ("get", {"resource": "figure", "id": "../../etc/passwd"}, "See "),
        ("get", {"resource": "figure", "id": ["x"]}, "Write “id” as one value"),
        ("get", {"resource": "figure"}, "Write “id”"),
        ("get", {"resource": "figure", "id": FIGURE, "known_att": "x"}, "Did you mean “known_at”?"),
        ("search", {"q": ""}, "Give “q” a value"),
        ("search", {"q": '"x'}, "Close the quotation mark"),
        ("search", {"q": "x", "resource": "figur"}, "Did you mean “figure”?"),
        (
            "cite",
            {"resource": "figure", "id": FIGURE, "style": "bibtext"},
            "Did you mean “bibtex”?",
        ),
        ("series_as_of", {"series": "no-such"}, "Choose an id"),
        ("delete", {}, "Use one of search, get"),
    ],
)
def test_mistakes_begin_with_how_to_fix_them(
    agent: Talk, tool: str, arguments: Any, beginning: str
) -> None:
    assert mistake(agent, tool, **arguments).startswith(beginning)


def test_all_mistakes_are_told_at_once(agent: Talk) -> None:
    filters = {"qualifier": "ovr", "measure_kind": "cumulativ"}
    lines = mistake(agent, "list", resource="figure", filters=filters).splitlines()
    assert {line.rpartition("(")[2] for line in lines} == {"measure_kind)", "qualifier)"}


# ----------------------------------------------------------------------------------------------
# resources


def test_every_resource_type_is_an_mcp_resource(agent: Talk, api: Api) -> None:
    templates = agent(lambda client: client.list_resource_templates()).resource_templates
    assert {item.uri_template for item in templates} == {
        f"onrecord://{resource_type}/{{id}}" for resource_type in RESOURCES
    }
    read = agent(lambda client: client.read_resource(f"onrecord://figure/{FIGURE}"))
    assert (
        json.loads(read.contents[0].text)["record"]
        == result(agent, "get", resource="figure", id=FIGURE)["record"]
    )


@pytest.mark.parametrize(
    "uri", ["onrecord://figure/people-displaced", "onrecord://figures/x", "https://a.example/x"]
)
def test_an_unknown_resource_is_an_error(agent: Talk, uri: str) -> None:
    async def read(client: Client) -> str:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
        return str(caught.value)

    assert "There is no figure" in (said := agent(read)) or "is no record" in said


# ----------------------------------------------------------------------------------------------
# HTTP


def post(
    made_up_url: str,
    message: Any = INITIALIZE,
    headers: dict[str, str] | None = None,
    **settings: Any,
) -> httpx.Response:
    with Api.over(made_up_url, mcp=True, **settings) as api:
        return api.request(
            "POST",
            "/mcp",
            content=json.dumps(message),
            headers={**HEADERS, "Content-Type": "application/json", **(headers or {})},
        )


def test_mcp_is_off_by_default(api: Api) -> None:
    assert api.request("POST", "/mcp", json=INITIALIZE, headers=HEADERS).status_code == 404


def test_mcp_is_loaded_only_where_it_is_on(made_up_url: str) -> None:
    code = (
        "import sys; from app.main import create_app; from app.settings import Settings\n"
        f"create_app(Settings(database_url={made_up_url!r})); print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"mcp", "mcp_types", "httpx2", "app.mcp.http", "app.mcp.tools"} & set(loaded)


@pytest.mark.parametrize(
    ("headers", "settings", "status"),
    [
        ({}, {}, 200),
        ({"Host": "facts.example.org"}, {}, 421),
        ({"Host": "facts.example.org"}, {"mcp_hosts": "a.example, facts.example.org"}, 200),
        ({"Host": "facts.example.org"}, {"mcp_hosts": "*"}, 200),
        ({"Host": "facts.example.org"}, {"public_url": "https://facts.example.org/x"}, 200),
        ({"Origin": "https://page.example"}, {}, 403),
        ({"Origin": "https://page.example"}, {"mcp_origins": "https://page.example"}, 200),
        ({"Origin": "https://page.example"}, {"mcp_origins": "*"}, 200),
        ({"Origin": "https://facts.example.org"}, {"public_url": "https://facts.example.org"}, 200),
        ({"Origin": "http://localhost:5173"}, {}, 200),
    ],
)
def test_only_known_hosts_and_origins_are_answered(
    made_up_url: str, headers: dict[str, str], settings: dict[str, str], status: int
) -> None:
    response = post(made_up_url, headers=headers, **settings)
    assert response.status_code == status, response.text
    assert response.headers["access-control-allow-origin"] == "*"
    if status == 200:
        assert response.json()["result"]["serverInfo"]["name"] == "onrecord"
        assert response.headers["cache-control"] == "no-store"
    else:
        assert response.headers["content-type"] == "application/problem+json"
        assert "ONRECORD_MCP_" in response.json()["detail"]


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS.values() if "/mcp" in kind.example.request],
    ids=lambda k: k.slug,
)
def test_the_example_of_a_problem_is_what_is_answered(made_up_url: str, kind: ProblemKind) -> None:
    with Api.over(made_up_url, mcp=True) as api:
        example = api.json(f"/problems/{kind.slug}")["example"]
        content = b"x" * int(example["headers"].get("Content-Length", 0))
        method, target = example["request"].split(" ", 1)
        headers = {"Host": "localhost", **example["headers"]}
        assert (
            api.request(method, target, headers=headers, content=content).json()
            == example["response"]
        )


def test_requests_that_are_no_messages_are_problems(made_up_url: str) -> None:
    large = {**INITIALIZE, "params": {"x": "y" * 70_000}}
    assert post(made_up_url, large).json()["type"] == "/problems/content-too-large"
    assert (
        post(made_up_url, headers={"Content-Type": "text/plain"}).json()["type"]
        == "/problems/bad-request"
    )
    with Api.over(made_up_url, mcp=True) as api:
        for method in ("GET", "PUT", "DELETE", "HEAD"):
            refused = api.request(method, "/mcp")
            assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")
            assert refused.headers["content-type"] == "application/problem+json"
            if method != "HEAD":
                assert refused.json()["detail"].startswith("Use POST")
        assert (
            api.request("OPTIONS", "/mcp").headers["access-control-allow-methods"]
            == "POST, OPTIONS"
        )
        broken = api.request(
            "POST", "/mcp", content=b"{", headers={**HEADERS, "Content-Type": "application/json"}
        )
        assert broken.status_code == 400


COSTS: dict[str, tuple[str, dict[str, Any]]] = {
    "search, five hits": ("search", {"q": "gaza"}),
    "get, a figure": ("get", {"resource": "figure", "id": KILLED}),
    "list, the four figures of a place": (
        "list",
        {"resource": "figure", "filters": {"place": "gaza-strip"}},
    ),
    "list, ten statements": ("list", {"resource": "statement"}),
    "series_as_of": ("series_as_of", {"series": KILLED[:-14], "as_of": "2024-02-14"}),
    "cite": ("cite", {"resource": "figure", "id": KILLED}),
    "describe, the filters of figures": ("describe", {"resource": "figure"}),
}


def test_what_it_costs_is_what_is_said(seed_api: Api) -> None:
    """The table of docs/mcp.md, within a tenth: in characters, as tokens are counted by each model
    in its own way.
    """
    said = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")
    table = {
        name: int(n.replace(",", ""))
        for name, n in re.findall(r"^\| ([^|]+?) \| ([0-9,]+) \|", said, re.MULTILINE)
    }
    declared = [
        t.declared().model_dump(by_alias=True, exclude_none=True, mode="json")
        for t in TOOLS.values()
    ]
    found = {
        "the list of tools, once a session": len(
            json.dumps(declared, ensure_ascii=False, separators=(",", ":"))
        ),
        "the instructions, once a session": len(INSTRUCTIONS),
    }
    ask = fetcher(seed_api.app, {"scheme": "http", "headers": [(b"host", b"facts.example.org")]})
    for name, (tool, arguments) in COSTS.items():
        found[name] = len(
            json.dumps(
                anyio.run(call, ask, tool, arguments), ensure_ascii=False, separators=(",", ":")
            )
        )
    assert set(table) == set(found)
    for name, characters in found.items():
        assert abs(table[name] - characters) <= characters / 10, (name, characters)
