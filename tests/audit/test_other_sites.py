"""What a page of another site tried with somebody's browser is noted, within bounds."""

import pytest

from tests.support.signing_in import csrf, signed_in, submit

EVIL = "https://evil.example"
NEW = {"name": "Truck"}


@pytest.fixture
def browser(app, owner):
    """A browser in which owen is signed in."""
    client = app.test_client()
    assert submit(client).status_code == 303
    return client


def test_a_write_without_the_csrf_token_is_noted(browser, noted, owner):
    noted()
    assert browser.post("/api/collections", json=NEW).status_code == 403
    (entry,) = noted()
    assert (entry.action, entry.outcome, entry.actor_id) == ("request", "refused", owner.user_id)
    assert entry.details == {"request": "POST /api/collections", "as": "Editor", "why": "no CSRF token"}


def test_a_write_of_another_sites_page_is_noted_with_that_site(browser, noted):
    noted()
    headers = csrf(browser) | {"Origin": EVIL}
    assert browser.delete("/api/collections/7", headers=headers).status_code == 403
    (entry,) = noted()
    assert entry.details["why"] == "a page of another site"
    assert entry.details["origin"] == EVIL
    assert (entry.thing_kind, entry.thing_id) == ("collection", 7)


def test_no_more_is_kept_of_an_origin_than_fits(browser, noted, caplog):
    caplog.set_level("INFO")
    noted()
    origin = f"{EVIL}/\u00e9{'x' * 5000}"
    assert browser.post("/api/collections", json=NEW, headers=csrf(browser) | {"Origin": origin}).status_code
    (entry,) = noted()
    assert entry.details["origin"] == origin[:255]
    (line,) = caplog.messages
    assert line.isascii()


def test_many_of_them_push_nobody_out(app, browser, noted, stranger):
    noted()
    for _ in range(60):
        assert browser.post("/api/collections", json=NEW).status_code == 403
    assert len(noted()) == 50
    assert stranger.get("/api/users").status_code == 403
    assert [entry.actor_name for entry in noted()] == ["stan"]


@pytest.mark.parametrize(
    ("page", "action"), [("/sign-in", "sign-in"), ("/setup", "set-up")], ids=["sign-in", "set-up"]
)
def test_a_form_that_did_not_come_from_our_page_is_noted(app, request, noted, page, action):
    if page == "/sign-in":
        request.getfixturevalue("owner")
    noted()
    form = {"login": "owen", "password": "typed by mistake", "token": "x", "email": "e", "username": "u"}
    assert app.test_client().post(page, data=form).status_code in (200, 422)
    (entry,) = noted()
    assert (entry.action, entry.outcome, entry.actor_name) == (action, "refused", None)
    assert entry.details == {"why": "no CSRF token"}


def test_a_script_with_a_token_of_its_own_is_no_other_site(app, owner, noted):
    script = signed_in(app, "owen")
    noted()
    assert script.post("/api/collections", NEW, headers={"Origin": EVIL}).status_code == 201
    assert [entry.action for entry in noted()] == ["create-collection"]
