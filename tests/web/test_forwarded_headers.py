"""Forwarded headers: only a trusted proxy may set them, and only to valid values."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import raw
from tests.support.server import RunningServer, kill_all, launch, running_server
from tests.support.wait import wait_until

HOST = "Host: spikecast.example"
FORWARDED_HEADERS = [
    ["SCRIPT_NAME: //evil.example"],
    ["SCRIPT_NAME: /api"],
    ["SCRIPT_NAME: /spikes"],
    ["SCRIPT-NAME: //evil.example"],
    ["Script-Name: /x"],
    ["PATH_INFO: /api/users"],
    ["Path-Info: /api/users"],
    ["X-Forwarded-Proto: https"],
    ["X-Forwarded-Protocol: ssl"],
    ["X-Forwarded-Ssl: on"],
    ["X-Forwarded-Scheme: https"],
    ["X_Forwarded_Proto: https"],
    ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"],
    ["X-Forwarded-Proto: http", "X-Forwarded-Protocol: ssl"],
    ["X-Forwarded-Proto: https", "X-Forwarded-Proto: http"],
    ["X-Forwarded-Prefix: //evil.example"],
    ["X-Forwarded-Prefix: /x"],
    ["X-Forwarded-Host: evil.example"],
    ["X-Forwarded-Port: 99"],
    ["Forwarded: for=192.0.2.1;proto=https;host=evil.example"],
    ["Front-End-Https: on"],
]


@pytest.fixture(scope="module")
def untrusting_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run Spikecast without a trusted proxy."""
    with running_server(
        f"sqlite:///{tmp_path_factory.mktemp('untrusting') / 'spikecast.db'}", workers=1
    ) as server:
        yield server


@pytest.fixture(scope="module")
def trusting_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run Spikecast with one trusted proxy: any client of the test counts as one."""
    database = f"sqlite:///{tmp_path_factory.mktemp('trusting') / 'spikecast.db'}"
    with running_server(database, workers=1, env={"SPIKECAST_TRUSTED_PROXIES": "1"}) as server:
        yield server


def get_effects(answer: bytes) -> tuple[list[int], dict[str, str]]:
    """Return the status and the headers of a response that depend on the URL scheme and the path prefix."""
    head, _ = raw.read(answer)
    named = {name: head[name] for name in ("Location", "Strict-Transport-Security") if head[name]}
    cookie = head["Set-Cookie"]
    return raw.statuses(answer), named | ({"Secure": str("; Secure" in cookie)} if cookie else {})


@pytest.mark.parametrize("lines", FORWARDED_HEADERS, ids=", ".join)
@pytest.mark.parametrize("path", ["/spikes", "/sign-in", "/api/users", "/api/health"])
def test_forwarded_headers_are_ignored_without_a_trusted_proxy(untrusting_server, path, lines):
    start = f"GET {path} HTTP/1.1"
    assert get_effects(raw.send(untrusting_server.url, start, HOST, *lines)) == get_effects(
        raw.send(untrusting_server.url, start, HOST)
    )


def test_forwarded_headers_are_ignored_over_a_unix_socket(tmp_path: Path):
    place = tmp_path / "socket"
    settings = {"SPIKECAST_BIND": f"unix:{place}", "SPIKECAST_INSTANCE": str(tmp_path / "instance")}
    process = launch("wsgi:app", settings, tmp_path / "log")
    try:
        wait_until(place.exists, "the server listens")
        plain = _send_by_socket(place, "GET /spikes HTTP/1.1", HOST)
        assert raw.statuses(plain) == [302]
        for lines in FORWARDED_HEADERS:
            assert get_effects(_send_by_socket(place, "GET /spikes HTTP/1.1", HOST, *lines)) == get_effects(
                plain
            )
    finally:
        kill_all(process)


def _send_by_socket(place: Path, *lines: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(place))
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def location(server: RunningServer, *lines: str, path: str = "/spikes") -> str:
    answer = raw.send(server.url, f"GET {path} HTTP/1.1", HOST, *lines)
    assert raw.statuses(answer) == [302]
    return raw.read(answer)[0]["Location"]


def test_a_trusted_proxy_sets_the_path_prefix(trusting_server):
    assert (
        location(trusting_server, "X-Forwarded-Prefix: /spikecast")
        == "/spikecast/sign-in?next=/spikecast/spikes"
    )
    assert location(trusting_server, "X-Forwarded-Prefix: /a/b-2/") == "/a/b-2/sign-in?next=/a/b-2/spikes"
    whole = location(trusting_server, "X-Forwarded-Prefix: /spikecast", path="/spikecast/spikes")
    assert whole == "/spikecast/sign-in?next=/spikecast/spikes"


@pytest.mark.parametrize(
    "prefix",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "/a b",
        "/a\tb",
        "/..",
        "/a/../b",
        "/a//b",
        "/%2fevil",
        "/ä",
        "/a?b",
        "/a#b",
        "/a;b",
        '/"><script>',
        "/",
    ],
)
def test_an_invalid_path_prefix_is_ignored(trusting_server, prefix):
    assert location(trusting_server, f"X-Forwarded-Prefix: {prefix}") == "/sign-in?next=/spikes"


@pytest.mark.parametrize("scheme", ["ftp", "javascript", "https://x", "<b>", "httpss", "wss"])
def test_an_invalid_scheme_counts_as_http(trusting_server, scheme):
    answer = raw.send(trusting_server.url, "GET /sign-in HTTP/1.1", HOST, f"X-Forwarded-Proto: {scheme}")
    assert get_effects(answer) == ([200], {"Secure": "False"})


@pytest.mark.parametrize("scheme", ["https", "HTTPS", "http, https"])
def test_a_trusted_proxy_sets_the_https_scheme(trusting_server, scheme):
    answer = raw.send(trusting_server.url, "GET /sign-in HTTP/1.1", HOST, f"X-Forwarded-Proto: {scheme}")
    assert get_effects(answer) == ([200], {"Strict-Transport-Security": "max-age=31536000", "Secure": "True"})


@pytest.mark.parametrize(
    "line",
    [
        "X-Forwarded-Host: a b",
        "X-Forwarded-Host: evil.example/x",
        "X-Forwarded-Host: <script>",
        "X-Forwarded-Port: x",
        "X-Forwarded-Port: 80/evil",
        "X-Forwarded-Port: 99999999",
    ],
)
@pytest.mark.parametrize("path", ["/spikes", "/api/health"])
def test_an_invalid_host_or_port_from_a_trusted_proxy_is_refused(trusting_server, path, line):
    assert raw.statuses(raw.send(trusting_server.url, f"GET {path} HTTP/1.1", HOST, line)) == [400]
