"""How gunicorn serves Spikecast. What differs between installations is a SPIKECAST_ setting."""

import fcntl
import subprocess
import sys

from config import HERE, BadSetting, load  # a name `config` here would be taken for a setting

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


def on_starting(server):  # type: ignore[no-untyped-def]
    """Migrate and greet before the first worker starts, and say to `restore` that a server runs.

    In a process of its own: workers inherit what this one has imported, and a reload would then bring
    them nothing new.
    """
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"]
    prepared = subprocess.run(command, cwd=HERE, check=False)  # noqa: S603 - nothing of it comes from outside
    if prepared.returncode:
        sys.exit(prepared.returncode)
    if _settings.serving_lock:
        # The workers inherit it, and the kernel releases it with the last of them, however they end.
        server.serving = _settings.serving_lock.open("w")
        fcntl.flock(server.serving, fcntl.LOCK_SH)


def when_ready(server):  # type: ignore[no-untyped-def]
    """Say where to go."""
    server.log.info("Spikecast listens on %s; its API is described at /api/docs", _settings.address or bind)


def post_worker_init(_worker):  # type: ignore[no-untyped-def]
    """The workers log to the same place."""
    from app import log

    log.configure()
