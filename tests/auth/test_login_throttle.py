"""Guessing passwords is limited."""

import pytest

from tests.support.password_guesses import ELSEWHERE, HOUR, WRONG, guess, guess_from_everywhere, recorded
from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, sign_in


def test_after_five_failures_the_sixth_attempt_is_refused(app, owner):
    guess(app, times=5)
    problem = refused(sign_in(app, "owen", WRONG), 429)
    assert problem["detail"] == "Too many failed sign-ins. Try again in 300 seconds."


def test_the_right_password_is_refused_too(app, owner):
    guess(app, times=5)
    refused(sign_in(app, "owen"), 429)


def test_four_failures_harm_nobody(app, owner):
    guess(app, times=4)
    assert sign_in(app, "owen").status_code == 200


def test_a_success_forgives_the_failures_before_it(app, owner):
    for _ in range(3):
        guess(app, times=4)
        assert sign_in(app, "owen").status_code == 200


def test_retry_after_says_when_it_goes_on(app, owner, clock):
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


def test_the_five_minutes_slide(app, owner, clock):
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


def test_the_same_account_may_sign_in_from_elsewhere(app, owner):
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
def test_a_login_is_the_same_in_any_case(app, owner, spellings):
    *guesses, last = spellings[:6]
    for login in guesses:
        guess(app, login)
    refused(sign_in(app, last), 429)


@pytest.mark.parametrize("guessed", ["owen", "owen@example.org"])
def test_guesses_do_not_tell_which_email_and_user_name_are_one_account(app, owner, stranger, guessed):
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
def test_an_unknown_account_is_refused_alike(app, owner, spellings):
    for attempt in range(5):
        guess(app, spellings[attempt % len(spellings)])
    unknown = sign_in(app, spellings[0], WRONG)
    guess(app, times=5)
    known = sign_in(app, "owen", WRONG)
    assert refused(unknown, 429) == refused(known, 429)
    assert unknown.headers.to_wsgi_list() == known.headers.to_wsgi_list()


def test_fifty_failures_from_one_address_close_it_to_every_account(app, owner):
    for number in range(50):
        guess(app, f"user {number}", address=ELSEWHERE)
    refusal = sign_in(app, "owen", address=ELSEWHERE)
    refused(refusal, 429)
    assert refusal.headers["Retry-After"] == "300"
    refused(sign_in(app, "somebody new", WRONG, ELSEWHERE), 429)
    assert sign_in(app, "owen").status_code == 200


def test_forty_nine_failures_from_one_address_leave_it_open(app, owner):
    for number in range(49):
        guess(app, f"user {number}")
    assert sign_in(app, "owen").status_code == 200


def test_the_address_opens_again_as_the_five_minutes_slide(app, owner, clock):
    for number in range(50):
        guess(app, f"user {number}")
        clock.shift(2)
    refusal = sign_in(app, "owen")
    assert refusal.headers["Retry-After"] == "200"
    clock.shift(200)
    assert sign_in(app, "owen").status_code == 200


def test_a_success_of_ones_own_does_not_forgive_guesses_at_others(app, owner, stranger):
    """Or somebody with an account of their own could guess at others for ever."""
    guess(app, "stan", times=5)
    assert sign_in(app, "owen").status_code == 200
    refused(sign_in(app, "stan"), 429)


def test_what_was_typed_is_not_kept(app, owner):
    guess(app, PASSWORD)
    guess(app, "nobody@example.org")
    kept = " ".join(f"{failure.account} {failure.address}" for failure in recorded(app))
    assert PASSWORD not in kept
    assert "nobody" not in kept


def test_failures_that_no_longer_count_are_forgotten(app, owner, clock):
    guess(app, times=5)
    clock.shift(HOUR)
    guess(app)
    assert len(recorded(app)) == 1


@pytest.mark.parametrize("ahead", [HOUR, 365 * 24 * HOUR])
def test_when_a_clock_that_was_ahead_is_set_right_nobody_is_kept_out_by_what_failed_meanwhile(
    app, owner, clock, ahead
):
    clock.shift(ahead)
    guess(app, times=5)
    clock.shift(-ahead)
    assert sign_in(app, "owen").status_code == 200
    guess(app, times=5)
    refused(sign_in(app, "owen"), 429)


@pytest.mark.parametrize("login", ["owen", "owen@example.org"])
def test_a_new_password_ends_the_wait(app, owner, admin, login):
    guess(app, login, times=5)
    guess_from_everywhere(app, login)
    refused(sign_in(app, login), 429)
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    assert sign_in(app, login, "another password").status_code == 200
    assert sign_in(app, login, "another password", ELSEWHERE).status_code == 200


def test_a_new_password_by_command_ends_the_wait(app, owner):
    guess(app, times=5)
    command = ("set-password", "owen", "--password-stdin")
    assert app.test_cli_runner().invoke(args=command, input="another password\n").exit_code == 0
    assert sign_in(app, "owen", "another password").status_code == 200
