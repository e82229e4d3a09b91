"""Waiting for what comes soon, unless the machine is busy with something else."""

import time
from collections.abc import Callable

TIMEOUT_S = 120


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Come back when the condition holds."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {TIMEOUT_S} s until {what}")
        time.sleep(0.05)
