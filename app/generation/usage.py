"""Record when a key last polled what: after the response, at most once a minute for each.

Polls of type Performance during a spike are also counted, in memory (`receipts`). What was counted is written
together with the next record of the same key.

A worker that has written within the last second collects what comes next, and writes it in one transaction
when the second is over: a thousand keys cost one wait for the disk, not a thousand.
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.db import transactions
from app.db.session import db
from app.generation.instant_text import to_text
from app.generation.plan import Spike
from app.generation.poll_result import PollResult
from app.generation.receipt_store import ReceiptKey, write_receipts
from app.generation.receipts import Receipt, Tally, pick
from app.values import CollectionType

RECORD_INTERVAL = timedelta(minutes=1)
LOCK_TIMEOUT_S = 0.05
BATCH_SECONDS = 1.0
MAX_TRACKED = 100_000
"""How many uses a worker remembers as recorded: some 20 MB. Beyond that, the database is asked again."""
MAX_TALLIES = 5_000
"""For how many keys and spikes a worker counts, in 2 kB each, until these keys are recorded again. Beyond
that, all counts are written with the next record of any key; at twice as many, others are not counted."""


class PollUse(NamedTuple):
    """A key that polls one type of a collection."""

    key_id: int
    collection_id: int
    collection_type: CollectionType


class LastPoll(NamedTuple):
    """When a poll was answered, and the schedule whose values it got, or None."""

    instant: datetime
    spike_id: int | None
    spike: Spike | None


class UsageRecorder:
    """What this worker has recorded and has yet to write."""

    def __init__(self, app: Flask, batch_seconds: float) -> None:
        """Record for this app, at most once every `batch_seconds`."""
        self._app, self._batch_seconds = app, batch_seconds
        self._recorded: dict[PollUse, LastPoll] = {}
        self._pending: dict[PollUse, LastPoll] = {}
        self._tallies: dict[ReceiptKey, Tally] = {}
        self._due: set[ReceiptKey] = set()
        self._lock = threading.Lock()
        self._written_at = -batch_seconds
        self._timer: threading.Timer | None = None

    def should_record(self, use: PollUse, now: datetime, spike_id: int | None) -> bool:
        """Return whether this poll has to be recorded, as far as this worker knows.

        Else every read would be a write. The first poll that gets a spike's values is recorded, and the first
        that gets others again.
        """
        last = self._recorded.get(use)
        return last is None or last[1] != spike_id or not timedelta(0) <= now - last[0] < RECORD_INTERVAL

    def count(self, use: PollUse, now: datetime, result: PollResult) -> None:
        """Count a poll during a spike. It is written with the next record of its key."""
        spike = result.spike
        if spike is None or spike.rehearsal_id is None:
            return
        key = spike.rehearsal_id, use.key_id
        with self._lock:
            tally = self._tallies.get(key) or self._add_tally(key)
            if tally is not None:
                tally.add(now, spike.overridden, result.data)

    def record(self, use: PollUse, now: datetime, result: PollResult) -> None:
        """Record a poll: at once, or together with others within the second."""
        self.count(use, now, result)
        spike = result.spike
        spike_id = spike.id if spike else None
        with self._lock:
            if spike and spike.rehearsal_id:
                self._due.add((spike.rehearsal_id, use.key_id))
            if len(self._recorded) >= MAX_TRACKED:
                self._recorded.clear()
            last = self._recorded.get(use)
            if last and last.spike and last.spike_id != spike_id:
                self._finish(use, last.spike, now, result)
            self._recorded[use] = self._pending[use] = LastPoll(now, spike_id, spike)
            wait = self._written_at + self._batch_seconds - time.monotonic()
            if wait > 0:
                if self._timer is None:
                    # Not a daemon thread: a worker that stops still writes what is pending.
                    self._timer = threading.Timer(wait, self.write)
                    self._timer.start()
                return
        self.write()

    def _add_tally(self, key: ReceiptKey) -> Tally | None:
        """Begin to count; None if there is no room, until what was counted of others is written."""
        if len(self._tallies) >= MAX_TALLIES:
            self._due.update(self._tallies)
            if len(self._tallies) >= 2 * MAX_TALLIES:
                return None
        tally = self._tallies[key] = Tally()
        return tally

    def _finish(self, use: PollUse, spike: Spike, now: datetime, result: PollResult) -> None:
        """Note what the first poll after a spike was served, to be written with its last polls."""
        if spike.rehearsal_id is None:
            return
        key = spike.rehearsal_id, use.key_id
        tally = self._tallies.get(key) or self._add_tally(key)
        if tally is not None:
            tally.finish(now, pick(result.data, spike.overridden))
            self._due.add(key)

    def write(self) -> None:
        """Write what is pending. If the database is locked for longer than 50 ms, keep the counts only."""
        with self._lock:
            pending, self._pending = self._pending, {}
            receipts = self._take_receipts()
            self._written_at, self._timer = time.monotonic(), None
        with self._app.app_context():
            try:
                transactions.begin(writes=True, lock_timeout_s=LOCK_TIMEOUT_S)
                _write(list(pending.items()))
                if receipts:
                    write_receipts(receipts)
                db.session.commit()
            except DBAPIError:
                db.session.rollback()
                for use in pending:  # the next poll will be recorded instead
                    self._recorded.pop(use, None)
                self._put_back(receipts)

    def _take_receipts(self) -> dict[ReceiptKey, Receipt]:
        """Return the receipts that are due, and forget them."""
        taken = {key: tally.take() for key in self._due if (tally := self._tallies.pop(key, None))}
        self._due.clear()
        return {key: receipt for key, receipt in taken.items() if receipt is not None}

    def _put_back(self, receipts: dict[ReceiptKey, Receipt]) -> None:
        """Keep receipts that were not written, to be written with the next record."""
        with self._lock:
            for key, receipt in receipts.items():
                tally = self._tallies.get(key) or self._add_tally(key)
                if tally is not None:
                    tally.add_receipt(receipt)
                    self._due.add(key)

    def write_all(self) -> None:
        """Write everything that was counted, at the end of a worker."""
        with self._lock:
            self._due.update(self._tallies)
            is_empty = not self._due and not self._pending
        if not is_empty:
            self.write()

    def stop(self) -> None:
        """Cancel the timer that would write what is pending."""
        with self._lock:
            if self._timer:
                self._timer.cancel()


def _write(pending: Sequence[tuple[PollUse, LastPoll]]) -> None:
    if not pending:
        return
    update_keys, upsert_polls = _STATEMENTS[dialect := db.engine.dialect.name]
    used = {use.key_id: last.instant for use, last in pending}
    keys = [{"key_id": key_id, **_when(instant, dialect)} for key_id, instant in used.items()]
    db.session.execute(update_keys, {"uses": _as_json(keys)})
    polls = [
        {
            "key_id": use.key_id,
            "collection_id": use.collection_id,
            "collection_type": use.collection_type.name,
            "spike_id": last.spike_id,
            **_when(last.instant, dialect),
        }
        for use, last in pending
    ]
    db.session.execute(upsert_polls, {"uses": _as_json(polls)})


def _as_json(rows: object) -> str:
    return orjson.dumps(rows).decode()


def _when(instant: datetime, dialect: str) -> dict[str, str]:
    return {"instant": to_text(instant, dialect), "before": to_text(instant - RECORD_INTERVAL, dialect)}


# --- Statements: all uses at once as JSON; a statement for each takes two to ten times as long ----------

_USES = {
    "sqlite": """(
        SELECT value ->> 'key_id' AS key_id, value ->> 'collection_id' AS collection_id,
            value ->> 'collection_type' AS collection_type, value ->> 'spike_id' AS spike_id,
            value ->> 'instant' AS instant, value ->> 'before' AS before
        FROM json_each(:uses)
    ) AS used""",
    "postgresql": """json_to_recordset(CAST(:uses AS json)) AS used (
        key_id int, collection_id int, collection_type text, spike_id int,
        instant timestamptz, before timestamptz
    )""",
}
# Whether to record it again: another worker may have recorded the same meanwhile, and a clock that was ahead
# may have been set back.
_IS_OLD = "({at} IS NULL OR {at} <= used.before OR {at} > used.instant)"

# Or it got the values of another schedule than the poll recorded last.
_OTHER_SCHEDULE = "(polls.spike_schedule_id {is_other} used.spike_id AND polls.polled_at <= used.instant)"

# In order, so that two workers that write the same rows cannot deadlock. Where another worker was first,
# nothing is written or locked.
_UPDATE_KEYS = """
WITH due AS (
    SELECT api_keys.id, used.instant
    FROM {uses} JOIN api_keys ON api_keys.id = used.key_id
    WHERE {is_old}
    ORDER BY api_keys.id{lock}
)
UPDATE api_keys SET last_used_at = due.instant FROM due WHERE api_keys.id = due.id
"""
# Unless the key or the collection is gone: a row could not name them then.
_UPSERT_POLLS = """
INSERT INTO polls (api_key_id, collection_id, collection_type, polled_at, spike_schedule_id)
SELECT api_keys.id, collections.id, used.collection_type, used.instant, used.spike_id
FROM {uses}
    JOIN api_keys ON api_keys.id = used.key_id
    JOIN collections ON collections.id = used.collection_id
    LEFT JOIN polls ON polls.api_key_id = used.key_id AND polls.collection_id = used.collection_id
        AND polls.collection_type = used.collection_type
WHERE {is_old} OR {other_schedule}
ORDER BY api_keys.id, collections.id, used.collection_type{lock}
ON CONFLICT (api_key_id, collection_id, collection_type) DO UPDATE
    SET polled_at = excluded.polled_at, spike_schedule_id = excluded.spike_schedule_id
"""


def _statements(
    dialect: str, lock_keys: str = "", lock_rows: str = ""
) -> tuple[sa.TextClause, sa.TextClause]:
    use, polled = (_IS_OLD.format(at=column) for column in ("api_keys.last_used_at", "polls.polled_at"))
    uses = _USES[dialect]
    other = _OTHER_SCHEDULE.format(is_other="IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM")
    return (
        sa.text(_UPDATE_KEYS.format(uses=uses, is_old=use, lock=lock_keys)),
        sa.text(_UPSERT_POLLS.format(uses=uses, is_old=polled, other_schedule=other, lock=lock_rows)),
    )


_STATEMENTS = {
    "sqlite": _statements("sqlite"),
    "postgresql": _statements(
        "postgresql", " FOR NO KEY UPDATE OF api_keys", " FOR KEY SHARE OF api_keys, collections"
    ),
}


def init_app(app: Flask) -> None:
    """Record usage for this app."""
    app.extensions["usage"] = UsageRecorder(app, app.config.get("USAGE_BATCH_SECONDS", BATCH_SECONDS))
