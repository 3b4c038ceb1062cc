"""What the real article's records say, and that every word they quote stands where they say."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from app.resources import RESOURCES
from tests.client import Api

pytestmark = pytest.mark.any_database

LISTS = [resource.path for resource in RESOURCES.values()]

# value, as written, qualifier, lower, bound, unit
FIGURES = {
    "captives-released-from-gaza-in-truce-2023-11-at-2024-02-14": (
        110,
        "at least 110",
        "at_least",
        110,
        "ge",
        "person",
    ),
    "iranian-assets-released-under-iran-us-agreement-at-2024-02-14": (
        6_000_000_000,
        "$6 billion",
        "none_stated",
        None,
        None,
        "USD",
    ),
    "mediations-of-qatar-since-2012-at-2024-02-14": (
        None,
        "several",
        "unquantified",
        None,
        None,
        "occasion",
    ),
    "palestinians-injured-since-2023-10-07-at-2024-02-14": (
        67984,
        "At least 67,984",
        "at_least",
        67984,
        "ge",
        "person",
    ),
    "palestinians-killed-since-2023-10-07-at-2024-02-14": (
        28473,
        "over 28,473",
        "over",
        28473,
        "gt",
        "person",
    ),
    "palestinians-released-from-israeli-prisons-in-truce-2023-11-at-2024-02-14": (
        240,
        "240",
        "none_stated",
        None,
        None,
        "person",
    ),
    "prisoners-released-under-iran-us-agreement-iran-side-at-2024-02-14": (
        5,
        "five",
        "none_stated",
        None,
        None,
        "person",
    ),
    "prisoners-released-under-iran-us-agreement-united-states-side-at-2024-02-14": (
        5,
        "five",
        "none_stated",
        None,
        None,
        "person",
    ),
    "share-of-women-and-children-among-palestinians-killed-at-2024-02-14": (
        70,
        "70%",
        "none_stated",
        None,
        None,
        "percent",
    ),
}


@pytest.mark.parametrize("figure", FIGURES)
def test_every_number_of_the_article_is_a_figure(seed_api: Api, figure: str) -> None:
    record = seed_api.json(f"/v1/figures/{figure}")["data"]
    names = ("value", "as_written", "qualifier", "lower", "bound", "unit")
    assert tuple(record[name] for name in names) == FIGURES[figure]
    assert record["upper"] is None
    assert record["as_of"]["edtf"] == "2024-02-14"
    assert record["as_of"]["basis"] == "publication_date"
    assert record["attribution"] == {
        "origin": "none_named",
        "speakers": [],
        "relayed_by": [],
        "note": None,
    }
    has_number = record["qualifier"] != "unquantified"
    assert ("The text names no origin for this number." in record["caveats"]) == has_number
    assert any(record["as_written"] in item["exact"] for item in record["evidence"])


def test_there_is_no_other_figure(seed_api: Api) -> None:
    assert {record["id"] for record in seed_api.all("/v1/figures")} == set(FIGURES)


def figure(api: Api, name: str) -> Any:
    return api.json(f"/v1/figures/{name}")["data"]


def test_the_injured_exclude_the_killed(seed_api: Api) -> None:
    injured = figure(seed_api, "palestinians-injured-since-2023-10-07-at-2024-02-14")
    assert injured["population"]["as_written"] == "others"
    assert injured["excludes"] == ["palestinians-killed-since-2023-10-07"]


def test_the_share_says_what_it_is_a_share_of(seed_api: Api) -> None:
    share = figure(seed_api, "share-of-women-and-children-among-palestinians-killed-at-2024-02-14")
    assert share["denominator"] == "palestinians-killed-since-2023-10-07-at-2024-02-14"
    assert [item["as_written"] for item in share["breakdown"]] == ["women and children"]


def test_one_phrase_for_two_sides_is_two_figures(seed_api: Api) -> None:
    twins = seed_api.all("/v1/figures?breakdown=iran,united_states")
    assert {twin["breakdown"][0]["category"] for twin in twins} == {"iran", "united_states"}
    assert {twin["value"] for twin in twins} == {5}
    assert len({twin["series"] for twin in twins}) == 2


def test_at_least_does_not_reach_the_second_number_of_its_sentence(seed_api: Api) -> None:
    second = figure(
        seed_api, "palestinians-released-from-israeli-prisons-in-truce-2023-11-at-2024-02-14"
    )
    assert second["qualifier"] == "none_stated"
    assert any("at least" in caveat for caveat in second["caveats"])


DATES = {
    "amiri-diwan-statement-on-meeting": ("[2024-02-13..2024-02-14]", "inferred"),
    "arrival-of-iran-fm-in-qatar-2024-02-12": ("2024-02-12", "inferred"),
    "attacks-in-yemen-iraq-and-syria": None,
    "captives-released-in-truce-2023-11": ("[2023-11-24..2023-12-01]", "inferred"),
    "de-escalation-efforts-of-qatar-since-2023-10-07": ("2023-10-07/..", "stated"),
    "iran-us-prisoner-swap-agreement-2023-09": ("2023-09", "stated"),
    "iranian-assets-released-under-iran-us-agreement": None,
    "mediation-of-qatar-and-egypt-before-truce-2023-11": ("[..2023-11-24]", "inferred"),
    "mediation-of-qatar-between-conflicting-parties": ("[2012..2024]", "inferred"),
    "mediation-of-qatar-in-iran-us-prisoner-swap": None,
    "mediation-of-qatar-in-matters-involving-iran": None,
    "meeting-of-iran-fm-and-qatar-amir-2024-02-13": ("2024-02-13", "inferred"),
    "palestinians-released-in-truce-2023-11": ("[2023-11-24..2023-12-01]", "inferred"),
    "prisoners-released-under-iran-us-agreement": None,
    "qatar-hosts-hamas-political-office-since-2012": ("2012/..", "stated"),
    "regional-tour-of-iran-fm-2024-02": ("../2024-02-12", "inferred"),
    "truce-in-gaza-2023-11": ("2023-11-24/2023-12-01", "inferred"),
    "us-request-for-channel-to-hamas": ("[..2012]", "inferred"),
    "visit-of-iran-fm-to-lebanon": ("[..2024-02-12]", "inferred"),
    "visit-of-iran-fm-to-syria": ("[..2024-02-12]", "inferred"),
    "war-in-gaza-since-2023-10-07": ("2023-10-07/..", "inferred"),
}


def test_dates_are_as_exact_as_the_text(seed_api: Api) -> None:
    dates = {
        r["id"]: r["date"] and (r["date"]["edtf"], r["date"]["basis"])
        for r in seed_api.all("/v1/events?limit=9")
    }
    assert dates == DATES


def test_inferences_have_a_note(seed_api: Api) -> None:
    """Those of a series are in its figures."""
    inferred = [
        part
        for path in LISTS
        if path != "/v1/series"
        for record in seed_api.all(path)
        for part in parts_of(record)
    ]
    assert len(inferred) > 60
    assert [part for part in inferred if not part["note"]] == []


def parts_of(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in a record whose basis is inferred."""
    if isinstance(value, dict):
        if value.get("basis") == "inferred":
            yield value
        for inner in value.values():
            yield from parts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts_of(inner)


def names_of(api: Api, path: str) -> set[str]:
    return set(api.json(path)["data"]["names_as_written"])


def test_one_person_has_all_descriptions_of_the_text(seed_api: Api) -> None:
    assert names_of(seed_api, "/v1/actors/hossein-amir-abdollahian") == {
        "diplomat",
        "Iran’s foreign minister",
        "Hossein Amir-Abdollahian",
        "Iranian diplomat",
        "Amir-Abdollahian",
    }  # fmt: skip


def test_a_capital_that_stands_for_a_government_is_no_place(seed_api: Api) -> None:
    for state, capital in (
        ("iran", "Tehran"),
        ("qatar", "Doha"),
        ("united-states", "Washington"),
        ("egypt", "Cairo"),
    ):
        assert capital in names_of(seed_api, f"/v1/actors/{state}")
    names = {name for place in seed_api.all("/v1/places") for name in place["names_as_written"]}
    assert names & {"Tehran", "Doha", "Washington", "Cairo"} == set()


def ids(api: Api, path: str) -> set[str]:
    return {record["id"] for record in api.all(path)}


def test_the_agency_relays_only_the_sentences_that_its_cue_governs(seed_api: Api) -> None:
    assert ids(seed_api, "/v1/statements?relayed_by=irna") == {
        "iran-fm-questions-us-claims",
        "iran-fm-says-us-endorses-israeli-actions",
        "qatar-amir-praises-closeness",
        "qatar-amir-thanks-for-diplomatic-efforts",
    }
    assert ids(seed_api, "/v1/statements?speaker=irna") == set()


def test_an_occasion_is_stated_only_where_the_text_places_the_words_in_it(seed_api: Api) -> None:
    at_meeting = seed_api.all("/v1/statements?event=meeting-of-iran-fm-and-qatar-amir-2024-02-13")
    stated = {record["id"] for record in at_meeting if record["event"]["basis"] == "stated"}
    assert stated == {
        "iran-fm-calls-cooperation-constructive",
        "iran-fm-on-acts-in-gaza-at-meeting",
        "iran-fm-outlines-efforts-to-alleviate-suffering",
        "iran-fm-outlines-efforts-to-end-war",
    }
    assert len(at_meeting) > len(stated)


def test_words_of_an_unclear_speaker_are_ambiguous(seed_api: Api) -> None:
    ambiguous = seed_api.all("/v1/statements?voice=ambiguous")
    assert {s["id"] for r in ambiguous for s in r["attribution"]["speakers"]} == {
        "hossein-amir-abdollahian"
    }
    assert {term["term"] for r in ambiguous for term in r["loaded_terms"]} == {
        "atrocity", "besieged", "genocide", "occupation", "war crime",
    }  # fmt: skip


def test_the_article_speaks_for_itself_where_it_evaluates(seed_api: Api) -> None:
    own = seed_api.all("/v1/statements?voice=article")
    assert {r["attribution"]["origin"] for r in own} == {"publisher"}
    assert {r["quote_type"] for r in own} == {None}
    assert {t["term"] for r in own for t in r["loaded_terms"]} == {
        "brutal",
        "historic",
        "onslaught",
        "successful",
    }


def test_words_in_quotation_marks_are_those_of_the_text(seed_api: Api, seed_text: str) -> None:
    words = [item for r in seed_api.all("/v1/statements") for item in r["quoted_words"]]
    assert {"very good", "warmongering moves"} <= {item["exact"] for item in words}
    for item in words:
        before = seed_text[: item["start"]]
        assert before.rfind("“") > before.rfind("”")
        assert seed_text[item["start"] : item["end"]] == item["exact"]


def test_a_repeated_sentence_is_one_statement_with_both_places_as_evidence(seed_api: Api) -> None:
    record = seed_api.json("/v1/statements/qatar-at-forefront-of-de-escalation")["data"]
    starts = [item["start"] for item in record["evidence"]]
    assert min(starts) < 148 < 2996 < max(starts)


def test_demands_and_aims_are_no_events(seed_api: Api) -> None:
    assert {"siege", "evacuation", "reconstruction", "ceasefire"} & set(
        " ".join(DATES).split("-")
    ) == set()
    assert ids(seed_api, "/v1/statements?act=urges") == {
        "iran-fm-urges-acceleration-of-joint-efforts"
    }
    assert len(ids(seed_api, "/v1/statements?act=aims")) == 3


def test_a_request_is_an_event_and_its_content_a_statement(seed_api: Api) -> None:
    (content,) = seed_api.all("/v1/statements?event=us-request-for-channel-to-hamas")
    assert (content["act"], content["event"]["basis"]) == ("requests", "stated")
    assert seed_api.json("/v1/events/us-request-for-channel-to-hamas")["data"]["type"] == "request"


def test_what_follows_a_request_is_not_said_to_be_requested(seed_api: Api) -> None:
    (relation,) = seed_api.json("/v1/events/qatar-hosts-hamas-political-office-since-2012")["data"][
        "relations"
    ]
    assert (relation["type"], relation["to"]) == ("follows", "us-request-for-channel-to-hamas")
    assert seed_api.all("/v1/events?relation=requested_by") == []


def test_every_sentence_of_the_article_has_evidence(seed_text: str) -> None:
    from app.curation.files import SeedTree
    from app.curation.lock_entries import coverage
    from app.curation.quotes import Texts
    from app.curation.seeds import read_seeds
    from tests.conftest import SEED

    texts = Texts.from_setting(os.environ.get("ONRECORD_TEXTS", ""), SEED)
    (item,) = coverage(read_seeds(SeedTree(SEED), texts)[0])
    assert item.sentences == ()
    assert 0.3 < item.share < 0.6


def test_facts_missing_from_the_text_are_null(seed_api: Api) -> None:
    source = seed_api.json("/v1/sources/iran-fm-qatar-amir-2024-02-14")["data"]
    assert [source[name] for name in ("headline", "publisher", "original_url", "licence")] == [
        None
    ] * 4
    assert source["authors"] == []


def test_no_relation_makes_the_two_releases_an_exchange(seed_api: Api) -> None:
    exchanges = seed_api.all("/v1/events?relation=in_exchange_for")
    assert [event["id"] for event in exchanges] == ["prisoners-released-under-iran-us-agreement"]


# ----------------------------------------------------------------------------------------- evidence


def assert_it_stands_in(text: str, item: dict[str, Any]) -> None:
    start, end = item["start"], item["end"]
    assert item["proves"]
    if item["type"] == "range":
        assert text[start:end].startswith(item["first_words"])
        assert text[start:end].endswith(item["last_words"])
        assert 16 <= len(text[start:end].split()) <= 80
        return
    assert text[start:end] == item["exact"]
    assert len(item["exact"].split()) <= 15
    assert text[:start].endswith(item["prefix"])
    assert text[end:].startswith(item["suffix"])
    assert text.count(item["prefix"] + item["exact"] + item["suffix"]) == 1
    assert max(len(item["prefix"]), len(item["suffix"])) <= 24


@pytest.mark.parametrize("path", LISTS)
def test_every_quote_occurs_in_the_article(seed_api: Api, seed_text: str, path: str) -> None:
    for record in seed_api.all(path):
        assert record["evidence"], record["id"]
        for item in record["evidence"]:
            assert_it_stands_in(seed_text, item)


@pytest.mark.parametrize("path", LISTS)
def test_every_quote_of_the_made_up_records_stands_in_its_text(api: Api, path: str) -> None:
    from tests.conftest import MADE_UP

    texts = {
        "flood-in-lower-vale-2031-05-04": (MADE_UP / "texts" / "flood.txt").read_bytes().decode(),
        "flood-count-2031-05-06": (MADE_UP / "texts" / "count.txt").read_bytes().decode(),
    }
    for record in api.all(path):
        assert record["evidence"], record["id"]
        for item in record["evidence"]:
            assert_it_stands_in(texts[item["source"]], item)


@pytest.mark.parametrize("path", LISTS)
def test_proves_names_fields_of_the_record(seed_api: Api, path: str) -> None:
    """Of a source and a series: of the records that rest on it."""
    proved = {name for resource in RESOURCES.values() for name in resource.record.model_fields}
    for record in seed_api.all(path):
        known = proved if path in ("/v1/sources", "/v1/series") else {*record}
        for item in record["evidence"]:
            assert item["proves"]
            assert set(item["proves"]) <= known


def test_the_article_itself_is_not_published(seed_api: Api, seed_text: str) -> None:
    """No answer holds a whole sentence, but for those that are shorter than a quote may be."""
    served = "".join(seed_api.get(path).text for path in LISTS)
    long_sentences = [
        sentence for sentence in seed_text.replace("\n", " ").split(". ") if len(sentence) > 110
    ]
    assert len(long_sentences) > 10
    assert [sentence for sentence in long_sentences if sentence in served] == []


# ---------------------------------------------------------------------- what the made-up seeds show


def test_bounds_follow_from_the_qualifier(api: Api) -> None:
    bounds = {
        r["id"]: (r["value"], r["lower"], r["upper"], r["bound"]) for r in api.all("/v1/figures")
    }
    assert bounds == {
        "children-share-of-displaced-2031-05-04": (30, None, None, None),
        "cost-of-flood-2031-05-04": (None, 2_000_000, 3_000_000, "both"),
        "houses-destroyed-2031-05-04": (40, None, 40, "le"),
        "people-displaced-2031-05-04": (1250, 1250, None, "gt"),
        "people-displaced-recount-2031-05-04": (1100, None, 1100, "le"),
        "volunteers-arrived-2031-05-03": (None, None, None, None),
    }


def test_a_series_shows_its_points_and_where_they_cannot_both_hold(api: Api) -> None:
    series = api.json("/v1/series/people-displaced-by-flood")["data"]
    pair = ["people-displaced-2031-05-04", "people-displaced-recount-2031-05-04"]
    assert [point["figure"] for point in series["points"]] == pair
    assert series["disagreements"] == [
        {"kind": "bound_and_bound", "figures": pair, "between": "sources"}
    ]


def test_a_place_of_the_series_is_inferred_in_its_figures(api: Api) -> None:
    (place,) = figure(api, "people-displaced-recount-2031-05-04")["places"]
    assert (place["id"], place["basis"]) == ("lower-vale", "inferred")
    assert place["note"]


def test_quoted_words_and_loaded_terms_have_offsets(api: Api) -> None:
    from tests.conftest import MADE_UP

    text = (MADE_UP / "texts" / "flood.txt").read_bytes().decode()
    (said,) = api.json("/v1/statements/mayor-says-town-was-warned")["data"]["quoted_words"]
    assert text[said["start"] : said["end"]] == said["exact"] == "warned 😔 and did nothing"
    (term,) = api.json("/v1/statements/council-silence")["data"]["loaded_terms"]
    assert text[term["start"] : term["end"]] == term["term"] == "shameful"


def test_a_source_counts_its_records(api: Api) -> None:
    counts = api.json("/v1/sources/flood-count-2031-05-06")["data"]["counts"]
    assert counts == {
        "actors": 1,
        "places": 1,
        "events": 0,
        "statements": 1,
        "figures": 1,
        "series": 1,
    }
