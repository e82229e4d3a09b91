"""Revoking and deleting API keys."""

import pytest

from tests.support.factory import Maker
from tests.support.problems import refused


@pytest.fixture
def tool(make):
    make.collection("Truck", {"name": "cpu"})
    tool = make.key()
    assert tool.poll("Truck").status_code == 200
    return tool


def revoke(person, tool):
    return person.post(f"/api/api-keys/{tool.id}/revoke")


def delete(person, tool):
    return person.delete(f"/api/api-keys/{tool.id}")


def test_a_revoked_key_stops_working_at_once_and_stays_listed(tool, owner):
    response = revoke(owner, tool)
    assert response.status_code == 200
    assert (response.json["status"], response.json["revoked_at"]) == ("revoked", "2026-11-27T08:00:00Z")
    assert "revoked" in refused(tool.poll("Truck"), 401)["detail"]
    assert owner.get("/api/api-keys").json["items"] == [response.json]


def test_revoking_a_key_again_changes_nothing(tool, owner, clock):
    first = revoke(owner, tool).json
    clock.shift(60)
    assert revoke(owner, tool).json == first


def test_an_expired_key_that_is_revoked_is_shown_as_revoked(make, owner, clock):
    tool = make.key(expires_at="2026-11-27T08:00:10Z")
    clock.shift(10)
    assert revoke(owner, tool).json["status"] == "revoked"


def test_a_deleted_key_stops_working_at_once_and_is_not_listed(tool, owner):
    response = delete(owner, tool)
    assert (response.status_code, response.data) == (204, b"")
    refused(tool.poll("Truck"), 401)
    assert owner.get("/api/api-keys").json["total"] == 0
    refused(delete(owner, tool), 404)


def test_a_key_with_limits_can_be_deleted(make, owner):
    tool = make.key(allowed_collections=[{"collection_id": make.collection()["id"]}])
    assert delete(owner, tool).status_code == 204


@pytest.mark.parametrize("action", [revoke, delete], ids=lambda verb: verb.__name__)
def test_an_admin_can_revoke_and_delete_any_key(tool, admin, action):
    assert action(admin, tool).status_code in (200, 204)
    refused(tool.poll("Truck"), 401)


@pytest.mark.parametrize("action", [revoke, delete], ids=lambda verb: verb.__name__)
def test_a_viewer_can_revoke_and_delete_their_own_key(viewer, action):
    assert action(viewer, Maker(viewer).key()).status_code in (200, 204)


@pytest.mark.parametrize("action", [revoke, delete], ids=lambda verb: verb.__name__)
def test_the_key_of_another_user_is_not_found(tool, stranger, viewer, action):
    for person in (stranger, viewer):
        refused(action(person, tool), 404)
    assert tool.poll("Truck").status_code == 200


def test_the_id_of_a_deleted_key_is_not_reused(tool, owner, make):
    delete(owner, tool)
    assert make.key().id > tool.id
