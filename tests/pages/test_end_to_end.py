"""The whole workflow: a collection, a key, polls, and a spike that starts and ends."""

from datetime import UTC, datetime, timedelta

import requests
from playwright.sync_api import Page, expect

from tests.support.browsing import fits, follow, go, iso, row, toast

SOON = timedelta(seconds=4)
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}

FIELDS = {
    "load": ("Random integer", {"From": "5", "To": "20"}, "random 5 to 20"),
    "temperature": (
        "Random float",
        {"From": "0.5", "To": "1.5", "Decimals": "1"},
        "random 0.5 to 1.5",
    ),
    "requests": (
        "Counts up",
        {"Start": "10", "Step": "5", "Reset at": "30"},
        "counts up from 10 by 5, resets at 30",
    ),
    "fuel": ("Counts down", {"Start": "100", "Step": "0.5"}, "counts down from 100 by 0.5"),
    "cores": ("Fixed integer", {"Value": "8"}, "fixed at 8"),
    "voltage": ("Fixed float", {"Value": "14.5"}, "fixed at 14.5"),
    "state": ("Fixed text", {"Text": "up & running"}, "fixed text “up & running”"),
    "clock": ("Time of the poll", {}, "time of the poll"),
}


def add_field(page: Page, name: str) -> None:
    label, settings, rule = FIELDS[name]
    page.get_by_role("button", name="New field").first.click()
    dialog = page.get_by_role("dialog", name="New field")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Value", exact=True).and_(dialog.locator("select")).select_option(label)
    for setting, text in settings.items():
        dialog.get_by_role("textbox", name=setting, exact=True).fill(text)
    expect(dialog).to_contain_text(rule)
    dialog.get_by_role("button", name="Create field").click()
    expect(dialog).to_be_hidden()
    expect(row(page, name)).to_contain_text(rule)


def copied_key(page: Page, label: str) -> str:
    go(page, "API keys")
    page.get_by_role("button", name="New key").first.click()
    dialog = page.get_by_role("dialog", name="New key")
    dialog.get_by_label("Label").fill(label)
    dialog.get_by_role("button", name="Create key").click()
    page.get_by_role("button", name="Copy key").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    key = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="I have stored it").click()
    expect(row(page, label)).to_contain_text("never")
    return key


def come_back(page: Page) -> None:
    """Make the page visible again, like a user who returns from another tab."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


# The end is a real one, a few seconds off. Nothing else waits.
def test_polls_return_spike_values_during_the_window_only(site, editor, width):
    device = f"Truck & trailer / {editor.login}"
    page = editor.browse("/collections", **width, **CLIPBOARD)
    page.get_by_role("button", name="New collection").first.click()
    page.get_by_role("dialog").get_by_label("Name").fill(device)
    follow(page, page.get_by_role("dialog").get_by_role("button", name="Create"))
    expect(page.get_by_role("heading", level=1)).to_have_text(device)
    toast(page, f"“{device}” created.")
    collection_url = page.url
    page.get_by_role("button", name="New field").first.wait_for()
    for name in FIELDS:
        add_field(page, name)
    assert fits(page)

    key = copied_key(page, f"Zabbix of {editor.login}")
    page.goto(collection_url)
    address = page.get_by_label("Address").input_value()

    def poll() -> requests.Response:
        answer = requests.get(address, headers={"X-API-Key": key}, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer

    normal = poll()
    values = normal.json()["data"]
    assert list(values) == list(FIELDS)
    assert 5 <= values["load"] <= 20
    assert values["clock"] == normal.json()["generated_at_epoch"]
    assert "X-Spike-Schedule" not in normal.headers

    follow(page, page.get_by_role("link", name="Create Spike"))
    page.get_by_label("Name", exact=True).fill("Black Friday")
    page.get_by_role("group", name="Start presets").get_by_role("button", name="Now").click()
    load = page.get_by_role("group", name="load", exact=True)
    load.get_by_role("button", name="×10").click()
    expect(load.get_by_label("load: from")).to_have_value("50")
    expect(load.get_by_label("load: to")).to_have_value("200")
    expect(page.get_by_role("region", name="Overrides")).to_contain_text("1 of 6 fields")
    page.get_by_role("group", name="Duration presets").get_by_role("button", name="15 min").click()
    assert fits(page)
    follow(page, page.get_by_role("button", name="Create spike"))
    assert page.url == collection_url
    page.goto(f"{site.url}/spikes")

    spiked = poll()
    assert spiked.headers["X-Spike-Schedule"].isdigit()
    assert 50 <= spiked.json()["data"]["load"] <= 200
    assert spiked.json()["data"]["cores"] == 8
    badge = row(page, "Black Friday").locator(".badge")
    expect(badge).to_have_text("Active")
    other = page.context.new_page()
    other.goto(collection_url)
    head = other.locator(".collection-head")
    expect(head.get_by_text("Active", exact=True)).to_be_visible()
    expect(row(other, "load")).to_contain_text("random 50 to 200")
    expect(row(other, "load").get_by_text("normally random 5 to 20")).to_be_visible()

    assert fits(page)
    assert fits(other)

    end = datetime.now(UTC) + SOON
    spike = f"/api/spike-schedules/{spiked.headers['X-Spike-Schedule']}"
    editor.api.call("PATCH", spike, {"end_datetime": iso(end)})
    for each in (page, other):
        each.evaluate("window.isTheSamePage = true")
        come_back(each)
    expect(badge).to_have_count(0)
    expect(page.get_by_role("group", name="Status").get_by_role("button", name="Past")).to_have_text("Past 1")
    expect(head.get_by_text("Active", exact=True)).to_be_hidden()
    expect(row(other, "load").get_by_text("normally random 5 to 20")).to_be_hidden()
    assert datetime.now(UTC) >= end.replace(microsecond=0)
    for each in (page, other):
        assert each.evaluate("window.isTheSamePage")

    back = poll()
    assert "X-Spike-Schedule" not in back.headers
    assert 5 <= back.json()["data"]["load"] <= 20
    # The collection's counter takes over where the spike's stood: it never falls.
    assert back.json()["data"]["requests"] > spiked.json()["data"]["requests"] > values["requests"]
