"""DELETE /api/collections/{id}."""

from tests.support.problems import refused


def test_deleting_a_collection_deletes_its_fields_and_spikes(owner, make):
    collection = make.collection("Truck 01", {"value_type": "NUMBER_RANGE"}, {"value_type": "INCREMENT"})
    spike = make.spike(collection)
    response = owner.delete(f"/api/collections/{collection['id']}")
    assert response.status_code == 204
    assert response.data == b""
    for path in (
        f"/api/collections/{collection['id']}",
        f"/api/collections/{collection['id']}/fields",
        f"/api/collections/{collection['id']}/spike-schedules",
        f"/api/fields/{collection['fields'][0]['id']}",
        f"/api/spike-schedules/{spike['id']}",
    ):
        refused(owner.get(path), 404)
    assert owner.get("/api/spike-schedules").json["total"] == 0


def test_deleting_a_collection_does_not_change_others(owner, make):
    deleted = make.collection("a", {"value_type": "NUMBER_RANGE"})
    other = make.collection("b", {"value_type": "NUMBER_RANGE"})
    spike = make.spike(other)
    other = owner.get(f"/api/collections/{other['id']}").json
    owner.delete(f"/api/collections/{deleted['id']}")
    assert owner.get(f"/api/collections/{other['id']}").json == other
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike


def test_deleting_a_collection_twice_is_not_found(owner, make):
    path = f"/api/collections/{make.collection()['id']}"
    owner.delete(path)
    refused(owner.delete(path), 404)


def test_a_key_limited_to_a_deleted_collection_can_read_no_other(owner, make):
    deleted = make.collection("a", {"value_type": "NUMBER_RANGE"})
    make.collection("b", {"value_type": "NUMBER_RANGE"})
    tool = make.key(allowed_collections=[{"collection_id": deleted["id"]}])
    owner.delete(f"/api/collections/{deleted['id']}")
    refused(tool.poll("a"), 404)
    refused(tool.poll("b"), 404)
