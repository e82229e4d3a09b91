"""nginx with the configuration that is shipped, in front of servers under test."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support import is_required
from tests.support.server import REPOSITORY, is_healthy, own_port

SHIPPED = REPOSITORY / "deploy" / "nginx.conf"
SECONDS_TO_START = 60

# What a distribution's nginx.conf has around the files of conf.d, but everything is in one folder.
AROUND = """
{user}
pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    log_format asked '$request_uri $status $upstream_addr';
    access_log {folder}/asked asked;
    include {folder}/spikecast.conf;
}}
"""


class Request(NamedTuple):
    """What became of a request: its status, and the servers that were asked, one after the other."""

    status: int
    servers: list[str]


@dataclass
class Proxy:
    """A running nginx."""

    address: str
    folder: Path

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def requests(self, path: str) -> list[Request]:
        """What was asked below `path` so far and has been answered."""
        whole_lines = (self.folder / "asked").read_text().rpartition("\n")[0].splitlines()
        split = (re.split(r"[ ,]+", line) for line in whole_lines)
        return [Request(int(status), servers) for uri, status, *servers in split if uri.startswith(path)]


def program() -> str | None:
    """Where nginx is, if there is one."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


def need() -> None:
    """Where there is no nginx the test is skipped, or fails."""
    if program() is None:
        reason = "no nginx: install Debian's package nginx-light"
        if is_required("nginx"):
            pytest.fail(f"{reason} (SPIKECAST_TEST_REQUIRE asks for nginx)")
        pytest.skip(reason)


@contextmanager
def running_nginx(servers: Sequence[str]) -> Iterator[Proxy]:
    """nginx in front of two servers, `host:port` each, ready to answer; see `need`."""
    with tempfile.TemporaryDirectory(prefix="spikecast-nginx-") as place, own_port() as port:
        proxy = Proxy(f"127.0.0.1:{port}", Path(place))
        (proxy.folder / "spikecast.conf").write_text(_shipped(proxy.address, servers))
        # As root its workers would become somebody who may not enter the folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (proxy.folder / "nginx.conf").write_text(AROUND.format(folder=place, user=user))
        log = proxy.folder / "error"
        command = [program() or "nginx", "-p", place, "-c", f"{place}/nginx.conf", "-e", str(log)]
        process = subprocess.Popen([*command, "-g", "daemon off;"], stdin=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not is_healthy(proxy.address):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"nginx does not serve:\n{log.read_text()}")
                time.sleep(0.05)
            yield proxy
        finally:
            process.terminate()
            process.wait()


def _shipped(address: str, servers: Sequence[str]) -> str:
    """The shipped configuration with other addresses: nothing else of it is changed."""
    text = SHIPPED.read_text()
    others = {"listen 80;": f"listen {address};"}
    others |= {f"server 127.0.0.1:{8088 + n} ": f"server {server} " for n, server in enumerate(servers)}
    for old, new in others.items():
        assert text.count(old) == 1, f"{SHIPPED} has no single {old!r}"
        text = text.replace(old, new)
    return text
