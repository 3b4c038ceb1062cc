"""The command `onrecord`."""

import io
import os
import sys
from typing import Annotated, NoReturn

import typer

from app import __version__
from app.cli import database, documents, mcp, seeds, serve
from app.cli.options import CANNOT_CONTINUE
from app.errors import OperatorError

cli = typer.Typer(
    name="onrecord",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(value: bool) -> None:
    if value:
        print(f"onrecord {__version__}")
        raise typer.Exit


@cli.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """News reports as records that software can cite: check and lock the seeds, build the
    database, serve it.
    """


for command, example in (
    (seeds.check, "onrecord check seed/articles/2024-02-14-iran-fm-meets-qatar-amir"),
    (seeds.lock, "ONRECORD_TEXTS=~/texts onrecord lock"),
    (seeds.verify, "onrecord verify --coverage"),
    (database.build, "onrecord build --database sqlite:///var/onrecord.db"),
    (database.rebuild, "onrecord rebuild snapshots/ --database sqlite:///var/onrecord.db"),
    (database.diff, "onrecord diff --format json"),
    (documents.openapi, "onrecord openapi > openapi.json"),
    (serve.serve, "onrecord serve --host 0.0.0.0 --port 8080 --workers 2"),
    (mcp.mcp, "ONRECORD_PUBLIC_URL=https://facts.example.org onrecord mcp"),
):
    cli.command(epilog=f"Example: {example}")(command)


def main() -> NoReturn:
    """Run the console script. An OperatorError is one line on standard error, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Quotes may hold characters that the terminal's encoding does not have.
            stream.reconfigure(errors="backslashreplace")
    try:
        cli()
    except OperatorError as error:
        print(f"onrecord: {error}", file=sys.stderr)
        sys.exit(CANNOT_CONTINUE)
    except BrokenPipeError:
        # The reader, for example `head`, has closed the pipe. The flush at exit must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(0)
