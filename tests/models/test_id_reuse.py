"""The id of a deleted row is never assigned again, so that stored ids never refer to another row."""

import pytest


def collection(make):
    created = make.collection()
    return created["id"], f"/api/collections/{created['id']}"


def field(make):
    created = make.field(make.collection())
    return created["id"], f"/api/fields/{created['id']}"


def spike(make):
    created = make.spike(make.collection(None, {}))
    return created["id"], f"/api/spike-schedules/{created['id']}"


def key(make):
    created = make.key()
    return created.id, f"/api/api-keys/{created.id}"


@pytest.mark.parametrize("new", [collection, field, spike, key])
def test_a_row_created_after_a_deletion_has_a_new_id(owner, make, new):
    seen = set()
    for _ in range(3):
        id_, path = new(make)
        assert id_ not in seen
        seen.add(id_)
        assert owner.delete(path).status_code == 204


def test_ids_of_rows_deleted_with_their_collection_are_not_reused(owner, make):
    seen = set()
    for _ in range(3):
        created = make.collection("Truck 01", {"name": "cpu"})
        spike = make.spike(created)
        ids = {
            ("field", created["fields"][0]["id"]),
            ("spike", spike["id"]),
            ("copy", spike["spike_fields"][0]["id"]),
        }
        assert not ids & seen
        seen |= ids
        owner.delete(f"/api/collections/{created['id']}")


def test_ids_of_deleted_users_are_not_reused(admin):
    body = {"email": "uma@example.org", "username": "uma", "password": "a password of hers", "role": "Viewer"}
    ids = []
    for _ in range(2):
        created = admin.post("/api/users", body)
        ids.append(created.json["id"])
        assert admin.delete(created.headers["Location"]).status_code == 204
    assert ids[0] < ids[1]


def test_a_key_of_a_deleted_collection_cannot_read_a_new_one_with_the_same_name(owner, make):
    deleted = make.collection("Truck 01", {"name": "cpu"})
    tool = make.key(allowed_collections=[{"collection_id": deleted["id"]}])
    owner.delete(f"/api/collections/{deleted['id']}")
    make.collection("Truck 01", {"name": "cpu"})
    assert tool.poll("Truck 01").status_code == 404
