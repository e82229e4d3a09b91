"""Polls that are refused: each worker notes them in the audit log, but seldom.

A tool whose key was revoked goes on polling, and strangers try keys by the thousand. Neither may push other
entries out of the log, or make it cost anything: the same is noted once an hour, and few in all.
"""

import threading
from collections import deque
from datetime import datetime, timedelta

from flask import Flask, current_app, request

from app.core import clock
from app.core.client_address import parse_address
from app.core.errors import DomainError, Unauthenticated
from app.domain import audit
from app.generation import authorization, credentials

NOTED_AGAIN_AFTER = timedelta(hours=1)
PERIOD, MAX_NOTED = timedelta(minutes=5), 20


class RefusedPolls:
    """What this worker has noted of late."""

    def __init__(self) -> None:
        self._noted: dict[tuple[str, str], datetime] = {}
        self._recent: deque[datetime] = deque(maxlen=MAX_NOTED)
        self._lock = threading.Lock()

    def is_due(self, what: tuple[str, str], now: datetime) -> bool:
        """Return whether this is to be noted, and remember that it was."""
        with self._lock:
            last = self._noted.get(what)
            if last is not None and abs(now - last) < NOTED_AGAIN_AFTER:
                return False
            if len(self._recent) == MAX_NOTED and abs(now - self._recent[0]) < PERIOD:
                return False
            self._noted = {key: at for key, at in self._noted.items() if abs(now - at) < NOTED_AGAIN_AFTER}
            self._noted[what] = now
            self._recent.append(now)
            return True

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._noted.clear()
            self._recent.clear()


def init_app(app: Flask) -> None:
    """Let this app remember what it has noted."""
    app.extensions["refused_polls"] = RefusedPolls()


def note_refusal(fault: DomainError) -> None:
    """Note, if it is due, that a key was refused, or what it may not read."""
    if not isinstance(fault, Unauthenticated) and fault.detail != authorization.GONE:
        return
    network = parse_address(request.remote_addr).network
    if not current_app.extensions["refused_polls"].is_due((network, fault.detail), clock.now()):
        return
    try:
        key_hash = authorization.hash_of(credentials.find_key(request.environ))
    except Unauthenticated:
        key_hash = None
    audit.record_refused_poll(fault.detail, key_hash)
