"""While an account is guessed at from changing addresses, only known networks and browsers can sign in."""

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.models import KnownPlace
from tests.support.password_guesses import (
    ELSEWHERE,
    HOME,
    HOUR,
    WRONG,
    addresses,
    guess,
    guess_from_everywhere,
)
from tests.support.problems import refused
from tests.support.signing_in import CSRF, PASSWORD, TOKEN, sign_in, signed_in, submit


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("login", ["owen", "OWEN@example.org", "nobody"])
def test_guesses_from_changing_addresses_are_throttled(app, owner, login, version):
    assert guess_from_everywhere(app, login, version=version) == [401] * 20 + [429] * 40


def test_a_throttled_user_can_sign_in_from_a_known_address(app, owner):
    assert sign_in(app, "owen", address=HOME).status_code == 200
    guess_from_everywhere(app)
    assert sign_in(app, "owen", address=HOME).status_code == 200
    assert sign_in(app, "owen@example.org", address=f"{HOME}:4711").status_code == 200


def test_signing_out_keeps_an_address_known(app, owner):
    assert signed_in(app, "owen").post("/api/auth/logout").status_code == 204
    guess_from_everywhere(app)
    assert sign_in(app, "owen").status_code == 200


def test_the_correct_password_is_refused_from_unknown_addresses_for_an_hour(app, owner, clock):
    guess_from_everywhere(app)
    refusal = sign_in(app, "owen", address=ELSEWHERE)
    assert "from a device or an address that has signed in" in refused(refusal, 429)["detail"]
    assert refusal.headers["Retry-After"] == "3600"
    clock.shift(HOUR)
    assert sign_in(app, "owen", address=ELSEWHERE).status_code == 200


def test_existing_and_unknown_accounts_are_refused_alike_from_changing_addresses(app, owner, queries):
    guess_from_everywhere(app, "owen")
    guess_from_everywhere(app, "nobody")
    refusals = []
    for login in ("owen", "nobody"):
        with queries() as seen:
            answer = sign_in(app, login, WRONG, ELSEWHERE)
        statements = [each for each in seen.statements if not each.startswith("DELETE FROM audit")]
        refusals.append((refused(answer, 429), answer.headers.to_wsgi_list(), len(statements)))
    assert refusals[0] == refusals[1]


def test_a_known_address_still_has_the_limit_per_address(app, owner):
    guess_from_everywhere(app)
    guess(app, times=5)
    refused(sign_in(app, "owen"), 429)


def test_an_address_is_known_only_for_the_account_that_signed_in_there(app, owner, stranger):
    assert sign_in(app, "stan", address=HOME).status_code == 200
    guess_from_everywhere(app)
    refused(sign_in(app, "owen", address=HOME), 429)


def test_an_address_is_forgotten_after_half_a_year_without_a_sign_in(app, owner, clock):
    assert sign_in(app, "owen", address=HOME).status_code == 200
    clock.shift(180 * 24 * HOUR)
    guess_from_everywhere(app)
    refused(sign_in(app, "owen", address=HOME), 429)


def test_at_most_fifty_places_are_known_per_account(app, owner):
    for address in addresses(60):
        assert sign_in(app, "owen", address=address).status_code == 200
    with app.app_context():
        places = db.session.scalars(sa.select(KnownPlace.place).where(KnownPlace.user_id == owner.user_id))
        assert len(set(places)) == 50


def elsewhere(number: int) -> dict[str, str]:
    return {"REMOTE_ADDR": f"198.51.100.{number}"}


def submit_from(browser, number, password=PASSWORD):
    return submit(browser, "owen", password, environ_base=elsewhere(number)).status_code


def test_a_known_browser_can_sign_in_from_any_address(app, owner):
    browser, another = app.test_client(), app.test_client()
    assert submit(browser).status_code == 303
    guess_from_everywhere(app)
    assert submit_from(another, 1) == 429
    assert submit_from(browser, 1) == 303


def test_a_known_browser_still_has_the_limit_per_address(app, owner):
    browser = app.test_client()
    assert submit(browser).status_code == 303
    guess_from_everywhere(app)
    assert [submit_from(browser, number, WRONG) for number in range(7)] == [401] * 5 + [429] * 2
    assert submit_from(browser, 9) == 429


def test_the_device_cookie_alone_does_not_sign_in(app, owner):
    browser = app.test_client()
    submit(browser)
    for name in (TOKEN, CSRF):
        browser.delete_cookie(name)
    assert browser.get("/api/auth/me").status_code == 401


def test_the_device_cookie_is_http_only_and_limited_to_the_sign_in_path(app, owner):
    cookies = submit(app.test_client()).headers.getlist("Set-Cookie")
    (device,) = (cookie for cookie in cookies if "_device=" in cookie)
    flags = device.split("; ")[1:]
    assert {"HttpOnly", "SameSite=Lax", "Path=/sign-in"} <= set(flags)
    assert "Secure" not in flags


@pytest.mark.parametrize("sent", ["", "x", "x" * 43 + "=", "é" * 43, "x" * 4000])
def test_an_invalid_device_cookie_is_replaced(app, owner, sent):
    browser = app.test_client()
    browser.set_cookie("spikecast_device", sent, path="/sign-in")
    assert submit(browser).status_code == 303
    assert len(browser.get_cookie("spikecast_device", path="/sign-in").value) == 43


def test_one_browser_can_be_known_for_several_users(app, owner, stranger):
    browser = app.test_client()
    for login in ("owen", "stan"):
        assert submit(browser, login).status_code == 303
    guess_from_everywhere(app, "owen")
    guess_from_everywhere(app, "stan")
    for login in ("owen", "stan"):
        assert submit(browser, login, environ_base=elsewhere(3)).status_code == 303
