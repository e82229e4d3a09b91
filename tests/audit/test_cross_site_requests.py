"""Cross-site requests from a user's browser are recorded, within limits."""

import pytest

from tests.support.signing_in import csrf, signed_in, submit

EVIL = "https://evil.example"
NEW = {"name": "Truck"}


@pytest.fixture
def browser(app, owner):
    """Return a browser in which owen is signed in."""
    client = app.test_client()
    assert submit(client).status_code == 303
    return client


def test_a_write_without_the_csrf_token_is_recorded(browser, new_entries, owner):
    new_entries()
    assert browser.post("/api/collections", json=NEW).status_code == 403
    (entry,) = new_entries()
    assert (entry.action, entry.outcome, entry.actor_id) == ("request", "refused", owner.user_id)
    assert entry.details == {"request": "POST /api/collections", "as": "Editor", "why": "no CSRF token"}


def test_a_cross_site_write_is_recorded_with_its_origin(browser, new_entries):
    new_entries()
    headers = csrf(browser) | {"Origin": EVIL}
    assert browser.delete("/api/collections/7", headers=headers).status_code == 403
    (entry,) = new_entries()
    assert entry.details["why"] == "a page of another site"
    assert entry.details["origin"] == EVIL
    assert (entry.thing_kind, entry.thing_id) == ("collection", 7)


def test_a_long_origin_is_recorded_truncated(browser, new_entries, caplog):
    caplog.set_level("INFO")
    new_entries()
    origin = f"{EVIL}/\u00e9{'x' * 5000}"
    assert browser.post("/api/collections", json=NEW, headers=csrf(browser) | {"Origin": origin}).status_code
    (entry,) = new_entries()
    assert entry.details["origin"] == origin[:255]
    (line,) = caplog.messages
    assert line.isascii()


def test_many_cross_site_requests_do_not_displace_the_refusals_of_others(app, browser, new_entries, stranger):
    new_entries()
    for _ in range(60):
        assert browser.post("/api/collections", json=NEW).status_code == 403
    assert len(new_entries()) == 50
    assert stranger.get("/api/users").status_code == 403
    assert [entry.actor_name for entry in new_entries()] == ["stan"]


@pytest.mark.parametrize(
    ("page", "action"), [("/sign-in", "sign-in"), ("/setup", "set-up")], ids=["sign-in", "set-up"]
)
def test_a_form_without_the_csrf_token_is_recorded(app, request, new_entries, page, action):
    if page == "/sign-in":
        request.getfixturevalue("owner")
    new_entries()
    form = {"login": "owen", "password": "typed by mistake", "token": "x", "email": "e", "username": "u"}
    assert app.test_client().post(page, data=form).status_code in (200, 422)
    (entry,) = new_entries()
    assert (entry.action, entry.outcome, entry.actor_name) == (action, "refused", None)
    assert entry.details == {"why": "no CSRF token"}


def test_an_api_client_with_a_foreign_origin_is_not_refused(app, owner, new_entries):
    script = signed_in(app, "owen")
    new_entries()
    assert script.post("/api/collections", NEW, headers={"Origin": EVIL}).status_code == 201
    assert [entry.action for entry in new_entries()] == ["create-collection"]
