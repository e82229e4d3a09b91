"""PostgreSQL: another session holds the lock of one collection; all others go on."""

import pytest

from tests.support.db_failures import another_session, assert_unavailable, dump_tables
from tests.support.postgres import on_postgresql
from tests.support.write_catalog import WRITES

pytestmark = on_postgresql


@pytest.fixture
def locked(app, world):
    """The collection `Truck 01` is locked by somebody else."""
    with another_session(app) as session:
        session.exec_driver_sql("BEGIN")
        session.exec_driver_sql("SELECT * FROM collections WHERE name = 'Truck 01' FOR UPDATE")
        yield
        session.exec_driver_sql("ROLLBACK")


ABOUT_IT = [
    write
    for write in WRITES
    if any(word in write.path for word in ("{collection}", "{field}", "{counter}", "{spike}", "bulk-delete"))
]


@pytest.mark.parametrize("write", ABOUT_IT, ids=str)
def test_a_write_about_the_locked_collection_is_refused_and_changes_nothing(app, world, locked, write):
    before = dump_tables(app)
    assert_unavailable(world.do(write))
    assert dump_tables(app) == before


def test_a_poll_that_moves_its_counters_is_refused(world, locked):
    assert_unavailable(world.tool.poll("Truck 01"))


def test_a_poll_that_moves_nothing_goes_on(world, locked):
    assert world.tool.poll("Truck 01", "configuration").status_code == 200


def test_polls_and_writes_about_another_collection_go_on(world, locked):
    other = "/api/collections/{other}".format(**world.ids)
    counter = {"collection_type": "Performance", "field_name": "km", "value_type": "INCREMENT"}
    added = world.admin.post(f"{other}/fields", counter | {"start_number": 1, "step_number": 1})
    assert added.status_code == 201
    assert [world.tool.data("Bridge")["km"] for _ in range(3)] == [1, 2, 3]
    assert world.admin.patch(other, {"name": "Tower"}).status_code == 200


def test_it_is_polled_again_as_soon_as_the_lock_is_gone(app, world):
    first = world.tool.data("Truck 01")["km"]
    with another_session(app) as session:
        session.exec_driver_sql("BEGIN")
        session.exec_driver_sql("SELECT * FROM collections FOR UPDATE")
        assert_unavailable(world.tool.poll("Truck 01"))
        session.exec_driver_sql("ROLLBACK")
    assert world.tool.data("Truck 01")["km"] == first + 5
