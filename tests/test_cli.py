"""The command line: what goes wrong is one clear line that says what to do, and an exit code."""

import json
import re
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import __version__
from tests.cli import onrecord
from tests.conftest import MADE_UP, build_from
from tests.server import ONRECORD, environment, serving

COMMANDS = ("check", "lock", "verify", "build", "serve")


def assert_one_clear_line(done: subprocess.CompletedProcess[str], *says: str) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("onrecord: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for part in says:
        assert part in done.stderr


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    shutil.copytree(MADE_UP, tmp_path / "seed")
    return tmp_path / "seed"


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'onrecord.db'}"
    build_from(MADE_UP, url)
    return url


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = onrecord(command, "--help")
    assert done.returncode == 0
    assert "Example: " in done.stdout


def test_check_counts_what_it_found_good(seed: Path) -> None:
    done = onrecord("check", "--seed", str(seed))
    assert done.returncode == 0
    assert done.stdout == (
        "2 articles (6 actors, 2 places, 5 series, 3 events, 4 statements, 6 figures):"
        " no mistakes\n"
    )


def test_check_prints_each_mistake_with_its_place(seed: Path) -> None:
    facts = seed / "articles/2031-05-06-flood-count/facts.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("1100", "1101"), encoding="utf-8")
    done = onrecord("check", "--seed", str(seed))
    assert done.returncode == 1
    assert re.fullmatch(
        r"articles/2031-05-06-flood-count/facts\.yaml:\d+:\d+: value-matches-the-words:"
        r" Write “value: 1100”, as “At most 1,100” says, not “value: 1101”\n",
        done.stdout,
    )
    assert done.stderr == "1 mistake in 1 file\n"


def test_check_says_what_it_did_not_check(seed: Path) -> None:
    (seed / "texts" / "flood.txt").unlink()
    facts = seed / "articles/2031-05-06-flood-count/facts.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("language: en", "language: fi"))
    lines = onrecord("check", "--seed", str(seed)).stdout.splitlines()
    assert lines[-2].startswith("not checked: numbers in words, qualifiers, dates: language fi")
    assert lines[-1].startswith("not checked: quotes in their text: 1 article without a text")


def test_lock_names_the_new_hash_of_a_changed_text(seed: Path) -> None:
    with (seed / "texts" / "flood.txt").open("a", encoding="utf-8") as text:
        text.write(" Corrected.")
    done = onrecord("lock", "--seed", str(seed))
    assert (done.returncode, done.stdout.count("text-has-changed")) == (1, 1)


def test_check_speaks_json_to_tools(seed: Path) -> None:
    facts = seed / "articles/2031-05-06-flood-count/facts.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("1100", "1101"), encoding="utf-8")
    done = onrecord("check", "--seed", str(seed), "--format", "json")
    (mistake,) = json.loads(done.stdout)
    assert list(mistake) == ["file", "line", "column", "rule", "message"]
    assert (done.returncode, mistake["rule"], done.stderr) == (1, "value-matches-the-words", "")


def test_one_article_is_checked_by_itself(seed: Path) -> None:
    good, bad = sorted((seed / "articles").iterdir())
    facts = bad / "facts.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("1100", "1101"), encoding="utf-8")
    assert onrecord("check", "--seed", str(seed), str(good)).returncode == 0
    assert onrecord("check", "--seed", str(seed), str(bad)).returncode == 1
    assert_one_clear_line(
        onrecord("check", "--seed", str(seed), str(seed)), "is not the folder of an article"
    )


def test_an_id_of_another_article_is_seen_when_one_is_checked_by_itself(seed: Path) -> None:
    _, second = sorted((seed / "articles").iterdir())
    facts = second / "facts.yaml"
    taken = facts.read_text(encoding="utf-8").replace("id: count-was-double", "id: council-silence")
    facts.write_text(taken, encoding="utf-8")
    assert "Write another id" in onrecord("check", "--seed", str(seed), str(second)).stdout


def test_verify_can_insist_on_the_texts(seed: Path) -> None:
    (seed / "texts" / "flood.txt").unlink()
    assert onrecord("verify", "--seed", str(seed)).returncode == 0
    done = onrecord("verify", "--seed", str(seed), "--need-texts")
    assert (done.returncode, done.stdout.count("Put the text with this hash")) == (1, 1)


def test_lock_writes_entries_that_verify_accepts(seed: Path) -> None:
    lock = seed / "articles/2031-05-06-flood-count/evidence.lock"
    written = lock.read_bytes()
    lock.unlink()
    assert onrecord("verify", "--seed", str(seed)).returncode == 1
    assert "6 lock entries, written" in onrecord("lock", "--seed", str(seed)).stdout
    assert lock.read_bytes() == written
    done = onrecord("verify", "--seed", str(seed), "--coverage")
    assert "36 quotes in 2 articles verified, 2 of them against the text itself" in done.stdout
    assert "no evidence at 170: The council of Nomark" in done.stdout


def test_lock_needs_the_text_of_a_new_quote(seed: Path) -> None:
    (seed / "texts" / "flood.txt").unlink()
    (seed / "articles/2031-05-04-flood-in-lower-vale/evidence.lock").unlink()
    done = onrecord("lock", "--seed", str(seed))
    assert done.returncode == 1
    assert "Put the text with this hash under seed/texts/, or name its folder" in done.stdout


def test_build_tells_what_it_built(seed: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    done = onrecord("build", "--seed", str(seed), "--database", url)
    assert re.fullmatch(r"dataset [0-9a-f]{16} built in [\d.]+ s: 2 sources, .*\n", done.stdout)
    again = onrecord("build", "--seed", str(seed), "--database", url)
    assert again.stdout.endswith("is up to date\n")


def test_build_with_a_mistake_builds_nothing(seed: Path, tmp_path: Path) -> None:
    (seed / "actors.yaml").write_text("- id: x", encoding="utf-8")
    done = onrecord("build", "--seed", str(seed), "--database", f"sqlite:///{tmp_path / 'new.db'}")
    assert done.returncode == 1
    assert "actors.yaml:1:3: shape: Add “title”" in done.stdout
    assert not (tmp_path / "new.db").exists()


# -------------------------------------------------------------------------- what the operator mends


def test_a_missing_seed_folder_is_one_clear_line(tmp_path: Path) -> None:
    for command in ("check", "lock", "verify", "build"):
        assert_one_clear_line(
            onrecord(command, "--seed", str(tmp_path / "none")), "is not a folder", "--seed"
        )


def test_a_seed_file_that_cannot_be_read_is_one_clear_line(seed: Path) -> None:
    (seed / "actors.yaml").unlink()
    (seed / "actors.yaml").mkdir()
    assert_one_clear_line(onrecord("build", "--seed", str(seed)), "actors.yaml cannot be read")
    done = onrecord("check", "--seed", str(seed))
    assert (
        done.returncode,
        done.stdout.count("actors.yaml:1:1: file: Make the file readable"),
    ) == (1, 1)


def test_a_folder_of_texts_that_is_not_there_is_one_clear_line(seed: Path, tmp_path: Path) -> None:
    done = onrecord("check", "--seed", str(seed), ONRECORD_TEXTS=str(tmp_path / "none"))
    assert_one_clear_line(done, "ONRECORD_TEXTS names", "is not a folder")


@pytest.mark.slow
def test_a_missing_database_is_one_clear_line(tmp_path: Path) -> None:
    done = onrecord("serve", "--database", f"sqlite:///{tmp_path / 'none.db'}")
    assert_one_clear_line(done, "there is no database at", "run “onrecord build” first")


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all, but long enough to be read as one" * 40]
)
@pytest.mark.slow
def test_a_corrupt_database_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.db").write_bytes(content)
    assert_one_clear_line(
        onrecord("serve", "--database", f"sqlite:///{tmp_path / 'x.db'}"),
        "cannot be read",
        "onrecord build",
    )


@pytest.mark.slow
def test_an_outdated_database_is_one_clear_line(database: str) -> None:
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    assert_one_clear_line(
        onrecord("serve", "--database", database), "has schema 0000", "run “onrecord build”"
    )


@pytest.mark.slow
def test_a_database_that_does_not_answer_is_one_clear_line() -> None:
    url = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"
    done = onrecord("serve", "--database", url)
    assert_one_clear_line(done, "cannot be read", "onrecord build")
    assert "secret" not in done.stderr
    done = onrecord("build", "--seed", str(MADE_UP), "--database", url)
    assert done.returncode == 2
    assert re.match(r"onrecord: \S+ cannot be written: ", done.stderr.splitlines()[-1])
    assert "secret" not in done.stderr


@pytest.mark.slow
def test_a_port_in_use_is_one_clear_line(database: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = onrecord("serve", "--database", database, "--port", port)
    assert_one_clear_line(done, f"cannot listen on 127.0.0.1 port {port}", "--port")


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("ONRECORD_PORT", "many", "ONRECORD_PORT=many"),
        ("ONRECORD_DATABASE_URL", "mysql://x/y", "only sqlite and postgresql"),
        ("ONRECORD_DATABASE_URL", "facts.db", "is not a database URL"),
        ("ONRECORD_DATABASE_URL", "sqlite://", "needs a database file"),
        ("ONRECORD_PUBLIC_URL", "facts.example.org", "must begin with http"),
    ],
)
@pytest.mark.slow
def test_a_wrong_setting_is_one_clear_line(setting: str, value: str, says: str) -> None:
    assert_one_clear_line(onrecord("serve", **{setting: value}), says)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = onrecord(
        "build", "--seed", str(MADE_UP), "--database", f"sqlite:///{tmp_path / 'file' / 'x.db'}"
    )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------------------------------ serving


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.slow
def test_serve_responds(database: str, workers: str) -> None:
    with serving(database, "--workers", workers) as url:
        response = httpx.get(f"{url}/v1/figures/people-displaced-2031-05-04", timeout=60)
        assert response.json()["data"]["as_written"] == "more than 1,250"
        assert "server" not in response.headers


@pytest.mark.slow
def test_serve_logs_where_it_serves(database: str) -> None:
    with running("serve", "--port", "0", "--database", database) as server:
        lines = [server.stderr.readline() for _ in range(3)]
    port = re.search(r":(\d+)/v1", lines[0])
    assert port
    base = f"http://127.0.0.1:{port[1]}"
    assert [line.split(" INFO ")[1].strip() for line in lines] == [
        f"On Record serves {base}/v1 with 1 process",
        f"Documentation: {base}/docs",
        "Press Ctrl+C to stop",
    ]


@contextmanager
def running(*arguments: str, **settings: str) -> Iterator[Any]:
    with subprocess.Popen(
        [*ONRECORD, *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=environment(**settings),
    ) as server:
        try:
            yield server
        finally:
            server.terminate()
            server.stderr.read()  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.slow
def test_sigterm_ends_a_server_within_10_seconds_whatever_its_clients_do(
    database: str, workers: str
) -> None:
    command = ("serve", "--port", "0", "--database", database, "--workers", workers)
    with running(*command) as server:
        port = int(re.findall(r":(\d+)/v1", server.stderr.readline())[0])
        httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60)
        with (
            socket.create_connection(("127.0.0.1", port)) as stalled,
            socket.create_connection(("127.0.0.1", port)),
        ):
            # More than the buffers of both sides can hold.
            stalled.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 40)
            stalled.recv(1)
            started = time.monotonic()
            server.terminate()
            assert server.wait(timeout=60) == 0
            assert time.monotonic() - started < 10


@pytest.mark.slow
def test_workers_without_a_folder_to_write_to_are_one_clear_line(database: str) -> None:
    done = subprocess.run(
        [*ONRECORD, "serve", "--port", "0", "--database", database, "--workers", "2"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
        # No file may grow: as on a file system that is read-only.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert_one_clear_line(done, "--workers 1", "TMPDIR")


def test_the_version_is_printed() -> None:
    done = onrecord("--version")
    assert (done.returncode, done.stdout) == (0, f"onrecord {__version__}\n")


def test_the_package_is_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--version"], capture_output=True, check=False
    )
    assert done.returncode == 0
