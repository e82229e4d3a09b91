"""Real monitoring programs, each in a folder of its own, that poll the product in tests."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.support import skip_or_fail
from tests.support.server import own_port
from tests.support.wait import wait_until

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
    "victoria-metrics": "victoria-metrics",
    "influxd": "influxdb",
    "collectd": "collectd-core",
    "check_http": "monitoring-plugins-basic",
}
"""The Debian package of each program."""
_FOLDERS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/nagios/plugins"])


def find_program(name: str) -> str:
    """Return the path of a program; skip the test, or fail it if the program is required."""
    found = shutil.which(name, path=_FOLDERS)
    if found is None:
        package = PACKAGES[name]
        skip_or_fail(package, f"no {name}: install Debian's package {package}")
    return found


@contextmanager
def running(arguments: Sequence[str], log_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block, with its output in a file."""
    with log_file.open("wb") as log:
        process = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=log_file.parent)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def prometheus(config: Path) -> Iterator[str]:
    """Run a Prometheus with this configuration, and yield its URL; its data are beside the configuration."""
    program = find_program("prometheus")
    with own_port() as port:
        address = f"127.0.0.1:{port}"
        arguments = [
            program,
            f"--config.file={config}",
            f"--storage.tsdb.path={config.parent / 'prometheus'}",
        ]
        arguments.append(f"--web.listen-address={address}")
        with running(arguments, config.parent / "prometheus.log"):
            url = f"http://{address}"
            wait_until(lambda: is_ready(f"{url}/-/ready"), "Prometheus is ready")
            yield url


@contextmanager
def alertmanager(config: Path, port: int) -> Iterator[str]:
    """Run an Alertmanager with this configuration on this port, and yield its URL."""
    program = find_program("prometheus-alertmanager")
    address = f"127.0.0.1:{port}"
    arguments = [program, f"--config.file={config}", f"--storage.path={config.parent / 'alertmanager'}"]
    arguments += [f"--web.listen-address={address}", "--cluster.listen-address="]
    with running(arguments, config.parent / "alertmanager.log"):
        url = f"http://{address}"
        wait_until(lambda: is_ready(f"{url}/-/ready"), "Alertmanager is ready")
        yield url


def is_ready(url: str) -> bool:
    """Return whether a server answers this address with a success."""
    try:
        return requests.get(url, timeout=10).ok
    except requests.ConnectionError:
        return False


def query(url: str, expression: str, **more: Any) -> list[dict[str, Any]]:
    """Return the result of a PromQL expression: now, or from `start` to `end` each `step` seconds."""
    path = "query_range" if more else "query"
    answer = requests.get(f"{url}/api/v1/{path}", params={"query": expression, **more}, timeout=30)
    assert answer.ok, answer.text
    result: list[dict[str, Any]] = answer.json()["data"]["result"]
    return result


def query_values(url: str, expression: str, **more: Any) -> list[float]:
    """Return the values of the first series that a PromQL expression gives; none is an empty list."""
    found = query(url, expression, **more)
    if not found:
        return []
    points = found[0].get("values") or [found[0]["value"]]
    return [float(value) for _, value in points]


def get_targets(url: str) -> list[dict[str, Any]]:
    """Return the active targets of a Prometheus or a VictoriaMetrics."""
    targets: list[dict[str, Any]] = requests.get(f"{url}/api/v1/targets", timeout=30).json()["data"][
        "activeTargets"
    ]
    return targets


_INFLUXDB = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
[http]
bind-address = "127.0.0.1:{port}"
"""


@contextmanager
def influxdb(folder: Path) -> Iterator[str]:
    """Run an InfluxDB 1.x with its data in this folder, and yield its URL."""
    program, config = find_program("influxd"), folder / "influxdb.conf"
    with own_port() as port, own_port() as rpc:
        config.write_text(_INFLUXDB.format(folder=folder, port=port, rpc=rpc))
        with running([program, "-config", str(config)], folder / "influxdb.log"):
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: is_ready(f"{url}/ping"), "InfluxDB is ready")
            yield url
