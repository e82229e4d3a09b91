"""The spike form shows what each counter does after the window, and offers a choice."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browsing import RANGE, follow

COUNTER = {"value_type": "INCREMENT", "start_number": 0, "step_number": 1}
LABEL = "Counters afterwards"


@pytest.fixture
def lorry(editor):
    return editor.api.collection(f"Lorry {editor.login}", km=COUNTER, trips=COUNTER, cpu=RANGE)


def test_the_form_shows_what_each_counter_will_do(editor, lorry, width):
    page = editor.browse(f"/spikes/new?collection={lorry['id']}")
    words = page.locator("#spike-counters-words")
    expect(words).to_have_text("Continue from the spike’s last value: km, trips")
    page.get_by_role("group", name="trips", exact=True).get_by_label("start").fill("500")
    expect(words).to_contain_text("Continues from the spike’s last value: km")
    expect(words).to_contain_text("Returns to its value before the spike: trips")
    page.get_by_role("combobox", name=LABEL).select_option("resume")
    expect(words).to_have_text("Return to their value before the spike: km, trips")
    page.get_by_label("Name", exact=True).fill("Drill")
    page.get_by_role("button", name="Create spike").click()
    page.wait_for_url(re.compile(r"/spikes/\d+$"))
    follow(page, page.get_by_role("link", name="Edit", exact=True))
    expect(page.get_by_role("combobox", name=LABEL)).to_have_value("resume")
    [made] = editor.api.get(f"/api/spike-schedules?collection_id={lorry['id']}")["items"]
    assert made["counters_after"] == "resume"

    page.get_by_role("combobox", name=LABEL).select_option("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="saved")).to_be_visible()
    assert editor.api.get(f"/api/spike-schedules/{made['id']}")["counters_after"] is None


def test_a_duplicate_has_the_same_choice(editor, lorry):
    body = {"collection_id": lorry["id"], "name": "Drill", "duration": 60, "counters_after": "continue"}
    made = editor.api.post("/api/spike-schedules", body)
    page = editor.browse(f"/spikes/new?copy={made['id']}")
    expect(page.get_by_role("combobox", name=LABEL)).to_have_value("continue")


def test_without_counters_there_is_no_choice(editor):
    collection = editor.api.collection(f"Plain {editor.login}", cpu=RANGE)
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name=LABEL)).to_be_hidden()
