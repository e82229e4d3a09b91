"""Which fields a spike can override, and how an entry names its field."""

import pytest

from tests.support.api_requests import get_copy
from tests.support.factory import SETTINGS
from tests.support.problems import faults
from tests.support.value_types import NEEDED, NUMERIC


@pytest.mark.parametrize("collection_type", ["Performance", "Configuration"])
@pytest.mark.parametrize("value_type", NEEDED)
def test_only_numeric_performance_fields_can_be_overridden(
    send_overrides, make, collection, collection_type, value_type
):
    field = make.field(collection, value_type, name="cpu", collection_type=collection_type)
    response = send_overrides({"original_field_id": field["id"]} | SETTINGS[value_type])
    if collection_type == "Performance" and value_type in NUMERIC:
        assert get_copy(response, field)["is_overridden"]
    else:
        message = "cpu cannot be overridden: only numeric Performance fields can"
        assert faults(response) == {"spike_fields.0.original_field_id": [message]}


def test_a_field_of_another_collection_is_refused(send_overrides, make, collection):
    make.field(collection, name="cpu")
    other = make.field(make.collection("Truck 02"), name="cpu")
    errors = faults(send_overrides({"original_field_id": other["id"], "range_start_number": 1}))
    message = f"this collection has no field {other['id']}"
    assert errors == {"spike_fields.0.original_field_id": [message]}


def test_a_field_that_does_not_exist_is_refused(send_overrides, make, collection):
    make.field(collection, name="cpu")
    errors = faults(send_overrides({"original_field_id": 987654, "range_start_number": 1}))
    assert errors == {"spike_fields.0.original_field_id": ["this collection has no field 987654"]}


def test_a_field_listed_twice_is_refused(send_overrides, make, collection):
    cpu, ram = make.field(collection, name="cpu"), make.field(collection, name="ram")
    errors = faults(
        send_overrides(
            {"original_field_id": cpu["id"], "range_start_number": 1},
            {"original_field_id": ram["id"], "range_start_number": 1},
            {"original_field_id": cpu["id"], "range_start_number": 1},
        )
    )
    assert errors == {"spike_fields.2.original_field_id": ["cpu is listed twice"]}


@pytest.mark.parametrize(
    ("id_", "message"),
    [
        (None, "must not be null"),
        ("1", "must be a whole number"),
        (True, "must be a whole number"),
        (0, "must be 1 or more"),
        (2**31, "must be 2147483647 or less"),
    ],
)
def test_an_invalid_field_id_is_refused(send_overrides, make, collection, id_, message):
    make.field(collection)
    assert faults(send_overrides({"original_field_id": id_})) == {
        "spike_fields.0.original_field_id": [message]
    }


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["id", "field_name", "value_type", "current_number", "is_overridden"])
def test_a_key_that_is_not_a_setting_is_refused(send_overrides, make, collection, key):
    field = make.field(collection)
    errors = faults(send_overrides({"original_field_id": field["id"], key: None}))
    assert errors == {f"spike_fields.0.{key}": ["is not a known key"]}


@pytest.mark.any_database
@pytest.mark.parametrize("given", [None, {}, "cpu", 1])
def test_spike_fields_must_be_a_list(owner, make, collection, given):
    make.field(collection)
    body = {"collection_id": collection["id"], "name": "Black Friday", "duration": 60}
    errors = faults(owner.post("/api/spike-schedules", body | {"spike_fields": given}))
    assert errors == {"spike_fields": ["must not be null" if given is None else "must be a list"]}


def test_an_override_does_not_change_the_field_of_the_collection(send_overrides, owner, make, collection):
    field = make.field(collection, "NUMBER_RANGE")
    send_overrides({"original_field_id": field["id"], "range_start_number": 6})
    assert owner.get(f"/api/fields/{field['id']}").json == field
