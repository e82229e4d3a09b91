"""WriteLock of a SQLite file: one holder at a time, released when its holder fails or is killed."""

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


def test_only_one_thread_holds_the_write_lock_at_a_time(database):
    lock, inside, holders = WriteLock(database), [], []

    def count() -> None:
        for _ in range(200):
            with lock:
                inside.append(1)
                holders.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(holders) == 800
    assert set(holders) == {1}


def test_the_write_lock_of_a_killed_process_is_released(database):
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


def test_an_exception_releases_the_write_lock(database):
    with pytest.raises(RuntimeError), WriteLock(database):
        raise RuntimeError
    with WriteLock(database):
        pass


def test_the_write_lock_is_skipped_if_its_file_cannot_be_created(tmp_path):
    with WriteLock(str(tmp_path / "not there" / "spikecast.db")):
        pass


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
def test_only_a_poll_that_advances_counters_takes_the_write_lock(make, monkeypatch):
    taken = []
    monkeypatch.setattr(WriteLock, "__enter__", lambda _self: taken.append("lock"))
    monkeypatch.setattr(WriteLock, "__exit__", lambda *_: None)
    make.field(make.collection("Bridge"), "NUMBER_FIXED")
    make.field(make.collection("Truck 01"), "INCREMENT")
    tool = make.key()
    tool.data("Bridge")
    assert taken == []
    tool.data("Truck 01")
    assert taken == ["lock"]
