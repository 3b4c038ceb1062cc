"""The files of a seed tree, and what is wrong in them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Location = tuple[str | int, ...]
"""The keys and indices that lead from the top of a file to a value."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A problem in a seed file.

    `line` and `column` count from 1; if they are None, they are derived from `location`.
    """

    file: Path
    rule: str
    message: str
    location: Location = ()
    line: int | None = None
    column: int | None = None


class SeedError(Exception):
    """The seeds have problems: `findings` has all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} problems")
        self.findings = tuple(findings)


@dataclass(frozen=True)
class SeedTree:
    """The paths of a seed tree. If `only` is set, only findings in these articles are reported."""

    root: Path
    only: frozenset[Path] | None = None

    @property
    def actors(self) -> Path:
        return self.root / "actors.yaml"

    @property
    def places(self) -> Path:
        return self.root / "places.yaml"

    @property
    def measures(self) -> Path:
        return self.root / "measures.yaml"

    @property
    def vocabulary(self) -> Path:
        return self.root / "vocabulary.yaml"

    @property
    def corrections(self) -> Path:
        return self.root / "corrections.yaml"

    @property
    def articles(self) -> list[Path]:
        """The `facts.yaml` of each article, sorted by the names of their folders."""
        return sorted((self.root / "articles").glob("*/facts.yaml"))

    @property
    def article_folders(self) -> list[Path]:
        return sorted(path for path in (self.root / "articles").glob("*") if path.is_dir())

    def is_selected(self, path: Path) -> bool:
        """Whether findings in a file are reported: always in the files that articles share."""
        return (
            self.only is None
            or path.parent == self.root
            or path.with_name("facts.yaml") in self.only
        )

    def all_files(self) -> Iterator[Path]:
        for path in (self.actors, self.places, self.measures, self.vocabulary, self.corrections):
            if path.exists():
                yield path
        for facts in self.articles:
            yield facts
            lock = lock_path(facts)
            if lock.exists():
                yield lock

    def sha256(self) -> str:
        """Return the hash of the names and bytes of all files."""
        digest = hashlib.sha256()
        for path in self.all_files():
            content = path.read_bytes()
            name = path.relative_to(self.root).as_posix()
            digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            digest.update(content)
        return digest.hexdigest()


def lock_path(facts: Path) -> Path:
    return facts.with_name("evidence.lock")


def one_line(finding: Finding, root: Path) -> str:
    """Format a finding as `file:line:column: rule: message`, as compilers do."""
    place = f"{_relative_path(finding.file, root)}:{finding.line or 1}:{finding.column or 1}"
    return f"{place}: {finding.rule}: {finding.message}"


def as_json(findings: Iterable[Finding], root: Path) -> str:
    """Format findings as a JSON list with one object a line."""
    lines = [
        json.dumps(
            {
                "file": _relative_path(finding.file, root),
                "line": finding.line or 1,
                "column": finding.column or 1,
                "rule": finding.rule,
                "message": finding.message,
            },
            ensure_ascii=False,
        )
        for finding in findings
    ]
    return "[" + ",\n".join(lines) + "]"


def _relative_path(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path)
