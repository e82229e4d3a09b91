"""The instant of a request: everything in its answer is of this one moment."""

from datetime import datetime

from flask import has_request_context, request

from app.core import clock

_KEY = "spikecast.instant"


def now() -> datetime:
    """Return the instant at which this request first asked for the time; outside a request, the present one.

    So a list that is filtered, sorted and shown cannot hold an active spike among the scheduled ones.
    """
    if not has_request_context():
        return clock.now()
    found: datetime | None = request.environ.get(_KEY)
    if found is None:
        found = request.environ[_KEY] = clock.now()
    return found
