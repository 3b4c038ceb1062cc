"""Cards on a page of somebody else, in a real browser: of another origin, under a policy that
allows nothing but us, in both schemes, narrow and wide. One browser, one server for each kind of
data.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from app.pages.page_context import component_path
from app.presentation.cards import CARD_TYPES
from app.resources import RESOURCES
from tests.conftest import MADE_UP, SEED, build_from
from tests.hostile import build_hostile
from tests.server import serving

HOST_SCRIPT = """
addEventListener("message", (event) => {
  if (event.data?.type !== "onrecord:height") return;
  for (const frame of document.querySelectorAll("iframe"))
    if (frame.contentWindow === event.source) frame.height = event.data.height;
});
"""


class Foreign:
    """A site of somebody else. `body` is what its page has."""

    def __init__(self, served: str) -> None:
        self.body = ""
        policy = (
            f"default-src 'none'; script-src 'self' {served}; connect-src {served}; frame-src"
            f" {served}; base-uri 'none'"
        )

        class Page(BaseHTTPRequestHandler):
            def do_GET(page) -> None:  # noqa: N805 - self is the site
                is_script = page.path == "/host.js"
                page.send_response(200)
                page.send_header(
                    "Content-Type", "text/javascript" if is_script else "text/html; charset=utf-8"
                )
                page.send_header("Content-Security-Policy", policy)
                page.end_headers()
                head = (
                    '<!DOCTYPE html><html lang="en"><meta name="color-scheme" content="light'
                    ' dark"><title>x</title>'
                )
                text = (
                    HOST_SCRIPT
                    if is_script
                    else f'{head}<script src="/host.js"></script>{self.body}'
                )
                page.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Page)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"


@contextmanager
def site_for(served: str) -> Iterator[Foreign]:
    foreign = Foreign(served)
    with foreign.server:
        threading.Thread(target=foreign.server.serve_forever, daemon=True).start()
        yield foreign
        foreign.server.shutdown()


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('seeds') / 'x.db'}"
    build_from(SEED, url)
    with serving(url) as address:
        yield address


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('made-up') / 'x.db'}"
    build_from(MADE_UP, url)
    with serving(url) as address:
        yield address


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'x.db'}"
    build_hostile(url)
    with serving(url) as address:
        yield address


def addresses(server: str, of_each: int) -> list[str]:
    found = []
    for resource_type in CARD_TYPES:
        resource = RESOURCES[resource_type]
        listed = httpx.get(f"{server}{resource.path}?limit={of_each}").json()["data"]
        found += [f"{server}/embed/{resource.plural}/{record['id']}" for record in listed]
    return found


def frame(address: str, width: int, more: str = "") -> str:
    return f'<iframe src="{address}{more}" width="{width}" height="10" frameborder="0"></iframe>'


def element(server: str, address: str, theme: str = "auto") -> str:
    record = address.replace("/embed/", "/v1/")
    return (
        f'<script type="module" src="{server}{component_path()}"></script>'
        f'<on-record src="{address}" theme="{theme}"><a href="{record}">the record</a></on-record>'
    )


@contextmanager
def opened(browser: Any, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    context = browser.new_context(**options)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page, complaints
    finally:
        context.close()


def until(page: Any, holds: str) -> None:
    """Playwright's own way of waiting needs `eval`, which the page's policy forbids."""
    for _ in range(200):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"{holds} never came true")


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


SHADOW = "element => element.shadowRoot.querySelector('.card').innerText"
IS_TOLD = "[...document.querySelectorAll('iframe')].every((frame) => Number(frame.height) > 40)"
IS_SHOWN = (
    "[...document.querySelectorAll('on-record')].every((it) =>"
    " it.shadowRoot?.querySelector('.card'))"
)


def test_frames_fit_their_cards_and_match_components(browser: Any, made_up: str) -> None:
    cards = addresses(made_up, 2)
    with (
        site_for(made_up) as foreign,
        opened(browser, viewport={"width": 900, "height": 700}) as (page, complaints),
    ):
        foreign.body = "".join(
            f"{frame(card, 600)}{frame(card, 280)}<div>{element(made_up, card)}</div>"
            for card in cards
        )
        page.goto(foreign.address)
        until(page, IS_TOLD)
        until(page, IS_SHOWN)
        page.wait_for_timeout(200)
        elements = page.query_selector_all("on-record")
        frames = page.query_selector_all("iframe")
        for index, component in enumerate(elements):
            said = words(component.evaluate(SHADOW))
            for each in frames[2 * index : 2 * index + 2]:
                inner = each.content_frame()
                sizes = inner.evaluate(
                    "[document.documentElement.scrollHeight, document.documentElement.clientHeight,"
                    " document.documentElement.scrollWidth, document.documentElement.clientWidth]"
                )
                assert sizes[0] == sizes[1] == int(each.get_attribute("height")), cards[index]
                assert sizes[2] <= sizes[3], cards[index]
                assert words(inner.inner_text("article")) == said
        assert complaints == []


def test_colour_schemes_and_themes(browser: Any, made_up: str) -> None:
    card = addresses(made_up, 1)[0]
    colours: dict[tuple[str, str], set[str]] = {}
    paper = "element => getComputedStyle(element).backgroundColor"
    for scheme in ("light", "dark"):
        with (
            site_for(made_up) as foreign,
            opened(browser, color_scheme=scheme) as (page, complaints),
        ):
            themes = ("auto", "light", "dark")
            foreign.body = "".join(
                f"{frame(card, 400, f'?theme={theme}')}{element(made_up, card, theme)}"
                for theme in themes
            )
            page.goto(foreign.address)
            until(page, IS_TOLD)
            until(page, IS_SHOWN)
            for theme, framed, component in zip(
                themes,
                page.query_selector_all("iframe"),
                page.query_selector_all("on-record"),
                strict=True,
            ):
                inside = framed.content_frame().eval_on_selector(".card", paper)
                shadow = component.evaluate(
                    "e => getComputedStyle(e.shadowRoot.querySelector('.card')).backgroundColor"
                )
                colours[scheme, theme] = {inside, shadow}
            assert complaints == []
    assert all(len(found) == 1 for found in colours.values()), "frame and component look the same"
    assert colours["light", "auto"] == colours["light", "light"] == colours["dark", "light"]
    assert colours["dark", "auto"] == colours["dark", "dark"] == colours["light", "dark"]
    assert colours["light", "light"] != colours["light", "dark"]


def test_embeds_work_without_javascript(browser: Any, made_up: str) -> None:
    card = addresses(made_up, 1)[0]
    with (
        site_for(made_up) as foreign,
        opened(browser, java_script_enabled=False) as (page, _),
    ):
        foreign.body = element(made_up, card) + frame(card, 400)
        page.goto(foreign.address)
        assert page.get_by_text("the record").is_visible()
        assert page.get_by_text("the record").get_attribute("href") == card.replace(
            "/embed/", "/v1/"
        )
        assert page.query_selector("iframe").content_frame().locator(".number").is_visible()


def test_a_missing_card_leaves_the_link(browser: Any, made_up: str) -> None:
    with site_for(made_up) as foreign, opened(browser) as (page, _):
        foreign.body = element(made_up, f"{made_up}/embed/figures/none-such")
        page.goto(foreign.address)
        until(page, "document.querySelector('on-record').shadowRoot !== null")
        page.wait_for_timeout(300)
        assert page.get_by_text("the record").is_visible()


def test_the_component_follows_its_src_attribute(browser: Any, made_up: str) -> None:
    first, second = addresses(made_up, 1)[:2]
    with site_for(made_up) as foreign, opened(browser) as (page, complaints):
        foreign.body = element(made_up, first)
        page.goto(foreign.address)
        until(page, IS_SHOWN)
        before = page.query_selector("on-record").evaluate(SHADOW)
        page.evaluate(
            "document.querySelector('on-record').setAttribute('src',"
            f" '{second.replace('/embed/', '/v1/')}.html?utm_source=feed')"
        )
        until(
            page, "document.querySelector('on-record').shadowRoot.querySelector('.series') !== null"
        )
        assert page.query_selector("on-record").evaluate(SHADOW) != before
        assert complaints == []


def test_hostile_text_fits_280_pixels(browser: Any, hostile: str) -> None:
    with opened(browser, viewport={"width": 280, "height": 500}) as (page, complaints):
        for address in addresses(hostile, 8):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 280, address
            assert page.title().endswith("On Record")
        assert complaints == []


@pytest.mark.parametrize("width", [600, 320])
def test_the_height_of_oembed_is_close(browser: Any, seeds: str, width: int) -> None:
    """Rather too high than too low: what is too low is scrolled."""
    with opened(browser, viewport={"width": width, "height": 400}) as (page, _):
        for address in addresses(seeds, 6):
            told = httpx.get(f"{seeds}/oembed", params={"url": address, "maxwidth": width}).json()[
                "height"
            ]
            page.goto(address)
            needed = page.evaluate("document.querySelector('.card').getBoundingClientRect().height")
            assert 0.97 * needed <= told <= 1.5 * needed, (address, told, needed)


def test_axe_finds_no_violations_in_cards(browser: Any, node: Any, made_up: str) -> None:
    axe = (node / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    for scheme in ("light", "dark"):
        with opened(browser, color_scheme=scheme, bypass_csp=True) as (page, _):
            for address in addresses(made_up, 1):
                page.goto(address)
                page.evaluate(axe)
                found = page.evaluate("axe.run(document, {rules: {region: {enabled: false}}})")[
                    "violations"
                ]
                assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], address
