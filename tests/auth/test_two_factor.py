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


def prove(caller: Caller, what: str, code: str, password: str = PASSWORD):
    return caller.post(f"{PATH}/{what}", {"current_password": password, "code": code})


@pytest.fixture
def authenticator(owner, clock) -> Authenticator:
    """Of owen, who has turned it on."""
    made = turn_on(owner)
    clock.shift(SECONDS)  # the code that turned it on is used
    return made


# --- Turning it on -------------------------------------------------------------------------------------


def test_at_first_it_is_off(owner):
    off = {"is_on": False, "since": None, "recovery_codes_left": 0, "is_readable": True}
    assert state(owner) == off


def test_the_secret_is_160_bits_that_an_app_can_read(owner):
    response = owner.post(PATH, {"current_password": PASSWORD})
    secret, address = response.json["secret"], response.json["otpauth_uri"]
    app = pyotp.parse_uri(address)
    assert (app.secret, app.issuer, app.name) == (secret, "Spikecast", "owen@example.org")
    assert len(app.byte_secret()) == 20


def test_the_picture_is_an_svg_without_scripts_or_styles(owner):
    picture = owner.post(PATH, {"current_password": PASSWORD}).json["qr_svg"]
    assert picture.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    for word in ("style", "script", "href", "class="):
        assert word not in picture


def test_a_secret_that_is_not_confirmed_changes_nothing(app, owner):
    begin(owner)
    assert state(owner)["is_on"] is False
    assert sign_in(app, "owen").status_code == 200


def test_it_takes_the_password(owner):
    refusal = owner.post(PATH, {"current_password": WRONG})
    assert faults(refusal) == {"current_password": ["is not your password"]}


def test_a_code_of_the_app_turns_it_on(owner):
    authenticator = begin(owner)
    response = owner.post(f"{PATH}/confirm", {"code": authenticator.code()})
    assert response.status_code == 200
    on = {"is_on": True, "since": "2026-11-27T08:00:00Z", "recovery_codes_left": 10, "is_readable": True}
    assert state(owner) == on


def test_the_code_may_have_a_space_in_it(owner):
    code = begin(owner).code()
    assert owner.post(f"{PATH}/confirm", {"code": f"{code[:3]} {code[3:]}"}).status_code == 200


def test_a_wrong_code_does_not(owner):
    code = begin(owner).wrong_code()
    assert faults(owner.post(f"{PATH}/confirm", {"code": code})).keys() == {"code"}
    assert state(owner)["is_on"] is False


def test_after_five_wrong_codes_the_right_one_does_not_confirm_either(app, owner, clock):
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


def test_twenty_wrong_codes_a_day_are_the_most_that_can_be_tried_to_confirm(owner, clock):
    for _ in range(4):
        authenticator = begin(owner)
        for _ in range(5):
            refused(owner.post(f"{PATH}/confirm", {"code": authenticator.wrong_code()}), 422)
        clock.shift(300)
    refused(owner.post(f"{PATH}/confirm", {"code": begin(owner).code()}), 429)


def test_the_code_of_a_secret_that_another_one_replaced_does_not(owner):
    first, _second = begin(owner), begin(owner)
    assert faults(owner.post(f"{PATH}/confirm", {"code": first.code()})).keys() == {"code"}


def test_nothing_can_be_confirmed_that_was_not_begun(owner):
    refused(owner.post(f"{PATH}/confirm", {"code": "123456"}), 409)


def test_where_it_is_on_it_has_to_be_turned_off_first(owner, authenticator):
    again = owner.post(PATH, {"current_password": PASSWORD})
    assert refused(again, 409)["type"] == "urn:spikecast:problem:two-factor-on"
    refused(owner.post(f"{PATH}/confirm", {"code": authenticator.code()}), 409)


def test_turning_it_on_ends_the_other_sign_ins(app, owner):
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


def test_neither_recovery_codes_nor_the_secret_are_kept_as_they_are(app, owner, authenticator):
    with app.app_context():
        kept = " ".join(db.session.scalars(sa.select(RecoveryCode.code_hash)))
        kept += db.session.get(User, owner.user_id).two_factor_secret
    for secret in [authenticator.secret, *authenticator.recovery_codes]:
        assert secret not in kept
        assert secret.replace("-", "") not in kept


def test_new_recovery_codes_end_the_former(app, owner, authenticator):
    former = authenticator.recovery_codes
    response = prove(owner, "recovery-codes", authenticator.code())
    assert len(set(response.json["recovery_codes"]) - set(former)) == 10
    refused(sign_in(app, "owen", code=former[0]), 401)
    assert sign_in(app, "owen", code=response.json["recovery_codes"][0]).status_code == 200


# --- Turning it off ------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["recovery-codes", "turn-off"])
class TestAPasswordIsNotEnough:
    def test_the_code_has_to_be_right(self, owner, authenticator, what):
        assert faults(prove(owner, what, authenticator.wrong_code())).keys() == {"code"}
        assert state(owner)["is_on"]

    def test_the_password_has_to_be_right_and_a_wrong_one_uses_no_code(self, owner, authenticator, what):
        code = authenticator.code()
        assert faults(prove(owner, what, code, WRONG)).keys() == {"current_password"}
        assert prove(owner, what, code).status_code < 300

    def test_a_recovery_code_will_do(self, owner, authenticator, what):
        assert prove(owner, what, authenticator.recovery_codes[3]).status_code < 300

    def test_wrong_codes_are_counted(self, owner, authenticator, what):
        for _ in range(5):
            refused(prove(owner, what, authenticator.wrong_code()), 422)
        refused(prove(owner, what, authenticator.code()), 429)

    def test_where_it_is_off_there_is_nothing_to_change(self, stranger, what):
        assert refused(prove(stranger, what, "123456"), 409)["type"].endswith(":two-factor-off")


def test_turned_off_the_password_is_enough_again(app, owner, authenticator):
    assert prove(owner, "turn-off", authenticator.code()).status_code == 204
    assert sign_in(app, "owen").status_code == 200
    off = {"is_on": False, "since": None, "recovery_codes_left": 0, "is_readable": True}
    assert state(owner) == off


def test_turning_it_off_ends_the_other_sign_ins(app, owner, authenticator):
    phone = signed_in(app, "owen", code=authenticator.recovery_codes[0])
    prove(owner, "turn-off", authenticator.code())
    assert is_signed_in(owner)
    assert not is_signed_in(phone)


def test_turned_on_again_it_has_another_secret_and_other_codes(owner, authenticator):
    prove(owner, "turn-off", authenticator.code())
    again = turn_on(owner)
    assert again.secret != authenticator.secret
    assert not set(again.recovery_codes) & set(authenticator.recovery_codes)


# --- A new password ------------------------------------------------------------------------------------


def change_password(caller: Caller, **more):
    given = {"current_password": PASSWORD, "new_password": "another password"}
    return caller.post("/api/auth/change-password", given | more)


def test_a_new_password_takes_a_code(app, owner, authenticator):
    assert faults(change_password(owner)) == {"code": ["is required because two-factor sign-in is on"]}
    assert faults(change_password(owner, code=authenticator.wrong_code())).keys() == {"code"}
    assert is_signed_in(owner)
    assert change_password(owner, code=authenticator.code()).status_code == 200


def test_it_stays_on_with_a_new_password(app, owner, admin, authenticator):
    changed = admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    assert changed.json["has_two_factor"]
    refused(sign_in(app, "owen", "another password"), 401)
    assert sign_in(app, "owen", "another password", code=authenticator.code()).status_code == 200


# --- The Admin's reset ---------------------------------------------------------------------------------


def reset(caller: Caller, user_id: int):
    return caller.post(f"/api/users/{user_id}/reset-two-factor")


def test_an_admin_sees_who_has_it_on(owner, admin, authenticator):
    users = admin.get("/api/users").json["items"]
    assert {user["username"]: user["has_two_factor"] for user in users} == {"ada": False, "owen": True}


def test_an_admin_lets_in_somebody_who_lost_all(app, owner, admin, authenticator):
    assert reset(admin, owner.user_id).json["has_two_factor"] is False
    assert sign_in(app, "owen").status_code == 200


def test_a_reset_ends_their_sign_ins(owner, admin, authenticator):
    reset(admin, owner.user_id)
    assert not is_signed_in(owner)


def test_a_reset_of_what_is_off_changes_nothing(owner, admin):
    assert reset(admin, owner.user_id).status_code == 200
    assert is_signed_in(owner)


def test_an_admin_does_not_reset_their_own(admin):
    """Or a stolen sign-in would do, without any code."""
    turn_on(admin)
    assert refused(reset(admin, admin.user_id), 409)["type"].endswith(":own-two-factor")
    assert state(admin)["is_on"]


def test_from_the_command_line_it_can_be_reset_for_the_last_admin(app, admin):
    turn_on(admin)
    said = done(app.test_cli_runner().invoke(args=["reset-two-factor", "ada@example.org"]))
    assert said == "ada now signs in by password alone. Their sign-ins have ended.\n"
    assert sign_in(app, "ada").status_code == 200
    again = done(app.test_cli_runner().invoke(args=["reset-two-factor", "ada"]))
    assert again == "ada does not use two-factor sign-in.\n"


def test_what_belongs_to_it_goes_with_the_user(app, owner, admin, authenticator):
    assert admin.delete(f"/api/users/{owner.user_id}").status_code == 204
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 0


# --- At the same moment --------------------------------------------------------------------------------


def test_confirmed_twice_at_the_same_moment_it_is_turned_on_once(app, owner):
    code = begin(owner).code()
    answers = run_concurrently(*[partial(owner.post, f"{PATH}/confirm", {"code": code})] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    (codes,) = (answer.json["recovery_codes"] for answer in answers if answer.status_code == 200)
    assert sign_in(app, "owen", code=codes[0]).status_code == 200
