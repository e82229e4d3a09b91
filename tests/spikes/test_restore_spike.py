"""POST /api/spike-schedules/{id}/restore: the undo of a deletion."""

import pytest

from tests.support.problems import refused
from tests.support.timestamps import at

PATH = "/api/spike-schedules"
COUNTER = {"value_type": "INCREMENT", "name": "km", "start_number": 0, "step_number": 1}


@pytest.fixture
def truck(make):
    """Create a collection with a random field, a fixed one and a counter."""
    return make.collection(
        "Truck 01", {"name": "cpu"}, {"value_type": "NUMBER_FIXED", "name": "cores"}, COUNTER
    )


@pytest.fixture
def ids(truck):
    return {field["field_name"]: field["id"] for field in truck["fields"]}


def restore(caller, spike):
    return caller.post(f"{PATH}/{spike['id']}/restore")


def delete(caller, spike):
    assert caller.delete(f"{PATH}/{spike['id']}").status_code == 204
    return spike


@pytest.mark.parametrize("start", [-10, 0, 10], ids=["active", "starts now", "scheduled"])
def test_a_restored_spike_is_as_it_was(owner, make, truck, ids, clock, start):
    override = {"original_field_id": ids["cpu"], "range_start_number": 90, "range_end_number": 100}
    window = {"start_datetime": at(start), "end_datetime": at(20)}
    spike = delete(owner, make.spike(truck, override, name="Rush", counters_after="resume", **window))
    clock.shift(5)
    answer = restore(owner, spike)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{PATH}/{spike['id']}"
    assert answer.headers["ETag"] == owner.get(f"{PATH}/{spike['id']}").headers["ETag"]
    back = answer.json
    for value in (
        "id",
        "rehearsal_id",
        "name",
        "start_datetime",
        "end_datetime",
        "counters_after",
        "created_at",
    ):
        assert back[value] == spike[value], value
    changed = ("is_overridden", "overridden_settings", "range_start_number", "range_end_number")
    assert [[copy[name] for name in changed] for copy in back["spike_fields"]] == [
        [copy[name] for name in changed] for copy in spike["spike_fields"]
    ]
    assert owner.get(f"{PATH}?search=rush").json["total"] == 1


def test_its_record_continues(owner, make, truck, ids):
    spike = make.spike(truck, {"original_field_id": ids["cores"], "fixed_value_number": 64})
    tool = make.key()
    tool.data("Truck 01")
    before = owner.get(f"/api/rehearsals/{spike['rehearsal_id']}").json
    restore(owner, delete(owner, spike))
    assert owner.get(f"/api/rehearsals/{spike['rehearsal_id']}").json == before
    assert tool.data("Truck 01")["cores"] == 64


def test_counters_continue_and_those_with_a_start_of_their_own_begin_there_again(owner, make, truck, ids):
    miles = make.field(truck, "INCREMENT", "miles", start_number=0, step_number=1)
    own = {"original_field_id": miles["id"], "start_number": 1000}
    spike = make.spike(truck, own, {"original_field_id": ids["km"], "step_number": 10})
    tool = make.key()

    def poll():
        polled = tool.data("Truck 01")
        return polled["km"], polled["miles"]

    assert [poll(), poll()] == [(0, 1000), (10, 1001)]
    delete(owner, spike)
    assert poll() == (11, 0)
    restore(owner, spike)
    assert [poll(), poll()] == [(21, 1000), (31, 1001)]


def test_a_spike_that_was_not_deleted_is_not_restored(owner, make, truck, clock):
    spike = make.spike(truck, duration=60)
    assert refused(restore(owner, spike), 409)["type"] == "urn:spikecast:problem:not-deleted"
    clock.shift(60)
    make.key().data("Truck 01")
    assert refused(restore(owner, spike), 409)["type"] == "urn:spikecast:problem:not-deleted"


def test_a_restored_spike_is_not_restored_again(owner, make, truck):
    spike = delete(owner, make.spike(truck))
    assert restore(owner, spike).status_code == 201
    refused(restore(owner, spike), 409)
    assert owner.get(PATH).json["total"] == 1


def test_a_spike_whose_window_has_passed_is_not_restored(owner, make, truck, clock):
    spike = delete(owner, make.spike(truck, duration=60))
    clock.shift(60)
    assert refused(restore(owner, spike), 409)["type"] == "urn:spikecast:problem:window-passed"


def test_a_window_that_is_taken_meanwhile_is_a_conflict(owner, make, truck):
    spike = delete(owner, make.spike(truck, start_datetime=at(10), duration=600))
    other = make.spike(truck, name="In between", start_datetime=at(15), duration=60)
    problem = refused(restore(owner, spike), 409)
    assert [conflict["id"] for conflict in problem["conflicts"]] == [other["id"]]


@pytest.mark.parametrize("change", ["deleted", "another type"])
def test_overrides_that_do_not_fit_the_fields_any_more_are_a_conflict(owner, make, truck, ids, change):
    spike = delete(owner, make.spike(truck, {"original_field_id": ids["cores"], "fixed_value_number": 64}))
    if change == "deleted":
        owner.delete(f"/api/fields/{ids['cores']}")
    else:
        body = {"value_type": "TEXT_FIXED", "fixed_value_text": "x"}
        assert owner.patch(f"/api/fields/{ids['cores']}", body).status_code == 200
    problem = refused(restore(owner, spike), 409)
    assert problem["type"] == "urn:spikecast:problem:fields-changed"
    assert problem["errors"]


def test_fields_that_it_does_not_override_may_have_changed(owner, make, truck, ids):
    spike = delete(owner, make.spike(truck, {"original_field_id": ids["cores"], "fixed_value_number": 64}))
    owner.delete(f"/api/fields/{ids['cpu']}")
    make.field(truck, "NUMBER_FIXED", "new", fixed_value_number=3)
    back = restore(owner, spike).json
    assert [copy["field_name"] for copy in back["spike_fields"]] == ["cores", "km", "new"]


def test_a_spike_of_others_is_not_found(owner, stranger, viewer, make, truck):
    spike = delete(owner, make.spike(truck))
    refused(restore(stranger, spike), 404)
    refused(restore(viewer, spike), 403)
    refused(owner.post(f"{PATH}/2147483647/restore"), 404)
    assert owner.get(PATH).json["total"] == 0
