"""Mistakes in the seeds on standard output, as text for people or as JSON for programs.

Functions import `app.curation` when they run: it takes long to load, and `onrecord serve` needs
none of it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.cli.options import OutputFormat

if TYPE_CHECKING:
    from app.curation.files import Finding


def plural(count: int, word: str) -> str:
    """`1 source`, `2 sources`, `2 entries`; `series` stays as it is."""
    if count == 1 or word.endswith("s"):
        return f"{count} {word}"
    return f"{count} {word[:-1]}ies" if word.endswith("y") else f"{count} {word}s"


def print_findings(findings: "list[Finding]", seed: Path, output: OutputFormat) -> None:
    """Print each finding with its place, relative to the working directory or the seeds."""
    from app.curation.files import as_json, one_line

    root = Path.cwd() if Path.cwd() in seed.resolve().parents else seed
    if output is OutputFormat.JSON:
        print(as_json(findings, root))
        return
    for finding in findings:
        print(one_line(finding, root))
    files = len({finding.file for finding in findings})
    typer.echo(f"{plural(len(findings), 'mistake')} in {plural(files, 'file')}", err=True)
