"""An id is never used again after its row is deleted; nor is it in the memory of whoever kept it."""

import pytest


def collection(make):
    made = make.collection()
    return made["id"], f"/api/collections/{made['id']}"


def field(make):
    made = make.field(make.collection())
    return made["id"], f"/api/fields/{made['id']}"


def spike(make):
    made = make.spike(make.collection(None, {}))
    return made["id"], f"/api/spike-schedules/{made['id']}"


def key(make):
    made = make.key()
    return made.id, f"/api/api-keys/{made.id}"


@pytest.mark.parametrize("new", [collection, field, spike, key])
def test_what_is_made_after_a_deletion_has_a_new_id(owner, make, new):
    seen = set()
    for _ in range(3):
        id_, path = new(make)
        assert id_ not in seen
        seen.add(id_)
        assert owner.delete(path).status_code == 204


def test_what_went_with_a_collection_leaves_its_ids_unused_too(owner, make):
    seen = set()
    for _ in range(3):
        made = make.collection("Truck 01", {"name": "cpu"})
        made_spike = make.spike(made)
        ids = {
            ("field", made["fields"][0]["id"]),
            ("spike", made_spike["id"]),
            ("copy", made_spike["spike_fields"][0]["id"]),
        }
        assert not ids & seen
        seen |= ids
        owner.delete(f"/api/collections/{made['id']}")


def test_users_too(admin):
    body = {"email": "uma@example.org", "username": "uma", "password": "a password of hers", "role": "Viewer"}
    ids = []
    for _ in range(2):
        made = admin.post("/api/users", body)
        ids.append(made.json["id"])
        assert admin.delete(made.headers["Location"]).status_code == 204
    assert ids[0] < ids[1]


def test_a_key_of_a_deleted_collection_does_not_read_the_one_that_comes_after_it(owner, make):
    gone = make.collection("Truck 01", {"name": "cpu"})
    tool = make.key(allowed_collections=[{"collection_id": gone["id"]}])
    owner.delete(f"/api/collections/{gone['id']}")
    make.collection("Truck 01", {"name": "cpu"})
    assert tool.poll("Truck 01").status_code == 404
