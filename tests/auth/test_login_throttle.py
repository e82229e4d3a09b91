"""Guessing passwords is limited."""

from functools import partial

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.models import KnownPlace, SignInFailure
from tests.support.concurrency import together
from tests.support.problems import refused
from tests.support.signing_in import CSRF, PASSWORD, TOKEN, sign_in, signed_in, submit

WRONG = "not the password"
ELSEWHERE = "192.0.2.7"
HOUR = 3600


def guess(app, login: str = "owen", times: int = 1, address: str = "127.0.0.1") -> None:
    """Guess wrong so often, which must be let through."""
    for _ in range(times):
        refused(sign_in(app, login, WRONG, address), 401)


def recorded(app) -> list[SignInFailure]:
    with app.app_context():
        return list(db.session.scalars(sa.select(SignInFailure)))


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


def test_other_workers_and_a_restarted_server_refuse_too(app, owner, another_worker):
    guess(app, times=3)
    guess(another_worker, times=2)
    refused(sign_in(app, "owen"), 429)
    refused(sign_in(another_worker, "owen"), 429)


def test_of_guesses_made_side_by_side_no_more_are_let_through(app, owner):
    answers = together(*[partial(sign_in, app, "owen", WRONG)] * 16)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 11
    assert len(recorded(app)) == 5


def test_the_right_password_does_not_slip_through_among_wrong_ones(app, owner):
    guess(app, times=4)
    together(*[partial(sign_in, app, "owen", WRONG)] * 4)
    refused(sign_in(app, "owen"), 429)


def test_of_guesses_at_many_accounts_side_by_side_no_more_are_let_through(app):
    for number in range(45):
        guess(app, f"user {number}")
    answers = together(*(partial(sign_in, app, f"another {number}", WRONG) for number in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7
    assert len(recorded(app)) == 50


def test_guesses_side_by_side_on_two_workers_are_counted_together(app, owner, another_worker):
    guesses = [partial(sign_in, worker, "owen", WRONG) for worker in (app, another_worker)] * 5
    answers = together(*guesses)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 5


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


# --- Addresses -----------------------------------------------------------------------------------------


SPELLINGS = {
    "ports": [f"192.0.2.7:{port}" for port in range(50_000, 50_006)],
    "IPv4 in IPv6": ["192.0.2.7", "::ffff:192.0.2.7", "::FFFF:c000:207", "[::ffff:192.0.2.7]:443"] * 2,
    "IPv6 /64": [f"2001:db8::{number:x}" for number in range(6)],
    "IPv6 spellings": ["2001:db8::1", "2001:DB8::1", "[2001:db8:0:0::1]:99", "2001:db8::1%eth0"] * 2,
    "no addresses": ["unknown", "x" * 65, "", "_proxy", "1.2.3.4.5", "y" * 1000],
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_another_spelling_of_an_address_is_not_another_address(app, owner, case):
    *guesses, last = SPELLINGS[case][:6]
    for address in guesses:
        guess(app, address=address)
    refused(sign_in(app, "owen", address=last), 429)
    assert sign_in(app, "owen", address="198.51.100.1").status_code == 200


def test_an_address_beyond_the_columns_length_is_a_failure_like_any_other(app, owner):
    guess(app, address="f" * 200)
    assert [failure.address for failure in recorded(app)] == ["unknown"]


def test_another_64_of_ipv6_is_another_address(app, owner):
    guess(app, times=5, address="2001:db8:0:1::1")
    assert sign_in(app, "owen", address="2001:db8:0:2::1").status_code == 200


@pytest.mark.parametrize("address", ["[2001:DB8::1]:443", "2001:db8:0::1"])
def test_sign_ins_are_listed_by_the_plain_address(app, owner, address):
    assert sign_in(app, "owen", address=address).status_code == 200
    addresses = {each["address"] for each in owner.get("/api/auth/sign-ins").json["items"]}
    assert addresses == {"127.0.0.1", "2001:db8::1"}


# --- From changing addresses ---------------------------------------------------------------------------


HOME = "203.0.113.7"
"""Where the owner has signed in before."""


def addresses(count: int, version: int = 4) -> list[str]:
    """So many addresses, each in a network of its own."""
    pattern = "198.18.{0}.{1}" if version == 4 else "2001:db8:{0:x}:{1:x}::1"
    return [pattern.format(number // 250, number % 250) for number in range(count)]


def guess_from_everywhere(app, login="owen", count=60, version=4):
    """The statuses of guesses that each come from another network."""
    return [sign_in(app, login, WRONG, address).status_code for address in addresses(count, version)]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("login", ["owen", "OWEN@example.org", "nobody"])
def test_guesses_from_changing_addresses_are_throttled(app, owner, login, version):
    assert guess_from_everywhere(app, login, version=version) == [401] * 20 + [429] * 40


def test_the_owner_gets_in_at_once_from_where_they_have_signed_in_before(app, owner):
    assert sign_in(app, "owen", address=HOME).status_code == 200
    guess_from_everywhere(app)
    assert sign_in(app, "owen", address=HOME).status_code == 200
    assert sign_in(app, "owen@example.org", address=f"{HOME}:4711").status_code == 200


def test_signing_out_makes_no_place_unknown(app, owner):
    assert signed_in(app, "owen").post("/api/auth/logout").status_code == 204
    guess_from_everywhere(app)
    assert sign_in(app, "owen").status_code == 200


def test_the_right_password_is_refused_from_elsewhere_until_there_is_room(app, owner, clock):
    guess_from_everywhere(app)
    refusal = sign_in(app, "owen", address=ELSEWHERE)
    assert "from a device or an address that has signed in" in refused(refusal, 429)["detail"]
    assert refusal.headers["Retry-After"] == "3600"
    clock.shift(HOUR)
    assert sign_in(app, "owen", address=ELSEWHERE).status_code == 200


def test_known_and_unknown_accounts_are_refused_alike_from_changing_addresses(app, owner, queries):
    guess_from_everywhere(app, "owen")
    guess_from_everywhere(app, "nobody")
    told = []
    for login in ("owen", "nobody"):
        with queries() as seen:
            answer = sign_in(app, login, WRONG, ELSEWHERE)
        statements = [each for each in seen.statements if not each.startswith("DELETE FROM audit")]
        told.append((refused(answer, 429), answer.headers.to_wsgi_list(), len(statements)))
    assert told[0] == told[1]


def test_a_known_address_has_the_limit_of_an_address(app, owner):
    guess_from_everywhere(app)
    guess(app, times=5)
    refused(sign_in(app, "owen"), 429)


def test_a_place_is_known_to_the_account_that_signed_in_there_alone(app, owner, stranger):
    assert sign_in(app, "stan", address=HOME).status_code == 200
    guess_from_everywhere(app)
    refused(sign_in(app, "owen", address=HOME), 429)


def test_a_place_that_was_not_seen_for_half_a_year_is_known_no_more(app, owner, clock):
    assert sign_in(app, "owen", address=HOME).status_code == 200
    clock.shift(180 * 24 * HOUR)
    guess_from_everywhere(app)
    refused(sign_in(app, "owen", address=HOME), 429)


def test_fifty_places_are_known_at_most(app, owner):
    for address in addresses(60):
        assert sign_in(app, "owen", address=address).status_code == 200
    with app.app_context():
        places = db.session.scalars(sa.select(KnownPlace.place).where(KnownPlace.user_id == owner.user_id))
        assert len(set(places)) == 50


def test_guesses_side_by_side_from_changing_addresses_are_counted_together(app, owner, another_worker):
    guess_from_everywhere(app, count=15)
    guesses = [
        partial(sign_in, worker, "owen", WRONG, f"198.51.100.{number}")
        for number, worker in enumerate([app, another_worker] * 6)
    ]
    answers = together(*guesses)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


# --- Browsers ------------------------------------------------------------------------------------------


def elsewhere(number: int) -> dict[str, str]:
    return {"REMOTE_ADDR": f"198.51.100.{number}"}


def submit_from(browser, number, password=PASSWORD):
    return submit(browser, "owen", password, environ_base=elsewhere(number)).status_code


def test_a_browser_that_has_signed_in_gets_in_at_once_from_any_address(app, owner):
    browser, another = app.test_client(), app.test_client()
    assert submit(browser).status_code == 303
    guess_from_everywhere(app)
    assert submit_from(another, 1) == 429
    assert submit_from(browser, 1) == 303


def test_a_browser_that_has_signed_in_has_the_limit_of_an_address(app, owner):
    browser = app.test_client()
    assert submit(browser).status_code == 303
    guess_from_everywhere(app)
    assert [submit_from(browser, number, WRONG) for number in range(7)] == [401] * 5 + [429] * 2
    assert submit_from(browser, 9) == 429


def test_the_device_cookie_alone_opens_nothing(app, owner):
    browser = app.test_client()
    submit(browser)
    for name in (TOKEN, CSRF):
        browser.delete_cookie(name)
    assert browser.get("/api/auth/me").status_code == 401


def test_the_device_cookie_is_for_the_sign_in_alone_and_hidden_from_scripts(app, owner):
    cookies = submit(app.test_client()).headers.getlist("Set-Cookie")
    (device,) = (cookie for cookie in cookies if "_device=" in cookie)
    flags = device.split("; ")[1:]
    assert {"HttpOnly", "SameSite=Lax", "Path=/sign-in"} <= set(flags)
    assert "Secure" not in flags


@pytest.mark.parametrize("sent", ["", "x", "x" * 43 + "=", "é" * 43, "x" * 4000])
def test_a_device_cookie_of_junk_is_replaced(app, owner, sent):
    browser = app.test_client()
    browser.set_cookie("spikecast_device", sent, path="/sign-in")
    assert submit(browser).status_code == 303
    assert len(browser.get_cookie("spikecast_device", path="/sign-in").value) == 43


def test_several_people_may_be_known_by_one_browser(app, owner, stranger):
    browser = app.test_client()
    for login in ("owen", "stan"):
        assert submit(browser, login).status_code == 303
    guess_from_everywhere(app, "owen")
    guess_from_everywhere(app, "stan")
    for login in ("owen", "stan"):
        assert submit(browser, login, environ_base=elsewhere(3)).status_code == 303


# --- A new password ------------------------------------------------------------------------------------


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
