"""POST /api/spike-schedules/{id}/end."""

import pytest

from tests.support.problems import refused
from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})


def end(caller, spike):
    return caller.post(f"/api/spike-schedules/{spike['id']}/end")


def test_ending_an_active_spike_sets_its_end_to_now(owner, make, truck, clock):
    spike = make.spike(truck, duration=3600)
    clock.shift(90.5)
    response = end(owner, spike)
    assert response.status_code == 200
    ended = {"end_datetime": "2026-11-27T08:01:30.500000Z", "status": "expired"}
    assert response.json == spike | ended | {"updated_at": ended["end_datetime"]}
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json == response.json


def test_the_next_poll_returns_the_values_of_the_collection_and_deletes_the_ended_spike(owner, make, truck):
    (cpu,) = truck["fields"]
    spike = make.spike(truck, {"original_field_id": cpu["id"], "fixed_value_number": 99})
    tool = make.key()
    assert tool.data("Truck 01") == {"cpu": 99}
    end(owner, spike)
    assert owner.get("/api/spike-schedules?status=expired").json["total"] == 1
    assert tool.data("Truck 01") == {"cpu": 7}
    refused(owner.get(f"/api/spike-schedules/{spike['id']}"), 404)


def test_a_scheduled_spike_cannot_be_ended(owner, make, truck):
    spike = make.spike(truck, name="Later", start_datetime=at(10), end_datetime=at(20))
    problem = refused(end(owner, spike), 409)
    assert problem["type"] == "urn:spikecast:problem:not-active"
    assert problem["detail"] == "Only active spikes can be ended. 'Later' is scheduled."
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike


def test_an_ended_spike_cannot_be_ended_again(owner, make, truck, clock):
    spike = make.spike(truck, name="Over", duration=60)
    clock.shift(30)
    first = end(owner, spike).json
    clock.shift(1)
    problem = refused(end(owner, spike), 409)
    assert problem["detail"] == "Only active spikes can be ended. 'Over' is expired."
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json == first


def test_ending_a_spike_does_not_change_the_next_one(owner, make, truck):
    spike = make.spike(truck, end_datetime=at(20))
    following = make.spike(truck, start_datetime=at(20), end_datetime=at(40))
    end(owner, spike)
    assert owner.get(f"/api/spike-schedules/{following['id']}").json == following


def test_ending_a_spike_that_does_not_exist_is_not_found(owner):
    refused(end(owner, {"id": 987654}), 404)
