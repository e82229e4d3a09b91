"""PATCH /api/collections/{id}."""

import pytest

from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.problems import faults, refused


@pytest.fixture
def collection(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "cpu"})


@pytest.fixture
def path(collection):
    return f"/api/collections/{collection['id']}"


def test_the_response_to_a_rename_is_the_collection_with_its_fields(owner, collection, path, clock):
    clock.shift(60)
    response = owner.patch(path, {"name": "Truck 02"})
    assert response.status_code == 200
    assert response.json == collection | {"name": "Truck 02", "updated_at": "2026-11-27T08:01:00Z"}
    assert owner.get(path).json == response.json


def test_an_empty_patch_changes_nothing(owner, collection, path, clock):
    clock.shift(60)
    assert owner.patch(path, {}).json == collection


def test_sending_the_current_name_changes_nothing(owner, collection, path):
    assert owner.patch(path, {"name": " Truck 01"}).json == collection


def test_a_name_is_stored_trimmed_and_in_nfc(owner, path):
    for given, stored in VALID_NAMES:
        assert owner.patch(path, {"name": given}).json["name"] == stored


def test_an_invalid_name_is_refused(owner, collection, path):
    for given, message in INVALID_NAMES:
        assert faults(owner.patch(path, {"name": given})) == {"name": [message]}
    assert owner.get(path).json == collection


def test_a_taken_name_is_refused_and_nothing_is_changed(owner, collection, path, make):
    make.collection("Truck 02")
    problem = refused(owner.patch(path, {"name": "Truck 02"}), 409)
    assert problem["errors"] == {"name": ["is taken by another collection"]}
    assert owner.get(path).json == collection


def test_spikes_and_polls_use_the_new_name(owner, collection, path, make):
    spike = make.spike(collection)
    tool = make.key()
    owner.patch(path, {"name": "Truck 02"})
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json["collection_name"] == "Truck 02"
    assert tool.poll("Truck 02").status_code == 200
    assert tool.poll("Truck 01").status_code == 404


def test_an_admin_may_change_the_owner(admin, owner, viewer, path):
    response = admin.patch(path, {"owner_id": viewer.user_id})
    assert (response.json["owner_id"], response.json["owner"]) == (viewer.user_id, "vera")
    assert viewer.get(path).status_code == 200
    assert owner.get(path).status_code == 404


def test_an_editor_may_not_change_the_owner(owner, stranger, collection, path):
    refused(owner.patch(path, {"owner_id": stranger.user_id, "name": "Yours"}), 403)
    assert owner.get(path).json == collection


def test_an_editor_may_send_themselves_as_the_owner(owner, path):
    assert owner.patch(path, {"owner_id": owner.user_id}).status_code == 200


def test_an_owner_that_does_not_exist_is_refused(admin, owner, collection, path):
    response = admin.patch(path, {"name": "Truck 02", "owner_id": 987654})
    assert faults(response) == {"owner_id": ["there is no user 987654"]}
    assert owner.get(path).json == collection


@pytest.mark.parametrize("key", ["id", "fields", "created_at", "field_count"])
def test_an_unknown_key_is_refused(owner, path, key):
    assert faults(owner.patch(path, {key: 1})) == {key: ["is not a known key"]}


@pytest.mark.parametrize("more", ["owner_id", None])
def test_a_taken_name_is_refused_whatever_else_changes(admin, collection, path, make, more):
    make.collection("Truck 02")
    changes = {"name": "Truck 02"} | ({more: admin.user_id} if more else {})
    problem = refused(admin.patch(path, changes), 409)
    assert problem["type"] == "urn:spikecast:problem:name-taken"
    assert problem["errors"] == {"name": ["is taken by another collection"]}
