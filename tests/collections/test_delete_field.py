"""DELETE /api/fields/{id}."""

from tests.support.problems import refused


def test_a_field_is_gone_from_its_collection_and_from_polls(owner, make):
    collection = make.collection("Truck 01", {"name": "cpu"}, {"name": "ram"})
    gone, stays = collection["fields"]
    tool = make.key()
    response = owner.delete(f"/api/fields/{gone['id']}")
    assert response.status_code == 204
    assert response.data == b""
    refused(owner.get(f"/api/fields/{gone['id']}"), 404)
    assert owner.get(f"/api/collections/{collection['id']}").json["fields"] == [stays]
    assert list(tool.data("Truck 01")) == ["ram"]


def test_a_second_time_there_is_nothing_to_delete(owner, make):
    field = make.field(make.collection())
    owner.delete(f"/api/fields/{field['id']}")
    refused(owner.delete(f"/api/fields/{field['id']}"), 404)


def test_its_name_is_free_again(owner, make):
    collection = make.collection()
    owner.delete(f"/api/fields/{make.field(collection, name='cpu')['id']}")
    assert make.field(collection, name="cpu")["field_name"] == "cpu"
