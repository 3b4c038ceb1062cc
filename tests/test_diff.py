"""What a build would change is said before it is done."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.curation.files import SeedTree
from tests.cli import onrecord
from tests.conftest import MADE_UP, build_from

pytestmark = pytest.mark.slow


def said(seed: Path, url: str, *options: str) -> tuple[int, str]:
    done = onrecord("diff", "--seed", str(seed), "--database", url, *options)
    return done.returncode, done.stdout + done.stderr


def edit(path: Path, old: str, new: str) -> None:
    words = path.read_text(encoding="utf-8")
    assert old in words
    path.write_text(words.replace(old, new), encoding="utf-8")


def test_of_the_same_records_there_is_nothing_to_say(new_database: Callable[[], str]) -> None:
    url = new_database()
    build_from(MADE_UP, url)
    assert said(MADE_UP, url) == (0, "a build would change nothing\n")
    assert said(MADE_UP, url, "--format", "json") == (0, "[]\n")


def test_a_change_is_told_field_by_field(new_database: Callable[[], str], tree: SeedTree) -> None:
    url = new_database()
    build_from(tree.root, url)
    edit(tree.actors, "kind: media", "kind: media\n  caveats: [x]")
    code, words = said(tree.root, url)
    assert code == 1
    assert words.count("changed actor") == 1
    assert '  caveats: [] → ["x"]' in words
    found: Any = json.loads(said(tree.root, url, "--format", "json")[1])
    assert [(item["kind"], item["resource"], item["fields"]) for item in found] == [
        ("changed", "actor", [{"name": "caveats", "before": [], "after": ["x"]}])
    ]


def test_what_comes_and_goes_is_named_and_what_may_not_come_back(
    new_database: Callable[[], str], tree: SeedTree, tmp_path: Path
) -> None:
    url = new_database()
    build_from(tree.root, url)
    folder = next(
        path.parent for path in tree.articles if "flood-count" in path.read_text(encoding="utf-8")
    )
    folder.rename(tmp_path / "away")
    code, words = said(tree.root, url)
    assert code == 1
    assert "withdrawn source flood-count-2031-05-06" in words
    build_from(tree.root, url)
    (tmp_path / "away").rename(folder)
    assert "refused source flood-count-2031-05-06" in said(tree.root, url)[1]


def test_without_a_database_or_with_mistakes_nothing_can_be_told(
    tree: SeedTree, tmp_path: Path
) -> None:
    code, words = said(MADE_UP, f"sqlite:///{tmp_path / 'none.db'}")
    assert (code, words.count("\n")) == (2, 1)
    assert "there is no database" in words
    tree.actors.write_text("- {id: broken}\n", encoding="utf-8")
    code, words = said(tree.root, f"sqlite:///{tmp_path / 'none.db'}")
    assert code == 1
    assert "actors.yaml:1:" in words
