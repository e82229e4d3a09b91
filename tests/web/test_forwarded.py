"""What a request says about how it came: believed of a trusted proxy alone, and no more than it can mean."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import raw
from tests.support.server import RunningServer, kill_all, launch, running_server
from tests.support.wait import wait_until

HERE = "Host: spikecast.example"
CLAIMS = [
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
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The product, with no proxy that it trusts."""
    with running_server(
        f"sqlite:///{tmp_path_factory.mktemp('alone') / 'spikecast.db'}", workers=1
    ) as server:
        yield server


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The product, with one proxy that it trusts: whoever asks it here."""
    database = f"sqlite:///{tmp_path_factory.mktemp('behind') / 'spikecast.db'}"
    with running_server(database, workers=1, env={"SPIKECAST_TRUSTED_PROXIES": "1"}) as server:
        yield server


def told(answer: bytes) -> tuple[list[int], dict[str, str]]:
    """The status, and what an answer says about addresses and HTTPS."""
    head, _ = raw.read(answer)
    named = {name: head[name] for name in ("Location", "Strict-Transport-Security") if head[name]}
    cookie = head["Set-Cookie"]
    return raw.statuses(answer), named | ({"Secure": str("; Secure" in cookie)} if cookie else {})


@pytest.mark.parametrize("lines", CLAIMS, ids=", ".join)
@pytest.mark.parametrize("path", ["/spikes", "/sign-in", "/api/users", "/api/health"])
def test_where_no_proxy_is_trusted_nothing_that_a_request_claims_counts(alone, path, lines):
    start = f"GET {path} HTTP/1.1"
    assert told(raw.send(alone.url, start, HERE, *lines)) == told(raw.send(alone.url, start, HERE))


def test_nor_does_it_for_who_comes_by_a_socket(tmp_path: Path):
    place = tmp_path / "socket"
    settings = {"SPIKECAST_BIND": f"unix:{place}", "SPIKECAST_INSTANCE": str(tmp_path / "instance")}
    process = launch("wsgi:app", settings, tmp_path / "log")
    try:
        wait_until(place.exists, "it listens")
        plain = _send_by_socket(place, "GET /spikes HTTP/1.1", HERE)
        assert raw.statuses(plain) == [302]
        for lines in CLAIMS:
            assert told(_send_by_socket(place, "GET /spikes HTTP/1.1", HERE, *lines)) == told(plain)
    finally:
        kill_all(process)


def _send_by_socket(place: Path, *lines: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(place))
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def location(server: RunningServer, *lines: str, path: str = "/spikes") -> str:
    answer = raw.send(server.url, f"GET {path} HTTP/1.1", HERE, *lines)
    assert raw.statuses(answer) == [302]
    return raw.read(answer)[0]["Location"]


def test_a_trusted_proxy_names_the_path_below_which_it_serves(behind):
    assert location(behind, "X-Forwarded-Prefix: /spikecast") == "/spikecast/sign-in?next=/spikecast/spikes"
    assert location(behind, "X-Forwarded-Prefix: /a/b-2/") == "/a/b-2/sign-in?next=/a/b-2/spikes"
    whole = location(behind, "X-Forwarded-Prefix: /spikecast", path="/spikecast/spikes")
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
def test_a_path_that_is_none_is_ignored(behind, prefix):
    assert location(behind, f"X-Forwarded-Prefix: {prefix}") == "/sign-in?next=/spikes"


@pytest.mark.parametrize("scheme", ["ftp", "javascript", "https://x", "<b>", "httpss", "wss"])
def test_a_scheme_that_is_none_is_http(behind, scheme):
    answer = raw.send(behind.url, "GET /sign-in HTTP/1.1", HERE, f"X-Forwarded-Proto: {scheme}")
    assert told(answer) == ([200], {"Secure": "False"})


@pytest.mark.parametrize("scheme", ["https", "HTTPS", "http, https"])
def test_https_is_believed_of_a_trusted_proxy(behind, scheme):
    answer = raw.send(behind.url, "GET /sign-in HTTP/1.1", HERE, f"X-Forwarded-Proto: {scheme}")
    assert told(answer) == ([200], {"Strict-Transport-Security": "max-age=31536000", "Secure": "True"})


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
def test_a_host_of_junk_gets_nowhere_by_a_proxy_either(behind, path, line):
    assert raw.statuses(raw.send(behind.url, f"GET {path} HTTP/1.1", HERE, line)) == [400]
