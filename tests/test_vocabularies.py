"""Codes are data: one entry of vocabulary.yaml is accepted, served and filtered by."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
import rdflib
from rdflib.namespace import SKOS

from app.curation.files import SeedTree
from app.errors import OperatorError
from app.vocabulary import SCHEMES
from tests.client import Api
from tests.conftest import MADE_UP, build_from
from tests.test_checks import FACTS, change, findings_of
from tests.vocabulary import VOCABULARY

pytestmark = pytest.mark.any_database

PICNIC = """  - code: picnic
    label: picnic on the grass
    definition: People eat in the open.
    broader: request
    mappings:
      - {scheme: plover, code: REQUEST, match: related, note: Made up}
"""


def add_picnic(tree: SeedTree) -> None:
    change(tree, "vocabulary.yaml", "  - code: request\n", f"{PICNIC}  - code: request\n")
    change(tree, FACTS, "    type: arrival\n", "    type: picnic\n")


def test_a_code_is_one_entry(tree: SeedTree, new_database: Callable[[], str]) -> None:
    add_picnic(tree)
    assert findings_of(tree) == []
    url = new_database()
    build_from(tree.root, url)
    with Api.over(url) as api:
        (event,) = api.json("/v1/events?type=picnic")["data"]
        assert event["mappings"] == [{"scheme": "plover", "code": "REQUEST", "match": "related"}]
        codes = {code["code"]: code for code in api.json("/v1/vocabularies/event_type")["data"]}
        assert codes["picnic"]["definition"] == "People eat in the open."
        page = api.get("/v1/events?facets=type", headers={"Accept": "text/html"}).text
        assert "picnic on the grass" in page


def test_a_filter_includes_narrower_codes(tree: SeedTree, new_database: Callable[[], str]) -> None:
    add_picnic(tree)
    url = new_database()
    build_from(tree.root, url)
    with Api.over(url) as api:
        broad = {event["type"] for event in api.json("/v1/events?type=request")["data"]}
        assert broad == {"request", "picnic"}
        assert len(api.statements) == 1
        others = {event["type"] for event in api.json("/v1/events?type=!request")["data"]}
        assert not others & broad
        mapped = {event["type"] for event in api.json("/v1/events?mapping=plover:REQUEST")["data"]}
        assert mapped == broad
        facets = api.json("/v1/events?facets=type")["facets"]["type"]
        assert {"key": "request", "count": 1} in facets


def test_a_code_without_records_finds_none(seed_api: Api) -> None:
    assert seed_api.json("/v1/events?type=flood")["total"] == 0
    assert seed_api.json("/v1/figures?unit=EUR")["total"] == 0


def test_a_code_is_deprecated_not_removed(tree: SeedTree, new_database: Callable[[], str]) -> None:
    add_picnic(tree)
    url = new_database()
    build_from(tree.root, url)
    change(tree, FACTS, "    type: picnic\n", "    type: arrival\n")
    content = tree.vocabulary.read_text(encoding="utf-8")
    tree.vocabulary.write_text(content.replace(PICNIC, ""), encoding="utf-8")
    with pytest.raises(OperatorError, match="mark the code picnic of event_type as deprecated"):
        build_from(tree.root, url)
    deprecated = PICNIC + "    deprecated: true\n    replaced_by: request\n"
    tree.vocabulary.write_text(content.replace(PICNIC, deprecated), encoding="utf-8")
    build_from(tree.root, url)
    with Api.over(url) as api:
        assert api.json("/v1/events?type=picnic")["total"] == 0


def test_a_new_definition_is_a_new_dataset(tree: SeedTree, new_database: Callable[[], str]) -> None:
    url = new_database()
    version = build_from(tree.root, url)
    with Api.over(url) as api:
        before = api.get("/v1/vocabularies/unit").headers["etag"]
    change(tree, "vocabulary.yaml", "A house or a home.", "A house, or a home.")
    assert build_from(tree.root, url) != version
    with Api.over(url) as api:
        response = api.get("/v1/vocabularies/unit")
        assert response.headers["etag"] != before
        assert "A house, or a home." in response.text


# ------------------------------------------------------------------------------------------ formats


def test_every_scheme_is_served(seed_api: Api) -> None:
    schemes = seed_api.json("/v1/vocabularies")
    assert [item["scheme"] for item in schemes["data"]] == list(SCHEMES)
    assert seed_api.json("/v1")["links"]["vocabularies"] == "/v1/vocabularies"
    for item in schemes["data"]:
        codes = seed_api.json(item["url"])
        assert codes["total"] == item["count"] == len(codes["data"]) > 0
        for suffix in ("csv", "ndjson", "jsonld", "html"):
            assert seed_api.get(f"{item['url']}.{suffix}").status_code == 200


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_a_scheme_is_a_skos_concept_scheme(seed_api: Api) -> None:
    response = seed_api.get("/v1/vocabularies/event_type.jsonld")
    graph = rdflib.Graph().parse(data=response.text, format="json-ld")
    base = "http://test/v1/vocabularies"
    flood, disaster = (
        rdflib.URIRef(f"{base}/event_type#{code}") for code in ("flood", "natural_disaster")
    )
    assert (flood, SKOS.broader, disaster) in graph
    assert (flood, SKOS.inScheme, rdflib.URIRef(f"{base}/event_type")) in graph
    assert str(graph.value(flood, SKOS.notation)) == "flood"
    meeting = rdflib.URIRef(f"{base}/event_type#meeting")
    assert (meeting, SKOS.broadMatch, rdflib.URIRef(f"{base}/plover#CONSULT")) in graph


def test_codes_as_csv_have_their_mappings(seed_api: Api) -> None:
    rows = {
        row["code"]: row
        for row in csv.DictReader(StringIO(seed_api.get("/v1/vocabularies/unit.csv").text))
    }
    assert rows["USD"]["mappings.scheme"] == "iso_4217"
    assert rows["per_100_000"]["label"] == "per 100,000"


def test_the_page_of_a_scheme_leads_to_the_records(seed_api: Api) -> None:
    page = seed_api.get("/v1/vocabularies/event_type", headers={"Accept": "text/html"}).text
    assert '<dt id="meeting">' in page
    assert 'href="/v1/events?type=meeting"' in page


def test_a_scheme_that_is_unknown_is_not_found(seed_api: Api) -> None:
    response = seed_api.get("/v1/vocabularies/event-types")
    assert response.status_code == 404
    assert response.json()["detail"].startswith("Did you mean /v1/vocabularies/event_type?")


def test_clients_that_have_it_get_304(seed_api: Api) -> None:
    first = seed_api.get("/v1/vocabularies/act")
    again = seed_api.get("/v1/vocabularies/act", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert 'rel="alternate"; type="application/ld+json"' in first.headers["link"]


# --------------------------------------------------------------------------------- what it ships


def test_every_class_of_plover_is_mapped() -> None:
    mapped = {
        mapping.code
        for code in VOCABULARY.codes("event_type").values()
        for mapping in code.mappings
        if mapping.scheme == "plover"
    }
    assert mapped == set(VOCABULARY.codes("plover"))
    assert len(mapped) == 16


def test_mappings_to_plover_name_the_code_of_cameo_that_they_follow() -> None:
    for code in VOCABULARY:
        for mapping in code.mappings:
            assert mapping.scheme != "plover" or (mapping.note or "").startswith("CAMEO "), code


def test_trees_share_what_their_codes_mean() -> None:
    from app.curation.quotes import Texts
    from app.curation.records import make_vocabulary
    from app.curation.seeds import read_seeds

    made_up = make_vocabulary(read_seeds(SeedTree(MADE_UP, frozenset()), Texts([]))[0])
    shipped: dict[Any, Any] = {(code.scheme, code.code): code for code in VOCABULARY}
    for code in made_up:
        assert shipped.get((code.scheme, code.code), code) == code


def test_pages_set_codes_in_descriptions_as_code(seed_api: Api) -> None:
    for path, code in (("vocabularies/act", "criticises"), ("timeline", "made_on")):
        page = seed_api.get(f"/v1/{path}", headers={"Accept": "text/html"}).text
        assert f"<code>{code}</code>" in page
        assert "`" not in page.partition("<main")[2].partition("</main>")[0]
