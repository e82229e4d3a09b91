"""POST /api/spike-schedules: the response, copies of fields, and errors in the body.

Windows: test_window.py and test_overlap.py. Overrides: override_fields/.
"""

import pytest

from tests.support.factory import SETTINGS
from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.problems import faults, refused
from tests.support.timestamps import at
from tests.support.value_types import NUMERIC, SOME_VALUE


@pytest.fixture
def truck(make):
    """Create a collection with a field of every value type in each collection type."""
    collection = make.collection("Truck 01")
    for collection_type in ("Performance", "Configuration"):
        for value_type in SETTINGS:
            make.field(collection, value_type, name=value_type.lower(), collection_type=collection_type)
    return make.person.get(f"/api/collections/{collection['id']}").json


def create(caller, collection, **more):
    body = {"collection_id": collection["id"], "name": "Black Friday", "duration": 3600}
    return caller.post("/api/spike-schedules", body | more)


def test_the_response_is_the_spike_with_its_location(owner, make):
    truck = make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "cpu"})
    (cpu,) = truck["fields"]
    response = owner.post(
        "/api/spike-schedules",
        {
            "collection_id": truck["id"],
            "name": "Black Friday",
            "start_datetime": "2026-11-27T09:00:00Z",
            "end_datetime": "2026-11-27T11:00:00Z",
            "spike_fields": [
                {"original_field_id": cpu["id"], "range_start_number": 90, "range_end_number": 100}
            ],
        },
    )
    assert response.status_code == 201
    created = response.json
    assert response.headers["Location"] == f"/api/spike-schedules/{created['id']}"
    assert owner.get(response.headers["Location"]).json == created
    (copy,) = created.pop("spike_fields")
    assert created == created | {
        "collection_id": truck["id"],
        "collection_name": "Truck 01",
        "name": "Black Friday",
        "start_datetime": "2026-11-27T09:00:00Z",
        "end_datetime": "2026-11-27T11:00:00Z",
        "status": "scheduled",
        "created_at": "2026-11-27T08:00:00Z",
        "updated_at": "2026-11-27T08:00:00Z",
    }
    assert copy == copy | dict.fromkeys(SOME_VALUE) | {
        "original_field_id": cpu["id"],
        "collection_type": "Performance",
        "field_name": "cpu",
        "value_type": "NUMBER_RANGE",
        "is_editable": True,
        "is_overridden": True,
        "overridden_settings": ["range_end_number", "range_start_number"],
        "range_start_number": 90,
        "range_end_number": 100,
        "current_number": None,
    }


def test_every_field_is_copied_with_its_settings_in_the_same_order(owner, truck):
    copies = create(owner, truck).json["spike_fields"]
    assert [copy["original_field_id"] for copy in copies] == [field["id"] for field in truck["fields"]]
    shared = ["collection_type", "field_name", "value_type", *SOME_VALUE]
    for copy, field in zip(copies, truck["fields"], strict=True):
        assert {name: copy[name] for name in shared} == {name: field[name] for name in shared}


def test_only_copies_of_numeric_performance_fields_are_editable_and_none_is_overridden_yet(owner, truck):
    for copy in create(owner, truck).json["spike_fields"]:
        is_editable = copy["collection_type"] == "Performance" and copy["value_type"] in NUMERIC
        assert copy["is_editable"] is is_editable
        assert (copy["is_overridden"], copy["overridden_settings"]) == (False, [])


def test_a_copy_of_a_counter_has_no_current_number(owner, make):
    truck = make.collection("Truck 01", {"value_type": "INCREMENT", "name": "km"})
    make.key().data("Truck 01")
    (copy,) = create(owner, truck).json["spike_fields"]
    assert copy["current_number"] is None
    (field,) = owner.get(f"/api/collections/{truck['id']}").json["fields"]
    assert field["current_number"] == 10


def test_a_spike_cannot_be_created_in_a_collection_without_fields(owner, make):
    errors = faults(create(owner, make.collection("Truck 01")))
    assert errors == {"collection_id": ["'Truck 01' has no fields yet; add a field first"]}


def test_a_name_is_stored_trimmed_and_in_nfc(owner, make):
    truck = make.collection("Truck 01", {})
    for given, stored in VALID_NAMES:
        response = create(owner, truck, name=given)
        assert response.status_code == 201, response.text
        assert owner.get(response.headers["Location"]).json["name"] == stored
        owner.delete(response.headers["Location"])


def test_an_invalid_name_is_refused(owner, make):
    truck = make.collection("Truck 01", {})
    for given, message in INVALID_NAMES:
        assert faults(create(owner, truck, name=given)) == {"name": [message]}


def test_two_spikes_may_have_the_same_name(owner, make):
    truck = make.collection("Truck 01", {})
    assert create(owner, truck, start_datetime=at(0)).status_code == 201
    assert create(owner, truck, start_datetime=at(60)).status_code == 201


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "must not be null"),
        ("1", "must be a whole number"),
        (True, "must be a whole number"),
        (1.5, "must be a whole number"),
        (0, "must be 1 or more"),
        (2**31, "must be 2147483647 or less"),
    ],
)
def test_an_invalid_collection_id_is_refused(owner, given, message):
    body = {"collection_id": given, "name": "Black Friday", "duration": 60}
    assert faults(owner.post("/api/spike-schedules", body)) == {"collection_id": [message]}


def test_a_collection_that_does_not_exist_is_not_found(owner):
    problem = refused(create(owner, {"id": 987654}), 404)
    assert problem["detail"] == "There is no collection 987654."


def test_missing_required_keys_are_errors(owner, make):
    assert faults(owner.post("/api/spike-schedules", {})) == {
        "collection_id": ["is required"],
        "name": ["is required"],
    }
    body = {"collection_id": make.collection("Truck 01", {})["id"]}
    assert faults(owner.post("/api/spike-schedules", body)) == {
        "name": ["is required"],
        "end_datetime": ["is required unless duration is given"],
    }


@pytest.mark.parametrize("key", ["id", "status", "collection_name", "created_at", "fields", "end"])
def test_an_unknown_or_read_only_key_is_refused(owner, make, key):
    response = create(owner, make.collection("Truck 01", {}), **{key: None})
    assert faults(response) == {key: ["is not a known key"]}


def test_all_errors_are_reported_at_once_by_their_path(owner, truck):
    by_type = {field["value_type"]: field for field in truck["fields"][: len(SETTINGS)]}
    errors = faults(
        owner.post(
            "/api/spike-schedules",
            {
                "collection_id": truck["id"],
                "name": "\u202e",
                "start_datetime": at(120),
                "end_datetime": at(60),
                "colour": "red",
                "spike_fields": [
                    {"original_field_id": by_type["NUMBER_RANGE"]["id"], "range_start_number": 21},
                    None,
                    {"original_field_id": by_type["TEXT_FIXED"]["id"], "fixed_value_text": "x"},
                    "cpu",
                    {"original_field_id": by_type["INCREMENT"]["id"], "step_number": "fast", "colour": 1},
                    {"original_field_id": 987654},
                    {"range_start_number": 1},
                ],
            },
        )
    )
    assert errors == {
        "name": ["must not contain bidirectional control characters"],
        "end_datetime": [
            "end_datetime must be after start_datetime "
            "(2026-11-27T09:00:00Z is not after 2026-11-27T10:00:00Z)"
        ],
        "colour": ["is not a known key"],
        "spike_fields.0.range_start_number": [
            "number_range: range_start_number must not be greater than range_end_number (21 > 20)"
        ],
        "spike_fields.1": ["must not be null"],
        "spike_fields.2.original_field_id": [
            "text_fixed cannot be overridden: only numeric Performance fields can"
        ],
        "spike_fields.3": ["must be a JSON object"],
        "spike_fields.4.step_number": ["must be a number"],
        "spike_fields.4.colour": ["is not a known key"],
        "spike_fields.5.original_field_id": ["this collection has no field 987654"],
        "spike_fields.6.original_field_id": ["is required"],
    }


def test_a_refused_spike_is_not_created(owner, truck):
    faults(create(owner, truck, duration=0))
    faults(create(owner, truck, spike_fields=[{"original_field_id": 987654}]))
    assert owner.get("/api/spike-schedules").json["total"] == 0


@pytest.mark.parametrize("body", [[], "spike", 7])
def test_a_body_that_is_not_an_object_is_refused(owner, body):
    assert faults(owner.post("/api/spike-schedules", body)) == {"body": ["must be a JSON object"]}
