"""Who may do what with collections and fields: nobody, a Viewer, a stranger, an Admin."""

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


def titled(calls):
    return [pytest.param(*each, id=f"{each[0]} {each[1]}") for each in calls]


@pytest.fixture
def ids(make):
    collection = make.collection("Truck 01", {"value_type": "INCREMENT", "name": "km"})
    return {"collection": collection["id"], "field": collection["fields"][0]["id"]}


@pytest.fixture
def before(owner, ids):
    """What there is to see, for comparison afterwards."""
    return lambda: (
        owner.get("/api/collections").json,
        owner.get(f"/api/collections/{ids['collection']}").json,
    )


def call(caller, ids, method, path, body):
    return caller.call(method, path.format(**ids), body)


@pytest.mark.parametrize(("method", "path", "body"), titled(READS + WRITES + CREATES + LISTS))
def test_without_credentials_nothing(nobody, ids, before, method, path, body):
    there = before()
    refused(call(nobody, ids, method, path, body), 401)
    assert before() == there


@pytest.mark.parametrize(("method", "path", "body"), titled(READS + WRITES))
def test_to_a_stranger_it_does_not_exist(stranger, ids, before, method, path, body):
    there = before()
    refused(call(stranger, ids, method, path, body), 404)
    assert before() == there


@pytest.mark.parametrize(("method", "path", "body"), titled(READS + LISTS))
def test_a_viewer_reads_their_own(admin, viewer, ids, method, path, body):
    admin.patch(f"/api/collections/{ids['collection']}", {"owner_id": viewer.user_id})
    assert call(viewer, ids, method, path, body).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), titled(WRITES + CREATES))
def test_a_viewer_writes_nothing_not_even_their_own(admin, viewer, ids, method, path, body):
    path_ = f"/api/collections/{ids['collection']}"
    admin.patch(path_, {"owner_id": viewer.user_id})
    there = viewer.get(path_).json
    refused(call(viewer, ids, method, path, body), 403)
    assert viewer.get(path_).json == there
    assert viewer.get("/api/collections").json["total"] == 1


@pytest.mark.parametrize(("method", "path", "body"), titled(READS + WRITES + CREATES + LISTS))
def test_an_admin_may_do_everything_to_everybodys(admin, ids, method, path, body):
    assert call(admin, ids, method, path, body).status_code in (200, 201, 204)


@pytest.mark.parametrize(("method", "path", "body"), titled(READS + WRITES + CREATES + LISTS))
def test_an_owner_may_do_everything_to_their_own(owner, ids, method, path, body):
    assert call(owner, ids, method, path, body).status_code in (200, 201, 204)


def test_a_viewer_may_not_delete_in_bulk(admin, viewer, ids):
    admin.patch(f"/api/collections/{ids['collection']}", {"owner_id": viewer.user_id})
    refused(viewer.post("/api/collections/bulk-delete", {"collection_ids": [ids["collection"]]}), 403)
    assert viewer.get("/api/collections").json["total"] == 1
