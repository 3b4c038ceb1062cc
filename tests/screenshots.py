"""Pictures of pages for docs/screenshots: `python -m tests.screenshots`. Not a test: whoever
changes how pages look, looks at them, in both schemes and at two widths.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import sync_playwright

from tests.conftest import BROWSER_FLAGS, MADE_UP, ROOT, SEED, build_from
from tests.server import serving
from tests.test_cards_in_browser import IS_SHOWN, IS_TOLD, element, frame, site_for, until

FOLDER = ROOT / "docs" / "screenshots"
SIZES: dict[Any, Any] = {
    "light": {"width": 1060, "height": 680},
    "dark": {"width": 360, "height": 700},
}
"""Each scheme at the width of its picture."""
OF_THE_SEED = {
    "front": "/",
    "figure": "/v1/figures/palestinians-killed-since-2023-10-07-at-2024-02-14",
    "statement": "/v1/statements?quote_type=partial&limit=1",
    "source": "/v1/sources/iran-fm-qatar-amir-2024-02-14",
    "list": "/v1/figures",
    "timeline": "/v1/timeline?sort=-date",
    "search": "/v1/search?q=truce",
    "problem": "/v1/figures?qualifier=ovr",
    "guide": "/docs/guide",
}
OF_THE_MADE_UP = {"series": "/v1/series/people-displaced-by-flood"}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for seed, pages in ((SEED, OF_THE_SEED), (MADE_UP, OF_THE_MADE_UP)):
            url = f"sqlite:///{Path(folder) / seed.name}.db"
            build_from(seed, url)
            with serving(url) as address:
                take(address, pages)
                if seed == SEED:
                    take_elsewhere(address)


def take(address: str, pages: dict[str, str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=BROWSER_FLAGS
        )
        for scheme, size in SIZES.items():
            context = browser.new_context(color_scheme=scheme, viewport=size)
            page = context.new_page()
            for name, path in pages.items():
                page.goto(f"{address}{path}")
                if name == "statement":
                    page.locator(".card h2 a").first.click()
                page.screenshot(path=FOLDER / f"{name}-{scheme}.png")
        browser.close()


FIGURE = "figures/palestinians-killed-since-2023-10-07-at-2024-02-14"


def take_elsewhere(address: str) -> None:
    """Cards on another site's page: in a frame, as a component, as a picture."""
    with sync_playwright() as playwright, site_for(address) as foreign:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=BROWSER_FLAGS
        )
        event = f"{address}/embed/events/captives-released-in-truce-2023-11"
        foreign.body = frame(f"{address}/embed/{FIGURE}", 600) + element(address, event)
        for scheme in SIZES:
            page = browser.new_context(
                color_scheme=scheme, viewport={"width": 620, "height": 500}
            ).new_page()
            page.goto(foreign.address)
            until(page, IS_TOLD)
            until(page, IS_SHOWN)
            page.screenshot(path=FOLDER / f"cards-{scheme}.png", full_page=True)
        browser.close()
    (FOLDER / "preview.png").write_bytes(httpx.get(f"{address}/preview/{FIGURE}.png").content)


if __name__ == "__main__":
    main()
