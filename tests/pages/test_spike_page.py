"""The page of a spike, at one address before, during and after its window."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Locator, Page, Route, expect

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


def ended(editor, collection: dict, overrides: list[dict]) -> dict:
    """Create a spike of an hour that has ended just now."""
    begun = iso(datetime.now(UTC) - timedelta(hours=1))
    spike = editor.api.spike(
        collection, "Overheating", spike_fields=overrides, start_datetime=begun, duration=7200
    )
    return editor.api.post(f"/api/spike-schedules/{spike['id']}/end")


def poll(label: str, **more: object) -> dict:
    """Return the polls of a key, as the API tells them."""
    times = {"first_polled_at": "2031-05-20T12:00:01Z", "last_polled_at": "2031-05-20T12:00:09Z"}
    counted = {"polls": 4, "first_after": 0.5, "times": [0.5, 3, 6, 9], "minutes": []}
    served = {"served": {"load": {"min": 91, "max": 99, "last": 95}}, "after": None}
    return {"api_key_id": 1, "label": label, **times, **counted, **served, **more}


def browse_with_polls(editor, spike: dict, polls: list[dict], **options: object) -> Page:
    """Open the page of a spike that was polled like this."""

    def add_polls(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "polls": polls})

    page = editor.browse("/profile", **options)
    page.route("**/api/rehearsals/*", add_polls)
    page.goto(f"{editor.site}/spikes/{spike['id']}")
    return page


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


def test_a_deleted_spike_is_cancelled_and_can_be_brought_back(editor, collection, overrides):
    spike = editor.api.spike(
        collection, "Overheating", spike_fields=overrides, counters_after="resume", **LATER
    )
    page = editor.browse(f"/spikes/{spike['id']}")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("button", name="Delete").click()
    toast(page, "“Overheating” deleted.")
    expect(badge(page)).to_have_text("Cancelled")
    expect(at_a_glance(page)).to_contain_text("before its start")
    expect(row(page, "load")).to_contain_text("90–100")
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(badge(page)).to_have_text("Scheduled")
    (back,) = editor.api.get("/api/spike-schedules")["items"]
    assert back["id"] == spike["id"]
    assert back["counters_after"] == "resume"
    assert len(back["spike_fields"]) == 2


def test_the_page_stays_after_a_poll_has_removed_the_schedule(site, editor, collection, overrides):
    spike = ended(editor, collection, overrides)
    key = editor.api.post("/api/api-keys", {"label": "Prometheus"})["key"]
    poll = f"{site.url}/api/collections/{collection['id']}/data/performance"
    assert requests.get(poll, headers={"X-API-Key": key}, timeout=20).ok
    assert editor.api.ask("GET", f"/api/spike-schedules/{spike['id']}").status_code == 404

    page = editor.browse(f"/spikes/{spike['id']}")
    expect(badge(page)).to_have_text("Ended")
    expect(row(page, "load")).to_contain_text("90–100")
    expect(page.get_by_text(f"by {editor.login}")).to_be_visible()
    follow(page, page.get_by_role("link", name="Duplicate"))
    expect(page.get_by_label("Name", exact=True)).to_have_value("Overheating copy")
    expect(page.get_by_label("load: from")).to_have_value("90")
    follow(page, page.get_by_role("button", name="Cancel"))
    assert page.url == f"{site.url}/spikes/{spike['id']}"


def test_a_duplicate_of_a_removed_spike_finds_its_fields_by_their_names(site, editor, collection, overrides):
    spike = ended(editor, collection, overrides)
    editor.api.call("DELETE", f"/api/spike-schedules/{spike['id']}")
    load = collection["fields"][0]["id"]
    editor.api.call("DELETE", f"/api/fields/{load}")
    again = {"collection_type": "Performance", "field_name": "load", **RANGE}
    editor.api.post(f"/api/collections/{collection['id']}/fields", again)
    page = editor.browse(f"/spikes/new?copy={spike['id']}")
    expect(page.get_by_label("load: from")).to_have_value("90")


def test_nobody_polled_in_the_window(editor, collection, overrides, width):
    spike = ended(editor, collection, overrides)
    page = editor.browse(f"/spikes/{spike['id']}", **width)
    expect(at_a_glance(page)).to_contain_text("Nobody polled in the window")
    looked = page.get_by_role("region", name="Who looked")
    expect(looked).to_contain_text("Nobody polled in the window.")
    expect(looked.get_by_role("link", name="How to poll")).to_be_visible()


def test_the_page_tells_who_looked_and_what_they_were_served(editor, collection, overrides, width):
    spike = ended(editor, collection, overrides)
    page = browse_with_polls(
        editor, spike, [poll("Prometheus"), poll("Zabbix", polls=2, after={"load": 12})], **width
    )
    expect(at_a_glance(page)).to_contain_text(re.compile(r"Seen by\s*2 keys\s*6 polls in the window"))
    expect(at_a_glance(page)).to_contain_text(re.compile(r"First poll\s*0.5 s"))
    load = page.get_by_role("region", name="Served").get_by_role("row", name="load")
    expect(load).to_contain_text("5–20")
    expect(load).to_contain_text("91–99")
    expect(load).to_contain_text("12")
    zabbix = page.get_by_role("region", name="Who looked").get_by_role("row", name="Zabbix")
    expect(zabbix).to_contain_text("0.5 s")
    happened = page.get_by_role("region", name="What happened")
    expect(happened.get_by_role("listitem")).to_have_count(3)
    expect(happened.get_by_role("listitem").nth(1)).to_contain_text("4 polls, first 0.5 s after the start")
    assert fits(page)


def test_many_keys_are_shown_on_request(editor, collection, overrides):
    spike = ended(editor, collection, overrides)
    page = browse_with_polls(editor, spike, [poll(f"Tool {number}") for number in range(40)])
    rows = page.get_by_role("region", name="Who looked").locator("tbody tr")
    lanes = page.get_by_role("region", name="What happened").get_by_role("listitem")
    expect(rows).to_have_count(8)
    expect(lanes).to_have_count(9)
    page.get_by_role("button", name="Show all 40 keys").first.click()
    expect(rows).to_have_count(40)
    expect(lanes).to_have_count(41)


def test_the_record_of_an_ended_spike_is_deleted_for_good(site, editor, collection, overrides, complaints):
    spike = ended(editor, collection, overrides)
    page = editor.browse(f"/spikes/{spike['id']}")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("button", name="Delete record").click()
    question = page.get_by_role("dialog", name="Delete “Overheating”?")
    expect(question).to_contain_text("It cannot be undone.")
    follow(page, question.get_by_role("button", name="Delete record"))
    toast(page, "The record of “Overheating” was deleted.")
    assert page.url == f"{site.url}/spikes?status=past"
    complaints.expect("404")
    assert page.goto(f"{site.url}/spikes/{spike['id']}").status == 404


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
    page.route("**/api/rehearsals/*", lambda route: route.abort())
    page.goto(f"{editor.site}/spikes/{spike['id']}")
    note = page.get_by_role("alert").filter(has_text="The spike could not be loaded.")
    expect(note).to_be_visible()
    page.unroute("**/api/rehearsals/*")
    note.get_by_role("button", name="Try again").click()
    expect(badge(page)).to_have_text("Scheduled")
    expect(note).to_be_hidden()


def test_polls_appear_while_the_spike_is_active_and_stay_after_its_end(site, editor, collection, overrides):
    spike = editor.api.spike(collection, "Overheating", spike_fields=overrides)
    key = editor.api.post("/api/api-keys", {"label": "Prometheus"})["key"]
    page = editor.browse(f"/spikes/{spike['id']}")
    expect(page.get_by_role("region", name="Who looked")).to_contain_text("Nobody has polled yet.")
    poll_data = f"{site.url}/api/collections/{collection['id']}/data/performance"
    assert requests.get(poll_data, headers={"X-API-Key": key}, timeout=20).ok
    expect(row(page, "Prometheus")).to_contain_text("1")
    expect(page.get_by_role("region", name="Served").get_by_role("row", name="load")).to_contain_text(
        re.compile(r"\b9\d\b|\b100\b")
    )
    page.get_by_role("button", name="End now: Overheating").click()
    expect(at_a_glance(page)).to_contain_text(re.compile(r"Seen by\s*1 key\s*1 poll in the window"))
    assert requests.get(poll_data, headers={"X-API-Key": key}, timeout=20).ok
    expect(page.get_by_role("region", name="What happened")).to_contain_text("First poll after")
    expect(at_a_glance(page)).to_contain_text("Afterwards")


def test_a_spike_is_run_again(site, editor, collection, overrides):
    spike = ended(editor, collection, overrides)
    page = editor.browse(f"/spikes/{spike['id']}")
    follow(page, page.get_by_role("button", name="Run again"))
    toast(page, "“Overheating” runs again. It ends at")
    expect(badge(page)).to_have_text("Active")
    expect(row(page, "load")).to_contain_text("90–100")
    (made,) = editor.api.get("/api/spike-schedules?status=active")["items"]
    assert page.url == f"{site.url}/spikes/{made['id']}"
    assert made["id"] != spike["id"]


def test_what_is_in_the_way_of_running_again_is_named_with_a_remedy(
    editor, collection, overrides, complaints
):
    complaints.expect("409")
    spike = ended(editor, collection, overrides)
    editor.api.spike(collection, "In the way", duration=7200)
    page = editor.browse(f"/spikes/{spike['id']}")
    page.get_by_role("button", name="Run again").click()
    note = page.get_by_role("alert").filter(has_text="“Overheating” cannot run now.")
    expect(note).to_contain_text("“In the way” is in the way:")
    follow(page, note.get_by_role("button", name="Run it at"))
    toast(page, "“Overheating” runs again. It starts at")
    expect(badge(page)).to_have_text("Scheduled")


def test_a_spike_whose_fields_are_gone_cannot_be_run_again(editor, collection, overrides, complaints):
    complaints.expect("422")
    spike = ended(editor, collection, overrides)
    editor.api.call("DELETE", f"/api/spike-schedules/{spike['id']}")
    editor.api.call("DELETE", f"/api/fields/{collection['fields'][0]['id']}")
    page = editor.browse(f"/spikes/{spike['id']}")
    page.get_by_role("button", name="Run again").click()
    refusal = page.get_by_role("alert").filter(has_text="“Overheating” could not be run again.")
    expect(refusal).to_contain_text("load")
