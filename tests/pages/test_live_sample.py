"""The collection's page: a live sample in every format, and the series of each field."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import RANGE, row

COUNTER = {"value_type": "INCREMENT", "start_number": 0, "step_number": 5}
FIRST_LINES = {
    "Prometheus": "# TYPE spikecast_engine_celsius gauge",
    "OpenMetrics": "# EOF",
    "InfluxDB": "spikecast,collection=",
    "CSV": "engine °C,requests",
}


@pytest.fixture
def truck(editor):
    return editor.api.collection(f"Truck {editor.login}", **{"engine °C": RANGE, "requests": COUNTER})


def sample(page: Page):
    return page.get_by_role("region", name="Live sample")


@pytest.mark.parametrize("name", FIRST_LINES)
def test_a_sample_is_shown_in_another_format(editor, truck, name):
    page = editor.browse(f"/collections/{truck['id']}")
    expect(sample(page)).to_contain_text('"engine °C"')
    sample(page).get_by_role("button", name=name).click()
    expect(sample(page)).to_contain_text(FIRST_LINES[name])
    expect(sample(page)).to_contain_text("Content-Type: ")


def test_the_format_is_kept_in_the_url_with_the_tab(editor, truck):
    page = editor.browse(f"/collections/{truck['id']}#performance")
    sample(page).get_by_role("button", name="CSV").click()
    expect(page).to_have_url(re.compile(r"\?format=csv#performance$"))
    page.reload()
    expect(sample(page).get_by_role("button", name="CSV")).to_have_attribute("aria-pressed", "true")
    expect(sample(page)).to_contain_text("engine °C,requests")
    sample(page).get_by_role("button", name="JSON").click()
    expect(page).to_have_url(re.compile(r"/collections/\d+#performance$"))


def test_the_format_is_chosen_by_keyboard(editor, truck):
    page = editor.browse(f"/collections/{truck['id']}")
    sample(page).get_by_role("button", name="JSON").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(sample(page)).to_contain_text("# TYPE spikecast_engine_celsius gauge")
    expect(sample(page).get_by_role("button", name="Prometheus")).to_be_focused()


def test_samples_in_another_format_advance_no_counter(editor, truck):
    page = editor.browse(f"/collections/{truck['id']}?format=csv")
    for _ in range(3):
        sample(page).get_by_role("button", name="Sample again").click()
        expect(sample(page).get_by_role("button", name="Sample again")).to_be_enabled()
    expect(sample(page)).to_contain_text(re.compile(r"\d+,0$", re.MULTILINE))
    expect(row(page, "requests").locator("td.sampled")).to_have_text("0")


def test_a_spiked_series_is_marked_in_the_prometheus_format(editor, truck):
    editor.api.spike(
        truck,
        spike_fields=[{"original_field_id": truck["fields"][0]["id"], "range_end_number": 90}],
    )
    page = editor.browse(f"/collections/{truck['id']}?format=prometheus")
    marked = sample(page).locator(".sample-spiked")
    expect(marked).to_have_text(re.compile(r"^spikecast_engine_celsius \d+$"))


def test_a_spiked_series_is_marked_even_if_its_name_is_loaded_after_the_sample(editor, truck):
    editor.api.spike(
        truck,
        spike_fields=[{"original_field_id": truck["fields"][0]["id"], "range_end_number": 90}],
    )
    page = editor.browse()
    held = []
    page.route("**/series/*", lambda route: held.append(route))
    page.goto(f"{editor.site}/collections/{truck['id']}?format=prometheus")
    expect(sample(page)).to_contain_text("spikecast_engine_celsius")
    expect(sample(page).locator(".sample-spiked")).to_have_count(0)
    held[0].continue_()
    expect(sample(page).locator(".sample-spiked")).to_have_text(re.compile(r"^spikecast_engine_celsius \d+$"))


def test_a_field_gets_the_series_of_a_real_exporter(editor, truck, complaints):
    complaints.expect("422")
    page = editor.browse(f"/collections/{truck['id']}")
    page.get_by_role("button", name="Edit engine °C").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Metric").fill("up")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("must not be up")).to_be_visible()
    dialog.get_by_label("Metric").fill('node_temp{chip="a"}')
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "engine °C")).to_contain_text('node_temp{chip="a"}')


def test_each_field_shows_its_series_with_a_copy_control(editor, truck):
    page = editor.browse(f"/collections/{truck['id']}", permissions=["clipboard-read", "clipboard-write"])
    expect(row(page, "engine °C")).to_contain_text("spikecast_engine_celsius")
    expect(row(page, "requests")).to_contain_text("spikecast_requests_total")
    page.get_by_role("button", name="Copy the series of requests").click()
    expect(row(page, "requests").get_by_text("Copied")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == "spikecast_requests_total"
