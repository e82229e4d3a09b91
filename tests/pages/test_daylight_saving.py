"""Either occurrence of a repeated hour can be chosen, and a skipped hour is reported and moved."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import RANGE, follow, row, visit

# zone: what comes twice, its two instants, and how a window from the first to the second is told.
TWICE = {
    "Europe/Berlin": ("2027-10-31T02:30", "00:30", "01:30", "02:30 +02:00 – 02:30 +01:00"),
    "America/New_York": ("2027-11-07T01:15", "05:15", "06:15", "01:15 -04:00 – 01:15 -05:00"),
    "Australia/Lord_Howe": ("2027-04-04T01:45", "14:45", "15:15", "01:45 +11:00 – 01:45 +10:30"),
    "Africa/Cairo": ("2027-10-28T23:30", "20:30", "21:30", "23:30 +03:00 – 23:30 +02:00"),
    "America/Santiago": ("2027-04-03T23:30", "02:30", "03:30", "23:30 -03:00 – 23:30 -04:00"),
    "Atlantic/Azores": ("2027-10-31T00:30", "00:30", "01:30", "00:30 +00:00 – 00:30 -01:00"),
}
# zone: what is skipped, what it becomes, the instant in UTC, the times between which there is nothing.
SKIPPED = {
    "Europe/Berlin": ("2027-03-28T02:30", "2027-03-28T03:30", "2027-03-28 01:30", "from 02:00 to 03:00"),
    "America/New_York": ("2027-03-14T02:05", "2027-03-14T03:05", "2027-03-14 07:05", "from 02:00 to 03:00"),
    "Australia/Lord_Howe": (
        "2027-10-03T02:15",
        "2027-10-03T02:45",
        "2027-10-02 15:45",
        "from 02:00 to 02:30",
    ),
    "Africa/Cairo": ("2027-04-30T00:00", "2027-04-30T01:00", "2027-04-29 22:00", "from 00:00 to 01:00"),
    "America/Santiago": ("2027-09-05T00:20", "2027-09-05T01:20", "2027-09-05 04:20", "from 00:00 to 01:00"),
    "Asia/Beirut": ("2027-03-28T00:30", "2027-03-28T01:30", "2027-03-27 22:30", "from 00:00 to 01:00"),
}


@pytest.fixture
def collection(editor):
    return editor.api.collection(f"Clocks {editor.login}", load=RANGE)


def form(editor, collection, zone: str) -> Page:
    page = editor.browse(f"/spikes/new?collection={collection['id']}", timezone_id=zone)
    page.get_by_label("Name", exact=True).fill("Night shift")
    page.get_by_label("load: to").fill("200")
    return page


def saved(editor, collection) -> dict:
    (spike,) = editor.api.get(f"/api/spike-schedules?collection_id={collection['id']}")["items"]
    return spike


@pytest.mark.parametrize("zone", TWICE)
def test_either_occurrence_of_a_repeated_hour_can_be_chosen(site, editor, collection, zone):
    typed, first, second, words = TWICE[zone]
    face = typed[11:]
    page = form(editor, collection, zone)
    for part in ("start", "end"):
        page.get_by_label(part.capitalize(), exact=True).fill(typed)
        choice = page.get_by_role("group", name=f"Which {part}")
        expect(choice.get_by_role("button", name=f"First {face}")).to_be_visible()
        expect(choice.get_by_role("button", name=f"Second {face}")).to_be_visible()
    start = page.get_by_role("group", name="Which start")
    expect(start.get_by_role("button", name="First")).to_have_attribute("aria-pressed", "true")
    # The end is after the start: the second.
    end = page.get_by_role("group", name="Which end")
    expect(end.get_by_role("button", name="Second")).to_have_attribute("aria-pressed", "true")
    follow(page, page.get_by_role("button", name="Create spike"))
    spike = saved(editor, collection)
    assert (spike["start_datetime"][11:16], spike["end_datetime"][11:16]) == (first, second)
    page.goto(f"{site.url}/spikes")
    expect(row(page, "Night shift").locator("td.window")).to_contain_text(words)

    page.goto(f"{site.url}/spikes/{spike['id']}/edit")
    page.get_by_role("button", name="First").last.click()
    expect(page.get_by_text("Must be after the start.")).to_be_visible()
    page.get_by_role("button", name="Second").first.click()
    page.get_by_label("End", exact=True).fill("2027-12-01T00:00")
    follow(page, page.get_by_role("button", name="Save"))
    assert saved(editor, collection)["start_datetime"][11:16] == second


@pytest.mark.parametrize("zone", SKIPPED)
def test_a_skipped_time_is_reported_and_moved(editor, collection, zone):
    typed, becomes, utc, gap = SKIPPED[zone]
    page = form(editor, collection, zone)
    start = page.get_by_label("Start", exact=True)
    start.fill(typed)
    window = page.get_by_role("region", name="Window")
    expect(window).to_contain_text(f"{typed[11:]} does not exist that day: clocks go {gap}.")
    expect(window).to_contain_text(f"{becomes[11:]} is used instead.")
    expect(window).to_contain_text(f"{utc} UTC")
    expect(start).to_have_value(typed)  # nothing changes under somebody's fingers
    start.blur()
    expect(start).to_have_value(becomes)
    expect(window).to_contain_text(f"{becomes[11:]} is used instead.")
    follow(page, page.get_by_role("button", name="Create spike"))
    assert saved(editor, collection)["start_datetime"] == f"{utc.replace(' ', 'T')}:00Z"


@pytest.mark.parametrize(("typed", "instant"), [("02:45", "01:45"), ("02:15", "01:15"), ("03:05", "02:05")])
def test_a_small_change_stays_in_the_second_occurrence(site, editor, collection, typed, instant):
    spike = editor.api.spike(collection, "Twice", start_datetime="2027-10-31T00:30:00Z", duration=3600)
    page = editor.browse(f"/spikes/{spike['id']}/edit", timezone_id="Europe/Berlin")
    expect(page.get_by_label("End", exact=True)).to_have_value("2027-10-31T02:30")
    page.get_by_label("End", exact=True).fill(f"2027-10-31T{typed}")
    follow(page, page.get_by_role("button", name="Save"))
    assert saved(editor, collection)["end_datetime"] == f"2027-10-31T{instant}:00Z"


def test_typing_stays_in_the_second_occurrence(editor, collection):
    spike = editor.api.spike(collection, "Twice", start_datetime="2027-10-31T00:30:00Z", duration=3600)
    page = editor.browse(f"/spikes/{spike['id']}/edit", timezone_id="Europe/Berlin")
    visit(page, page.url)  # what comes late must not take the focus away
    end = page.get_by_label("End", exact=True)
    expect(end).to_have_value("2027-10-31T02:30")
    end.focus()
    for _ in range(4):
        page.keyboard.press("Tab")
    for _ in range(15):
        page.keyboard.press("ArrowUp")
    expect(end).to_have_value("2027-10-31T02:45")
    expect(page.get_by_text("2027-10-31 01:45 UTC")).to_be_visible()
