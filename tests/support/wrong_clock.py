"""WSGI app on a machine whose clock is 3 seconds fast, for gunicorn."""

from datetime import timedelta

from app.core import clock

right = clock.now
clock.now = lambda: right() + timedelta(seconds=3)

from wsgi import app as app  # noqa: E402 - after the clock is replaced
