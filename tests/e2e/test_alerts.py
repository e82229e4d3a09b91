"""The example in deploy/prometheus with the demo data: a spike triggers only its own alert."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from config import ROOT
from tests.support import monitoring
from tests.support.product import Product
from tests.support.server import own_port, running_server
from tests.support.wait import wait_until

pytestmark = pytest.mark.e2e

EXAMPLE = ROOT / "deploy" / "prometheus"
SERVER = "Demo web server"
FOR_S, NORMAL_S, SPIKE_S = 4, 14, 14
COUNTER = "spikecast_requests_total"


def test_the_example_files_are_valid(tmp_path):
    folder = shutil.copytree(EXAMPLE, tmp_path / "example")
    (folder / "spikecast.key").write_text("spk_")
    for command in (
        ("promtool", "check", "config", "prometheus.yml"),
        ("promtool", "check", "rules", "rules.yml"),
        ("amtool", "check-config", "alertmanager.yml"),
    ):
        program = monitoring.find_program(command[0])
        checked = subprocess.run(
            [program, *command[1:]], cwd=folder, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr


def load_demo(environment: dict[str, str]) -> str:
    """Load the demo data with the command, and return its API key."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo"]
    shown = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    found = re.search(r"spk_\w+", shown.stdout)
    assert found, shown.stdout
    return found[0]


def copy_example(folder: Path, product_url: str, key: str, alertmanager_port: int) -> Path:
    """Copy the example with the addresses of this test, and with seconds instead of minutes."""
    copy = shutil.copytree(EXAMPLE, folder / "example")
    (copy / "spikecast.key").write_text(key)
    replaced = {
        "127.0.0.1:8088": product_url.removeprefix("http://"),
        "127.0.0.1:9093": f"127.0.0.1:{alertmanager_port}",
        "15s": "1s",
        "30s": "1s",
        "10s": "1s",
        "1m": f"{FOR_S}s",
    }
    for file in copy.glob("*.yml"):
        text = file.read_text()
        for before, after in replaced.items():
            text = text.replace(before, after)
        file.write_text(text)
    return copy


class Watched:
    """The demo data, watched by the Prometheus and the Alertmanager of the example."""

    def __init__(self, product: Product, prometheus: str, alertmanager: str) -> None:
        self.product, self.prometheus, self.alertmanager = product, prometheus, alertmanager
        listed = product.done(product.ask("GET", f"/api/collections?search={SERVER}"))
        self.id: int = listed["items"][0]["id"]
        self.states: list[str] = []
        """The states of the alert HighCPU in the order in which they were seen."""

    def end_spikes(self) -> None:
        """End every active spike."""
        for spike in self.product.done(self.product.ask("GET", "/api/spike-schedules?status=active"))[
            "items"
        ]:
            self.product.done(self.product.ask("POST", f"/api/spike-schedules/{spike['id']}/end"))

    def spike_cpu(self) -> None:
        """Schedule a spike of the CPU load that begins now."""
        fields = self.product.done(self.product.ask("GET", f"/api/collections/{self.id}"))["fields"]
        [cpu] = [field["id"] for field in fields if field["field_name"] == "cpu percent"]
        body = {"collection_id": self.id, "name": "Overload", "duration": SPIKE_S}
        body["spike_fields"] = [{"original_field_id": cpu, "range_start_float": 95, "range_end_float": 99}]
        self.product.done(self.product.ask("POST", "/api/spike-schedules", body))

    def look(self) -> str:
        """Return the state of the alert HighCPU, and remember it if it is new."""
        alerts = requests.get(f"{self.prometheus}/api/v1/alerts", timeout=10).json()["data"]["alerts"]
        found = [each["state"] for each in alerts if each["labels"]["alertname"] == "HighCPU"]
        state = found[0] if found else "inactive"
        if self.states[-1:] != [state]:
            self.states.append(state)
        return state

    def get_notified(self) -> set[str]:
        """Return the names of the alerts that Alertmanager holds as active."""
        alerts = requests.get(f"{self.alertmanager}/api/v2/alerts?active=true", timeout=10).json()
        return {each["labels"]["alertname"] for each in alerts}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Watch the demo data through a spike: some normal time, the spike, and some normal time."""
    folder = tmp_path_factory.mktemp("alerts")
    database = f"sqlite:///{folder / 'spikecast.db'}"
    with running_server(database, workers=2) as server, own_port() as port:
        product = Product(server)
        instance = {"SPIKECAST_DATABASE_URL": database, "SPIKECAST_INSTANCE": str(folder)}
        example = copy_example(folder, product.url, load_demo(instance), port)
        with (
            monitoring.alertmanager(example / "alertmanager.yml", port) as alertmanager,
            monitoring.prometheus(example / "prometheus.yml") as prometheus,
        ):
            watched = Watched(product, prometheus, alertmanager)
            watched.end_spikes()
            wait_until(lambda: monitoring.query(prometheus, COUNTER), "Prometheus has scraped")
            wait_until(lambda: watched.look() == "inactive", "the demo's own spike is over")
            watched.states.clear()
            watched.began = time.time()
            _watch_for(watched, NORMAL_S)
            watched.spike_cpu()
            wait_until(lambda: watched.look() == "firing", "the alert fires")
            wait_until(lambda: "HighCPU" in watched.get_notified(), "Alertmanager has the alert")
            wait_until(lambda: watched.look() == "inactive", "the alert is resolved")
            wait_until(lambda: "HighCPU" not in watched.get_notified(), "Alertmanager has resolved the alert")
            _watch_for(watched, NORMAL_S)
            watched.ended = time.time()
            yield watched


def _watch_for(watched: Watched, seconds: float) -> None:
    """Watch the alert for some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        watched.look()
        time.sleep(0.2)


def test_a_spike_takes_its_alert_from_pending_to_firing_and_back(watched, record_property):
    record_property("states", watched.states)
    assert watched.states == ["inactive", "pending", "firing", "inactive"]


def test_no_other_alert_fires(watched):
    others = 'ALERTS{alertname!="HighCPU", alertstate="firing"}'
    assert monitoring.query(watched.prometheus, f"count_over_time({others}[5m])") == []


def test_a_spike_of_another_field_does_not_change_the_rate_of_a_counter(watched):
    span = {"start": watched.began + 10, "end": watched.ended, "step": 1}
    rates = monitoring.query_values(watched.prometheus, f"rate({COUNTER}[10s])", **span)
    assert max(rates) <= 1200 * 4 / 3, (
        "1,000 a second, 20 % more or less; ten seconds hold up to 4/3 as many polls"
    )
    assert monitoring.query_values(watched.prometheus, f"resets({COUNTER}[5m])") == [0]


class TestDashboard:
    """The queries of the Grafana dashboard, with its variables filled in as Grafana does."""

    @pytest.fixture
    def dashboard(self) -> dict[str, Any]:
        """Return the shipped dashboard."""
        shipped: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "spikecast.json").read_text())
        return shipped

    def ask(self, watched: Watched, expression: str, **variables: str) -> list[dict[str, Any]]:
        """Return the series of an expression over the whole time."""
        for name, value in ({"instance": SERVER, "__rate_interval": "10s"} | variables).items():
            expression = expression.replace(f"${name}", value)
        return monitoring.query(
            watched.prometheus, expression, start=watched.began, end=watched.ended, step=1
        )

    def test_the_dashboard_variables_list_the_collections_and_metrics(self, watched, dashboard):
        variables = {each["name"]: each for each in dashboard["templating"]["list"]}
        found = {}
        for name in ("instance", "metric"):
            selector, label = re.fullmatch(
                r"label_values\((.+), (\w+)\)", variables[name]["query"]["query"]
            ).groups()
            found[name] = {series["metric"][label] for series in self.ask(watched, selector)}
        assert found["instance"] > {SERVER, "Demo truck"}
        assert "spikecast_cpu_percent" in found["metric"]
        assert not {"up", "spikecast_spike_active"} & found["metric"]

    @pytest.mark.parametrize("metric", ["spikecast_cpu_percent", COUNTER])
    def test_each_metric_is_matched_by_exactly_one_panel_query(self, watched, dashboard, metric):
        [panel] = [each for each in dashboard["panels"] if "repeat" in each]
        lines = [self.ask(watched, each["expr"], metric=metric) for each in panel["targets"]]
        assert sorted(len(found) for found in lines) == [0, 1]

    def test_a_spike_is_an_annotation_for_the_length_of_its_window(self, watched, dashboard):
        [annotation] = dashboard["annotations"]["list"]
        [series] = self.ask(watched, annotation["expr"])
        assert series["metric"]["name"] == "Overload"
        times = [at for at, _ in series["values"]]
        assert SPIKE_S - 3 <= times[-1] - times[0] <= SPIKE_S + 3

    def test_the_queries_of_the_other_panels_return_data(self, watched, dashboard):
        for panel in dashboard["panels"]:
            if "repeat" not in panel:
                assert self.ask(watched, panel["targets"][0]["expr"]), panel["title"]
