"""The code of docs/embedding.md works as printed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from tests.client import Api
from tests.conftest import ROOT, chromium
from tests.server import serving
from tests.test_crawl import leads_to

pytestmark = pytest.mark.any_database

GUIDE = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
MESSAGE = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}


def shown(section: str, language: str) -> str:
    """The code of a section."""
    found = re.search(rf"^## {section}$.*?```{language}\n(.*?)```", GUIDE, re.DOTALL | re.MULTILINE)
    assert found, section
    return found[1]


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "shown"}
    exec(compile(code, "docs/embedding.md", "exec"), names)
    return names


@pytest.fixture(scope="module")
def url(seed_url: str) -> Iterator[str]:
    with serving(seed_url) as address:
        yield address


@pytest.fixture
def page() -> Iterator[Any]:
    """For one test alone, as others here drive the application in process."""
    with chromium() as browser:
        yield browser.new_page()


# ----------------------------------------------------------------------------------------------
# in process


@pytest.fixture(
    params=["In a FastAPI application", "In a Starlette application", "behind a prefix of its own"]
)
def host(
    request: pytest.FixtureRequest, made_up_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Api]:
    """The applications of the guide, with On Record in them; and one that is itself served under a
    prefix.
    """
    monkeypatch.setenv("ONRECORD_DATABASE_URL", made_up_url)
    monkeypatch.setenv("ONRECORD_MCP", "true")
    behind = request.param.startswith("behind")
    names = run(shown("In a FastAPI application" if behind else request.param, "python"))
    site = names["site"]
    if behind:
        outer = FastAPI()
        outer.mount("/site", site)
        site = outer
    with Api.of(site, names["facts"].state.snapshots) as mounted:
        mounted.prefix = "/site/facts" if behind else "/facts"  # type: ignore[attr-defined]
        yield mounted


def prefix_of(host: Api) -> str:
    return str(host.prefix)  # type: ignore[attr-defined]


def explains(address: str, prefix: str) -> bool:
    """Its addresses are examples."""
    return (
        urlsplit(address)
        .path.removeprefix(prefix)
        .startswith(("/docs", "/problems", "/openapi", "/v1/schema"))
    )


@pytest.mark.slow
def test_every_link_works_under_the_prefix(host: Api) -> None:
    prefix = prefix_of(host)
    seen: set[str] = set()
    ahead = [f"http://test{prefix}/v1"]
    while ahead:
        address = ahead.pop()
        if address in seen:
            continue
        seen.add(address)
        response = host.get(address)
        assert response.status_code == 200, (address, response.text)
        found = set() if explains(address, prefix) else leads_to(response)
        assert all(urlsplit(each).netloc == "test" for each in found)
        assert all(urlsplit(each).path.startswith(f"{prefix}/") for each in found), (address, found)
        ahead += sorted(found - seen)
    paths = {urlsplit(address).path.removeprefix(prefix) for address in seen}
    for kind in (
        "/v1/figures",
        "/docs",
        "/openapi.json",
        "/problems",
        "/v1/timeline",
        "/v1/changes",
    ):
        assert kind in paths
    assert any(path.endswith("/citation") for path in paths)


def test_errors_documents_and_citations_have_the_prefix(host: Api) -> None:
    prefix = prefix_of(host)
    problem = host.get(f"{prefix}/v1/figures?qualifer=over").json()
    assert problem["type"] == f"{prefix}/problems/invalid-query"
    assert host.get(problem["type"]).status_code == 200
    assert host.get(f"{prefix}/nothing").headers["content-type"] == "application/problem+json"
    assert host.json(f"{prefix}/openapi.json")["servers"][0]["url"] == prefix
    assert "docs/assets/" in host.get(f"{prefix}/docs").text
    said = host.get(f"{prefix}/v1/figures/people-displaced-2031-05-04/citation?style=bibtex").text
    permalink = re.findall(r"url = \{http://test(.*)\}", said)[0]
    assert permalink == f"{prefix}/v1/figures/people-displaced-2031-05-04/revisions/1"
    assert host.get(permalink).status_code == 200


def test_mcp_works_without_a_lifespan(host: Api) -> None:
    prefix = prefix_of(host)
    arguments = {"resource": "figure", "id": "people-displaced-2031-05-04"}
    message = {**MESSAGE, "params": {"name": "cite", "arguments": arguments}}
    accepts = {"Accept": "application/json, text/event-stream", "Host": "localhost"}
    response = host.request("POST", f"{prefix}/mcp", json=message, headers=accepts)
    assert response.status_code == 200, response.text
    said = response.json()["result"]["structuredContent"]["citation"]
    assert f"<http://localhost{prefix}/v1/figures/people-displaced-2031-05-04/revisions/1>" in said


def test_pages_cards_and_oembed_have_the_prefix(host: Api) -> None:
    prefix = prefix_of(host)
    record = f"{prefix}/v1/figures/people-displaced-2031-05-04"
    page = host.get(record, headers={"Accept": "text/html"}).text
    address = re.findall(
        r'<link rel="alternate" type="application/json\+oembed" href="http://test([^"]+)"', page
    )[0]
    assert address.startswith(f"{prefix}/oembed?url=")
    told = host.json(address)
    framed = re.findall(r'<iframe src="http://test([^"]+)"', told["html"])[0]
    assert framed == f"{prefix}/embed/figures/people-displaced-2031-05-04"
    card = host.get(framed, headers={"Accept": "text/html"}).text
    assert f'href="{record}"' in card
    assert host.json(framed)["url"] == record
    for leads in (
        *re.findall(r'href="([^"]+)"', card),
        told["thumbnail_url"],
        told["provider_url"],
    ):
        assert (
            host.get(leads.removeprefix("http://test"), follow_redirects=True).status_code == 200
        ), leads
    component = re.findall(r"http://test([^&]*/on-record-[0-9a-f]{12}\.js)", page)[0]
    assert component.startswith(f"{prefix}/assets/")
    assert host.get(component).status_code == 200


def test_the_host_application_keeps_its_routes(host: Api) -> None:
    assert host.get("/nothing").status_code == 404
    assert host.get("/nothing").headers["content-type"] != "application/problem+json"


# ----------------------------------------------------------------------------------------------
# from outside


def test_a_frame_fits_its_card(url: str, page: Any) -> None:
    page.set_content(shown("As a card in a frame", "html").replace(ADDRESS, url))
    frame = page.query_selector("#card").content_frame()
    frame.get_by_text("nobody is named").wait_for()
    needed = frame.evaluate("document.documentElement.scrollHeight")
    page.wait_for_function(f"document.querySelector('#card').height === '{needed}'")


def test_a_consumer_of_oembed_shows_the_card(url: str) -> None:
    told = run(shown("By oEmbed", "python").replace(ADDRESS, url))["shown"]
    (address,) = re.findall(r'<iframe src="([^"]+)"', told)
    assert 'width="480"' in told
    assert "over 28,473" in httpx.get(address, headers={"Accept": "text/html"}).text


def test_earlier_names_of_the_component_work(url: str, page: Any) -> None:
    page.set_content(shown("By the web component", "html").replace(ADDRESS, url))
    page.locator("on-record .number", has_text="over 28,473").wait_for()
    said = page.locator("on-record .card").inner_text()
    for words in (
        "14 February 2024 (the day of publication)",
        "nobody is named",
        "no origin",
    ):
        assert words in said


def test_a_page_shows_a_figure_with_its_context(url: str, page: Any) -> None:
    page.set_content(shown("In a plain page", "html").replace(ADDRESS, url))
    page.get_by_text("“over 28,473” (over").wait_for()
    said = page.locator("#figure").inner_text()
    for words in (
        "as of: 14 February 2024 (the day of publication)",
        "nobody is named",
        "Source: ",
        "/revisions/1",
    ):
        assert words in said


def test_a_static_site_stores_responses(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(shown("In a static site", "python").replace(ADDRESS, url))
    kept = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert kept["figures"]
    for figure in kept["figures"]:
        assert figure["as_written"] in figure["citation"]
        assert f"dataset {kept['version']}" in figure["citation"]


def test_a_notebook_has_numbers_and_quotes(url: str) -> None:
    names = run(shown("In a notebook", "python").replace(ADDRESS, url))
    row = names["shown"].query("as_written == 'over 28,473'").iloc[0].to_dict()
    assert (row["qualifier"], row["as_of.edtf"], row["as_of.basis"]) == (
        "over",
        "2024-02-14",
        "publication_date",
    )
    assert row["attribution.origin"] == "none_named"
    assert names["figures"]["value"].dtype.kind == "f"
    assert names["figures"]["as_of.latest"].dtype.kind == "M"
    assert len(names["nested"]) == len(names["figures"])


def test_a_spreadsheet_has_the_context_of_numbers(url: str) -> None:
    (formula,) = re.findall(r'=IMPORTDATA\("(.*?)"\)', GUIDE)
    header = httpx.get(formula.replace(ADDRESS, url)).text.split("\r\n")[0].split(",")
    assert {
        "title",
        "as_written",
        "qualifier",
        "unit",
        "as_of.edtf",
        "as_of.basis",
        "source",
        "evidence.exact",
    } <= set(header)


def test_a_timeline_finds_its_data(url: str) -> None:
    """That it is drawn, nobody can see here: TimelineJS is no part of this project.
    tests/test_timelinejs.py holds it to its form.
    """
    (address,) = re.findall(r'"timeline", "(.*?)"', shown("On a line of time", "html"))
    assert httpx.get(address.replace(ADDRESS, url)).json()["events"]


@pytest.mark.slow
def test_every_code_sample_runs() -> None:
    assert len(re.findall(r"^```[a-z]*$", GUIDE, re.MULTILINE)) // 2 == 10
