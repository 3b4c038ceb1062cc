"""A build never throws a history away by itself, and never takes a reader's grants away."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, text

from app.curation.files import SeedTree
from app.database.builds import current_schema
from app.database.engine import create_write_engine, parse_url, sqlite_path
from tests.cli import Done, onrecord
from tests.client import Api
from tests.conftest import MADE_UP, build_from
from tests.postgres import PostgresServer
from tests.server import serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow


def build(url: str, *options: str, **settings: str) -> Done:
    return onrecord("build", "--seed", str(MADE_UP), "--database", url, *options, **settings)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    target = parse_url(url)
    schema = "public" if sqlite_path(target) else current_schema(target)
    engine = create_write_engine(target, schema=schema)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def damage_the_beginning(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[0:140] = b"x" * 140
    path.write_bytes(content)


def damage_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:] = b"x" * (len(content) - 8192)
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100_000])


@pytest.mark.parametrize("damage", [damage_the_beginning, damage_the_middle, cut])
def test_a_damaged_database_stops_a_build_and_stays_untouched(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "onrecord.db"
    url = f"sqlite:///{path}"
    build_from(MADE_UP, url)
    damage(path)
    damaged = path.read_bytes()
    refused = build(url, "--force")
    assert refused.returncode == 2
    assert str(path) in refused.stderr
    assert "--forget-history" in refused.stderr
    assert path.read_bytes() == damaged
    assert [each.name for each in tmp_path.iterdir()] == ["onrecord.db"]

    started_anew = build(url, "--forget-history")
    assert started_anew.returncode == 0
    assert (tmp_path / "onrecord.db.forgotten-1").read_bytes() == damaged
    with Api.over(url) as api:
        assert api.json("/v1/datasets")["total"] == 1


def test_a_database_of_another_version_stops_a_build_and_stays_untouched(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    version = build_from(MADE_UP, url)
    with connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    refused = build(url, "--force")
    assert refused.returncode == 2
    assert "another version" in refused.stderr
    assert "--forget-history" in refused.stderr
    with connected(url) as connection:
        assert connection.execute(text("SELECT version FROM dataset")).scalar_one() == version

    assert build(url, "--forget-history").returncode == 0
    with Api.over(url) as api:
        assert api.json("/v1/datasets")["total"] == 1
    if sqlite_path(parse_url(url)) is None:
        with connected(url) as connection:
            aside = text("SELECT version FROM onrecord_forgotten_1.dataset")
            assert connection.execute(aside).scalar_one() == version


@pytest.fixture
def reader_url(postgres: PostgresServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a role without any grants, on a database of its own."""
    name = re.sub(r"\W", "_", request.node.name)[:50]
    url = postgres.create_database(name)
    with connected(url) as connection:
        connection.execute(text("DROP ROLE IF EXISTS reader"))
        connection.execute(text("CREATE ROLE reader LOGIN"))
    yield url.replace("onrecord@", "reader@")
    with connected(url) as connection:
        connection.execute(text("DROP OWNED BY reader"))


def owner_url(reader_url: str) -> str:
    return reader_url.replace("reader@", "onrecord@")


def test_a_missing_grant_is_one_clear_line(reader_url: str) -> None:
    build_from(MADE_UP, owner_url(reader_url))
    refused = onrecord("serve", "--port", "0", "--database", reader_url)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "the role “reader” may not read the schema onrecord_1" in refused.stderr


def test_a_build_keeps_the_grants_of_the_previous_one(reader_url: str, tree: SeedTree) -> None:
    owner = owner_url(reader_url)
    assert build(owner, ONRECORD_READER_ROLE="reader").returncode == 0
    actors = tree.actors.read_text(encoding="utf-8")
    with serving(reader_url) as server:
        for caveat in ("one", "two"):
            changed = actors.replace("kind: media", f"kind: media\n  caveats: [{caveat}]", 1)
            tree.actors.write_text(changed, encoding="utf-8")
            version = build_from(tree.root, owner)
            eventually(lambda: version in httpx.get(f"{server}/v1/actors").text, seconds=10)  # noqa: B023
