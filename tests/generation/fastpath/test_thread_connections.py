"""The connections of ended threads are closed: a server that replaces its threads leaks none."""

import gc
import os
import threading

import pytest

THREADS = 12


@pytest.fixture
def tool(make):
    make.collection("Truck 01", {"value_type": "INCREMENT", "name": "it"})
    return make.key()


def count_open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def poll_in_threads(tool, count: int) -> None:
    for _ in range(count):
        thread = threading.Thread(target=tool.data, args=["Truck 01"])
        thread.start()
        thread.join()


def test_threads_that_polled_and_ended_leave_no_file_open(tool):
    poll_in_threads(tool, 2)
    before = count_open_files()
    poll_in_threads(tool, THREADS)
    assert count_open_files() <= before
