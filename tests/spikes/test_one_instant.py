"""One answer is of one instant, also where time goes on while it is made."""

import itertools
from datetime import timedelta

import pytest

from app.core import clock as app_clock
from tests.conftest import NOW


@pytest.fixture
def schedules(make):
    """Three of them, each of another collection, which begin together in half a minute."""
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
    """Keys that expire together in half a minute."""
    return [make.key(expires_at=(NOW + timedelta(seconds=30)).isoformat()) for _ in range(3)]


@pytest.fixture
def hurried(monkeypatch):
    """The schedules begin while an answer is made: seconds go by with each look at the clock."""
    looks = itertools.count()
    monkeypatch.setattr(app_clock, "now", lambda: NOW + timedelta(seconds=12 * next(looks)))


@pytest.mark.parametrize("status", ["scheduled", "active"])
def test_every_schedule_of_a_list_has_the_status_that_was_asked_for(owner, schedules, hurried, status):
    items = owner.get(f"/api/spike-schedules?status={status}").json["items"]
    assert {item["status"] for item in items} <= {status}


def test_a_list_by_standing_is_of_one_instant(owner, schedules, hurried):
    items = owner.get("/api/spike-schedules?sort=standing").json["items"]
    assert len({item["status"] for item in items}) == 1, "time stands still while the list is made"


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/api/collections", lambda item: [item["spike"]["status"]]),
        ("/api/timeline", lambda item: [spike["status"] for spike in item["spikes"]]),
        ("/api/api-keys", lambda item: [item["status"]]),
    ],
)
def test_all_rows_of_a_list_are_of_one_instant(owner, keys, schedules, hurried, path, statuses):
    items = owner.get(path).json["items"]
    assert items
    assert len({status for item in items for status in statuses(item)}) == 1
