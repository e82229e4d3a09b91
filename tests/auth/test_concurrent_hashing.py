"""Password hashing takes 19 MiB each time: all workers together run at most two hashes at once."""

import mmap
import os
import signal
import time

import pytest

from app.auth.passwords import MAX_CONCURRENT_HASHES, ProcessSemaphore

PROCESSES = 6


@pytest.fixture
def slots():
    return ProcessSemaphore(MAX_CONCURRENT_HASHES)


def start_processes(work, count=PROCESSES):
    """Start `count` processes that run `work(number)`; return their process ids."""
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(number)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    return children


def wait_for_exit_codes(children):
    """Return the exit codes of the processes, once all have ended."""
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def test_no_more_processes_than_the_limit_hash_at_once(slots):
    inside = mmap.mmap(-1, PROCESSES)
    peaks = mmap.mmap(-1, PROCESSES)

    def work(number):
        for _ in range(20):
            with slots.taken():
                inside[number] = 1
                peaks[number] = max(peaks[number], sum(inside[:]))
                os.sched_yield()
                inside[number] = 0

    assert wait_for_exit_codes(start_processes(work)) == [0] * PROCESSES
    assert 1 <= max(peaks[:]) <= MAX_CONCURRENT_HASHES


def test_a_killed_process_releases_its_slot(slots):
    ready = mmap.mmap(-1, MAX_CONCURRENT_HASHES)

    def hold(number):
        with slots.taken():
            ready[number] = 1
            time.sleep(60)

    holders = start_processes(hold, MAX_CONCURRENT_HASHES)
    while sum(ready[:]) < MAX_CONCURRENT_HASHES:
        os.sched_yield()

    def take(_number):
        with slots.taken():
            pass

    waiters = start_processes(take)
    for holder in holders:
        os.kill(holder, signal.SIGKILL)
    assert wait_for_exit_codes(waiters) == [0] * PROCESSES
    assert wait_for_exit_codes(holders) == [-signal.SIGKILL] * MAX_CONCURRENT_HASHES
