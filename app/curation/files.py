"""The files of a seed tree, and the positions of problems in them.

A fast loader reads every file. A file with a problem is read again by a slower loader that knows
lines and columns.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml_rs

# Beyond this the parsers themselves give up, one of them by ending the process.
_TOO_DEEP = re.compile(r"(?:- ){64}|(?:[\[{]\s*){64}")

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
        """Whether findings in a file are reported."""
        return self.only is None or path in self.only or path.with_name("facts.yaml") in self.only

    def all_files(self) -> Iterator[Path]:
        for path in (self.actors, self.places, self.measures, self.corrections):
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


def read_yaml(path: Path) -> Any:
    """Return the value of a YAML 1.2 file. Raises SeedError with line and column."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SeedError(
            [Finding(file=path, rule="file", message=f"cannot be read: {error.strerror}")]
        ) from None
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise SeedError(
            [
                Finding(
                    file=path,
                    rule="encoding",
                    message=f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as"
                    " UTF-8",
                    line=before.count(b"\n") + 1,
                    column=column,
                )
            ]
        ) from None
    if _TOO_DEEP.search(text):
        raise SeedError(
            [
                Finding(
                    file=path, rule="yaml", message="is nested more deeply than any seed file needs"
                )
            ]
        )
    try:
        return yaml_rs.loads(text)
    except (yaml_rs.YAMLDecodeError, ValueError) as error:
        raise SeedError([_syntax_finding(path, text, str(error))]) from None


def _syntax_finding(path: Path, text: str, fallback: str) -> Finding:
    # Imported only for a file with a problem: it takes longer than checking a seed tree.
    from ruamel.yaml.error import MarkedYAMLError

    line, column, problem = 1, 1, " ".join(fallback.split())
    try:
        repeated = _repeated_key(_nodes(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            line, column = mark.line + 1, mark.column + 1
        problem = (
            f"{(error.problem or fallback).splitlines()[0]}; is a bracket or a quotation mark left"
            " open?"
        )
        problem += " A text with “: ” or “, ” stands in quotation marks"
    except Exception:  # noqa: S110 - the message needs no position
        pass
    else:
        if repeated is not None:
            line, column = repeated.start_mark.line + 1, repeated.start_mark.column + 1
            problem = f"the key “{repeated.value}” stands here a second time: each key stands once"
    return Finding(file=path, rule="yaml", message=problem, line=line, column=column)


def _nodes(text: str) -> Any:
    """Parse the file into nodes that have positions."""
    from ruamel.yaml import YAML  # imported only for a file with a problem

    return YAML(typ="safe").compose(text)


def _repeated_key(node: Any) -> Any:
    """Return the first key that occurs twice in one mapping, None if there is none."""
    if not isinstance(getattr(node, "value", None), list):
        return None
    keys = set()
    for child in node.value:
        key, value = child if isinstance(child, tuple) else (None, child)
        if key is not None:
            if str(key.value) in keys:
                return key
            keys.add(str(key.value))
        if (repeated := _repeated_key(value)) is not None:
            return repeated
    return None


def placed(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with line and column, in the order of files and lines, each once."""
    by_file: dict[Path, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    result: list[Finding] = []
    for path, group in by_file.items():
        document: Any = None
        if any(finding.line is None for finding in group) and path.suffix == ".yaml":
            try:
                document = _nodes(path.read_text(encoding="utf-8"))
            except Exception:
                document = None
        for finding in group:
            line, column = (
                (finding.line, finding.column or 1)
                if finding.line
                else _position(document, finding.location)
            )
            result.append(
                Finding(
                    file=path,
                    rule=finding.rule,
                    message=finding.message,
                    location=finding.location,
                    line=line,
                    column=column,
                )
            )
    unique = {(f.file, f.line, f.column, f.rule, f.message): f for f in result}
    return sorted(
        unique.values(), key=lambda f: (str(f.file), f.line or 0, f.column or 0, f.rule, f.message)
    )


def _position(document: Any, location: Location) -> tuple[int, int]:
    """Return line and column, from 1, of the deepest part of the location that the file has."""
    mark = getattr(document, "start_mark", None)
    node = document
    for step in location:
        children = getattr(node, "value", None)
        if isinstance(step, int):
            if (
                not isinstance(children, list)
                or step >= len(children)
                or isinstance(children[step], tuple)
            ):
                break
            node = children[step]
            mark = node.start_mark
        else:
            pairs = (
                [child for child in children or () if isinstance(child, tuple)]
                if isinstance(children, list)
                else []
            )
            child = next(((key, value) for key, value in pairs if key.value == step), None)
            if child is None:
                break
            mark, node = child[0].start_mark, child[1]
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


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
