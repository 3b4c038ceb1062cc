"""Corrections, withdrawals and new ids appear in every format, each with its reason."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.curation.build import Silent, build, checked_records
from app.curation.diff import differences
from app.curation.files import SeedTree
from app.curation.lock_entries import write_locks
from app.curation.quotes import Texts
from app.curation.seeds import read_seeds
from app.database.engine import parse_url
from tests.client import Api
from tests.conftest import MADE_UP
from tests.test_checks import FACTS, change, findings_of

pytestmark = pytest.mark.slow

FIGURE = "houses-destroyed-2031-05-04"
SERIES = "houses-destroyed-in-nomark"
WHY = "The qualifier had been read as an estimate."
GONE = "The sentence speaks of another town."
NEW_NAME = "The id was too long."


def built(tree: SeedTree, url: str, day: int) -> str:
    write_locks(read_seeds(tree, Texts([MADE_UP / "texts"]))[0])
    at = datetime(2021, 5, day, tzinfo=UTC)
    return build(tree, lambda: Texts([MADE_UP / "texts"]), url, recorded_at=at).version


def correct(tree: SeedTree, *lines: str) -> None:
    """Add entries to the article's corrections."""
    path = tree.root / FACTS
    text = path.read_text(encoding="utf-8")
    head = "" if "\ncorrections:" in text else "\ncorrections:\n"
    path.write_text(text + head + "".join(f"  - {{{line}}}\n" for line in lines), encoding="utf-8")


@pytest.fixture(scope="module")
def corrected_tree(backend: str, tmp_path_factory: pytest.TempPathFactory) -> SeedTree:
    """The seeds of one database: `corrected` edits them."""
    return SeedTree(Path(shutil.copytree(MADE_UP, tmp_path_factory.mktemp("corrected") / "seed")))


@pytest.fixture(scope="module")
def corrected(
    corrected_tree: SeedTree, new_database: Callable[[], str]
) -> Iterator[tuple[Api, list[str]]]:
    """A figure is corrected, then a statement withdrawn and an event renamed; with the versions."""
    tree, url = corrected_tree, new_database()
    versions = [built(tree, url, 1)]
    change(
        tree,
        FACTS,
        f"  - id: {FIGURE}\n",
        f"  - id: {FIGURE}\n    title: Houses destroyed, at most\n",
    )
    correct(tree, f"resource: figure, id: {FIGURE}, corrected_on: 2021-05-02, reason: {WHY}")
    versions.append(built(tree, url, 2))
    path = tree.root / FACTS
    text = path.read_text(encoding="utf-8")
    begin, end = (
        text.index("  - id: council-silence\n"),
        text.index("  - id: mayor-says-town-was-warned\n"),
    )
    renamed = (
        (text[:begin] + text[end:])
        .replace("flood-2031-05\n", "flood\n")
        .replace("flood-2031-05,", "flood,")
    )
    path.write_text(renamed.replace("flood-2031-05}", "flood}"), encoding="utf-8")
    correct(
        tree,
        "resource: statement, id: council-silence, change: withdrawn,"
        " corrected_on: 2021-05-03, reason:"
        f" {GONE}",
        "resource: event, id: flood-2031-05, change: renamed, renamed_to: flood,"
        " corrected_on: 2021-05-03,"
        f" reason: {NEW_NAME}",
    )
    versions.append(built(tree, url, 3))
    with Api.over(url) as api:
        yield api, versions


def test_a_corrected_figure_carries_its_notice_in_every_format(
    corrected: tuple[Api, list[str]],
) -> None:
    api, _ = corrected
    asked = [
        *(f"/v1/figures/{FIGURE}.{form}" for form in ("json", "csv", "ndjson", "jsonld", "html")),
        *(
            f"/v1/figures.{form}?id={FIGURE}"
            for form in ("json", "csv", "ndjson", "jsonld", "atom", "html")
        ),
        *(
            f"/v1/figures.{form}?id={FIGURE}&fields=value"
            for form in ("json", "csv", "ndjson", "jsonld", "html")
        ),
        *(
            f"/v1/timeline.{form}?resource=figure&measure=houses_destroyed"
            for form in ("json", "jsonld", "atom", "html")
        ),
        *(
            f"/v1/search.{form}?q=destroyed&resource=figure"
            for form in ("json", "jsonld", "atom", "html")
        ),
        *(f"/v1/figures/{FIGURE}/revisions/2.{form}" for form in ("json", "html")),
    ]
    for path in asked:
        answer = api.get(path)
        assert answer.status_code == 200, path
        assert WHY in answer.text, path
        assert "2021-05-02" in answer.text or "2 May 2021" in answer.text, path
    assert api.json(f"/v1/series/{SERIES}")["data"]["points"][0]["corrected_on"] == "2021-05-02"
    assert "corrected 2 May 2021" in api.get(f"/v1/series.atom?id={SERIES}").text


def test_a_revision_has_its_reason(
    corrected: tuple[Api, list[str]],
) -> None:
    api, _ = corrected
    revisions = api.json(f"/v1/figures/{FIGURE}/revisions")["data"]
    assert [revision["reason"] for revision in revisions] == [WHY, None]
    assert api.json(f"/v1/figures/{FIGURE}/revisions/2")["revision"]["reason"] == WHY
    assert api.json(f"/v1/figures/{FIGURE}/revisions/1")["data"]["corrections"] == []
    told = {
        change["id"]: change["reason"]
        for change in api.all("/v1/changes?change=changed&resource=figure")
    }
    # The figure whose event was renamed changed for another reason, which nobody gave.
    assert told == {FIGURE: WHY, "people-displaced-2031-05-04": None}


def test_a_withdrawn_record_has_its_reason(corrected: tuple[Api, list[str]]) -> None:
    api, versions = corrected
    response = api.get("/v1/statements/council-silence")
    problem = response.json()
    assert (response.status_code, problem["type"], problem["reason"]) == (
        410,
        "/problems/withdrawn",
        GONE,
    )
    assert GONE in problem["detail"]
    assert response.headers["link"] == f'<{problem["last_revision"]}>; rel="latest-version"'
    assert api.json(problem["last_revision"])["data"]["id"] == "council-silence"
    assert (
        api.json(f"/v1/statements/council-silence?known_at={versions[1]}")["data"]["id"]
        == "council-silence"
    )


def test_pages_show_corrections_and_withdrawals(corrected: tuple[Api, list[str]]) -> None:
    api, versions = corrected
    gone = api.get("/v1/statements/council-silence", headers={"Accept": "text/html"})
    assert gone.status_code == 410
    assert GONE in gone.text
    assert 'href="/v1/statements/council-silence/revisions/1"' in gone.text
    page = api.get(f"/v1/figures/{FIGURE}.html").text
    assert page.index('class="corrections"') < page.index(">Evidence</h2>"), (
        "a correction is seen before anything else"
    )
    assert "Revision 1</a>, recorded 1 May 2021, replaced 2 May 2021" in page
    then = api.get(f"/v1/figures/{FIGURE}.html?known_at={versions[0]}").text
    assert "As recorded by" in then
    assert WHY not in then


def test_a_renamed_record_is_found_under_its_new_id(corrected: tuple[Api, list[str]]) -> None:
    api, versions = corrected
    response = api.get("/v1/events/flood-2031-05?fields=id,title")
    assert (response.status_code, response.headers["location"]) == (
        308,
        "/v1/events/flood?fields=id,title",
    )
    assert response.json()["data"]["reason"] == NEW_NAME
    assert api.json(response.headers["location"])["data"]["id"] == "flood"
    assert api.json("/v1/events/flood-2031-05/revisions")["total"] == 1
    assert (
        api.json(f"/v1/events/flood-2031-05?known_at={versions[0]}")["data"]["id"]
        == "flood-2031-05"
    )
    assert api.get("/v1/events/flood-2031-05?field=id").status_code == 422


def test_records_withdrawn_before_the_first_build_are_gone(
    corrected: tuple[Api, list[str]], corrected_tree: SeedTree, new_database: Callable[[], str]
) -> None:
    """The same seeds, built anew: their addresses may have been cited."""
    url = new_database()
    built(corrected_tree, url, 1)
    with Api.over(url) as api:
        assert api.get("/v1/events/flood-2031-05").headers["location"] == "/v1/events/flood"
        problem = api.get("/v1/statements/council-silence").json()
        assert (problem["status"], problem["reason"], problem["last_revision"]) == (410, GONE, None)
        assert api.json(f"/v1/figures/{FIGURE}/revisions")["data"][0]["reason"] is None
        assert api.json("/v1/changes?change=withdrawn,renamed")["total"] == 2


def test_a_reason_may_be_given_later(tree: SeedTree, new_database: Callable[[], str]) -> None:
    url = new_database()
    built(tree, url, 1)
    path = tree.root / FACTS
    text = path.read_text(encoding="utf-8")
    begin, end = (
        text.index("  - id: council-silence\n"),
        text.index("  - id: mayor-says-town-was-warned\n"),
    )
    path.write_text(text[:begin] + text[end:], encoding="utf-8")

    class Listener(Silent):
        told = ""

        def report(self, message: str) -> None:
            self.told += message

    listener = Listener()
    write_locks(read_seeds(tree, Texts([MADE_UP / "texts"]))[0])
    version = build(tree, lambda: Texts([MADE_UP / "texts"]), url, progress=listener).version
    assert "1 record is withdrawn without a reason" in listener.told
    (tree.root / "corrections.yaml").write_text(
        f"- {{resource: statement, id: council-silence, change: withdrawn,"
        " corrected_on: 2021-05-03,"
        f" reason: {GONE}}}\n"
    )
    found = differences(checked_records(tree, Texts([MADE_UP / "texts"]), Silent()), parse_url(url))
    assert [(item.kind, item.id, item.reason) for item in found] == [
        ("withdrawn", "council-silence", GONE)
    ]
    told = built(tree, url, 2)
    assert told.startswith(version)
    assert told != version  # answers say more, and no validator may confirm the old ones
    assert built(tree, url, 3) == told
    with Api.over(url) as api:
        assert api.get("/v1/statements/council-silence").json()["reason"] == GONE


MISTAKES = [
    (
        "resource: figure, id: nothing-here, corrected_on: 2021-05-02, reason: Mended.",
        "there is no figure “nothing-here”",
    ),
    (
        f"resource: figure, id: {FIGURE}x, corrected_on: 2021-05-02, reason: Mended.",
        f"Did you mean “{FIGURE}”?",
    ),
    (
        (
            f"resource: figure, id: {FIGURE}, change: withdrawn,"
            " corrected_on: 2021-05-02, reason: Mended."
        ),
        "Delete the figure",
    ),
    (
        "resource: figure, id: old, change: renamed, corrected_on: 2021-05-02, reason: Mended.",
        "Add renamed_to: the new id",
    ),
    (
        (
            f"resource: figure, id: old, change: withdrawn, renamed_to: {FIGURE}, corrected_on:"
            " 2021-05-02, reason:"
            " Mended."
        ),
        "Delete renamed_to: it belongs to change: renamed",
    ),
    (
        (
            "resource: figure, id: old, change: renamed, renamed_to: no,"
            " corrected_on: 2021-05-02, reason: M."
        ),
        "there is no figure “no”",
    ),
    (
        (
            "resource: figure, id: old, change: renamed, renamed_to: old,"
            " corrected_on: 2021-05-02, reason: M."
        ),
        "leads back to itself",
    ),
    (
        f"resource: figure, id: {FIGURE}, corrected_on: 2021-02-30, reason: Mended.",
        "Write a day as 2026-05-04",
    ),
    (f"resource: figure, id: {FIGURE}, corrected_on: 2021-05-02", "Add “reason”"),
    (
        f"resource: figure, id: {FIGURE}, corrected_on: 2021-05-02, reason: It was a brutal error.",
        "is a loaded term",
    ),
    (
        f"resource: figures, id: {FIGURE}, corrected_on: 2021-05-02, reason: Mended.",
        "Did you mean “figure”?",
    ),
    (f"resource: figure, id: {FIGURE}, on: 2021-05-02, reason: Mended.", "there is no key “on”"),
]


@pytest.mark.parametrize(("entry", "words"), MISTAKES, ids=lambda part: part[:50])
@pytest.mark.parametrize("place", ["article", "corrections.yaml"])
def test_a_correction_that_fits_nothing_is_a_mistake(
    tree: SeedTree, entry: str, words: str, place: str
) -> None:
    if place == "article":
        correct(tree, entry)
    else:
        (tree.root / place).write_text(f"- {{{entry}}}\n")
    messages = [finding.message for finding in findings_of(tree)]
    assert any(words in message for message in messages), messages


def test_a_renamed_id_may_be_renamed_again(tree: SeedTree) -> None:
    correct(
        tree,
        "resource: figure, id: oldest, change: renamed, renamed_to: older,"
        " corrected_on: 2021-05-02,"
        " reason: Mended.",
        f"resource: figure, id: older, change: renamed, renamed_to: {FIGURE},"
        " corrected_on: 2021-05-03,"
        " reason: Mended.",
    )
    assert findings_of(tree) == []
    correct(
        tree,
        "resource: figure, id: older, change: withdrawn, corrected_on: 2021-05-03, reason: Mended.",
    )
    assert [finding.rule for finding in findings_of(tree)] == ["corrections-match-the-records"]


def test_an_empty_file_of_corrections_is_none(tree: SeedTree) -> None:
    Path(tree.corrections).write_text("# nothing yet\n")
    assert findings_of(tree) == []


def test_a_renamed_source_leads_on_with_its_quotes(
    tree: SeedTree, new_database: Callable[[], str]
) -> None:
    url, old, new = new_database(), "flood-in-lower-vale-2031-05-04", "flood"
    built(tree, url, 1)
    change(tree, FACTS, f"  id: {old}\n", f"  id: {new}\n")
    correct(
        tree,
        f"resource: source, id: {old}, change: renamed, renamed_to: {new},"
        " corrected_on: 2021-05-02,"
        f" reason: {NEW_NAME}",
    )
    built(tree, url, 2)
    with Api.over(url) as api:
        response = api.get(f"/v1/sources/{old}/evidence?limit=3")
        assert (response.status_code, response.headers["location"]) == (
            308,
            f"/v1/sources/{new}/evidence?limit=3",
        )
        assert api.json(response.headers["location"])["total"] > 0
