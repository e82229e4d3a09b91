"""WSGI app whose passwords are cheap to hash, for gunicorn under tests that make many accounts."""

from app.auth import passwords
from tests.support.cheap_hashes import CHEAP_HASHES
from wsgi import app as app

app.config.update(CHEAP_HASHES)
passwords.init_app(app)
