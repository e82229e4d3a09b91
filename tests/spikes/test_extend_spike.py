"""POST /api/spike-schedules/{id}/extend."""

import pytest

from tests.support.problems import faults, refused
from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})


def extend(caller, spike, seconds):
    return caller.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": seconds})


def get_spike(caller, spike):
    return caller.get(f"/api/spike-schedules/{spike['id']}").json


def test_extending_an_active_spike_moves_its_end_by_the_duration(owner, make, truck, clock):
    spike = make.spike(truck, end_datetime=at(10))
    clock.shift(60)
    response = extend(owner, spike, 90)
    assert response.status_code == 200
    assert response.json == spike | {"end_datetime": at(11.5), "updated_at": at(1)}
    assert get_spike(owner, spike) == response.json


def test_repeated_extensions_add_up(owner, make, truck):
    spike = make.spike(truck, end_datetime=at(10))
    extend(owner, spike, 60)
    assert extend(owner, spike, 60).json["end_datetime"] == at(12)


def test_a_scheduled_spike_may_be_extended(owner, make, truck):
    spike = make.spike(truck, start_datetime=at(10), end_datetime=at(20))
    assert extend(owner, spike, 60).json == spike | {"end_datetime": at(21)}


def test_an_ended_spike_is_active_again_if_its_new_end_is_in_the_future(owner, make, truck, clock):
    spike = make.spike(truck, end_datetime=at(1))
    clock.shift(120)
    response = extend(owner, spike, 61)
    assert (response.status_code, response.json["status"]) == (200, "active")


@pytest.mark.parametrize("seconds", [1, 60])
def test_extending_an_ended_spike_is_refused_if_its_new_end_is_not_in_the_future(
    owner, make, truck, clock, seconds
):
    spike = make.spike(truck, end_datetime=at(1))
    clock.shift(120)
    errors = faults(extend(owner, spike, seconds))
    message = f"end_datetime must be in the future ({at(1 + seconds / 60)} is in the past)"
    assert errors == {"duration": [message]}
    assert get_spike(owner, spike)["end_datetime"] == at(1)


def test_a_spike_may_be_extended_to_the_start_of_the_next_one(owner, make, truck):
    spike = make.spike(truck, end_datetime=at(10))
    make.spike(truck, start_datetime=at(20), end_datetime=at(30))
    assert extend(owner, spike, 600).json["end_datetime"] == at(20)


def test_extending_a_spike_into_the_next_one_is_refused(owner, make, truck):
    spike = make.spike(truck, end_datetime=at(10))
    following = make.spike(truck, name="Next", start_datetime=at(20), end_datetime=at(30))
    problem = refused(extend(owner, spike, 601), 409)
    names = ("id", "name", "start_datetime", "end_datetime")
    assert problem["conflicts"] == [{name: following[name] for name in names}]
    assert problem["next_free_start"] == at(30)
    assert get_spike(owner, spike) == spike


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (0, "must be 1 or more"),
        (-60, "must be 1 or more"),
        (1.5, "must be a whole number"),
        ("60", "must be a whole number"),
        (True, "must be a whole number"),
        (None, "must not be null"),
        (10**12, "must be 253864627200 or less"),
        (253_864_627_200, "must not reach past the year 9998"),
    ],
)
def test_an_invalid_duration_is_refused(owner, make, truck, given, message):
    spike = make.spike(truck)
    assert faults(extend(owner, spike, given)) == {"duration": [message]}
    assert get_spike(owner, spike) == spike


def test_the_duration_is_required_and_other_keys_are_refused(owner, make, truck):
    spike = make.spike(truck)
    response = owner.post(f"/api/spike-schedules/{spike['id']}/extend", {"end_datetime": at(600)})
    assert faults(response) == {
        "duration": ["is required"],
        "end_datetime": ["is not a known key"],
    }


def test_extending_a_spike_that_does_not_exist_is_not_found(owner):
    refused(extend(owner, {"id": 987654}, 60), 404)
