"""deploy/spikecast.service: systemd accepts it, and Spikecast serves with no more than it allows."""

import http.client
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support.server import REPOSITORY, own_port
from tests.support.service import FIRST_ADMIN, TIMEOUT_S, Service, first_poll, started
from tests.support.systemd_unit import Unit
from tests.support.wait import wait_until

WRITABLE = ("lib", "run", "tmp")  # what StateDirectory, RuntimeDirectory and PrivateTmp stand for
MOST_EXPOSURE = 10  # tenths, as --threshold counts; what systemd calls OK ends at 5.0

pytestmark = pytest.mark.usefixtures("_systemd")


@pytest.fixture
def unit(folder: Path) -> Unit:
    """The unit, for this clone, and for a state and a runtime folder of the test's own."""
    for name in WRITABLE:
        (folder / name).mkdir()
    places = {"/opt/spikecast": REPOSITORY, "/var/lib/spikecast": folder / "lib"}
    return Unit(places | {"/run/spikecast": folder / "run"})


@contextmanager
def serving(unit: Unit, folder: Path, settings: Mapping[str, str]) -> Iterator[Service]:
    """What the unit starts, from the moment it says that it is ready."""
    notices = folder / "notices"
    environment = dict(line.split("=", 1) for line in unit.all("Environment"))
    environment |= {"NOTIFY_SOCKET": str(notices), "TMPDIR": str(folder / "tmp")}
    command = unit.confinement([folder / name for name in WRITABLE]).command(unit.one("ExecStart").split())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(notices))
        manager.settimeout(0.1)
        with started(command, environment | FIRST_ADMIN | settings, folder / "log") as service:
            wait_until(lambda: not service.is_running() or is_ready(manager), "it is ready")
            assert service.is_running(), service.log()
            yield service


def is_ready(manager: socket.socket) -> bool:
    """Whether the service has just said so to its manager."""
    try:
        return "READY=1" in manager.recv(4096).decode().splitlines()
    except TimeoutError:
        return False


def status_at(place: Path) -> int:
    """The status of /api/health at a socket of the file system."""
    connection = http.client.HTTPConnection("localhost", timeout=TIMEOUT_S)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(place))
    with closing(connection):
        connection.request("GET", "/api/health")
        return connection.getresponse().status


def analyze(unit: Unit, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `systemd-analyze` says of the unit."""
    file = folder / "spikecast.service"
    file.write_text(unit.text)
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments, str(file)], capture_output=True, text=True, check=False
    )


def test_systemd_finds_no_fault_in_it(unit, folder):
    verified = analyze(unit, folder, "verify", "--recursive-errors=no")
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_it_exposes_little_of_the_machine(unit, folder):
    rated = analyze(unit, folder, "security", "--offline=true", f"--threshold={MOST_EXPOSURE}")
    assert rated.returncode == 0, rated.stdout


def test_there_is_time_to_finish_what_is_being_answered(unit):
    shipped = runpy.run_path(str(REPOSITORY / "gunicorn.conf.py"))
    assert int(unit.one("TimeoutStopSec")) > shipped["graceful_timeout"]


@pytest.mark.usefixtures("_confinement")
class TestConfined:
    def test_it_serves_and_stops(self, unit, folder):
        with own_port() as port:
            settings = {"SPIKECAST_BIND": f"127.0.0.1:{port}"}
            with serving(unit, folder, settings) as service:
                assert first_poll(f"http://{settings['SPIKECAST_BIND']}") == {"km": 7}
                for process in service.status():
                    assert (process["NoNewPrivs"], process["Seccomp"]) == ("1", "2")
                    assert int(process["CapEff"], 16) == int(process["CapBnd"], 16) == 0
                assert service.stop("SIGTERM", TIMEOUT_S) == 0

    def test_it_serves_at_a_socket_that_others_may_open(self, unit, folder):
        place = folder / "run" / "http"
        with serving(unit, folder, {"SPIKECAST_BIND": f"unix:{place}"}) as service:
            assert status_at(place) == 200, service.log()
            assert place.stat().st_mode & 0o777 == 0o777
            assert service.stop("SIGTERM", TIMEOUT_S) == 0

    def test_what_it_keeps_is_for_its_own_user(self, unit, folder):
        with serving(unit, folder, {"SPIKECAST_BIND": f"unix:{folder}/run/http"}):
            kept = {each.name: each.stat().st_mode & 0o077 for each in (folder / "lib").iterdir()}
        assert {"spikecast.db", "secret_key"} <= kept.keys()
        assert set(kept.values()) == {0}

    @pytest.mark.parametrize(
        ("code", "refusal"),
        [
            (f"open({str(REPOSITORY / 'app' / 'mine.py')!r}, 'w')", "Read-only file system"),
            ("__import__('mmap').mmap(-1, 1, prot=7)", "Operation not permitted"),
            ("__import__('socket').socket(17)", "Operation not permitted"),
            ("__import__('os').chroot('/')", "Operation not permitted"),
            ("__import__('os').nice(1)", "Operation not permitted"),
        ],
        ids=["the program", "new machine code", "packets", "another root", "priority"],
    )
    def test_what_it_forbids_is_refused(self, unit, folder, code, refusal):
        command = unit.confinement([folder]).command([sys.executable, "-c", code])
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        assert tried.returncode == 1
        assert refusal in tried.stderr.splitlines()[-1]
