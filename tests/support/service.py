"""Starts and stops the product the way a service manager or a container engine does."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.support.server import ADMIN_EMAIL, ADMIN_PASSWORD, ADMIN_USERNAME

TIMEOUT_S = 60
FIRST_ADMIN = {
    "SPIKECAST_ADMIN_EMAIL": ADMIN_EMAIL,
    "SPIKECAST_ADMIN_USERNAME": ADMIN_USERNAME,
    "SPIKECAST_ADMIN_PASSWORD": ADMIN_PASSWORD,
}


class Service:
    """A started command, which can be stopped and returns its exit status."""

    def __init__(self, process: subprocess.Popen[bytes], log_file: Path) -> None:
        self._process, self._log_file = process, log_file

    def log(self) -> str:
        return self._log_file.read_text(errors="replace")

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def status(self) -> list[dict[str, str]]:
        """Return what the kernel reports about the first process and its children."""
        own = self._process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        lines = [Path(f"/proc/{pid}/status").read_text().splitlines() for pid in [own, *children]]
        return [dict(line.split(":\t", 1) for line in each if ":\t" in line) for each in lines]

    def stop(self, signal_name: str, within: float) -> int:
        """Send this signal to the first process alone, and return the exit status."""
        self._process.send_signal(signal.Signals[signal_name])
        return self._process.wait(within)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def run_service(command: Sequence[str], environment: Mapping[str, str], log_file: Path) -> Iterator[Service]:
    """Run the command with only this environment, and yield the service."""
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    service = Service(process, log_file)
    try:
        yield service
    finally:
        service.kill()


def first_poll(url: str) -> dict[str, object]:
    """Sign in as the first Admin, create a collection and a key, and return what the first poll gets."""
    session = requests.Session()

    def make(path: str, body: object) -> dict:
        answer = session.post(f"{url}/api{path}", json=body, timeout=TIMEOUT_S)
        assert answer.ok, answer.text
        return answer.json()

    credentials = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
    token = make("/auth/login", credentials)["access_token"]
    session.headers["Authorization"] = f"Bearer {token}"
    number = make("/collections", {"name": "Truck 01"})["id"]
    counter = {"value_type": "INCREMENT", "start_number": 7, "step_number": 1}
    make(f"/collections/{number}/fields", {"collection_type": "Performance", "field_name": "km"} | counter)
    headers = {"X-API-Key": make("/api-keys", {"label": "monitoring"})["key"]}
    answer = requests.get(f"{url}/api/data/Truck%2001/performance", headers=headers, timeout=TIMEOUT_S)
    assert answer.ok, answer.text
    return answer.json()["data"]
