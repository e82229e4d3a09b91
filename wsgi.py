"""The WSGI app, for gunicorn and for `flask --app wsgi`."""

import os
import sys

import config
from app import create_app

os.umask(0o077)  # files are created for their owner alone
try:
    app = create_app()
except config.BadSetting as error:
    sys.exit(f"Spikecast does not start: {error}")
