"""Failed sign-ins are limited by account and by address."""

import pytest

from tests.support.password_guesses import ELSEWHERE, HOUR, WRONG, guess, guess_from_everywhere, recorded
from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, sign_in


def test_after_five_failures_the_sixth_attempt_is_refused(app, owner):
    guess(app, times=5)
    problem = refused(sign_in(app, "owen", WRONG), 429)
    assert problem["detail"] == "Too many failed sign-ins. Try again in 300 seconds."


def test_after_five_failures_the_correct_password_is_refused_too(app, owner):
    guess(app, times=5)
    refused(sign_in(app, "owen"), 429)


def test_four_failures_do_not_block_a_sign_in(app, owner):
    guess(app, times=4)
    assert sign_in(app, "owen").status_code == 200


def test_a_successful_sign_in_resets_the_failed_attempts(app, owner):
    for _ in range(3):
        guess(app, times=4)
        assert sign_in(app, "owen").status_code == 200


def test_retry_after_is_the_remaining_wait(app, owner, clock):
    guess(app, times=5)
    clock.shift(100)
    refusal = sign_in(app, "owen")
    refused(refusal, 429)
    assert refusal.headers["Retry-After"] == "200"
    clock.shift(199)
    assert sign_in(app, "owen").headers["Retry-After"] == "1"
    clock.shift(1)
    assert sign_in(app, "owen").status_code == 200


def test_retry_after_is_rounded_up_to_whole_seconds(app, owner, clock):
    guess(app, times=5)
    clock.shift(299.25)
    assert sign_in(app, "owen").headers["Retry-After"] == "1"


def test_failures_are_counted_in_a_sliding_window_of_five_minutes(app, owner, clock):
    for _ in range(5):
        guess(app)
        clock.shift(60)
    guess(app)  # the first of the five is five minutes old now
    refusal = sign_in(app, "owen")
    refused(refusal, 429)
    assert refusal.headers["Retry-After"] == "60"


def test_refused_attempts_do_not_prolong_the_wait(app, owner, clock):
    guess(app, times=5)
    clock.shift(150)
    for _ in range(10):
        refused(sign_in(app, "owen", WRONG), 429)
    clock.shift(150)
    assert sign_in(app, "owen").status_code == 200


def test_the_same_account_may_sign_in_from_another_address(app, owner):
    guess(app, times=5)
    assert sign_in(app, "owen", address=ELSEWHERE).status_code == 200
    refused(sign_in(app, "owen"), 429)


def test_another_account_may_sign_in_from_the_same_address(app, owner, stranger):
    guess(app, times=5)
    assert sign_in(app, "stan").status_code == 200


@pytest.mark.parametrize(
    "spellings",
    [
        ["owen", "OWEN", " owen ", "oWEN", "Owen", "owen"],
        ["owen@example.org", "Owen@Example.org", "OWEN@EXAMPLE.ORG", " owen@example.org"] * 2,
    ],
)
def test_failures_are_counted_regardless_of_the_logins_letter_case(app, owner, spellings):
    *guesses, last = spellings[:6]
    for login in guesses:
        guess(app, login)
    refused(sign_in(app, last), 429)


@pytest.mark.parametrize("guessed", ["owen", "owen@example.org"])
def test_throttling_does_not_reveal_which_email_and_username_are_one_account(app, owner, stranger, guessed):
    other = {"owen": "owen@example.org", "owen@example.org": "owen"}[guessed]
    guess(app, guessed, times=5)
    answers = [sign_in(app, login, WRONG) for login in (other, "stan", "nobody", "stan@example.org")]
    assert {answer.status_code for answer in answers} == {401}
    for address in range(20):
        sign_in(app, guessed, WRONG, f"192.0.2.{address}")
    refused(sign_in(app, guessed, WRONG, "198.51.100.1"), 429)
    answers = [sign_in(app, login, WRONG, "198.51.100.1") for login in (other, "stan", "nobody")]
    assert {answer.status_code for answer in answers} == {401}


@pytest.mark.parametrize(
    "spellings", [["nobody", "NOBODY", " nobody ", "noBODY", "Nobody"], ["a@b.org", "A@B.ORG"]]
)
def test_unknown_and_existing_accounts_are_refused_alike(app, owner, spellings):
    for attempt in range(5):
        guess(app, spellings[attempt % len(spellings)])
    unknown = sign_in(app, spellings[0], WRONG)
    guess(app, times=5)
    known = sign_in(app, "owen", WRONG)
    assert refused(unknown, 429) == refused(known, 429)
    assert unknown.headers.to_wsgi_list() == known.headers.to_wsgi_list()


def test_fifty_failures_from_one_address_block_it_for_every_account(app, owner):
    for number in range(50):
        guess(app, f"user {number}", address=ELSEWHERE)
    refusal = sign_in(app, "owen", address=ELSEWHERE)
    refused(refusal, 429)
    assert refusal.headers["Retry-After"] == "300"
    refused(sign_in(app, "somebody new", WRONG, ELSEWHERE), 429)
    assert sign_in(app, "owen").status_code == 200


def test_forty_nine_failures_from_one_address_do_not_block_it(app, owner):
    for number in range(49):
        guess(app, f"user {number}")
    assert sign_in(app, "owen").status_code == 200


def test_a_blocked_address_is_unblocked_as_failures_leave_the_window(app, owner, clock):
    for number in range(50):
        guess(app, f"user {number}")
        clock.shift(2)
    refusal = sign_in(app, "owen")
    assert refusal.headers["Retry-After"] == "200"
    clock.shift(200)
    assert sign_in(app, "owen").status_code == 200


def test_a_successful_sign_in_does_not_reset_failures_of_other_accounts(app, owner, stranger):
    """Otherwise any user could guess the passwords of others without limit."""
    guess(app, "stan", times=5)
    assert sign_in(app, "owen").status_code == 200
    refused(sign_in(app, "stan"), 429)


def test_logins_of_failed_attempts_are_not_stored_as_typed(app, owner):
    guess(app, PASSWORD)
    guess(app, "nobody@example.org")
    stored = " ".join(f"{failure.account} {failure.address}" for failure in recorded(app))
    assert PASSWORD not in stored
    assert "nobody" not in stored


def test_expired_failures_are_deleted(app, owner, clock):
    guess(app, times=5)
    clock.shift(HOUR)
    guess(app)
    assert len(recorded(app)) == 1


@pytest.mark.parametrize("ahead", [HOUR, 365 * 24 * HOUR])
def test_failures_recorded_while_the_clock_was_ahead_do_not_block_sign_ins(app, owner, clock, ahead):
    clock.shift(ahead)
    guess(app, times=5)
    clock.shift(-ahead)
    assert sign_in(app, "owen").status_code == 200
    guess(app, times=5)
    refused(sign_in(app, "owen"), 429)


@pytest.mark.parametrize("login", ["owen", "owen@example.org"])
def test_a_new_password_lifts_the_block(app, owner, admin, login):
    guess(app, login, times=5)
    guess_from_everywhere(app, login)
    refused(sign_in(app, login), 429)
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    assert sign_in(app, login, "another password").status_code == 200
    assert sign_in(app, login, "another password", ELSEWHERE).status_code == 200


def test_the_set_password_command_lifts_the_block(app, owner):
    guess(app, times=5)
    command = ("set-password", "owen", "--password-stdin")
    assert app.test_cli_runner().invoke(args=command, input="another password\n").exit_code == 0
    assert sign_in(app, "owen", "another password").status_code == 200
