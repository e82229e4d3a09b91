"""When a key was last used, and for what: noted after the answer, at most once a minute for each.

A worker that has written notes within the last second gathers what comes next, and writes it all in one
transaction when the second is over: a thousand keys cost one wait for the disk, not a thousand.
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, cast

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from app import database
from app.database import UTCDateTime, db
from app.generation.poller import Poller
from app.models import ApiKey, Collection, Poll
from app.values import CollectionType

NOTED_AFTER = timedelta(minutes=1)
PATIENCE = 0.05
GATHERED_FOR = 1.0


class Note(NamedTuple):
    """That this key polled this type of this collection."""

    key_id: int
    collection_id: int
    collection_type: CollectionType


def is_due(poller: Poller) -> bool:
    """Whether there is anything to note of this poll; or every read would be a write."""
    return _is_long_ago(poller.last_used_at, poller.instant) or _is_long_ago(
        poller.last_polled_at, poller.instant
    )


def _is_long_ago(noted_at: datetime | None, now: datetime) -> bool:
    return noted_at is None or now - noted_at >= NOTED_AFTER


class Notes:
    """What this worker has to note; `seconds` is how long it gathers."""

    def __init__(self, app: Flask, seconds: float) -> None:
        self._app, self._seconds = app, seconds
        self._keys: dict[int, datetime] = {}
        self._polls: dict[Note, datetime] = {}
        self._lock = threading.Lock()
        self._written_at = -seconds
        self._timer: threading.Timer | None = None

    def add(self, poller: Poller, collection_type: CollectionType) -> None:
        """Note a poll: now, or together with others within the second."""
        with self._lock:
            if _is_long_ago(poller.last_used_at, poller.instant):
                self._keys[poller.key_id] = poller.instant
            if _is_long_ago(poller.last_polled_at, poller.instant):
                note = Note(poller.key_id, poller.collection_id, collection_type)
                self._polls[note] = poller.instant
            wait = self._written_at + self._seconds - time.monotonic()
            if wait > 0:
                if self._timer is None:
                    # No daemon: a worker that is told to stop still writes what it has gathered.
                    self._timer = threading.Timer(wait, self.write)
                    self._timer.start()
                return
        self.write()

    def write(self) -> None:
        """Write all that was gathered; it neither waits for long nor fails for that."""
        with self._lock:
            keys, self._keys = self._keys, {}
            polls, self._polls = self._polls, {}
            self._written_at, self._timer = time.monotonic(), None
        with self._app.app_context():
            try:
                database.begin(writes=True, patience=PATIENCE)
                # In order, so that two workers that write the same rows cannot deadlock.
                _write_keys(sorted(keys.items()))
                _write_polls(sorted(polls.items()))
                db.session.commit()
            except DBAPIError:
                db.session.rollback()  # the next poll will be noted instead

    def stop(self) -> None:
        """Write nothing more by itself."""
        with self._lock:
            if self._timer:
                self._timer.cancel()


def _write_keys(used: Sequence[tuple[int, datetime]]) -> None:
    if used:
        keys = cast(sa.Table, ApiKey.__table__)
        statement = sa.update(keys).where(keys.c.id == sa.bindparam("key_id"))
        rows = [{"key_id": key_id, "instant": instant} for key_id, instant in used]
        db.session.execute(statement.values(last_used_at=sa.bindparam("instant")), rows)


def _write_polls(polls: Sequence[tuple[Note, datetime]]) -> None:
    if polls:
        rows = [note._asdict() | {"instant": instant} for note, instant in polls]
        db.session.execute(_note_poll(db.engine.dialect.name), rows)


@lru_cache
def _note_poll(dialect: str) -> sa.Executable:
    """The row of a poll, unless the key or the collection is gone: it could not name them then."""
    of_dialect = postgresql.insert if dialect == "postgresql" else sqlite.insert
    row = (
        sa.select(
            ApiKey.id,
            Collection.id,
            sa.bindparam("collection_type", type_=Poll.collection_type.type),
            sa.bindparam("instant", type_=UTCDateTime),
        )
        .join(Collection, Collection.id == sa.bindparam("collection_id"))
        .where(ApiKey.id == sa.bindparam("key_id"))
        .with_for_update(read=True, key_share=True)
    )
    statement = of_dialect(cast(sa.Table, Poll.__table__)).from_select(
        ["api_key_id", "collection_id", "collection_type", "polled_at"], row
    )
    return statement.on_conflict_do_update(
        index_elements=["api_key_id", "collection_id", "collection_type"],
        set_={"polled_at": statement.excluded.polled_at},
    )


def init_app(app: Flask) -> None:
    """Keep notes for this app."""
    app.extensions["notes"] = Notes(app, app.config.get("NOTES_GATHERED_FOR", GATHERED_FOR))
