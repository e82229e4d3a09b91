"""How large a body may be: little where nobody has to be signed in, whether or not its length is declared."""

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
SMALL = [
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
"""Routes that read a body where nobody has to be signed in, or that is about credentials."""
PATHS_THAT_READ_NONE = {
    "/api/auth/refresh",
    "/api/auth/logout",
    "/api/auth/sign-ins/end-others",
}


def test_every_route_with_a_small_body_is_in_the_table(migrated_app):
    found = {
        f"{method} {rule.rule}"
        for rule in migrated_app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH"}
        if get_access_rule(migrated_app.view_functions[rule.endpoint])
        in (AccessRule.PUBLIC, AccessRule.REFRESH)
        or rule.rule.startswith("/api/auth/")
        if rule.rule not in PATHS_THAT_READ_NONE
    }
    assert found == set(SMALL)


def caller_of(route: str, nobody, owner):
    return owner if "/api/auth/" in route and "login" not in route else nobody


def content_type_of(route: str) -> str:
    return "application/json" if "/api/" in route else FORM


@pytest.mark.parametrize("route", [route for route in SMALL if route != "POST /setup"])
def test_a_body_with_credentials_is_small(nobody, owner, route):
    method, path = route.split()
    caller, content_type = caller_of(route, nobody, owner), content_type_of(route)
    largest = b"x" * MAX_CREDENTIALS_BYTES
    taken = caller.call(method, path, data=largest, content_type=content_type)
    assert taken.status_code in (302, 400, 422)
    answer = caller.call(method, path, data=largest + b"x", content_type=content_type)
    said = "The body is too large. At most 16,384 bytes are allowed."
    if "/api/" in route:
        assert refused(answer, 413)["detail"] == said
    else:
        assert (answer.status_code, said in answer.text) == (413, True)


def test_the_set_up_form_is_small(nobody):
    answer = nobody.post("/setup", data=b"x" * (MAX_CREDENTIALS_BYTES + 1), content_type=FORM)
    assert answer.status_code == 413


def test_other_bodies_may_be_larger(owner):
    name = b'{"name": "Truck"' + b" " * MAX_CREDENTIALS_BYTES + b"}"
    assert owner.post("/api/collections", data=name, content_type="application/json").status_code == 201


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[RunningServer]:
    file = tmp_path_factory.mktemp("limits") / "spikecast.db"
    with running_server(f"sqlite:///{file}", workers=1) as running:
        yield running


def chunked(server: RunningServer, path: str, size: int, content_type: str) -> int:
    """The status of the answer to a body of `size` bytes whose length is not declared."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    chunks = iter([b"x" * 1024] * (size // 1024) + [b"x" * (size % 1024)] * (size % 1024 > 0))
    connection.request("POST", path, chunks, {"Content-Type": content_type}, encode_chunked=True)
    return connection.getresponse().status


@pytest.mark.parametrize("route", ["/sign-in", "/api/auth/login"])
def test_a_body_whose_length_is_not_declared_is_as_small(server, route):
    content_type = content_type_of(route)
    assert chunked(server, route, MAX_CREDENTIALS_BYTES, content_type) in (400, 404, 422)
    assert chunked(server, route, MAX_CREDENTIALS_BYTES + 1, content_type) == 413
    assert chunked(server, route, MAX_CREDENTIALS_BYTES * 4, content_type) == 413


def test_a_large_body_whose_length_is_not_declared_is_refused_not_cut(server):
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
