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
    "iranian-assets-in-exchange-for-prisoners-at-2024-02-14": (
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
    "people-injured-since-2023-10-07-at-2024-02-14": (
        67984,
        "At least 67,984",
        "at_least",
        67984,
        "ge",
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
    assert any(
        record["as_written"] in item["exact"]
        for item in record["evidence"]
        if {"value", "as_written"} & {*item["proves"]}
    )


def test_there_is_no_other_figure(seed_api: Api) -> None:
    assert {record["id"] for record in seed_api.all("/v1/figures")} == set(FIGURES)


def record_of(api: Api, path: str) -> Any:
    return api.json(f"/v1/{path}")["data"]


def figure(api: Api, name: str) -> Any:
    return record_of(api, f"figures/{name}")


def test_the_injured_are_others_whom_the_sentence_does_not_name(seed_api: Api) -> None:
    injured = figure(seed_api, "people-injured-since-2023-10-07-at-2024-02-14")
    population = injured["population"]
    assert (population["as_written"], population["basis"]) == ("others", "inferred")
    assert injured["excludes"] == ["palestinians-killed-since-2023-10-07"]
    assert any("names nobody" in caveat for caveat in injured["caveats"])
    assert "Palestinian" not in injured["title"]


def test_the_cause_of_the_deaths_is_told_as_the_words_of_the_source(seed_api: Api) -> None:
    killed = figure(seed_api, "palestinians-killed-since-2023-10-07-at-2024-02-14")
    assert any("what it calls" in caveat for caveat in killed["caveats"])
    assert killed["event"]["basis"] == "inferred"


def test_the_share_says_what_it_is_a_share_of(seed_api: Api) -> None:
    share = figure(seed_api, "share-of-women-and-children-among-palestinians-killed-at-2024-02-14")
    assert share["measure"] == "share_of_people_killed"
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


def test_nothing_says_that_the_assets_were_released(seed_api: Api) -> None:
    """The text names their releasing as what prisoners were released in exchange for."""
    assets = figure(seed_api, "iranian-assets-in-exchange-for-prisoners-at-2024-02-14")
    event = record_of(seed_api, "events/iranian-assets-in-exchange-for-prisoners")
    assert (assets["measure"], assets["period"]) == ("assets_named_in_exchange", None)
    assert (event["type"], event["status"], event["date"]) == ("other", "unclear", None)
    for record in (assets, event):
        assert any("does not say outright" in caveat for caveat in record["caveats"])
        assert "released" not in record["id"]


# -------------------------------------------------------------------------------------------- dates

DATES = {
    "amiri-diwan-statement-on-meeting": ("[2024-02-13..2024-02-14]", "inferred"),
    "arrival-of-iran-fm-in-qatar-2024-02-12": ("2024-02-12", "inferred"),
    "attacks-in-yemen-iraq-and-syria": ("[..2024-02-14]", "inferred"),
    "captives-released-in-truce-2023-11": ("2023-11-24/2023-12-01", "inferred"),
    "de-escalation-efforts-in-gaza-since-2023-10-07": ("2023-10-07/..", "stated"),
    "iran-us-prisoner-swap-agreement-2023-09": ("2023-09", "stated"),
    "iranian-assets-in-exchange-for-prisoners": None,
    "mediation-of-qatar-and-egypt-before-truce-2023-11": ("[..2023-11-24]", "inferred"),
    "mediation-of-qatar-between-conflicting-parties": ("2012/2024-02-14", "inferred"),
    "mediation-of-qatar-in-iran-us-prisoner-swap": ("[..2023-09]", "inferred"),
    "mediation-of-qatar-in-matters-involving-iran": ("[..2024-02-13]", "inferred"),
    "meeting-of-iran-fm-and-qatar-amir-2024-02-13": ("2024-02-13", "inferred"),
    "palestinians-released-in-truce-2023-11": ("2023-11-24/2023-12-01", "inferred"),
    "prisoners-released-under-iran-us-agreement": ("[2023-09..2024-02]", "inferred"),
    "qatar-hosts-hamas-political-office-since-2012": ("2012/..", "stated"),
    "regional-tour-of-iran-fm-2024-02": ("[..2024-02-14]", "inferred"),
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


def test_no_date_lies_after_publication(seed_api: Api) -> None:
    latest = [
        record[name]["latest"]
        for path, name in (
            ("events", "date"),
            ("statements", "made_on"),
            ("figures", "period"),
            ("figures", "as_of"),
        )
        for record in seed_api.all(f"/v1/{path}")
        if record[name]
    ]
    assert len(latest) > 50
    assert max(latest) == "2024-02-14"


def test_what_goes_on_is_said_to_go_on(seed_api: Api) -> None:
    goes_on = {event for event, date in DATES.items() if date and date[0].endswith("/..")}
    assert ids(seed_api, "/v1/events?status=ongoing") == goes_on


def test_what_is_said_at_the_meeting_has_its_date(seed_api: Api) -> None:
    said = seed_api.all("/v1/statements?event=meeting-of-iran-fm-and-qatar-amir-2024-02-13")
    assert len(said) > 15
    assert {(r["made_on"]["edtf"], r["made_on"]["basis"]) for r in said} == {
        ("2024-02-13", "inferred")
    }


LIKE_EVENTS = {
    "the releases in the truce": (
        "captives-released-in-truce-2023-11",
        "palestinians-released-in-truce-2023-11",
    ),
    "the visits of the tour": ("visit-of-iran-fm-to-lebanon", "visit-of-iran-fm-to-syria"),
}


@pytest.mark.parametrize("pair", LIKE_EVENTS.values(), ids=LIKE_EVENTS)
def test_like_events_have_like_records(seed_api: Api, pair: tuple[str, str]) -> None:
    """Only who takes part, and where, differs."""
    one, other = (form_of(record_of(seed_api, f"events/{event}")) for event in pair)
    assert one == other


def form_of(event: dict[str, Any]) -> dict[str, Any]:
    links = [
        (name, item["role"], item["basis"])
        for name in ("places", "participants")
        for item in event[name]
    ]
    same = ("type", "status", "date", "relations")
    return {"links": links, "caveats": len(event["caveats"])} | {name: event[name] for name in same}


def test_no_relation_makes_the_two_releases_an_exchange(seed_api: Api) -> None:
    exchanges = seed_api.all("/v1/events?relation=in_exchange_for")
    assert [event["id"] for event in exchanges] == ["prisoners-released-under-iran-us-agreement"]


def test_each_of_the_two_groups_released_is_an_actor_of_its_own(seed_api: Api) -> None:
    released = [
        item["id"]
        for event in LIKE_EVENTS["the releases in the truce"]
        for item in record_of(seed_api, f"events/{event}")["participants"]
    ]
    groups = [record_of(seed_api, f"actors/{actor}") for actor in released]
    assert len(groups) == 2
    assert {group["kind"] for group in groups} == {"population"}
    assert [len(group["caveats"]) for group in groups] == [1, 1]


# ---------------------------------------------------------------------------- inferences and names


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
    return set(record_of(api, path)["names_as_written"])


def test_one_person_has_all_descriptions_of_the_text(seed_api: Api) -> None:
    assert names_of(seed_api, "actors/hossein-amir-abdollahian") == {
        "Iran’s foreign minister",
        "Hossein Amir-Abdollahian",
        "The Iranian diplomat",
        "Amir-Abdollahian",
    }
    assert names_of(seed_api, "actors/tamim-bin-hamad-al-thani") == {
        "Sheikh Tamim bin Hamad Al Thani",
        "Qatar’s Amir",
        "Sheikh Tamim",
        "The Qatari leader",
    }


def test_a_capital_that_stands_for_a_government_is_no_place(seed_api: Api) -> None:
    for state, capital in (
        ("iran", "Tehran"),
        ("qatar", "Doha"),
        ("united-states", "Washington"),
        ("egypt", "Cairo"),
    ):
        assert capital in names_of(seed_api, f"actors/{state}")
    names = {name for place in seed_api.all("/v1/places") for name in place["names_as_written"]}
    assert names & {"Tehran", "Doha", "Washington", "Cairo"} == set()


def test_the_country_of_a_territory_is_left_open_and_says_so(seed_api: Api) -> None:
    territories = seed_api.all("/v1/places?kind=territory")
    assert {r["id"] for r in territories} == {
        "gaza-strip",
        "palestinian-territories",
        "west-bank",
    }
    for territory in territories:
        assert territory["country"] is None
        assert any("left open on purpose" in caveat for caveat in territory["caveats"])


def test_whom_the_text_does_not_name_is_nobody_with_an_id(seed_api: Api) -> None:
    event = record_of(seed_api, "events/mediation-of-qatar-between-conflicting-parties")
    thanks = record_of(seed_api, "statements/qatar-amir-thanks-for-diplomatic-efforts")
    references = [*event["participants"], *thanks["about"]]
    assert {r["as_written"] for r in references if r["id"] is None} == {
        "the conflicting parties",
        "Palestine",
    }
    for record in (event, thanks):
        assert any("no id on purpose" in caveat for caveat in record["caveats"])


def test_titles_tell_records_apart(seed_api: Api) -> None:
    for path in LISTS:
        titles = [record["title"] for record in seed_api.all(path)]
        assert sorted(set(titles)) == sorted(titles)


# ------------------------------------------------------------------------------------------- voices


def ids(api: Api, path: str) -> set[str]:
    return {record["id"] for record in api.all(path)}


def test_the_agency_relays_only_the_sentences_that_its_cue_governs(seed_api: Api) -> None:
    assert ids(seed_api, "/v1/statements?relayed_by=irna") == {
        "iran-fm-questions-us-claims",
        "qatar-amir-praises-closeness",
        "qatar-amir-thanks-for-diplomatic-efforts",
    }
    assert ids(seed_api, "/v1/statements?speaker=irna") == set()


def test_each_statement_is_credited_to_whom_the_sentence_names(seed_api: Api) -> None:
    speakers = {
        "amiri-diwan": "amiri-diwan-of-qatar",
        "iran-fm": "hossein-amir-abdollahian",
        "qatar-amir": "tamim-bin-hamad-al-thani",
        "us-requests": "united-states",
    }
    for record in seed_api.all("/v1/statements"):
        (credited,) = [
            [actor] for start, actor in speakers.items() if record["id"].startswith(start)
        ] or [[]]
        assert [item["id"] for item in record["attribution"]["speakers"]] == credited
        assert bool(credited) != record["id"].startswith("article-on-")


def test_an_occasion_is_stated_only_where_the_text_places_the_words_in_it(seed_api: Api) -> None:
    at_meeting = seed_api.all("/v1/statements?event=meeting-of-iran-fm-and-qatar-amir-2024-02-13")
    stated = {record["id"] for record in at_meeting if record["event"]["basis"] == "stated"}
    assert stated == {
        "iran-fm-calls-cooperation-constructive",
        "iran-fm-on-acts-in-gaza-at-meeting",
        "iran-fm-on-efforts-of-iran",
    }
    assert len(at_meeting) > len(stated)


def test_who_was_met_is_not_said_to_be_addressed(seed_api: Api) -> None:
    """“During a meeting with somebody” says when something was said, not to whom."""
    assert seed_api.all("/v1/statements?present=addressee") == []


AMBIGUOUS = {
    "iran-fm-aims-to-discuss-measures-on-gaza",
    "iran-fm-aims-to-discuss-situation-in-gaza",
    "iran-fm-on-acts-in-gaza-at-meeting",
    "iran-fm-on-political-solution-what-to-end",
}


def test_words_of_an_unclear_speaker_are_nobody_s(seed_api: Api) -> None:
    ambiguous = seed_api.all("/v1/statements?voice=ambiguous")
    assert {r["id"] for r in ambiguous} == AMBIGUOUS
    assert ids(seed_api, "/v1/statements?origin=stated") & AMBIGUOUS == set()
    for record in ambiguous:
        assert any("One cannot tell whether the words" in text for text in record["caveats"])
        assert record["quoted_words"] == []
        assert "is reported to have" in record["summary"]
    assert {term["term"] for r in ambiguous for term in r["loaded_terms"]} == {
        "atrocity", "besieged", "genocide", "occupation", "war crime",
    }  # fmt: skip


def test_no_loaded_word_of_the_article_is_given_to_a_speaker(seed_api: Api) -> None:
    """The loaded terms of credited statements stand in words that they quote."""
    terms = [
        (term, record["quoted_words"])
        for record in seed_api.all("/v1/statements?origin=stated")
        for term in record["loaded_terms"]
    ]
    assert {term["term"] for term, _ in terms} == {"occupation", "warmongering"}
    for term, quoted in terms:
        assert any(said["start"] <= term["start"] < said["end"] for said in quoted)


def test_the_article_speaks_for_itself_where_it_evaluates(seed_api: Api) -> None:
    own = seed_api.all("/v1/statements?voice=article")
    assert {r["attribution"]["origin"] for r in own} == {"publisher"}
    assert {r["quote_type"] for r in own} == {None}
    assert {r["event"] for r in own} == {None}
    assert {t["term"] for r in own for t in r["loaded_terms"]} == {
        "brutal",
        "historic",
        "onslaught",
        "successful",
    }


def test_words_in_quotation_marks_are_those_of_the_text(seed_api: Api, seed_text: str) -> None:
    words = [item for r in seed_api.all("/v1/statements") for item in r["quoted_words"]]
    assert {text_of(seed_text, item) for item in words} >= {"very good", "warmongering moves"}
    for item in words:
        before = seed_text[: item["start"]]
        assert before.rfind("“") > before.rfind("”")


def text_of(text: str, item: dict[str, Any]) -> str:
    return text[item["start"] : item["end"]]


def test_the_quotation_of_the_diwan_is_whole(seed_api: Api, seed_text: str) -> None:
    said = seed_api.all("/v1/statements?speaker=amiri-diwan-of-qatar")
    assert {r["quote_type"] for r in said} == {"direct"}
    assert len(said) == 2
    for (item,) in (record["quoted_words"] for record in said):
        assert item["type"] == "range"
        assert seed_text[item["start"] - 1] == "“"
        assert seed_text[item["end"] : item["end"] + 2] == ",”"
        assert "“" not in text_of(seed_text, item)


def test_a_repeated_sentence_is_one_statement_with_both_places_as_evidence(seed_api: Api) -> None:
    record = record_of(seed_api, "statements/article-on-qatar-in-de-escalation-efforts")
    starts = [item["start"] for item in record["evidence"]]
    assert min(starts) < 148 < 2990 < max(starts)


def test_demands_and_aims_are_no_events(seed_api: Api) -> None:
    assert {"siege", "evacuation", "reconstruction", "ceasefire"} & set(
        " ".join(DATES).split("-")
    ) == set()
    assert ids(seed_api, "/v1/statements?act=urges") == {
        "iran-fm-urges-acceleration-of-joint-efforts"
    }
    assert len(ids(seed_api, "/v1/statements?act=aims")) == 2


def test_a_request_is_an_event_and_its_content_a_statement(seed_api: Api) -> None:
    (content,) = seed_api.all("/v1/statements?event=us-request-for-channel-to-hamas")
    assert (content["act"], content["event"]["basis"]) == ("requests", "stated")
    assert record_of(seed_api, "events/us-request-for-channel-to-hamas")["type"] == "request"


def test_what_follows_a_request_is_not_said_to_be_requested(seed_api: Api) -> None:
    (relation,) = record_of(seed_api, "events/qatar-hosts-hamas-political-office-since-2012")[
        "relations"
    ]
    assert (relation["type"], relation["to"]) == ("follows", "us-request-for-channel-to-hamas")
    assert seed_api.all("/v1/events?relation=requested_by") == []


def test_facts_missing_from_the_text_are_null(seed_api: Api) -> None:
    source = record_of(seed_api, "sources/iran-fm-qatar-amir-2024-02-14")
    assert [source[name] for name in ("headline", "publisher", "original_url", "licence")] == [
        None
    ] * 4
    assert source["authors"] == []


def test_every_sentence_of_the_article_has_evidence(seed_text: str) -> None:
    from app.curation.files import SeedTree
    from app.curation.lock_entries import coverage
    from app.curation.quotes import Texts
    from app.curation.seeds import read_seeds
    from tests.conftest import SEED

    texts = Texts.from_setting(os.environ.get("ONRECORD_TEXTS", ""), SEED)
    (item,) = coverage(read_seeds(SeedTree(SEED), texts)[0])
    assert item.sentences == ()


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

    count = MADE_UP / "articles" / "2031-05-06-flood-count" / "text.txt"
    texts = {
        "flood-in-lower-vale-2031-05-04": (MADE_UP / "texts" / "flood.txt").read_bytes().decode(),
        "flood-count-2031-05-06": count.read_bytes().decode(),
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
        "actor": 1,
        "place": 1,
        "event": 0,
        "statement": 1,
        "figure": 1,
        "series": 1,
    }
