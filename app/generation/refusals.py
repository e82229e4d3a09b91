"""Record refused polls in the audit log, rate-limited.

A tool keeps polling after its key was revoked, and attackers try thousands of keys. Neither may push other
entries out of the log or cost much: each worker records the same refusal once an hour, and at most 20 in
five minutes.
"""

import threading
from collections import deque
from datetime import datetime, timedelta

from flask import Flask, current_app, request

from app.core import clock
from app.core.client_address import parse_address
from app.core.errors import DomainError, Unauthenticated
from app.domain import audit
from app.generation import authorization, key_headers

REPEAT_INTERVAL = timedelta(hours=1)
WINDOW, MAX_PER_WINDOW = timedelta(minutes=5), 20


class RefusedPolls:
    """The refusals that this worker has recorded lately."""

    def __init__(self) -> None:
        self._recorded: dict[tuple[str, str], datetime] = {}
        self._recent: deque[datetime] = deque(maxlen=MAX_PER_WINDOW)
        self._lock = threading.Lock()

    def should_record(self, refusal: tuple[str, str], now: datetime) -> bool:
        """Return whether to record this refusal; if so, it counts as recorded."""
        with self._lock:
            last = self._recorded.get(refusal)
            if last is not None and abs(now - last) < REPEAT_INTERVAL:
                return False
            if len(self._recent) == MAX_PER_WINDOW and abs(now - self._recent[0]) < WINDOW:
                return False
            self._recorded = {
                key: at for key, at in self._recorded.items() if abs(now - at) < REPEAT_INTERVAL
            }
            self._recorded[refusal] = now
            self._recent.append(now)
            return True

    def _drop_old(self, now: datetime) -> None:
        self._recorded = {key: at for key, at in self._recorded.items() if abs(now - at) < REPEAT_INTERVAL}

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._recorded.clear()
            self._recent.clear()


def init_app(app: Flask) -> None:
    """Set up the rate limit for this app."""
    app.extensions["refused_polls"] = RefusedPolls()


def record_refusal(error: DomainError) -> None:
    """Record that a key was refused, or may not read a collection, unless that is over the limit."""
    if not isinstance(error, Unauthenticated) and error.detail != authorization.NOT_FOUND_DETAIL:
        return
    network = parse_address(request.remote_addr).network
    if not current_app.extensions["refused_polls"].should_record((network, error.detail), clock.now()):
        return
    try:
        key_hash = authorization.get_key_hash(key_headers.find_key(request.environ))
    except Unauthenticated:
        key_hash = None
    audit.record_refused_poll(error.detail, key_hash)
