"""POST /api/spike-schedules: what is made, and what the answer looks like. Windows and overrides: see
their own files."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.problems import faults, refused
from tests.support.timestamps import at
from tests.support.value_types import NUMERIC, SOME_VALUE


@pytest.fixture
def truck(make):
    """A collection with a field of every value type in both groups."""
    collection = make.collection("Truck 01")
    for collection_type in ("Performance", "Configuration"):
        for value_type in SETTINGS:
            make.field(collection, value_type, name=value_type.lower(), collection_type=collection_type)
    return make.person.get(f"/api/collections/{collection['id']}").json


def create(caller, collection, **more):
    body = {"collection_id": collection["id"], "name": "Black Friday", "duration": 3600}
    return caller.post("/api/spike-schedules", body | more)


def test_the_answer_is_the_schedule_and_says_where_it_is(owner, make):
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
    made = response.json
    assert response.headers["Location"] == f"/api/spike-schedules/{made['id']}"
    assert owner.get(response.headers["Location"]).json == made
    (copy,) = made.pop("spike_fields")
    assert made == made | {
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


def test_every_field_is_copied_with_its_settings_in_its_order(owner, truck):
    copies = create(owner, truck).json["spike_fields"]
    assert [copy["original_field_id"] for copy in copies] == [field["id"] for field in truck["fields"]]
    shared = ["collection_type", "field_name", "value_type", *SOME_VALUE]
    for copy, field in zip(copies, truck["fields"], strict=True):
        assert {name: copy[name] for name in shared} == {name: field[name] for name in shared}


def test_the_copies_say_which_of_them_may_be_overridden_and_that_none_is(owner, truck):
    for copy in create(owner, truck).json["spike_fields"]:
        may_be = copy["collection_type"] == "Performance" and copy["value_type"] in NUMERIC
        assert copy["is_editable"] is may_be
        assert (copy["is_overridden"], copy["overridden_settings"]) == (False, [])


def test_a_copy_takes_the_rule_of_a_counter_and_not_where_it_stands(owner, make):
    truck = make.collection("Truck 01", {"value_type": "INCREMENT", "name": "km"})
    make.key().data("Truck 01")
    (copy,) = create(owner, truck).json["spike_fields"]
    assert copy["current_number"] is None
    (field,) = owner.get(f"/api/collections/{truck['id']}").json["fields"]
    assert field["current_number"] == 10


def test_a_collection_without_fields_cannot_be_given_a_spike(owner, make):
    told = faults(create(owner, make.collection("Truck 01")))
    assert told == {"collection_id": ["'Truck 01' has no fields yet; add a field first"]}


def test_a_name_is_kept_trimmed_and_composed(owner, make):
    truck = make.collection("Truck 01", {})
    for given, kept in VALID_NAMES:
        response = create(owner, truck, name=given)
        assert response.status_code == 201, response.text
        assert owner.get(response.headers["Location"]).json["name"] == kept
        owner.delete(response.headers["Location"])


def test_a_name_that_is_none_is_refused(owner, make):
    truck = make.collection("Truck 01", {})
    for given, message in INVALID_NAMES:
        assert faults(create(owner, truck, name=given)) == {"name": [message]}


def test_schedules_may_share_a_name(owner, make):
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
def test_a_collection_is_told_by_its_id(owner, given, message):
    body = {"collection_id": given, "name": "Black Friday", "duration": 60}
    assert faults(owner.post("/api/spike-schedules", body)) == {"collection_id": [message]}


def test_a_collection_must_exist(owner):
    problem = refused(create(owner, {"id": 987654}), 404)
    assert problem["detail"] == "There is no collection 987654."


def test_what_is_required_is_asked_for(owner, make):
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
def test_a_key_that_is_no_input_is_refused(owner, make, key):
    response = create(owner, make.collection("Truck 01", {}), **{key: None})
    assert faults(response) == {key: ["is not a known key"]}


def test_all_faults_are_told_at_once_by_their_path(owner, truck):
    by_type = {field["value_type"]: field for field in truck["fields"][: len(SETTINGS)]}
    told = faults(
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
    assert told == {
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


def test_a_refused_schedule_is_not_there(owner, truck):
    faults(create(owner, truck, duration=0))
    faults(create(owner, truck, spike_fields=[{"original_field_id": 987654}]))
    assert owner.get("/api/spike-schedules").json["total"] == 0


@pytest.mark.parametrize("body", [[], "spike", 7])
def test_the_body_is_an_object(owner, body):
    assert faults(owner.post("/api/spike-schedules", body)) == {"body": ["must be a JSON object"]}
