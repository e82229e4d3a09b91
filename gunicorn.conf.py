"""gunicorn configuration of Spikecast. To change it for an installation, use the SPIKECAST_ settings."""

import os
import sys

from app import gunicorn_worker as _worker
from config import BadSetting, load  # gunicorn would read a name `config` as a setting

os.umask(0o077)  # only the owner can access new files
try:
    _settings = load()
except BadSetting as error:
    sys.exit(f"Spikecast does not start: {error}")

bind = _settings.bind

# Each worker is a process that handles one request at a time. A poll takes less than a millisecond of Python,
# so threads would only compete for the interpreter: gthread with 4 threads was measured at between a third
# and all of this speed under the same load. One or two workers more than there are cores are best: while one
# waits for the disk, another works (docs/performance.md has the measurements).
# A slow client occupies a worker. The proxy's buffers prevent that (deploy/nginx.conf). sync closes each
# connection after the response, so there is no `keepalive` to set.
worker_class = _worker.Worker  # gunicorn's `sync`, which still serves waiting connections when it is stopped
workers = _settings.workers

# The app is loaded once, and workers are forked from it: a new worker serves within milliseconds, a reload
# causes no wait, and workers share most of their memory. A reload (HUP) starts new workers with the code,
# settings and packages of the last start. New code needs a restart, or USR2 (docs/operating.md).
preload_app = True
logger_class = _worker.Logger

# A worker that does not respond for 30 seconds is replaced. A request waits at most 15 seconds for a lock
# before it is answered with 503.
timeout = 30
graceful_timeout = 10  # for requests in progress at a stop or reload

# Maximum number of connections that wait in the kernel while all workers are busy. If the node dies, the
# proxy sends their requests to another node.
backlog = 2048

# Workers are not recycled: their caches are bounded (SPIKECAST_CACHED_FIELDS). A new worker after every 5,000
# requests was measured to cost a fifth of the throughput, and half a second for the slowest polls.
max_requests = 0

# Only SPIKECAST_TRUSTED_PROXIES controls which proxy headers are trusted (app/web/proxies.py). gunicorn
# itself trusts none, not even over a Unix socket: no header sets the scheme, the path or the script name.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
header_map = "drop"  # X_Forwarded_For must not count as X-Forwarded-For
control_socket_disable = True  # not used here, and it would be created in $HOME
accesslog = None


def _app():  # type: ignore[no-untyped-def]
    """Return the app. The import is deferred so that another app can be served instead."""
    import wsgi

    return wsgi.app


def on_starting(server):  # type: ignore[no-untyped-def]
    """Check that the address is free, migrate, and take the lock that prevents `restore`."""
    _worker.require_free_address(bind)
    server.instructions, server.serving = _worker.prepare_in_child(_settings, _app)


def when_ready(server):  # type: ignore[no-untyped-def]
    """Log the address, then print the instructions for the administrator."""
    import gc

    from app.core import log_format

    _worker.stop_gracefully(server)
    server.log.is_starting = True
    server.log.info("Spikecast listens on %s; its API is described at /api/docs", _settings.address or bind)
    for line in server.instructions:
        log_format.get_writer().put(line)
    gc.collect()
    gc.freeze()  # keep the loaded app's objects in memory that the workers share


def pre_fork(server, worker):  # type: ignore[no-untyped-def]
    """Log the start of a worker only if it is not one of the initial workers."""
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
    _worker.connect_early(worker.wsgi)
    # gunicorn's own error response is an HTML page without security headers.
    util.write_error = lambda connection, status, _reason, detail: util.write_nonblock(
        connection, malformed_http.build_response(status, detail)
    )
    # After a response that refused a body unread, read and discard the body for at most 2 seconds. With
    # gunicorn's default of 64 KiB, the kernel would reset the connection, and nginx would respond with 502.
    util.close_graceful = partial(util.close_graceful, max_drain=limits.MAX_DRAINED_BYTES)
    gc.collect()
    gc.freeze()
