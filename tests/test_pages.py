"""HTML pages: content, links, forms, headers and cost."""

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from app.pages.chart import chart
from app.pages.form_fields import control_groups
from app.pages.page_context import FOLDER, PageContext
from app.pages.templating import ENVIRONMENT
from app.pages.text import is_web_url
from app.presentation.citations import clean_text
from app.presentation.templating import TEMPLATES
from app.presentation.text import format_number, long_date, name_controls
from app.problems import KINDS
from app.resources import RESOURCES, Resource
from app.resources.declarations import Listing
from app.resources.fields import published_words
from app.resources.lists import CHANGES, DATASETS, SEARCH, TIMELINE
from app.resources.references import REFERENCE_FIELDS
from tests.client import Api
from tests.hostile import ATTEMPTS

pytestmark = pytest.mark.any_database

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
FIGURE = "/v1/figures/people-displaced-2031-05-04"
SOURCE = "/v1/sources/flood-in-lower-vale-2031-05-04"


class ParsedPage(HTMLParser):
    """The elements and the words of a page. It fails where markup does not close."""

    VOID = ("meta", "link", "input", "br", "img", "hr")
    # SVG closes these itself.
    SELF_CLOSING = ("path", "line")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.SELF_CLOSING, tag
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def every(self, tag: str, **expected: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag
            and all(attributes.get(key.rstrip("_")) == value for key, value in expected.items())
        ]


def page_of(api: Api, url: str, status: int = 200) -> ParsedPage:
    response = api.get(url, headers=BROWSER)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return ParsedPage(response.text)


def urls(api: Api) -> list[str]:
    records = [
        f"{r.path}/{api.json(r.path + '?limit=1')['data'][0]['id']}" for r in RESOURCES.values()
    ]
    figure = next(url for url in records if "/figures/" in url)
    source = next(url for url in records if "/sources/" in url)
    return [
        *(
            "/",
            "/v1",
            "/v1/timeline",
            "/v1/search?q=flood",
            "/v1/changes",
            "/v1/datasets",
            "/problems",
            "/docs/guide",
        ),
        *(resource.path for resource in RESOURCES.values()),
        *records,
        *(
            f"{source}/evidence",
            f"{figure}/revisions",
            f"{figure}/revisions/1",
            "/problems/not-found",
        ),
        *(
            "/v1/figures?fields=value",
            "/v1/figures?include=source,series,history&facets=unit",
        ),
        *(
            "/v1/figures?updated_after=2020-01-01",
            f"{figure}?fields=value&include=source,history",
        ),
    ]


# ----------------------------------------------------------------------------------------------
# the same addresses


def test_every_url_is_a_page_in_a_browser(api: Api) -> None:
    for url in urls(api):
        page = page_of(api, url)
        assert page.every("main", id="main"), url
        assert len(page.every("h1")) == 1, url
        assert page.every("html", lang="en"), url


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/figures", FIGURE, "/v1/timeline", "/nothing"])
def test_programs_get_json_unless_they_ask_for_a_page(api: Api, path: str) -> None:
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json, text/html;q=0.9"}):
        assert "json" in api.get(path, headers=headers).headers["content-type"]


@pytest.mark.parametrize("path", ["/v1/figures", FIGURE, "/v1/timeline", f"{SOURCE}/evidence"])
def test_the_suffix_decides_whatever_is_accepted(api: Api, path: str) -> None:
    assert api.get(f"{path}.html").headers["content-type"] == "text/html; charset=utf-8"
    json = api.get(f"{path}.json", headers=BROWSER)
    assert json.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/v1/figures", FIGURE, f"{FIGURE}.html", f"{FIGURE}/revisions/1", "/v1/timeline"),
        *("/docs", "/docs/guide", "/problems", "/v1/changes"),
        *(FIGURE.replace("v1", "embed"), f"{FIGURE.replace('v1', 'preview')}.png"),
    ],
)
def test_tracking_parameters_change_nothing(api: Api, path: str) -> None:
    plain = api.get(path, headers=BROWSER)
    tracked = api.get(f"{path}?utm_source=feed&fbclid=a&gclid=", headers=BROWSER)
    if tracked.status_code == 303:
        tracked = api.get(tracked.headers["location"], headers=BROWSER)
    assert (tracked.status_code, tracked.content) == (plain.status_code, plain.content)
    assert plain.status_code == 200


def test_pages_are_compressed_and_revalidated(api: Api) -> None:
    for url in urls(api):
        first = api.get(url, headers={**BROWSER, "Accept-Encoding": "br"})
        assert first.headers["content-encoding"] == "br"
        again = api.get(
            url,
            headers={**BROWSER, "Accept-Encoding": "br", "If-None-Match": first.headers["etag"]},
        )
        assert (again.status_code, again.content) == (304, b""), url
        if "/revisions/1" not in url:
            assert api.statements == [], url


def test_pages_load_no_other_host_and_run_no_script(api: Api) -> None:
    for url in urls(api):
        response = api.get(url, headers=BROWSER)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = ParsedPage(response.text)
        assert has_no_script(page), url
        assert not page.every("style"), url
        assert not any(
            "style" in attributes or any(k.startswith("on") for k in attributes)
            for _, attributes in page.elements
        )
        loaded = [
            item["href"] or ""
            for item in page.every("link", rel="stylesheet") + page.every("link", rel="icon")
        ]
        assert len(loaded) == 2
        for href in loaded:
            asset = api.get(href)
            assert asset.headers["cache-control"].endswith("immutable"), href
        assert not page.every("img"), url


def has_no_script(page: ParsedPage) -> bool:
    """JSON-LD is an element of the name `script`, too; browsers run none of that type."""
    return all(item == {"type": "application/ld+json"} for item in page.every("script"))


def test_a_record_page_is_small(api: Api, seed_api: Api) -> None:
    for client in (api, seed_api):
        for resource in RESOURCES.values():
            for record in client.json(f"{resource.path}?limit=500")["data"]:
                body = client.get(record["url"], headers=BROWSER).content
                sheet = sum(
                    len(client.get(href).content)
                    for href in re.findall(r'href="(/assets/[^"]+)"', body.decode())
                )
                assert len(body) + sheet <= 60_000, record["url"]


def test_pages_work_under_a_prefix_and_behind_a_public_url(made_up_url: str) -> None:
    with (
        Api.over(made_up_url) as inner,
        Api.over(made_up_url, public_url="https://facts.example.org/about") as public,
    ):
        mounted = inner.mounted_in(Starlette(routes=[Mount("/facts", app=inner.app)]))
        page = page_of(mounted, f"/facts{FIGURE}")
        links = [
            item["href"] or ""
            for item in page.every("a") + page.every("link")
            if "#" not in (item["href"] or "")
        ]
        assert all(
            link.startswith("/facts/")
            for link in links
            if not link.startswith("http://test/facts/")
        ), links
        for link in links:
            assert mounted.get(link, headers=BROWSER).status_code == 200, link
        moved = mounted.get("/facts/v1/figures?unit=&qualifier=over", headers=BROWSER)
        assert moved.headers["location"] == "/facts/v1/figures?qualifier=over"
        mistake = page_of(mounted, "/facts/v1/figures?limit=0", status=422)
        assert mistake.every("form", class_="filters", action="/facts/v1/figures")
        text = page_of(public, FIGURE)
        assert all((item["href"] or "").startswith(("/about/", "#")) for item in text.every("a"))


# ----------------------------------------------------------------------------------------------
# records


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.plural)
def test_a_page_has_every_field_of_its_record(api: Api, resource: Resource) -> None:
    for record in api.all(resource.path):
        page = page_of(api, record["url"])
        assert record["title"] in page.text
        for caveat in record["caveats"]:
            assert " ".join(caveat.split()) in page.text
        for item in record["evidence"]:
            for words, _ in published_words(item):
                assert " ".join(words.split()) in page.text
        text = page.text
        for name, value in record.items():
            if (
                isinstance(value, str)
                and name not in ("id", "url")
                and name not in REFERENCE_FIELDS
            ):
                assert " ".join(value.replace("_", " ").split()) in text.replace("_", " "), name


def test_the_header_has_number_date_and_attribution(api: Api) -> None:
    for record in api.all("/v1/figures"):
        page = api.get(record["url"], headers=BROWSER).text
        head = ParsedPage(
            page[
                page.index('<header class="hero">') : page.index(
                    "</header>", page.index('class="hero"')
                )
                + 9
            ]
        ).text
        assert record["as_written"] in head
        assert long_date(record["as_of"]["edtf"]) in head
        assert "according to" in head
        assert ("nobody is named" in head) == (record["attribution"]["origin"] == "none_named")
        source = api.json(f"/v1/sources/{record['source']}")["data"]
        assert source["title"] in head


def test_a_record_links_to_lists_that_refer_to_it(api: Api) -> None:
    page = page_of(api, "/v1/places/lower-vale")
    links = {
        item["href"]: api.json(item["href"] or "")["total"]
        for item in page.every("a")
        if "place=" in (item["href"] or "")
    }
    assert links
    assert all(links.values()), "a list that is led to is not empty"


def test_a_new_field_needs_no_code(api: Api) -> None:
    record = {
        "colour": "dark_red",
        "weights": [{"of": "flood-2031-05", "note": "<b>"}],
        "gone": None,
        "count": 1_000,
    }
    context = PageContext("", "")
    template = ENVIRONMENT.from_string("{{ c.fields(context, record) }}")
    fields = template.render(context=context, record=record)
    assert "dark red" in fields
    assert "&lt;b&gt;" in fields
    assert "1\u202f000" in fields
    assert "<dt>no value</dt><dd>gone</dd>" in fields


def test_a_page_links_to_revisions(api: Api) -> None:
    page = page_of(api, FIGURE)
    assert page.every("a", href=f"{FIGURE}/revisions/1")
    assert page.every("a", href=f"{FIGURE}/revisions")


def test_a_source_has_its_quotes_with_links_to_their_records(api: Api) -> None:
    quotes = api.json(f"{SOURCE}/evidence?limit=500")["data"]
    page = api.get(SOURCE, headers=BROWSER).text
    text = ParsedPage(page).text
    links = [item["href"] for item in ParsedPage(page).every("a")]
    for quote in quotes:
        assert " ".join(quote["exact"].split()) in text
        assert all(record["url"] in links for record in quote["records"])
    stretches = re.findall(r'<blockquote dir="auto"><p>(.*?)</p>', page)
    assert len(stretches) <= len(quotes)


# ----------------------------------------------------------------------------------------------
# lists and forms

LISTS: list[Listing] = [*RESOURCES.values(), TIMELINE, SEARCH, CHANGES, DATASETS]


@pytest.mark.parametrize("listing", LISTS, ids=lambda listing: listing.path)
def test_a_form_has_every_parameter_of_its_list(api: Api, listing: Listing) -> None:
    url = f"{listing.path}?q=flood" if listing.required else listing.path
    page = page_of(api, url)
    names = {
        item["name"] for tag in ("input", "select") for item in page.every(tag) if item.get("name")
    }
    windows = {item.name for item in listing.parameters if item.operator == "overlaps"}
    others = {item.name for item in listing.parameters} - windows
    assert others | {f"{name}.{end}" for name in windows for end in ("from", "to")} <= names
    if listing.sorts:
        assert "sort" in names
    labelled = {item["for"] for item in page.every("label") if item.get("for")}
    for tag in ("input", "select"):
        for item in page.every(tag):
            assert item.get("id") in labelled or item.get("type") in ("checkbox", "date"), item


def test_a_form_has_the_values_of_the_query(api: Api) -> None:
    page = page_of(
        api,
        "/v1/figures?qualifier=over,at_most&value_min=5&q=flood&place=lower-vale,!upper-vale"
        "&date=2031&as_of=2031-05-04&missing=event,place&sort=-as_of,value&limit=50",
    )
    assert checked(page, "qualifier") == {"over", "at_most"}
    assert checked(page, "missing") == {"event", "place"}
    assert page.every("input", name="value_min")[0]["value"] == "5"
    assert page.every("input", name="place")[0]["value"] == "lower-vale,!upper-vale"
    assert page.every("input", name="q", id="f-q")[0]["value"] == "flood"
    ends = ("date.from", "date.to", "as_of.from", "as_of.to")
    days = [page.every("input", name=name)[0]["value"] for name in ends]
    assert days == ["2031-01-01", "2031-12-31", "", "2031-05-04"]
    selected = {item["value"] for item in page.every("option") if "selected" in item}
    assert selected == {"-as_of,value", "50"}


def checked(page: ParsedPage, name: str) -> set[str | None]:
    return {item["value"] for item in page.every("input", name=name) if "checked" in item}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("q=&qualifier=over&qualifier=at_most&sort=&limit=", "qualifier=over,at_most"),
        ("q=&missing=event&missing=place", "missing=event,place"),
        ("q=&unit=", ""),
        ("q=%C3%A9+%26&unit=", "q=%C3%A9%20%26"),
        ("q=a,b&unit=", "q=a,b"),
        ("q=&utm_source=feed", ""),
        ("date.from=2031-05-04&date.to=", "date=2031-05-04/.."),
        ("date.from=&date.to=2031-05-04", "date=../2031-05-04"),
        ("date.from=2031-05-01&date.to=2031-05-04", "date=2031-05-01/2031-05-04"),
        ("date.from=2031-05-04&date.to=2031-05-04", "date=2031-05-04"),
        ("as_of.from=2031-05-04&as_of.to=2031-05-04", "as_of=2031-05-04/2031-05-04"),
        ("date.from=&date.to=", ""),
    ],
)
def test_a_form_leads_to_the_url_that_it_means(api: Api, sent: str, meant: str) -> None:
    response = api.get(f"/v1/figures?{sent}", headers=BROWSER)
    assert response.status_code == 303
    assert response.headers["location"] == f"/v1/figures{'?' if meant else ''}{meant}"
    assert api.get(f"/v1/figures?{sent}").status_code == 422, "programs are told"


@pytest.mark.parametrize("path", [f"{SOURCE}/evidence", f"{FIGURE}/revisions", "/v1/figures"])
def test_a_form_queries_its_own_list(api: Api, path: str) -> None:
    for url, status in ((path, 200), (f"{path}.html", 200), (f"{path}.html?limit=0", 422)):
        (form,) = page_of(api, url, status=status).every("form", class_="filters")
        assert form["action"] == path


def test_single_values_of_a_form_are_not_joined(api: Api) -> None:
    response = api.get("/v1/figures?q=flood&q=dam&unit=", headers=BROWSER)
    assert response.headers["location"] == "/v1/figures?q=flood&q=dam"
    assert "once" in page_of(api, response.headers["location"], status=422).text


def test_a_list_page_has_its_request_in_words(api: Api) -> None:
    url = "/v1/figures?qualifier=over&sort=-as_of"
    page = page_of(api, url)
    assert page.every("a", href=url)
    assert api.json(url)["query"]["sentence"] in page.text


@pytest.mark.parametrize(
    "url",
    [
        "/v1/events",
        "/v1/events?facets=type&status=reported",
        "/v1/events?facets=participant,place&participant=!lower-vale-council",
        "/v1/figures?facets=event,unit&missing=date",
    ],
)
def test_facets_count_the_lists_they_link_to(api: Api, url: str) -> None:
    text = api.get(url, headers=BROWSER).text
    facets = re.findall(
        r'<li><a href="([^"]+)"><bdi>[^<]*</bdi></a> <span class="count">(\d+)</span>', text
    )
    assert facets
    for target, count in facets:
        assert api.json(html.unescape(target))["total"] == int(count), target


def test_a_selected_facet_leads_back(api: Api) -> None:
    page = page_of(api, "/v1/figures?unit=person,house&place=lower-vale&facets=unit")
    links = {item["href"] for item in page.every("a", **{"aria-current": "true"})}
    assert "/v1/figures?unit=house&place=lower-vale&facets=unit" in links


@pytest.mark.parametrize(
    ("query", "without"),
    [
        ("unit=person", {""}),
        ("unit=person,!house", {"unit=person", "unit=!house"}),
        ("missing=event,date", {"missing=event", "missing=date"}),
        ("missing=event&present=place", {"missing=event", "present=place"}),
        ("place=a,b&match_all=place", {"place=a&match_all=place", "place=b&match_all=place"}),
        ("place=a&match_all=place", {""}),
        ("date=2031&value_min=5", {"date=2031", "value_min=5"}),
    ],
)
def test_each_filter_can_be_removed(api: Api, query: str, without: set[str]) -> None:
    page = page_of(api, f"/v1/figures?{query}")
    links = [item["href"] or "" for item in page.every("a", title="Ask without it")]
    assert {link.removeprefix("/v1/figures").removeprefix("?") for link in links} == without
    assert all(api.get(link).status_code == 200 for link in links)


def test_pages_link_to_next_and_previous(many_api: Api) -> None:
    url, urls_found = "/v1/events?limit=20", []
    while url:
        page = page_of(many_api, url)
        urls_found += [
            item["href"]
            for item in page.every("a")
            if re.fullmatch(r"/v1/events/event-\d+", item["href"] or "")
        ]
        following = page.every("a", rel="next")
        if len(urls_found) > 40:
            assert page.every("a", rel="prev")
        url = following[0]["href"] or "" if following else ""
    assert len(set(urls_found)) == many_api.json("/v1/events")["total"]


# ----------------------------------------------------------------------------------------------
# problems


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in KINDS.values()
        if not kind.example.headers and "…" not in kind.example.request
    ],
)
def test_a_problem_is_a_page_with_the_same_status(api: Api, kind: Any) -> None:
    method, _, target = kind.example.request.partition(" ")
    if kind.status >= 500 or kind.status == 400:
        return
    text = api.request(method, target)
    page = api.request(method, target, headers=BROWSER)
    assert page.status_code == text.status_code == kind.status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert kind.title in ParsedPage(page.text).text


def test_an_error_is_at_its_control(api: Api) -> None:
    page = page_of(api, "/v1/figures?qualifier=ovr,over&value_min=ten&colour=red", status=422)
    field = page.every("input", name="value_min")[0]
    assert (field["value"], field["aria-invalid"]) == ("ten", "true")
    assert "Write a number in digits" in page.text
    assert any(item.get("id") == "f-value_min-e" for _, item in page.elements)
    assert checked(page, "qualifier") == {"ovr", "over"}
    assert "colour" in page.text
    assert corrections(page) == ["?qualifier=over,over&value_min=ten&colour=red"]


def test_a_wrong_window_is_in_the_form(api: Api) -> None:
    page = page_of(api, "/v1/figures?date=2031-05-04/2031-05-01&as_of=2031&x=1", status=422)
    names = ("date.from", "date.to", "as_of.from", "as_of.to")
    days = [page.every("input", name=name)[0]["value"] for name in names]
    assert days == ["2031-05-04", "2031-05-01", "", "2031-12-31"]
    assert any(item.get("id") == "f-date-e" for _, item in page.elements)


def corrections(page: ParsedPage) -> list[str]:
    links = [item["href"] or "" for item in page.every("a")]
    return [link for link in links if link.startswith("?")]


@pytest.mark.parametrize(
    ("query", "corrected"),
    [
        ("qualifer=over,at_most&unit=person", "qualifier=over,at_most&unit=person"),
        ("qualifier=!ovr", "qualifier=!over"),
        ("value_gt=3", "value_min=3"),
        ("place_not=lower-vale", "place=!lower-vale"),
        ("qualifier_not=over,at_most", "qualifier=!over,!at_most"),
        ("as_of_to=2031-05", "as_of=../2031-05"),
        ("value=1250", "value_min=1250&value_max=1250"),
        ("value_min=28,473", "value_min=28473"),
        ("date=2031-00", "date=2031"),
        ("include_history=true", "include=history"),
        ("per_page=10&utm_source=feed", "limit=10"),
    ],
)
def test_a_mistake_has_a_link_that_corrects_it(api: Api, query: str, corrected: str) -> None:
    assert corrections(page_of(api, f"/v1/figures?{query}", status=422)) == [f"?{corrected}"]
    assert api.get(f"/v1/figures?{corrected}").status_code == 200


def test_a_mistake_about_one_record_has_a_link_too(api: Api) -> None:
    assert corrections(page_of(api, f"{FIGURE}?field=value", status=422)) == ["?fields=value"]


@pytest.mark.parametrize(
    "query",
    [
        "date=2031-00/2031-05",
        "place_missing=true",
        "date_from=2031&date=2032",
        "page=2",
        "sort_by=value",
        "colour=red",
    ],
)
def test_no_link_corrects_what_is_not_certain(api: Api, query: str) -> None:
    assert corrections(page_of(api, f"/v1/figures?{query}", status=422)) == []


def test_a_missing_record_suggests_similar_ones(api: Api) -> None:
    page = page_of(api, "/v1/figures/people-displaced-2031-05-05", status=404)
    assert page.every("a", href=FIGURE)
    assert page.every("a", href="/v1/figures")
    assert page.every("form", role="search")


def test_every_class_of_the_style_sheets_is_used() -> None:
    """In a template or in the component."""
    styles = "".join((FOLDER / name).read_text() for name in ("style.css", "card.css"))
    templates = [*FOLDER.glob("templates/*.html"), *TEMPLATES.glob("*.html")]
    sources = "".join(path.read_text() for path in (*templates, FOLDER / "on-record.js"))
    used = set(re.findall("[a-z][a-z0-9-]*", " ".join(re.findall('"([^"]*)"', sources))))
    colours = {f"s{number}" for number in range(1, 7)}
    classes = set(re.findall(r"\.([a-z][a-z0-9-]*)", styles))
    assert classes - used - RESOURCES.keys() - colours == set()


# ----------------------------------------------------------------------------------------------
# guide


def test_the_guide_shows_real_responses(api: Api, many_api: Api, seed_api: Api) -> None:
    for client in (api, many_api, seed_api):
        text = client.get("/docs/guide").text
        examples = re.findall(
            (
                r'<figure class="shown" data-address="([^"]+)"([^>]*)>.*?<code'
                r' class="status">(\d+)</code>.*?</figcaption>(.*?)</figure>'
            ),
            text,
            re.DOTALL,
        )
        assert len(examples) >= 14
        for url, headers, status, body in examples:
            headers_sent = dict(re.findall(r' data-([a-z-]+)="([^"]*)"', headers))
            response = client.get(
                html.unescape(url),
                headers={
                    "Accept": "*/*",
                    **{k.title(): html.unescape(v) for k, v in headers_sent.items()},
                },
            )
            assert response.status_code == int(status), url
            text = html.unescape(re.sub(r"<[^>]+>", "", body)).strip()
            assert "".join(text.split()) == "".join(response.text.split()), url


def test_the_docs_page_names_no_other_host(api: Api) -> None:
    page = api.get("/docs")
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


# ----------------------------------------------------------------------------------------------
# hostile


@pytest.mark.slow
def test_hostile_text_is_harmless(hostile_api: Api) -> None:
    for url in urls(hostile_api):
        response = hostile_api.get(url, headers=BROWSER)
        assert response.status_code == 200, url
        page = ParsedPage(response.text)
        assert has_no_script(page), url
        assert {tag for tag, _ in page.elements}.isdisjoint(
            {"img", "iframe", "object", "embed", "b"}
        ), url
        for _, attributes in page.elements:
            assert not any(name.startswith("on") for name in attributes), url
            for name in ("href", "action", "cite", "src"):
                assert (
                    not (attributes.get(name) or "").lower().startswith(("javascript:", "data:"))
                ), url
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", "".join(page.words)), url


def test_hostile_text_is_legible(hostile_api: Api) -> None:
    text = " ".join(
        page_of(hostile_api, f"/v1/{resource_type}?limit=500").text
        for resource_type in ("statements", "figures")
    )
    for attempt in ATTEMPTS:
        words = re.sub("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+", "\0", attempt)
        for part in words.split("\0"):
            assert " ".join(part.split()) in text, part


def test_printable_text_is_unchanged() -> None:
    printable = "".join(filter(str.isprintable, map(chr, range(0x110000)))).replace(" ", "")
    assert name_controls(f"{printable}\u202e") == f"{printable}[U+202E]"
    assert clean_text(f"{printable}\u202e") == printable
    assert clean_text("a  b ") == clean_text("a \u202e b\n") == "a b"


def test_templates_escape_and_name_control_characters() -> None:
    template = ENVIRONMENT.from_string("{{ text }}")
    assert template.render(text="a\u202eb") == "a[U+202E]b"
    assert template.render(text="\u200fشخص") == "\u200fشخص", "marks that belong to a script stay"
    assert template.render(text="<&'\">") == "&lt;&amp;&#39;&#34;&gt;"


def test_only_web_urls_become_links() -> None:
    assert is_web_url("https://x.example/")
    assert not is_web_url("javascript:alert(1)")


# ----------------------------------------------------------------------------------------------
# cost


def test_a_page_costs_few_statements(many_api: Api) -> None:
    """A record: itself, and what stands beside it; a figure the titles that its series needs, a
    source two for its quotes besides.
    """
    for resource in RESOURCES.values():
        limit = {"figure": 3, "source": 3}.get(resource.type, 2)
        url = many_api.json(f"{resource.path}?limit=1")["data"][0]["url"]
        many_api.get(url, headers=BROWSER)
        assert len(many_api.statements) <= limit, url
        many_api.get(resource.path, headers=BROWSER)
        assert len(many_api.statements) <= 2, resource.path
    many_api.get("/v1/timeline", headers=BROWSER)
    assert len(many_api.statements) <= 2


# ----------------------------------------------------------------------------------------------
# parts


def test_a_chart_has_bounds_and_disagreements(api: Api) -> None:
    series = next(r for r in api.all("/v1/series") if r["disagreements"])
    drawing = chart(series)
    assert drawing is not None
    assert [mark.point["figure"] for mark in drawing.marks] == [
        point["figure"] for point in series["points"]
    ]
    assert {(one.point["figure"], other.point["figure"]) for one, other in drawing.clashes} == {
        tuple(item["figures"]) for item in series["disagreements"]
    }
    for mark in drawing.marks:
        bound = mark.point["bound"]
        if bound in ("gt", "ge"):
            assert mark.high == drawing.top
        if bound in ("lt", "le"):
            assert mark.low == drawing.bottom
        if bound is None:
            assert mark.low is mark.high is None
    letters = {mark.point["source"]: (mark.letter, mark.shape) for mark in drawing.marks}
    assert len(set(letters.values())) == len(letters)


def test_charts_fit_any_series(many_api: Api) -> None:
    for series in many_api.all("/v1/series"):
        drawing = chart(series)
        if drawing is None:
            assert len(series["points"]) < 2
            continue
        for mark in drawing.marks:
            assert drawing.left <= mark.x <= drawing.right
            for y in (mark.y, mark.low, mark.high):
                assert y is None or drawing.top <= y <= drawing.bottom


@pytest.mark.parametrize("listing", LISTS, ids=lambda listing: listing.path)
def test_a_form_has_each_control_once(listing: Listing) -> None:
    names = [control.name for group in control_groups(listing) for control in group.controls]
    assert len(names) == len(set(names))


def test_dates_and_numbers_in_words() -> None:
    assert long_date("2023-10-07/2024-02") == "7 October 2023 to February 2024"
    assert (
        long_date("[2023-11-24..2023-12-01]") == "some day from 24 November 2023 to 1 December 2023"
    )
    numbers = (28473, 6.5, 6_000_000_000, -1200.25, None, 1e20)
    assert [format_number(value) for value in numbers] == [
        "28\u202f473", "6.5", "6\u202f000\u202f000\u202f000", "-1\u202f200.25", "",
        "100\u202f000\u202f000\u202f000\u202f000\u202f000\u202f000",
    ]  # fmt: skip


def test_figures_of_one_series_have_the_same_chart(many_api: Api) -> None:
    series = next(href for href in many_api.all("/v1/series") if len(href["points"]) > 2)
    one, other = (f"/v1/figures/{point['figure']}" for point in series["points"][:2])
    drawings = []
    for url in (one, other):
        text = many_api.get(url, headers=BROWSER).text
        drawings.append(text.partition('<section class="drawn"')[2].partition("</section>")[0])
    named = (
        f'<a href="{series["url"]}">{html.escape(series["title"])}</a>:'
        f" {html.escape(series['definition'])}"
    )
    assert drawings[0] == drawings[1]
    assert named in drawings[0]
