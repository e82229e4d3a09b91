"""POST /api/rehearsals/{id}/run-again: a new schedule from the record of a spike."""

import pytest

from tests.support.api_requests import find_copy
from tests.support.problems import faults, refused
from tests.support.rehearsals import expect, expect_quiet
from tests.support.timestamps import at


@pytest.fixture
def past(make, truck, hot, km, clock):
    """Create a spike of ten minutes that is over; the clock shows half an hour after its start."""
    spike = make.spike(
        truck,
        hot,
        {"original_field_id": km["id"], "step_number": 7},
        name="Overheating",
        duration=600,
        counters_after="resume",
    )
    clock.shift(1800)
    return spike


def run_again(caller, spike, **body):
    return caller.post(f"/api/rehearsals/{spike['rehearsal_id']}/run-again", body)


def test_the_spike_is_scheduled_again_from_now_for_the_same_length(owner, past, cpu, km):
    response = run_again(owner, past)
    assert response.status_code == 201, response.text
    again = response.json
    assert response.headers["Location"].endswith(f"/api/spike-schedules/{again['id']}")
    assert "ETag" in response.headers
    assert again["id"] != past["id"]
    assert again["rehearsal_id"] != past["rehearsal_id"]
    assert (again["start_datetime"], again["end_datetime"]) == (at(30), at(40))
    assert {name: again[name] for name in ("name", "collection_id", "counters_after")} == {
        name: past[name] for name in ("name", "collection_id", "counters_after")
    }
    for field in (cpu, km):
        before, after = find_copy(past, field), find_copy(again, field)
        assert after["overridden_settings"] == before["overridden_settings"]
        for name in after["overridden_settings"]:
            assert after[name] == before[name]


def test_start_and_duration_can_be_given(owner, past):
    again = run_again(owner, past, start_datetime=at(100), duration=60).json
    assert (again["start_datetime"], again["end_datetime"]) == (at(100), at(101))


def test_a_schedule_that_was_cleaned_up_can_be_run_again(owner, make, past):
    make.key().data("Truck 01")
    assert owner.get(f"/api/spike-schedules/{past['id']}").status_code == 404
    assert run_again(owner, past).status_code == 201


def test_exact_decimals_are_run_again_exactly(owner, make, truck, clock):
    litres = make.field(truck, "INCREMENT", "litres", start_number=0.5, step_number=0.1)
    override = {"original_field_id": litres["id"], "step_number": 0.3333333333}
    spike = make.spike(truck, override, duration=60)
    clock.shift(60)
    assert find_copy(run_again(owner, spike).json, litres)["step_number"] == 0.3333333333


def test_a_field_is_found_by_its_name(owner, make, truck, hot, cpu, clock):
    spike = make.spike(truck, hot, duration=60)
    clock.shift(60)
    owner.delete(f"/api/fields/{cpu['id']}")
    new = make.field(truck, name="cpu")
    copy = find_copy(run_again(owner, spike).json, new)
    assert (copy["range_start_number"], copy["range_end_number"]) == (90, 100)


def test_settings_that_were_not_overridden_follow_the_field(owner, make, truck, cpu, clock):
    spike = make.spike(truck, {"original_field_id": cpu["id"], "range_end_number": 100}, duration=60)
    clock.shift(60)
    owner.patch(f"/api/fields/{cpu['id']}", {"range_start_number": 1})
    assert find_copy(run_again(owner, spike).json, cpu)["range_start_number"] == 1


def test_fields_that_are_gone_or_not_editable_are_named(owner, past, cpu, km):
    owner.delete(f"/api/fields/{cpu['id']}")
    owner.patch(f"/api/fields/{km['id']}", {"value_type": "TEXT_FIXED", "fixed_value_text": "x"})
    problem = refused(run_again(owner, past), 422)
    assert problem["errors"] == {
        "overrides.0.field_name": ["cpu: the collection has no Performance field of this name any more"],
        "overrides.1.field_name": ["km: cannot be overridden any more: only numeric Performance fields can"],
    }
    assert owner.get("/api/spike-schedules?status=active").json["total"] == 0


def test_a_field_of_another_type_is_named(owner, past, cpu):
    owner.patch(f"/api/fields/{cpu['id']}", {"value_type": "NUMBER_FIXED", "fixed_value_number": 1})
    problem = refused(run_again(owner, past), 422)
    assert problem["errors"] == {
        "overrides.0.field_name": ["cpu: has another type now, NUMBER_FIXED; it was NUMBER_RANGE"]
    }


def test_an_override_that_no_longer_fits_the_field_is_named(owner, make, truck, cpu, clock):
    spike = make.spike(truck, {"original_field_id": cpu["id"], "range_end_number": 100}, duration=60)
    clock.shift(60)
    owner.patch(f"/api/fields/{cpu['id']}", {"range_start_number": 200, "range_end_number": 300})
    ((path, [message]),) = refused(run_again(owner, spike), 422)["errors"].items()
    assert path.startswith("spike_fields.0.")
    assert message.startswith("cpu: ")


def test_an_overlap_is_refused(owner, make, past, truck):
    other = make.spike(truck, name="Other", start_datetime=at(35), duration=60)
    problem = refused(run_again(owner, past), 409)
    assert problem["type"].endswith("overlap")
    assert [each["id"] for each in problem["conflicts"]] == [other["id"]]


def test_a_spike_that_was_ended_at_its_start_needs_a_duration(owner, make, truck):
    spike = make.spike(truck)
    owner.post(f"/api/spike-schedules/{spike['id']}/end")
    problem = refused(run_again(owner, spike), 422)
    assert problem["errors"]["duration"] == [
        "is required: the spike was ended at its start, so its length is 0"
    ]
    assert run_again(owner, spike, duration=60).status_code == 201


def test_invalid_input_is_refused_together_with_missing_fields(owner, past, cpu):
    owner.delete(f"/api/fields/{cpu['id']}")
    errors = refused(run_again(owner, past, duration=0, start_datetime="soon"), 422)["errors"]
    assert errors.keys() == {"duration", "start_datetime", "overrides.0.field_name"}


def test_the_audit_log_names_the_original(owner, past, admin):
    run_again(owner, past)
    (entry, *_) = admin.get("/api/audit?action=create-spike").json["items"]
    assert entry["details"]["original"] == {"id": past["rehearsal_id"], "name": "Overheating"}


def test_others_cannot_run_it_again(stranger, viewer, past):
    refused(run_again(stranger, past), 404)
    refused(run_again(viewer, past), 403)


# --- Expectations --------------------------------------------------------------------------------------


def essence(rehearsal):
    """Return what a rehearsal expects, without its ids and what came of it."""
    names = ("kind", "match", "within", "resolve_within", "until")
    expectations = [{name: each.get(name) for name in names} for each in rehearsal["expectations"]]
    return {name: rehearsal[name] for name in ("receiver", "scope", "fail_on_unexpected")}, expectations


@pytest.fixture
def rehearsed(rehearse, clock):
    """Create a spike that expected alerts and is decided."""
    strict = {"scope": {"instance": "truck-01"}, "fail_on_unexpected": True}
    spike = rehearse(expect(), expect_quiet(until=5), rehearsal=strict, external_id="ci-1")
    clock.shift(1800)
    return spike


def test_what_was_expected_is_expected_again(owner, rehearsed, get_rehearsal):
    before = get_rehearsal(rehearsed)
    again = get_rehearsal(run_again(owner, rehearsed).json)
    assert essence(again) == essence(before)
    assert (again["state"], again["decided_by"], again["external_id"]) == ("running", at(41), None)
    assert get_rehearsal(rehearsed) == before


def test_what_is_expected_can_be_changed(owner, rehearsed, get_rehearsal):
    changed = {"scope": {}, "expectations": [expect("TruckDown")]}
    again = get_rehearsal(run_again(owner, rehearsed, rehearsal=changed, external_id="ci-2").json)
    assert [each["match"] for each in again["expectations"]] == [{"alertname": "TruckDown"}]
    assert (again["scope"], again["fail_on_unexpected"], again["external_id"]) == ({}, True, "ci-2")


def test_null_expects_nothing_this_time(owner, rehearsed, get_rehearsal):
    assert get_rehearsal(run_again(owner, rehearsed, rehearsal=None).json)["expectations"] == []


def test_a_deleted_receiver_has_to_be_replaced(owner, make, rehearsed, receiver, get_rehearsal):
    owner.delete(receiver.path)
    assert faults(run_again(owner, rehearsed)) == {
        "rehearsal.receiver_id": ["is required: the receiver was deleted"]
    }
    other = make.receiver()
    again = run_again(owner, rehearsed, rehearsal={"receiver_id": other.id}).json
    assert get_rehearsal(again)["receiver"]["id"] == other.id
