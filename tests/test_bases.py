"""Stated means that the quotes say so; inferred means that they do not, and a note says how."""

import pytest

from app.curation.files import SeedTree
from tests.test_checks import FACTS, append, change, findings_of

ABOUT = "      - {resource: actor, id: council-of-nomark, as_written: the council}"


def found(tree: SeedTree, rule: str) -> list[str]:
    return [finding.message for finding in findings_of(tree) if finding.rule == rule]


@pytest.mark.parametrize(
    "note",
    [
        "The text names it beside these words.",
        "The same sentence names council.",
        "It is inferred; the source states it later.",
        "The passage itself names this.",
    ],
)
def test_an_inference_does_not_say_that_the_text_names_it(tree: SeedTree, note: str) -> None:
    reference = ABOUT.replace("as_written: the council", f'basis: inferred, note: "{note}"')
    change(tree, FACTS, ABOUT, reference)
    (message,) = found(tree, "inferences-are-not-stated")
    assert message.startswith("Write basis: stated, and quote the words that name it")


@pytest.mark.parametrize(
    "note",
    [
        "The clause itself names no one.",
        "Nothing in the text names it.",
        "The only council that the text names is Nomark's.",
        "The sentence before is about it.",
        "The sentence names Zoë Ångström, who heads it.",
    ],
)
def test_a_note_that_says_how_it_is_inferred_stands(tree: SeedTree, note: str) -> None:
    reference = ABOUT.replace("as_written: the council", f'basis: inferred, note: "{note}"')
    change(tree, FACTS, ABOUT, reference)
    assert found(tree, "inferences-are-not-stated") == []


def test_a_declared_name_in_the_quotes_states_a_reference(tree: SeedTree) -> None:
    change(tree, FACTS, ABOUT, ABOUT.replace(", as_written: the council", ""))
    assert found(tree, "stated-references-are-in-the-quotes") == []


def test_words_that_the_quotes_lack_state_no_reference(tree: SeedTree) -> None:
    change(tree, FACTS, ABOUT, "      - {resource: actor, id: civil-guard}")
    (message,) = found(tree, "stated-references-are-in-the-quotes")
    assert message == (
        "Write as_written and quote the words, or write basis: inferred and a note: no words of the"
        " record's quotes are said to mean “civil-guard”"
    )


def test_an_event_has_no_names_and_is_stated_by_its_words(tree: SeedTree) -> None:
    change(tree, FACTS, ", as_written: arrived}\n    evidence", "}\n    evidence")
    assert len(found(tree, "stated-references-are-in-the-quotes")) == 1


def test_people_who_are_counted_are_in_the_words_too(tree: SeedTree) -> None:
    change(tree, FACTS, "population: {as_written: volunteers}", "population: {basis: stated}")
    assert found(tree, "stated-references-are-in-the-quotes") == []
    change(tree, FACTS, "- {quote: volunteers}", "- {quote: Dozens of volunteers arrived on}")
    assert found(tree, "stated-references-are-in-the-quotes") == []
    change(tree, FACTS, "Dozens of volunteers arrived on}", "had been, prefix: 'town '}")
    (message,) = found(tree, "stated-references-are-in-the-quotes")
    assert message.endswith("“volunteers”")


def test_a_place_and_an_actor_of_one_id_have_names_of_their_own(tree: SeedTree) -> None:
    append(tree, "places.yaml", "- id: zoe-angstroem\n  title: Zoe\n  kind: city\n")
    place = '  - id: zoe-angstroem\n    names: [{quote: Nomark, suffix: ", 4"}]\n'
    change(tree, FACTS, "  - id: nomark\n", f"{place}  - id: nomark\n")
    assert found(tree, "references-use-declared-names") == []
