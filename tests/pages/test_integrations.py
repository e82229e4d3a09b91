"""Integrations: snippets with a new key, which stays in memory, and trying it with a real poll."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Person
from tests.support.accessible import violations
from tests.support.browser import PHONE, WIDE
from tests.support.browsing import RANGE, fits
from tests.support.wait import wait_until

STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"


def create_key(page: Page, label: str) -> str:
    """Create a key in the dialog, and return its text."""
    page.get_by_role("button", name="New key").first.click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Label").fill(label)
    dialog.get_by_role("button", name="Create key").click()
    return page.get_by_label("The new key").input_value()


def open_snippets(page: Page) -> Page:
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Snippets with this key").click()
    return opened.value


def snippet(page: Page, title: str):
    return page.get_by_role("group", name=title, exact=True)


def collection_of(person: Person) -> dict:
    return person.api.collection(f"Integrated {person.login}", load=RANGE)


def test_a_new_key_fills_the_snippets_until_their_page_is_left(editor):
    collection_of(editor)
    page = editor.browse("/api-keys")
    key = create_key(page, "Prometheus")
    integrations = open_snippets(page)
    expect(snippet(integrations, "Key file")).to_contain_text(key)
    expect(integrations.get_by_label("Paste the key")).to_have_value(key)
    expect(integrations.get_by_text("This is “Prometheus”.")).to_be_visible()
    page.close()
    integrations.reload()
    expect(snippet(integrations, "Key file")).to_contain_text("YOUR_API_KEY")
    expect(integrations.get_by_label("Paste the key")).to_have_value("")


def test_a_new_key_is_neither_stored_nor_in_an_address(editor):
    collection_of(editor)
    page = editor.browse("/api-keys")
    key = create_key(page, "Prometheus")
    integrations = open_snippets(page)
    expect(snippet(integrations, "Key file")).to_contain_text(key)
    for each in (page, integrations):
        assert key not in json.dumps(each.evaluate(STORED))


def test_a_new_key_is_not_handed_over_once_its_panel_is_closed(editor):
    collection = collection_of(editor)
    page = editor.browse("/api-keys")
    create_key(page, "Prometheus")
    page.get_by_role("button", name="I have stored it").click()
    with page.expect_popup() as opened:
        page.evaluate("path => { window.open(path); }", f"/integrations?collection={collection['id']}")
    expect(snippet(opened.value, "Key file")).to_contain_text("YOUR_API_KEY")


def test_a_new_key_is_tried_in_its_panel(editor):
    collection = collection_of(editor)
    page = editor.browse("/api-keys")
    create_key(page, "Prometheus")
    page.get_by_role("button", name="Poll now").click()
    expect(page.get_by_text("200 OK", exact=True)).to_be_visible()
    expect(page.get_by_text("ms")).to_be_visible()
    expect(page.get_by_role("group", name="Body of the answer")).to_contain_text(f'"{collection["name"]}"')
    wait_until(lambda: editor.api.get("/api/polls")["total"] == 1, "the poll was recorded")


def test_trying_a_key_that_was_revoked_says_so_in_words(editor, complaints):
    complaints.expect("401")
    collection = collection_of(editor)
    made = editor.api.post("/api/api-keys", {"label": "Old"})
    editor.api.post(f"/api/api-keys/{made['id']}/revoke")
    page = editor.browse(f"/integrations?collection={collection['id']}")
    poll = page.get_by_role("button", name="Poll now")
    expect(poll).to_be_disabled()
    page.get_by_label("Paste the key").fill(made["key"])
    poll.click()
    expect(page.get_by_text("401 UNAUTHORIZED", exact=True)).to_be_visible()
    expect(page.get_by_text("The poll failed. The API key has been revoked.")).to_be_visible()


def test_trying_a_key_says_if_nothing_answers(editor, complaints):
    complaints.expect("ERR_FAILED")
    collection = collection_of(editor)
    made = editor.api.post("/api/api-keys", {"label": "New"})
    page = editor.browse(f"/integrations?collection={collection['id']}")
    page.get_by_label("Paste the key").fill(made["key"])
    page.route("**/api/data/**", lambda route: route.abort())
    page.get_by_role("button", name="Poll now").click()
    expect(page.get_by_text("Spikecast did not answer.")).to_be_visible()


def test_the_snippets_name_series_as_the_server_does(editor):
    collection = editor.api.collection(f"Named {editor.login}", **{"engine °C": RANGE})
    page = editor.browse(f"/integrations?collection={collection['id']}")
    expect(snippet(page, "Alert rule for the field")).to_contain_text(
        f'spikecast_engine_celsius{{collection_id="{collection["id"]}"}} >'
    )
    page.get_by_role("tab", name="Grafana").click()
    expect(snippet(page, "Panel query")).to_contain_text("spikecast_engine_celsius{")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_where_a_key_was_tried(editor, viewport):
    collection = collection_of(editor)
    page = editor.browse("/api-keys", viewport=viewport, bypass_csp=True)
    create_key(page, "Prometheus")
    integrations = open_snippets(page)
    for each in (page, integrations):
        each.get_by_role("button", name="Poll now").click()
        expect(each.get_by_text("200 OK", exact=True)).to_be_visible()
        assert violations(each) == []
        assert fits(each)
    integrations.goto(f"{editor.site}/collections/{collection['id']}?format=prometheus")
    expect(integrations.get_by_text("# TYPE spikecast_load gauge")).to_be_visible()
    assert violations(integrations) == []
    assert fits(integrations)
