"""A real Prometheus and a real VictoriaMetrics discover and scrape the collections of an API key."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import monitoring
from tests.support.product import Product
from tests.support.server import own_port, running_server
from tests.support.wait import wait_until

pytestmark = pytest.mark.e2e

LEVEL = {"value_type": "NUMBER_FIXED", "fixed_value_number": 7}
HOSTILE_NAMES = ("Truck 01", "100 % °C", "a/b?c#d", '"quoted" \\', "日本")
DISCOVERY = """
  - job_name: spikecast
    authorization: {{type: Bearer, credentials_file: {key}}}
    http_sd_configs:
      - url: {url}/api/prometheus/targets
        refresh_interval: 1s
        authorization: {{type: Bearer, credentials_file: {key}}}
"""
STATIC = """
  - job_name: {job}
    metrics_path: {path}
    authorization: {{type: Bearer, credentials_file: {key}}}
    static_configs: [{{targets: ["{target}"]}}]
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Run the product with 100 collections of one field, some with hostile names."""
    folder = tmp_path_factory.mktemp("discovery")
    with running_server(f"sqlite:///{folder / 'spikecast.db'}", workers=2) as server:
        product = Product(server)
        names = (*HOSTILE_NAMES, *(f"Device {number}" for number in range(93)))
        for name in names:  # besides the two that every product of the tests has
            product.collection(name, level=LEVEL)
        yield product


def write_config(folder: Path, product: Product, *jobs: str) -> Path:
    """Write a configuration with these jobs, and the key beside it; return its path."""
    key, config = folder / "spikecast.key", folder / "prometheus.yml"
    key.write_text(product.key)
    values = {"key": key, "url": product.url, "target": product.url.removeprefix("http://")}
    filled = "".join(job.format_map(values) for job in jobs)
    config.write_text(f"global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:{filled}")
    return config


def count_healthy(url: str) -> int:
    """Return how many targets are up."""
    return sum(target["health"] == "up" for target in monitoring.get_targets(url))


class TestPrometheus:
    def test_prometheus_discovers_and_scrapes_existing_and_new_collections(self, product, tmp_path):
        config = write_config(tmp_path, product, DISCOVERY)
        with monitoring.prometheus(config) as url:
            wait_until(lambda: count_healthy(url) == 100, "100 targets are up")
            levels = monitoring.query(url, "spikecast_level")
            assert {series["metric"]["instance"] for series in levels} > set(HOSTILE_NAMES)
            added = product.collection("Added later", level=LEVEL)
            wait_until(
                lambda: monitoring.query(url, f'up{{collection_id="{added}"}} == 1'), "the new target is up"
            )
            product.done(product.ask("DELETE", f"/api/collections/{added}"))
            wait_until(lambda: count_healthy(url) == 100, "the deleted target is gone")
            [gone] = monitoring.query(url, f'count(spikecast_level{{collection_id="{added}"}}) or vector(0)')
        assert gone["value"][1] == "0", "its series ends at once"

    def test_promtool_parses_the_discovered_targets(self, product, tmp_path):
        program = monitoring.find_program("promtool")
        config = write_config(tmp_path, product, DISCOVERY)
        checked = subprocess.run(
            [program, "check", "service-discovery", "--timeout=5s", str(config), "spikecast"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "日本" in checked.stdout
        assert '"__metrics_path__": "/api/collections/' in checked.stdout

    def test_the_path_of_a_static_target_contains_the_unencoded_name(self, product, tmp_path):
        raw = STATIC.replace("{job}", "raw").replace("{path}", '"/api/data/Truck 01/performance"')
        encoded = STATIC.replace("{job}", "encoded").replace("{path}", '"/api/data/Truck%2001/performance"')
        with monitoring.prometheus(write_config(tmp_path, product, raw, encoded)) as url:
            wait_until(
                lambda: sorted(each["health"] for each in get(url)) == ["down", "up"], "both were scraped"
            )
            health = {each["labels"]["job"]: (each["health"], each["lastError"]) for each in get(url)}
        assert health["raw"] == ("up", "")
        assert health["encoded"] == ("down", "server returned HTTP status 404 NOT FOUND")

    def test_discovery_accepts_a_key_without_a_scheme(self, product, tmp_path):
        """Prometheus before 2.45 sends no scheme to discovery if the configuration names no type."""
        job = DISCOVERY.replace("type: Bearer, ", "")
        with monitoring.prometheus(write_config(tmp_path, product, job)) as url:
            wait_until(lambda: count_healthy(url) == 100, "100 targets are up")

    def test_a_scrape_accepts_a_key_as_the_basic_authentication_password(self, product, tmp_path):
        job = STATIC.replace("{job}", "basic").replace("{path}", "/api/data/Truck/performance")
        job = job.replace("authorization: {{type: Bearer, credentials_file: {key}}}", BASIC)
        with monitoring.prometheus(write_config(tmp_path, product, job)) as url:
            wait_until(lambda: count_healthy(url) == 1, "the target is up")


BASIC = "basic_auth: {{username: key, password_file: {key}}}"
get = monitoring.get_targets


class TestVictoriaMetrics:
    def test_victoriametrics_scrapes_with_the_same_configuration(self, product, tmp_path):
        program = monitoring.find_program("victoria-metrics")
        config = write_config(tmp_path, product, DISCOVERY).read_text().replace("refresh_interval: 1s", "")
        (tmp_path / "prometheus.yml").write_text(config)
        with own_port() as port:
            arguments = [program, f"-promscrape.config={tmp_path / 'prometheus.yml'}"]
            arguments += [f"-storageDataPath={tmp_path / 'data'}", f"-httpListenAddr=127.0.0.1:{port}"]
            arguments += ["-search.latencyOffset=1s"]
            url = f"http://127.0.0.1:{port}"
            with monitoring.running(arguments, tmp_path / "victoria.log"):
                wait_until(lambda: monitoring.is_ready(f"{url}/health"), "VictoriaMetrics is ready")
                wait_until(lambda: count_healthy(url) == 100, "100 targets are up")
                wait_until(
                    lambda: len(monitoring.query(url, "spikecast_level")) == 99,
                    "VictoriaMetrics has the series",
                )
