"""What gunicorn serves when it waits one second for a lock, not 15."""

from app import database

database.BUSY_SECONDS = 1

from wsgi import app as app  # noqa: E402 - with that patience
