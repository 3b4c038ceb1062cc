"""Programs of others that tests run, each installed once, by its lock in tests/tools."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import ROOT, missing

TOOLS = ROOT / "tests" / "tools"


def run(
    *command: str | Path,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    fails: bool | None = False,
) -> str:
    """Returns what a program prints. `fails` None: whatever its exit status."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert fails in (None, done.returncode != 0), f"{done.stdout}\n{done.stderr}"
    return done.stdout


def installed(*locks: str) -> Path:
    """A folder that is made anew when a lock changes."""
    mark = hashlib.sha256(b"".join((TOOLS / name).read_bytes() for name in locks)).hexdigest()[:12]
    return ROOT / "var" / "tools" / f"{Path(locks[0]).stem}-{mark}"


def install(folder: Path, *command: str | Path) -> None:
    """Without a registry in reach, what a test needs cannot exist here."""
    try:
        run(*command, cwd=folder)
    except AssertionError as error:
        missing(f"{folder.name} cannot be installed: {error}")
    (folder / "complete").touch()


def node_folder() -> Path:
    """The folder with `node_modules`. Parallel tests wait for the one that installs."""
    if shutil.which("npm") is None:
        missing("npm is not installed")
    locks = ("package-lock.json", "package.json", ".npmrc")
    folder = installed(*locks)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            for name in locks:
                shutil.copy(TOOLS / name, folder)
            install(folder, "npm", "ci", "--ignore-scripts")
    return folder
