"""Times are shown and typed in the viewer's time zone, and shown in UTC too."""

import pytest
from playwright.sync_api import expect

from tests.support.browsing import RANGE, follow, row

START, END = "2031-06-10T10:00:00Z", "2031-06-10T11:30:00Z"
ZONES = {
    "Europe/Berlin": ("Tue 10 Jun 2031 12:00–13:30", "2031-06-10T12:00", "UTC+2"),
    "America/New_York": ("Tue 10 Jun 2031 06:00–07:30", "2031-06-10T06:00", "UTC-4"),
    "Australia/Adelaide": ("Tue 10 Jun 2031 19:30–21:00", "2031-06-10T19:30", "UTC+9:30"),
    "Pacific/Auckland": ("Tue 10 Jun 2031 22:00–23:30", "2031-06-10T22:00", "UTC+12"),
}


@pytest.fixture
def collection(editor):
    return editor.api.collection(f"Zoned {editor.login}", load=RANGE)


@pytest.mark.parametrize("zone", ZONES)
def test_a_window_is_shown_in_the_viewers_time_zone_and_in_utc(site, editor, collection, zone):
    words, typed, offset = ZONES[zone]
    spike = editor.api.spike(collection, "Drill", start_datetime=START, duration=5400)
    page = editor.browse("/spikes", timezone_id=zone)
    window = row(page, "Drill").locator("td.window")
    expect(window).to_contain_text(words)
    expect(window).to_have_attribute("title", "2031-06-10 10:00:00 UTC to 2031-06-10 11:30:00 UTC")
    expect(page.get_by_role("banner")).to_contain_text(zone)

    page.goto(f"{site.url}/spikes/{spike['id']}/edit")
    expect(page.get_by_role("region", name="Window")).to_contain_text(f"{zone} ({offset})")
    expect(page.get_by_label("Start", exact=True)).to_have_value(typed)
    expect(page.get_by_text("2031-06-10 10:00 UTC")).to_be_visible()
    expect(page.get_by_text("2031-06-10 11:30 UTC")).to_be_visible()


# On 28 March 2027 at 02:00 clocks in Berlin go to 03:00, on 31 October 2027 at 03:00 back to 02:00.
CHANGES = {
    "spring": ("2027-03-28T01:30", "2027-03-28T00:30", "2027-03-28T03:30", "2027-03-28T01:30", "1 h"),
    "autumn": ("2027-10-31T01:30", "2027-10-30T23:30", "2027-10-31T03:30", "2027-10-31T02:30", "3 h"),
    "a day": ("2027-03-27T12:00", "2027-03-27T11:00", "2027-03-28T12:00", "2027-03-28T10:00", "23 h"),
}
OFFSETS = {3: "UTC+1, UTC+2 at the end", 10: "UTC+2, UTC+1 at the end"}


@pytest.mark.parametrize("change", CHANGES)
def test_a_window_across_a_clock_change_is_stored_as_typed(site, editor, collection, change):
    start, start_utc, end, end_utc, length = CHANGES[change]
    page = editor.browse(f"/spikes/new?collection={collection['id']}", timezone_id="Europe/Berlin")
    page.get_by_label("Name", exact=True).fill("Night shift")
    page.get_by_label("load: to").fill("200")
    page.get_by_label("Start", exact=True).fill(start)
    page.get_by_label("End", exact=True).fill(end)
    window = page.get_by_role("region", name="Window")
    expect(window.get_by_role("strong")).to_have_text(length)
    expect(window).to_contain_text(f"Europe/Berlin ({OFFSETS[int(end[5:7])]})")
    for utc in (start_utc, end_utc):
        expect(window).to_contain_text(f"{utc.replace('T', ' ')} UTC")
    follow(page, page.get_by_role("button", name="Create spike"))
    (spike,) = editor.api.get(f"/api/spike-schedules?collection_id={collection['id']}")["items"]
    assert (spike["start_datetime"], spike["end_datetime"]) == (f"{start_utc}:00Z", f"{end_utc}:00Z")
    page.goto(f"{site.url}/spikes")
    expect(row(page, "Night shift").locator("td.window")).to_contain_text(start[11:])
    expect(row(page, "Night shift").locator("td.window")).to_contain_text(end[11:])


def test_a_duration_is_exact_across_a_clock_change(editor, collection):
    page = editor.browse(f"/spikes/new?collection={collection['id']}", timezone_id="Europe/Berlin")
    page.get_by_label("Name", exact=True).fill("Night shift")
    page.get_by_label("load: to").fill("200")
    page.get_by_label("Start", exact=True).fill("2027-10-31T00:00")
    page.get_by_role("group", name="Duration presets").get_by_role("button", name="4 h").click()
    expect(page.get_by_label("End", exact=True)).to_have_value("2027-10-31T03:00")
    follow(page, page.get_by_role("button", name="Create spike"))
    (spike,) = editor.api.get(f"/api/spike-schedules?collection_id={collection['id']}")["items"]
    assert (spike["start_datetime"], spike["end_datetime"]) == (
        "2027-10-30T22:00:00Z",
        "2027-10-31T02:00:00Z",
    )


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_the_second_occurrence_of_a_repeated_hour_survives_editing(site, editor, collection, zone):
    # 02:30 in Berlin comes twice that night; this is the second one, and nobody touches it.
    later = {"start_datetime": "2027-10-31T01:30:00Z", "duration": 3600}
    spike = editor.api.spike(collection, "Twice", **later)
    page = editor.browse(f"/spikes/{spike['id']}/edit", timezone_id=zone)
    page.get_by_label("Name", exact=True).fill("Renamed")
    follow(page, page.get_by_role("button", name="Save"))
    after = editor.api.get(f"/api/spike-schedules/{spike['id']}")
    assert after["name"] == "Renamed"
    assert after["start_datetime"] == "2027-10-31T01:30:00Z"
    assert after["end_datetime"] == "2027-10-31T02:30:00Z"
