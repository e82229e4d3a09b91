"""Delete expired spike schedules. Polls do it; no timer does."""

from datetime import datetime

import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.domain.counter_handover import hand_over_counters
from app.models import Collection, SpikeSchedule


def delete_expired(collection_id: int, now: datetime) -> None:
    """Delete the collection's expired schedules and commit.

    The collection's counters take over from them in the same transaction, so no poll counts in between.
    """
    transactions.begin(writes=True)
    locked = sa.select(Collection.id).where(Collection.id == collection_id).with_for_update(key_share=True)
    db.session.execute(locked)
    expired = is_expired(collection_id, now)
    hand_over_counters(expired)
    db.session.execute(sa.delete(SpikeSchedule).where(expired))
    db.session.commit()


def is_expired(collection_id: int, now: datetime) -> sa.ColumnElement[bool]:
    """Return the SQL condition for the collection's expired schedules."""
    return sa.and_(SpikeSchedule.collection_id == collection_id, SpikeSchedule.has_status("expired", now))
