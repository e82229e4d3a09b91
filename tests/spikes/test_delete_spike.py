"""DELETE /api/spike-schedules/{id}."""

import pytest

from tests.support.problems import refused
from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})


@pytest.mark.parametrize("start", [-10, 0, 10], ids=["active", "starts now", "scheduled"])
def test_a_spike_may_be_deleted_before_and_after_its_start(owner, make, truck, start):
    spike = make.spike(truck, start_datetime=at(start), end_datetime=at(20))
    response = owner.delete(f"/api/spike-schedules/{spike['id']}")
    assert response.status_code == 204
    assert response.data == b""
    refused(owner.get(f"/api/spike-schedules/{spike['id']}"), 404)
    assert owner.get("/api/spike-schedules").json["total"] == 0


def test_after_deletion_the_next_poll_returns_the_values_of_the_collection(owner, make, truck):
    (cpu,) = truck["fields"]
    spike = make.spike(truck, {"original_field_id": cpu["id"], "fixed_value_number": 99})
    tool = make.key()
    assert tool.data("Truck 01") == {"cpu": 99}
    owner.delete(f"/api/spike-schedules/{spike['id']}")
    assert tool.data("Truck 01") == {"cpu": 7}


def test_an_expired_spike_may_be_deleted(owner, make, truck, clock):
    spike = make.spike(truck, duration=60)
    clock.shift(60)
    assert owner.delete(f"/api/spike-schedules/{spike['id']}").status_code == 204


def test_deleting_a_spike_changes_neither_the_collection_nor_other_spikes(owner, make, truck):
    deleted = make.spike(truck, start_datetime=at(0), duration=60)
    other = make.spike(truck, start_datetime=at(10), duration=60)
    owner.delete(f"/api/spike-schedules/{deleted['id']}")
    assert owner.get(f"/api/collections/{truck['id']}").json["fields"] == truck["fields"]
    assert owner.get(f"/api/spike-schedules/{other['id']}").json == other


def test_deleting_a_spike_twice_is_not_found(owner, make, truck):
    path = f"/api/spike-schedules/{make.spike(truck)['id']}"
    owner.delete(path)
    refused(owner.delete(path), 404)
