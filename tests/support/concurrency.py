"""Concurrent calls."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")
TIMEOUT_S = 60


def run_concurrently(*calls: Callable[[], T]) -> Sequence[T]:
    """Call all functions at the same moment, each in its own thread, and return their results."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        barrier.wait(TIMEOUT_S)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        begun = [threads.submit(run, call) for call in calls]
        return [each.result(TIMEOUT_S) for each in begun]
