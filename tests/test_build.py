"""A build gives the old database or the new one, whole, and the same seeds give the same bytes."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from app.curation.build import BuildOptions, build, building_path
from app.curation.files import SeedError, SeedTree
from app.curation.quotes import Texts
from app.database.builds import current_schema
from app.database.engine import create_write_engine, parse_url, sqlite_path
from app.errors import OperatorError
from app.query.tokenizer import tokens
from tests.client import Api
from tests.conftest import MADE_UP, ROOT, SEED, build_from
from tests.postgres import PostgresServer
from tests.waiting import eventually

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("ONRECORD_KILLS", "50"))


def test_two_builds_in_two_folders_give_equal_bytes(tmp_path: Path) -> None:
    copies = []
    for name in ("one", "another"):
        shutil.copytree(MADE_UP, tmp_path / name / "seed")
        build_from(tmp_path / name / "seed", f"sqlite:///{tmp_path / name / 'onrecord.db'}")
        copies.append((tmp_path / name / "onrecord.db").read_bytes())
    assert copies[0] == copies[1]


def test_the_version_is_that_of_the_records_on_either_database(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    assert build_from(MADE_UP, new_database()) == build_from(
        MADE_UP, f"sqlite:///{tmp_path / 'x.db'}"
    )


def test_a_comment_in_a_seed_file_changes_no_version_and_a_caveat_does(
    tree: SeedTree, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    before = build_from(tree.root, url)
    tree.actors.write_text(
        "# a comment\n" + tree.actors.read_text(encoding="utf-8"), encoding="utf-8"
    )
    assert build_from(tree.root, url) == before
    tree.actors.write_text(
        tree.actors.read_text(encoding="utf-8").replace(
            "kind: media", "kind: media\n  caveats: [x]"
        ),
        encoding="utf-8",
    )
    assert build_from(tree.root, url) != before


def test_nothing_is_written_unless_a_file_has_changed(
    new_database: Callable[[], str], tree: SeedTree
) -> None:
    from app.curation.build import build
    from app.curation.quotes import Texts

    url = new_database()

    def built() -> bool:
        return build(tree, lambda: Texts([]), url).changed

    assert [built(), built()] == [True, False]
    tree.actors.write_text(
        tree.actors.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8"
    )
    assert [built(), built()] == [True, False]


def test_seeds_with_a_mistake_leave_the_database_as_it_was(
    new_database: Callable[[], str], tree: SeedTree
) -> None:
    url = new_database()
    version = build_from(tree.root, url)
    tree.actors.write_text("- {id: broken}\n", encoding="utf-8")
    with pytest.raises(SeedError):
        build_from(tree.root, url)
    with Api.over(url) as still:
        assert still.json("/v1")["dataset"]["version"] == version


def test_a_build_replaces_all_of_the_old_database(new_database: Callable[[], str]) -> None:
    url = new_database()
    build_from(MADE_UP, url)
    options = BuildOptions(forget_history=True)
    version = build(SeedTree(SEED), lambda: Texts([]), url, options=options).version
    with Api.over(url) as new:
        assert new.json("/v1/sources")["total"] == 1
        assert new.json("/readyz")["dataset"]["version"] == version


def test_what_a_killed_build_left_behind_does_not_stop_the_next(tmp_path: Path) -> None:
    path = tmp_path / "onrecord.db"
    building_path(path).write_bytes(b"half a database")
    build_from(MADE_UP, f"sqlite:///{path}")
    assert not building_path(path).exists()


def test_two_builds_at_once_do_not_meet(tmp_path: Path) -> None:
    import fcntl
    import os

    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(OperatorError, match="another build is at work"):
        build_from(MADE_UP, f"sqlite:///{tmp_path / 'x.db'}")
    os.close(descriptor)


@pytest.mark.parametrize("name", ["a#b", "a b", "50%", "what?"])
def test_any_file_name_will_do_for_a_database(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    url = str(URL.create("sqlite", database=str(folder / "x.db")))
    version = build_from(MADE_UP, url)
    with Api.over(url) as api:
        assert api.json("/readyz")["dataset"]["version"] == version
    assert [path.name for path in folder.iterdir()] == ["x.db"]


def test_a_link_to_the_database_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "real" / "x.db")
    build_from(MADE_UP, f"sqlite:///{tmp_path / 'link.db'}")
    assert (tmp_path / "link.db").is_symlink()
    assert (tmp_path / "real" / "x.db").is_file()


def test_seeds_without_an_article_replace_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperatorError, match="has no article"):
        build_from(tmp_path / "empty", f"sqlite:///{tmp_path / 'x.db'}")


def test_numbers_of_different_periods_do_not_disagree(tree: SeedTree, tmp_path: Path) -> None:
    facts = next((tree.root / "articles").glob("*-count")) / "facts.yaml"
    measures = tree.measures.read_text(encoding="utf-8")
    tree.measures.write_text(
        measures.replace(
            "measure_kind: cumulative\n  unit: person", "measure_kind: period\n  unit: person"
        ),
        encoding="utf-8",
    )
    assert "people-displaced-by-flood" in facts.read_text(encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'x.db'}"
    build_from(tree.root, url)
    with Api.over(url) as api:
        assert api.json("/v1/series/people-displaced-by-flood")["data"]["disagreements"] == []


def test_the_search_index_knows_every_record(new_database: Callable[[], str]) -> None:
    url = new_database()
    build_from(MADE_UP, url)
    place = parse_url(url)
    engine = (
        create_write_engine(place)
        if sqlite_path(place)
        else create_write_engine(place, schema=current_schema(place))
    )
    with engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        found = connection.execute(
            text(
                "SELECT record_id FROM search_index JOIN search_index_place ON place ="
                " search_index.rowid"
                " JOIN search_document USING (key) WHERE search_index MATCH '\"1 250\"'"
                if on_sqlite
                else "SELECT record_id FROM search_document WHERE vector @@ '1 <-> 250'::tsquery"
            )
        ).all()
        indexed = connection.execute(text("SELECT count(*) FROM search_document")).scalar_one()
        records = connection.execute(text("SELECT count(*) FROM revision")).scalar_one()
    engine.dispose()
    assert [row[0] for row in found] == ["people-displaced-2031-05-04"]
    assert indexed == records


def test_words_are_folded_once_for_both_databases() -> None:
    assert tokens("Zoe\u0308 ÅNGSTRÖM’s non-NATO 28,473 ﬁne Straße 🌊") == [
        "zoe", "angstrom", "s", "non", "nato", "28", "473", "fine", "strasse",
    ]  # fmt: skip


# ----------------------------------------------------------------------------------------------
# killed on the way

BUILDER = """
import sys
from pathlib import Path
from app.curation import build, checks, load, lock_entries, records
from app.curation.files import SeedTree
from app.curation.quotes import Texts
import alembic.command, edtf
print("ready", flush=True)
sys.stdin.readline()
print(build.build(SeedTree(Path(sys.argv[1])), lambda: Texts([]), sys.argv[2]).version, flush=True)
"""


def start_build(seed: Path, url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(seed), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def kill_at_random_moments(
    seed: Path, url: str, whole_versions: set[str], present: Callable[[], str], kills: int
) -> set[str]:
    """Kill that many builds at moments spread over one build's time; returns the versions that were
    seen.
    """
    with start_build(seed, url) as process:
        started = time.monotonic()
        go(process)
        assert process.wait(timeout=60) == 0
        duration = time.monotonic() - started
    moments = random.Random(20240214)
    seen: set[str] = set()
    for number in range(kills):
        with start_build(seed, url) as process:
            go(process)
            time.sleep(duration * (number + moments.random()) / kills)
            process.send_signal(signal.SIGKILL)
        seen.add(present())
        assert seen <= whole_versions
    return seen


def content_of(version: str) -> str:
    """Without what tells it from an earlier dataset of the same content."""
    return version.partition("-")[0]


def changed(tree: SeedTree) -> SeedTree:
    words = tree.actors.read_text(encoding="utf-8")
    tree.actors.write_text(
        words.replace("kind: media", "kind: media\n  caveats: [x]"), encoding="utf-8"
    )
    return tree


@pytest.mark.long
def test_a_killed_build_leaves_a_whole_database_and_loses_nothing(
    tmp_path: Path, tree: SeedTree
) -> None:
    path = tmp_path / "onrecord.db"
    url = f"sqlite:///{path}"
    old = build_from(MADE_UP, url)
    new = build_from(changed(tree).root, f"sqlite:///{tmp_path / 'another.db'}")
    served: list[str] = []

    def present() -> str:
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            versions = [
                row[0] for row in connection.execute("SELECT version FROM dataset ORDER BY ordinal")
            ]
            counts = connection.execute(
                "SELECT counts FROM dataset ORDER BY ordinal DESC"
            ).fetchone()[0]
            now = connection.execute(
                "SELECT count(*) FROM revision WHERE recorded_to IS NULL"
            ).fetchone()[0]
            assert now == sum(json.loads(counts).values())
        connection.close()
        assert versions[: len(served)] == served
        build_from(MADE_UP, url)
        served[:] = versions
        return content_of(versions[-1])

    assert old in kill_at_random_moments(tree.root, url, {old, new}, present, KILLS)


@pytest.mark.long
def test_a_killed_build_leaves_a_whole_postgresql_database(
    postgres: PostgresServer, tmp_path: Path, tree: SeedTree
) -> None:
    url = postgres.create_database("killed")
    old = build_from(MADE_UP, url)
    new = build_from(changed(tree).root, f"sqlite:///{tmp_path / 'another.db'}")

    def present() -> str:
        with Api.over(url) as api:
            version = content_of(api.json("/readyz")["dataset"]["version"])
            index = api.json("/v1")["resources"]
            assert all(len(api.all(entry["href"])) == entry["count"] for entry in index.values())
        eventually(is_built)  # the killed build's connection may hold its lock for a moment
        return version

    def is_built() -> bool:
        with suppress(OperatorError):
            build_from(MADE_UP, url)
            return True
        return False

    assert old in kill_at_random_moments(tree.root, url, {old, new}, present, 5)
