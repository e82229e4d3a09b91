"""What gunicorn serves, and what `flask --app wsgi` commands."""

import os
import sys

import config
from app import create_app

os.umask(0o077)  # whatever is made here is for its owner alone
try:
    app = create_app()
except config.BadSetting as fault:
    sys.exit(f"Spikecast does not start: {fault}")
