"""Readers that nobody here wrote, on the real server: each gets the right figure, with all that it
may not be shown without.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import feedparser
import hishel
import httpx
import pandas
import polars
import pytest
from hishel.httpx import CacheTransport
from pyld import jsonld
from requests.utils import parse_header_links

from tests.server import serving

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

FIGURE = "palestinians-killed-since-2023-10-07-at-2024-02-14"
SOURCE = "iran-fm-qatar-amir-2024-02-14"
QUOTE = "over 28,473 Palestinians"
NO_ORIGIN = "The text names no origin for this number."


@pytest.fixture(scope="module")
def url(seed_url: str) -> Iterator[str]:
    with serving(seed_url) as address:
        yield address


# -------------------------------------------------------------------------------------- HTTP caches


class Wire(httpx.HTTPTransport):
    """What really went over the wire."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        self.statuses.append(response.status_code)
        return response


@pytest.mark.parametrize("accept_encoding", ["identity", "gzip", "br, zstd, gzip"])
def test_hishel_revalidates_when_max_age_has_passed(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accept_encoding: str
) -> None:
    wire, storage = Wire(), hishel.SqliteStorage(database_path=tmp_path / "cache.db")
    address, asked = f"{url}/v1/figures/{FIGURE}", {"Accept-Encoding": accept_encoding}
    with httpx.Client(transport=CacheTransport(wire, storage, rfc=True)) as client:
        first = client.get(address, headers=asked).json()
        assert client.get(address, headers=asked).json() == first
        assert wire.statuses == [200]
        later = time.time() + 400
        monkeypatch.setattr(time, "time", lambda: later)
        again = client.get(address, headers=asked)
    assert wire.statuses == [200, 304]
    assert again.json() == first
    assert (first["data"]["value"], first["data"]["qualifier"]) == (28473, "over")


# ------------------------------------------------------------------------------------------- tables


def facts(row: Any) -> tuple[Any, ...]:
    return (row["value"], row["qualifier"], row["as_written"], row["unit"], row["source"])


EXPECTED = (28473, "over", "over 28,473", "person", SOURCE)


def test_pandas_reads_csv_with_the_context_of_numbers(url: str) -> None:
    frame = pandas.read_csv(f"{url}/v1/figures.csv").set_index("id")
    row = frame.loc[FIGURE]
    assert facts(row) == EXPECTED
    assert (row["as_of.edtf"], row["as_of.basis"], row["attribution.origin"]) == (
        "2024-02-14",
        "publication_date",
        "none_named",
    )
    assert QUOTE in row["evidence.exact"]
    assert NO_ORIGIN in row["caveats"].split(" | ")
    assert len(frame) == httpx.get(f"{url}/v1").json()["resources"]["figures"]["count"]


def test_pandas_reads_ndjson(url: str) -> None:
    frame = pandas.read_json(f"{url}/v1/figures.ndjson", lines=True).set_index("id")
    row = frame.loc[FIGURE]
    assert facts(row) == EXPECTED
    assert (row["as_of"]["edtf"], row["attribution"]["origin"]) == ("2024-02-14", "none_named")
    assert any(QUOTE in item.get("exact", "") for item in row["evidence"])


def test_pandas_reads_a_byte_order_mark(url: str) -> None:
    marked = pandas.read_csv(f"{url}/v1/figures.csv?bom=true")
    assert marked.equals(pandas.read_csv(f"{url}/v1/figures.csv"))


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (polars.read_csv, "/v1/figures.csv"),
        (polars.scan_csv, "/v1/figures.csv"),
        (polars.scan_csv, "/v1/figures.csv?qualifier=over&sort=-value"),
        (polars.scan_csv, "/v1/timeline.csv?resource=figure"),
        (polars.read_ndjson, "/v1/figures.ndjson"),
        (polars.scan_ndjson, "/v1/figures.ndjson"),
        (polars.scan_ndjson, "/v1/figures.ndjson?qualifier=over"),
    ],
)
def test_polars_reads_a_list_by_its_url(url: str, read: Any, path: str) -> None:
    frame = read(f"{url}{path}").lazy().collect()
    assert facts(frame.row(by_predicate=polars.col("id") == FIGURE, named=True)) == EXPECTED
    assert len(frame) == httpx.get(url + re.sub(r"\.\w+", "", path)).json()["total"]


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    packages = Path(duckdb.__file__).parents[1]
    extension = next(packages.glob("duckdb_ext/extensions/*/*/httpfs.duckdb_extension"))
    with duckdb.connect() as connection:
        connection.load_extension(str(extension))
        yield connection


@pytest.mark.parametrize(
    "path",
    [
        "/v1/figures.csv",
        "/v1/figures.csv?qualifier=over",
        "/v1/timeline.csv?resource=figure",
        "/v1/figures.ndjson",
    ],
)
def test_duckdb_reads_a_list_by_its_url(
    url: str, duck: duckdb.DuckDBPyConnection, path: str
) -> None:
    query = f"SELECT value, qualifier, as_written, unit, source FROM '{url}{path}' WHERE id = ?"
    assert duck.execute(query, [FIGURE]).fetchall() == [EXPECTED]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/figures.csv",
        "/v1/figures.csv?qualifier=over",
        "/v1/timeline.csv",
        "/v1/search.csv?q=gaza",
        "/v1/figures.ndjson",
    ],
)
def test_a_list_looks_like_a_file(url: str, path: str) -> None:
    """What LibreOffice and the clients of object stores open by URL."""
    head = httpx.head(f"{url}{path}", headers={"Accept-Encoding": "identity"})
    assert head.headers["content-type"].startswith(("text/csv", "application/x-ndjson"))
    assert head.headers["accept-ranges"] == "bytes"
    part = httpx.get(f"{url}{path}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, len(part.content)) == (206, 4)
    assert part.headers["content-range"] == f"bytes 0-3/{head.headers['content-length']}"


# ------------------------------------------------------------------------------------------ JSON-LD

SCHEMA, PROV, OA = "https://schema.org/", "http://www.w3.org/ns/prov#", "http://www.w3.org/ns/oa#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"


@pytest.fixture
def load(url: str) -> Any:
    """pyld's own loader, for our server alone."""
    loader = jsonld.requests_document_loader(secure=False)

    def load(address: str, options: Any) -> Any:
        assert address.startswith(url), address
        return loader(address, options)

    return load


@pytest.mark.parametrize("suffix", ["", ".jsonld"])
def test_pyld_reads_the_figure_in_standard_terms(url: str, load: Any, suffix: str) -> None:
    node = jsonld.expand(f"{url}/v1/figures/{FIGURE}{suffix}", {"documentLoader": load})[0]
    assert f"{SCHEMA}Observation" in node["@type"]
    assert node[f"{SCHEMA}value"] == [{"@value": 28473}]
    assert node[f"{SCHEMA}measurementQualifier"] == [{"@value": "over"}]
    assert node[f"{SCHEMA}observationDate"] == [{"@type": EDTF, "@value": "2024-02-14"}]
    assert node[f"{PROV}wasDerivedFrom"] == [{"@id": f"{url}/v1/sources/{SOURCE}"}]
    text = json.dumps(node)
    assert QUOTE in text
    assert f"{OA}TextQuoteSelector" in text
    assert NO_ORIGIN in text


@pytest.mark.parametrize(
    "plural",
    [
        pytest.param("sources", marks=pytest.mark.long),
        *("actors", "places", "events", "statements", "figures", "series"),
    ],
)
def test_pyld_keeps_every_name_and_makes_one_graph(url: str, load: Any, plural: str) -> None:
    address = f"{url}/v1/{plural}.jsonld?limit=500"
    document = httpx.get(address).json()
    back = jsonld.compact(
        jsonld.expand(document, {"documentLoader": load}),
        document["@context"],
        {"documentLoader": load},
    )
    assert names(back) == names(document)
    quads = jsonld.normalize(
        document,
        {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load},
    )
    assert quads.count("\n") > 10 * len(document["records"])


def names(value: Any) -> set[str]:
    """All names of a document that have a value; of an empty list JSON-LD may tell a synonym."""
    if isinstance(value, list):
        return {name for item in value for name in names(item)}
    if isinstance(value, dict):
        inner = {name for item in value.values() for name in names(item)}
        return inner | {
            name for name, item in value.items() if item not in (None, []) and name != "@context"
        }
    return set()


# -------------------------------------------------------------------------------------------- feeds


@pytest.mark.parametrize(
    "plural", ["sources", "actors", "places", "events", "statements", "figures", "series"]
)
def test_feedparser_reads_every_record_without_complaint(url: str, plural: str) -> None:
    following: str | None = f"{url}/v1/{plural}.atom?limit=7"
    entries = []
    while following is not None:
        feed = feedparser.parse(
            httpx.get(following).content, response_headers={"content-type": "application/atom+xml"}
        )
        assert not feed.bozo, feed.bozo_exception
        assert feed.version == "atom10"
        entries += feed.entries
        following = next((link.href for link in feed.feed.links if link.rel == "next"), None)
    listed = httpx.get(f"{url}/v1/{plural}?limit=500").json()["data"]
    assert [(entry.title, entry.link) for entry in entries] == [
        (r["title"], f"{url}{r['url']}.html") for r in listed
    ]
    assert all(entry.id.startswith("urn:uuid:") and entry.updated_parsed for entry in entries)
    assert feed.feed.link.startswith(f"{url}/v1/{plural}.html")


def test_feedparser_shows_the_figure_with_its_caveats(url: str) -> None:
    feed = feedparser.parse(f"{url}/v1/figures.atom")
    entry = next(entry for entry in feed.entries if entry.link.endswith(f"{FIGURE}.html"))
    said = entry.content[0].value
    assert "Report on the meeting" in said
    for part in ("over 28,473", "14 February 2024 (the day of publication)", QUOTE, NO_ORIGIN):
        assert part in said
    assert "over 28,473" in entry.summary


# -------------------------------------------------------------------------------------------- links


def test_parsers_of_link_headers_walk_the_whole_list(url: str) -> None:
    found, following = [], f"{url}/v1/figures?limit=2"
    while following:
        response = httpx.get(following)
        found += [record["id"] for record in response.json()["data"]]
        parsed = {link["rel"]: link["url"] for link in parse_header_links(response.headers["link"])}
        assert parsed.get("next") == response.links.get("next", {}).get("url")
        following = str(response.url.join(parsed["next"])) if "next" in parsed else ""
    assert found == [
        record["id"] for record in httpx.get(f"{url}/v1/figures?limit=500").json()["data"]
    ]


def test_links_to_other_formats_have_their_media_type(url: str) -> None:
    for path in (
        "/v1/figures?qualifier=over&limit=1",
        f"/v1/figures/{FIGURE}",
        "/v1/search?q=gaza",
        "/v1/timeline",
    ):
        response = httpx.get(f"{url}{path}")
        links = [
            link
            for link in parse_header_links(response.headers["link"])
            # The media type of oEmbed is one of links; responses are JSON.
            if link["rel"] == "alternate" and "oembed" not in link["type"]
        ]
        assert len(links) >= 2
        for link in links:
            other = httpx.get(response.url.join(link["url"]))
            assert other.headers["content-type"].partition(";")[0] == link["type"], link
