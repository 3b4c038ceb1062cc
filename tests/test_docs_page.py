"""The documentation page in a real browser, without internet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.main import described
from tests.client import Api
from tests.server import serving


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    opened = browser.new_page()
    yield opened
    opened.close()


def test_the_docs_page_names_no_other_host(api: Api) -> None:
    page = api.get("/docs")
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_the_docs_page_shows_every_operation_and_tries_one(page: Any, tmp_path: Path) -> None:
    from tests.conftest import MADE_UP, build_from

    url = f"sqlite:///{tmp_path / 'x.db'}"
    build_from(MADE_UP, url)
    complaints: list[str] = []
    requested: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requested.append(request.url))
    with serving(url) as address:
        page.goto(f"{address}/docs")
        page.get_by_text("/v1/figures/{id}").first.wait_for()
        assert page.locator(".opblock").count() == len(described().openapi()["paths"])
        page.locator("#operations-figures-get_figure .opblock-summary-control").first.click()
        operation = page.locator("#operations-figures-get_figure")
        operation.locator("input[placeholder=id]").fill("people-displaced-2031-05-04")
        operation.get_by_role("button", name="Execute").click()
        operation.get_by_text("more than 1,250").first.wait_for()
        page.screenshot(path=tmp_path / "docs.png", full_page=True)
        assert complaints == []
        assert all(each.startswith((address, "data:")) for each in requested), requested
