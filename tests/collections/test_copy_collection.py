"""POST /api/collections/{id}/copy."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.problems import faults, refused

NOT_COPIED = ("id", "collection_id", "created_at", "updated_at")


def get_copied_values(field):
    return {key: value for key, value in field.items() if key not in NOT_COPIED}


@pytest.fixture
def original(make):
    """Create a collection with every value type in both collection types, and a field of zeros."""
    collection = make.collection("Truck 01")
    for value_type in SETTINGS:
        make.field(collection, value_type, name=f"{value_type} 1")
        make.field(collection, value_type, name=f"{value_type} 2", collection_type="Configuration")
    make.field(
        collection, "FLOAT_RANGE", range_start_float=0, range_end_float=0, float_precision=0, name="zeros"
    )
    return collection


def copy(caller, original, name="Truck 02"):
    return caller.post(f"/api/collections/{original['id']}/copy", {"name": name})


def test_a_copy_has_the_same_fields_with_their_settings_in_the_same_order(owner, original):
    response = copy(owner, original)
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/collections/{response.json['id']}"
    assert owner.get(response.headers["Location"]).json == response.json
    fields = owner.get(f"/api/collections/{original['id']}").json["fields"]
    assert response.json["id"] != original["id"]
    assert [get_copied_values(field) for field in response.json["fields"]] == [
        get_copied_values(f) for f in fields
    ]
    assert {field["collection_id"] for field in response.json["fields"]} == {response.json["id"]}


def test_counters_of_a_copy_restart(owner, make):
    original = make.collection("Truck 01", {"value_type": "INCREMENT", "name": "n"})
    tool = make.key()
    assert [tool.data("Truck 01")["n"] for _ in range(3)] == [10, 15, 20]
    assert copy(owner, original).json["fields"][0]["current_number"] is None
    assert tool.data("Truck 02")["n"] == 10
    assert tool.data("Truck 01")["n"] == 25


def test_a_copy_has_no_spikes(owner, original, make):
    make.spike(original)
    created = copy(owner, original).json
    assert owner.get(f"/api/collections/{created['id']}/spike-schedules").json["total"] == 0


def test_a_key_limited_to_the_original_cannot_read_the_copy(owner, original, make):
    tool = make.key(allowed_collections=[{"collection_id": original["id"]}])
    copy(owner, original)
    assert tool.poll("Truck 01").status_code == 200
    refused(tool.poll("Truck 02"), 404)


def test_changing_a_copy_does_not_change_the_original(owner, original):
    before = owner.get(f"/api/collections/{original['id']}").json
    created = copy(owner, original).json
    owner.patch(f"/api/fields/{created['fields'][0]['id']}", {"field_name": "renamed"})
    owner.delete(f"/api/fields/{created['fields'][1]['id']}")
    assert owner.get(f"/api/collections/{original['id']}").json == before


def test_an_empty_collection_may_be_copied(owner, make):
    assert copy(owner, make.collection("Truck 01")).json["fields"] == []


def test_a_copy_belongs_to_the_user_who_created_it(admin, owner, original):
    created = copy(admin, original).json
    assert created["owner_id"] == admin.user_id
    refused(owner.get(f"/api/collections/{created['id']}"), 404)


def test_a_taken_name_is_refused_and_nothing_is_copied(owner, original):
    problem = refused(copy(owner, original, "Truck 01"), 409)
    assert problem["errors"] == {"name": ["is taken by another collection"]}
    assert owner.get("/api/collections").json["total"] == 1


def test_a_name_is_stored_trimmed_and_in_nfc(owner, make):
    original = make.collection("original")
    for given, stored in VALID_NAMES:
        created = copy(owner, original, given)
        assert created.json["name"] == stored
        owner.delete(created.headers["Location"])


def test_an_invalid_name_is_refused(owner, make):
    original = make.collection("original")
    for given, message in INVALID_NAMES:
        assert faults(copy(owner, original, given)) == {"name": [message]}


def test_the_name_is_required_and_other_keys_are_refused(owner, original):
    path = f"/api/collections/{original['id']}/copy"
    assert faults(owner.post(path, {"owner_id": 1})) == {
        "name": ["is required"],
        "owner_id": ["is not a known key"],
    }
