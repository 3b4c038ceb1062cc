"""Citations have the whole claim, and independent programs read them."""

import json
import os
import re
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON

from app.api import citations as citing
from app.presentation.citations import STYLES, clean_text, render_citation, text_fragment
from app.presentation.text import long_date, name_controls
from app.query.datasets import DatasetStamp
from app.query.results import CitedRecord
from app.resources import RESOURCES
from app.schemas.samples import RECORDS
from app.vocabulary import CitationStyle, codes
from tests.client import Api
from tests.edits import Edited, recorded_at
from tests.test_presentation import as_words

pytestmark = pytest.mark.any_database

GOLDEN = Path(__file__).parent / "golden"
TEXT: tuple[CitationStyle, ...] = ("sentence", "apa", "chicago")
FIGURE = "/v1/figures/people-displaced-2031-05-04"
DAY = "2026-05-04"


def every_record(api: Api) -> Iterator[tuple[str, Any]]:
    """The address of each record with the record."""
    for resource in RESOURCES.values():
        for record in api.all(f"{resource.path}?limit=500"):
            yield f"{resource.path}/{record['id']}", record


def cited(api: Api, address: str, style: str, more: str = f"&accessed={DAY}") -> str:
    response = api.get(f"{address}/citation?style={style}{more}")
    assert response.status_code == 200, response.text
    return response.text


@pytest.fixture(params=["api", "seed_api", "many_api"])
def any_api(request: pytest.FixtureRequest, backend: str) -> Api:
    found: Api = request.getfixturevalue(request.param)
    return found


# -------------------------------------------------------------------- what no citation goes without


@pytest.mark.slow
def test_a_citation_names_its_revision_and_its_dataset(any_api: Api) -> None:
    version = any_api.snapshot.dataset.version
    for address, _ in every_record(any_api):
        for style in STYLES:
            said = cited(any_api, address, style)
            assert version in said
            assert f"http://test{address}/revisions/1" in said
            assert "2026" in said


@pytest.mark.parametrize("style", TEXT)
def test_text_styles_equal_the_golden_file(api: Api, style: CitationStyle) -> None:
    """Of every record of the made-up data. To renew: ONRECORD_RENEW_GOLDEN=1; then read what has
    changed.
    """
    written = "".join(
        f"{address}\n{cited(api, address, style)}\n" for address, _ in every_record(api)
    )
    written = written.replace(api.snapshot.dataset.version, "DATASET")
    golden = GOLDEN / f"citations-{style}.txt"
    if os.environ.get("ONRECORD_RENEW_GOLDEN"):
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


def test_a_citation_says_what_its_source_does_not_name(seed_api: Api) -> None:
    address = "/v1/figures/palestinians-killed-since-2023-10-07-at-2024-02-14"
    for style in TEXT:
        said = cited(seed_api, address, style)
        assert "names no headline, no author and no publisher" in said
        assert "None" not in said
        assert "null" not in said


# ---------------------------------------------------------------------------------- foreign readers


def test_bibtexparser_reads_every_citation(any_api: Api) -> None:
    for address, record in every_record(any_api):
        library = parse_string(cited(any_api, address, "bibtex"))
        assert not library.failed_blocks
        (entry,) = library.entries
        fields = {field.key: field.value for field in entry.fields}
        assert entry.entry_type == "misc"
        assert record["id"] in entry.key
        assert fields["url"] == f"http://test{address}/revisions/1"
        assert fields["urldate"] == DAY
        assert {"author", "title", "howpublished", "note"} <= set(fields)


def test_rispy_reads_every_citation(any_api: Api) -> None:
    for address, record in every_record(any_api):
        (entry,) = rispy.loads(cited(any_api, address, "ris"))
        assert entry["type_of_reference"] == "DATA"
        assert entry["urls"] == [f"http://test{address}/revisions/1"]
        assert entry["access_date"] == "2026/05/04"
        assert entry["authors"] == ["On Record"]
        assert "unknown_tag" not in entry
        if "as_written" in record:
            assert f"“{record['as_written']}”" in entry["title"]


def test_a_csl_processor_prints_every_claim(any_api: Api) -> None:
    addresses = [address for address, _ in every_record(any_api)]
    addresses = addresses if len(addresses) < 150 else addresses[::9]
    items = [json.loads(cited(any_api, address, "csl-json"))[0] for address in addresses]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fields that the processor does not know yet
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
        for item in items:
            bibliography.register(Citation([CitationItem(item["id"])]))
        printed = [str(entry) for entry in bibliography.bibliography()]
    assert len(printed) == len(items)
    flat = as_words(" ".join(printed))
    for address, item in zip(addresses, items, strict=True):
        assert as_words(f"http://test{address}/revisions/1") in flat
        assert as_words(item["title"]) in flat


# ---------------------------------------------------------------------------------- anybody's words


NASTY = (
    '<script>alert(1)</script>\r\nER  - \r\nTY  - {\\}} "x" $&#%_^~'
    " @misc{a,\u202egnirts\u202c مياه 👩‍👩‍👧 "
) + "w" * 300


def nasty() -> CitedRecord:
    source = RECORDS["source"] | {
        "title": NASTY,
        "headline": NASTY,
        "publisher": NASTY,
        "authors": [NASTY, NASTY],
        "original_url": f"https://a.example/{NASTY}",
        "published_on": {
            "edtf": "[2023-11-24..2023-12-01]",
            "basis": "inferred",
            "basis_end": None,
        },
    }
    quotation = {"exact": NASTY, "prefix": NASTY[:24], "suffix": NASTY[:24]}
    record = RECORDS["figure"] | {
        "title": NASTY,
        "as_written": NASTY,
        "attribution": {
            "origin": "stated",
            "speakers": [{"id": "a", "as_written": NASTY, "basis": "inferred"}],
            "relayed_by": [{"id": None, "as_written": None, "basis": "stated"}],
            "note": NASTY,
        },
        "caveats": [NASTY],
        "corrections": [{"corrected_on": "2025-01-01", "reason": NASTY}],
        "evidence": [RECORDS["figure"]["evidence"][0] | quotation],
    }
    stamp = DatasetStamp("v", "2025-05-04T10:00:00Z")
    return CitedRecord("figure", record, 2, stamp, (source,), 5, {("actor", "a"): NASTY})


def written(style: CitationStyle, of: CitedRecord) -> str:
    return render_citation(
        style, of, origin="https://o.example", version="v", accessed=date(2026, 5, 4)
    ).decode()


def test_hostile_text_stays_in_its_field() -> None:
    for style in TEXT:
        said = written(style, nasty())
        assert said.count("\n") == 1
        assert "\u202e" not in said
        assert "4 more" in said
    library = parse_string(written("bibtex", nasty()))
    assert (len(library.entries), library.failed_blocks) == (1, [])
    (entry,) = rispy.loads(written("ris", nasty()))
    assert clean_text(name_controls(NASTY)) in entry["title"]
    (item,) = json.loads(written("csl-json", nasty()))
    assert clean_text(name_controls(NASTY)) in item["title"]


def test_braces_of_bibtex_are_balanced() -> None:
    said = written("bibtex", nasty())
    assert said.count("{") == said.count("}")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/x", None]
)
def test_only_web_urls_are_links(url: str | None) -> None:
    of = nasty()
    (source,) = of.sources
    lonely = CitedRecord(
        of.resource_type, of.record, 1, of.recorded_in, ({**source, "original_url": url},), 1, {}
    )
    for style in STYLES:
        assert ":~:text=" not in written(style, lonely)
        assert "javascript" not in written(style, lonely)


@pytest.mark.parametrize(
    ("quoted", "fragment"),
    [
        (("over 28,473",), ":~:text=over%2028%2C473"),
        (("non-NATO & others",), ":~:text=non%2DNATO%20%26%20others"),
        (("one\nstill\ntwo",), ":~:text=one,two"),
        (("x", " the man", " said so"), ":~:text=the%20man-,x,-said"),
        (("x", "3 ", " c"), ":~:text=x"),
        (("日本",), ":~:text=%E6%97%A5%E6%9C%AC"),
    ],
)
def test_text_fragments(quoted: tuple[str, ...], fragment: str) -> None:
    assert text_fragment(*quoted) == fragment


# --------------------------------------------------------------------------------------------- HTTP


def test_an_unknown_style_suggests_the_nearest(api: Api) -> None:
    response = api.get(f"{FIGURE}/citation?style=bibtx")
    assert response.status_code == 422
    assert response.json()["errors"][0]["nearest"] == "bibtex"


def test_accept_selects_a_style(api: Api) -> None:
    for accept, style in {
        "application/x-bibtex": "bibtex",
        "application/vnd.citationstyles.csl+json;q=0.5, text/html": "csl-json",
        "application/json, text/plain, */*": "csl-json",
        "text/plain": "sentence",
    }.items():
        by_type = api.get(f"{FIGURE}/citation?accessed={DAY}", headers={"Accept": accept})
        assert by_type.text == cited(api, FIGURE, style)
    assert api.get(f"{FIGURE}/citation", headers={"Accept": "application/pdf"}).status_code == 406


@pytest.mark.parametrize(
    "day", ["2026-5-4", "2026-02-30", "2026", "9999-01-01", "0000-01-01", "today"]
)
def test_the_day_of_access_is_not_in_the_future(api: Api, day: str) -> None:
    response = api.get(f"{FIGURE}/citation?accessed={day}")
    assert response.status_code == 422
    assert [error["parameter"] for error in response.json()["errors"]] == ["accessed"]


@pytest.mark.parametrize("style", codes(CitationStyle))
def test_a_style_has_its_media_type_and_links_to_the_others(api: Api, style: CitationStyle) -> None:
    response = api.get(f"{FIGURE}/citation?style={style}&accessed={DAY}")
    assert response.headers["content-type"] == STYLES[style].media_type
    links = response.headers["link"]
    assert (
        f'<http://test{FIGURE}/revisions/1>; rel="cite-as"; anchor="http://test{FIGURE}"' in links
    )
    assert links.count('rel="alternate"') == len(STYLES) - 1
    assert api.get(f"{FIGURE}/revisions/1").status_code == 200


def test_a_citation_of_today_is_stale_tomorrow(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    evening = datetime(2026, 5, 4, 23, 59, 40, tzinfo=UTC)
    monkeypatch.setattr(citing, "current_time", lambda: evening)
    first = api.get(f"{FIGURE}/citation")
    assert "accessed 2026-05-04." in first.text
    assert first.headers["cache-control"] == "public, max-age=20, must-revalidate"
    asked = {"If-None-Match": first.headers["etag"]}
    assert api.get(f"{FIGURE}/citation", headers=asked).status_code == 304
    monkeypatch.setattr(citing, "current_time", lambda: evening + timedelta(seconds=20))
    again = api.get(f"{FIGURE}/citation", headers=asked)
    assert again.status_code == 200
    assert "accessed 2026-05-05." in again.text


def test_only_citations_with_a_day_are_cached(
    made_up_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Api.over(made_up_url, cache_bytes=2**20, public_url="https://o.example") as kept:
        for address, statements in (
            (f"{FIGURE}/citation", 2),
            (f"{FIGURE}/citation?accessed={DAY}", 0),
        ):
            kept.get(address)
            assert "https://o.example/v1/figures/" in kept.get(address).text
            assert len(kept.statements) == statements
    with Api.over(made_up_url, cache_bytes=2**20) as unnamed:
        address = f"{FIGURE}/citation?accessed={DAY}"
        assert "http://one.example/v1" in unnamed.get(address, headers={"Host": "one.example"}).text
        assert "http://two.example/v1" in unnamed.get(address, headers={"Host": "two.example"}).text


def test_a_citation_takes_two_statements(api: Api) -> None:
    api.get(f"{FIGURE}/citation")
    assert len(api.statements) == 2


# --------------------------------------------------------------------------------------------- time


@pytest.fixture(scope="module")
def edited(new_database: Any) -> Edited:
    made = Edited(new_database())
    made.build()
    for _ in range(3):
        made.edit(25)
        made.build()
    return made


@pytest.mark.slow
def test_a_citation_names_the_revision_of_its_time(edited: Edited) -> None:
    """Today's names today's revision; one of the past that of the past, with the words of then."""
    with Api.over(edited.url) as api:
        changed = api.json("/v1/changes?change=changed&resource=figure&limit=500")["data"]
        ids = {change["id"] for change in changed} & {
            r["id"] for r in api.all("/v1/figures?limit=500")
        }
        assert ids
        for record_id in sorted(ids)[:5]:
            address = f"/v1/figures/{record_id}"
            newest = api.json(f"{address}/revisions")["data"][0]["revision_number"]
            assert f"{address}/revisions/{newest}>" in cited(api, address, "sentence", "")
            for version in edited.versions:
                then = api.get(f"{address}?known_at={version}")
                if then.status_code != 200:
                    continue
                said = cited(api, address, "sentence", f"&known_at={version}")
                assert clean_text(then.json()["data"]["as_written"]) in said
                assert f"dataset {version}" in said


def test_withdrawn_records_are_cited_as_they_were(edited: Edited) -> None:
    with Api.over(edited.url) as api:
        left = api.json("/v1/changes?change=withdrawn,renamed&limit=500")["data"]
        assert {change["change"] for change in left} == {"withdrawn", "renamed"}
        for change in left:
            address = f"{RESOURCES[change['resource']].path}/{change['id']}"
            response = api.get(f"{address}/citation?style=apa")
            if change["change"] == "withdrawn":
                assert response.status_code == 410
            else:
                assert response.status_code == 308
                new = f"{RESOURCES[change['resource']].path}/{change['renamed_to']}"
                assert response.headers["location"] == f"{new}/citation?style=apa"


def test_the_day_of_access_is_not_before_the_recording(edited: Edited) -> None:
    with Api.over(edited.url) as api:
        address = f"{RESOURCES['source'].path}/{api.json('/v1/sources')['data'][0]['id']}/citation"
        early = (recorded_at(1) - timedelta(days=2)).date()
        response = api.get(f"{address}?accessed={early}")
        assert response.status_code == 422
        assert response.json()["errors"][0]["detail"].startswith(f"Write known_at={early} to cite")
        assert api.get(f"{address}?accessed={recorded_at(9).date()}").status_code == 200


def test_a_citation_is_dated_by_its_recording(edited: Edited) -> None:
    with Api.over(edited.url) as api:
        address, _ = next(every_record(api))
        assert "On Record. (2021, May 1)." in cited(api, address, "apa", "")
        assert "Recorded May 1, 2021." in cited(api, address, "chicago", "")
        assert "date = {2021-05-01}" in cited(api, address, "bibtex", "")
        (item,) = json.loads(cited(api, address, "csl-json", ""))
        assert item["issued"] == {"date-parts": [[2021, 5, 1]]}


def test_an_inferred_publication_date_says_so() -> None:
    for style in ("apa", "chicago"):
        assert f"{long_date('[2023-11-24..2023-12-01]')} [inferred]" in written(style, nasty())


def test_the_guide_shows_real_citations(seed_api: Api) -> None:
    guide = (Path(__file__).parent.parent / "docs" / "citing.md").read_text(encoding="utf-8")
    (address, answer), *_ = re.findall(
        r"curl 'http://127\.0\.0\.1:8000(.*?)'\n```\n```\n(.*?)```", guide, re.DOTALL
    )
    said, place = " ".join(seed_api.get(address).text.split()), 0
    for words in " ".join(answer.split()).split("…"):
        found = said.find(words.strip(), place)
        assert found >= 0, words
        place = found + len(words.strip())
