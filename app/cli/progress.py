"""What a long build shows while it runs."""

import sys
import time
from typing import Self


class ProgressReport:
    """A bar on a terminal once a build takes longer than a second; elsewhere a line for each stage
    that takes longer than five.

    Messages are printed at the end, so that the bar does not overwrite them.
    """

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._started = self._stage_started = time.monotonic()
        self._stage: str | None = None
        self._done = 0
        self._total: int | None = None
        self._bar: _Bar | None = None
        self._messages: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage. `total` is its number of records; `None` where it has no steps."""
        self._end_stage()
        self._stage, self._total, self._done = name, total, 0
        self._stage_started = time.monotonic()
        self._update_bar()

    def step(self) -> None:
        """Count one record of the stage."""
        self._done += 1
        if self._done % 500 == 0:
            self._update_bar()

    def report(self, message: str) -> None:
        """Print `message` when the bar is gone."""
        self._messages.append(message)

    def close(self) -> None:
        self._end_stage()
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        for message in self._messages:
            print(f"onrecord: {message}", file=sys.stderr)
        self._messages.clear()

    def _update_bar(self) -> None:
        if self._is_terminal and time.monotonic() - self._started > 1 and self._stage is not None:
            self._bar = self._bar or _Bar()
            self._bar.update(self._stage, self._done, self._total)

    def _end_stage(self) -> None:
        seconds = time.monotonic() - self._stage_started
        if self._stage is not None and not self._is_terminal and seconds > 5:
            records = f", {self._total} records" if self._total is not None else ""
            print(f"{self._stage}: {seconds:.2f} s{records}", file=sys.stderr)
        self._stage = None


class _Bar:
    def __init__(self) -> None:
        # Loaded when a build turns out to be long: most commands never need it.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description:>12}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("")
        self._progress.start()

    def update(self, stage: str, done: int, total: int | None) -> None:
        self._progress.update(self._task, description=stage, completed=done, total=total)

    def close(self) -> None:
        self._progress.stop()
