"""Attempts that are made concurrently, or on several workers, are counted together."""

from functools import partial

from tests.support.concurrency import run_concurrently
from tests.support.password_guesses import (
    WRONG,
    guess,
    guess_from_everywhere,
    recorded,
)
from tests.support.problems import refused
from tests.support.signing_in import sign_in


def test_failed_attempts_are_counted_across_workers(app, owner, another_worker):
    guess(app, times=3)
    guess(another_worker, times=2)
    refused(sign_in(app, "owen"), 429)
    refused(sign_in(another_worker, "owen"), 429)


def test_concurrent_guesses_cannot_exceed_the_account_limit(app, owner):
    answers = run_concurrently(*[partial(sign_in, app, "owen", WRONG)] * 16)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 11
    assert len(recorded(app)) == 5


def test_the_correct_password_is_refused_after_concurrent_guesses(app, owner):
    guess(app, times=4)
    run_concurrently(*[partial(sign_in, app, "owen", WRONG)] * 4)
    refused(sign_in(app, "owen"), 429)


def test_concurrent_guesses_at_many_accounts_cannot_exceed_the_address_limit(app):
    for number in range(45):
        guess(app, f"user {number}")
    answers = run_concurrently(*(partial(sign_in, app, f"another {number}", WRONG) for number in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7
    assert len(recorded(app)) == 50


def test_concurrent_guesses_on_two_workers_are_counted_together(app, owner, another_worker):
    guesses = [partial(sign_in, worker, "owen", WRONG) for worker in (app, another_worker)] * 5
    answers = run_concurrently(*guesses)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 5


def test_concurrent_guesses_from_changing_addresses_are_counted_together(app, owner, another_worker):
    guess_from_everywhere(app, count=15)
    guesses = [
        partial(sign_in, worker, "owen", WRONG, f"198.51.100.{number}")
        for number, worker in enumerate([app, another_worker] * 6)
    ]
    answers = run_concurrently(*guesses)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7
