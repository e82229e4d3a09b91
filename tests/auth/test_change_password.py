"""Changing one's own password."""

from functools import partial

import pytest

from tests.support.client import Caller
from tests.support.concurrency import run_concurrently
from tests.support.problems import faults, refused
from tests.support.signing_in import PASSWORD, is_signed_in, refresh, sign_in, signed_in

NEW = "another password"


def change(caller: Caller, current: str = PASSWORD, new: str = NEW):
    return caller.post("/api/auth/change-password", {"current_password": current, "new_password": new})


def test_the_new_password_signs_in_and_the_old_one_does_not(app, owner):
    assert change(owner).status_code == 200
    assert sign_in(app, "owen", NEW).status_code == 200
    refused(sign_in(app, "owen"), 401)


def test_a_password_change_ends_all_tokens_and_returns_new_ones(app, owner):
    phone = signed_in(app, "owen")
    response = change(owner)
    assert response.json.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert not is_signed_in(owner)
    assert not is_signed_in(phone)
    refused(refresh(phone), 401)
    fresh = Caller(app, tokens=response.json)
    assert is_signed_in(fresh)
    assert refresh(fresh).status_code == 200


def test_other_users_stay_signed_in(owner, stranger):
    change(owner)
    assert is_signed_in(stranger)


def test_a_wrong_current_password_is_refused_and_changes_nothing(app, owner):
    assert faults(change(owner, current="not the password")) == {"current_password": ["is not your password"]}
    assert is_signed_in(owner)
    assert sign_in(app, "owen").status_code == 200


def test_wrong_current_passwords_are_limited_across_addresses(app, owner, clock):
    body = {"current_password": "not the password", "new_password": NEW}
    for number in range(5):
        elsewhere = {"REMOTE_ADDR": f"192.0.2.{number}"}
        refused(owner.post("/api/auth/change-password", body, environ_base=elsewhere), 422)
    refusal = change(owner)
    assert refused(refusal, 429)["detail"].startswith("Too many")
    assert refusal.headers["Retry-After"] == "300"
    clock.shift(300)
    assert change(owner).status_code == 200


def test_wrong_current_passwords_block_only_the_sign_in_that_sent_them(app, owner):
    for _ in range(5):
        refused(change(owner, current="not the password"), 422)
    assert change(signed_in(app, "owen")).status_code == 200


def test_a_correct_current_password_resets_the_failed_attempts(owner):
    for _ in range(2):
        for _ in range(4):
            refused(change(owner, current="not the password"), 422)
        owner = Caller(owner.app, tokens=change(owner, new=PASSWORD).json)


def test_failed_sign_ins_of_others_do_not_block_a_signed_in_user(app, owner):
    for number in range(50):
        login = "owen" if number < 5 else f"user {number}"
        refused(sign_in(app, login, "not the password"), 401)
    refused(sign_in(app, "owen"), 429)
    assert change(owner).status_code == 200


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("1234567", "must have at least 8 characters"),
        ("x" * 129, "must have at most 128 characters, not 129"),
        ("", "must have at least 8 characters"),
        (None, "must not be null"),
        (12345678, "must be a string"),
        ("with\0NUL in it", "must not contain NUL characters"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_an_invalid_new_password_is_refused(owner, new, message):
    assert faults(change(owner, new=new)) == {"new_password": [message]}


@pytest.mark.parametrize("new", ["9 to spare", "x" * 128, "é" * 8])
def test_new_passwords_of_8_to_128_characters_are_accepted(app, owner, new):
    assert change(owner, new=new).status_code == 200
    assert sign_in(app, "owen", new).status_code == 200


def test_of_concurrent_password_changes_only_one_succeeds(app, owner):
    devices = [signed_in(app, "owen") for _ in range(4)]
    answers = run_concurrently(
        *(partial(change, device, new=f"new password {number}") for number, device in enumerate(devices))
    )
    changed = [number for number, answer in enumerate(answers) if answer.status_code == 200]
    assert len(changed) == 1
    assert sign_in(app, "owen", f"new password {changed[0]}").status_code == 200


def test_no_sign_in_with_the_old_password_outlives_the_change(app, owner, clock):
    """A sign-in concurrent with the change is either refused or ended by it."""
    device, old = owner, PASSWORD
    for round_number in range(12):
        new = f"new password {round_number}"
        attempts = [partial(sign_in, app, "owen", old, f"10.0.{round_number}.{each}") for each in range(3)]
        changed, *answers = run_concurrently(partial(change, device, old, new), *attempts)
        assert changed.status_code == 200
        for answer in answers:
            assert answer.status_code in (200, 401)
            if answer.status_code == 200:
                assert not is_signed_in(Caller(app, tokens=answer.json))
        device, old = Caller(app, tokens=changed.json), new
