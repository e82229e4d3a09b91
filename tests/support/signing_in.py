"""Sign-in over the API, and with the form as a browser does."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.client import Caller

PASSWORD = "correct horse battery"  # of all users in conftest.py
HERE = "127.0.0.1"


def sign_in(
    app: Flask, login: str, password: str = PASSWORD, address: str = HERE, code: str | None = None
) -> TestResponse:
    """Sign in from `address`, with the code of a second factor if there is one; return the response."""
    body = {"login": login, "password": password} | ({"code": code} if code is not None else {})
    return Caller(app).post("/api/auth/login", body, environ_base={"REMOTE_ADDR": address})


def signed_in(app: Flask, login: str, password: str = PASSWORD, code: str | None = None) -> Caller:
    """Sign in on another device, and return its client."""
    response = sign_in(app, login, password, code=code)
    assert response.status_code == 200, response.text
    return Caller(app, user_id=response.json["user"]["id"], name=login, tokens=response.json)


def is_signed_in(caller: Caller) -> bool:
    """Return whether the caller's access token is valid."""
    status = caller.get("/api/auth/me").status_code
    assert status in (200, 401)
    return status == 200


def refresh(caller: Caller) -> TestResponse:
    """Send the caller's refresh token, and return the response."""
    return Caller(caller.app).post(
        "/api/auth/refresh", headers={"Authorization": f"Bearer {caller.tokens['refresh_token']}"}
    )


# --- With the form -------------------------------------------------------------------------------------

TOKEN, CSRF = "spikecast_session", "spikecast_csrf"


def form_token(client: FlaskClient, page: str = "/sign-in", **options) -> str:
    """Return the CSRF token of a page's form."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page, **options).text)[1]


def submit(
    client: FlaskClient, login: str = "owen", password: str = PASSWORD, query: str = "", **options
) -> TestResponse:
    """Submit the sign-in form, which sets the cookies of `client`, and return the response."""
    headers = {"Referer": f"{options['base_url']}/sign-in"} if "base_url" in options else {}
    form = {"csrf_token": form_token(client, **options), "login": login, "password": password}
    return client.post(f"/sign-in{query}", data=form, headers=headers, **options)


def csrf(browser: FlaskClient) -> dict[str, str]:
    """Return the header that our pages add to every write."""
    return {"X-CSRF-TOKEN": browser.get_cookie(CSRF).value}
