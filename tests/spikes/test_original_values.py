"""A spike's copies tell the collection's own values beside theirs."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.statements import work


@pytest.fixture
def truck(make):
    """A collection with a range and a counter."""
    return make.collection(
        "Truck", {"value_type": "NUMBER_RANGE", "name": "cpu"}, {"value_type": "INCREMENT", "name": "km"}
    )


@pytest.fixture
def hot(truck):
    """An override of its cpu."""
    return {"original_field_id": truck["fields"][0]["id"], "range_start_number": 90, "range_end_number": 100}


def told(copy):
    return {name: value for name, value in copy["original"].items() if value is not None}


CPU = {"value_type": "NUMBER_RANGE", **SETTINGS["NUMBER_RANGE"]}
KM = {"value_type": "INCREMENT", **SETTINGS["INCREMENT"], "randomization_percentage": 0}


def test_the_answer_to_its_creation_tells_them(make, truck, hot):
    cpu, km = make.spike(truck, hot)["spike_fields"]
    assert (cpu["range_start_number"], cpu["range_end_number"]) == (90, 100)
    assert (told(cpu), told(km)) == (CPU, KM)


def test_so_do_a_schedule_by_itself_and_a_changed_one(owner, make, truck, hot):
    path = f"/api/spike-schedules/{make.spike(truck, hot)['id']}"
    for answer in (owner.get(path), owner.patch(path, {"name": "Other"}), owner.post(f"{path}/end")):
        assert told(answer.json["spike_fields"][0]) == CPU


def test_so_does_a_list(owner, make, truck, hot):
    make.spike(truck, hot)
    for path in ("/api/spike-schedules", f"/api/collections/{truck['id']}/spike-schedules"):
        (spike,) = owner.get(path).json["items"]
        assert [told(copy) for copy in spike["spike_fields"]] == [CPU]


def test_they_are_those_of_this_moment(owner, make, truck, hot):
    spike = make.spike(truck, hot)
    owner.patch(f"/api/fields/{hot['original_field_id']}", {"range_end_number": 35})
    (cpu, _) = owner.get(f"/api/spike-schedules/{spike['id']}").json["spike_fields"]
    assert cpu["original"]["range_end_number"] == 35
    assert cpu["range_end_number"] == 100


def test_where_the_collections_counter_stands_is_told_as_well(owner, make, truck, hot):
    make.key().data("Truck")
    spike = make.spike(truck, hot)
    km = owner.get(f"/api/spike-schedules/{spike['id']}").json["spike_fields"][1]
    assert km["original"]["current_number"] == 10
    assert km["current_number"] is None


def test_the_number_of_queries_is_the_same_for_many(owner, make, truck, hot, queries):
    spike = make.spike(truck, hot)
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
