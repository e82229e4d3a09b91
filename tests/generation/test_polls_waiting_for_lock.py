"""A poll that waits for a lock is answered as of when it advances the counters, not of its arrival."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.generation.fastpath import sqlite_session
from tests.conftest import NOW
from tests.support.wait import wait_until

SECOND = timedelta(seconds=1)
WAITING = sa.text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
)


@pytest.fixture
def truck(make):
    collection = make.collection("Truck 01")
    make.field(collection, "INCREMENT", name="count", start_number=0, step_number=1)
    return collection


@contextmanager
def lock_counters(app, collection, monkeypatch):
    """Lock the collection's counters; yield a function that waits until a poll is blocked."""
    asleep = threading.Event()
    pause = SimpleNamespace(**vars(sqlite_session.time) | {"sleep": lambda _seconds: asleep.set()})
    with app.app_context(), db.engine.connect() as connection:
        if is_sqlite := db.engine.dialect.name == "sqlite":
            monkeypatch.setattr(sqlite_session, "time", pause)
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            locked = sa.text("SELECT id FROM collections WHERE id = :id FOR UPDATE")
            connection.execute(locked, {"id": collection["id"]})

        def wait() -> None:
            wait_until(
                asleep.is_set if is_sqlite else lambda: connection.execute(WAITING).scalar(), "a poll waits"
            )
            if not is_sqlite:
                connection.execute(sa.text("SELECT pg_sleep(1)"))  # PostgreSQL's clock cannot be moved

        yield wait
        connection.rollback()


@pytest.mark.parametrize(
    ("start", "end", "is_spiked"),
    [(NOW + SECOND, NOW + 60 * SECOND, True), (NOW - SECOND, NOW + SECOND, False)],
    ids=["window begins", "window ends"],
)
def test_a_waiting_poll_sees_a_window_that_begins_or_ends_meanwhile(
    app, make, truck, clock, monkeypatch, start, end, is_spiked
):
    make.spike(truck, start_datetime=start.isoformat(), end_datetime=end.isoformat())
    tool, answers = make.key(), []
    assert tool.data("Truck 01") == {"count": 0}
    poller = threading.Thread(target=lambda: answers.append(tool.poll("Truck 01")))
    with lock_counters(app, truck, monkeypatch) as wait:
        poller.start()
        wait()
        clock.shift(SECOND)
    poller.join()
    (answer,) = answers
    assert ("X-Spike-Schedule" in answer.headers) is is_spiked
    assert answer.json["data"] == {"count": 1}
    assert answer.json["generated_at_epoch"] == int((NOW + SECOND).timestamp())
