"""Sign-ins and set-ups: those that succeed, those that fail, and from where."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app import create_app
from app.auth import first_admin
from app.core import clock as app_clock
from app.db.session import db
from tests.conftest import FAST_SETTINGS
from tests.support.signing_in import PASSWORD, sign_in

ELSEWHERE = "203.0.113.7"


def told(entries):
    return [
        (entry.action, entry.outcome, entry.actor_name, entry.thing_name, entry.details) for entry in entries
    ]


def test_a_sign_in_says_who_and_from_where(app, owner, noted):
    noted()
    sign_in(app, "owen", address=ELSEWHERE)
    (entry,) = noted()
    assert told([entry]) == [("sign-in", "done", "owen", "owen", {})]
    assert (entry.actor_id, entry.source) == (owner.user_id, ELSEWHERE)


def test_a_wrong_password_names_the_account_and_nobody_as_the_one_who_tried(app, owner, noted):
    noted()
    sign_in(app, "OWEN@example.org", "wrong", address=ELSEWHERE)
    (entry,) = noted()
    assert told([entry]) == [("sign-in", "refused", None, "owen", {"why": "wrong password"})]
    assert (entry.actor_id, entry.thing_id, entry.source) == (None, owner.user_id, ELSEWHERE)


def test_what_was_typed_for_an_unknown_account_is_not_noted(app, owner, noted):
    noted()
    sign_in(app, "my password by mistake", "owen")
    assert told(noted()) == [("sign-in", "refused", None, None, {"why": "unknown account"})]


def test_guesses_that_are_turned_away_are_noted_until_there_are_many(app, owner, noted, clock):
    noted()
    answers = [sign_in(app, "owen", "wrong").status_code for _ in range(60)]
    assert answers == [401] * 5 + [429] * 55
    whys = [entry.details["why"] for entry in noted()]
    assert whys == ["wrong password"] * 5 + ["too many attempts"] * 45
    clock.shift(timedelta(minutes=5, seconds=1))
    assert sign_in(app, "owen").status_code == 200
    assert [entry.outcome for entry in noted()] == ["done"]


def test_somebody_who_is_refused_again_and_again_does_not_push_others_out(viewer, owner, noted, clock):
    noted()
    for _ in range(60):
        assert viewer.get("/api/users").status_code == 403
    assert len(noted()) == 50
    assert owner.get("/api/users").status_code == 403
    assert [entry.actor_name for entry in noted()] == ["owen"]
    clock.shift(timedelta(minutes=5, seconds=1))
    viewer.get("/api/users")
    assert [entry.actor_name for entry in noted()] == ["vera"]


def test_a_wrong_current_password_is_noted(owner, noted):
    noted()
    body = {"current_password": "wrong", "new_password": "another password"}
    assert owner.post("/api/auth/change-password", body).status_code == 422
    assert told(noted()) == [("change-password", "refused", "owen", "owen", {"why": "wrong password"})]


# --- In a browser --------------------------------------------------------------------------------------


def submit(app, page, *, headers=None, **form):
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page, headers=headers).text)[1]
    return client.post(page, data={"csrf_token": token, **form}, headers=headers)


@pytest.mark.parametrize(("trusted", "source"), [(1, ELSEWHERE), (0, "127.0.0.1")])
def test_the_address_is_the_one_that_a_trusted_proxy_says(app, owner, noted, trusted, source):
    settings = replace(app.config["SETTINGS"], trusted_proxies=trusted)
    behind = create_app(settings, TESTING=True, **FAST_SETTINGS)
    noted()
    submit(behind, "/sign-in", headers={"X-Forwarded-For": ELSEWHERE}, login="owen", password=PASSWORD)
    with behind.app_context():
        db.engine.dispose()
    (entry,) = noted()
    assert (entry.action, entry.outcome, entry.source) == ("sign-in", "done", source)


@pytest.mark.parametrize(("password", "outcome"), [(PASSWORD, "done"), ("wrong", "refused")])
def test_a_browsers_sign_in_is_noted_once(app, owner, noted, password, outcome):
    noted()
    submit(app, "/sign-in", login="owen", password=password)
    assert [(entry.action, entry.outcome) for entry in noted()] == [("sign-in", outcome)]


NEW = {"email": "ada@example.org", "username": "ada", "password": PASSWORD}


def test_a_set_up_is_noted_once_and_a_refused_one_too(app, noted):
    with app.app_context():
        token = first_admin.create_setup_token(app_clock.now())
        db.session.commit()
    assert submit(app, "/setup", token="wrong", **NEW).status_code == 403
    assert told(noted()) == [("set-up", "refused", None, None, {"why": "wrong token"})]
    assert submit(app, "/setup", token=token, **NEW).status_code == 303
    assert told(noted()) == [("set-up", "done", "ada", "ada", {})]
