"""A counter's value is flushed to disk before it is served, although SQLite itself does not flush it."""

import os
import sqlite3

import pytest

from app.generation.fastpath.sqlite_wal import open_wal
from tests.support.problems import refused


@pytest.fixture
def truck(make):
    return make.collection("Truck", {"value_type": "INCREMENT", "field_name": "km"})


@pytest.fixture
def flushed(monkeypatch):
    """Return the names of the files that are flushed to disk."""
    seen = []
    flush = os.fdatasync

    def record(file):
        seen.append(os.readlink(f"/proc/self/fd/{file}"))
        flush(file)

    monkeypatch.setattr(os, "fdatasync", record)
    return seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
class TestPolls:
    def test_every_poll_of_counters_flushes_the_wal_once(self, make, truck, flushed):
        tool = make.key()
        for polls in (1, 2):
            tool.data("Truck")
            assert [name.rpartition(".")[2] for name in flushed] == ["db-wal"] * polls

    def test_a_poll_without_counters_flushes_nothing(self, make, flushed):
        make.collection("Bridge", {"value_type": "NUMBER_FIXED"})
        make.key().data("Bridge")
        assert flushed == []

    def test_a_value_that_could_not_be_flushed_is_not_served(self, make, truck, monkeypatch):
        tool = make.key()
        first = tool.data("Truck")["km"]

        def broken(_file):
            raise OSError(5, "Input/output error")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            refused(tool.poll("Truck"), 503)
        assert tool.data("Truck")["km"] > first + 5  # the refused value is skipped


@pytest.mark.parametrize(
    ("mode", "synchronous", "has_log"),
    [("WAL", "FULL", True), ("WAL", "NORMAL", False), ("DELETE", "FULL", False)],
)
def test_only_a_wal_connection_with_full_sync_leaves_flushing_to_the_app(
    tmp_path, mode, synchronous, has_log
):
    path = str(tmp_path / "a.db")
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    assert (open_wal(connection, path) is not None) == has_log
    left = {"FULL": 2, "NORMAL": 1}["NORMAL" if has_log else synchronous]
    assert connection.execute("PRAGMA synchronous").fetchone() == (left,)
