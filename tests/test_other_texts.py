"""Other kinds of texts, curated with the guide alone: a transcript, a situation report, labour
statistics, an election, a report in Arabic, a verdict, a company's release, a storm. Every right
fact is accepted.
"""

import shutil
from pathlib import Path

import pytest

from app.curation import checks, lock_entries
from app.curation.checks.unchecked import unchecked
from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.curation.seeds import read_seeds
from tests.test_checks import findings_of

OTHER_TEXTS = Path(__file__).parent / "other_texts"


@pytest.mark.parametrize("with_text", [True, False])
def test_no_right_fact_is_refused(with_text: bool) -> None:
    texts = Texts([OTHER_TEXTS / "texts"] if with_text else [])
    seeds, findings = read_seeds(SeedTree(OTHER_TEXTS), texts)
    assert findings + checks.run(seeds) + lock_entries.verify(seeds, texts) == []


def test_number_words_in_arabic_are_said_to_be_unread() -> None:
    seeds, _ = read_seeds(SeedTree(OTHER_TEXTS), Texts([OTHER_TEXTS / "texts"]))
    assert list(unchecked(seeds)) == ["numbers in words: language ar (1 article)"]


@pytest.mark.parametrize(
    ("folder", "right", "wrong"),
    [
        ("2031-05-12-briefing-on-measles", "value: 500000", "value: 1000000"),
        ("2031-05-12-briefing-on-measles", "value: 0.2", "value: 5"),
        ("2031-05-12-briefing-on-measles", "edtf: 2031-05-19", "edtf: 2031-06-02"),
        (
            "2031-05-12-briefing-on-measles",
            'as_written: "just under 300,000"',
            "as_written: '300,000'",
        ),
        (
            "2031-05-12-briefing-on-measles",
            "id: ida-marsh, as_written: Ida Marsh",
            "id: linden-courier, as_written: Ida Marsh",
        ),
        ("2031-05-12-briefing-on-measles", "status: planned", "status: ongoing"),
        ("2031-09-06-earthquake-in-lower-vale", "value: 3.5", "value: 31.2"),
        ("2031-09-06-earthquake-in-lower-vale", "value: 3200000", "value: 3.2"),
        ("2031-09-06-earthquake-in-lower-vale", "lower: 12000", "lower: 12"),
        ("2031-10-03-employment-situation", "value: -28000", "value: 28000"),
        (
            "2031-10-03-employment-situation",
            "as_written: fell 0.2 percent",
            "as_written: 0.2 percent",
        ),
        (
            "2031-10-03-employment-situation",
            "supersedes: employment-2031-07-first",
            "supersedes: prices-2031-09",
        ),
        ("2031-10-03-employment-situation", "edtf: 2031-07/2031-09", "edtf: 2031-04/2031-06"),
        ("2031-06-18-verdict-on-harbour-chief", "value: 4.5", "value: 4"),
        ("2031-06-18-verdict-on-harbour-chief", "qualifier: about", "qualifier: none_stated"),
        ("2031-07-24-norvale-quarter", "value: -12000000", "value: 12000000"),
        ("2031-07-24-norvale-quarter", "value: 1200000000", "value: 1.2"),
        ("2031-07-24-norvale-quarter", "edtf: 2031-06-30", "edtf: 2031-05-31"),
        ("2031-07-24-norvale-quarter", "lower: 4900000000", "lower: 4900"),
        ("2031-03-04-storm-anja", "edtf: /2031-03-07", "edtf: /2031-03-08"),
        ("2031-03-04-storm-anja", "value: 12", "value: 10"),
        ("2031-03-04-storm-anja", "as_written: more than half", "as_written: half"),
        ("2031-11-12-general-election", "value: -2", "value: -3"),
        ("2031-11-12-general-election", "qualifier: under", "qualifier: at_most"),
        ("2031-10-08-floods-in-wadi-linden", "value: 12500", "value: 12.5"),
        ("2031-10-08-floods-in-wadi-linden", "value: 50", "value: 50000"),
        ("2031-10-08-floods-in-wadi-linden", "value: 3000", "value: 3"),
        ("2031-10-08-floods-in-wadi-linden", "qualifier: at_least", "qualifier: at_most"),
        ("2031-10-08-floods-in-wadi-linden", "as_of: 2031-10-07", "as_of: 2031-10-06"),
    ],
)
def test_a_wrong_one_is(tmp_path: Path, folder: str, right: str, wrong: str) -> None:
    shutil.copytree(OTHER_TEXTS, tmp_path / "seed")
    tree = SeedTree(tmp_path / "seed")
    facts = tree.root / "articles" / folder / "facts.yaml"
    content = facts.read_text(encoding="utf-8")
    assert f"{right}\n" in content or f"{right}," in content
    for end in ("\n", ","):
        content = content.replace(f"{right}{end}", f"{wrong}{end}", 1)
    facts.write_text(content, encoding="utf-8")
    assert facts in {finding.file for finding in findings_of(tree)}
