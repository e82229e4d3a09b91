"""Waiting for what comes soon, unless the machine is busy with something else."""

import time
from collections.abc import Callable

PATIENCE = 120


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Come back when the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE} s until {what}")
        time.sleep(0.05)
