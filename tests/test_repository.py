"""Rules that the files of the repository keep."""

import re
import subprocess
import tomllib

import pytest

from tests.conftest import ROOT


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("name", ["dev.txt", "run.txt"])
def test_lock_files_have_hashes_and_no_urls(name: str) -> None:
    lock = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in lock
    packages = re.findall(r"^[a-z0-9].*==.*$", lock, re.MULTILINE)
    assert len(packages) > 20
    assert lock.count("--hash=sha256:") >= len(packages)


SETTINGS = re.compile(
    r"(^|/)(\.[a-z]+|Makefile|Dockerfile|[a-z-]+\.(toml|in|lock)|package(-lock)?\.json)$"
    r"|^(requirements|\.ci)/"
)


def test_lock_and_settings_files_have_no_urls() -> None:
    """Names, versions and hashes are enough, wherever the packages come from."""
    found = [name for name in tracked() if SETTINGS.search(name)]
    assert {
        "tests/tools/package-lock.json",
        "tests/tools/.npmrc",
        "pyproject.toml",
        ".ci/run",
    } <= set(found)
    assert [name for name in found if "://" in (ROOT / name).read_text(encoding="utf-8")] == []


def test_the_locks_pin_the_same_versions() -> None:
    pins = {
        name: set(
            re.findall(
                r"^([a-z0-9._-]+(?:\[.*\])?==\S+)",
                (ROOT / "requirements" / name).read_text(),
                re.MULTILINE,
            )
        )
        for name in ("dev.txt", "run.txt")
    }
    assert pins["run.txt"] <= pins["dev.txt"]


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["postgres"]]:
        name = re.split(r"[\[>;]", requirement)[0].lower().replace(".", "-")
        assert re.search(rf"^{name}(\[.*\])?==", lock, re.MULTILINE), name


def test_no_file_has_whole_sentences_of_the_article(seed_text: str) -> None:
    sentences = [s for s in re.split(r"(?<=[.”])\s+|\n+", seed_text) if len(s) > 110]
    assert len(sentences) > 10
    for name in tracked():
        path = ROOT / name
        if path.suffix in (".md", ".py", ".yaml", ".lock", ".txt", ".json"):
            flat = " ".join(path.read_text(encoding="utf-8").split())
            assert [s for s in sentences if " ".join(s.split()) in flat] == [], name


def test_the_dockerfile_is_clean() -> None:
    import shutil
    import sys
    from pathlib import Path

    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint is not None
    done = subprocess.run(
        [hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_make_lists_every_target() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = re.search(
        r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert targets is not None
    listed = re.findall(r"^  make ([a-z-]+) +\S", done.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(targets.group(1).split())
