"""Permissions on spikes: without credentials, as a Viewer, an Editor, another user and an Admin."""

import pytest

from tests.support.problems import refused
from tests.support.timestamps import at

READS = [
    ("GET", "/api/spike-schedules/{spike}", None),
    ("GET", "/api/collections/{collection}/spike-schedules", None),
]
LISTS = [("GET", "/api/spike-schedules", None)]
WRITES = [
    (
        "POST",
        "/api/spike-schedules",
        {"collection_id": "{collection}", "name": "New", "start_datetime": at(90)},
    ),
    ("PATCH", "/api/spike-schedules/{spike}", {"name": "Renamed"}),
    ("POST", "/api/spike-schedules/{spike}/end", None),
    ("POST", "/api/spike-schedules/{spike}/extend", {"duration": 60}),
    ("DELETE", "/api/spike-schedules/{spike}", None),
]


def build_params(calls):
    return [pytest.param(*each, id=f"{each[0]} {each[1]}") for each in calls]


@pytest.fixture
def ids(make):
    collection = make.collection("Truck 01", {"name": "cpu"})
    override = {"original_field_id": collection["fields"][0]["id"], "range_start_number": 6}
    return {"collection": collection["id"], "spike": make.spike(collection, override)["id"]}


@pytest.fixture
def owned_by_viewer(admin, viewer, ids):
    """Make the Viewer the owner of the collection."""
    admin.patch(f"/api/collections/{ids['collection']}", {"owner_id": viewer.user_id})


def call(caller, ids, method, path, body):
    if body and "collection_id" in body:
        body = body | {"collection_id": ids["collection"], "duration": 60}
    return caller.call(method, path.format(**ids), body)


def get_state(caller, ids):
    return caller.get(f"/api/spike-schedules/{ids['spike']}").json, caller.get("/api/spike-schedules").json


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + LISTS + WRITES))
def test_every_request_without_credentials_is_refused(nobody, owner, ids, method, path, body):
    before = get_state(owner, ids)
    refused(call(nobody, ids, method, path, body), 401)
    assert get_state(owner, ids) == before


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + WRITES))
def test_another_users_spike_is_not_found(stranger, owner, ids, method, path, body):
    before = get_state(owner, ids)
    refused(call(stranger, ids, method, path, body), 404)
    assert get_state(owner, ids) == before


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + LISTS))
def test_a_viewer_may_read_spikes_of_their_own_collections(viewer, owned_by_viewer, ids, method, path, body):
    response = call(viewer, ids, method, path, body)
    assert response.status_code == 200
    spike = response.json["items"][0] if "items" in response.json else response.json
    assert (spike["id"], spike["spike_fields"][0]["range_start_number"]) == (ids["spike"], 6)


@pytest.mark.parametrize(("method", "path", "body"), build_params(WRITES))
def test_a_viewer_may_not_change_even_their_own_spikes(viewer, owned_by_viewer, ids, method, path, body):
    before = get_state(viewer, ids)
    refused(call(viewer, ids, method, path, body), 403)
    assert get_state(viewer, ids) == before


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS))
def test_another_users_spike_is_not_found_for_a_viewer(viewer, ids, method, path, body):
    refused(call(viewer, ids, method, path, body), 404)


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + LISTS + WRITES))
def test_an_admin_may_do_everything_with_every_spike(admin, ids, method, path, body):
    assert call(admin, ids, method, path, body).status_code in (200, 201, 204)


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + LISTS + WRITES))
def test_an_owner_may_do_everything_with_their_own_spikes(owner, ids, method, path, body):
    assert call(owner, ids, method, path, body).status_code in (200, 201, 204)


def test_the_previous_owner_of_a_collection_no_longer_sees_its_spikes(owner, owned_by_viewer, ids):
    refused(owner.get(f"/api/spike-schedules/{ids['spike']}"), 404)
    assert owner.get("/api/spike-schedules").json["total"] == 0
