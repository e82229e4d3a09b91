"""PATCH /api/spike-schedules/{id}: the overrides."""

from tests.support.api_requests import find_copy, get_spike, patch_spike
from tests.support.problems import faults, refused
from tests.support.timestamps import at


def test_spike_fields_replace_all_overrides(owner, spike, cpu, km, clock):
    clock.shift(60)
    changed = patch_spike(owner, spike, spike_fields=[{"original_field_id": km["id"], "step_number": 1}]).json
    assert changed["updated_at"] == at(1)
    assert find_copy(changed, km)["overridden_settings"] == ["step_number"]
    without_override = find_copy(changed, cpu)
    assert (without_override["is_overridden"], without_override["overridden_settings"]) == (False, [])
    assert (without_override["range_start_number"], without_override["range_end_number"]) == (5, 20)
    assert get_spike(owner, spike) == changed


def test_an_empty_list_removes_all_overrides(owner, spike):
    changed = patch_spike(owner, spike, spike_fields=[]).json
    assert not any(copy["is_overridden"] for copy in changed["spike_fields"])
    assert len(changed["spike_fields"]) == 2


def test_the_copies_of_a_changed_spike_keep_their_ids(owner, spike, km):
    changed = patch_spike(owner, spike, spike_fields=[{"original_field_id": km["id"], "step_number": 1}]).json
    assert [copy["id"] for copy in changed["spike_fields"]] == [copy["id"] for copy in spike["spike_fields"]]


def test_an_entry_replaces_all_overrides_of_its_field(owner, spike, cpu):
    """Settings that an entry leaves out get the field's values back, not those of an earlier override."""
    changed = patch_spike(
        owner, spike, spike_fields=[{"original_field_id": cpu["id"], "range_end_number": 50}]
    )
    copy = find_copy(changed.json, cpu)
    assert (copy["range_start_number"], copy["range_end_number"]) == (5, 50)
    assert copy["overridden_settings"] == ["range_end_number"]


def test_changing_one_override_does_not_reset_another(owner, spike, km):
    override = {
        "original_field_id": km["id"],
        "start_number": 0,
        "step_number": 2,
        "reset_number": 100,
        "randomization_percentage": 0,
    }
    before = find_copy(patch_spike(owner, spike, spike_fields=[override]).json, km)
    for name, value in (
        ("step_number", 3),
        ("randomization_percentage", 50),
        ("start_number", 1),
        ("reset_number", 200),
    ):
        override[name] = value
        before[name] = value
        assert find_copy(patch_spike(owner, spike, spike_fields=[override]).json, km) == before


def test_null_clears_the_reset_number(owner, spike, km):
    entry = {"original_field_id": km["id"], "reset_number": 100}
    assert find_copy(patch_spike(owner, spike, spike_fields=[entry]).json, km)["reset_number"] == 100
    entry["reset_number"] = None
    cleared = find_copy(patch_spike(owner, spike, spike_fields=[entry]).json, km)
    assert (cleared["reset_number"], cleared["overridden_settings"]) == (None, ["reset_number"])


def test_overrides_and_window_change_together_or_not_at_all(owner, spike, make, truck):
    make.spike(truck, start_datetime=at(200), end_datetime=at(220))
    refused(patch_spike(owner, spike, spike_fields=[], end_datetime=at(201)), 409)
    assert get_spike(owner, spike) == spike
    faults(patch_spike(owner, spike, spike_fields=[], end_datetime=at(0)))
    assert get_spike(owner, spike) == spike
