"""Runs the real product under gunicorn, for tests that must see it as its users do."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

ADMIN_EMAIL = "admin@example.org"
ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = "a password for tests only"

START_TIMEOUT_S = 60
SECONDS_BETWEEN_LOOKS = 0.05


@dataclass
class RunningServer:
    """A running server: its address, its log so far, and its first process."""

    url: str
    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def workers(self) -> set[int]:
        """Return the pids of the current worker processes."""
        master = self.process.pid
        return set(map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split()))


@contextmanager
def running_server(
    database_url: str,
    workers: int = 2,
    env: Mapping[str, str] | None = None,
    app: str = "wsgi:app",
    under: Sequence[str] = (),
) -> Iterator[RunningServer]:
    """Run the product, yield it once it answers, and kill all its processes at the end.

    `env` adds settings or replaces those made here. A server that is to be restarted needs its own
    `SPIKECAST_INSTANCE` in it, as the secret key is stored there. `app` names another WSGI app to serve
    instead of the product; it must answer at /api/health too. `under` is a command that starts gunicorn with
    other rights.
    """
    with tempfile.TemporaryDirectory(prefix="spikecast-server-") as folder, own_port() as port:
        settings = {
            "SPIKECAST_BIND": f"127.0.0.1:{port}",
            "SPIKECAST_DATABASE_URL": database_url,
            "SPIKECAST_WORKERS": str(workers),
            "SPIKECAST_INSTANCE": str(Path(folder, "instance")),
            "SPIKECAST_ADMIN_EMAIL": ADMIN_EMAIL,
            "SPIKECAST_ADMIN_USERNAME": ADMIN_USERNAME,
            "SPIKECAST_ADMIN_PASSWORD": ADMIN_PASSWORD,
            **(env or {}),
        }
        log_file = Path(folder, "log")
        server = RunningServer(
            url=f"http://{settings['SPIKECAST_BIND']}",
            process=launch(app, settings, log_file, under),
            log_file=log_file,
        )
        try:
            _wait_until_healthy(server, settings["SPIKECAST_BIND"])
            yield server
        finally:
            kill_all(server.process)


@contextmanager
def own_port() -> Iterator[int]:
    """Yield a free port that no other process is given in the meantime.

    The socket is bound but never listens, and allows its address to be used again: on Linux
    gunicorn can still take the port, while other tests that ask for any free one cannot.
    """
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind(("127.0.0.1", 0))
        yield reservation.getsockname()[1]


def launch(
    app: str, settings: Mapping[str, str], log_file: Path, under: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Start gunicorn with only these settings, and append its output to the log."""
    # Settings in the developer's environment must not affect the tests.
    outside = {name: text for name, text in os.environ.items() if not name.startswith("SPIKECAST_")}
    with log_file.open("ab") as log:
        return subprocess.Popen(
            [*under, sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", app],
            cwd=REPOSITORY,
            env={**outside, "PYTHONUNBUFFERED": "1", **settings},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Its own process group, so that workers without their parent are found and killed too.
            start_new_session=True,
        )


def _wait_until_healthy(server: RunningServer, address: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_healthy(address):
        if server.process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with {server.process.returncode}:\n{server.log()}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"not healthy after {START_TIMEOUT_S} s:\n{server.log()}")
        time.sleep(SECONDS_BETWEEN_LOOKS)


def is_healthy(address: str) -> bool:
    """Return whether the product answers at this `host:port` and reaches its database."""
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", "/api/health", headers={"Connection": "close"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill gunicorn and its workers, like a power cut."""
    with suppress(ProcessLookupError):  # a test may have killed all processes already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
