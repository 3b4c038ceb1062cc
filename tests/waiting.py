"""Waiting for what happens in another process or thread: until it has, not for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(check: Callable[[], T | None], *, seconds: float = 60) -> T:
    """Return the first true value of `check`. The limit is for what never comes, on a busy machine
    too.
    """
    deadline = time.monotonic() + seconds
    while not (value := check()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: the last value was {value!r}")
        time.sleep(0.02)
    return value
