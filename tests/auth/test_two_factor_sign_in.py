"""Signing in with a second factor over the API."""

from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from app import create_app
from app.db.session import db
from app.models import User
from tests.conftest import FAST_SETTINGS
from tests.support.concurrency import run_concurrently
from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, is_signed_in, refresh, sign_in, signed_in
from tests.support.two_factor import PATH, SECONDS, Authenticator, turn_on

WRONG = "not the password"


def problem_type(response) -> str:
    return refused(response, 401)["type"]


def test_the_password_alone_is_refused_with_a_request_for_a_code(app, authenticator):
    problem = refused(sign_in(app, "owen"), 401)
    assert problem["type"] == "urn:spikecast:problem:second-factor-required"
    assert "authenticator app" in problem["detail"]


def test_a_wrong_password_does_not_reveal_two_factor_sign_in(app, owner, stranger, authenticator):
    guarded, open_, unknown = (sign_in(app, login, WRONG) for login in ("owen", "stan", "nobody"))
    assert refused(guarded, 401) == refused(open_, 401) == refused(unknown, 401)
    assert problem_type(sign_in(app, "owen", WRONG, code=authenticator.code())) == "about:blank"


def test_the_code_of_the_app_signs_in(app, authenticator):
    caller = signed_in(app, "owen", code=authenticator.code())
    assert is_signed_in(caller)
    assert refresh(caller).status_code == 200


def test_a_wrong_code_is_refused(app, authenticator):
    assert (
        problem_type(sign_in(app, "owen", code=authenticator.wrong_code()))
        == "urn:spikecast:problem:wrong-code"
    )


@pytest.mark.parametrize("code", [" ", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "--------", "x" * 64])
def test_a_malformed_code_is_refused_as_wrong(app, authenticator, code):
    assert problem_type(sign_in(app, "owen", code=code)).endswith(":wrong-code")


def test_a_code_is_ignored_while_two_factor_sign_in_is_off(app, owner):
    assert sign_in(app, "owen", code="123456").status_code == 200


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_the_clock_of_the_app_may_be_off_by_one_time_step(app, owner, clock, steps, status):
    authenticator = turn_on(owner)
    clock.shift(10 * SECONDS)
    assert sign_in(app, "owen", code=authenticator.code(steps)).status_code == status


def test_a_code_can_be_used_only_once(app, authenticator):
    code = authenticator.code()
    assert sign_in(app, "owen", code=code).status_code == 200
    assert problem_type(sign_in(app, "owen", code=code)).endswith(":wrong-code")


def test_the_code_that_turned_on_two_factor_sign_in_cannot_be_reused(app, owner):
    authenticator = turn_on(owner)
    refused(sign_in(app, "owen", code=authenticator.code()), 401)


def test_a_code_is_refused_after_a_later_one_was_used(app, authenticator):
    assert sign_in(app, "owen", code=authenticator.code(1)).status_code == 200
    refused(sign_in(app, "owen", code=authenticator.code()), 401)


def test_the_next_code_signs_in_again(app, authenticator, clock):
    for _ in range(3):
        assert sign_in(app, "owen", code=authenticator.code()).status_code == 200
        clock.shift(SECONDS)


def test_a_recovery_code_signs_in_once(app, owner, authenticator):
    code = authenticator.recovery_codes[0]
    assert sign_in(app, "owen", code=code).status_code == 200
    refused(sign_in(app, "owen", code=code), 401)
    assert owner.get(PATH).json["recovery_codes_left"] == 9


def test_a_recovery_code_may_be_typed_in_capitals_and_without_dashes(app, authenticator):
    typed = authenticator.recovery_codes[0].replace("-", " ").upper()
    assert sign_in(app, "owen", code=typed).status_code == 200


def test_codes_of_another_user_are_refused(app, authenticator, stranger, clock):
    other = turn_on(stranger)
    clock.shift(SECONDS)
    for code in (other.code(), other.recovery_codes[0]):
        refused(sign_in(app, "owen", code=code), 401)


def test_using_a_code_does_not_set_updated_at(app, owner, authenticator, clock):
    before = owner.get("/api/auth/me").json["updated_at"]
    clock.shift(SECONDS)
    sign_in(app, "owen", code=authenticator.code())
    assert owner.get("/api/auth/me").json["updated_at"] == before


# --- Concurrency ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_concurrent_sign_ins_with_one_code_only_one_succeeds(app, authenticator, another_worker, kind):
    code = authenticator.code() if kind == "app" else authenticator.recovery_codes[0]
    attempts = [
        partial(sign_in, worker, "owen", address=f"192.0.2.{number}", code=code)
        for number, worker in enumerate([app, another_worker] * 3)
    ]
    statuses = sorted(answer.status_code for answer in run_concurrently(*attempts))
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {401, 429}


# --- Guessing ------------------------------------------------------------------------------------------


def guess(app, authenticator: Authenticator, times: int, address: str = "127.0.0.1") -> None:
    for _ in range(times):
        refused(sign_in(app, "owen", address=address, code=authenticator.wrong_code()), 401)


def test_after_five_wrong_codes_the_correct_code_is_refused_too(app, authenticator, clock):
    guess(app, authenticator, 5)
    refusal = sign_in(app, "owen", code=authenticator.code())
    refused(refusal, 429)
    assert refusal.headers["Retry-After"] == "300"
    clock.shift(300)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200


def test_wrong_codes_are_counted_across_addresses(app, authenticator):
    for number in range(5):
        guess(app, authenticator, 1, address=f"192.0.2.{number}")
    refused(sign_in(app, "owen", address="198.51.100.1", code=authenticator.code()), 429)


def test_a_correct_password_does_not_reset_the_wrong_codes(app, authenticator):
    for _ in range(5):
        guess(app, authenticator, 1)
        refused(sign_in(app, "owen"), 401)
    refused(sign_in(app, "owen", code=authenticator.code()), 429)


def test_a_successful_sign_in_does_not_reset_the_wrong_codes(app, authenticator):
    guess(app, authenticator, 4)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200
    guess(app, authenticator, 1)
    refused(sign_in(app, "owen", code=authenticator.code()), 429)


def test_a_recovery_code_signs_in_while_codes_are_blocked(app, authenticator):
    guess(app, authenticator, 5)
    refused(sign_in(app, "owen", code=authenticator.code()), 429)
    assert sign_in(app, "owen", code=authenticator.recovery_codes[0]).status_code == 200
    refused(sign_in(app, "owen", code=authenticator.recovery_codes[0]), 401)
    refused(sign_in(app, "owen", code=authenticator.code()), 429)


def test_wrong_recovery_codes_count_only_against_their_address(app, owner, authenticator):
    for _ in range(50):
        refused(sign_in(app, "owen", address="192.0.2.7", code="abcd-" * 5 + "abcd"), 401)
    refused(sign_in(app, "owen", address="192.0.2.7", code=authenticator.recovery_codes[0]), 429)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200


@pytest.mark.parametrize("what", ["change-password", "two-factor/recovery-codes", "two-factor/turn-off"])
def test_wrong_codes_of_others_do_not_block_a_signed_in_user(app, owner, authenticator, what):
    guess(app, authenticator, 5, address="192.0.2.7")
    body = {"current_password": PASSWORD, "code": authenticator.code()}
    more = {"new_password": "another password"} if what == "change-password" else {}
    assert owner.post(f"/api/auth/{what}", body | more).status_code in (200, 204)


def test_wrong_codes_of_a_signed_in_user_do_not_block_sign_ins(app, owner, authenticator):
    wrong = {"current_password": PASSWORD, "code": authenticator.wrong_code()}
    for _ in range(5):
        refused(owner.post(f"{PATH}/turn-off", wrong), 422)
    refused(owner.post(f"{PATH}/turn-off", wrong | {"code": authenticator.code()}), 429)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200


def test_at_most_twenty_wrong_codes_a_day_can_be_tried(app, authenticator, clock):
    for _ in range(4):
        guess(app, authenticator, 5)
        clock.shift(300)
    refusal = sign_in(app, "owen", code=authenticator.code())
    refused(refusal, 429)
    assert int(refusal.headers["Retry-After"]) == 86_400 - 4 * 300
    clock.shift(86_400 - 4 * 300)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200


def test_a_new_password_resets_the_wrong_codes(app, owner, admin, authenticator):
    guess(app, authenticator, 5)
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    assert sign_in(app, "owen", "another password", code=authenticator.code()).status_code == 200


def test_wrong_codes_do_not_block_other_users(app, stranger, authenticator):
    guess(app, authenticator, 5)
    assert sign_in(app, "stan").status_code == 200


def test_concurrent_wrong_codes_on_two_workers_cannot_exceed_the_limit(app, authenticator, another_worker):
    wrong = authenticator.wrong_code()
    guesses = [
        partial(sign_in, worker, "owen", address=f"192.0.2.{number}", code=wrong)
        for number, worker in enumerate([app, another_worker] * 5)
    ]
    answers = run_concurrently(*guesses)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 5


# --- Another secret key --------------------------------------------------------------------------------


@pytest.fixture
def rekeyed(app, authenticator):
    """Yield the app with another secret key."""
    settings = replace(app.config["SETTINGS"], secret_key="another secret of the tests: 9876543210")
    other = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=False, **FAST_SETTINGS)
    yield other
    with other.app_context():
        db.engine.dispose()


def test_with_another_secret_key_the_error_suggests_a_recovery_code(rekeyed, authenticator):
    problem = refused(sign_in(rekeyed, "owen", code=authenticator.code()), 409)
    assert problem["type"] == "urn:spikecast:problem:two-factor-unreadable"
    assert "recovery code" in problem["detail"]


def test_recovery_codes_are_accepted_with_another_secret_key(rekeyed, authenticator):
    caller = signed_in(rekeyed, "owen", code=authenticator.recovery_codes[0])
    assert caller.get(PATH).json["is_readable"] is False


def test_two_factor_secrets_are_stored_encrypted(app, owner, authenticator):
    with app.app_context():
        stored = db.session.scalar(sa.select(User.two_factor_secret).where(User.id == owner.user_id))
    assert stored.startswith("gAAAA")  # a Fernet token
    assert authenticator.secret not in stored
