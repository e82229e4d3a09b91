"""Load generation with wrk."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

SCRIPT = Path(__file__).with_name("poll.lua")
CONNECTIONS = 16
RESULT_PREFIX = "RESULT "


class LoadFailed(Exception):
    """wrk is missing or failed; the message says why."""


@dataclass(frozen=True)
class Load:
    """The result of one round of load."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    not_2xx: int
    socket_errors: int

    @property
    def per_second(self) -> float:
        """The number of responses per second."""
        return self.requests / self.seconds

    @property
    def errors(self) -> int:
        """The number of failed requests of all kinds."""
        return self.not_2xx + self.socket_errors


@dataclass(frozen=True)
class Target:
    """A server and the requests to send: paths on one server, each with its headers, separated by tabs."""

    name: str
    site: str
    asks: Sequence[tuple[str, str]]


def wrk() -> str:
    """Return the path of wrk.

    Raises:
        LoadFailed: wrk is not installed.
    """
    path = shutil.which("wrk")
    if path is None:
        raise LoadFailed(
            "wrk, which makes the load, is not installed. On Debian or Ubuntu: apt-get install wrk"
        )
    return path


def version() -> str:
    """Return the version of wrk."""
    completed = subprocess.run([wrk(), "-v"], capture_output=True, text=True, check=False)
    return (completed.stdout or completed.stderr).split("[")[0].strip()


def run(target: Target, seconds: int, *, begin: int = 0, at_random: bool = True) -> Load:
    """Load `target` for `seconds` seconds.

    Args:
        target: The server and its requests.
        seconds: The duration.
        begin: The index of the first request if they are sent in order.
        at_random: Whether to draw requests at random instead of sending them in order.

    Raises:
        LoadFailed: wrk failed.
    """
    with tempfile.NamedTemporaryFile("w", prefix="spikecast-bench-", suffix=".txt") as asks:
        asks.writelines(f"{path}\t{header}\n" for path, header in target.asks)
        asks.flush()
        order = "at-random" if at_random else "in-order"
        command = [wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", "-s", str(SCRIPT)]
        command += [target.site, "--", asks.name, order, str(begin)]
        completed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 60)
    if completed.returncode:
        raise LoadFailed(
            f"wrk ended with {completed.returncode}: {completed.stderr.strip() or completed.stdout.strip()}"
        )
    return parse(completed.stdout)


def warm_up(target: Target, passes: int) -> None:
    """Send every request in order `passes` times, for at least 1 and at most 90 seconds.

    Requests that differ only in their query string count as one.
    """
    different = dict.fromkeys((path.partition("?")[0], header) for path, header in target.asks)
    target, requested = replace(target, asks=list(different)), 0
    for _ in range(90):
        requested += run(target, 1, begin=requested, at_random=False).requests
        if requested >= passes * len(target.asks):
            return


def parse(output: str) -> Load:
    """Parse the line that poll.lua writes at the end of wrk's output.

    Raises:
        LoadFailed: There is no such line.
    """
    line = next((line for line in output.splitlines() if line.startswith(RESULT_PREFIX)), None)
    if line is None:
        raise LoadFailed(f"wrk did not say what it saw: {output.strip()[-500:]}")
    counts = json.loads(line.removeprefix(RESULT_PREFIX))
    return Load(
        requests=counts["requests"],
        seconds=counts["microseconds"] / 1e6,
        p50_ms=counts["p50"] / 1000,
        p99_ms=counts["p99"] / 1000,
        not_2xx=counts["not_2xx"],
        socket_errors=counts["socket_errors"],
    )
