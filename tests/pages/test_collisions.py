"""The spike form names the spike that a window collides with, and offers free slots."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import RANGE, follow, iso, toast, typed

NOON = datetime(2031, 5, 20, 12, tzinfo=UTC)  # 14:00 in Berlin
HOUR = timedelta(hours=1)


@pytest.fixture
def collection(editor):
    return editor.api.collection(f"Bridge {editor.login}", load=RANGE)


def new_spike(editor, collection, start: datetime, name: str, length: str = "1 h") -> Page:
    """Open and fill in the form, and wait for its preview."""
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("load: to").fill("200")
    page.get_by_label("Start", exact=True).fill(typed(start))
    with page.expect_response("**/api/spike-schedules/preview"):
        page.get_by_role("group", name="Duration presets").get_by_role("button", name=length).click()
    expect(page.get_by_role("region", name="Window")).to_contain_text("UTC+2")
    return page


def windows(editor, collection) -> dict[str, tuple[str, str]]:
    found = editor.api.get(f"/api/spike-schedules?collection_id={collection['id']}")["items"]
    return {each["name"]: (each["start_datetime"], each["end_datetime"]) for each in found}


def test_a_collision_names_the_other_spike_and_one_click_moves_the_window(site, editor, collection, width):
    editor.api.spike(collection, "First", start_datetime=iso(NOON))
    page = editor.browse(f"/spikes/new?collection={collection['id']}", **width)
    page.get_by_label("Name", exact=True).fill("Second")
    page.get_by_label("load: to").fill("200")
    page.get_by_label("Start", exact=True).fill(typed(NOON + HOUR / 2))
    page.get_by_role("group", name="Duration presets").get_by_role("button", name="1 h").click()
    note = page.get_by_role("alert").filter(has_text="Collides with")
    expect(note).to_contain_text("Collides with “First”, 14:00–15:00.")
    expect(page.get_by_label("Start", exact=True)).to_have_attribute("aria-invalid", "true")
    note.get_by_role("button", name="Move to 15:00–16:00").click()
    expect(note).to_have_count(0)
    expect(page.get_by_label("Start", exact=True)).to_be_focused()
    expect(page.get_by_label("End", exact=True)).to_have_value("2031-05-20T16:00")
    follow(page, page.get_by_role("button", name="Create spike"))
    toast(page, "“Second” created.")
    assert windows(editor, collection)["Second"] == (iso(NOON + HOUR), iso(NOON + 2 * HOUR))


def test_an_overlapping_window_can_be_shortened(editor, collection):
    editor.api.spike(collection, "Later", start_datetime=iso(NOON))
    page = new_spike(editor, collection, NOON - HOUR / 2, "Short")
    page.get_by_role("button", name="Shorten to 13:30–14:00").click()
    follow(page, page.get_by_role("button", name="Create spike"))
    assert windows(editor, collection)["Short"] == (iso(NOON - HOUR / 2), iso(NOON))


def test_a_collision_prevents_saving(editor, collection):
    editor.api.spike(collection, "First", start_datetime=iso(NOON))
    page = new_spike(editor, collection, NOON, "Second")
    page.get_by_role("button", name="Create spike").click()
    expect(page.get_by_role("button", name="1 thing to fix: the window collides")).to_be_visible()
    expect(page.get_by_label("Start", exact=True)).to_be_focused()
    assert list(windows(editor, collection)) == ["First"]


def test_a_conflict_reported_by_the_server_is_shown_as_a_collision(editor, collection, complaints):
    page = new_spike(editor, collection, NOON, "Second")
    expect(page.get_by_role("alert").filter(has_text="Collides with")).to_have_count(0)
    editor.api.spike(collection, "Behind your back", start_datetime=iso(NOON))
    complaints.expect("409")
    page.get_by_role("button", name="Create spike").click()
    note = page.get_by_role("alert").filter(has_text="Collides with")
    expect(note).to_contain_text("Collides with “Behind your back”, 14:00–15:00.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Second")
    note.get_by_role("button", name="Move to 15:00–16:00").click()
    follow(page, page.get_by_role("button", name="Create spike"))
    assert windows(editor, collection)["Second"] == (iso(NOON + HOUR), iso(NOON + 2 * HOUR))


def test_a_collision_that_is_gone_does_not_prevent_saving(editor, collection):
    first = editor.api.spike(collection, "First", start_datetime=iso(NOON))
    page = new_spike(editor, collection, NOON, "Second")
    expect(page.get_by_role("alert").filter(has_text="Collides with")).to_be_visible()
    editor.api.call("DELETE", f"/api/spike-schedules/{first['id']}")
    follow(page, page.get_by_role("button", name="Create spike"))
    assert windows(editor, collection) == {"Second": (iso(NOON), iso(NOON + HOUR))}


def test_adjacent_windows_do_not_collide(editor, collection):
    editor.api.spike(collection, "First", start_datetime=iso(NOON))
    page = new_spike(editor, collection, NOON + HOUR, "Second")
    follow(page, page.get_by_role("button", name="Create spike"))
    assert windows(editor, collection)["Second"][0] == windows(editor, collection)["First"][1]
