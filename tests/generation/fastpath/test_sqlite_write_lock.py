"""WriteLock at writing to a SQLite file: one at a time, and never waited for in vain."""

import subprocess
import sys
import threading

import pytest

from app.generation.fastpath.sqlite_write_lock import WriteLock

HOLDS_UNTIL_KILLED = """
import sys
from app.generation.fastpath.sqlite_write_lock import WriteLock
with WriteLock(sys.argv[1]):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path):
    return str(tmp_path / "spikecast.db")


def test_one_thread_at_a_time_is_in_its_turn(database):
    turns, inside, most = WriteLock(database), [], []

    def count() -> None:
        for _ in range(200):
            with turns:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 800
    assert set(most) == {1}


def test_the_turn_of_a_process_that_was_killed_goes_to_the_next(database):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS_UNTIL_KILLED, database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "mine\n"
    entered = threading.Event()

    def enter() -> None:
        with WriteLock(database):
            entered.set()

    waiting = threading.Thread(target=enter)
    waiting.start()
    assert not entered.is_set()
    process.kill()
    process.communicate()
    waiting.join(timeout=30)
    assert entered.is_set()


def test_what_goes_wrong_in_a_turn_ends_it(database):
    with pytest.raises(RuntimeError), WriteLock(database):
        raise RuntimeError
    with WriteLock(database):
        pass


def test_where_no_file_can_be_made_nobody_waits(tmp_path):
    with WriteLock(str(tmp_path / "not there" / "spikecast.db")):
        pass


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
def test_a_poll_that_moves_counters_takes_its_turn_and_one_that_reads_does_not(make, monkeypatch):
    taken = []
    monkeypatch.setattr(WriteLock, "__enter__", lambda _self: taken.append("turn"))
    monkeypatch.setattr(WriteLock, "__exit__", lambda *_: None)
    make.field(make.collection("Bridge"), "NUMBER_FIXED")
    make.field(make.collection("Truck 01"), "INCREMENT")
    tool = make.key()
    tool.data("Bridge")
    assert taken == []
    tool.data("Truck 01")
    assert taken == ["turn"]
