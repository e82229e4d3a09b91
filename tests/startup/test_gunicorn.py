"""Serving with gunicorn: start, reload, stop, a log that is not read, and an address in use."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from app.core.log_format import MAX_QUEUED_BYTES, BackgroundWriter
from tests.support import raw
from tests.support.server import (
    ADMIN_PASSWORD,
    ADMIN_USERNAME,
    REPOSITORY,
    RunningServer,
    kill_all,
    launch,
    own_port,
    running_server,
)
from tests.support.wait import wait_until

RELOADS, WAITING = 5, 8
NO_ADMIN = {f"SPIKECAST_ADMIN_{name}": "" for name in ("EMAIL", "USERNAME", "PASSWORD")}


@pytest.fixture
def server(tmp_path) -> Iterator[RunningServer]:
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}", workers=1) as running:
        yield running


def test_five_reloads_replace_every_worker_without_delaying_requests(server):
    before, finished, durations = server.workers(), threading.Event(), []

    def poll() -> None:
        while not finished.is_set():
            since = time.monotonic()
            assert requests.get(f"{server.url}/api/health", timeout=30).status_code == 200
            durations.append(time.monotonic() - since)

    poller = threading.Thread(target=poll)
    poller.start()
    for _ in range(RELOADS):
        present = server.workers()
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda present=present: not present & server.workers(), "the workers are replaced")
    finished.set()
    poller.join()
    assert not before & server.workers()
    assert len(durations) > RELOADS
    assert max(durations) < 2.0, max(durations)


def test_a_stop_answers_the_waiting_requests(server):
    (worker,) = server.workers()
    host, port = server.url.removeprefix("http://").split(":")
    os.kill(worker, signal.SIGSTOP)
    waiting = [socket.create_connection((host, int(port)), 30) for _ in range(WAITING)]
    for each in waiting:
        each.sendall(b"GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    server.process.terminate()
    wait_until(lambda: "Handling signal: term" in server.log(), "the stop has begun")
    os.kill(worker, signal.SIGCONT)
    with ThreadPoolExecutor(WAITING) as clients:
        answers = list(clients.map(read_and_close, waiting))
    assert [answer.partition(b"\r\n")[0] for answer in answers] == [b"HTTP/1.1 200 OK"] * WAITING
    assert server.process.wait(30) == 0


def read_and_close(connection: socket.socket) -> bytes:
    with connection, connection.makefile("rb") as answer:
        return answer.read()


def test_a_log_that_is_not_read_delays_no_request(tmp_path):
    with own_port() as port:
        url = f"http://127.0.0.1:{port}"
        outside = {name: text for name, text in os.environ.items() if not name.startswith("SPIKECAST_")}
        settings = {
            "SPIKECAST_INSTANCE": str(tmp_path),
            "SPIKECAST_BIND": f"127.0.0.1:{port}",
            "SPIKECAST_WORKERS": "1",
            "SPIKECAST_ADMIN_EMAIL": "ada@example.org",
            "SPIKECAST_ADMIN_USERNAME": ADMIN_USERNAME,
            "SPIKECAST_ADMIN_PASSWORD": ADMIN_PASSWORD,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
            cwd=REPOSITORY,
            env=outside | settings,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            wait_until(lambda: is_serving(url), "it serves")
            credentials = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
            signed_in = requests.post(f"{url}/api/auth/login", json=credentials, timeout=30).json()
            with requests.Session() as session:
                session.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
                for number in range(300):  # some 300 bytes of audit log each: more than a pipe holds
                    made = session.post(
                        f"{url}/api/collections", json={"name": f"{number} " * 40}, timeout=20
                    )
                    assert made.status_code == 201
            process.terminate()
            assert process.wait(30) == 0
        finally:
            kill_all(process)
            process.stderr.close()


def is_serving(url: str) -> bool:
    try:
        return requests.get(f"{url}/api/health", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_dropped_log_lines_are_counted_and_reported():
    reading, writing = os.pipe()
    writer, count = BackgroundWriter(writing), 3 * MAX_QUEUED_BYTES // 1000
    for number in range(count):
        writer.put(f"{number:0999}")
    log = b""
    while b"dropped" not in log:
        log += os.read(reading, 1 << 16)
    writer.flush(5)
    lines = log.decode().splitlines()
    lost = int(next(line for line in lines if "dropped" in line).split()[0])
    assert 0 < lost < count
    assert lines[0] == f"{0:0999}"
    os.close(reading)


TOKEN = "sal_0123456789ABCDEFGHIJKLMNOPQRSTUV1ggZdL"
ACCESS_LOG = {"GUNICORN_CMD_ARGS": "--access-logfile - --access-logformat '%(r)s %(U)s %(m)s %(s)s'"}


def test_no_log_of_gunicorn_shows_the_token_of_an_address(tmp_path):
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}", env=ACCESS_LOG) as server:
        for path in (
            f"/api/alerts/5/{TOKEN}",
            f"/api/alerts/5/{TOKEN}/more",
            f"/api/alerts/5/%73{TOKEN[1:]}",
        ):
            requests.post(f"{server.url}{path}", json={"name": "x", "status": "firing"}, timeout=30)
        raw.send(server.url, f"POST /api/alerts/5/{TOKEN}", "Host: x")
        wait_until(lambda: "Invalid request" in server.log(), "the malformed request is logged")
        assert server.log().count("POST /api/alerts/5/…") >= 4
        assert TOKEN[4:] not in server.log()


def test_an_address_in_use_is_reported_before_the_database_is_created(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = {"SPIKECAST_INSTANCE": str(tmp_path / "instance"), "SPIKECAST_BIND": bind}
        process = launch("wsgi:app", settings, tmp_path / "log")
        assert process.wait(60) == 1
    log = (tmp_path / "log").read_text()
    assert log.splitlines()[-1] == (
        f"Spikecast does not start: SPIKECAST_BIND is {bind}, but another program, perhaps another "
        "Spikecast, is listening there."
    )
    assert "/setup" not in log
    assert not (tmp_path / "instance" / "spikecast.db").exists()


def test_a_unix_socket_in_use_is_reported_and_not_removed(tmp_path):
    place = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as taken:
        taken.bind(str(place))
        taken.listen()
        settings = {"SPIKECAST_INSTANCE": str(tmp_path / "instance"), "SPIKECAST_BIND": f"unix:{place}"}
        assert launch("wsgi:app", settings, tmp_path / "log").wait(60) == 1
    assert "is listening there." in (tmp_path / "log").read_text()
    assert place.exists()


def test_the_set_up_url_is_alone_on_the_last_line_of_the_log(tmp_path):
    with running_server(f"sqlite:///{tmp_path / 'a.db'}", env=NO_ADMIN) as server:
        *_, above, last = server.log().splitlines()
        assert last.startswith(f"{server.url}/setup?token=")
        assert " " not in last
        assert above == "or within 24 hours in a browser at:"
