"""deploy/spikecast.service: systemd accepts the unit, and Spikecast serves within its restrictions."""

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
from tests.support.service import FIRST_ADMIN, TIMEOUT_S, Service, first_poll, run_service
from tests.support.systemd_unit import Unit
from tests.support.wait import wait_until

WRITABLE = ("lib", "run", "tmp")  # stand-ins for StateDirectory, RuntimeDirectory and PrivateTmp
MAX_EXPOSURE = 10  # in tenths, the unit of --threshold; systemd rates up to 5.0 as OK

pytestmark = pytest.mark.usefixtures("_systemd")


@pytest.fixture
def unit(folder: Path) -> Unit:
    """Return the unit with the paths of this clone, and of the test's own state and runtime folders."""
    for name in WRITABLE:
        (folder / name).mkdir()
    places = {"/opt/spikecast": REPOSITORY, "/var/lib/spikecast": folder / "lib"}
    return Unit(places | {"/run/spikecast": folder / "run"})


@contextmanager
def serving(unit: Unit, folder: Path, settings: Mapping[str, str]) -> Iterator[Service]:
    """Start the unit's command, and yield the service once it has notified that it is ready."""
    notices = folder / "notices"
    environment = dict(line.split("=", 1) for line in unit.all("Environment"))
    environment |= {"NOTIFY_SOCKET": str(notices), "TMPDIR": str(folder / "tmp")}
    command = unit.confinement([folder / name for name in WRITABLE]).command(unit.one("ExecStart").split())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(notices))
        manager.settimeout(0.1)
        with run_service(command, environment | FIRST_ADMIN | settings, folder / "log") as service:
            wait_until(lambda: not service.is_running() or is_ready(manager), "the service is ready")
            assert service.is_running(), service.log()
            yield service


def is_ready(manager: socket.socket) -> bool:
    """Return whether the service has just notified its manager that it is ready."""
    try:
        return "READY=1" in manager.recv(4096).decode().splitlines()
    except TimeoutError:
        return False


def get_health_status(place: Path) -> int:
    """Return the status of /api/health over a Unix socket."""
    connection = http.client.HTTPConnection("localhost", timeout=TIMEOUT_S)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(place))
    with closing(connection):
        connection.request("GET", "/api/health")
        return connection.getresponse().status


def analyze(unit: Unit, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `systemd-analyze` on the unit."""
    file = folder / "spikecast.service"
    file.write_text(unit.text)
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments, str(file)], capture_output=True, text=True, check=False
    )


def test_systemd_verifies_the_unit_without_errors(unit, folder):
    verified = analyze(unit, folder, "verify", "--recursive-errors=no")
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_systemd_rates_the_exposure_of_the_unit_as_low(unit, folder):
    rated = analyze(unit, folder, "security", "--offline=true", f"--threshold={MAX_EXPOSURE}")
    assert rated.returncode == 0, rated.stdout


def test_systemd_waits_longer_for_a_stop_than_gunicorns_graceful_timeout(unit):
    shipped = runpy.run_path(str(REPOSITORY / "gunicorn.conf.py"))
    assert int(unit.one("TimeoutStopSec")) > shipped["graceful_timeout"]


@pytest.mark.usefixtures("_confinement")
class TestConfined:
    def test_the_confined_service_serves_and_stops_without_capabilities(self, unit, folder):
        with own_port() as port:
            settings = {"SPIKECAST_BIND": f"127.0.0.1:{port}"}
            with serving(unit, folder, settings) as service:
                assert first_poll(f"http://{settings['SPIKECAST_BIND']}") == {"km": 7}
                for process in service.status():
                    assert (process["NoNewPrivs"], process["Seccomp"]) == ("1", "2")
                    assert int(process["CapEff"], 16) == int(process["CapBnd"], 16) == 0
                assert service.stop("SIGTERM", TIMEOUT_S) == 0

    def test_the_unix_socket_is_open_to_all_users(self, unit, folder):
        place = folder / "run" / "http"
        with serving(unit, folder, {"SPIKECAST_BIND": f"unix:{place}"}) as service:
            assert get_health_status(place) == 200, service.log()
            assert place.stat().st_mode & 0o777 == 0o777
            assert service.stop("SIGTERM", TIMEOUT_S) == 0

    def test_only_the_user_of_the_service_may_access_its_data(self, unit, folder):
        with serving(unit, folder, {"SPIKECAST_BIND": f"unix:{folder}/run/http"}):
            modes = {each.name: each.stat().st_mode & 0o077 for each in (folder / "lib").iterdir()}
        assert {"spikecast.db", "secret_key"} <= modes.keys()
        assert set(modes.values()) == {0}

    @pytest.mark.parametrize(
        ("code", "refusal"),
        [
            (f"open({str(REPOSITORY / 'app' / 'mine.py')!r}, 'w')", "Read-only file system"),
            ("__import__('mmap').mmap(-1, 1, prot=7)", "Operation not permitted"),
            ("__import__('socket').socket(17)", "Operation not permitted"),
            ("__import__('os').chroot('/')", "Operation not permitted"),
            ("__import__('os').nice(1)", "Operation not permitted"),
        ],
        ids=["write program files", "executable memory", "raw packets", "chroot", "raise priority"],
    )
    def test_operations_that_the_unit_forbids_fail(self, unit, folder, code, refusal):
        command = unit.confinement([folder]).command([sys.executable, "-c", code])
        completed = subprocess.run(command, capture_output=True, text=True, check=False)
        assert completed.returncode == 1
        assert refusal in completed.stderr.splitlines()[-1]
