"""Runs nginx with the shipped configuration in front of servers under test."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support import skip_or_fail
from tests.support.server import REPOSITORY, own_port

SHIPPED = REPOSITORY / "deploy" / "nginx.conf"
START_TIMEOUT_S = 60

# The rest of a distribution's nginx.conf, with everything in one folder.
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
    """A request in the log: its status, and the upstream servers that were tried, in order."""

    status: int
    servers: list[str]


@dataclass
class Proxy:
    """A running nginx: its address, and the address for HTTP that redirects if it uses TLS."""

    address: str
    folder: Path
    unencrypted: str
    prefix: str = ""
    tls: bool = False

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address}{self.prefix}"

    def requests(self, path: str) -> list[Request]:
        """Return the answered requests to URLs that start with `path`."""
        whole_lines = (self.folder / "asked").read_text().rpartition("\n")[0].splitlines()
        split = (re.split(r"[ ,]+", line) for line in whole_lines)
        return [Request(int(status), servers) for uri, status, *servers in split if uri.startswith(path)]


def program() -> str | None:
    """Return the path of nginx, or None if it is not installed."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


def need() -> None:
    """Skip the test, or fail it, if nginx is not installed."""
    if program() is None:
        skip_or_fail("nginx", "no nginx: install Debian's package nginx-light")


@contextmanager
def running_nginx(
    servers: Sequence[str],
    *,
    tls: bool = False,
    prefix: str = "",
    sends_prefix: bool = True,
    strips: bool = False,
) -> Iterator[Proxy]:
    """Run nginx in front of two servers, `host:port` each, and yield it once it answers; see `need`.

    It serves below `prefix`. `sends_prefix` says whether it sends the prefix to Spikecast, and `strips`
    whether it removes the prefix from the path.

    Raises:
        RuntimeError: nginx does not serve.
    """
    folder = tempfile.TemporaryDirectory(prefix="spikecast-nginx-")
    with folder as path, own_port() as port, own_port() as other:
        proxy = Proxy(f"127.0.0.1:{port}", Path(path), f"127.0.0.1:{other}", prefix, tls)
        text = _shipped(proxy, servers)
        if prefix:
            text = _below(text, prefix, sends_prefix=sends_prefix, strips=strips)
        (proxy.folder / "spikecast.conf").write_text(text)
        # If started as root, the workers would otherwise switch to a user that cannot enter the folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (proxy.folder / "nginx.conf").write_text(AROUND.format(folder=path, user=user))
        log = proxy.folder / "error"
        command = [program() or "nginx", "-p", path, "-c", f"{path}/nginx.conf", "-e", str(log)]
        process = subprocess.Popen([*command, "-g", "daemon off;"], stdin=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + START_TIMEOUT_S
            while not _is_healthy(proxy):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"nginx does not serve:\n{log.read_text()}")
                time.sleep(0.05)
            yield proxy
        finally:
            process.terminate()
            process.wait()


def _is_healthy(proxy: Proxy) -> bool:
    verify = str(proxy.folder / "certificate.pem") if proxy.tls else True
    try:
        return requests.get(f"{proxy.url}/api/health", timeout=5, verify=verify).ok
    except requests.RequestException:
        return False


def _shipped(proxy: Proxy, servers: Sequence[str]) -> str:
    """Return the shipped configuration with only its addresses replaced."""
    text = SHIPPED.read_text()
    shipped_log = "    access_log /var/log/nginx/access.log spikecast;\n"
    assert text.count(shipped_log) == text.count("server {"), f"{SHIPPED} has a server without {shipped_log}"
    own_logs = (
        f"    access_log {proxy.folder}/access spikecast;\n    access_log {proxy.folder}/asked asked;\n"
    )
    text = text.replace(shipped_log, own_logs)
    others = {"    listen 80;\n": f"    listen {proxy.unencrypted};\n"}
    if proxy.tls:
        certificate, key = make_certificate(proxy.folder)
        others |= {"listen 443 ssl;": f"listen {proxy.address} ssl;"}
        others |= {"/etc/ssl/spikecast.pem": str(certificate), "/etc/ssl/spikecast.key": str(key)}
    else:
        first, last = text.index("    listen 443 ssl;\n"), text.index("    ssl_session_cache ")
        others |= {text[first : text.index("\n", last)]: f"    listen {proxy.address};"}
    others |= {f"server 127.0.0.1:{8088 + n} ": f"server {server} " for n, server in enumerate(servers)}
    return _replaced(text, others)


def _below(text: str, prefix: str, *, sends_prefix: bool, strips: bool) -> str:
    rewrite = f"\n        rewrite ^{prefix}(/.*)$ $1 break;" if strips else ""
    others = {"    location / {\n": f"    location {prefix}/ {{{rewrite}\n"}
    if sends_prefix:
        others |= {'X-Forwarded-Prefix "";': f"X-Forwarded-Prefix {prefix};"}
    return _replaced(text, others)


def _replaced(text: str, others: Mapping[str, str]) -> str:
    for old, new in others.items():
        assert text.count(old) == 1, f"{SHIPPED} has no single {old!r}"
        text = text.replace(old, new)
    return text


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Create a self-signed certificate for this machine and its key, and return their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files
