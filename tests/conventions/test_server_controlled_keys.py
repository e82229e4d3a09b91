"""Mass assignment: every write refuses body keys that only the server or an Admin may set."""

import pytest

from tests.support.db_failures import dump_tables
from tests.support.problems import refused
from tests.support.write_catalog import WRITES, WriteFixtures

SERVER_KEYS = {
    "id": 999_999,
    "user_id": 999_999,
    "owner_id": 999_999,
    "role": "Admin",
    "current_number": 999,
    "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "revision": 1,
    "is_limited": False,
    "key_hash": "0" * 64,
    "password_hash": "x",
    "revoked_at": None,
    "last_used_at": None,
    "status": "active",
    "__class__": "User",
}
ALLOWED = {
    "POST /api/users": {"role"},
    "PATCH /api/users/{user}": {"role"},
    "POST /api/collections": {"owner_id"},  # an Admin may set it
    "PATCH /api/collections/{collection}": {"owner_id"},
}


@pytest.mark.parametrize("write", [write for write in WRITES if write.body], ids=str)
def test_a_server_controlled_key_is_refused_and_nothing_is_written(app, admin, write):
    world = WriteFixtures(app, admin)
    before = dump_tables(app)
    allowed = ALLOWED.get(f"{write.method} {write.path}", set())
    for name in SERVER_KEYS.keys() - write.body.keys() - allowed:
        body = world.fill_in(write.body) | {name: SERVER_KEYS[name]}
        answer = admin.call(write.method, write.path.format(**world.ids), body)
        assert name in refused(answer, 422)["errors"]
    assert dump_tables(app) == before


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/collections"), ("PATCH", "/api/collections/{id}")]
)
def test_an_editor_cannot_set_the_owner_of_a_collection(app, admin, owner, make, method, path):
    mine = make.collection("Mine")
    before = dump_tables(app)["collections"]
    body = {"name": "Another", "owner_id": admin.user_id}
    refused(owner.call(method, path.format(**mine), body), 403)
    assert dump_tables(app)["collections"] == before
