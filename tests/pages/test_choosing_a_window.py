"""Choosing a window: typed dates, presets by day, and durations."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import RANGE, iso

MONDAY = 0
CHIPS = {"5 min": 5, "10 min": 10, "15 min": 15, "30 min": 30, "1 h": 60, "4 h": 240}
LENGTHS = {
    "2h 30m": "2h 30m",
    "90m": "1h 30m",
    "1:30": "1h 30m",
    "45s": "45s",
    "1d": "1d",
    "1.5 hours": "1h 30m",
}
FAULTS = {
    "90": "Add a unit: 90m or 90h.",
    "1,5h": "Use a point, not a comma: 1.5h.",
    "soon": "“soon” is not a duration. Use a format such as 2h 30m, 90m, 1:30 or 1d.",
    "0m": "Must be greater than zero.",
    "1:75": "Minutes and seconds go from 0 to 59: 1:30 is 1 hour 30 minutes.",
}


@pytest.fixture
def collection(editor):
    return editor.api.collection(f"Window {editor.login}", load=RANGE)


def form(editor, collection, zone: str = "Europe/Berlin") -> Page:
    page = editor.browse(f"/spikes/new?collection={collection['id']}", timezone_id=zone)
    page.get_by_label("Start", exact=True).fill("2031-05-05T12:00")
    return page


def chips(page: Page, of: str):
    return page.get_by_role("group", name=f"{of} presets")


def test_a_date_can_be_typed_without_pauses(editor, collection):
    page = form(editor, collection)
    for part, typed in [("Start", "111120310945a"), ("End", "111120311030a")]:
        page.get_by_label(part, exact=True).focus()
        page.keyboard.type(typed)
    expect(page.get_by_label("Start", exact=True)).to_have_value("2031-11-11T09:45")
    expect(page.get_by_label("End", exact=True)).to_have_value("2031-11-11T10:30")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_presets_by_day_use_the_viewers_day(editor, collection, zone):
    page = form(editor, collection, zone)
    today = datetime.now(ZoneInfo(zone)).date()
    monday = today + timedelta(days=(MONDAY - today.weekday()) % 7 or 7)
    for words, day in [("Tomorrow 9:00", today + timedelta(days=1)), ("Next Monday 9:00", monday)]:
        chip = chips(page, "Start").get_by_role("button", name=words)
        chip.click()
        expect(chip).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_label("Start", exact=True)).to_have_value(f"{day}T09:00")


@pytest.mark.parametrize("label", CHIPS)
def test_each_duration_preset_sets_the_end(editor, collection, label):
    page = form(editor, collection)
    chips(page, "Duration").get_by_role("button", name=label, exact=True).click()
    end = datetime(2031, 5, 5, 12, tzinfo=UTC) + timedelta(minutes=CHIPS[label])
    expect(page.get_by_label("End", exact=True)).to_have_value(f"{end:%Y-%m-%dT%H:%M}")


@pytest.mark.parametrize("label", CHIPS)
def test_duration_presets_of_an_active_spike_count_from_now(editor, collection, label):
    begun = datetime.now(UTC) - timedelta(hours=3)
    spike = editor.api.spike(collection, "On", start_datetime=iso(begun), duration=86_400)
    page = editor.browse(f"/spikes/{spike['id']}/edit", timezone_id="UTC")
    chip = chips(page, "Duration").get_by_role("button", name=label, exact=True)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    end = datetime.fromisoformat(page.get_by_label("End", exact=True).input_value())
    wanted = datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=CHIPS[label])
    assert abs(end - wanted) < timedelta(seconds=40)
    expect(page.get_by_role("button", name="to fix")).to_have_count(0)


@pytest.mark.parametrize("text", LENGTHS)
def test_a_duration_can_be_typed_in_several_notations(editor, collection, text):
    page = form(editor, collection)
    field = page.get_by_label("Duration", exact=True)
    field.fill(text)
    field.blur()
    expect(field).to_have_value(LENGTHS[text])
    expect(page.get_by_label("End", exact=True)).not_to_have_value("2031-05-05T12:15")


@pytest.mark.parametrize("text", FAULTS)
def test_an_invalid_duration_is_rejected_with_advice(editor, collection, text):
    page = form(editor, collection)
    page.get_by_label("Name", exact=True).fill("Drill")
    field = page.get_by_label("Duration", exact=True)
    field.fill(text)
    field.blur()
    expect(field).to_have_value(text)
    expect(field).to_have_accessible_description(FAULTS[text])
    page.get_by_role("button", name="Create spike").click()
    expect(page.get_by_role("button", name="to fix: the duration")).to_be_visible()
    expect(field).to_be_focused()
    chips(page, "Duration").get_by_role("button", name="30 min").click()
    expect(field).to_have_value("30m")
    expect(page.get_by_text(FAULTS[text])).to_be_hidden()


def test_a_typed_duration_of_an_active_spike_counts_from_now(editor, collection):
    spike = editor.api.spike(collection, "On", duration=86_400)
    page = editor.browse(f"/spikes/{spike['id']}/edit", timezone_id="UTC")
    page.get_by_label("Ends in").fill("20m")
    expect(page.get_by_role("region", name="Window")).to_contain_text(re.compile(r"ends in (20:00|19:\d\d)"))
