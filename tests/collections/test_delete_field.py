"""DELETE /api/fields/{id}."""

from tests.support.problems import refused


def test_a_deleted_field_is_removed_from_its_collection_and_from_polls(owner, make):
    collection = make.collection("Truck 01", {"name": "cpu"}, {"name": "ram"})
    deleted, other = collection["fields"]
    tool = make.key()
    response = owner.delete(f"/api/fields/{deleted['id']}")
    assert response.status_code == 204
    assert response.data == b""
    refused(owner.get(f"/api/fields/{deleted['id']}"), 404)
    assert owner.get(f"/api/collections/{collection['id']}").json["fields"] == [other]
    assert list(tool.data("Truck 01")) == ["ram"]


def test_deleting_a_field_twice_is_not_found(owner, make):
    field = make.field(make.collection())
    owner.delete(f"/api/fields/{field['id']}")
    refused(owner.delete(f"/api/fields/{field['id']}"), 404)


def test_the_name_of_a_deleted_field_may_be_used_again(owner, make):
    collection = make.collection()
    owner.delete(f"/api/fields/{make.field(collection, name='cpu')['id']}")
    assert make.field(collection, name="cpu")["field_name"] == "cpu"
