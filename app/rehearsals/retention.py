"""Keep the newest episodes: at intervals, a write deletes the oldest ones beyond the bound.

Receivers with the most episodes lose some first, so that a flood of alerts at one receiver does not displace
those of others.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from app.db.session import db
from app.models import Rehearsal
from app.models.alert import AlertEpisode
from app.models.audit_storage import compute_excess, compute_prune_batch

_PRUNE_LOCK = 745_500_003
"""Key of the advisory lock of PostgreSQL under which episodes are deleted."""


def trim_after(inserted_ids: list[int], bound: int) -> None:
    """Delete the oldest episodes beyond the bound, if it is time for that after these were inserted."""
    if (batch := compute_prune_batch(inserted_ids, bound)) and _try_lock():
        trim(bound, batch)


def trim(bound: int, batch: int) -> None:
    """Delete the oldest episodes beyond the bound, at most `batch` of them."""
    counted = sa.select(AlertEpisode.receiver_id, sa.func.count()).group_by(AlertEpisode.receiver_id)
    counts = {row[0]: row[1] for row in db.session.execute(counted)}
    excess = compute_excess(counts, bound)
    needed_since = load_needed_since(excess.keys())
    for receiver_id, count in excess.items():
        _delete_oldest(receiver_id, min(count, batch), needed_since.get(receiver_id))
        batch -= min(count, batch)


def load_needed_since(receiver_ids: Collection[int]) -> Mapping[int, datetime]:
    """Return since when episodes of these receivers are needed, for those of which some are.

    Episodes are needed until the rehearsals that they decide are settled.
    """
    query = sa.select(Rehearsal.receiver_id, sa.func.min(Rehearsal.start_datetime)).where(
        Rehearsal.receiver_id.in_(receiver_ids),
        Rehearsal.decided_by.is_not(None),
        Rehearsal.settled_at.is_(None),
        Rehearsal.cancelled_at.is_(None),
    )
    rows = db.session.execute(query.group_by(Rehearsal.receiver_id))
    return {receiver_id: start for receiver_id, start in rows if receiver_id is not None}


def _delete_oldest(receiver_id: int, count: int, needed_since: datetime | None) -> None:
    """Delete the oldest episodes of a receiver, except those that were open or began since then."""
    may_go = [AlertEpisode.receiver_id == receiver_id]
    if needed_since is not None:
        may_go.append(AlertEpisode.resolved_received_at < needed_since)
    oldest = sa.select(AlertEpisode.id).where(*may_go).order_by(AlertEpisode.id).limit(count)
    db.session.execute(sa.delete(AlertEpisode).where(AlertEpisode.id.in_(oldest)))


def _try_lock() -> bool:
    """Return whether this transaction may trim. SQLite needs no lock: it has one writer at a time."""
    if db.session.get_bind().dialect.name != "postgresql":
        return True
    return bool(db.session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_PRUNE_LOCK))))
