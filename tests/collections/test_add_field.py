"""POST /api/collections/{id}/fields: names, types and the request as a whole."""

import unicodedata

import pytest

from tests.support.field_bodies import FIELD_HEAD, build_field_body
from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.problems import faults, refused
from tests.support.value_types import (
    NEEDED,
    NUMERIC,
    SOME_VALUE,
    takes,
)


def test_the_response_is_the_field_with_its_location(owner, path):
    response = owner.post(
        path, build_field_body("INCREMENT", start_number=10, step_number=0.5, reset_number=12)
    )
    assert response.status_code == 201
    created = response.json
    assert response.headers["Location"] == f"/api/fields/{created['id']}"
    assert owner.get(response.headers["Location"]).json == created
    assert created == dict.fromkeys(SOME_VALUE) | {
        "id": created["id"],
        "collection_id": int(path.split("/")[3]),
        "collection_type": "Performance",
        "field_name": "cpu",
        "value_type": "INCREMENT",
        "is_editable": True,
        "metric": None,
        "start_number": 10,
        "step_number": 0.5,
        "reset_number": 12,
        "randomization_percentage": 0,
        "current_number": None,
        "created_at": "2026-11-27T08:00:00Z",
        "updated_at": "2026-11-27T08:00:00Z",
    }


# --- Names and types -----------------------------------------------------------------------------------


def test_a_name_is_stored_trimmed_and_in_nfc(owner, path):
    for given, stored in VALID_NAMES:
        response = owner.post(path, build_field_body("EPOCH_NOW") | {"field_name": given})
        assert response.json["field_name"] == stored
        owner.delete(response.headers["Location"])


@pytest.mark.any_database
def test_an_invalid_name_is_refused(owner, path):
    for given, message in INVALID_NAMES:
        response = owner.post(path, build_field_body("EPOCH_NOW") | {"field_name": given})
        assert faults(response) == {"field_name": [message]}


@pytest.mark.parametrize("same_name", ["Café", " Café\t", unicodedata.normalize("NFD", "Café")])
def test_a_name_is_unique_within_its_collection_and_type(owner, path, same_name):
    owner.post(path, build_field_body("EPOCH_NOW") | {"field_name": "Café"})
    problem = refused(owner.post(path, build_field_body("NUMBER_RANGE") | {"field_name": same_name}), 409)
    assert problem["errors"] == {"field_name": ["is taken by another field"]}
    assert problem["detail"] == "The collection already has a Performance field named 'Café'."


def test_a_name_may_be_used_again_in_the_other_collection_type_and_in_other_collections(owner, path, make):
    other = make.collection("Truck 02")
    assert owner.post(path, build_field_body("EPOCH_NOW")).status_code == 201
    configuration = build_field_body("EPOCH_NOW") | {"collection_type": "Configuration"}
    assert owner.post(path, configuration).status_code == 201
    assert (
        owner.post(f"/api/collections/{other['id']}/fields", build_field_body("EPOCH_NOW")).status_code == 201
    )


@pytest.mark.parametrize("collection_type", ["Performance", "Configuration"])
@pytest.mark.parametrize("value_type", NEEDED)
def test_only_numeric_performance_fields_are_editable(owner, path, collection_type, value_type):
    created = owner.post(path, build_field_body(value_type) | {"collection_type": collection_type}).json
    assert created["is_editable"] is (collection_type == "Performance" and value_type in NUMERIC)


@pytest.mark.any_database
@pytest.mark.parametrize("given", ["performance", "PERFORMANCE", "Speed", "", None, 1, []])
def test_an_invalid_collection_type_is_refused(owner, path, given):
    errors = faults(owner.post(path, build_field_body("EPOCH_NOW") | {"collection_type": given}))
    message = "must not be null" if given is None else "must be one of Performance, Configuration"
    assert errors == {"collection_type": [message]}


@pytest.mark.any_database
@pytest.mark.parametrize("given", ["number_range", "RANDOM", "", None, 4, {}])
def test_an_invalid_value_type_is_refused(owner, path, given):
    errors = faults(owner.post(path, FIELD_HEAD | {"value_type": given}))
    message = "must not be null" if given is None else f"must be one of {', '.join(NEEDED)}"
    assert errors == {"value_type": [message]}


# --- The input as a whole ------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize(
    "key", ["current_number", "id", "collection_id", "is_editable", "created_at", "colour"]
)
def test_an_unknown_key_is_refused(owner, path, key):
    errors = faults(owner.post(path, build_field_body("INCREMENT") | {key: None}))
    assert errors == {key: ["is not a known key"]}


@pytest.mark.any_database
def test_all_errors_are_listed_by_path(owner, path):
    given = {
        "field_name": "\n",
        "collection_type": "Speed",
        "value_type": "FLOAT_RANGE",
        "range_start_float": "low",
        "float_precision": 16,
        "step_number": 5,
        "fixed_value_text": "diesel",
        "current_number": 3,
    }
    errors = faults(owner.post(path, given))
    foreign = f"does not belong to FLOAT_RANGE, which takes {takes('FLOAT_RANGE')}"
    assert errors == {
        "field_name": ["must not be empty"],
        "collection_type": ["must be one of Performance, Configuration"],
        "range_start_float": ["must be a number"],
        "range_end_float": ["range_end_float is required for FLOAT_RANGE"],
        "float_precision": ["must be 15 or less"],
        "step_number": [f"step_number {foreign}"],
        "fixed_value_text": [f"fixed_value_text {foreign}"],
        "current_number": ["is not a known key"],
    }


@pytest.mark.any_database
def test_missing_required_keys_are_errors(owner, path):
    errors = faults(owner.post(path, {}))
    assert errors == {key: ["is required"] for key in ("collection_type", "field_name", "value_type")}


def test_a_refused_field_is_not_created(owner, path):
    faults(owner.post(path, build_field_body("NUMBER_RANGE", range_start_number=6, range_end_number=5)))
    assert owner.get(path).json["total"] == 0
