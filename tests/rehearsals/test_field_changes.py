"""The record follows changes of fields as long as its schedule has not ended."""

import pytest

from tests.support.timestamps import at


@pytest.fixture
def spikes(make, truck, hot, clock):
    """Create an ended, an active and a scheduled spike; each overrides cpu with 90 to 100."""
    spikes = {
        name: make.spike(truck, hot, name=name, start_datetime=at(start), end_datetime=at(end))
        for name, start, end in (("ended", 0, 5), ("active", 5, 20), ("scheduled", 20, 40))
    }
    clock.move_to(at(5))
    return spikes


@pytest.fixture
def records(spikes, get_rehearsal):
    """Return a function that returns the overrides and the number of other fields of each record."""

    def read():
        found = {name: get_rehearsal(spike) for name, spike in spikes.items()}
        return {name: (each["overrides"], each["unchanged_fields"]) for name, each in found.items()}

    return read


def change(owner, field, **changes):
    assert owner.patch(f"/api/fields/{field['id']}", changes).status_code == 200


def test_a_renamed_field_is_renamed_in_records_of_spikes_that_have_not_ended(owner, cpu, records):
    change(owner, cpu, field_name="CPU")
    names = {name: overrides[0]["field_name"] for name, (overrides, _) in records().items()}
    assert names == {"ended": "cpu", "active": "CPU", "scheduled": "CPU"}


def test_changed_settings_of_a_field_change_its_normal_values(owner, cpu, records):
    change(owner, cpu, range_end_number=50)
    normal = {name: overrides[0]["normal"] for name, (overrides, _) in records().items()}
    before = {"range_start_number": 5, "range_end_number": 20}
    after = before | {"range_end_number": 50}
    assert normal == {"ended": before, "active": after, "scheduled": after}


def test_an_override_dropped_with_the_type_is_dropped_from_the_record(owner, cpu, records):
    before = records()
    change(owner, cpu, value_type="NUMBER_FIXED", fixed_value_number=1)
    assert records() == {"ended": before["ended"], "active": ([], 3), "scheduled": ([], 3)}


def test_a_deleted_field_is_dropped_from_the_record(owner, cpu, records):
    before = records()
    assert owner.delete(f"/api/fields/{cpu['id']}").status_code == 204
    assert records() == {"ended": before["ended"], "active": ([], 2), "scheduled": ([], 2)}


@pytest.mark.parametrize(("is_added", "unchanged"), [(True, 3), (False, 1)])
def test_fields_that_keep_their_values_are_counted(owner, make, truck, km, records, is_added, unchanged):
    before = records()
    if is_added:
        make.field(truck)
    else:
        owner.delete(f"/api/fields/{km['id']}")
    assert {name: after[1] for name, after in records().items()} == {
        "ended": 2,
        "active": unchanged,
        "scheduled": unchanged,
    }
    assert {name: after[0] for name, after in records().items()} == {
        name: overrides for name, (overrides, _) in before.items()
    }


def test_a_change_of_a_field_that_no_spike_overrides_reads_no_record(owner, km, spikes, queries):
    with queries() as seen:
        change(owner, km, step_number=6)
    assert not [each for each in seen.statements if "rehearsals" in each]


def test_the_record_of_a_cancelled_spike_stays_as_it_is(owner, make, truck, cpu, spikes, get_rehearsal):
    owner.delete(f"/api/spike-schedules/{spikes['scheduled']['id']}")
    before = get_rehearsal(spikes["scheduled"])
    change(owner, cpu, field_name="CPU")
    make.field(truck)
    owner.delete(f"/api/fields/{cpu['id']}")
    assert get_rehearsal(spikes["scheduled"]) == before
