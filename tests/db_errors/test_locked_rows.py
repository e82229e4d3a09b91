"""PostgreSQL: another session locks one collection; requests for the others work."""

import pytest

from tests.support.db_failures import another_session, assert_unavailable, dump_tables
from tests.support.postgres import on_postgresql
from tests.support.write_catalog import WRITES

pytestmark = on_postgresql


@pytest.fixture
def locked(app, world):
    """Lock the collection `Truck 01` in another session."""
    with another_session(app) as session:
        session.exec_driver_sql("BEGIN")
        session.exec_driver_sql("SELECT * FROM collections WHERE name = 'Truck 01' FOR UPDATE")
        yield
        session.exec_driver_sql("ROLLBACK")


WRITES_TO_LOCKED = [
    write
    for write in WRITES
    if any(word in write.path for word in ("{collection}", "{field}", "{counter}", "{spike}", "bulk-delete"))
]


@pytest.mark.parametrize("write", WRITES_TO_LOCKED, ids=str)
def test_a_write_to_the_locked_collection_is_refused_and_changes_nothing(app, world, locked, write):
    before = dump_tables(app)
    assert_unavailable(world.do(write))
    assert dump_tables(app) == before


def test_a_poll_of_counters_of_the_locked_collection_is_refused(world, locked):
    assert_unavailable(world.tool.poll("Truck 01"))


def test_a_poll_without_counters_of_the_locked_collection_is_served(world, locked):
    assert world.tool.poll("Truck 01", "configuration").status_code == 200


def test_polls_and_writes_of_another_collection_work(world, locked):
    other = "/api/collections/{other}".format(**world.ids)
    counter = {"collection_type": "Performance", "field_name": "km", "value_type": "INCREMENT"}
    added = world.admin.post(f"{other}/fields", counter | {"start_number": 1, "step_number": 1})
    assert added.status_code == 201
    assert [world.tool.data("Bridge")["km"] for _ in range(3)] == [1, 2, 3]
    assert world.admin.patch(other, {"name": "Tower"}).status_code == 200


def test_a_collection_can_be_polled_once_its_lock_is_released(app, world):
    first = world.tool.data("Truck 01")["km"]
    with another_session(app) as session:
        session.exec_driver_sql("BEGIN")
        session.exec_driver_sql("SELECT * FROM collections FOR UPDATE")
        assert_unavailable(world.tool.poll("Truck 01"))
        session.exec_driver_sql("ROLLBACK")
    assert world.tool.data("Truck 01")["km"] == first + 5
