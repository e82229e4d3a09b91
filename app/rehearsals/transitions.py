"""From deliveries to episodes: what one alert does to the latest episode of it. Pure.

An alert is often delivered several times: repeated, retried, or by several senders, also late. All of that
belongs to one episode. Only this server's clock says when something was received; the sender's times tell
late deliveries of an earlier episode from a new one.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from app.models.mixins import MAX_NAME_LENGTH
from app.rehearsals.deliveries import Alert


@dataclass(frozen=True, slots=True)
class Episode:
    """The columns of an episode; `id` is None until it is stored."""

    fingerprint: str
    alert_name: str
    labels: dict[str, str]
    first_received_at: datetime
    starts_at: datetime | None
    resolved_received_at: datetime | None
    ends_at: datetime | None
    last_received_at: datetime
    deliveries: int
    only_resolution: bool
    id: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the alert has not been resolved yet."""
        return self.resolved_received_at is None


def follow(latest: Episode | None, alert: Alert, now: datetime) -> tuple[Episode, bool]:
    """Return the episode to which an alert belongs, and whether the alert begins it.

    Args:
        latest: The latest episode of that alert, if there is one.
        alert: What was delivered.
        now: When it was received. Deliveries may wait for each other, so a later one can be here first.
    """
    if latest is None or _is_news(latest, alert):
        return _begin(alert, now), True
    if _is_end_of_earlier(latest, alert):
        return latest, False
    heard = replace(
        latest,
        deliveries=latest.deliveries + 1,
        first_received_at=min(latest.first_received_at, now),
        last_received_at=max(latest.last_received_at, now),
    )
    if alert.is_firing:
        # Whatever was resolved has fired: what is missing may only have come later.
        heard = replace(heard, only_resolution=False)
    if not latest.is_open:
        return heard, False
    starts_at = _earlier(latest.starts_at, alert.starts_at)
    if alert.is_firing:
        return replace(heard, starts_at=starts_at), False
    resolved_at = max(now, heard.first_received_at)
    return replace(heard, starts_at=starts_at, ends_at=alert.ends_at, resolved_received_at=resolved_at), False


def _is_news(latest: Episode, alert: Alert) -> bool:
    """Return whether an alert begins a new episode, rather than to belong to the latest one."""
    if latest.is_open:
        return False
    if alert.starts_at is None:
        # A sender without times: only that it fires again after it was resolved is news.
        return alert.is_firing
    if alert.starts_at == latest.starts_at:
        return False
    return latest.ends_at is None or latest.ends_at < alert.starts_at


def _is_end_of_earlier(latest: Episode, alert: Alert) -> bool:
    """Return whether an alert tells, late, that an episode before the latest one was resolved."""
    if alert.is_firing or alert.ends_at is None or latest.starts_at is None:
        return False
    return latest.is_open and alert.ends_at < latest.starts_at


def _begin(alert: Alert, now: datetime) -> Episode:
    """Return a new episode: open, or closed if all that arrives of it is that it is resolved."""
    return Episode(
        fingerprint=alert.fingerprint,
        alert_name=alert.name[:MAX_NAME_LENGTH],
        labels=alert.labels,
        first_received_at=now,
        starts_at=alert.starts_at,
        resolved_received_at=None if alert.is_firing else now,
        ends_at=alert.ends_at,
        last_received_at=now,
        deliveries=1,
        only_resolution=not alert.is_firing,
    )


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min(filter(None, (first, second)), default=None)
