"""The size of what each page loads, all of it from Spikecast itself."""

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Api
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, running_server

MAX_BYTES, MAX_COMPRESSED_BYTES, MAX_FONT_BYTES = 250_000, 80_000, 100_000
PAGES = [
    "/",
    "/collections",
    "/collections/{collection}",
    "/spikes",
    "/spikes?status=past",
    "/spikes?view=timeline",
    "/spikes/new",
    "/spikes/new?collection={collection}",
    "/spikes/{spike}",
    "/spikes/{spike}/edit",
    "/api-keys",
    "/receivers",
    "/receivers/{receiver}",
    "/integrations?collection={collection}",
    "/users",
    "/audit",
    "/profile",
    "/help",
    "/help/api",
    "/help/operating",
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
def api(tmp_path_factory) -> Iterator[Api]:
    """Yield the API of a new server, without the data of other tests, for its first Admin."""
    folder = tmp_path_factory.mktemp("page-weight")
    with running_server(f"sqlite:///{folder / 'spikecast.db'}") as server:
        yield Api(server.url, ADMIN_USERNAME, ADMIN_PASSWORD)


@pytest.fixture(scope="module")
def ids(api):
    """Create a collection with an active and a scheduled spike, and a key; return ids."""
    collection = api.collection("Weighed", **FIELDS)
    traffic = {"original_field_id": collection["fields"][0]["id"], "range_end_number": 1800}
    spike = api.spike(collection, "Active drill", spike_fields=[traffic])
    api.spike(collection, "Later drill", start_datetime="2030-01-01T00:00:00Z", spike_fields=[traffic])
    api.post("/api/api-keys", {"label": "Weighed"})
    receiver = api.receiver("Weighed", "EngineHot", "TruckDown")
    return {"collection": collection["id"], "spike": spike["id"], "receiver": receiver["id"]}


def load_page(page: Page, address: str) -> dict[str, bytes]:
    """Load a page with its preview; return the body of each response by URL."""
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if page.locator("#spike-chart").is_visible():
        expect(page.locator("#spike-chart svg")).to_be_visible()
    bodies = {response.url: response.body() for response in responses}
    return {url: body for url, body in bodies.items() if not url.startswith("data:")}


def test_pages_are_small_and_load_nothing_from_elsewhere(api, ids, open_page):
    too_heavy = {}
    for path in PAGES:
        page = open_page()  # without the cache of another page
        page.context.add_cookies(api.cookies)
        loaded = load_page(page, api.site + path.format(**ids))
        page.context.close()
        assert [url for url in loaded if not url.startswith(api.site)] == []
        fonts = sum(len(body) for url, body in loaded.items() if ".woff2" in url)
        rest = [body for url, body in loaded.items() if ".woff2" not in url]
        weight, compressed = sum(map(len, rest)), sum(len(gzip.compress(body, 6)) for body in rest)
        if weight > MAX_BYTES or compressed > MAX_COMPRESSED_BYTES or fonts > MAX_FONT_BYTES:
            too_heavy[path] = f"{weight} bytes, {compressed} compressed, {fonts} of fonts"
    assert too_heavy == {}
