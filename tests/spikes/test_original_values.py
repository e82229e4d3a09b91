"""Each copy of a spike includes the current values of its original field."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.statements import work


@pytest.fixture
def truck(make):
    """Create a collection with a range and a counter."""
    return make.collection(
        "Truck", {"value_type": "NUMBER_RANGE", "name": "cpu"}, {"value_type": "INCREMENT", "name": "km"}
    )


@pytest.fixture
def cpu_override(truck):
    """Return an override of the cpu of `truck`."""
    return {"original_field_id": truck["fields"][0]["id"], "range_start_number": 90, "range_end_number": 100}


def original_values(copy):
    return {name: value for name, value in copy["original"].items() if value is not None}


CPU = {"value_type": "NUMBER_RANGE", **SETTINGS["NUMBER_RANGE"]}
KM = {"value_type": "INCREMENT", **SETTINGS["INCREMENT"], "randomization_percentage": 0}


def test_the_response_to_a_create_includes_the_original_values(make, truck, cpu_override):
    cpu, km = make.spike(truck, cpu_override)["spike_fields"]
    assert (cpu["range_start_number"], cpu["range_end_number"]) == (90, 100)
    assert (original_values(cpu), original_values(km)) == (CPU, KM)


def test_the_responses_to_get_change_and_end_include_the_original_values(owner, make, truck, cpu_override):
    path = f"/api/spike-schedules/{make.spike(truck, cpu_override)['id']}"
    for response in (owner.get(path), owner.patch(path, {"name": "Other"}), owner.post(f"{path}/end")):
        assert original_values(response.json["spike_fields"][0]) == CPU


def test_lists_include_the_original_values(owner, make, truck, cpu_override):
    make.spike(truck, cpu_override)
    for path in ("/api/spike-schedules", f"/api/collections/{truck['id']}/spike-schedules"):
        (spike,) = owner.get(path).json["items"]
        assert [original_values(copy) for copy in spike["spike_fields"]] == [CPU]


def test_original_values_follow_changes_of_the_field(owner, make, truck, cpu_override):
    spike = make.spike(truck, cpu_override)
    owner.patch(f"/api/fields/{cpu_override['original_field_id']}", {"range_end_number": 35})
    (cpu, _) = owner.get(f"/api/spike-schedules/{spike['id']}").json["spike_fields"]
    assert cpu["original"]["range_end_number"] == 35
    assert cpu["range_end_number"] == 100


def test_original_values_include_the_current_number_of_a_counter(owner, make, truck, cpu_override):
    make.key().data("Truck")
    spike = make.spike(truck, cpu_override)
    km = owner.get(f"/api/spike-schedules/{spike['id']}").json["spike_fields"][1]
    assert km["original"]["current_number"] == 10
    assert km["current_number"] is None


def test_the_number_of_queries_does_not_grow_with_fields_and_spikes(
    owner, make, truck, cpu_override, queries
):
    spike = make.spike(truck, cpu_override)
    paths = ("/api/spike-schedules", f"/api/spike-schedules/{spike['id']}")
    counts = []
    for _ in range(2):
        for path in paths:
            with queries() as seen:
                assert owner.get(path).status_code == 200
            counts.append(len(work(seen)))
        fields = [make.field(truck) for _ in range(5)]
        overrides = [{"original_field_id": field["id"], "range_end_number": 50} for field in fields]
        owner.patch(paths[1], {"spike_fields": overrides})
        make.spike(make.collection(None, {}))
    assert counts[:2] == counts[2:]
