"""Error pages: signed-in users keep the navigation."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app import create_app
from app.db.session import db
from app.models import Role
from app.web.access import public, signed_in
from tests.conftest import FAST_SETTINGS, add_user
from tests.support.signing_in import PASSWORD


def sign_in(app, name: str) -> FlaskClient:
    """Return a browser in which this user is signed in."""
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
    form = {"csrf_token": token, "login": name, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


@pytest.fixture
def browser(app) -> FlaskClient:
    """Return a browser in which a Viewer is signed in."""
    add_user(app, Role.VIEWER, "vera")
    return sign_in(app, "vera")


def navigation(page: str) -> list[str]:
    """Return the names in the navigation of a page; none if it has no navigation."""
    found = re.search(r'(?s)<nav class="top-nav".*?</nav>', page)
    return re.findall(r"<a [^>]*>([^<]+?) *<", found[0]) if found else []


PLACES = ["Dashboard", "Collections", "Spikes", "API keys", "Receivers", "Integrations"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/collections/2147483647", 404), ("/users", 403), ("/spikes/new", 403)],
    ids=["unknown path", "of others", "for Admins", "for Editors"],
)
def test_a_signed_in_user_keeps_the_navigation(browser, path, status):
    answer = browser.get(path)
    assert answer.status_code == status
    assert navigation(answer.text)[: len(PLACES)] == PLACES
    assert "Users" not in navigation(answer.text)
    assert "vera" in answer.text


def test_nobody_sees_no_navigation_and_the_database_is_not_asked(app, queries):
    with queries() as seen:
        answer = app.test_client().get("/nowhere")
    assert (answer.status_code, navigation(answer.text)) == (404, [])
    assert seen.count == 0


def test_after_the_sign_in_has_ended_there_is_no_navigation(browser, clock):
    clock.shift(13 * 3600)
    answer = browser.get("/nowhere")
    assert (answer.status_code, navigation(answer.text)) == (404, [])


def test_a_form_of_another_site_gets_no_navigation(browser):
    answer = browser.post("/nowhere", data={"x": "y"})
    assert answer.status_code == 404
    assert navigation(answer.text) == []


@pytest.fixture
def failing(app, browser) -> FlaskClient:
    """Yield a browser for an app with pages that fail, as it is in production."""
    failing_app = create_app(app.config["SETTINGS"], **FAST_SETTINGS)

    @failing_app.get("/broken")
    @public
    def broken():
        raise RuntimeError

    @failing_app.get("/half-done")
    @signed_in
    def half_done():
        db.session.execute(sa.text("SELECT nonsense(1)"))

    yield sign_in(failing_app, "vera")
    with failing_app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("path", ["/broken", "/half-done"])
def test_an_internal_error_keeps_the_navigation(failing, path):
    answer = failing.get(path)
    assert answer.status_code == 500
    assert navigation(answer.text)[: len(PLACES)] == PLACES
    assert "Something went wrong" in answer.text


def test_without_the_database_an_error_page_has_no_navigation(failing, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError

    monkeypatch.setattr("app.models.SignIn.get_actor", fail)
    answer = failing.get("/broken")
    assert (answer.status_code, navigation(answer.text)) == (500, [])
    assert "Something went wrong" in answer.text
