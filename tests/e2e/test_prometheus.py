"""A real Prometheus watches a counter through spikes: it sees no resets and only the expected rates."""

import time
from pathlib import Path

import pytest

from tests.support import monitoring
from tests.support.monitoring import query_values
from tests.support.product import Product
from tests.support.server import running_server
from tests.support.wait import wait_until

pytestmark = pytest.mark.e2e

STEP, SPIKED_STEP = 10, 100
NORMAL, SPIKE = 14, 9
"""Seconds; Prometheus looks at ten of them for a rate."""
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: spikecast
    metrics_path: /api/data/Lorry/performance
    authorization: {{type: Bearer, credentials: {key}}}
    static_configs: [{{targets: ["{target}"]}}]
"""
COUNTER, GAUGE = "spikecast_count_total", "spikecast_level"
"""The series of the fields `count` and `level`."""


def write_config(folder: Path, product: Product) -> Path:
    """Write a configuration that scrapes one collection every second, with nothing in between."""
    config = folder / "prometheus.yml"
    config.write_text(CONFIG.format(key=product.key, target=product.url.removeprefix("http://")))
    return config


def test_spikes_cause_no_counter_reset_and_no_unexpected_rate(tmp_path, record_property):
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}", workers=2) as server:
        product = Product(server)
        counter = {"value_type": "INCREMENT", "start_number": 5_000_000, "step_number": STEP}
        level = {"value_type": "NUMBER_FIXED", "fixed_value_number": 1}
        lorry = product.collection("Lorry", count=counter, level=level)
        fields = product.done(product.ask("GET", f"/api/collections/{lorry}"))["fields"]
        ids = {field["field_name"]: field["id"] for field in fields}

        def spike(name: str, **override: int) -> None:
            body = {"collection_id": lorry, "name": name, "duration": SPIKE}
            body["spike_fields"] = [{"original_field_id": ids[name]} | override]
            product.done(product.ask("POST", "/api/spike-schedules", body))
            time.sleep(SPIKE + NORMAL)

        with monitoring.prometheus(write_config(tmp_path, product)) as url:
            wait_until(lambda: query_values(url, COUNTER), "Prometheus has scraped")
            began = time.time()
            time.sleep(NORMAL)
            spike("level", fixed_value_number=99)
            second = time.time()
            spike("count", step_number=SPIKED_STEP)
            span = {"start": began + NORMAL, "end": time.time(), "step": 1}
            rates = query_values(url, f"rate({COUNTER}[10s])", **span)
            unspiked_rates = query_values(url, f"rate({COUNTER}[10s])", **span | {"end": second})
            [resets] = query_values(url, f"resets({COUNTER}[5m])")
            [increase] = query_values(url, f"increase({COUNTER}[60s])")
            levels = set(query_values(url, GAUGE, **span))
            active = set(query_values(url, "spikecast_spike_active", **span))
    seen = {
        "resets": resets,
        "rate while another field is spiked": max(unspiked_rates),
        "rate": max(rates),
        "increase": increase,
    }
    record_property("seen", seen)
    print(seen)
    assert levels == {1, 99}, "the spike was seen"
    assert active == {0, 1}, "the spike was reported as active"
    assert resets == 0
    assert max(unspiked_rates) <= STEP * 4 / 3
    assert STEP * 4 / 3 < max(rates) <= SPIKED_STEP * 4 / 3
