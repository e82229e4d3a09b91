"""Signing in over the API."""

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.client import Caller

PASSWORD = "correct horse battery"  # of everybody in conftest.py
HERE = "127.0.0.1"


def sign_in(app: Flask, login: str, password: str = PASSWORD, address: str = HERE) -> TestResponse:
    """The answer to a sign-in from `address`."""
    body = {"login": login, "password": password}
    return Caller(app).post("/api/auth/login", body, environ_base={"REMOTE_ADDR": address})


def signed_in(app: Flask, login: str, password: str = PASSWORD) -> Caller:
    """Somebody on a further device: signed in once more."""
    response = sign_in(app, login, password)
    assert response.status_code == 200, response.text
    return Caller(app, user_id=response.json["user"]["id"], name=login, tokens=response.json)


def is_signed_in(caller: Caller) -> bool:
    """Whether the caller's access token counts."""
    status = caller.get("/api/auth/me").status_code
    assert status in (200, 401)
    return status == 200


def refresh(caller: Caller) -> TestResponse:
    """The answer to the caller's refresh token."""
    return Caller(caller.app).post(
        "/api/auth/refresh", headers={"Authorization": f"Bearer {caller.tokens['refresh_token']}"}
    )
