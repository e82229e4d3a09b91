"""The second step of signing in with a browser."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, form_token, sign_in, submit
from tests.support.two_factor import SECONDS

WAITS = "spikecast_code_wanted"
TOKEN = "spikecast_session"


@pytest.fixture
def browser(app, authenticator) -> FlaskClient:
    """A browser in which owen has typed his password."""
    client = app.test_client()
    submit(client)
    return client


def type_code(client: FlaskClient, code: str, query: str = ""):
    form = {"csrf_token": form_token(client), "code": code}
    return client.post(f"/sign-in/code{query}", data=form)


def is_in(client: FlaskClient) -> bool:
    return client.get("/api/auth/me").status_code == 200


def test_a_right_password_leads_to_the_code_and_is_no_sign_in(app, authenticator):
    client = app.test_client()
    answer = submit(client, query="?next=/spikes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in/code?next=/spikes")
    assert client.get_cookie(TOKEN) is None
    assert not is_in(client)


def test_scripts_cannot_read_what_the_browser_comes_back_with(app, authenticator):
    (cookie,) = (
        each for each in submit(app.test_client()).headers.getlist("Set-Cookie") if each.startswith(WAITS)
    )
    assert {"HttpOnly", "SameSite=Lax", "Path=/sign-in", "Max-Age=300"} <= set(cookie.split("; "))


def test_the_page_of_the_code_holds_no_password(browser):
    page = browser.get("/sign-in/code")
    assert page.status_code == 200
    assert 'autocomplete="one-time-code"' in page.text
    assert PASSWORD not in page.text


def test_the_code_signs_in_and_leads_on(browser, authenticator):
    answer = type_code(browser, authenticator.code(), "?next=/spikes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/spikes")
    assert is_in(browser)
    assert browser.get_cookie(WAITS, path="/sign-in") is None


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_it_never_leads_to_another_site(browser, authenticator, elsewhere):
    assert type_code(browser, authenticator.code(), f"?next={quote(elsewhere)}").headers["Location"] == "/"


def test_a_recovery_code_signs_in_too(browser, authenticator):
    assert "Each works once." in browser.get("/sign-in/code?recovery=1").text
    type_code(browser, authenticator.recovery_codes[0], "?recovery=1")
    assert is_in(browser)


def test_a_wrong_code_is_told_and_may_be_tried_again(browser, authenticator):
    answer = type_code(browser, authenticator.wrong_code())
    assert answer.status_code == 401
    assert "The code is wrong" in answer.text
    type_code(browser, authenticator.code())
    assert is_in(browser)


def test_wrong_codes_are_limited_here_too(browser, authenticator):
    for _ in range(5):
        type_code(browser, authenticator.wrong_code())
    refusal = type_code(browser, authenticator.code())
    assert (refusal.status_code, refusal.headers["Retry-After"]) == (429, "300")


def test_what_it_comes_back_with_is_used_once(app, browser, authenticator, clock):
    waits = browser.get_cookie(WAITS, path="/sign-in").value
    type_code(browser, authenticator.code())
    clock.shift(SECONDS)
    thief = app.test_client()
    thief.set_cookie(WAITS, waits, path="/sign-in")
    assert type_code(thief, authenticator.code()).status_code == 401
    assert not is_in(thief)


def test_after_five_minutes_it_begins_again(browser, authenticator, clock):
    clock.shift(300)
    answer = type_code(browser, authenticator.code())
    assert answer.status_code == 401
    assert "This sign-in has expired. Start again." in answer.text
    assert 'name="password"' in answer.text
    assert not is_in(browser)


def test_a_new_password_ends_it(browser, authenticator, owner, admin):
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    assert type_code(browser, authenticator.code()).status_code == 401
    assert not is_in(browser)


def test_a_reset_ends_it(browser, authenticator, owner, admin):
    admin.post(f"/api/users/{owner.user_id}/reset-two-factor")
    assert type_code(browser, authenticator.code()).status_code == 401


@pytest.mark.parametrize("token", ["", "made up", "x" * 3000, "\u00e9"])
def test_without_the_password_no_code_signs_in(app, authenticator, token):
    client = app.test_client()
    if token:
        client.set_cookie(WAITS, token, path="/sign-in")
    assert type_code(client, authenticator.code()).status_code == 401
    assert not is_in(client)


def test_without_the_password_the_page_of_the_code_leads_back(app, authenticator):
    answer = app.test_client().get("/sign-in/code?next=/spikes")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/spikes")


def test_the_form_of_another_site_is_refused(browser, authenticator):
    assert browser.post("/sign-in/code", data={"code": authenticator.code()}).status_code == 422
    assert not is_in(browser)


def test_the_dialog_of_a_page_is_told_that_a_code_is_wanted(app, authenticator):
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
    assert is_in(client)


def test_what_waits_for_a_code_is_no_token_of_the_api(app, browser):
    waits = browser.get_cookie(WAITS, path="/sign-in").value
    headers = {"Authorization": f"Bearer {waits}"}
    refused(app.test_client().get("/api/auth/me", headers=headers), 401)


def test_the_password_of_the_first_step_is_not_forgiven_before_the_second(app, authenticator):
    """Or whoever has it could clear the count of wrong ones at will."""
    for _ in range(4):
        refused(sign_in(app, "owen", "not the password"), 401)
    submit(app.test_client())
    refused(sign_in(app, "owen", "not the password"), 401)
    refused(sign_in(app, "owen"), 429)
