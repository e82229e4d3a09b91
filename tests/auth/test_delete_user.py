"""Deleting a user."""

import pytest

from tests.support.problems import faults, refused
from tests.support.signing_in import sign_in


def delete(admin, who, query: str = ""):
    return admin.delete(f"/api/users/{who.user_id}{query}")


@pytest.fixture
def fleet(make):
    """Create two collections of owen's; return the one with a field and a spike."""
    truck = make.collection("Truck", {"name": "cpu"})
    make.collection("Trailer")
    make.spike(truck)
    return truck


def test_a_user_without_collections_is_deleted(app, admin, owner):
    response = delete(admin, owner)
    assert (response.status_code, response.data) == (204, b"")
    refused(admin.get(f"/api/users/{owner.user_id}"), 404)
    refused(sign_in(app, "owen"), 401)


def test_deleting_an_owner_requires_a_choice_about_their_collections(app, admin, owner, fleet):
    problem = refused(delete(admin, owner), 409)
    assert problem["type"] == "urn:spikecast:problem:owns-collections"
    assert problem["collections"] == 2
    assert "transfer_to" in problem["detail"]
    assert "delete_collections" in problem["detail"]
    assert sign_in(app, "owen").status_code == 200
    assert owner.get("/api/collections").json["total"] == 2


def test_delete_collections_false_does_not_count_as_a_choice(admin, owner, fleet):
    refused(delete(admin, owner, "?delete_collections=false"), 409)


@pytest.mark.parametrize("receiver", ["admin", "stranger", "viewer"])
def test_the_collections_can_be_transferred(request, admin, owner, fleet, receiver):
    receiver = request.getfixturevalue(receiver)
    assert delete(admin, owner, f"?transfer_to={receiver.user_id}").status_code == 204
    seen = admin.get("/api/collections").json["items"]
    assert {collection["owner_id"] for collection in seen} == {receiver.user_id}
    transferred = receiver.get(f"/api/collections/{fleet['id']}").json
    assert transferred["fields"] == fleet["fields"]
    assert receiver.get("/api/spike-schedules").json["total"] == 1


def test_the_collections_can_be_deleted_with_the_user(admin, owner, stranger, fleet):
    assert stranger.post("/api/collections", {"name": "Not owen's"}).status_code == 201
    assert delete(admin, owner, "?delete_collections=true").status_code == 204
    assert [each["name"] for each in admin.get("/api/collections").json["items"]] == ["Not owen's"]
    assert admin.get("/api/spike-schedules").json["total"] == 0


def test_a_choice_is_ignored_if_the_user_has_no_collections(admin, owner, stranger):
    assert delete(admin, owner, f"?transfer_to={admin.user_id}").status_code == 204
    assert delete(admin, stranger, "?delete_collections=true").status_code == 204


def test_transferring_and_deleting_collections_together_is_refused(admin, owner, fleet):
    both = f"?transfer_to={admin.user_id}&delete_collections=true"
    assert faults(delete(admin, owner, both)) == {
        "delete_collections": ["give transfer_to or delete_collections, not both"]
    }
    assert owner.get("/api/collections").json["total"] == 2


@pytest.mark.parametrize("receiver_id", ["{owner}", "999999"])
def test_collections_can_be_transferred_only_to_another_existing_user(admin, owner, fleet, receiver_id):
    query = f"?transfer_to={receiver_id.format(owner=owner.user_id)}"
    assert faults(delete(admin, owner, query)) == {"transfer_to": ["must be the id of another user"]}
    assert owner.get("/api/collections").json["total"] == 2


@pytest.mark.parametrize(
    "query",
    [
        "transfer_to=",
        "transfer_to=0",
        "transfer_to=-1",
        "transfer_to=stan",
        "transfer_to=1e3",
        "delete_collections=1",
        "delete_collections=TRUE",
        "delete_collections=yes",
        "delete_collections=",
        "delete_colections=true",
        "transfer_to=99999999999999999999",
    ],
)
def test_an_invalid_choice_is_refused(admin, owner, fleet, query):
    assert faults(delete(admin, owner, f"?{query}")).keys() == {query.split("=")[0]}
    assert owner.get("/api/collections").json["total"] == 2


def test_deleting_a_user_deletes_their_api_keys(admin, owner, make, fleet):
    tool = make.key()
    assert tool.poll("Truck").status_code == 200
    assert delete(admin, owner, f"?transfer_to={admin.user_id}").status_code == 204
    refused(tool.poll("Truck"), 401)
    assert admin.get("/api/api-keys").json["total"] == 0


def test_an_admin_may_delete_themselves_if_another_admin_exists(app, admin, owner):
    assert admin.patch(f"/api/users/{owner.user_id}", {"role": "Admin"}).status_code == 200
    assert delete(admin, admin).status_code == 204
    refused(admin.get("/api/auth/me"), 401)


def test_a_deleted_users_name_can_be_reused_but_not_their_id(admin, owner):
    assert delete(admin, owner).status_code == 204
    body = {"email": "owen@example.org", "username": "owen", "password": "not so weak", "role": "Viewer"}
    again = admin.post("/api/users", body)
    assert again.status_code == 201
    assert again.json["id"] > owner.user_id


def test_an_unknown_user_is_not_found(admin, owner):
    refused(admin.delete("/api/users/999999"), 404)
    assert delete(admin, owner).status_code == 204
    refused(delete(admin, owner), 404)
