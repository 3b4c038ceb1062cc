"""Dates and quotes: what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curation.dates import DateError, bounds
from app.curation.quotes import (
    LockError,
    Quote,
    QuoteAmbiguousError,
    QuoteLockEntry,
    QuoteNotFoundError,
    Range,
    count_words,
    locate,
    make_lock,
    occurrences,
    parse_lock,
    published_share,
    sentences,
    sha256,
)


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("2024-02-14", "2024-02-14", "2024-02-14"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-09~", "2023-09-01", "2023-09-30"),
        ("2023-09?", "2023-09-01", "2023-09-30"),
        ("2012/..", "2012-01-01", None),
        ("../2012", None, "2012-12-31"),
        ("2012/", "2012-01-01", None),
        ("/2012", None, "2012-12-31"),
        ("2023-10-07/2024-02-14", "2023-10-07", "2024-02-14"),
        ("2023-10/2024", "2023-10-01", "2024-12-31"),
        ("[2023-11-24..2023-12-01]", "2023-11-24", "2023-12-01"),
        ("[..2023-12-01]", None, "2023-12-01"),
        ("[2023-11..]", "2023-11-01", None),
        ("201X", "2010-01-01", "2019-12-31"),
        ("2023-02-XX", "2023-02-01", "2023-02-28"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999-12-31", "9999-12-31", "9999-12-31"),
    ],
)
def test_a_date_has_strict_bounds(edtf: str, earliest: str | None, latest: str | None) -> None:
    assert bounds(edtf) == (earliest, latest)


@pytest.mark.parametrize(
    ("edtf", "says"),
    [
        ("2024-02-30", "not a day of the calendar"),
        ("2023-13", "not a date of the calendar"),
        ("2023-9", "is not EDTF"),
        ("14 February 2024", "is not EDTF"),
        ("/", "leave the date out"),
        ("../", "leave the date out"),
        ("../..", "leave the date out"),
        ("[..]", "leave the date out"),
        ("2024/2023", "ends before it begins"),
        ("[2023-12-01..2023-11-24]", "ends before it begins"),
        ("[2023-11-24..2023-12]", "mixes precisions"),
        ("[2023,2024]", "one-of range"),
        ("{2023,2024}", "one-of range"),
        ("2024-02-14T10:00", "has a time"),
        ("0000", "0001 to 9999"),
        ("-0044", "is not EDTF"),
        ("2023-21", "season"),
        ("", "is not EDTF"),
    ],
)
def test_an_invalid_date_is_rejected_with_a_hint(edtf: str, says: str) -> None:
    with pytest.raises(DateError, match=says.replace(".", r"\.")):
        bounds(edtf)


@given(st.text(max_size=24))
def test_any_text_is_a_date_or_a_date_error(text: str) -> None:
    try:
        earliest, latest = bounds(text)
    except DateError as error:
        assert str(error)
    else:
        assert earliest is None or latest is None or earliest <= latest


# ------------------------------------------------------------------------------------------- quotes

TEXT = "A 🌊 hit Zoe\u0308’s town. The 🌊 hit the town, the town hit back. Zoë left."


def test_offsets_count_code_points() -> None:
    entry = locate(TEXT, Quote("town", suffix=". The"))
    assert TEXT[entry.start : entry.end] == "town"
    assert entry.start == 15
    assert TEXT[: entry.start].encode("utf-16-le").__len__() // 2 == 16


def test_nothing_is_normalised() -> None:
    assert locate(TEXT, Quote("Zoe\u0308")).start == 8
    assert locate(TEXT, Quote("Zoë")).start == TEXT.index("Zoë")
    with pytest.raises(QuoteNotFoundError, match=r"U\+0308 COMBINING DIAERESIS, not U\+00EB"):
        locate("only Zoe\u0308 here", Quote("Zoë"))


def test_an_ambiguous_quote_needs_context() -> None:
    with pytest.raises(QuoteAmbiguousError, match="occurs in 3 places"):
        locate(TEXT, Quote("town"))
    assert locate(TEXT, Quote("town", prefix="the ", suffix=",")).start == TEXT.index("town,")


@pytest.mark.parametrize(
    ("quote", "says"),
    [
        ("Zoë's town", "U[+]2019 RIGHT SINGLE QUOTATION MARK, not U[+]00EB"),
        ("the Town hit", "^Write “the town hit”$"),
        ("completely different", "^Copy the quote from the text: nothing like"),
    ],
)
def test_a_missing_quote_is_reported_with_the_closest_passage(quote: str, says: str) -> None:
    with pytest.raises(QuoteNotFoundError, match=says):
        locate(TEXT, Quote(quote))


def test_a_wrong_context_is_reported() -> None:
    with pytest.raises(QuoteNotFoundError, match=r"^Copy prefix and suffix"):
        locate(TEXT, Quote("town", prefix="my "))


@given(st.data())
def test_the_context_is_the_shortest_that_makes_a_quote_unique(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab😀", min_size=2, max_size=30))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 4)))
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    entry = locate(text, Quote(text[start:end], before, after))
    assert isinstance(entry, QuoteLockEntry)
    assert (entry.start, entry.end) == (start, end)
    found = len(entry.prefix) + len(entry.suffix)
    assert occurrences(text, entry.prefix + text[start:end] + entry.suffix) == [
        start - len(entry.prefix)
    ]
    for shorter in range(found):
        for left in range(max(0, shorter - len(after)), min(shorter, len(before)) + 1):
            context = text[start - left : end + shorter - left]
            assert len(occurrences(text, context)) > 1


def test_a_lock_round_trips() -> None:
    lock = make_lock(
        TEXT,
        sha256(TEXT),
        [
            Quote("The 🌊 hit"),
            Quote("town", suffix=". The"),
            Quote("The 🌊 hit"),
            Range("The 🌊 hit", "hit back"),
        ],
    )
    assert len(lock.entries) == 3
    assert parse_lock(lock.to_json()) == lock


def test_a_lock_that_was_changed_by_hand_is_refused() -> None:
    written = make_lock(TEXT, sha256(TEXT), [Quote("The 🌊 hit")]).to_json()
    for position in range(0, len(written) - 1, 3):
        changed = written[:position] + chr(ord(written[position]) ^ 1) + written[position + 1 :]
        with pytest.raises(LockError):
            parse_lock(changed)


def test_published_words_count_once_and_of_a_range_its_ends() -> None:
    lock = make_lock("0123456789", "x" * 64, [Quote("0123"), Quote("23"), Quote("89")])
    assert published_share(lock.entries, 10) == 0.6
    lock = make_lock("0123456789", "x" * 64, [Range("12", "67"), Quote("23")])
    assert published_share(lock.entries, 10) == 0.5


def test_a_range_is_all_from_its_first_to_its_last_words() -> None:
    text = "The flood took the old bridge. The flood took the new one."
    entry = locate(text, Range("took the old", "new one."))
    assert text[entry.start : entry.end] == "took the old bridge. The flood took the new one."


@pytest.mark.parametrize(
    ("first", "last", "error", "message"),
    [
        ("The flood", "new one", QuoteAmbiguousError, "Write more of its first or last words: 2"),
        ("The flod took", "new one", QuoteNotFoundError, "Copy the quote from the text: “The flod"),
        ("The flood", "newer one", QuoteNotFoundError, "Copy the quote from the text: “newer"),
        ("new one", "old bridge", QuoteNotFoundError, "Write the words with which the range ends"),
    ],
)
def test_a_range_without_a_place_of_its_own_is_explained(
    first: str, last: str, error: type[ValueError], message: str
) -> None:
    text = "The flood took the old bridge. The flood took the new one."
    with pytest.raises(error, match=message):
        locate(text, Range(first, last))


def test_words_are_counted_in_scripts_without_spaces_too() -> None:
    assert count_words("killed over 28,473 people") == 4
    assert count_words("洪水で橋が流された") == 5


def test_a_text_is_split_into_sentences() -> None:
    text = "One. Two (3.5 m)? “Three!” Four\nFive"
    assert [text[a:b] for a, b in sentences(text)] == [
        "One.",
        "Two (3.5 m)?",
        "“Three!”",
        "Four",
        "Five",
    ]


def test_no_sentence_ends_with_an_abbreviation_or_before_a_small_letter() -> None:
    text = "Dr. J. A. Example met U.S. envoys. “Why now?” he asked."
    assert [text[a:b] for a, b in sentences(text)] == [
        "Dr. J. A. Example met U.S. envoys.",
        "“Why now?” he asked.",
    ]
