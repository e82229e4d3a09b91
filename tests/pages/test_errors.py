"""Errors are shown at the input that can fix them, and no input is lost."""

import json
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import FIXED, RANGE, follow, row, toast

COUNTER = {"value_type": "INCREMENT", "start_number": 0, "step_number": 1}
BUSY = {"title": "Unavailable", "status": 503, "detail": "The database is busy or unavailable."}


def fail(page: Page, pattern: str) -> None:
    """Let requests for these URLs fail."""
    body, kind = json.dumps(BUSY), "application/problem+json"
    page.route(pattern, lambda route: route.fulfill(status=503, body=body, content_type=kind))


def test_a_duplicate_collection_name_is_an_error_at_its_input(editor, complaints):
    complaints.expect("409")
    taken = editor.api.collection(f"Taken {editor.login}")["name"]
    page = editor.browse("/collections")
    page.get_by_role("button", name="New collection").first.click()
    dialog = page.get_by_role("dialog", name="New collection")
    dialog.get_by_label("Name").fill(taken)
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_label("Name")).to_be_focused()
    expect(dialog.locator("#collection-name-error")).to_contain_text("taken")
    expect(dialog.get_by_label("Name")).to_have_value(taken)
    dialog.get_by_label("Name").fill(f"{taken} 2")
    expect(dialog.locator("#collection-name-error")).to_be_hidden()
    follow(page, dialog.get_by_role("button", name="Create"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{taken} 2")


def test_a_duplicate_field_name_and_an_inverted_range_are_errors_at_their_inputs(editor, complaints):
    complaints.expect("409")
    collection = editor.api.collection(f"Fields {editor.login}", load=RANGE)
    page = editor.browse(f"/collections/{collection['id']}")
    page.get_by_role("button", name="New field").first.click()
    dialog = page.get_by_role("dialog", name="New field")
    for label, text in {"Name": "load", "From": "30", "To": "20"}.items():
        dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_role("button", name="Create field").click()
    start = dialog.get_by_label("From")
    expect(start).to_be_focused()
    expect(start).to_have_accessible_description("Must not be above “To”, 20.")

    start.fill("10")
    dialog.get_by_role("button", name="Create field").click()
    expect(dialog.get_by_label("Name")).to_be_focused()
    expect(dialog.locator("#field-name-error")).to_contain_text("taken")
    for label, text in {"Name": "load", "From": "10", "To": "20"}.items():
        expect(dialog.get_by_label(label, exact=True)).to_have_value(text)
    dialog.get_by_label("Name").fill("load 2")
    dialog.get_by_role("button", name="Create field").click()
    toast(page, "“load 2” created.")


def test_an_error_of_the_server_is_at_its_input(editor, complaints):
    complaints.expect("422")
    collection = editor.api.collection(f"Settings {editor.login}", km=COUNTER)
    page = editor.browse(f"/collections/{collection['id']}")
    page.get_by_role("button", name="Edit km").click()
    dialog = page.get_by_role("dialog", name="Edit “km”")
    dialog.get_by_label("Step varies by").fill("501")
    dialog.get_by_label("Reset at").fill("9")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Step varies by")).to_be_focused()
    expect(dialog.locator("#error-randomization_percentage")).to_contain_text("500")
    expect(dialog.get_by_label("Reset at")).to_have_value("9")


def test_errors_of_overrides_are_at_their_inputs(editor, complaints):
    complaints.expect("422")
    collection = editor.api.collection(f"Overrides {editor.login}", load=RANGE, km=COUNTER)
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    page.get_by_label("Name", exact=True).fill("Drill")
    page.get_by_label("load: from").fill("30")
    page.get_by_label("km: step varies").fill("501")
    page.get_by_label("km: reset at").fill("9")
    page.get_by_role("button", name="Create spike").click()
    load, spread = page.get_by_label("load: from"), page.get_by_label("km: step varies")
    expect(load).to_be_focused()
    expect(load).to_have_accessible_description("Must not be above “To”, 20.")
    load.fill("10")
    page.get_by_role("button", name="Create spike").click()
    expect(spread).to_be_focused()
    expect(spread).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Drill")
    expect(page.get_by_label("km: reset at")).to_have_value("9")
    spread.fill("50")
    follow(page, page.get_by_role("button", name="Create spike"))
    toast(page, "“Drill” created.")


def test_a_duplicate_user_name_is_an_error_at_its_input(person, complaints):
    complaints.expect("409")
    admin, other = person("Admin"), person()
    page = admin.browse("/users")
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog", name="New user")
    dialog.get_by_label("User name").fill(other.login)
    dialog.get_by_label("E-mail").fill(f"new-{other.login}@example.org")
    dialog.get_by_label("Password").fill("a password of eight")
    dialog.get_by_role("button", name="Create").last.click()
    expect(dialog.get_by_label("User name")).to_be_focused()
    expect(dialog.locator("#user-username-error")).to_contain_text("taken")
    expect(dialog.get_by_label("E-mail")).to_have_value(f"new-{other.login}@example.org")


def test_a_server_error_loses_no_input(editor, complaints):
    complaints.expect("503")
    collection = editor.api.collection(f"Busy {editor.login}", load=RANGE)
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    page.get_by_label("Name", exact=True).fill("Drill")
    page.get_by_label("load: to").fill("200")
    fail(page, "**/api/spike-schedules")
    page.get_by_role("button", name="Create spike").click()
    expect(page.get_by_role("alert").filter(has_text="The database is busy or unavailable.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Drill")
    expect(page.get_by_role("button", name="Create spike")).to_be_enabled()
    page.unroute_all()
    follow(page, page.get_by_role("button", name="Create spike"))
    toast(page, "“Drill” created.")


def test_an_unreachable_server_loses_no_input(editor, complaints):
    complaints.expect("ERR_FAILED")
    page = editor.browse("/collections")
    page.route("**/api/collections", lambda route: route.abort())
    page.get_by_role("button", name="New collection").first.click()
    dialog = page.get_by_role("dialog", name="New collection")
    dialog.get_by_label("Name").fill(f"Offline {editor.login}")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The server is not responding.")
    page.unroute_all()
    follow(page, dialog.get_by_role("button", name="Create"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Offline {editor.login}")


LISTS = {
    "/collections": "**/api/collections?*",
    "/spikes": "**/api/spike-schedules?*",
    "/spikes?view=timeline": "**/api/timeline?*",
    "/": "**/api/spike-schedules?*",
    "/integrations": "**/api/collections*",
    "/collections/{id}": "**/api/collections/*",
    "/spikes/new?collection={id}": "**/api/collections/*",
}


def test_loading_can_be_tried_again(site, editor, complaints):
    complaints.expect("503")
    collection = editor.api.collection(f"Again-{editor.login}", load=RANGE)
    editor.api.spike(collection, "Drill")
    page = editor.browse("/profile")
    for path, asked in LISTS.items():
        fail(page, asked)
        page.goto(site.url + path.format(id=collection["id"]))
        note = page.get_by_role("alert").filter(has_text="could not be loaded")
        expect(note.first, path).to_contain_text("The database is busy or unavailable.")
        page.unroute_all()
        note.first.get_by_role("button", name="Try again").click()
        expect(note.locator("visible=true"), path).to_have_count(0)
        expect(page.get_by_role("main"), path).to_contain_text(collection["name"])


def test_loading_keys_can_be_tried_again(editor, complaints):
    complaints.expect("503")
    editor.api.post("/api/api-keys", {"label": "Grafana"})
    page = editor.browse("/profile")
    fail(page, "**/api/api-keys?*")
    page.goto(f"{editor.site}/api-keys")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert").filter(has_text="could not be loaded")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(row(page, "Grafana")).to_be_visible()


def test_leaving_a_page_with_input_asks_first(site, editor, complaints):
    collection = editor.api.collection(f"Left {editor.login}", cores=FIXED)
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    page.get_by_label("cores: value").fill("70")
    complaints.expect("^dialog: ")  # which the browser of the tests answers with no
    with page.expect_event("dialog") as asked:
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Collections").click()
    assert asked.value.type == "beforeunload"
    expect(page.get_by_label("cores: value")).to_have_value("70")


def test_an_unknown_page_links_to_the_dashboard(site, editor, complaints):
    complaints.expect("404")
    page = editor.browse("/profile")
    for path in ["/nowhere", "/collections/999999999", "/spikes/999999999", "/api-keys/x"]:
        assert page.goto(site.url + path).status == 404
        expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
        expect(page.get_by_role("link", name="To the dashboard")).to_have_attribute("href", "/")
    follow(page, page.get_by_role("link", name="To the dashboard"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")


# Only a browser takes these for another host; tests/auth tries more.
@pytest.mark.parametrize("target", ["/\\evil.example", "/\t/evil.example"])
def test_signing_in_never_redirects_to_another_host(site, editor, open_page, target):
    page = open_page()
    page.goto(f"{site.url}/sign-in?next={quote(target, safe='')}")
    page.get_by_label("E-mail or user name").fill(editor.login)
    page.get_by_label("Password").fill(editor.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
