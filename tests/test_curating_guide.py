"""docs/curating.md, step by step as it stands."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.curation import checks, wording
from app.settings import ROOT
from tests.appendix import HEADING, appendix
from tests.server import ONRECORD, environment
from tests.test_checks import MISTAKES

pytestmark = pytest.mark.slow

GUIDE = (ROOT / "docs" / "curating.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def test_every_step_of_the_guide_works_as_written(tmp_path: Path) -> None:
    steps = iter(BLOCKS)
    ran = 0
    for kind, name, content in steps:
        if name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content, encoding="utf-8")
        elif kind == "sh" and content.startswith("onrecord "):
            expected = next(steps)[2]
            done = subprocess.run(
                [*ONRECORD, *content.split()[1:], "--seed", "seed"],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                env=environment(PYTHONPATH=str(ROOT)),
                check=False,
            )
            assert (done.stdout, done.returncode) == (expected, 0)
            ran += 1
    assert ran == 3


def test_the_appendix_has_every_rule() -> None:
    """Printed by `python -m tests.appendix`."""
    assert GUIDE[GUIDE.index(HEADING) :] == appendix()


def test_every_rule_that_is_broken_in_the_tests_is_in_the_appendix() -> None:
    rules = {mistake[3] for mistake in MISTAKES} | {rule.name for rule in checks.RULES}
    assert all(f"| {rule} |" in appendix() for rule in rules)


# ------------------------------------------------------------------------- the list of loaded terms


def groups() -> list[dict[str, list[dict[str, object]]]]:
    import yaml_rs

    loaded: Any = yaml_rs.loads(wording.LOADED_TERMS_FILE.read_text(encoding="utf-8"))
    return list(loaded)


@pytest.mark.parametrize("group", groups(), ids=lambda group: str(group["group"]))
def test_the_list_of_loaded_terms_is_symmetrical(group: dict[str, list[dict[str, object]]]) -> None:
    """Each group condemns and excuses: no judgement of one kind alone is kept out of our words."""
    assert len(group["condemning"]) >= 3
    assert len(group["excusing"]) >= 3


def test_the_list_of_loaded_terms_names_no_party() -> None:
    from app.curation.files import SeedTree
    from app.curation.quotes import Texts
    from app.curation.seeds import read_seeds
    from tests.conftest import SEED

    seeds, _ = read_seeds(SeedTree(SEED), Texts([]))
    named = {
        word.lower()
        for a in seeds.all_of("actors")
        for n in a.seed.names
        for word in wording.words(n.as_written or n.quote)
    }
    titles = {word.lower() for a in seeds.actors for word in wording.words(a.seed.title)}
    listed = set(wording.loaded_terms().by_form)
    # A name that a source gives a party may hold a listed word; the list itself holds no party's
    # name.
    assert listed & (titles) == set()
    assert listed & named <= {"occupation"}


def test_a_loaded_term_is_found_whoever_it_is_about_and_in_every_form() -> None:
    for form, loaded in wording.loaded_terms().by_form.items():
        assert [
            found for found, _, _ in wording.loaded_terms().find(f"the {form.upper()} of anyone")
        ] == [loaded.term]


def test_a_word_that_only_holds_a_loaded_term_is_not_one() -> None:
    assert list(wording.loaded_terms().find("preoccupation, entityship, counter-terrorism")) == []


@pytest.mark.parametrize("terms", [wording.loaded_terms(), wording.presupposing_verbs()])
def test_ordinary_titles_of_many_subjects_are_not_stopped(terms: wording.LoadedTerms) -> None:
    titles = (ROOT / "tests/cases/ordinary_titles.txt").read_text(encoding="utf-8").splitlines()
    assert len(titles) >= 200
    assert {t: found for t in titles if (found := list(terms.find_in_our_words(t)))} == {}


@pytest.mark.parametrize(
    "summary",
    [
        "The minister admits that the road was closed.",
        "The union points out that wages fell.",
        "The mayor highlights the need for a bridge.",
        "The opposition questions the honesty of the minister.",
        "The agency is told to have warned the town.",
        "The agency claims that the dam held.",
        "The council pretends to know nothing.",
    ],
)
def test_a_verb_that_says_whether_it_is_true_is_stopped(summary: str) -> None:
    assert list(wording.presupposing_verbs().find_in_our_words(summary))


@pytest.mark.parametrize(
    "summary",
    [
        "The bank acknowledges receipt of the letter.",
        "The club says that it conceded two goals.",
        "The members question the minister on the budget.",
        "The office says that people are told to boil water.",
        "The party rejects claims that it took money.",
        "The hospital says that it admits 40 patients a day.",
        "The maker recalls 3,000 cars.",
        "The survey revealed a gap, the institute says.",
        "The doctor reminds parents of the second dose.",
    ],
)
def test_ordinary_verbs_are_not_stopped(summary: str) -> None:
    assert list(wording.presupposing_verbs().find_in_our_words(summary)) == []


@pytest.mark.parametrize("calls", ["what the text calls", "what the article calls the"])
def test_words_that_we_call_the_sources_are_nobody_elses(calls: str) -> None:
    assert list(wording.in_unmarked_quotation_marks(f"On {calls} “siege” and a “war”")) == ["war"]


@pytest.mark.parametrize(
    "title",
    [
        "Occupation forces on the road to the city",
        "End of the brutal occupation",
        "Statement of the hostile entity",
        "Statement of the regime on the protests",
        "Commander eliminated in a strike",
        "Fighters neutralised near the border",
        "Successful strike on a barracks",
        "Surgical strike on a depot",
        "Liberation of the town by the army",
        "Historic victory of the president",
        "Noble struggle of the farmers",
        "Puppet government on its budget",
        "Radical clerics at a meeting",
        "Terrorists at a checkpoint",
        "Attack of terrorists on a village",
        "Massacre in a village",
        "Genocide in the north",
        "Slaughter of civilians",
        "Butcher of the people, biography",
        "Aggression against a country",
        "Martyrs of the battle",
        "Heroic arrival of volunteers",
        "Shameful silence of the council",
        "Cold-blooded murder of a driver",
        "Gang of criminals at the gate",
        "Self-defence strike on a port",
        "Besieged population of the town",
        "Brave fighters at the front",
    ],
)
def test_a_loaded_title_is_stopped(title: str) -> None:
    assert list(wording.loaded_terms().find_in_our_words(title))


def test_words_in_quotation_marks_decide_nothing() -> None:
    find = wording.loaded_terms().find_in_our_words
    assert list(find("The tax “regime”")) == []
    assert list(find("The regime of the “tax” office")) == ["regime"]
