"""Past spikes in the list of spikes: their records, also when no schedule is left."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import FIXED, RANGE, fits, follow, iso, row, toast


@pytest.fixture
def collection(editor) -> dict:
    return editor.api.collection(f"Truck {editor.login}", load=RANGE, cores=FIXED)


@pytest.fixture
def past(editor, collection):
    """Create two spikes that have ended and one that was cancelled, whose schedules are gone."""
    made = []
    begun = {"start_datetime": iso(datetime.now(UTC) - timedelta(hours=1)), "duration": 7200}
    for name, window in {"Drill": begun, "Flood": {}}.items():
        override = {"original_field_id": collection["fields"][0]["id"], "range_end_number": 100}
        spike = editor.api.spike(collection, name, spike_fields=[override], **window)
        editor.api.post(f"/api/spike-schedules/{spike['id']}/end")
        made.append(spike)
    cancelled = editor.api.spike(collection, "Mistake")
    editor.api.call("DELETE", f"/api/spike-schedules/{cancelled['id']}")
    key = editor.api.post("/api/api-keys", {"label": "Prometheus"})["key"]
    poll = f"{editor.site}/api/collections/{collection['id']}/data/performance"
    assert requests.get(poll, headers={"X-API-Key": key}, timeout=20).ok
    assert editor.api.get("/api/spike-schedules")["total"] == 0
    return [*made, cancelled]


def names(page: Page) -> Locator:
    return page.get_by_role("region", name="Spikes").locator("td.key .title")


def test_where_there_were_spikes_the_empty_list_says_so(editor, past):
    page = editor.browse("/spikes")
    expect(page.get_by_role("heading", name="Nothing is active or scheduled")).to_be_visible()
    expect(page.get_by_text("No spikes yet")).to_be_hidden()
    page.get_by_role("button", name="Show 3 past spikes").click()
    expect(names(page)).to_have_text(["Mistake", "Flood", "Drill"])


def test_without_any_spike_the_list_offers_the_first_one(editor, collection):
    page = editor.browse("/spikes")
    expect(page.get_by_role("heading", name="No spikes yet")).to_be_visible()
    page.get_by_role("group", name="Status").get_by_role("button", name="Past").click()
    expect(page.get_by_role("heading", name="No past spikes yet")).to_be_visible()


def test_past_spikes_show_their_result_and_who_looked(editor, past, width):
    page = editor.browse("/spikes?status=past", **width)
    expect(row(page, "Mistake").locator(".badge")).to_have_text("Cancelled")
    drill = row(page, "Drill")
    expect(drill.locator(".badge")).to_have_text("Ended")
    expect(drill).to_contain_text("random 5 to 100")
    expect(drill).to_contain_text("Nobody")
    assert fits(page)
    follow(page, drill.get_by_role("link", name="Drill", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Drill")


def test_past_spikes_are_searched_and_sorted_and_the_url_keeps_it(editor, past):
    page = editor.browse("/spikes?status=past")
    expect(names(page)).to_have_count(3)
    page.get_by_role("button", name="Name").click()
    expect(names(page)).to_have_text(["Drill", "Flood", "Mistake"])
    page.get_by_role("searchbox", name="Search").fill("l")
    expect(names(page)).to_have_text(["Drill", "Flood"])
    page.reload()
    expect(names(page)).to_have_text(["Drill", "Flood"])
    page.get_by_role("searchbox", name="Search").fill("nothing like it")
    expect(page.get_by_text("No past spike matches these filters.")).to_be_visible()


def test_a_search_without_a_current_spike_leads_to_past_ones(editor, past):
    page = editor.browse("/spikes?search=Flo")
    page.get_by_role("button", name="Show 1 past spike").click()
    expect(names(page)).to_have_text(["Flood"])


def test_records_are_deleted_one_by_one_and_together(editor, past):
    page = editor.browse("/spikes?status=past")
    page.get_by_role("button", name="Delete Flood").click()
    page.get_by_role("dialog", name="Delete “Flood”?").get_by_role("button", name="Delete record").click()
    toast(page, "The record of “Flood” was deleted.")
    expect(names(page)).to_have_text(["Mistake", "Drill"])
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog", name="Delete 2 records?").get_by_role("button", name="Delete records").click()
    toast(page, "2 records were deleted.")
    expect(page.get_by_role("heading", name="No past spikes yet")).to_be_visible()
    assert editor.api.get("/api/rehearsals")["total"] == 0


def test_the_lists_do_not_mix_when_the_status_changes(editor, collection, past):
    editor.api.spike(collection, "Now")
    page = editor.browse("/spikes?status=past")
    expect(names(page)).to_have_count(3)
    page.get_by_role("group", name="Status").get_by_role("button", name="Current").click()
    expect(names(page)).to_have_text(["Now"])
    expect(page.get_by_role("columnheader", name="Who looked")).to_have_count(0)


def test_a_past_spike_is_run_again_from_the_list(editor, collection, past, complaints):
    complaints.expect("409")
    page = editor.browse("/spikes?status=past")
    follow(page, page.get_by_role("button", name="Run again: Drill"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Drill")
    expect(page.locator("h1 + .badge")).to_have_text("Active")
    page.goto(f"{editor.site}/spikes?status=past")
    page.get_by_role("button", name="Run again: Flood").click()
    note = page.get_by_role("alert").filter(has_text="“Flood” cannot run now.")
    expect(note).to_contain_text("“Drill” is in the way")
    expect(note.get_by_role("button", name="Run it at")).to_be_visible()


def test_the_collections_page_names_the_last_spike_and_links_to_past_ones(editor, collection, past, width):
    page = editor.browse(f"/collections/{collection['id']}", **width)
    panel = page.locator(".spikes-panel")
    expect(panel).to_contain_text("No spike is active or scheduled.")
    expect(panel).to_contain_text("Last: Flood, ended")
    follow(page, panel.get_by_role("link", name="3 past spikes"))
    expect(names(page)).to_have_text(["Mistake", "Flood", "Drill"])
    expect(page.get_by_role("combobox", name="Collection")).to_have_value(str(collection["id"]))


def test_a_window_that_has_passed_stays_on_the_strip_of_its_collection(editor, collection, past):
    page = editor.browse(f"/collections/{collection['id']}")
    follow(page, page.get_by_role("group", name="Windows around now").get_by_role("link", name="Drill"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Drill")
