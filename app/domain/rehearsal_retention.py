"""Delete the oldest rehearsals beyond the number to keep: at intervals, with the record of a new one."""

from datetime import datetime

import sqlalchemy as sa

from app.db.locks import try_transaction_lock
from app.db.session import db
from app.models import Rehearsal
from app.models.audit_storage import compute_excess

MIN_PRUNE_INTERVAL, MAX_PRUNE_INTERVAL = 100, 10_000  # in rehearsals, so that few writes prune
MIN_PRUNE_BATCH = 1000  # the batch is limited, so that no write waits long after the bound was lowered


def prune_at_intervals(new_id: int, bound: int, now: datetime) -> None:
    """Delete rehearsals beyond the bound, if the new one completes an interval.

    Only rehearsals of spikes that are over count, if nothing that is expected of them is open, and only they
    are deleted: those with the earliest end, of whoever has the most of them. Therefore nobody can displace
    the rehearsals of others.

    Args:
        new_id: The id of the rehearsal that was just recorded.
        bound: The number of rehearsals to keep.
        now: The current time.
    """
    interval = min(max(bound // 100, MIN_PRUNE_INTERVAL), MAX_PRUNE_INTERVAL)
    if new_id % interval or not try_transaction_lock(_PRUNE_LOCK_CLASS):
        return
    is_decided = sa.or_(Rehearsal.decided_by.is_(None), Rehearsal.decided_by <= now)
    is_over = sa.and_(Rehearsal.end_datetime <= now, is_decided)
    per_creator = sa.select(Rehearsal.created_by_id, sa.func.count()).where(is_over)
    rows = db.session.execute(per_creator.group_by(Rehearsal.created_by_id))
    counts: dict[int | None, int] = {creator: count for creator, count in rows}  # noqa: C416 - rows are no pairs to mypy
    for creator, excess in compute_excess(counts, bound).items():
        same = sa.and_(is_over, Rehearsal.created_by_id.is_not_distinct_from(creator))
        oldest = sa.select(Rehearsal.id).where(same).order_by(Rehearsal.end_datetime, Rehearsal.id)
        batch = oldest.limit(min(excess, max(MIN_PRUNE_BATCH, 2 * interval)))
        db.session.execute(
            sa.delete(Rehearsal).where(Rehearsal.id.in_(batch)),
            execution_options={"synchronize_session": False},
        )


_PRUNE_LOCK_CLASS = 7_457  # distinguishes this advisory lock from all others
