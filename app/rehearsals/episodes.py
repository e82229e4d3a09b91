"""Store a delivery: the episodes that its alerts begin, continue and end.

The row of the receiver is locked first, so that deliveries follow each other. The number of statements does
not depend on the number of alerts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.models.alert import AlertEpisode, AlertReceiver
from app.rehearsals import retention, settling
from app.rehearsals.deliveries import Alert, Delivery
from app.rehearsals.transitions import Episode, follow
from app.values.matchers import matches

LOCK_TIMEOUT_S = 5.0
"""How long a delivery waits for another one, or for the write lock of SQLite. The sender is told to retry."""
COLUMNS = tuple(field.name for field in fields(Episode))
CHANGING = (
    "first_received_at",
    "starts_at",
    "resolved_received_at",
    "ends_at",
    "last_received_at",
    "deliveries",
    "only_resolution",
)
"""The columns that later deliveries of an episode change."""


class Receipt(NamedTuple):
    """What became of a delivery: the number of alerts that were understood, ignored, and begin an episode."""

    received: int
    ignored: int
    episodes: int


def receive(
    receiver_id: int, token_hash: str, delivery: Delivery, now: datetime, *, bound: int
) -> Receipt | None:
    """Store the alerts of a delivery, and what was not understood of it; None if the token no longer counts.

    Args:
        receiver_id: The id of the receiver.
        token_hash: The hash of its token.
        delivery: What was delivered.
        now: When it was received.
        bound: The number of episodes to keep.
    """
    transactions.begin(writes=True, lock_timeout_s=LOCK_TIMEOUT_S)
    noted = _note_delivery(receiver_id, token_hash, delivery.problem, now)
    if noted is None:
        return None
    ignored, has_due = noted
    alerts = [alert for alert in delivery.alerts if not any(matches(each, alert.labels) for each in ignored)]
    latest = _load_latest(receiver_id, alerts)
    finished, current = _apply(latest, alerts, now)
    _update(each for each in (*finished, *current) if each.id and each is not latest[each.fingerprint])
    # Those that are finished first: the latest episode of an alert has the largest id.
    new_ids = _insert(receiver_id, finished) + _insert(receiver_id, current)
    if has_due:
        settling.settle_due_of_receiver(receiver_id, now)
    if new_ids:
        retention.trim_after(new_ids, bound)
    return Receipt(len(delivery.alerts), len(delivery.alerts) - len(alerts), len(new_ids))


def _note_delivery(
    receiver_id: int, token_hash: str, problem: str | None, now: datetime
) -> tuple[list[dict[str, str]], bool] | None:
    """Lock the receiver and note a delivery in it.

    Return what it ignores, and whether rehearsals are due to be settled; None if the token is void.
    """
    last = AlertReceiver.last_received_at
    values: dict[Any, Any] = {
        AlertReceiver.deliveries: AlertReceiver.deliveries + 1,
        AlertReceiver.last_received_at: sa.case((last > now, last), else_=now),
        AlertReceiver.updated_at: AlertReceiver.updated_at,  # only changes by people count
    }
    if problem is not None:
        values |= {AlertReceiver.last_problem: problem, AlertReceiver.last_problem_at: now}
    is_it = (
        AlertReceiver.id == receiver_id,
        AlertReceiver.token_hash == token_hash,
        AlertReceiver.revoked_at.is_(None),
    )
    has_due = settling.has_due_of_receiver(receiver_id, now)
    note = sa.update(AlertReceiver).where(*is_it).values(values).returning(AlertReceiver.ignored, has_due)
    row = db.session.execute(note.execution_options(synchronize_session=False)).one_or_none()
    return None if row is None else (row[0], row[1])


def _load_latest(receiver_id: int, alerts: Iterable[Alert]) -> dict[str, Episode]:
    """Return the latest episode of each of these alerts by its fingerprint."""
    if not (fingerprints := {alert.fingerprint for alert in alerts}):
        return {}
    newest = (
        sa.select(sa.func.max(AlertEpisode.id))
        .where(AlertEpisode.receiver_id == receiver_id, AlertEpisode.fingerprint.in_(fingerprints))
        .group_by(AlertEpisode.fingerprint)
    )
    columns = [getattr(AlertEpisode, name) for name in COLUMNS]
    rows = db.session.execute(sa.select(*columns).where(AlertEpisode.id.in_(newest)))
    return {row.fingerprint: Episode(**row._mapping) for row in rows}


def _apply(
    latest: Mapping[str, Episode], alerts: Iterable[Alert], now: datetime
) -> tuple[list[Episode], list[Episode]]:
    """Return the episodes after these alerts: those that another one has followed, and the latest ones."""
    current, finished = dict(latest), []
    for alert in alerts:
        before = current.get(alert.fingerprint)
        current[alert.fingerprint], is_new = follow(before, alert, now)
        if is_new and before is not None:
            finished.append(before)
    return finished, list(current.values())


def _update(episodes: Iterable[Episode]) -> None:
    if rows := [{name: getattr(each, name) for name in CHANGING} | {"key": each.id} for each in episodes]:
        statement = sa.update(AlertEpisode).where(AlertEpisode.__table__.c.id == sa.bindparam("key"))
        columns: dict[str, Any] = {name: sa.bindparam(name) for name in CHANGING}
        db.session.connection().execute(statement.values(columns), rows)


def _insert(receiver_id: int, episodes: Iterable[Episode]) -> list[int]:
    """Insert those episodes that are not stored yet, in any order, and return their ids."""
    rows = [{"receiver_id": receiver_id, **_to_columns(each)} for each in episodes if each.id is None]
    return list(db.session.scalars(sa.insert(AlertEpisode).returning(AlertEpisode.id), rows)) if rows else []


def _to_columns(episode: Episode) -> dict[str, Any]:
    return {name: getattr(episode, name) for name in COLUMNS if name != "id"}
