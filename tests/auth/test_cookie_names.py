"""Cookie names depend on port, setting and HTTPS; sessions under former names continue."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import flask_jwt_extended as jwt_extended
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.db.session import db
from app.web import browser_session
from tests.conftest import FAST_SETTINGS
from tests.support.signing_in import PASSWORD, form_token, submit

HTTPS = "https://spikecast.example"


def cookie_names(client: FlaskClient) -> set[str]:
    return {cookie.key for cookie in client._cookies.values()}


@pytest.fixture
def start_app(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Return a function that starts the same app with other settings."""
    started = []

    def start(**settings: object) -> Flask:
        other = replace(app.config["SETTINGS"], **settings)
        started.append(create_app(other, TESTING=True, PROPAGATE_EXCEPTIONS=False, **FAST_SETTINGS))
        return started[-1]

    yield start
    for each in started:
        with each.app_context():
            db.engine.dispose()


@pytest.mark.parametrize(
    ("base_url", "prefix"),
    [
        ("http://localhost", "spikecast_"),
        ("http://127.0.0.1:8088", "spikecast_8088_"),
        ("http://[::1]:8089", "spikecast_8089_"),
        ("http://localhost:80", "spikecast_"),
        (HTTPS, "__Host-spikecast_"),
        (f"{HTTPS}:443", "__Host-spikecast_"),
        (f"{HTTPS}:8443", "__Host-spikecast_8443_"),
    ],
)
def test_cookie_names_depend_on_the_port_and_on_https(app, owner, base_url, prefix):
    client = app.test_client()
    assert submit(client, base_url=base_url).status_code == 303
    device = f"{prefix}device".replace("__Host-", "__Secure-")  # its path is /sign-in
    assert cookie_names(client) == {device} | {f"{prefix}{what}" for what in ("session", "csrf", "form")}
    assert client.get("/api/auth/me", base_url=base_url).json["username"] == "owen"


def test_the_cookie_name_setting_replaces_the_default_prefix(start_app, owner):
    client = start_app(cookie_name="staging").test_client()
    submit(client, base_url="http://127.0.0.1:8088")
    assert cookie_names(client) == {f"staging_{what}" for what in ("session", "csrf", "form", "device")}


@pytest.mark.parametrize("prefix", ["/spikecast", "/a/b"])
def test_with_a_url_prefix_cookies_are_limited_to_that_path(start_app, owner, prefix):
    client = start_app(url_prefix=prefix).test_client()
    form = {"csrf_token": form_token(client, f"{prefix}/sign-in", base_url=HTTPS), "login": "owen"}
    there = f"{prefix}/sign-in?next={prefix}/spikes"
    headers = {"Referer": f"{HTTPS}{there}"}
    answer = client.post(there, data=form | {"password": PASSWORD}, headers=headers, base_url=HTTPS)
    assert answer.headers["Location"] == f"{prefix}/spikes"
    given = [each.split("; ") for each in answer.headers.getlist("Set-Cookie")]
    assert {name.split("=")[0] for name, *_ in given} >= {
        "__Secure-spikecast_session",
        "__Secure-spikecast_csrf",
    }
    assert {flag for _, *flags in given for flag in flags if flag.startswith("Path")} == {
        f"Path={prefix}",
        f"Path={prefix}/sign-in",
    }


def test_two_instances_on_one_host_have_separate_sessions(app, owner):
    browser = app.test_client()
    for port in (8088, 8089):
        assert submit(browser, base_url=f"http://127.0.0.1:{port}").status_code == 303
    csrf = browser.get_cookie("spikecast_8088_csrf", domain="127.0.0.1").value
    headers = {"X-CSRF-TOKEN": csrf}
    assert (
        browser.post("/api/auth/logout", base_url="http://127.0.0.1:8088", headers=headers).status_code == 204
    )
    assert browser.get("/api/auth/me", base_url="http://127.0.0.1:8088").status_code == 401
    assert browser.get("/api/auth/me", base_url="http://127.0.0.1:8089").status_code == 200


def test_over_https_a_session_cookie_without_the_host_prefix_is_refused(app, owner):
    """Another host of the same domain can set cookies here, but none with the __Host- prefix."""
    browser = app.test_client()
    submit(browser, base_url=HTTPS)
    token = browser.get_cookie("__Host-spikecast_session", domain="spikecast.example").value
    victim = app.test_client()
    victim.set_cookie("spikecast_session", token, domain="spikecast.example")
    assert victim.get("/api/auth/me", base_url=HTTPS).status_code == 401


# --- Sessions under former cookie names ----------------------------------------------------------------


@pytest.fixture
def former_session(app: Flask, owner) -> Callable[..., FlaskClient]:
    """Return a factory of browsers with a former session, whose token has no additional claim but `sid`."""

    def browser(
        lifetime: timedelta = browser_session.LIFETIME, domain: str = "spikecast.example"
    ) -> FlaskClient:
        client = app.test_client()
        submit(client)
        with app.app_context():
            claims = jwt_extended.decode_token(client.get_cookie("spikecast_session").value)
            token = jwt_extended.create_access_token(
                claims["sub"], additional_claims={"sid": claims["sid"]}, expires_delta=lifetime
            )
            csrf = jwt_extended.get_csrf_token(token)
        client = app.test_client()
        client.set_cookie("spikecast_session", token, domain=domain)
        client.set_cookie("spikecast_csrf", csrf, domain=domain)
        return client

    return browser


def test_a_former_session_continues_under_the_current_cookie_name(former_session):
    browser = former_session()
    csrf = browser.get_cookie("spikecast_csrf", domain="spikecast.example").value
    answer = browser.post(
        "/api/collections", json={"name": "Truck"}, headers={"X-CSRF-TOKEN": csrf}, base_url=HTTPS
    )
    assert answer.status_code == 201
    assert cookie_names(browser) == {"__Host-spikecast_session", "__Host-spikecast_csrf"}
    assert browser.get("/api/auth/me", base_url=HTTPS).json["username"] == "owen"


def test_a_former_session_continues_without_https_too(former_session):
    browser = former_session(domain="127.0.0.1")
    assert browser.get("/api/auth/me", base_url="http://127.0.0.1:8088").json["username"] == "owen"
    assert cookie_names(browser) == {"spikecast_8088_session", "spikecast_8088_csrf"}


def test_an_api_token_is_not_accepted_as_a_former_session_cookie(former_session):
    assert former_session(lifetime=timedelta(hours=1)).get("/api/auth/me", base_url=HTTPS).status_code == 401


def test_a_former_cookie_of_another_instance_is_refused_and_not_deleted(app, owner):
    browser = app.test_client()
    browser.set_cookie("spikecast_session", "of.another.instance", domain="127.0.0.1")
    assert browser.get("/api/auth/me", base_url="http://127.0.0.1:8088").status_code == 401
    assert cookie_names(browser) == {"spikecast_session"}
