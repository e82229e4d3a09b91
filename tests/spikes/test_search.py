"""Search finds spikes by their name and by the names of the fields they override, also after changes."""

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
    """Create a spike named Rush that overrides cpu and Öl."""
    first, _, last = truck["fields"]
    times = {"start_datetime": at(5), "end_datetime": at(20)}
    return make.spike(truck, override(first), override(last), name="Rush", **times)


def override(field):
    return {"original_field_id": field["id"], "range_start_number": 6}


def is_found(caller, text):
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
def test_search_finds_a_spike_by_its_name_and_by_each_overridden_field(owner, spike, text):
    assert is_found(owner, text)


def test_search_does_not_find_a_spike_by_a_field_it_does_not_override(owner, spike):
    assert not is_found(owner, "ram")


def test_search_finds_a_renamed_spike_by_its_new_name_only(owner, spike):
    change(owner, spike, name="Lull")
    assert (is_found(owner, "lull"), is_found(owner, "rush"), is_found(owner, "cpu")) == (True, False, True)


def test_search_finds_a_spike_by_its_new_overrides_only(owner, spike, truck):
    change(owner, spike, spike_fields=[override(truck["fields"][1])])
    assert (is_found(owner, "ram"), is_found(owner, "cpu")) == (True, False)


def test_search_finds_a_spike_by_the_new_name_of_a_renamed_field_only(owner, spike, cpu):
    assert owner.patch(cpu, {"field_name": "Load"}).status_code == 200
    assert (is_found(owner, "load"), is_found(owner, "cpu"), is_found(owner, "öl")) == (True, False, True)


def test_search_does_not_find_a_spike_by_a_deleted_field(owner, spike, cpu):
    assert owner.delete(cpu).status_code == 204
    assert (is_found(owner, "cpu"), is_found(owner, "öl")) == (False, True)


@pytest.mark.parametrize(
    "types",
    [{"collection_type": "Configuration"}, {"value_type": "EPOCH_NOW"}],
    ids=["another collection type", "another value type"],
)
def test_search_does_not_find_a_spike_by_a_field_whose_override_was_dropped(owner, spike, cpu, types):
    assert owner.patch(cpu, types).status_code == 200
    assert (is_found(owner, "cpu"), is_found(owner, "öl")) == (False, True)


def test_search_finds_an_ended_spike_by_the_old_field_name_until_it_is_extended(owner, spike, cpu, clock):
    clock.move_to(at(25))
    assert owner.patch(cpu, {"field_name": "Load"}).status_code == 200
    assert (is_found(owner, "load"), is_found(owner, "cpu")) == (False, True)
    assert owner.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": 7200}).status_code == 200
    assert (is_found(owner, "load"), is_found(owner, "cpu")) == (True, False)


def test_renaming_a_field_does_not_change_the_update_time_of_a_spike(owner, spike, cpu, clock):
    clock.shift(60)
    assert owner.patch(cpu, {"field_name": "Load"}).status_code == 200
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json["updated_at"] == spike["updated_at"]


def test_a_search_text_does_not_match_across_two_names(owner, spike):
    assert not is_found(owner, "rush cpu")
