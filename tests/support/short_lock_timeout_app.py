"""WSGI app that waits one second for a lock instead of 15, for gunicorn."""

from app.db import engine

engine.LOCK_TIMEOUT_S = 1

from wsgi import app as app  # noqa: E402 - after LOCK_TIMEOUT_S is set
