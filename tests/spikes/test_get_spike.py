"""GET /api/spike-schedules/{id}."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.problems import refused
from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "cpu"})


def test_a_spike_has_all_its_copies_in_the_order_of_the_fields(owner, truck, make):
    for value_type in SETTINGS:
        make.field(truck, value_type, name=f"a {value_type}")
    spike = make.spike(truck)
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike
    originals = [copy["original_field_id"] for copy in spike["spike_fields"]]
    assert len(originals) == 1 + len(SETTINGS)
    assert originals == sorted(originals)


def test_the_number_of_queries_does_not_grow_with_the_number_of_fields(owner, truck, make, queries):
    spike = make.spike(truck)
    with queries() as few:
        owner.get(f"/api/spike-schedules/{spike['id']}")
    for value_type in SETTINGS:
        make.field(truck, value_type)
    with queries() as many:
        owner.get(f"/api/spike-schedules/{spike['id']}")
    assert many.count == few.count


def test_the_status_changes_exactly_at_start_and_end(owner, truck, make, clock):
    spike = make.spike(truck, start_datetime=at(10), end_datetime=at(20))
    status = {}
    for minute in (0, 10 - 1e-6, 10, 15, 20 - 1e-6, 20, 30):
        clock.move_to(at(minute))
        status[minute] = owner.get(f"/api/spike-schedules/{spike['id']}").json["status"]
    assert list(status.values()) == [
        "scheduled",
        "scheduled",
        "active",
        "active",
        "active",
        "expired",
        "expired",
    ]


def test_a_spike_of_another_user_is_not_found(stranger, truck, make):
    id_ = make.spike(truck)["id"]
    hidden = refused(stranger.get(f"/api/spike-schedules/{id_}"), 404)
    missing = refused(stranger.get("/api/spike-schedules/987654"), 404)
    assert hidden["detail"] == f"There is no spike schedule {id_}."
    assert {**hidden, "detail": ""} == {**missing, "detail": ""}


@pytest.mark.parametrize("id_", ["0", "-1", "one", "2147483648", "99999999999999999999"])
def test_an_invalid_id_is_not_found(owner, id_):
    refused(owner.get(f"/api/spike-schedules/{id_}"), 404)
