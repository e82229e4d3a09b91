"""The code step of signing in with a browser."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, form_token, sign_in, submit
from tests.support.two_factor import SECONDS

PENDING_COOKIE = "spikecast_code_wanted"
TOKEN = "spikecast_session"


@pytest.fixture
def browser(app, authenticator) -> FlaskClient:
    """Return a browser in which owen has entered his password."""
    client = app.test_client()
    submit(client)
    return client


def type_code(client: FlaskClient, code: str, query: str = ""):
    form = {"csrf_token": form_token(client), "code": code}
    return client.post(f"/sign-in/code{query}", data=form)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/api/auth/me").status_code == 200


def test_a_correct_password_redirects_to_the_code_page_without_signing_in(app, authenticator):
    client = app.test_client()
    answer = submit(client, query="?next=/spikes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in/code?next=/spikes")
    assert client.get_cookie(TOKEN) is None
    assert not is_signed_in(client)


def test_the_pending_sign_in_cookie_is_http_only_and_lasts_five_minutes(app, authenticator):
    (cookie,) = (
        each
        for each in submit(app.test_client()).headers.getlist("Set-Cookie")
        if each.startswith(PENDING_COOKIE)
    )
    assert {"HttpOnly", "SameSite=Lax", "Path=/sign-in", "Max-Age=300"} <= set(cookie.split("; "))


def test_the_code_page_does_not_contain_the_password(browser):
    page = browser.get("/sign-in/code")
    assert page.status_code == 200
    assert 'autocomplete="one-time-code"' in page.text
    assert PASSWORD not in page.text


def test_the_code_signs_in_and_redirects_to_the_next_page(browser, authenticator):
    answer = type_code(browser, authenticator.code(), "?next=/spikes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/spikes")
    assert is_signed_in(browser)
    assert browser.get_cookie(PENDING_COOKIE, path="/sign-in") is None


@pytest.mark.parametrize("other_site", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_code_step_never_redirects_to_another_site(browser, authenticator, other_site):
    assert type_code(browser, authenticator.code(), f"?next={quote(other_site)}").headers["Location"] == "/"


def test_a_recovery_code_signs_in_too(browser, authenticator):
    assert "Each works once." in browser.get("/sign-in/code?recovery=1").text
    type_code(browser, authenticator.recovery_codes[0], "?recovery=1")
    assert is_signed_in(browser)


def test_after_a_wrong_code_the_correct_one_still_signs_in(browser, authenticator):
    answer = type_code(browser, authenticator.wrong_code())
    assert answer.status_code == 401
    assert "The code is wrong" in answer.text
    type_code(browser, authenticator.code())
    assert is_signed_in(browser)


def test_wrong_codes_are_limited(browser, authenticator):
    for _ in range(5):
        type_code(browser, authenticator.wrong_code())
    refusal = type_code(browser, authenticator.code())
    assert (refusal.status_code, refusal.headers["Retry-After"]) == (429, "300")


def test_a_pending_sign_in_can_be_completed_only_once(app, browser, authenticator, clock):
    pending = browser.get_cookie(PENDING_COOKIE, path="/sign-in").value
    type_code(browser, authenticator.code())
    clock.shift(SECONDS)
    thief = app.test_client()
    thief.set_cookie(PENDING_COOKIE, pending, path="/sign-in")
    assert type_code(thief, authenticator.code()).status_code == 401
    assert not is_signed_in(thief)


def test_a_pending_sign_in_expires_after_five_minutes(browser, authenticator, clock):
    clock.shift(300)
    answer = type_code(browser, authenticator.code())
    assert answer.status_code == 401
    assert "This sign-in has expired. Start again." in answer.text
    assert 'name="password"' in answer.text
    assert not is_signed_in(browser)


def test_a_new_password_ends_a_pending_sign_in(browser, authenticator, owner, admin):
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    assert type_code(browser, authenticator.code()).status_code == 401
    assert not is_signed_in(browser)


def test_a_reset_ends_a_pending_sign_in(browser, authenticator, owner, admin):
    admin.post(f"/api/users/{owner.user_id}/reset-two-factor")
    assert type_code(browser, authenticator.code()).status_code == 401


@pytest.mark.parametrize("token", ["", "made up", "x" * 3000, "\u00e9"])
def test_a_code_without_a_pending_sign_in_is_refused(app, authenticator, token):
    client = app.test_client()
    if token:
        client.set_cookie(PENDING_COOKIE, token, path="/sign-in")
    assert type_code(client, authenticator.code()).status_code == 401
    assert not is_signed_in(client)


def test_the_code_page_without_a_pending_sign_in_redirects_to_sign_in(app, authenticator):
    answer = app.test_client().get("/sign-in/code?next=/spikes")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/spikes")


def test_a_code_form_without_a_csrf_token_is_refused(browser, authenticator):
    assert browser.post("/sign-in/code", data={"code": authenticator.code()}).status_code == 422
    assert not is_signed_in(browser)


def test_the_sign_in_dialog_learns_as_json_that_a_code_is_required(app, authenticator):
    client, headers = app.test_client(), {"Accept": "application/json"}
    token = client.get("/sign-in", headers=headers).json["csrf_token"]
    form = {"login": "owen", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=form, headers=headers).json == {"wants_code": True}
    wrong = client.post(
        "/sign-in/code", data={"csrf_token": token, "code": authenticator.wrong_code()}, headers=headers
    )
    assert (wrong.status_code, wrong.json["wants_code"]) == (401, True)
    right = client.post(
        "/sign-in/code", data={"csrf_token": token, "code": authenticator.code()}, headers=headers
    )
    assert right.status_code == 200
    assert is_signed_in(client)


def test_a_pending_sign_in_is_not_accepted_as_an_api_token(app, browser):
    pending = browser.get_cookie(PENDING_COOKIE, path="/sign-in").value
    headers = {"Authorization": f"Bearer {pending}"}
    refused(app.test_client().get("/api/auth/me", headers=headers), 401)


def test_the_password_step_alone_does_not_reset_the_failed_attempts(app, authenticator):
    """Otherwise anyone with the password could reset the failed attempts at will."""
    for _ in range(4):
        refused(sign_in(app, "owen", "not the password"), 401)
    submit(app.test_client())
    refused(sign_in(app, "owen", "not the password"), 401)
    refused(sign_in(app, "owen"), 429)
