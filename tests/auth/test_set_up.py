"""The set-up page: the first Admin, made by whoever reads the server's log."""

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
    """A token as the log shows it."""
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


def test_the_token_makes_the_first_admin_and_signs_in(app, token):
    client, answer = post(app, token=token)
    assert answer.status_code == 303
    assert admins(app) == ["ada"]
    assert client.get("/api/auth/me").json["role"] == "Admin"


def test_a_wrong_token_makes_nobody_and_leaves_the_right_one_valid(app, token):
    _, answer = post(app, token="wrong")
    assert answer.status_code == 403
    assert admins(app) == []
    assert post(app, token=token)[1].status_code == 303


def test_an_expired_token_makes_nobody(app, token, clock):
    clock.shift(timedelta(hours=24))
    assert post(app, token=token)[1].status_code == 403
    assert admins(app) == []


@pytest.mark.parametrize(
    ("name", "value"), [("email", "nobody"), ("username", "a@b"), ("password", "short")], ids=str
)
def test_input_that_is_not_valid_is_told_beside_it_and_kept(app, token, name, value):
    _, answer = post(app, token=token, **{name: value})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert admins(app) == []


def test_a_form_without_its_csrf_token_is_refused(app, token):
    answer = app.test_client().post("/setup", data={"token": token, **FORM})
    assert answer.status_code == 422
    assert admins(app) == []


def test_the_page_is_gone_once_there_is_a_user(app, token):
    post(app, token=token)
    assert app.test_client().get("/setup").status_code == 404
    assert app.test_client().get("/sign-in").status_code == 200


def test_where_nobody_is_there_yet_signing_in_leads_to_the_set_up(app):
    assert app.test_client().get("/sign-in").headers["Location"] == "/setup"


def test_of_sixteen_first_set_ups_at_once_one_makes_an_admin(app, token):
    barrier = Barrier(16)

    def try_it(number: int) -> int:
        client = app.test_client()
        csrf = csrf_token(client)
        barrier.wait()
        form = FORM | {"email": f"a{number}@example.org", "username": f"a{number}", "token": token}
        return client.post("/setup", data={"csrf_token": csrf, **form}).status_code

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(try_it, range(16)))
    assert answers.count(303) == 1
    assert len(admins(app)) == 1
    assert max(answers) < 500
