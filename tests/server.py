"""The real server on a real port, as a user starts it."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.waiting import eventually

ONRECORD = [sys.executable, "-c", "from app.cli import main; main()"]


@contextmanager
def serving(database_url: str, *options: str, **settings: str) -> Iterator[str]:
    """Runs `onrecord serve` on a free port; yields its URL once it responds.

    `settings` are variables of its environment.
    """
    command = [*ONRECORD, "serve", "--port", "0", "--database", database_url, *options]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "stderr"
        with log.open("wb") as stderr:
            server = subprocess.Popen(
                command, stderr=stderr, stdout=subprocess.DEVNULL, env=environment(**settings)
            )
        try:
            yield eventually(lambda: _responding_url(server, log.read_text(encoding="utf-8")))
        finally:
            server.terminate()
            server.wait(timeout=60)


def _responding_url(server: subprocess.Popen[bytes], log: str) -> str | None:
    assert server.poll() is None, log
    announced = re.search(r"http://[^\s/]+", log)
    if announced is None:
        return None
    try:
        httpx.get(f"{announced.group()}/healthz")
    except httpx.TransportError:
        return None
    return announced.group()


def environment(**changes: str) -> dict[str, str]:
    """Ours without what would change the command's settings."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")
    } | changes
