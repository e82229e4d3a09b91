"""How gunicorn serves Spikecast. What differs between installations is a SPIKECAST_ setting."""

import logging
import sys

from config import BadSetting, load  # a name `config` here would be taken for a setting

try:
    _settings = load()
except BadSetting as fault:
    sys.exit(f"Spikecast does not start: {fault}")

bind = _settings.bind
workers = _settings.workers
worker_class = "sync"
timeout = 30
graceful_timeout = 10
keepalive = 2
forwarded_allow_ips = "*"  # Flask's ProxyFix decides, by SPIKECAST_TRUSTED_PROXIES
control_socket_disable = True  # nothing here uses it, and it would lie in $HOME
accesslog = None


def on_starting(_server):  # type: ignore[no-untyped-def]
    """Migrate and greet before the first worker starts."""
    _log_like_gunicorn()
    from app import create_app, startup

    try:
        startup.prepare(create_app(_settings))
    except (BadSetting, startup.CannotStart, OSError) as fault:
        sys.exit(f"Spikecast does not start: {fault}")


def when_ready(server):  # type: ignore[no-untyped-def]
    """Say where to go."""
    server.log.info("Spikecast listens on %s; its API is described at /api/docs", _settings.address or bind)


def post_worker_init(_worker):  # type: ignore[no-untyped-def]
    """The workers log to the same place."""
    _log_like_gunicorn()


def _log_like_gunicorn():  # type: ignore[no-untyped-def]
    form = "[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, datefmt="%Y-%m-%d %H:%M:%S %z")
    logging.getLogger("alembic").setLevel(logging.WARNING)
