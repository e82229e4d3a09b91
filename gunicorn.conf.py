"""How gunicorn serves Spikecast. Everything that differs between installations is a SPIKECAST_ setting."""

import logging
import sys

import config

try:
    _settings = config.load()
except config.BadSetting as fault:
    sys.exit(f"Spikecast does not start: {fault}")

bind = _settings.bind
workers = _settings.workers
worker_class = "sync"
timeout = 30
graceful_timeout = 10
keepalive = 2
forwarded_allow_ips = "*"  # Flask's ProxyFix decides, by SPIKECAST_TRUSTED_PROXIES
control_socket_disable = True
accesslog = None
errorlog = "-"


def on_starting(_server):  # type: ignore[no-untyped-def]
    """Migrate and greet before the first worker starts."""
    logging.basicConfig(level=logging.INFO, format="[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s")
    from app import create_app, startup

    try:
        startup.prepare(create_app(_settings))
    except config.BadSetting as fault:
        sys.exit(f"Spikecast does not start: {fault}")


def when_ready(server):  # type: ignore[no-untyped-def]
    """Say where to go."""
    server.log.info("Spikecast listens on http://%s (API docs at /api/docs)", bind)


def post_worker_init(_worker):  # type: ignore[no-untyped-def]
    """The workers log to the same place."""
    logging.basicConfig(level=logging.INFO, format="[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s")
