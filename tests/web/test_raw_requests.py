"""Requests that no library would send: two lengths, two ends, names that stand for others, hosts of junk."""

import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.support.server import running_server

BODY = b'{"login": "a", "password": "b"}'
ATTACK = b"GET /api/users HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The product with one worker: what one request leaves behind, the next one would meet."""
    file = tmp_path_factory.mktemp("raw") / "spikecast.db"
    with running_server(f"sqlite:///{file}", workers=1) as running:
        yield running


def send(server, *lines: str, body: bytes = b"", start: str = "POST /api/auth/login HTTP/1.1") -> bytes:
    """All that comes back over one connection."""
    address = urlsplit(server.url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=30)) as connection:
        head = "\r\n".join([start, *lines, "", ""])
        connection.sendall(head.encode("latin-1") + body)
        connection.shutdown(socket.SHUT_WR)
        got = b""
        while chunk := connection.recv(65_536):
            got += chunk
    return got


def statuses(answer: bytes) -> list[int]:
    return [int(part.split()[0]) for part in answer.split(b"HTTP/1.1 ")[1:]]


HERE = "Host: spikecast.example"
JSON = "Content-Type: application/json"

REFUSED = {
    "a length and chunks": [HERE, JSON, f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"],
    "two lengths": [HERE, JSON, f"Content-Length: {len(BODY)}", "Content-Length: 0"],
    "the same length twice": [HERE, JSON, *[f"Content-Length: {len(BODY)}"] * 2],
    "a list of lengths": [HERE, JSON, f"Content-Length: {len(BODY)}, {len(BODY)}"],
    "a negative length": [HERE, JSON, "Content-Length: -1"],
    "a signed length": [HERE, JSON, f"Content-Length: +{len(BODY)}"],
    "a length in letters": [HERE, JSON, "Content-Length: ten"],
    "an unknown coding": [HERE, JSON, "Transfer-Encoding: chunkedd"],
    "a coding behind another": [HERE, JSON, "Transfer-Encoding: chunked, identity"],
    "space before the colon": [HERE, JSON, f"Content-Length : {len(BODY)}"],
    "a folded line": [HERE, JSON, "X-One: 1", " 2", f"Content-Length: {len(BODY)}"],
    "a bare CR in a value": [HERE, JSON, "X-One: 1\rX-Two: 2", f"Content-Length: {len(BODY)}"],
    "NUL in a value": [HERE, JSON, "X-One: \0", f"Content-Length: {len(BODY)}"],
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_two_servers_would_read_differently_is_refused(server, case):
    answer = send(server, *REFUSED[case], body=BODY + ATTACK)
    assert statuses(answer) in ([400], [501]), answer[:300]


def test_after_an_answer_nothing_else_is_read_from_the_connection(server):
    answer = send(server, HERE, JSON, f"Content-Length: {len(BODY)}", body=BODY + ATTACK)
    assert statuses(answer) == [401]


@pytest.mark.parametrize(
    "name", ["X_API_Key", "Content_Length", "X_Forwarded_For", "X_CSRF_TOKEN", "Authorization_"]
)
def test_a_name_with_an_underscore_stands_for_no_other(server, name):
    answer = send(server, HERE, f"{name}: 7", start="GET /api/health HTTP/1.1")
    assert statuses(answer) in ([200], [400])
    answer = send(server, HERE, f"{name}: spk_x", start="GET /api/data/x/performance HTTP/1.1")
    assert b"mistyped" not in answer  # it was not even looked at


HOSTS = [
    "a b",
    "<script>",
    "evil.example\\@x",
    "x:999999",
    "[::1",
    "a,b",
    "\xff",
    "x/../y",
    "x" * 64,
    "x" * 5000,
]


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: ascii(host)[:16] + str(len(host)))
@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/img/favicon.svg", "/nowhere", "/api/health"])
def test_a_host_of_junk_gets_nowhere(server, host, path):
    answer = send(server, f"Host: {host}", start=f"GET {path} HTTP/1.1")
    assert statuses(answer) == [400]
    assert host.encode("latin-1") not in answer


@pytest.mark.parametrize("host", ["", "x", "x_1.y-2.example:8088", "127.0.0.1:1", "[::1]:65535", "x."])
def test_any_name_of_a_host_is_served(server, host):
    assert statuses(send(server, f"Host: {host}", start="GET /sign-in HTTP/1.1")) == [200]


def test_two_hosts_are_refused_or_the_same(server):
    answer = send(server, HERE, "Host: evil.example", start="GET /nowhere HTTP/1.1")
    assert statuses(answer) in ([400], [404])
    assert b"evil.example" not in answer
