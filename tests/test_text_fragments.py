"""The links of citations lead a real browser to the quoted words."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from app.presentation.citations import text_fragment

FILLING = "<p>Nothing stands here.</p>" * 200
QUOTED = "about 1,250 non-NATO &amp; other <b>people</b> said so — “twice”, 50% of 日本 naïve 🌊"
PAGE = (
    f"<!DOCTYPE html><meta charset=utf-8>{FILLING}<p>It was told that {QUOTED} on"
    f" Friday.</p><p>Next day, too.</p>{FILLING}"
)


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def article() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(
    ("quoted", "is_found"),
    [
        (("about 1,250 non-NATO & other people",), True),
        (("50% of 日本 naïve 🌊",), True),
        (("people", " other ", " said so"), True),
        (("non-NATO", "250 ", " & ot"), True),
        (("on Friday.\nNext day",), True),
        (("nowhere in the text",), False),
    ],
)
def test_a_browser_scrolls_to_the_quote(
    page: Any, article: str, quoted: tuple[str, ...], is_found: bool
) -> None:
    page.goto(f"{article}?{hash(quoted)}#{text_fragment(*quoted)}")
    page.wait_for_timeout(150)
    assert (page.evaluate("scrollY") > 1000) == is_found
