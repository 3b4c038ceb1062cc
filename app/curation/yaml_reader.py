"""Seed files as YAML: their values, the positions of their parts, and how to fix what is not YAML.

A fast loader reads every file. The positions of a file with a problem are read by a slower one.
Both read in bounded time whatever a file contains.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml_rs

from app.curation.files import Finding, Location, SeedError
from app.curation.lookalikes import code_point

MAX_FILE_BYTES = 16_000_000
MAX_DEPTH = 64
_ALIAS_LIMITS = yaml_rs.AliasLimits(max_total_replayed_events=10_000)

# The loader ends the process when thousands of such marks follow each other in a line.
_TOO_DEEP = re.compile(rf"(?:[-?:][ \t]+){{{MAX_DEPTH}}}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DOCUMENT_MARK = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_CONTENT = re.compile(r"^\s*[^\s#%]", re.MULTILINE)
_PLACE = re.compile(r"line (\d+), column (\d+)")


def read_yaml(path: Path) -> Any:
    """Return the value of a YAML 1.2 file. Raises SeedError with line and column."""
    text = _read_text(path)
    if (finding := _unreadable(path, text)) is not None:
        raise SeedError([finding])
    try:
        return yaml_rs.loads(text, alias_limits=_ALIAS_LIMITS)
    except (yaml_rs.YAMLDecodeError, ValueError) as error:
        raise SeedError([_syntax_finding(path, text, str(error))]) from None


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"Make the file readable: {error.strerror}"
        raise SeedError([Finding(file=path, rule="file", message=message)]) from None
    if len(content) > MAX_FILE_BYTES:
        message = (
            f"Split the file: it has {len(content):,} bytes, at most {MAX_FILE_BYTES:,} are read"
        )
        raise SeedError([Finding(file=path, rule="file", message=message)])
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        finding = Finding(
            file=path,
            rule="encoding",
            message=f"Save the file as UTF-8: byte 0x{content[error.start]:02x} is not UTF-8",
            line=before.count(b"\n") + 1,
            column=len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1,
        )
        raise SeedError([finding]) from None


def _unreadable(path: Path, text: str) -> Finding | None:
    """Find what the loaders would stumble over or read in another way than it looks."""
    if (match := _TOO_DEEP.search(text)) is not None:
        return _yaml_finding(path, text, match.start(), "Nest less: no seed file needs this depth")
    if (match := _CONTROL.search(text)) is not None:
        message = f"Delete the invisible character {code_point(match.group())}"
        return _yaml_finding(path, text, match.start(), message)
    for match in _DOCUMENT_MARK.finditer(text):
        if _CONTENT.search(text, 0, match.start()):
            message = "Delete the line “---”, and merge what is above and below it"
            return _yaml_finding(path, text, match.start(), message)
    return None


def _yaml_finding(path: Path, text: str, offset: int, message: str) -> Finding:
    before = text[:offset]
    return Finding(
        file=path,
        rule="yaml",
        message=message,
        line=before.count("\n") + 1,
        column=offset - before.rfind("\n"),
    )


# ------------------------------------------------------------------------------- loader messages

_OPEN = "Close the bracket or the quotation mark that is still open above or in this line"
_PLAIN = "Put the text in quotation marks: YAML gives its first character another meaning"
_FIXES: tuple[tuple[str, str], ...] = (
    (
        "trailing content",
        'Use one pair of quotation marks around the whole text, and write \\" for those inside it',
    ),
    ("expected ',' or", "Put a text with “: ” or “, ” inside […] or {…} in quotation marks"),
    ("mismatched bracket", _OPEN),
    ("illegal placement of ':'", _OPEN),
    ("invalid indentation in", _OPEN),
    ("unclosed bracket", _OPEN),
    ("unexpected end", _OPEN),
    ("unknown escape", "Write \\\\ for a backslash"),
    ("escape", "Write the character itself: the loader does not know this escape"),
    ("unexpected character", _PLAIN),
    ("anchor", _PLAIN),
    ("sequence entries are not allowed", _PLAIN),
    ("mapping keys are not allowed", _PLAIN),
    ("block scalar", _PLAIN),
    ("expected key", "Indent this line like the lines that it belongs to"),
    ("expected '-'", "Indent this line like the lines that it belongs to"),
    ("recursion limit", "Nest less: no seed file needs this depth"),
    ("alias replay limit", "Write the values out: the aliases (*name) repeat too many of them"),
)
_INDENT = "Indent this key like the keys beside it, and give the key above it its value"
_COLON = "Put the text in quotation marks: “: ” inside it would begin a key"


def _syntax_finding(path: Path, text: str, error: str) -> Finding:
    place = _PLACE.search(error)
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    problem = " ".join(error.splitlines()[-1].split())[:200]
    if "duplicate mapping key" in problem:
        key = None if (document := _compose(text)) is None else _repeated_key(document)
        if key is not None:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            problem = f"Delete one of the two “{key.value[:60]}”: each key occurs once"
    elif re.search(r"\btabs?\b", problem):
        line, column = _line_with_tab(text, line)
        problem = "Use spaces in place of the tab: YAML indents with spaces alone"
    elif "mapping values are not allowed" in problem:
        before = text.split("\n")[line - 1][: column - 1]
        problem = _COLON if re.search(r":\s", before) else _INDENT
    else:
        fix = next((fix for part, fix in _FIXES if part in problem), None)
        problem = fix or f"Check quotation marks, brackets and indentation: {problem}"
    return Finding(file=path, rule="yaml", message=problem, line=line, column=column)


def _line_with_tab(text: str, first: int) -> tuple[int, int]:
    """Return line and column of the first tab in an indentation, from a line on."""
    for number, line in enumerate(text.split("\n")[first - 1 :], start=first):
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation:
            return number, indentation.index("\t") + 1
    return first, 1


# ---------------------------------------------------------------------------------------- positions


def _compose(text: str) -> Any:
    """Parse a file into nodes that have positions; None if that is impossible."""
    # Imported only for a file with a problem: it takes longer than checking a seed tree.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent

    depth = 0
    try:
        for event in YAML(typ="safe").parse(text):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > MAX_DEPTH:
                return None  # composing is recursive
        return YAML(typ="safe").compose(text)
    except (YAMLError, ValueError):
        return None


def _repeated_key(document: Any) -> Any:
    """Return the first key that occurs twice in one mapping, None if there is none."""
    nodes, visited = [document], set()
    while nodes:
        node = nodes.pop()
        if id(node) in visited or not isinstance(getattr(node, "value", None), list):
            continue
        visited.add(id(node))
        keys = set()
        for child in node.value:
            if isinstance(child, tuple):
                if str(child[0].value) in keys:
                    return child[0]
                keys.add(str(child[0].value))
        nodes += [child[1] if isinstance(child, tuple) else child for child in reversed(node.value)]
    return None


def with_positions(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with line and column, in the order of files and lines, each once."""
    by_file: dict[Path, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    unique: set[Finding] = set()
    for path, group in by_file.items():
        positions = Positions(path)
        for finding in group:
            line, column = (
                (finding.line, finding.column or 1)
                if finding.line
                else positions.of(finding.location)
            )
            unique.add(replace(finding, location=(), line=line, column=column))
    return sorted(
        unique, key=lambda f: (str(f.file), f.line or 0, f.column or 0, f.rule, f.message)
    )


class Positions:
    """The lines and columns of the values in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._children: dict[int, dict[str | int, tuple[Any, Any]]] = {}

    @cached_property
    def _document(self) -> Any:
        if self._path.suffix != ".yaml":
            return None
        try:
            text = _read_text(self._path)
        except SeedError:
            return None
        return None if _unreadable(self._path, text) else _compose(text)

    def of(self, location: Location) -> tuple[int, int]:
        """Return line and column, from 1, of the deepest part of the location that the file has."""
        if not location:
            return 1, 1
        node = self._document
        mark = getattr(node, "start_mark", None)
        for step in location:
            child = self._children_of(node).get(step)
            if child is None:
                break
            mark, node = child
        return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)

    def _children_of(self, node: Any) -> dict[str | int, tuple[Any, Any]]:
        """Map keys and indices of a node to the mark and the node of each value."""
        if id(node) not in self._children:
            children = getattr(node, "value", None)
            self._children[id(node)] = {}
            for index, child in enumerate(children if isinstance(children, list) else ()):
                key, mark, value = (
                    (child[0].value, child[0].start_mark, child[1])
                    if isinstance(child, tuple)
                    else (index, child.start_mark, child)
                )
                if isinstance(key, str | int):
                    self._children[id(node)].setdefault(key, (mark, value))
        return self._children[id(node)]
