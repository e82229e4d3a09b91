"""Each list response uses one clock reading, even if time passes while it is built."""

import itertools
from datetime import timedelta

import pytest

from app.core import clock as app_clock
from tests.conftest import NOW


@pytest.fixture
def spikes(make):
    """Create three spikes in different collections that all start in 30 seconds."""
    return [
        make.spike(
            make.collection(None, {"name": "cpu"}),
            start_datetime=(NOW + timedelta(seconds=30)).isoformat(),
            duration=600,
        )
        for _ in range(3)
    ]


@pytest.fixture
def keys(make):
    """Create three keys that all expire in 30 seconds."""
    return [make.key(expires_at=(NOW + timedelta(seconds=30)).isoformat()) for _ in range(3)]


@pytest.fixture
def advancing_clock(monkeypatch):
    """Advance the clock by 12 seconds with each reading, so that spikes start while a response is built."""
    readings = itertools.count()
    monkeypatch.setattr(app_clock, "now", lambda: NOW + timedelta(seconds=12 * next(readings)))


@pytest.mark.parametrize("status", ["scheduled", "active"])
def test_every_spike_of_a_filtered_list_has_the_requested_status(owner, spikes, advancing_clock, status):
    items = owner.get(f"/api/spike-schedules?status={status}").json["items"]
    assert {item["status"] for item in items} <= {status}


def test_a_list_sorted_by_standing_uses_one_clock_reading(owner, spikes, advancing_clock):
    items = owner.get("/api/spike-schedules?sort=standing").json["items"]
    assert len({item["status"] for item in items}) == 1, "the statuses are of different times"


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/api/collections", lambda item: [item["spike"]["status"]]),
        ("/api/timeline", lambda item: [spike["status"] for spike in item["spikes"]]),
        ("/api/api-keys", lambda item: [item["status"]]),
    ],
)
def test_all_items_of_a_list_use_one_clock_reading(owner, keys, spikes, advancing_clock, path, statuses):
    items = owner.get(path).json["items"]
    assert items
    assert len({status for item in items for status in statuses(item)}) == 1
