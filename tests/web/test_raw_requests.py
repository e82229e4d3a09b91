"""Raw requests that no HTTP library sends: ambiguous lengths, malformed HTTP, invalid Host headers."""

import json
import signal

import pytest

from app.web import malformed_http
from tests.support import raw
from tests.support.raw import statuses
from tests.support.server import running_server
from tests.support.wait import wait_until

BODY = b'{"login": "a", "password": "b"}'
ATTACK = b"GET /api/users HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run Spikecast with one worker, so that leftovers of one request would reach the next one."""
    file = tmp_path_factory.mktemp("raw") / "spikecast.db"
    with running_server(f"sqlite:///{file}", workers=1) as running:
        yield running


def send(server, *lines: str, body: bytes = b"", start: str = "POST /api/auth/login HTTP/1.1") -> bytes:
    """Return everything that comes back over one connection."""
    return raw.send(server.url, start, *lines, body=body)


def assert_refused(server, answer: bytes, *expected: int) -> None:
    """Check that the response is problem details and has the headers that every response has."""
    raw.refused(answer, *expected)
    assert raw.common_headers(answer) == raw.common_headers(
        send(server, HERE, start="GET /api/nothing HTTP/1.1")
    )
    assert len(raw.common_headers(answer)) == len(raw.COMMON_HEADERS)


HERE = "Host: spikecast.example"
JSON = "Content-Type: application/json"

REFUSED = {
    "length and chunked": [HERE, JSON, f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"],
    "two lengths": [HERE, JSON, f"Content-Length: {len(BODY)}", "Content-Length: 0"],
    "the same length twice": [HERE, JSON, *[f"Content-Length: {len(BODY)}"] * 2],
    "list of lengths": [HERE, JSON, f"Content-Length: {len(BODY)}, {len(BODY)}"],
    "a negative length": [HERE, JSON, "Content-Length: -1"],
    "a signed length": [HERE, JSON, f"Content-Length: +{len(BODY)}"],
    "non-numeric length": [HERE, JSON, "Content-Length: ten"],
    "unknown transfer coding": [HERE, JSON, "Transfer-Encoding: chunkedd"],
    "transfer coding after chunked": [HERE, JSON, "Transfer-Encoding: chunked, identity"],
    "space before the colon": [HERE, JSON, f"Content-Length : {len(BODY)}"],
    "folded header line": [HERE, JSON, "X-One: 1", " 2", f"Content-Length: {len(BODY)}"],
    "a bare CR in a value": [HERE, JSON, "X-One: 1\rX-Two: 2", f"Content-Length: {len(BODY)}"],
    "NUL in a value": [HERE, JSON, "X-One: \0", f"Content-Length: {len(BODY)}"],
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_with_an_ambiguous_length_or_header_is_refused(server, case):
    assert_refused(server, send(server, *REFUSED[case], body=BODY + ATTACK), 400, 501)


MALFORMED_HTTP = {
    "not a request line": ("hello", [], 400),
    "a TLS handshake": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [], 400),
    "markup in the request line": ("GET <script>alert(1)</script>\xff HTTP/1.1", [HERE, "<b>: 1"], 400),
    "another version": ("GET / HTTP/3.0", [HERE], 400),
    "a method in lower case": ("get / HTTP/1.1", [HERE], 400),
    "a long address": (f"GET /{'x' * 5000} HTTP/1.1", [HERE], 414),
    "a long header": ("GET / HTTP/1.1", [HERE, f"X-Long: {'x' * 9000}"], 431),
    "many headers": ("GET / HTTP/1.1", [HERE, *(f"X-{number}: 1" for number in range(101))], 431),
    "unknown expectation": ("GET / HTTP/1.1", [HERE, "Expect: a miracle"], 417),
}


@pytest.mark.parametrize("case", MALFORMED_HTTP)
def test_malformed_http_gets_problem_details(server, case):
    start, lines, status = MALFORMED_HTTP[case]
    assert_refused(server, send(server, *lines, start=start), status)


def test_malformed_http_gets_problem_details_after_a_reload(server):
    former = server.workers()
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: server.workers() and not server.workers() & former, "new workers serve")
    assert_refused(server, send(server, start="hello"), 400)


def test_a_server_error_outside_of_the_app_gives_no_details():
    head, body = raw.read(malformed_http.build_response(500, ""))
    assert head["X-Content-Type-Options"] == "nosniff"
    assert json.loads(body) == {
        "type": "about:blank",
        "title": "Internal server error",
        "status": 500,
        "detail": "Internal server error. The server's log has the details.",
    }


def test_bytes_after_the_body_are_not_read_as_another_request(server):
    answer = send(server, HERE, JSON, f"Content-Length: {len(BODY)}", body=BODY + ATTACK)
    assert statuses(answer) == [401]


@pytest.mark.parametrize(
    "name", ["X_API_Key", "Content_Length", "X_Forwarded_For", "X_CSRF_TOKEN", "Authorization_"]
)
def test_a_header_name_with_an_underscore_is_not_an_alias_of_the_hyphenated_one(server, name):
    answer = send(server, HERE, f"{name}: 7", start="GET /api/health HTTP/1.1")
    assert statuses(answer) in ([200], [400])
    answer = send(server, HERE, f"{name}: spk_x", start="GET /api/data/x/performance HTTP/1.1")
    assert b"mistyped" not in answer  # the key was not read


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
def test_an_invalid_host_header_is_refused_and_not_echoed(server, host, path):
    answer = send(server, f"Host: {host}", start=f"GET {path} HTTP/1.1")
    assert statuses(answer) == [400]
    assert host.encode("latin-1") not in answer


@pytest.mark.parametrize(
    "host", ["", "x", "x_1.y-2.example:8088", "127.0.0.1:1", "[::1]:65535", "x.", "SPIKECAST.Example.Org"]
)
def test_every_valid_host_header_is_accepted(server, host):
    assert statuses(send(server, f"Host: {host}", start="GET /sign-in HTTP/1.1")) == [200]


@pytest.mark.parametrize("other", ["evil.example", "spikecast.example"])
@pytest.mark.parametrize("path", ["/nowhere", "/api/health", "/api/data/x/performance"])
def test_a_repeated_host_header_is_refused(server, path, other):
    answer = send(server, HERE, f"Host: {other}", start=f"GET {path} HTTP/1.1")
    assert "Host header is repeated" in raw.refused(answer, 400)["detail"]
    assert b"evil.example" not in answer


@pytest.mark.parametrize(
    "target",
    ["/", "/api/health", "/api/data/x/performance", "/static/img/favicon.svg", "http://a/api/health"],
)
def test_http_1_1_requires_a_host_header(server, target):
    answer = send(server, start=f"GET {target} HTTP/1.1")
    detail = raw.refused(answer, 400)["detail"]
    assert detail == "Missing Host header, required since HTTP/1.1."
    assert raw.common_headers(answer) == raw.common_headers(
        send(server, HERE, start="GET /api/nothing HTTP/1.1")
    )


def test_http_1_0_does_not_require_a_host_header(server):
    assert send(server, start="GET /api/health HTTP/1.0").startswith(b"HTTP/1.0 200 OK")


UNENCODED_PATHS = {
    "two bytes": "/api/data/caf\xc3\xa9/performance",
    "four bytes": "/api/data/\xf0\x9f\x9a\x9a/performance",
    "Latin-1": "/api/data/caf\xe9/performance",
    "in the query": "/api/collections?search=\xc3\xa9",
    "with a space too": "/api/data/caf\xc3\xa9 1/performance",
    "a space": "/api/data/Truck 1/performance",
}


@pytest.mark.parametrize("case", UNENCODED_PATHS)
def test_the_error_for_an_unencoded_url_says_how_to_percent_encode_it(server, case):
    answer = send(server, HERE, start=f"GET {UNENCODED_PATHS[case]} HTTP/1.1")
    detail = raw.refused(answer, 400)["detail"]
    assert detail.startswith("Percent-encode the path and the query: ")
    assert "%20" in detail
    assert ("%C3%A9" in detail) is (case != "a space")


def test_the_error_for_a_tls_handshake_says_that_the_port_serves_http(server):
    answer = send(server, start="\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    assert raw.refused(answer, 400)["detail"].startswith("This port serves HTTP, not HTTPS.")
