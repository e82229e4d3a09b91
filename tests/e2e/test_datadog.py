"""Datadog's own OpenMetrics check polls Spikecast, in each format that it requests."""

import json
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from tests.support import skip_or_fail
from tests.support.product import Product
from tests.support.server import running_server

pytestmark = pytest.mark.e2e

PYTHON = ROOT / ".venv-datadog" / "bin" / "python"
FIELDS = {
    "engine °C": {"value_type": "FLOAT_FIXED", "fixed_value_float": 84.5},
    "odometer": {"value_type": "NUMBER_FIXED", "fixed_value_number": 9007199254740991},
    "requests": {"value_type": "INCREMENT", "start_number": 1000, "step_number": 5},
    "plate": {"value_type": "TEXT_FIXED", "fixed_value_text": 'a "quoted" text'},
}


def run_check(url: str, key: str, spec: str) -> dict[str, list[float]]:
    """Return the values that two runs of the check submit, by the name of the metric."""
    if not PYTHON.exists():
        skip_or_fail("datadog", "no Datadog check: make .venv-datadog/.made")
    command = [str(PYTHON), "-P", str(ROOT / "tests" / "support" / "datadog_check.py"), url, key, spec]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    values: dict[str, list[float]] = json.loads(ran.stdout.splitlines()[-1])
    return values


@pytest.mark.parametrize("spec", ["default", "latest"])
def test_datadogs_check_submits_every_numeric_field(tmp_path: Path, spec: str):
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}", workers=2) as server:
        product = Product(server)
        product.collection("Truck 01", **FIELDS)
        submitted = run_check(f"{server.url}/api/data/Truck%2001/performance", product.key, spec)
    assert set(submitted["spikecast.spikecast_engine_celsius"]) == {84.5}
    assert set(submitted["spikecast.spikecast_odometer"]) == {9007199254740991}
    assert submitted["spikecast.spikecast_requests.count"] == [1000, 1005]
    assert set(submitted["spikecast.spikecast_spike_active"]) == {0}
    assert not [name for name in submitted if "plate" in name and 1 not in submitted[name]]
