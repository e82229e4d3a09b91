"""The copies of a schedule keep step with the collection, until the schedule has ended."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.timestamps import at
from tests.support.value_types import NEEDED, NUMERIC, SOME_VALUE


@pytest.fixture
def truck(make):
    """cpu and ram at 5 to 20 each, km from 10 by 5."""
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
    """At 08:05 one has ended, one is active and one is to come; each has cpu at 90 to 100."""
    override = {"original_field_id": cpu["id"], "range_start_number": 90, "range_end_number": 100}
    made = {
        name: make.spike(truck, override, name=name, start_datetime=at(start), end_datetime=at(end))
        for name, start, end in (("ended", 0, 5), ("active", 5, 20), ("to come", 20, 40))
    }
    clock.move_to(at(5))
    return made


OPEN = ("active", "to come")


def see(caller, spike):
    return caller.get(f"/api/spike-schedules/{spike['id']}").json


def copies(caller, spike):
    return {copy["field_name"]: copy for copy in see(caller, spike)["spike_fields"]}


def stored(caller, spike):
    """The copies alone, without what is told of the collection's fields beside them."""
    return [
        {name: value for name, value in copy.items() if name != "original"}
        for copy in see(caller, spike)["spike_fields"]
    ]


def settings_of(field):
    return {name: field[name] for name in SOME_VALUE}


def change(caller, field, **changes):
    response = caller.patch(f"/api/fields/{field['id']}", changes)
    assert response.status_code == 200, response.text
    return response.json


@pytest.fixture
def ended_stays(owner, spikes):
    """Whatever the test does, the copies of the schedule that has ended are left alone."""
    before = stored(owner, spikes["ended"])
    yield
    assert stored(owner, spikes["ended"]) == before


# --- Fields that come and go ---------------------------------------------------------------------------


@pytest.mark.parametrize("collection_type", ["Performance", "Configuration"])
@pytest.mark.parametrize("value_type", NEEDED)
def test_a_new_field_is_copied(owner, make, truck, spikes, ended_stays, value_type, collection_type):
    field = make.field(truck, value_type, name="new", collection_type=collection_type)
    for name in OPEN:
        copy = copies(owner, spikes[name])["new"]
        assert copy["original_field_id"] == field["id"]
        assert settings_of(copy) == settings_of(field)
        assert (copy["value_type"], copy["collection_type"]) == (value_type, collection_type)
        assert copy["is_overridden"] is False
        assert copy["is_editable"] is (collection_type == "Performance" and value_type in NUMERIC)


def test_a_new_field_may_be_overridden_at_once(owner, make, truck, spikes):
    field = make.field(truck, "NUMBER_FIXED", name="new")
    entry = {"original_field_id": field["id"], "fixed_value_number": 0}
    owner.patch(f"/api/spike-schedules/{spikes['active']['id']}", {"spike_fields": [entry]})
    assert make.key().data("Truck 01")["new"] == 0


def test_a_deleted_field_takes_its_copies_with_it(owner, spikes, cpu):
    owner.delete(f"/api/fields/{cpu['id']}")
    for spike in spikes.values():
        assert list(copies(owner, spike)) == ["ram", "km"]


def test_a_new_field_of_the_name_of_a_deleted_one_inherits_no_override(owner, make, truck, spikes, cpu):
    owner.delete(f"/api/fields/{cpu['id']}")
    again = make.field(truck, name="cpu")
    for name in OPEN:
        copy = copies(owner, spikes[name])["cpu"]
        assert (copy["original_field_id"], copy["is_overridden"]) == (again["id"], False)
        assert settings_of(copy) == settings_of(again)


def test_a_schedule_outlives_the_last_field(owner, spikes, truck):
    for field in truck["fields"]:
        owner.delete(f"/api/fields/{field['id']}")
    assert see(owner, spikes["active"])["spike_fields"] == []


def test_other_collections_are_left_alone(owner, make, spikes):
    other = make.collection("Truck 02", {"name": "cpu"})
    spike = make.spike(other)
    make.field(other, name="new")
    assert list(copies(owner, spike)) == ["cpu", "new"]
    assert list(copies(owner, spikes["active"])) == ["cpu", "ram", "km"]


# --- Fields that change --------------------------------------------------------------------------------


def test_a_new_name_goes_to_every_copy_overridden_or_not(owner, spikes, ended_stays, cpu, ram):
    change(owner, cpu, field_name="CPU")
    change(owner, ram, field_name="RAM")
    for name in OPEN:
        assert list(copies(owner, spikes[name])) == ["CPU", "RAM", "km"]
        copy = copies(owner, spikes[name])["CPU"]
        assert (copy["range_start_number"], copy["range_end_number"]) == (90, 100)


def test_new_values_go_to_the_copies_that_are_not_overridden(owner, spikes, ended_stays, ram):
    changed = change(owner, ram, range_start_number=0, range_end_number=1)
    for name in OPEN:
        assert settings_of(copies(owner, spikes[name])["ram"]) == settings_of(changed)


def test_an_overridden_copy_keeps_its_values(owner, spikes, ended_stays, cpu):
    before = {name: copies(owner, spikes[name])["cpu"] for name in OPEN}
    change(owner, cpu, range_start_number=200, range_end_number=300)
    for name in OPEN:
        copy = copies(owner, spikes[name])["cpu"]
        assert settings_of(copy) == settings_of(before[name])
        assert copy["overridden_settings"] == ["range_end_number", "range_start_number"]


def test_an_overridden_copy_keeps_even_the_values_that_were_not_overridden(owner, make, truck, ram):
    """So that what was right together stays right together."""
    spike = make.spike(truck, {"original_field_id": ram["id"], "range_end_number": 50})
    change(owner, ram, range_start_number=200, range_end_number=300)
    copy = copies(owner, spike)["ram"]
    assert (copy["range_start_number"], copy["range_end_number"]) == (5, 50)


def test_a_copy_that_is_set_back_is_what_its_field_is_now(owner, spikes, cpu):
    changed = change(owner, cpu, range_start_number=200, range_end_number=300)
    owner.patch(f"/api/spike-schedules/{spikes['active']['id']}", {"spike_fields": []})
    assert settings_of(copies(owner, spikes["active"])["cpu"]) == settings_of(changed)
    later = change(owner, cpu, range_end_number=400)
    assert settings_of(copies(owner, spikes["active"])["cpu"]) == settings_of(later)
    assert copies(owner, spikes["to come"])["cpu"]["range_end_number"] == 100


def test_an_override_is_checked_against_what_the_field_is_now(owner, spikes, cpu):
    change(owner, cpu, range_start_number=200, range_end_number=300)
    path = f"/api/spike-schedules/{spikes['active']['id']}"
    entry = {"original_field_id": cpu["id"], "range_end_number": 100}
    assert owner.patch(path, {"spike_fields": [entry]}).status_code == 422
    entry["range_end_number"] = 250
    assert owner.patch(path, {"spike_fields": [entry]}).status_code == 200


def test_another_collection_type_drops_the_override(owner, spikes, ended_stays, cpu):
    changed = change(owner, cpu, collection_type="Configuration")
    for name in OPEN:
        copy = copies(owner, spikes[name])["cpu"]
        assert (copy["collection_type"], copy["is_editable"]) == ("Configuration", False)
        assert (copy["is_overridden"], copy["overridden_settings"]) == (False, [])
        assert settings_of(copy) == settings_of(changed)


@pytest.mark.parametrize("value_type", [each for each in NEEDED if each != "NUMBER_RANGE"])
def test_another_value_type_drops_the_override(owner, spikes, ended_stays, cpu, value_type):
    changed = change(owner, cpu, value_type=value_type, **SETTINGS[value_type])
    for name in OPEN:
        copy = copies(owner, spikes[name])["cpu"]
        assert (copy["value_type"], copy["is_editable"]) == (value_type, value_type in NUMERIC)
        assert (copy["is_overridden"], copy["overridden_settings"]) == (False, [])
        assert settings_of(copy) == settings_of(changed)


def test_an_override_that_was_dropped_does_not_come_back(owner, spikes, cpu):
    change(owner, cpu, collection_type="Configuration")
    changed = change(owner, cpu, collection_type="Performance")
    copy = copies(owner, spikes["active"])["cpu"]
    assert (copy["is_overridden"], settings_of(copy)) == (False, settings_of(changed))


def test_repeating_its_types_drops_nothing(owner, spikes, cpu):
    before = stored(owner, spikes["active"])
    change(owner, cpu, collection_type="Performance", value_type="NUMBER_RANGE")
    assert stored(owner, spikes["active"]) == before


def test_resetting_the_collections_counter_resets_the_copies_that_went_on_from_it(owner, make, spikes, km):
    tool = make.key()
    assert [tool.data("Truck 01")["km"] for _ in range(2)] == [10, 15]
    assert owner.post(f"/api/fields/{km['id']}/reset").status_code == 200
    assert tool.data("Truck 01")["km"] == 10


def test_a_change_of_a_field_that_is_refused_changes_no_copy(owner, spikes, cpu, ram):
    before = stored(owner, spikes["active"])
    assert owner.patch(f"/api/fields/{ram['id']}", {"field_name": "cpu"}).status_code == 409
    assert owner.patch(f"/api/fields/{ram['id']}", {"range_end_number": 0}).status_code == 422
    assert stored(owner, spikes["active"]) == before


# --- Schedules that come back --------------------------------------------------------------------------


@pytest.fixture(params=["extended", "moved"])
def bring_back(request, owner):
    """Bring a schedule that has ended back: it is active from then on."""

    def extend(spike):
        return owner.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": 3600})

    def move(spike):
        times = {"start_datetime": at(0), "end_datetime": at(60)}
        return owner.patch(f"/api/spike-schedules/{spike['id']}", times)

    return {"extended": extend, "moved": move}[request.param]


def test_one_that_comes_back_has_caught_up(owner, make, truck, cpu, ram, km, clock, bring_back):
    cpu_up = {"original_field_id": cpu["id"], "range_start_number": 90, "range_end_number": 100}
    km_slow = {"original_field_id": km["id"], "step_number": 1}
    spike = make.spike(truck, cpu_up, km_slow, end_datetime=at(5))
    clock.move_to(at(6))
    change(owner, cpu, field_name="CPU", range_end_number=50)
    ram_now = change(owner, ram, range_end_number=50)
    km_now = change(owner, km, value_type="NUMBER_FIXED", fixed_value_number=1)
    new = make.field(truck, "TEXT_FIXED", name="new", collection_type="Configuration")
    answer = bring_back(spike)
    assert (answer.status_code, answer.json["status"]) == (200, "active")
    assert answer.json == see(owner, spike)
    found = copies(owner, spike)
    assert list(found) == ["CPU", "ram", "km", "new"]
    assert found["CPU"]["range_end_number"] == 100
    assert settings_of(found["ram"]) == settings_of(ram_now)
    assert (found["km"]["is_overridden"], settings_of(found["km"])) == (False, settings_of(km_now))
    assert found["new"]["original_field_id"] == new["id"]
    assert make.key().poll("Truck 01", "configuration").json["data"] == {"new": "diesel"}


# --- Clocks that differ --------------------------------------------------------------------------------


@pytest.fixture
def missed(make, truck, spikes, clock):
    """A field that was added by a server whose clock is ahead: there the schedule had ended already."""
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
    ids=["renamed", "given other overrides", "extended"],
)
def test_a_change_brings_the_copy_of_a_field_that_a_clock_ahead_added(owner, spikes, missed, change):
    answer = change(owner, f"/api/spike-schedules/{spikes['to come']['id']}")
    assert answer.status_code == 200, answer.text
    assert "new" in copies(owner, spikes["to come"])


def test_a_preview_shows_a_field_that_a_clock_ahead_added(owner, spikes, missed):
    preview = owner.get(f"/api/spike-schedules/{spikes['to come']['id']}/preview")
    assert preview.status_code == 200, preview.text
    assert "new" in {field["field_name"] for field in preview.json["fields"]}
