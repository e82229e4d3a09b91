"""DELETE /api/collections/{id}."""

from tests.support.problems import refused


def test_a_collection_goes_with_its_fields_and_schedules(owner, make):
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


def test_others_stay(owner, make):
    gone = make.collection("a", {"value_type": "NUMBER_RANGE"})
    stays = make.collection("b", {"value_type": "NUMBER_RANGE"})
    spike = make.spike(stays)
    stays = owner.get(f"/api/collections/{stays['id']}").json
    owner.delete(f"/api/collections/{gone['id']}")
    assert owner.get(f"/api/collections/{stays['id']}").json == stays
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike


def test_a_second_time_there_is_nothing_to_delete(owner, make):
    path = f"/api/collections/{make.collection()['id']}"
    owner.delete(path)
    refused(owner.delete(path), 404)


def test_a_key_that_was_limited_to_it_reads_nothing_else_afterwards(owner, make):
    gone = make.collection("a", {"value_type": "NUMBER_RANGE"})
    make.collection("b", {"value_type": "NUMBER_RANGE"})
    tool = make.key(allowed_collections=[{"collection_id": gone["id"]}])
    owner.delete(f"/api/collections/{gone['id']}")
    refused(tool.poll("a"), 404)
    refused(tool.poll("b"), 404)
