"""What gunicorn serves with one more value type in its catalogue."""

from app.values import register
from tests.support.sawtooth import SAWTOOTH

register(SAWTOOTH)

from wsgi import app as app  # noqa: E402 - with that value type
