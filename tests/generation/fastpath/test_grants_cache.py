"""On PostgreSQL a key is looked up once while nobody's rights change; the next poll sees any change."""

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
def tool(make, truck, looked_up):
    """It has polled until it is known."""
    tool = make.key()
    wait_until(lambda: looked_up(tool) == 0, "the key is known")
    return tool


@pytest.fixture
def looked_up(queries):
    """How often a key is looked up during a poll."""

    def look(tool, collection="Truck"):
        with queries() as seen:
            tool.poll(collection)
        return sum("api_keys.key_hash" in statement for statement in seen.statements)

    return look


def test_asking_whether_anybodys_rights_have_changed_is_all_that_a_poll_asks(tool, queries):
    with queries() as seen:
        assert tool.data("Truck") == {"cpu": 7}
    assert len(seen.statements) == 1


def test_after_a_change_of_anybodys_it_is_looked_up_again(make, tool, looked_up):
    make.collection("Bridge")
    assert looked_up(tool) == 1


def test_polls_of_others_and_their_counters_leave_it_known(make, tool, looked_up):
    make.collection("Bridge", {"value_type": "INCREMENT"})
    other = make.key()
    looked_up(tool)
    assert other.poll("Bridge").status_code == 200
    assert looked_up(tool) == 0


def test_where_the_number_is_lost_it_is_looked_up_each_time(app, tool, looked_up):
    with app.app_context(), db.engine.begin() as connection:
        lost = connection.scalar(sa.text(f"DELETE FROM {GRANTS_REVISION_TABLE} RETURNING revision"))
    assert [looked_up(tool) for _ in range(3)] == [1, 1, 1]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text(f"INSERT INTO {GRANTS_REVISION_TABLE} VALUES ({lost})"))


@pytest.fixture
def place(admin, owner, make, truck):
    """Everybody and everything that a change may be about."""
    bridge = make.collection("Bridge")["id"]
    return SimpleNamespace(admin=admin, owner=owner, bridge=bridge, truck=f"/api/collections/{truck['id']}")


@pytest.mark.parametrize("what", CHANGES)
def test_the_next_poll_sees_that(place, tool, what):
    change, status = CHANGES[what]
    place.tool = tool
    assert change(place).status_code in {200, 204}
    assert tool.poll("Truck").status_code == status


def test_the_next_poll_sees_that_the_key_has_expired(make, truck, looked_up, clock):
    tool = make.key(expires_at="2026-11-27T08:01:00Z")
    wait_until(lambda: looked_up(tool) == 0, "the key is known")
    clock.shift(60)
    assert tool.poll("Truck").status_code == 401


def test_what_is_not_committed_is_not_seen_and_what_is_committed_is(app, tool):
    with app.app_context(), db.engine.connect() as other:
        other.execute(sa.text("UPDATE api_keys SET revoked_at = created_at"))
        for _ in range(3):
            assert tool.poll("Truck").status_code == 200
        other.commit()
        assert tool.poll("Truck").status_code == 401


def test_a_new_connection_shares_the_cache_and_still_checks_the_revision(app, owner, tool, looked_up):
    app.extensions["polls"].close()
    assert looked_up(tool) == 0
    app.extensions["polls"].close()
    owner.delete(f"/api/api-keys/{tool.id}")
    assert tool.poll("Truck").status_code == 401
