"""The time of a request, so that everything in its response is consistent."""

from datetime import datetime

from flask import has_request_context, request

from app.core import clock

_KEY = "spikecast.instant"


def now() -> datetime:
    """Return the time at which this request first asked; outside of a request, the current time.

    So a list that is filtered, sorted and shown cannot contain an active spike among scheduled ones.
    """
    if not has_request_context():
        return clock.now()
    time: datetime | None = request.environ.get(_KEY)
    if time is None:
        time = request.environ[_KEY] = clock.now()
    return time
