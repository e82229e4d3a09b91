"""The processes that a soak run kills and restarts: gunicorn nodes and the database behind them."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import throwaway_postgres
from tests.support.server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    ADMIN_USERNAME,
    RunningServer,
    is_healthy,
    kill_all,
    launch,
    own_port,
)
from tests.support.throwaway_postgres import Throwaway
from tools.bench.scenarios import SQLITE
from tools.bench.servers import get_worker_pids

PRODUCT, CONTROL = "wsgi:app", "tools.soak.broken_app:app"
START_TIMEOUT_S = 120


class Node:
    """One gunicorn server with its workers."""

    def __init__(self, database_url: str, port: int, workers: int, folder: Path, app: str) -> None:
        self.address, self.app, self.share = f"127.0.0.1:{port}", app, workers
        self.log_file = folder / f"node-{port}.log"
        self.settings = {
            "SPIKECAST_BIND": self.address,
            "SPIKECAST_DATABASE_URL": database_url,
            "SPIKECAST_WORKERS": str(workers),
            "SPIKECAST_INSTANCE": str(folder),
            "SPIKECAST_SECRET_KEY": "a secret of one run: 0123456789 abcdef",
            "SPIKECAST_ADMIN_EMAIL": ADMIN_EMAIL,
            "SPIKECAST_ADMIN_USERNAME": ADMIN_USERNAME,
            "SPIKECAST_ADMIN_PASSWORD": ADMIN_PASSWORD,
        }
        self._server: RunningServer | None = None

    @property
    def url(self) -> str:
        """The base URL of the node."""
        return f"http://{self.address}"

    def start(self) -> None:
        """Start the node without waiting until it serves, as a service manager does."""
        process = launch(self.app, self.settings, self.log_file)
        self._server = RunningServer(self.url, process, self.log_file)

    def wait(self) -> None:
        """Wait until the node answers.

        Raises:
            TimeoutError: It does not within START_TIMEOUT_S seconds.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while not is_healthy(self.address):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not healthy after {START_TIMEOUT_S} s:\n{self.log()}")
            time.sleep(0.05)

    def workers(self) -> list[int]:
        """Return the pids of the worker processes; empty while the node is down."""
        if self._server is None:
            return []
        with suppress(FileNotFoundError):
            return get_worker_pids(self._server)
        return []

    def kill(self) -> int:
        """Kill the node, wait until all its processes are gone, and return how many workers it had."""
        if self._server is None:
            return 0
        workers = self.workers()
        kill_all(self._server.process)
        wait_until_gone(workers)
        self._server = None
        return len(workers)

    def log(self) -> str:
        """Return everything that the node has written since its first start."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""


def kill(pids: Sequence[int]) -> None:
    """Kill processes, and wait until they are gone."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until_gone(pids)


def wait_until_gone(pids: Sequence[int]) -> None:
    """Wait until none of the processes is running.

    Raises:
        TimeoutError: One of them is still running after START_TIMEOUT_S seconds.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while any(map(_is_running, pids)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"one of the processes {pids} outlived SIGKILL")
        time.sleep(0.0005)


def _is_running(pid: int) -> bool:
    try:
        # Format: "1234 (gunicorn: worker) S …". A zombie has ended; only its parent has not reaped it yet.
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


@dataclass
class Cluster:
    """A database and the nodes that use it."""

    kind: str
    database_url: str
    postgres: Throwaway | None = None
    nodes: list[Node] = field(default_factory=list)

    def start(self) -> None:
        """Start all nodes at the same time, and wait until they serve."""
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait()

    def stop(self) -> None:
        """Kill all nodes."""
        for node in self.nodes:
            node.kill()


@contextmanager
def create_cluster(kind: str, workers: int, app: str = PRODUCT) -> Iterator[Cluster]:
    """Provide a SQLite file and one node, or a PostgreSQL server and two nodes that share the workers.

    PostgreSQL has its default, durable settings and is running; no node is. Everything is removed at the end.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spikecast-soak-")))
        if kind == SQLITE:
            cluster = Cluster(kind, f"sqlite:///{folder}/spikecast.db")
            shares = [workers]
        else:
            postgres = throwaway_postgres.start()
            stack.callback(postgres.stop)
            name = throwaway_postgres.fresh_database(postgres.url, "spikecast_soak")
            cluster = Cluster(kind, stack.enter_context(name), postgres)
            shares = [workers - workers // 2, workers // 2]
        for number, share in enumerate(filter(None, shares)):
            port = stack.enter_context(own_port())
            own = folder / str(number)
            own.mkdir()
            cluster.nodes.append(Node(cluster.database_url, port, share, own, app))
        stack.callback(cluster.stop)
        yield cluster
