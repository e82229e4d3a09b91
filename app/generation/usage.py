"""When a key was last used, and for what: noted after the answer, at most once a minute for each.

A worker that has written notes within the last second gathers what comes next, and writes it all in one
transaction when the second is over: a thousand keys cost one wait for the disk, not a thousand.
"""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import orjson
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.db import transactions
from app.db.session import db
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


class Use(NamedTuple):
    """When a poll was answered, and the id of the schedule whose values it got, if there was one."""

    instant: datetime
    spike_id: int | None


class Notes:
    """What this worker has to note; `seconds` is how long it gathers."""

    def __init__(self, app: Flask, seconds: float) -> None:
        self._app, self._seconds = app, seconds
        self._noted: dict[Note, Use] = {}
        self._gathered: dict[Note, Use] = {}
        self._lock = threading.Lock()
        self._written_at = -seconds
        self._timer: threading.Timer | None = None

    def is_due(self, note: Note, now: datetime, spike_id: int | None) -> bool:
        """Whether there is anything to note of this poll, as far as this worker knows; or every read
        would be a write. The first poll of a spike's values is noted, and the first that gets others."""
        noted = self._noted.get(note)
        return noted is None or noted[1] != spike_id or not timedelta(0) <= now - noted[0] < NOTED_AFTER

    def add(self, note: Note, now: datetime, spike_id: int | None) -> None:
        """Note a poll: now, or together with others within the second."""
        with self._lock:
            if len(self._noted) >= MOST_KNOWN:
                self._noted.clear()
            self._noted[note] = self._gathered[note] = Use(now, spike_id)
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
                transactions.begin(writes=True, lock_timeout_s=PATIENCE)
                _write(list(gathered.items()))
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


def _write(gathered: Sequence[tuple[Note, Use]]) -> None:
    if not gathered:
        return
    note_use, note_polls = _STATEMENTS[dialect := db.engine.dialect.name]
    used = {note.key_id: use.instant for note, use in gathered}
    keys = [{"key_id": key_id, **_when(instant, dialect)} for key_id, instant in used.items()]
    db.session.execute(note_use, {"notes": _as_json(keys)})
    noted = [
        {
            "key_id": note.key_id,
            "collection_id": note.collection_id,
            "collection_type": note.collection_type.name,
            "spike_id": use.spike_id,
            **_when(use.instant, dialect),
        }
        for note, use in gathered
    ]
    db.session.execute(note_polls, {"notes": _as_json(noted)})


def _as_json(notes: object) -> str:
    return orjson.dumps(notes).decode()


def _when(instant: datetime, dialect: str) -> dict[str, str]:
    return {"instant": _as_text(instant, dialect), "before": _as_text(instant - NOTED_AFTER, dialect)}


def _as_text(instant: datetime, dialect: str) -> str:
    """Return the instant with its offset; SQLite keeps it in UTC without one."""
    text = instant.astimezone(UTC).isoformat(" ", "microseconds")
    return text.removesuffix("+00:00") if dialect == "sqlite" else text


# --- Statements: all notes at once, as JSON, for one statement each takes two to ten times as long -----

_NOTES = {
    "sqlite": """(
        SELECT value ->> 'key_id' AS key_id, value ->> 'collection_id' AS collection_id,
            value ->> 'collection_type' AS collection_type, value ->> 'spike_id' AS spike_id,
            value ->> 'instant' AS instant, value ->> 'before' AS before
        FROM json_each(:notes)
    ) AS noted""",
    "postgresql": """json_to_recordset(CAST(:notes AS json)) AS noted (
        key_id int, collection_id int, collection_type text, spike_id int,
        instant timestamptz, before timestamptz
    )""",
}
# Whether it is to be noted again: another worker may have noted the same meanwhile, and a clock that was
# ahead may have been set back.
_LONG_AGO = "({at} IS NULL OR {at} <= noted.before OR {at} > noted.instant)"

# Or what it got is another thing than what was noted last.
_OTHERWISE_SERVED = "(polls.spike_schedule_id {is_other} noted.spike_id AND polls.polled_at <= noted.instant)"

# In order, so that two workers that write the same rows cannot deadlock. Where another worker was there
# first, nothing is written or locked.
_USE = """
WITH due AS (
    SELECT api_keys.id, noted.instant
    FROM {notes} JOIN api_keys ON api_keys.id = noted.key_id
    WHERE {long_ago}
    ORDER BY api_keys.id{lock}
)
UPDATE api_keys SET last_used_at = due.instant FROM due WHERE api_keys.id = due.id
"""
# Unless the key or the collection is gone: a row could not name them then.
_POLLS = """
INSERT INTO polls (api_key_id, collection_id, collection_type, polled_at, spike_schedule_id)
SELECT api_keys.id, collections.id, noted.collection_type, noted.instant, noted.spike_id
FROM {notes}
    JOIN api_keys ON api_keys.id = noted.key_id
    JOIN collections ON collections.id = noted.collection_id
    LEFT JOIN polls ON polls.api_key_id = noted.key_id AND polls.collection_id = noted.collection_id
        AND polls.collection_type = noted.collection_type
WHERE {long_ago} OR {otherwise_served}
ORDER BY api_keys.id, collections.id, noted.collection_type{lock}
ON CONFLICT (api_key_id, collection_id, collection_type) DO UPDATE
    SET polled_at = excluded.polled_at, spike_schedule_id = excluded.spike_schedule_id
"""


def _statements(
    dialect: str, lock_keys: str = "", lock_named: str = ""
) -> tuple[sa.TextClause, sa.TextClause]:
    use, polled = (_LONG_AGO.format(at=column) for column in ("api_keys.last_used_at", "polls.polled_at"))
    notes = _NOTES[dialect]
    other = _OTHERWISE_SERVED.format(is_other="IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM")
    return (
        sa.text(_USE.format(notes=notes, long_ago=use, lock=lock_keys)),
        sa.text(_POLLS.format(notes=notes, long_ago=polled, otherwise_served=other, lock=lock_named)),
    )


_STATEMENTS = {
    "sqlite": _statements("sqlite"),
    "postgresql": _statements(
        "postgresql", " FOR NO KEY UPDATE OF api_keys", " FOR KEY SHARE OF api_keys, collections"
    ),
}


def init_app(app: Flask) -> None:
    """Keep notes for this app."""
    app.extensions["notes"] = Notes(app, app.config.get("NOTES_GATHERED_FOR", GATHERED_FOR))
