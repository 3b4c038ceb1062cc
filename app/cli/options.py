"""Options that several commands have."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.settings import DEFAULT_DATABASE_URL, ROOT

FOUND_MISTAKES = 1
"""Exit code: the seeds have mistakes, or a build would change the database."""
CANNOT_CONTINUE = 2
"""Exit code: the command cannot do its work until the operator changes something."""

DEFAULT_SEED = ROOT / "seed"

SeedOption = Annotated[Path, typer.Option("--seed", help="Folder of the seed files.")]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", help=f"Database URL (ONRECORD_DATABASE_URL). Default: {DEFAULT_DATABASE_URL}"
    ),
]
TextsOption = Annotated[
    str | None,
    typer.Option(
        "--texts",
        help="Folders with raw texts in addition to seed/texts, separated as in PATH"
        " (ONRECORD_TEXTS).",
    ),
]


class OutputFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
