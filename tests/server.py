"""The real server on a real port, as a user starts it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ONRECORD = [sys.executable, "-c", "from app.cli import main; main()"]


@contextmanager
def serving(database_url: str, *options: str, **settings: str) -> Iterator[str]:
    """Runs `onrecord serve` on a free port and gives its address. `settings` are variables of its environment."""
    command = [*ONRECORD, "serve", "--port", "0", "--database", database_url, *options]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=environment(**settings),
    ) as server:
        assert server.stderr is not None
        try:
            line = server.stderr.readline()
            found = re.search(r"http://\S+?(?=/v1)", line)
            assert found, line
            yield found.group()
        finally:
            server.terminate()
            server.stderr.read()


def environment(**changes: str) -> dict[str, str]:
    """Ours without what would change the command's settings."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")
    } | changes
