"""A real Prometheus watches a counter through spikes: it sees no reset, and no rate that nobody asked for."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.support import skip_or_fail
from tests.support.product import Product
from tests.support.server import own_port, running_server
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


@pytest.fixture
def program() -> str:
    found = shutil.which("prometheus")
    if found is None:
        skip_or_fail("prometheus", "no Prometheus: install Debian's package prometheus")
    return found


@contextmanager
def prometheus(program: str, product: Product, folder: Path) -> Iterator[str]:
    """Yield the URL of a Prometheus that scrapes the product every second, with nothing in between."""
    config = folder / "prometheus.yml"
    config.write_text(CONFIG.format(key=product.key, target=product.url.removeprefix("http://")))
    with own_port() as port, (folder / "prometheus.log").open("wb") as log:
        address = f"127.0.0.1:{port}"
        arguments = [f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
        arguments.append(f"--web.listen-address={address}")
        process = subprocess.Popen([program, *arguments], stdout=log, stderr=log)
        try:
            url = f"http://{address}"
            wait_until(lambda: asked(url, COUNTER), "Prometheus has scraped")
            yield url
        finally:
            process.kill()
            process.wait()


def asked(url: str, query: str, **more: object) -> list[float]:
    """The values of the one series that answers a query: now, or from `start` to `end` each second."""
    path = "query_range" if more else "query"
    try:
        answer = requests.get(f"{url}/api/v1/{path}", params={"query": query, **more}, timeout=10)
    except requests.ConnectionError:
        return []
    if answer.status_code != 200:  # it is starting
        return []
    found = answer.json()["data"]["result"]
    if not found:
        return []
    points = found[0].get("values") or [found[0]["value"]]
    return [float(value) for _, value in points]


def test_no_spike_looks_like_a_restart_of_the_device(program, tmp_path, record_property):
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

        with prometheus(program, product, tmp_path) as url:
            began = time.time()
            time.sleep(NORMAL)
            spike("level", fixed_value_number=99)
            second = time.time()
            spike("count", step_number=SPIKED_STEP)
            span = {"start": began + NORMAL, "end": time.time(), "step": 1}
            rates = asked(url, f"rate({COUNTER}[10s])", **span)
            left_alone = asked(url, f"rate({COUNTER}[10s])", **span | {"end": second})
            [resets] = asked(url, f"resets({COUNTER}[5m])")
            [increase] = asked(url, f"increase({COUNTER}[60s])")
            levels = set(asked(url, GAUGE, **span))
            active = set(asked(url, "spikecast_spike_active", **span))
    seen = {"resets": resets, "rate left alone": max(left_alone), "rate": max(rates), "increase": increase}
    record_property("seen", seen)
    print(seen)
    assert levels == {1, 99}, "the spike was seen"
    assert active == {0, 1}, "and named"
    assert resets == 0
    assert max(left_alone) <= STEP * 4 / 3
    assert STEP * 4 / 3 < max(rates) <= SPIKED_STEP * 4 / 3
