"""When a key was last used, and for what: noted after the answer, at most once a minute for each.

A worker that has written notes within the last second gathers what comes next, and writes it all in one
transaction when the second is over: a thousand keys cost one wait for the disk, not a thousand.
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from app import database
from app.database import UTCDateTime, db
from app.models import ApiKey, Collection, Poll
from app.values import CollectionType

NOTED_AFTER = timedelta(minutes=1)
PATIENCE = 0.05
GATHERED_FOR = 1.0
MOST_KNOWN = 100_000
"""Pollers that a worker knows to have been noted: some 20 MB. Beyond that, it asks the database again."""


class Note(NamedTuple):
    """That this key polled this type of this collection."""

    key_id: int
    collection_id: int
    collection_type: CollectionType


class Notes:
    """What this worker has to note; `seconds` is how long it gathers."""

    def __init__(self, app: Flask, seconds: float) -> None:
        self._app, self._seconds = app, seconds
        self._noted: dict[Note, datetime] = {}
        self._gathered: dict[Note, datetime] = {}
        self._lock = threading.Lock()
        self._written_at = -seconds
        self._timer: threading.Timer | None = None

    def is_due(self, note: Note, now: datetime) -> bool:
        """Whether there is anything to note of this poll, as far as this worker knows; or every read
        would be a write."""
        noted_at = self._noted.get(note)
        return noted_at is None or not timedelta(0) <= now - noted_at < NOTED_AFTER

    def add(self, note: Note, now: datetime) -> None:
        """Note a poll: now, or together with others within the second."""
        with self._lock:
            if len(self._noted) >= MOST_KNOWN:
                self._noted.clear()
            self._noted[note] = self._gathered[note] = now
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
            gathered, self._gathered = self._gathered, {}
            self._written_at, self._timer = time.monotonic(), None
        with self._app.app_context():
            try:
                database.begin(writes=True, patience=PATIENCE)
                # In order, so that two workers that write the same rows cannot deadlock.
                _write(sorted(gathered.items()))
                db.session.commit()
            except DBAPIError:
                db.session.rollback()
                for note in gathered:  # the next poll will be noted instead
                    self._noted.pop(note, None)

    def stop(self) -> None:
        """Write nothing more by itself."""
        with self._lock:
            if self._timer:
                self._timer.cancel()


def _write(gathered: Sequence[tuple[Note, datetime]]) -> None:
    if not gathered:
        return
    used = {note.key_id: instant for note, instant in gathered}
    keys = [{"key_id": key_id, **_when(instant)} for key_id, instant in used.items()]
    db.session.execute(_note_use(), keys)
    polls = [note._asdict() | _when(instant) for note, instant in gathered]
    db.session.execute(_note_poll(db.engine.dialect.name), polls)


def _when(instant: datetime) -> dict[str, datetime]:
    return {"instant": instant, "before": instant - NOTED_AFTER}


def _is_long_ago(noted_at: Any) -> sa.ColumnElement[bool]:
    """Whether it is to be noted again: another worker may have noted the same meanwhile."""
    before, instant = (sa.bindparam(name, type_=UTCDateTime) for name in ("before", "instant"))
    return sa.or_(noted_at.is_(None), noted_at <= before, noted_at > instant)


@lru_cache
def _note_use() -> sa.Executable:
    """When the key was last used."""
    keys = cast(sa.Table, ApiKey.__table__)
    instant = sa.bindparam("instant", type_=UTCDateTime)
    return (
        sa.update(keys)
        .where(keys.c.id == sa.bindparam("key_id"), _is_long_ago(keys.c.last_used_at))
        .values(last_used_at=instant)
    )


@lru_cache
def _note_poll(dialect: str) -> sa.Executable:
    """The row of a poll, unless the key or the collection is gone: it could not name them then.

    Where another worker was there first, nothing is written or locked; for PostgreSQL nothing has happened.
    """
    of_dialect = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # Said twice, and PostgreSQL has to be told that both are of the same type.
    of_column = Poll.collection_type.type
    collection_type = sa.cast(sa.bindparam("collection_type", type_=of_column), of_column)
    noted = sa.exists().where(
        Poll.api_key_id == ApiKey.id,
        Poll.collection_id == Collection.id,
        Poll.collection_type == collection_type,
        sa.not_(_is_long_ago(Poll.polled_at)),
    )
    row = (
        sa.select(
            ApiKey.id,
            Collection.id,
            collection_type,
            sa.bindparam("instant", type_=UTCDateTime),
        )
        .join(Collection, Collection.id == sa.bindparam("collection_id"))
        .where(ApiKey.id == sa.bindparam("key_id"), ~noted)
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
