"""Browser sign-in: an HttpOnly session cookie, and a CSRF token with every write."""

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
    """Return a browser in which owen is signed in."""
    client = app.test_client()
    assert submit(client).status_code == 303
    return client


def create(browser: FlaskClient, headers: dict[str, str], **options):
    return browser.post("/api/collections", json=NEW, headers=headers, **options)


# --- Signing in ----------------------------------------------------------------------------------------


def test_the_sign_in_form_signs_in_and_redirects_to_the_start_page(app, owner):
    client = app.test_client()
    answer = submit(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get("/api/auth/me").json["username"] == "owen"


def test_the_session_cookie_is_http_only_and_same_site(app, owner):
    cookies = _cookies(submit(app.test_client()))
    assert cookies[TOKEN] >= {"HttpOnly", "SameSite=Lax", "Path=/"}
    assert cookies[CSRF] >= {"SameSite=Lax", "Path=/"}
    assert "HttpOnly" not in cookies[CSRF]
    assert not {"Secure"} & (cookies[TOKEN] | cookies[CSRF])


def test_over_https_all_cookies_are_secure(app, owner):
    client = app.test_client()
    answers = [client.get("/sign-in", base_url=HTTPS), submit(client, base_url=HTTPS)]
    cookies = {name: flags for answer in answers for name, flags in _cookies(answer).items()}
    assert {f"__Host-{TOKEN}", f"__Host-{CSRF}", "__Host-spikecast_form"} <= cookies.keys()
    for name, flags in cookies.items():
        assert flags >= {"Secure", "SameSite=Lax"}, name
        assert "HttpOnly" in flags or name == f"__Host-{CSRF}"


def _cookies(answer) -> dict[str, set[str]]:
    """Return the flags of each cookie that a response sets."""
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
def test_a_wrong_login_or_password_is_refused(app, owner, login, password):
    client = app.test_client()
    answer = submit(client, login, password)
    assert answer.status_code in (401, 422)
    assert TOKEN not in _cookies(answer)
    refused(client.get("/api/auth/me"), 401)


def test_failed_sign_ins_by_form_and_by_api_share_one_limit(app, owner):
    for _ in range(3):
        assert submit(app.test_client(), password="not the password").status_code == 401
    for _ in range(2):
        refused(sign_in(app, "owen", "not the password"), 401)
    answer = submit(app.test_client())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")


def test_a_sign_in_form_without_a_valid_csrf_token_is_refused(app, owner):
    """Otherwise another site could sign a visitor in to an account of its own."""
    client = app.test_client()
    form = {"login": "owen", "password": PASSWORD}
    for more in ({}, {"csrf_token": ""}, {"csrf_token": form_token(app.test_client())}):
        answer = client.post("/sign-in", data=form | more)
        assert answer.status_code == 422
        assert TOKEN not in _cookies(answer)


@pytest.mark.parametrize("next_page", ["/spikes", "/collections/7?page=2", "/api-keys#new", "/a//b"])
def test_sign_in_redirects_to_the_next_page(app, owner, next_page):
    answer = submit(app.test_client(), query=f"?next={quote(next_page, safe='')}")
    assert answer.headers["Location"] == next_page


@pytest.mark.parametrize(
    "next_page",
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
def test_sign_in_never_redirects_to_another_site(app, owner, next_page):
    answer = submit(app.test_client(), query=f"?next={quote(next_page, safe='')}")
    assert answer.headers["Location"] == "/"


# --- Writes --------------------------------------------------------------------------------------------


def test_a_write_with_the_csrf_token_is_accepted(browser):
    assert create(browser, csrf(browser)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-CSRF-TOKEN": ""}, {"X-CSRF-TOKEN": "guessed"}, {"X-CSRF-TOKEN": "\xe9"}, {"X-CSRFToken": "x"}],
    ids=ascii,
)
def test_a_write_without_a_valid_csrf_token_is_refused(browser, headers):
    refused(create(browser, headers), 403)
    assert browser.get("/api/collections").json["total"] == 0


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_every_write_method_requires_the_csrf_token(browser, make, method):
    collection = make.collection()
    path = "/api/collections" if method == "POST" else f"/api/collections/{collection['id']}"
    refused(browser.open(path, method=method, json=NEW), 403)
    refused(browser.open("/api/auth/logout", method="POST"), 403)


def test_the_csrf_token_of_another_session_is_refused(app, browser, stranger):
    other = app.test_client()
    assert submit(other, "stan").status_code == 303
    refused(create(browser, csrf(other)), 403)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost.evil", "http://localhost:81", "http://[", "\xe9"],
)
def test_a_write_from_another_origin_is_refused(browser, origin):
    refused(create(browser, csrf(browser) | {"Origin": origin}), 403)


def test_a_write_from_the_same_origin_is_accepted(browser):
    assert create(browser, csrf(browser) | {"Origin": "http://localhost"}).status_code == 201


@pytest.mark.parametrize("host", ["LOCALHOST", "LocalHost:80"])
def test_the_origin_check_ignores_the_hosts_case_and_default_port(browser, host):
    headers = csrf(browser) | {"Origin": "http://localhost", "Host": host}
    assert create(browser, headers).status_code == 201


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_form_content_types_are_refused_as_json_bodies(browser, content_type):
    answer = browser.post(
        "/api/collections", data=b'{"name": "Truck"}', content_type=content_type, headers=csrf(browser)
    )
    refused(answer, 415)


def test_reading_requires_no_csrf_token(browser):
    for path in ("/api/auth/me", "/api/collections", "/api/spike-schedules", "/api/api-keys", "/"):
        assert browser.get(path).status_code == 200


# --- Limits of the session cookie ----------------------------------------------------------------------


def test_the_data_endpoint_does_not_accept_the_session_cookie(browser, make):
    collection = make.collection("Truck", {"name": "cpu"})
    for path in ("/api/data/Truck/performance", f"/api/collections/{collection['id']}/data/performance"):
        refused(browser.get(path), 401)


def test_a_refresh_token_in_the_session_cookie_is_refused(app, browser):
    browser.set_cookie(TOKEN, signed_in(app, "owen").tokens["refresh_token"])
    answer = browser.get("/api/auth/me")
    refused(answer, 401)
    assert "Set-Cookie" not in answer.headers


def test_the_session_cookie_cannot_refresh_tokens(browser):
    refused(browser.post("/api/auth/refresh", headers=csrf(browser)), 401)


def test_the_authorization_header_takes_precedence_over_the_cookie(browser, stranger):
    assert browser.get("/api/auth/me", headers=stranger.headers).json["username"] == "stan"
    refused(browser.get("/api/auth/me", headers={"Authorization": "Bearer nonsense"}), 401)


@pytest.mark.parametrize("junk", ["", "x", "a.b.c", "null", "x" * 4_000, "%00", '"'])
def test_an_invalid_session_cookie_is_refused(app, junk):
    client = app.test_client()
    client.set_cookie(TOKEN, junk)
    client.set_cookie(CSRF, junk)
    refused(client.get("/api/auth/me"), 401)
    refused(client.post("/api/collections", json=NEW, headers={"X-CSRF-TOKEN": junk}), 401)


# --- Expiry --------------------------------------------------------------------------------------------


def test_the_session_expires_after_twelve_idle_hours(browser, clock):
    clock.shift(12 * 3600 - 1)
    assert browser.get("/api/auth/me").status_code == 200
    clock.shift(12 * 3600)
    refused(browser.get("/api/auth/me"), 401)


def test_the_session_cookie_is_renewed_while_it_is_used(browser, clock):
    first = browser.get_cookie(TOKEN).value
    browser.get("/api/auth/me")
    assert browser.get_cookie(TOKEN).value == first
    for _ in range(4):
        clock.shift(11 * 3600)
        assert browser.get("/api/auth/me").status_code == 200
    assert browser.get_cookie(TOKEN).value != first
    assert create(browser, csrf(browser)).status_code == 201


def test_the_session_expires_after_thirty_days_even_if_it_is_used(browser, clock):
    for _ in range(72):
        assert browser.get("/api/auth/me").status_code == 200
        clock.shift(10 * 3600)
    refused(browser.get("/api/auth/me"), 401)


def test_signing_out_deletes_the_cookies_and_ends_the_session(app, browser):
    token = browser.get_cookie(TOKEN).value
    assert browser.post("/api/auth/logout", headers=csrf(browser)).status_code == 204
    assert browser.get_cookie(TOKEN) is None
    assert browser.get_cookie(CSRF) is None
    thief = app.test_client()
    thief.set_cookie(TOKEN, token)
    refused(thief.get("/api/auth/me"), 401)


def test_a_password_change_signs_out_only_the_other_browsers(app, browser):
    other = app.test_client()
    assert submit(other).status_code == 303
    body = {"current_password": PASSWORD, "new_password": "another password"}
    assert browser.post("/api/auth/change-password", json=body, headers=csrf(browser)).status_code == 200
    assert browser.get("/api/auth/me").status_code == 200
    assert create(browser, csrf(browser)).status_code == 201
    refused(other.get("/api/auth/me"), 401)


def test_a_role_change_signs_the_browser_out(browser, admin, owner):
    assert admin.patch(f"/api/users/{owner.user_id}", {"role": "Viewer"}).status_code == 200
    refused(browser.get("/api/auth/me"), 401)
    assert browser.get("/spikes").headers["Location"] == "/sign-in?next=/spikes"
