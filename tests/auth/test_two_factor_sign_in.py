"""Signing in with a second factor, over the API."""

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


def type_of(response) -> str:
    return refused(response, 401)["type"]


def test_the_password_alone_is_answered_by_asking_for_a_code(app, authenticator):
    problem = refused(sign_in(app, "owen"), 401)
    assert problem["type"] == "urn:spikecast:problem:second-factor-required"
    assert "authenticator app" in problem["detail"]


def test_nobody_learns_of_it_who_has_not_the_password(app, owner, stranger, authenticator):
    guarded, open_, unknown = (sign_in(app, login, WRONG) for login in ("owen", "stan", "nobody"))
    assert refused(guarded, 401) == refused(open_, 401) == refused(unknown, 401)
    assert type_of(sign_in(app, "owen", WRONG, code=authenticator.code())) == "about:blank"


def test_the_code_of_the_app_signs_in(app, authenticator):
    caller = signed_in(app, "owen", code=authenticator.code())
    assert is_signed_in(caller)
    assert refresh(caller).status_code == 200


def test_a_wrong_code_does_not(app, authenticator):
    assert (
        type_of(sign_in(app, "owen", code=authenticator.wrong_code())) == "urn:spikecast:problem:wrong-code"
    )


@pytest.mark.parametrize("code", [" ", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "--------", "x" * 64])
def test_what_is_no_code_is_a_wrong_one(app, authenticator, code):
    assert type_of(sign_in(app, "owen", code=code)).endswith(":wrong-code")


def test_where_it_is_off_a_code_is_not_looked_at(app, owner):
    assert sign_in(app, "owen", code="123456").status_code == 200


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_the_clock_of_the_app_may_be_off_by_one_time_step(app, owner, clock, steps, status):
    authenticator = turn_on(owner)
    clock.shift(10 * SECONDS)
    assert sign_in(app, "owen", code=authenticator.code(steps)).status_code == status


def test_a_code_counts_once(app, authenticator):
    code = authenticator.code()
    assert sign_in(app, "owen", code=code).status_code == 200
    assert type_of(sign_in(app, "owen", code=code)).endswith(":wrong-code")


def test_the_code_that_turned_it_on_counts_no_more(app, owner):
    authenticator = turn_on(owner)
    refused(sign_in(app, "owen", code=authenticator.code()), 401)


def test_after_a_later_code_an_earlier_one_counts_no_more(app, authenticator):
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


def test_the_codes_of_somebody_else_do_not_count(app, authenticator, stranger, clock):
    other = turn_on(stranger)
    clock.shift(SECONDS)
    for code in (other.code(), other.recovery_codes[0]):
        refused(sign_in(app, "owen", code=code), 401)


def test_using_a_code_is_no_change_of_the_user(app, owner, authenticator, clock):
    before = owner.get("/api/auth/me").json["updated_at"]
    clock.shift(SECONDS)
    sign_in(app, "owen", code=authenticator.code())
    assert owner.get("/api/auth/me").json["updated_at"] == before


# --- At the same moment --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_those_who_use_one_code_at_the_same_moment_one_gets_in(app, authenticator, another_worker, kind):
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


def test_after_five_wrong_codes_the_right_one_is_refused_too(app, authenticator, clock):
    guess(app, authenticator, 5)
    refusal = sign_in(app, "owen", code=authenticator.code())
    refused(refusal, 429)
    assert refusal.headers["Retry-After"] == "300"
    clock.shift(300)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200


def test_they_count_from_whatever_address_they_come(app, authenticator):
    for number in range(5):
        guess(app, authenticator, 1, address=f"192.0.2.{number}")
    refused(sign_in(app, "owen", address="198.51.100.1", code=authenticator.code()), 429)


def test_a_right_password_in_between_forgives_none(app, authenticator):
    for _ in range(5):
        guess(app, authenticator, 1)
        refused(sign_in(app, "owen"), 401)
    refused(sign_in(app, "owen", code=authenticator.code()), 429)


def test_a_sign_in_that_succeeds_forgives_none(app, authenticator):
    guess(app, authenticator, 4)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200
    guess(app, authenticator, 1)
    refused(sign_in(app, "owen", code=authenticator.code()), 429)


def test_a_recovery_code_signs_in_while_codes_are_refused(app, authenticator):
    guess(app, authenticator, 5)
    refused(sign_in(app, "owen", code=authenticator.code()), 429)
    assert sign_in(app, "owen", code=authenticator.recovery_codes[0]).status_code == 200
    refused(sign_in(app, "owen", code=authenticator.recovery_codes[0]), 401)
    refused(sign_in(app, "owen", code=authenticator.code()), 429)


def test_wrong_recovery_codes_use_up_nobodys_attempts_but_those_of_their_address(app, owner, authenticator):
    for _ in range(50):
        refused(sign_in(app, "owen", address="192.0.2.7", code="abcd-" * 5 + "abcd"), 401)
    refused(sign_in(app, "owen", address="192.0.2.7", code=authenticator.recovery_codes[0]), 429)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200


@pytest.mark.parametrize("what", ["change-password", "two-factor/recovery-codes", "two-factor/turn-off"])
def test_who_is_signed_in_is_not_kept_from_anything_by_somebody_elses_wrong_codes(
    app, owner, authenticator, what
):
    guess(app, authenticator, 5, address="192.0.2.7")
    body = {"current_password": PASSWORD, "code": authenticator.code()}
    more = {"new_password": "another password"} if what == "change-password" else {}
    assert owner.post(f"/api/auth/{what}", body | more).status_code in (200, 204)


def test_wrong_codes_of_who_is_signed_in_keep_nobody_from_signing_in(app, owner, authenticator):
    wrong = {"current_password": PASSWORD, "code": authenticator.wrong_code()}
    for _ in range(5):
        refused(owner.post(f"{PATH}/turn-off", wrong), 422)
    refused(owner.post(f"{PATH}/turn-off", wrong | {"code": authenticator.code()}), 429)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200


def test_twenty_wrong_codes_in_a_day_are_the_most(app, authenticator, clock):
    for _ in range(4):
        guess(app, authenticator, 5)
        clock.shift(300)
    refusal = sign_in(app, "owen", code=authenticator.code())
    refused(refusal, 429)
    assert int(refusal.headers["Retry-After"]) == 86_400 - 4 * 300
    clock.shift(86_400 - 4 * 300)
    assert sign_in(app, "owen", code=authenticator.code()).status_code == 200


def test_a_new_password_voids_the_guesses(app, owner, admin, authenticator):
    guess(app, authenticator, 5)
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    assert sign_in(app, "owen", "another password", code=authenticator.code()).status_code == 200


def test_wrong_codes_keep_nobody_else_out(app, stranger, authenticator):
    guess(app, authenticator, 5)
    assert sign_in(app, "stan").status_code == 200


def test_of_codes_guessed_side_by_side_on_two_workers_no_more_are_let_through(
    app, authenticator, another_worker
):
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
    """The server after its secret key was changed."""
    settings = replace(app.config["SETTINGS"], secret_key="another secret of the tests: 9876543210")
    other = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=False, **FAST_SETTINGS)
    yield other
    with other.app_context():
        db.engine.dispose()


def test_with_another_secret_key_the_sign_in_says_what_to_do(rekeyed, authenticator):
    problem = refused(sign_in(rekeyed, "owen", code=authenticator.code()), 409)
    assert problem["type"] == "urn:spikecast:problem:two-factor-unreadable"
    assert "recovery code" in problem["detail"]


def test_recovery_codes_count_under_any_secret_key(rekeyed, authenticator):
    caller = signed_in(rekeyed, "owen", code=authenticator.recovery_codes[0])
    assert caller.get(PATH).json["is_readable"] is False


def test_a_secret_in_the_database_is_no_secret_of_an_app(app, owner, authenticator):
    with app.app_context():
        kept = db.session.scalar(sa.select(User.two_factor_secret).where(User.id == owner.user_id))
    assert kept.startswith("gAAAA")  # what Fernet makes
    assert authenticator.secret not in kept
