"""WSGI app with an additional value type, for gunicorn."""

from app.values import register
from tests.support.sawtooth import SAWTOOTH

register(SAWTOOTH)

from wsgi import app as app  # noqa: E402 - after the value type is added
