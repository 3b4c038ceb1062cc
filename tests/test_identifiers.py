"""Identifiers that others give actors and places (`same_as`), by which records can be joined."""

import csv
import io

import pytest

from app.curation.files import SeedTree
from tests.client import Api
from tests.test_checks import append, findings_of

IRAN = "/v1/actors/iran"


def test_an_identifier_finds_its_record(seed_api: Api) -> None:
    (record,) = seed_api.json("/v1/actors?same_as=wikidata:Q794")["data"]
    assert record["id"] == "iran"
    (hit,) = seed_api.json("/v1/search?q=Q794")["data"]
    assert hit["record"]["id"] == "iran"
    assert seed_api.json("/v1/places?same_as=wikidata:Q39760")["total"] == 1


def test_an_identifier_that_no_record_has_finds_nothing(seed_api: Api) -> None:
    for value in ("wikidata:Q1", "geonames:1", "iso_3166_2:QA-DA"):
        assert seed_api.json(f"/v1/actors?same_as={value}")["total"] == 0


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("Q794", "wikidata:Q794"),
        ("wikidata:q794", "wikidata:Q794"),
        ("http://www.wikidata.org/entity/Q794", "wikidata:Q794"),
        ("wikidata:P794", None),
        ("geonames:Q794", "wikidata:Q794"),
    ],
)
def test_a_malformed_identifier_is_answered_with_a_right_one(
    seed_api: Api, value: str, meant: str | None
) -> None:
    response = seed_api.get(f"/v1/actors?same_as={value}")
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["nearest"] == meant
    assert "wikidata:Q794" in error["detail"]


def test_every_format_has_identifiers(seed_api: Api) -> None:
    (row,) = csv.DictReader(io.StringIO(seed_api.get(f"{IRAN}.csv").text))
    assert (row["same_as.scheme"], row["same_as.id"]) == ("wikidata", "Q794")
    node = seed_api.json(f"{IRAN}.jsonld")
    assert node["sameAs"] == ["http://www.wikidata.org/entity/Q794"]
    assert node["identifier"] == ["wikidata:Q794"]
    assert '<a href="http://www.wikidata.org/entity/Q794"' in seed_api.get(f"{IRAN}.html").text


SECOND = """- id: zzz
  title: Another
  kind: person
  same_as: [{scheme: wikidata, id: Q42}]
"""


def test_two_records_of_a_type_never_share_an_identifier(tree: SeedTree) -> None:
    append(tree, "actors.yaml", SECOND + SECOND.replace("zzz", "zzzz"))
    messages = [f.message for f in findings_of(tree) if f.rule == "identifiers-are-of-one-record"]
    assert messages == [
        "Correct the id, or merge the two entries: wikidata:Q42 is that of “zzz” too"
    ]


@pytest.mark.parametrize(
    ("scheme", "identifier"),
    [("wikidata", "42"), ("geonames", "Q42"), ("geonames", "0"), ("iso_3166_2", "QADA")],
)
def test_an_identifier_has_the_form_of_its_scheme(
    tree: SeedTree, scheme: str, identifier: str
) -> None:
    seed = SECOND.replace("wikidata", scheme).replace("Q42", identifier)
    append(tree, "actors.yaml", seed)
    assert any(
        finding.rule == "shape" and f"Write the id as {scheme} has it, e.g. " in finding.message
        for finding in findings_of(tree)
    )
