"""What belongs to the server never takes effect by being in a body: every write, with every such key."""

import pytest

from tests.support.db_failures import dump_tables
from tests.support.problems import refused
from tests.support.write_catalog import WRITES, WriteFixtures

SMUGGLED = {
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
    "POST /api/collections": {"owner_id"},  # an Admin may
    "PATCH /api/collections/{collection}": {"owner_id"},
}


@pytest.mark.parametrize("write", [write for write in WRITES if write.body], ids=str)
def test_a_key_that_is_not_the_callers_to_set_is_refused_and_nothing_is_done(app, admin, write):
    world = WriteFixtures(app, admin)
    before = dump_tables(app)
    allowed = ALLOWED.get(f"{write.method} {write.path}", set())
    for name in SMUGGLED.keys() - write.body.keys() - allowed:
        body = world.fill_in(write.body) | {name: SMUGGLED[name]}
        answer = admin.call(write.method, write.path.format(**world.ids), body)
        assert name in refused(answer, 422)["errors"]
    assert dump_tables(app) == before


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/collections"), ("PATCH", "/api/collections/{id}")]
)
def test_an_editor_cannot_give_a_collection_an_owner(app, admin, owner, make, method, path):
    mine = make.collection("Mine")
    before = dump_tables(app)["collections"]
    body = {"name": "Another", "owner_id": admin.user_id}
    refused(owner.call(method, path.format(**mine), body), 403)
    assert dump_tables(app)["collections"] == before
