"""Freeze the results of rehearsals that are decided. What arrives later changes nothing.

Nothing runs by itself: whoever reads rehearsals settles the due ones first, and so does the next delivery.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import transactions
from app.db.session import db
from app.models import AlertReceiver, Rehearsal
from app.models.rehearsal import RehearsalState
from app.rehearsals.evaluation import judge, load_parts, to_json
from app.rehearsals.result import Result

MAX_SETTLED = 200
"""How many rehearsals are settled at once."""
LOCK_TIMEOUT_S = 1.0
"""How long a reader waits for the write lock. The result is the same without being frozen."""
log = logging.getLogger(__name__)


def settle_due(now: datetime, *where: sa.ColumnElement[bool]) -> None:
    """Freeze due rehearsals, in a transaction of its own, before a request reads or changes them.

    Args:
        now: The current time.
        *where: Which rehearsals.
    """
    is_due = [*where, *_is_due(now)]
    if db.session.scalar(sa.select(Rehearsal.id).where(*is_due).limit(1)) is None:
        return
    writes = transactions.current_mode().writes
    try:
        transactions.begin(writes=True, lock_timeout_s=LOCK_TIMEOUT_S)
        _settle(is_due, now)
        db.session.commit()
    except (DBAPIError, PoolTimeout) as error:
        log.info("Rehearsals were not settled: %s", type(error).__name__)
    finally:
        transactions.begin(writes=writes)


def has_due_of_receiver(receiver_id: int, now: datetime) -> sa.ColumnElement[bool]:
    """Return the SQL expression that tells whether a receiver has due rehearsals."""
    return sa.exists().where(Rehearsal.receiver_id == receiver_id, *_is_due(now))


def settle_due_of_receiver(receiver_id: int, now: datetime) -> None:
    """Freeze due rehearsals of a receiver, in the present transaction, which has locked it."""
    _settle([Rehearsal.receiver_id == receiver_id, *_is_due(now)], now)


def settle_before_deafness(receiver: AlertReceiver, now: datetime) -> None:
    """Freeze all rehearsals that have begun, as their receiver is about to be revoked or deleted.

    What is not decided now never will be.
    """
    begun = [
        Rehearsal.receiver_id == receiver.id,
        Rehearsal.decided_by.is_not(None),
        Rehearsal.settled_at.is_(None),
        Rehearsal.cancelled_at.is_(None),
        Rehearsal.start_datetime <= now,
    ]
    while _settle(begun, now, heard_until=now):
        pass


def _is_due(now: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        Rehearsal.decided_by <= now,
        Rehearsal.settled_at.is_(None),
        Rehearsal.cancelled_at.is_(None),
    ]


def _settle(
    where: Sequence[sa.ColumnElement[bool]], now: datetime, *, heard_until: datetime | None = None
) -> int:
    """Freeze rehearsals, the first due first, and return how many were.

    Their receivers are locked first, so that a delivery that came in time is not overlooked.
    """
    query = sa.select(Rehearsal).where(*where).order_by(Rehearsal.decided_by, Rehearsal.id)
    ids = db.session.scalars(query.with_only_columns(Rehearsal.id).limit(MAX_SETTLED)).all()
    chosen = Rehearsal.id.in_(ids)
    receivers = sa.select(Rehearsal.receiver_id).where(chosen)
    lock = sa.select(AlertReceiver.id).where(AlertReceiver.id.in_(receivers)).order_by(AlertReceiver.id)
    db.session.execute(lock.with_for_update())
    fresh = {"populate_existing": True}
    rows = db.session.scalars(sa.select(Rehearsal).where(chosen), execution_options=fresh).all()
    load_parts(rows)
    results = judge(rows, now, heard_until=heard_until)
    return sum(_freeze(rehearsal, result, now) for rehearsal, result in results.items() if result.is_final)


def _freeze(rehearsal: Rehearsal, result: Result, now: datetime) -> bool:
    """Write a result, unless another request did, or the schedule was changed, meanwhile; return whether."""
    unchanged = (
        Rehearsal.id == rehearsal.id,
        Rehearsal.settled_at.is_(None),
        Rehearsal.decided_by == rehearsal.decided_by,
        Rehearsal.updated_at == rehearsal.updated_at,
    )
    values = {
        Rehearsal.settled_at: now,
        Rehearsal.state: RehearsalState(result.state),
        Rehearsal.passed: RehearsalState(result.state).passed,
        Rehearsal.result: to_json(result),
        Rehearsal.updated_at: Rehearsal.updated_at,  # only changes by people count
    }
    update = sa.update(Rehearsal).where(*unchanged).values(values).returning(Rehearsal.id)
    written = db.session.scalar(update, execution_options={"synchronize_session": False})
    return written is not None
