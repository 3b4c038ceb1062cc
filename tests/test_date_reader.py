"""Dates in words: every right reading is accepted, every wrong one refused."""

import contextlib
import csv
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curation.dates import DateError, bounds
from app.curation.quotes import Quote
from app.curation.readers.date_meanings import DateReading
from app.curation.readers.date_support import date_support
from app.curation.readers.dates import read_quoted_dates, with_years

CASES = Path(__file__).parent / "cases"
PUBLISHED = date(2031, 3, 4)  # a Tuesday


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_sentence(sentence: str, language: str) -> tuple[DateReading, ...]:
    """The dates in a sentence that is quoted as a whole."""
    return with_years(read_quoted_dates(Quote(sentence), None, language, PUBLISHED))


def is_accepted(sentence: str, language: str, edtf: str, basis: str, **options: Any) -> bool:
    """Whether the check accepts a date, with this basis, beside this sentence."""
    readings = read_sentence(sentence, language)
    options = {"may_lie_ahead": False, "may_be_published": not readings} | options
    given_as = date_support(edtf, readings, PUBLISHED, **options)
    return None not in given_as and (basis == "inferred" or given_as == ("stated", "stated"))


@pytest.mark.parametrize(
    "row", rows("dates.csv"), ids=lambda row: f"{row['sentence']} {row['edtf']}"
)
def test_a_phrase_has_its_right_reading_and_no_wrong_one(row: dict[str, str]) -> None:
    accepted = is_accepted(row["sentence"], row["language"], row["edtf"], row["basis"])
    assert accepted is (row["must"] != "refuse")
    if row["must"] == "note":
        assert not is_accepted(row["sentence"], row["language"], row["edtf"], "stated")


def test_dates_are_found_in_ordinary_sentences() -> None:
    """The figures that docs/curating.md gives are those of the sentences annotated beforehand."""
    annotated: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in rows("date_sentences.csv"):
        dates = annotated.setdefault((row["language"], row["sentence"]), set())
        if row["edtf"]:
            dates.add((row["edtf"], row["basis"]))
    right = found = 0
    for (language, sentence), dates in annotated.items():
        expressions: dict[int, set[tuple[str | None, str]]] = {}
        for reading in read_sentence(sentence, language):
            expressions.setdefault(reading.start, set()).add((reading.edtf, reading.basis))
        found += len(expressions)
        right += sum(bool(readings & dates) for readings in expressions.values())
    total = sum(map(len, annotated.values()))
    assert (len(annotated), total, right, found) == (153, 140, 140, 141)


WRONG = [
    ("It opened in late January.", "2031-01-31"),
    ("They met two days ago.", "1999-12-31~"),
    ("They met last month.", "1999-01~"),
    ("We may in 2030 see more.", "2030-05"),
    ("It fell in June 2030 and March 2029.", "2030-03"),
    ("They met earlier this week.", "2031-03-03"),
    ("They met three weeks ago.", "2031-02-11"),
    ("He sat with April Hale.", "2030-04"),
    ("They met in the last quarter.", "2030-07/2030-09"),
    ("They met on 17 January 2030.", "2030-01-17~"),
    ("They met on 30 February 2030.", "2030-02-28"),
    ("The law dates from 26 Dey 1408.", "2030-01-16"),
]


@pytest.mark.parametrize(("sentence", "edtf"), WRONG)
def test_a_wrong_date_is_refused_even_as_inferred(sentence: str, edtf: str) -> None:
    assert not is_accepted(sentence, "en", edtf, "inferred")


RIGHT = [
    ("en", "They met between 24 November and 1 December.", "2030-11-24/2030-12-01"),
    ("en", "It held from 30 December to 2 January.", "2030-12-30/2031-01-02"),
    ("en", "The meeting at 01:00 +0300 on 18 January 2030.", "2030-01-17"),
    ("en", "He arrived on 5 Rajab 1445 (AH).", "2024-01-17"),
    ("en", "Spending in fiscal year 2029 fell.", "2028-10/2029-09"),
    ("en", "It ran in 1985-86.", "1985/1986"),
    ("en", "It opened in the spring of 2030.", "2030~"),
    ("en", "It opened in the spring of 2030.", "2030-04~"),
    ("en", "They met on Christmas Eve.", "2030-12-24"),
    ("en", "Fighting began a few months ago.", "[2030-10..2031-01]"),
    ("en", "In 2029 they met twice, first on 5 May.", "2029-05-05"),
    ("en", "They met on 17 January 2030.", "2030"),
    ("en", "Its staff at the end of January was 12.", "2031-01-31"),
    ("en", "Prices have risen since the start of the year.", "2031-01-01"),
    ("en", "The port closed at the end of last year.", "2030-12-31"),
    ("en-US", "They met on 3/4/2030.", "2030-03-04"),
    ("de", "Sie trafen sich am vergangenen Dienstag.", "2031-02-25"),
    ("ar", "قبل يومين", "2031-03-02"),
    ("ru", "Встреча прошла 3 апреля 2030 года.", "2030-04-03"),
]


@pytest.mark.parametrize(("language", "sentence", "edtf"), RIGHT)
def test_a_right_date_is_accepted_as_inferred(language: str, sentence: str, edtf: str) -> None:
    assert is_accepted(sentence, language, edtf, "inferred")


def test_the_next_friday_is_meant_only_of_what_lies_ahead() -> None:
    friday = ("They meet on Friday.", "en", "2031-03-07", "inferred")
    assert not is_accepted(*friday)
    assert is_accepted(*friday, may_lie_ahead=True)
    days = ("They meet in the next three days.", "en", "2031-03-04/2031-03-07", "inferred")
    assert not is_accepted(*days)
    assert is_accepted(*days, may_lie_ahead=True)


@pytest.mark.parametrize(
    "sentence",
    [
        "They met two days earlier.",
        "Sales were 71 in the same quarter of 2030.",
        "Sales were 71 in the same period last year.",
        "She will appeal within 14 days.",
        "They met at Easter 2030.",
    ],
)
def test_words_that_look_like_a_date_and_cannot_be_read_are_said_to_be_unread(
    sentence: str,
) -> None:
    (reading,) = read_sentence(sentence, "en")
    assert reading.edtf is None


@pytest.mark.parametrize(
    ("quote", "edtfs"),
    [
        ("17 January 2030", {"2030-01-17"}),
        ("January 2030", {"2030-01"}),
        ("7 January 2030", set()),
        ("2030", {"2030"}),
    ],
)
def test_a_quote_does_not_prove_more_than_the_expression_that_it_cuts(
    quote: str, edtfs: set[str]
) -> None:
    text = "They met on 17 January 2030 in Port Linden."
    readings = read_quoted_dates(Quote(quote), text, "en", PUBLISHED)
    assert {reading.edtf for reading in readings} == edtfs


@given(st.dates(date(1600, 1, 1), date(2199, 12, 31)), st.sampled_from("en fr es de pt ar".split()))
def test_a_date_written_out_by_cldr_is_read_back(day: date, language: str) -> None:
    from babel.dates import format_date

    for width in ("long", "medium"):
        sentence = format_date(day, width, locale=language)
        assert day.isoformat() in {r.edtf for r in read_sentence(sentence, language)}


@given(st.text(max_size=60))
def test_any_text_is_read_to_dates_of_the_calendar(text: str) -> None:
    for reading in read_sentence(text, "en"):
        assert 0 <= reading.start < reading.end <= len(text)
        assert reading.edtf is None or bounds(reading.edtf)


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("202X-02-29", ("2020-02-29", "2028-02-29")),
        ("20XX-02-29", ("2000-02-29", "2096-02-29")),
        ("2023-XX/2024", ("2023-01-01", "2024-12-31")),
    ],
)
def test_unspecified_digits_have_bounds_in_the_calendar(
    edtf: str, expected: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bounds(edtf) == expected
    assert capsys.readouterr().out == ""


def mutations(count: int) -> list[tuple[dict[str, str], str, str]]:
    """Change a digit of an annotated date to another date of the calendar, or its basis."""
    dice = random.Random(7)
    annotated = [row for row in rows("date_sentences.csv") if row["edtf"]]
    changed: list[tuple[dict[str, str], str, str]] = []
    while len(changed) < count:
        row = dice.choice(annotated)
        edtf, basis = row["edtf"], row["basis"]
        if basis == "inferred" and dice.random() < 0.2:
            changed.append((row, edtf, "stated"))
            continue
        place = dice.choice([n for n, character in enumerate(edtf) if character.isdecimal()])
        wrong = (
            edtf[:place] + dice.choice("0123456789".replace(edtf[place], "")) + edtf[place + 1 :]
        )
        with contextlib.suppress(DateError):
            bounds(wrong)
            changed.append((row, wrong, "inferred"))
    return changed


def test_a_thousand_changed_dates_and_bases_are_refused() -> None:
    survivors = [
        (row["sentence"], edtf, basis)
        for row, edtf, basis in mutations(1000)
        if is_accepted(row["sentence"], row["language"], edtf, basis)
    ]
    assert survivors == []
