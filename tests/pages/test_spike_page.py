"""The page of a spike, at one address before, during and after its window."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import FIXED, RANGE, fits, follow, iso, row, toast

COUNTER = {"value_type": "INCREMENT", "start_number": 10, "step_number": 1}
LATER = {"start_datetime": "2031-05-20T12:00:00Z", "duration": 600}


@pytest.fixture
def collection(editor) -> dict:
    return editor.api.collection(f"Truck {editor.login}", load=RANGE, cores=FIXED, bytes=COUNTER)


@pytest.fixture
def overrides(collection) -> list[dict]:
    """Return overrides of a range and of a counter's step."""
    load, _, counter = (each["id"] for each in collection["fields"])
    return [
        {"original_field_id": load, "range_start_number": 90, "range_end_number": 100},
        {"original_field_id": counter, "step_number": 25},
    ]


def badge(page: Page) -> Locator:
    return page.get_by_role("main").locator("h1 + .badge")


def at_a_glance(page: Page) -> Locator:
    return page.get_by_role("region", name="At a glance")


def test_a_scheduled_spike_shows_what_is_planned(editor, collection, overrides, width):
    spike = editor.api.spike(collection, "Overheating", spike_fields=overrides, **LATER)
    page = editor.browse(f"/spikes/{spike['id']}", **width)
    expect(page).to_have_title(re.compile("Overheating"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Overheating")
    expect(badge(page)).to_have_text("Scheduled")
    expect(page.get_by_text("Tue 20 May 2031 14:00–14:10 (10 min)")).to_be_visible()
    expect(at_a_glance(page)).to_contain_text("Starts in")
    expect(row(page, "load")).to_contain_text("5–20")
    expect(row(page, "load")).to_contain_text("90–100")
    expect(row(page, "bytes")).to_contain_text("+25 a poll")
    expect(page.get_by_role("button", name="End now")).to_have_count(0)
    assert fits(page)
    follow(
        page, page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name=collection["name"])
    )
    expect(page.get_by_role("heading", level=1)).to_have_text(collection["name"])


def test_an_active_spike_is_extended_and_ended(editor, collection, overrides, width):
    spike = editor.api.spike(collection, "Overheating", spike_fields=overrides)
    page = editor.browse(f"/spikes/{spike['id']}", **width)
    expect(badge(page)).to_have_text("Active")
    expect(at_a_glance(page)).to_contain_text(re.compile(r"Ends in\s*(59:|1:00:00)"))
    page.get_by_role("button", name="Extend: Overheating").click()
    page.get_by_role("button", name="15 min").click()
    toast(page, "“Overheating” now ends at")
    expect(at_a_glance(page)).to_contain_text(re.compile(r"1:1[45]:"))
    end = datetime.fromisoformat(spike["end_datetime"]) + timedelta(minutes=15)
    assert (
        datetime.fromisoformat(editor.api.get(f"/api/spike-schedules/{spike['id']}")["end_datetime"]) == end
    )

    page.get_by_role("button", name="End now: Overheating").click()
    expect(badge(page)).to_have_text("Ended")
    expect(page.get_by_role("timer")).to_have_count(0)
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Duplicate")).to_be_visible()


def test_a_spike_starts_on_the_open_page(editor, collection):
    soon = datetime.now(UTC) + timedelta(seconds=4)
    spike = editor.api.spike(collection, "Soon", start_datetime=iso(soon), duration=600)
    page = editor.browse(f"/spikes/{spike['id']}")
    expect(badge(page)).to_have_text("Active")
    expect(page.get_by_role("button", name="End now: Soon")).to_be_visible()


def test_the_form_is_reached_by_edit_and_returns(site, editor, collection):
    spike = editor.api.spike(collection, "Overheating", **LATER)
    path = f"{site.url}/spikes/{spike['id']}"
    page = editor.browse(f"/spikes/{spike['id']}")
    follow(page, page.get_by_role("link", name="Edit", exact=True))
    assert page.url == f"{path}/edit"
    follow(page, page.get_by_role("button", name="Cancel"))
    assert page.url == path
    follow(page, page.get_by_role("link", name="Edit", exact=True))
    page.get_by_label("Name", exact=True).fill("Renamed")
    follow(page, page.get_by_role("button", name="Save"))
    toast(page, "“Renamed” saved.")
    assert page.url == path
    expect(page.get_by_role("heading", level=1)).to_have_text("Renamed")


def test_a_duplicate_from_the_page_leads_to_the_new_spikes_page(site, editor, collection, overrides):
    spike = editor.api.spike(collection, "Overheating", spike_fields=overrides, **LATER)
    page = editor.browse(f"/spikes/{spike['id']}")
    follow(page, page.get_by_role("link", name="Duplicate"))
    follow(page, page.get_by_role("button", name="Create spike"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Overheating copy")
    assert page.url != f"{site.url}/spikes/{spike['id']}"
    assert re.fullmatch(rf"{site.url}/spikes/\d+", page.url)


def test_a_deleted_spike_stays_on_the_page_and_can_be_brought_back(site, editor, collection, overrides):
    spike = editor.api.spike(
        collection, "Overheating", spike_fields=overrides, counters_after="resume", **LATER
    )
    page = editor.browse(f"/spikes/{spike['id']}")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete “Overheating”?")
    expect(question).to_contain_text("and 2 overrides.")
    question.get_by_role("button", name="Delete spike").click()
    toast(page, "“Overheating” deleted.")
    expect(row(page, "load")).to_contain_text("90–100")
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    follow(page, page.get_by_role("button", name="Undo"))
    expect(badge(page)).to_have_text("Scheduled")
    (made,) = editor.api.get("/api/spike-schedules")["items"]
    assert page.url == f"{site.url}/spikes/{made['id']}"
    assert made["counters_after"] == "resume"
    assert len(made["spike_fields"]) == 2


def test_the_link_is_copied(site, editor, collection):
    spike = editor.api.spike(collection, "Overheating", **LATER)
    page = editor.browse(f"/spikes/{spike['id']}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}/spikes/{spike['id']}"


def test_a_spike_that_cannot_be_loaded_can_be_tried_again(editor, collection, complaints):
    complaints.expect("failed|Failed")
    spike = editor.api.spike(collection, "Overheating", **LATER)
    page = editor.browse("/spikes")
    page.route("**/api/spike-schedules/*", lambda route: route.abort())
    page.goto(f"{editor.site}/spikes/{spike['id']}")
    note = page.get_by_role("alert").filter(has_text="The spike could not be loaded.")
    expect(note).to_be_visible()
    page.unroute("**/api/spike-schedules/*")
    note.get_by_role("button", name="Try again").click()
    expect(badge(page)).to_have_text("Scheduled")
    expect(note).to_be_hidden()
