"""Which passwords are refused, wherever one is set."""

import re
import unicodedata

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from app import startup
from app.auth import first_admin
from app.auth.password_rule import BLANK_ERROR, COMMON_ERROR, NAME_ERROR, find_weakness
from app.core import clock as app_clock
from app.db.session import db
from app.models import User
from config import BadSetting, FirstAdmin
from tests.support.problems import faults, refused
from tests.support.signing_in import PASSWORD, form_token, is_signed_in, sign_in, submit

WEAK = {
    "password": COMMON_ERROR,
    "12345678": COMMON_ERROR,
    "iloveyou": COMMON_ERROR,
    "Password1": COMMON_ERROR,
    "PASSWORD": COMMON_ERROR,
    "password2027!": COMMON_ERROR,
    "P@$$w0rd": COMMON_ERROR,
    "passwordpassword": COMMON_ERROR,
    "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44": COMMON_ERROR,
    " " * 8: BLANK_ERROR,
    "\u00a0" * 8: BLANK_ERROR,
    " \t\u2003\u3000" * 2: BLANK_ERROR,
    "\u200b" * 9: BLANK_ERROR,
    "spikecast": NAME_ERROR,
    "Spikecast1": NAME_ERROR,
    "spikecast-2027": NAME_ERROR,
    "grace.hopper@example.org": NAME_ERROR,
    "Grace.Hopper": NAME_ERROR,
    "grace.hopper1906": NAME_ERROR,
    "grace hopper": NAME_ERROR,
    "GRACE HOPPER!!": NAME_ERROR,
}
NEW = {"username": "Grace Hopper", "email": "grace.hopper@example.org", "role": "Editor"}
GOOD = ["correct horse battery", "x" * 128, "\u00e9" * 8, "grace hopper likes cobol", " 8 blanks", "aB3$aB3%"]


@pytest.fixture
def grace(admin):
    """Create a user named Grace Hopper."""
    return admin.post("/api/users", NEW | {"password": PASSWORD}).json


@pytest.mark.parametrize(("password", "reason"), WEAK.items(), ids=map(ascii, WEAK))
def test_find_weakness_returns_why_a_password_is_weak(password, reason):
    assert find_weakness(password, (NEW["username"], NEW["email"])) == reason


@pytest.mark.parametrize("password", GOOD, ids=ascii)
def test_passwords_without_a_weakness_are_accepted(admin, app, password):
    assert find_weakness(password, (NEW["username"], NEW["email"])) is None
    assert admin.post("/api/users", NEW | {"password": password}).status_code == 201
    assert sign_in(app, "grace hopper", password).status_code == 200


def test_a_short_name_does_not_rule_out_passwords_that_begin_with_it():
    assert find_weakness("a1234567890b", ("a", "a@example.org")) is None


WEAK_EXAMPLES = ["password", " " * 8, "grace hopper", "Grace.Hopper@example.org", "spikecast"]


@pytest.mark.any_database
@pytest.mark.parametrize("password", WEAK_EXAMPLES)
def test_an_admin_cannot_set_a_weak_password(app, admin, grace, password):
    weakness = find_weakness(password, (NEW["username"], NEW["email"]))
    other = NEW | {"password": password}
    assert faults(admin.post("/api/users", other)) == {"password": [weakness]}
    assert faults(admin.patch(f"/api/users/{grace['id']}", {"password": password})) == {
        "password": [weakness]
    }
    assert sign_in(app, "grace hopper").status_code == 200


def test_a_new_password_is_checked_against_the_new_username(admin, grace):
    change = {"username": "Battery Staple", "password": "battery staple"}
    assert faults(admin.patch(f"/api/users/{grace['id']}", change)) == {"password": [NAME_ERROR]}
    assert admin.get(f"/api/users/{grace['id']}").json["username"] == "Grace Hopper"


@pytest.mark.any_database
@pytest.mark.parametrize("password", ["password", " " * 8, "owen@example.org", "spikecast"])
def test_a_user_cannot_change_to_a_weak_password(app, owner, password):
    body = {"current_password": PASSWORD, "new_password": password}
    weakness = find_weakness(password, ("owen", "owen@example.org"))
    assert faults(owner.post("/api/auth/change-password", body)) == {"new_password": [weakness]}
    assert is_signed_in(owner)


@pytest.mark.any_database
@pytest.mark.parametrize("password", WEAK_EXAMPLES)
def test_commands_refuse_a_weak_password(app, admin, grace, password):
    run = app.test_cli_runner().invoke
    weakness = find_weakness(password, (NEW["username"], NEW["email"]))
    made = run(
        args=("create-user", "grace.hopper@example.org", "Grace Hopper", "--password-stdin"), input=password
    )
    changed = run(args=("set-password", "grace hopper", "--password-stdin"), input=password)
    for result in (made, changed):
        assert result.exit_code == 1
        assert f"password {weakness}" in result.stderr
    assert sign_in(app, "grace hopper").status_code == 200


@pytest.mark.parametrize("password", WEAK_EXAMPLES)
def test_the_settings_of_the_first_admin_refuse_a_weak_password(password):
    wanted = FirstAdmin(email="grace.hopper@example.org", username="Grace Hopper", password=password)
    with pytest.raises(BadSetting, match="SPIKECAST_ADMIN_PASSWORD"):
        startup.validate_first_admin(wanted)


@pytest.mark.any_database
@pytest.mark.parametrize("password", WEAK_EXAMPLES)
def test_the_set_up_page_refuses_a_weak_password(app, password):
    with app.app_context():
        token = first_admin.create_setup_token(app_clock.now())
        db.session.commit()
    browser = app.test_client()
    form = {"csrf_token": form_token(browser, "/setup"), "token": token, "password": password}
    answer = browser.post("/setup", data=form | {name: NEW[name] for name in ("email", "username")})
    assert answer.status_code == 422
    assert find_weakness(password, (NEW["username"], NEW["email"])) in answer.text
    with app.app_context():
        assert not User.exists()


# --- Whitespace is not trimmed -------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["  two at both ends  ", "tab at the end\t", "\u00a0no-break in front"])
def test_whitespace_at_the_ends_is_part_of_a_password(app, owner, admin, password):
    admin.patch(f"/api/users/{owner.user_id}", {"password": password})
    for typed, status, submitted in ((password, 200, 303), (password.strip(), 401, 401)):
        assert sign_in(app, "owen", typed).status_code == status
        assert submit(app.test_client(), "owen", typed).status_code == submitted
    run = app.test_cli_runner().invoke
    run(args=("set-password", "owen", "--password-stdin"), input=f"{password} again ")
    assert sign_in(app, "owen", f"{password} again ").status_code == 200


@pytest.mark.any_database
@pytest.mark.parametrize("typed", [" ", " " * 8, "\t", "x" * 1025, "x\0y"], ids=ascii)
def test_form_and_api_refuse_a_password_with_the_same_status(app, owner, typed):
    by_api = sign_in(app, "owen", typed).status_code
    assert by_api in (401, 422)
    assert submit(app.test_client(), "owen", typed).status_code == by_api


# --- Unicode -------------------------------------------------------------------------------------------

COMPOSED = "cr\u00e8me br\u00fbl\u00e9e \u304c"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


@pytest.mark.parametrize(("given", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
def test_a_password_matches_in_composed_and_decomposed_unicode(app, owner, admin, given, typed):
    assert COMPOSED != DECOMPOSED
    admin.patch(f"/api/users/{owner.user_id}", {"password": given})
    for each in (given, typed):
        assert sign_in(app, "owen", each).status_code == 200
        assert submit(app.test_client(), "owen", each).status_code == 303


def test_a_hash_of_an_unnormalized_password_is_accepted_and_replaced(app, owner):
    with app.app_context():
        old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(DECOMPOSED)
        db.session.execute(sa.update(User).where(User.id == owner.user_id).values(password_hash=old))
        db.session.commit()
    refused(sign_in(app, "owen", COMPOSED), 401)
    assert sign_in(app, "owen", DECOMPOSED).status_code == 200
    assert sign_in(app, "owen", COMPOSED).status_code == 200


def test_lengths_count_composed_characters_unless_the_password_is_far_too_long(owner):
    def change(new):
        return owner.post("/api/auth/change-password", {"current_password": PASSWORD, "new_password": new})

    few = unicodedata.normalize("NFD", "\u00e9" * 7)
    assert faults(change(few)) == {"new_password": ["must have at least 8 characters"]}
    long = "a" + "\u0301\u0327" * 1000
    assert faults(change(long)) == {"new_password": ["must have at most 128 characters, not 2001"]}
    assert change(unicodedata.normalize("NFD", "\u00e9" * 128)).status_code == 200


def test_an_unnormalized_password_costs_the_same_hashes_for_an_unknown_account(app, owner, monkeypatch):
    checked = []
    verify = PasswordHasher.verify

    def recording_verify(self, stored, text):
        checked.append(text)
        return verify(self, stored, text)

    monkeypatch.setattr(PasswordHasher, "verify", recording_verify)
    counts = []
    for login in ("owen", "nobody"):
        checked.clear()
        refused(sign_in(app, login, DECOMPOSED), 401)
        counts.append(len(checked))
    assert counts == [2, 2]


def test_common_passwords_are_lower_case_with_at_least_8_characters():
    from app.auth.password_rule import _load_common_passwords

    assert len(_load_common_passwords()) >= 3000
    assert all(len(each) >= 8 and each == each.casefold() for each in _load_common_passwords())
    assert not re.search("spikecast", " ".join(_load_common_passwords()))
