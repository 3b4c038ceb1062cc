"""When a state of the data was recorded: said by the operator, or by the history of the seeds,
never by the clock. The same seeds at the same commit therefore build the same database, whenever
and wherever that is done.
"""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from app.errors import OperatorError

_NAMED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:?\d{2}:?\d{2})Z)?")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2}))?")


def parse_instant(said: str) -> datetime:
    """A day (its first moment in UTC) or an RFC 3339 instant, whole seconds. Raises OperatorError."""
    try:
        if not _INSTANT.fullmatch(said):
            raise ValueError
        moment = datetime.fromisoformat(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise OperatorError(
            f"--at {said}: write a day (2026-05-04) or an instant (2026-05-04T12:00:00Z)"
        ) from None


def snapshot_time(folder: Path) -> datetime | None:
    """When a snapshot was recorded: what its name begins with, a day or an instant (also without
    the colons, which some file systems do not take), else when it was committed.
    """
    found = _NAMED.match(folder.name)
    if found is None:
        return commit_time(folder)
    day, clock = found.groups()
    digits = (clock or "").replace(":", "")
    return parse_instant(f"{day}T{digits[:2]}:{digits[2:4]}:{digits[4:]}Z" if clock else day)


def commit_time(seed: Path) -> datetime | None:
    """When the seeds were last committed; null where they are in no git repository or differ from
    what was committed.
    """
    git = shutil.which("git")
    if git is None or not seed.is_dir():
        return None
    changed = _ask(git, seed, "status", "--porcelain", "--", ".")
    seconds = _ask(git, seed, "log", "-1", "--format=%ct", "--", ".")
    return None if changed != "" or not seconds else datetime.fromtimestamp(int(seconds), UTC)


def _ask(git: str, seed: Path, *question: str) -> str | None:
    """Git's answer; null where it has none."""
    done = subprocess.run(  # noqa: S603 - our own words, and the folder that the operator named
        [git, "-C", str(seed), *question], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None
