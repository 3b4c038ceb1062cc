"""oEmbed 1.0, as specified and as an independent consumer reads it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from micawber import Provider, ProviderRegistry
from requests.utils import parse_header_links

from tests.client import Api
from tests.server import serving

pytestmark = pytest.mark.any_database

FIGURE = "/v1/figures/people-displaced-2031-05-04"
REQUIRED = {
    "type",
    "version",
    "title",
    "html",
    "width",
    "height",
    "provider_name",
    "provider_url",
    "cache_age",
}


@pytest.fixture(scope="module")
def server(made_up_url: str) -> Iterator[str]:
    with serving(made_up_url) as address:
        yield address


def asked(api: Api, url: str, more: str = "", **options: Any) -> httpx.Response:
    return api.get(f"/oembed?url={quote(url, safe='')}{more}", **options)


def test_oembed_has_a_frame_with_a_card(server: str) -> None:
    registry = ProviderRegistry()
    registry.register(rf"{re.escape(server)}/v1/\S*", Provider(f"{server}/oembed"))
    told = registry.request(f"{server}{FIGURE}", maxwidth=400)
    assert set(told) >= REQUIRED
    assert (told["type"], told["version"], told["width"]) == ("rich", "1.0", 400)
    assert told["height"] <= 400 * 16 // 9, "this consumer asks for a height, too"
    shown = registry.parse_text(f"See:\n{server}{FIGURE}\n")
    (frame,) = re.findall(r'<iframe src="([^"]+)"', shown)
    card = httpx.get(frame, headers={"Accept": "text/html"})
    assert card.status_code == 200
    assert "more than 1,250" in card.text


def test_oembed_is_discovered_from_the_page(server: str) -> None:
    page = httpx.get(f"{server}{FIGURE}", headers={"Accept": "text/html"}).text
    (address,) = re.findall(
        r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page
    )
    told = httpx.get(address).json()
    assert told["html"].startswith(f'<iframe src="{server}/embed/figures/')
    assert httpx.get(told["thumbnail_url"]).headers["content-type"] == "image/png"


def test_oembed_is_discovered_from_json(api: Api) -> None:
    def oembed_links(path: str) -> list[str]:
        links = parse_header_links(api.get(path).headers["link"])
        return [each["url"] for each in links if each.get("type") == "application/json+oembed"]

    (url,) = oembed_links(FIGURE)
    assert api.json(url) == asked(api, FIGURE).json()
    version = api.json(FIGURE)["dataset"]["version"]
    assert oembed_links(f"{FIGURE}?known_at={version}") == [], "a card shows the present"
    assert oembed_links("/v1/actors/zoe-angstroem") == []


def test_max_width_and_height_are_kept(api: Api) -> None:
    for width, height in ((1, 1), (280, 90), (320, 5000), (600, 630), (1200, 630), (5000, 5000)):
        told = asked(api, FIGURE, f"&maxwidth={width}&maxheight={height}").json()
        assert told["width"] <= width
        assert told["height"] <= height
        assert f'width="{told["width"]}" height="{told["height"]}"' in told["html"]
        assert told.get("thumbnail_width", 0) <= width
        assert told.get("thumbnail_height", 0) <= height


@pytest.mark.parametrize(
    "url",
    [
        f"http://test{FIGURE}",
        f"https://TEST{FIGURE}",
        f"http://test{FIGURE}.html",
        f"http://test{FIGURE}.html?utm_source=feed&fbclid=a",
        f"http://test{FIGURE}#all",
        FIGURE,
        FIGURE.replace("/v1/", "/embed/"),
        f"http://test{FIGURE.replace('/v1/', '/embed/')}?theme=dark&gclid=a",
    ],
)
def test_urls_with_and_without_host_are_known(api: Api, url: str) -> None:
    told = asked(api, url)
    assert told.status_code == 200, told.text
    assert ("?theme=dark" in told.json()["html"]) == ("theme=dark" in url)


@pytest.mark.parametrize(
    "url",
    [
        f"http://elsewhere.example{FIGURE}",
        f"http://test:8080{FIGURE}",
        f"ftp://test{FIGURE}",
        f"javascript:alert(1)//test{FIGURE}",
        f"//elsewhere.example{FIGURE}",
        "http://test/v1/figures",
        "http://test/v1/figures/none-such",
        "http://test/v1/actors/zoe-angstroem",
        f"http://test{FIGURE}/revisions/1",
        f"http://test{FIGURE}?known_at=2031-05-04",
        f"http://test{FIGURE}?fields=value",
        f"http://test{FIGURE}?theme=dark",
        f"http://test{FIGURE}/",
        f"http://test{FIGURE}.csv",
        "http://[::1",
        "not an address",
    ],
)
def test_other_urls_are_not_found(api: Api, url: str) -> None:
    response = asked(api, url)
    assert response.status_code == 404, response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_the_public_url_and_the_host_are_known(made_up_url: str) -> None:
    with Api.over(made_up_url, public_url="https://facts.example.org/about") as public:
        told = asked(public, f"https://facts.example.org/about{FIGURE}").json()
        assert told["html"].startswith(
            '<iframe src="https://facts.example.org/about/embed/figures/'
        )
        assert told["provider_url"] == "https://facts.example.org/about/"
        assert asked(public, f"http://test{FIGURE}").status_code == 200
        assert asked(public, f"https://facts.example.org{FIGURE}").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&format=xml", 501),
        ("&format=yaml", 501),
        ("&format=json", 200),
        ("&maxwidth=0", 422),
        ("&maxwidth=wide", 422),
        ("&maxwidth=300&maxwidth=400", 422),
        ("&format=", 422),
    ],
)
def test_parameters_of_the_standard_are_validated(api: Api, query: str, status: int) -> None:
    assert asked(api, FIGURE, query).status_code == status
    assert api.get("/oembed").status_code == 422


def test_other_parameters_are_listed_as_not_read(api: Api) -> None:
    told = asked(api, FIGURE, "&dnt=1&omit_script=true&callback=alert").json()
    assert told["not_read"] == ["dnt", "omit_script", "callback"]
    assert {name: value for name, value in told.items() if name != "not_read"} == asked(
        api, FIGURE
    ).json()


def test_revalidation_takes_no_statement(api: Api) -> None:
    first = asked(api, FIGURE)
    again = asked(api, FIGURE, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, api.statements) == (304, b"", [])
    assert urlsplit(first.json()["provider_url"]).netloc == "test"
