"""Saving a spike returns to the previous page and highlights it; saving without effect asks first."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import RANGE, follow, row, toast

FAR = "2031-05-20T12:00"
A_HIGHLIGHT_IS_VISIBLE = """() => [...document.querySelectorAll(".is-highlighted")].some((each) => {
  const { top, bottom, height } = each.getBoundingClientRect();
  return height > 0 && top >= 0 && bottom <= innerHeight;
})"""


@pytest.fixture
def collection(editor):
    return editor.api.collection(f"Place {editor.login}", load=RANGE)


def create(page: Page, name: str = "Drill", start: str = "") -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("load: to").fill("200")
    if start:
        page.get_by_label("Start", exact=True).fill(start)
    follow(page, page.get_by_role("button", name="Create spike"))
    toast(page, f"“{name}” created.")


def find_highlighted(page: Page):
    return page.locator(".is-highlighted").filter(visible=True)


def test_saving_returns_to_the_list_and_highlights_the_row(site, editor, collection):
    for number in range(3):
        editor.api.spike(editor.api.collection(f"{number} {editor.login}", load=RANGE), f"Other {number}")
    page = editor.browse("/spikes?status=active")
    expect(page.get_by_role("row")).to_have_count(4)
    follow(page, page.get_by_role("link", name="New spike"))
    page.get_by_role("combobox", name="Collection").fill(collection["name"])
    page.get_by_role("option", name=collection["name"]).click()
    create(page, start=FAR)
    assert page.url == f"{site.url}/spikes?status=active"
    # It is scheduled, so this list lacks it: it stands first all the same.
    expect(find_highlighted(page)).to_have_count(1)
    expect(find_highlighted(page)).to_contain_text("Drill")
    expect(find_highlighted(page)).to_contain_text("Just saved")
    expect(find_highlighted(page)).to_be_in_viewport()
    page.get_by_role("group", name="Status").get_by_role("button", name="Past").click()
    expect(find_highlighted(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="No past spikes yet")).to_be_visible()


def test_a_highlighted_row_far_down_is_scrolled_into_view(editor, collection):
    for hour in range(30):
        start = f"2031-01-{hour + 1:02}T00:00:00Z"
        editor.api.spike(collection, f"Window {hour:02}", start_datetime=start)
    page = editor.browse("/spikes")
    follow(page, page.get_by_role("link", name="Edit Window 27"))
    page.get_by_label("Name", exact=True).fill("Renamed")
    follow(page, page.get_by_role("button", name="Save"))
    expect(find_highlighted(page)).to_contain_text("Renamed")
    expect(find_highlighted(page)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("start", ["", FAR, "2031-05-25T12:00"])
def test_saving_returns_to_the_collection_and_highlights_the_spike(site, editor, collection, start):
    editor.api.spike(collection, "Before", start_datetime="2031-05-22T12:00:00Z")
    path = f"{site.url}/collections/{collection['id']}"
    page = editor.browse(f"/collections/{collection['id']}")
    follow(page, page.get_by_role("link", name="Create Spike"))
    create(page, start=start)
    assert page.url == path
    expect(find_highlighted(page).first).to_be_in_viewport()
    expect(page.locator(".spikes-panel")).to_contain_text("Drill")


@pytest.mark.parametrize("start", ["", FAR])
@pytest.mark.parametrize("path", ["/", "/spikes?view=timeline"])
def test_saving_returns_to_the_timeline_and_highlights_the_bar(site, editor, collection, path, start):
    for number in range(26):
        editor.api.collection(f"A {number:02} {editor.login}", load=RANGE)
    page = editor.browse(path)
    follow(page, page.get_by_role("main").get_by_role("link", name="New spike", exact=True).first)
    page.get_by_role("combobox", name="Collection").fill(collection["name"])
    page.get_by_role("option", name=collection["name"]).click()
    create(page, start=start)
    assert page.url == site.url + path
    bar = page.locator(".timeline-hit.is-highlighted")
    expect(bar).to_have_count(1)
    expect(bar).to_have_accessible_name(f"Drill, {bar.get_attribute('aria-label').split(', ', 1)[1]}")
    page.wait_for_function(A_HIGHLIGHT_IS_VISIBLE)  # the dashboard also marks its row


def test_without_a_previous_page_saving_opens_the_spike(site, editor, collection):
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    create(page)
    (spike,) = editor.api.get("/api/spike-schedules")["items"]
    assert page.url == f"{site.url}/spikes/{spike['id']}"
    expect(page.get_by_role("heading", level=1)).to_have_text("Drill")


def test_the_toast_links_to_the_saved_spike(site, editor, collection):
    page = editor.browse("/spikes")
    follow(page, page.get_by_role("link", name="New spike").first)
    page.get_by_role("combobox", name="Collection").fill(collection["name"])
    page.get_by_role("option", name=collection["name"]).click()
    create(page)
    follow(page, page.locator(".toast").get_by_role("link", name="Open"))
    (spike,) = editor.api.get("/api/spike-schedules")["items"]
    assert page.url == f"{site.url}/spikes/{spike['id']}"


def test_cancelling_returns_to_the_previous_page(site, editor, collection):
    editor.api.spike(collection, "Drill")
    page = editor.browse("/spikes?status=active&search=Dri")
    expect(row(page, "Drill")).to_be_visible()
    follow(page, page.get_by_role("link", name="Edit Drill"))
    follow(page, page.get_by_role("button", name="Cancel"))
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("Dri")
    assert "status=active" in page.url


def test_creating_a_spike_that_changes_nothing_asks_first(editor, collection):
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    page.get_by_label("Name", exact=True).fill("Drill")
    page.get_by_role("button", name="Create spike").click()
    question = page.get_by_role("dialog", name="Nothing changes yet")
    expect(question).to_contain_text("During the window, polls return normal values")
    question.get_by_role("button", name="Go back").click()
    expect(page.get_by_label("load: from")).to_be_focused()
    assert editor.api.get("/api/spike-schedules")["total"] == 0
    page.keyboard.press("Control+Enter")
    follow(page, question.get_by_role("button", name="Create anyway"))
    toast(page, "“Drill” created.")
    assert editor.api.get("/api/spike-schedules")["total"] == 1


def test_an_override_equal_to_the_normal_value_changes_nothing(editor, collection):
    field = collection["fields"][0]
    same = {"original_field_id": field["id"], "range_end_number": field["range_end_number"]}
    spike = editor.api.spike(collection, "Same", spike_fields=[same])
    editor.api.post(f"/api/spike-schedules/{spike['id']}/end")
    page = editor.browse(f"/spikes/new?copy={spike['id']}")
    page.get_by_role("button", name="Create spike").click()
    expect(page.get_by_role("dialog", name="Nothing changes yet")).to_be_visible()


def test_removing_the_last_override_asks_first_and_renaming_does_not(editor, collection):
    field = collection["fields"][0]
    spike = editor.api.spike(
        collection, "Drill", spike_fields=[{"original_field_id": field["id"], "range_end_number": 200}]
    )
    page = editor.browse(f"/spikes/{spike['id']}/edit")
    page.get_by_role("button", name="Reset all").click()
    page.get_by_role("button", name="Save").click()
    question = page.get_by_role("dialog", name="Nothing changes yet")
    follow(page, question.get_by_role("button", name="Save anyway"))
    toast(page, "“Drill” saved.")
    follow(page, page.get_by_role("link", name="Edit", exact=True))
    page.get_by_label("Name", exact=True).fill("Renamed")
    follow(page, page.get_by_role("button", name="Save"))
    toast(page, "“Renamed” saved.")
