"""Schedules are found by their names and by the fields that they override, whatever changed either."""

import pytest

from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    return make.collection("Truck", {"name": "cpu"}, {"name": "RAM"}, {"name": "Öl"})


@pytest.fixture
def cpu(truck):
    return f"/api/fields/{truck['fields'][0]['id']}"


@pytest.fixture
def spike(make, truck):
    """It overrides cpu and Öl."""
    first, _, last = truck["fields"]
    times = {"start_datetime": at(5), "end_datetime": at(20)}
    return make.spike(truck, override(first), override(last), name="Rush", **times)


def override(field):
    return {"original_field_id": field["id"], "range_start_number": 6}


def found(caller, text):
    items = caller.get("/api/spike-schedules", query_string={"search": text}).json["items"]
    counted = caller.get("/api/spike-schedules/counts", query_string={"search": text}).json["all"]
    shown = caller.get("/api/timeline", query_string={"search": text}).json["total"]
    assert counted == len(items)
    assert (shown > 0) == (counted > 0)
    return bool(items)


def change(caller, spike, **changes):
    response = caller.patch(f"/api/spike-schedules/{spike['id']}", changes)
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("text", ["rush", "CPU", "öl", "ÖL"])
def test_by_its_name_and_by_each_field_that_it_overrides(owner, spike, text):
    assert found(owner, text)


def test_not_by_a_field_that_it_leaves_alone(owner, spike):
    assert not found(owner, "ram")


def test_by_a_new_name_and_no_longer_by_the_old_one(owner, spike):
    change(owner, spike, name="Lull")
    assert (found(owner, "lull"), found(owner, "rush"), found(owner, "cpu")) == (True, False, True)


def test_by_other_overrides_once_they_are_given(owner, spike, truck):
    change(owner, spike, spike_fields=[override(truck["fields"][1])])
    assert (found(owner, "ram"), found(owner, "cpu")) == (True, False)


def test_by_a_fields_new_name(owner, spike, cpu):
    assert owner.patch(cpu, {"field_name": "Load"}).status_code == 200
    assert (found(owner, "load"), found(owner, "cpu"), found(owner, "öl")) == (True, False, True)


def test_not_by_a_field_that_was_deleted(owner, spike, cpu):
    assert owner.delete(cpu).status_code == 204
    assert (found(owner, "cpu"), found(owner, "öl")) == (False, True)


@pytest.mark.parametrize(
    "kind",
    [{"collection_type": "Configuration"}, {"value_type": "EPOCH_NOW"}],
    ids=["another collection type", "another value type"],
)
def test_not_by_a_field_whose_override_was_dropped(owner, spike, cpu, kind):
    assert owner.patch(cpu, kind).status_code == 200
    assert (found(owner, "cpu"), found(owner, "öl")) == (False, True)


def test_one_that_has_ended_by_what_its_fields_were_called_until_it_comes_back(owner, spike, cpu, clock):
    clock.move_to(at(25))
    assert owner.patch(cpu, {"field_name": "Load"}).status_code == 200
    assert (found(owner, "load"), found(owner, "cpu")) == (False, True)
    assert owner.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": 7200}).status_code == 200
    assert (found(owner, "load"), found(owner, "cpu")) == (True, False)


def test_a_field_that_changes_its_name_leaves_the_schedule_as_it_was(owner, spike, cpu, clock):
    clock.shift(60)
    assert owner.patch(cpu, {"field_name": "Load"}).status_code == 200
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json["updated_at"] == spike["updated_at"]


def test_a_wide_search_is_no_search_for_names_side_by_side(owner, spike):
    assert not found(owner, "rush cpu")
