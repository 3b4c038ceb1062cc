"""Numbers as texts write them: what is read, what is left to the curator, and what is a mistake.

`number_cases.csv` and `number_phrases.csv` have phrases with right and wrong readings;
`number_sentences.csv` has 150 sentences in six languages, annotated before there was a grammar.
"""

import csv
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.numbers import format_compact_decimal, format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from app.curation import schema as s
from app.curation.checks import numbers
from app.curation.files import Finding, SeedTree
from app.curation.quotes import Lock
from app.curation.readers.number_words import language as number_words
from app.curation.readers.numbers import NumberReading, fall_beside, read_number
from app.curation.records import read_by_curator
from app.curation.seeds import Article, Entry, Seeds
from app.vocabulary import Qualifier, codes

DATA = Path(__file__).parent / "cases"
RULES = (
    numbers.qualifier_fits_value,
    numbers.number_is_whole,
    numbers.value_matches_the_words,
    numbers.qualifier_matches_the_words,
    numbers.readings_have_a_note,
    numbers.unit_matches_the_sign,
)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> int | float | None:
    return None if not text else int(text) if text.lstrip("-").isdigit() else float(text)


def findings(
    sentence: str,
    as_written: str,
    *,
    language: str = "en",
    not_read: tuple[str, ...] = (),
    unit: str = "unit",
    **figure: Any,
) -> list[Finding]:
    """The findings for a figure whose source is one sentence."""
    source = {
        "id": "source",
        "title": "Source",
        "kind": "report",
        "language": language,
        "content_sha256": "0" * 64,
        "text_access": "withheld",
    }
    figure |= {"id": "figure", "series": "series", "as_written": as_written, "evidence": [sentence]}
    seed = s.ArticleSeed.model_validate({"source": source, "figures": [figure]})
    lock = Lock(text_sha256="", characters=0, entries=(), not_read=not_read)
    article = Article(Path("facts.yaml"), seed, lock, sentence)
    series = s.SeriesSeed(
        id="series",
        title="Series",
        measure="measure",
        measure_kind="point",
        unit=unit,
        definition="Something.",
    )
    entry = Entry(Path("measures.yaml"), (0,), series)
    seeds = Seeds(SeedTree(Path()), series=[entry], articles=[article])
    return [finding for rule in RULES for finding in rule(seeds)]


def of_row(row: dict[str, str], **more: Any) -> list[Finding]:
    return findings(
        row["sentence"],
        row["as_written"],
        language=row["language"],
        value=number(row["value"]),
        lower=number(row["lower"]),
        upper=number(row["upper"]),
        qualifier=row["qualifier"],
        **more,
    )


def read(text: str, language: str = "en", whole: str | None = None) -> NumberReading:
    whole = whole or text
    return read_number(text, text.index(whole), text.index(whole) + len(whole), language)


def values(text: str, language: str = "en") -> set[Decimal | None]:
    reading = read(text, language)
    assert reading.is_read, (text, reading)
    assert reading.expression == (0, len(text))
    return {found.value for found in reading.readings}


@pytest.mark.parametrize(
    "row",
    [*rows("number_cases.csv"), *rows("number_phrases.csv")],
    ids=lambda row: row["sentence"],
)
def test_a_right_reading_is_accepted_and_a_wrong_one_refused(row: dict[str, str]) -> None:
    found = of_row(row)
    assert bool(found) == (row["must"] != "accept"), found
    if row["must"] == "note":
        assert {finding.rule for finding in found} == {"readings-have-a-note"}
        assert of_row(row, reading="So the curator reads it.") == []


@pytest.mark.parametrize("row", rows("number_sentences.csv"), ids=lambda row: row["sentence"])
def test_a_sentence_is_read_as_it_was_annotated(row: dict[str, str]) -> None:
    assert of_row(row) == []


# --------------------------------------------------------------- numbers written out by libraries

WRITTEN = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize("language", ["en", "fr", "es", "de", "pt"])
@given(value=st.one_of(st.integers(2, 2000), st.integers(2000, 999_999)))
@WRITTEN
def test_a_cardinal_number_in_words_reads_back(language: str, value: int) -> None:
    words = num2words(value, lang=language).replace(",", "").replace("einstausend", "eintausend")
    assert values(words, language) == {value}, words


@pytest.mark.parametrize("language", ["en", "fr", "es", "de", "pt", "ar", "it", "de-CH", "es-MX"])
@given(value=st.decimals(0, 10**9, places=2))
@WRITTEN
def test_digits_read_back_as_the_language_groups_them(language: str, value: Decimal) -> None:
    assert value in values(format_decimal(value, locale=language.replace("-", "_")), language)


@given(value=st.integers(0, 10**12))
def test_digits_of_any_script_read_back(value: int) -> None:
    text = format_decimal(value, locale="ar_EG", numbering_system="arab")
    assert values(text, "ar") == {value}


@pytest.mark.parametrize("language", ["en", "fr", "es", "de", "pt", "ar", "it", "ru"])
@given(value=st.integers(2, 999), power=st.sampled_from([6, 9, 12]))
@WRITTEN
def test_the_scales_of_a_language_read_back(language: str, value: int, power: int) -> None:
    text = format_compact_decimal(value * 10**power, format_type="long", locale=language)
    assert values(text, language) == {value * 10**power}, text


@given(st.text(max_size=40), st.sampled_from(["en", "fr", "es", "de", "pt", "ar", "sw"]))
def test_any_text_is_read_or_not(text: str, language: str) -> None:
    read_number(text, 0, len(text), language)


# ---------------------------------------------------------------------------------------- mutations


def another_digit(text: str, dice: random.Random) -> str:
    places = [index for index, character in enumerate(text) if character.isdigit()]
    index = dice.choice(places)
    return (
        text[:index] + dice.choice([d for d in "123456789" if d != text[index]]) + text[index + 1 :]
    )


def mutated(row: dict[str, str], key: str, dice: random.Random) -> dict[str, str] | None:
    """The row with another meaning; None where it has nothing of the kind."""
    old = row[key]
    if key == "qualifier":
        new = dice.choice([code for code in codes(Qualifier) if code != old])
    elif key == "as_written":
        reading = read(row["sentence"], row["language"], old)
        whole = row["sentence"][slice(*reading.expression)]
        cut = dice.randrange(1, len(whole)) if len(whole) > 1 else 0
        new = dice.choice([whole[cut:], whole[:-cut]]).strip() if cut else old
        if not new or row["sentence"].count(new) > 1:
            return None
    else:
        new = another_digit(old, dice) if old else ""
    return None if new == old else row | {key: new}


def test_every_mutation_of_a_number_is_caught() -> None:
    """Its value, its qualifier, its bounds, its edges with signs and units: 2,000 mutations."""
    dice = random.Random(2031)
    cases = [row for row in rows("number_cases.csv") if row["must"] == "accept"]
    cases += rows("number_sentences.csv")
    ambiguous = {row["sentence"] for row in cases if has_two_qualifiers(row)}
    counts: Counter[str] = Counter()
    while counts.total() < 2000:
        key = dice.choice(["value", "lower", "upper", "qualifier", "as_written"])
        row = dice.choice(cases)
        changed = mutated(row, key, dice)
        if changed is None or (key == "qualifier" and row["sentence"] in ambiguous):
            continue
        counts[key] += 1
        assert of_row(changed), (row, changed)
    assert min(counts.values()) > 20


def has_two_qualifiers(row: dict[str, str]) -> bool:
    """Whether usage differs: “cerca de” is nearly and about."""
    reading = read(row["sentence"], row["language"], row["as_written"])
    return len({found.qualifier for found in reading.readings}) > 1


# -------------------------------------------------------------------------------------- the grammar


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "three-quarters of a million", 750_000),
        ("en", "two and three-quarter million", 2_750_000),
        ("en", "2½ million", 2_500_000),
        ("en", "2 lakh crore", 2 * 10**12),
        ("en", "three score", 60),
        ("en", "two million three hundred thousand", 2_300_000),
        ("en", "minus 12", -12),
        ("en", "$(12) million", -12_000_000),
        ("en", "1 in 10", Decimal("0.1")),
        ("fr", "3 M€", 3_000_000),
        ("fr", "un quart de million", 250_000),
        ("es", "2 millones 500 mil", 2_500_000),
        ("es", "tres mil millones", 3 * 10**9),
        ("de", "zweieinhalb Millionen", 2_500_000),
        ("pt", "3 mil milhões", 3 * 10**9),
        ("ar", "٣ ملايين ونصف", 3_500_000),
        ("ar", "١٢،٥٠٠", 12_500),
    ],
)
def test_an_amount_has_one_value(language: str, text: str, value: int | Decimal) -> None:
    assert values(text, language) == {value}


@pytest.mark.parametrize(
    ("sentence", "place", "expression"),
    [
        ("It hit over 28,473 people.", "28,473", "over 28,473"),
        ("About 1.2 million left.", "1.2", "About 1.2 million"),
        ("It fell to −12 points.", "12", "−12"),
        ("Some 12–15 thousand left.", "15 thousand", "Some 12–15 thousand"),
        ("A share of 30% is high.", "30", "30%"),
        ("It cost $3B then.", "3B", "$3B"),
        ("It covers 12 km² now.", "12", "12 km²"),
        ("They hold 500 seats or more.", "500", "500 seats or more"),
        ("Prices rose from 12 to 15.", "12", "12"),
        ("More than doubled to 45.", "45", "45"),
        ("Some of the 45 were hurt.", "45", "45"),
    ],
)
def test_the_expression_is_the_longest(sentence: str, place: str, expression: str) -> None:
    reading = read(sentence, whole=place)
    assert sentence[slice(*reading.expression)] == expression


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "as few as 12"),
        ("en", "the 14th"),
        ("en", "1990s"),
        ("en", "in 2030"),
        ("en", "3 April"),
        ("en", "5z"),
        ("en", "3 mrd"),
        ("en", "G20"),
        ("ar", "ثلاثة ملايين"),
        ("ar", "قتيلان"),
        ("ru", "двадцать"),
    ],
)
def test_what_cannot_be_read_is_not_read(language: str, text: str) -> None:
    assert not read(text, language).is_read


@pytest.mark.parametrize(
    ("language", "sentence", "number", "fall"),
    [
        ("en", "Sales, which fell by about 4% a year", "about 4%", "fell by about 4%"),
        ("en", "Sales were 4% lower.", "4%", "4% lower"),
        ("fr", "Le prix a baissé de 4 %", "4 %", "baissé de 4 %"),
        ("de", "Der Preis fiel um 4 %", "4 %", "fiel um 4 %"),
        ("en", "Sales fell to 4%", "4%", None),
        ("en", "Sales grew 4% less than in 2030", "4%", None),
        ("en", "revised down by 72, from +336 to +264", "+336", None),
    ],
)
def test_a_change_beside_a_word_of_falling_is_a_fall(
    language: str, sentence: str, number: str, fall: str | None
) -> None:
    start = sentence.index(number)
    assert fall_beside(sentence, start, start + len(number), language) == fall


@pytest.mark.parametrize("text", ["20-30,000", "ran 400m", "5-10,000"])
def test_what_can_be_two_numbers_is_ambiguous(text: str) -> None:
    assert read(text).is_ambiguous


def test_the_words_and_qualifiers_of_some_languages_are_read() -> None:
    assert number_words("pt-BR").reads_words
    assert number_words("pt-BR").reads_qualifiers
    assert not number_words("ar").reads_words
    assert not number_words("it").reads_qualifiers


# ------------------------------------------------------------------------------------ the messages


@pytest.mark.parametrize(
    ("sentence", "as_written", "figure", "says"),
    [
        (
            "It hit over 28,473 people.",
            "28,473",
            {"value": 28473},
            "Write “over 28,473”, the whole number expression: “28,473” stops short of it",
        ),
        (
            "It hit 28 towns and 12 villages.",
            "28 towns and 12",
            {"value": 28},
            "Write “28”, the whole number expression: “28 towns and 12” reaches into another",
        ),
        (
            "It hit half a million people.",
            "half a million",
            {"value": 1_000_000},
            "Write “value: 500000”, as “half a million” says, not “value: 1000000”",
        ),
        (
            "It hit 2 to 3 million people.",
            "2 to 3 million",
            {"lower": 2, "upper": 3_000_000, "qualifier": "between"},
            "Write “lower: 2000000, upper: 3000000”, as “2 to 3 million” says, not “lower: 2,",
        ),
        (
            "It hit 500 or so people.",
            "500 or so",
            {"value": 500},
            "Write “qualifier: about”, as “500 or so” says, not “none_stated”",
        ),
        (
            "It hit as few as 12 people.",
            "as few as 12",
            {"value": 12},
            "Add “reading:” and say how you read “as few as 12”, which cannot be read",
        ),
        (
            "It hit 20-30,000 homes.",
            "20-30,000",
            {"lower": 20_000, "upper": 30_000, "qualifier": "between"},
            "Add “reading:” and say how you read “20-30,000”, which can be read in more than one",
        ),
        (
            "It hit 12 people.",
            "12",
            {"value": 12, "reading": "Twelve."},
            "Remove “reading”: “12” is read without it",
        ),
    ],
)
def test_a_message_begins_with_the_way_out(
    sentence: str, as_written: str, figure: dict[str, Any], says: str
) -> None:
    found = findings(sentence, as_written, **figure)
    assert [finding.message[: len(says)] for finding in found] == [says]


@pytest.mark.parametrize(
    ("sentence", "as_written", "figure"),
    [
        ("Net income was (12) in May.", "(12)", {"value": -12}),
        ("Output fell by 0.4 points.", "fell by 0.4", {"value": -0.4}),
        ("They read a report about 12 bridges.", "12", {"value": 12}),
    ],
)
def test_what_the_words_only_allow_needs_a_note(
    sentence: str, as_written: str, figure: dict[str, Any]
) -> None:
    assert findings(sentence, as_written, **figure)
    assert findings(sentence, as_written, reading="So it is meant.", **figure) == []


def test_a_note_does_not_excuse_a_number_that_can_be_read() -> None:
    found = findings("It hit 12 people.", "12", value=13, reading="Thirteen.")
    assert [finding.rule for finding in found] == ["value-matches-the-words"]


def test_a_number_that_was_not_read_when_it_was_locked_stays_the_curators() -> None:
    not_read = ("figure: 12 = 13, none_stated",)
    assert findings("It hit 12 people.", "12", value=13, reading="So.", not_read=not_read) == []
    (finding,) = findings("It hit 12 people.", "12", value=14, reading="So.", not_read=not_read)
    assert finding.rule == "value-matches-the-words"


@pytest.mark.parametrize(
    ("words", "unit", "is_refused"),
    [
        ("$6 billion", "USD", False),
        ("$6 billion", "CAD", False),
        ("$6 billion", "EUR", True),
        ("€6 billion", "EUR", False),
        ("£6 billion", "percent", True),
        ("60%", "percent", False),
        ("60%", "USD", True),
        ("60", "USD", False),
    ],
)
def test_the_sign_is_not_that_of_another_unit(words: str, unit: str, is_refused: bool) -> None:
    value = 60 if "60" in words else 6_000_000_000
    found = findings(f"It was {words} then.", words, unit=unit, value=value)
    assert [finding.rule for finding in found] == ["unit-matches-the-sign"] * is_refused


@pytest.mark.parametrize(
    ("figure", "caveat"),
    [
        ({"value": 250_000}, "Read as 250,000 by the curator: the text says “so many”. A guess."),
        (
            {"lower": 2, "upper": 3, "qualifier": "between"},
            "Read as 2 to 3 by the curator: the text says “so many”. A guess.",
        ),
    ],
)
def test_a_reading_of_the_curator_becomes_a_caveat(figure: dict[str, Any], caveat: str) -> None:
    seed = s.FigureSeed(
        id="figure",
        series="series",
        as_written="so many",
        reading="A guess.",
        evidence=(s.QuoteSeed(quote="so many"),),
        **figure,
    )
    assert read_by_curator(seed) == caveat
