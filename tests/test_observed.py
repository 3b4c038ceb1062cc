"""What an operator sees of requests: an id for each, a line in the log, counts."""

import asyncio
import json
import logging
import re
import subprocess
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from app.cli.logs import JsonFormatter
from app.middleware.access_log import AccessLogMiddleware
from app.middleware.metrics import Metrics
from tests.client import Api
from tests.server import ONRECORD, environment, serving

pytestmark = pytest.mark.any_database


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="onrecord.access"):
        yield caplog


def test_every_answer_names_its_request(api: Api) -> None:
    paths = [
        "/v1/figures",
        "/v1/figures?no=1",
        "/nothing",
        "/healthz",
        "/docs/assets/swagger-ui.css",
    ]
    ids = [api.get(path).headers["x-request-id"] for path in paths]
    assert len(set(ids)) == len(ids)


def test_the_callers_name_for_a_request_is_kept(api: Api) -> None:
    assert api.get("/v1", headers={"X-Request-Id": "a.b-1"}).headers["x-request-id"] == "a.b-1"


@pytest.mark.parametrize("name", ["", "a b", "a\tb", "x" * 129, "ü", "{}", "a,b"])
def test_a_name_that_a_log_cannot_hold_is_replaced(api: Api, name: str) -> None:
    given = name.encode("latin-1")
    assert (
        api.get("/v1", headers=[(b"X-Request-Id", given)]).headers["x-request-id"].encode("latin-1")
        != given
    )


def test_every_request_is_a_line(api: Api, log: pytest.LogCaptureFixture) -> None:
    answer = api.get(
        "/v1/figures?limit=1", headers={"X-Request-Id": "abc", "Accept-Encoding": "identity"}
    )
    api.get("/nothing")
    first, second = (record.getMessage() for record in log.records)
    sent = len(answer.content)
    assert re.fullmatch(
        rf"\S+ GET /v1/figures\?limit=1 200 {sent} B [0-9.]+ ms complete abc", first
    )
    assert " GET /nothing 404 " in second


def test_a_line_of_the_log_is_one_line(api: Api, log: pytest.LogCaptureFixture) -> None:
    api.get("/v1/figures?q=a%0ab")
    api.get("/no\u2028thing")
    for record in log.records:
        assert record.getMessage().isprintable()
        line = json.loads(JsonFormatter().format(record))
        assert (line["method"], line["request_id"]) == ("GET", record.getMessage().split()[-1])


def counted(text: str, name: str, **labels: str) -> float:
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    found = [
        line
        for line in text.splitlines()
        if line.startswith(name) and all(label in line for label in wanted)
    ]
    return sum(float(line.rsplit(" ", 1)[1]) for line in found)


def test_requests_are_counted_by_route_and_not_by_address(made_up_url: str) -> None:
    with Api.over(made_up_url, cache_bytes=1_000_000) as api:
        item = api.json("/v1/figures")["data"][0]["url"]
        for path in (item, item, f"{item}-no", "/nothing", "/other"):
            api.get(path)
        api.request("BREW", "/v1")
        text = api.get("/metrics").text
        figures = api.snapshot.dataset.counts["figure"]
    route = "/v1/figures/{id}"
    assert counted(text, "http_requests_total", route=route, status="200") == 2
    assert counted(text, "http_requests_total", route=route, status="404") == 1
    assert counted(text, "http_requests_total", route="other") == 2
    assert counted(text, "http_requests_total", method="other", route="/v1", status="405") == 1
    assert counted(text, "http_cache_hits_total", route=route) == 1
    assert counted(text, "http_response_size_bytes_sum", route=route) > 1000
    assert counted(text, "onrecord_records", resource="figure") == figures
    assert item not in text


def test_metrics_are_given_as_open_metrics_to_who_prefers_them(api: Api) -> None:
    asked = {"Accept": "application/openmetrics-text; version=1.0.0"}
    response = api.get("/metrics", headers=asked)
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


def test_two_applications_count_apart(made_up_url: str) -> None:
    with Api.over(made_up_url) as one, Api.over(made_up_url) as other:
        one.get("/v1/places")
        assert counted(one.get("/metrics").text, "http_requests_total", route="/v1/places") == 1
        assert counted(other.get("/metrics").text, "http_requests_total", route="/v1/places") == 0


@pytest.mark.slow
def test_any_worker_tells_the_sum_of_all(made_up_url: str) -> None:
    with serving(made_up_url, "--workers", "2") as url:
        for _ in range(20):
            assert httpx.get(f"{url}/v1/places", timeout=60).status_code == 200
        text = httpx.get(f"{url}/metrics", timeout=60).text
        # Requests are counted before their last byte is sent, so there is nothing to wait for.
        assert counted(text, "http_requests_total", route="/v1/places") == 20


def test_a_response_without_an_end_is_counted_and_logged_as_aborted(
    api: Api, log: pytest.LogCaptureFixture
) -> None:
    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"abc", "more_body": True})
        raise asyncio.CancelledError

    metrics = Metrics(lambda: api.snapshot.dataset)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(AccessLogMiddleware(endless, metrics=metrics)),
        base_url="http://test",
    )
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(client.get("/"))
    assert " 200 3 B " in log.messages[0]
    assert " aborted " in log.messages[0]
    assert counted(metrics.render("")[0].decode(), "http_responses_aborted_total") == 1


@pytest.mark.parametrize(
    ("settings", "expected"), [({}, r".*GET /v1 200.*"), ({"ONRECORD_ACCESS_LOG": "false"}, "")]
)
@pytest.mark.slow
def test_the_log_of_requests_can_be_turned_off(
    made_up_url: str, settings: dict[str, str], expected: str
) -> None:
    command = [*ONRECORD, "serve", "--port", "0", "--database", made_up_url]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(**settings),
    ) as server:
        assert server.stderr is not None
        found = re.search(r"http://\S+/v1", server.stderr.readline())
        assert found
        httpx.get(found.group(), timeout=60)
        server.terminate()
        said = server.communicate()[0]
    assert re.fullmatch(expected, said.strip())
