"""The whole history can be made anew from snapshots of the seeds, and is the one that builds have
grown.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.curation.build import SeedSnapshot, Silent, build, rebuild
from app.curation.files import SeedError, SeedTree
from app.curation.quotes import Texts
from app.curation.recorded_at import snapshot_time
from app.database.builds import current_schema
from app.database.engine import create_write_engine, parse_url, sqlite_path
from app.errors import OperatorError
from app.models import METADATA
from tests.cli import onrecord
from tests.conftest import MADE_UP

pytestmark = pytest.mark.slow

NAMES = ["2021-05-01", "2021-05-02T120000Z", "2021-05-03T12:30:00Z-again", "2021-05-04"]
FACTS = "articles/2031-05-04-flood-in-lower-vale/facts.yaml"


def texts(_: SeedTree) -> Texts:
    return Texts([MADE_UP / "texts"])


@pytest.fixture
def snapshots(tmp_path: Path) -> list[SeedSnapshot]:
    """A title changes, a comment, which is no change, a figure is corrected, and all is as it was
    in the beginning.
    """
    changes = [
        ("", ""),
        ("title: Flood in the Lower Vale\n", "title: The flood in the Lower Vale\n"),
        ("events:\n", "# a comment\nevents:\n"),
        (
            "figures:\n",
            (
                "corrections:\n  - {resource: figure, id: houses-destroyed-2031-05-04,"
                " corrected_on: 2021-05-04, reason: R.}\nfigures:\n"
            ),
        ),
    ]
    before = MADE_UP
    for name, (old, new) in zip(NAMES, changes, strict=True):
        folder = tmp_path / "snapshots" / name
        shutil.copytree(before, folder)
        facts = folder / FACTS
        words = facts.read_text(encoding="utf-8")
        assert old in words
        facts.write_text(words.replace(old, new), encoding="utf-8")
        before = folder
    return [
        SeedSnapshot(SeedTree(tmp_path / "snapshots" / name), snapshot_time(Path(name)))
        for name in NAMES
    ]


def grow(url: str, snapshots: list[SeedSnapshot]) -> str:
    version = ""
    for snapshot in snapshots:
        version = build(
            snapshot.tree, lambda: texts(SeedTree(MADE_UP)), url, recorded_at=snapshot.recorded_at
        ).version
    return version


def content(url: str) -> Any:
    """Every row of every table; of SQLite, every byte."""
    path = sqlite_path(parse_url(url))
    if path is not None:
        return path.read_bytes()
    engine = create_write_engine(parse_url(url), schema=current_schema(parse_url(url)))
    with engine.connect() as connection:
        table_of = {
            name: sorted(map(repr, connection.execute(select(table)).all()))
            for name, table in METADATA.tables.items()
        }
    engine.dispose()
    return table_of


def test_a_history_made_anew_is_the_one_that_was_grown(
    new_database: Callable[[], str], snapshots: list[SeedSnapshot]
) -> None:
    grown, anew = new_database(), new_database()
    version = grow(grown, snapshots)
    assert rebuild(snapshots, texts, anew).version == version
    assert content(anew) == content(grown)
    assert rebuild(snapshots, texts, grown).version == version  # also over one that is there
    assert content(anew) == content(grown)


def test_a_snapshot_with_a_mistake_leaves_the_database_as_it_was(
    new_database: Callable[[], str], snapshots: list[SeedSnapshot]
) -> None:
    url = new_database()
    grow(url, snapshots[:2])
    before = content(url)
    (snapshots[3].tree.root / FACTS).write_text("source: none\n")
    with pytest.raises(SeedError):
        rebuild(snapshots, texts, url)
    assert content(url) == before


def test_unchanged_seeds_write_nothing(
    new_database: Callable[[], str], snapshots: list[SeedSnapshot]
) -> None:
    url = new_database()
    grow(url, snapshots)
    path = sqlite_path(parse_url(url))
    was = path.stat() if path else current_schema(parse_url(url))
    assert not build(snapshots[3].tree, lambda: Texts([]), url).changed
    assert (path.stat() if path else current_schema(parse_url(url))) == was


def test_time_goes_one_way(new_database: Callable[[], str], snapshots: list[SeedSnapshot]) -> None:
    url = new_database()
    grow(url, snapshots[:2])
    early = snapshots[0].recorded_at
    with pytest.raises(OperatorError, match="lies before 2021-05-02T12:00:00"):
        build(snapshots[3].tree, lambda: texts(SeedTree(MADE_UP)), url, recorded_at=early)
    told: list[str] = []

    class Listener(Silent):
        def report(self, message: str) -> None:
            told.append(message)

    build(
        snapshots[3].tree,
        lambda: texts(SeedTree(MADE_UP)),
        url,
        recorded_at=early,
        is_time_stated=False,
        progress=Listener(),
    )
    assert [re.search("recorded without a time", message) is not None for message in told] == [True]


def test_the_command_takes_a_folder_of_snapshots(
    snapshots: list[SeedSnapshot], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    done = onrecord(
        "rebuild", str(tmp_path / "snapshots"), "--database", url, "--texts", str(MADE_UP / "texts")
    )
    assert (done.returncode, done.stdout.endswith("built from 4 snapshots\n")) == (0, True), (
        done.stderr
    )
    missing = onrecord("rebuild", str(tmp_path / "nothing"), "--database", url)
    assert (missing.returncode, "has no folder" in missing.stderr) == (2, True)
