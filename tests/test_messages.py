"""Messages begin with how to fix a mistake, whatever a seed file contains."""

import time
from pathlib import Path

import pytest

from app.curation import checks
from app.curation.files import Finding, SeedError, SeedTree
from app.curation.lookalikes import find_lookalike, printed
from app.curation.quotes import Quote, QuoteNotFoundError, Texts, locate, sha256
from app.curation.seeds import read_seeds
from app.curation.yaml_reader import read_yaml
from tests.test_checks import FACTS, MISTAKES, change, findings_of


def finding_of(tmp_path: Path, content: str) -> Finding:
    path = tmp_path / "facts.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SeedError) as raised:
        read_yaml(path)
    (finding,) = raised.value.findings
    return finding


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("source:\n\tid: x\n", 2, "Use spaces in place of the tab"),
        ("source:\n  id: x\n\ttitle: y\n", 3, "Use spaces in place of the tab"),
        ("title: Flood: the count\n", 1, "Put the text in quotation marks: “: ” inside it"),
        ("a: {quote: b, c: d: e}\n", 1, "Put a text with “: ” or “, ”"),
        ("a: [b, c\nd: 1\n", 2, "Close the bracket or the quotation mark"),
        ("a: [b}\n", 1, "Close the bracket or the quotation mark"),
        ('a: "b\nd: 1\ne: 2\n', 2, "Close the bracket or the quotation mark"),
        ('a: "he said "no" to"\n', 1, "Use one pair of quotation marks"),
        ("a: @b\n", 1, "Put the text in quotation marks: YAML gives its first character"),
        ("a: *b\n", 1, "Put the text in quotation marks: YAML gives its first character"),
        ("a: - b\n", 1, "Put the text in quotation marks: YAML gives its first character"),
        ("a:\n  b: 1\n c: 2\n", 3, "Indent this line like the lines that it belongs to"),
        ("a:\n  b: 1\n   c: 2\n", 3, "Indent this key like the keys beside it"),
        ("a: 1\nb: 2\na: 3\n", 3, "Delete one of the two “a”"),
        ('a: "\\q"\n', 1, "Write \\\\ for a backslash"),
        ("a: 1\n---\nb: 2\n", 2, "Delete the line “---”"),
        ("a: b\x0cc\n", 1, "Delete the invisible character U+000C FORM FEED"),
    ],
)
def test_a_slip_in_yaml_is_explained_at_its_line(
    tmp_path: Path, content: str, line: int, says: str
) -> None:
    finding = finding_of(tmp_path, content)
    assert (finding.line, finding.message[: len(says)]) == (line, says)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
HOSTILE = {
    "aliases that multiply": BOMB,
    "dashes": "- " * 20_000 + "x\n",
    "question marks": "? " * 20_000 + "x\n",
    "brackets": "[" * 200_000,
    "braces": "{a: " * 20_000,
    "indentation": "".join(" " * depth + "a:\n" for depth in range(2000)),
    "a huge text": "a: " + "x" * 17_000_000,
    "a huge number": "value: " + "9" * 100_000,
    "many keys": "".join(f"key{index}: 1\n" for index in range(20_000)),
    "itself": "a: &a [*a]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_ends_in_a_finding_within_seconds(tree: SeedTree, name: str) -> None:
    started = time.process_time()
    for path in (tree.actors, tree.root / FACTS):
        path.write_text(HOSTILE[name], encoding="utf-8")
    files = {finding.file for finding in findings_of(tree)}
    assert {tree.actors, tree.root / FACTS} <= files
    assert time.process_time() - started < 20


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{m[3]}-{m[2][:24]}" for m in MISTAKES])
def test_a_message_begins_with_how_to_fix(
    tree: SeedTree, mistake: tuple[str, str, str, str, str]
) -> None:
    change(tree, *mistake[:3])
    firsts = {finding.message.split()[0] for finding in findings_of(tree)}
    assert firsts <= set(
        "Add Close Copy Correct Declare Delete Did Exchange Give Merge Move Name Put Quote Refer"
        " Remove Rename Run Say Shorten Use Write".split()
    )


# --------------------------------------------------------------------------------- all in one run


def test_a_mistake_of_shape_hides_no_other_mistake(tree: SeedTree) -> None:
    change(tree, FACTS, "qualifier: at_most", "qualifier: atmost")
    change(tree, FACTS, "kind: news_article", "kind: article")
    change(tree, FACTS, "value: 1250", "value: 1251")
    change(tree, FACTS, "title: Arrival of volunteers", "title: Heroic arrival of volunteers")
    rules = [finding.rule for finding in findings_of(tree, with_text=False)]
    assert sorted(rules) == [
        "codes-are-in-the-vocabulary",
        "our-words-are-neutral",
        "shape",
        "value-matches-the-words",
    ]


def test_a_mistake_in_a_shared_file_is_reported_with_one_article(tree: SeedTree) -> None:
    change(tree, "actors.yaml", "kind: media", "kind: paper")
    only = SeedTree(tree.root, frozenset({tree.root / FACTS}))
    assert only.is_selected(tree.actors)
    assert not only.is_selected(tree.root / "articles/2031-05-06-flood-count/facts.yaml")


def test_the_hash_of_another_text_is_reported_once(tree: SeedTree) -> None:
    text = "A text about something else.\n"
    (tree.root / "texts" / "other.txt").write_text(text, encoding="utf-8")
    seeds, _ = read_seeds(tree, Texts([]))
    change(tree, FACTS, seeds.articles[0].seed.source.content_sha256, sha256(text))
    seeds, findings = read_seeds(tree, Texts([tree.root / "texts"]))
    (finding,) = [*findings, *checks.run(seeds)]
    assert finding.message.startswith("Give the hash of the text that has these quotes: 30 of 30")


# -------------------------------------------------------------------------- strings that look alike


@pytest.mark.parametrize(
    ("text", "quote", "says"),
    [
        ("in Port\u00a0Linden", "Port Linden", '"Port\\u00a0Linden": the text has U+00A0 NO-BREAK'),
        ("in Port\n  Linden", "Port Linden", '"Port\\n  Linden"'),
        ("in Port\u2028Linden", "Port Linden", '"Port\\u2028Linden": the text has U+2028 LINE'),
        ("Port\u00adland", "Portland", '"Port\\u00adland": the text has U+00AD SOFT HYPHEN'),
        ("the o\ufb03ce", "the office", "“the oﬃce”: the text has U+FB03"),
        ("“no”, he said", '"no", he', "“no”, he”: the text has U+201C"),
        ("The Town hit", "the town hit", "Write “The Town hit”"),
    ],
)
def test_characters_that_look_alike_are_named(text: str, quote: str, says: str) -> None:
    with pytest.raises(QuoteNotFoundError) as raised:
        locate(text, Quote(quote))
    assert str(raised.value).startswith("Write ")
    assert says in str(raised.value)


def test_a_form_feed_in_the_text_is_named(tree: SeedTree) -> None:
    with pytest.raises(QuoteNotFoundError, match=r"^Quote the words before or after the control"):
        locate("in Port\fLinden", Quote("Port Linden"))


def test_two_strings_that_look_alike_are_never_a_difference() -> None:
    for passage in ("a\u200bb", "a\u00a0b", "a b\u200e"):
        words = passage.replace("\u200b", "").replace("\u00a0", " ").replace("\u200e", "")
        found = find_lookalike(f"x {passage} y", words)
        assert found is not None
        assert printed(words) != printed(found) or words == found
