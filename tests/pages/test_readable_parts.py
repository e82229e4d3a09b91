"""Small details are readable: long names, counters in the preview, headers of a sample."""

import pytest
import requests
from playwright.sync_api import expect

from tests.support.browsing import FIXED, RANGE, row

LONG = "a device in the second data centre, row 17-3-2 of the northern hall, rack 4, third from above"
COUNTER = {"value_type": "INCREMENT", "start_number": 0, "step_number": 5}


def test_the_key_of_a_poll_is_readable_beside_a_long_name(site, editor):
    collection = editor.api.collection(f"{LONG} {editor.login}", load=RANGE)
    key = editor.api.post("/api/api-keys", {"label": "The key of a monitoring tool"})["key"]
    address = f"{site.url}/api/collections/{collection['id']}/data/performance"
    assert requests.get(address, headers={"X-API-Key": key}, timeout=20).ok
    page = editor.browse("/")
    label = row(page, "The key of a monitoring tool").locator("td.polls-key")
    expect(label).to_be_visible()
    assert label.bounding_box()["width"] >= 90


def test_a_counter_in_the_preview_has_a_step_and_no_mean(editor):
    collection = editor.api.collection(f"Counts {editor.login}", bytes=COUNTER, load=FIXED)
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    page.get_by_role("group", name="bytes", exact=True).get_by_role("button", name="×10").click()
    means = page.get_by_role("table", name="Mean of each field")
    expect(means.get_by_role("row", name="bytes").get_by_role("cell")).to_have_text(
        ["+5 a poll", "+50 a poll", "+5 a poll"]
    )
    expect(means.get_by_role("row", name="load").get_by_role("cell")).to_have_text(["7", "7", "7"])


@pytest.mark.parametrize("tab", ["performance", "configuration"])
def test_samples_of_both_types_explain_the_headers_of_the_spike(editor, tab):
    collection = editor.api.collection(f"Heads {editor.login}", load=RANGE)
    body = {"collection_type": "Configuration", "field_name": "site", **FIXED}
    editor.api.post(f"/api/collections/{collection['id']}/fields", body)
    spike = editor.api.spike(collection)
    page = editor.browse(f"/collections/{collection['id']}#{tab}")
    sample = page.get_by_role("region", name="Live sample")
    expect(sample).to_contain_text(f"X-Spike-Schedule: {spike['id']}")
    why = sample.get_by_text("polls of both types carry its headers. Configuration values do not change")
    expect(why).to_be_visible(visible=tab == "configuration")
