"""The time at which a state of the data was recorded.

It comes from the operator or from the git history of the seeds, never from the clock, so that the
same seeds at the same commit give the same database anywhere.
"""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from app.errors import OperatorError

_NAMED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:?\d{2}:?\d{2})Z)?")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2}))?")


def parse_instant(value: str) -> datetime:
    """Parse a day (its first moment in UTC) or an RFC 3339 instant in whole seconds.

    Raises OperatorError.
    """
    try:
        if not _INSTANT.fullmatch(value):
            raise ValueError
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise OperatorError(
            f"--at {value}: write a day (2026-05-04) or an instant (2026-05-04T12:00:00Z)"
        ) from None


def snapshot_time(folder: Path) -> datetime | None:
    """Return the time of a snapshot: the day or instant with which its name begins, else its
    commit.

    The name may omit the colons of the time, which some file systems do not allow.
    """
    match = _NAMED.match(folder.name)
    if match is None:
        return commit_time(folder)
    day, clock = match.groups()
    digits = (clock or "").replace(":", "")
    return parse_instant(f"{day}T{digits[:2]}:{digits[2:4]}:{digits[4:]}Z" if clock else day)


def commit_time(seed: Path) -> datetime | None:
    """Return the time of the last commit of the seeds.

    None: they are in no git repository, or differ from the last commit.
    """
    git = shutil.which("git")
    if git is None or not seed.is_dir():
        return None
    changed = _git(git, seed, "status", "--porcelain", "--", ".")
    seconds = _git(git, seed, "log", "-1", "--format=%ct", "--", ".")
    return None if changed != "" or not seconds else datetime.fromtimestamp(int(seconds), UTC)


def _git(git: str, seed: Path, *arguments: str) -> str | None:
    """Return the output of a git command, None if it fails."""
    completed = subprocess.run(  # noqa: S603 - fixed arguments and a folder of the operator
        [git, "-C", str(seed), *arguments], capture_output=True, text=True, check=False
    )
    return completed.stdout.strip() if completed.returncode == 0 else None
