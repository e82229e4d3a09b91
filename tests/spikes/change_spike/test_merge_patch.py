"""PATCH /api/spike-schedules/{id}: accepted keys, and values that a patch leaves unchanged."""

import pytest

from tests.support.api_requests import get_spike, patch_spike
from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.problems import faults, refused
from tests.support.timestamps import at


def test_absent_keys_keep_their_values(owner, spike, clock):
    clock.shift(60)
    response = patch_spike(owner, spike, name="Cyber Monday")
    assert response.status_code == 200
    assert response.json == spike | {"name": "Cyber Monday", "updated_at": at(1)}
    assert get_spike(owner, spike) == response.json


def test_an_empty_patch_changes_nothing(owner, spike, clock):
    clock.shift(60)
    assert patch_spike(owner, spike).json == spike


def test_values_of_a_response_may_be_sent_back(owner, spike):
    shown = {name: spike[name] for name in ("collection_id", "name", "start_datetime", "end_datetime")}
    assert patch_spike(owner, spike, **shown).json == spike


def test_a_name_is_stored_trimmed_and_in_nfc(owner, spike):
    for given, stored in VALID_NAMES:
        assert patch_spike(owner, spike, name=given).json["name"] == stored


def test_an_invalid_name_is_refused(owner, spike):
    for given, message in INVALID_NAMES:
        assert faults(patch_spike(owner, spike, name=given)) == {"name": [message]}
    assert get_spike(owner, spike) == spike


def test_the_collection_cannot_be_changed(owner, spike, make):
    other = make.collection("Truck 02", {"name": "cpu"})
    errors = faults(patch_spike(owner, spike, collection_id=other["id"]))
    assert errors == {"collection_id": ["cannot be changed; create a new schedule for the other collection"]}
    assert get_spike(owner, spike) == spike


@pytest.mark.parametrize(
    "key", ["collection_id", "name", "start_datetime", "end_datetime", "duration", "spike_fields"]
)
def test_null_is_refused(owner, spike, key):
    assert faults(patch_spike(owner, spike, **{key: None})) == {key: ["must not be null"]}
    assert get_spike(owner, spike) == spike


@pytest.mark.parametrize("key", ["id", "status", "collection_name", "created_at"])
def test_a_read_only_key_is_refused(owner, spike, key):
    assert faults(patch_spike(owner, spike, **{key: spike[key]})) == {key: ["is not a known key"]}


def test_all_errors_are_reported_at_once_and_nothing_is_changed(owner, spike, km):
    errors = faults(
        patch_spike(
            owner,
            spike,
            collection_id=987654,
            name="",
            end_datetime=at(50),
            spike_fields=[{"original_field_id": km["id"], "step_number": 0, "reset_number": 9}],
            colour="red",
        )
    )
    assert set(errors) == {
        "collection_id",
        "name",
        "end_datetime",
        "spike_fields.0.step_number",
        "spike_fields.0.reset_number",
        "colour",
    }
    assert get_spike(owner, spike) == spike


def test_a_spike_that_does_not_exist_is_not_found(owner):
    refused(patch_spike(owner, {"id": 987654}, name="x"), 404)
