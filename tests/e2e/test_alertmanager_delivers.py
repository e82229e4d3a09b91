"""A real Alertmanager with the configuration of the page delivers what it is told to a receiver."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.support import monitoring
from tests.support.product import Product
from tests.support.server import own_port, running_server
from tests.support.wait import wait_until

pytestmark = pytest.mark.e2e

CONFIG = """
route:
  receiver: team
  group_wait: 0s
  group_interval: 1s
  routes:
    - receiver: spikecast
      continue: true
receivers:
  - name: team
  - name: spikecast
    webhook_configs:
      - url: "{url}"
        send_resolved: true
        http_config:
          authorization:
            credentials: "{token}"
"""


@pytest.fixture
def product(tmp_path):
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}") as server:
        yield Product(server)


@pytest.fixture
def receiver(product) -> dict[str, Any]:
    return product.done(product.ask("POST", "/api/alert-receivers", {"name": "Alertmanager"}))


@pytest.fixture
def episodes(product, receiver) -> Callable[[], list[dict[str, Any]]]:
    path = f"/api/alert-receivers/{receiver['id']}/episodes?sort=id"
    return lambda: product.done(product.ask("GET", path))["items"]


def tell(alertmanager: str, starts: datetime, ends: datetime | None = None) -> None:
    """Tell an Alertmanager of an alert as Prometheus does."""
    alert = {"labels": {"alertname": "EngineHot", "instance": "truck-01"}, "startsAt": starts.isoformat()}
    if ends is not None:
        alert["endsAt"] = ends.isoformat()
    requests.post(f"{alertmanager}/api/v2/alerts", json=[alert], timeout=10).raise_for_status()


def test_two_alertmanagers_make_one_episode_that_is_resolved(product, receiver, episodes, tmp_path):
    config = CONFIG.format(url=f"{product.url}/api/alerts/{receiver['id']}", token=receiver["token"])
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
        (folder / "alertmanager.yml").write_text(config)
    starts = datetime.now(UTC) - timedelta(seconds=5)
    with (
        own_port() as port,
        own_port() as other,
        monitoring.alertmanager(folders[0] / "alertmanager.yml", port) as first,
        monitoring.alertmanager(folders[1] / "alertmanager.yml", other) as second,
    ):
        for each in (first, second):
            tell(each, starts)
        wait_until(lambda: [each["deliveries"] for each in episodes()] == [2], "both have delivered")
        assert episodes()[0]["is_firing"]
        ends = datetime.now(UTC)
        for each in (first, second):
            tell(each, starts, ends)
        wait_until(lambda: episodes()[0]["deliveries"] == 4, "both have delivered the resolution")
    (episode,) = episodes()
    assert not episode["is_firing"]
    assert episode["labels"] == {"alertname": "EngineHot", "instance": "truck-01"}
    # Alertmanager keeps milliseconds.
    assert abs(datetime.fromisoformat(episode["starts_at"]) - starts) < timedelta(milliseconds=1)
