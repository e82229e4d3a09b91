"""What gunicorn serves, and what `flask --app wsgi` commands."""

import sys

import config
from app import create_app

try:
    app = create_app()
except config.BadSetting as fault:
    sys.exit(f"Spikecast does not start: {fault}")
