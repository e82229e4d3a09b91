"""POST /api/collections."""

import unicodedata

import pytest
from hypothesis import given

from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.names import INVALID_NAME_CASES, VALID_NAME_CASES, any_name
from tests.support.problems import faults, refused


def test_the_response_is_the_collection_with_its_location(owner):
    response = owner.post("/api/collections", {"name": "Truck 01"})
    assert response.status_code == 201
    created = response.json
    assert response.headers["Location"] == f"/api/collections/{created['id']}"
    assert owner.get(response.headers["Location"]).json == created
    assert created == created | {
        "name": "Truck 01",
        "owner_id": owner.user_id,
        "owner": "owen",
        "fields": [],
        "created_at": "2026-11-27T08:00:00Z",
        "updated_at": "2026-11-27T08:00:00Z",
    }


@pytest.mark.parametrize(("given", "stored"), VALID_NAME_CASES)
def test_a_name_is_stored_trimmed_and_in_nfc(owner, given, stored):
    response = owner.post("/api/collections", {"name": given})
    assert response.status_code == 201, response.text
    assert response.json["name"] == stored
    assert owner.get(response.headers["Location"]).json["name"] == stored


@pytest.mark.any_database
@pytest.mark.parametrize(("given", "message"), INVALID_NAME_CASES)
def test_an_invalid_name_is_refused(owner, given, message):
    assert faults(owner.post("/api/collections", {"name": given})) == {"name": [message]}
    assert owner.get("/api/collections").json["total"] == 0


@given(name=any_name)
@talks_to_the_app
def test_any_valid_name_is_stored_unchanged_and_is_unique(owner, name):
    response = owner.post("/api/collections", {"name": name})
    assert response.status_code == 201, response.text
    assert owner.get(response.headers["Location"]).json["name"] == name
    assert owner.post("/api/collections", {"name": name}).status_code == 409
    assert owner.delete(response.headers["Location"]).status_code == 204


@pytest.mark.any_database
def test_a_name_is_required(owner):
    assert faults(owner.post("/api/collections", {})) == {"name": ["is required"]}


def test_a_decomposed_name_is_returned_and_found_in_nfc(owner, app):
    decomposed = unicodedata.normalize("NFD", " Café ")
    created = owner.post("/api/collections", {"name": decomposed})
    assert (created.status_code, created.json["name"]) == (201, "Café")
    described = app.extensions["openapi"]["components"]["schemas"]["CollectionIn"]["properties"]["name"]
    assert "(NFC), as the response shows it" in described["description"]
    assert owner.get(f"/api/collections?search={decomposed.strip()}").json["total"] == 1


@pytest.mark.parametrize(
    "same_name",
    [
        pytest.param("Café", id="same name"),
        pytest.param("  Café ", id="same name with white space around it"),
        pytest.param(unicodedata.normalize("NFD", "Café"), id="same name decomposed"),
    ],
)
def test_a_taken_name_is_refused_with_an_error_of_the_name(owner, make, same_name):
    make.collection("Café")
    problem = refused(owner.post("/api/collections", {"name": same_name}), 409)
    assert problem["errors"] == {"name": ["is taken by another collection"]}
    assert problem["type"] == "urn:spikecast:problem:name-taken"
    assert problem["detail"] == "A collection named 'Café' already exists."


def test_a_name_taken_by_another_users_collection_is_refused(stranger, make):
    make.collection("Truck 01")
    refused(stranger.post("/api/collections", {"name": "Truck 01"}), 409)


def test_names_are_case_sensitive(owner, make):
    make.collection("Truck 01")
    assert owner.post("/api/collections", {"name": "TRUCK 01"}).status_code == 201


def test_the_name_of_a_deleted_collection_may_be_used_again(owner, make):
    owner.delete(f"/api/collections/{make.collection('Truck 01')['id']}")
    assert owner.post("/api/collections", {"name": "Truck 01"}).status_code == 201


def test_an_admin_may_create_a_collection_for_another_user(admin, viewer):
    response = admin.post("/api/collections", {"name": "Truck 01", "owner_id": viewer.user_id})
    assert response.status_code == 201
    assert (response.json["owner_id"], response.json["owner"]) == (viewer.user_id, "vera")
    assert viewer.get(response.headers["Location"]).status_code == 200


def test_an_editor_may_send_themselves_as_the_owner(owner):
    response = owner.post("/api/collections", {"name": "Truck 01", "owner_id": owner.user_id})
    assert response.status_code == 201


def test_an_editor_may_not_create_a_collection_for_another_user(owner, stranger):
    refused(owner.post("/api/collections", {"name": "Truck 01", "owner_id": stranger.user_id}), 403)
    assert stranger.get("/api/collections").json["total"] == 0


def test_an_owner_that_does_not_exist_is_refused(admin):
    body = {"name": "Truck 01", "owner_id": 987654}
    assert faults(admin.post("/api/collections", body)) == {"owner_id": ["there is no user 987654"]}


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
def test_an_invalid_owner_id_is_refused(admin, given, message):
    response = admin.post("/api/collections", {"name": "Truck 01", "owner_id": given})
    assert faults(response) == {"owner_id": [message]}


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["id", "fields", "owner", "created_at", "Name"])
def test_an_unknown_key_is_refused(owner, key):
    response = owner.post("/api/collections", {"name": "Truck 01", key: 1})
    assert faults(response) == {key: ["is not a known key"]}


@pytest.mark.any_database
def test_all_errors_are_reported_at_once(owner):
    errors = faults(owner.post("/api/collections", {"name": " ", "owner_id": "me", "colour": "red"}))
    assert set(errors) == {"name", "owner_id", "colour"}


@pytest.mark.any_database
@pytest.mark.parametrize("body", [[], "Truck 01", 7, [{"name": "Truck 01"}]])
def test_a_body_that_is_not_an_object_is_refused(owner, body):
    assert faults(owner.post("/api/collections", body)) == {"body": ["must be a JSON object"]}
