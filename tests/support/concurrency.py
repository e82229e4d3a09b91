"""Doing things at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")
SECONDS_AT_MOST = 60


def together(*calls: Callable[[], T]) -> Sequence[T]:
    """What the calls return, which start at the same moment, each in a thread of its own."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        barrier.wait(SECONDS_AT_MOST)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        begun = [threads.submit(run, call) for call in calls]
        return [each.result(SECONDS_AT_MOST) for each in begun]
