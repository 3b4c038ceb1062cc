"""Pages in a real browser that knows no other host: read, asked, gone through by keyboard, printed,
and held to the rules of axe-core. One server for the made-up data, one for hostile ones, one
browser for all.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import MADE_UP, build_from
from tests.hostile import build_hostile
from tests.server import serving

MAIN_THREAD = 0.300
"""In seconds: what a record page may take of the browser's main thread."""
RECORDS = {
    "source": "/v1/sources/flood-in-lower-vale-2031-05-04",
    "actor": "/v1/actors/zoe-angstroem",
    "place": "/v1/places/lower-vale",
    "event": "/v1/events/flood-2031-05",
    "figure": "/v1/figures/people-displaced-2031-05-04",
}
PAGES = {
    "front": "/",
    "list": "/v1/figures",
    "narrowed list": "/v1/figures?qualifier=over&facets=measure_kind",
    "cut list": "/v1/figures?fields=value",
    "nothing found": "/v1/figures?value_min=1e9",
    "timeline": "/v1/timeline",
    "search": "/v1/search?q=flood",
    "evidence": "/v1/sources/flood-in-lower-vale-2031-05-04/evidence",
    "revisions": "/v1/figures/people-displaced-2031-05-04/revisions",
    "revision": "/v1/figures/people-displaced-2031-05-04/revisions/1",
    "changes": "/v1/changes",
    "datasets": "/v1/datasets",
    "vocabularies": "/v1/vocabularies",
    "codes": "/v1/vocabularies/event_type",
    "problems": "/problems",
    "mistake": "/v1/figures?qualifier=ovr&value_min=ten&colour=red&date=2031-05-04/2031-05-01",
    "not found": "/v1/figures/people-displaced-2031-05-05",
    "guide": "/docs/guide",
    **RECORDS,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('pages') / 'x.db'}"
    build_from(MADE_UP, url)
    with serving(url) as address:
        yield address


@pytest.fixture(scope="module")
def every(server: str) -> dict[str, str]:
    """A page of every kind; records whose ids are not fixed are looked up."""
    found = dict(PAGES)
    for resource_type, asked in (
        ("statement", "/v1/statements?voice=attributed&limit=1"),
        ("series", "/v1/series?limit=100"),
    ):
        records = httpx.get(f"{server}{asked}").json()["data"]
        found[resource_type] = max(
            records, key=lambda record: len(record.get("disagreements", ()))
        )["url"]
    return found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'x.db'}"
    build_hostile(url)
    with serving(url) as address:
        yield address


@contextmanager
def opened(browser: Any, **options: Any) -> Iterator[Any]:
    context = browser.new_context(**options)
    try:
        yield context.new_page()
    finally:
        context.close()


def is_wide(page: Any) -> bool:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width > int(page.viewport_size["width"])


def test_pages_log_no_errors_and_request_no_other_host(
    browser: Any, server: str, every: dict[str, str]
) -> None:
    complaints: list[str] = []
    requested: list[str] = []
    with opened(browser) as page:
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requested.append(request.url))
        for name, address in every.items():
            status = page.goto(f"{server}{address}").status
            # The browser itself complains of a page whose status is an error.
            assert [each for each in complaints if f"status of {status}" not in each] == [], name
            assert all(url.startswith(server) for url in requested), (name, requested)
            complaints.clear()
            requested.clear()


@pytest.mark.parametrize(
    ("scheme", "rules"), [("light", "{}"), ("dark", "{runOnly: ['color-contrast']}")]
)
def test_axe_finds_no_violations(
    browser: Any, node: Path, server: str, every: dict[str, str], scheme: str, rules: str
) -> None:
    """All rules; of the other scheme those of contrast, as nothing else differs."""
    axe = (node / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with opened(browser, color_scheme=scheme) as page:
        for name, address in every.items():
            page.goto(f"{server}{address}")
            if name in ("list", "guide", "source", "figure"):
                page.evaluate(
                    "document.querySelectorAll('details').forEach(each => each.open = true)"
                )
            page.evaluate(axe)
            found = page.evaluate(f"axe.run({rules})")
            said = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
            assert said == [], name


def test_the_dark_scheme_is_dark(browser: Any, server: str) -> None:
    for scheme, is_dark in (("light", False), ("dark", True)):
        with opened(browser, color_scheme=scheme) as page:
            page.goto(server)
            colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            assert (sum(map(int, re.findall(r"\d+", colour)[:3])) < 200) == is_dark


def test_pages_fit_a_narrow_screen(
    browser: Any, server: str, hostile: str, every: dict[str, str]
) -> None:
    with opened(browser, viewport={"width": 320, "height": 700}) as page:
        for address in every.values():
            page.goto(f"{server}{address}")
            assert not is_wide(page), address
        for address in hostile_pages(hostile):
            page.goto(f"{hostile}{address}")
            assert not is_wide(page), address


def hostile_pages(hostile: str) -> list[str]:
    resource_types = ("sources", "actors", "places", "events", "statements", "figures", "series")
    records = [
        httpx.get(f"{hostile}/v1/{resource_type}").json()["data"][:3]
        for resource_type in resource_types
    ]
    return [
        *("/", "/v1/timeline", "/v1/search?q=taken"),
        *(f"/v1/{resource_type}" for resource_type in resource_types),
        *(record["url"] for some in records for record in some),
    ]


def test_hostile_text_is_harmless_and_legible(browser: Any, hostile: str) -> None:
    dialogs: list[str] = []
    with opened(browser) as page:
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for address in hostile_pages(hostile):
            page.goto(f"{hostile}{address}")
            assert page.title().endswith("· On Record"), address
            assert (
                page.evaluate(
                    'document.querySelectorAll(\'script:not([type="application/ld+json"]),'
                    " img, iframe, object').length"
                )
                == 0
            )
            # The record as data is no script; what it holds stays in it.
            for told in page.locator("script").all_text_contents():
                json.loads(told)
            assert page.evaluate(
                "[...document.links].every(link => /^https?:$/.test(link.protocol))"
            )
        page.goto(f"{hostile}/v1/statements?limit=100")
        assert page.get_by_text("<script>document.title='taken'</script>").first.is_visible()
        page.get_by_text("[U+202E]").first.wait_for()
    assert dialogs == []


def test_right_to_left_text_runs_right_to_left(browser: Any, hostile: str) -> None:
    with opened(browser) as page:
        page.goto(f"{hostile}/v1/figures?limit=100")
        directions = page.evaluate(
            "[...document.querySelectorAll('blockquote, bdi')].filter(each =>"
            " /^[\\s]*[\\u0590-\\u06ff]/.test(each.textContent))"
            ".map(each => getComputedStyle(each).direction)"
        )
        assert directions
        assert set(directions) == {"rtl"}


def test_a_form_filters_a_list(browser: Any, server: str) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{server}/v1/figures")
        page.locator("summary", has_text="Kinds").click()
        page.locator("#f-qualifier").get_by_label("over", exact=True).check()
        page.get_by_role("button", name="Show").click()
        assert page.url == f"{server}/v1/figures?qualifier=over"
        assert page.locator(".card").count() == 1
        assert page.locator("#f-qualifier").get_by_label("over", exact=True).is_checked()
        page.locator(".card h2 a").click()
        assert page.url == f"{server}{RECORDS['figure']}"
        page.go_back()
        assert page.url == f"{server}/v1/figures?qualifier=over"
        page.go_back()
        assert page.locator(".card").count() > 1
        page.go_forward()
        assert page.locator(".card").count() == 1
        page.locator(".chips a").click()
        assert page.url == f"{server}/v1/figures"


def test_an_error_is_corrected_in_the_form(browser: Any, server: str) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{server}/v1/figures")
        page.locator("summary", has_text="Ranges").click()
        page.get_by_label("value at least").fill("many")
        page.get_by_role("button", name="Show").click()
        assert "Write a number in digits" in page.locator("#f-value_min-e").inner_text()
        page.get_by_label("value at least").fill("1000")
        page.get_by_role("button", name="Show").click()
        assert page.url == f"{server}/v1/figures?value_min=1000"
        page.locator(".card").first.wait_for()


def test_two_days_of_a_form_are_a_window(browser: Any, server: str) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{server}/v1/figures")
        page.locator("#f-as_of").get_by_label("from").fill("2031-05-01")
        page.locator("#f-as_of").get_by_label("to").fill("2031-05-04")
        page.locator("summary", has_text="Values that are missing").click()
        page.locator("#f-present").get_by_label("event", exact=True).check()
        page.locator("#f-present").get_by_label("place", exact=True).check()
        page.get_by_role("button", name="Show").click()
        query = "present=place,event&as_of=2031-05-01/2031-05-04"
        assert page.url == f"{server}/v1/figures?{query}"
        assert page.locator(".card").count() > 0
        assert page.locator("#f-as_of").get_by_label("to").input_value() == "2031-05-04"
        assert page.locator("#f-present").get_by_label("place", exact=True).is_checked()
        assert page.locator(".chips a").count() == 3


def test_a_mistake_is_corrected_by_its_link(browser: Any, server: str) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{server}/v1/figures?value_gt=1000")
        page.locator(".errors a[href^='?']").click()
        assert page.url == f"{server}/v1/figures?value_min=1000"
        page.locator(".card").first.wait_for()


def test_a_chart_has_the_numbers_of_its_table(
    browser: Any, server: str, every: dict[str, str]
) -> None:
    record = httpx.get(f"{server}{every['series']}").json()["data"]
    expected = [point["figure"] for point in record["points"]]
    with opened(browser) as page:
        for address in (every["series"], every["figure"]):
            page.goto(f"{server}{address}")
            drawn = page.locator(".chart svg .mark").evaluate_all(
                "all => all.map(each => each.dataset.figure)"
            )
            listed = page.locator("table.points tbody tr").evaluate_all(
                "all => all.map(each => each.dataset.figure)"
            )
            assert drawn == listed == expected
            letters = page.locator(".chart svg .letter").evaluate_all(
                "all => all.map(each => each.textContent)"
            )
            assert letters == page.locator("table.points tbody td:first-child").all_inner_texts()
            heights = page.locator(".chart svg .mark .dot").evaluate_all(
                "all => all.map(each => each.getBoundingClientRect().top)"
            )
            values = [point["value"] for point in record["points"]]
            assert [
                values[i] for i in sorted(range(len(values)), key=lambda i: -heights[i])
            ] == sorted(values)
            assert (
                page.locator(".chart svg .clashes path").count() == len(record["disagreements"]) > 0
            )


def test_pages_work_without_javascript(browser: Any, server: str, every: dict[str, str]) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{server}{every['figure']}")
        assert "more than 1,250" in page.locator("header.hero").inner_text()
        assert page.locator("mark").first.is_visible()
        page.locator("summary", has_text="Verification").click()
        assert page.get_by_text("Every build verifies").first.is_visible()


def test_pages_work_with_the_keyboard_alone(browser: Any, server: str) -> None:
    with opened(browser) as page:
        page.goto(f"{server}/v1/figures")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.goto(server)
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "find":
                break
        page.keyboard.type("flood")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{server}/v1/search?q=flood")
        assert page.locator(".card").count() > 0


def test_navigation_is_not_printed(browser: Any, server: str, every: dict[str, str]) -> None:
    with opened(browser) as page:
        for name in ("figure", "list"):
            page.goto(f"{server}{every[name]}")
            page.emulate_media(media="print")
            assert not page.locator(".top nav").is_visible()
            assert not page.locator("form").first.is_visible()
            assert page.locator("mark").first.is_visible()
            assert page.pdf()[:5] == b"%PDF-"


def test_a_record_page_takes_three_requests_and_little_main_thread_time(
    browser: Any, server: str, every: dict[str, str]
) -> None:
    """The least of three: other programs share the machine."""
    for resource_type in ("figure", "source", "series", "statement"):
        spent = []
        for _ in range(3):
            requested: list[str] = []
            with opened(browser) as page:
                page.on("request", lambda request: requested.append(request.url))  # noqa: B023
                session = page.context.new_cdp_session(page)
                session.send("Performance.enable")
                before = task_seconds(session)
                page.goto(f"{server}{every[resource_type]}", wait_until="load")
                spent.append(task_seconds(session) - before)
            assert len(requested) <= 3, requested
        assert min(spent) <= MAIN_THREAD, (resource_type, spent)


def task_seconds(session: Any) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def test_these_checks_can_fail(browser: Any, node: Path) -> None:
    """A page with the mistakes that are looked for."""
    axe = (node / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with opened(browser, viewport={"width": 320, "height": 700}) as page:
        page.set_content("<p style='width: 500px; color: #bbb'>pale words</p><input><img src=x>")
        assert is_wide(page)
        page.evaluate(axe)
        assert {"label", "image-alt", "color-contrast"} <= {
            each["id"] for each in page.evaluate("axe.run()")["violations"]
        }
