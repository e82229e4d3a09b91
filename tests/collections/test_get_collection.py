"""GET /api/collections/{id}."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.problems import refused


def test_a_collection_contains_its_fields_in_the_order_of_creation(owner, make):
    collection = make.collection("Truck 01")
    fields = [make.field(collection, value_type, name=f"{9 - n}") for n, value_type in enumerate(SETTINGS)]
    assert owner.get(f"/api/collections/{collection['id']}").json["fields"] == fields


def test_the_number_of_queries_does_not_grow_with_the_number_of_fields(owner, make, queries):
    collection = make.collection("Truck 01", {"value_type": "EPOCH_NOW"})
    with queries() as few:
        owner.get(f"/api/collections/{collection['id']}")
    for value_type in SETTINGS:
        make.field(collection, value_type)
    with queries() as many:
        owner.get(f"/api/collections/{collection['id']}")
    assert many.count == few.count


def test_a_viewer_sees_a_collection_that_an_admin_gave_them(viewer, admin, make):
    collection = make.collection("Truck 01")
    path = f"/api/collections/{collection['id']}"
    refused(viewer.get(path), 404)
    admin.patch(path, {"owner_id": viewer.user_id})
    assert viewer.get(path).json["owner"] == "vera"


def test_an_admin_sees_the_collections_of_all_users(admin, make):
    assert admin.get(f"/api/collections/{make.collection('Truck 01')['id']}").status_code == 200


def test_a_collection_of_another_user_is_not_found(stranger, make):
    hidden = make.collection("Truck 01")["id"]
    problem = refused(stranger.get(f"/api/collections/{hidden}"), 404)
    missing = refused(stranger.get(f"/api/collections/{hidden + 1}"), 404)
    assert problem["detail"] == f"There is no collection {hidden}."
    assert missing["detail"] == f"There is no collection {hidden + 1}."
    assert {**problem, "detail": ""} == {**missing, "detail": ""}


@pytest.mark.parametrize(
    "id_", ["0", "-1", "1.0", "one", "2147483648", "99999999999999999999", "%00", "1%20"]
)
def test_an_invalid_id_is_not_found(owner, id_):
    refused(owner.get(f"/api/collections/{id_}"), 404)
