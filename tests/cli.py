"""The command `onrecord`, as a shell sees it."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

from app.cli import main
from tests.server import ONRECORD, environment

Done = subprocess.CompletedProcess[str]


def onrecord(*arguments: str, **settings: str) -> Done:
    """Runs the command in this process; `serve`, which sets its process up, in one of its own."""
    if arguments[0] == "serve":
        return process(*arguments, **settings)
    stdout, stderr = io.StringIO(), io.StringIO()
    with (
        redirect_stdout(stdout),
        redirect_stderr(stderr),
        mock.patch.dict(os.environ, environment(**settings), clear=True),
        mock.patch.object(sys, "argv", ["onrecord", *arguments]),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Done(arguments, code, stdout.getvalue(), stderr.getvalue())


def process(*arguments: str, **settings: str) -> Done:
    return subprocess.run(
        [*ONRECORD, *arguments],
        capture_output=True,
        text=True,
        env=environment(**settings),
        timeout=120,
        check=False,
    )
