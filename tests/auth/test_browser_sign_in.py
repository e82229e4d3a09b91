"""The sign-in of a browser: a cookie that scripts cannot read, and a token with every write."""

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.problems import refused
from tests.support.signing_in import CSRF, PASSWORD, TOKEN, csrf, form_token, sign_in, signed_in, submit

HTTPS = "https://spikecast.example"
NEW = {"name": "Truck"}


@pytest.fixture
def browser(app: Flask, owner) -> FlaskClient:
    """A browser in which owen is signed in."""
    client = app.test_client()
    assert submit(client).status_code == 303
    return client


def create(browser: FlaskClient, headers: dict[str, str], **options):
    return browser.post("/api/collections", json=NEW, headers=headers, **options)


# --- Signing in ----------------------------------------------------------------------------------------


def test_the_form_signs_in_and_leads_on(app, owner):
    client = app.test_client()
    answer = submit(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get("/api/auth/me").json["username"] == "owen"


def test_scripts_cannot_read_the_token_and_no_other_site_sends_it(app, owner):
    cookies = _cookies(submit(app.test_client()))
    assert cookies[TOKEN] >= {"HttpOnly", "SameSite=Lax", "Path=/"}
    assert cookies[CSRF] >= {"SameSite=Lax", "Path=/"}
    assert "HttpOnly" not in cookies[CSRF]
    assert not {"Secure"} & (cookies[TOKEN] | cookies[CSRF])


def test_behind_https_no_cookie_goes_over_http(app, owner):
    client = app.test_client()
    answers = [client.get("/sign-in", base_url=HTTPS), submit(client, base_url=HTTPS)]
    cookies = {name: flags for answer in answers for name, flags in _cookies(answer).items()}
    assert {f"__Host-{TOKEN}", f"__Host-{CSRF}", "__Host-spikecast_form"} <= cookies.keys()
    for name, flags in cookies.items():
        assert flags >= {"Secure", "SameSite=Lax"}, name
        assert "HttpOnly" in flags or name == f"__Host-{CSRF}"


def _cookies(answer) -> dict[str, set[str]]:
    """The flags of each cookie that an answer sets."""
    found = {}
    for header in answer.headers.getlist("Set-Cookie"):
        cookie, *flags = header.split("; ")
        found[cookie.split("=")[0]] = set(flags)
    return found


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("owen", "not the password"),
        ("nobody", PASSWORD),
        ("ow\0en", PASSWORD),
        ("owen", "\0"),
        ("y" * 1_000, "y"),
        ("x" * 10_000, "y"),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_a_wrong_login_or_password_signs_nobody_in(app, owner, login, password):
    client = app.test_client()
    answer = submit(client, login, password)
    assert answer.status_code in (401, 422)
    assert TOKEN not in _cookies(answer)
    refused(client.get("/api/auth/me"), 401)


def test_guesses_in_the_form_and_over_the_api_are_counted_together(app, owner):
    for _ in range(3):
        assert submit(app.test_client(), password="not the password").status_code == 401
    for _ in range(2):
        refused(sign_in(app, "owen", "not the password"), 401)
    answer = submit(app.test_client())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")


def test_a_form_of_another_site_signs_nobody_in(app, owner):
    """Or somebody could be signed in as somebody else without noticing."""
    client = app.test_client()
    form = {"login": "owen", "password": PASSWORD}
    for more in ({}, {"csrf_token": ""}, {"csrf_token": form_token(app.test_client())}):
        answer = client.post("/sign-in", data=form | more)
        assert answer.status_code == 422
        assert TOKEN not in _cookies(answer)


@pytest.mark.parametrize("wanted", ["/spikes", "/collections/7?page=2", "/api-keys#new", "/a//b"])
def test_it_leads_back_to_the_page_that_was_wanted(app, owner, wanted):
    answer = submit(app.test_client(), query=f"?next={quote(wanted, safe='')}")
    assert answer.headers["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil",
        "///evil",
        "/\\evil",
        "\\\\evil",
        "https:evil",
        "https://evil",
        "javascript:alert(1)",
        "evil",
        "",
        "/\t/evil",
        "/\n/evil",
        "\t//evil",
        " //evil",
        "http:///evil",
        "/\x00/evil",
        "//evil@localhost",
        "/\\/evil",
    ],
)
def test_it_never_leads_to_another_site(app, owner, wanted):
    answer = submit(app.test_client(), query=f"?next={quote(wanted, safe='')}")
    assert answer.headers["Location"] == "/"


# --- Writes --------------------------------------------------------------------------------------------


def test_a_write_comes_with_the_token_of_the_page(browser):
    assert create(browser, csrf(browser)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-CSRF-TOKEN": ""}, {"X-CSRF-TOKEN": "guessed"}, {"X-CSRF-TOKEN": "\xe9"}, {"X-CSRFToken": "x"}],
    ids=ascii,
)
def test_without_it_no_write_is_done(browser, headers):
    refused(create(browser, headers), 403)
    assert browser.get("/api/collections").json["total"] == 0


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_every_kind_of_write_needs_it(browser, make, method):
    collection = make.collection()
    path = "/api/collections" if method == "POST" else f"/api/collections/{collection['id']}"
    refused(browser.open(path, method=method, json=NEW), 403)
    refused(browser.open("/api/auth/logout", method="POST"), 403)


def test_the_token_of_another_sign_in_does_not_do(app, browser, stranger):
    other = app.test_client()
    assert submit(other, "stan").status_code == 303
    refused(create(browser, csrf(other)), 403)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost.evil", "http://localhost:81", "http://[", "\xe9"],
)
def test_no_page_of_another_site_writes(browser, origin):
    refused(create(browser, csrf(browser) | {"Origin": origin}), 403)


def test_a_page_of_this_site_writes(browser):
    assert create(browser, csrf(browser) | {"Origin": "http://localhost"}).status_code == 201


@pytest.mark.parametrize("host", ["LOCALHOST", "LocalHost:80"])
def test_a_page_of_this_site_writes_however_the_host_is_spelt(browser, host):
    headers = csrf(browser) | {"Origin": "http://localhost", "Host": host}
    assert create(browser, headers).status_code == 201


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_what_a_form_of_another_site_could_send_is_no_json(browser, content_type):
    answer = browser.post(
        "/api/collections", data=b'{"name": "Truck"}', content_type=content_type, headers=csrf(browser)
    )
    refused(answer, 415)


def test_reading_needs_no_token(browser):
    for path in ("/api/auth/me", "/api/collections", "/api/spike-schedules", "/api/api-keys", "/"):
        assert browser.get(path).status_code == 200


# --- What the cookie is not for ------------------------------------------------------------------------


def test_the_data_endpoint_takes_no_cookie(browser, make):
    collection = make.collection("Truck", {"name": "cpu"})
    for path in ("/api/data/Truck/performance", f"/api/collections/{collection['id']}/data/performance"):
        refused(browser.get(path), 401)


def test_a_refresh_token_in_the_cookie_is_of_no_use(app, browser):
    browser.set_cookie(TOKEN, signed_in(app, "owen").tokens["refresh_token"])
    answer = browser.get("/api/auth/me")
    refused(answer, 401)
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_does_not_refresh(browser):
    refused(browser.post("/api/auth/refresh", headers=csrf(browser)), 401)


def test_a_token_in_the_header_outranks_the_cookie(browser, stranger):
    assert browser.get("/api/auth/me", headers=stranger.headers).json["username"] == "stan"
    refused(browser.get("/api/auth/me", headers={"Authorization": "Bearer nonsense"}), 401)


@pytest.mark.parametrize("junk", ["", "x", "a.b.c", "null", "x" * 4_000, "%00", '"'])
def test_junk_in_the_cookie_signs_nobody_in(app, junk):
    client = app.test_client()
    client.set_cookie(TOKEN, junk)
    client.set_cookie(CSRF, junk)
    refused(client.get("/api/auth/me"), 401)
    refused(client.post("/api/collections", json=NEW, headers={"X-CSRF-TOKEN": junk}), 401)


# --- How long it lasts ---------------------------------------------------------------------------------


def test_it_ends_after_twelve_idle_hours(browser, clock):
    clock.shift(12 * 3600 - 1)
    assert browser.get("/api/auth/me").status_code == 200
    clock.shift(12 * 3600)
    refused(browser.get("/api/auth/me"), 401)


def test_it_is_renewed_while_it_is_used(browser, clock):
    first = browser.get_cookie(TOKEN).value
    browser.get("/api/auth/me")
    assert browser.get_cookie(TOKEN).value == first
    for _ in range(4):
        clock.shift(11 * 3600)
        assert browser.get("/api/auth/me").status_code == 200
    assert browser.get_cookie(TOKEN).value != first
    assert create(browser, csrf(browser)).status_code == 201


def test_it_ends_after_thirty_days_at_last(browser, clock):
    for _ in range(72):
        assert browser.get("/api/auth/me").status_code == 200
        clock.shift(10 * 3600)
    refused(browser.get("/api/auth/me"), 401)


def test_signing_out_takes_the_cookies_and_ends_the_sign_in(app, browser):
    kept = browser.get_cookie(TOKEN).value
    assert browser.post("/api/auth/logout", headers=csrf(browser)).status_code == 204
    assert browser.get_cookie(TOKEN) is None
    assert browser.get_cookie(CSRF) is None
    thief = app.test_client()
    thief.set_cookie(TOKEN, kept)
    refused(thief.get("/api/auth/me"), 401)


def test_after_a_new_password_the_browser_goes_on_and_others_do_not(app, browser):
    other = app.test_client()
    assert submit(other).status_code == 303
    body = {"current_password": PASSWORD, "new_password": "another password"}
    assert browser.post("/api/auth/change-password", json=body, headers=csrf(browser)).status_code == 200
    assert browser.get("/api/auth/me").status_code == 200
    assert create(browser, csrf(browser)).status_code == 201
    refused(other.get("/api/auth/me"), 401)


def test_a_new_role_signs_the_browser_out(browser, admin, owner):
    assert admin.patch(f"/api/users/{owner.user_id}", {"role": "Viewer"}).status_code == 200
    refused(browser.get("/api/auth/me"), 401)
    assert browser.get("/spikes").headers["Location"] == "/sign-in?next=/spikes"
