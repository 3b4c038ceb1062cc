"""Makes the appendix of docs/curating.md: `python -m tests.appendix` prints it."""

import shutil
import tempfile
from pathlib import Path

from app.curation.files import SeedTree
from tests.conftest import MADE_UP
from tests.test_checks import MISTAKES, change, findings_of

HEADING = "## Appendix: mistakes and their messages\n"


def appendix() -> str:
    """Yield each typical mistake with the messages of `check` and `verify`."""
    return HEADING + "\n" + "".join(_entry(*mistake) for mistake in MISTAKES)


def _entry(name: str, old: str, new: str, rule: str, says: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(MADE_UP, Path(folder) / "seed")
        tree = SeedTree(Path(folder) / "seed")
        change(tree, name, old, new)
        message = next(f.message for f in findings_of(tree) if f.rule == rule and says in f.message)
    wrong = " ".join(new.split()) or f"(without “{' '.join(old.split())}”)"
    return f"- `{wrong}`\n  **{rule}**: {message}\n"


if __name__ == "__main__":
    print(appendix(), end="")  # noqa: T201
