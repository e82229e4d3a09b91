"""Two-factor sign-in: turning it on and off, recovery codes, and the Admin's reset."""

from functools import partial

import pyotp
import pytest
import sqlalchemy as sa

from app.db.session import db
from app.models import RecoveryCode, User
from tests.support.client import Caller
from tests.support.commands import done
from tests.support.concurrency import run_concurrently
from tests.support.problems import faults, refused
from tests.support.signing_in import PASSWORD, is_signed_in, sign_in, signed_in
from tests.support.two_factor import PATH, SECONDS, Authenticator, begin, turn_on

WRONG = "not the password"


def state(caller: Caller) -> dict:
    return caller.get(PATH).json


def post_with_code(caller: Caller, what: str, code: str, password: str = PASSWORD):
    return caller.post(f"{PATH}/{what}", {"current_password": password, "code": code})


@pytest.fixture
def authenticator(owner, clock) -> Authenticator:
    """Turn on two-factor sign-in for owen, and return his authenticator app."""
    made = turn_on(owner)
    clock.shift(SECONDS)  # the code that turned it on cannot be reused
    return made


# --- Turning it on -------------------------------------------------------------------------------------


def test_two_factor_sign_in_is_off_at_first(owner):
    off = {"is_on": False, "since": None, "recovery_codes_left": 0, "is_readable": True}
    assert state(owner) == off


def test_the_otpauth_uri_contains_a_secret_of_160_bits(owner):
    response = owner.post(PATH, {"current_password": PASSWORD})
    secret, address = response.json["secret"], response.json["otpauth_uri"]
    app = pyotp.parse_uri(address)
    assert (app.secret, app.issuer, app.name) == (secret, "Spikecast", "owen@example.org")
    assert len(app.byte_secret()) == 20


def test_the_qr_code_is_an_svg_without_scripts_or_styles(owner):
    picture = owner.post(PATH, {"current_password": PASSWORD}).json["qr_svg"]
    assert picture.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    for word in ("style", "script", "href", "class="):
        assert word not in picture


def test_an_unconfirmed_secret_does_not_turn_on_two_factor_sign_in(app, owner):
    begin(owner)
    assert state(owner)["is_on"] is False
    assert sign_in(app, "owen").status_code == 200


def test_turning_on_requires_the_password(owner):
    refusal = owner.post(PATH, {"current_password": WRONG})
    assert faults(refusal) == {"current_password": ["is not your password"]}


def test_a_code_of_the_app_confirms_the_secret(owner):
    authenticator = begin(owner)
    response = owner.post(f"{PATH}/confirm", {"code": authenticator.code()})
    assert response.status_code == 200
    on = {"is_on": True, "since": "2026-11-27T08:00:00Z", "recovery_codes_left": 10, "is_readable": True}
    assert state(owner) == on


def test_a_code_may_contain_a_space(owner):
    code = begin(owner).code()
    assert owner.post(f"{PATH}/confirm", {"code": f"{code[:3]} {code[3:]}"}).status_code == 200


def test_a_wrong_code_does_not_confirm_the_secret(owner):
    code = begin(owner).wrong_code()
    assert faults(owner.post(f"{PATH}/confirm", {"code": code})).keys() == {"code"}
    assert state(owner)["is_on"] is False


def test_after_five_wrong_codes_the_correct_code_is_refused_too(app, owner, clock):
    authenticator = begin(owner)
    for number in range(5):
        elsewhere = {"REMOTE_ADDR": f"192.0.2.{number}"}
        wrong = {"code": authenticator.wrong_code()}
        refused(owner.post(f"{PATH}/confirm", wrong, environ_base=elsewhere), 422)
    refusal = owner.post(f"{PATH}/confirm", {"code": authenticator.code()})
    refused(refusal, 429)
    assert refusal.headers["Retry-After"] == "300"
    refused(owner.post(f"{PATH}/confirm", {"code": begin(owner).code()}), 429)
    clock.shift(300)
    assert owner.post(f"{PATH}/confirm", {"code": begin(owner).code()}).status_code == 200


def test_at_most_twenty_wrong_codes_a_day_can_be_tried_to_confirm(owner, clock):
    for _ in range(4):
        authenticator = begin(owner)
        for _ in range(5):
            refused(owner.post(f"{PATH}/confirm", {"code": authenticator.wrong_code()}), 422)
        clock.shift(300)
    refused(owner.post(f"{PATH}/confirm", {"code": begin(owner).code()}), 429)


def test_a_code_of_a_replaced_secret_is_refused(owner):
    first, _second = begin(owner), begin(owner)
    assert faults(owner.post(f"{PATH}/confirm", {"code": first.code()})).keys() == {"code"}


def test_confirming_requires_a_secret(owner):
    refused(owner.post(f"{PATH}/confirm", {"code": "123456"}), 409)


def test_turning_on_again_is_refused_until_it_is_turned_off(owner, authenticator):
    again = owner.post(PATH, {"current_password": PASSWORD})
    assert refused(again, 409)["type"] == "urn:spikecast:problem:two-factor-on"
    refused(owner.post(f"{PATH}/confirm", {"code": authenticator.code()}), 409)


def test_turning_on_ends_the_other_sign_ins(app, owner):
    phone = signed_in(app, "owen")
    turn_on(owner)
    assert is_signed_in(owner)
    assert not is_signed_in(phone)


# --- Recovery codes ------------------------------------------------------------------------------------


def test_there_are_ten_recovery_codes_of_120_bits(owner):
    codes = turn_on(owner).recovery_codes
    assert len(set(codes)) == 10
    for code in codes:
        assert len(code.replace("-", "")) * 5 == 120


def test_recovery_codes_and_the_secret_are_not_stored_in_plain_text(app, owner, authenticator):
    with app.app_context():
        stored = " ".join(db.session.scalars(sa.select(RecoveryCode.code_hash)))
        stored += db.session.get(User, owner.user_id).two_factor_secret
    for secret in [authenticator.secret, *authenticator.recovery_codes]:
        assert secret not in stored
        assert secret.replace("-", "") not in stored


def test_new_recovery_codes_replace_the_former_ones(app, owner, authenticator):
    former = authenticator.recovery_codes
    response = post_with_code(owner, "recovery-codes", authenticator.code())
    assert len(set(response.json["recovery_codes"]) - set(former)) == 10
    refused(sign_in(app, "owen", code=former[0]), 401)
    assert sign_in(app, "owen", code=response.json["recovery_codes"][0]).status_code == 200


# --- Turning it off ------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["recovery-codes", "turn-off"])
class TestChangesRequireACode:
    def test_a_wrong_code_is_refused(self, owner, authenticator, what):
        assert faults(post_with_code(owner, what, authenticator.wrong_code())).keys() == {"code"}
        assert state(owner)["is_on"]

    def test_a_wrong_password_is_refused_and_uses_no_code(self, owner, authenticator, what):
        code = authenticator.code()
        assert faults(post_with_code(owner, what, code, WRONG)).keys() == {"current_password"}
        assert post_with_code(owner, what, code).status_code < 300

    def test_a_recovery_code_is_accepted(self, owner, authenticator, what):
        assert post_with_code(owner, what, authenticator.recovery_codes[3]).status_code < 300

    def test_wrong_codes_are_limited(self, owner, authenticator, what):
        for _ in range(5):
            refused(post_with_code(owner, what, authenticator.wrong_code()), 422)
        refused(post_with_code(owner, what, authenticator.code()), 429)

    def test_changes_are_refused_while_two_factor_sign_in_is_off(self, stranger, what):
        assert refused(post_with_code(stranger, what, "123456"), 409)["type"].endswith(":two-factor-off")


def test_after_turning_off_the_password_alone_signs_in(app, owner, authenticator):
    assert post_with_code(owner, "turn-off", authenticator.code()).status_code == 204
    assert sign_in(app, "owen").status_code == 200
    off = {"is_on": False, "since": None, "recovery_codes_left": 0, "is_readable": True}
    assert state(owner) == off


def test_turning_off_ends_the_other_sign_ins(app, owner, authenticator):
    phone = signed_in(app, "owen", code=authenticator.recovery_codes[0])
    post_with_code(owner, "turn-off", authenticator.code())
    assert is_signed_in(owner)
    assert not is_signed_in(phone)


def test_turning_on_again_creates_a_new_secret_and_new_recovery_codes(owner, authenticator):
    post_with_code(owner, "turn-off", authenticator.code())
    again = turn_on(owner)
    assert again.secret != authenticator.secret
    assert not set(again.recovery_codes) & set(authenticator.recovery_codes)


# --- A new password ------------------------------------------------------------------------------------


def change_password(caller: Caller, **more):
    given = {"current_password": PASSWORD, "new_password": "another password"}
    return caller.post("/api/auth/change-password", given | more)


def test_changing_the_password_requires_a_code(app, owner, authenticator):
    assert faults(change_password(owner)) == {"code": ["is required because two-factor sign-in is on"]}
    assert faults(change_password(owner, code=authenticator.wrong_code())).keys() == {"code"}
    assert is_signed_in(owner)
    assert change_password(owner, code=authenticator.code()).status_code == 200


def test_two_factor_sign_in_stays_on_after_a_password_change(app, owner, admin, authenticator):
    changed = admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    assert changed.json["has_two_factor"]
    refused(sign_in(app, "owen", "another password"), 401)
    assert sign_in(app, "owen", "another password", code=authenticator.code()).status_code == 200


# --- The Admin's reset ---------------------------------------------------------------------------------


def reset(caller: Caller, user_id: int):
    return caller.post(f"/api/users/{user_id}/reset-two-factor")


def test_an_admin_sees_which_users_have_two_factor_sign_in(owner, admin, authenticator):
    users = admin.get("/api/users").json["items"]
    assert {user["username"]: user["has_two_factor"] for user in users} == {"ada": False, "owen": True}


def test_after_a_reset_the_password_alone_signs_in(app, owner, admin, authenticator):
    assert reset(admin, owner.user_id).json["has_two_factor"] is False
    assert sign_in(app, "owen").status_code == 200


def test_a_reset_ends_the_users_sign_ins(owner, admin, authenticator):
    reset(admin, owner.user_id)
    assert not is_signed_in(owner)


def test_a_reset_changes_nothing_while_two_factor_sign_in_is_off(owner, admin):
    assert reset(admin, owner.user_id).status_code == 200
    assert is_signed_in(owner)


def test_an_admin_cannot_reset_their_own_two_factor_sign_in(admin):
    """Otherwise a stolen sign-in could turn it off without a code."""
    turn_on(admin)
    assert refused(reset(admin, admin.user_id), 409)["type"].endswith(":own-two-factor")
    assert state(admin)["is_on"]


def test_a_command_resets_the_two_factor_sign_in_of_the_last_admin(app, admin):
    turn_on(admin)
    output = done(app.test_cli_runner().invoke(args=["reset-two-factor", "ada@example.org"]))
    assert output == "ada now signs in by password alone. Their sign-ins have ended.\n"
    assert sign_in(app, "ada").status_code == 200
    again = done(app.test_cli_runner().invoke(args=["reset-two-factor", "ada"]))
    assert again == "ada does not use two-factor sign-in.\n"


def test_deleting_a_user_deletes_their_recovery_codes(app, owner, admin, authenticator):
    assert admin.delete(f"/api/users/{owner.user_id}").status_code == 204
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 0


# --- Concurrency ---------------------------------------------------------------------------------------


def test_concurrent_confirmations_turn_on_two_factor_sign_in_once(app, owner):
    code = begin(owner).code()
    answers = run_concurrently(*[partial(owner.post, f"{PATH}/confirm", {"code": code})] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    (codes,) = (answer.json["recovery_codes"] for answer in answers if answer.status_code == 200)
    assert sign_in(app, "owen", code=codes[0]).status_code == 200
