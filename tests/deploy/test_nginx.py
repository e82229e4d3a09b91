"""What the nginx that is shipped answers itself: the same defences as Spikecast's own answers, and no page
of HTML under /api."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.support import nginx, raw
from tests.support.nginx import Proxy, running_nginx
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, RunningServer, kill_all, running_server

HERE = "Host: spikecast.example"
END = "Connection: close"
LARGE = 6 * 1024 * 1024
PATIENCE = 30
GONE = "Spikecast does not respond. Try again in a moment. After a change, first check whether it was saved."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    nginx.need()
    with running_server(f"sqlite:///{tmp_path_factory.mktemp('nginx') / 'spikecast.db'}") as running:
        yield running


@pytest.fixture(scope="module")
def proxy(server: RunningServer) -> Iterator[Proxy]:
    """nginx, both of whose machines are the same."""
    with running_nginx([server.url.removeprefix("http://")] * 2) as running:
        yield running


@pytest.fixture
def send(proxy: Proxy) -> Callable[..., bytes]:
    """What comes back for a request of these lines."""
    return lambda start, *lines, **more: raw.send(proxy.url, start, *lines, END, is_last=False, **more)


REFUSED = {
    "no HTTP": ("hello", [], 400),
    "another host besides": ("GET /api/health HTTP/1.1", [HERE, HERE], 400),
    "a length in letters": ("POST /api/auth/login HTTP/1.1", [HERE, "Content-Length: ten"], 400),
    "a large body": ("POST /api/auth/login HTTP/1.1", [HERE, f"Content-Length: {LARGE}"], 413),
    "a long address": (f"GET /api/{'x' * 40_000} HTTP/1.1", [HERE], 414),
    "a long header": ("GET /api/health HTTP/1.1", [HERE, f"X-Long: {'x' * 40_000}"], 431),
    "a trace": ("TRACE /api/health HTTP/1.1", [HERE], 405),
    "what is nginx's own": ("GET /nginx/problem HTTP/1.1", [HERE], 404),
}


@pytest.mark.parametrize("case", [case for case in REFUSED if case != "what is nginx's own"])
def test_what_nginx_refuses_under_api_is_problem_details(send, case):
    start, lines, status = REFUSED[case]
    raw.refused(send(start, *lines), status)


@pytest.mark.parametrize("case", REFUSED)
def test_what_nginx_answers_itself_carries_the_same_headers_once(server, send, case):
    start, lines, status = REFUSED[case]
    answer = send(start, *lines)
    assert raw.statuses(answer) == [status]
    own = raw.common_headers(raw.send(server.url, "GET /api/nothing HTTP/1.1", HERE))
    assert raw.common_headers(answer) == own
    assert len(own) == len(raw.COMMON_HEADERS)


@pytest.mark.parametrize(
    "path", ["/api/health", "/api/nothing", "/sign-in", "/nowhere", "/static/css/main.css"]
)
def test_what_spikecast_answers_passes_as_it_is(server, send, path):
    start = f"GET {path} HTTP/1.1"
    direct, proxied = raw.send(server.url, start, HERE), send(start, HERE)
    assert raw.statuses(direct) == raw.statuses(proxied)
    assert raw.common_headers(direct) == raw.common_headers(proxied)
    if path == "/api/nothing":
        assert raw.read(direct)[1] == raw.read(proxied)[1]


SMALL = 17 * 1024
WITH_CREDENTIALS = [
    "/sign-in",
    "/sign-in/code",
    "/setup",
    "/api/auth/login",
    "/api/auth/change-password",
    "/api/auth/two-factor/confirm",
    "/api/%61uth/login",
]


@pytest.mark.parametrize("path", WITH_CREDENTIALS)
def test_a_body_with_credentials_is_small(proxy, path):
    assert requests.post(f"{proxy.url}{path}", data=b"x" * (SMALL + 1), timeout=60).status_code == 413
    answer = requests.post(f"{proxy.url}{path}", data=b"x" * SMALL, timeout=60)
    assert "Server" in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Spikecast does not answer" not in answer.text
    assert answer.status_code in (401, 404, 413, 415)


@pytest.mark.parametrize("path", ["/api/collections", "/sign-in-not", "/api/authors"])
def test_a_large_body_that_is_refused_unread_is_answered_as_any_other(proxy, path):
    """Not 502, after which nginx would take the machine for dead."""
    for _ in range(20):
        answer = requests.post(f"{proxy.url}{path}", data=b"x" * (4 * 1024 * 1024), timeout=60)
        assert answer.status_code in (401, 404)


def test_where_a_body_is_small_the_client_is_told_to_spikecast_as_elsewhere(send):
    """The address of the client, by which guesses are counted, and the host, by which pages are addressed."""
    answer = send("GET /api/auth/me HTTP/1.1", "Host: a b")
    assert raw.statuses(answer) == [400]
    answer = send("POST /api/auth/login HTTP/1.1", HERE, "X-Forwarded-Proto: https", "Content-Length: 0")
    assert raw.statuses(answer) == [415]
    assert "Strict-Transport-Security" not in raw.read(answer)[0]


def test_a_browser_is_shown_a_page(proxy):
    answer = requests.post(f"{proxy.url}/sign-in", data=b"x" * LARGE, timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "The request is too large." in answer.text


def test_nginx_does_not_say_which_it_is(send):
    assert raw.read(send("TRACE / HTTP/1.1", HERE))[0]["Server"] == "nginx"


# --- HTTPS ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx as it is shipped, with HTTPS, before a server that trusts it."""
    nginx.need()
    database = f"sqlite:///{tmp_path_factory.mktemp('nginx') / 'spikecast.db'}"
    with (
        running_server(database, env={"SPIKECAST_TRUSTED_PROXIES": "1"}) as server,
        running_nginx([server.url.removeprefix("http://")] * 2, tls=True) as running,
    ):
        yield running


def test_who_comes_without_encryption_is_sent_to_https(encrypted):
    for method in ("GET", "POST"):
        start = f"{method} /spikes?status=active HTTP/1.1"
        answer = raw.send(
            f"http://{encrypted.unencrypted}", start, HERE, END, "Content-Length: 0", is_last=False
        )
        assert raw.statuses(answer) == [308]
        assert raw.read(answer)[0]["Location"] == "https://spikecast.example/spikes?status=active"


def test_behind_https_browsers_are_told_to_stay_and_cookies_are_for_this_host_alone(encrypted):
    certificate = str(encrypted.folder / "certificate.pem")
    answer = requests.get(f"{encrypted.url}/sign-in", verify=certificate, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    port = encrypted.address.rpartition(":")[2]
    cookie = answer.headers["Set-Cookie"].split("; ")
    assert cookie[0].startswith(f"__Host-spikecast_{port}_form=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie)


def test_what_a_client_claims_about_the_way_is_replaced(encrypted):
    claims = {"X-Forwarded-Prefix": "/evil", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    certificate = str(encrypted.folder / "certificate.pem")
    answer = requests.get(
        f"{encrypted.url}/spikes", headers=claims, verify=certificate, timeout=60, allow_redirects=False
    )
    assert answer.headers["Location"] == "/sign-in?next=/spikes"
    assert "Strict-Transport-Security" in answer.headers


@pytest.fixture
def abandoned(tmp_path: Path) -> Iterator[Proxy]:
    """nginx whose machines have both died."""
    nginx.need()
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}", workers=1) as server:
        address = server.url.removeprefix("http://")
        with running_nginx([address, address]) as running:
            kill_all(server.process)
            yield running


@pytest.mark.parametrize("path", ["/api", "/api/health", "/api/data/Truck/performance?x=1"])
def test_while_no_machine_answers_scripts_get_problem_details(abandoned, path):
    answer = raw.send(abandoned.url, f"GET {path} HTTP/1.1", HERE, END, is_last=False)
    assert raw.refused(answer, 502)["detail"].startswith(GONE)
    assert len(raw.common_headers(answer)) == len(raw.COMMON_HEADERS)


def test_while_no_machine_answers_browsers_get_a_page(abandoned):
    page = requests.get(f"{abandoned.url}/spikes", timeout=60)
    assert (page.status_code, page.headers["X-Content-Type-Options"]) == (502, "nosniff")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert GONE in page.text


def test_an_etag_that_compression_made_weak_is_as_good_as_the_strong_one(server, proxy):
    body = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
    token = requests.post(f"{server.url}/api/auth/login", json=body, timeout=PATIENCE).json()["access_token"]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    key = session.post(f"{proxy.url}/api/api-keys", json={"label": "nginx"}, timeout=PATIENCE).json()
    path = f"/api/api-keys/{key['id']}"
    weak = session.get(proxy.url + path, timeout=PATIENCE).headers["ETag"]
    assert weak.startswith('W/"')
    statuses = []
    for if_match in (weak, weak, weak.removeprefix("W/"), 'W/"another", "more"', "*"):
        change = {"label": f"change {len(statuses)}"}
        answer = session.patch(
            proxy.url + path, json=change, headers={"If-Match": if_match}, timeout=PATIENCE
        )
        statuses.append(answer.status_code)
    assert statuses == [200, 412, 412, 412, 200]
    strong = session.get(proxy.url + path, timeout=PATIENCE).headers["ETag"].removeprefix("W/")
    both = {"If-Match": f'"another", {strong}'}
    assert session.delete(proxy.url + path, headers=both, timeout=PATIENCE).status_code == 204
