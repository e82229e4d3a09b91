"""The set-up page creates the first Admin, with a token from the server's log."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.auth import first_admin
from app.core import clock as app_clock
from app.db.session import db
from app.models import Role, User

FORM = {"email": "ada@example.org", "username": "ada", "password": "correct horse battery"}


@pytest.fixture
def token(app: Flask) -> str:
    """Return a set-up token, as the log shows it."""
    with app.app_context():
        made = first_admin.create_setup_token(app_clock.now())
        db.session.commit()
        return made


def csrf_token(client) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/setup").text)[1]


def post(app: Flask, **form: str):
    client = app.test_client()
    answer = client.post("/setup", data={"csrf_token": csrf_token(client), **FORM, **form})
    return client, answer


def admins(app: Flask) -> list[str]:
    with app.app_context():
        return [user.username for user in db.session.query(User).filter_by(role=Role.ADMIN)]


def test_the_token_creates_the_first_admin_and_signs_them_in(app, token):
    client, answer = post(app, token=token)
    assert answer.status_code == 303
    assert admins(app) == ["ada"]
    assert client.get("/api/auth/me").json["role"] == "Admin"


def test_a_wrong_token_creates_no_admin_and_leaves_the_correct_one_valid(app, token):
    _, answer = post(app, token="wrong")
    assert answer.status_code == 403
    assert admins(app) == []
    assert post(app, token=token)[1].status_code == 303


def test_an_expired_token_creates_no_admin(app, token, clock):
    clock.shift(timedelta(hours=24))
    assert post(app, token=token)[1].status_code == 403
    assert admins(app) == []


@pytest.mark.parametrize(
    ("name", "value"), [("email", "nobody"), ("username", "a@b"), ("password", "short")], ids=str
)
def test_invalid_input_is_marked_in_the_form_and_creates_no_admin(app, token, name, value):
    _, answer = post(app, token=token, **{name: value})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert admins(app) == []


def test_a_form_without_its_csrf_token_is_refused(app, token):
    answer = app.test_client().post("/setup", data={"token": token, **FORM})
    assert answer.status_code == 422
    assert admins(app) == []


def test_the_set_up_page_is_not_found_once_a_user_exists(app, token):
    post(app, token=token)
    assert app.test_client().get("/setup").status_code == 404
    assert app.test_client().get("/sign-in").status_code == 200


def test_the_sign_in_page_redirects_to_set_up_while_no_user_exists(app):
    assert app.test_client().get("/sign-in").headers["Location"] == "/setup"


def test_of_sixteen_concurrent_set_ups_only_one_creates_an_admin(app, token):
    barrier = Barrier(16)

    def submit_setup(number: int) -> int:
        client = app.test_client()
        csrf = csrf_token(client)
        barrier.wait()
        form = FORM | {"email": f"a{number}@example.org", "username": f"a{number}", "token": token}
        return client.post("/setup", data={"csrf_token": csrf, **form}).status_code

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(submit_setup, range(16)))
    assert answers.count(303) == 1
    assert len(admins(app)) == 1
    assert max(answers) < 500
