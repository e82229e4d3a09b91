"""Limits of body sizes: small for anonymous requests and credentials, with and without a declared length."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from app.web.access import AccessRule, get_access_rule
from app.web.limits import MAX_BODY_BYTES, MAX_CREDENTIALS_BYTES
from tests.support.problems import refused
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, RunningServer, running_server

pytestmark = pytest.mark.any_database

FORM = "application/x-www-form-urlencoded"
SMALL_BODY_ROUTES = [
    "POST /sign-in",
    "POST /sign-in/code",
    "POST /setup",
    "POST /api/auth/login",
    "POST /api/auth/change-email",
    "POST /api/auth/change-password",
    "POST /api/auth/two-factor",
    "POST /api/auth/two-factor/confirm",
    "POST /api/auth/two-factor/recovery-codes",
    "POST /api/auth/two-factor/turn-off",
]
"""Routes whose body is read without a sign-in, or contains credentials."""
PATHS_WITHOUT_BODY = {
    "/api/auth/refresh",
    "/api/auth/logout",
    "/api/auth/sign-ins/end-others",
}


def test_the_list_has_every_route_with_a_small_body(migrated_app):
    found = {
        f"{method} {rule.rule}"
        for rule in migrated_app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH"}
        if get_access_rule(migrated_app.view_functions[rule.endpoint])
        in (AccessRule.PUBLIC, AccessRule.REFRESH)
        or rule.rule.startswith("/api/auth/")
        if rule.rule not in PATHS_WITHOUT_BODY
    }
    assert found == set(SMALL_BODY_ROUTES)


def get_caller(route: str, nobody, owner):
    return owner if "/api/auth/" in route and "login" not in route else nobody


def get_content_type(route: str) -> str:
    return "application/json" if "/api/" in route else FORM


@pytest.mark.parametrize("route", [route for route in SMALL_BODY_ROUTES if route != "POST /setup"])
def test_a_body_with_credentials_above_16_kib_is_refused(nobody, owner, route):
    method, path = route.split()
    caller, content_type = get_caller(route, nobody, owner), get_content_type(route)
    largest = b"x" * MAX_CREDENTIALS_BYTES
    accepted = caller.call(method, path, data=largest, content_type=content_type)
    assert accepted.status_code in (302, 400, 422)
    answer = caller.call(method, path, data=largest + b"x", content_type=content_type)
    detail = "The body is too large. At most 16,384 bytes are allowed."
    if "/api/" in route:
        assert refused(answer, 413)["detail"] == detail
    else:
        assert (answer.status_code, detail in answer.text) == (413, True)


def test_a_set_up_form_above_16_kib_is_refused(nobody):
    answer = nobody.post("/setup", data=b"x" * (MAX_CREDENTIALS_BYTES + 1), content_type=FORM)
    assert answer.status_code == 413


def test_other_bodies_above_16_kib_are_accepted(owner):
    name = b'{"name": "Truck"' + b" " * MAX_CREDENTIALS_BYTES + b"}"
    assert owner.post("/api/collections", data=name, content_type="application/json").status_code == 201


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[RunningServer]:
    file = tmp_path_factory.mktemp("limits") / "spikecast.db"
    with running_server(f"sqlite:///{file}", workers=1) as running:
        yield running


def post_chunked(server: RunningServer, path: str, size: int, content_type: str) -> int:
    """Return the status of the response to a body of `size` bytes without a declared length."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    chunks = iter([b"x" * 1024] * (size // 1024) + [b"x" * (size % 1024)] * (size % 1024 > 0))
    connection.request("POST", path, chunks, {"Content-Type": content_type}, encode_chunked=True)
    return connection.getresponse().status


@pytest.mark.parametrize("route", ["/sign-in", "/api/auth/login"])
def test_a_chunked_body_has_the_same_limit(server, route):
    content_type = get_content_type(route)
    assert post_chunked(server, route, MAX_CREDENTIALS_BYTES, content_type) in (400, 404, 422)
    assert post_chunked(server, route, MAX_CREDENTIALS_BYTES + 1, content_type) == 413
    assert post_chunked(server, route, MAX_CREDENTIALS_BYTES * 4, content_type) == 413


def test_a_chunked_body_above_the_limit_is_refused_and_not_truncated(server):
    credentials = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
    signed_in = requests.post(f"{server.url}/api/auth/login", json=credentials, timeout=60).json()
    token = f"Bearer {signed_in['access_token']}"

    def create(size: int) -> int:
        name = b'{"name": "Truck"}'
        body = iter([name, b" " * (size - len(name))])
        headers = {"Authorization": token, "Content-Type": "application/json"}
        return requests.post(f"{server.url}/api/collections", body, headers=headers, timeout=60).status_code

    assert create(MAX_BODY_BYTES + 1) == 413
    assert create(MAX_BODY_BYTES) == 201
