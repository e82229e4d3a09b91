"""Waiting for a condition, with a timeout that allows for a busy machine."""

import time
from collections.abc import Callable

TIMEOUT_S = 120


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait until the condition holds.

    Raises:
        TimeoutError: It does not hold within TIMEOUT_S seconds.
    """
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {TIMEOUT_S} s until {what}")
        time.sleep(0.05)
