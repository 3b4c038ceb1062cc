"""The checks catch random mutations of seeds, lock entries and texts.

Every mutation changes the meaning, not only the spelling. The random numbers are seeded, so that a
failure can be repeated.
"""

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.curation import checks, lock_entries
from app.curation.files import Finding, SeedTree
from app.curation.quotes import Texts
from app.curation.seeds import read_seeds
from app.vocabulary import Qualifier, codes
from tests.conftest import MADE_UP, SEED

pytestmark = pytest.mark.slow

A_QUOTE = re.compile(
    r"(?:quote: |evidence: \[|names: \[)\"?([^\"{}\[\]\n]{3,}?)\"?(?:,"
    r" (?:proves|as_written|prefix|suffix)|[}\]]|$)",
    re.MULTILINE,
)
A_NUMBER = re.compile(r"\b(?:value|lower|upper): (\d+)")
A_QUALIFIER = re.compile(r"\bqualifier: (\w+)")
# Ends with a digit or a sign: the unit word behind a number may be left out.
A_NUMBER_AS_WRITTEN = re.compile(r"^    as_written: \"?([^\"\n]*[\d%])\"?$", re.MULTILINE)
A_UNIT_WITH_A_SIGN = re.compile(r"\bunit: (percent|USD)$", re.MULTILINE)
A_DATE = re.compile(
    r"\b(?:edtf|date|counted_from|published_on|made_on|as_of): \"?\[?([\d./\-\]]*\d[\d./\-]*)"
)
A_BASIS = re.compile(
    # Of a date that has quotes, in whole: “since 2012” states one end of [..2012] and 2012/2024.
    r"(?<!published_on:\n    )edtf: (?!\"?\[\.\.)[^,}\n]+(?:, |\n +)basis: (inferred)\b"
    r"(?!(?:, |\n +)basis_end)"
)
LOCK_ENTRY = re.compile(r"^\{(.*)\}", re.MULTILINE)


@dataclass(frozen=True)
class Mutation:
    """A change of one character, number or code, the rules that may name it, and whether lock
    entries alone show it.
    """

    kind: str
    file: str
    pattern: re.Pattern[str]
    rules: frozenset[str]
    change: Callable[[str, random.Random], str]


def another_letter(text: str, dice: random.Random) -> str:
    places = [index for index, character in enumerate(text) if character.isalpha()]
    index = dice.choice(places)
    letter = dice.choice([c for c in "abcdefghijklmnopqrstuvwxyz" if c != text[index].lower()])
    return text[:index] + letter + text[index + 1 :]


def another_digit(text: str, dice: random.Random) -> str:
    places = [index for index, character in enumerate(text) if character.isdigit()]
    index = dice.choice(places)
    first = index == 0 or not text[index - 1].isdigit()
    digit = dice.choice([d for d in "0123456789" if d != text[index] and not (first and d == "0")])
    return text[:index] + digit + text[index + 1 :]


def another_qualifier(text: str, dice: random.Random) -> str:
    return str(dice.choice([code for code in codes(Qualifier) if code != text]))


def another_character(text: str, dice: random.Random) -> str:
    index = dice.randrange(len(text))
    return text[:index] + chr(ord(text[index]) ^ (1 << dice.randrange(4))) + text[index + 1 :]


def an_end_cut_off(text: str, dice: random.Random) -> str:
    cut = dice.randrange(1, len(text))
    return dice.choice([text[cut:], text[:-cut]]).strip(" ,")


QUOTE_RULES = frozenset(
    {"quotes-are-in-the-text", "lock-entries", "yaml", "shape", "names-are-in-their-quotes"}
)
NUMBER_RULES = frozenset({"value-matches-the-words", "qualifier-fits-value", "numbers-are-exact"})
QUALIFIER_RULES = frozenset({"qualifier-matches-the-words", "qualifier-fits-value"})
DATE_RULES = frozenset(
    {
        "dates-are-supported",
        "dates-are-calendar-dates",
        "past-is-before-publication",
        "figures-match-their-series",
        "folders-are-named-by-date",
        "figures-have-an-as-of",
    }
)
MUTATIONS = [
    Mutation(
        "a character of a quote", "articles/*/facts.yaml", A_QUOTE, QUOTE_RULES, another_letter
    ),
    Mutation("a digit of a value", "articles/*/facts.yaml", A_NUMBER, NUMBER_RULES, another_digit),
    Mutation(
        "a qualifier", "articles/*/facts.yaml", A_QUALIFIER, QUALIFIER_RULES, another_qualifier
    ),
    Mutation(
        "an edge of a number",
        "articles/*/facts.yaml",
        A_NUMBER_AS_WRITTEN,
        NUMBER_RULES | {"number-is-whole", "readings-have-a-note", "yaml", "shape"},
        an_end_cut_off,
    ),
    Mutation(
        "a unit with a sign",
        "measures.yaml",
        A_UNIT_WITH_A_SIGN,
        frozenset({"unit-matches-the-sign"}),
        lambda text, dice: dice.choice(["EUR", "GBP", "JPY"]),
    ),
    Mutation("a date", "articles/*/facts.yaml", A_DATE, DATE_RULES, another_digit),
    Mutation("a basis", "articles/*/facts.yaml", A_BASIS, DATE_RULES, lambda *_: "stated"),
    Mutation("a date of a series", "measures.yaml", A_DATE, DATE_RULES, another_digit),
    Mutation(
        "an offset, hash or context",
        "articles/*/evidence.lock",
        LOCK_ENTRY,
        frozenset({"lock", "lock-entries"}),
        another_character,
    ),
]


def findings_of(tree: SeedTree, texts: Texts, *, with_text: bool) -> list[Finding]:
    seeds, findings = read_seeds(tree, texts)
    return findings + checks.run(seeds) + lock_entries.verify(seeds, texts, need_texts=with_text)


def mutate(path: Path, mutation: Mutation, dice: random.Random) -> str | None:
    """Change the file; returns what was done, or null where the file has nothing of the kind."""
    content = path.read_text(encoding="utf-8")
    found = [
        match
        for match in mutation.pattern.finditer(content)
        if any(map(str.isalnum, match.group(1)))
    ]
    if not found:
        return None
    match = dice.choice(found)
    start, end = match.span(1)
    new = mutation.change(match.group(1), dice)
    assert new != match.group(1)
    path.write_text(content[:start] + new + content[end:], encoding="utf-8")
    return f"{path.name}: {match.group(1)[:60]!r} → {new[:60]!r}"


def survivors(
    seed: Path, texts: Path | None, mutation: Mutation, count: int, tmp: Path
) -> list[str]:
    """The mutations that were not caught, or not named by a rule of their kind in the file that was
    changed.
    """
    dice = random.Random(f"{mutation.kind} {count}")
    shutil.copytree(seed, tmp, dirs_exist_ok=True)
    tree = SeedTree(tmp)
    escaped = []
    files = [
        path
        for path in sorted(tmp.glob(mutation.file))
        if mutation.pattern.search(path.read_text(encoding="utf-8"))
    ]
    for _ in range(count):
        path = dice.choice(files)
        original = path.read_bytes()
        done = mutate(path, mutation, dice)
        assert done is not None
        findings = findings_of(tree, Texts([texts] if texts else []), with_text=texts is not None)
        named = {finding.rule for finding in findings}
        if not named & mutation.rules:
            escaped.append(f"{done} ({sorted(named)})")
        path.write_bytes(original)
    return escaped


@pytest.mark.parametrize("with_text", [True, False], ids=["with the text", "by lock entries alone"])
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.kind)
def test_every_mutation_of_the_made_up_seeds_is_caught(
    mutation: Mutation, with_text: bool, tmp_path: Path
) -> None:
    texts = MADE_UP / "texts" if with_text else None
    assert survivors(MADE_UP, texts, mutation, 60, tmp_path / "seed") == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.kind)
def test_every_mutation_of_the_real_seeds_is_caught(
    mutation: Mutation, seed_text: str, tmp_path: Path
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "article.txt").write_bytes(seed_text.encode())
    assert survivors(SEED, texts, mutation, 50, tmp_path / "seed") == []


def test_every_changed_byte_of_a_text_is_caught(tmp_path: Path) -> None:
    shutil.copytree(MADE_UP, tmp_path / "seed")
    text = tmp_path / "seed" / "texts" / "flood.txt"
    original = text.read_bytes()
    dice = random.Random(7)
    for _ in range(60):
        position = dice.randrange(len(original))
        changed = bytes([original[position] ^ (1 << dice.randrange(8))])
        text.write_bytes(original[:position] + changed + original[position + 1 :])
        findings = findings_of(SeedTree(tmp_path / "seed"), Texts([text.parent]), with_text=True)
        assert {"text-has-changed", "lock"} & {finding.rule for finding in findings}


def test_there_are_a_thousand_mutations() -> None:
    assert len(MUTATIONS) * 60 * 2 + len(MUTATIONS) * 50 + 60 >= 1000
