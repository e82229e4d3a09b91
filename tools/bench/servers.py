"""Servers of the benchmarks: databases, Spikecast, and the empty route."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import config
from tests.support import throwaway_postgres
from tests.support.server import START_TIMEOUT_S, RunningServer, is_healthy, own_port, running_server
from tools.bench.scenarios import SQLITE

WORKERS = config.load({}).workers


@dataclass
class Place:
    """A place where databases of one kind can be created."""

    kind: str
    folder: Path
    server: str | None = None

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Create an empty database, and remove it at the end."""
        if self.server is None:
            yield f"sqlite:///{self.folder / name}.db"
        else:
            with throwaway_postgres.fresh_database(self.server, name) as url:
                yield url


@contextmanager
def place(kind: str, settings: str = "") -> Iterator[Place]:
    """Provide a folder for SQLite, or a throwaway PostgreSQL server.

    The server has its default settings, with fsync, except for these lines of its postgresql.conf.
    """
    with tempfile.TemporaryDirectory(prefix="spikecast-bench-") as folder:
        if kind == SQLITE:
            yield Place(kind, Path(folder))
            return
        server = throwaway_postgres.start(settings)
        try:
            yield Place(kind, Path(folder), server.url)
        finally:
            server.stop()


@contextmanager
def spikecast(database_url: str, synchronous: str = "FULL") -> Iterator[RunningServer]:
    """Run Spikecast in its default configuration."""
    settings = {"SPIKECAST_SQLITE_SYNCHRONOUS": synchronous}
    with running_server(database_url, WORKERS, settings) as server:
        yield server


@contextmanager
def spikecast_under_granian(database_url: str) -> Iterator[str]:
    """Run Spikecast under granian, with 2 workers of 4 blocking threads, and yield its URL.

    Raises:
        RuntimeError: granian ended, or does not answer in time.
    """
    with tempfile.TemporaryDirectory(prefix="spikecast-bench-") as folder, own_port() as port:
        settings = {"SPIKECAST_DATABASE_URL": database_url, "SPIKECAST_INSTANCE": folder}
        address = f"127.0.0.1:{port}"
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "wsgi:app"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "4"]
        log = Path(folder, "granian.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=config.ROOT, env=os.environ | settings, stdout=output, stderr=output
            )
        try:
            deadline = time.monotonic() + START_TIMEOUT_S
            while not is_healthy(address):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"granian does not serve:\n{log.read_text()}")
                time.sleep(0.05)
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait()


@contextmanager
def empty_route(bodies: dict[str, bytes]) -> Iterator[RunningServer]:
    """Run the empty Flask app under the same gunicorn, with these bodies by name."""
    folder = Path(tempfile.mkdtemp(prefix="spikecast-bench-"))
    try:
        for name, body in bodies.items():
            (folder / f"{name}.json").write_bytes(body)
        # gunicorn.conf.py requires a database and prepares it; this one is not used.
        unused, settings = f"sqlite:///{folder}/unused.db", {"BENCH_BODIES": str(folder)}
        with running_server(unused, WORKERS, settings, app="tools.bench.baseline:app") as server:
            yield server
    finally:
        shutil.rmtree(folder)


def get_worker_pids(server: RunningServer) -> list[int]:
    """Return the pids of gunicorn's workers."""
    master = server.process.pid
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def get_memory_mib(pid: int) -> dict[str, float]:
    """Return the resident memory of a process in MiB: all of it (RSS), and its proportional share (PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {name.rstrip(":"): int(size) for name, size, *_ in map(str.split, lines)}
    return {"rss": kib["Rss"] / 1024, "pss": kib["Pss"] / 1024}
