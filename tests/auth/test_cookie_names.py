"""What cookies are called: told apart by port, by a setting, by HTTPS; and sign-ins under former names."""

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


def named(client: FlaskClient) -> set[str]:
    return {cookie.key for cookie in client._cookies.values()}


@pytest.fixture
def another(app: Flask) -> Iterator[Callable[..., Flask]]:
    """The same app with other settings."""
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
    ("base", "begin"),
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
def test_names_tell_the_port_and_https(app, owner, base, begin):
    client = app.test_client()
    assert submit(client, base_url=base).status_code == 303
    device = f"{begin}device".replace("__Host-", "__Secure-")  # it is for /sign-in alone
    assert named(client) == {device} | {f"{begin}{what}" for what in ("session", "csrf", "form")}
    assert client.get("/api/auth/me", base_url=base).json["username"] == "owen"


def test_a_setting_names_them_instead(another, owner):
    client = another(cookie_name="staging").test_client()
    submit(client, base_url="http://127.0.0.1:8088")
    assert named(client) == {f"staging_{what}" for what in ("session", "csrf", "form", "device")}


@pytest.mark.parametrize("prefix", ["/spikecast", "/a/b"])
def test_below_a_path_they_go_there_alone(another, owner, prefix):
    client = another(url_prefix=prefix).test_client()
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


def test_two_instances_on_one_host_leave_each_other_alone(app, owner):
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


def test_a_cookie_of_this_host_alone_is_not_taken_from_one_without_that_promise(app, owner):
    """A neighbour below the same domain can write cookies, but none with the prefix."""
    browser = app.test_client()
    submit(browser, base_url=HTTPS)
    token = browser.get_cookie("__Host-spikecast_session", domain="spikecast.example").value
    victim = app.test_client()
    victim.set_cookie("spikecast_session", token, domain="spikecast.example")
    assert victim.get("/api/auth/me", base_url=HTTPS).status_code == 401


# --- Sign-ins from before the names changed ------------------------------------------------------------


@pytest.fixture
def former(app: Flask, owner) -> Callable[..., FlaskClient]:
    """A browser that signed in before: its token tells nothing of cookies."""

    def browser(
        lasts: timedelta = browser_session.LIFETIME, domain: str = "spikecast.example"
    ) -> FlaskClient:
        client = app.test_client()
        submit(client)
        with app.app_context():
            claims = jwt_extended.decode_token(client.get_cookie("spikecast_session").value)
            token = jwt_extended.create_access_token(
                claims["sub"], additional_claims={"sid": claims["sid"]}, expires_delta=lasts
            )
            csrf = jwt_extended.get_csrf_token(token)
        client = app.test_client()
        client.set_cookie("spikecast_session", token, domain=domain)
        client.set_cookie("spikecast_csrf", csrf, domain=domain)
        return client

    return browser


def test_a_sign_in_from_before_goes_on_under_the_present_name(former):
    browser = former()
    csrf = browser.get_cookie("spikecast_csrf", domain="spikecast.example").value
    answer = browser.post(
        "/api/collections", json={"name": "Truck"}, headers={"X-CSRF-TOKEN": csrf}, base_url=HTTPS
    )
    assert answer.status_code == 201
    assert named(browser) == {"__Host-spikecast_session", "__Host-spikecast_csrf"}
    assert browser.get("/api/auth/me", base_url=HTTPS).json["username"] == "owen"


def test_a_sign_in_from_before_goes_on_without_https_too(former):
    browser = former(domain="127.0.0.1")
    assert browser.get("/api/auth/me", base_url="http://127.0.0.1:8088").json["username"] == "owen"
    assert named(browser) == {"spikecast_8088_session", "spikecast_8088_csrf"}


def test_a_token_of_a_script_is_no_cookie_from_before(former):
    assert former(lasts=timedelta(hours=1)).get("/api/auth/me", base_url=HTTPS).status_code == 401


def test_a_former_cookie_of_another_instance_signs_nobody_in_and_stays(app, owner):
    browser = app.test_client()
    browser.set_cookie("spikecast_session", "of.another.instance", domain="127.0.0.1")
    assert browser.get("/api/auth/me", base_url="http://127.0.0.1:8088").status_code == 401
    assert named(browser) == {"spikecast_session"}
