"""Runs PgBouncer in front of a throwaway PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.support import skip_or_fail
from tests.support.server import own_port
from tests.support.throwaway_postgres import _account, _as, for_psycopg

START_TIMEOUT_S = 60

# Debian's configuration except for paths and names. It rejects `options` in the startup packet.
SETTINGS = """
[databases]
* = host={server} user=spikecast
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
server_reset_query = DISCARD ALL
default_pool_size = {pool_size}
logfile = {folder}/log
pidfile = {folder}/pid
"""


def program() -> str | None:
    """Return the path of PgBouncer, or None if it is not installed."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


def need() -> None:
    """Skip the test, or fail it, if PgBouncer is not installed."""
    if program() is None:
        skip_or_fail("pgbouncer", "no PgBouncer: install Debian's package pgbouncer")


@contextmanager
def running_pgbouncer(url: str, pool_size: int = 30, mode: str = "session") -> Iterator[str]:
    """Run PgBouncer in this mode in front of the database at `url`, and yield the URL to reach it.

    Raises:
        RuntimeError: PgBouncer does not serve.
    """
    account, behind = _account(), make_url(url)
    with own_port() as port, tempfile.TemporaryDirectory(prefix="spikecast-pgbouncer-", dir="/tmp") as folder:
        os.chown(folder, account.pw_uid, account.pw_gid)
        settings = Path(folder, "pgbouncer.ini")
        server = behind.query["host"]
        settings.write_text(
            SETTINGS.format(server=server, port=port, folder=folder, pool_size=pool_size, mode=mode)
        )
        settings.chmod(0o644)
        process = subprocess.Popen(
            [program() or "pgbouncer", "-q", str(settings)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_as(account),
        )
        through = behind.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
        try:
            _wait_until_it_serves(process, through, Path(folder, "log"))
            yield through
        finally:
            process.kill()
            process.wait()


def _wait_until_it_serves(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(for_psycopg(url), connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                output = log.read_text() if log.exists() else ""
                raise RuntimeError(f"PgBouncer does not serve:\n{output}") from None
        time.sleep(0.05)
