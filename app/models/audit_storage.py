"""Insert audit entries, and prune the oldest ones beyond the bound of each category."""

from collections.abc import Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from app.db.locks import try_transaction_lock
from app.db.session import db
from app.models.audit import AuditEntry
from app.models.audit_actions import Category

Party = TypeVar("Party", int, int | None)
MIN_PRUNE_INTERVAL, MAX_PRUNE_INTERVAL = 100, 10_000  # in entries, so that few writes prune
MIN_PRUNE_BATCH = 1000  # the batch is limited, so that no write waits long after a bound was lowered


def write_entries(entries: list[dict[str, Any]], bounds: Mapping[Category, int]) -> None:
    """Insert entries in the current transaction; at intervals, also prune the oldest beyond the bounds.

    Args:
        entries: The columns of each entry, as returned by `make_entry`.
        bounds: The number of entries to keep, per category.
    """
    ids = list(db.session.scalars(sa.insert(AuditEntry).returning(AuditEntry.id), entries))
    if batch := compute_prune_batch(ids, min(bounds.values())):
        _prune(bounds, batch)


def compute_prune_batch(ids: list[int], bound: int) -> int:
    """Return how many rows to delete at most after rows with these ids were inserted; mostly 0."""
    interval = min(max(bound // 100, MIN_PRUNE_INTERVAL), MAX_PRUNE_INTERVAL)
    is_due = max(ids) // interval > (min(ids) - 1) // interval
    return max(MIN_PRUNE_BATCH, 2 * interval) if is_due else 0


def _prune(bounds: Mapping[Category, int], limit: int) -> None:
    """Delete the entries beyond the bound of each category: the oldest of the actors with the most entries.

    Therefore no actor can displace the entries of others. If another transaction is pruning, nothing is done.

    Args:
        bounds: The number of entries to keep, per category.
        limit: The maximum number of entries to delete per actor and category.
    """
    if not try_transaction_lock(_PRUNE_LOCK_CLASS):
        return
    query = sa.select(AuditEntry.category, AuditEntry.actor_id, sa.func.count())
    counts: dict[str, dict[int | None, int]] = {}
    for category, actor_id, count in db.session.execute(
        query.group_by(AuditEntry.category, AuditEntry.actor_id)
    ):
        counts.setdefault(category, {})[actor_id] = count
    for category, bound in bounds.items():
        for actor_id, excess in compute_excess(counts.get(category, {}), bound).items():
            _delete_oldest(category, actor_id, min(excess, limit))


_PRUNE_LOCK_CLASS = 7_456  # distinguishes this advisory lock from all others


def compute_excess(counts: Mapping[Party, int], bound: int) -> dict[Party, int]:
    """Return how many entries each actor, or other party, must lose so that `bound` remain.

    The largest counts are cut to one common size; actors with fewer entries lose none.
    """
    room, left = bound, len(counts)
    level = 0
    for count in sorted(counts.values()):
        level = room // left
        if count > level:
            break
        room -= count
        left -= 1
    else:
        return {}
    return {party: count - level for party, count in counts.items() if count > level}


def _delete_oldest(category: str, actor_id: int | None, count: int) -> None:
    same = sa.and_(AuditEntry.category == category, AuditEntry.actor_id.is_not_distinct_from(actor_id))
    oldest = sa.select(AuditEntry.id).where(same).order_by(AuditEntry.id).limit(count)
    db.session.execute(sa.delete(AuditEntry).where(AuditEntry.id.in_(oldest)))
