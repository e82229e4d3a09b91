"""On PostgreSQL a key is looked up again only when rights have changed; the next poll sees any change."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.db.grants_revision import GRANTS_REVISION_TABLE
from app.db.session import db
from tests.support.grants import CHANGES
from tests.support.postgres import on_postgresql
from tests.support.wait import wait_until

pytestmark = on_postgresql


@pytest.fixture
def truck(make):
    return make.collection("Truck", {"value_type": "NUMBER_FIXED", "field_name": "cpu"})


@pytest.fixture
def tool(make, truck, count_lookups):
    """A key that has polled until it is cached."""
    tool = make.key()
    wait_until(lambda: count_lookups(tool) == 0, "the key is cached")
    return tool


@pytest.fixture
def count_lookups(queries):
    """Return a function that polls and counts the lookups of the key."""

    def poll(tool, collection="Truck"):
        with queries() as seen:
            tool.poll(collection)
        return sum("api_keys.key_hash" in statement for statement in seen.statements)

    return poll


def test_a_poll_with_a_cached_key_runs_one_statement(tool, queries):
    with queries() as seen:
        assert tool.data("Truck") == {"cpu": 7}
    assert len(seen.statements) == 1


def test_a_key_is_looked_up_again_after_a_collection_is_created(make, tool, count_lookups):
    make.collection("Bridge")
    assert count_lookups(tool) == 1


def test_polls_by_other_keys_and_their_counters_keep_the_cache_valid(make, tool, count_lookups):
    make.collection("Bridge", {"value_type": "INCREMENT"})
    other = make.key()
    count_lookups(tool)
    assert other.poll("Bridge").status_code == 200
    assert count_lookups(tool) == 0


def test_a_key_is_looked_up_each_time_if_the_revision_is_missing(app, tool, count_lookups):
    with app.app_context(), db.engine.begin() as connection:
        lost = connection.scalar(sa.text(f"DELETE FROM {GRANTS_REVISION_TABLE} RETURNING revision"))
    assert [count_lookups(tool) for _ in range(3)] == [1, 1, 1]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text(f"INSERT INTO {GRANTS_REVISION_TABLE} VALUES ({lost})"))


@pytest.fixture
def place(admin, owner, make, truck):
    """What the changes of CHANGES act on."""
    bridge = make.collection("Bridge")["id"]
    return SimpleNamespace(admin=admin, owner=owner, bridge=bridge, truck=f"/api/collections/{truck['id']}")


@pytest.mark.parametrize("what", CHANGES)
def test_the_next_poll_sees_each_change_of_rights(place, tool, what):
    change, status = CHANGES[what]
    place.tool = tool
    assert change(place).status_code in {200, 204}
    assert tool.poll("Truck").status_code == status


def test_the_next_poll_sees_that_the_key_has_expired(make, truck, count_lookups, clock):
    tool = make.key(expires_at="2026-11-27T08:01:00Z")
    wait_until(lambda: count_lookups(tool) == 0, "the key is cached")
    clock.shift(60)
    assert tool.poll("Truck").status_code == 401


def test_a_revocation_is_seen_only_once_it_is_committed(app, tool):
    with app.app_context(), db.engine.connect() as other:
        other.execute(sa.text("UPDATE api_keys SET revoked_at = created_at"))
        for _ in range(3):
            assert tool.poll("Truck").status_code == 200
        other.commit()
        assert tool.poll("Truck").status_code == 401


def test_a_new_connection_shares_the_cache_and_still_checks_the_revision(app, owner, tool, count_lookups):
    app.extensions["polls"].close()
    assert count_lookups(tool) == 0
    app.extensions["polls"].close()
    owner.delete(f"/api/api-keys/{tool.id}")
    assert tool.poll("Truck").status_code == 401
