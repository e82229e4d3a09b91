"""Audit entries of sign-ins and set-ups: outcome, account and address."""

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


def summarize(entries):
    return [
        (entry.action, entry.outcome, entry.actor_name, entry.thing_name, entry.details) for entry in entries
    ]


def test_a_sign_in_is_recorded_with_user_and_address(app, owner, new_entries):
    new_entries()
    sign_in(app, "owen", address=ELSEWHERE)
    (entry,) = new_entries()
    assert summarize([entry]) == [("sign-in", "done", "owen", "owen", {})]
    assert (entry.actor_id, entry.source) == (owner.user_id, ELSEWHERE)


def test_a_wrong_password_is_recorded_with_the_account_but_without_an_actor(app, owner, new_entries):
    new_entries()
    sign_in(app, "OWEN@example.org", "wrong", address=ELSEWHERE)
    (entry,) = new_entries()
    assert summarize([entry]) == [("sign-in", "refused", None, "owen", {"why": "wrong password"})]
    assert (entry.actor_id, entry.thing_id, entry.source) == (None, owner.user_id, ELSEWHERE)


def test_the_login_typed_for_an_unknown_account_is_not_recorded(app, owner, new_entries):
    new_entries()
    sign_in(app, "my password by mistake", "owen")
    assert summarize(new_entries()) == [("sign-in", "refused", None, None, {"why": "unknown account"})]


def test_at_most_50_refused_sign_ins_are_recorded_in_5_minutes(app, owner, new_entries, clock):
    new_entries()
    answers = [sign_in(app, "owen", "wrong").status_code for _ in range(60)]
    assert answers == [401] * 5 + [429] * 55
    reasons = [entry.details["why"] for entry in new_entries()]
    assert reasons == ["wrong password"] * 5 + ["too many attempts"] * 45
    clock.shift(timedelta(minutes=5, seconds=1))
    assert sign_in(app, "owen").status_code == 200
    assert [entry.outcome for entry in new_entries()] == ["done"]


def test_repeated_refusals_of_one_user_do_not_displace_those_of_others(viewer, owner, new_entries, clock):
    new_entries()
    for _ in range(60):
        assert viewer.get("/api/users").status_code == 403
    assert len(new_entries()) == 50
    assert owner.get("/api/users").status_code == 403
    assert [entry.actor_name for entry in new_entries()] == ["owen"]
    clock.shift(timedelta(minutes=5, seconds=1))
    viewer.get("/api/users")
    assert [entry.actor_name for entry in new_entries()] == ["vera"]


def test_a_wrong_current_password_is_recorded(owner, new_entries):
    new_entries()
    body = {"current_password": "wrong", "new_password": "another password"}
    assert owner.post("/api/auth/change-password", body).status_code == 422
    assert summarize(new_entries()) == [
        ("change-password", "refused", "owen", "owen", {"why": "wrong password"})
    ]


# --- Browser sign-ins and set-ups ----------------------------------------------------------------------


def submit(app, page, *, headers=None, **form):
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page, headers=headers).text)[1]
    return client.post(page, data={"csrf_token": token, **form}, headers=headers)


@pytest.mark.parametrize(("trusted", "source"), [(1, ELSEWHERE), (0, "127.0.0.1")])
def test_the_recorded_address_is_taken_from_a_trusted_proxy_only(app, owner, new_entries, trusted, source):
    settings = replace(app.config["SETTINGS"], trusted_proxies=trusted)
    proxied_app = create_app(settings, TESTING=True, **FAST_SETTINGS)
    new_entries()
    submit(proxied_app, "/sign-in", headers={"X-Forwarded-For": ELSEWHERE}, login="owen", password=PASSWORD)
    with proxied_app.app_context():
        db.engine.dispose()
    (entry,) = new_entries()
    assert (entry.action, entry.outcome, entry.source) == ("sign-in", "done", source)


@pytest.mark.parametrize(("password", "outcome"), [(PASSWORD, "done"), ("wrong", "refused")])
def test_a_browser_sign_in_is_recorded_once(app, owner, new_entries, password, outcome):
    new_entries()
    submit(app, "/sign-in", login="owen", password=password)
    assert [(entry.action, entry.outcome) for entry in new_entries()] == [("sign-in", outcome)]


NEW = {"email": "ada@example.org", "username": "ada", "password": PASSWORD}


def test_successful_and_refused_set_ups_are_each_recorded_once(app, new_entries):
    with app.app_context():
        token = first_admin.create_setup_token(app_clock.now())
        db.session.commit()
    assert submit(app, "/setup", token="wrong", **NEW).status_code == 403
    assert summarize(new_entries()) == [("set-up", "refused", None, None, {"why": "wrong token"})]
    assert submit(app, "/setup", token=token, **NEW).status_code == 303
    assert summarize(new_entries()) == [("set-up", "done", "ada", "ada", {})]
