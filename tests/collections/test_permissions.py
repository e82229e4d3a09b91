"""Permissions on collections and fields, by role and owner, and without credentials."""

import pytest

from tests.support.problems import refused

COUNTER = {
    "collection_type": "Performance",
    "field_name": "n",
    "value_type": "INCREMENT",
    "start_number": 0,
    "step_number": 1,
}
READS = [
    ("GET", "/api/collections/{collection}", None),
    ("GET", "/api/collections/{collection}/fields", None),
    ("GET", "/api/fields/{field}", None),
]
WRITES = [
    ("PATCH", "/api/collections/{collection}", {"name": "Renamed"}),
    ("POST", "/api/collections/{collection}/copy", {"name": "Copied"}),
    ("POST", "/api/collections/{collection}/fields", COUNTER),
    ("PATCH", "/api/fields/{field}", {"step_number": 3}),
    ("POST", "/api/fields/{field}/reset", None),
    ("DELETE", "/api/fields/{field}", None),
    ("DELETE", "/api/collections/{collection}", None),
]
CREATES = [("POST", "/api/collections", {"name": "New"})]
LISTS = [("GET", "/api/collections", None)]


def build_params(calls):
    return [pytest.param(*each, id=f"{each[0]} {each[1]}") for each in calls]


@pytest.fixture
def ids(make):
    collection = make.collection("Truck 01", {"value_type": "INCREMENT", "name": "km"})
    return {"collection": collection["id"], "field": collection["fields"][0]["id"]}


@pytest.fixture
def get_state(owner, ids):
    """Return a function that reads the current state, to compare it before and after a request."""
    return lambda: (
        owner.get("/api/collections").json,
        owner.get(f"/api/collections/{ids['collection']}").json,
    )


def call(caller, ids, method, path, body):
    return caller.call(method, path.format(**ids), body)


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + WRITES + CREATES + LISTS))
def test_every_request_without_credentials_is_refused(nobody, ids, get_state, method, path, body):
    before = get_state()
    refused(call(nobody, ids, method, path, body), 401)
    assert get_state() == before


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + WRITES))
def test_another_users_collections_and_fields_are_not_found(stranger, ids, get_state, method, path, body):
    before = get_state()
    refused(call(stranger, ids, method, path, body), 404)
    assert get_state() == before


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + LISTS))
def test_a_viewer_may_read_their_own_collections(admin, viewer, ids, method, path, body):
    admin.patch(f"/api/collections/{ids['collection']}", {"owner_id": viewer.user_id})
    assert call(viewer, ids, method, path, body).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), build_params(WRITES + CREATES))
def test_a_viewer_may_not_change_even_their_own_collections(admin, viewer, ids, method, path, body):
    path_ = f"/api/collections/{ids['collection']}"
    admin.patch(path_, {"owner_id": viewer.user_id})
    before = viewer.get(path_).json
    refused(call(viewer, ids, method, path, body), 403)
    assert viewer.get(path_).json == before
    assert viewer.get("/api/collections").json["total"] == 1


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + WRITES + CREATES + LISTS))
def test_an_admin_may_do_everything_with_every_collection(admin, ids, method, path, body):
    assert call(admin, ids, method, path, body).status_code in (200, 201, 204)


@pytest.mark.parametrize(("method", "path", "body"), build_params(READS + WRITES + CREATES + LISTS))
def test_an_owner_may_do_everything_with_their_own_collections(owner, ids, method, path, body):
    assert call(owner, ids, method, path, body).status_code in (200, 201, 204)


def test_a_viewer_may_not_bulk_delete_even_their_own_collections(admin, viewer, ids):
    admin.patch(f"/api/collections/{ids['collection']}", {"owner_id": viewer.user_id})
    refused(viewer.post("/api/collections/bulk-delete", {"collection_ids": [ids["collection"]]}), 403)
    assert viewer.get("/api/collections").json["total"] == 1
