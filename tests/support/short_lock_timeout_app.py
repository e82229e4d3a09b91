"""What gunicorn serves when it waits one second for a lock, not 15."""

from app.db import engine

engine.LOCK_TIMEOUT_S = 1

from wsgi import app as app  # noqa: E402 - with that patience
