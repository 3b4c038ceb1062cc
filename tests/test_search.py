"""Full-text search: what is found, where it stands, and that nothing makes it fail."""

import itertools
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.query.tokenizer import GAP, Words, document, placed_tokens, texts_of, tokens
from app.resources import RESOURCES
from tests.client import Api


def search(api: Api, words: str, more: str = "&limit=500") -> Any:
    return api.json(f"/v1/search?q={quote(words)}{more}")


def found(api: Api, words: str) -> set[tuple[str, str]]:
    return {(hit["resource"], hit["record"]["id"]) for hit in search(api, words)["data"]}


# What is asked → one record that must be found by it.
FINDS = {
    "1,250": "people-displaced-2031-05-04",
    "1250": "people-displaced-2031-05-04",
    "Angstrom": "zoe-angstroem",
    "ÅNGSTRÖM": "zoe-angstroem",
    "angstr*": "zoe-angstroem",
    '"civil guard"': "civil-guard",
    '"opened the old sch*" OR': None,
    "“warned 😔 and did nothing”": "mayor-says-town-was-warned",
    "guard civil": "civil-guard",
    '"guard civil"': None,
    "lower-vale": "flood-2031-05",
    "*": None,
    "🌊": None,
    "NEAR(a b)": None,
    "title:flood": None,
    "' OR 1=1 --": None,
}


@pytest.mark.parametrize("words", FINDS)
def test_a_search_matches_words_phrases_and_prefixes(api: Api, words: str) -> None:
    ids = {record_id for _, record_id in found(api, words)}
    if FINDS[words] is None:
        assert ids == set()
    else:
        assert FINDS[words] in ids


def test_search_ignores_case_and_marks_in_every_script(many_api: Api) -> None:
    assert found(many_api, "naive") == found(many_api, "NAÏVE") != set()
    assert found(many_api, "strasse") == found(many_api, "Straße") != set()
    assert found(many_api, "日本") == found(many_api, "日本語") != set()
    assert found(many_api, "вод*") == found(many_api, "ВОДА") != set()
    assert found(many_api, "مياه") != set()


def test_highlights_are_the_matched_words(api: Api) -> None:
    hits = search(api, "angstrom flood*")["data"] + search(api, '"civil guard"')["data"]
    assert hits
    for hit in hits:
        assert hit["highlights"]
        for item in hit["highlights"]:
            for span in item["spans"]:
                words = item["text"][span["start"] : span["end"]]
                assert tokens(words)[0] in ("angstrom", "flood", "civil"), words
            if item["field"] == "evidence":
                proofs = {(e["source"], e["start"], e["exact"]) for e in hit["record"]["evidence"]}
                assert (item["source"], item["offset"], item["text"]) in proofs


def test_names_rank_before_mentions(api: Api) -> None:
    hits = [hit["record"] for hit in search(api, "flood")["data"]]
    named = [
        "flood" in tokens(record["title"]) or "flood" in str(record.get("names_as_written"))
        for record in hits
    ]
    assert named == sorted(named, reverse=True)
    assert any(named)
    assert not all(named)


def test_counts_are_the_totals_of_lists(many_api: Api) -> None:
    answer = search(many_api, "river flood", "")
    assert answer["total"] == sum(item["total"] for item in answer["total_by_resource"])
    assert answer["total_exact"] is True
    for item in answer["total_by_resource"]:
        resource = RESOURCES[item["resource"]]
        assert (
            many_api.json(f"{resource.path}?q=river%20flood&total=exact")["total"] == item["total"]
        )
        assert item["total_exact"] is True


def test_search_may_be_limited_to_resource_types(many_api: Api) -> None:
    answer = search(many_api, "river", "&resource=event,figure&limit=500")
    assert {hit["resource"] for hit in answer["data"]} == {"event", "figure"}
    assert [item["resource"] for item in answer["total_by_resource"]] == ["event", "figure"]


def test_counts_beyond_the_ranked_matches_are_lower_bounds(large_api: Api) -> None:
    page = search(large_api, "r*")
    assert len(large_api.statements) == 3
    is_exact = {item["resource"]: item["total_exact"] for item in page["total_by_resource"]}
    assert {resource_type for resource_type, exact in is_exact.items() if not exact} == {
        "figure",
        "statement",
    }
    assert (page["total"], page["total_exact"]) == (
        sum(item["total"] for item in page["total_by_resource"]),
        False,
    )
    exact = search(large_api, "r*", "&total=exact&limit=1")
    assert len(large_api.statements) == 4
    assert exact["total_exact"] is True
    assert all(item["total_exact"] for item in exact["total_by_resource"])
    assert exact["total"] > page["total"]


def test_total_none_counts_nothing(api: Api) -> None:
    for path in ("/v1/search?q=flood", "/v1/timeline?place=nomark"):
        answer = api.json(f"{path}&total=none")
        assert (answer["total"], answer["total_exact"], answer["total_by_resource"]) == (
            None,
            False,
            [],
        )


def test_search_is_two_statements(many_api: Api) -> None:
    search(many_api, "river", "&limit=50")
    assert len(many_api.statements) == 2


def test_search_needs_words(api: Api) -> None:
    problem = api.get("/v1/search").json()
    assert problem["errors"] == [
        {
            "parameter": "q",
            "received": None,
            "detail": "Write q=…: the list of search results cannot do without it.",
            "nearest": None,
        }
    ]


@pytest.mark.slow
@given(words=st.text(max_size=80))
@settings(max_examples=400)
def test_search_accepts_any_text(many_api: Api, words: str) -> None:
    response = many_api.get("/v1/search", params={"q": words, "limit": "2"})
    assert response.status_code in ((422,) if "\0" in words or not words else (200, 422)), words
    if response.status_code == 200:
        listed = many_api.get("/v1/statements", params={"q": words})
        assert listed.status_code == 200
        counts = {item["resource"]: item["total"] for item in response.json()["total_by_resource"]}
        assert counts["statement"] == listed.json()["total"]


# ----------------------------------------------------------------------------------------------
# tokens


@given(text=st.text())
@settings(max_examples=500)
def test_a_token_has_its_place_in_the_text(text: str) -> None:
    placed = placed_tokens(text)
    assert [item.token for item in placed] == tokens(text)
    for item in placed:
        assert 0 <= item.start < item.end <= len(text)
        assert item.token in " ".join(tokens(text[item.start : item.end])) or len(tokens(text)) > 1


@given(text=st.text(), form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_unicode_forms_have_the_same_tokens(text: str, form: Any) -> None:
    assert tokens(unicodedata.normalize(form, text)) == tokens(text)


@given(text=st.text())
def test_tokens_are_alphanumeric(text: str) -> None:
    assert all(token.isalnum() and GAP not in token for token in tokens(text) if len(token) > 1)


def test_search_terms_are_words_phrases_and_prefixes() -> None:
    terms = Words.of('28,473 non-NATO "very good" “as is” gaz* "isr pris*" *').terms
    assert [(term.tokens, term.prefix) for term in terms] == [
        (("28", "473"), False),
        (("non", "nato"), False),
        (("very", "good"), False),
        (("as", "is"), False),
        (("gaz",), True),
        (("isr", "pris"), True),
    ]


def test_the_indexed_text_fits_both_databases() -> None:
    """A `tsvector` forgets a token after its 255th place, and all after the 16,383rd."""
    evidence = [
        {"type": "quote", "exact": f"river {i}", "source": "s", "start": i} for i in range(20_000)
    ]
    whole = document("actor", {"title": "River", "evidence": evidence})
    assert len(whole.text.split()) <= 16_000
    assert whole.text.split().count("river") <= 250


def test_a_phrase_does_not_span_two_texts(api: Api) -> None:
    tried = 0
    for record in api.all("/v1/statements"):
        texts = [tokens(item.text) for item in texts_of("statement", record)]
        for before, after in itertools.pairwise(texts):
            last, first = before[-1], after[0]
            together = any((last, first) in itertools.pairwise(text) for text in texts)
            if not together:
                tried += 1
                assert ("statement", record["id"]) not in found(api, f'"{last} {first}"')
                assert ("statement", record["id"]) in found(api, f"{last} {first}")
    assert tried > 5
