"""Requests behind a reverse proxy: its headers are used only if it is trusted."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.db.session import db
from tests.conftest import FAST_SETTINGS
from tests.support.signing_in import PASSWORD

FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "spikecast.example",
    "X-Forwarded-For": "203.0.113.7",
    "Referer": "https://spikecast.example/sign-in",
}


@pytest.fixture
def start_behind_proxies(app: Flask) -> Iterator[Callable[[int], Flask]]:
    """Return a function that starts the app with this number of trusted proxies."""
    started = []

    def start(trusted: int) -> Flask:
        settings = replace(app.config["SETTINGS"], trusted_proxies=trusted)
        started.append(create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=False, **FAST_SETTINGS))
        return started[-1]

    yield start
    for other in started:
        with other.app_context():
            db.engine.dispose()


def sign_in(client: FlaskClient):
    page = client.get("/sign-in", headers=FORWARDED)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    form = {"csrf_token": token, "login": "owen", "password": PASSWORD}
    return client.post("/sign-in", data=form, headers=FORWARDED)


@pytest.mark.parametrize(("trusted", "is_secure"), [(1, True), (0, False)], ids=["trusted", "untrusted"])
def test_cookies_are_secure_only_if_a_trusted_proxy_forwards_https(
    start_behind_proxies, owner, trusted, is_secure
):
    answer = sign_in(start_behind_proxies(trusted).test_client())
    assert answer.status_code == 303
    cookies = {each.split("=")[0]: each.split("; ") for each in answer.headers.getlist("Set-Cookie")}
    prefix = "__Host-" if is_secure else ""
    assert cookies.keys() >= {f"{prefix}spikecast_session", f"{prefix}spikecast_csrf"}
    assert {"Secure" in flags for flags in cookies.values()} == {is_secure}


@pytest.mark.parametrize(("trusted", "address"), [(1, "203.0.113.7"), (0, "127.0.0.1")])
def test_the_client_address_is_taken_from_a_trusted_proxy_only(start_behind_proxies, owner, trusted, address):
    sign_in(start_behind_proxies(trusted).test_client())
    addresses = {each["address"] for each in owner.get("/api/auth/sign-ins").json["items"]}
    assert address in addresses
    assert ("203.0.113.7" in addresses) is (trusted == 1)


def test_only_the_origin_of_the_forwarded_host_may_write(start_behind_proxies, owner):
    app = start_behind_proxies(1)
    cookies = sign_in(app.test_client()).headers.getlist("Set-Cookie")
    given = dict(each.split(";")[0].split("=", 1) for each in cookies)
    credentials = {
        "Cookie": f"__Host-spikecast_session={given['__Host-spikecast_session']}",
        "X-CSRF-TOKEN": given["__Host-spikecast_csrf"],
    }
    client = app.test_client(use_cookies=False)
    for origin, status in {"https://spikecast.example": 201, "https://evil.example": 403}.items():
        headers = FORWARDED | credentials | {"Origin": origin}
        assert client.post("/api/collections", json={"name": origin}, headers=headers).status_code == status
