"""Cards for other websites: their content, their headers, pictures, snippets and the component."""

import asyncio
import html
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from app.pages.page_context import assets, component_path
from app.presentation import preview
from app.presentation.cards import CARD_TYPES
from app.presentation.records import present
from app.resources import RESOURCES
from tests.client import Api
from tests.test_presentation import read

pytestmark = pytest.mark.any_database

BROWSER = {"Accept": "text/html"}
RESOURCES_WITH_CARDS = [RESOURCES[resource_type] for resource_type in CARD_TYPES]
FIGURE = "people-displaced-2031-05-04"


def card(api: Api, address: str) -> str:
    """What a reader reads in the frame."""
    response = api.get(address, headers=BROWSER)
    assert response.status_code == 200, response.text
    return read(response.text.partition("<article")[2].partition(">")[2].partition("<script")[0])


def every(api: Api) -> Iterator[tuple[str, str, Any]]:
    for resource in RESOURCES_WITH_CARDS:
        for record in api.all(f"{resource.path}?limit=100"):
            yield resource.type, f"/embed/{resource.plural}/{record['id']}", record


def test_any_site_may_frame_a_card(
    api: Api,
) -> None:
    response = api.get(f"/embed/figures/{FIGURE}", headers=BROWSER)
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors" not in policy, "which lets anybody frame it"
    assert "x-frame-options" not in response.headers
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert len(re.findall("<script", response.text)) == 1
    assert not re.search(r"<(link rel=.stylesheet|img|form)", response.text)
    assert all(
        'target="_blank" rel="noopener"' in link for link in re.findall("<a [^>]*>", response.text)
    )
    assert len(response.content) < 10_000


def test_other_pages_may_only_be_framed_by_the_same_origin(api: Api) -> None:
    for path in (
        "/",
        "/v1/figures",
        f"/v1/figures/{FIGURE}",
        "/docs",
        "/docs/guide",
        "/nothing",
        "/v1/figures?x=1",
    ):
        assert (
            "frame-ancestors 'self'"
            in api.get(path, headers=BROWSER).headers["content-security-policy"]
        ), path


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("?thema=dark", 422),
        ("?theme=pink", 422),
        ("?known_at=2031-01-01", 422),
        ("-not-there", 404),
        ("%20", 404),
    ],
)
def test_a_missing_card_is_a_small_problem_page(api: Api, asked: str, status: int) -> None:
    response = api.get(f"/embed/figures/{FIGURE}{asked}", headers=BROWSER)
    assert response.status_code == status
    assert "frame-ancestors" not in response.headers["content-security-policy"]
    assert len(response.content) < 7_000
    assert response.text.count('class="card problem"') == 1
    assert (
        api.get(f"/embed/figures/{FIGURE}{asked}").headers["content-type"]
        == "application/problem+json"
    )
    assert api.get("/embed/actors/iran").status_code == 404


def test_cards_of_withdrawn_and_renamed_records(tmp_path: Any) -> None:
    from app.curation.build import Silent, build_records
    from app.database.engine import parse_url
    from tests.many import Maker

    url = parse_url(f"sqlite:///{tmp_path / 'x.db'}")
    records = Maker(4).records()
    build_records(records, url, "one", Silent())
    events: list[Any] = records.by_type["event"]
    related = {relation.to for event in events for relation in event.relations}
    gone = next(item for item in records.by_type["statement"] if item.id not in related)
    records.by_type["statement"].remove(gone)
    build_records(records, url, "two", Silent())
    with Api.over(str(url)) as api:
        for path in (f"/embed/statements/{gone.id}", f"/preview/statements/{gone.id}.png"):
            assert api.get(path).status_code == 410
        framed = api.get(f"/embed/statements/{gone.id}", headers=BROWSER)
        assert (framed.status_code, "card problem" in framed.text) == (410, True)
        assert api.get(f"/oembed?url=/v1/statements/{gone.id}").status_code == 410


def test_themes_change_colours_alone(api: Api) -> None:
    pages = {
        theme: api.get(f"/embed/figures/{FIGURE}?theme={theme}", headers=BROWSER)
        for theme in ("auto", "light", "dark")
    }
    assert len({page.headers["etag"] for page in pages.values()}) == 3
    for theme, page in pages.items():
        assert f'data-theme="{theme}"' in page.text
        assert card(api, f"/embed/figures/{FIGURE}?theme={theme}") == card(
            api, f"/embed/figures/{FIGURE}"
        )


def test_hostile_text_is_harmless_in_cards_and_embeds(
    hostile_api: Api,
) -> None:
    for _, address, record in every(hostile_api):
        framed = hostile_api.get(address, headers=BROWSER).text
        body = framed[framed.index("<article") :]
        assert set(re.findall(r"<([a-z0-9]+)", body)) <= set(
            "article p h1 a bdi dl div dt dd q blockquote mark ul li code script".split()
        )
        assert body.count("<script") == 1
        assert not re.search("[\x00-\x08\u202a-\u202e\u2066-\u2069]", framed)
        shown = hostile_api.get(f"/oembed?url={address}").json()
        assert re.fullmatch(
            r'<iframe src="[^"<>]+" title="[^"<>]*"( [a-z]+="[a-z0-9]+")+></iframe>', shown["html"]
        )
        page = hostile_api.get(record["url"], headers=BROWSER).text
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page) or ["{}"]
        assert json.loads(data).get("title", record["title"]) == record["title"]


# ----------------------------------------------------------------------------------------- pictures


@pytest.mark.slow
def test_pictures_have_the_same_bytes_each_time(seed_api: Api) -> None:
    for _, address, _ in every(seed_api):
        path = f"{address.replace('/embed/', '/preview/')}.png"
        one, other = seed_api.get(path), seed_api.get(path)
        assert one.headers["content-type"] == "image/png"
        assert one.content == other.content
        assert len(one.content) < 60_000
        picture = Image.open(io.BytesIO(one.content))
        assert picture.size == (1200, 630)
        dark = sum(picture.convert("L").histogram()[:128]) / (1200 * 630)
        assert 0.01 < dark < 0.25, (path, "neither blank nor covered")
        assert seed_api.get(path, headers={"If-None-Match": one.headers["etag"]}).status_code == 304
        assert seed_api.statements == []


def test_a_card_without_room_for_its_caveats_has_no_picture(api: Api) -> None:
    record = api.json(f"/v1/figures/{FIGURE}")["data"]
    caveats = [f"The caveat of number {number} has some more words." for number in range(60)]
    assert preview.layout(present("figure", record, {})) is not None
    assert preview.layout(present("figure", {**record, "caveats": caveats}, {})) is None


@pytest.mark.slow
def test_hostile_text_makes_small_pictures_or_none(hostile_api: Api) -> None:
    for _, address, _ in every(hostile_api):
        response = hostile_api.get(f"{address.replace('/embed/', '/preview/')}.png")
        assert response.status_code in (200, 404), "a picture is complete, or there is none"
        assert len(response.content) < 100_000


def test_too_many_pictures_at_once_are_refused(api: Api) -> None:
    async def draw_many() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=api.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            pictures = [client.get(f"/preview/figures/{FIGURE}.png") for _ in range(40)]
            return await asyncio.gather(*pictures)

    responses = asyncio.run(draw_many())
    refused = [response for response in responses if response.status_code == 503]
    assert refused
    assert {response.headers["retry-after"] for response in refused} == {"5"}
    assert sum(response.status_code == 200 for response in responses) >= 18
    assert api.get(f"/preview/figures/{FIGURE}.png").status_code == 200


# ---------------------------------------------------------------------------------------- component


def test_the_component_is_one_immutable_file(api: Api) -> None:
    response = api.get(component_path())
    assert response.headers["cache-control"].endswith("immutable")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["content-type"].startswith("text/javascript")
    assert not re.search(r"\bimport\b|innerHTML|outerHTML|eval\(|\.style\b", response.text)
    assert len(response.content) < 12_000
    assert component_path().removeprefix("/assets/") in assets()


def test_earlier_versions_of_the_component_redirect(api: Api) -> None:
    response = api.get("/assets/on-record-0123456789ab.js")
    assert (response.status_code, response.headers["location"]) == (307, component_path())
    assert "immutable" not in response.headers["cache-control"]
    assert api.get("/assets/on-record-xyz.js").status_code == 404


# ------------------------------------------------------------------------------- what leaves a page


def meta(page: str, name: str) -> str:
    found = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)">', page)
    assert len(found) == 1, (name, found)
    return html.unescape(found[0])


def test_record_pages_have_citation_preview_and_snippets(api: Api, seed_api: Api) -> None:
    for which in (api, seed_api):
        for resource in RESOURCES.values():
            for record in which.all(f"{resource.path}?limit=100"):
                assert_leaves_whole(which, resource.type, record)


def assert_leaves_whole(api: Api, resource_type: str, record: Any) -> None:
    page = api.get(record["url"], headers=BROWSER).text
    address = f"http://test{record['url']}"
    said = meta(page, "og:description")
    assert said == meta(page, "description")
    assert meta(page, "og:title") == record["title"]
    assert f'<link rel="canonical" href="{address}">' in page
    # Fetchers of previews accept anything: this URL is a page for them too.
    page_address = f"{address}.html"
    assert meta(page, "og:url") == page_address
    assert meta(api.get(page_address).text, "og:url") == page_address
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page) or [
        "too long"
    ]
    if len(api.get(f"{record['url']}.jsonld").text) <= 32_768:
        told = api.json(f"{record['url']}.jsonld")
        # Figures of a series, and records that rest on a source, have pages with data of their own.
        others = {"series": "points", "source": "evidence"}.get(resource_type)
        assert json.loads(data) == {name: value for name, value in told.items() if name != others}
    box = html.unescape(page.partition('<section class="share"')[2].partition("</section>")[0])
    cited = api.get(f"{record['url']}/citation").text
    assert cited.rpartition(", accessed ")[0] in box
    for style in ("sentence", "apa", "chicago", "bibtex", "ris", "csl-json"):
        assert f'href="{record["url"]}/citation?style={style}"' in box
    assert f'dir="ltr">{page_address}</pre>' in box
    if resource_type not in CARD_TYPES:
        assert meta(page, "twitter:card") == "summary"
        assert "<iframe" not in box
        return
    assert meta(page, "twitter:card") == "summary_large_image"
    assert meta(page, "og:image") == f"{address.replace('/v1/', '/preview/')}.png"
    assert meta(page, "og:image:alt") == said
    assert f'<iframe src="{address.replace("/v1/", "/embed/")}"' in box
    assert f'<on-record src="{address.replace("/v1/", "/embed/")}"><a href="{page_address}">' in box
    assert f"]({page_address})" in box


def test_pages_of_the_past_have_no_snippets(api: Api) -> None:
    version = api.json("/v1")["dataset"]["version"]
    page = api.get(f"/v1/figures/{FIGURE}?known_at={version}", headers=BROWSER).text
    assert "og:image" not in page
    assert "<pre" not in page.partition('<section class="share"')[2].partition("</section>")[0]
    assert f"citation?style=apa&amp;known_at={version}" in page


def test_lists_link_to_their_feed(api: Api) -> None:
    for path in ("/v1/figures", "/v1/timeline", "/v1/changes", "/v1/search?q=flood"):
        page = api.get(path, headers=BROWSER).text
        (feed,) = re.findall(
            r'<link rel="alternate" type="application/atom\+xml" href="([^"]+)"', page
        )
        assert (
            api.get(html.unescape(feed)).headers["content-type"].startswith("application/atom+xml")
        )
