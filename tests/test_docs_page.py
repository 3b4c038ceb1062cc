"""The interactive documentation at /docs, in a browser that knows no other host."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.main import describe_app
from tests.server import serving

pytestmark = pytest.mark.any_database

OPERATIONS = [
    operation
    for methods in describe_app().openapi()["paths"].values()
    for operation in methods.values()
]
OF_SWAGGER_UI = {"color-contrast", "heading-order", "nested-interactive", "region", "select-name"}
"""Violations of axe-core's rules that are Swagger UI's own; the guide has none."""


@pytest.fixture(scope="module")
def server(made_up_url: str) -> Iterator[str]:
    with serving(made_up_url) as url:
        yield url


@pytest.fixture
def docs(browser: Any, server: str) -> Iterator[Any]:
    """The page, which must log no error and request nothing from another host."""
    errors: list[str] = []
    requested: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda each: errors.append(each.text) if each.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{server}/docs")
    page.locator(".opblock-tag").first.wait_for()
    yield page
    context.close()
    assert errors == []
    assert all(url.startswith((server, "data:")) for url in requested), requested


def open_operation(page: Any, tag: str, operation_id: str) -> Any:
    page.locator(f"#operations-tag-{tag}").click()
    operation = page.locator(f"#operations-{tag}-{operation_id}")
    operation.locator(".opblock-summary-control").click()
    operation.locator(".parameters tbody tr").first.wait_for()
    return operation


def test_nothing_is_expanded_at_first(docs: Any) -> None:
    tags = {tag for operation in OPERATIONS for tag in operation["tags"]}
    assert docs.locator(".opblock-tag").count() == len(tags)
    assert docs.locator(".opblock").count() == 0


def test_the_filter_leaves_the_operations_whose_path_or_tag_matches(docs: Any) -> None:
    docs.locator(".operation-filter-input").fill("citation")
    docs.locator("#operations-figures-list_figures").wait_for(state="detached")
    docs.locator(".opblock").first.wait_for()
    paths = docs.locator(".opblock-summary-path").all_inner_texts()
    assert paths
    assert all("/citation" in path.replace("\u200b", "") for path in paths)


def test_parameters_are_a_table_until_they_are_tried(docs: Any) -> None:
    operation = open_operation(docs, "figures", "list_figures")
    fields = operation.locator(".parameters").locator("input, select, textarea, tbody button")
    assert fields.count() == 0
    assert "Example : at_least" in operation.locator("tr[data-param-name=qualifier]").inner_text()
    operation.get_by_role("button", name="Try it out").click()
    fields.first.wait_for()


def test_an_operation_runs(docs: Any) -> None:
    operation = open_operation(docs, "figures", "get_figure")
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("input[placeholder=id]").fill("people-displaced-2031-05-04")
    operation.get_by_role("button", name="Execute").click()
    operation.get_by_text("more than 1,250").first.wait_for()
    assert operation.locator(".response-col_status").get_by_text("200").first.is_visible()


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_scheme_of_the_system(docs: Any, scheme: str, is_dark: bool) -> None:
    docs.emulate_media(color_scheme=scheme)
    # Colours change in a transition.
    docs.wait_for_function(
        """isDark => {
          const colour = getComputedStyle(document.querySelector('.swagger-ui')).color;
          const parts = colour.match(/\\d+/g).slice(0, 3).map(Number);
          return (parts.reduce((sum, part) => sum + part) > 600) === isDark;
        }""",
        arg=is_dark,
    )


def test_axe_finds_only_violations_of_swagger_ui(docs: Any, node: Path) -> None:
    axe = (node / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    docs.evaluate(axe)
    violations = docs.evaluate("axe.run()")["violations"]
    assert {violation["id"] for violation in violations} <= OF_SWAGGER_UI
