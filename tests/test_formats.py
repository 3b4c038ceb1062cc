"""Every resource in every format, with all that belongs to a number."""

import codecs
import csv
import html
import io
import json
from typing import Any, cast
from xml.etree.ElementTree import Element, fromstring

import pytest

from app.api.negotiation import best_match
from app.formats import csv as csv_format
from app.formats.csv import cell, columns
from app.formats.jsonld import CONTEXT
from app.formats.media_types import FORMATS, ResultKind, formats_of
from app.presentation.text import long_date
from app.query import pagination
from app.query.queries import ListQuery
from app.resources import RESOURCES, Resource
from app.resources.lists import TIMELINE
from app.vocabulary import FormatName, codes
from tests.client import Api

pytestmark = pytest.mark.any_database

FIGURE = "/v1/figures/people-displaced-2031-05-04"
SOURCE = "flood-in-lower-vale-2031-05-04"
OFFERED = {
    **{resource.path: formats_of("records") for resource in RESOURCES.values()},
    "/v1/timeline": formats_of("timeline"),
    "/v1/search?q=flood": formats_of("search"),
    "/v1/changes": formats_of("changes"),
    "/v1/datasets": formats_of("datasets"),
    f"/v1/sources/{SOURCE}/evidence": formats_of("evidence"),
    FIGURE: formats_of("record"),
    f"{FIGURE}/revisions": formats_of("revisions"),
}
EVERY = [
    pytest.param(path, row, id=f"{path}-{row.name}")
    for path, rows in OFFERED.items()
    for row in rows
]


def in_format(path: str, name: str) -> str:
    """The URL of a list or record as a file."""
    path, _, query = path.partition("?")
    return f"{path}.{name}?{query}".rstrip("?")


@pytest.mark.parametrize(("path", "row"), EVERY)
def test_a_format_is_selected_by_suffix_and_by_media_type(api: Api, path: str, row: Any) -> None:
    by_suffix = api.get(in_format(path, row.name))
    by_type = api.get(path, headers={"Accept": row.media_type.partition(";")[0]})
    for response in (by_suffix, by_type):
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == row.media_type
        assert response.headers["dataset-version"] == api.snapshot.dataset.version
        assert set(response.headers["vary"].split(", ")) == {"Accept", "Accept-Encoding"}
    # Other formats have a link to themselves.
    if row.is_record_stream:
        assert by_suffix.text == by_type.text


@pytest.mark.parametrize(("path", "row"), EVERY)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_revalidation_costs_no_statement(api: Api, path: str, row: Any, coding: str) -> None:
    address, wanted = in_format(path, row.name), {"Accept-Encoding": coding}
    first = api.get(address, headers=wanted)
    etag = first.headers["etag"]
    assert first.headers.get("content-encoding", "identity") in (coding, "identity")
    again = api.get(address, headers={**wanted, "If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.content, api.statements) == (304, b"", [])
    assert again.headers["etag"] == etag
    for name in ("vary", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert api.get(address, headers={**wanted, "If-None-Match": '"other"'}).status_code == 200


def test_etags_differ_for_different_responses(api: Api) -> None:
    """Records, filters, pages, formats and codings; but not the order in which parameters are
    written.
    """
    paths = [in_format(path, row.name) for path, rows in OFFERED.items() for row in rows]
    paths += [
        "/v1/figures.csv?bom=true",
        "/v1/figures?qualifier=over",
        "/v1/figures?limit=1",
        "/v1/figures?fields=id",
        "/v1/figures?include=source",
    ]
    tags = [
        api.get(path, headers={"Accept-Encoding": coding}).headers["etag"]
        for path in paths
        for coding in ("identity", "zstd", "br")
    ]
    small = [tag for tag in tags if tag.count("-") == 0]
    assert len(set(small)) == len(paths)
    one, other = (
        api.get(f"/v1/figures?{query}").headers["etag"]
        for query in ("unit=person&limit=2", "limit=2&unit=person")
    )
    assert one == other


def test_errors_come_before_revalidation(api: Api) -> None:
    etag = api.get("/v1/figures").headers["etag"]
    assert api.get("/v1/figures?colour=red", headers={"If-None-Match": etag}).status_code == 422


# ----------------------------------------------------------------------------------------------
# the same everywhere


def facts_in_json(record: Any) -> tuple[Any, ...]:
    return (
        record["as_written"],
        record["qualifier"],
        record["as_of"]["edtf"],
        record["as_of"]["basis"],
        record["attribution"]["origin"],
        record["source"],
        record["evidence"][0]["exact"],
    )


def facts_in_csv(row: dict[str, str]) -> tuple[Any, ...]:
    names = (
        "as_written",
        "qualifier",
        "as_of.edtf",
        "as_of.basis",
        "attribution.origin",
        "source",
        "evidence.exact",
    )
    found = [row[name] for name in names]
    return (*found[:-1], found[-1].split(" | ")[0])


def facts_in_jsonld(node: Any) -> tuple[Any, ...]:
    return (
        node["as_written"],
        node["qualifier"],
        node["observationDate"],
        node["as_of"]["basis"],
        node["attribution"]["origin"],
        node["wasDerivedFrom"].rsplit("/", 1)[1],
        node["evidence"][0]["hasSelector"][0]["exact"],
    )


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_figure_keeps_its_caveats_in_every_format(api: Api) -> None:
    expected = {record["id"]: facts_in_json(record) for record in api.json("/v1/figures")["data"]}
    record_text = {
        "csv": {row["id"]: facts_in_csv(row) for row in table(api.get("/v1/figures.csv").text)},
        "ndjson": {
            record["id"]: facts_in_json(record)
            for record in map(json.loads, api.get("/v1/figures.ndjson").text.splitlines())
        },
        "jsonld": {
            node["@id"].rsplit("/", 1)[1]: facts_in_jsonld(node)
            for node in api.json("/v1/figures.jsonld")["records"]
        },
    }
    # tests/test_presentation.py looks at those that are in words.
    assert {*record_text, "json", "atom", "html", "timelinejs"} == set(FORMATS)
    for name, found in record_text.items():
        assert found == expected, name


ATOM = "{http://www.w3.org/2005/Atom}"


def feed(api: Api, path: str, **headers: str) -> list[Element]:
    return list(fromstring(api.get(path, headers=headers).content).iter(f"{ATOM}entry"))


def page_url(element: Element) -> str:
    """The page that a feed or an entry links to."""
    link = element.find(f"{ATOM}link[@rel='alternate']")
    assert link is not None
    assert link.get("type") == "text/html"
    return str(link.get("href"))


def record_id(entry: Element) -> str:
    return page_url(entry).rpartition("/")[2].removesuffix(".html")


def ids(entries: list[Element]) -> list[str]:
    return [entry.findtext(f"{ATOM}id", "") for entry in entries]


@pytest.mark.parametrize("path", ["/v1/figures.atom", "/v1/timeline.atom", "/v1/changes.atom"])
def test_ids_of_a_feed_never_change(made_up_url: str, api: Api, path: str) -> None:
    here = ids(feed(api, path))
    assert here == ids(feed(api, path, Host="other.example"))
    assert all(entry_id.startswith("urn:uuid:") for entry_id in here)
    assert len(set(here)) == len(here)
    with Api.over(made_up_url, public_url="https://facts.example.org") as public:
        assert all(
            entry_id.startswith("https://facts.example.org/v1/")
            for entry_id in ids(feed(public, path))
        )


@pytest.mark.parametrize("path", ["/v1/figures.atom?unit=person", "/v1/changes.atom?limit=3"])
def test_a_feed_and_its_entries_link_to_pages(api: Api, path: str) -> None:
    root = fromstring(api.get(path).content)
    assert page_url(root) == f"http://test{path.replace('.atom', '.html')}"
    for element in (root, *root.iter(f"{ATOM}entry")):
        page = api.get(page_url(element).removeprefix("http://test"))
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.plural)
def test_a_feed_has_every_record_of_its_list(api: Api, resource: Resource) -> None:
    records = {record["id"]: record for record in api.all(resource.path)}
    entries = feed(api, f"{resource.path}.atom?limit=500")
    assert [record_id(entry) for entry in entries] == list(records)
    for entry, record in zip(entries, records.values(), strict=True):
        assert entry.findtext(f"{ATOM}title") == record["title"]
        assert entry.findtext(f"{ATOM}updated")


def test_a_feed_has_the_pages_of_its_list(api: Api) -> None:
    path: str | None = "/v1/statements.atom?limit=2"
    found = []
    while path is not None:
        page = fromstring(api.get(path).content)
        found += [entry.findtext(f"{ATOM}title") for entry in page.iter(f"{ATOM}entry")]
        links = {link.get("rel"): link.get("href") for link in page.findall(f"{ATOM}link")}
        path = links.get("next")
    assert found == [record["title"] for record in api.all("/v1/statements")]


@pytest.mark.parametrize("trimming", ["include=source", "facets=unit", "total=exact", "fields=id"])
@pytest.mark.parametrize(
    "name", [row.name for row in formats_of("records") if row.unsupported_options]
)
def test_unsupported_options_are_refused(api: Api, name: str, trimming: str) -> None:
    refused = trimming.partition("=")[0] in FORMATS[cast("FormatName", name)].unsupported_options
    response = api.get(f"/v1/figures.{name}?{trimming}")
    assert response.status_code == (422 if refused else 200), response.text


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2024-02-14", "14 February 2024"),
        ("2024-02~", "about February 2024"),
        ("2024?", "perhaps 2024"),
        ("2024%", "perhaps about 2024"),
        ("2023-10-07/2024-02-14", "7 October 2023 to 14 February 2024"),
        ("2012/..", "since 2012, going on"),
        ("2012-05/", "since May 2012, end not known"),
        ("/2012", "until 2012, start not known"),
        ("../2012~", "until about 2012"),
        ("../..", "at any time"),
        ("[2024-02-13..2024-02-14]", "some day from 13 February 2024 to 14 February 2024"),
        ("[..2024]", "not after 2024"),
        ("[2024..]", "not before 2024"),
    ],
)
def test_dates_in_words(edtf: str, words: str) -> None:
    assert long_date(edtf) == words


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.plural)
def test_exports_read_all_records_in_one_statement(many_api: Api, resource: Resource) -> None:
    sort = resource.sorts[-1].name
    everything = many_api.all(f"{resource.path}?sort=-{sort}&limit=500")
    lines = many_api.get(f"{resource.path}.ndjson?sort=-{sort}").text.splitlines()
    assert len(many_api.statements) == 1
    assert [json.loads(line) for line in lines] == everything
    rows = table(many_api.get(f"{resource.path}.csv?sort=-{sort}").text)
    assert [row["id"] for row in rows] == [record["id"] for record in everything]
    assert list(rows[0]) == [column.name for column in columns(resource.record)]


def test_a_limit_makes_linked_pages(many_api: Api) -> None:
    for name in ("csv", "ndjson"):
        address, found = f"/v1/events.{name}?limit=20", 0
        while address:
            response = many_api.get(address)
            found += len(table(response.text)) if name == "csv" else len(response.text.splitlines())
            following = [
                link for link in response.headers["link"].split(", ") if 'rel="next"' in link
            ]
            address = following[0].split(">")[0][1:] if following else ""
        assert found == many_api.json("/v1/events")["total"] > 20


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports are read in many pages."""
    monkeypatch.setattr(pagination, "MAX_LIMIT", 7)


OTHER_LISTS = [
    "/v1/timeline",
    "/v1/timeline?resource=figure,event&sort=-date",
    "/v1/search?q=a*",
    "/v1/changes",
    "/v1/changes?resource=figure",
    "/v1/datasets",
    "/v1/events/event-1/revisions",
    "/v1/sources/source-1/evidence",
]


@pytest.mark.parametrize("path", OTHER_LISTS)
@pytest.mark.usefixtures("small_pages")
def test_files_of_other_lists_have_every_item_once(many_api: Api, path: str) -> None:
    items = many_api.all(path)
    lines = many_api.get(in_format(path, "ndjson")).text.splitlines()
    assert [json.loads(line) for line in lines] == items
    rows = table(many_api.get(in_format(path, "csv")).text)
    assert len(rows) == len(items) > 0
    for name in {"id", "url", "version", "start"} & rows[0].keys():
        values = [item.get("record", item).get(name) or item[name] for item in items]
        assert [row[name] for row in rows] == [str(value) for value in values]


@pytest.mark.parametrize("path", OTHER_LISTS)
def test_a_limit_makes_a_page_of_other_lists(many_api: Api, path: str) -> None:
    page = f"{path}{'&' if '?' in path else '?'}limit=1"
    lines = many_api.get(in_format(page, "ndjson")).text.splitlines()
    assert [json.loads(line) for line in lines] == many_api.json(page)["data"]
    assert len(table(many_api.get(in_format(page, "csv")).text)) == 1


def test_links_lead_to_other_formats(api: Api) -> None:
    link = api.get("/v1/figures?qualifier=over&include=source&facets=unit&total=exact").headers[
        "link"
    ]
    addresses = [part.split(">")[0][1:] for part in link.split(", ") if 'rel="alternate"' in part]
    assert len(addresses) == len(formats_of("records")) - 1
    for address in addresses:
        response = api.get(address)
        assert response.status_code == 200, (address, response.text)
        assert "more than 1,250" in response.text
        assert "At most 1,100" not in response.text


@pytest.mark.parametrize("trimming", ["include=source", "facets=unit", "total=exact"])
def test_parameters_without_a_place_in_the_format_are_refused(api: Api, trimming: str) -> None:
    for name in ("csv", "ndjson"):
        problem = api.get(f"/v1/figures.{name}?{trimming}").json()
        assert (problem["status"], problem["errors"][0]["parameter"]) == (
            422,
            trimming.split("=")[0],
        )


def test_json_ld_links_to_no_other_format(api: Api) -> None:
    for path in ("/v1/figures.jsonld", f"{FIGURE}.jsonld"):
        assert "alternate" not in api.get(path).headers["link"]


# ----------------------------------------------------------------------------------------------
# CSV


@pytest.mark.parametrize("path", ["/v1/figures", "/v1/figures?sort=-id", "/v1/timeline", FIGURE])
def test_a_byte_order_mark_begins_a_table(api: Api, path: str) -> None:
    plain, marked = (
        api.get(in_format(f"{path}{'&' if '?' in path else '?'}bom={value}", "csv"))
        for value in ("false", "true")
    )
    assert marked.content == codecs.BOM_UTF8 + plain.content
    assert marked.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("name", [row.name for row in formats_of("records") if row.name != "csv"])
def test_other_formats_have_no_byte_order_mark(api: Api, name: str) -> None:
    refused = api.get(f"/v1/figures.{name}?bom=true")
    assert refused.status_code == 422
    assert "use a path that ends in .csv" in html.unescape(refused.text)


def test_a_byte_order_mark_needs_the_suffix(api: Api) -> None:
    refused = api.get("/v1/figures?bom=true", headers={"Accept": "text/csv"})
    assert refused.json()["detail"].startswith("End the path in .csv")


@pytest.mark.parametrize("kind", ["timeline", "search"])
def test_a_number_in_a_table_keeps_its_context(kind: ResultKind) -> None:
    fields = {column.field for column in csv_format.TABLES[kind].columns(ListQuery(TIMELINE))}
    assert fields >= {"value", "caveats", *RESOURCES["figure"].companion_fields["value"]}


@pytest.mark.parametrize("name", ["figures", "timeline"])
def test_an_empty_table_has_its_header(api: Api, name: str) -> None:
    full, empty = (
        api.get(f"/v1/{name}.csv"),
        api.get(f"/v1/{name}.csv?source=none-such"),
    )
    assert empty.status_code == 200
    assert empty.text.encode() == full.text.encode().split(b"\r\n")[0] + b"\r\n"


def test_formulas_are_escaped_in_cells() -> None:
    for text in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", ["=1", "x"]):
        assert cell(text).startswith("'")
    harmless: list[Any] = ["1-1", "a=b", -5, -6.5, None, True, []]
    assert [cell(value) for value in harmless] == [
        "1-1",
        "a=b",
        "-5",
        "-6.5",
        "",
        "true",
        "",
    ]


def test_lists_are_joined_in_the_same_order(api: Api) -> None:
    row = next(
        r for r in table(api.get("/v1/events.csv").text) if r["id"] == "request-to-open-school"
    )
    event = api.json("/v1/events/request-to-open-school")["data"]
    assert row["participants.id"] == " | ".join(
        participant["id"] for participant in event["participants"]
    )
    assert row["participants.role"] == " | ".join(
        participant["role"] for participant in event["participants"]
    )


def test_fields_are_the_columns_of_a_table(api: Api) -> None:
    assert list(table(api.get("/v1/events.csv?fields=title,date").text)[0]) == [
        "title",
        *(f"date.{name}" for name in "edtf earliest latest basis basis_end note".split()),
    ]


# ----------------------------------------------------------------------------------------------
# JSON-LD


# What rdflib's reader of JSON-LD says of rdflib.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_json_ld_has_standard_terms(api: Api) -> None:
    """rdflib, which nobody here wrote, with the standard terms alone."""
    from rdflib import Graph

    assert api.json("/v1/context.jsonld") == {"@context": CONTEXT}
    document = api.json("/v1/figures.jsonld")
    assert document["@context"] == "http://test/v1/context.jsonld"
    graph = Graph().parse(data=json.dumps({**document, "@context": CONTEXT}), format="json-ld")
    found: list[Any] = list(
        graph.query(
            """
            PREFIX schema: <https://schema.org/>
            PREFIX prov: <http://www.w3.org/ns/prov#>
            PREFIX oa: <http://www.w3.org/ns/oa#>
            PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
            SELECT ?figure ?value ?least ?qualifier ?day ?source ?exact ?start WHERE {
              ?figure a schema:Observation ; schema:value ?value ; schema:minValue ?least ;
                schema:measurementQualifier ?qualifier ; schema:observationDate ?day ;
                prov:wasDerivedFrom ?source ;
                <urn:onrecord:vocabulary:evidence>/rdf:rest*/rdf:first ?proof .
              ?proof oa:hasSource ?source ; oa:hasSelector ?words , ?span .
              ?words a oa:TextQuoteSelector ; oa:exact ?exact .
              ?span a oa:TextPositionSelector ; oa:start ?start .
            }
            """
        )
    )
    figure = api.json("/v1/figures/people-displaced-2031-05-04")["data"]
    proofs = {(item["exact"], item["start"]) for item in figure["evidence"]}
    assert {(str(row.exact), row.start.toPython()) for row in found} == proofs
    row = found[0]
    assert str(row.figure).endswith("/v1/figures/people-displaced-2031-05-04")
    assert (row.value.toPython(), str(row.qualifier), str(row.day)) == (1250, "over", "2031-05-04")
    assert str(row.day.datatype) == "http://id.loc.gov/datatypes/edtf/EDTF"


def test_json_ld_has_the_ends_of_events_that_are_known(seed_api: Api) -> None:
    def ends(event: str) -> tuple[str | None, str | None]:
        node = seed_api.json(f"/v1/events/{event}.jsonld")
        return node.get("startDate"), node.get("endDate")

    assert ends("truce-in-gaza-2023-11") == ("2023-11-24", "2023-12-01")
    assert ends("war-in-gaza-since-2023-10-07") == ("2023-10-07", None)
    assert ends("arrival-of-iran-fm-in-qatar-2024-02-12") == ("2024-02-12", None)
    assert ends("iranian-assets-in-exchange-for-prisoners") == (None, None)


def test_json_ld_says_what_an_unnamed_subject_is(seed_api: Api) -> None:
    node = seed_api.json("/v1/statements/qatar-amir-thanks-for-diplomatic-efforts.jsonld")
    (unnamed,) = [item for item in node["about"] if "refers_to" not in item]
    assert (unnamed["as_written"], unnamed["resource"]) == ("Palestine", "actor")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_json_ld_has_absolute_iris(api: Api) -> None:
    from rdflib import Graph, URIRef

    for resource in RESOURCES.values():
        document = api.json(f"{resource.path}.jsonld")
        graph = Graph().parse(data=json.dumps({**document, "@context": CONTEXT}), format="json-ld")
        nodes = {str(node) for triple in graph for node in triple if isinstance(node, URIRef)}
        assert all("://" in node or node.startswith("urn:") for node in nodes), resource.type
        links = {node for node in nodes if node.startswith("http://test/v1/") and "?" not in node}
        assert all(api.get(node.removeprefix("http://test")).status_code == 200 for node in links)


# ----------------------------------------------------------------------------------------------
# negotiation

MEDIA_TYPES = {
    name: (FORMATS[name].bare_media_type, *FORMATS[name].other_media_types)
    for name in codes(FormatName)
    if name in ("json", "csv", "ndjson", "jsonld", "html")
}
ACCEPT = {
    "": "json",
    "*/*": "json",
    "text/csv": "csv",
    "TEXT/CSV; header=present": "csv",
    "text/*": "csv",
    "application/x-ndjson, application/json;q=0.5": "ndjson",
    "application/json;q=0.5, text/csv;q=0.4": "json",
    "text/csv;q=0.9, */*;q=0.1": "csv",
    "application/*;q=0.2, text/csv;q=0.3": "csv",
    "application/json;q=0, */*": "csv",
    "application/ld+json": "jsonld",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "html",
    "text/html;q=0.5, application/json": "json",
    "text/html, */*": "html",
    "image/png": None,
    "text/csv;q=0": None,
    "text/csv;q=2": None,
    "nonsense": "json",
}


@pytest.mark.parametrize("accept", ACCEPT)
def test_accept_selects_the_format(accept: str) -> None:
    assert best_match(accept, MEDIA_TYPES) == ACCEPT[accept]


def test_a_suffix_wins_over_accept(api: Api) -> None:
    response = api.get("/v1/figures.json", headers={"Accept": "text/csv"})
    assert response.headers["content-type"] == "application/json"
    assert api.get("/v1/figures.json", headers={"Accept": "image/png"}).status_code == 200


def test_an_unacceptable_format_lists_the_offered_ones(api: Api) -> None:
    for path, rows in OFFERED.items():
        response = api.get(path, headers={"Accept": "image/png"})
        assert (response.status_code, response.json()["type"]) == (406, "/problems/not-acceptable")
        offered = ", ".join(row.bare_media_type for row in rows)
        assert response.json()["detail"].startswith(f"Accept one of {offered}:")
        assert "Accept" in response.headers["vary"]


def test_a_suffix_that_is_no_format_names_those_that_are(api: Api) -> None:
    problem = api.get("/v1/datasets.atom").json()
    offered = ", ".join(f"/v1/datasets.{row.name}" for row in formats_of("datasets"))
    assert problem["status"] == 404
    assert problem["detail"].startswith(f"Choose one of {offered}:")
