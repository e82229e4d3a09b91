"""Other real monitoring programs poll Spikecast directly."""

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from tests.support import monitoring
from tests.support.product import Product
from tests.support.server import running_server
from tests.support.wait import wait_until

pytestmark = pytest.mark.e2e

FIELDS = {
    "engine °C": {"value_type": "FLOAT_FIXED", "fixed_value_float": 84.5},
    "speed, km/h": {"value_type": "NUMBER_FIXED", "fixed_value_number": 9007199254740991},
    "plate=1": {"value_type": "TEXT_FIXED", "fixed_value_text": 'a "quoted" back\\slash, 100 %'},
    "requests": {"value_type": "INCREMENT", "start_number": 1000, "step_number": 5},
    "parts": {"value_type": "INCREMENT", "start_number": 0.5, "step_number": 0.5},
}
PATH = "/api/data/Truck%2001/performance"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Run the product with a collection of one field of each kind."""
    folder = tmp_path_factory.mktemp("clients")
    with running_server(f"sqlite:///{folder / 'spikecast.db'}", workers=2) as server:
        product = Product(server)
        product.collection("Truck 01", **FIELDS)
        yield product


class TestPromtool:
    def test_promtool_reports_no_error_in_the_text_format(self, product):
        text = self.poll(product, "Truck 01")
        checked = subprocess.run(
            [monitoring.find_program("promtool"), "check", "metrics"],
            input=text,
            capture_output=True,
            check=False,
        )
        lint = checked.stdout + checked.stderr
        assert b"error" not in lint.lower(), lint
        assert checked.returncode == 0, lint

    @staticmethod
    def poll(product: Product, name: str) -> bytes:
        """Return the text format, without the field that has an abbreviated unit, which promtool dislikes."""
        answer = requests.get(
            f"{product.url}{PATH}?format=prometheus", headers={"X-API-Key": product.key}, timeout=10
        )
        lines = answer.content.splitlines(keepends=True)
        return b"".join(line for line in lines if b"speed_km_h" not in line)


class TestInfluxDB:
    def test_influxdb_stores_every_field_with_its_type(self, product, tmp_path):
        with monitoring.influxdb(tmp_path) as url:
            requests.post(
                f"{url}/query", params={"q": "CREATE DATABASE telemetry"}, timeout=10
            ).raise_for_status()
            for _ in range(2):  # the second would be refused if a type differed
                line = self.poll(product)
                written = requests.post(f"{url}/write", params={"db": "telemetry"}, data=line, timeout=10)
                assert written.status_code == 204, written.text
            keys = ask_influxdb(url, "SHOW FIELD KEYS")
            [values] = ask_influxdb(
                url, 'SELECT "engine °C", "speed, km/h", "plate=1", requests FROM spikecast LIMIT 1'
            )
            [tags] = ask_influxdb(url, "SELECT collection, type, parts FROM spikecast LIMIT 1")
        assert dict(keys) == {
            "engine °C": "float",
            "speed, km/h": "integer",
            "plate=1": "string",
            "requests": "float",
            "parts": "float",
        }
        assert values[1:4] == [84.5, 9007199254740991, 'a "quoted" back\\slash, 100 %']
        assert tags[1:3] == ["Truck 01", "performance"]

    @staticmethod
    def poll(product: Product) -> bytes:
        """Return the line protocol of one poll."""
        headers = {"X-API-Key": product.key}
        return requests.get(f"{product.url}{PATH}?format=influx", headers=headers, timeout=10).content


def ask_influxdb(url: str, statement: str) -> list[list[object]]:
    """Return the rows of an InfluxQL statement."""
    answer = requests.get(f"{url}/query", params={"db": "telemetry", "q": statement}, timeout=10).json()
    rows: list[list[object]] = answer["results"][0]["series"][0]["values"]
    return rows


class TestCollectd:
    CONFIG = """
Hostname "h"
Interval 1
BaseDir "{folder}"
PIDFile "{folder}/pid"
TypesDB "/usr/share/collectd/types.db"
LoadPlugin curl_json
LoadPlugin csv
<Plugin csv>
  DataDir "stdout"
</Plugin>
<Plugin curl_json>
  <URL "{url}">
    Instance "truck"
    Header "X-API-Key: {key}"
    <Key "data/engine °C">
      Type "gauge"
    </Key>
    <Key "data/requests">
      Type "gauge"
    </Key>
  </URL>
</Plugin>
"""

    def test_collectds_curl_json_plugin_reads_the_fields(self, product, tmp_path):
        program = monitoring.find_program("collectd")
        config, log = tmp_path / "collectd.conf", tmp_path / "collectd.log"
        config.write_text(self.CONFIG.format(folder=tmp_path, url=product.url + PATH, key=product.key))
        with monitoring.running([program, "-f", "-C", str(config)], log):
            wait_until(lambda: self.values(log, "data-requests")[2:], "collectd has polled three times")
        assert set(self.values(log, "data-engine °C")) == {84.5}
        seen = self.values(log, "data-requests")
        assert {later - earlier for earlier, later in pairwise(seen)} == {5}

    @staticmethod
    def values(log: Path, name: str) -> list[float]:
        """Return the values of a field that collectd has written so far."""
        return [
            float(text)
            for text in re.findall(rf"gauge-{re.escape(name)}.*?:([0-9.]+)$", log.read_text(), re.M)
        ]


class TestCheckHttp:
    @pytest.mark.parametrize("way", ["header", "basic"])
    def test_check_http_of_nagios_finds_a_value_in_the_text_format(self, product, way):
        program = monitoring.find_program("check_http")
        host, _, port = product.url.removeprefix("http://").partition(":")
        arguments = [program, "-I", host, "-p", port, "-u", f"{PATH}?format=prometheus"]
        arguments += ["-k", f"X-API-Key: {product.key}"] if way == "header" else ["-a", f"key:{product.key}"]
        ok = subprocess.run(
            [*arguments, "-s", "spikecast_engine_celsius 84.5"], capture_output=True, text=True, check=False
        )
        assert ok.returncode == 0, ok.stdout
        critical = subprocess.run(
            [*arguments, "-s", "no such text"], capture_output=True, text=True, check=False
        )
        assert critical.returncode == 2, critical.stdout
