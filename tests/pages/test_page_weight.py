"""What a page loads: little, and nothing from elsewhere."""

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Api
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, running_server

MOST_BYTES, MOST_COMPRESSED, MOST_FONTS = 250_000, 80_000, 100_000
PAGES = [
    "/",
    "/collections",
    "/collections/{collection}",
    "/spikes",
    "/spikes?view=timeline",
    "/spikes/new",
    "/spikes/new?collection={collection}",
    "/spikes/{spike}",
    "/api-keys",
    "/integrations?collection={collection}",
    "/users",
    "/audit",
    "/profile",
]
FIELDS = {
    "traffic": {"value_type": "NUMBER_RANGE", "range_start_number": 120, "range_end_number": 180},
    "latency": {"value_type": "FLOAT_RANGE", "range_start_float": 4, "range_end_float": 9},
    "errors": {"value_type": "INCREMENT", "start_number": 0, "step_number": 1, "reset_number": 10_000},
    "load": {"value_type": "NUMBER_RANGE", "range_start_number": 18, "range_end_number": 35},
    "limit": {"value_type": "NUMBER_FIXED", "fixed_value_number": 1000},
    "state": {"value_type": "TEXT_FIXED", "fixed_value_text": "up"},
    "time": {"value_type": "EPOCH_NOW"},
}


@pytest.fixture(scope="module")
def weighed(tmp_path_factory) -> Iterator[Api]:
    """A product without what other tests leave behind, for its first Admin."""
    folder = tmp_path_factory.mktemp("weighed")
    with running_server(f"sqlite:///{folder / 'spikecast.db'}") as server:
        yield Api(server.url, ADMIN_USERNAME, ADMIN_PASSWORD)


@pytest.fixture(scope="module")
def things(weighed):
    """A collection with an active spike, one to come, and a key."""
    collection = weighed.collection("Weighed", **FIELDS)
    traffic = {"original_field_id": collection["fields"][0]["id"], "range_end_number": 1800}
    spike = weighed.spike(collection, "Active drill", spike_fields=[traffic])
    weighed.spike(collection, "Later drill", start_datetime="2030-01-01T00:00:00Z", spike_fields=[traffic])
    weighed.post("/api/api-keys", {"label": "Weighed"})
    return {"collection": collection["id"], "spike": spike["id"]}


def loaded_by(page: Page, address: str) -> dict[str, bytes]:
    """What the page at the address loads, its preview included: address and body of each."""
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if page.locator("#spike-chart").is_visible():
        expect(page.locator("#spike-chart svg")).to_be_visible()
    bodies = {answer.url: answer.body() for answer in answers}
    return {url: body for url, body in bodies.items() if not url.startswith("data:")}


def test_pages_are_small_and_load_nothing_from_elsewhere(weighed, things, open_page):
    too_much = {}
    for path in PAGES:
        page = open_page()  # nothing is kept from another page
        page.context.add_cookies(weighed.cookies)
        loaded = loaded_by(page, weighed.site + path.format(**things))
        page.context.close()
        assert [url for url in loaded if not url.startswith(weighed.site)] == []
        fonts = sum(len(body) for url, body in loaded.items() if ".woff2" in url)
        rest = [body for url, body in loaded.items() if ".woff2" not in url]
        weight, compressed = sum(map(len, rest)), sum(len(gzip.compress(body, 6)) for body in rest)
        if weight > MOST_BYTES or compressed > MOST_COMPRESSED or fonts > MOST_FONTS:
            too_much[path] = f"{weight} bytes, {compressed} compressed, {fonts} of fonts"
    assert too_much == {}
