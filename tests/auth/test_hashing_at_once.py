"""Hashing takes 19 MiB each time: a server's workers do it two at a time, whoever is killed meanwhile."""

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


def in_processes(work, count=PROCESSES):
    """Run `work(number)` in so many processes at once; their exit statuses."""
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


def ended(children):
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def test_never_more_than_so_many_processes_are_at_it(slots):
    inside = mmap.mmap(-1, PROCESSES)
    most = mmap.mmap(-1, PROCESSES)

    def work(number):
        for _ in range(20):
            with slots.taken():
                inside[number] = 1
                most[number] = max(most[number], sum(inside[:]))
                os.sched_yield()
                inside[number] = 0

    assert ended(in_processes(work)) == [0] * PROCESSES
    assert 1 <= max(most[:]) <= MAX_CONCURRENT_HASHES


def test_a_process_that_is_killed_leaves_its_slot(slots):
    ready = mmap.mmap(-1, MAX_CONCURRENT_HASHES)

    def hold(number):
        with slots.taken():
            ready[number] = 1
            time.sleep(60)

    holders = in_processes(hold, MAX_CONCURRENT_HASHES)
    while sum(ready[:]) < MAX_CONCURRENT_HASHES:
        os.sched_yield()

    def take(_number):
        with slots.taken():
            pass

    waiters = in_processes(take)
    for holder in holders:
        os.kill(holder, signal.SIGKILL)
    assert ended(waiters) == [0] * PROCESSES
    assert ended(holders) == [-signal.SIGKILL] * MAX_CONCURRENT_HASHES
