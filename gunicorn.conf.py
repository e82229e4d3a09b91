"""How gunicorn serves Spikecast. What differs between installations is a SPIKECAST_ setting."""

import os
import sys

from app import gunicorn_worker as _worker
from config import BadSetting, load  # a name `config` here would be taken for a setting

os.umask(0o077)  # whatever is made here is for its owner alone
try:
    _settings = load()
except BadSetting as fault:
    sys.exit(f"Spikecast does not start: {fault}")

bind = _settings.bind

# One request at a time, in processes. A poll is less than a millisecond of Python, so threads only take
# turns at it: measured, gthread with 4 threads swings between a third and all of its speed under the same
# load. One or two processes more than there are cores are best: while one waits for the disk, another works
# (docs/performance.md has what was measured for each setting).
# A client that dribbles holds a worker, though: that is what the proxy's buffers are for
# (deploy/nginx.conf). sync closes each connection after its answer, so there is no `keepalive` to set.
worker_class = _worker.Worker  # gunicorn's `sync`; told to stop, it still answers who waits already
workers = _settings.workers

# The app is loaded once, and workers are forked from that: a new one serves within milliseconds, a reload
# keeps nobody waiting, and workers share most of their memory. A reload (HUP) brings fresh workers with the
# code, settings and packages of the last start; new code takes a restart, or USR2 (docs/operating.md).
preload_app = True
logger_class = _worker.Logger

# A worker that is silent for so long is replaced. More than the 15 seconds that a request may wait for a
# lock, and after which it is answered 503 instead.
timeout = 30
graceful_timeout = 10  # what is being answered at a stop or reload is finished

# Requests that come while all workers are busy wait in the kernel, so many for each node. What waits there
# when the node dies, the proxy asks another node.
backlog = 2048

# Workers are not recycled: what they keep is bounded (SPIKECAST_CACHED_FIELDS). Measured, a new worker after
# every 5,000 requests costs a fifth of the throughput, and the slowest polls half a second.
max_requests = 0

# What proxies say is believed by SPIKECAST_TRUSTED_PROXIES alone (app/web/proxies.py). So gunicorn believes
# nobody, not even who comes by a socket: no header decides the scheme, the path or the script's name.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
header_map = "drop"  # X_Forwarded_For must not be taken for X-Forwarded-For
control_socket_disable = True  # nothing here uses it, and it would lie in $HOME
accesslog = None


def _app():  # type: ignore[no-untyped-def]
    """Return the app, looked up late, so that another one may be served in its place."""
    import wsgi

    return wsgi.app


def on_starting(server):  # type: ignore[no-untyped-def]
    """Look whether the address is free, migrate, and say to `restore` that a server runs."""
    _worker.refuse_taken_address(bind)
    server.told, server.serving = _worker.prepared(_settings, _app)


def when_ready(server):  # type: ignore[no-untyped-def]
    """Say where to go, last what somebody has to do."""
    import gc

    from app.core import log_format

    _worker.stop_accepting_first(server)
    server.log.is_starting = True
    server.log.info("Spikecast listens on %s; its API is described at /api/docs", _settings.address or bind)
    for line in server.told:
        log_format.get_writer().put(line)
    gc.collect()
    gc.freeze()  # what is loaded stays for good, and shared


def pre_fork(server, worker):  # type: ignore[no-untyped-def]
    """Only workers that come later are worth a line."""
    server.log.is_starting = worker.age <= server.num_workers


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    """Set up a worker: its log, its responses to malformed HTTP, and the garbage collector.

    Objects that exist by now live as long as the worker, so the collector ignores them (gc.freeze).
    """
    import gc
    from functools import partial

    from gunicorn import util

    from app.core import log_format
    from app.web import limits, malformed_http

    log_format.configure()
    _worker.announce(worker.wsgi)
    # A page of HTML otherwise, without any header for browsers.
    util.write_error = lambda connection, status, _reason, said: util.write_nonblock(
        connection, malformed_http.build_response(status, said)
    )
    # A body that was refused unread is read away after the answer, for at most 2 seconds. With gunicorn's own
    # 64 KiB the kernel resets the connection of a larger one, and nginx takes the machine for dead: 502.
    util.close_graceful = partial(util.close_graceful, max_drain=limits.MAX_DRAINED_BYTES)
    gc.collect()
    gc.freeze()
