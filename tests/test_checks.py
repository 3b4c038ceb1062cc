"""A curator's mistakes, each answered at its line with the rule and the way out."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.curation import checks, lock_entries
from app.curation.files import Finding, SeedTree
from app.curation.quotes import Texts
from app.curation.seeds import read_seeds
from app.curation.yaml_reader import with_positions

FACTS = "articles/2031-05-04-flood-in-lower-vale/facts.yaml"


def findings_of(tree: SeedTree, *, with_text: bool = True) -> list[Finding]:
    texts = Texts([tree.root / "texts"] if with_text else [])
    seeds, findings = read_seeds(tree, texts)
    return with_positions(findings + checks.run(seeds) + lock_entries.verify(seeds, texts))


def change(tree: SeedTree, name: str, old: str, new: str) -> int:
    """Replace text that stands once in a seed file; returns the line, from 1, where it stood."""
    path = tree.root / name
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times"
    path.write_text(content.replace(old, new), encoding="utf-8")
    return content[: content.index(old)].count("\n") + 1


def test_the_made_up_seeds_have_no_mistakes(tree: SeedTree) -> None:
    assert findings_of(tree) == []
    assert findings_of(tree, with_text=False) == []


# file, original, replacement, rule, part of the message
MISTAKES: list[tuple[str, str, str, str, str]] = [
    (
        FACTS,
        "headline: Flood",
        "headlin: Flood",
        "shape",
        "Did you mean “headline”? there is no key “headlin”",
    ),
    (
        FACTS,
        "kind: news_article",
        "kind: news_artikel",
        "codes-are-in-the-vocabulary",
        "Did you mean “news_article”? Else add the code to vocabulary.yaml: source_kind has no",
    ),
    (
        FACTS,
        "type: arrival",
        "type: picnic",
        "codes-are-in-the-vocabulary",
        "Add the code to vocabulary.yaml: event_type has no “picnic”",
    ),
    (
        "vocabulary.yaml",
        "  - code: crown\n",
        "  - code: krone\n    label: krone\n    definition: A coin.\n  - code: crown\n",
        "vocabulary-is-sorted",
        "Move “crown” before “krone”",
    ),
    (
        "vocabulary.yaml",
        "  - code: crown\n",
        "  - code: crown\n    broader: zzz\n",
        "vocabulary-names-codes",
        "Add the code to vocabulary.yaml: unit has no “zzz”",
    ),
    (
        "vocabulary.yaml",
        "  - code: crown\n",
        "  - code: crown\n    broader: crown\n",
        "vocabulary-names-codes",
        "Correct broader: “crown” is broader than itself",
    ),
    (
        "vocabulary.yaml",
        "  - code: crown\n",
        "  - code: crown\n    deprecated: true\n",
        "deprecated-codes-have-a-successor",
        "Add “replaced_by”",
    ),
    (FACTS, "  text_access: quotes_only\n", "", "shape", "Add “text_access”"),
    (
        FACTS,
        "text_access: quotes_only\n  licence: CC0-1.0",
        "text_access: full",
        "published-texts-are-free",
        "Add licence, or write text_access: quotes_only",
    ),
    (FACTS, "value: 1250", "value: '1250'", "shape", "Write a number without quotation marks"),
    (FACTS, "value: 1250", "value: true", "shape", "Write a number without quotation marks"),
    (
        FACTS,
        "id: flood-2031-05\n    title",
        "id: Flood_2031\n    title",
        "shape",
        "Write an id, lower-case",
    ),
    (FACTS, "authors: [A. Writer, B. Writer]", "authors: A. Writer", "shape", "Write a list"),
    (
        FACTS,
        "headline: Flood in the Lower Vale",
        "headline: [unclosed",
        "yaml",
        "Close the bracket",
    ),
    (
        FACTS,
        "kind: news_article",
        "kind: news_article\n  kind: report",
        "yaml",
        "Delete one of the two “kind”",
    ),
    (
        "actors.yaml",
        "id: council-of-nomark",
        "id: civil-guard",
        "ids-are-unique",
        "Write another id: the actor “civil-guard” is in",
    ),
    (
        "actors.yaml",
        "id: civil-guard",
        "id: zzz",
        "shared-files-are-sorted",
        "this file is sorted by id",
    ),
    (
        FACTS,
        "event: {id: flood-2031-05,",
        "event: {id: flud-2031-05,",
        "references-exist",
        "Did you mean “flood-2031-05”?",
    ),
    (
        FACTS,
        "  - id: volunteers\n    names",
        "  - id: nobody\n    names",
        "references-exist",
        "there is no actor “nobody”",
    ),
    (
        "places.yaml",
        "kind: region",
        "kind: region\n  part_of: nomark",
        "no-place-is-part-of-itself",
        "is part of itself",
    ),
    (
        FACTS,
        "edtf: 2031-05-02/..",
        "edtf: 2031-02-30/..",
        "dates-are-calendar-dates",
        "Correct “2031-02-30/..”",
    ),
    (
        FACTS,
        "      note: “Friday” before Sunday, 4 May 2031.\n",
        "",
        "inferences-have-a-note",
        "Add a note",
    ),
    (
        FACTS,
        "published_on: 2031-05-04",
        "published_on: 2031-05-05",
        "folders-are-named-by-date",
        "Rename the folder",
    ),
    (
        FACTS,
        "value: 1250",
        "value: 1251",
        "value-matches-the-words",
        "Write “value: 1250”, as “more than 1,250” says, not “value: 1251”",
    ),
    (
        FACTS,
        "value: 1250",
        "value: 12500000000000001",
        "numbers-are-exact",
        "more than 15 significant digits",
    ),
    (
        FACTS,
        "as_written: more than 1,250",
        "as_written: 1,250",
        "number-is-whole",
        "Write “more than 1,250”, the whole number expression: “1,250” stops short of it",
    ),
    (
        FACTS,
        "as_written: 30%",
        "as_written: 30%\n    reading: Thirty.",
        "readings-have-a-note",
        "Remove “reading”: “30%” is read without it",
    ),
    (
        FACTS,
        "qualifier: over",
        "qualifier: at_least",
        "qualifier-matches-the-words",
        "Write “qualifier: over”, as “more than 1,250” says",
    ),
    (
        FACTS,
        "    qualifier: at_most\n",
        "",
        "qualifier-matches-the-words",
        "Write “qualifier: at_most”",
    ),
    (
        FACTS,
        "as_written: 30%",
        "as_written: 30 percent",
        "number-is-quoted",
        "Write as_written as a quote has it",
    ),
    (FACTS, "lower: 2000000", "lower: 4000000", "qualifier-fits-value", "Exchange or correct"),
    (FACTS, "    lower: 2000000\n", "", "qualifier-fits-value", "Write lower and upper"),
    (
        FACTS,
        "qualifier: unquantified",
        "qualifier: unquantified\n    value: 24",
        "qualifier-fits-value",
        "gives no number",
    ),
    (
        FACTS,
        "denominator: people-displaced-2031-05-04",
        "denominator: children-share-of-displaced-2031-05-04",
        "denominators-are-counts",
        "is itself a share",
    ),
    (
        FACTS,
        "by the flood.}\n",
        "by the flood.}\n    supersedes: people-displaced-recount-2031-05-04\n",
        "revisions-are-proved",
        "Name a figure of this article",
    ),
    (
        FACTS,
        "by the flood.}\n",
        "by the flood.}\n    supersedes: houses-destroyed-2031-05-04\n",
        "revisions-are-proved",
        "Name a figure of the series “people-displaced-by-flood”",
    ),
    (
        FACTS,
        "by the flood.}\n",
        "by the flood.}\n    supersedes: people-displaced-2031-05-04\n",
        "revisions-are-proved",
        "would supersede itself",
    ),
    (
        "measures.yaml",
        "measure: share_of_people_displaced",
        "measure: people_displaced",
        "shares-name-what-is-shared",
        "Write “measure: share_of_…”",
    ),
    (
        "measures.yaml",
        "measure: money_needed",
        "measure: share_of_money_needed",
        "shares-name-what-is-shared",
        "Write “measure_kind: share”",
    ),
    (
        FACTS,
        "{dimension: age, category: children,",
        "{dimension: age, category: adults,",
        "figures-match-their-series",
        "Add age: adults to the breakdown",
    ),
    (
        FACTS,
        "places: [{id: nomark,",
        "places: [{id: lower-vale,",
        "figures-match-their-series",
        "Add the place “lower-vale”",
    ),
    (
        FACTS,
        "    attribution: publisher\n",
        "",
        "records-name-their-origin",
        "or attribution: publisher",
    ),
    (
        FACTS,
        "attribution: publisher",
        "attribution: none_named",
        "attribution-is-complete",
        "Write attribution: publisher: words that nobody is credited with",
    ),
    (
        FACTS,
        "attribution: publisher",
        "attribution: ambiguous",
        "attribution-is-complete",
        "Name under speakers who may have said it",
    ),
    (FACTS, "quote_type: partial\n", "\n", "quote-type-matches-origin", "Add quote_type"),
    (
        FACTS,
        'said", proves: [attribution]',
        'said", proves: [summary]',
        "speakers-have-a-cue",
        "Quote the cue",
    ),
    (
        FACTS,
        "    attribution: none_named\n    evidence: [Up to 40",
        "    evidence: [Up to 40",
        "records-name-their-origin",
        "Write attribution: {speakers: […]}",
    ),
    (
        FACTS,
        """    attribution:
      speakers: [{id: civil-guard, as_written: the Civil Guard}]
    event""",
        "    attribution: none_named\n    event",
        "cues-are-explained",
        "“Guard said” governs",
    ),
    (
        FACTS,
        "{id: zoe-angstroem, as_written: She, role: requester}",
        "{id: volunteers, as_written: the Civil Guard, role: requester}",
        "references-use-declared-names",
        "“civil-guard” has it: is that meant?",
    ),
    (
        FACTS,
        "proves: [attribution, act]",
        "proves: [speaker, act]",
        "proves-names-fields",
        "“speaker” is not a field of a statement",
    ),
    (
        FACTS,
        """      speakers: [{id: zoe-angstroem, as_written: She}]
    quote_type: paraphrase
    act: urges
    addressees: [{id: civil-guard, as_written: the Civil Guard}]
    evidence:
""",
        """      speakers: [{id: zoe-angstroem, as_written: She}]
      relayed_by: [{id: vale-herald, as_written: the Vale Herald}]
    quote_type: paraphrase
    act: urges
    addressees: [{id: civil-guard, as_written: the Civil Guard}]
    evidence:
      - {quote: the Vale Herald reported, proves: [attribution]}
""",
        "relays-govern-their-sentence",
        "Delete the relay, or quote its cue in the sentence of the words",
    ),
    (
        FACTS,
        "quoted_words: [warned 😔",
        "quoted_words: [warnd 😔",
        "quoted-words-are-in-quotation-marks",
        "under evidence: it is in none",
    ),
    (
        FACTS,
        "as_written: Vale Herald}",
        "as_written: Vale Post}",
        "names-are-in-their-quotes",
        "“Vale Post” is not in",
    ),
    (
        FACTS,
        "evidence: [Up to 40 houses were destroyed in Nomark]",
        "evidence: [Up to 40 houses were ruined in Nomark]",
        "quotes-are-in-the-text",
        "the closest passage is “",
    ),
    (
        FACTS,
        "names: [the Lower Vale]",
        "names: [the]",
        "quotes-are-in-the-text",
        "in 9 places",
    ),
    (
        FACTS,
        "evidence: [Up to 40 houses were destroyed in Nomark]",
        "evidence: [Up to 40 houses were destroyed in]",
        "lock-entries",
        "has no lock entry, it is new or has changed",
    ),
    (
        FACTS,
        "edtf: 2031-05-02/..",
        "edtf: 2031-05-03/..",
        "dates-are-supported",
        "Quote the words that give “2031-05-03”",
    ),
    (
        FACTS,
        "date: {edtf: 2031-05-03, basis: inferred",
        "date: {edtf: 2031-05-03, basis: stated",
        "dates-are-supported",
        "Write basis: inferred, and a note",
    ),
    (
        FACTS,
        "date: {edtf: 2031-05-03,",
        "date: {edtf: 2031-05-10,",
        "past-is-before-publication",
        "begins after publication (2031-05-04)",
    ),
    (
        FACTS,
        "    status: ongoing\n",
        "",
        "what-goes-on-has-no-end",
        "Write status: ongoing, or “2031-05-02/” where the text does not say that it goes on",
    ),
    (
        FACTS,
        "edtf: 2031-05-02/..\n",
        "edtf: 2031-05-02\n",
        "what-goes-on-has-no-end",
        "Write status: reported, or correct “2031-05-02”: it ends before publication (2031-05-04)",
    ),
    (
        FACTS,
        """
    date:
      edtf: "[2031-05-02..2031-05-04]"
      basis: inferred
      note: During the flood, and before publication.
""",
        "\n",
        "events-during-dated-ones-have-a-date",
        "Add a date: it is during “flood-2031-05”, whose date is “2031-05-02/..”",
    ),
    (
        FACTS,
        "quote_type: partial",
        "quote_type: paraphrase",
        "quote-type-matches-quoted-words",
        "Write quote_type: direct or partial",
    ),
    (
        FACTS,
        "    quoted_words: [warned 😔 and did nothing]\n",
        "",
        "quote-type-matches-quoted-words",
        "Add quoted_words, the words in quotation marks",
    ),
    (
        FACTS,
        "quoted_words: [warned",
        "quoted_words: [the town had been, warned",
        "quoted-words-are-in-quotation-marks",
        "is neither in quotation marks nor behind a dash",
    ),
    (
        FACTS,
        "title: Arrival of volunteers",
        "title: Heroic arrival of volunteers",
        "our-words-are-neutral",
        "“Heroic” is a loaded term",
    ),
    (
        FACTS,
        "council “shameful”",
        "council shameful",
        "our-words-are-neutral",
        "Use a plain word, or the source's own in quotation marks",
    ),
    (
        FACTS,
        """summary: The source calls the silence of the council “shameful”.
    attribution: publisher
""",
        """summary: The council is said to keep a “shameful” silence.
    attribution: {speakers: [{as_written: the council}]}
    quote_type: paraphrase
""",
        "loaded-words-are-the-speakers",
        "Write origin: ambiguous, say whose words they are",
    ),
    (
        FACTS,
        "Zoë Ångström says that the town",
        "Zoë Ångström points out that the town",
        "verbs-presuppose-nothing",
        "Write “says that …”",
    ),
    (
        FACTS,
        "title: Zoë Ångström's request to the Civil Guard",
        "title: Zoë Ångström on the warning",
        "titles-tell-statements-apart",
        "“mayor-says-town-was-warned” has the same one",
    ),
    (
        FACTS,
        "council “shameful”",
        "council “scandalous”",
        "quotation-marks-hold-quotes",
        "in no quote of the record",
    ),
    (
        FACTS,
        "title: Arrival of volunteers",
        "title: Прибытие volunteers",
        "our-words-are-english",
        "is not in the Latin alphabet",
    ),
    (
        FACTS,
        "title: Arrival of volunteers",
        "title: Arrival of Red Cross volunteers",
        "names-in-our-words-are-supported",
        "Refer to “Red”, quote it, or leave it out",
    ),
    (
        FACTS,
        "as_written: She, role: requester",
        "as_written: Her, role: requester",
        "words-are-quoted",
        "Quote “Her” as evidence, or delete as_written",
    ),
    (
        FACTS,
        "figures:\n",
        (
            "corrections:\n  - {resource: figure, id: no-such, corrected_on: 2031-05-05, reason:"
            " Mended.}\nfigures:\n"
        ),
        "corrections-match-the-records",
        "there is no figure “no-such”",
    ),
    (
        FACTS,
        "evidence: [The shameful silence of the council goes on]",
        "evidence: [{first: The shameful silence, last: council goes on}]",
        "ranges-are-longer-clauses",
        "Quote it whole: it has 8 words",
    ),
    (
        FACTS,
        "evidence: [The shameful silence of the council goes on]",
        "evidence: [{first: The flood in the, last: the Civil Guard}]",
        "quotes-are-in-the-text",
        "Write more of its first or last words: 2 passages",
    ),
    (
        FACTS,
        "evidence: [The shameful silence of the council goes on]",
        "evidence: [{first: town had been, last: to open the old}]",
        "ranges-are-longer-clauses",
        "Write a range that ends in the sentence or quotation",
    ),
    (
        FACTS,
        "evidence: [The shameful silence of the council goes on]",
        "evidence: [{first: Civil Gu, last: ard to open the old}]",
        "ranges-are-longer-clauses",
        "Write 3 to 15 words as the first of the range: it has 2",
    ),
    (
        FACTS,
        "evidence: [The shameful silence of the council goes on]",
        "evidence: [{frist: The shameful silence, last: council goes on}]",
        "shape",
        "Did you mean “first”?",
    ),
    (
        FACTS,
        '{quote: "has displaced more than 1,250 people since Friday", proves: [value, period]}',
        "{first: The flood in the, last: Civil Guard said, proves: [value, period]}",
        "ranges-prove-no-value",
        "Quote the words that prove “value”, up to 15",
    ),
    (
        FACTS,
        "evidence: [She urged the Civil Guard to open the old school]",
        "evidence: [She urged the Civil Guard, Guard to open the old school]",
        "neighbouring-quotes-are-one",
        "Write “She urged the Civil Guard to open the old school” for the two",
    ),
    (
        FACTS,
        "{quote: She urged, proves: [attribution, act]}",
        "{quote: She urged, proves: [title]}",
        "proves-names-fields",
        "“title” is not a field of a statement that words prove",
    ),
    (
        FACTS,
        "quoted_words: [warned 😔",
        "quoted_words: [{first: The flood in the, last: Civil Guard said}, warned 😔",
        "quoted-words-are-in-quotation-marks",
        "Write a range under evidence that has all of",
    ),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "rule", "says"), MISTAKES, ids=[f"{m[3]}-{m[2][:24]}" for m in MISTAKES]
)
def test_a_mistake_is_named_at_its_line(
    tree: SeedTree, name: str, old: str, new: str, rule: str, says: str
) -> None:
    line = change(tree, name, old, new)
    found = [finding for finding in findings_of(tree) if finding.rule == rule]
    assert found, [finding.message for finding in findings_of(tree)]
    assert any(says in finding.message for finding in found), [finding.message for finding in found]
    named = [
        finding for finding in found if says in finding.message and finding.file == tree.root / name
    ]
    in_the_record = range(line - 12, line + 6)
    assert any(finding.line in in_the_record and finding.column for finding in named), [
        f.line for f in named
    ]


def test_all_that_is_said_in_a_sentence_is_a_direct_quotation(tree: SeedTree) -> None:
    change(tree, FACTS, "quote_type: partial", "quote_type: direct")
    assert findings_of(tree) == []


def test_every_rule_has_a_mistake_that_it_names() -> None:
    """A rule that nothing here breaks could be broken itself."""
    proved = {mistake[3] for mistake in MISTAKES} | PROVED_ELSEWHERE
    assert {rule.name for rule in checks.RULES} <= proved


PROVED_ELSEWHERE = {
    "falls-are-negative",
    "identifiers-are-of-one-record",
    "inferences-are-not-stated",
    "stated-references-are-in-the-quotes",
    "unit-matches-the-sign",
    "identities-have-evidence",
    "mentions-are-quoted",
    "figures-have-an-as-of",
    "attribution-is-complete",
    "direct-quotations-are-whole",
    "quotes-are-short",
    "publication-dates-match-the-source",
    "nothing-refers-to-itself",
}


@pytest.mark.parametrize(
    ("rule", "edit"),
    [
        (
            "identities-have-evidence",
            lambda t: append(t, "actors.yaml", "- {id: zz, title: Z, kind: person}\n"),
        ),
        (
            "mentions-are-quoted",
            lambda t: change(t, FACTS, "    names:\n      - {quote: council}\n", ""),
        ),
        ("figures-have-an-as-of", lambda t: change(t, FACTS, "  published_on: 2031-05-04\n", "")),
        (
            "figures-have-an-as-of",
            lambda t: change(t, FACTS, "as_written: 30%", "as_written: 30%\n    as_of: 2031/.."),
        ),
        (
            "attribution-is-complete",
            lambda t: change(t, FACTS, "    attribution: publisher\n", "    attribution: {}\n"),
        ),
        (
            "direct-quotations-are-whole",
            lambda t: change(
                t,
                FACTS,
                "partial\n    quoted_words: [warned 😔 and did nothing]",
                "direct\n    quoted_words: [warned 😔]",
            ),
        ),
        (
            "quotes-are-short",
            lambda t: change(t, FACTS, "quote: council", f"quote: council, prefix: '{'x' * 25}'"),
        ),
        (
            "quotes-are-short",
            lambda t: change(t, FACTS, "quote: council", f"quote: {'word ' * 15}x"),
        ),
        ("shape", lambda t: change(t, FACTS, "quote: council", 'quote: "a\\0b"')),
        ("shape", lambda t: change(t, FACTS, "title: Arrival of volunteers", 'title: " "')),
        (
            "publication-dates-match-the-source",
            lambda t: change(
                t,
                FACTS,
                "as_written: 30%",
                "as_written: 30%\n    as_of: {edtf: 1999-01-01, basis: publication_date}",
            ),
        ),
        (
            "nothing-refers-to-itself",
            lambda t: change(t, FACTS, "to: flood-2031-05,", "to: request-to-open-school,"),
        ),
        (
            "nothing-refers-to-itself",
            lambda t: change(t, FACTS, "to: council-of-nomark", "to: zoe-angstroem"),
        ),
        (
            "nothing-refers-to-itself",
            lambda t: change(
                t,
                "measures.yaml",
                "excludes: [people-displaced-by-flood]",
                "excludes: [volunteers-arrived]",
            ),
        ),
        (
            "identifiers-are-of-one-record",
            lambda t: change(
                t,
                "actors.yaml",
                "id: zoe-angstroem\n",
                "id: zoe-angstroem\n  same_as: [{scheme: geonames, id: 1},"
                " {scheme: geonames, id: 1}]\n",
            ),
        ),
        ("file", lambda t: (t.root / "articles" / "2031-05-07-empty").mkdir()),
        ("yaml", lambda t: append(t, "actors.yaml", "- " * 20000 + "x\n")),
    ],
)
def test_a_rule_names_what_breaks_it(
    tree: SeedTree, rule: str, edit: Callable[[SeedTree], object]
) -> None:
    edit(tree)
    assert rule in {finding.rule for finding in findings_of(tree)}


def append(tree: SeedTree, name: str, line: str) -> None:
    path = tree.root / name
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")


def test_all_problems_of_all_files_are_found_in_one_run(tree: SeedTree) -> None:
    change(tree, FACTS, "value: 1250", "value: 1251")
    change(tree, "actors.yaml", "kind: media", "kind: paper")
    change(tree, "measures.yaml", "unit: house", "unit: Hou-se")
    change(tree, "articles/2031-05-06-flood-count/facts.yaml", "value: 1100", "value: 1101")
    files = {finding.file.relative_to(tree.root).as_posix() for finding in findings_of(tree)}
    assert files >= {
        FACTS,
        "actors.yaml",
        "measures.yaml",
        "articles/2031-05-06-flood-count/facts.yaml",
    }


def test_a_broken_file_does_not_make_references_to_it_mistakes(tree: SeedTree) -> None:
    change(tree, "actors.yaml", "kind: media", "kind: paper")
    assert {finding.file.name for finding in findings_of(tree)} == {"actors.yaml"}


def test_an_invalid_record_does_not_move_the_mistakes_of_others(tree: SeedTree) -> None:
    change(tree, FACTS, "title: Flood in the Lower Vale", "titel: Flood in the Lower Vale")
    line = change(tree, FACTS, "title: Request to open the old school", "title: Massacre")
    assert line in {finding.line for finding in findings_of(tree)}


def test_line_and_column_point_at_the_value(tree: SeedTree) -> None:
    line = change(tree, FACTS, "value: 1250", "value: 1251")
    (finding,) = findings_of(tree)
    assert (finding.line, finding.column) == (line, 5)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: \xff", b"\xc3"])
def test_a_file_that_is_not_utf_8_is_named_with_its_byte(tree: SeedTree, content: bytes) -> None:
    (tree.root / "actors.yaml").write_bytes(content)
    finding = next(f for f in findings_of(tree) if f.rule == "encoding")
    assert "is not UTF-8" in finding.message
    assert finding.line == 1


@pytest.mark.parametrize(
    "content", ["", "[]", "null", "just text", "- 1", "{}", "a: &a [*a]", "--- 1\n--- 2\n", "\t"]
)
def test_any_file_content_is_checked_without_an_error(tree: SeedTree, content: str) -> None:
    for name in ("actors.yaml", "measures.yaml", FACTS):
        (tree.root / name).write_text(content, encoding="utf-8")
    findings_of(tree)


# ------------------------------------------------------------------------------------- lock entries


def lock_of(tree: SeedTree) -> Path:
    return (tree.root / FACTS).with_name("evidence.lock")


def test_a_missing_lock_is_named(tree: SeedTree) -> None:
    lock_of(tree).unlink()
    assert any(
        "Run “onrecord lock”" in finding.message for finding in findings_of(tree, with_text=False)
    )


@pytest.mark.parametrize("with_text", [True, False])
def test_a_changed_byte_of_a_lock_is_found_with_and_without_the_text(
    tree: SeedTree, with_text: bool
) -> None:
    original = lock_of(tree).read_bytes()
    for position in range(0, len(original) - 1, 97):
        changed = bytes([original[position] ^ 1])
        lock_of(tree).write_bytes(original[:position] + changed + original[position + 1 :])
        assert findings_of(tree, with_text=with_text), position


def test_a_text_is_identified_by_its_hash(tree: SeedTree) -> None:
    text = tree.root / "texts" / "flood.txt"
    text.write_text(text.read_text(encoding="utf-8").replace("1,250", "1,350"), encoding="utf-8")
    seeds, _ = read_seeds(tree, Texts([tree.root / "texts"]))
    assert seeds.articles[0].text is None


def test_a_text_that_has_changed_since_it_was_locked_is_named(tree: SeedTree) -> None:
    text = tree.root / "texts" / "flood.txt"
    text.write_bytes(text.read_bytes().replace(b". ", b".\r\n"))
    (finding,) = findings_of(tree)
    assert finding.rule == "text-has-changed"
    new = hashlib.sha256(text.read_bytes()).hexdigest()
    assert f"or write {new}: that is the hash of flood.txt, which has 30" in finding.message


def test_a_mistyped_scheme_is_the_only_mistake(tree: SeedTree) -> None:
    change(tree, "vocabulary.yaml", "event_type:", "event_typ:")
    (finding,) = findings_of(tree)
    assert finding.message.startswith("Did you mean “event_type”?")


def test_evidence_that_proves_nothing_is_the_only_mistake(tree: SeedTree) -> None:
    change(tree, FACTS, "since Friday, proves: [date]", "since Friday, proves: []")
    (finding,) = findings_of(tree)
    assert finding.message.startswith("Name the fields that these words prove")


def test_a_lock_for_another_text_is_named(tree: SeedTree) -> None:
    change(tree, FACTS, "5af78d52", "00000000")
    assert any(
        "the lock entries are for a text with the hash 5af78d52" in f.message
        for f in findings_of(tree)
    )


def test_coverage_lists_sentences_without_quotes(tree: SeedTree) -> None:
    seeds, _ = read_seeds(tree, Texts([tree.root / "texts"]))
    first, second = lock_entries.coverage(seeds)
    assert first.sentences == ()
    assert second.sentences is not None
    assert [sentence for _, sentence in second.sentences] == [
        "The council of Nomark 🏛 thanked the Guard."
    ]
    assert 0 < second.share < 1


def test_locking_again_changes_nothing(tree: SeedTree) -> None:
    seeds, _ = read_seeds(tree, Texts([tree.root / "texts"]))
    assert [locked.changed for locked in lock_entries.write_locks(seeds)] == [False, False]


def test_names_that_an_article_declares_for_one_id_are_one_name(tree: SeedTree) -> None:
    about = (
        "    about:\n      - {resource: actor, id: council-of-nomark, as_written: the council}\n"
    )
    change(tree, FACTS, about, "")
    change(tree, FACTS, "title: On the silence of the council", "title: On silence of the Council")
    rule = "names-in-our-words-are-supported"
    assert rule not in {finding.rule for finding in findings_of(tree)}
    change(tree, "actors.yaml", "title: Council of Nomark", "title: Town hall of Nomark")
    assert "“Council”" in next(f.message for f in findings_of(tree) if f.rule == rule)


def test_new_records_use_no_deprecated_code(tree: SeedTree) -> None:
    successor = "  - code: crown\n    deprecated: true\n    replaced_by: person\n"
    change(tree, "vocabulary.yaml", "  - code: crown\n", successor)
    (finding,) = findings_of(tree)
    assert finding.file == tree.measures
    assert finding.message == "Write “person”: “crown” is deprecated"
