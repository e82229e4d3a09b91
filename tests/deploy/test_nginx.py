"""The shipped nginx: its own responses have Spikecast's security headers, and no HTML under /api."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.support import nginx, raw
from tests.support.nginx import Proxy, running_nginx
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, RunningServer, kill_all, running_server

HOST = "Host: spikecast.example"
CLOSE = "Connection: close"
LARGE = 6 * 1024 * 1024
REQUEST_TIMEOUT_S = 30
UNAVAILABLE = (
    "Spikecast does not respond. Try again in a moment. After a change, first check whether it was saved."
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    nginx.need()
    with running_server(f"sqlite:///{tmp_path_factory.mktemp('nginx') / 'spikecast.db'}") as running:
        yield running


@pytest.fixture(scope="module")
def proxy(server: RunningServer) -> Iterator[Proxy]:
    """Run nginx with the same server as both of its upstreams."""
    with running_nginx([server.url.removeprefix("http://")] * 2) as running:
        yield running


@pytest.fixture
def send(proxy: Proxy) -> Callable[..., bytes]:
    """Return a function that sends raw request lines and returns all bytes of the response."""
    return lambda start, *lines, **more: raw.send(proxy.url, start, *lines, CLOSE, is_last=False, **more)


REFUSED = {
    "not HTTP": ("hello", [], 400),
    "repeated Host header": ("GET /api/health HTTP/1.1", [HOST, HOST], 400),
    "non-numeric length": ("POST /api/auth/login HTTP/1.1", [HOST, "Content-Length: ten"], 400),
    "large body": ("POST /api/auth/login HTTP/1.1", [HOST, f"Content-Length: {LARGE}"], 413),
    "long URL": (f"GET /api/{'x' * 40_000} HTTP/1.1", [HOST], 414),
    "long header": ("GET /api/health HTTP/1.1", [HOST, f"X-Long: {'x' * 40_000}"], 431),
    "TRACE request": ("TRACE /api/health HTTP/1.1", [HOST], 405),
    "internal nginx location": ("GET /nginx/problem HTTP/1.1", [HOST], 404),
}


@pytest.mark.parametrize("case", [case for case in REFUSED if case != "internal nginx location"])
def test_api_errors_of_nginx_are_problem_details(send, case):
    start, lines, status = REFUSED[case]
    raw.refused(send(start, *lines), status)


@pytest.mark.parametrize("case", REFUSED)
def test_error_responses_of_nginx_have_the_common_headers_once(server, send, case):
    start, lines, status = REFUSED[case]
    answer = send(start, *lines)
    assert raw.statuses(answer) == [status]
    own = raw.common_headers(raw.send(server.url, "GET /api/nothing HTTP/1.1", HOST))
    assert raw.common_headers(answer) == own
    assert len(own) == len(raw.COMMON_HEADERS)


@pytest.mark.parametrize(
    "path", ["/api/health", "/api/nothing", "/sign-in", "/nowhere", "/static/css/main.css"]
)
def test_nginx_passes_responses_of_spikecast_unchanged(server, send, path):
    start = f"GET {path} HTTP/1.1"
    direct, proxied = raw.send(server.url, start, HOST), send(start, HOST)
    assert raw.statuses(direct) == raw.statuses(proxied)
    assert raw.common_headers(direct) == raw.common_headers(proxied)
    if path == "/api/nothing":
        assert raw.read(direct)[1] == raw.read(proxied)[1]


CREDENTIALS_LIMIT = 17 * 1024
CREDENTIAL_PATHS = [
    "/sign-in",
    "/sign-in/code",
    "/setup",
    "/api/auth/login",
    "/api/auth/change-password",
    "/api/auth/two-factor/confirm",
    "/api/%61uth/login",
]


@pytest.mark.parametrize("path", CREDENTIAL_PATHS)
def test_nginx_refuses_a_body_with_credentials_above_17_kib(proxy, path):
    assert (
        requests.post(f"{proxy.url}{path}", data=b"x" * (CREDENTIALS_LIMIT + 1), timeout=60).status_code
        == 413
    )
    answer = requests.post(f"{proxy.url}{path}", data=b"x" * CREDENTIALS_LIMIT, timeout=60)
    assert "Server" in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Spikecast does not answer" not in answer.text
    assert answer.status_code in (401, 404, 413, 415)


@pytest.mark.parametrize("path", ["/api/collections", "/sign-in-not", "/api/authors"])
def test_a_large_body_that_spikecast_refuses_unread_does_not_give_502(proxy, path):
    """After a 502, nginx would mark the upstream as failed."""
    for _ in range(20):
        answer = requests.post(f"{proxy.url}{path}", data=b"x" * (4 * 1024 * 1024), timeout=60)
        assert answer.status_code in (401, 404)


def test_nginx_sets_the_proxy_headers_also_for_paths_with_credentials(send):
    """Failed sign-ins are counted by the client address, and pages use the host."""
    answer = send("GET /api/auth/me HTTP/1.1", "Host: a b")
    assert raw.statuses(answer) == [400]
    answer = send("POST /api/auth/login HTTP/1.1", HOST, "X-Forwarded-Proto: https", "Content-Length: 0")
    assert raw.statuses(answer) == [415]
    assert "Strict-Transport-Security" not in raw.read(answer)[0]


def test_a_page_error_of_nginx_is_html(proxy):
    answer = requests.post(f"{proxy.url}/sign-in", data=b"x" * LARGE, timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "The request is too large." in answer.text


def test_the_server_header_has_no_nginx_version(send):
    assert raw.read(send("TRACE / HTTP/1.1", HOST))[0]["Server"] == "nginx"


TOKEN = "sal_0123456789ABCDEFGHIJKLMNOPQRSTUV1ggZdL"


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        (f"/api/alerts/5/{TOKEN}", "/api/alerts/5/..."),
        (f"/api/alerts/6/{TOKEN}?x={TOKEN}", "/api/alerts/6/..."),
        (f"/API/Alerts/7/%73{TOKEN[1:]}", "/API/Alerts/7/..."),
        ("/api/alerts/8", "/api/alerts/8"),
        ("/api/alert-receivers/9/token", "/api/alert-receivers/9/token"),
    ],
)
def test_no_log_of_nginx_shows_the_token_of_an_address(proxy, path, logged):
    requests.post(f"{proxy.url}{path}", json={}, auth=(TOKEN, TOKEN), timeout=60)
    lines = (proxy.folder / "access").read_text().splitlines()
    (line,) = [line for line in lines if f'"POST {logged} HTTP/1.1"' in line]
    assert TOKEN[4:] not in line


def test_without_an_upstream_the_error_log_shows_no_token(proxy_without_upstream):
    answer = requests.post(f"{proxy_without_upstream.url}/api/alerts/5/{TOKEN}", json={}, timeout=60)
    assert answer.status_code == 502
    requests.post(f"{proxy_without_upstream.url}/api/alerts/5", json={}, timeout=60)
    errors = (proxy_without_upstream.folder / "error").read_text()
    assert "/api/alerts/5 HTTP" in errors
    assert TOKEN not in errors


# --- HTTPS ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def https_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Run the shipped nginx with HTTPS, in front of a server that trusts it."""
    nginx.need()
    database = f"sqlite:///{tmp_path_factory.mktemp('nginx') / 'spikecast.db'}"
    with (
        running_server(database, env={"SPIKECAST_TRUSTED_PROXIES": "1"}) as server,
        running_nginx([server.url.removeprefix("http://")] * 2, tls=True) as running,
    ):
        yield running


def test_http_requests_are_redirected_to_https(https_proxy):
    for method in ("GET", "POST"):
        start = f"{method} /spikes?status=active HTTP/1.1"
        answer = raw.send(
            f"http://{https_proxy.unencrypted}", start, HOST, CLOSE, "Content-Length: 0", is_last=False
        )
        assert raw.statuses(answer) == [308]
        assert raw.read(answer)[0]["Location"] == "https://spikecast.example/spikes?status=active"


def test_https_responses_have_hsts_and_host_only_cookies(https_proxy):
    certificate = str(https_proxy.folder / "certificate.pem")
    answer = requests.get(f"{https_proxy.url}/sign-in", verify=certificate, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    port = https_proxy.address.rpartition(":")[2]
    cookie = answer.headers["Set-Cookie"].split("; ")
    assert cookie[0].startswith(f"__Host-spikecast_{port}_form=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie)


def test_nginx_replaces_forwarded_headers_of_the_client(https_proxy):
    claims = {"X-Forwarded-Prefix": "/evil", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    certificate = str(https_proxy.folder / "certificate.pem")
    answer = requests.get(
        f"{https_proxy.url}/spikes", headers=claims, verify=certificate, timeout=60, allow_redirects=False
    )
    assert answer.headers["Location"] == "/sign-in?next=/spikes"
    assert "Strict-Transport-Security" in answer.headers


@pytest.fixture
def proxy_without_upstream(tmp_path: Path) -> Iterator[Proxy]:
    """Run nginx whose upstreams have both been killed."""
    nginx.need()
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}", workers=1) as server:
        address = server.url.removeprefix("http://")
        with running_nginx([address, address]) as running:
            kill_all(server.process)
            yield running


@pytest.mark.parametrize("path", ["/api", "/api/health", "/api/data/Truck/performance?x=1"])
def test_without_an_upstream_api_requests_get_502_with_problem_details(proxy_without_upstream, path):
    answer = raw.send(proxy_without_upstream.url, f"GET {path} HTTP/1.1", HOST, CLOSE, is_last=False)
    assert raw.refused(answer, 502)["detail"].startswith(UNAVAILABLE)
    assert len(raw.common_headers(answer)) == len(raw.COMMON_HEADERS)


def test_without_an_upstream_browsers_get_a_502_page(proxy_without_upstream):
    page = requests.get(f"{proxy_without_upstream.url}/spikes", timeout=60)
    assert (page.status_code, page.headers["X-Content-Type-Options"]) == (502, "nosniff")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert UNAVAILABLE in page.text


def test_an_etag_made_weak_by_compression_still_matches_if_match(server, proxy):
    body = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
    token = requests.post(f"{server.url}/api/auth/login", json=body, timeout=REQUEST_TIMEOUT_S).json()[
        "access_token"
    ]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    key = session.post(f"{proxy.url}/api/api-keys", json={"label": "nginx"}, timeout=REQUEST_TIMEOUT_S).json()
    path = f"/api/api-keys/{key['id']}"
    weak = session.get(proxy.url + path, timeout=REQUEST_TIMEOUT_S).headers["ETag"]
    assert weak.startswith('W/"')
    statuses = []
    for if_match in (weak, weak, weak.removeprefix("W/"), 'W/"another", "more"', "*"):
        change = {"label": f"change {len(statuses)}"}
        answer = session.patch(
            proxy.url + path, json=change, headers={"If-Match": if_match}, timeout=REQUEST_TIMEOUT_S
        )
        statuses.append(answer.status_code)
    assert statuses == [200, 412, 412, 412, 200]
    strong = session.get(proxy.url + path, timeout=REQUEST_TIMEOUT_S).headers["ETag"].removeprefix("W/")
    both = {"If-Match": f'"another", {strong}'}
    assert session.delete(proxy.url + path, headers=both, timeout=REQUEST_TIMEOUT_S).status_code == 204
