"""A page of another site can neither show Spikecast nor act as the signed-in user.

The other site is on the same host with another port. That is the hardest case: the browser sends our cookies
along, and lets the page read the one with the CSRF token.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Complaints, context
from tests.support.other_site import BLANK, OtherSite, other_site


@pytest.fixture
def attacker() -> Iterator[OtherSite]:
    with other_site() as site:
        yield site


@pytest.fixture
def victim(browser, editor) -> Iterator[Page]:
    """Return a page in a browser with an Editor's sign-in; browser errors are expected."""
    with context(browser, Complaints()) as opened:
        opened.add_cookies(editor.api.cookies)
        yield opened.new_page()


def collections(person) -> int:
    return person.api.get("/api/collections")["total"]


@pytest.mark.parametrize("path", ["/", "/collections", "/profile", "/sign-in", "/nowhere", "/api/docs"])
def test_pages_are_not_shown_in_frames_of_other_sites(site, attacker, victim, path):
    attacker.html = f'{BLANK}<iframe src="{site.url}{path}"></iframe>'
    victim.goto(attacker.url)
    victim.wait_for_function("() => frames.length === 1")
    frame = victim.frames[1]
    expect(frame.locator("main")).to_have_count(0)
    assert frame.url == "chrome-error://chromewebdata/"


def test_the_same_page_is_shown_without_a_frame(site, victim):
    victim.goto(f"{site.url}/collections")
    expect(victim.locator("main")).to_have_count(1)


FORMS = {
    "JSON as plain text": ("text/plain", '<input name=\'{"name": "Stolen", "x": "\' value=\'"}\'>'),
    "a form": ("application/x-www-form-urlencoded", '<input name="name" value="Stolen">'),
    "a form with files": ("multipart/form-data", '<input name="name" value="Stolen">'),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_of_another_site_writes_nothing(site, attacker, victim, editor, kind):
    encoding, inputs = FORMS[kind]
    attacker.html = (
        f'{BLANK}<form method="post" enctype="{encoding}" action="{site.url}/api/collections">{inputs}</form>'
    )
    victim.goto(attacker.url)
    with victim.expect_response(f"{site.url}/api/collections") as answer:
        victim.evaluate("document.forms[0].submit()")
    assert "_session=" in answer.value.request.all_headers()["cookie"]
    assert answer.value.status == 403
    assert collections(editor) == 0


def test_a_form_of_another_site_cannot_sign_in_or_out(site, attacker, victim, editor):
    """Otherwise a user might work in the attacker's account without noticing."""
    attacker.html = f"""{BLANK}<form method="post" action="{site.url}/sign-in">
        <input name="login" value="{editor.login}"><input name="password" value="{editor.password}"></form>
        <form method="post" action="{site.url}/api/auth/logout"></form>"""
    for number, path, status in ((0, "/sign-in", 422), (1, "/api/auth/logout", 403)):
        victim.goto(attacker.url)
        # Until the answer is shown, or the next goto would be interrupted by this navigation.
        with victim.expect_navigation(url=site.url + path), victim.expect_response(site.url + path) as answer:
            victim.evaluate(f"document.forms[{number}].submit()")
        assert answer.value.status == status
        assert "set-cookie" not in answer.value.all_headers() or "_session=" not in str(
            answer.value.all_headers()["set-cookie"]
        )
    assert editor.api.get("/api/auth/me")["username"] == editor.login


FETCH = """async ([address, method, headers, mode]) => {
    const csrf = document.cookie.match(/spikecast_\\d+_csrf=([^;]+)/)?.[1];
    if ("X-CSRF-TOKEN" in headers) headers["X-CSRF-TOKEN"] = csrf;
    const body = method === "GET" ? undefined : '{"name": "Stolen"}';
    try {
        const answer = await fetch(address, { method, headers, mode, body, credentials: "include" });
        return [Boolean(csrf), answer.type, await answer.text()];
    } catch (error) {
        return [Boolean(csrf), error.name, ""];
    }
}"""
JSON = {"Content-Type": "application/json"}
FETCHES = {
    "reading": ("GET", {}, "cors", "TypeError"),
    "reading without asking": ("GET", {}, "no-cors", "TypeError"),  # Cross-Origin-Resource-Policy
    "plain text": ("POST", {}, "no-cors", "TypeError"),
    "JSON": ("POST", JSON, "cors", "TypeError"),
    "JSON with the token of our page": ("POST", JSON | {"X-CSRF-TOKEN": ""}, "cors", "TypeError"),
    "the token alone": ("POST", {"X-CSRF-TOKEN": ""}, "cors", "TypeError"),
}


@pytest.mark.parametrize("kind", FETCHES)
def test_a_script_of_another_site_reads_and_writes_nothing(site, attacker, victim, editor, kind):
    method, headers, mode, outcome = FETCHES[kind]
    victim.goto(attacker.url)
    address = f"{site.url}/api/collections"
    has_read_the_token, *came_of_it = victim.evaluate(FETCH, [address, method, headers, mode])
    assert has_read_the_token
    assert came_of_it == [outcome, ""]
    assert collections(editor) == 0


def test_the_same_script_on_our_own_page_writes(site, victim, editor):
    victim.goto(f"{site.url}/profile")
    arguments = [f"{site.url}/api/collections", "POST", JSON | {"X-CSRF-TOKEN": ""}, "cors"]
    _, outcome, text = victim.evaluate(FETCH, arguments)
    assert (outcome, '"Stolen"' in text) == ("basic", True)
    assert collections(editor) == 1


def test_another_site_cannot_access_a_window_that_it_opened(site, attacker, victim):
    victim.goto(attacker.url)
    with victim.expect_popup() as opened:
        victim.evaluate(f"() => {{ window.other = window.open('{site.url}/collections') }}")
    popup = opened.value
    expect(popup.locator("main")).to_have_count(1)
    assert popup.evaluate("window.opener") is None
    assert victim.evaluate("window.other.closed"), "it is a window of nobody's"
