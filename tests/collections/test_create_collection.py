"""POST /api/collections."""

import unicodedata

import pytest
from hypothesis import given

from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.names import INVALID_NAME_CASES, VALID_NAME_CASES, any_name
from tests.support.problems import faults, refused


def test_the_answer_is_the_collection_and_says_where_it_is(owner):
    response = owner.post("/api/collections", {"name": "Truck 01"})
    assert response.status_code == 201
    made = response.json
    assert response.headers["Location"] == f"/api/collections/{made['id']}"
    assert owner.get(response.headers["Location"]).json == made
    assert made == made | {
        "name": "Truck 01",
        "owner_id": owner.user_id,
        "owner": "owen",
        "fields": [],
        "created_at": "2026-11-27T08:00:00Z",
        "updated_at": "2026-11-27T08:00:00Z",
    }


@pytest.mark.parametrize(("given", "kept"), VALID_NAME_CASES)
def test_a_name_is_kept_trimmed_and_composed(owner, given, kept):
    response = owner.post("/api/collections", {"name": given})
    assert response.status_code == 201, response.text
    assert response.json["name"] == kept
    assert owner.get(response.headers["Location"]).json["name"] == kept


@pytest.mark.any_database
@pytest.mark.parametrize(("given", "message"), INVALID_NAME_CASES)
def test_a_name_that_is_none_is_refused(owner, given, message):
    assert faults(owner.post("/api/collections", {"name": given})) == {"name": [message]}
    assert owner.get("/api/collections").json["total"] == 0


@given(name=any_name)
@talks_to_the_app
def test_any_name_is_kept_as_it_is_and_belongs_to_one_collection(owner, name):
    response = owner.post("/api/collections", {"name": name})
    assert response.status_code == 201, response.text
    assert owner.get(response.headers["Location"]).json["name"] == name
    assert owner.post("/api/collections", {"name": name}).status_code == 409
    assert owner.delete(response.headers["Location"]).status_code == 204


@pytest.mark.any_database
def test_a_name_is_required(owner):
    assert faults(owner.post("/api/collections", {})) == {"name": ["is required"]}


def test_the_answer_shows_a_name_as_it_is_kept(owner, app):
    decomposed = unicodedata.normalize("NFD", " Café ")
    made = owner.post("/api/collections", {"name": decomposed})
    assert (made.status_code, made.json["name"]) == (201, "Café")
    described = app.extensions["openapi"]["components"]["schemas"]["CollectionIn"]["properties"]["name"]
    assert "(NFC), as the response shows it" in described["description"]
    assert owner.get(f"/api/collections?search={decomposed.strip()}").json["total"] == 1


@pytest.mark.parametrize(
    "twin",
    [
        pytest.param("Café", id="the same"),
        pytest.param("  Café ", id="the same with white space around it"),
        pytest.param(unicodedata.normalize("NFD", "Café"), id="the same decomposed"),
    ],
)
def test_a_name_that_is_taken_is_refused_beside_the_name(owner, make, twin):
    make.collection("Café")
    problem = refused(owner.post("/api/collections", {"name": twin}), 409)
    assert problem["errors"] == {"name": ["is taken by another collection"]}
    assert problem["type"] == "urn:spikecast:problem:name-taken"
    assert problem["detail"] == "A collection named 'Café' already exists."


def test_a_name_is_taken_even_where_the_other_collection_is_somebody_elses(stranger, make):
    make.collection("Truck 01")
    refused(stranger.post("/api/collections", {"name": "Truck 01"}), 409)


def test_names_differ_by_letter_case(owner, make):
    make.collection("Truck 01")
    assert owner.post("/api/collections", {"name": "TRUCK 01"}).status_code == 201


def test_a_name_is_free_again_once_its_collection_is_deleted(owner, make):
    owner.delete(f"/api/collections/{make.collection('Truck 01')['id']}")
    assert owner.post("/api/collections", {"name": "Truck 01"}).status_code == 201


def test_an_admin_may_make_one_for_somebody_else(admin, viewer):
    response = admin.post("/api/collections", {"name": "Truck 01", "owner_id": viewer.user_id})
    assert response.status_code == 201
    assert (response.json["owner_id"], response.json["owner"]) == (viewer.user_id, "vera")
    assert viewer.get(response.headers["Location"]).status_code == 200


def test_an_editor_may_name_themselves_as_the_owner(owner):
    response = owner.post("/api/collections", {"name": "Truck 01", "owner_id": owner.user_id})
    assert response.status_code == 201


def test_an_editor_may_not_make_one_for_somebody_else(owner, stranger):
    refused(owner.post("/api/collections", {"name": "Truck 01", "owner_id": stranger.user_id}), 403)
    assert stranger.get("/api/collections").json["total"] == 0


def test_an_owner_must_exist(admin):
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
def test_an_owner_is_told_by_id(admin, given, message):
    response = admin.post("/api/collections", {"name": "Truck 01", "owner_id": given})
    assert faults(response) == {"owner_id": [message]}


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["id", "fields", "owner", "created_at", "Name"])
def test_an_unknown_key_is_refused(owner, key):
    response = owner.post("/api/collections", {"name": "Truck 01", key: 1})
    assert faults(response) == {key: ["is not a known key"]}


@pytest.mark.any_database
def test_all_faults_are_told_at_once(owner):
    told = faults(owner.post("/api/collections", {"name": " ", "owner_id": "me", "colour": "red"}))
    assert set(told) == {"name", "owner_id", "colour"}


@pytest.mark.any_database
@pytest.mark.parametrize("body", [[], "Truck 01", 7, [{"name": "Truck 01"}]])
def test_the_body_is_an_object(owner, body):
    assert faults(owner.post("/api/collections", body)) == {"body": ["must be a JSON object"]}
