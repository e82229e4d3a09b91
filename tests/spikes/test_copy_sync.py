"""Copies of fields in a spike follow changes of the collection until the spike has ended."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.timestamps import at
from tests.support.value_types import NEEDED, NUMERIC, SOME_VALUE


@pytest.fixture
def truck(make):
    """Create a collection: cpu and ram in 5 to 20 each, km starts at 10 with step 5."""
    return make.collection(
        "Truck 01", {"name": "cpu"}, {"name": "ram"}, {"name": "km", "value_type": "INCREMENT"}
    )


@pytest.fixture
def cpu(truck):
    return truck["fields"][0]


@pytest.fixture
def ram(truck):
    return truck["fields"][1]


@pytest.fixture
def km(truck):
    return truck["fields"][2]


@pytest.fixture
def spikes(make, truck, cpu, clock):
    """Create an ended, an active and a scheduled spike (at 08:05); each overrides cpu with 90 to 100."""
    override = {"original_field_id": cpu["id"], "range_start_number": 90, "range_end_number": 100}
    spikes = {
        name: make.spike(truck, override, name=name, start_datetime=at(start), end_datetime=at(end))
        for name, start, end in (("ended", 0, 5), ("active", 5, 20), ("scheduled", 20, 40))
    }
    clock.move_to(at(5))
    return spikes


NOT_ENDED = ("active", "scheduled")


def get_spike(caller, spike):
    return caller.get(f"/api/spike-schedules/{spike['id']}").json


def get_copies(caller, spike):
    return {copy["field_name"]: copy for copy in get_spike(caller, spike)["spike_fields"]}


def get_stored_copies(caller, spike):
    """Return the copies of a spike without the values of their original fields."""
    return [
        {name: value for name, value in copy.items() if name != "original"}
        for copy in get_spike(caller, spike)["spike_fields"]
    ]


def get_settings(field):
    return {name: field[name] for name in SOME_VALUE}


def change(caller, field, **changes):
    response = caller.patch(f"/api/fields/{field['id']}", changes)
    assert response.status_code == 200, response.text
    return response.json


@pytest.fixture
def ended_spike_unchanged(owner, spikes):
    """Check after the test that the copies of the ended spike are unchanged."""
    before = get_stored_copies(owner, spikes["ended"])
    yield
    assert get_stored_copies(owner, spikes["ended"]) == before


# --- Added and deleted fields --------------------------------------------------------------------------


@pytest.mark.parametrize("collection_type", ["Performance", "Configuration"])
@pytest.mark.parametrize("value_type", NEEDED)
def test_a_new_field_is_copied_to_spikes_that_have_not_ended(
    owner, make, truck, spikes, ended_spike_unchanged, value_type, collection_type
):
    field = make.field(truck, value_type, name="new", collection_type=collection_type)
    for name in NOT_ENDED:
        copy = get_copies(owner, spikes[name])["new"]
        assert copy["original_field_id"] == field["id"]
        assert get_settings(copy) == get_settings(field)
        assert (copy["value_type"], copy["collection_type"]) == (value_type, collection_type)
        assert copy["is_overridden"] is False
        assert copy["is_editable"] is (collection_type == "Performance" and value_type in NUMERIC)


def test_an_active_spike_can_override_a_new_field(owner, make, truck, spikes):
    field = make.field(truck, "NUMBER_FIXED", name="new")
    entry = {"original_field_id": field["id"], "fixed_value_number": 0}
    owner.patch(f"/api/spike-schedules/{spikes['active']['id']}", {"spike_fields": [entry]})
    assert make.key().data("Truck 01")["new"] == 0


def test_deleting_a_field_deletes_its_copies(owner, spikes, cpu):
    owner.delete(f"/api/fields/{cpu['id']}")
    for spike in spikes.values():
        assert list(get_copies(owner, spike)) == ["ram", "km"]


def test_a_new_field_with_the_name_of_a_deleted_one_inherits_no_override(owner, make, truck, spikes, cpu):
    owner.delete(f"/api/fields/{cpu['id']}")
    new_cpu = make.field(truck, name="cpu")
    for name in NOT_ENDED:
        copy = get_copies(owner, spikes[name])["cpu"]
        assert (copy["original_field_id"], copy["is_overridden"]) == (new_cpu["id"], False)
        assert get_settings(copy) == get_settings(new_cpu)


def test_deleting_all_fields_does_not_delete_the_spike(owner, spikes, truck):
    for field in truck["fields"]:
        owner.delete(f"/api/fields/{field['id']}")
    assert get_spike(owner, spikes["active"])["spike_fields"] == []


def test_a_new_field_is_not_copied_to_spikes_of_other_collections(owner, make, spikes):
    other = make.collection("Truck 02", {"name": "cpu"})
    spike = make.spike(other)
    make.field(other, name="new")
    assert list(get_copies(owner, spike)) == ["cpu", "new"]
    assert list(get_copies(owner, spikes["active"])) == ["cpu", "ram", "km"]


# --- Changed fields ------------------------------------------------------------------------------------


def test_renaming_a_field_renames_all_its_copies(owner, spikes, ended_spike_unchanged, cpu, ram):
    change(owner, cpu, field_name="CPU")
    change(owner, ram, field_name="RAM")
    for name in NOT_ENDED:
        assert list(get_copies(owner, spikes[name])) == ["CPU", "RAM", "km"]
        copy = get_copies(owner, spikes[name])["CPU"]
        assert (copy["range_start_number"], copy["range_end_number"]) == (90, 100)


def test_new_settings_are_copied_to_copies_without_overrides(owner, spikes, ended_spike_unchanged, ram):
    changed = change(owner, ram, range_start_number=0, range_end_number=1)
    for name in NOT_ENDED:
        assert get_settings(get_copies(owner, spikes[name])["ram"]) == get_settings(changed)


def test_an_overridden_copy_keeps_its_overridden_settings(owner, spikes, ended_spike_unchanged, cpu):
    before = {name: get_copies(owner, spikes[name])["cpu"] for name in NOT_ENDED}
    change(owner, cpu, range_start_number=200, range_end_number=300)
    for name in NOT_ENDED:
        copy = get_copies(owner, spikes[name])["cpu"]
        assert get_settings(copy) == get_settings(before[name])
        assert copy["overridden_settings"] == ["range_end_number", "range_start_number"]


def test_an_overridden_copy_also_keeps_its_settings_that_are_not_overridden(owner, make, truck, ram):
    """Settings that were validated together stay together."""
    spike = make.spike(truck, {"original_field_id": ram["id"], "range_end_number": 50})
    change(owner, ram, range_start_number=200, range_end_number=300)
    copy = get_copies(owner, spike)["ram"]
    assert (copy["range_start_number"], copy["range_end_number"]) == (5, 50)


def test_removing_an_override_restores_the_current_settings_of_the_field(owner, spikes, cpu):
    changed = change(owner, cpu, range_start_number=200, range_end_number=300)
    owner.patch(f"/api/spike-schedules/{spikes['active']['id']}", {"spike_fields": []})
    assert get_settings(get_copies(owner, spikes["active"])["cpu"]) == get_settings(changed)
    later = change(owner, cpu, range_end_number=400)
    assert get_settings(get_copies(owner, spikes["active"])["cpu"]) == get_settings(later)
    assert get_copies(owner, spikes["scheduled"])["cpu"]["range_end_number"] == 100


def test_a_new_override_is_validated_with_the_current_settings_of_the_field(owner, spikes, cpu):
    change(owner, cpu, range_start_number=200, range_end_number=300)
    path = f"/api/spike-schedules/{spikes['active']['id']}"
    entry = {"original_field_id": cpu["id"], "range_end_number": 100}
    assert owner.patch(path, {"spike_fields": [entry]}).status_code == 422
    entry["range_end_number"] = 250
    assert owner.patch(path, {"spike_fields": [entry]}).status_code == 200


def test_a_new_collection_type_drops_the_override(owner, spikes, ended_spike_unchanged, cpu):
    changed = change(owner, cpu, collection_type="Configuration")
    for name in NOT_ENDED:
        copy = get_copies(owner, spikes[name])["cpu"]
        assert (copy["collection_type"], copy["is_editable"]) == ("Configuration", False)
        assert (copy["is_overridden"], copy["overridden_settings"]) == (False, [])
        assert get_settings(copy) == get_settings(changed)


@pytest.mark.parametrize("value_type", [each for each in NEEDED if each != "NUMBER_RANGE"])
def test_a_new_value_type_drops_the_override(owner, spikes, ended_spike_unchanged, cpu, value_type):
    changed = change(owner, cpu, value_type=value_type, **SETTINGS[value_type])
    for name in NOT_ENDED:
        copy = get_copies(owner, spikes[name])["cpu"]
        assert (copy["value_type"], copy["is_editable"]) == (value_type, value_type in NUMERIC)
        assert (copy["is_overridden"], copy["overridden_settings"]) == (False, [])
        assert get_settings(copy) == get_settings(changed)


def test_a_dropped_override_does_not_return_with_the_old_collection_type(owner, spikes, cpu):
    change(owner, cpu, collection_type="Configuration")
    changed = change(owner, cpu, collection_type="Performance")
    copy = get_copies(owner, spikes["active"])["cpu"]
    assert (copy["is_overridden"], get_settings(copy)) == (False, get_settings(changed))


def test_sending_the_same_types_drops_no_override(owner, spikes, cpu):
    before = get_stored_copies(owner, spikes["active"])
    change(owner, cpu, collection_type="Performance", value_type="NUMBER_RANGE")
    assert get_stored_copies(owner, spikes["active"]) == before


def test_resetting_a_counter_resets_the_copies_that_continue_from_it(owner, make, spikes, km):
    tool = make.key()
    assert [tool.data("Truck 01")["km"] for _ in range(2)] == [10, 15]
    assert owner.post(f"/api/fields/{km['id']}/reset").status_code == 200
    assert tool.data("Truck 01")["km"] == 10


def test_a_refused_change_of_a_field_changes_no_copy(owner, spikes, cpu, ram):
    before = get_stored_copies(owner, spikes["active"])
    assert owner.patch(f"/api/fields/{ram['id']}", {"field_name": "cpu"}).status_code == 409
    assert owner.patch(f"/api/fields/{ram['id']}", {"range_end_number": 0}).status_code == 422
    assert get_stored_copies(owner, spikes["active"]) == before


# --- Ended spikes that become active new_cpu -------------------------------------------------------------


@pytest.fixture(params=["extended", "rescheduled"])
def reactivate(request, owner):
    """Return a function that makes an ended spike active new_cpu."""

    def extend(spike):
        return owner.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": 3600})

    def reschedule(spike):
        times = {"start_datetime": at(0), "end_datetime": at(60)}
        return owner.patch(f"/api/spike-schedules/{spike['id']}", times)

    return {"extended": extend, "rescheduled": reschedule}[request.param]


def test_a_spike_that_becomes_active_again_has_current_copies(
    owner, make, truck, cpu, ram, km, clock, reactivate
):
    cpu_up = {"original_field_id": cpu["id"], "range_start_number": 90, "range_end_number": 100}
    km_slow = {"original_field_id": km["id"], "step_number": 1}
    spike = make.spike(truck, cpu_up, km_slow, end_datetime=at(5))
    clock.move_to(at(6))
    change(owner, cpu, field_name="CPU", range_end_number=50)
    ram_now = change(owner, ram, range_end_number=50)
    km_now = change(owner, km, value_type="NUMBER_FIXED", fixed_value_number=1)
    new = make.field(truck, "TEXT_FIXED", name="new", collection_type="Configuration")
    response = reactivate(spike)
    assert (response.status_code, response.json["status"]) == (200, "active")
    assert response.json == get_spike(owner, spike)
    found = get_copies(owner, spike)
    assert list(found) == ["CPU", "ram", "km", "new"]
    assert found["CPU"]["range_end_number"] == 100
    assert get_settings(found["ram"]) == get_settings(ram_now)
    assert (found["km"]["is_overridden"], get_settings(found["km"])) == (False, get_settings(km_now))
    assert found["new"]["original_field_id"] == new["id"]
    assert make.key().poll("Truck 01", "configuration").json["data"] == {"new": "diesel"}


# --- Servers whose clocks differ -----------------------------------------------------------------------


@pytest.fixture
def field_added_by_fast_clock(make, truck, spikes, clock):
    """Add a field on a server whose clock is ahead, for which the spike has already ended."""
    clock.move_to(at(45))
    field = make.field(truck, name="new")
    clock.move_to(at(25))
    return field


@pytest.mark.parametrize(
    "change",
    [
        lambda owner, path: owner.patch(path, {"name": "Again"}),
        lambda owner, path: owner.patch(path, {"spike_fields": []}),
        lambda owner, path: owner.post(f"{path}/extend", {"duration": 60}),
    ],
    ids=["renamed", "overrides removed", "extended"],
)
def test_changing_a_spike_adds_copies_of_fields_added_by_a_fast_clock(
    owner, spikes, field_added_by_fast_clock, change
):
    response = change(owner, f"/api/spike-schedules/{spikes['scheduled']['id']}")
    assert response.status_code == 200, response.text
    assert "new" in get_copies(owner, spikes["scheduled"])


def test_a_preview_includes_fields_added_by_a_fast_clock(owner, spikes, field_added_by_fast_clock):
    preview = owner.get(f"/api/spike-schedules/{spikes['scheduled']['id']}/preview")
    assert preview.status_code == 200, preview.text
    assert "new" in {field["field_name"] for field in preview.json["fields"]}
