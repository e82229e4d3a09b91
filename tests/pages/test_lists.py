"""Lists keep their state in the URL and ignore stale responses."""

import re

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.support.browsing import A_MOMENT, FIXED, row
from tests.support.wait import wait_until


@pytest.fixture
def admin(person):
    return person("Admin")


def poll(site: str, key: str, collection: dict) -> None:
    path = f"/api/collections/{collection['id']}/data/performance"
    requests.get(site + path, headers={"X-API-Key": key}, timeout=10).raise_for_status()


def rows(page: Page) -> list[str]:
    return page.locator("td.key .title").all_inner_texts()


def test_back_restores_the_filters_of_collections(admin, editor):
    mine = admin.api.collection(f"Mine {admin.login}", load=FIXED)
    editor.api.collection(f"Theirs {admin.login}", load=FIXED)
    page = admin.browse("/collections")
    page.get_by_role("button", name="Mine", exact=True).click()
    page.get_by_role("searchbox").fill(admin.login)
    page.get_by_role("button", name="Name").click()
    expect(page).to_have_url(re.compile(r"owner=me&.*sort=-name"))
    expect(row(page, mine["name"])).to_be_visible()
    expect(row(page, f"Theirs {admin.login}")).to_be_hidden()
    page.get_by_role("link", name=mine["name"]).click()
    page.wait_for_url("**/collections/*")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value(admin.login)
    expect(page.get_by_role("button", name="Mine", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(row(page, mine["name"])).to_be_visible()
    page.get_by_role("checkbox", name="Select all").check()
    expect(page.locator(".bulk-bar")).to_contain_text("1 selected")
    assert rows(page) == [mine["name"]]


def test_role_search_and_order_of_users_are_in_the_url(admin, editor, viewer):
    page = admin.browse(f"/users?role=Viewer&search={viewer.login}&sort=-email")
    expect(row(page, viewer.login)).to_be_visible()
    expect(page.get_by_role("button", name="Viewer", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("columnheader", name="E-mail")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("searchbox").fill(editor.login)
    expect(page.get_by_text("No users found")).to_be_visible()
    expect(page).to_have_url(re.compile(f"search={editor.login}"))


def test_the_page_of_a_list_is_in_the_url(admin):
    for number in range(51):
        admin.api.collection(f"Page {admin.login} {number:02}")
    page = admin.browse(f"/collections?search=Page+{admin.login}")
    page.get_by_role("button", name="Next").click()
    expect(row(page, f"Page {admin.login} 50")).to_be_visible()
    expect(page).to_have_url(re.compile(r"page=2"))
    page.reload()
    expect(row(page, f"Page {admin.login} 50")).to_be_visible()


def test_an_invalid_url_shows_the_default_list(admin):
    page = admin.browse("/api-keys?sort=secret&page=-3&owner=perhaps")
    expect(page.get_by_role("heading", name="Your keys")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/api-keys$"))


def test_a_stale_response_is_ignored(admin):
    for name in ("first", "second"):
        admin.api.collection(f"{name} {admin.login}")
    page = admin.browse("/collections")
    held: list[Route] = []
    page.route(re.compile(r"search=first"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"search=first")):
        page.get_by_role("searchbox").fill(f"first {admin.login}")
    with page.expect_response(re.compile(r"search=second")):
        page.get_by_role("searchbox").fill(f"second {admin.login}")
    expect(row(page, f"first {admin.login}")).to_have_count(0)
    with page.expect_response(re.compile(r"search=first")):
        for route in held:
            route.continue_()
    page.evaluate(A_MOMENT)
    assert rows(page) == [f"second {admin.login}"]


def test_enter_chooses_by_the_last_typed_text(editor):
    for name in ("Alpha", "Beta"):
        editor.api.collection(f"{name} {editor.login}", load=FIXED)
    page = editor.browse("/spikes/new")
    box = page.get_by_role("combobox", name="Collection")
    box.fill(f"Alpha {editor.login}")
    expect(page.get_by_role("option", name=f"Alpha {editor.login}")).to_be_visible()
    box.fill(f"Beta {editor.login}")
    box.press("Enter")
    expect(box).to_have_value(f"Beta {editor.login}")


def test_signing_out_without_the_server_says_so(editor, complaints):
    complaints.expect("ERR_FAILED")
    page = editor.browse("/")
    page.route("**/api/auth/logout", lambda route: route.abort())
    page.get_by_role("button", name=re.compile(editor.login)).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".toast")).to_contain_text("You are still signed in.")


def test_the_timeline_moves_by_years(editor):
    editor.api.collection(f"Truck {editor.login}", load=FIXED)
    page = editor.browse("/spikes?view=timeline")
    later = page.get_by_role("button", name="Later", exact=True)
    for _ in range(60):
        later.click()
    expect(page.get_by_role("link", name=f"Truck {editor.login}", exact=True)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_recent_polls_show_what_each_poll_returned(editor):
    collection = editor.api.collection(f"Truck {editor.login}", load=FIXED)
    key = editor.api.post("/api/api-keys", {"label": f"tool {editor.login}"})["key"]
    poll(editor.site, key, collection)
    editor.api.spike(collection, "Rush")
    page = editor.browse("/")
    polls = page.get_by_role("region", name="Recent polls")
    expect(polls.get_by_role("row").filter(has_text=collection["name"])).to_be_visible()
    expect(polls.get_by_text("spike", exact=True)).to_be_hidden()
    poll(editor.site, key, collection)
    wait_until(lambda: editor.api.get("/api/polls")["items"][0]["spike_schedule_id"], "the poll is noted")
    page.reload()
    expect(polls.get_by_text("spike", exact=True)).to_be_visible()
